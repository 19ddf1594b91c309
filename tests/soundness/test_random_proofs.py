"""Random statements of a small grammar: whatever is proved agrees with the evaluator on many random models.

A random term is rewritten by steps of which some are right and some are wrong, so that a good part of the statements
is true, and those that are false are false by a little.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from judging import contradiction

from derivations.language import JSD, KL, E, Function, H, I, Integral, LanguageError, laws, log, sqrt, variables
from derivations.language.statements import Statement, encode
from derivations.language.terms import Term
from derivations.prover import prove
from derivations.refuter.fields import Unsupported

p, q, r = laws("p q r")
x, z = variables("x z")
(d,) = variables("d", kind="discrete")
x2 = x.copy("x2")
w, v = Function("w", range="positive"), Function("v", range="nonnegative")
f, g = Function("f"), Function("g")
D = Function("D", range="unit")


def value(rng: Random, bound: tuple[Term, ...], depth: int) -> Term:
    """A number that depends on some bound variables."""
    leaves: list[Callable[[], Term]] = [lambda: f(x) if x in bound else f(z), lambda: Term("num", rng.choice(HALVES))]
    if x in bound:
        leaves += [lambda: p(x), lambda: q(x), lambda: w(x), lambda: D(x), lambda: p(x) / q(x), lambda: log(p(x))]
        leaves += [lambda: p(z | x), lambda: q(z | x), lambda: log(w(x)), lambda: f(x) ** 2, lambda: v(x)]
    if x2 in bound:
        leaves += [lambda: f(x2), lambda: p(x2), lambda: q(x2) / p(x2), lambda: w(x2)]
    if z in bound:
        leaves += [lambda: p(z), lambda: q(z), lambda: w(z), lambda: log(q(z)), lambda: p(x, z) / p(z)]
    if depth == 0:
        return rng.choice(leaves)()
    inner = lambda: value(rng, bound, depth - 1)  # noqa: E731
    more: list[Callable[[], Term]] = [
        lambda: inner() + inner(),
        lambda: inner() * inner(),
        lambda: inner() - inner(),
        lambda: E[rng.choice((p, q))(x2)](value(rng, (*bound, x2), depth - 1)),
        lambda: E[rng.choice((p(z | x), q(z), p(z)))](value(rng, (*bound, z), depth - 1)),
        lambda: Integral[x2](rng.choice((p, q))(x2) * value(rng, (*bound, x2), depth - 1)),
        lambda: KL(p(z | x), q(z)),
        lambda: abs(inner()),
        lambda: sqrt(inner() ** 2),
        lambda: log(w(x) * v(x)) if x in bound else log(w(x) + 1),
        lambda: inner() / w(x),
        lambda: inner() * f(x) / f(x),
    ]
    return rng.choice(leaves + more + more)()


HALVES = [1, 2, -1]


def whole(rng: Random) -> Term:
    """A closed term, or one with x free."""
    choices: list[Callable[[], Term]] = [
        lambda: E[rng.choice((p, q))(x)](value(rng, (x,), 2)),
        lambda: E[p(x, z)](value(rng, (x, z), 2)),
        lambda: E[p(x)](E[q(z | x)](value(rng, (x, z), 1))),
        lambda: Integral[x](p(x) * value(rng, (x,), 2)),
        lambda: value(rng, (x,), 2),
        lambda: KL(q(x, z), p(x, z)) + E[q(x)](value(rng, (x,), 1)),
        lambda: H(p(x)) + E[p(x)](value(rng, (x,), 1)),
        lambda: I(p, x, z) + value(rng, (x,), 1),
        lambda: JSD(p(x), q(x)) * 2 + E[p(x)](value(rng, (x,), 1)),
    ]
    return rng.choice(choices)()


def rewritten(rng: Random, t: Any) -> Any:
    """A term with one place rewritten, rightly or wrongly."""
    places = [s for s in _subterms(t) if isinstance(s, Term)]
    old = rng.choice(places)
    options: list[Callable[[], Term]] = []
    if old.head == "KL":
        (names, a, b) = old.args
        options += [lambda: Integral[names](a * log(a / b)), lambda: KL(b, a), lambda: E[a](log(a) - log(b))]
        options += [lambda: Integral[names](a * (log(a) - log(b))), lambda: Integral[names](b * log(a / b))]
    if old.head == "E":
        (names, a, body) = old.args
        options += [lambda: Integral[names](a * body), lambda: E[a](body + 1) - 1, lambda: 2 * E[a](body / 2)]
        options += [lambda: E[a](body) * E[p(x2)](1), lambda: E[a](body * a / a), lambda: body]
        options += [lambda: E[p(x2)](old), lambda: E[a](old)]
    if old.head == "den" and old.args[2]:
        law, above, below = old.args
        joint = Term("den", law, tuple(sorted(above + below)), ())
        options += [lambda: joint / Term("den", law, below, ()), lambda: joint, lambda: Term("den", law, above, ())]
    if old.head == "den" and not old.args[2] and len(old.args[1]) > 1:
        law, above, _ = old.args
        first, *rest = above
        options += [lambda: Term("den", law, (first,), tuple(rest)) * Term("den", law, tuple(rest), ())]
        options += [lambda: Term("den", law, (first,), ()) * Term("den", law, tuple(rest), ())]
    if old.head == "add":
        options += [lambda: Term("add", *reversed(old.args)), lambda: (old * w(x)) / w(x), lambda: abs(old)]
    if old.head == "mul":
        options += [lambda: Term("mul", *reversed(old.args)), lambda: abs(old), lambda: sqrt(old) ** 2]
    if old.head == "log":
        options += [lambda: log(old.args[0] ** 2) / 2, lambda: log(abs(old.args[0])), lambda: log(2 * old.args[0])]
    if old.head == "pow":
        options += [lambda: old * old / old, lambda: abs(old)]
    if old.head == "int":
        options += [lambda: Integral[old.args[0]](2 * old.args[1]) / 2, lambda: -Integral[old.args[0]](-old.args[1])]
    if not options:
        return t
    return _replaced(t, old, rng.choice(options)())


def _subterms(t: Any) -> list[Any]:
    found = [t] if isinstance(t, Term) and t.head not in ("law", "var", "sym", "idx", "num") else []
    parts = t.args if isinstance(t, Term) else t if isinstance(t, tuple) else ()
    return found + [s for part in parts for s in _subterms(part)]


def _replaced(t: Any, old: Term, new: Term) -> Any:
    if t is old:
        return new
    if isinstance(t, Term) and t.head not in ("var", "sym", "idx", "law"):
        return Term(t.head, *(_replaced(a, old, new) for a in t.args))
    return tuple(_replaced(a, old, new) for a in t) if isinstance(t, tuple) else t


def statements(seed: int, number: int) -> list[Statement]:
    """Random statements; equations and inequalities between a term and what became of it."""
    rng = Random(seed)
    found = []
    while len(found) < number:
        try:
            left = whole(rng)
            right = left
            for _ in range(rng.choice((1, 1, 2, 2, 3))):
                right = rewritten(rng, right)
            claim = Statement(rng.choice(("=", "=", "=", "<=", ">=")), left, right)
            if encode(left) != encode(right):
                claim.json()
                found.append(claim)
        except (LanguageError, ZeroDivisionError):
            continue
    return found


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_proved_of_random_statements_agrees_with_random_models(seed: int) -> None:
    proved = 0
    for claim in statements(seed, 40):
        data = claim.json()
        certificate = prove(data)
        if certificate is None:
            continue
        proved += 1
        try:
            assert contradiction(data, certificate.conditions, models=32, seed=seed) is None, claim
        except Unsupported:
            continue
    assert proved >= 4, "the grammar should give statements that can be proved"


def test_the_random_statements_are_true_and_false() -> None:
    """A good part of them is false, so that the property above can fail."""
    false = [contradiction(claim.json(), models=16) is not None for claim in statements(0, 40)]
    assert 8 <= sum(false) <= 36
