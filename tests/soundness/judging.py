"""Helpers: certificates made by hand, and whether random models that satisfy a proof's conditions contradict it.

The truth of a statement is read off the refuter's evaluator, which shares no definition with language and kernel.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from derivations import kernel
from derivations.language.statements import Statement, decode
from derivations.refuter.comparison import Comparison
from derivations.refuter.fields import DoesNotExist, Unsupported
from derivations.refuter.models import Model
from derivations.refuter.search import Search
from derivations.refuter.signature import free

Json = Any
ONE: Json = ["num", "1"]


def forged(
    claim: Statement | dict[str, Json],
    proof: dict[str, Json],
    *,
    without: Iterable[str] = (),
    factors: Json = (),
) -> dict[str, Json]:
    """A certificate with whatever conditions and rules the kernel finds for a proof; raises ``kernel.Rejected``.

    *without* names rules that the certificate does not allow.
    """
    data = claim.json() if isinstance(claim, Statement) else claim
    allowed = [rule for rule in kernel.RULES if rule not in set(without)]
    certificate: dict[str, Json] = {
        "version": 1,
        "statement": data,
        "proof": proof,
        "factors": list(factors) if isinstance(factors, tuple) else factors,
    }
    certificate |= {"conditions": [], "assumptions": [], "trusts": [], "rules": allowed, "digest": ""}
    try:
        found = kernel.Replay(data, frozenset(allowed), certificate["factors"]).run(proof)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, StopIteration) as error:
        raise kernel.Rejected(f"malformed: {error!r}") from error
    certificate |= found
    certificate["digest"] = kernel.digest(certificate)
    kernel.check(certificate)
    return certificate


def accepted(certificate: dict[str, Json]) -> bool:
    """Whether the kernel accepts a certificate."""
    try:
        kernel.check(certificate)
    except kernel.Rejected:
        return False
    return True


def statement_of(data: dict[str, Json]) -> Statement:
    """The statement that data stand for."""
    declare = data["declare"]
    pairs = tuple((decode(a, declare), decode(b, declare)) for a, b in data["equality"])
    given = tuple((h[0], *(decode(t, declare) for t in h[1:])) for h in data["given"])
    return Statement(data["relation"], decode(data["lhs"], declare), decode(data["rhs"], declare), pairs, given)


ARITY = {
    "num": "n", "const": "s", "sym": "s", "var": "s", "idx": "s", "pow": "tn", "log": "t", "exp": "t",
    "abs": "t", "normal": "ttt", "int": "vt", "E": "vtt", "sum": "it", "prod": "it", "KL": "vtt", "JSD": "vtt",
    "CE": "vtt", "TV": "vtt", "H": "vvt", "I": "vvvt", "W": "vvttt", "sup": "bt", "inf": "bt", "grad": "pt",
}  # fmt: skip
SIGNS = ("real", "nonnegative", "positive", "nonzero")
RANGES = ("real", "nonnegative", "positive", "unit")
RELATIONS = ("=", "!=", "<=", ">=", "<", ">")


class Form:
    """Whether plain data are a statement of the documented form (``docs/terms.md``), all its names declared."""

    def __init__(self, data: Json) -> None:
        self.data = data

    def holds(self) -> bool:
        try:
            return self.statement()
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError):
            return False

    def statement(self) -> bool:
        data = self.data
        self.declare = data["declare"]
        tables = ("variables", "symbols", "functions", "indices")
        if set(data) != {"version", "declare", "given", "relation", "lhs", "rhs", "equality"}:
            return False
        if data["version"] != 1 or data["relation"] not in RELATIONS or set(self.declare) != set(tables):
            return False
        variables, symbols, functions, indices = (self.declare[t] for t in tables)
        names = [name for t in tables for name in self.declare[t]]
        return (
            len(set(names)) == len(names)
            and all(v["kind"] in ("unknown", "discrete", "continuous") for v in variables.values())
            and all(isinstance(v["slot"], str) and v["slot"] for v in variables.values())
            and all(self.terms(v["shape"]) for v in (*variables.values(), *symbols.values()))
            and all(s["sign"] in SIGNS for s in symbols.values())
            and all(f["range"] in RANGES and type(f["arity"]) is int for f in functions.values())
            and all(self.term(i["lower"]) and self.term(i["upper"]) for i in indices.values())
            and self.term(data["lhs"])
            and self.term(data["rhs"])
            and all(len(pair) == 2 and self.terms(pair) for pair in self.list(data["equality"]))
            and all(
                h[0] == "markov"
                or (
                    (len(h) == (4 if h[0] == "pushforward" else 3) and self.terms(h[1:]))
                    and h[0] in (*RELATIONS, "pushforward")
                )
                for h in data["given"]
            )
        )

    @staticmethod
    def list(value: Json) -> Json:
        if not isinstance(value, list):
            raise TypeError("a list is needed")
        return value

    def terms(self, values: Json) -> bool:
        return all(self.term(t) for t in self.list(values))

    def names(self, values: Json) -> bool:
        return all(len(v) == 2 and v[0] == "var" and v[1] in self.declare["variables"] for v in self.list(values))

    def term(self, t: Json) -> bool:
        head = self.list(t)[0]
        if head in ("add", "mul"):
            return len(t) > 1 and self.terms(t[1:])
        if head == "fn":
            return len(t) == 3 and self.declare["functions"][t[1]]["arity"] == len(t[2]) and self.terms(t[2])
        if head == "den":
            _, law, targets, given = t
            slots = [s for s, _ in (*targets, *given)]
            return (
                law[0] == "law"
                and len(law) == 3
                and isinstance(law[1], str)
                and self.terms(law[2])
                and len(set(slots)) == len(slots)
                and len(targets) > 0
                and all(isinstance(s, str) for s in slots)
                and self.terms([a for _, a in (*targets, *given)])
            )
        if head == "at":
            facts = self.declare[{"sym": "symbols", "var": "variables"}[t[1][0]]][t[1][1]]
            return len(t) == 3 and len(facts["shape"]) == 1 and self.term(t[2])
        kinds = ARITY[head]
        return len(t) == len(kinds) + 1 and all(self.part(head, k, a) for k, a in zip(kinds, t[1:], strict=True))

    def part(self, head: str, kind: str, a: Json) -> bool:
        tables = {"sym": "symbols", "var": "variables", "idx": "indices"}
        if kind == "s":
            return a == "pi" if head == "const" else a in self.declare[tables[head]]
        if kind == "n":
            return isinstance(a, str) and str(Fraction(a)) == a
        if kind == "v":
            return self.names(a)
        if kind == "i":
            return a[0] == "idx" and len(a) == 2 and a[1] in self.declare["indices"]
        if kind == "b" and a[0] in ("function", "law"):
            return len(a) == 3
        return self.term(a)


def well_formed(data: Json) -> bool:
    """Whether plain data are a statement as ``docs/terms.md`` describes it."""
    return Form(data).holds()


class Truth:
    """A statement under conditions, looked at in random models."""

    def __init__(self, data: dict[str, Json], conditions: Iterable[Json] = (), seed: int = 0) -> None:
        self.conditions = [c for c in conditions if c[0] in ("finite", "support", "nonzero", "positive")]
        pairs = [[terms[0], terms[-1]] for _, *terms in self.conditions]
        if any(kind == "idx" for pair in pairs for t in pair for kind, _ in free(t)):
            raise Unsupported("a condition on all values of an index")
        declare = {**data["declare"], "variables": dict(data["declare"]["variables"])}
        for _, t in paths(pairs):  # a condition may speak of another point of a slot, x' beside x
            if isinstance(t, list) and len(t) == 2 and t[0] == "var" and t[1] not in declare["variables"]:
                declare["variables"][t[1]] = declare["variables"][t[1].rstrip("'")]
        data = {**data, "declare": declare, "equality": [*data["equality"], *pairs]}
        self.search = Search(data, seed)
        self.claim = self.search.comparison
        self.sides = [Comparison(self.search.signature, "=", *pair) for pair in pairs]

    def models(self, number: int) -> Iterator[Model]:
        """Random models that satisfy hypotheses and conditions."""
        for n in range(number):
            try:
                model = self.search.draw(n)
                if model is None:
                    continue
                holds = [self.holds(c[0], side, model) for c, side in zip(self.conditions, self.sides, strict=True)]
                if all(holds):
                    yield model
            except (Unsupported, DoesNotExist):
                continue

    @staticmethod
    def holds(kind: str, sides: Comparison, model: Model) -> bool:
        """Whether a condition holds at all points; a term that does not exist does not satisfy it."""
        env = sides.floats.program.load(model)
        for assignment in sides.assignments(env):
            first, second = (float(v) for v in sides.floats.at(env, assignment))
            bad = {
                "finite": not math.isfinite(first),
                "support": first > 0 and not second > 0,
                "nonzero": abs(first) < 1e-12,
                "positive": first <= 0,
            }
            if bad[kind]:
                return False
        return True

    def contradiction(self, number: int = 40) -> Any:
        """A model's certified violation of the statement, or None."""
        for model in self.models(number):
            try:
                found = self.claim.falsified(model)
            except (Unsupported, DoesNotExist):
                continue
            if found is not None:
                return found
        return None


def contradiction(data: dict[str, Json], conditions: Iterable[Json] = (), models: int = 40, seed: int = 0) -> Any:
    """A certified violation of a statement in a model that satisfies the conditions, or None if none was found."""
    try:
        return Truth(data, conditions, seed).contradiction(models)
    except Unsupported:
        return None


def paths(item: Json, at: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Json]]:
    """All places inside plain data, with what stands there."""
    yield at, item
    inside: Iterable[tuple[Any, Json]] = ()
    if isinstance(item, dict):
        inside = item.items()
    elif isinstance(item, list):
        inside = enumerate(item)
    for key, part in inside:
        yield from paths(part, (*at, key))


def put(item: Json, place: tuple[Any, ...], value: Json) -> Json:
    """Plain data with another value at a place; the rest is shared."""
    if not place:
        return value
    first, *rest = place
    changed = put(item[first], tuple(rest), value)
    if isinstance(item, dict):
        return {**item, first: changed}
    return [*item[:first], changed, *item[first + 1 :]]


def fractions(text: str) -> tuple[Fraction, ...]:
    """Rational numbers from text."""
    return tuple(Fraction(t) for t in text.split())
