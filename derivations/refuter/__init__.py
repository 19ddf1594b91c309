"""The refuter: finite (and Gaussian) models in which a statement is false, with both sides enclosed in balls."""

from derivations.refuter.counterexamples import Counterexample
from derivations.refuter.models import Model
from derivations.refuter.neighbours import Neighbourhood
from derivations.refuter.refutation import Agreement, Refuter, evaluate, falsified, refute, sample_check

__all__ = [
    "Agreement",
    "Counterexample",
    "Model",
    "Neighbourhood",
    "Refuter",
    "evaluate",
    "falsified",
    "refute",
    "sample_check",
]
