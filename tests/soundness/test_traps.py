"""The traps of a trial of the kernel: what must not be proved, or only with the condition that makes it true."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derivations.judge import judge
from derivations.language import (
    JSD,
    KL,
    TV,
    E,
    Function,
    Grad,
    H,
    I,
    Integral,
    Normal,
    exp,
    laws,
    log,
    sqrt,
    sup,
    symbols,
    variables,
)
from derivations.language.statements import Statement
from derivations.prover import prove

p, q, r = laws("p q r")
x, z = variables("x z")
f, g = Function("f"), Function("g")
w = Function("w", range="positive")
D = Function("D", range="unit")
a, b, theta = symbols("a b theta")
(u,) = variables("u", kind="continuous")
mixed = p(x) + q(x)
signed = Fraction(17, 10) * p(x) - Fraction(7, 10) * q(x)

NEVER = {
    "Jensen under a measure of mass two": E[mixed](log(w(x))) <= log(E[mixed](w(x))),
    "Jensen under a measure of mass one half": Integral[x](p(x) * log(w(x)) / 2) <= log(Integral[x](p(x) * w(x) / 2)),
    "Jensen under a signed measure of mass one": Integral[x](signed * log(w(x))) <= log(Integral[x](signed * w(x))),
    "the root of a square is the value": sqrt(f(x) ** 2) == f(x),
    "the root of a square, as a power": (f(x) ** 2) ** Fraction(3, 2) == f(x) ** 3,
    "roots of products of numbers of any sign": sqrt(a * b) * sqrt(a * theta) == a * sqrt(b * theta),
    "half the logarithm of a square": exp(log(f(x) ** 2) / 2) == f(x),
    "densities stay below one": p(x) <= 1,
    "logarithms of densities are negative": log(p(x | z)) <= 0,
    "entropies are non-negative": H(p(x)) >= 0,
    "entropies grow with the variables": H(p(x)) <= H(p(x, z)),
    "mutual information is at most an entropy": I(p, x, z) <= H(p(x)),
    "divergences are positive": KL(p(x), q(x)) > 0,
    "divergences are symmetric": KL(p(x), q(x)) == KL(q(x), p(x)),
    "a divergence of measures that are no laws": KL(p(x) / 2, p(x)) >= 0,
    "conditioning lowers mutual information": I(p, x, z, variables("y")[0]) <= I(p, x, z),
    "half of a signed difference is the distance": TV(p(x), q(x)) == Integral[x](p(x) - q(x)) / 2,
    "the supremum of a joint game looks at one variable": sup[D](E[p(x, z)](log(D(x))) + E[q(x, z)](log(1 - D(x))))
    == 2 * JSD(p(x, z), q(x, z)) - log(4),
    "nested gradients forget a factor": Grad[theta](Grad[theta](theta**3)) == 3 * theta,
}


@pytest.mark.parametrize("name", NEVER)
def test_a_false_statement_has_no_proof(name: str) -> None:
    assert prove(NEVER[name].json()) is None
    assert judge(NEVER[name], seconds=0.3).verdict in ("refuted", "undecided")


UNDER = {
    "a function over itself": (f(x) / f(x) == 1, "f(x) != 0"),
    "its average": (E[p(x)](f(x) / f(x)) == 1, "f(x) != 0"),
    "a divergence over itself": (KL(p(x), q(x)) / KL(p(x), q(x)) == 1, "KL(p(x), q(x)) != 0"),
    "a difference of squares": ((p(x) ** 2 - q(x) ** 2) / (p(x) - q(x)) == p(x) + q(x), "p(x) - q(x) != 0"),
    "its average over a third law": (
        E[r(x)]((p(x) ** 2 - q(x) ** 2) / (p(x) - q(x))) == E[r(x)](mixed),
        "p(x) - q(x) != 0",
    ),
    "an average of a density ratio": (E[q(x)](p(x) / q(x)) == 1, "p(x) << q(x)"),
    "one minus one, integrated apart": (Integral[x](1) - Integral[x](1) == 0, "Integral[x](1) is finite"),
    "infinite minus infinite": (Integral[x](f(x)) - Integral[x](f(x) - p(x)) == 1, "Integral[x](f(x)) is finite"),
    "a mass beside an integral": (Integral[x](f(x) + p(x)) == Integral[x](f(x)) + 1, "Integral[x](f(x)) is finite"),
    "a symbol over itself": (a / a == 1, "a != 0"),
}


@pytest.mark.parametrize("name", UNDER)
def test_a_statement_with_a_hole_is_proved_only_under_its_condition(name: str) -> None:
    claim, condition = UNDER[name]
    verdict = judge(claim, seconds=0.3)
    assert verdict.verdict in ("proved", "refuted", "undecided")
    if verdict.verdict == "proved":
        assert condition in verdict.conditions


def test_a_variance_of_unknown_sign_is_a_condition() -> None:
    verdict = judge(E[Normal(0, a)(u)](u**2) == a, seconds=0.3)
    assert verdict.verdict != "proved" or "a > 0" in verdict.conditions


@pytest.mark.parametrize("kind", ["unknown", "discrete"])
def test_normal_densities_need_a_continuous_variable(kind: str) -> None:
    (n,) = variables("n", kind=kind)
    try:
        claim = E[Normal(0, 1)(n)](1) == 1
    except ValueError:
        return
    assert prove(claim.json()) is None


def test_a_support_that_moves_with_the_parameter_is_a_condition() -> None:
    score = Grad[theta](E[p[theta](x)](f(x))) == E[p[theta](x)](f(x) * Grad[theta](log(p[theta](x))))
    certificate = prove(score.json())
    assert certificate is None or {c[0] for c in certificate.conditions} >= {"differentiation", "finite"}


def test_a_score_has_mean_zero_only_under_a_condition() -> None:
    claim = E[p[theta](x)](Grad[theta](log(p[theta](x)))) == 0
    certificate = prove(claim.json())
    assert certificate is None or "differentiation" in {c[0] for c in certificate.conditions}


VACUOUS: dict[str, Statement] = {
    "a law twice another": (E[p(x)](1) == 2).assuming(p(x) == 2 * q(x)),
    "bounds that exclude each other": (a <= b).assuming(theta <= 0, theta >= 1),
}


@pytest.mark.parametrize("name", VACUOUS)
def test_a_statement_without_models_is_not_proved(name: str) -> None:
    assert judge(VACUOUS[name], seconds=0.3).verdict != "proved"
