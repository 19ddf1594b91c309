"""The language: laws, densities, expectations and divergences, written as on the blackboard.

=========================  =====================================================================
``p(x | z)``, ``p(x, z)``  densities of the law p, all from one joint density
``E[q(z | x)](f)``         expectation; ``E[p(x), q(z | x)](f)`` nests
``Integral[z](f)``         integral over the base measure of z, a sum if z is discrete
``Sum[k](f)``              sum over ``k = index("k", K)``; ``Product[k](f)`` likewise
``KL(a, b)``, ``JSD``      divergences of densities; ``TV``, ``cross_entropy``
``W1(p(x), q(y), cost)``    optimal transport cost, the infimum of E[cost] over all couplings
``H(p(x))``, ``I(q, x, z)``  entropy, also conditional; mutual information
``Normal(m, v)(x)``        the normal density; diagonal for a vector x
``Minibatch(M)(b)``        a uniformly drawn subset of size M, by the indicators b[i] of its members
``sup[D](f)``, ``inf[..]``  extrema over a variable, a function or a law
``Grad[theta](f)``         derivative
``Limit[a, -infinity](f)``  limit in a symbol, at a number or an infinity
``z.draws("sample", L)``    a vector of L points that fill the slot of z
``a == b``, ``a <= b``     statements; ``(a <= b).iff(y == c)`` with its equality case
``cited("Rademacher", a)`` a theorem cited as a hypothesis, ``claim.assuming(cited(...))``
``gradient(f(x), g(k, x), c(k, x))``  f is differentiable; ``convex(c(k, x))``
=========================  =====================================================================
"""

from derivations.language.laws import Law, Minibatch, Normal, laws
from derivations.language.matrices import MultivariateNormal, covariances, det, inverse, quadratic_form, trace
from derivations.language.operators import (
    JSD,
    KL,
    TV,
    W1,
    E,
    Grad,
    H,
    I,
    Integral,
    Limit,
    Product,
    Sum,
    cross_entropy,
    inf,
    infinity,
    sup,
)
from derivations.language.statements import Statement, cited, convex, gradient, nondifferentiable
from derivations.language.terms import (
    Function,
    Index,
    LanguageError,
    Symbol,
    Term,
    Variable,
    exp,
    index,
    log,
    pi,
    sqrt,
    symbols,
    variables,
)

__all__ = [
    "JSD",
    "KL",
    "TV",
    "W1",
    "E",
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
    "MultivariateNormal",
    "Normal",
    "Product",
    "Statement",
    "Sum",
    "Symbol",
    "Term",
    "Variable",
    "cited",
    "convex",
    "covariances",
    "cross_entropy",
    "det",
    "exp",
    "gradient",
    "index",
    "inf",
    "infinity",
    "inverse",
    "laws",
    "log",
    "nondifferentiable",
    "pi",
    "quadratic_form",
    "sqrt",
    "sup",
    "symbols",
    "trace",
    "variables",
]
