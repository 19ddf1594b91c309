r"""Documents: where the displays are, what macros they use, what directives say.

Reads LaTeX, Markdown, and bare mathematics.  A display is ``$$...$$``, ``\[...\]``, an equation or align-like
environment, or a fenced block of the language ``math`` or ``latex``; inline mathematics is no display, but what prose
defines in it is kept (``where $M = (p + q)/2$``).  Comments go, code fences are no mathematics, macros are expanded
with bounds, and directives are kept::

    % derivations: assume q(x) = p_data(x)        (LaTeX)
    <!-- derivations: discrete x -->              (Markdown)

Main definitions: `Document`, `Display`, `read`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from derivations.language.terms import LanguageError
from derivations.latex.outline import Outline
from derivations.latex.prose import (
    called_otherwise,
    freed,
    in_a_special_case,
    names,
    speaks_of_bases,
    speaks_of_deviations,
    speaks_of_energies,
    tells,
    tells_of_means,
    unnormalised,
    wordy,
)
from derivations.latex.symbols import ROWS

MAX_SECTION = 8_000
MAX_INLINE = 5_000
MAX_SENTENCE = 300
MAX_CHARACTERS = 2_000_000
MAX_DISPLAYS = 5_000
MAX_EXPANSION = 100_000
MAX_ROUNDS = 400


@dataclass(frozen=True)
class Display:
    """One displayed formula: its mathematics with macros expanded, the line it starts on, and its source.

    *before* is the prose that leads to it, from the last heading on, *behind* some of what follows it; *inline* says
    that it stands within a line, and *adjoins* that nothing is said between it and the display before it; *section*
    counts the headings before it, and *reach* is the line where its section ends with the sections inside it.
    """

    line: int
    latex: str
    source: str
    error: str = ""
    before: str = ""
    behind: str = ""
    inline: bool = False
    section: int = 0
    adjoins: bool = False
    reach: int = MAX_CHARACTERS


@dataclass(frozen=True)
class Formula:
    """A formula within a line that its sentence states of a name or a law.

    *section* has the lines of its section, the *ordinal*-th, with the sections inside it; it is told of the steps
    *since* a line and *until* another.  *poses*: it is no definition, but perhaps what holds there; *names*: it is said
    to define a name; *aside*: no word says what it is there for.
    """

    line: int
    latex: str
    section: tuple[int, int]
    ordinal: int = 0
    since: int = 0
    until: int = MAX_CHARACTERS
    poses: bool = False
    names: bool = False
    aside: bool = False


@dataclass(frozen=True)
class Document:
    """The displays of a document in order; with their lines, its directives and what its prose defines in formulas.

    *wordy* says that it has sentences as well, which may tell of its names what no formula does; *calls* are the
    functions that they show with their arguments, *freed* what they set free, with its line, *unnormalised* what has
    not the mass one.  *means*: they say under which law expectations are; *deviations*: they speak of such, and of no
    logistic function; *bases*: their logarithms may be to another base than e; *ranged*
    are formulas that may say what values a name has, with the lines of their sections; *energies*: E is one; *renamed*
    are reserved names of which the prose says that they are something else; *sizes*
    are the letters in exponents of the real numbers, which are dimensions.
    """

    displays: tuple[Display, ...]
    directives: tuple[tuple[int, str], ...] = ()
    told: tuple[Formula, ...] = ()
    wordy: bool = False
    calls: tuple[str, ...] = ()
    means: bool = False
    freed: tuple[tuple[int, str], ...] = ()
    deviations: bool = False
    unnormalised: tuple[str, ...] = ()
    bases: bool = False
    ranged: tuple[tuple[int, int, str], ...] = ()
    energies: bool = False
    renamed: frozenset[str] = frozenset()
    sizes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Macro:
    """``\newcommand{\name}[arity][default]{body}``."""

    arity: int
    body: str
    default: str | None = None


_ENVIRONMENTS = tuple(n for n in ROWS if n not in ("dgroup", "dmath*", "multlined"))
_BEGIN = re.compile(r"\\begin\{(" + "|".join(_ENVIRONMENTS) + r")(\*?)\}")
_DIRECTIVE = re.compile(r"derivations:\s*(.+?)\s*$")
_SHOWN_AS_TEXT = re.compile(r"\\begin\{((?:comment|verbatim|Verbatim|lstlisting|minted)\*?)\}|\\iffalse(?![A-Za-z])")
_SIZES = re.compile(
    r"(?:\\mathbb\s*\{?\s*R\s*\}?|\\R|ℝ)\s*\^\s*(?:([A-Za-z])|\{\s*([A-Za-z])\s*(?:\\times\s*([A-Za-z])\s*)?\})"
)
_COLUMNS = re.compile(r"\s*\{\d+\}")  # of alignat
_STRUCK = re.compile(r"(?<!~)~~(?![\s~])|<(del|s|strike)>")
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*(\w*)[^\n]*$", re.MULTILINE)
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_QUOTED = re.compile(r"[ \t]{0,3}(?:>[ \t]?)+")
_LIQUID = re.compile(r"\{%-?[ ]*(?:end)?math[ ]*-?%\}")
_INLINE = re.compile(  # as MathJax pairs them: within a paragraph, one after the other
    r"(?<![\\$])\$(?!\$)((?:(?!\n[ \t]*\n)[^$\0]){1,1000})(?<!\\)\$(?!\$)|\\\((?!\\)([^$\0]{1,1000}?)\\\)"
)
_CALL = re.compile(r"\s*\\?[A-Za-z]+(?:_\\?\w|_\{\\?\w+\})?\s*\(\\?\w+\)\s*")  # b(x), \mu_\theta(x)
_STATES = re.compile(
    r"[=<>≤≥]|\\(?:leq?|geq?|leqslant|geqslant|lt|gt)(?![A-Za-z])|\\sim(?![A-Za-z])|\\coloneqq|\\triangleq|\\equiv"
)
_RANGES = re.compile(r"[<>≤≥:]|\\(?:leq?|geq?|leqslant|geqslant|lt|gt|colon)(?![A-Za-z])")
_INTERVAL = re.compile(
    r"^\s*(\\?[A-Za-z]+)\s*(?:\\in(?![A-Za-z])|∈)\s*([\[(])\s*([-\d./]+)\s*,\s*([-\d./]+)\s*([\])])\s*$"
)
_NOTHING = re.compile(r"(?:\s|\$\$|\\\]|\\end\{[a-z*]+\})*")  # between two displays of which one goes on with the other

# Where a sentence ends in prose whose displays are blanks: with a stop, or with a display before a capital letter.
_ENDS = re.compile(r"[.!?](?=\s|\Z)|\0(?:\$\$|\\\]|\\end\{\w+\*?\})?\s*(?=[A-Z])")
_MATH_FENCES = ("math", "latex", "tex", "katex")


class _Scanner:
    """Walks through a text once, blanking out what is no mathematics and keeping every offset."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.directives: list[tuple[int, str]] = []

    def line(self, offset: int) -> int:
        return self.text.count("\n", 0, offset) + 1

    def end(self, offset: int) -> int:
        """The line before which what ends at an offset ends."""
        return self.line(offset) if offset < len(self.text) else MAX_CHARACTERS

    def note(self, offset: int, comment: str) -> None:
        match = _DIRECTIVE.search(comment)
        if match:
            self.directives.append((self.line(offset), match[1]))

    def blanked(self, markdown: bool) -> str:
        """The text with comments and code as spaces; fences of mathematics become displays."""
        text = _without(self.text, _SHOWN_AS_TEXT, "\\end{%s}", "\\fi")
        if markdown:
            text = self._html_comments(text)
            text = _without(text, _STRUCK, "</%s>", "~~")
            text = _LIQUID.sub(lambda m: "$$".ljust(len(m[0])), text)
            text = _unquoted(text)
            text = self._fences(text)
            text = re.sub(r"(?<![`\\])(`+)(?!`)([^`\n]*?)\1(?!`)", lambda m: " " * len(m[0]), text)
        return re.sub(r"(?<!\\)((?:\\\\)*)%([^\n]*)", self._tex_comment if not markdown else self._plain_percent, text)

    def _html_comments(self, text: str) -> str:
        out, at = [], 0
        while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
            self.note(start, text[start + 4 : end].strip())
            out += [text[at:start], re.sub(r"[^\n]", " ", text[start : end + 3])]
            at = end + 3
        return "".join([*out, text[at:]])

    def _tex_comment(self, match: re.Match[str]) -> str:
        self.note(match.start(), match[2])
        return match[1] + " " * (len(match[2]) + 1)

    def _plain_percent(self, match: re.Match[str]) -> str:
        if _DIRECTIVE.search(match[2]):
            return self._tex_comment(match)
        return match[0]

    def _fences(self, text: str) -> str:
        out, at = [], 0
        while opening := _FENCE.search(text, at):
            closing = re.compile(r"^[ \t]*" + re.escape(opening[1]) + r"[`~]*[ \t]*$", re.MULTILINE)
            end = closing.search(text, opening.end())
            stop = end.end() if end else len(text)
            out.append(text[at : opening.start()])
            if opening[2].lower() in _MATH_FENCES:
                inside = text[opening.end() : end.start() if end else stop]
                marked = "\\[" in inside or "$$" in inside or _BEGIN.search(inside)
                head, tail = len(opening[0]), stop - opening.end() - len(inside)
                if marked:
                    out.append(" " * head + inside + " " * tail)
                else:
                    out.append("\\[".ljust(head) + inside + "\\]".ljust(tail))
            else:
                out.append(re.sub(r"[^\n]", " ", text[opening.start() : stop]))
            at = stop
        out.append(text[at:])
        return "".join(out)


def _without(text: str, opening: re.Pattern[str], named: str, plain: str) -> str:
    """A text with spaces for what is opened by a mark and closed, by its name if it has one; the rest stays."""
    out, at, open_ended = [], 0, set()
    for match in opening.finditer(text):
        closing = named % match[1] if match[1] else plain
        if match.start() < at or closing in open_ended:
            continue
        end = text.find(closing, match.end())
        if end < 0:
            open_ended.add(closing)
            continue
        out += [text[at : match.start()], re.sub(r"[^\n]", " ", text[match.start() : end + len(closing)])]
        at = end + len(closing)
    return "".join([*out, text[at:]])


def _unquoted(text: str) -> str:
    """Markdown without the marks of block quotes, which would read as relation signs inside a display."""
    out: list[str] = []
    quoted = inside = False
    for line in text.split("\n"):
        match = _QUOTED.match(line)
        quoted = match is not None and (quoted or not inside)
        out.append(" " * match.end() + line[match.end() :] if match and quoted else line)
        inside ^= line.count("$$") % 2 == 1
    return "\n".join(out)


def read(text: str, kind: str = "markdown") -> Document:
    r"""The displays of a text; *kind* is ``tex``, ``markdown`` or ``bare`` (a text without marks is one display).

    Raises :class:`derivations.language.LanguageError` for a text that is too long or binary.

    >>> [(d.line, d.latex) for d in read(r"\newcommand\px{p(x)} so $$ \log \px = 0 $$").displays]
    [(1, '\\log p(x) = 0')]
    """
    if len(text) > MAX_CHARACTERS:
        raise LanguageError(f"the document has {len(text)} characters; at most {MAX_CHARACTERS} are read")
    if "\0" in text:
        raise LanguageError("the document is binary, not text")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    scanner = _Scanner(text)
    clean = scanner.blanked(kind != "tex")
    macros = collect_macros(clean)
    displays: list[Display] = []
    openings: list[int] = []
    closings: list[int] = []
    prose = clean
    last = len(clean)
    for opening, start, body, error in _displays(clean):
        end = start + len(body)
        prose = prose[:opening] + re.sub(r"[^\n]", "\0", prose[opening:end]) + prose[end:]
        found = _display(scanner, start, body, macros, error)
        head = clean.rfind("\n", 0, opening) + 1
        inline = bool(clean[head:opening].strip(" \t>")) and "\n" not in body
        adjoins = last < opening and _NOTHING.fullmatch(clean, last, opening) is not None
        displays.append(replace(found, inline=inline, adjoins=adjoins))
        openings.append(opening)
        closings.append(end)
        last = end
    outline = Outline(prose)
    for n, (display, opening) in enumerate(zip(displays, openings, strict=True)):
        section = outline.section(opening)
        before = clean[max(outline.starts[section], opening - MAX_SECTION) : opening]
        behind = clean[closings[n] : closings[n] + MAX_SENTENCE]
        reach = scanner.end(outline.ends[section])
        displays[n] = replace(display, before=before, behind=behind, section=section, reach=reach)
    if not displays and kind == "bare" and clean.strip():
        start = len(clean) - len(clean.lstrip())
        displays.append(_display(scanner, start, clean[start:], macros))
        prose = ""
    told = tuple(_told(scanner, prose, macros, outline))
    formulas = (m[1] or m[2] for m in itertools.islice(_INLINE.finditer(prose), MAX_INLINE))
    calls = tuple(sorted({f.strip() for f in formulas if _CALL.fullmatch(f)}) if displays else ())
    set_free = ((scanner.line(at), _said(latex, macros)) for at, latex in itertools.islice(freed(prose), MAX_INLINE))
    sentences = bool(displays) and wordy(prose)
    return Document(
        tuple(displays),
        tuple(scanner.directives),
        told,
        sentences,
        calls,
        sentences and tells_of_means(prose),
        tuple(set_free) if displays else (),
        sentences and speaks_of_deviations(prose),
        tuple(_said(latex, macros) for _, latex in itertools.islice(unnormalised(prose), MAX_INLINE)),
        bool(displays) and speaks_of_bases(prose),
        tuple(_ranged(scanner, prose, macros, outline)) if displays else (),
        sentences and speaks_of_energies(prose),
        called_otherwise(prose) if sentences else frozenset(),
        frozenset(letter for found in _SIZES.findall(clean) for letter in found if letter),
    )


def _ranged(
    scanner: _Scanner, prose: str, macros: dict[str, Macro], outline: Outline
) -> Iterator[tuple[int, int, str]]:
    """The formulas within lines that are inequalities or say from where to where a function maps."""
    for match in itertools.islice(_INLINE.finditer(prose), MAX_INLINE):
        formula = match[1] or match[2]
        if _RANGES.search(formula):
            inside = outline.section(match.start())
            yield scanner.line(match.start()), scanner.end(outline.ends[inside]), _said(formula, macros)


def _said(latex: str, macros: dict[str, Macro]) -> str:
    """A formula within prose; with macros without end it says nothing, and a display with them says so."""
    try:
        return expand(latex, macros)
    except LanguageError:
        return ""


def _told(scanner: _Scanner, prose: str, macros: dict[str, Macro], outline: Outline) -> Iterator[Formula]:
    """The formulas within lines that prose states of a name or a law."""
    for number, match in enumerate(_INLINE.finditer(prose)):
        formula = _INTERVAL.sub(_bounds, match[1] or match[2])
        if number == MAX_INLINE:
            return
        before = prose[max(0, match.start() - MAX_SENTENCE) : match.start()]
        how = tells(before, formula)
        if not _STATES.search(formula) or not (how or "=" in formula):
            continue
        line = scanner.line(match.start())
        inside = outline.section(match.start())
        section = scanner.line(outline.starts[inside]), scanner.end(outline.ends[inside])
        with suppress(LanguageError):  # macros without end: a display with them says so
            scope = (0, MAX_CHARACTERS)
            if how not in ("defines", "bounds"):
                sentence = match.end(), match.end() + MAX_SECTION
                ended = _ENDS.search(prose, *sentence) if how in ("supposes", "poses") else None
                until = section[1] if ended is None else max(line + 1, scanner.line(ended.end()))
                behind = "\0" in prose[prose.rfind("\n", 0, match.start()) + 1 : match.start()]  # a display of its line
                scope = line + behind, min(section[1], until + behind)
            elif how == "bounds" or in_a_special_case(outline.title(inside) + before):
                scope = section
            posed = how.startswith("poses")
            yield Formula(line, expand(formula, macros), section, inside, *scope, posed, names(before), not how)


def _bounds(interval: re.Match[str]) -> str:
    r"""``a \in [0, 1)`` as ``0 \le a < 1``."""
    name, opening, low, high, closing = interval.groups()
    return (
        f"{low} {'<' if opening == '(' else chr(92) + 'le'} {name} {'<' if closing == ')' else chr(92) + 'le'} {high}"
    )


def _display(scanner: _Scanner, start: int, body: str, macros: dict[str, Macro], error: str = "") -> Display:
    line = scanner.line(start)
    leading = len(body) - len(body.lstrip())
    line += body[:leading].count("\n")
    body = body.strip()
    if error:
        return Display(line, body, body, error)
    said = re.sub(r"(?<!\\)((?:\\\\)*)%[^\n]*", r"\1", body)  # comments are none of it: so read TeX and MathJax
    try:
        return Display(line, expand(said, macros), body)
    except LanguageError as failure:
        return Display(line, body, body, str(failure))


def _displays(text: str) -> list[tuple[int, int, str, str]]:
    """Where displays open and start, what they hold, what is wrong; one that nothing closes ends its paragraph."""
    found: list[tuple[int, int, str, str]] = []
    unclosed: set[str] = set()
    at, paragraph = 0, -1
    opening = re.compile(r"(?<!\\)\$\$|(?<!\\)\\\[|" + _BEGIN.pattern)
    while match := opening.search(text, at):
        if len(found) == MAX_DISPLAYS:
            raise LanguageError(f"the document has more than {MAX_DISPLAYS} displays")
        mark = match[0]
        if mark in unclosed:  # what closes it was looked for before, and is not further on either
            end = -1
        elif mark == "$$":
            end = text.find("$$", match.end())
        elif mark == "\\[":
            end = text.find("\\]", match.end())
        else:
            end = _environment_end(text, match)
        if end < 0:
            if mark not in unclosed and (mark[1] in "$[" or text.find(mark.replace("begin", "end", 1), at) < 0):
                unclosed.add(mark)
            if paragraph < match.end():
                blank = _PARAGRAPH.search(text, match.end())
                paragraph = blank.start() if blank else len(text)
            inner = opening.search(text, match.end(), paragraph)
            at = inner.start() if inner else paragraph
            found.append((match.start(), match.end(), text[match.end() : at], f"nothing closes {mark}"))
            continue
        columns = _COLUMNS.match(text, match.end()) if mark.startswith("\\begin{alignat") else None
        start = columns.end() if columns is not None else match.end()
        found.append((match.start(), start, text[start:end], ""))
        at = text.find("}", end) + 1 if mark.startswith("\\begin") else end + 2
    return found


def _environment_end(text: str, opening: re.Match[str]) -> int:
    name = re.escape(opening[1] + opening[2])
    depth = 1
    for match in re.compile(r"\\(begin|end)\{" + name + r"\}").finditer(text, opening.end()):
        depth += 1 if match[1] == "begin" else -1
        if depth == 0:
            return match.start()
    return -1


# Macros ------------------------------------------------------------------------------------------------------------

_DEFINE = re.compile(
    r"\\(?:re)?(?:newcommand|providecommand|DeclareMathOperator)\*?\s*+\{?\s*+(\\[A-Za-z]+)\s*+\}?"
    r"\s*+(?:\[(\d)\])?\s*+(?:\[([^\]]{0,5000})\])?\s*+\{|\\def\s*+(\\[A-Za-z]+)((?:#\d)*)\s*+\{"
)


def collect_macros(text: str) -> dict[str, Macro]:
    r"""The macros that a text defines; one that it defines as two things is none, and stays unread.

    >>> collect_macros(r"\newcommand{\E}[1]{\mathbb{E}[#1]}")
    {'\\E': Macro(arity=1, body='\\mathbb{E}[#1]', default=None)}
    """
    macros: dict[str, Macro] = {}
    twofold: set[str] = set()
    for match in _DEFINE.finditer(text):
        end = _closing(text, match.end() - 1)
        if end < 0:
            continue
        body = text[match.end() : end]
        if "DeclareMathOperator" in match[0]:
            body = rf"\operatorname{{{body}}}"
        name = match[4] or match[1]
        macro = Macro(len(match[5]) // 2, body) if match[4] else Macro(int(match[2] or 0), body, match[3])
        if macros.setdefault(name, macro) != macro and "provide" not in match[0]:
            twofold.add(name)
    return {name: macro for name, macro in macros.items() if name not in twofold}


def _closing(text: str, opening: int) -> int:
    depth = 0
    at = opening
    while at < len(text) and at - opening < 5_000:
        c = text[at]
        if c == "\\":
            at += 2
            continue
        depth += {"{": 1, "}": -1}.get(c, 0)
        if depth == 0:
            return at
        at += 1
    return -1


def expand(text: str, macros: dict[str, Macro]) -> str:
    r"""A display with its macros expanded; raises for one that grows without end.

    >>> expand(r"\E{x}", {r"\E": Macro(1, r"\mathbb{E}[#1]")})
    '\\mathbb{E}[x]'
    """
    text = _without_definitions(text)
    if not macros:
        return text
    pattern = re.compile("|".join(re.escape(name) + r"(?![A-Za-z])" for name in sorted(macros, key=len, reverse=True)))
    at = 0
    for _ in range(MAX_ROUNDS):
        match = pattern.search(text, at)
        if match is None:
            return text
        macro = macros[match[0]]
        arguments, end = _arguments(text, match.end(), macro)
        body = re.sub(r"#(\d)", lambda m: arguments[int(m[1]) - 1] if int(m[1]) <= len(arguments) else "", macro.body)  # noqa: B023
        gap = " " if re.search(r"\\[A-Za-z]+$", body) and text[end : end + 1].isalpha() else ""
        text = text[: match.start()] + body + gap + text[end:]
        at = match.start()
        if len(text) > MAX_EXPANSION:
            break
    raise LanguageError("the macros of this display expand without end")


def _without_definitions(text: str) -> str:
    while match := _DEFINE.search(text):
        end = _closing(text, match.end() - 1)
        if end < 0:
            return text
        text = text[: match.start()] + text[end + 1 :]
    return text


def _arguments(text: str, at: int, macro: Macro) -> tuple[list[str], int]:
    found = []
    if macro.default is not None:
        match = re.compile(r"\s*\[([^\]]*)\]").match(text, at)
        found.append(match[1] if match else macro.default)
        at = match.end() if match else at
    while len(found) < macro.arity:
        while at < len(text) and text[at].isspace():
            at += 1
        if at >= len(text):
            raise LanguageError("a macro of this display lacks an argument")
        if text[at] == "{":
            end = _closing(text, at)
            if end < 0:
                raise LanguageError("an unbalanced brace in the argument of a macro")
            found.append(text[at + 1 : end])
            at = end + 1
        elif text[at] == "\\":
            match = re.compile(r"\\(?:[A-Za-z]+|.)", re.DOTALL).match(text, at)
            found.append(match[0] if match else "")
            at = match.end() if match else at + 1
        else:
            found.append(text[at])
            at += 1
    return found, at


__all__ = ["Display", "Document", "Macro", "collect_macros", "expand", "read"]
