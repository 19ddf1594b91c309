"""Textbook identities and inequalities about unspecified laws: proved, and their false neighbours never."""

from fractions import Fraction

import pytest

from derivations import JSD, KL, TV, E, Function, H, I, Statement, Term, Variable, judge, laws, log, variables

p, q, r, s = laws("p q r s")
x, y, z = variables("x y z")
f, g = Function("f"), Function("g", range="positive")
half = Fraction(1, 2)
mean = E[p(x)](f(x))
inner = E[p(x | z)](f(x))
first, second = z.copy("z_1"), z.copy("z_2")


def weight(code: Variable) -> Term:
    """The importance weight of a code."""
    return p(x, code) / q(code | x)


one_weight = E[q(z | x)](log(weight(z)))
two_weights = E[q(first | x)](E[q(second | x)](log((weight(first) + weight(second)) / 2)))

TRUE = {
    "variance": E[p(x)]((f(x) - mean) ** 2) == E[p(x)](f(x) ** 2) - mean**2,
    "total variance": E[p(x)]((f(x) - mean) ** 2)
    == E[p(z)](E[p(x | z)]((f(x) - inner) ** 2)) + E[p(z)]((inner - mean) ** 2),
    "Jensen for squares": mean**2 <= E[p(x)](f(x) ** 2),
    "data processing": KL(p(x), q(x)) <= KL(p(x, z), q(x, z)),
    "processing of information": I(p, x, z) <= I(p, (x, y), z),
    "convexity of KL": KL((p(x) + q(x)) / 2, r(x)) <= KL(p(x), r(x)) / 2 + KL(q(x), r(x)) / 2,
    "convexity in both": KL((p(x) + q(x)) / 2, (r(x) + s(x)) / 2) <= KL(p(x), r(x)) / 2 + KL(q(x), s(x)) / 2,
    "convexity, unequal parts": KL(p(x) / 3 + 2 * q(x) / 3, r(x)) <= KL(p(x), r(x)) / 3 + 2 * KL(q(x), r(x)) / 3,
    "convexity in the second": 2 * KL(p(x), (q(x) + r(x)) / 2) <= KL(p(x), q(x)) + KL(p(x), r(x)),
    "a component of a mixture": KL(p(x), (p(x) + q(x)) / 2) <= log(2),
    "chi-squared": KL(p(x), q(x)) <= E[p(x)](p(x) / q(x)) - 1,
    "affinity": E[p(x)]((q(x) / p(x)) ** half) <= 1,
    "two means": log((g(x) + g(y)) / 2) >= (log(g(x)) + log(g(y))) / 2,
    "three means": log((g(x) + g(y) + g(z)) / 3) >= (log(g(x)) + log(g(y)) + log(g(z))) / 3,
    "weighted means": log(g(x) / 3 + 2 * g(y) / 3) >= log(g(x)) / 3 + 2 * log(g(y)) / 3,
    "Cauchy and Schwarz": E[p(x)](f(x) * g(x)) ** 2 <= E[p(x)](f(x) ** 2) * E[p(x)](g(x) ** 2),
    "total variation is at most one": TV(p(x), q(x)) <= 1,
    "triangle of total variations": TV(p(x), q(x)) <= TV(p(x), r(x)) + TV(r(x), q(x)),
    "triangle": abs(f(x) + f(y)) <= abs(f(x)) + abs(f(y)),
    "triangle of three": abs(f(x) - f(z)) <= abs(f(x) - f(y)) + abs(f(y) - f(z)),
    "reversed triangle": abs(f(x)) - abs(f(y)) <= abs(f(x) - f(y)),
    "the absolute value of a mean": abs(mean) <= E[p(x)](abs(f(x))),
    "two importance weights, from below": one_weight <= two_weights,
    "two importance weights, from above": two_weights <= log(p(x)),
    "tangent of the logarithm": E[p(x)](log(g(x))) <= E[p(x)](g(x)) - 1,
}

FALSE = {
    "variance with a plus": E[p(x)]((f(x) - mean) ** 2) == E[p(x)](f(x) ** 2) + mean**2,
    "total variance without the means": E[p(x)]((f(x) - mean) ** 2) == E[p(z)](E[p(x | z)]((f(x) - inner) ** 2)),
    "Jensen for squares, reversed": mean**2 >= E[p(x)](f(x) ** 2),
    "data processing, reversed": KL(p(x), q(x)) >= KL(p(x, z), q(x, z)),
    "processing of information, reversed": I(p, x, z) >= I(p, (x, y), z),
    "concavity of KL": KL((p(x) + q(x)) / 2, r(x)) >= KL(p(x), r(x)) / 2 + KL(q(x), r(x)) / 2,
    "convexity, other weights": KL(p(x) / 3 + 2 * q(x) / 3, r(x)) <= 2 * KL(p(x), r(x)) / 3 + KL(q(x), r(x)) / 3,
    "a component of a mixture, closer": KL(p(x), (p(x) + q(x)) / 2) <= log(2) / 2,
    "chi-squared, halved": KL(p(x), q(x)) <= (E[p(x)](p(x) / q(x)) - 1) / 2,
    "affinity from below": E[p(x)]((q(x) / p(x)) ** half) >= 1,
    "two means, other weights": log((g(x) + g(y)) / 2) >= (log(g(x)) + 2 * log(g(y))) / 3,
    "three means, twice": log((g(x) + g(y) + g(z)) / 3) >= (log(g(x)) + log(g(y)) + log(g(z))) / 2,
    "JSD is convex with a loss": JSD(p(x), q(x)) <= KL(p(x), q(x)) / 8,
    "Cauchy and Schwarz, halved": E[p(x)](f(x) * g(x)) ** 2 <= E[p(x)](f(x) ** 2) * E[p(x)](g(x) ** 2) / 2,
    "Cauchy and Schwarz without a square": E[p(x)](f(x) * g(x)) <= E[p(x)](f(x) ** 2) * E[p(x)](g(x) ** 2),
    "total variation is at most a half": TV(p(x), q(x)) <= half,
    "triangle with one side": TV(p(x), q(x)) <= TV(p(x), r(x)),
    "triangle of three, one missing": abs(f(x) - f(z)) <= abs(f(x) - f(y)),
    "triangle with a minus": abs(f(x) + f(y)) <= abs(f(x)) - abs(f(y)),
    "reversed triangle of sums": abs(f(x)) + abs(f(y)) <= abs(f(x) + f(y)),
    "absolute values have no sign": abs(f(x)) <= f(x),
    "the mean of absolute values": E[p(x)](abs(f(x))) <= abs(mean),
    "two importance weights, reversed": two_weights <= one_weight,
    "two importance weights, above the evidence": two_weights >= log(p(x)),
    "entropy of a part": H(p(x)) <= H(p(x, z)),  # false for continuous variables
}


@pytest.mark.parametrize("name", TRUE)
def test_textbook_statements_are_proved(name: str) -> None:
    assert judge(TRUE[name]).verdict == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_their_false_neighbours_are_refuted(name: str) -> None:
    assert judge(FALSE[name]).verdict == "refuted"


def test_a_product_of_integrals_needs_each_of_them_to_be_finite() -> None:
    statement: Statement = TRUE["variance"]
    assert [c for c in judge(statement).conditions if "f(x)) is finite" in c] == ["E[p(x)](f(x)) is finite"]
