r"""Chains: the relation signs of a display, and what stands on their two sides.

A chain ``a = b \le c`` is two steps.  A step is a relation sign outside braces, scripts, brackets and text, and a
display has exactly as many steps as such signs, in order: also where a row continues the one before, starts with the
relation, ends with it, or holds several equations.  Main definitions: `Step`, `steps`, `continued`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from derivations.latex.symbols import CONNECTIVES
from derivations.latex.tokens import Token, tokenize

MAX_STEPS = 400
MAX_LABEL = 5  # characters of (ii), beyond which words in parentheses are a remark

_OPENING = {"OPEN": "CLOSE", "LBRACE": "RBRACE", "LABS": "RABS", "LNORM": "RNORM", "BEGIN": "END"}
_CLOSING = frozenset(_OPENING.values())
_JOINS = frozenset(("PLUS", "MINUS", "TIMES", "CDOT", "SLASH", "FUNCTION", "BIG", "NABLA", "SUB", "SUP", "FRAC"))
_BREAKS = frozenset(("QUAD", "ARROW", "TEXT", "COMMA", "SEMI"))
_DENIES = re.compile(r"\b(not?|never|neither|nor|unless|without|fails?|cannot)\b|n't\b", re.IGNORECASE)
_POSES = re.compile(
    r"\W*(?:if|iff|for|when|whenever|where|wherever|while|provided|given|assuming|subject to|s\.?t\.?)\b", re.IGNORECASE
)
_INEQUALITIES = frozenset(("<", ">", "<=", ">=", "!="))
_REMARKS = ("SIM", "IN", "TO")
_LOOSE = frozenset(("COMMA", "STOP", "SEMI", "COLON", "QUAD", "AMP", "ARROW", "TEXT", "ROW"))


@dataclass(frozen=True)
class Step:
    """One relation sign: the tokens on its sides, its place, and whether the left side starts its chain.

    *alone* says that the left side stands there for itself, not as the end of an earlier step, *last* that the right
    side ends its chain; *loose* that the source leaves the right side empty and the next row, an equation of its own,
    was taken for it; *over* that a condition (``supposed``) or a question mark (``asked``) stands over its sign;
    *posed* that words such as ``if`` introduce it, *within* the names in an inequality that so follows it in its row,
    *implied* that it follows from what stands before an arrow.
    """

    relation: str
    left: tuple[Token, ...]
    right: tuple[Token, ...]
    place: int
    alone: bool
    loose: bool = False
    last: bool = False
    over: str = ""
    posed: str = ""
    within: frozenset[str] = frozenset()
    implied: bool = False


@dataclass
class _Equation:
    sides: list[list[Token]] = field(default_factory=lambda: [[]])
    relations: list[Token] = field(default_factory=list)
    loose: set[int] = field(default_factory=set)
    worded: bool = False  # it starts within a sentence, without a relation
    posed: str = ""  # the words that make a condition of it
    within: frozenset[str] = frozenset()  # the names in an inequality behind it, which says where it holds
    implied: bool = False  # it follows from what stands before an arrow

    @property
    def marks(self) -> tuple[str, frozenset[str], bool]:
        return self.posed, self.within, self.implied

    def extend(self, pieces: list[list[Token]], relations: list[Token]) -> None:
        if self.relations and not self.sides[-1] and pieces[0] and relations:
            self.loose.add(len(self.relations) - 1)
        self.sides[-1] += pieces[0]
        self.sides += pieces[1:]
        self.relations += relations


@dataclass(frozen=True)
class _Segment:
    """A piece of a row between relations' equations: its tokens, and how it begins."""

    tokens: list[Token]
    starts_row: bool
    indented: bool  # an alignment mark stands before it
    worded: bool  # words stand before it, as those of a sentence on what follows
    marked: bool  # an alignment mark stands before its first relation, with something in front
    implied: bool  # an arrow stands before it
    posed: str  # the words before it, if they make a condition of it


def steps(latex: str) -> list[Step]:
    r"""The steps of a display; raises :class:`derivations.latex.tokens.Unread` for what has no tokens.

    >>> [(s.relation, s.alone) for s in steps(r"a &= b \\ & \quad + c \\ &\le d")]
    [('=', True), ('<=', False)]
    """
    found = []
    for equation in _equations(latex):
        sides = [_trimmed(side) for side in equation.sides]
        for n, relation in enumerate(equation.relations):
            a, b = _repeated(sides, equation.relations, n)
            left, right, sign = _unremarked(a), _unremarked(b), relation.text
            alone, last = n == 0, n + 1 == len(equation.relations)
            if sign == "=:":
                left, right, sign, alone, last = right, left, ":=", last, alone
            where = (relation.place, alone, n in equation.loose, last)
            found.append(Step(sign, tuple(left), tuple(right), *where, relation.style, *equation.marks))
    return sorted(found, key=lambda s: s.place)[:MAX_STEPS]


def words_beside(latex: str, place: int) -> str:
    """The words in the row of a display in which the sign at a place stands."""
    for row in _rows(tokenize(latex)):
        if any(t.kind == "REL" and t.place == place for t in row):
            return " ".join(t.text for t in row if t.kind == "TEXT")
    return ""


def _repeated(sides: list[list[Token]], relations: list[Token], n: int) -> tuple[list[Token], list[Token]]:
    """The sides of a relation sign; one that ends a row and is repeated in the next is written twice, and says once."""
    left, right = sides[n], sides[n + 1]
    if not right and n + 1 < len(relations) and relations[n + 1].text == relations[n].text:
        right = sides[n + 2]
    if not left and n and relations[n - 1].text == relations[n].text:
        left = sides[n - 1]
    return left, right


def last_side(latex: str) -> tuple[Token, ...]:
    """The end of a display: what a display that starts with a relation sign goes on from."""
    equations = _equations(latex)
    sides = [_trimmed(side) for side in equations[-1].sides] if equations else []
    if len(sides) > 1 and not sides[-1]:  # the sign is repeated in the next display
        sides.pop()
    return tuple(_unremarked(sides[-1])) if sides else ()


@dataclass
class Chained:
    """A display among others: its steps and its end; *inline* if it stands within a line.

    *adjoins*: nothing is said between it and the display before it; *before*: the formula of its line right before it.
    """

    steps: list[Step]
    end: tuple[Token, ...]
    inline: bool = False
    adjoins: bool = False
    before: tuple[Token, ...] = ()


def continued(displays: list[Chained]) -> None:
    """Have displays go on with the one before them: what starts with a relation sign, or, next to it, with a plus.

    A display that starts with a relation sign and repeats an earlier side goes on from the start of the chain.
    """
    run: list[tuple[Token, ...]] = []  # the sides of the chain so far
    last: Chained | None = None
    for display in displays:
        first = display.steps[0] if display.steps else None
        opening = first.left if first is not None else display.end
        signs = ("PLUS", "MINUS") if first is None else ("PLUS",)
        if display.adjoins and last is not None and last.steps and opening and opening[0].kind in signs:
            run[-1] = (*run[-1], *opening)
            last.steps[-1] = replace(last.steps[-1], right=run[-1])
            if first is None:
                continue
            display.steps[0] = replace(first, left=run[-1], alone=False)
        elif first is not None and not first.left and display.before:
            display.steps[0] = replace(first, left=display.before)
        elif first is not None and not first.left and run:
            restated = any(_same(first.right, side) for side in run[1:-1])
            display.steps[0] = replace(first, left=run[0] if restated else run[-1], alone=False)
        if display.inline:
            continue
        for step in display.steps:
            run = [*(run if not step.alone and run else [step.left]), step.right]
        run = [*run[:-1], display.end] if display.steps else [display.end]
        last = display


def _same(a: tuple[Token, ...], b: tuple[Token, ...]) -> bool:
    return [(t.kind, t.text) for t in a] == [(t.kind, t.text) for t in b]


@lru_cache(maxsize=16)
def _equations(latex: str) -> list[_Equation]:
    tokens = tokenize(latex)
    equations: list[_Equation] = []
    segments = [s for row in _rows(tokens) for s in _segments(_with_nouns(_as_a_sentence(_without_asides(row))))]
    aligned = any(t.kind == "AMP" for t in tokens)
    for segment in segments:
        if segment.tokens and all(t.kind in ("DOTS", "TEXT") or t.text == "\\vdots" for t in segment.tokens):
            continue  # a row that says that rows are left out
        pieces, relations = _split(segment.tokens)
        if equations and _continues(equations[-1], segment, pieces, relations, aligned):
            equations[-1].extend(pieces, relations)
        else:
            equations.append(_Equation(worded=segment.worded and not relations, posed=segment.posed))
            equations[-1].implied = segment.implied
            equations[-1].extend(pieces, relations)
            before = equations[-2] if len(equations) > 1 and not segment.starts_row else None
            bounds = before is not None and bool(before.relations) and _bounds(pieces, relations)
            if before is not None and (bounds or (segment.posed and any(r.text in _INEQUALITIES for r in relations))):
                before.within |= {t.text for piece in pieces for t in piece if t.kind == "NAME"}
                equations[-1].posed = segment.posed or "an inequality behind an equation"
    return equations


def _bounds(pieces: list[list[Token]], relations: list[Token]) -> bool:
    """Whether relations are inequalities between a name and numbers, as in ``x \\ge 0`` and ``0 < x < 1``."""
    kinds = [[t.kind for t in piece if t.kind not in _LOOSE] for piece in pieces]
    names = kinds.count(["NAME"])
    numbers = sum(k in (["NUMBER"], ["MINUS", "NUMBER"]) for k in kinds)
    return names == 1 and numbers == len(kinds) - 1 > 0 and all(r.text in _INEQUALITIES for r in relations)


def _depths(tokens: list[Token]) -> list[int]:
    """The nesting depth at each token; rows that start with a relation are at depth zero if brackets do not match."""
    depths: list[int] = []
    stack: list[str] = []
    sound = True
    for token in tokens:
        kind = token.kind
        if kind in _CLOSING:
            if stack and stack[-1] == kind:
                stack.pop()
            else:
                sound = False
        depths.append(len(stack))
        if kind in _OPENING:
            stack.append(_OPENING[kind])
    if sound and not stack:
        return depths
    depths, depth = [], 0
    for n, token in enumerate(tokens):
        if token.kind in _CLOSING:
            depth = max(0, depth - 1)
        depths.append(depth)
        if token.kind in _OPENING:
            depth += 1
        if token.kind == "ROW":
            rest = [t for t in tokens[n + 1 : n + 4] if t.kind not in ("AMP", "QUAD")]
            if not rest or rest[0].kind == "REL":
                depth, depths[-1] = 0, 0
    return depths


def _rows(tokens: list[Token]) -> list[list[Token]]:
    """The rows at depth zero; marks inside brackets that span rows are dropped."""
    rows: list[list[Token]] = [[]]
    blocks = 0
    for token, depth in zip(tokens, _depths(tokens), strict=True):
        blocks += {"BEGIN": 1, "END": -1}.get(token.kind, 0)
        if depth and not blocks and token.kind in ("ROW", "AMP"):
            continue
        if depth == 0 and token.kind == "ROW":
            rows.append([])
        else:
            rows[-1].append(token)
    return rows


def _without_asides(row: list[Token]) -> list[Token]:
    r"""A row without what ``\text{(since } ... \text{)}`` encloses, formulas and all, if the aside is closed."""
    kept: list[Token] = []
    at = 0
    while at < len(row):
        depth, end = 0, at
        if row[at].kind == "TEXT":
            for end in range(at, len(row)):
                if row[end].kind == "TEXT":
                    depth += row[end].text.count("(") - row[end].text.count(")")
                if depth <= 0:
                    break
        if depth <= 0 and end > at and any(map(str.isalpha, row[at].text)):
            kept.append(row[at])  # the words, which end an equation
            at = end + 1
        else:
            kept.append(row[at])
            at += 1
    return kept


def _as_a_sentence(row: list[Token]) -> list[Token]:
    """A row that starts with a sign, has no relation, and whose formula words of a script without spaces go on.

    It may be a sentence about the formula, or a term with a remark: its words become symbols, which are not read.
    """
    if next((t.kind for t in row if t.kind not in _LOOSE), "") not in ("PLUS", "MINUS"):
        return row
    depths = _depths(row)
    if any(t.kind == "REL" and not d for t, d in zip(row, depths, strict=True)):
        return row
    found = list(row)
    for n, (token, before) in enumerate(zip(row[1:], row, strict=False), 1):
        raw = token.kind == "TEXT" and not depths[n] and not token.source.isascii() and token.source[0] not in "\\（("
        if raw and before.kind not in _LOOSE:
            found[n] = token._replace(kind="SYMBOL")
    return found


def _with_nouns(row: list[Token]) -> list[Token]:
    r"""A row whose words are symbols where they stand for something: ``\text{error terms}(x)`` is no remark on x.

    Words before a relation are a remark if they introduce it, stand in parentheses, or end with a colon; words behind
    the last one are, unless they say an operation, or stand beside an operator or an opening bracket.
    """
    found = []
    depths = _depths(row)
    last = max((n for n, (t, d) in enumerate(zip(row, depths, strict=True)) if t.kind == "REL" and d == 0), default=-1)
    for n, token in enumerate(row):
        if token.kind == "TEXT" and depths[n] == 0 and last >= 0:
            words = token.source.partition("{")[2].rstrip("}").strip() or token.text
            words = re.sub(r"^\([^()]*\)\s*(?=.)", "", words.strip("~ "))
            first = re.split(r"[^\w.']+", words.lower().lstrip("("), maxsplit=1)[0].rstrip(".")
            before, behind = (
                next((t.kind for t in side if t.kind != "AMP"), "") for side in (row[:n][::-1], row[n + 1 :])
            )
            if n < last:
                label = len(words) <= MAX_LABEL and behind == "REL" and not before
                apart = (
                    (words.startswith("(") and not label)
                    or words.endswith((":", ","))
                    or behind in ("QUAD", "COLON", "COMMA")
                )
                beside = words.isascii() or behind in ("REL", "OPEN", *_JOINS) or before in _JOINS
                noun = not apart and first not in _INTRODUCE and beside  # scripts without spaces have no first word
            else:
                noun = first in _OPERATIONS or before in _JOINS or behind in _JOINS or behind == "OPEN"
                noun = noun and (first not in _INTRODUCE or before in _JOINS)
                noun = behind in _JOINS if words.startswith("(") else noun
            noun = noun or _DENIAL.search(words) is not None or _OPERATES.search(words) is not None
            token = token._replace(kind="SYMBOL") if noun else token
        found.append(token)
    return found


_DENIAL = re.compile(r"\b(?:false|never|wrong|incorrect|untrue|not (?:true|hold|valid|in general))\b", re.IGNORECASE)
_OPERATES = re.compile(r"\b(?:plus|minus|squared|cubed|to the power)\b", re.IGNORECASE)
_OPERATIONS = frozenset(
    ("times", "plus", "minus", "divided", "multiplied", "over", "squared", "cubed", "mod", "modulo")
)
_INTRODUCE = CONNECTIVES - {"the", "of", "all", "is", "are", "in", "def"} | frozenset(
    [
        *("we", "now", "note", "therefore", "moreover", "similarly", "finally", "also", "but", "recall", "assume"),
        *("suppose", "here", "next", "furthermore", "step", "case", "proof", "to", "it", "this", "that", "because"),
        *(
            "exists",
            "via",
            "on",
            "at",
            "applying",
            "taking",
            "substituting",
            "using",
            "again",
            "s.t",
            "i.e",
            "e.g",
            "obviously",
            "clearly",
        ),
    ]
)


def _segments(row: list[Token]) -> list[_Segment]:
    """A row's equations: split where a quad, an arrow, a comma, text, or a second alignment column starts another."""
    depths = _depths(row)
    places = [n for n, (t, d) in enumerate(zip(row, depths, strict=True)) if t.kind == "REL" and d == 0]
    cuts = [0]
    seen_relation = False
    for n, token in enumerate(row):
        if n in places:
            seen_relation = True
        if depths[n] or token.kind not in (*_BREAKS, "AMP"):
            continue
        following = [k for k in places if k > n]
        between = row[n + 1 : following[0]] if following else []
        has_left = any(t.kind not in _LOOSE for t in between)
        if token.kind == "AMP" and not (seen_relation and following and has_left and row[n - 1].kind != "REL"):
            continue
        if following and has_left and (seen_relation or token.kind in ("ARROW", "TEXT")):
            cuts.append(n)
            seen_relation = False
    found = []
    for number, (start, end) in enumerate(zip(cuts, [*cuts[1:], len(row)], strict=True)):
        tokens = row[start:end]
        first = next((n for n, t in enumerate(tokens) if t.kind not in _LOOSE), len(tokens))
        indented, worded = (any(t.kind == kind for t in tokens[:first]) for kind in ("AMP", "TEXT"))
        relation = next((n for n, t in enumerate(tokens) if t.kind == "REL" and n + start in places), None)
        marked = relation is not None and any(t.kind == "AMP" for t in tokens[first:relation])
        implied = any(t.kind == "ARROW" for t in tokens[:first])
        words = [t.text for t in tokens[:first] if t.kind == "TEXT"]
        posed = words[-1].strip() if words and number and _POSES.match(words[-1]) else ""
        found.append(_Segment(_unannotated(tokens), number == 0, indented, worded, marked, implied, posed))
    return found


def _unannotated(tokens: list[Token]) -> list[Token]:
    """A segment without alignment marks and without the remark that follows it."""
    depths = _depths(tokens)
    start = 0
    while start < len(tokens) and tokens[start].kind in _LOOSE:
        start += 1
    if [t.kind for t in tokens[start : start + 3]] == ["OPEN", "TEXT", "CLOSE"]:  # (by Jensen) = ...
        start += 3
    end = _labelled(tokens)
    tokens, depths = tokens[:end], depths[:end]
    relations = [n for n, (t, d) in enumerate(zip(tokens, depths, strict=True)) if t.kind == "REL" and d == 0]
    for n in range(max(start, relations[-1] + 1) if relations else start, len(tokens)):
        token = tokens[n]
        if depths[n]:
            continue
        rest = [t for t in tokens[n + 1 :] if t.kind not in ("QUAD", "AMP")]
        if rest and rest[0].kind == "LBRACE" and len(rest) > 1 and rest[1].kind == "TEXT":  # coloured words
            rest = rest[1:]
            if token.kind in ("QUAD", "AMP"):
                end = n
                break
        remark = (
            rest and rest[0].kind == "OPEN" and (len(rest) <= 3 or any(t.kind in ("TEXT", *_REMARKS) for t in rest))
        )
        inside = tokens[n + 1].text if token.kind == "OPEN" and n + 1 < len(tokens) else ""
        if inside == "because" and tokens[n + 1].kind == "TEXT":  # (because ...)
            end = n
            break
        word = bool(rest) and rest[0].kind == "NAME" and rest[0].style == "text" and len(rest[0].text) > 3
        word = word and all(t.kind == "NAME" for t in rest) and tokens[n - 1].kind not in _JOINS
        if word and token.kind in ("AMP", "QUAD"):  # && \text{definition}
            end = n
            break
        if token.kind == "TEXT" or (token.kind == "QUAD" and remark) or (token.kind == "QUAD" and not rest):
            end = n
            break
    return [t for t in tokens[start:end] if t.kind not in ("AMP", "QUAD")]


def _labelled(tokens: list[Token]) -> int:
    r"""Where a segment ends before the number that it gives to it: ``... (1)``, ``----(1)``, ``\quad {(1)}``."""
    shown = [n for n, t in enumerate(tokens) if t.kind not in ("QUAD", "AMP")]
    kinds = [tokens[n].kind for n in shown]
    for label in (["OPEN", "NUMBER", "CLOSE"], ["LBRACE", "OPEN", "NUMBER", "CLOSE", "RBRACE"]):
        start = len(shown) - len(label)
        if start <= 0 or kinds[start:] != label:
            continue
        for leader, least in (("DOTS", 1), ("MINUS", 3)):
            before = start
            while before and kinds[before - 1] == leader:
                before -= 1
            if start - before >= least:
                return shown[before]
        if len(label) > 3 and tokens[shown[start] - 1].kind == "QUAD":
            return shown[start]
    return len(tokens)


def _split(tokens: list[Token]) -> tuple[list[list[Token]], list[Token]]:
    pieces: list[list[Token]] = [[]]
    relations = []
    for token, depth in zip(tokens, _depths(tokens), strict=True):
        if token.kind == "REL" and depth == 0:
            relations.append(token)
            pieces.append([])
        else:
            pieces[-1].append(token)
    return pieces, relations


def _continues(
    equation: _Equation, segment: _Segment, pieces: list[list[Token]], relations: list[Token], aligned: bool
) -> bool:
    """Whether a segment goes on with the equation before it."""
    last = equation.sides[-1]
    if not last or not pieces[0] or not segment.tokens:
        return True
    if segment.implied and equation.relations:
        return False
    if not segment.starts_row:
        return False
    if last[-1].kind in _JOINS:
        return True
    first = pieces[0][0].kind
    if first in ("PLUS", "TIMES", "CDOT", "SLASH", "CLOSE"):
        return True
    if first == "MINUS" and not segment.marked:
        return segment.indented or not relations
    if segment.worded and not relations and equation.relations:
        return False  # where p(z) is the prior
    if relations:
        return segment.indented and not (segment.marked or equation.relations or equation.worded)
    return not equation.relations or (aligned and segment.indented)


def _unremarked(side: list[Token]) -> list[Token]:
    """A side without what a comma behind it says of its variables: ``x ~ p``, ``x in X``, ``X -> Y -> Z``."""
    places = [n for n, t in enumerate(side) if t.kind in _REMARKS]
    if not places:
        return side
    depths = _depths(side)
    said = max((n for n in places if depths[n] == 0), default=0)
    for n in range(1, said):
        if depths[n] == 0 and side[n].kind in ("COMMA", "SEMI"):
            return _trimmed(side[:n])
    return side


def remarks(latex: str) -> list[tuple[Token, ...]]:
    r"""What a display says of its variables beside its equations: ``x ~ p``, ``X -> Y -> Z``.

    >>> [[t.text for t in r] for r in remarks(r"I(X;Z) \le I(X;Y), \quad X \to Y \to Z")]
    [['X', 'to', 'Y', 'to', 'Z']]
    """
    tokens = tokenize(latex)
    if any(t.kind == "TEXT" and _DENIES.search(t.text) for t in tokens):  # what is denied is not said
        return []
    pieces: list[list[Token]] = [[]]
    for token, depth in zip(tokens, _depths(tokens), strict=True):
        if depth == 0 and token.kind in (*_LOOSE, "REL") and token.kind != "COLON":
            pieces.append([])
        else:
            pieces[-1].append(token)
    found = []
    for piece in pieces:
        if len(piece) > 2 and piece[0].kind == "OPEN" and piece[-1].kind == "CLOSE":
            piece = piece[1:-1]
        said = [n for n, t in enumerate(piece) if t.kind in ("SIM", "TO")]
        if said and 0 in map(_depths(piece).__getitem__, said):
            found.append(tuple(piece))
    return found


def _trimmed(side: list[Token]) -> list[Token]:
    start, end = 0, len(side)
    while end > start and side[end - 1].kind in _LOOSE:
        end -= 1
    while start < end and side[start].kind in _LOOSE:
        start += 1
    return side[start:end]
