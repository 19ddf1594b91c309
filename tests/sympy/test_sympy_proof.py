"""The second proof: it shows what is true, never what is false, and its definitions are the textbook's."""

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derivations.language import (
    JSD,
    KL,
    E,
    Function,
    H,
    I,
    Integral,
    Normal,
    Sum,
    cross_entropy,
    index,
    inf,
    laws,
    log,
    pi,
    sup,
    symbols,
    variables,
)
from derivations.sympy_proof import Undecided, maximise, second_proof
from derivations.sympy_proof.alphabets import Alphabets
from derivations.sympy_proof.definitions import unfold

p, q, r, p_data, p_g = laws("p q r p_data p_g")
x, z, w = variables("x z w")
x2 = x.copy("x2")
D, f = Function("D", range="unit"), Function("f")
(K,) = symbols("K", sign="positive")
k = index("k", K)
(mu,) = symbols("mu", shape=(K,))
(s,) = symbols("s", sign="positive", shape=(K,))
(zs,) = variables("z", kind="continuous", shape=(K,))
(t,) = variables("t", kind="continuous")
m, n = symbols("m n")
v, u = symbols("v u", sign="positive")
a, b, y = symbols("a b y", sign="nonnegative")

ELBO = E[q(z | x)](log(p(x | z))) - KL(q(z | x), p(z))
V = E[p_data(x)](log(D(x))) + E[p_g(x)](log(1 - D(x)))
BEST = p_data(x) / (p_data(x) + p_g(x))
V_BEST = E[p_data(x)](log(BEST)) + E[p_g(x)](log(p_g(x) / (p_data(x) + p_g(x))))
CONCAVE = a * log(y) + b * log(1 - y)
PEAK = a * log(a / (a + b)) + b * log(b / (a + b))
GAUSS = -KL(Normal(mu, s**2)(zs), Normal(0, 1)(zs))
UNIVARIATE = KL(Normal(m, v**2)(t), Normal(n, u**2)(t))

TRUE = {
    "log-likelihood": log(p(x)) == ELBO + KL(q(z | x), p(z | x)),
    "gaussian-kl-standard": GAUSS == Sum[k](1 + log(s[k] ** 2) - mu[k] ** 2 - s[k] ** 2) / 2,
    "pointwise-optimum": (CONCAVE <= PEAK).iff(y == a / (a + b)).assuming(y <= 1, a + b > 0),
    "optimal-discriminator": (V <= V_BEST).iff(D(x) == BEST),
    "gan-jsd": sup[D](V) == -log(4) + 2 * JSD(p_data(x), p_g(x)),
    "gan-jsd, with the variables renamed": sup[D](E[p_data(x)](log(D(x))) + E[p_g(x2)](log(1 - D(x2))))
    == 2 * JSD(p_g(x2), p_data(x2)) - 2 * log(2),
    "chain rule of entropy": H(p(x, z)) == H(p(x | z)) + H(p(z)),
    "information as entropies": I(q, x, z) == H(q(x)) + H(q(z)) - H(q(x, z)),
    "conditional information": I(q, x, z, w) == H(q(x | w)) - H(q(x | z, w)),
    "chain rule of KL": KL(p(x, z), q(x, z)) == KL(p(z), q(z)) + E[p(z)](KL(p(x | z), q(x | z))),
    "tower": E[p(z)](E[p(x | z)](f(x))) == E[p(x)](f(x)),
    "jsd by entropies": JSD(p(x), q(x)) == H((p(x) + q(x)) / 2) - H(p(x)) / 2 - H(q(x)) / 2,
    "cross-entropy": cross_entropy(p(x), q(x)) == H(p(x)) + KL(p(x), q(x)),
    "aggregate posterior": (E[p_data(x)](KL(q(z | x), p(z))) == I(q, x, z) + KL(q(z), p(z))).assuming(
        q(x) == p_data(x)
    ),
    "posterior of the label": (r(y=1, given=(x,)) == BEST).assuming(
        r(x, y=1) == p_data(x) / 2, r(x, y=0) == p_g(x) / 2, r(x) == r(x, y=1) + r(x, y=0)
    ),
    "univariate normal KL": UNIVARIATE == log(u / v) + (v**2 + (m - n) ** 2) / (2 * u**2) - Fraction(1, 2),
    "second moment": E[Normal(m, v)(t)](t**2) == m**2 + v,
    "normal entropy": H(Normal(m, v)(t)) == log(2 * pi * v) / 2 + Fraction(1, 2),
    "the integral of a density": Integral[x](p(x)) == 1,
}

FALSE = {
    "as scanned": E[q(z | x)](log(p(x | z))) == KL(q(z | x), p(z)) + KL(q(z | x), p(z | x)),
    "sign of a KL": log(p(x)) == ELBO - KL(q(z | x), p(z | x)),
    "arguments swapped": log(p(x)) == ELBO + KL(p(z | x), q(z | x)),
    "law of the expectation": log(p(x)) == E[p(z)](log(p(x | z))) - KL(q(z | x), p(z)) + KL(q(z | x), p(z | x)),
    "factor": log(p(x)) == ELBO + 2 * KL(q(z | x), p(z | x)),
    "gaussian, sign of the mean": GAUSS == Sum[k](1 + log(s[k] ** 2) + mu[k] ** 2 - s[k] ** 2) / 2,
    "gaussian, log s for log s^2": GAUSS == Sum[k](1 + log(s[k]) - mu[k] ** 2 - s[k] ** 2) / 2,
    "gaussian, no half": GAUSS == Sum[k](1 + log(s[k] ** 2) - mu[k] ** 2 - s[k] ** 2),
    "gaussian, constant": GAUSS == Sum[k](log(s[k] ** 2) - mu[k] ** 2 - s[k] ** 2) / 2,
    "optimum, another place": (CONCAVE <= PEAK).iff(y == b / (a + b)).assuming(y <= 1, a + b > 0),
    "optimum, no positive weight": (CONCAVE <= PEAK).iff(y == a / (a + b)).assuming(y <= 1),
    "optimum, y unbounded": (CONCAVE <= PEAK).iff(y == a / (a + b)).assuming(a + b > 0),
    "optimum, direction": (CONCAVE >= PEAK).assuming(y <= 1, a + b > 0),
    "optimum, too low": (CONCAVE <= PEAK - 1).assuming(y <= 1, a + b > 0),
    "discriminator, the other ratio": (V <= V_BEST).iff(D(x) == 1 - BEST),
    "discriminator, direction": V >= V_BEST,
    "gan-jsd, sign": sup[D](V) == log(4) + 2 * JSD(p_data(x), p_g(x)),
    "gan-jsd, factor": sup[D](V) == -log(4) + JSD(p_data(x), p_g(x)),
    "gan-jsd, infimum": inf[D](V) == -log(4) + 2 * JSD(p_data(x), p_g(x)),
    "gan-jsd, KL": sup[D](V) == -log(4) + 2 * KL(p_data(x), p_g(x)),
    "entropy is not subadditive with equality": H(p(x, z)) == H(p(x)) + H(p(z)),
    "aggregate posterior without its hypothesis": E[p_data(x)](KL(q(z | x), p(z))) == I(q, x, z) + KL(q(z), p(z)),
    "posterior of the other label": (r(y=0, given=(x,)) == BEST).assuming(
        r(x, y=1) == p_data(x) / 2, r(x, y=0) == p_g(x) / 2, r(x) == r(x, y=1) + r(x, y=0)
    ),
    "a hypothesis in a circle": (p(x) == q(x)).assuming(p(x) == r(x), r(x) == p(x)),
    "Jensen as an equality": log(E[p(x)](q(x))) == E[p(x)](log(q(x))),
    "third moment": E[Normal(m, v)(t)](t**3) == m**3 + m * v,
    "the measure of the space": Integral[x](p(x) / p(x)) == 1,
}


@pytest.mark.parametrize("name", TRUE)
def test_true_statements_are_proved(name):
    found = second_proof(TRUE[name])
    assert found.verdict == "proved", found.how


@pytest.mark.parametrize("name", FALSE)
def test_false_neighbours_are_never_proved(name):
    assert second_proof(FALSE[name]).verdict == "undecided"


def test_law_level_proofs_go_both_ways():
    how = second_proof(TRUE["log-likelihood"]).how
    assert "integrands" in how
    assert "finite alphabets: two points a variable" in how


TERMS = [log(p(x)), E[q(z | x)](log(p(x | z))), KL(q(z | x), p(z)), KL(q(z | x), p(z | x)), KL(p(z | x), q(z | x))]
TERMS += [KL(q(z | x), q(z)), E[p(z | x)](log(p(x, z))), log(q(x)), E[q(z | x)](log(q(z | x)))]


def tables(seed: int):
    """Random densities of p and q over two binary slots, and random base weights."""
    random = np.random.default_rng(seed)
    weights = {slot: random.uniform(0.3, 2.0, 2) for slot in ("x", "z")}
    base = weights["x"][:, None] * weights["z"][None, :]
    made = {}
    for law in ("p", "q"):
        raw = random.dirichlet(np.full(4, 0.8)).reshape(2, 2) + 1e-3
        made[law] = raw / (raw * base).sum()
    return made, weights


def by_hand(i: int, j: int, made, weights) -> float:
    """The i-th of TERMS at the j-th value of x, from the textbook's formulas."""
    wz = weights["z"]
    joint = {law: table[j] for law, table in made.items()}
    px, qx = (float((joint[law] * wz).sum()) for law in "pq")
    pz, qz = ((made[law] * weights["x"][:, None]).sum(0) for law in "pq")
    p_zx, q_zx, p_xz = joint["p"] / px, joint["q"] / qx, joint["p"] / pz

    def mean(density, g):
        return float((density * wz * g).sum())

    return [
        math.log(px),
        mean(q_zx, np.log(p_xz)),
        mean(q_zx, np.log(q_zx / pz)),
        mean(q_zx, np.log(q_zx / p_zx)),
        mean(p_zx, np.log(p_zx / q_zx)),
        mean(q_zx, np.log(q_zx / qz)),
        mean(p_zx, np.log(joint["p"])),
        math.log(qx),
        mean(q_zx, np.log(q_zx)),
    ][i]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-2, 2), min_size=len(TERMS), max_size=len(TERMS)), st.integers(0, 10**6))
def test_no_false_combination_is_proved(coefficients, seed):
    """Whatever floating-point evaluation of random tables shows to be nonzero is not proved to be zero."""
    statement = sum((c * e for c, e in zip(coefficients, TERMS, strict=True)), log(p(x)) - log(p(x))) == 0
    made, weights = tables(seed)
    off = max(abs(sum(c * by_hand(i, j, made, weights) for i, c in enumerate(coefficients))) for j in (0, 1))
    assume(off > 1e-9)
    assert second_proof(statement).verdict == "undecided"


@pytest.mark.parametrize(("i", "j", "seed"), [(i, j, 7 + i) for i in range(len(TERMS)) for j in (0, 1)])
def test_finite_alphabets_mean_what_the_textbook_says(i, j, seed):
    """The exact value, with numbers put in, is the textbook's formula for those numbers."""
    made, weights = tables(seed)
    data = (TERMS[i] + log(p(x, z)) * 0 == log(p(x, z)) * log(q(x, z))).json()
    term = unfold(data["lhs"])
    finite = Alphabets(["add", term, unfold(data["rhs"])], data)
    numbers = {}
    for name in finite.generators:
        kind, owner, place = name
        if kind == "weight":
            numbers[name] = weights[owner][place]
        else:
            at = dict(zip(finite.slots[owner], place, strict=True))
            numbers[name] = made[owner][at["x"], at["z"]]
    values = [float(numbers[name]) for name in finite.generators]

    def at_numbers(polynomial) -> float:
        return sum(
            float(c) * math.prod(v**e for v, e in zip(values, exponents, strict=True))
            for exponents, c in polynomial.terms()
        )

    total = 0.0
    for monomial, coefficient in finite.value(term, {"x": j}).items():
        part = at_numbers(coefficient.numer) / at_numbers(coefficient.denom)
        for atom, power in monomial:
            inside = atom if isinstance(atom, int) else at_numbers(atom)
            part *= math.log(inside) ** power
        total += part
    assert total == pytest.approx(by_hand(i, j, made, weights), rel=1e-9, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.fractions(min_value=0, max_value=50, max_denominator=20), st.fractions(0, 50, max_denominator=20))
def test_maximise_finds_the_maximum_of_weighted_logarithms(weight, other):
    assume(weight + other > 0)
    point = sympy.Symbol("point", positive=True)
    one, two = sympy.Rational(weight), sympy.Rational(other)
    terms = [c * l for c, l in ((one, sympy.log(point)), (two, sympy.log(1 - point))) if c]
    found = maximise(sum(terms), point)
    assert found.argument == one / (one + two)
    grid = [float(sum(terms).subs(point, g)) for g in np.linspace(1e-6, 1 - 1e-6, 41)]
    assert max(grid) <= float(found.value) + 1e-9


@pytest.mark.parametrize(
    "function",
    [
        lambda t: sympy.log(t) ** 2,
        lambda t: t * sympy.log(t),
        lambda t: (t - sympy.Rational(1, 2)) ** 2,
        lambda t: -sympy.log(t),
        lambda t: sympy.Symbol("c", real=True) * sympy.log(t),
    ],
)
def test_maximise_refuses_what_it_cannot_show_concave(function):
    with pytest.raises(Undecided):
        maximise(function(sympy.Symbol("t", positive=True)), sympy.Symbol("t", positive=True))
