"""The exercise sheet as the report's outline: tasks, items, their questions in a line, and what to read about them.

Main definitions: `TASKS`, `ITEMS`, `SOURCES`.  Claims find their place by ``Claim.item``.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ITEMS", "SOURCES", "TASKS", "Item", "Source"]


@dataclass(frozen=True)
class Item:
    """An item of the sheet; words with ``$...$`` formulas."""

    title: str
    question: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """A paper or book."""

    authors: str
    title: str
    place: str
    year: int


TASKS = {
    "1": "Autoencoders and variational autoencoders",
    "2": "The variational lower bound",
    "3": "Optimality of the GAN objective",
    "4": "Challenges of GAN training, and Wasserstein GANs",
}

SOURCES = {
    "kingma": Source("D. P. Kingma and M. Welling", "Auto-encoding variational Bayes", "ICLR", 2014),
    "rezende": Source(
        "D. J. Rezende, S. Mohamed and D. Wierstra",
        "Stochastic backpropagation and approximate inference in deep generative models",
        "ICML",
        2014,
    ),
    "goodfellow": Source("I. Goodfellow and others", "Generative adversarial nets", "NeurIPS", 2014),
    "hoffman": Source(
        "M. D. Hoffman and M. J. Johnson",
        "ELBO surgery: yet another way to carve up the variational evidence lower bound",
        "NeurIPS workshop on approximate Bayesian inference",
        2016,
    ),
    "baldi": Source(
        "P. Baldi and K. Hornik",
        "Neural networks and principal component analysis: learning from examples without local minima",
        "Neural Networks 2",
        1989,
    ),
    "lin": Source(
        "J. Lin",
        "Divergence measures based on the Shannon entropy",
        "IEEE Transactions on Information Theory 37",
        1991,
    ),
    "cover": Source("T. M. Cover and J. A. Thomas", "Elements of information theory", "Wiley, 2nd edition", 2006),
    "arjovsky": Source("M. Arjovsky, S. Chintala and L. Bottou", "Wasserstein GAN", "ICML", 2017),
    "principled": Source(
        "M. Arjovsky and L. Bottou",
        "Towards principled methods for training generative adversarial networks",
        "ICLR",
        2017,
    ),
    "gulrajani": Source("I. Gulrajani and others", "Improved training of Wasserstein GANs", "NeurIPS", 2017),
    "miyato": Source("T. Miyato and others", "Spectral normalization for GANs", "ICLR", 2018),
    "villani": Source("C. Villani", "Optimal transport: old and new", "Springer", 2009),
}

ITEMS = {
    "1.1": Item("The autoencoder objective", "What does an autoencoder minimise?", ("baldi",)),
    "1.2": Item("The two terms of the bound", "What do the two terms of the ELBO do?", ("kingma",)),
    "1.3": Item(
        "Generative ability",
        "Why does sampling $z \\sim p(z)$ work in a VAE, and why not in a plain autoencoder?",
        ("kingma", "hoffman"),
    ),
    "1.4": Item(
        "Without the divergence",
        "What is the objective without its divergence term, and is the model still generative?",
        ("kingma",),
    ),
    "2.0": Item("Setting", "What is the log-likelihood of independent data?", ("kingma",)),
    "2.1": Item(
        "The decomposition of the log-likelihood",
        "Prove that $\\log p(x)$ is the variational lower bound plus a divergence.",
        ("kingma",),
    ),
    "2.2": Item("The lower bound", "Identify the lower bound. When is it tight?", ("kingma",)),
    "2.3": Item("What each term does", "Which term of the bound does what?", ("kingma",)),
    "2.4": Item(
        "Monte Carlo estimates and the reparameterization trick",
        "Write the bound as one expectation, estimate it, and explain why the trick is essential.",
        ("kingma", "rezende"),
    ),
    "2.5": Item(
        "Reparameterization of a normal law", "Which $g$ gives $z \\sim \\mathcal{N}(\\mu, \\sigma^2)$?", ("kingma",)
    ),
    "2.6": Item("In practice", "How is the bound trained, and how does that differ from an autoencoder?", ("kingma",)),
    "2.7": Item(
        "The divergence in closed form",
        "Integrate the divergence of a diagonal normal law from the standard one.",
        ("kingma",),
    ),
    "3.0": Item("The objective", "Write the generator's term as an expectation over its own law.", ("goodfellow",)),
    "3.1": Item("Binary cross-entropy", "How does the objective relate to binary cross-entropy?", ("goodfellow",)),
    "3.2": Item(
        "The optimal discriminator",
        "For a fixed generator, which discriminator maximises $V(D, G)$?",
        ("goodfellow",),
    ),
    "3.3": Item(
        "The Jensen-Shannon divergence and the global minimum",
        "Show how $C(G) = \\max_D V(D, G)$ depends on the Jensen-Shannon divergence; where is it smallest?",
        ("goodfellow", "lin"),
    ),
    "4.1": Item(
        "Two parallel lines",
        "Compare the divergences of the laws of $(0, Y)$ and $(\\theta, Y)$, $Y$ uniform on $[0, 1]$.",
        ("arjovsky",),
    ),
    "4.2": Item("No overlap", "What happens when the supports do not overlap?", ("principled",)),
    "4.3": Item("Mode collapse", "Why may a generator produce one mode only?", ("goodfellow",)),
    "4.4": Item(
        "The Wasserstein distance",
        "Why is it enough that the critic is $K$-Lipschitz, and how is that enforced?",
        ("arjovsky", "gulrajani", "miyato", "villani"),
    ),
}
