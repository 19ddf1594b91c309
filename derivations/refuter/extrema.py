"""Suprema and infima, enclosed from both sides where that is possible.

Over a variable of a finite space they are maxima.  Over numbers (symbols, values of functions, probabilities of laws) a
candidate bounds a supremum from below and branch and bound over boxes of intervals from above (Moore, Kearfott and
Cloud, *Introduction to Interval Analysis*, 2009, ch. 5); the number of boxes grows with the working precision, so a
comparison that asks for more digits also gets tighter bounds.  A functional that is linear in a law has its extrema at
point masses.  A functional that adds up over the points of a space is maximised point by point.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flint import arb, ctx, fmpq

from derivations.refuter.classes import over_class
from derivations.refuter.fields import ONE, ZERO, DoesNotExist, Unsupported, Value
from derivations.refuter.intervals import INFINITY, NEGATIVE_INFINITY, Interval, bounds, greatest
from derivations.refuter.signature import Json, bound, free, subterms, walk

if TYPE_CHECKING:
    from derivations.refuter.evaluation import Closure, Env, Program

Setter = Callable[["Env", Value], None]
Domain = tuple[Interval, tuple[fmpq, ...]]
"""The closure of the numbers searched, and rational numbers that certainly belong to them."""

DIMENSIONS = 3
VERTICES = 64
GRID = 16
MOST_WORK = 12_000
VAST = 1e300
BOXES = {64: 40, 128: 160, 256: 640}
MOST_BOXES = 2500

LINE = Interval(NEGATIVE_INFINITY, INFINITY)
HALF_LINE = Interval(arb(0), INFINITY)
UNIT_INTERVAL = Interval(arb(0), arb(1))
DOMAINS: dict[str, Domain] = {
    "real": (LINE, (ZERO, ONE, -ONE)),
    "nonzero": (LINE, (ONE, -ONE)),
    "nonnegative": (HALF_LINE, (ZERO, ONE)),
    "positive": (HALF_LINE, (ONE,)),
    "unit": (UNIT_INTERVAL, (ZERO, ONE)),
}


def extremum(program: Program, term: Json) -> Closure:
    """The closure of a ``sup`` or ``inf`` term."""
    head, binder, body = term
    kind, name = binder[0], binder[1]
    shown = "fn" if kind == "function" else kind
    for hypothesis in program.signature.statement.get("given", []):
        if hypothesis[0] != "markov" and any((shown, name) in free(t) for t in hypothesis[1:]):
            raise Unsupported(f"an extremum over {name}, which a hypothesis restricts")
    if (shown, name) not in free(body):
        return program.compile(body)
    if any(t[0] == "grad" for t in walk(body)):
        raise Unsupported("an extremum of a gradient")
    if kind == "function" and len(binder) == 4:
        return over_class(program, head == "sup", binder, body)
    if kind == "function":
        separated = pointwise(program, head, binder, body)
        if separated is not None:
            return program.compile(separated)
    if kind == "var":
        (value,) = program.inside([("var", name)], body)
        return _over_variable(program, head == "sup", name, value)
    fresh = (shown, name) not in program.volatile
    program.volatile.add((shown, name))
    value = program.compile(body)
    if fresh:
        program.volatile.discard((shown, name))
    if kind == "sym":
        facts = program.signature.symbols.get(name)
        if facts and facts["shape"]:
            raise Unsupported("an extremum over a vector symbol")
        domain = DOMAINS[binder[2] if len(binder) > 2 else program.signature.symbols[name]["sign"]]
        place = program.place("sym", name)

        def assign(env: Env, v: Value) -> None:
            env[place] = v

        return _over_numbers(program, head == "sup", value, lambda env: ([assign], [domain]), [place])
    if kind == "function":
        return _over_function(program, head == "sup", name, binder[2], body, value)
    return _over_law(program, head == "sup", name, body, value)


# Numbers ---------------------------------------------------------------------------------------------------------


def _over_numbers(
    program: Program,
    upwards: bool,
    value: Closure,
    coordinates: Callable[[Env], tuple[list[Setter], list[Domain]]],
    places: list[int],
) -> Closure:
    """The extremum over some coordinates, each with a setter and a domain."""
    search = _search_floats if program.field.name == "floats" else _search_boxes

    def extremal(env: Env) -> Value:
        saved = [env[i] for i in places]
        setters, domains = coordinates(env)

        frame = env[0]

        def objective(point: Any) -> Value:
            frame.work += 1
            if frame.work > MOST_WORK:
                raise Unsupported("extrema that take too long to enclose")
            for setter, v in zip(setters, point, strict=True):
                setter(env, v)
            result = value(env)
            return result if upwards else -result

        try:
            best = search(objective, domains)
        finally:
            for i, v in zip(places, saved, strict=True):
                env[i] = v
        return best if upwards else -best

    return extremal


def _search_boxes(objective: Callable[[Any], Value], domains: list[Domain]) -> Value:
    """An enclosure of the supremum by best-first branch and bound."""
    low = NEGATIVE_INFINITY

    def improve(point: tuple[fmpq, ...]) -> None:
        nonlocal low
        below = bounds(objective(point))[0]
        if below > low:
            low = below if below < VAST else arb(VAST)

    for corner in itertools.islice(itertools.product(*(inside for _, inside in domains)), VERTICES):
        improve(corner)
    start = tuple(interval for interval, _ in domains)
    if not start:
        return objective(())
    if len(start) > DIMENSIONS:
        improve(tuple(interval.inner() for interval in start))
        return Interval(low, INFINITY)
    heap = [(-math.inf, 0, start, INFINITY)]
    limit = BOXES.get(ctx.prec, MOST_BOXES)
    for count in range(1, limit):
        _, _, box, high = heap[0]
        if bool(high - low < abs(low) * 1e-15 + 1e-18):
            break
        heapq.heappop(heap)
        widest = max(range(len(box)), key=lambda i: box[i].width())
        halves = box[widest].split()
        improve(tuple(interval.inner() for interval in box))
        for number, half in enumerate(halves):
            part = (*box[:widest], half, *box[widest + 1 :])
            above = bounds(objective(part))[1]
            if not above < low:
                heapq.heappush(heap, (-float(above), 2 * count + number, part, above))
        if not heap:
            return Interval(low, low)
    return Interval(low, heap[0][3])


def _search_floats(objective: Callable[[Any], Value], domains: list[Domain]) -> Value:
    """A candidate for the supremum: a grid, then one coordinate at a time by golden sections."""

    def value(point: list[float]) -> float:
        try:
            result = float(objective(point))
        except DoesNotExist:
            return -math.inf
        return result if result == result else -math.inf

    if not domains:
        return objective(())
    maps = [_from_unit(interval) for interval, _ in domains]
    steps = GRID if len(maps) == 1 else 4
    best, where = -math.inf, [0.5] * len(maps)
    grid = [i / steps for i in range(steps + 1)]
    corners = itertools.product(*([grid] * len(maps))) if len(maps) <= DIMENSIONS else iter([tuple(where)])
    for units in corners:
        found = value([m(u) for m, u in zip(maps, units, strict=True)])
        if found > best:
            best, where = found, list(units)
    for _ in range({1: 1, 2: 3, 3: 3}.get(len(maps), 0)):
        for i in range(len(maps)):
            a, b = max(0.0, where[i] - 1 / steps), min(1.0, where[i] + 1 / steps)
            for _ in range(30):
                u, v = a + 0.382 * (b - a), a + 0.618 * (b - a)
                points = [[m(w) for m, w in zip(maps, [*where[:i], t, *where[i + 1 :]], strict=True)] for t in (u, v)]
                left, right = value(points[0]), value(points[1])
                if left < right:
                    a = u
                else:
                    b = v
                if max(left, right) >= best:
                    best, where[i] = max(left, right), (u if left >= right else v)
    # What looks infinite is left to the boxes to judge: their lower bound may already contradict the statement.
    return min(best, VAST)


def _from_unit(interval: Interval) -> Callable[[float], float]:
    """A map from [0, 1] onto (most of) an interval, its ends included where they are finite."""
    if interval.high.is_finite():
        low, width = float(interval.low), interval.width()
        return lambda u: low + width * u
    if interval.low.is_finite():
        low = float(interval.low)
        return lambda u: low + u / (1.0000001 - u)
    return lambda u: (2 * u - 1) / (1.0000001 - abs(2 * u - 1))


# Variables, functions, laws --------------------------------------------------------------------------------------


def _over_variable(program: Program, upwards: bool, name: str, value: Closure) -> Closure:
    place = program.place("var", name)
    floats = program.field.name == "floats"
    if program.signature.variable_space(name) in program.signature.lines:
        if program.signature.variables[name]["shape"]:
            raise Unsupported("an extremum over a vector of reals")

        def assign(env: Env, v: Value) -> None:
            env[place] = v

        return _over_numbers(program, upwards, value, lambda env: ([assign], [DOMAINS["real"]]), [place])

    def extremal(env: Env) -> Value:
        outer, values = env[place], []
        try:
            for points, _ in env[0].grid((name,)):
                env[place] = points[0]
                found = value(env)
                values.append(found if upwards else -found)
        finally:
            env[place] = outer
        best = _largest(values, floats)
        return best if upwards else -best

    return extremal


def _largest(values: list[Value], floats: bool) -> Value:
    if not floats:
        return greatest(values)
    if any(v != v for v in values):
        raise DoesNotExist("an extremum over values that do not all exist")
    return max(values)


def pointwise(program: Program, head: str, binder: Json, body: Json) -> Json | None:
    """The extremum over functions of a sum over points, exchanged with the sum; None where it does not add up.

    ``sup_D E_p[log D(x)] + E_q[log(1 - D(x))]`` becomes the integral over x of
    ``sup_y p(x) log y + q(x) log(1 - y)``.
    """
    name = binder[1]
    pieces: list[tuple[list[Json], Json]] = []
    constants: list[Json] = []

    def collect(term: Json, factors: list[Json]) -> bool:
        if ("fn", name) not in free(term):
            constants.append(["mul", *factors, term])
            return True
        if term[0] == "add":
            return all(collect(t, factors) for t in term[1:])
        if term[0] == "mul":
            inside = [t for t in term[1:] if ("fn", name) in free(t)]
            return len(inside) == 1 and collect(inside[0], factors + [t for t in term[1:] if t is not inside[0]])
        if term[0] in ("int", "E"):
            pieces.append((factors, term))
            return True
        return False

    if not collect(body, []) or not pieces:
        return None
    arguments = {str(u[2]): u[2] for _, t in pieces for u in walk(t) if u[0] == "fn" and u[1] == name}
    if len(arguments) != 1:
        return None
    ((argument, *others),) = arguments.values()
    if others or argument[0] != "var" or program.signature.variables[argument[1]]["shape"]:
        return None
    if program.signature.variable_space(argument[1]) in program.signature.lines:
        return None
    outside = [*constants, *(f for factors, _ in pieces for f in factors)]
    if any(argument not in t[1] for _, t in pieces) or any(("var", argument[1]) in free(t) for t in outside):
        return None
    inner = [b for _, t in pieces for u in walk(t) if u is not t for b in bound(u)]
    if argument in inner:
        return None
    number = ["sym", f"{name}({argument[1]})", binder[2]]
    summands = [
        ["mul", *factors, _at_point(term, argument, name, number[:2])]
        if factors
        else _at_point(term, argument, name, number[:2])
        for factors, term in pieces
    ]
    return ["add", *constants, ["int", [argument], [head, number, ["add", *summands]]]]


def _at_point(term: Json, variable: Json, name: str, number: Json) -> Json:
    """An integral's contribution at one point of a variable, with a function's value there put in."""
    replaced = _replace(term, name, number)
    return [replaced[0], [v for v in replaced[1] if v != variable], *replaced[2:]]


def _replace(term: Any, name: str, number: Json) -> Any:
    if isinstance(term, list):
        return number if term[:2] == ["fn", name] else [_replace(t, name, number) for t in term]
    return term


def _over_function(program: Program, upwards: bool, name: str, range_: str, body: Json, value: Closure) -> Closure:
    """All functions of a range, by their values at the points of their arguments' spaces."""
    from derivations.refuter.models import key_of

    spaces: set[str] = set()
    for u in walk(body):
        if u[0] == "fn" and u[1] == name:
            if len(u[2]) != 1 or u[2][0][0] != "var":
                raise Unsupported("an extremum over a function of computed arguments")
            spaces.add(program.signature.variable_space(u[2][0][1]))
    if spaces & program.signature.lines:
        raise Unsupported("an extremum over functions of a real number")
    domain = DOMAINS[range_]

    def coordinates(env: Env) -> tuple[list[Setter], list[Domain]]:
        table = env[0].tables.setdefault(("fn", name), {})
        keys = sorted({key_of((v,)) for s in spaces for v in env[0].model.spaces[s].values})

        def setter(key: Any) -> Setter:
            return lambda _, v: table.__setitem__(key, v)

        return [setter(k) for k in keys], [domain] * len(keys)

    search = _over_numbers(program, upwards, value, coordinates, [])

    def extremal(env: Env) -> Value:
        saved = dict(env[0].tables.get(("fn", name), {}))
        try:
            return search(env)
        finally:
            env[0].tables["fn", name] = saved

    return extremal


def _over_law(program: Program, upwards: bool, name: str, body: Json, value: Closure) -> Closure:
    """All laws, by their conditional probabilities; the functional sees one of the law's densities only."""
    patterns = {
        (tuple(s for s, _ in u[2]), tuple(s for s, _ in u[3]), str(u[1][2]))
        for u in walk(body)
        if u[0] == "den" and u[1][1] == name
    }
    if len(patterns) != 1:
        raise Unsupported(f"an extremum over a law, {name}, of which several densities occur")
    ((targets, given, parameters),) = patterns
    if parameters != "[]" or any(program.signature.space[s] in program.signature.lines for s in targets + given):
        raise Unsupported("an extremum over laws with parameters or on a continuum")
    linear = _linear(body, name)
    floats, number = program.field.name == "floats", program.field.number
    index = (name, (), targets, given)

    def cells(env: Env) -> tuple[list[Any], list[Any]]:
        model = env[0].model
        return model.cells(targets, name), [p for p, _ in model.cells(given, name)]

    def at_vertices(env: Env) -> Value:
        inner, outer = cells(env)

        def at(choice: tuple[Any, ...]) -> Value:
            env[0].densities[index] = {
                p + condition: number(ONE / w if p == chosen else ZERO)
                for (chosen, _), condition in zip(choice, outer, strict=True)
                for p, w in inner
            }
            found = value(env)
            return found if upwards else -found

        if len(inner) ** len(outer) <= VERTICES:
            best = _largest([at(choice) for choice in itertools.product(inner, repeat=len(outer))], floats)
        else:
            # The functional is a sum over the conditions, so that each row of the kernel is best by itself.
            start = (inner[0],) * len(outer)
            base = best = at(start)
            for row in range(len(outer)):
                values = [at((*start[:row], cell, *start[row + 1 :])) for cell in inner]
                best = best + (_largest(values, floats) - base)
        return best if upwards else -best

    def coordinates(env: Env) -> tuple[list[Setter], list[Domain]]:
        inner, outer = cells(env)
        table: dict[Any, Value] = {}
        env[0].densities[index] = table
        sticks = [[number(ZERO)] * (len(inner) - 1) for _ in outer]

        def setter(row: int, column: int) -> Setter:
            def assign(env: Env, v: Value) -> None:
                sticks[row][column] = v
                rest: Value = number(ONE)
                for (p, w), stick in zip(inner, [*sticks[row], number(ONE)], strict=True):
                    table[p + outer[row]] = rest * stick * number(ONE / w)
                    rest = rest * (number(ONE) - stick)

            return assign

        setters = [setter(row, column) for row in range(len(outer)) for column in range(len(inner) - 1)]
        if not setters:
            table.update({p + condition: number(ONE / w) for condition in outer for p, w in inner})
        return setters, [DOMAINS["unit"]] * len(setters)

    search = _over_numbers(program, upwards, value, coordinates, [])

    def extremal(env: Env) -> Value:
        saved = env[0].densities.get(index)
        try:
            return at_vertices(env) if linear else search(env)
        finally:
            if saved is None:
                env[0].densities.pop(index, None)
            else:
                env[0].densities[index] = saved

    return extremal


def _linear(term: Json, law: str) -> bool:
    """Whether a term is affine in the densities of a law."""
    if ("law", law) not in free(term):
        return True
    inside = [t for t in subterms(term) if ("law", law) in free(t)]
    if term[0] in ("add", "int", "sum"):
        return all(_linear(t, law) for t in inside)
    if term[0] in ("mul", "E"):
        return len(inside) == 1 and _linear(inside[0], law)
    if term[0] == "CE":
        return len(inside) == 1 and inside[0] is term[2] and _linear(inside[0], law)
    return term[0] == "den"
