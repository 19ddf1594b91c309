"""Displays in the many styles that people write: true ones proved, their false neighbours never.

The pairs stand side by side: a construct that is read so that the true line is proved must still find the false one.
"""

from pathlib import Path

import pytest

from derivations.check import check

LINES = Path(__file__).with_name("styles.txt").read_text(encoding="utf-8").splitlines()


def marked(mark: str) -> list[str]:
    """The displays of ``styles.txt`` with a mark."""
    return [line[2:] for line in LINES if line.startswith(f"{mark} ")]


@pytest.mark.parametrize("latex", marked("+"))
def test_true_lines_are_proved(latex: str) -> None:
    steps = check(f"$${latex}$$").steps
    assert steps
    assert {s.verdict for s in steps} == {"proved"}, [s.message for s in steps]


@pytest.mark.parametrize("latex", marked("-"))
def test_false_neighbours_are_found(latex: str) -> None:
    steps = check(f"$${latex}$$").steps
    assert [s.verdict for s in steps if s.verdict in ("refuted", "conditional")], [s.message for s in steps]
    assert "proved" not in [s.verdict for s in steps]


@pytest.mark.parametrize("latex", marked("?"))
def test_true_lines_are_not_refuted(latex: str) -> None:
    steps = check(f"$${latex}$$").steps
    assert steps
    assert not {"refuted", "unsupported"} & {s.verdict for s in steps}, [s.message for s in steps]


def test_the_objective_of_em_is_a_function_of_two_parameters() -> None:
    objective = r"Q(\theta,\theta^{(t)}) = \mathbb{E}_{p(Z\mid X,\theta^{(t)})}[\log p(X,Z\mid\theta)]"
    climb = r"\log p(X|\theta) - \log p(X|\theta^{(t)}) %s Q(\theta,\theta^{(t)}) - Q(\theta^{(t)},\theta^{(t)})"
    verdicts = [[s.verdict for s in check(f"$${objective} \\\\ {climb % r}$$").steps] for r in (r"\ge", r"\le")]
    assert verdicts[0] == ["definition", "proved"]
    assert verdicts[1][1] != "proved"


def test_a_mixture_may_be_defined_behind_its_use() -> None:
    text = r"$$\mathrm{JSD}(P\|Q)=\frac12 D(P\|M)+\frac12 D(Q\|M),\quad M=\tfrac12(P+Q)$$"
    assert [s.verdict for s in check(text).steps] == ["proved", "definition"]


@pytest.mark.parametrize(
    "latex",
    [
        r"H(\mathcal N(\mu,\Sigma)) = \frac12\log(2\pi e|\Sigma|)",
        r"\log\mathcal{N}(x|m,\Sigma) = -\frac12\log 2\pi - \frac12\log|\Sigma| - \frac12(x-m)^\top\Sigma^{-1}(x-m)",
        r"KL(\mathcal N(\mu,\Sigma)\|\mathcal N(0,I)) = \frac12(\mathrm{tr}(\Sigma)+\mu^T\mu - 1 - \log|\Sigma|)",
        r"KL(\mathcal N(\mu,\Sigma)\|\mathcal N(0,I)) = \frac12(|\Sigma|+\mu^T\mu - d - \log|\Sigma|)",
        r"\mathrm{tr}(\Sigma) = |\Sigma|",
    ],
)
def test_what_holds_in_one_dimension_only_is_not_proved(latex: str) -> None:
    assert "proved" not in [s.verdict for s in check(f"$${latex}$$").steps]


def test_a_chain_beside_an_equation_is_one_of_its_display_only() -> None:
    loses = r"$$ I(X;Z) \le I(X;Y) \quad\text{for } X\to Y\to Z $$"
    verdicts = [s.verdict for s in check(f"{loses} and $$ I(X;Z) \\le I(X;Y) $$").steps]
    assert verdicts == ["proved", "conditional"]
    assert [s.verdict for s in check(r"$$X \to Y \to Z$$ so $$ I(X;Z) \le I(X;Y) $$").steps] == ["proved"]
