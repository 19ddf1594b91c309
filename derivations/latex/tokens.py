r"""From LaTeX (or Unicode mathematics) to tokens.

A token is what a reader sees: ``\mathbf{x}`` is the name x, ``\left(`` a bracket, ``\operatorname{KL}`` the word KL,
``\geqslant`` a relation.  Fonts, spaces, sizes, labels and colours go; nothing is evaluated.  Main definitions:
`Token`, `tokenize`, `spelled`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from derivations.language.terms import LanguageError
from derivations.latex import symbols as table
from derivations.latex.characters import CHARACTERS, PAIRS, SCRIPTS, UNICODE_GREEK

MAX_TOKENS = 20_000
MAX_DEPTH = 40
_REMARK = re.compile(r"[^\x00-\u2E7F]+")


class Unread(LanguageError):
    """A place in a document that was not read; the message names the construct."""


def in_words(error: LanguageError) -> str:
    """What the language has against a term, for a reader of the document: without the advice on Python."""
    text = re.split(r"; (?=[a-z]+ [a-z])", str(error))[0]
    twice = re.match(r"(\S+) is declared twice", text)
    if twice:
        return f"the name {twice[1]}, which stands for two things in one step (a vector and a number, or two kinds)"
    return text


class Token(NamedTuple):
    """A token: its *kind*, its canonical *text*, where it stands (character offset), and how the source wrote it."""

    kind: str
    text: str
    place: int
    source: str
    style: str = ""

    def __str__(self) -> str:
        return self.source


ESCAPED_SPACES = ("\\\\,", "\\\\;", "\\\\!", "\\\\:")  # of Markdown, which takes one backslash: no rows begin so
_CONSTANT = re.compile(r"(?:(?:an? |some |additive |other )*const(?:ants?)?|(?:other |some )?terms?)\b", re.IGNORECASE)
_LETTERS = re.compile(r"[A-Za-z]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_COMMAND = re.compile(r"\\(?:[A-Za-z]+\*?|.)", re.DOTALL)
_RELATES = re.compile(r"[=<>≤≥≈≠∝]|\\(?:[lg]e(?:q\w*)?|approx|propto|neq?|equiv|triangleq|coloneqq)(?![A-Za-z])")
_ROW_ENDS = re.compile(r"[\s.$]*(?:\\\\|\\end\{|\Z)")
_SUPPOSES = re.compile(
    r"^\s*(?:\+?c|\+|const(?:ant)?\.?)\s*$|\\text\{\s*(?:c|const)|[=<>?!]|\\(?:perp|sim|[lg]eq?|ne)(?![A-Za-z])"
    r"|optim|exact|tight|indep|i\.?i\.?d|\bif\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"[<>?]|\\(?:[lg]eq?|ne|in)(?![A-Za-z])|\bif\b")  # a question, or a domain
_LENGTH = re.compile(r"\s*\[[^\]\n]{0,20}\]")


class _Reader:
    def __init__(self, text: str, offset: int, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise Unread(f"nested more than {MAX_DEPTH} deep")
        self.text, self.offset, self.depth = text, offset, depth
        self.at = 0
        self.tokens: list[Token] = []
        self.single = 0  # how many of the next arguments are one character if they have no braces
        self.arrays: list[bool] = []  # of the open ones, whether they are constructs
        self.outer: list[int] = []  # the same after the braces that are open

    def put(self, kind: str, text: str, start: int, style: str = "", source: str | None = None) -> None:
        if len(self.tokens) >= MAX_TOKENS:
            raise Unread(f"more than {MAX_TOKENS} tokens in one display")
        source = self.text[start : self.at] if source is None else source
        self.tokens.append(Token(kind, text, self.offset + start, source, style))
        if kind == "LBRACE":
            self.outer.append(max(0, self.single - 1))
            self.single = 0
        elif kind == "RBRACE" and self.outer:
            self.single = self.outer.pop()
        elif kind not in ("SUB", "SUP", "FRAC", "SQRT"):
            self.single = max(0, self.single - 1)

    def run(self) -> list[Token]:
        while self.at < len(self.text):
            start = self.at
            c = self.text[start]
            if c.isspace() or c == "$" or (c == "~" and not self.in_subscript(start)):
                self.at += 1
            elif self.text.startswith(ESCAPED_SPACES, start):
                self.at += 3
            elif c == "\\":
                match = _COMMAND.match(self.text, start)
                if match is None:
                    raise Unread("a backslash at the end of the display")
                self.at = match.end()
                self.command(match[0], start)
            elif c.isascii() and c.isalpha():
                self.letters(start)
            elif c.isdigit() or (c == "." and self.text[start + 1 : start + 2].isdigit()):
                match = _NUMBER.match(self.text, start)
                if match is None or not c.isascii():
                    raise Unread(f"the character {c!r}")
                self.at = start + 1 if self.single else match.end()
                self.put("NUMBER", self.text[start : self.at], start)
            else:
                self.character(c, start)
        return self.tokens

    def in_subscript(self, start: int) -> bool:
        """Whether a place stands in braces that open a subscript: there ``x~p`` is a law, elsewhere ~ is a space."""
        opening = self.text.rfind("{", 0, start)
        return opening > self.text.rfind("}", 0, start) and self.text[:opening].rstrip().endswith("_")

    # Letters ----------------------------------------------------------------------------------------------------

    def letters(self, start: int) -> None:
        match = _LETTERS.match(self.text, start)
        assert match is not None
        word = match[0]
        if self.single:
            unbraced = self.tokens[-1].kind == "SUB" and word in table.SUBSCRIPTS
            word = word if unbraced else word[0]
        while word:
            self.at = start
            part = self.part_of(word)
            self.at = start + len(part)
            self.word(part, start)
            start = self.at
            word = word[len(part) :]

    def part_of(self, word: str) -> str:
        """The first name in a run of letters: a known word, a word of text, or one letter."""
        if word in table.WORDS or word in table.FUNCTIONS:
            return word
        for function in ("log", "exp", "argmax", "argmin", "max", "min", "ln"):
            if word.startswith(function) and len(word) <= len(function) + 2:
                return function
        if len(word) >= 3 and re.search("[aeiouAEIOU]", word) and not word.startswith("d"):
            return word
        return word[0]

    def word(self, word: str, start: int, style: str = "") -> None:
        if word in table.FUNCTIONS:
            self.put(*table.FUNCTIONS[word], start)
        elif not style and word in table.CONJUNCTIONS and not self.in_subscript(start):
            self.put("TEXT", word, start)
        else:
            self.put("NAME", table.WORDS.get(word, word), start, style)

    # Commands ---------------------------------------------------------------------------------------------------

    def command(self, command: str, start: int) -> None:
        name = command[1:]
        if name in table.SIZES:
            self.size(name, start)
        elif name in table.SPACES:
            if name in ("quad", "qquad"):
                self.put("QUAD", "", start)
        elif name in ("\\", "\\*", "newline", "cr"):
            length = _LENGTH.match(self.text, self.at)
            if length:
                self.at = length.end()
            self.put("ROW", "", start)
        elif name in table.ENDS and not _ROW_ENDS.match(self.text, self.at):
            self.put("SYMBOL", command, start)
        elif name in table.IGNORED:
            for _ in range(table.IGNORED[name]):
                self.argument()
            if name.endswith("intertext"):
                self.put("ROW", "", start)
        elif name in ("begin", "end"):
            self.environment(name, start)
        elif name in ("stackrel", "overset", "underset"):
            self.annotated(name, start)
        elif name in table.FONTS:
            self.font(name, start)
        elif name in table.FUNCTIONS:
            self.put(*table.FUNCTIONS[name], start)
        elif name in table.COMMANDS:
            kind, text = table.COMMANDS[name]
            self.put(kind, text, start, source="_" if kind == "SUB" else None)
            if kind in ("FRAC", "SQRT", "SUB"):
                self.single = 2 if kind == "FRAC" else 1
        elif name == "not":
            self.negated(start)
        elif name in table.GREEK:
            base = name.removeprefix("var")
            self.put("NAME", base, start, "" if base == name else "variant")
        elif name in table.MACROS:
            before = len(self.tokens)
            self.inside(table.MACROS[name])
            place = self.offset + start
            self.tokens[before:] = [t._replace(place=place) for t in self.tokens[before:]]
            self.tokens[before] = self.tokens[before]._replace(source=command)
            self.tokens[before + 1 :] = [t._replace(source="") for t in self.tokens[before + 1 :]]
        else:  # the side that holds it is not read; the others are
            self.put("SYMBOL", command, start)

    def annotated(self, name: str, start: int) -> None:
        r"""``\overset{(a)}{=}`` is the sign; ``\underset{z}{\max}`` is max_z, and so with E, sums and integrals.

        What stands over a sum is its upper end.
        """
        label = self.argument()
        before = len(self.tokens)
        self.inside(self.argument())
        inside = [t for t in self.tokens[before:] if t.kind not in ("LBRACE", "RBRACE")]
        kind, text = (inside[0].kind, inside[0].text) if inside else ("", "")
        below = name == "underset" and len(inside) == 1 and (kind in ("EXTREMUM", "BIG") or text in ("E", "Var"))
        above = name != "underset" and len(inside) == 1 and kind == "BIG"
        sign = kind in ("REL", "ARROW", "SIM", "PROPTO")
        if kind == "REL" and len(inside) == 1 and _SUPPOSES.search(label):
            self.tokens[before:] = [inside[0]._replace(style="asked" if _ASKS.search(label) else "supposed")]
        if kind == "SIM" and _ASKS.search(label):
            sign = False
        if not (below or above or sign) and label.strip():  # a mark over a name, which makes another name of it
            self.tokens[before:] = []
            self.put("SYMBOL", f"\\{name}", start)
        elif (below or above) and label.strip():
            self.tokens[before:] = inside
            script, mark = ("SUB", "_") if below else ("SUP", "^")
            self.put(script, mark, start, source=mark)
            self.put("LBRACE", "{", start, source="{")
            self.inside(label)
            self.put("RBRACE", "}", start, source="}")

    def size(self, name: str, start: int) -> None:
        """``\\left(`` and the like: the bracket that follows, a bar as an opening or closing bar."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        side = {"l": "L", "r": "R"}.get(name[-1] if name != "right" else "r", "")
        side = "L" if name == "left" else "R" if name == "right" else side if name.startswith(("b", "B")) else ""
        rest = self.text[self.at :]
        if rest.startswith("."):
            self.at += 1  # the invisible bracket of a formula that goes on in the next row
            return
        if not side:
            return
        for spelling, kind in (("\\|", "NORM"), ("\\Vert", "NORM"), ("||", "NORM"), ("|", "ABS"), ("\\vert", "ABS")):
            if rest.startswith(spelling):
                self.at += len(spelling)
                if name == "left" and self.closes_invisibly():  # \left\| ... \right. separates, as \middle\| does
                    self.put(*(("DBAR", "||") if kind == "NORM" else ("BAR", "|")), start)
                else:
                    self.put(side + kind, "", start)
                return

    def closes_invisibly(self) -> bool:
        r"""Whether the ``\right`` that belongs to the ``\left`` just read is the invisible bracket."""
        depth = 1
        for match in re.finditer(r"\\(left|right)(?![A-Za-z])\s*(.)", self.text[self.at :]):
            depth += 1 if match[1] == "left" else -1
            if depth == 0:
                return match[2] == "."
        return False

    def negated(self, start: int) -> None:
        inner = _Reader(self.text[self.at :], 0, self.depth + 1)
        while inner.at < len(inner.text) and not inner.tokens:
            one = _COMMAND.match(inner.text, inner.at) if inner.text[inner.at] == "\\" else None
            inner.at, begin = (one.end() if one else inner.at + 1), inner.at
            inner.tokens = _Reader(inner.text[begin : inner.at], 0, self.depth + 1).run()
        self.at += inner.at
        if not inner.tokens or inner.tokens[0].text != "=":
            raise Unread("a negated symbol")
        self.put("REL", "!=", start)

    def environment(self, name: str, start: int) -> None:
        which = self.argument().strip()
        if which.rstrip("*") in table.ARRAYS:
            columns = self.holds_columns(which) if name == "begin" else bool(self.arrays) and self.arrays.pop()
            if columns:
                self.put("BEGIN" if name == "begin" else "END", which, start)
                return
        if which.rstrip("*") in ("array", "alignedat", "alignat") and name == "begin":
            while self.text[self.at : self.at + 1] in ("[", "{"):
                if self.text[self.at] == "[":
                    self.at = self.text.find("]", self.at) + 1 or len(self.text)
                else:
                    self.argument()
        if which.rstrip("*") in table.ROWS:
            return
        self.put("BEGIN" if name == "begin" else "END", which, start)

    def holds_columns(self, which: str) -> bool:
        """Whether rows that begin are a matrix or a column: an array, or rows in a bracket, without relation signs."""
        end = self.text.find(f"\\end{{{which}}}", self.at)
        opened = bool(self.tokens) and self.tokens[-1].kind in ("OPEN", "LABS", "LNORM", "BAR")
        related = _RELATES.search(self.text, self.at, end if end >= 0 else len(self.text)) is not None
        self.arrays.append(opened if related and which == "array" else not related and (opened or which == "array"))
        return self.arrays[-1]

    def argument(self) -> str:
        """The text of the next argument: a group without its braces, a command, or one character."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        if self.at >= len(self.text):
            raise Unread("an argument that is missing")
        start = self.at
        if self.text[start] == "{":
            depth = 0
            for place in range(start, len(self.text)):
                if self.text[place] == "\\" or self.text[place - 1] == "\\":
                    continue
                depth += {"{": 1, "}": -1}.get(self.text[place], 0)
                if depth == 0:
                    self.at = place + 1
                    return self.text[start + 1 : place]
            raise Unread("an unbalanced brace")
        if self.text[start] == "\\":
            match = _COMMAND.match(self.text, start)
            self.at = match.end() if match else len(self.text)
        else:
            self.at += 1
        return self.text[start : self.at]

    def inside(self, text: str) -> None:
        """Read an argument in place, without its braces."""
        for token in _Reader(text, self.offset + self.at - len(text), self.depth + 1).run():
            self.tokens.append(token)
        if len(self.tokens) > MAX_TOKENS:
            raise Unread(f"more than {MAX_TOKENS} tokens in one display")

    def font(self, name: str, start: int) -> None:
        style = table.FONTS[name]
        if name in ("rm", "bf", "it", "cal"):
            return  # the old switches reach to the end of their group
        text = self.argument()
        word = text.strip().strip(".,;:").rstrip("*")
        if style == "text" and _CONSTANT.match(word):
            self.put("NAME", "const", start)
            return
        if style == "text" and not re.fullmatch(r"[A-Za-z][A-Za-z\d_-]*", word):
            if re.search(r"\\|[_^$]", text) and not re.search(r"\s[a-z]{2,}", text):
                self.inside(text.replace("$", ""))
            elif word:
                self.put("TEXT", word, start)
            return
        if re.fullmatch(r"[A-Za-z]", word) or (re.fullmatch(r"[A-Za-z][A-Za-z\d_-]*", word) and style != "bold"):
            if word == "d" and style in ("roman", "text"):
                self.put("DIFFERENTIAL", "d", start)
            elif re.fullmatch("d[a-z]", word) and style == "roman":
                self.put("DIFFERENTIAL", "d", start, source=r"\mathrm{d}")
                self.put("NAME", word[1], start, source=word[1])
            elif style == "text" and (word.lower() in table.CONNECTIVES or text.rstrip().endswith(":")):
                self.put("TEXT", word, start)
            else:
                self.styled(word, start, style)
            return
        outer = self.single
        before = len(self.tokens)
        self.put("LBRACE", "{", start, source="{")
        self.inside(text)
        self.put("RBRACE", "}", start, source="}")
        if style == "bold":
            bold = [t._replace(style=t.style or style) if t.kind == "NAME" else t for t in self.tokens[before:]]
            self.tokens[before:] = bold
        inner = self.tokens[before + 1 : -1]
        if any(t.kind in ("BAR", "COMMA", "SEMI") for t in inner) and not any(t.kind == "OPEN" for t in inner):
            self.tokens[before:] = inner  # \mathbf{x | y}: the font says nothing of how things belong together
        if len(self.tokens) == before + 3 and self.tokens[before + 1].kind in ("NAME", "NUMBER", "FUNCTION"):
            one = self.tokens[before + 1]
            self.tokens[before:] = [one._replace(source=self.text[start : self.at], style=one.style or style)]
        self.single = max(0, outer - 1)

    def styled(self, word: str, start: int, style: str) -> None:
        if style == "calligraphic":
            self.put("NAME", {"N": "Normal", "L": "Loss", "H": "H", "I": "I"}.get(word, word), start, style)
        elif style == "blackboard":
            self.put("NAME", word, start, style)
        else:
            self.word(word, start, style)

    # Characters -------------------------------------------------------------------------------------------------

    def character(self, c: str, start: int) -> None:
        self.at = start + 1
        pair = self.text[start : start + 2]
        if pair in PAIRS:
            self.at = start + 2
            self.put(*PAIRS[pair], start)
        elif c == "Σ":
            follows = self.text[start + 1 : start + 2]
            self.put(*(("BIG", "sum") if follows.isspace() else ("NAME", "Sigma")), start)
        elif c in CHARACTERS:
            self.put(*CHARACTERS[c], start)
            if c in "_^":
                self.single = 1
        elif c in SCRIPTS:
            kind, text = SCRIPTS[c]
            self.put(kind, kind, start, source="^" if kind == "SUP" else "_")
            self.put("NUMBER" if text.isdigit() else "NAME", text, start, source=text)
        else:
            self.folded(c, start)

    def folded(self, c: str, start: int) -> None:
        """Mathematical alphabets of Unicode are read as their letters."""
        try:
            name = unicodedata.name(c)
        except ValueError:
            raise Unread(f"the character {c!r}") from None
        plain = unicodedata.normalize("NFKC", c)
        if plain in UNICODE_GREEK:
            self.put("NAME", UNICODE_GREEK[plain], start, "variant" if c in "ϕϵϑϱς" else "")
        elif len(plain) == 1 and plain.isascii() and plain.isalpha():
            style = "calligraphic" if "SCRIPT" in name else "blackboard" if "DOUBLE-STRUCK" in name else ""
            self.styled(plain, start, style)
        elif unicodedata.category(c) in ("Cf", "Zs"):
            return
        elif unicodedata.category(c) == "Lo":  # a remark in a script without capitals, such as Chinese
            match = _REMARK.match(self.text, start)
            self.at = match.end() if match else start + 1
            self.put("TEXT", self.text[start : self.at], start)
        else:
            raise Unread(f"the character {c!r}")


def tokenize(text: str, offset: int = 0) -> list[Token]:
    r"""The tokens of a piece of mathematics; raises :class:`Unread` for a command or character that is not known.

    >>> [t.text for t in tokenize(r"\log p_{\theta}(\mathbf{x}) \geq 0")]
    ['log', 'p', '_', '{', 'theta', '}', '(', 'x', ')', '>=', '0']
    """
    return list(_tokens(text, offset))


@lru_cache(maxsize=1_024)
def _tokens(text: str, offset: int) -> tuple[Token, ...]:
    """A display is looked at several times: for its steps, its last side, its remarks."""
    result: list[Token] = []
    depth = 0
    for token in _sums(_Reader(text, offset, 0).run()):
        depth += {"LBRACE": 1, "RBRACE": -1, "OPEN": 1, "CLOSE": -1}.get(token.kind, 0)
        if depth > MAX_DEPTH:
            raise Unread(f"nested more than {MAX_DEPTH} deep")
        if token.kind == "BAR" and result and result[-1].kind == "BAR":
            before = result.pop()
            token = Token("DBAR", "||", before.place, before.source + " " + token.source)
        result.append(token)
    return tuple(_unbraced(_primed(_barred(result))))


_CLOSES = {"LBRACE": "RBRACE", "OPEN": "CLOSE", "LABS": "RABS", "LNORM": "RNORM"}
_BARS = {"LABS": "BAR", "RABS": "BAR", "LNORM": "DBAR", "RNORM": "DBAR"}


def _barred(tokens: list[Token]) -> list[Token]:
    r"""Tokens with bars for the halves of absolute values and norms that have no other half: ``p(x \lvert z)``."""
    opened: list[int] = []
    lone: list[int] = []
    for n, token in enumerate(tokens):
        if token.kind in _CLOSES:
            opened.append(n)
        elif token.kind in _CLOSES.values():
            if token.kind not in _BARS:  # brackets close what is open inside them
                while opened and tokens[opened[-1]].kind in _BARS:
                    lone.append(opened.pop())
            if opened and (_CLOSES[tokens[opened[-1]].kind] == token.kind or token.kind not in _BARS):
                opened.pop()
            elif token.kind in _BARS:
                lone.append(n)
    for n in (*lone, *(o for o in opened if tokens[o].kind in _BARS)):
        tokens[n] = tokens[n]._replace(kind=_BARS[tokens[n].kind])
    return tokens


def _primed(tokens: list[Token]) -> list[Token]:
    """``f^{''}`` is f''."""
    for n in reversed([n for n, t in enumerate(tokens[:-1]) if t.kind == "SUP" and tokens[n + 1].kind == "LBRACE"]):
        end = next((k for k in range(n + 2, len(tokens)) if tokens[k].kind != "PRIME"), n)
        if end > n + 2 and tokens[end].kind == "RBRACE":
            tokens[n : end + 1] = tokens[n + 2 : end]
    return tokens


_BEFORE_A_GROUP = frozenset(("ROW", "AMP", "QUAD", "TEXT", "ARROW", "COMMA", "SEMI", "BEGIN"))


def _unbraced(tokens: list[Token]) -> list[Token]:
    r"""Tokens without the braces of a box or a colour around whole equations: ``\boxed{a = b}`` is a = b."""
    dropped: set[int] = set()
    opened: list[int] = []
    for n, token in enumerate(tokens):
        if token.kind in _CLOSES:
            opened.append(n)
        elif token.kind in _CLOSES.values() and opened:
            start = opened.pop()
            outside = all(o in dropped or tokens[o].kind == "LBRACE" for o in opened)
            before = start == 0 or tokens[start - 1].kind in _BEFORE_A_GROUP or start - 1 in opened
            if token.kind == "RBRACE" and tokens[start].kind == "LBRACE" and outside and before:
                depth, found = 0, False
                for inner in (t for k, t in enumerate(tokens[start + 1 : n], start + 1) if k not in dropped):
                    depth += (inner.kind in _CLOSES) - (inner.kind in _CLOSES.values())
                    found |= inner.kind == "REL" and depth == 0
                dropped |= {start, n} if found else set()
    return [t for n, t in enumerate(tokens) if n not in dropped] if dropped else tokens


def _sums(tokens: list[Token]) -> list[Token]:
    r"""A capital Sigma with a range, ``\Sigma_{x \in X}``, is a sum, and a capital Pi a product."""
    for n, token in enumerate(tokens):
        if token.text not in ("Sigma", "Pi"):
            continue
        at = n + 1
        if [t.kind for t in tokens[at : at + 1]] == ["SUP"]:  # the upper end first
            at = _group_end(tokens, at + 1)
        if [t.kind for t in tokens[at : at + 2]] == ["SUB", "LBRACE"]:
            end = _group_end(tokens, at + 1)
            if any(t.kind == "IN" or t.text == "=" for t in tokens[at + 1 : end]):
                tokens[n] = token._replace(kind="BIG", text="sum" if token.text == "Sigma" else "prod")
    return tokens


def _group_end(tokens: list[Token], at: int) -> int:
    """Where a group in braces, or one token, ends."""
    depth = 0
    for n in range(at, len(tokens)):
        depth += {"LBRACE": 1, "RBRACE": -1}.get(tokens[n].kind, 0)
        if depth == 0:
            return n + 1
    return len(tokens)


def spelled(tokens: list[Token]) -> str:
    """Tokens as LaTeX again."""
    out = ""
    for token in tokens:
        words = out[-1:].isalnum() and token.source[:1].isalnum()
        command = token.source[:1] == "\\" and out[-1:] not in "_^{([ "
        gap = " " if words or command else ""
        out += gap + token.source
        if token.kind in ("REL", "PLUS", "MINUS", "AMP"):
            out += " "
    return re.sub(r"(?<=[\w)\]}])\s*(?=[+=<>-])", " ", out).strip()
