"""What the prover proves, with the conditions that belong to it, and the false neighbours that it must refuse."""

from fractions import Fraction

import pytest

from derivations import (
    JSD,
    KL,
    E,
    Function,
    H,
    I,
    Integral,
    Normal,
    Statement,
    Sum,
    cross_entropy,
    index,
    judge,
    laws,
    log,
    pi,
    sqrt,
    sup,
    symbols,
    variables,
)
from derivations.prover.certificates import ALL, Certificate, prove

p, q, r = laws("p q r")
x, y, z = variables("x y z")
i, j = variables("i j", kind="discrete")
f = Function("f")
w = Function("w", range="positive")
D = Function("D", range="unit")
elbo = E[q(z | x)](log(p(x, z) / q(z | x)))
mixture = (p(x) + q(x)) / 2
K, s, v = symbols("K s v", sign="positive")
m, n = symbols("m n")
u, t = variables("u t", kind="continuous")

TRUE = {
    "chain rule of KL": KL(p(x, z), q(x, z)) == KL(p(x), q(x)) + E[p(x)](KL(p(z | x), q(z | x))),
    "chain rule of entropy": H(p(x, z)) == H(p(x)) + H(p(z | x)),
    "mutual information is symmetric": I(p, x, z) == I(p, z, x),
    "mutual information by entropies": I(p, x, z) == H(p(x)) + H(p(z)) - H(p(x, z)),
    "chain rule of mutual information": I(p, x, (y, z)) == I(p, x, z) + I(p, x, y, z),
    "cross-entropy": cross_entropy(p(x), q(x)) == H(p(x)) + KL(p(x), q(x)),
    "importance weighting": E[p(z)](f(z)) == E[q(z)](p(z) / q(z) * f(z)),
    "tower rule": E[p(x)](E[p(z | x)](f(z))) == E[p(z)](f(z)),
    "evidence as an average": log(p(x)) == log(E[q(z | x)](p(x, z) / q(z | x))),
    "elbo below evidence": elbo <= log(p(x)),
    "jensen": E[p(z)](log(w(z))) <= log(E[p(z)](w(z))),
    "conditioning reduces entropy": H(p(x | z)) <= H(p(x)),
    "information is not negative": I(p, x, z) >= 0,
    "conditional information is not negative": I(p, x, z, y) >= 0,
    "discrete entropy is not negative": H(p(i)) >= 0,
    "discrete joint entropy is larger": H(p(i)) <= H(p(i, j)),
    "information is below discrete entropy": I(p, i, j) <= H(p(i)),
    "jsd bound": JSD(p(x), q(x)) <= log(2),
    "balance": E[p(x)](p(x) / (p(x) + q(x))) + E[q(x)](p(x) / (p(x) + q(x))) == 1,
    "gaussian second moment": E[Normal(m, v)(u)](u**2) == m**2 + v,
    "gaussian entropy": -E[Normal(m, v)(u)](log(Normal(m, v)(u))) == log(2 * pi * v) / 2 + Fraction(1, 2),
    "kl of two normal laws": KL(Normal(m, s**2)(u), Normal(n, v**2)(u))
    == log(v / s) + (s**2 + (m - n) ** 2) / (2 * v**2) - Fraction(1, 2),
    "root of a square": sqrt(f(x) ** 2) == abs(f(x)),
    "difference of squares": (p(x) ** 2 - q(x) ** 2) / (p(x) + q(x)) == p(x) - q(x),
}

# Each is false in some model, most of them a sign, an argument or a factor away from a true statement.
FALSE = {
    "kl is symmetric": KL(p(x), q(x)) == KL(q(x), p(x)),
    "wrong conditional in the chain rule": KL(p(x, z), q(x, z)) == KL(p(x), q(x)) + KL(p(z), q(z)),
    "crossed conditionals": I(p, x, z) == H(p(x)) - H(p(z | x)),
    "elbo above evidence": elbo >= log(p(x)),
    "elbo equals evidence": elbo == log(p(x)),
    "jensen reversed": E[p(z)](log(w(z))) >= log(E[p(z)](w(z))),
    "jensen for mass two": Integral[z]((p(z) + q(z)) * log(w(z))) <= log(Integral[z]((p(z) + q(z)) * w(z))),
    "entropy is not negative": H(p(x)) >= 0,
    "log density is not positive": log(p(x)) <= 0,
    "joint entropy is larger": H(p(x)) <= H(p(x, z)),
    "jsd half bound": JSD(p(x), q(x)) <= log(2) / 2,
    "root of a square loses its sign": sqrt(f(x) ** 2) == f(x),
    "gaussian kl with swapped scales": KL(Normal(m, s**2)(u), Normal(n, v**2)(u))
    == log(s / v) + (s**2 + (m - n) ** 2) / (2 * v**2) - Fraction(1, 2),
    "moment without variance": E[Normal(m, v)(u)](u**2) == m**2,
    "wrong tower": E[p(x)](E[p(z | x)](f(z))) == E[q(z)](f(z)),
    "value bound": sup[D](E[p(x)](log(D(x))) + E[q(x)](log(1 - D(x)))) == -log(2) + JSD(p(x), q(x)),
    "strict divergence": KL(p(x), q(x)) > 0,
}


@pytest.mark.parametrize("name", TRUE)
def test_true_statements_are_proved(name: str) -> None:
    verdict = judge(TRUE[name])
    assert verdict.verdict == "proved", verdict


@pytest.mark.parametrize("name", TRUE)
def test_a_certificate_that_the_first_replay_writes_is_accepted(name: str) -> None:
    """That replay may use more rules than the certificate lists; what it did not use must change nothing."""
    certificate = prove(TRUE[name].json(), tidy=False)
    assert certificate is not None
    assert Certificate.replayed(certificate.data) == certificate
    assert set(certificate.rules) < ALL


@pytest.mark.parametrize("name", FALSE)
def test_false_neighbours_are_refuted(name: str) -> None:
    verdict = judge(FALSE[name])
    assert verdict.verdict == "refuted", verdict


CONDITIONS = {
    E[q(z)](p(z) / q(z)) == 1: ["p(z) << q(z)"],
    f(x) / f(x) == 1: ["f(x) != 0"],
    KL(p(x), q(x)) / KL(p(x), q(x)) == 1: ["KL(p(x), q(x)) != 0"],
    (p(x) ** 2 - q(x) ** 2) / (p(x) - q(x)) == p(x) + q(x): ["p(x) - q(x) != 0"],
    log(p(x)) == elbo + KL(q(z | x), p(z | x)): [
        "E[q(z | x)](log(p(x, z)/q(z | x))) is finite",
        "q(z | x) << p(z | x)",
        "KL(q(z | x), p(z | x)) is finite",
    ],
    KL(q(z), p(z)) >= 0: [],
    JSD(p(x), q(x)) == KL(p(x), mixture) / 2 + KL(q(x), mixture) / 2: [],
}


@pytest.mark.parametrize("claim", CONDITIONS, ids=repr)
def test_conditions_are_part_of_the_verdict(claim: Statement) -> None:
    verdict = judge(claim)
    assert verdict.verdict == "proved"
    assert list(verdict.conditions) == CONDITIONS[claim]


def test_a_sum_over_a_symbolic_range_is_counted() -> None:
    k = index("k", K)
    assert judge(Sum[k](m + v) == K * m + K * v).verdict == "proved"
    assert judge(Sum[k](m + v) == K * m + v).verdict == "refuted"


def test_equality_cases_are_proved_both_ways() -> None:
    bound = KL(q(z | x), p(z)) >= 0
    assert judge(bound.iff(q(z | x) == p(z))).verdict == "proved"
    assert judge(bound.iff(q(z) == p(z))).verdict != "proved"
    assert judge((elbo <= log(p(x))).iff(q(z | x) == p(z))).verdict != "proved"
