"""Random models: small and simple ones, generic, sparse and nearly degenerate ones, neighbours of a model."""

from __future__ import annotations

from random import Random
from typing import Any

from flint import fmpq

from derivations.refuter.fields import ONE, Unsupported
from derivations.refuter.matrices import draw_symbol
from derivations.refuter.models import (
    ADMISSIBLE,
    REALS,
    UNIT,
    WEIGHTS,
    Model,
    Space,
    Table,
    draw_number,
    integer,
    rational,
    rationals,
)
from derivations.refuter.signature import Json, Signature

STYLES = ("simple", "generic", "simple", "degenerate", "generic", "sparse", "wild", "product")
FACTORS = rationals("1/100 1/10 1/2 2 10 100")


class Sampler:
    """Draws models of a signature, deterministic in the seed; the first ones are small and positive."""

    COST = 30_000

    def __init__(self, signature: Signature, seed: int) -> None:
        self.signature, self.seed = signature, seed
        self.loops = signature.loops()
        self.searched = not signature.heads.isdisjoint(("sup", "inf"))
        self.spaces = sorted(set(signature.space.values()) - signature.lines)
        self.extents = {n: (f["shape"][0] if f["shape"] else None) for n, f in signature.variables.items()}

    def draw(self, number: int, style: str | None = None) -> Model:
        """Model by number."""
        style = STYLES[number % len(STYLES)] if style is None else style
        seed = self.seed * 1_000_003 + number
        rng = Random(seed)
        signature = self.signature
        dimensions = {d: rng.choice((1, 2, 2, 3)) for d in signature.dimensions}
        least = {s: len(signature.literals.get(s, ())) for s in self.spaces}
        sizes = {s: max(2, least[s]) for s in self.spaces}
        if style == "tiny" or self.searched:
            dimensions = dict.fromkeys(signature.dimensions, 1 + (number % 3 == 2))
        elif number >= 2:
            for s in self.spaces:
                size = rng.choice((2, 2, 2, 2, 2, 3, 3, 4, 1) if style != "simple" else (2, 2, 2, 3))
                sizes[s] = max(size, least[s])
        for inverse in 2 * signature.inverses:
            values = signature.points.get(inverse.inner[1])
            if values is not None:
                sizes[values] = max(sizes[values], sizes[signature.variable_space(inverse.variable)])
        self._restrain(sizes, dimensions, rng)
        model = Model(signature, {}, dimensions, style=style, seed=seed, source=rng)
        for s, n in sizes.items():
            model.spaces[s] = self._space(s, n, 0 if style == "tiny" else number, rng)
        model.reals = tuple(rng.sample(REALS, 2))
        for name, facts in signature.symbols.items():
            model.symbols[name] = self._symbol(name, facts, model)
        for name in signature.laws:
            if name not in signature.parametric and not signature.line_slots(name):
                model.law(name)
        if style == "twins" or (style in ("wild", "sparse") and rng.random() < 0.5):
            _make_twins(model)
        return model

    def _restrain(self, sizes: dict[str, int], dimensions: dict[str, int], rng: Random) -> None:
        """Shrink spaces until one evaluation stays affordable."""

        def cost() -> int:
            total = 0
            for names, size in self.loops.items():
                work = size
                for n in names:
                    extent = self.extents[n]
                    work *= sizes.get(self.signature.variable_space(n), 1) ** (
                        1 if extent is None else integer(extent, dimensions)
                    )
                total += work
            for law, slots in self.signature.laws.items():
                work = 1
                for s in slots:
                    extent = self.signature.whole.get((law, s))
                    work *= sizes.get(self.signature.space[s], 1) ** (
                        1 if extent is None else integer(extent, dimensions)
                    )
                total += work
            return total

        while cost() > self.COST:
            large = [s for s in self.spaces if sizes[s] > 1]
            if not large:
                raise Unsupported("more nested binders than can be evaluated")
            widest = [s for s in large if sizes[s] > 2] or large
            sizes[rng.choice(widest)] -= 1

    def _space(self, space: str, size: int, number: int, rng: Random) -> Space:
        fixed = [rational(t) for t in sorted(self.signature.literals.get(space, ()))][:size]
        others = self._numbers(space, size, number, rng)
        values = sorted(fixed + [v for v in others if v not in fixed][: size - len(fixed)])
        if space in self.signature.discrete or number % 2 == 0:
            weights = [ONE] * size
        elif number % 8 == 3:
            weights = [fmpq(rng.randint(1, 9), 10 ** rng.randint(0, 4)) for _ in range(size)]
        else:
            weights = [rng.choice(WEIGHTS) for _ in range(size)]
        return Space(tuple(values), tuple(weights))

    def _numbers(self, space: str, size: int, number: int, rng: Random) -> list[fmpq]:
        """Numbers for the points of a space, admissible as values of the functions and symbols that fill its slots."""
        signature = self.signature
        declared = [signature.functions[f]["range"] for f, s in signature.points.items() if s == space]
        declared += [signature.symbols[a]["sign"] for a, s in signature.located.items() if s == space]
        if not declared:
            return [fmpq(i) for i in range(size)] if number % 3 == 0 else rng.sample(REALS, size)
        pool = UNIT if "unit" in declared else [fmpq(i) for i in range(size + 1)] if number % 3 == 0 else REALS
        fitting = [v for v in pool if all(ADMISSIBLE[d](v) for d in declared)]
        return fitting[:size] if number % 3 == 0 else rng.sample(fitting, size)

    def _symbol(self, name: str, facts: dict[str, Json], model: Model) -> Any:
        if name in model.dimensions:
            return fmpq(model.dimensions[name])
        if name in self.signature.located:
            values = [v for v in model.spaces[self.signature.located[name]].values if ADMISSIBLE[facts["sign"]](v)]
            if not values:
                raise Unsupported("a symbol in a space without a point of its sign")
            return model.rng.choice(values)
        return draw_symbol(model.rng, facts, model.style, model.dimensions)


def _make_twins(model: Model) -> None:
    """Give laws over the same slots the same table: where divergences vanish, strict inequalities fail."""
    first: dict[tuple[str, ...], Table] = {}
    for (name, key), table in model.laws.items():
        model.laws[name, key] = first.setdefault(tuple(model.signature.laws[name]), table)


def neighbour(model: Model, step: int) -> Model:
    """A model that differs in one law, function value or symbol."""
    other = model.copy()
    rng = other.source = Random(model.seed * 31 + step)
    choices: list[tuple[str, Any]] = [("law", law) for law in sorted(model.laws)]
    choices += [("sym", s) for s in sorted(model.symbols) if s not in model.dimensions]
    choices += [("fn", f) for f in sorted(model.functions) if f not in model.signature.points]
    if not choices:
        return other
    kind, name = rng.choice(choices)
    if kind == "law":
        cells = model.cells(model.signature.laws[name[0]], name[0])
        table = dict(model.laws[name])
        changed, _ = rng.choice(cells)
        table[changed] = (table[changed] if table[changed] != 0 else ONE) * rng.choice(FACTORS)
        total = sum((table[p] * w for p, w in cells), fmpq(0))
        other.laws[name] = {p: v / total for p, v in table.items()}
    elif kind == "sym" and name not in model.signature.located:
        other.symbols[name] = draw_symbol(rng, model.signature.symbols[name], "wild", model.dimensions)
    elif kind == "fn" and model.functions[name]:
        key = rng.choice(sorted(model.functions[name]))
        other.functions[name][key] = draw_number(rng, model.signature.functions[name]["range"], "wild")
    return other
