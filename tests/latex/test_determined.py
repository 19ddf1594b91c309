"""A variable may be a function of two others, as prose may say; a wrong sign or a lost entropy is no such thing."""

import pytest

from derivations.check import check

SAID = "Let us look at these three variables and at what one of them says of the other two."


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("H(W) = H(U,V) - H(U,V|W)", "w is a function of u, v"),
        ("H(U|V) = I(U;W|V)", "u is a function of v, w"),
    ],
)
def test_a_variable_may_be_made_of_the_other_two(line: str, words: str) -> None:
    (step,) = check(f"{SAID} $$ {line} $$").steps
    assert step.verdict == "conditional"
    assert f"true if {words}" in step.message


@pytest.mark.parametrize(
    "line",
    [
        "I(U;V|W) = H(U|W) + H(U|V,W)",
        "H(U,V|W) = H(U|W) - H(V|U,W)",
        "H(U,V,W) = H(U) + H(V|U)",
    ],
)
def test_a_slip_among_three_variables_is_refuted(line: str) -> None:
    assert [step.verdict for step in check(f"{SAID} $$ {line} $$").steps] == ["refuted"]


def test_without_prose_nothing_says_that_a_variable_is_made_of_others() -> None:
    assert [step.verdict for step in check("$$ H(W) = H(U,V) - H(U,V|W) $$").steps] == ["refuted"]
