"""|u| is u or -u: what this rule proves of numbers holds at every point, and it does not reach under an integral."""

from __future__ import annotations

import itertools
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from derivations import E, Function, kernel, laws, symbols, variables
from derivations.language.statements import encode
from derivations.prover import prove

NUMBERS = (*symbols("a b c"), *symbols("s", sign="nonnegative"))
POINTS = [
    (*reals, size)
    for reals in itertools.product([-3, -1, Fraction(-1, 2), 0, Fraction(1, 3), 2], repeat=3)
    for size in (0, Fraction(1, 2), 3)
]
Summand = tuple[int, dict[int, int], bool, int]  # a coefficient, a linear form, whether between bars, a power


def drawn(draw: Random) -> list[Summand]:
    return [
        (
            draw.choice([-2, -1, 1, 1, 2]),
            {n: draw.choice([-2, -1, 1, 1, 2]) for n in draw.sample(range(4), draw.choice([1, 2, 2]))},
            draw.random() < 0.7,
            draw.choice([1, 1, 1, 2]),
        )
        for _ in range(draw.choice([2, 3, 3, 4]))
    ]


def value(summands: list[Summand], numbers: Any) -> Any:
    total: Any = 0
    for c, form, bars, power in summands:
        inside = sum((k * numbers[n] for n, k in form.items()), start=0 * numbers[0])
        total = total + c * (abs(inside) if bars else inside) ** power
    return total


def test_what_is_proved_of_drawn_sums_of_absolute_values_holds_at_every_point() -> None:
    draw = Random(5)
    proved = 0
    for _ in range(150):
        summands = drawn(draw)
        least = min(value(summands, point) for point in POINTS)
        if prove((value(summands, NUMBERS) >= 0).json(), tidy=False) is not None:
            assert least >= 0, value(summands, NUMBERS)
            proved += 1
    assert proved >= 10


p, (x,), f = laws("p")[0], variables("x"), Function("f")
mean = E[p(x)](f(x))


@pytest.mark.parametrize("wrong", [mean - abs(mean), abs(mean) - E[p(x)](abs(f(x))), E[p(x)](f(x)), abs(f(x)) - mean])
def test_no_atom_takes_an_absolute_value_for_what_it_is_not(wrong: Any) -> None:
    data = (mean <= abs(mean) + E[p(x)](abs(f(x)))).json()
    replay = kernel.Replay(data, frozenset(kernel.RULES))
    for names in ([], [["var", "x"]]):
        with pytest.raises(kernel.Rejected):
            replay.atom(["nonneg", names, encode(wrong)])
