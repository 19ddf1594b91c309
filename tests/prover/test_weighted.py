"""Divergences times what a hypothesis says is at least zero."""

import pytest

from derivations import judge
from derivations.language import KL, E, H, Statement, laws, log, symbols, variables

(p, q, r), (x, z), (b, c) = laws("p q r"), variables("x z"), symbols("b c")
gap = KL(q(z | x), p(z))
bound = E[q(z | x)](log(p(x | z)))
mixture = b * p(x) + (1 - b) * q(x)
average = b * KL(p(x), r(x)) + (1 - b) * KL(q(x), r(x))
within = (b >= 0, b <= 1)

TRUE = [
    (KL(mixture, r(x)) <= average).assuming(*within),
    (H(mixture) >= b * H(p(x)) + (1 - b) * H(q(x))).assuming(*within),
    ((b - 1) * gap >= 0).assuming(b >= 1),
    (b * gap >= gap).assuming(b >= 1),
    (bound - b * gap <= log(p(x))).assuming(b >= 1),
    (bound - b * gap >= bound - gap).assuming(b <= 1),
    (bound - b * gap <= bound - c * gap).assuming(c <= b),
]
FALSE = [
    (KL(mixture, r(x)) >= average).assuming(*within),
    (H(mixture) <= b * H(p(x)) + (1 - b) * H(q(x))).assuming(*within),
    (H(mixture) >= H(p(x)) + (1 - b) * H(q(x))).assuming(*within),
    ((b - 1) * gap >= 0).assuming(b >= 0),
    (bound - b * gap <= log(p(x))).assuming(b <= 1),
    (bound - b * gap >= bound - gap).assuming(b >= 1),
    (bound - b * gap <= bound - c * gap).assuming(b <= c),
    (b * gap <= gap).assuming(b >= 1),
]


@pytest.mark.parametrize("statement", TRUE, ids=repr)
def test_weights_that_a_hypothesis_bounds(statement: Statement) -> None:
    assert judge(statement).verdict == "proved"


@pytest.mark.parametrize("statement", FALSE, ids=repr)
def test_weights_that_no_hypothesis_bounds(statement: Statement) -> None:
    assert judge(statement).verdict == "refuted"


def test_a_hypothesis_may_speak_of_numbers() -> None:
    assert judge((b * gap >= 0).assuming((">=", b, 0))).verdict == "proved"
