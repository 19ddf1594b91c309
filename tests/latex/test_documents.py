"""Documents: every display is found at its line, nothing else is taken for one, macros and directives are read."""

import pytest

from derivations.language import LanguageError
from derivations.latex.documents import Macro, expand, read
from derivations.latex.limits import time_limit


def bodies(text, kind="markdown"):
    return [d.latex.strip() for d in read(text, kind).displays]


@pytest.mark.parametrize(
    "display",
    [
        "$$ a = b $$",
        r"\[ a = b \]",
        "\\begin{equation}\na = b\n\\end{equation}",
        "\\begin{align*}\na = b\n\\end{align*}",
        "\\begin{gather}a = b\\end{gather}",
        "```math\na = b\n```",
        "~~~latex\n$$ a = b $$\n~~~",
    ],
)
def test_each_kind_of_display_is_found(display):
    assert bodies(f"Some text\n\n{display}\n\nmore text") == ["a = b"]


@pytest.mark.parametrize(
    "text",
    [
        "inline $a = b$ and `$$ a = b $$`",
        "```python\nx = '$$ a = b $$'\n```",
        "<!-- $$ a = b $$ -->",
        "a price of \\$\\$5 = 5",
    ],
)
def test_what_is_no_display_is_not_taken_for_one(text):
    assert bodies(text) == []


def test_comments_of_tex_are_no_mathematics():
    assert bodies("% $$ a = b $$\n\\[ c = d % = e\n\\]", "tex") == ["c = d"]


def test_a_percent_sign_of_markdown_is_no_comment():
    assert bodies("50% of\n$$ a = b $$") == ["a = b"]


def test_lines_count_from_the_start_of_the_mathematics():
    document = read("one\n\n$$\n\nx = y\n$$\n\n\\begin{align}\nu &= v\n\\end{align}\n", "tex")
    assert [d.line for d in document.displays] == [5, 9]


def test_macros_with_and_without_arguments_are_expanded():
    text = r"""
    \newcommand{\E}[2]{\mathbb{E}_{#1}\left[#2\right]}
    \newcommand\px{p(x)} \def\half{\frac12}
    \DeclareMathOperator{\KL}{KL}
    \newcommand{\opt}[2][q]{#1(#2)}
    $$ \E{q}{\px} = \half \KL(a\|b) + \opt{z} + \opt[r]{z} $$
    """
    assert bodies(text, "tex") == [r"\mathbb{E}_{q}\left[p(x)\right] = \frac12 \operatorname{KL}(a\|b) + q(z) + r(z)"]


@pytest.mark.parametrize("body", [r"\a", r"\a\a", r"x\a{}y"])
def test_macros_that_call_themselves_end_in_an_error(body):
    with pytest.raises(LanguageError, match="without end"):
        expand(r"\a = 1", {r"\a": Macro(0, body)})


def test_a_display_with_an_endless_macro_does_not_stop_the_others():
    first, second = read("\\newcommand{\\a}{\\a\\a}\n$$ \\a = 1 $$ $$ x = y $$", "tex").displays
    assert "without end" in first.error
    assert second.error == ""


def test_directives_are_found_in_comments():
    assert read("% derivations: discrete x\n\\[ a = b \\]", "tex").directives == ((1, "discrete x"),)
    assert read("\n<!-- derivations: nonneg beta -->\n").directives == ((2, "nonneg beta"),)


def test_a_text_without_any_mark_is_one_display_only_where_asked():
    assert bodies("a = b", "bare") == ["a = b"]
    assert bodies("a = b", "markdown") == []


def test_a_macro_without_end_within_prose_says_nothing():
    text = "\\newcommand{\\loop}{\\loop\\loop}\nFor any $\\loop$ we have an improper $\\loop$ and $$ x = x $$"
    assert [d.error for d in read(text).displays] == [""]


def test_suppositions_without_end_are_read_in_time():
    with time_limit(20):
        assert read("if $p = q$ " * 150_000).displays == ()


def test_binary_and_huge_texts_are_refused():
    with pytest.raises(LanguageError, match="binary"):
        read("a\0b")
    with pytest.raises(LanguageError, match="characters"):
        read("x" * 2_000_001)


def test_the_number_of_columns_of_an_environment_is_no_factor() -> None:
    (display,) = read("\\begin{alignat*}{2} a &= b \\end{alignat*}", "tex").displays
    assert display.latex == "a &= b"
