r"""Formulas in LaTeX, read strictly: what is not on the list of commands is not a formula.

Main definitions: `parse`, a formula as a `Node`, or `MathError`.  It is written out by `derivations.report.setting`, as
LaTeX, and `derivations.report.mathml`.

Names of variables and functions, claim words and checked documents come from users, and end in LaTeX and HTML.  So no
formula is passed on as text: it is read into a tree of known commands with balanced groups, at most one subscript and
one superscript each, and written out again.  Nothing in it can open a file, define a macro or leave mathematics.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

__all__ = ["BINARY", "LIMITS", "OPERATORS", "RELATIONS", "SPACES", "UNICODE", "MathError", "Node", "parse"]


def _words(text: str) -> list[str]:
    return text.split()


_GREEK = _words(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho varrho "
    "sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega "
    "ell hbar imath jmath Re Im partial nabla infty emptyset forall exists neg top bot prime dots ldots cdots vdots "
    "ddots aleph lvert rvert lVert rVert langle rangle lfloor rfloor lceil rceil vert Vert |"
)
OPERATORS = _words("log ln exp sin cos tan arctan tanh det dim arg deg ker gcd hom")
LIMITS = _words("sup inf max min lim limsup liminf Pr sum prod int iint oint bigcup bigcap bigoplus")
RELATIONS = _words(
    "le leq ge geq ne neq ll gg approx propto equiv sim simeq cong in notin ni subset subseteq supset supseteq mid "
    "parallel perp to rightarrow leftarrow mapsto Rightarrow Leftarrow Leftrightarrow iff implies vdash "
    "models triangleq"
)
BINARY = _words("cdot times pm mp circ otimes oplus ominus setminus cup cap wedge vee ast star bullet div")
SPACES = [",", ";", ":", "!", " ", "quad", "qquad"]
_SYMBOLS = ["{", "}", "%", "_", "#", "&", "$"]
_FONTS = _words("mathrm mathbb mathcal mathbf mathsf mathit mathtt boldsymbol operatorname")
_ACCENTS = _words("hat bar tilde vec overline underline widehat widetilde dot ddot underbrace overbrace")
_TWO = _words("frac dfrac tfrac binom overset underset stackrel")
_STYLES = ["displaystyle", "textstyle", "limits", "nolimits"]
_SIZES = [f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")]
_TEXT = ["text", "textrm", "textit", "textbf", "mbox"]
_GRIDS = ["matrix", "pmatrix", "bmatrix", "vmatrix", "cases", "aligned"]
_NULLARY = {*_GREEK, *OPERATORS, *LIMITS, *RELATIONS, *BINARY, *SPACES, *_SYMBOLS, *_STYLES}
_UNARY = {*_FONTS, *_ACCENTS}
_DELIMITERS = {
    *("(", ")", "[", "]", "|", ".", "/", "<", ">"),
    *(r"\{", r"\}", r"\|", r"\lvert", r"\rvert", r"\lVert", r"\rVert", r"\langle", r"\rangle"),
    *(r"\lfloor", r"\rfloor", r"\lceil", r"\rceil", r"\vert", r"\Vert"),
}
_CHARACTERS = set("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-*/=<>()[]|,.;:!?'")
_LETTERS = _words(
    "α:alpha β:beta γ:gamma δ:delta ε:varepsilon ζ:zeta η:eta θ:theta ι:iota κ:kappa λ:lambda μ:mu ν:nu ξ:xi π:pi "
    "ρ:rho σ:sigma τ:tau υ:upsilon φ:phi χ:chi ψ:psi ω:omega Γ:Gamma Δ:Delta Θ:Theta Λ:Lambda Ξ:Xi Π:Pi Σ:Sigma Φ:Phi "
    "Ψ:Psi Ω:Omega ≤:le ≥:ge ≠:ne ∞:infty ∈:in →:to ·:cdot ×:times ±:pm ∥:| ∂:partial ∇:nabla ≈:approx ℓ:ell"
)
UNICODE = {pair[0]: "\\" + pair[2:] for pair in _LETTERS} | {"−": "-", "′": "'"}
_LONGEST, _DEEPEST = 20_000, 40

_TOKEN = re.compile(r"\\[a-zA-Z]+\*?|\\.|\s+|.", re.DOTALL)


class MathError(ValueError):
    """Text that is no formula of the known commands."""


@dataclass(frozen=True)
class Node:
    r"""A piece of a formula.

    *kind* is ``symbol`` (a character or a command without arguments), ``command`` (with its arguments), ``group``,
    ``script`` (base, subscript, superscript; an empty group where there is none), ``fence`` (``\left`` to ``\right``),
    ``delimiter`` (``\bigl(``), ``text`` or ``grid`` (an environment of rows and cells).
    """

    kind: str
    name: str = ""
    parts: tuple[Node, ...] = ()
    rows: tuple[tuple[Node, ...], ...] = field(default=())

    def __repr__(self) -> str:
        from derivations.report.setting import written

        return f"<{self.kind} {written(self)}>"


_EMPTY = Node("group")


def parse(text: str) -> Node:
    r"""The tree of a formula, a group.

    >>> parse(r"\frac{a}{b}").parts[0].name
    'frac'
    >>> parse(r"\input{secrets}")
    Traceback (most recent call last):
    ...
    derivations.report.mathematics.MathError: \input is not on the list of commands
    """
    if len(text) > _LONGEST:
        raise MathError(f"a formula of {len(text)} characters is longer than {_LONGEST}")
    reader = _Reader(_TOKEN.findall(text))
    group = reader.group(None, 0)
    return Node("group", parts=_bars(group))


class _Reader:
    """Recursive descent over tokens."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.at = tokens, 0

    def peek(self) -> str | None:
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def next(self) -> str:
        token = self.peek()
        if token is None:
            raise MathError("the formula ends too early")
        self.at += 1
        return token

    def group(self, closing: str | None, depth: int, cell: bool = False) -> tuple[Node, ...]:
        r"""Nodes up to a closing token: ``}``, ``\right``, ``\end``, or None for the end of the formula."""
        if depth > _DEEPEST:
            raise MathError(f"groups nested deeper than {_DEEPEST}")
        nodes: list[Node] = []
        while True:
            token = self.peek()
            if token == closing or (cell and token in ("&", r"\\", r"\end")):
                return tuple(nodes)
            if token is None:
                raise MathError(f"{closing} is missing")
            if token in ("^", "_", "'"):
                nodes.append(self.scripts(nodes.pop() if nodes else _EMPTY, depth))
            else:
                nodes.append(self.atom(depth))

    def scripts(self, base: Node, depth: int) -> Node:
        below, above, primes = _EMPTY, _EMPTY, 0
        if base.kind == "script":
            base, below, above = base.parts
            if above.parts and self.peek() in ("^", "'"):
                raise MathError("two superscripts at one symbol")
        while (token := self.peek()) in ("^", "_", "'"):
            self.at += 1
            if token == "'":
                if above.parts:
                    raise MathError("a prime after a superscript")
                primes += 1
            elif token == "^":
                if above.parts:
                    raise MathError("two superscripts at one symbol")
                above = self.argument(depth)
            else:
                if below.parts:
                    raise MathError("two subscripts at one symbol")
                below = self.argument(depth)
        if primes:
            above = Node("group", parts=(*[Node("symbol", r"\prime")] * primes, *above.parts))
        return Node("script", parts=(base, below, above))

    def argument(self, depth: int) -> Node:
        """A group in braces, or a single token."""
        if self.peek() == "{":
            self.at += 1
            inside = self.group("}", depth + 1)
            self.at += 1
            return Node("group", parts=inside)
        return Node("group", parts=(self.atom(depth + 1),))

    def atom(self, depth: int) -> Node:
        token = self.next()
        if token == "{":
            self.at -= 1
            return self.argument(depth)
        if not token.startswith("\\"):
            if token in UNICODE:
                return Node("symbol", UNICODE[token])
            if token not in _CHARACTERS:
                raise MathError(f"{token!r} is no character of a formula")
            return Node("symbol", token)
        name = token[1:]
        if name == "left":
            return self.fence(depth)
        if name in _SIZES:
            return Node("delimiter", name, (self.delimiter(),))
        if name == "begin":
            return self.grid(depth)
        if name in _TEXT:
            return Node("text", self.words())
        if name == "sqrt":
            return self.root(depth)
        if name in _UNARY:
            return Node("command", name, (self.argument(depth),))
        if name in _TWO:
            return Node("command", name, (self.argument(depth), self.argument(depth)))
        if name in _NULLARY:
            return Node("symbol", token)
        raise MathError(f"{token} is not on the list of commands")

    def root(self, depth: int) -> Node:
        if self.peek() == "[":
            self.at += 1
            order = self.group("]", depth + 1)
            self.at += 1
            return Node("command", "sqrt", (self.argument(depth), Node("group", parts=order)))
        return Node("command", "sqrt", (self.argument(depth),))

    def delimiter(self) -> Node:
        token = self.next()
        if token not in _DELIMITERS:
            raise MathError(f"{token} is no delimiter")
        return Node("symbol", token)

    def fence(self, depth: int) -> Node:
        left = self.delimiter()
        inside = self.group(r"\right", depth + 1)
        self.at += 1
        return Node("fence", parts=(left, Node("group", parts=_bars(inside)), self.delimiter()))

    def words(self) -> str:
        """Plain text in braces: no command and no formula in it."""
        if self.next() != "{":
            raise MathError("text needs braces")
        out = ""
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token == "}":
                return re.sub(r"\s+", " ", out)
            if token == r"\ ":
                token = " "
            if token in ("{", "$", "^", "_", "&", "#", "%", "~") or token.startswith("\\"):
                raise MathError(f"{token} in text")
            out += token
        raise MathError("text is not closed")

    def grid(self, depth: int) -> Node:
        name = self.name()
        rows: list[tuple[Node, ...]] = []
        row: list[Node] = []
        while True:
            row.append(Node("group", parts=_bars(self.group(None, depth + 1, cell=True))))
            token = self.next()
            if token == "&":
                continue
            rows.append(tuple(row))
            row = []
            if token == r"\end":
                if self.name() != name:
                    raise MathError(f"\\begin{{{name}}} and \\end differ")
                return Node("grid", name, rows=tuple(rows))

    def name(self) -> str:
        if self.next() != "{":
            raise MathError("an environment needs a name in braces")
        name = ""
        while (token := self.next()) != "}":
            name += token
        if name not in _GRIDS:
            raise MathError(f"the environment {name!r} is not on the list")
        return name


def _bars(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    r"""The bar of a conditional as a relation: a single ``|`` within a pair of brackets becomes ``\mid``."""
    out: list[Node] = list(nodes)
    stack: list[list[int]] = [[]]
    for place, node in enumerate(nodes):
        if node.kind != "symbol":
            continue
        if node.name in ("(", "["):
            stack.append([])
        elif node.name in (")", "]") and len(stack) > 1:
            bars = stack.pop()
            if len(bars) == 1:
                out[bars[0]] = Node("symbol", r"\mid")
        elif node.name == "|":
            stack[-1].append(place)
    return tuple(out)
