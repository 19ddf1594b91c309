"""Make a drawn model satisfy a statement's hypotheses, and check that it does.

A hypothesis that gives one density is imposed by reweighting its law: ``p(z | x) = B`` turns the table into
``p(x) B p(rest | x, z)``.  A Markov chain is imposed by chaining pair conditionals; disjoint supports, inverse
functions and images of laws as in :mod:`derivations.refuter.constructions`.  A symbol or a function that stands alone
on one side is defined by the other side.  All else (inequalities, equations between terms) is left to chance: what a
hypothesis mentions is redrawn a few times.  Whatever was done, a model counts only if every hypothesis then holds
exactly at all points.
"""

from __future__ import annotations

from typing import Any

from flint import ctx, fmpq

from derivations.refuter.comparison import Sides
from derivations.refuter.constructions import Components, Disjoint, Inversion, Pushforward, Rest, set_density
from derivations.refuter.fields import BALLS, EXACT, ZERO, DoesNotExist, Unsupported, Value, ball, same
from derivations.refuter.frames import Frame
from derivations.refuter.gradients import Gradient
from derivations.refuter.matrices import draw_symbol
from derivations.refuter.models import ADMISSIBLE, Model, Table, rational
from derivations.refuter.signature import Inverse, Json, Signature, free, is_plain_density

Construction = Components | Disjoint | Gradient | Inversion | Pushforward
PASSES = 4
REDRAWS = 30


class Hypotheses:
    """The hypotheses of a signature's statement, with *extra* equations posed as well."""

    def __init__(self, signature: Signature, extra: list[list[Json]] | None = None) -> None:
        self.signature = signature
        self.unsupported = False
        definitions = {d.hypothesis for found in signature.densities.values() for d in found}
        posed = [h for n, h in enumerate(signature.statement.get("given", [])) if n not in definitions]
        rows = [*posed, *(["=", *pair] for pair in extra or [])]
        self.chains = [Chain(signature, row[1], row[2]) for row in rows if row[0] == "markov"]
        self.constructions: list[Construction] = []
        self.relations = []
        spaces = [row[3] for row in rows if row[0] == "gradient"]
        if any(row[1] not in spaces for row in rows if row[0] == "convex"):
            raise Unsupported("a convex set of points without a function on it")
        for row in rows:
            construction = _construction(signature, *row)
            if construction:
                self.constructions.append(construction)
            elif row[0] not in ("markov", "nondifferentiable", "convex"):
                self.relations.append(Relation(signature, *row))
        self.definitions = []
        for (kind, name), (arguments, body) in signature.definitions.items():
            facts = signature.symbols[name] if kind == "sym" else signature.functions[name]
            admissible = ADMISSIBLE[facts["sign" if kind == "sym" else "range"]]
            self.definitions.append((arguments, Sides.of(signature, EXACT, body, body, arguments), admissible))

    def __bool__(self) -> bool:
        return bool(self.chains or self.relations or self.constructions or self.signature.definitions)

    def settle(self, model: Model) -> bool:
        """Change a model so that the hypotheses hold; False if they do not, or cannot be evaluated (*unsupported*)."""
        self.unsupported = False
        try:
            for _ in range(PASSES):
                touched: set[str] = set()
                for chain in self.chains:
                    chain.impose(model)
                for relation in [*self.relations, *self.constructions]:
                    relation.impose(model, touched)
                if self.hold(model):
                    return True
                if not touched and not self.chains:
                    break
            mentioned = {name for r in self.relations for name in r.names if name[0] in ("sym", "fn")}
            for _ in range(REDRAWS if mentioned else 0):
                self._redraw(model, mentioned)
                for relation in [*self.relations, *self.constructions]:
                    relation.impose(model, set())
                if self.hold(model):
                    return True
        except DoesNotExist:
            return False
        except Unsupported:
            self.unsupported = True
        return False

    def hold(self, model: Model) -> bool:
        """Whether a model satisfies the hypotheses, shown in exact numbers or balls."""
        return (
            all(_is_law(model, name, table) for (name, _), table in model.laws.items())
            and all(chain.holds(model) for chain in self.chains)
            and all(relation.holds(model) for relation in [*self.relations, *self.constructions])
            and self._definitions_in_range(model)
            and _points_in_range(model)
        )

    def _definitions_in_range(self, model: Model) -> bool:
        for variables, sides, admissible in self.definitions:
            with ctx.workprec(128):
                env = sides.program.load(model)
                for points, _ in env[0].grid(variables):
                    value, _ = sides.at(env, points)
                    if not admissible(value if isinstance(value, fmpq) else ball(value)):
                        return False
        return True

    def _redraw(self, model: Model, names: set[tuple[str, str]]) -> None:
        signature = self.signature
        for kind, name in sorted(names):
            if kind == "fn":
                model.functions.pop(name, None)
            elif name not in model.dimensions and name not in signature.located:
                facts = signature.symbols[name]
                model.symbols[name] = draw_symbol(model.rng, facts, model.style, model.dimensions)


def _construction(signature: Signature, kind: str, *parts: Json) -> Construction | None:
    """What imposes a hypothesis that is left to chance otherwise."""
    if kind == "pushforward":
        return Pushforward(signature, *parts)
    if kind == "gradient":
        return Gradient(signature, *parts)
    inverse = Inverse.of(kind, *parts) if kind == "=" else None
    if inverse:
        return Inversion(signature, inverse)
    return Disjoint.of(signature, *parts) or Components.of(signature, *parts) if kind == "=" else None


class Chain:
    """Slots that form a Markov chain, in order, under a law."""

    def __init__(self, signature: Signature, slots: list[str], law: Json) -> None:
        if law[2] or signature.line_slots(law[1]):
            raise Unsupported("a Markov chain of a law with parameters")
        self.name, self.slots = law[1], slots

    def chained(self, model: Model) -> Table:
        """The law's table with the chain imposed."""
        order = model.signature.laws[self.name]
        frame = Frame(model, BALLS)
        places = [order.index(s) for s in self.slots]
        first = frame.density(self.name, (), (self.slots[0],), ())
        pairs = [frame.density(self.name, (), (b,), (a,)) for a, b in zip(self.slots[:-1], self.slots[1:], strict=True)]
        rest = Rest(model, frame, self.name, (), self.slots)
        table = {}
        for p, old in model.law(self.name).items():
            points = [p[i] for i in places]
            value = first[points[0],]
            for pair, a, b in zip(pairs, points[:-1], points[1:], strict=True):
                value = value * pair.get((b, a), ZERO) if value != 0 else value
            table[p] = value * rest.given(tuple(points), old) if value != 0 else value
        return table

    def impose(self, model: Model) -> None:
        """Change the law into one with the chain; its pair marginals stay."""
        model.laws[self.name, ()] = self.chained(model)

    def holds(self, model: Model) -> bool:
        """Whether the law has the Markov property."""
        return self.chained(model) == model.law(self.name)


class Relation:
    """A relation between two terms that must hold at all values of their variables."""

    def __init__(self, signature: Signature, relation: str, left: Json, right: Json) -> None:
        self.signature, self.relation = signature, relation
        self.variables = tuple(signature.free_variables(left, right))
        self.names = free(left) | free(right)
        variables = [v for v in self.variables if signature.kind(v) == "var"]
        if any(signature.variable_space(v) in signature.lines for v in variables):
            raise Unsupported("a hypothesis at all points of a real line")
        self.sides = Sides.of(signature, EXACT, left, right, self.variables)
        self.imposable = []
        if relation == "=":
            for number, (side, other) in enumerate(((left, right), (right, left))):
                if (
                    is_plain_density(side)
                    and not signature.line_slots(side[1][1])
                    and set(signature.free_variables(other)) <= set(signature.free_variables(side))
                ):
                    self.imposable.append((side, number))

    def impose(self, model: Model, touched: set[str]) -> None:
        """Reweight one law so that the equation holds; laws that earlier hypotheses set are left alone if possible."""
        if not self.imposable:
            return
        slots = self.signature.laws
        side, number = min(self.imposable, key=lambda s: (s[0][1][1] in touched, len(slots[s[0][1][1]]), s[1]))
        _, (_, law, parameters), targets, given = side
        env = self.sides.program.load(model)
        frame = env[0]
        key = self.sides.program.key(parameters)(env) if parameters else ()
        values: dict[tuple[Any, ...], Value] = {}
        arguments = [(t[0], t[1] if t[0] == "var" else self._point(frame, s, t)) for s, t in [*targets, *given]]
        for assignment, _ in env[0].grid(self.variables):
            where = dict(zip(self.variables, assignment, strict=True))
            value = self.sides.at(env, assignment)[1 - number]
            if not isinstance(value, fmpq):
                raise Unsupported("a law given by numbers that are not rational")
            if value < 0:
                raise DoesNotExist("a law given by negative numbers")
            values[tuple(where[a] if kind == "var" else a for kind, a in arguments)] = value
        set_density(model, frame, law, key, ([s for s, _ in targets], [s for s, _ in given]), values)
        touched.add(law)

    def _point(self, frame: Frame, slot: str, term: Json) -> Any:
        return frame.point(self.signature.space[slot], rational(term[1]))

    def holds(self, model: Model) -> bool:
        """Whether the relation holds at all points, for certain."""
        with ctx.workprec(128):
            env = self.sides.program.load(model)
            return all(
                _certain(self.relation, *self.sides.at(env, assignment))
                for assignment, _ in env[0].grid(self.variables)
            )


def _certain(relation: str, left: Value, right: Value) -> bool:
    equal = same(left, right)
    if relation in ("=", "!="):
        return equal if relation == "=" else not ball(left).overlaps(ball(right))
    if equal:
        return relation in ("<=", ">=")
    a, b = ball(left), ball(right)
    return bool(a < b) if relation in ("<=", "<") else bool(a > b)


def _points_in_range(model: Model) -> bool:
    """Whether the functions into spaces take values of their declared ranges."""
    signature = model.signature
    return all(
        ADMISSIBLE[signature.functions[f]["range"]](model.spaces[space].values[point])
        for f, space in signature.points.items()
        for point in model.functions.get(f, {}).values()
    )


def _is_law(model: Model, name: str, table: Table) -> bool:
    """Whether a table is a density of total mass one."""
    total = ZERO
    for points, weight in model.cells(model.signature.laws[name], name):
        value = table[points]
        if value < 0:
            return False
        total = total + weight * value
    return bool(total == 1)
