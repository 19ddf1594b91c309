"""Statements that differ from another in one side, looked at in models of that other one.

The models are drawn, and the side that stays is evaluated, once for all of them.  Main definition: `Neighbourhood`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

from derivations.refuter import form
from derivations.refuter.comparison import Comparison, excess
from derivations.refuter.evaluation import Closure, Env
from derivations.refuter.fields import DoesNotExist, Unsupported
from derivations.refuter.models import Point
from derivations.refuter.refutation import TRIES
from derivations.refuter.search import Search
from derivations.refuter.signature import ARITHMETIC, INTEGRALS, LEAVES, Json, bound, walk

# Terms of these heads mean something in any model that has their names; densities and functions are looked at closer.
ORDINARY = frozenset({*ARITHMETIC, *LEAVES, *INTEGRALS, "pow", "sum", "prod"}) - {"W"}


@dataclass
class _Model:
    """A model as an environment, the points of the free variables, and the values there of the sides that stay."""

    env: Env
    assignments: list[tuple[Point, ...]]
    values: dict[str, list[float]] = field(default_factory=dict)


class Neighbourhood:
    """A statement in whose models others are looked at: enough to choose among them, never to decide."""

    def __init__(self, statement: dict[str, Json], seed: int = 0) -> None:
        self.declared = statement["declare"]
        self.models: dict[int, _Model | None] = {}
        self.shaped = any(f["shape"] for table in ("variables", "symbols") for f in self.declared[table].values())
        self.search: Search | None = None
        try:
            search = Search(statement, seed)
        except Unsupported:
            return
        if not (search.sampled or search.sampler.searched):
            self.search = search

    def agrees(self, declared: dict[str, Json], term: Json, edited: str) -> bool | None:
        """Whether the first model with finite sides agrees with the statement, with a term for one of its sides.

        *edited* is that side, ``"lhs"`` or ``"rhs"``; *declared* says what the names in the term are.  False also where
        both sides are finite in none of a few models; None if models of the one statement need not be models of the
        other.
        """
        if self.search is None or not self._covers(self.search, declared, term):
            return None
        comparison, program = self.search.comparison, self.search.comparison.floats.program
        kept, other = ("rhs", comparison.floats.right) if edited == "lhs" else ("lhs", comparison.floats.left)
        try:
            if self.shaped:  # the same names may be put together in a way that means nothing
                form.check({"declare": self.declared, "lhs": term, "rhs": ["num", "0"]})
            program.around = [(self.search.signature.kind(v), v) for v in comparison.variables]
            new = program.compile(term)
            for number in range(TRIES):
                model = self._model(self.search, number)
                if model is None:
                    continue
                if kept not in model.values:
                    model.values[kept] = self._values(comparison, model, other)
                values = [self._values(comparison, model, new), model.values[kept]]
                pairs = zip(*(values if edited == "lhs" else values[::-1]), strict=True)
                sizes = [excess(comparison.relation, a, b) for a, b in pairs if math.isfinite(a) and math.isfinite(b)]
                if sizes:
                    return not comparison.suspicious(max(sizes))
        except Unsupported:
            return None
        return False

    def _model(self, search: Search, number: int) -> _Model | None:
        if number not in self.models:
            self.models[number] = None
            model = search.draw(number, "generic")
            if model is not None:
                env = search.comparison.floats.program.load(model)
                self.models[number] = _Model(env, search.comparison.assignments(env))
        return self.models[number]

    @staticmethod
    def _values(comparison: Comparison, model: _Model, side: Closure) -> list[float]:
        """A side at the points of the free variables, NaN where it does not exist."""
        floats, env = comparison.floats, model.env
        env += [None] * (len(floats.program.places) + 1 - len(env))
        values = []
        for assignment in model.assignments:
            floats.put(env, assignment)
            try:
                values.append(side(env))
            except DoesNotExist:
                values.append(math.nan)
        return values

    @cached_property
    def _bound(self) -> set[str]:
        return {name[1] for u in self.search.signature.nodes for name in bound(u)} if self.search else set()

    @cached_property
    def _known(self) -> dict[str, list[Json]]:
        """The terms in the statement, by their heads."""
        found: dict[str, list[Json]] = {}
        for u in self.search.signature.nodes if self.search else []:
            found.setdefault(u[0], []).append(u)
        return found

    def _covers(self, search: Search, declared: dict[str, Json], term: Json) -> bool:
        """Whether models of the statement are models for a term, which says nothing new of its names."""
        signature = search.signature
        if any(
            self.declared[table].get(name) != facts for table in declared for name, facts in declared[table].items()
        ) or not set(signature.free_variables(term)).issubset(search.comparison.variables):
            return False
        settled = bool(signature.lines)  # there a law is what a formula says
        posed = bool(search.hypotheses)  # functions, and laws with parameters, are what hypotheses say
        for u in walk(term):
            new = u[0] not in ORDINARY and u not in self._known.get(u[0], ())
            if new and u[0] == "den":
                new = settled or (posed and u[1][2]) or not self._ordinary(search, u)
            elif new and u[0] == "fn":
                new = settled or posed or u[1] in signature.points
            if new or any(name[1] not in self._bound for name in bound(u)):
                return False
        return True

    @staticmethod
    def _ordinary(search: Search, density: Json) -> bool:
        """Whether a density of a known law is taken at variables that range over the spaces of its slots."""
        signature = search.signature
        _, (_, law, parameters), targets, given = density
        return (
            set(signature.laws.get(law, ())).issuperset(slot for slot, _ in (*targets, *given))
            and bool(parameters) == (law in signature.parametric)
            and all(
                t[0] == "var"
                and signature.variable_space(t[1]) == signature.space_of(slot)
                and signature.variables[t[1]]["shape"] == ([v] if (v := signature.whole.get((law, slot))) else [])
                for slot, t in (*targets, *given)
            )
        )
