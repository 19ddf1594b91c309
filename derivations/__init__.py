"""Check derivations in the mathematics of generative models: proofs, counterexamples, numbers.

>>> from derivations import KL, E, judge, laws, log, variables
>>> (p, q), (x, z) = laws("p q"), variables("x z")
>>> judge(log(p(x)) >= E[q(z | x)](log(p(x, z) / q(z | x)))).verdict
'proved'

The language (``derivations.language``), ``judge`` and ``explain``, proof scripts (``chain``, ``Claim``, ``Part``).
"""

from derivations.claims import Chain, Claim, FalseReason, Part, chain, topic
from derivations.judge import Verdict, explain, judge
from derivations.language import (
    JSD,
    KL,
    TV,
    E,
    Function,
    Grad,
    H,
    I,
    Index,
    Integral,
    LanguageError,
    Law,
    Normal,
    Product,
    Statement,
    Sum,
    Symbol,
    Term,
    Variable,
    cross_entropy,
    exp,
    index,
    inf,
    laws,
    log,
    pi,
    sqrt,
    sup,
    symbols,
    variables,
)

__all__ = [
    "JSD",
    "KL",
    "TV",
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
    "cross_entropy",
    "exp",
    "explain",
    "index",
    "inf",
    "judge",
    "laws",
    "log",
    "pi",
    "sqrt",
    "sup",
    "symbols",
    "topic",
    "variables",
]
