"""The parser of rows against the LALR grammar of ``grammar.lark``, on rows that fit, nearly fit, and do not fit."""

import random
from pathlib import Path

import lark
import pytest
from lark.lexer import Lexer

from derivations.latex.grammar import rows
from derivations.latex.tokens import Token, Unread, tokenize

ROWS = [
    r"\log p_\theta(x) = \mathbb{E}_{q(z|x)}\left[\log \frac{p(x, z)}{q(z|x)}\right]",
    r"-\frac{1}{2} \sum_{j=1}^{d} (1 + \log \sigma_j^2 - \mu_j^2 - \sigma_j^{2})",
    r"D_{\mathrm{KL}}(p \,\|\, q)' + \sqrt{a_{t-1}} \bar{x}^{(i)} - \sqrt[3]{|x|} \| f \|_L {\color{red} - b}",
    r"\nabla_\theta \int_0^1 f(x) \, d x \underbrace{p \over q}_{r} \begin{pmatrix} a & b \\ c & d \end{pmatrix}",
]
KINDS = [
    *("NAME", "NUMBER", "FUNCTION", "BIG", "STAR", "FRAC", "SQRT", "ACCENT", "BRACE", "BEGIN", "END", "OPEN", "CLOSE"),
    *("LBRACE", "RBRACE", "LABS", "RABS", "LNORM", "RNORM", "SUB", "SUP", "PRIME", "AMP", "ROW", "QUAD", "REL", "PLUS"),
    *("COMMA", "BAR", "SYMBOL", "TEXT", "UNKNOWN"),
]
SYNTAX = ("does not fit", "unbalanced bracket")


class Tokens(Lexer):
    def __init__(self, _):
        pass

    def lex(self, lexer_state, parser_state=None):
        for token in lexer_state:
            yield lark.Token(token.kind, token)


@pytest.fixture(scope="module")
def lalr():
    source = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return lark.Lark(source, parser="lalr", lexer=Tokens)


def refused_at(lalr, tokens):
    """The place at which the grammar refuses tokens: None if it takes them, "end" if more were to come."""
    try:
        lalr.parse(list(tokens))
    except lark.UnexpectedInput as error:
        return error.token.value.source if isinstance(error.token.value, Token) else "end"
    return None


def agrees(lalr, tokens):
    expected = refused_at(lalr, tokens)
    try:
        rows(tuple(tokens))
        said = None
    except Unread as error:
        said = str(error) if any(s in str(error) for s in SYNTAX) else None  # else it fits, and is not read
    if expected is None:
        return said is None
    return said is not None and (said.startswith("an unbalanced") if expected == "end" else f"{expected!r} (" in said)


def drawn(rng, place):
    kind = rng.choice(KINDS)
    return Token(kind, kind.lower(), place, f"<{kind} {place}>")


def test_rows_that_fit(lalr):
    for row in ROWS:
        tokens = tokenize(row)
        assert refused_at(lalr, tokens) in (None, "="), row
        assert agrees(lalr, tokens), row


def test_rows_with_a_few_tokens_lost_exchanged_or_put_in(lalr):
    rng = random.Random(5)
    fit = 0
    for _ in range(3_000):
        tokens = tokenize(rng.choice(ROWS))
        start = rng.randrange(len(tokens))
        tokens = tokens[start : start + rng.randint(1, 12)]
        for _ in range(rng.randint(0, 3)):
            n = rng.randrange(len(tokens) + 1)
            tokens[n : n + rng.randint(0, 1)] = [drawn(rng, n)] if rng.random() < 0.6 else []
        tokens = [Token(t.kind, t.text, n, f"<{n} {t.source}>") for n, t in enumerate(tokens)]
        fit += refused_at(lalr, tokens) is None
        assert agrees(lalr, tokens), " ".join(t.kind for t in tokens)
    assert 300 < fit < 2_700


def test_short_rows_of_any_tokens(lalr):
    rng = random.Random(6)
    for _ in range(3_000):
        tokens = [drawn(rng, n) for n in range(rng.randint(0, 7))]
        assert agrees(lalr, tokens), " ".join(t.kind for t in tokens)
