"""Chains: a display has exactly as many steps as relation signs, in order, with the sides a reader sees."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.check import check
from derivations.latex.chains import steps
from derivations.latex.tokens import Unread, spelled


def chain(latex):
    return [(spelled(list(s.left)), s.relation, spelled(list(s.right))) for s in steps(latex)]


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"a = b \le c", [("a", "=", "b"), ("b", "<=", "c")]),
        (r"a &= b \\ &= c", [("a", "=", "b"), ("b", "=", "c")]),
        (r"a &= b \\ &\quad + c \\ &\ge d", [("a", "=", "b + c"), ("b + c", ">=", "d")]),
        (r"a \\ &= b", [("a", "=", "b")]),
        (r"a &= b + \\ & c", [("a", "=", "b + c")]),
        (r"a &= \\ b &= \\ c &= d", [("a", "=", "b"), ("b", "=", "c"), ("c", "=", "d")]),
        (r"a = b \\ c = d", [("a", "=", "b"), ("c", "=", "d")]),
        (r"a = b, \qquad c = d", [("a", "=", "b"), ("c", "=", "d")]),
        (r"a = b \Rightarrow c = d", [("a", "=", "b"), ("c", "=", "d")]),
        (r"a &= b & c &= d", [("a", "=", "b"), ("c", "=", "d")]),
        (r"a &=& b \\ &=& c", [("a", "=", "b"), ("b", "=", "c")]),
        (r"a = b \quad \text{(by Jensen)}", [("a", "=", "b")]),
        (r"a = b \text{ where } c = d", [("a", "=", "b"), ("c", "=", "d")]),
        (r"a \overset{(1)}{=} b", [("a", "=", "b")]),
        (r"a \not= b", [("a", "!=", "b")]),
        (r"a := b \triangleq c", [("a", ":=", "b"), ("b", ":=", "c")]),
        (r"a = \left[ b \right. \\ \left. + c \right]", [("a", "=", "[b + c]")]),
        (r"\begin{aligned} a &= b \\ &= c \end{aligned}", [("a", "=", "b"), ("b", "=", "c")]),
        (r"-a &= b \\ -c &= d", [("-a", "=", "b"), ("-c", "=", "d")]),
        ("a = b.", [("a", "=", "b")]),
        (r"a &= b &-----(1) \\ &= c &-----(2)", [("a", "=", "b"), ("b", "=", "c")]),
        (r"a &= b \quad {\rm (1)} \\ &= c \ldots\ldots (2)", [("a", "=", "b"), ("b", "=", "c")]),
        (r"a = b \ and \ c = d", [("a", "=", "b"), ("c", "=", "d")]),
        (r"x_{and} = b", [("x_{and}", "=", "b")]),
        (r"a = b - - (1)", [("a", "=", "b - - (1)")]),
        (r"a = 2 \cdot {(1)}", [("a", "=", r"2 \cdot{(1)}")]),
        (r"a &= b \\ \text{where:}\: & p(x) \: \text{is a law} \\ & c = d", [("a", "=", "b"), ("c", "=", "d")]),
        (r"a &= b \\ \text{(prior)} & + c \\ &= d", [("a", "=", "b + c"), ("b + c", "=", "d")]),
    ],
)
def test_layouts(latex, expected):
    assert [tuple(part.replace(" ", "") for part in row) for row in chain(latex)] == [
        tuple(part.replace(" ", "") for part in row) for row in expected
    ]


@pytest.mark.parametrize(
    "latex",
    [
        r"\sum_{i=1}^n x_i",
        r"H(X \mid S = s)",
        r"\text{if } x \sim p",
        r"x \in A \to B",
        r"\underbrace{a}_{b = c}",
    ],
)
def test_relations_inside_scripts_brackets_and_text_are_no_steps(latex):
    assert steps(latex) == []


def test_the_place_of_a_step_is_that_of_its_sign():
    assert [s.place for s in steps("a = b \\\\\n = c")] == [2, 10]


signs = st.sampled_from(["=", r"\le", r"\ge", "<", r"\approx", r"\propto", r"\ne", ":="])
pieces = st.sampled_from(["a", "b + c", r"\log p(x)", r"E_q[f(z)]", r"\sum_{k=1}^K x_k", "-d", r"H(X \mid S=s)"])
breaks = st.sampled_from([" ", r" \\ ", r" \\ & ", r" \\[4pt] &\quad "])


@given(st.lists(st.tuples(signs, pieces, breaks), min_size=1, max_size=6), pieces)
@settings(max_examples=200, deadline=None)
def test_a_chain_has_as_many_steps_as_relation_signs(rows, first):
    latex = first + "".join(f"{space}{sign} {piece}" for sign, piece, space in rows)
    found = steps(latex)
    assert len(found) == len(rows)
    for before, after in pairwise(found):
        assert before.right == after.left


def test_an_unknown_command_leaves_the_steps_in_place():
    assert chain(r"a = \heartsuit b = c") == [("a", "=", r"\heartsuit b"), (r"\heartsuit b", "=", "c")]


def test_nesting_is_bounded():
    with pytest.raises(Unread, match="deep"):
        steps("{" * 200 + "a = b")


def test_a_row_behind_an_arrow_is_an_equation_of_its_own():
    found = steps(r"p &= q \\ \implies & H \\ &= r")
    assert [("".join(t.text for t in s.left), "".join(t.text for t in s.right)) for s in found] == [
        ("p", "q"),
        ("H", "r"),
    ]


def test_a_sign_that_is_repeated_in_the_next_row_says_once():
    found = steps(r"a =& \\ =& b \le c")
    assert [("".join(t.text for t in s.left), "".join(t.text for t in s.right)) for s in found] == [
        ("a", "b"),
        ("a", "b"),
        ("b", "c"),
    ]


@pytest.mark.parametrize(
    "latex",
    [
        r"\boxed{a = b + c}",
        r"\boxed{\boxed{a = b + c}}",
        r"x \Rightarrow \boxed{a = b + c}",
        r"{\color{red} a = b + c}",
        r"\textcolor{red}{a = b + c}",
        r"\begin{aligned} & \boxed{a = b + c} \end{aligned}",
    ],
)
def test_a_box_or_colour_around_an_equation_hides_no_step(latex: str) -> None:
    assert [s.relation for s in steps(latex)] == ["="]


@pytest.mark.parametrize("latex", [r"\sum_{i=1}^n c", r"2\boxed{b + c} d", r"\frac{a=b}{c}", r"x^{a=b}"])
def test_braces_that_belong_to_something_stay(latex: str) -> None:
    assert not steps(latex)


def test_formulas_in_an_aside_are_no_steps() -> None:
    latex = (
        r"\begin{aligned} a &= b &&\text{(since }c = d,\; e = f\text{)}\\ &= g &&\text{(by definition)} \end{aligned}"
    )
    assert [(spelled(list(s.left)), spelled(list(s.right))) for s in steps(latex)] == [("a", "b"), ("b", "g")]


SENTENCE = r"KL(s\|r) = \mathbb{E}_s[-\log h(u)] \\ %s \\ H(s) = \mathbb{E}_s[-\log s(u)]"


@pytest.mark.parametrize(
    ("row", "unread"),
    [
        ("-ln(u)为凸函数，由Jensen不等式=>", True),
        ("-ln(u)是凸的", True),
        ("+2は正の数", True),
        ("- 2 (由定义)", False),
        (r"- 2 \quad 由定义", False),
        (r"- 2 \text{由定义}", False),
    ],
)
def test_a_sentence_about_a_formula_is_no_term_of_the_equation_before(row: str, unread: bool) -> None:
    first, second = steps(SENTENCE % row)
    assert ("SYMBOL" in [t.kind for t in first.right]) == unread
    assert [t.text for t in first.right].count("2") == (not unread or "2" in row)
    assert second.left[0].text == "H"
    if unread:
        assert check(f"$$ {SENTENCE % row} $$").steps[0].verdict == "unsupported"
