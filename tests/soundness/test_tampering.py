"""Real certificates with every field altered: none is accepted unless it then proves another true statement.

Every place of the JSON is altered in turn: what stands there is left out, replaced by other values of its kind and by
values of other kinds, repeated, or exchanged with its neighbour; the digest is computed anew, as an attacker would.
All must be refused but two kinds, which the tests tell apart by other means than the kernel:

- the parts of a sum, a product or a list of a *proof* in another order: it says the same, and proves the same;
- another *statement* to which the same proof, conditions and rules belong (a variable or a law renamed, a kind, a sign
  or a hypothesis that the proof does not use).  It must be a statement as the documents describe it, read by a parser
  of its own, and true: the refuter's evaluator, which shares no definition with the kernel, finds no model against it.
"""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Iterable, Iterator
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from judging import accepted, contradiction, forged, paths, put, well_formed

from derivations import kernel
from derivations.language import KL, E, Function, I, laws, log, symbols, variables
from derivations.prover import prove
from derivations.theory import elbo, gan, gaussian, transport

Json = Any
p, q = laws("p q")
x, y, z = variables("x y z")
x2 = x.copy("x2")
f = Function("f")
g = Function("g", range="nonnegative")
(a, b) = symbols("a b", sign="nonnegative")

CLAIMS = {c.id: c for topic in (elbo, gan, gaussian) for c in topic.CLAIMS}
STATEMENTS = {
    "bound with a gap": elbo.CLAIMS[0].parts[0].statement,
    "equality": CLAIMS["log-likelihood"].parts[0].statement,
    "equality with hypotheses": gan.optimal_discriminator.parts[1].statement,
    "bound with an equality case": gan.optimal_discriminator.parts[0].statement,
    "bound with hypotheses and an equality case": gan.pointwise_optimum.parts[0].statement,
    "attained extremum": gan.gan_jsd.parts[0].statement,
    "normal laws": gaussian.gaussian_kl_standard.parts[0].statement,
    "chain rule": KL(q(x, z), p(x, z)) == KL(q(x), p(x)) + E[q(x)](KL(q(z | x), p(z | x))),
    "swap": E[p(x), p(x2)](f(x) * f(x) * f(x2)) == E[p(x), p(x2)](f(x2) * f(x2) * f(x)),
    "fold": E[(p(x) + q(x)) / 2](f(x)) * 2 == E[p(x)](f(x)) + E[q(x)](f(x)),
    "fraction": E[p(x)](p(x) / (p(x) + q(x))) + E[p(x)](q(x) / (p(x) + q(x))) == 1,
    "strict": KL(q(z), p(z)) + 1 > 0,
    "information": I(p, x, (y, z)) >= 0,
    "coupling": transport.weak_duality.parts[2].statement,
    "critic": transport.weak_duality.parts[1].statement,
    "two bounds and cases": transport.parallel_lines_w1.parts[0].statement,
    "gluing": transport.w1_continuity.parts[0].statement,
    "one sign": transport.w1_line.parts[0].statement,
    "Jensen": log(E[q(z)](g(z))) >= E[q(z)](log(g(z))),
}
SAMPLE = 260  # alterations of one certificate to which other conditions are fitted


@functools.cache
def certificate(name: str) -> dict[str, Json]:
    found = prove(STATEMENTS[name].json())
    assert found is not None
    return json.loads(json.dumps(found.data))


def altered(value: Json) -> Iterator[Json]:
    """Other values for a field, of the same and of other types."""
    if isinstance(value, str):
        try:
            number = Fraction(value)
        except (ValueError, ZeroDivisionError):
            names = {"x": "z", "z": "x", "p": "q", "q": "p", "p_data": "p_g", "p_g": "p_data", "<=": ">=", "=": "<="}
            names |= {">=": "<=", "KL": "JSD", "E": "int", "add": "mul", "mul": "add", "sup": "inf", "gibbs": "nonneg"}
            names |= {"real": "positive", "unknown": "discrete", "unit": "real", "positive": "real", "x.0": "z.0"}
            yield names.get(value, value + "'")
            yield ""
        else:
            yield from (str(number + 1), str(-number), "0", number.numerator, value + "e0", "1/0")
        yield from (7, None, [value])
    elif isinstance(value, bool) or value is None:
        yield from (0, "x", [])
    elif isinstance(value, int):
        yield from (value + 1, -value - 1, value + 0.5, str(value))
    elif isinstance(value, list):
        yield [*value, *value[-1:]]
        for n in range(len(value)):
            yield value[:n] + value[n + 1 :]
            if n:
                yield [*value[: n - 1], value[n], value[n - 1], *value[n + 1 :]]
        yield from (None, {str(n): v for n, v in enumerate(value)})
    elif isinstance(value, dict):
        for key in list(value):
            yield {k: v for k, v in value.items() if k != key}
        yield list(value.items())


def alterations(data: dict[str, Json], fields: Iterable[str]) -> Iterator[dict[str, Json]]:
    """Copies of a certificate with one place in some of its fields altered: every place, in every way."""
    for place, value in paths(data):
        if place and place[0] in fields:
            for new in altered(value):
                if json.dumps(new) != json.dumps(value):
                    yield put(data, place, new)


def sampled(data: dict[str, Json], fields: Iterable[str], seed: int) -> list[dict[str, Json]]:
    found = list(alterations(data, fields))
    return Random(seed).sample(found, min(SAMPLE, len(found)))


def unordered(item: Json) -> Json:
    """Data that are the same for lists in any order."""
    if isinstance(item, dict):
        return {key: unordered(part) for key, part in item.items()}
    return sorted((unordered(part) for part in item), key=json.dumps) if isinstance(item, list) else item


@pytest.mark.parametrize("name", STATEMENTS)
def test_the_certificate_itself_is_accepted(name: str) -> None:
    found = kernel.check(certificate(name))
    assert found["rules"] == certificate(name)["rules"]


@pytest.mark.parametrize("name", STATEMENTS)
def test_no_field_can_be_altered_under_the_old_digest(name: str) -> None:
    data = certificate(name)
    for other in alterations(data, data):
        with pytest.raises(kernel.Rejected):
            kernel.check(other)


@pytest.mark.parametrize("name", STATEMENTS)
@pytest.mark.parametrize("field", ["conditions", "assumptions", "trusts", "rules", "version"])
def test_conditions_assumptions_trusts_and_rules_cannot_be_altered(name: str, field: str) -> None:
    data = certificate(name)
    others = list(alterations(data, (field,)))
    others += [{**data, field: [*data[field], "Gibbs' inequality"]}] if isinstance(data[field], list) else []
    for other in others:
        with pytest.raises(kernel.Rejected):
            kernel.check({**other, "digest": kernel.digest(other)})


@pytest.mark.parametrize("name", STATEMENTS)
def test_no_other_proof_passes_for_a_proof_of_the_statement(name: str) -> None:
    """Every place of proof and factorisations altered: what is accepted is the same proof in another order."""
    data = certificate(name)
    for other in alterations(data, ("proof", "factors")):
        if accepted({**other, "digest": kernel.digest(other)}):
            assert unordered(other) == unordered(data)


@pytest.mark.parametrize("name", STATEMENTS)
def test_an_altered_statement_is_refused_or_true(name: str) -> None:
    """Every place of the statement altered: what is accepted has the documented form, and no model against it."""
    data = certificate(name)
    seen = {json.dumps(unordered(data["statement"]))}
    for other in alterations(data, ("statement",)):
        if accepted({**other, "digest": kernel.digest(other)}):
            after = other["statement"]
            assert well_formed(after), _difference(data["statement"], after)
            if (mark := json.dumps(unordered(after), sort_keys=True)) not in seen:
                seen.add(mark)
                violation = contradiction(copy.deepcopy(after), data["conditions"], models=24)
                assert violation is None, _difference(data["statement"], after)


def test_a_false_statement_beside_a_real_proof_would_be_seen() -> None:
    """The two means of the tests above do tell: a model is found against a false neighbour, and a proof altered in
    more than its order is no longer the same."""
    data = certificate("chain rule")
    false = {**data["statement"], "rhs": data["statement"]["rhs"][1]}
    assert well_formed(false)
    assert contradiction(false, data["conditions"], models=24) is not None
    assert unordered(["mul", ["sym", "a"]]) != unordered(["add", ["sym", "a"]])


@functools.cache
def _accepted(name: str) -> list[dict[str, Json]]:
    """The certificates, conditions and digest made to fit, that the kernel accepts after an alteration."""
    data = certificate(name)
    found = {}
    for other in sampled(data, ("statement", "proof", "factors"), seed=3):
        try:
            new = forged(other["statement"], other["proof"], factors=other["factors"])
        except kernel.Rejected:
            continue
        found[json.dumps([new["statement"], new["conditions"]], sort_keys=True)] = new
    return list(found.values())


@pytest.mark.parametrize("name", STATEMENTS)
def test_what_an_altered_certificate_proves_is_true(name: str) -> None:
    """Statement, proof or factors altered, conditions made to fit: what is accepted agrees with the models."""
    before = certificate(name)["statement"]
    for found in _accepted(name):
        after = found["statement"]
        if well_formed(after):
            violation = contradiction(copy.deepcopy(after), found["conditions"], models=24)
            assert violation is None, _difference(before, after)


@pytest.mark.parametrize("name", STATEMENTS)
def test_an_altered_certificate_of_no_statement_is_rejected(name: str) -> None:
    """What is accepted is a statement as the documents describe it: no unknown sign, kind or table, no missing part."""
    before = certificate(name)["statement"]
    for found in _accepted(name):
        assert well_formed(found["statement"]), _difference(before, found["statement"])


def _difference(before: Json, after: Json) -> list[Json]:
    """The places at which two statements differ, for the message of a failure."""
    old = {place: value for place, value in paths(before) if not isinstance(value, (list, dict))}
    new = {place: value for place, value in paths(after) if not isinstance(value, (list, dict))}
    return [(place, old.get(place), new.get(place)) for place in {**old, **new} if old.get(place) != new.get(place)]


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_part_left_out_of_the_proof_is_missed(name: str) -> None:
    """Every move and atom of a real proof is needed: without it the certificate is rejected."""
    data = certificate(name)
    for place, value in paths(data["proof"]):
        if place and place[-1] in ("moves", "atoms") and value:
            for n in range(len(value)):
                proof = put(data["proof"], place, value[:n] + value[n + 1 :])
                with pytest.raises(kernel.Rejected):
                    forged(data["statement"], proof, factors=data["factors"])
