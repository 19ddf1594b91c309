r"""Steps over T time steps: what fails for T = 3 is found, and what holds for a few T is never called proved."""

import pytest

from derivations.check import check
from derivations.latex.grammar import rows, spell
from derivations.latex.moments import Moments, condensed, fixed, instances
from derivations.latex.tokens import tokenize

CHAIN = r"$$ q(y_{1:T}|y_0) = \prod_{t=1}^T q(y_t|y_{t-1}), \qquad p(y_{0:T}) = p(y_T) \prod_{t=1}^T p(y_{t-1}|y_t) $$"
MEAN = r"\mathbb{E}_{q(y_{1:T}|y_0)}"

# Each holds under the chains of the document, and fails after the change in brackets.
STEPS = [
    (rf"{MEAN}\Big[\log\frac{{p(y_{{0:T}})}}{{q(y_{{1:T}}|y_0)}}\Big] = {MEAN}\Big[\log p(y_T) [+-] "
     r"\sum_{t=1}^T \log\frac{p(y_{t-1}|y_t)}{q(y_t|y_{t-1})}\Big]"),
    r"\log\prod_{t=1}^T p(y_{t-1}|y_t) = [+-]\sum_{t=1}^T \log p(y_{t-1}|y_t)",
    r"\sum_{t=2}^T \log\frac{q(y_{t-1}|y_0)}{q(y_t|y_0)} = \log q([1T]|y_0) - \log q([T1]|y_0)",
    r"p(y_0) = \int p([T1]) \prod_{t=1}^T p(y_{t-1}|y_t) dy_{1:T}",
    rf"{MEAN}\Big[\sum_{{t>1}} \log\frac{{q(y_{{t-1}}|y_t,y_0)}}{{p(y_{{t-1}}|y_t)}}\Big] [=<] "
    r"\sum_{t>1} \mathbb{E}_{q(y_t|y_0)}\big[D_{KL}(q(y_{t-1}|y_t,y_0)\|p(y_{t-1}|y_t))\big]",
]  # fmt: skip

WAYS = {
    "[+-]": ("+", "-"),
    "[1T]": ("y_1", "y_T"),
    "[T1]": ("y_T", "y_1"),
    "[=<]": ("=", "= -"),
}


def written(step: str, way: int) -> str:
    for mark, ways in WAYS.items():
        step = step.replace(mark, ways[way])
    return f"{CHAIN}\n\n$$ {step} $$"


@pytest.mark.parametrize("step", STEPS)
def test_what_holds_for_a_few_moments_is_undecided(step: str) -> None:
    outcome = check(written(step, 0)).steps[-1]
    assert outcome.verdict == "undecided", outcome.message
    assert "it holds for T = 3" in outcome.message


@pytest.mark.parametrize("step", STEPS)
def test_what_fails_for_three_moments_is_found(step: str) -> None:
    outcome = check(written(step, 1)).steps[-1]
    assert outcome.verdict in ("refuted", "conditional"), outcome.message


def test_without_the_chain_the_bound_is_a_query() -> None:
    alone = written(STEPS[0], 0).removeprefix(CHAIN)
    assert check(alone).steps[-1].verdict == "conditional"


@pytest.mark.parametrize(
    "display",
    [
        r"$$\sum_{t=1}^T t = 6$$ and $$p(y_{1:T}) = p(y_{1:T})$$",
        r"$$\sum_{t=1}^T \log p(y_t|y_{<t}) = \log p(y_{1:3})$$",
        r"$$\log p(y_1,\dots,y_T) = \sum_{t=1}^3 \log p(y_t|y_{<t})$$",
    ],
)
def test_what_holds_for_one_number_of_moments_only_is_not_proved(display: str) -> None:
    assert check(display).steps[0].verdict != "proved"


def test_listed_variables_are_a_range() -> None:
    said = {
        r"p(y_1, \dots, y_T)": "p(y_1:T)",
        r"p(y_1, y_2, \ldots, y_T | y_0)": "p(y_1:T|y_0)",
        r"p(y_T, \ldots, y_0)": "p(y_0:T)",
        r"\int f \, dy_1 \cdots dy_T": "intfdy_1:T",
        r"\mathbb{E}_{u_1,\dots,u_K \sim q}": "E_u_1,...,u_K~q",
    }
    for latex, short in said.items():
        assert spell(condensed(rows(tuple(tokenize(latex))))).replace(" ", "") == short


def test_a_range_of_no_moments_is_left_out() -> None:
    row = rows(tuple(tokenize(r"p(y_t | y_{<t}, u_{t:T})")))
    assert spell(fixed(row, Moments({"t": 1, "T": 3}))) == "p(y_1|u_1:3)"
    assert spell(fixed(row, Moments({"t": 3, "T": 3}))) == "p(y_3|y_1:2,u_3)"


def test_a_step_without_time_has_no_instances() -> None:
    left, right = (rows(tuple(tokenize(s))) for s in ("p(x, z)", r"p(z)\,p(x|z)"))
    assert not list(instances(left, right))


def test_two_products_over_one_letter_are_two() -> None:
    joint = r"p(u_1)\prod_{t=2}^T p(u_t|u_{t-1})\prod_{t=1}^T p(y_t|u_t)"
    outcomes = check(rf"$$p(y_{{1:T}}, u_{{1:T}}) = {joint}$$").steps
    assert [s.verdict for s in outcomes] == ["conditional"]
    assert "p(y_3 | u_3)" in outcomes[0].reading
    assert "p(u_3 | u_2)" in outcomes[0].reading
