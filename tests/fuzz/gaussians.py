"""Statements about normal laws, drawn from a grammar, with their truth by quadrature at random parameters.

Trees of tuples as in `statements`: ``("a",)`` a symbol, ``("KL", law, law)``, ``("E", law, polynomial)``, ``("H", law)``;
a law is a mean and a standard deviation.  Expectations are Gauss-Hermite sums and divergences are such sums of the
logarithms of densities, so that no closed form is used to judge one.
"""

# ruff: noqa: E501

from __future__ import annotations

import math
import random
from fractions import Fraction
from typing import Any

import numpy as np
from statements import places, put

Tree = Any
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(40)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
LATEX = {"m": r"\mu", "s": r"\sigma", "n": r"\mu_1", "t": r"\sigma_1", "k": r"\mu_2", "u": r"\sigma_2"}
POSITIVE = "stu"


def num(n: int | str) -> Tree:
    return ("num", Fraction(n))


def total(*parts: Tree) -> Tree:
    return ("sum", tuple((Fraction(c), t) for c, t in ((p if not isinstance(p[0], str) else (1, p)) for p in parts)))


def power(t: Tree, n: int) -> Tree:
    return ("pow", t, n)


def log(t: Tree) -> Tree:
    return ("log", t)


M, S, N, T, K, U, X = (("sym", c) for c in "mstnkux".replace("mstnku", "msntku"))
HALF = Fraction(1, 2)
STANDARD, ONE, TWO, ANY = ("N", num(0), num(1)), ("N", N, T), ("N", K, U), ("N", M, S)
CIRCLE = log(("mul", num(2), ("pi",)))

TRUE: list[tuple[Tree, str, Tree]] = [
    (("KL", ANY, STANDARD), "=", total((HALF, power(M, 2)), (HALF, power(S, 2)), (-1, log(S)), (-HALF, num(1)))),
    (("KL", ANY, STANDARD), "=", total((-HALF, total(num(1), log(power(S, 2)), (-1, power(M, 2)), (-1, power(S, 2)))))),
    (("KL", ONE, TWO), "=", total(log(("div", U, T)), ("div", total(power(T, 2), power(total(N, (-1, K)), 2)), ("mul", num(2), power(U, 2))), (-HALF, num(1)))),
    (("H", ANY), "=", total((HALF, CIRCLE), log(S), (HALF, num(1)))),
    (("H", ANY), "=", total((HALF, log(("mul", ("mul", num(2), ("pi",)), power(S, 2)))), (HALF, num(1)))),
    (("E", ANY, power(X, 2)), "=", total(power(M, 2), power(S, 2))),
    (("E", ANY, power(total(X, (-1, M)), 2)), "=", power(S, 2)),
    (("E", ANY, X), "=", M),
    (("E", STANDARD, power(X, 4)), "=", num(3)),
    (("E", STANDARD, power(total(M, ("mul", S, X)), 2)), "=", ("E", ANY, power(X, 2))),
    (("E", ANY, power(X, 3)), "=", total(power(M, 3), (3, ("mul", M, power(S, 2))))),
    (("KL", ANY, STANDARD), ">=", num(0)),
    (("E", ANY, power(X, 2)), ">=", power(M, 2)),
    (total(("KL", ONE, TWO), ("H", ONE)), "=", total((HALF, CIRCLE), log(U), ("div", total(power(T, 2), power(total(N, (-1, K)), 2)), ("mul", num(2), power(U, 2))))),
]  # fmt: skip


def changed(t: Tree, draw: random.Random) -> Tree:
    at, part = draw.choice(places(t))
    head = part[0]
    if head == "sym":
        near = {"m": "m", "s": "s", "n": "nk", "k": "nk", "t": "tu", "u": "tu", "x": "x"}[part[1]]
        return put(t, at, draw.choice([("sym", draw.choice(near)), power(part, 2), total((2, part))]))
    if head == "num":
        return put(t, at, num(draw.choice([0, 1, 2, 3])) if part[1] else part)
    if head == "pow":
        return put(t, at, draw.choice([part[1], power(part[1], part[2] + 1), total((-1, part))]))
    if head == "sum":
        items = list(part[1])
        n = draw.randrange(len(items))
        items[n] = (items[n][0] * draw.choice([-1, 2, HALF, 1]), items[n][1])
        return put(t, at, ("sum", tuple(items)))
    if head == "KL":
        return put(t, at, draw.choice([("KL", part[2], part[1]), total((-1, part)), ("H", part[1])]))
    if head in ("div", "mul"):
        return put(t, at, draw.choice([(head, part[2], part[1]), total(part[1], part[2])]))
    if head == "N":
        return put(t, at, part)
    return put(t, at, total((draw.choice([-1, 2, HALF]), part)))


def statement(draw: random.Random) -> tuple[Tree, str, Tree]:
    """A true statement, changed in up to two places."""
    left, relation, right = draw.choice(TRUE)
    for _ in range(draw.choice((0, 1, 1, 2))):
        which = draw.randrange(6)
        if which == 0:
            relation = draw.choice(("=", "<=", ">="))
        elif which == 1:
            left, right = right, left
        elif which == 2:
            left = changed(left, draw)
        else:
            right = changed(right, draw)
    return left, relation, right


def latex(t: Tree, style: int) -> str:
    """A tree in one of a few notations; always with the variance as the second parameter of a normal law."""
    head = t[0]
    if head == "sym":
        return LATEX.get(t[1], t[1])
    if head == "pi":
        return r"\pi"
    if head == "num":
        return str(t[1])
    if head == "log":
        return (r"\log" if style % 2 else r"\ln") + rf"\left({latex(t[1], style)}\right)"
    if head == "pow":
        base = latex(t[1], style)
        return f"{base}^{t[2]}" if t[1][0] == "sym" and "_" not in base else rf"\left({base}\right)^{t[2]}"
    if head == "mul":
        return " ".join(
            rf"\left({latex(p, style)}\right)" if p[0] in ("sum", "mul", "div") else latex(p, style) for p in t[1:]
        )
    if head == "div":
        return rf"\frac{{{latex(t[1], style)}}}{{{latex(t[2], style)}}}"
    if head == "N":
        return rf"\mathcal{{N}}({latex(t[1], style)}, {latex(power(t[2], 2), style) if t[2][0] != 'num' else t[2][1]})"
    if head == "KL":
        mark = (r"\|", r"\,\|\,", r"\parallel")[style % 3]
        return f"{('KL', 'D_{KL}')[style % 2]}({latex(t[1], style)} {mark} {latex(t[2], style)})"
    if head == "H":
        return f"H({latex(t[1], style)})"
    if head == "E":
        return rf"\mathbb{{E}}_{{x \sim {latex(t[1], style)}}}\left[{latex(t[2], style)}\right]"
    out = ""
    for c, inner in t[1]:
        size = (
            ""
            if abs(c) == 1
            else (rf"\frac{{{abs(c).numerator}}}{{{abs(c).denominator}}} " if c.denominator != 1 else f"{abs(c)} ")
        )
        shown = (
            rf"\left({latex(inner, style)}\right)"
            if inner[0] in ("sum", "num", "mul") and (size or c < 0)
            else latex(inner, style)
        )
        out += ("-" if c < 0 else "+" if out else "") + size + shown
    return out


def density(law: Tree, x: Any, at: dict[str, Any]) -> Any:
    m, s = value(law[1], at), value(law[2], at)
    return -0.5 * np.log(2 * np.pi) - math.log(s) - (x - m) ** 2 / (2 * s * s)


def value(t: Tree, at: dict[str, Any]) -> Any:
    head = t[0]
    if head == "sym":
        return at[t[1]]
    if head == "pi":
        return math.pi
    if head == "num":
        return float(t[1])
    if head == "log":
        return math.log(value(t[1], at))
    if head == "pow":
        return value(t[1], at) ** t[2]
    if head == "mul":
        return value(t[1], at) * value(t[2], at)
    if head == "div":
        return value(t[1], at) / value(t[2], at)
    if head == "sum":
        return sum(float(c) * value(inner, at) for c, inner in t[1])
    points = value(t[1][1], at) + value(t[1][2], at) * NODES
    if head == "E":
        return float((WEIGHTS * value(t[2], {**at, "x": points})).sum())
    if head == "H":
        return -float((WEIGHTS * density(t[1], points, at)).sum())
    return float((WEIGHTS * (density(t[1], points, at) - density(t[2], points, at))).sum())


def worst(claim: tuple[Tree, str, Tree], seed: int, models: int) -> tuple[int, float]:
    """In how many draws of the parameters both sides exist, and by how much the statement fails at worst."""
    rng = np.random.default_rng(seed)
    left, relation, right = claim
    found, evaluated = -math.inf, 0
    for _ in range(models):
        at = {c: float(np.exp(rng.normal() * 0.7)) if c in POSITIVE else float(rng.normal() * 1.5) for c in LATEX}
        try:
            a, b = float(value(left, at)), float(value(right, at))
        except (ValueError, ZeroDivisionError, OverflowError, TypeError):
            continue
        evaluated += 1
        gap = {"=": abs(a - b), "<=": a - b, ">=": b - a}[relation]
        found = max(found, gap / (1 + abs(a) + abs(b)))
    return evaluated, found


SIGNS = {"=": "=", "<=": r"\le", ">=": r"\ge"}


def written(claim: tuple[Tree, str, Tree], draw: random.Random) -> str:
    """A statement as a document."""
    style = draw.randrange(6)
    return f"$$ {latex(claim[0], style)} {SIGNS[claim[1]]} {latex(claim[2], style)} $$\n"
