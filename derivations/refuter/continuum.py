"""Models on the real line: Gaussian laws, polynomials for functions, integrals by moments.

A space is a line if its variable is integrated against a normal density (or differentiated).  A law on lines is a table
over its other slots times a chain of linear-Gaussian densities, unless hypotheses say what it is.  Its densities are
:class:`GaussianSum` functions of placeholder coordinates, one for each slot and component, into which the arguments are
put.  What leaves this class (the logarithm of a mixture, an absolute value) is ``Unsupported``.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import fmpq

from derivations.refuter.fields import ONE, DoesNotExist, Unsupported, Value
from derivations.refuter.frames import Frame
from derivations.refuter.gaussian import Coordinate, GaussianSum, normal_density
from derivations.refuter.models import Rest
from derivations.refuter.signature import Json

if TYPE_CHECKING:
    from derivations.refuter.evaluation import Closure, Env, Program

Forms = dict[tuple[Any, ...], Value]


def integral(program: Program, names: list[str], integrand: Closure) -> Closure:
    """The integral over variables of which some range over the real line."""
    signature, field = program.signature, program.field
    lines = [v for v in names if signature.variable_space(v) in signature.lines]
    others = tuple(v for v in names if v not in lines)
    places = [program.place("var", v) for v in names]
    line_places = [program.place("var", v) for v in lines]
    other_places = [program.place("var", v) for v in others]

    def integral(env: Env) -> Value:
        frame: Frame = env[0]
        outer = [env[i] for i in places]
        coordinates: list[Coordinate] = []
        for v, i in zip(lines, line_places, strict=True):
            env[i], own = frame.coordinates(v)
            coordinates += own
        total = field.number(fmpq(0))
        try:
            for points, weight in frame.grid(others):
                for i, p in zip(other_places, points, strict=True):
                    env[i] = p
                value = integrand(env)
                if field.vanishes(value):
                    continue
                if not isinstance(value, GaussianSum):
                    raise DoesNotExist("the integral of a constant over the real line")
                value = value.integrated(coordinates, field)
                total = total + (value if weight is None else weight * value)
        finally:
            for i, p in zip(places, outer, strict=True):
                env[i] = p
        return total

    return integral


def gradient(program: Program, term: Json) -> Closure:
    """The partial derivative in a scalar variable on the real line."""
    _, (_, name), body = term
    place, field = program.place("var", name), program.field
    value = program.compile(body)

    def gradient(env: Env) -> Value:
        outer = env[place]
        env[place], own = env[0].coordinates(name)
        try:
            result = value(env)
        finally:
            env[place] = outer
        if not isinstance(result, GaussianSum):
            return field.number(fmpq(0))
        return result.derivative(own[0]).substituted({own[0]: outer}, field)

    return gradient


def function(program: Program, term: Json) -> Closure:
    """A function of real numbers: a polynomial, or for another range an exponential or a square of one."""
    name, range_ = term[1], program.signature.functions[term[1]]["range"]
    parts = [program.compile(t) for t in term[2]]
    field = program.field

    def function(env: Env) -> Value:
        arguments: list[Value] = []
        for part in parts:
            value = part(env)
            arguments += value if isinstance(value, tuple) else (value,)
        constant, slopes, curvature = env[0].model.polynomial(name, len(arguments))
        affine = field.number(constant)
        for slope, argument in zip(slopes, arguments, strict=True):
            affine = affine + argument * field.number(slope)
        first = arguments[0]
        if range_ == "real":
            return affine + first * first * field.number(curvature)
        if range_ == "nonnegative":
            return affine * affine
        return field.exp(affine if range_ == "positive" else -(affine * affine))

    return function


def density(program: Program, term: Json) -> Closure:
    """A density of a law some of whose slots range over the real line."""
    _, (_, law, parameters), targets, given = term
    signature, field = program.signature, program.field
    arguments = [*targets, *given]
    slots, conditions = tuple(s for s, _ in targets), tuple(s for s, _ in given)
    parts = [(s, program.point(signature.space[s], t)) for s, t in arguments]
    line = {s for s in slots + conditions if signature.space[s] in signature.lines}
    key = program.key(parameters) if parameters else None
    joint = _joint(program, law, parameters)

    def density(env: Env) -> Value:
        frame: Frame = env[0]
        forms = _forms(frame, law, key(env) if key else (), slots, conditions, lambda: joint(env))
        cell: list[Any] = []
        values: dict[Coordinate, Value] = {}
        for s, part in parts:
            point = part(env)
            if s in line:
                components = point if isinstance(point, tuple) else (point,)
                values |= {(s, i): c for i, c in enumerate(components)}
            else:
                cell.append(point)
        form = forms.get(tuple(cell))
        if form is None:
            raise DoesNotExist("a density given a condition of probability zero")
        return form.substituted(values, field) if isinstance(form, GaussianSum) else form

    return density


def _joint(program: Program, law: str, parameters: Json) -> Callable[[Env], Forms]:
    """The joint density of a law by the finite points of its slots: defined densities times a random rest."""
    signature, field = program.signature, program.field
    order = signature.laws[law]
    defined = []
    bound: set[str] = set()
    free_slots = [s for s in order if not any(s in d.targets for d in signature.densities.get(law, []))]
    for d in signature.densities.get(law, []):
        if d.parameters != parameters:
            raise Unsupported(f"the law {law} with parameters other than those of a hypothesis")
        if not set(d.given) <= set(free_slots) | bound:
            raise Unsupported(f"densities of {law} that do not form a chain")
        bound |= set(d.targets)
        (closure,) = program.inside([("var", v) for _, v in d.variables], d.density)
        defined.append(([(s, program.place("var", v)) for s, v in d.variables], closure))
    finite = [s for s in order if signature.space[s] not in signature.lines]
    key = program.key(parameters) if parameters else None

    def joint(env: Env) -> Forms:
        frame: Frame = env[0]
        forms: Forms = {}
        rest = frame.model.rest(law, key(env) if key else (), tuple(free_slots))
        for cell, _ in frame.model.cells(finite, law):
            where = dict(zip(finite, cell, strict=True))
            value = _rest_density(frame, law, rest, where)
            for variables, closure in defined:
                outer = [env[i] for _, i in variables]
                try:
                    for s, i in variables:
                        env[i] = where[s] if s in where else _placeholder(frame, law, s)
                    value = value * closure(env)
                finally:
                    for (_, i), v in zip(variables, outer, strict=True):
                        env[i] = v
            if not field.vanishes(value):
                forms[cell] = value
        return forms

    return joint


def _rest_density(frame: Frame, law: str, rest: Rest, where: dict[str, Any]) -> Value:
    """The density of the slots that no hypothesis defines: a table times a linear-Gaussian chain."""
    field, number = frame.field, frame.field.number
    value: Value = number(rest.table[tuple(where[s] for s in rest.slots)])
    before: list[Value] = []
    for slot, mean, slopes, variance in rest.chain:
        point = _placeholder(frame, law, slot)
        for component in point if isinstance(point, tuple) else (point,):
            centre: Value = number(mean)
            for slope, earlier in zip(slopes, before, strict=False):
                centre = earlier * number(slope) + centre
            value = normal_density(component, centre, number(variance), field) * value
            before.append(component)
    return value


def _placeholder(frame: Frame, law: str, slot: str) -> Value:
    one = frame.field.number(ONE)
    extent = frame.model.extent(frame.model.signature.whole.get((law, slot)))
    if extent is None:
        return GaussianSum.coordinate((slot, 0), one)
    return tuple(GaussianSum.coordinate((slot, i), one) for i in range(extent))


def _forms(
    frame: Frame, law: str, key: Any, targets: tuple[str, ...], given: tuple[str, ...], joint: Callable[[], Forms]
) -> Forms:
    """A marginal or conditional density by the finite points of its slots."""
    name = (law, key, targets, given, "forms")
    found: Forms | None = frame.densities.get(name)
    if found is None:
        found = _marginal(frame, law, key, targets + given, joint)
        if given:
            below = _marginal(frame, law, key, given, joint)
            finite = [s for s in targets + given if s in frame.model.finite_slots(law)]
            conditions = [n for n, s in enumerate(finite) if s in given]
            found = {
                cell: form * frame.field.power(below[tuple(cell[n] for n in conditions)], Fraction(-1))
                for cell, form in found.items()
            }
        frame.densities[name] = found
    return found


def _marginal(frame: Frame, law: str, key: Any, slots: tuple[str, ...], joint: Callable[[], Forms]) -> Forms:
    name = (law, key, slots, "marginal")
    found: Forms | None = frame.densities.get(name)
    if found is not None:
        return found
    whole = (law, key, "joint")
    if whole not in frame.densities:
        frame.densities[whole] = joint()
    model, field = frame.model, frame.field
    finite, order = model.finite_slots(law), model.signature.laws[law]
    weights = dict(model.cells([s for s in finite if s not in slots], law))
    outside: list[Coordinate] = []
    for s in order:
        if s not in slots and s not in finite:
            extent = model.extent(model.signature.whole.get((law, s)))
            outside += [(s, i) for i in range(1 if extent is None else extent)]
    found = {}
    for cell, form in frame.densities[whole].items():
        where = dict(zip(finite, cell, strict=True))
        weight = weights[tuple(where[s] for s in finite if s not in slots)]
        inner = form.integrated(outside, field) if outside else form
        inner = inner if weight == 1 else inner * field.number(weight)
        place = tuple(where[s] for s in slots if s in where)
        found[place] = found[place] + inner if place in found else inner
    frame.densities[name] = found
    return found
