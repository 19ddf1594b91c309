"""Formulas: what is read is harmless and means the same when it is written again."""

from __future__ import annotations

import re

import pytest
from hostile import FRAGMENTS, hostile
from hypothesis import given
from hypothesis import strategies as st

from derivations.report import mathematics
from derivations.report.mathematics import MathError, Node, parse
from derivations.report.mathml import mathml
from derivations.report.selection import library
from derivations.report.setting import pieces, width, written

KNOWN = {
    *mathematics.OPERATORS,
    *mathematics.LIMITS,
    *mathematics.RELATIONS,
    *mathematics.BINARY,
    *mathematics._GREEK,
    *mathematics._FONTS,
    *mathematics._ACCENTS,
    *mathematics._TWO,
    *mathematics._STYLES,
    *mathematics._SIZES,
    *mathematics._GRIDS,
    *("left", "right", "sqrt", "text", "begin", "end", "quad", "qquad"),
    *("textbackslash", "textasciicircum", "textasciitilde"),
}

atoms = st.sampled_from(
    ["x", "p", "3", r"\alpha", r"\log", r"\frac{a}{b}", r"\sqrt{x}", "(", ")", "+", "-", "=", r"\le "]
)
formulas = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=5).map(" ".join),
        inner.map(lambda s: rf"\left({s}\right)"),
        inner.map(lambda s: rf"\left[{s}\right]"),
        st.tuples(inner, inner).map(lambda s: rf"\frac{{{s[0]}}}{{{s[1]}}}"),
        st.tuples(inner, inner).map(lambda s: f"{{{s[0]}}}_{{{s[1]}}}"),
        inner.map(lambda s: rf"\mathbb{{E}}_{{{s}}}"),
    ),
    max_leaves=12,
)


def terms() -> list[str]:
    found = []
    for claim in library():
        for part in claim.parts:
            found += [part.statement.latex(), part.statement.left.latex(), part.statement.right.latex()]
            found += [s.term.latex() for c in part.chains for s in c.steps]
    return found


def test_every_term_of_the_library_is_a_formula_with_mathml() -> None:
    for source in terms():
        for piece in (parse(source), *pieces(parse(source), 20)):
            assert mathml(piece, display=True).startswith("<math"), source


@given(formulas)
def test_writing_is_a_normal_form(source: str) -> None:
    once = written(parse(source))
    assert written(parse(once)) == once


@given(formulas, st.floats(1, 60))
def test_pieces_together_are_the_formula_up_to_the_size_of_brackets(source: str, widest: float) -> None:
    tree = parse(source)
    cut = pieces(tree, widest)
    unsized = [re.sub(r"\\(left|right|(big|bigg)[lr])(?![a-z])|\s", "", written(p)) for p in (*cut, tree)]
    assert "".join(unsized[:-1]) == unsized[-1]


@given(formulas)
def test_pieces_stand_alone(source: str) -> None:
    for piece in pieces(parse(source), 5):
        assert written(parse(written(piece))) == written(piece)
        assert width(piece) >= 0


@given(hostile)
def test_what_is_read_has_known_commands_and_balanced_braces(source: str) -> None:
    try:
        out = written(parse(source))
    except MathError:
        return
    assert set(re.findall(r"\\([a-zA-Z]+)", out)) <= KNOWN
    assert "$" not in out.replace(r"\$", "")
    assert "^^" not in out
    depth = 0
    for sign in re.findall(r"\\.|[{}]", out):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0


@given(hostile)
def test_mathml_of_hostile_formulas_has_presentation_elements_only(source: str) -> None:
    try:
        out = mathml(parse(source))
    except MathError:
        return
    assert "script" not in re.findall(r"<\s*([a-zA-Z]+)", out)
    assert not re.search(r"\son\w+=|href|style=", out)


@pytest.mark.parametrize("source", [f.strip("$") for f in FRAGMENTS if "\\" in f and f.startswith(("\\", "$"))])
def test_commands_outside_the_list_are_refused(source: str) -> None:
    with pytest.raises(MathError):
        parse(source)


@pytest.mark.parametrize(
    "source", ["{" * 100 + "}" * 100, "x" * 30_000, r"\left(" * 60, "a_b_c", "a^b^c", "x^2'", "}", "{", "&"]
)
def test_what_would_stop_latex_is_refused(source: str) -> None:
    with pytest.raises(MathError):
        parse(source)


def test_a_single_bar_in_brackets_is_a_conditional() -> None:
    assert written(parse("p(x|z)")) == r"p(x\mid z)"
    assert written(parse("|x|")) == "|x|"


def test_a_tree_is_compared_by_value() -> None:
    assert parse("x") == Node("group", parts=(Node("symbol", "x"),))
