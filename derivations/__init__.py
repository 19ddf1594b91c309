"""Check derivations in the mathematics of generative models: proofs, counterexamples, numbers.

>>> from derivations import KL, E, judge, laws, log, variables
>>> (p, q), (x, z) = laws("p q"), variables("x z")
>>> judge(log(p(x)) >= E[q(z | x)](log(p(x, z) / q(z | x)))).verdict
'proved'

The language (``derivations.language``), ``judge`` and ``explain``, proof scripts (``chain``, ``Claim``, ``Part``).
"""

import importlib
from typing import TYPE_CHECKING, Any

from derivations.claims import Chain, Claim, FalseReason, Part, chain, topic
from derivations.judge import Verdict, explain, judge
from derivations.language import (
    JSD,
    KL,
    TV,
    W1,
    E,
    Function,
    Grad,
    H,
    I,
    Index,
    Integral,
    LanguageError,
    Law,
    Limit,
    Minibatch,
    Normal,
    Product,
    Statement,
    Sum,
    Symbol,
    Term,
    Variable,
    cited,
    convex,
    cross_entropy,
    exp,
    gradient,
    index,
    inf,
    infinity,
    laws,
    log,
    nondifferentiable,
    pi,
    sqrt,
    sup,
    symbols,
    variables,
)

if TYPE_CHECKING:
    from derivations import check


def __getattr__(name: str) -> Any:
    """``derivations.check(text)`` reads LaTeX, which nothing else needs: it is imported when it is asked for."""
    if name != "check":
        raise AttributeError(f"module 'derivations' has no attribute {name!r}")
    return importlib.import_module("derivations.check")


__all__ = [
    "JSD",
    "KL",
    "TV",
    "W1",
    "Chain",
    "Claim",
    "E",
    "FalseReason",
    "Function",
    "Grad",
    "H",
    "I",
    "Index",
    "Integral",
    "LanguageError",
    "Law",
    "Limit",
    "Minibatch",
    "Normal",
    "Part",
    "Product",
    "Statement",
    "Sum",
    "Symbol",
    "Term",
    "Variable",
    "Verdict",
    "chain",
    "check",
    "cited",
    "convex",
    "cross_entropy",
    "exp",
    "explain",
    "gradient",
    "index",
    "inf",
    "infinity",
    "judge",
    "laws",
    "log",
    "nondifferentiable",
    "pi",
    "sqrt",
    "sup",
    "symbols",
    "topic",
    "variables",
]
