"""Differentiable functions on an open convex set of vectors: affine ones, at a sample of points.

A space with a gradient is all of R^n, of which a model shows a few points; f is affine there, so that its partial
derivatives are constant.  What a hypothesis says of all points may then be false elsewhere, and an extremum over the
points may be another one: :func:`only_sampled` tells when, and no such model refutes anything.
"""

from __future__ import annotations

from flint import fmpq

from derivations.refuter.fields import EXACT, ZERO, Unsupported
from derivations.refuter.frames import Frame
from derivations.refuter.models import Model, key_of
from derivations.refuter.signature import Json, Signature, bound, walk

COORDINATES = tuple(fmpq(n, 2) for n in range(-6, 7))
SLOPES = tuple(fmpq(n, 10) for n in (0, 0, 1, 2, -2, 3, -4, 5, 6, -8, 10, 15, -25))
GENTLE = 6  # of the slopes, those that make a short gradient: for models that are to agree with a theorem


class Gradient:
    """A function f(x) with the partial derivatives g(k, x) in the coordinates c(k, x)."""

    def __init__(self, signature: Signature, value: Json, partial: Json, coordinate: Json) -> None:
        (k, x), self.names = coordinate[2], (value[1], partial[1], coordinate[1])
        if any(signature.functions[f]["range"] != "real" or ("fn", f) in signature.definitions for f in self.names):
            raise Unsupported("a differentiable function that is no free choice")
        self.space = signature.variable_space(x[1])
        if self.space in signature.lines or any(
            self.space in map(signature.space_of, slots) for slots in signature.laws.values()
        ):
            raise Unsupported("a differentiable function on a space with laws")
        self.index = k[1]

    def impose(self, model: Model, touched: set[str]) -> None:
        """Draw an affine function, and coordinates that tell the points apart."""
        if self.holds(model):
            return
        f, g, c = (model.functions.setdefault(name, {}) for name in self.names)
        slopes = SLOPES[:GENTLE] if model.style == "generic" else SLOPES
        components = self._components(model)
        gradient = {k: model.rng.choice(slopes) for k in components}
        offset = model.rng.choice(COORDINATES)
        for x in model.spaces[self.space].values:
            place = {k: x if k == components[0] else model.rng.choice(COORDINATES) for k in components}
            for k in components:
                c[key_of([fmpq(k), x])], g[key_of([fmpq(k), x])] = place[k], gradient[k]
            f[key_of([x])] = offset + sum((gradient[k] * place[k] for k in components), ZERO)
        touched.update(self.names)

    def holds(self, model: Model) -> bool:
        """Whether the function is affine with these derivatives."""
        f, g, c = (model.functions.get(name, {}) for name in self.names)
        components = self._components(model)
        points = model.spaces[self.space].values
        keys = [[key_of([fmpq(k), x]) for k in components] for x in points]
        if any(key not in g or key not in c for row in keys for key in row) or any(
            key_of([x]) not in f for x in points
        ):
            return False
        first, start = keys[0], key_of([points[0]])
        return len({tuple(c[key] for key in row) for row in keys}) == len(points) and all(
            [g[key] for key in row] == [g[key] for key in first]
            and f[key_of([x])] - f[start] == sum((g[a] * (c[b] - c[a]) for a, b in zip(first, row, strict=True)), ZERO)
            for x, row in zip(points, keys, strict=True)
        )

    def _components(self, model: Model) -> list[int]:
        return [k for (k,), _ in Frame(model, EXACT).grid((self.index,))]


def only_sampled(signature: Signature) -> bool:
    """Whether the points that a model shows of a space of vectors may not speak for all of them.

    They do where hypotheses speak of such points by functions that are constant on the space or may be continued by
    values that they have, and where an extremum ranges over points by such functions: not by f(x) and c(k, x).
    """
    statement = signature.statement
    rows = [h for h in statement.get("given", []) if h[0] == "gradient"]
    if any(h[0] == "nondifferentiable" for h in statement.get("given", [])):
        return True
    if not rows:
        return False
    varying = {name for _, value, _, coordinate in rows for name in (value[1], coordinate[1])}
    spaces = {signature.variable_space(coordinate[2][1][1]) for _, _, _, coordinate in rows}

    def varies(term: Json, names: set[str]) -> bool:
        calls = (u for u in walk(term) if u[0] == "fn" and u[1] in varying)
        return any(a[0] != "var" or a[1] in names for u in calls for a in u[2] if a[0] != "idx")

    points = {v for v in signature.variables if signature.variable_space(v) in spaces}
    posed = [t for h in statement.get("given", []) if h[0] not in ("gradient", "convex", "markov") for t in h[1:]]
    ranges = [(u, names) for u in signature.nodes if (names := {b[1] for b in bound(u) if b[0] == "var"} & points)]
    return any(varies(t, points) for t in posed) or any(
        u[0] not in ("sup", "inf") or varies(u, names) for u, names in ranges
    )
