"""Statements of the language, drawn from a grammar, with their truth in random models.

A statement is a tree of tuples.  `latex` writes it in one of many styles; `value` evaluates it, from the mathematics, on
finite tables with weighted base measures.  Nothing here knows the package under test.  Variables are x, y, z; laws p, q, r
are joint densities of all three; f, g, h are real functions, u, v, w positive ones.
"""

# ruff: noqa: E501

from __future__ import annotations

import itertools
import math
import random
from fractions import Fraction
from typing import Any

import numpy as np

Tree = Any
VARIABLES = "xyz"


def law(name: str, targets: str, given: str = "") -> Tree:
    return ("law", name, targets, given)


def den(*a: str) -> Tree:
    return ("den", law(*a))


def logd(*a: str) -> Tree:
    return ("log", den(*a))


def mean(over: Tree, body: Tree) -> Tree:
    return ("E", over, body)


def total(*parts: Tree) -> Tree:
    """A sum of trees, or of (coefficient, tree)."""
    return ("sum", tuple((Fraction(c), t) for c, t in ((p if not isinstance(p[0], str) else (1, p)) for p in parts)))


def fn(name: str, arguments: str) -> Tree:
    return ("fn", name, arguments)


def num(n: int | str) -> Tree:
    return ("num", Fraction(n))


def kl(a: Tree, b: Tree) -> Tree:
    return ("KL", a, b)


def div(a: Tree, b: Tree) -> Tree:
    return ("div", a, b)


P, Q, R = (lambda t, g="", n=n: law(n, t, g) for n in "pqr")
H, MI = (lambda n, t: ("H", law(n, t))), (lambda n, a, b: ("I", n, a, b))
F, G, W, V = fn("f", "x"), fn("g", "x"), fn("w", "x"), fn("v", "x")
FXZ, WXZ = fn("f", "xz"), fn("w", "xz")
JOINT = mean(Q("z", "x"), total(logd("p", "xz"), (-1, logd("q", "z", "x"))))
ELBO = total(mean(Q("z", "x"), logd("p", "x", "z")), (-1, kl(Q("z", "x"), P("z"))))

TRUE: list[tuple[Tree, str, Tree]] = [
    (logd("p", "x"), "=", total(JOINT, kl(Q("z", "x"), P("z", "x")))),
    (logd("p", "x"), "=", total(ELBO, kl(Q("z", "x"), P("z", "x")))),
    (logd("p", "x"), ">=", ELBO),
    (logd("p", "x"), ">=", JOINT),
    (mean(R("x"), logd("p", "x")), ">=", mean(R("x"), ELBO)),
    (ELBO, "=", JOINT),
    (logd("p", "x"), "=", ("log", mean(Q("z", "x"), div(den("p", "xz"), den("q", "z", "x"))))),
    (kl(P("xz"), Q("xz")), "=", total(kl(P("x"), Q("x")), mean(P("x"), kl(P("z", "x"), Q("z", "x"))))),
    (kl(P("xz"), Q("xz")), ">=", kl(P("x"), Q("x"))),
    (kl(P("x"), Q("x")), ">=", num(0)),
    (kl(P("z", "x"), Q("z")), ">=", num(0)),
    (kl(P("x"), Q("x")), "=", mean(P("x"), ("log", div(den("p", "x"), den("q", "x"))))),
    (("JSD", P("x"), Q("x")), "<=", ("log", num(2))),
    (("JSD", P("x"), Q("x")), ">=", num(0)),
    (("JSD", P("x"), Q("x")), "=", ("JSD", Q("x"), P("x"))),
    (("JSD", P("x"), Q("x")), "<=", total((Fraction(1, 4), kl(P("x"), Q("x"))), (Fraction(1, 4), kl(Q("x"), P("x"))))),
    (MI("p", "x", "z"), "=", total(H("p", "x"), H("p", "z"), (-1, H("p", "xz")))),
    (MI("p", "x", "z"), ">=", num(0)),
    (MI("p", "x", "z"), "=", MI("p", "z", "x")),
    (MI("p", "x", "z"), "=", mean(P("x"), kl(P("z", "x"), P("z")))),
    (mean(P("x"), kl(P("z", "x"), Q("z"))), "=", total(MI("p", "x", "z"), kl(P("z"), Q("z")))),
    (mean(P("x"), kl(P("z", "x"), Q("z"))), ">=", MI("p", "x", "z")),
    (H("p", "x"), "=", total((-1, mean(P("x"), logd("p", "x"))))),
    (total((-1, mean(P("x"), logd("q", "x")))), "=", total(H("p", "x"), kl(P("x"), Q("x")))),
    (total((-1, mean(P("x"), logd("q", "x")))), ">=", H("p", "x")),
    (H("p", "xz"), "<=", total(H("p", "x"), H("p", "z"))),
    (mean(P("x"), ("log", W)), "<=", ("log", mean(P("x"), W))),
    (mean(P("z", "x"), ("log", WXZ)), "<=", ("log", mean(P("z", "x"), WXZ))),
    (("exp", mean(P("x"), F)), "<=", mean(P("x"), ("exp", F))),
    (("pow", mean(P("x"), F), 2), "<=", mean(P("x"), ("pow", F, 2))),
    (("abs", mean(P("x"), F)), "<=", mean(P("x"), ("abs", F))),
    (mean(P("x"), F), "<=", ("sup", "x", F)),
    (mean(P("x"), F), ">=", ("inf", "x", F)),
    (("sup", "x", total(F, G)), "<=", total(("sup", "x", F), ("sup", "x", G))),
    (mean(P("x"), ("mul", F, G)), "<=", mean(P("x"), total((Fraction(1, 2), ("pow", F, 2)), (Fraction(1, 2), ("pow", G, 2))))),
    (mean(Q("x"), ("mul", div(den("p", "x"), den("q", "x")), F)), "=", mean(P("x"), F)),
    (mean(Q("x"), ("pow", div(den("p", "x"), den("q", "x")), 2)), ">=", num(1)),
    (mean(P("x"), mean(P("z", "x"), FXZ)), "=", mean(P("xz"), FXZ)),
    (mean(P("x"), mean(Q("z", "x"), FXZ)), "=", ("int", "xz", ("mul", ("mul", den("p", "x"), den("q", "z", "x")), FXZ))),
    (mean(P("xz"), F), "=", mean(P("x"), F)),
    (mean(P("x"), total(F, (2, G))), "=", total(mean(P("x"), F), (2, mean(P("x"), G)))),
    (mean(P("x"), ("log", div(den("p", "x"), den("r", "x")))), "=", total(kl(P("x"), Q("x")), mean(P("x"), ("log", div(den("q", "x"), den("r", "x")))))),
    (mean(Q("z", "x"), logd("p", "x")), "=", logd("p", "x")),
    (("int", "z", den("p", "xz")), "=", den("p", "x")),
    (("int", "z", ("mul", den("p", "x", "z"), den("p", "z"))), "=", den("p", "x")),
    (div(("mul", den("p", "x", "z"), den("p", "z")), den("p", "x")), "=", den("p", "z", "x")),
    (("log", ("mul", W, V)), "=", total(("log", W), ("log", V))),
    (("log", ("pow", W, 2)), "=", total((2, ("log", W)))),
    (("sqrt", ("pow", F, 2)), "=", ("abs", F)),
    (mean(P("x"), div(("exp", F), total(("exp", F), ("exp", G)))), "<=", num(1)),
    (total(mean(P("x"), ("pow", F, 2)), (-1, ("pow", mean(P("x"), F), 2))), "=", mean(P("x"), ("pow", total(F, (-1, mean(P("x"), F))), 2))),
    (kl(P("xz"), Q("xz")), "=", total((-1, H("p", "xz")), (-1, mean(P("xz"), logd("q", "xz"))))),
    (mean(P("x"), ("log", total((Fraction(1, 2), den("p", "x")), (Fraction(1, 2), den("q", "x"))))), "<=", mean(P("x"), logd("p", "x"))),
    (total(mean(P("x"), ("log", div(W, total(W, V)))), mean(P("x"), ("log", div(V, total(W, V))))), "<=", total((-2, ("log", num(2))))),
    (mean(P("y"), mean(P("x", "y"), ("log", W))), "<=", ("log", mean(P("x"), W))),
    (MI("p", "x", "yz"), ">=", MI("p", "x", "y")),
    (mean(P("y"), kl(P("x", "y"), Q("x", "y"))), "<=", kl(P("xy"), Q("xy"))),
    (("inf", "x", total(F, G)), ">=", total(("inf", "x", F), ("inf", "x", G))),
    (("exp", total((-1, kl(P("x"), Q("x"))))), "<=", num(1)),
]  # fmt: skip
MARKOV: list[tuple[Tree, str, Tree]] = [  # under x -> y -> z
    (MI("p", "x", "z"), "<=", MI("p", "x", "y")),
    (MI("p", "x", "z"), "<=", MI("p", "y", "z")),
    (den("p", "z", "xy"), "=", den("p", "z", "y")),
    (den("p", "x", "yz"), "=", den("p", "x", "y")),
    (den("p", "xz", "y"), "=", ("mul", den("p", "x", "y"), den("p", "z", "y"))),
    (den("p", "xyz"), "=", ("mul", ("mul", den("p", "x"), den("p", "y", "x")), den("p", "z", "y"))),
    (MI("p", "x", "yz"), "=", MI("p", "x", "y")),
    (logd("p", "xyz"), "=", total(logd("p", "x"), logd("p", "y", "x"), logd("p", "z", "y"))),
    (mean(P("xyz"), logd("p", "z", "xy")), "=", mean(P("yz"), logd("p", "z", "y"))),
    (kl(P("xyz"), Q("xyz")), "=", total(kl(P("xy"), Q("xy")), mean(P("y"), kl(P("z", "y"), Q("z", "y"))))),
    (("int", "y", ("mul", den("p", "y", "x"), den("p", "z", "y"))), "=", den("p", "z", "x")),
    (mean(P("y", "x"), mean(P("z", "y"), fn("f", "z"))), "=", mean(P("z", "x"), fn("f", "z"))),
    (logd("p", "z", "x"), ">=", mean(Q("y"), ("log", div(("mul", den("p", "y", "x"), den("p", "z", "y")), den("q", "y"))))),
    (kl(P("z", "x"), Q("z", "x")), "<=", kl(P("yz", "x"), Q("yz", "x"))),
    (H("p", "xyz"), "=", total(H("p", "xy"), H("p", "yz"), (-1, H("p", "y")))),
]  # fmt: skip
RELATIONS = ("=", "<=", ">=", "<", ">")


# Drawing -------------------------------------------------------------------------------------------------------------


def places(t: Tree, at: tuple[int, ...] = ()) -> list[tuple[tuple[int, ...], Tree]]:
    """All subtrees that are tuples with a head, and where they are."""
    found = [(at, t)] if isinstance(t, tuple) and t and isinstance(t[0], str) and len(t) > 1 else []
    if isinstance(t, tuple):
        for n, part in enumerate(t):
            found += places(part, (*at, n))
    return found


def put(t: Tree, at: tuple[int, ...], new: Tree) -> Tree:
    return new if not at else (*t[: at[0]], put(t[at[0]], at[1:], new), *t[at[0] + 1 :])


def changed(t: Tree, draw: random.Random) -> Tree:
    """A tree with one thing in it changed, to another tree of the same kind."""
    at, part = draw.choice(places(t))
    head = part[0]
    if head == "law":
        _, name, targets, given = part
        options = [law(draw.choice("pqr"), targets, given), law(name, targets, "")]
        if given:
            options += [law(name, given, targets), law(name, targets + given)]
        elif len(targets) > 1:
            options += [law(name, targets[0], targets[1:]), law(name, targets[0])]
        else:
            options += [
                law(name, draw.choice(VARIABLES)),
                law(name, targets, draw.choice(VARIABLES.replace(targets, ""))),
            ]
        return put(t, at, draw.choice(options))
    if head in ("KL", "JSD"):
        return put(t, at, draw.choice([(head, part[2], part[1]), ("JSD" if head == "KL" else "KL", *part[1:])]))
    if head == "sum":
        items = list(part[1])
        n = draw.randrange(len(items))
        c, inner = items[n]
        kind = draw.randrange(4)
        if kind == 0 and len(items) > 1:
            del items[n]
        else:
            items[n] = ((-c, c * 2, c / 2, c * 2)[kind], inner)
        return put(t, at, ("sum", tuple(items)))
    if head == "num":
        return put(t, at, num(draw.choice([0, 1, 2, -1, 3])))
    if head == "fn":
        return put(t, at, fn(draw.choice("fghuvw"), draw.choice(["x", part[2], part[2]])))
    if head == "E":
        body = part[2]
        return put(
            t, at, draw.choice([("log", part), ("exp", part), body, mean(part[1], ("pow", body, 2)), total((-1, part))])
        )
    if head in ("sup", "inf"):
        return put(t, at, ("inf" if head == "sup" else "sup", *part[1:]))
    if head in ("mul", "div"):
        return put(
            t,
            at,
            draw.choice(
                [(head, part[2], part[1]), ("mul" if head == "div" else "div", *part[1:]), total(part[1], part[2])]
            ),
        )
    return put(
        t,
        at,
        draw.choice(
            [
                total((-1, part)),
                part[1] if head in ("log", "exp", "abs", "sqrt", "pow") else part,
                ("abs", part),
                ("pow", part, 2),
            ]
        ),
    )


def statement(draw: random.Random, markov: bool = False) -> tuple[Tree, str, Tree]:
    """A true statement, changed in up to three places."""
    left, relation, right = draw.choice(MARKOV if markov else TRUE)
    for _ in range(draw.choice((0, 1, 1, 1, 2, 2, 3))):
        which = draw.randrange(7)
        if which == 0:
            relation = draw.choice(RELATIONS)
        elif which == 1:
            left, right = right, left
        elif which <= 3:
            left = changed(left, draw)
        else:
            right = changed(right, draw)
    return left, relation, right


# Writing -------------------------------------------------------------------------------------------------------------


class Style:
    """One author's notation; *summed* are the variables that this author sums over, so that they are discrete."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.bar = draw.choice(["|", r" \mid ", r"\,|\,", r"\vert "])
        self.log = draw.choice([r"\log ", r"\ln "])
        self.kl = draw.choice(
            [
                "KL({}\\|{})",
                r"D_{{KL}}({} \,\|\, {})",
                r"D_{{\mathrm{{KL}}}}\left({} \middle\| {}\right)",
                r"\mathrm{{KL}}[{} \parallel {}]",
                r"\operatorname{{KL}}({} || {})",
            ]
        )
        self.e = draw.choice(
            [
                "E_{{{}}}[{}]",
                r"\mathbb{{E}}_{{{}}}\left[ {} \right]",
                r"\mathbb E_{{{}}}\Big[ {} \Big]",
                r"\mathbb{{E}}_{{{}}}\{{ {} \}}",
                r"\mathrm{{E}}_{{{}}}({})",
            ]
        )
        self.sampled = draw.random() < 0.2
        self.integral = draw.random() < 0.2
        self.discrete = draw.random() < 0.2
        self.slash = draw.random() < 0.3
        self.bare = draw.random() < 0.3  # leaves out what the usual reach of logarithms and expectations says
        self.summed: set[str] = set()

    def law(self, t: Tree) -> str:
        _, name, targets, given = t
        return f"{name}({', '.join(targets)}{self.bar + ', '.join(given) if given else ''})"

    def binder(self, names: str, body: str) -> str:
        if self.discrete:
            self.summed |= set(names)
            return rf"\sum_{{{', '.join(names)}}} {body}"
        return r"\int " * len(names) + body + "".join(rf" \,d{v}" for v in names)

    def factor(self, t: Tree) -> str:
        """A tree as a factor of a product."""
        shown = self.latex(t)
        return (
            rf"\left({shown}\right)"
            if t[0] in ("sum", "mul", "div", "int", "log", "sup", "inf", "num") or (self.bare and t[0] == "E")
            else shown
        )

    def latex(self, t: Tree) -> str:
        head = t[0]
        if head == "num":
            return str(t[1].numerator) if t[1].denominator == 1 else rf"\frac{{{t[1].numerator}}}{{{t[1].denominator}}}"
        if head == "den":
            return self.law(t[1])
        if head == "fn":
            return f"{t[1]}({', '.join(t[2])})"
        if head == "log":
            plain = t[1][0] in ("den", "fn", "num") and not (t[1][0] == "num" and t[1][1] < 0)
            if self.bare and t[1][0] in ("mul", "div"):
                return self.log + self.latex(t[1])
            return self.log + (self.latex(t[1]) if plain else rf"\left({self.latex(t[1])}\right)")
        if head == "exp":
            return rf"\exp\left({self.latex(t[1])}\right)"
        if head == "abs":
            return rf"\left|{self.latex(t[1])}\right|"
        if head == "sqrt":
            return rf"\sqrt{{{self.latex(t[1])}}}"
        if head == "pow":
            return rf"\left({self.latex(t[1])}\right)^{t[2]}"
        if head == "mul":
            return f"{self.factor(t[1])} {self.factor(t[2])}"
        if head == "div":
            if self.slash:
                return f"{self.factor(t[1])} / {self.factor(t[2])}"
            return rf"\frac{{{self.latex(t[1])}}}{{{self.latex(t[2])}}}"
        if head in ("KL", "JSD"):
            two = (self.law(t[1]), self.law(t[2]))
            return self.kl.format(*two) if head == "KL" else rf"\mathrm{{JSD}}({two[0]} \| {two[1]})"
        if head == "H":
            return f"H({self.law(t[1])})"
        if head == "I":
            return f"I_{t[1]}({','.join(t[2])}; {','.join(t[3])})"
        if head in ("sup", "inf"):
            return rf"\{head}_{t[1]} {self.factor(t[2])}"
        if head == "int":
            return self.binder(t[1], self.factor(t[2]))
        if head == "E":
            _, over, body = t
            if self.integral:
                return self.binder(over[2], f"{self.law(over)} {self.factor(body)}")
            if self.bare and body[0] in ("den", "fn", "log", "KL", "exp"):
                return rf"\mathbb{{E}}_{{{self.law(over)}}} {self.latex(body)}"
            sampled = self.sampled and not over[3]
            return self.e.format(
                f"{','.join(over[2])} \\sim {over[1]}" if sampled and len(over[2]) == 1 else self.law(over),
                self.latex(body),
            )
        if head == "sum":
            out = ""
            for c, inner in t[1]:
                size = "" if abs(c) == 1 else self.latex(("num", abs(c))) + " "
                shown = (
                    self.factor(inner)
                    if size or c < 0 or inner[0] in ("int", "sum") or (inner[0] == "num" and inner[1] < 0)
                    else self.latex(inner)
                )
                out += (" - " if c < 0 else " + " if out else "") + size + shown
            return out.strip() or "0"
        raise ValueError(head)


SIGNS = {"=": "=", "<=": r"\le", ">=": r"\ge", "<": "<", ">": ">"}


def written(claim: tuple[Tree, str, Tree], draw: random.Random) -> tuple[str, set[str]]:
    """A statement as a document, and the variables that it makes discrete."""
    style = Style(draw)
    if any(t[0] == "law" and t[3] for _, t in places((claim[0], claim[2]))):
        style.sampled = False  # beside p(x | y), x ~ p may be either
    left, right = style.latex(claim[0]), style.latex(claim[2])
    return f"$$ {left} {SIGNS[claim[1]]} {right} $$\n", style.summed


# Truth ---------------------------------------------------------------------------------------------------------------


class Model:
    """Joint tables of the laws over weighted points, and tables of functions; *logged* functions are positive."""

    def __init__(
        self, rng: np.random.Generator, counted: set[str], logged: set[str], sparse: bool = False, markov: bool = False
    ) -> None:
        self.size = {v: int(rng.integers(1, 4)) for v in VARIABLES}
        spread = rng.choice([0.0, 1.0, 3.0])
        self.weight = {
            v: np.exp(spread * rng.normal(size=n)) if v not in counted else np.ones(n) for v, n in self.size.items()
        }
        shape = tuple(self.size.values())
        base = math.prod(np.ix_(*self.weight.values()))
        sharp = rng.choice([0.3, 1.0, 4.0])
        self.joint = {}
        for name in "pqr":
            mass = np.exp(sharp * rng.normal(size=shape)) + 1e-9
            if sparse:
                mass *= rng.random(size=shape) > 0.3
                mass += 1.0 if not mass.any() else 0.0
            mass /= mass.sum()
            if markov:
                middle = mass.sum(axis=(0, 2), keepdims=True)
                first, last = mass.sum(axis=2, keepdims=True), mass.sum(axis=0, keepdims=True)
                mass = first * last / np.where(middle == 0, 1, middle)
            self.joint[name] = mass / base
        if rng.random() < 0.15:
            self.joint["q"] = self.joint["p"]
        self.base = base
        self.rng, self.logged = rng, logged
        self.scale = float(rng.choice([0.3, 1.0, 3.0]))
        self.tables: dict[tuple[str, str], np.ndarray] = {}

    def function(self, name: str, arguments: str) -> np.ndarray:
        key = (name, arguments)
        if key not in self.tables:
            table = self.scale * self.rng.normal(size=tuple(self.size[v] for v in arguments)) + self.rng.normal()
            self.tables[key] = np.exp(table) if name in self.logged else table
        return self.tables[key]

    def marginal(self, name: str, variables: str, at: dict[str, int]) -> float:
        if not variables:
            return 1.0
        gone = tuple(n for n, v in enumerate(VARIABLES) if v not in variables)
        mass = (self.joint[name] * self.base).sum(axis=gone, keepdims=True)
        kept = math.prod(
            [w.reshape([-1 if v == u else 1 for u in VARIABLES]) for v, w in self.weight.items() if v in variables]
        )
        return float((mass / kept)[tuple(0 if v not in variables else at[v] for v in VARIABLES)])

    def density(self, t: Tree, at: dict[str, int]) -> float:
        _, name, targets, given = t
        above = self.marginal(name, targets + given, at)
        return above / self.marginal(name, given, at) if above else 0.0

    def points(self, variables: str) -> Any:
        """The points of some variables with their weights."""
        for place in itertools.product(*(range(self.size[v]) for v in variables)):
            at = dict(zip(variables, place, strict=True))
            yield at, math.prod(float(self.weight[v][n]) for v, n in at.items())

    def value(self, t: Tree, at: dict[str, int]) -> float:
        head = t[0]
        if head == "num":
            return float(t[1])
        if head == "den":
            return self.density(t[1], at)
        if head == "fn":
            return float(self.function(t[1], t[2])[tuple(at[v] for v in t[2])])
        if head in ("log", "exp", "abs", "sqrt"):
            return {"log": math.log, "exp": math.exp, "abs": abs, "sqrt": math.sqrt}[head](self.value(t[1], at))
        if head == "pow":
            return self.value(t[1], at) ** t[2]
        if head == "mul":
            return self.value(t[1], at) * self.value(t[2], at)
        if head == "div":
            return self.value(t[1], at) / self.value(t[2], at)
        if head == "sum":
            return sum(float(c) * self.value(inner, at) for c, inner in t[1])
        if head == "E":
            weighed = ((w * self.density(t[1], {**at, **b}), {**at, **b}) for b, w in self.points(t[1][2]))
            return sum(w * self.value(t[2], place) for w, place in weighed if w)
        if head == "int":
            return sum(w * self.value(t[2], {**at, **b}) for b, w in self.points(t[1]))
        if head in ("sup", "inf"):
            return (max if head == "sup" else min)(self.value(t[2], {**at, **b}) for b, _ in self.points(t[1]))
        if head == "KL":
            found = 0.0
            for b, w in self.points(t[1][2]):
                one, other = (self.density(d, {**at, **b}) for d in t[1:])
                found += w * one * math.log(one / other) if one else 0.0
            return found
        if head == "JSD":
            found = 0.0
            for b, w in self.points(t[1][2]):
                one, other = (self.density(d, {**at, **b}) for d in t[1:])
                for d in (one, other):
                    found += w * d * math.log(2 * d / (one + other)) / 2 if d else 0.0
            return found
        if head == "H":
            densities = ((w, self.density(t[1], {**at, **b})) for b, w in self.points(t[1][2]))
            return -sum(w * d * math.log(d) for w, d in densities if d)
        if head == "I":
            _, name, left, right = t
            found = 0.0
            for b, w in self.points(left + right):
                d = self.marginal(name, left + right, b)
                if d:
                    found += w * d * math.log(d / self.marginal(name, left, b) / self.marginal(name, right, b))
            return found
        raise ValueError(head)


def free(t: Tree) -> set[str]:
    """The variables that a tree mentions and does not bind."""
    head = t[0]
    if head == "law":
        return set(t[2] + t[3])
    if head == "fn":
        return set(t[2])
    if head == "sum":
        return set().union(*(free(inner) for _, inner in t[1]))
    if head in ("sup", "inf", "int"):
        return free(t[2]) - set(t[1])
    if head == "E":
        return (free(t[1]) | free(t[2])) - set(t[1][2])
    if head in ("KL", "JSD"):
        return (free(t[1]) | free(t[2])) - set(t[1][2])
    if head == "H":
        return free(t[1]) - set(t[1][2])
    if head in ("num", "I"):
        return set()
    return set().union(*(free(part) for part in t[1:] if isinstance(part, tuple)))


def sensible(claim: tuple[Tree, str, Tree]) -> bool:
    """Whether divergences compare laws of the same variables, entropies are of no conditional density, nothing is bound twice."""
    for _, t in places((claim[0], claim[2])):
        if t[0] in ("KL", "JSD") and (set(t[1][2]) != set(t[2][2]) or set(t[1][2]) & set(t[2][3] + t[1][3])):
            return False
        if t[0] == "law" and (set(t[2]) & set(t[3]) or len(set(t[2])) < len(t[2])):
            return False
        if t[0] == "H" and t[1][3]:
            return False
        if t[0] == "I" and set(t[2]) & set(t[3]):
            return False
        if t[0] in ("E", "int", "sup", "inf"):
            bound = t[1][2] if t[0] == "E" else t[1]
            for _, inner in places(t[2]):
                again = (
                    inner[1][2]
                    if inner[0] in ("E", "KL", "JSD", "H")
                    else inner[1]
                    if inner[0] in ("int", "sup", "inf")
                    else inner[2] + inner[3]
                    if inner[0] == "I"
                    else ""
                )
                if set(again) & set(bound):
                    return False
    names = {(t[1], t[2]) for _, t in places((claim[0], claim[2])) if t[0] == "fn"}
    return len({n for n, _ in names}) == len(names)


def logged(claim: tuple[Tree, str, Tree]) -> set[str]:
    """The functions that the claim takes logarithms of, which are positive then; u, v, w are by their use in it."""
    found = set()
    for _, t in places((claim[0], claim[2])):
        if t[0] in ("log", "sqrt"):
            found |= {inner[1] for _, inner in places(t[1]) if inner[0] == "fn"}
    return found


def margins(
    claim: tuple[Tree, str, Tree], counted: set[str], seed: int, models: int, sparse: bool = False, markov: bool = False
) -> tuple[int, float]:
    """In how many random models both sides exist, and by how much the statement fails at worst (negative: never).

    Relative to the size of what is compared; a strict relation fails by equality, which is measured as that.
    """
    rng = np.random.default_rng(seed)
    worst, evaluated = -math.inf, 0
    left, relation, right = claim
    variables = "".join(sorted(free(left) | free(right)))
    positive = logged(claim)
    for _ in range(models):
        model = Model(rng, counted, positive, sparse, markov)
        for at, _ in model.points(variables):
            try:
                a, b = model.value(left, at), model.value(right, at)
            except (ValueError, ZeroDivisionError, OverflowError):
                continue  # a side does not exist there
            if not (math.isfinite(a) and math.isfinite(b)) or max(abs(a), abs(b)) > 1e9:
                continue
            evaluated += 1
            gap = {"=": abs(a - b), "<=": a - b, "<": a - b, ">=": b - a, ">": b - a}[relation]
            worst = max(worst, gap / (1 + abs(a) + abs(b)))
    return evaluated, worst
