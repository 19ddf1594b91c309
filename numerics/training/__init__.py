"""The training lab: what the theory predicts, seen in small models.

`train` runs the experiments of `MODELS` and gives one `Result` each; `numerics.training.figures` draws them. Every
experiment is one file: `linear_autoencoder`, `linear_vae`, `vae`, `autoencoder`, `vae_without_kl`, `discriminator`,
`saturation`, `ring_gans`, `critics`, `parallel_lines`; they share `networks`, `data`, `distances`, `observables`.
"""

from numerics.training.observables import Observable, Result
from numerics.training.registry import MODELS, Model, Progress, train

__all__ = ["MODELS", "Model", "Observable", "Progress", "Result", "train"]
