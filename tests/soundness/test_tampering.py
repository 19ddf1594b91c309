"""Real certificates with every field altered: none is accepted unless it then proves another true statement."""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from judging import contradiction, forged, paths, put, well_formed

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

STATEMENTS = {
    "equality": elbo.CLAIMS[0].parts[0].statement,
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
SAMPLE = 260  # alterations of one certificate, of each kind


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
    elif isinstance(value, bool) or value is None:
        yield from (0, "x", [])
    elif isinstance(value, int):
        yield from (value + 1, -value - 1, value + 0.5, str(value))
    elif isinstance(value, list):
        yield [*value, *value[-1:]]
        if value:
            yield value[:-1]
            yield value[1:]
        if len(value) > 1:
            yield [*value[:-2], value[-1], value[-2]]
        yield from (None, {str(n): v for n, v in enumerate(value)})
    elif isinstance(value, dict):
        for key in list(value):
            yield {k: v for k, v in value.items() if k != key}
        yield list(value.items())


def alterations(data: dict[str, Json], fields: tuple[str, ...], seed: int) -> list[dict[str, Json]]:
    """Copies of a certificate with one place in some of its fields altered, each field in turn; a fixed sample."""
    found = []
    for place, value in paths(data):
        if place and place[0] in fields:
            found += [(place, new) for new in altered(value) if new != value or type(new) is not type(value)]
    Random(seed).shuffle(found)
    return [put(data, place, new) for place, new in found[:SAMPLE]]


@pytest.mark.parametrize("name", STATEMENTS)
def test_the_certificate_itself_is_accepted(name: str) -> None:
    found = kernel.check(certificate(name))
    assert found["rules"] == certificate(name)["rules"]


@pytest.mark.parametrize("name", STATEMENTS)
def test_no_field_can_be_altered_under_the_old_digest(name: str) -> None:
    data = certificate(name)
    for other in alterations(data, tuple(data), seed=1):
        if json.dumps(other, sort_keys=True) == json.dumps(data, sort_keys=True):
            continue
        with pytest.raises(kernel.Rejected):
            kernel.check(other)


@pytest.mark.parametrize("name", STATEMENTS)
@pytest.mark.parametrize("field", ["conditions", "assumptions", "trusts", "rules", "version"])
def test_conditions_assumptions_trusts_and_rules_cannot_be_altered(name: str, field: str) -> None:
    data = certificate(name)
    others = alterations(data, (field,), seed=2)
    others += [{**data, field: [*data[field], "Gibbs' inequality"]}] if isinstance(data[field], list) else []
    for other in others:
        if other[field] == data[field]:  # 1 and True are one number
            continue
        other = {**other, "digest": ""}
        other["digest"] = kernel.digest(other)
        with pytest.raises(kernel.Rejected):
            kernel.check(other)


@functools.cache
def _accepted(name: str) -> list[dict[str, Json]]:
    """The certificates, conditions and digest made to fit, that the kernel accepts after an alteration."""
    data = certificate(name)
    found = {}
    for other in alterations(data, ("statement", "proof", "factors"), seed=3):
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
