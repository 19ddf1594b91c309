"""Models and values in words, for somebody who redoes a computation with pencil and paper."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import ctx, fmpq

from derivations.refuter.fields import BALLS, ONE, PI, LogSum, Value, ball
from derivations.refuter.frames import Frame
from derivations.refuter.intervals import Interval
from derivations.refuter.matrices import is_matrix, shown
from derivations.refuter.models import Model, Rest
from derivations.refuter.signature import Pattern


def rows(model: Model, law: str, key: Any, pattern: Pattern) -> list[tuple[tuple[Any, ...], list[fmpq]]]:
    """A density of a law in numbers: one row for each condition, or for each point of its first slots."""
    targets, given = pattern
    table = Frame(model, BALLS).density(law, key, targets, given)
    order = given or targets[:-1]
    inner = targets if given else targets[-1:]
    result = []
    cells = [p for p, _ in model.cells(inner, law)]
    for outer, _ in model.cells(order, law):
        places = [p + outer if given else outer + p for p in cells]
        if all(p in table for p in places):
            result.append((outer, [table[p] for p in places]))
    return result


def describe(model: Model) -> list[str]:
    """The model, a line for each of its parts."""
    signature = model.signature
    sets: dict[str, list[str]] = {}
    for slot, space in sorted(signature.space.items()):
        line = space in signature.lines
        shown = "real" if line else f"in {{{', '.join(map(str, model.spaces[space].values))}}}"
        sets.setdefault(shown, []).append(slot)
    parts = [f"{', '.join(slots)} {shown}" for shown, slots in sets.items()]
    parts += [f"{d} = {n}" for d, n in model.dimensions.items()]
    lines = [f"Take {'; '.join(parts)}."] if parts else []
    for slot, space in sorted(signature.space.items()):
        if space in model.spaces and not model.spaces[space].counting:
            weights = ", ".join(map(str, model.spaces[space].weights))
            several = f"The points of {slot} have the base weights {weights}; densities refer to them."
            single = f"The point of {slot} has the base weight {weights}; densities refer to it."
            lines.append(several if len(model.spaces[space].values) > 1 else single)
    lines += [
        _describe_law(model, name, key, pattern)
        for name, key in sorted(model.laws)
        for pattern in signature.shown(name)
    ]
    lines += [line for (name, key) in sorted(model.jets) for line in _describe_jet(model, name, key)]
    lines += [line for (name, key), rest in sorted(model.chains.items()) for line in _describe_rest(name, key, rest)]
    for f, table in sorted(model.functions.items()):
        points = signature.points.get(f)
        values = {k: model.spaces[points].values[v] if points is not None else v for k, v in sorted(table.items())}
        if values:
            lines.append(", ".join(f"{f}({', '.join(map(_plain, k))}) = {v}" for k, v in values.items()) + ".")
    lines += [_describe_polynomial(model, f) for f in sorted(model.polynomials)]
    symbols = [
        f"{s} = {show_symbol(model, s)}"
        for s in sorted(model.symbols)
        if s not in model.dimensions and ("sym", s) not in signature.definitions
    ]
    return [*lines, *([", ".join(symbols) + "."] if symbols else [])]


def _describe_jet(model: Model, name: str, key: Any) -> list[str]:
    """The derivatives of a law or a function in its parameters."""
    first, second = model.jets[name, key]
    if (name, key) not in model.laws and key not in model.functions.get(name, {}):
        return []

    def values(part: Any) -> str:
        if not isinstance(part, dict):
            return str(part)
        return ", ".join(str(part[p]) for p, _ in model.cells(model.signature.laws[name], name))

    head = f"{name}[{', '.join(map(_plain, key))}]" if (name, key) in model.laws else f"{name}({_arguments(key)})"
    one = len(first) == 1
    slopes = [f"{head} has the derivative{'' if one else f' {i + 1}'} {values(t)}" for i, t in enumerate(first)]
    curves = [
        f"the second derivative{'' if one else f' {i + 1}, {j + 1}'} {values(t)}"
        for (i, j), t in second.items()
        if i <= j
    ]
    return ["; ".join(slopes + curves) + "."]


def _arguments(key: Any) -> str:
    return ", ".join(map(_plain, key))


def _describe_rest(name: str, key: Any, rest: Rest) -> list[str]:
    """The part of a law on real lines that no hypothesis defines."""
    head = f"{name}[{', '.join(map(_plain, key))}]" if key else name
    lines = []
    if rest.slots:
        values = ", ".join(f"{'/'.join(map(str, p))}: {v}" for p, v in sorted(rest.table.items()))
        lines.append(f"{head}({', '.join(rest.slots)}) by points, {values}.")
    for n, (slot, mean, slopes, variance) in enumerate(rest.chain):
        before = [s for s, *_ in rest.chain[:n]]
        centre = _show_sum([(mean, ""), *zip(slopes, before, strict=True)])
        condition = f"|{', '.join(before)}" if before else ""
        lines.append(f"{head}({slot}{condition}) is normal with mean {centre} and variance {variance}.")
    return lines


def _describe_polynomial(model: Model, name: str) -> str:
    constant, slopes, curvature = model.polynomials[name]
    arguments = ["t"] if len(slopes) == 1 else [f"t{i}" for i in range(1, len(slopes) + 1)]
    terms = [(constant, ""), *zip(slopes, arguments, strict=True)]
    affine = _show_sum(terms)
    body = {
        "real": _show_sum([*terms, (curvature, f"{arguments[0]}^2")]),
        "nonnegative": f"({affine})^2",
        "positive": f"exp({affine})",
        "unit": f"exp(-({affine})^2)",
    }[model.signature.functions[name]["range"]]
    return f"{name}({', '.join(arguments)}) = {body}."


def _show_sum(terms: list[tuple[fmpq, str]]) -> str:
    """For instance ``1 - 3/4 t + t^2``."""
    text = ""
    for coefficient, factor in terms:
        if coefficient == 0:
            continue
        size = "" if abs(coefficient) == 1 and factor else str(abs(coefficient))
        sign = "-" if coefficient < 0 else "+"
        shown = f"{size} {factor}".strip()
        text = f"{text} {sign} {shown}" if text else f"{'-' if coefficient < 0 else ''}{shown}"
    return text or "0"


def _describe_law(model: Model, name: str, key: Any, pattern: Pattern) -> str:
    targets, given = pattern
    head = f"{name}[{', '.join(map(_plain, key))}]" if key else name
    if given:
        parts = []
        for outer, values in rows(model, name, key, pattern):
            condition = ", ".join(f"{s}={_point(model, s, p)}" for s, p in zip(given, outer, strict=True))
            parts.append(f"{head}({', '.join(targets)}|{condition}): {', '.join(map(str, values))}")
        return "; ".join(parts) + "."
    body = " / ".join(", ".join(map(str, values)) for _, values in rows(model, name, key, pattern))
    order = f" (rows {', '.join(targets[:-1])}, columns {targets[-1]})" if len(targets) > 1 else ""
    return f"{head}({', '.join(targets)}): {body}{order}."


def _point(model: Model, slot: str, point: Any) -> str:
    if model.signature.space[slot] in model.signature.lines:
        return show_number(point)
    values = model.spaces[model.signature.space[slot]].values
    return f"({', '.join(str(values[p]) for p in point)})" if isinstance(point, tuple) else str(values[point])


def show_point(model: Model, variable: str, point: Any) -> str:
    if model.signature.kind(variable) == "idx":
        return str(point)
    return _point(model, model.signature.variables[variable]["slot"], point)


def _plain(key: float) -> str:
    return str(Fraction(key).limit_denominator(10**6))


def show_symbol(model: Model, name: str) -> str:
    """The value of a symbol, a matrix by its rows."""
    value = model.symbols[name]
    return shown(value) if is_matrix(model.signature, name) else show_number(value)


def show_number(value: Any) -> str:
    """A rational number or a vector of them."""
    return f"({', '.join(map(str, value))})" if isinstance(value, tuple) else str(value)


def show(value: Value) -> str:
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
    if PI not in value.logs and all(c.q == 1 and abs(c) <= 8 for c in value.logs.values()):
        argument = ONE
        for n, c in value.logs.items():
            argument = argument * fmpq(n) ** int(c.p)
        text = f"log({argument})" if argument.q != 1 else f"log {argument}"
        return text if value.rational == 0 else f"{value.rational} + {text}"
    parts = [str(value.rational)] if value.rational != 0 else []
    for n, c in sorted(value.logs.items()):
        sign = "-" if c < 0 else "+"
        size = "" if abs(c) == 1 else f"{abs(c)} "
        name = "pi" if n == PI else n
        parts.append(f"{sign} {size}log {name}" if parts else f"{'-' if c < 0 else ''}{size}log {name}")
    return " ".join(parts)
