"""Models as JSON, and back."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derivations.refuter.models import Model, Rest, Space, key_of, rational
from derivations.refuter.signature import Json, Signature


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
        "reals": [str(v) for v in model.reals],
        "symbols": {
            s: [str(c) for c in v] if isinstance(v, tuple) else str(v) for s, v in sorted(model.symbols.items())
        },
        "laws": [
            {
                "law": name,
                "parameters": _shown(key),
                "slots": signature.laws[name],
                "density": [str(table[p]) for p, _ in model.cells(signature.laws[name], name)],
            }
            for (name, key), table in sorted(model.laws.items())
        ],
        "chains": [
            {
                "law": name,
                "parameters": _shown(key),
                "slots": list(rest.slots),
                "density": [str(rest.table[p]) for p, _ in model.cells(rest.slots, name)],
                "normals": [[s, str(m), [str(b) for b in slopes], str(v)] for s, m, slopes, v in rest.chain],
            }
            for (name, key), rest in sorted(model.chains.items())
        ],
        "derivatives": [
            {
                "of": name,
                "at": _shown(key),
                "first": [_numbers(model, name, part) for part in first],
                "second": [[i, j, _numbers(model, name, part)] for (i, j), part in second.items() if i <= j],
            }
            for (name, key), (first, second) in sorted(model.jets.items())
        ],
        "polynomials": {f: [str(c), [str(s) for s in b], str(k)] for f, (c, b, k) in model.polynomials.items()},
        "functions": {
            f: [[_shown(key), str(v)] for key, v in sorted(table.items())]
            for f, table in sorted(model.functions.items())
        },
    }


def _numbers(model: Model, name: str, part: Any) -> Any:
    if not isinstance(part, dict):
        return str(part)
    return [str(part[p]) for p, _ in model.cells(model.signature.laws[name], name)]


def _shown(key: Any) -> list[str]:
    return [str(Fraction(k).limit_denominator(10**6)) for k in key]


def model_from_json(signature: Signature, data: dict[str, Json]) -> Model:
    """The model that :func:`model_json` wrote; what it lacks is drawn when asked for."""
    spaces = {
        s: Space(tuple(map(rational, space["values"])), tuple(map(rational, space["weights"])))
        for s, space in data["spaces"].items()
    }
    model = Model(signature, spaces, dict(data["dimensions"]))
    model.symbols = {
        s: tuple(map(rational, v)) if isinstance(v, list) else rational(v) for s, v in data["symbols"].items()
    }
    for law in data["laws"]:
        values = map(rational, law["density"])
        cells = [p for p, _ in model.cells(law["slots"], law["law"])]
        model.laws[law["law"], _key(law["parameters"])] = dict(zip(cells, values, strict=True))
    for law in data["chains"]:
        cells = [p for p, _ in model.cells(law["slots"], law["law"])]
        table = dict(zip(cells, map(rational, law["density"]), strict=True))
        chain = tuple((s, rational(m), tuple(map(rational, b)), rational(v)) for s, m, b, v in law["normals"])
        model.chains[law["law"], _key(law["parameters"])] = Rest(tuple(law["slots"]), table, chain)
    for f, (constant, slopes, curvature) in data["polynomials"].items():
        model.polynomials[f] = (rational(constant), tuple(map(rational, slopes)), rational(curvature))
    for f, rows in data["functions"].items():
        points = f in signature.points
        model.functions[f] = {_key(at): int(value) if points else rational(value) for at, value in rows}
    for row in data["derivatives"]:
        name = row["of"]

        def read(part: Any, name: str = name) -> Any:
            if isinstance(part, str):
                return rational(part)
            cells = [p for p, _ in model.cells(signature.laws[name], name)]
            return dict(zip(cells, map(rational, part), strict=True))

        second = {(i, j): read(part) for i, j, part in row["second"]}
        model.jets[name, _key(row["at"])] = (
            [read(part) for part in row["first"]],
            second | {(j, i): part for (i, j), part in second.items()},
        )
    model.reals = tuple(map(rational, data["reals"]))
    return model


def _key(parameters: list[str]) -> Any:
    return key_of(rational(p) for p in parameters)
