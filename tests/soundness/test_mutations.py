"""Mutations of true statements: those that an independent evaluator finds false are refuted, and none is proved."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judging import contradiction, paths, put, statement_of

from derivations.judge import judge
from derivations.language import JSD, KL, E, Function, H, I, LanguageError, laws, log, variables
from derivations.prover import prove
from derivations.refuter.fields import Unsupported
from derivations.theory import elbo, gan, gaussian

Json = Any
p, q = laws("p q")
x, y, z = variables("x y z")
w = Function("w", range="positive")

IDENTITIES = {
    "log-likelihood": elbo.CLAIMS[0].parts[0].statement.json(),
    "optimal-discriminator": gan.optimal_discriminator.parts[0].statement.json(),
    "label posterior": gan.optimal_discriminator.parts[1].statement.json(),
    "pointwise-optimum": gan.pointwise_optimum.parts[0].statement.json(),
    "gan-jsd": gan.gan_jsd.parts[0].statement.json(),
}
OTHERS = {
    "chain rule": (KL(q(x, z), p(x, z)) == KL(q(x), p(x)) + E[q(x)](KL(q(z | x), p(z | x)))).json(),
    "lower bound": (log(p(x)) >= E[q(z | x)](log(p(x, z) / q(z | x)))).json(),
    "mutual information": (I(p, x, z) == H(p(x)) + H(p(z)) - H(p(x, z))).json(),
    "averaged divergence": (E[p(x)](KL(p(z | x), q(z))) == I(p, x, z) + KL(p(z), q(z))).json(),
    "Jensen": (E[p(x)](log(w(x))) <= log(E[p(x)](w(x)))).json(),
    "mixture": (JSD(p(x), q(x)) <= log(2)).json(),
}
OPTIONS = settings(
    max_examples=45,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def terms_of(data: Json) -> list[tuple[tuple[Any, ...], Json]]:
    """The places of the terms of both sides."""
    sides = [(("lhs", *place), t) for place, t in paths(data["lhs"])]
    sides += [(("rhs", *place), t) for place, t in paths(data["rhs"])]
    return [(place, t) for place, t in sides if isinstance(t, list) and t and isinstance(t[0], str)]


def sign(data: Json, draw: Callable[..., Any]) -> Json:
    """One summand (or a whole side) with the other sign."""
    places = [(place, t) for place, t in terms_of(data) if len(place) == 1 or _parent(data, place)[0] == "add"]
    place, t = draw(st.sampled_from(places))
    return put(data, place, ["mul", ["num", "-1"], t])


def factor(data: Json, draw: Callable[..., Any]) -> Json:
    """One summand, integrand or argument of a logarithm multiplied by a number."""
    places = [
        (place, t)
        for place, t in terms_of(data)
        if len(place) == 1
        or (_parent(data, place)[0] in ("add", "log", "E", "sup") and t[0] not in ("den", "function"))
    ]
    place, t = draw(st.sampled_from(places))
    return put(data, place, ["mul", ["num", draw(st.sampled_from(["2", "1/2", "3"]))], t])


def order(data: Json, draw: Callable[..., Any]) -> Json:
    """The arguments of a divergence, or the sides of an inequality, exchanged."""
    places = [(place, t) for place, t in terms_of(data) if t[0] in ("KL", "JSD", "CE")]
    if not places:
        return {**data, "lhs": data["rhs"], "rhs": data["lhs"]}
    place, t = draw(st.sampled_from(places))
    return put(data, place, [t[0], t[1], t[3], t[2]])


def conditional(data: Json, draw: Callable[..., Any]) -> Json:
    """A density with a condition dropped, turned round or drawn into the joint density."""
    places = [(place, t) for place, t in terms_of(data) if t[0] == "den"]
    place, (_, law, targets, below) = draw(st.sampled_from(places))
    joint = sorted(targets + below)
    others = [["den", law, targets, []], ["den", law, joint, []], ["den", law, below, targets], ["den", law, below, []]]
    others += [["den", law, [s], [o for o in joint if o != s]] for s in joint]
    return put(data, place, draw(st.sampled_from([t for t in others if t[2]])))


def law(data: Json, draw: Callable[..., Any]) -> Json:
    """A density (most often that of an expectation) of another law of the statement."""
    places = [(place, t) for place, t in terms_of(data) if t[0] == "den"]
    weights = [(place, t) for place, t in places if place[-1] == 2 and _parent(data, place)[0] == "E"]
    place, t = draw(st.sampled_from(weights or places))
    names = sorted({u[1][1] for _, u in places})
    return put(data, place, ["den", ["law", draw(st.sampled_from(names)), t[1][2]], *t[2:]])


def _parent(data: Json, place: tuple[Any, ...]) -> Json:
    for key in place[:-1]:
        data = data[key]
    return data if isinstance(data, list) else [None]


KINDS = (sign, factor, order, conditional, law)


@st.composite
def mutations(draw: Callable[..., Any], statements: dict[str, Json]) -> Json:
    """A statement with one change."""
    data = copy.deepcopy(statements[draw(st.sampled_from(sorted(statements)))])
    change = draw(st.sampled_from(KINDS))
    if change in (conditional, law) and not any(t[0] == "den" for _, t in terms_of(data)):
        change = sign
    return {**change(data, draw), "equality": []}


def check(data: Json) -> bool:
    """The property; whether the evaluator found the mutation false."""
    try:
        claim = statement_of(data)
        data = claim.json()
        false = contradiction(data, models=60, seed=11) is not None
    except (LanguageError, Unsupported):
        return False
    if not false:
        certificate = prove(data)
        if certificate is not None:
            assert contradiction(data, certificate.conditions, models=60, seed=12) is None
        return False
    verdict = judge(claim, seconds=1.0)
    assert verdict.verdict != "proved" or (
        verdict.conditions and contradiction(data, verdict.certificate.data["conditions"], models=60, seed=11) is None
    ), data
    assert verdict.verdict in ("refuted", "proved"), data
    return True


@OPTIONS
@given(mutations(IDENTITIES))
def test_no_mutation_of_the_identities_is_proved_and_the_false_ones_are_refuted(data: Json) -> None:
    check(data)


@OPTIONS
@given(mutations(OTHERS))
def test_no_mutation_of_other_true_statements_is_proved_and_the_false_ones_are_refuted(data: Json) -> None:
    check(data)


def test_the_mutations_are_mostly_false() -> None:
    """The property above has something to say: at least half of the mutations of an identity are false."""

    class First:
        """Draws the choices of a sampled_from one after the other."""

        def __init__(self, n: int) -> None:
            self.n = n

        def __call__(self, strategy: Any) -> Any:
            elements = list(strategy.elements)
            self.n, rest = divmod(self.n, len(elements))
            return elements[rest]

    found = []
    for n in range(12):
        for change in KINDS:
            data = {**change(copy.deepcopy(IDENTITIES["log-likelihood"]), First(n)), "equality": []}
            try:
                found.append(contradiction(statement_of(data).json(), models=30) is not None)
            except LanguageError:
                continue
    assert sum(found) >= len(found) / 2


# Normal laws: the right side is computed here, the left side by quadrature, without the refuter ----------------------


def number(t: Json, values: dict[str, Any], k: int = 0) -> float:
    """A closed formula in mu_k, s_k and K at given values."""
    head = t[0]
    if head == "num":
        top, _, below = t[1].partition("/")
        return int(top) / int(below or 1)
    if head == "sym":
        return values[t[1]]
    if head == "at":
        return values[t[1][1]][k]
    if head == "add":
        return sum(number(u, values, k) for u in t[1:])
    if head == "mul":
        return math.prod(number(u, values, k) for u in t[1:])
    if head == "pow":
        return number(t[1], values, k) ** float(number(["num", t[2]], values))
    if head == "log":
        return math.log(number(t[1], values, k))
    assert head == "sum"
    return sum(number(t[2], values, n) for n in range(values["K"]))


def minus_divergence(mu: list[float], s: list[float]) -> float:
    """-KL(N(mu, s^2) || N(0, 1)) over independent components, by Gauss-Hermite quadrature."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    weights = weights / weights.sum()
    total = 0.0
    for m, d in zip(mu, s, strict=True):
        at = m + d * nodes
        total += float(weights @ (-0.5 * nodes**2 - math.log(d) + 0.5 * at**2))
    return -total


NORMAL = gaussian.gaussian_kl_standard.parts[0].statement.json()
VALUES = [
    {"K": 1, "mu": [0.7], "s": [1.6]},
    {"K": 2, "mu": [-0.4, 1.3], "s": [0.5, 2.2]},
    {"K": 3, "mu": [0.2, -0.9, 2.0], "s": [1.1, 0.3, 0.8]},
]


@st.composite
def normal_mutations(draw: Callable[..., Any]) -> Json:
    """The closed form with a sign, a factor, an exponent or a symbol changed."""
    places = [(("rhs", *place), t) for place, t in paths(NORMAL["rhs"])]
    places = [(place, t) for place, t in places if isinstance(t, list) and t[0] in ("pow", "num", "at", "log", "add")]
    place, t = draw(st.sampled_from(places))
    vector = {"at": ["at", ["sym", "s" if t[1] == ["sym", "mu"] else "mu"], t[2]]} if t[0] == "at" else {}
    others = [["mul", ["num", "-1"], t], ["mul", ["num", "2"], t], ["num", "0"], *vector.values()]
    others += [["pow", t[1], "4"], t[1]] if t[0] == "pow" else []
    return put(NORMAL, place, draw(st.sampled_from(others)))


@settings(OPTIONS, max_examples=60)
@given(normal_mutations())
def test_no_false_mutation_of_the_normal_divergence_is_proved(data: Json) -> None:
    try:
        right = [number(data["rhs"], v) for v in VALUES]
    except (ValueError, ZeroDivisionError):
        right = [math.nan]
    left = [minus_divergence(v["mu"], v["s"]) for v in VALUES]
    true = len(right) == len(left) and np.allclose(left, right, rtol=1e-9)
    if not true:
        assert prove(data) is None, data["rhs"]


def test_the_normal_divergence_agrees_with_quadrature() -> None:
    assert prove(NORMAL) is not None
    for v in VALUES:
        assert math.isclose(number(NORMAL["rhs"], v), minus_divergence(v["mu"], v["s"]), rel_tol=1e-10)
