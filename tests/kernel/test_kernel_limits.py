"""A small certificate cannot keep the kernel busy, and no malformed part of one gets past it as another exception."""

from __future__ import annotations

import itertools
import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from derivations import kernel
from derivations.language import E, Function, Normal, laws, log, symbols, variables
from derivations.prover import prove

Json = Any
(p,) = laws("p")
(x,) = variables("x")
f = Function("f")
(a,) = symbols("a")
SECONDS = 30  # on a slow and busy machine; the slowest takes 5


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    """Fail if the body takes longer; where the system has no alarms, only the body's outcome counts."""

    def late(*_: Any) -> None:
        raise AssertionError(f"the kernel was busy for more than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def certificate(left: Json, right: Json, proof: Json = None) -> dict[str, Json]:
    data = (log(a) + E[p(x)](f(x)) == a).json()
    data |= {"lhs": left, "rhs": right}
    found: dict[str, Json] = {"version": 1, "statement": data, "proof": proof or {"rule": "equal", "moves": []}}
    found |= {"factors": [], "conditions": [], "assumptions": [], "trusts": [], "rules": list(kernel.RULES)}
    return {**found, "digest": kernel.digest(found)}


def nested(depth: int, step: Callable[[Json], Json], start: Json) -> Json:
    for _ in range(depth):
        start = step(start)
    return start


A: Json = ["sym", "a"]
TWO: Json = ["num", "2"]
PLUS: Json = ["add", A, ["num", "1"]]
AVERAGE: Json = ["E", [["var", "x"]], ["den", ["law", "p", []], [["x", ["var", "x"]]], []], ["fn", "f", [["var", "x"]]]]
LONG: dict[str, Json] = {
    "a large power": ["pow", TWO, "10000000000"],
    "a large negative power": ["pow", ["num", "3/2"], "-999999999999"],
    "a power with 300 digits": ["pow", TWO, "9" * 300],
    "a large number in a logarithm": ["log", ["num", "9" * 299]],
    "a number in another notation": ["num", "1e999999999"],
    "a large power of a sum": ["pow", ["pow", PLUS, "-1"], "-1000000"],
    "a root of a large order": ["pow", TWO, "1/" + "9" * 200],
    "nested squares": nested(14, lambda t: ["pow", t, "2"], PLUS),
    "nested averages": nested(150, lambda t: [*AVERAGE[:3], t], AVERAGE),
    "nesting beyond Python's own": nested(20_000, lambda t: ["abs", t], A),
}


@pytest.mark.parametrize("name", LONG)
def test_a_small_statement_is_rejected_soon(name: str) -> None:
    try:
        data = certificate(LONG[name], ["num", "1"])
    except RecursionError:  # not even its digest can be taken
        data = {**certificate(A, A), "statement": {**certificate(A, A)["statement"], "lhs": LONG[name]}}
    with limited(SECONDS), pytest.raises(kernel.Rejected):
        kernel.check(data)


Q: Json = {"q": "1"}
SUM: Json = ["sum", [[[[], [[A, Q]]], Q], [[[], []], Q]]]
MOVES: dict[str, Json] = {
    "a factor in another notation": ["fold", A, [[], []], "1e999999999"],
    "a coefficient in another notation": ["fold", ["sum", [[[[], []], {"q": "1e999999999"}]]], [[], []], "1"],
    "a large power of a sum": ["fold", SUM, [[], [[SUM, {"q": "100000"}]]], "1"],
    "a float": ["fold", ["prime", 2.5], [[], []], "1"],
    "nothing": ["fold", None, [[], []], "1"],
    "an empty atom": ["fold", [], [[], []], "1"],
    "a name for an atom": ["fold", "sum", [[], []], "1"],
    "a sum of nothing": ["fold", ["sum"], [[], []], "1"],
    "a divergence of nothing": ["fold", ["opaque", "KL", ["sum", []]], [[], []], "1"],
    "an atom of no kind": ["fold", ["nonsense", 1], [[], []], "1"],
    "a name with a height and no more": ["fold", ["sum", [[[[], [[["var", "x^1"], Q]]], Q]]], [[], []], "1"],
    "truth for a place": ["eliminate", ["x.0"], "x.0", [True]],
    "a place from behind": ["eliminate", ["x.0"], "x.0", [-1]],
    "one place twice": ["eliminate", ["x.0"], "x.0", [0, 0]],
    "a text for binders": ["eliminate", "x.0", "x.0", [0]],
    "a name that nothing binds": ["eliminate", ["x.0"], "x.1", [0]],
    "a swap with one name": ["swap", ["x.0"], ["x.0"], [0]],
    "a swap of numbers": ["swap", ["x.0"], [1, 2], [0]],
    "a move of no kind": ["jump", ["x.0"], "x.0", [0]],
    "no move": [],
    "a number for a move": 7,
}


@pytest.mark.parametrize("name", MOVES)
def test_a_malformed_move_is_rejected_soon(name: str) -> None:
    data = certificate(["add", AVERAGE, A], AVERAGE, {"rule": "equal", "moves": [MOVES[name]]})
    with limited(SECONDS), pytest.raises(kernel.Rejected):
        kernel.check(data)


def test_a_move_takes_no_more_than_its_own_entries() -> None:
    """What the kernel tells its own change of variables, names bound around the sum, no certificate may tell it."""
    z, epsilon = variables("z epsilon", kind="continuous")
    found = prove((E[Normal(a, 4)(z)](f(z)) == E[Normal(0, 1)(epsilon)](f(a + 2 * epsilon))).json())
    assert found is not None
    moves = found.data["proof"]["moves"]
    assert any(move[0] == "substitute" for move in moves)
    for n, more in itertools.product(range(len(moves)), (["x.1"], "x.1", [])):
        longer = [[*move, more] if k == n else move for k, move in enumerate(moves)]
        data = {**found.data, "proof": {"rule": "equal", "moves": longer}}
        data["digest"] = kernel.digest(data)
        with pytest.raises(kernel.Rejected):
            kernel.check(data)


@pytest.mark.parametrize(
    "proof",
    [None, [], {}, {"rule": "equal"}, {"rule": "equal", "moves": 3}, {"rule": "bound", "moves": []}, {"rule": 1}],
    ids=json.dumps,
)
def test_a_malformed_proof_is_rejected(proof: Json) -> None:
    data = {**certificate(A, ["num", "1"]), "proof": proof}
    data["digest"] = kernel.digest(data)
    with pytest.raises(kernel.Rejected):
        kernel.check(data)
