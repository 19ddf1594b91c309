"""Markov chains as hypotheses: what follows from them is proved, what does not is not, in whatever order they stand."""

import pytest

from derivations.judge import judge
from derivations.language import KL, E, Grad, H, I, Integral, laws, log, symbols, variables

(p, q), (x, y, z, w), (t,) = laws("p q"), variables("x y z w"), symbols("t")
CHAIN = ("markov", ("x", "y", "z"), p)
LONG = ("markov", ("x", "y", "z", "w"), p)

TRUE = {
    "the future by the present": (p(z | x, y) == p(z | y)).assuming(CHAIN),
    "the past by the present": (p(x | y, z) == p(x | y)).assuming(CHAIN),
    "reversed": (p(x, y, z) == p(z) * p(y | z) * p(x | y)).assuming(CHAIN),
    "Chapman-Kolmogorov": (p(z | x) == Integral[y](p(z | y) * p(y | x))).assuming(CHAIN),
    "a part of a chain is a chain": (p(w | x, z) == p(w | z)).assuming(LONG),
    "two steps": (p(z, w | y) == p(z | y) * p(w | z)).assuming(LONG),
    "no information": (I(p, x, z, y) == 0).assuming(CHAIN),
    "entropy": (H(p(x, y, z)) == H(p(x)) + H(p(y | x)) + H(p(z | y))).assuming(CHAIN),
    "data processing": (I(p, x, z) <= I(p, x, y)).assuming(CHAIN),
    "a mean": (E[p(x, y, z)](log(p(z | x, y))) == E[p(y, z)](log(p(z | y)))).assuming(CHAIN),
}
FALSE = {
    "the future by the past": (p(z | x, y) == p(z | x)).assuming(CHAIN),
    "another order": (p(z | x, y) == p(z | y)).assuming(("markov", ("x", "z", "y"), p)),
    "another law": (q(z | x, y) == q(z | y)).assuming(CHAIN),
    "a fork": (p(x, y, z) == p(x) * p(y | x) * p(z | x)).assuming(CHAIN),
    "independent ends": (p(x, z) == p(x) * p(z)).assuming(CHAIN),
    "the middle from the ends": (p(y | x, z) == p(y | x)).assuming(CHAIN),
    "information about the middle": (I(p, x, y, z) == 0).assuming(CHAIN),
    "data processing turned": (I(p, x, z) >= I(p, x, y)).assuming(CHAIN),
    "skipping the middle": (p(z | x) == Integral[y](p(z | y) * p(y))).assuming(CHAIN),
    "a variable outside": (p(w | x, y, z) == p(w | z)).assuming(CHAIN),
    "the other law follows": (KL(p(x, y, z), q(x, y, z)) == KL(p(x, y), q(x, y))).assuming(CHAIN),
    "a longer chain": (p(w | x, y) == p(w | x)).assuming(LONG),
}


@pytest.mark.parametrize("name", TRUE)
def test_what_follows_from_a_chain_is_proved(name: str) -> None:
    assert judge(TRUE[name]).verdict == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_what_does_not_follow_from_a_chain_is_refuted(name: str) -> None:
    assert judge(FALSE[name]).verdict == "refuted"


def test_a_chain_under_a_law_that_moves_is_not_used() -> None:
    """A chain at one parameter says nothing of its neighbours, so nothing is differentiated through it."""
    r = p[t]
    claim = (Grad[t](log(r(z | x, y))) == Grad[t](log(r(z | y)))).assuming(("markov", ("x", "y", "z"), r))
    assert judge(claim).verdict != "proved"
