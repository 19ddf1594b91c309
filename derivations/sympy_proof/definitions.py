"""What the symbols of a statement mean, for the second proof: definitions written apart from the kernel's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Data = Any  # a term as nested lists, docs/terms.md


class Undecided(Exception):
    """No proof by this way; the message says how far it got."""


def mul(*factors: Data) -> Data:
    return ["mul", *factors]


def ratio(a: Data, b: Data) -> Data:
    return ["mul", a, ["pow", b, "-1"]]


def unfold(t: Data) -> Data:
    """The term with expectations, divergences, entropies and informations written as integrals.

    >>> unfold(["CE", [["var", "x"]], ["sym", "a"], ["sym", "b"]])
    ['mul', ['num', '-1'], ['int', [['var', 'x']], ['mul', ['sym', 'a'], ['log', ['sym', 'b']]]]]
    """
    if not isinstance(t, list) or not t:
        return t
    if not isinstance(t[0], str):
        return [unfold(a) for a in t]
    head, args = t[0], [unfold(a) for a in t[1:]]
    if head == "E":
        return ["int", args[0], mul(args[1], args[2])]
    if head == "KL":
        v, a, b = args
        return ["int", v, mul(a, ["log", ratio(a, b)])]
    if head == "JSD":
        v, a, b = args
        half = ["num", "1/2"]
        middle = mul(half, ["add", a, b])
        return ["add", *(mul(half, ["int", v, mul(c, ["log", ratio(c, middle)])]) for c in (a, b))]
    if head == "CE":
        v, a, b = args
        return mul(["num", "-1"], ["int", v, mul(a, ["log", b])])
    if head == "TV":
        v, a, b = args
        return mul(["num", "1/2"], ["int", v, ["abs", ["add", a, mul(["num", "-1"], b)]]])
    if head == "H":
        v, g, a = args
        inside = ratio(a, ["int", v, a]) if g else a
        return mul(["num", "-1"], ["int", [*v, *g], mul(a, ["log", inside])])
    if head == "I":
        v, w, g, a = args
        inside = ratio(mul(a, ["int", [*v, *w], a]), mul(["int", w, a], ["int", v, a]))
        return ["int", [*v, *w, *g], mul(a, ["log", inside])]
    return [head, *args]


def heads(t: Data) -> set[str]:
    if not isinstance(t, list) or not t:
        return set()
    inner = set().union(*(heads(a) for a in t))
    return inner | {t[0]} if isinstance(t[0], str) else inner


def substituted(t: Data, change: Callable[[Data], Data | None]) -> Data:
    """The term with every subterm for which *change* gives another term put in its place."""
    if not isinstance(t, list) or not t:
        return t
    new = change(t)
    return new if new is not None else [substituted(a, change) for a in t]


def free_variables(t: Data) -> set[str]:
    if not isinstance(t, list) or not t:
        return set()
    if t[0] == "var":
        return {t[1]}
    if t[0] == "int":
        return free_variables(t[2]) - {v[1] for v in t[1]}
    return set().union(*(free_variables(a) for a in t))


def subterms(t: Data, head: str) -> Iterator[Data]:
    if isinstance(t, list) and t:
        if t[0] == head:
            yield t
        for a in t:
            yield from subterms(a, head)


def law_name(law: Data) -> str:
    return law[1] + (f"[{law[2]}]" if law[2] else "")
