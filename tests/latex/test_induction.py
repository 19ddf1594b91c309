"""Steps about any number of variables: proved by induction, and what holds for the first few numbers only is not."""

import pytest

from derivations.check import check

FOR_ALL = [
    r"H(X_1, \ldots, X_n) = \sum_{i=1}^n H(X_i \mid X_1, \ldots, X_{i-1})",
    r"H(X_1, \ldots, X_n \mid Y) = \sum_{i=1}^n H(X_i \mid X_{i-1}, \ldots, X_1, Y)",
    r"H(X^n) = \sum_{i=1}^n H(X_i \mid X^{i-1})",
    r"H(X_1, \ldots, X_n) \le \sum_{i=1}^n H(X_i)",
    r"I(X_1, \ldots, X_n; Y) = \sum_{i=1}^n I(X_i; Y \mid X_{i-1}, \ldots, X_1)",
    r"p(x_1, \ldots, x_n) = \prod_{i=1}^n p(x_i \mid x_1, \ldots, x_{i-1})",
    r"\log p(x_{1:T}) = \sum_{t=1}^T \log p(x_t \mid x_{<t})",
]

# False, or true under a hypothesis on the variables that the line does not state.
NOT_FOR_ALL = [
    r"H(X_1, \ldots, X_n) = \sum_{i=1}^n H(X_i \mid X_{i-1})",
    r"H(X_1, \ldots, X_n) = \sum_{i=1}^n H(X_i)",
    r"H(X_1, \ldots, X_n) \ge \sum_{i=1}^n H(X_i)",
    r"H(X_1, \ldots, X_n) = \sum_{i=1}^n H(X_i \mid X_1, \ldots, X_i)",
    r"H(X_1, \ldots, X_n) = 2 \sum_{i=1}^n H(X_i \mid X_1, \ldots, X_{i-1})",
    r"H(X_1, \ldots, X_n) = n H(X_1)",
    r"H(X_1, \ldots, X_n) \le n \sum_{i=1}^n H(X_i \mid X_1, \ldots, X_{i-1}) - H(X_1)",
    r"H(X_1, \ldots, X_n) = \sum_{i=1}^n H(X_i \mid X_1, \ldots, X_{i-1}) + H(X_n)",
    r"I(X_1, \ldots, X_n; Y) = \sum_{i=1}^n I(X_i; Y)",
    r"p(x_1, \ldots, x_n) = \prod_{i=1}^n p(x_i \mid x_{i-1})",
    r"p(x_1, \ldots, x_n) = \prod_{i=1}^n p(x_i)",
    r"\log p(x_{1:T}) = -\sum_{t=1}^T \log p(x_t \mid x_{<t})",
    r"p(x_{2:T}) = \prod_{t=1}^T p(x_t \mid x_{<t})",
    r"p(x_1, \ldots, x_n) = \prod_{i=2}^n p(x_i \mid x_1, \ldots, x_{i-1})",
]


# True or false by whether x_{<i} begins with x_0; the induction would not see x_0.
WITH_A_VARIABLE_BEFORE = [
    r"\log q(x_{1:n} \mid x_0) = \sum_{i=1}^n \log q(x_i \mid x_{<i})",
    r"H(X_1, \ldots, X_n \mid X_0) = \sum_{i=1}^n H(X_i \mid X_{<i})",
    r"q(x_{1:n} \mid x_0) = \prod_{i=1}^n q(x_i \mid x_{<i})",
]


@pytest.mark.parametrize("latex", WITH_A_VARIABLE_BEFORE)
def test_a_variable_before_the_first_is_not_left_out_of_an_induction(latex: str) -> None:
    assert check(f"$${latex}$$").steps[0].verdict != "proved"


@pytest.mark.parametrize("latex", FOR_ALL)
def test_chain_rules_hold_for_any_number_of_variables(latex: str) -> None:
    step = check(f"$${latex}$$").steps[0]
    assert step.verdict == "proved", step.message
    assert any("induction" in word for word in step.trusts)


@pytest.mark.parametrize("latex", NOT_FOR_ALL)
def test_what_fails_for_some_number_of_variables_is_not_proved(latex: str) -> None:
    assert check(f"$${latex}$$").steps[0].verdict != "proved"


def test_a_law_that_is_a_chain_is_a_hypothesis() -> None:
    assert check(r"$$p(x_1, \ldots, x_n) = \prod_{i=1}^n p(x_i \mid x_{i-1})$$").steps[0].verdict == "conditional"
