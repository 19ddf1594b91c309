"""Differentiable functions: the mean value theorem, limits of difference quotients, and what they do not give."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from judging import ONE, forged, paths, put

from derivations import kernel
from derivations.judge import judge
from derivations.language import (
    E,
    Function,
    LanguageError,
    Sum,
    convex,
    gradient,
    index,
    laws,
    log,
    sqrt,
    sup,
    symbols,
    variables,
)
from derivations.language.statements import Statement, encode
from derivations.language.terms import Term
from derivations.prover import prove
from derivations.theory.hints import atoms, cauchy_schwarz, lemmas, nonnegative, square

Json = Any
(n,) = symbols("n", sign="positive")
k, l, half = index("k", n), index("l", n), index("r", n, 2)
(x,) = variables("x")
y, z, w = (x.copy(name) for name in "yzw")
f, h, g, c, v, b = (Function(name) for name in "fhgcvb")
(s, u) = symbols("s u")
smooth, whole = gradient(f(x), g(k, x), c(k, x)), convex(c(k, x))


def norm(component: Term) -> Term:
    return sqrt(Sum[k](component**2))


step = c(k, y) - c(k, x)
distance, rise = norm(step), f(y) - f(x)
slope = norm(g(k, x))
short, lipschitz = norm(g(k, z)) <= 1, rise <= distance
UP = atoms(cauchy_schwarz(g(k, z), step, [k]), nonnegative((1 - norm(g(k, z))) * distance))
DOWN = {
    **lemmas(Sum[k](g(k, x) ** 2) <= slope),
    **atoms(square(1, 1 - slope), nonnegative(slope - Sum[k](g(k, x) ** 2))),
}
FORWARD = (rise <= distance).assuming(smooth, whole, short)
BACKWARD = (slope <= 1).assuming(smooth, lipschitz)
ALONG = (Sum[k](g(k, x) * v(k)) <= norm(v(k))).assuming(smooth, lipschitz)


@pytest.mark.parametrize(("claim", "hints"), [(FORWARD, UP), (BACKWARD, DOWN), (ALONG, None)])
def test_a_function_is_lipschitz_iff_its_gradient_is_short(claim: Statement, hints: Json) -> None:
    verdict = judge(claim, hints=hints)
    assert verdict.verdict == "proved", verdict
    assert verdict.conditions == verdict.assumptions == ()


def test_the_other_direction_of_an_inequality_holds_as_well() -> None:
    falls = (Sum[k](g(k, x) * v(k)) >= -norm(v(k))).assuming(smooth, rise >= -distance)
    assert judge(falls).verdict == "proved"


NEVER_PROVED = {
    "not convex": (rise <= distance).assuming(smooth, short),
    "convex in other coordinates": (rise <= distance).assuming(smooth, convex(b(k, x)), short),
    "convex in some of the coordinates": (rise <= distance).assuming(smooth, convex(c(half, x)), short),
    "not differentiable": (rise <= distance).assuming(whole, short),
    "the gradient of another function": (rise <= distance).assuming(gradient(h(x), g(k, x), c(k, x)), whole, short),
    "a longer gradient": (rise <= distance).assuming(smooth, whole, norm(g(k, z)) <= 2),
    "a gradient that is short at one point": (rise <= distance).assuming(smooth, whole, norm(g(k, s)) <= 1),
    "one partial derivative that is small": (rise <= distance).assuming(smooth, whole, g(1, z) ** 2 <= 1),
    "each partial derivative small": (rise <= distance).assuming(smooth, whole, Sum[l](g(l, z) ** 2) <= n),
    "half the distance": (rise <= distance / 2).assuming(smooth, whole, short),
    "the slope at the start": (rise <= Sum[k](g(k, x) * step)).assuming(smooth, whole, short),
    "the slope at the end": (rise <= Sum[k](g(k, y) * step)).assuming(smooth, whole, short),
    "no smaller slope": (rise >= distance).assuming(smooth, whole, short),
    "another function": (h(y) - h(x) <= distance).assuming(smooth, whole, short),
    "the values themselves": (f(y) + f(x) <= distance).assuming(smooth, whole, short),
    "a larger constant": (slope <= 1).assuming(smooth, rise <= 2 * distance),
    "a smaller gradient": (slope <= s).assuming(smooth, lipschitz),
    "no derivative": (slope <= 1).assuming(lipschitz),
    "of another function, Lipschitz": (slope <= 1).assuming(smooth, h(y) - h(x) <= distance),
    "Lipschitz at one point": (slope <= 1).assuming(smooth, f(y) - f(s) <= norm(c(k, y) - c(k, s))),
    "from two points": (slope <= 1).assuming(smooth, f(s) - f(u) <= norm(c(k, s) - c(k, u))),
    "bounded rises": (slope <= 1).assuming(smooth, rise <= 1),
    "a steep direction": (Sum[k](g(k, x) * v(k)) <= norm(v(k)) / 2).assuming(smooth, lipschitz),
    "another vector": (Sum[k](g(k, x) * v(k)) <= norm(b(k))).assuming(smooth, lipschitz),
    "a direction from elsewhere": (Sum[k](g(k, y) * g(k, x)) <= slope).assuming(smooth, rise <= 2 * distance),
    "backwards": (Sum[k](g(k, x) * v(k)) >= norm(v(k))).assuming(smooth, lipschitz),
    "more components": (Sum[half](g(half, x) * v(half)) <= norm(v(k))).assuming(smooth, lipschitz),
}


@pytest.mark.parametrize("name", NEVER_PROVED)
@pytest.mark.parametrize("hints", [None, UP, DOWN], ids=["no hint", "up", "down"])
def test_neighbours_are_never_proved(name: str, hints: Json) -> None:
    try:
        found = prove(NEVER_PROVED[name].json(), hints=hints)
    except kernel.Rejected:
        return
    assert found is None


@pytest.mark.parametrize("name", ["a longer gradient", "half the distance", "no smaller slope"])
def test_where_hypotheses_speak_of_gradients_alone_affine_functions_refute(name: str) -> None:
    assert judge(NEVER_PROVED[name]).verdict == "refuted"


@pytest.mark.parametrize("name", ["a larger constant", "bounded rises", "not convex", "Lipschitz at one point"])
def test_a_few_points_do_not_refute_what_may_be_false_elsewhere(name: str) -> None:
    """Of a space of vectors a model shows a few points: that f is Lipschitz there says nothing of the others."""
    assert judge(NEVER_PROVED[name]).verdict == "undecided"


def test_a_supremum_over_the_points_of_a_model_refutes_nothing() -> None:
    assert judge((f(y) <= sup[z](f(z)) - 1).assuming(smooth)).verdict != "refuted"
    assert judge((sup[z](f(z)) <= f(x) + f(y) + 10**6).assuming(smooth, whole)).verdict != "refuted"


# Forged certificates --------------------------------------------------------------------------------------------------


def certificate(claim: Statement, hints: Json) -> Json:
    found = prove(claim.json(), hints=hints)
    assert found is not None
    return json.loads(json.dumps(found.data))


MEAN, QUOTIENT, LEMMA = (certificate(*row) for row in ((FORWARD, UP), (ALONG, None), (BACKWARD, DOWN)))


def altered(data: Json, change: Callable[[Json], None]) -> Json:
    data = copy.deepcopy(data)
    change(data)
    return data


def on_proof(**parts: Json) -> Callable[[Json], None]:
    return lambda data: data["proof"].update(parts)


def given(*rows: Json) -> Callable[[Json], None]:
    return lambda data: data["statement"].update(given=[*data["statement"]["given"], *rows])


def without(kind: str) -> Callable[[Json], None]:
    return lambda data: data["statement"].update(given=[h for h in data["statement"]["given"] if h[0] != kind])


def declared(table: str, name: str, **facts: Json) -> Callable[[Json], None]:
    return lambda data: data["statement"]["declare"][table][name].update(facts)


G = [encode(g(k, x)), encode(c(k, x))]
FORGED: dict[str, tuple[Json, Callable[[Json], None]]] = {
    "no convex set": (MEAN, without("convex")),
    "no gradient": (MEAN, without("gradient")),
    "another gradient": (MEAN, on_proof(gradient=1)),
    "a gradient from the end": (MEAN, on_proof(gradient=-1)),
    "a gradient by a truth value": (MEAN, on_proof(gradient=False)),
    "the points exchanged": (MEAN, on_proof(start="y", end="x")),
    "no rise": (MEAN, on_proof(start="x", end="x")),
    "the point is the start": (MEAN, on_proof(point="x")),
    "the point is the end": (MEAN, on_proof(point="y")),
    "a point that is none": (MEAN, on_proof(point="k")),
    "a discrete space": (
        MEAN,
        lambda d: [v.update(kind="discrete") for v in d["statement"]["declare"]["variables"].values()] and None,
    ),
    "the point in another space": (MEAN, declared("variables", "z", slot="z")),
    "a vector of points": (MEAN, declared("variables", "z", shape=[["num", "2"]])),
    "the direction at the other point": (QUOTIENT, on_proof(start="y", end="x")),
    "a step to the start": (QUOTIENT, on_proof(end="x")),
    "a scale that is known": (QUOTIENT, on_proof(scale="n")),
    "a scale that is a function": (QUOTIENT, on_proof(scale="f")),
    "a scale with a reserved name": (QUOTIENT, on_proof(scale="^t")),
    "another direction": (QUOTIENT, on_proof(direction=encode(2 * v(k)))),
    "a direction that depends on the step": (QUOTIENT, on_proof(direction=encode(v(k) + c(k, y) - c(k, y)))),
    "a direction that may be infinite": (QUOTIENT, on_proof(direction=encode(v(k) * log(v(k)) / log(v(k))))),
    "a direction with a sum": (QUOTIENT, on_proof(direction=encode(Sum[l](v(k)) / n))),
    "a bound of another vector": (QUOTIENT, on_proof(bound=encode(norm(v(k))))),
    "half of the bound": (
        QUOTIENT,
        lambda d: d["proof"].update(bound=["mul", ["num", "1/2"], d["proof"]["bound"]]),
    ),
    "a lemma that is not used": (LEMMA, on_proof(lemma=encode((">=", slope, slope)))),
    "a stronger lemma": (LEMMA, lambda d: d["proof"]["lemma"].__setitem__(2, ["num", "0"])),
    "a lemma of another relation": (LEMMA, lambda d: d["proof"]["lemma"].__setitem__(0, "<")),
    "a lemma proved by another proof": (LEMMA, lambda d: d["proof"].update(shown=d["proof"]["used"])),
    "a lemma without its proof": (LEMMA, lambda d: d["proof"].update(shown={"rule": "equal", "moves": []})),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_certificate_is_rejected(name: str) -> None:
    data, change = FORGED[name]
    data = altered(data, change)
    with pytest.raises(kernel.Rejected):
        forged(data["statement"], data["proof"])


@pytest.mark.parametrize("rule", ["mean value theorem", "Cauchy-Schwarz inequality", "difference quotients", "lemma"])
def test_a_proof_needs_the_rules_that_it_uses(rule: str) -> None:
    user = next(d for d in (MEAN, QUOTIENT, LEMMA) if rule in d["rules"])
    with pytest.raises(kernel.Rejected, match="does not list"):
        forged(user["statement"], user["proof"], without=[rule])


@pytest.mark.parametrize("data", [MEAN, QUOTIENT, LEMMA], ids=["mean value", "quotients", "lemma"])
def test_a_hypothesis_of_another_form_is_rejected(data: Json) -> None:
    """Every name in the hypotheses about the gradient and the convex set exchanged for another one."""
    for place, value in paths(data["statement"]["given"]):
        if not isinstance(value, str) or data["statement"]["given"][place[0]][0] not in ("gradient", "convex"):
            continue
        for other in ("x", "k", "f", "g", "c", "n", "fn", "var", "idx", "sym", "gradient", "convex"):
            if other != value:
                changed = {**data["statement"], "given": put(data["statement"]["given"], place, other)}
                with pytest.raises(kernel.Rejected):
                    forged(changed, data["proof"])


def test_the_point_of_the_mean_value_theorem_is_in_no_condition() -> None:
    """What divides at the point between two others would have to be positive at all of them."""
    claim = (rise <= sup[w](Sum[k](g(k, w) * step)) + 0 * log(f(z))).assuming(smooth, whole)
    proof = {"rule": "mean value", "gradient": 0, "start": "x", "end": "y", "point": "z"}
    bounded = {"rule": "bound", "atoms": [], "moves": [], "equality": None}
    with pytest.raises(kernel.Rejected):
        forged(claim, {**proof, "bounded": bounded})


# The inequality of Cauchy and Schwarz, and suprema over points --------------------------------------------------------


def by(*rows: Json) -> Json:
    return {"rule": "bound", "atoms": [list(row) for row in rows], "moves": [], "equality": None}


def lengths(a: Json, other: Json, names: Json = (["idx", "k"],)) -> Json:
    return [ONE, ["Cauchy-Schwarz", list(names), a, other]]


INNER = Sum[k](v(k) * b(k)) <= norm(v(k)) * norm(b(k))


def test_an_inner_product_is_at_most_the_product_of_the_lengths() -> None:
    assert forged(INNER, by(lengths(encode(v(k)), encode(b(k)))))["conditions"] == []


@pytest.mark.parametrize(
    "row",
    [
        lengths(encode(v(k)), encode(v(k))),
        lengths(encode(v(k)), encode(b(k)), []),
        lengths(encode(v(k)), encode(b(k)), [["fn", "v", [["idx", "k"]]]]),
        lengths(encode(v(k)), encode(b(k) * log(v(k)) / log(v(k)))),
        lengths(encode(v(k)), encode(-b(k))),
    ],
)
def test_a_forged_inequality_of_cauchy_and_schwarz_is_rejected(row: Json) -> None:
    with pytest.raises(kernel.Rejected):
        forged(INNER, by(row))


@pytest.mark.parametrize(
    "claim",
    [
        Sum[k](v(k) * b(k)) >= norm(v(k)) * norm(b(k)),
        Sum[k](v(k) * b(k)) <= norm(v(k)) * norm(b(k)) / 2,
        Sum[k](v(k) * b(k)) <= norm(v(k)),
        Sum[k](v(k)) <= norm(v(k)),
    ],
)
def test_neighbours_of_cauchy_and_schwarz_are_refuted(claim: Statement) -> None:
    verdict = judge(claim, hints=atoms(cauchy_schwarz(v(k), b(k), [k])))
    assert verdict.verdict == "refuted", verdict


p = laws("p")[0]
BOUNDED = (sup[w](h(w)) <= s).assuming(h(z) <= s)


def test_a_supremum_over_points_is_at_most_what_bounds_all_values() -> None:
    assert judge(BOUNDED).verdict == "proved"
    for claim in (
        sup[w](h(w)) <= h(x),
        (sup[w](h(w)) <= s).assuming(h(u) <= s),
        (sup[w](h(w)) <= s / 2).assuming(h(z) <= s),
        (sup[w](-h(w)) <= -s).assuming(h(z) <= s),
        sup[w](h(w)) <= E[p(x)](h(x)),
    ):
        assert judge(claim).verdict != "proved", claim


def test_the_point_of_a_supremum_is_new_and_of_its_space() -> None:
    data = certificate(BOUNDED, None)
    for point in ("x", "h", "w", "s"):
        with pytest.raises(kernel.Rejected):
            forged(data["statement"], {**data["proof"], "point": point})
    fixed = (sup[w](h(w)) - h(z) <= 0).assuming(h(z) <= h(z))
    proof = {"rule": "least upper bound over points", "extremum": encode(sup[w](h(w))), "point": "z"}
    with pytest.raises(kernel.Rejected, match="not any point"):
        forged(fixed, {**proof, "bounded": by()})


def test_the_language_names_the_mistake() -> None:
    for wrong in (
        lambda: gradient(f(x), g(x, k), c(k, x)),
        lambda: gradient(f(x, y), g(k, x), c(k, x)),
        lambda: gradient(f(x), g(k, y), c(k, x)),
        lambda: gradient(f(x), g(l, x), c(k, x)),
        lambda: convex(x),
    ):
        with pytest.raises(LanguageError):
            wrong()
