"""A counterexample as data and in words.

Numbers are exact: rationals as ``"3/4"``, enclosures as decimal midpoint and radius.  The words are written for
somebody who redoes the computation with pencil and paper, so short exact values are given as they are (``log(3/4)``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq

from derivations.refuter.comparison import Violation
from derivations.refuter.evaluation import Frame
from derivations.refuter.fields import BALLS, ONE, LogSum, Value, ball
from derivations.refuter.intervals import Interval, exact
from derivations.refuter.models import Model
from derivations.refuter.signature import Signature, walk

Pattern = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Counterexample:
    """A model in which a statement is false, and both sides there.

    *left* and *right* are enclosures, decimal strings (midpoint, radius), in nats where the sides are entropies;
    *values* gives the free variables and the symbols.
    """

    model: dict[str, Any]
    left: tuple[str, str]
    right: tuple[str, str]
    words: str
    values: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """The counterexample as in the output of ``derivations check --format json``."""
        sides = {"lhs": self.left, "rhs": self.right}
        return {
            "model": self.model,
            **{name: {"mid": mid, "rad": rad} for name, (mid, rad) in sides.items()},
            "words": self.words,
        }


def counterexample(model: Model, variables: tuple[str, ...], violation: Violation) -> Counterexample:
    """Describe a violation found at an assignment of *variables*."""
    left, right = _enclosures(violation.left, violation.right)
    values = {v: _show_point(model, v, p) for v, p in zip(variables, violation.assignment, strict=True)}
    place = ", ".join(f"{v} = {shown}" for v, shown in values.items())
    sides = f"the left side is {_show(violation.left)} and the right side {_show(violation.right)}"
    sides = f"At {place} {sides}." if place else f"{sides[0].upper()}{sides[1:]}."
    lines = [*_describe(model), *([sides, violation.reason] if violation.reason else [sides])]
    values |= {s: show_number(v) for s, v in model.symbols.items() if ("sym", s) not in model.signature.definitions}
    data = model_json(model) | {"free": {v: shown for v, shown in values.items() if v in variables}}
    return Counterexample(data, left, right, "\n".join(lines), values)


def model_json(model: Model) -> dict[str, Any]:
    """A model as plain data: densities in the order of the slots' points, last slot fastest."""
    signature = model.signature
    return {
        "spaces": {
            s: {"values": [str(v) for v in space.values], "weights": [str(w) for w in space.weights]}
            for s, space in sorted(model.spaces.items())
        },
        "slots": dict(sorted(signature.space.items())),
        "dimensions": dict(model.dimensions),
        "symbols": {
            s: [str(c) for c in v] if isinstance(v, tuple) else str(v) for s, v in sorted(model.symbols.items())
        },
        "laws": [
            {
                "law": name,
                "parameters": [str(Fraction(k).limit_denominator(10**6)) for k in key],
                "slots": signature.laws[name],
                "density": [str(table[p]) for p, _ in model.cells(signature.laws[name], name)],
            }
            for (name, key), table in sorted(model.laws.items())
        ],
        "functions": {
            f: [[[str(Fraction(k).limit_denominator(10**6)) for k in key], str(v)] for key, v in sorted(table.items())]
            for f, table in sorted(model.functions.items())
        },
    }


def presented(signature: Signature, law: str) -> Pattern:
    """How to show a law: as the conditional density if the statement knows no other, else as the joint one."""
    patterns: set[Pattern] = set()
    for t in signature.terms:
        for u in walk(t):
            if u[0] == "den" and u[1][1] == law:
                patterns.add((tuple(s for s, _ in u[2]), tuple(s for s, _ in u[3])))
    (pattern,) = patterns if len(patterns) == 1 else ((tuple(signature.laws[law]), ()),)
    return pattern


def rows(model: Model, law: str, key: Any = ()) -> list[tuple[tuple[Any, ...], list[fmpq]]]:
    """The densities by which a law is shown: one row for each condition, or for each point of its first slot."""
    targets, given = presented(model.signature, law)
    table = Frame(model, BALLS).density(law, key, targets, given)
    order = given or targets[:-1]
    inner = targets if given else targets[-1:]
    result = []
    for outer, _ in model.cells(order, law):
        cells = [p for p, _ in model.cells(inner, law)]
        places = [p + outer if given else outer + p for p in cells]
        if all(p in table for p in places):
            result.append((outer, [table[p] for p in places]))
    return result


def _describe(model: Model) -> list[str]:
    signature = model.signature
    lines = []
    sets: dict[tuple[fmpq, ...], list[str]] = {}
    for slot, space in sorted(signature.space.items()):
        sets.setdefault(model.spaces[space].values, []).append(slot)
    parts = [f"{', '.join(slots)} in {{{', '.join(map(str, values))}}}" for values, slots in sets.items()]
    if model.dimensions:
        parts.append(", ".join(f"{d} = {n}" for d, n in model.dimensions.items()))
    if parts:
        lines.append(f"Take {'; '.join(parts)}.")
    for slot, space in sorted(signature.space.items()):
        if not model.spaces[space].counting:
            weights = ", ".join(map(str, model.spaces[space].weights))
            lines.append(f"The points of {slot} have the base weights {weights}; densities refer to them.")
    lines += [_describe_law(model, name, key) for name, key in sorted(model.laws)]
    for f, table in sorted(model.functions.items()):
        points = signature.points.get(f)
        shown = [(key, model.spaces[points].values[v] if points is not None else v) for key, v in sorted(table.items())]
        lines.append(", ".join(f"{f}({', '.join(map(_plain, key))}) = {v}" for key, v in shown) + ".")
    symbols = [
        f"{s} = {show_number(v)}"
        for s, v in sorted(model.symbols.items())
        if s not in model.dimensions and ("sym", s) not in signature.definitions
    ]
    return [*lines, *([", ".join(symbols) + "."] if symbols else [])]


def _describe_law(model: Model, name: str, key: Any) -> str:
    targets, given = presented(model.signature, name)
    head = f"{name}[{', '.join(map(_plain, key))}]" if key else name
    if given:
        parts = []
        for outer, values in rows(model, name, key):
            condition = ", ".join(f"{s}={_point(model, s, p)}" for s, p in zip(given, outer, strict=True))
            parts.append(f"{head}({', '.join(targets)}|{condition}): {', '.join(map(str, values))}")
        return "; ".join(parts) + "."
    body = " / ".join(", ".join(map(str, values)) for _, values in rows(model, name, key))
    order = f" (rows {', '.join(targets[:-1])}, columns {targets[-1]})" if len(targets) > 1 else ""
    return f"{head}({', '.join(targets)}): {body}{order}."


def _point(model: Model, slot: str, point: Any) -> str:
    values = model.spaces[model.signature.space[slot]].values
    return f"({', '.join(str(values[p]) for p in point)})" if isinstance(point, tuple) else str(values[point])


def _show_point(model: Model, variable: str, point: Any) -> str:
    return _point(model, model.signature.variables[variable]["slot"], point)


def _plain(key: float) -> str:
    return str(Fraction(key).limit_denominator(10**6))


def show_number(value: Any) -> str:
    """A rational number or a vector of them."""
    return f"({', '.join(map(str, value))})" if isinstance(value, tuple) else str(value)


def _show(value: Value) -> str:
    """A side's value: exact where that is short, and as a decimal."""
    if isinstance(value, LogSum) and not value.logs:
        value = value.rational
    if isinstance(value, Interval):
        return _show_interval(value)
    with ctx.workprec(128):
        decimal = ball(value).str(5, radius=False)
    exact = ""
    if isinstance(value, fmpq):
        exact = str(value)
        if value.q == 1 or value.p in (-1, 1):
            return exact
    elif isinstance(value, LogSum):
        exact = _show_logs(value)
    return f"{exact} = {decimal}" if 0 < len(exact) <= 40 else decimal


def _show_interval(value: Interval) -> str:
    low, high = (end.str(5, radius=False) for end in (value.low, value.high))
    if low == high:
        return low
    if not value.high.is_finite():
        return f"at least {low}"
    return f"between {low} and {high}" if value.low.is_finite() else f"at most {high}"


def _show_logs(value: LogSum) -> str:
    """For instance ``log(3/4)`` or ``1/2 - 3/4 log 2``."""
    if all(c.q == 1 and abs(c) <= 8 for c in value.logs.values()):
        argument = ONE
        for n, c in value.logs.items():
            argument = argument * fmpq(n) ** int(c.p)
        text = f"log({argument})" if argument.q != 1 else f"log {argument}"
        return text if value.rational == 0 else f"{value.rational} + {text}"
    parts = [str(value.rational)] if value.rational != 0 else []
    for n, c in sorted(value.logs.items()):
        sign = "-" if c < 0 else "+"
        size = "" if abs(c) == 1 else f"{abs(c)} "
        parts.append(f"{sign} {size}log {n}" if parts else f"{'-' if c < 0 else ''}{size}log {n}")
    return " ".join(parts)


def _enclosures(left: Value, right: Value) -> tuple[tuple[str, str], tuple[str, str]]:
    """Both sides in decimals, with as many digits as keep them apart."""
    for digits in (15, 30, 60, 120):
        with ctx.workprec(4 * digits + 32):
            a, b = decimal_enclosure(left, digits), decimal_enclosure(right, digits)
        gap = abs(Fraction(a[0]) - Fraction(b[0]))
        if gap > Fraction(a[1]) + Fraction(b[1]) or gap == 0:
            break
    return a, b


def decimal_enclosure(value: Value, digits: int = 15) -> tuple[str, str]:
    """A value's enclosure as decimal strings (midpoint, radius).

    >>> decimal_enclosure(fmpq(3, 4))
    ('0.75', '0')
    """
    if isinstance(value, fmpq) and _terminates(value.q):
        return _decimal(value), "0"
    if isinstance(value, Interval) and not (value.low.is_finite() and value.high.is_finite()):
        end = value.low if value.low.is_finite() else value.high
        return decimal_enclosure(exact(end), digits)[0], "inf"
    middle, radius, exponent = (int(n) for n in arb(ball(value)).mid_rad_10exp(digits))
    return tuple(format(Decimal(n).scaleb(exponent), "f") if n else "0" for n in (middle, radius))  # type: ignore[return-value]


def _terminates(denominator: Any) -> bool:
    n = int(denominator)
    for p in (2, 5):
        while n % p == 0:
            n //= p
    return n == 1 and int(denominator) < 10**30


def _decimal(value: fmpq) -> str:
    q, digits = int(value.q), 0
    while 10**digits % q:
        digits += 1
    return format(Decimal(int(value.p) * 10**digits // q).scaleb(-digits), "f")


def pruned(model: Model, evaluate: Callable[[Model], Any]) -> Model:
    """The model without the function values that an evaluation does not ask for."""
    model = model.copy()
    evaluate(model)
    for f, table in model.functions.items():
        model.functions[f] = {key: v for key, v in table.items() if (f, key) in model.asked}
    return model


def numbers(model: Model) -> Iterable[fmpq]:
    """All numbers by which a model is shown."""
    for name, key in model.laws:
        for _, values in rows(model, name, key):
            yield from values
    for value in model.symbols.values():
        yield from value if isinstance(value, tuple) else (value,)
    for f, table in model.functions.items():
        if f not in model.signature.points:
            yield from table.values()
    for space in model.spaces.values():
        yield from space.weights
        yield from space.values
