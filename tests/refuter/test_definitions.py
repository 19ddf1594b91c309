"""Every definition of the refuter agrees with a brute-force computation in plain floats, and with dit."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from typing import Any

import dit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.language import JSD, KL, TV, E, Function, H, I, Integral, cross_entropy, laws, log, variables
from derivations.refuter import evaluate
from derivations.refuter.fields import ball
from derivations.refuter.interchange import model_from_json
from derivations.refuter.models import Model
from derivations.refuter.signature import Signature

(p, q), (x, z, w) = laws("p q"), variables("x z w")
f = Function("f")
SIZES = {"x": 2, "z": 3, "w": 2}
# Float sums of at most 12 terms of size 10 lose at most this.
CLOSE = 1e-9

masses = st.lists(st.integers(0, 9), min_size=12, max_size=12).filter(any)
weights = st.sampled_from(["1", "1/2", "2", "3/4"])


class Finite:
    """A law on {0,1} x {0,1,2} x {0,1} by its masses, with base weights, in floats."""

    def __init__(self, masses: list[int], base: dict[str, list[float]]) -> None:
        cells = list(product(range(2), range(3), range(2)))
        self.mass = {c: m / sum(masses) for c, m in zip(cells, masses, strict=True)}
        self.base = base

    def weight(self, slots: str, point: tuple[int, ...]) -> float:
        return math.prod(self.base[s][i] for s, i in zip(slots, point, strict=True))

    def density(self, slots: str, point: tuple[int, ...]) -> float:
        places = ["xzw".index(s) for s in slots]
        mass = sum(m for c, m in self.mass.items() if all(c[i] == v for i, v in zip(places, point, strict=True)))
        return mass / self.weight(slots, point)

    def points(self, slots: str) -> list[tuple[int, ...]]:
        return list(product(*(range(SIZES[s]) for s in slots)))


def build(statement: dict[str, Any], tables: dict[str, list[int]], base: dict[str, list[str]]) -> Model:
    """The refuter's model with the same masses, over exactly the slots that the statement uses."""
    signature = Signature.of(statement)
    data: dict[str, Any] = {
        "spaces": {
            s: {"values": [str(i) for i in range(SIZES[s])], "weights": base[s]} for s in set(signature.space.values())
        },
        "dimensions": {}, "reals": [], "symbols": {}, "chains": [], "derivatives": [], "polynomials": {},
        "functions": {"f": [[["0"], "3/2"], [["1"], "-2"]]} if "f" in signature.functions else {},
        "laws": [],
    }  # fmt: skip
    for name, slots in signature.laws.items():
        places = ["xzw".index(s) for s in slots]
        total = sum(tables[name])
        density = []
        for point in product(*(range(SIZES[s]) for s in slots)):
            cells = zip(product(range(2), range(3), range(2)), tables[name], strict=True)
            mass = sum(m for c, m in cells if all(c[i] == v for i, v in zip(places, point, strict=True)))
            weight = math.prod(Fraction(base[s][i]) for s, i in zip(slots, point, strict=True))
            density.append(str(Fraction(mass, total) / weight))
        data["laws"].append({"law": name, "parameters": [], "slots": slots, "density": density})
    return model_from_json(signature, data)


def plog(a: float, b: float) -> float:
    return 0.0 if a == 0 else a * math.log(a / b)


def brute(name: str, P: Finite, Q: Finite) -> float:
    pairs = [(P.weight("x", c), P.density("x", c), Q.density("x", c)) for c in P.points("x")]
    if name == "KL":
        return sum(m * plog(a, b) for m, a, b in pairs)
    if name == "JSD":
        return sum(m * (plog(a, (a + b) / 2) + plog(b, (a + b) / 2)) / 2 for m, a, b in pairs)
    if name == "TV":
        return sum(m * abs(a - b) / 2 for m, a, b in pairs)
    if name == "CE":
        return -sum(m * a * math.log(b) for m, a, b in pairs if a)
    if name == "H":
        return -sum(m * plog(a, 1) for m, a, _ in pairs)
    if name == "E":
        return sum(m * a * (1.5, -2.0)[i] for i, (m, a, _) in enumerate(pairs))
    if name == "int":
        return sum(m * a * b for m, a, b in pairs)
    total = 0.0
    for c in P.points("xzw"):
        a = P.density("xzw", c)
        mass = a * P.weight("xzw", c)
        if not mass:
            continue
        i, j, k = c
        if name == "H(x|z)":
            total -= mass * math.log(P.density("xz", (i, j)) / P.density("z", (j,)))
        if name == "I(x;z)":
            total += mass * math.log(P.density("xz", (i, j)) / P.density("x", (i,)) / P.density("z", (j,)))
        if name == "I(x;z|w)":
            below = P.density("xw", (i, k)) * P.density("zw", (j, k))
            total += mass * math.log(a * P.density("w", (k,)) / below)
    return total


TERMS = {
    "KL": KL(p(x), q(x)),
    "JSD": JSD(p(x), q(x)),
    "TV": TV(p(x), q(x)),
    "CE": cross_entropy(p(x), q(x)),
    "H": H(p(x)),
    "E": E[p(x)](f(x)),
    "int": Integral[x](p(x) * q(x)),
    "H(x|z)": H(p(x | z)),
    "I(x;z)": I(p, x, z),
    "I(x;z|w)": I(p, x, z, w),
}


@pytest.mark.parametrize("name", TERMS)
@settings(max_examples=15, deadline=None)
@given(first=masses, second=masses, base=st.lists(weights, min_size=7, max_size=7))
def test_definition_agrees_with_brute_force(name: str, first: list[int], second: list[int], base: list[str]) -> None:
    second = [m + 1 for m in second]  # p << q, so that every value is finite
    shares = {"x": base[:2], "z": base[2:5], "w": base[5:]}
    floats = {s: [float(Fraction(v)) for v in row] for s, row in shares.items()}
    statement = (TERMS[name] == 0).json()
    model = build(statement, {"p": first, "q": second}, shares)
    ((_, left, _),) = evaluate(statement, model)
    expected = brute(name, Finite(first, floats), Finite(second, floats))
    assert abs(float(ball(left)) - expected) < CLOSE


@pytest.mark.parametrize("seed", range(3))
def test_entropies_agree_with_dit(seed: int) -> None:
    table = [(7 * seed + 3 * i * i + 1) % 11 + 1 for i in range(12)]
    outcomes = ["".join(map(str, c)) for c in product(range(2), range(3), range(2))]
    law = dit.Distribution(outcomes, [m / sum(table) for m in table])
    law.set_rv_names("xzw")
    counting = {s: ["1"] * n for s, n in SIZES.items()}
    for term, bits in (
        (H(p(x, z)), dit.shannon.entropy(law, ["x", "z"])),
        (H(p(x | z)), dit.shannon.conditional_entropy(law, ["x"], ["z"])),
        (I(p, x, z), dit.shannon.mutual_information(law, ["x"], ["z"])),
        (I(p, x, z, w), dit.multivariate.coinformation(law, [["x"], ["z"]], ["w"])),
    ):
        statement = (term == 0).json()
        ((_, left, _),) = evaluate(statement, build(statement, {"p": table}, counting))
        assert abs(float(ball(left)) - bits * math.log(2)) < CLOSE


def test_kl_without_absolute_continuity_is_infinite() -> None:
    statement = (KL(p(x), q(x)) == 0).json()
    counting = {s: ["1"] * n for s, n in SIZES.items()}
    model = build(statement, {"p": [1] * 12, "q": [0] * 6 + [1] * 6}, counting)
    ((_, left, _),) = evaluate(statement, model)
    assert not left.is_finite()


def test_conditions_of_probability_zero_have_no_density() -> None:
    statement = (log(p(z | x)) == 0).json()
    counting = {s: ["1"] * n for s, n in SIZES.items()}
    model = build(statement, {"p": [0] * 6 + [1] * 6}, counting)
    assert {assignment[0] for assignment, _, _ in evaluate(statement, model)} == {1}
