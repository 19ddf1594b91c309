"""Certificates written by hand to deceive: moves, atoms, multipliers, witnesses and rules that no prover would choose.

The statements are false in a model that satisfies whatever conditions the kernel finds; none may be accepted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from judging import ONE, contradiction, forged

from derivations import kernel
from derivations.language import KL, E, Function, H, I, Integral, Sum, exp, index, inf, laws, sup, symbols, variables
from derivations.language.statements import Statement
from derivations.language.statements import encode as data_of
from derivations.language.terms import Term

Json = Any
p, q, r, s = laws("p q r s")
x, y, z = variables("x y z")
f = Function("f")
g, h, G = Function("g"), Function("h"), Function("G")
w = Function("w", range="nonnegative")
D = Function("D")
a, b, t = symbols("a b t")
(K,) = symbols("K", sign="positive")
k = index("k", K)
none = index("n", 0)


def equal(*moves: Json) -> dict[str, Json]:
    return {"rule": "equal", "moves": list(moves)}


def bound(*atoms: Json, moves: Json = ()) -> dict[str, Json]:
    return {"rule": "bound", "atoms": [list(atom) for atom in atoms], "moves": list(moves), "equality": None}


def attained(witness: Json, parameters: list[str], bounded: dict[str, Json]) -> dict[str, Json]:
    witness = {"body": witness, "parameters": parameters}
    return {"rule": "attained", "witness": witness, "reached": equal(), "bounded": bounded}


def with_data(claim: Statement, **changes: Json) -> dict[str, Json]:
    return {**claim.json(), **changes}


def renamed_slot(slot: str, claim: Statement) -> dict[str, Json]:
    data = claim.json()
    data["declare"]["variables"]["x"]["slot"] = slot
    return data


def pushed(claim: Statement) -> Statement:
    """A statement for p the law of G(z) with z of law q."""
    return claim.assuming(("pushforward", p(x), q(z), G(z)))


def limit_of(body: Term, where: Json, value: Term) -> dict[str, Json]:
    """The statement that a term tends to a value."""
    data = (body == value).json()
    data["declare"]["symbols"]["t"] = {"sign": "real", "shape": []}
    return {**data, "lhs": ["limit", ["sym", "t"], where, data["lhs"]]}


def minus(first: Json, second: Json) -> Json:
    return ["add", first, ["mul", ["num", "-1"], second]]


NO_KL = ["definition of KL"]
NO_DEFINITIONS = [rule for rule in kernel.RULES if rule.startswith("definition of")]
half_divergence = KL(p(x) / 2, p(x)) >= 0
product_sign = (f(x) >= 0).assuming(w(x) * f(x) >= 0)
smuggled = E[p(x, z)](q(x) / p(x)) >= 1
smuggled_atom = ["nonneg", [], data_of(E[q(x)](p(z | x)))]
vanishing = E[q(x)](f(x) * p(z | x))
shifted = (sup[t](-((t - 1) ** 2)) == -1).assuming(t <= 0)
spread_data = with_data(sup[t](inf[a](-((t - a) ** 2))) == 0, rhs=["inf", ["sym", "a"], ["num", "0"]])
over_index = Sum[k](-((D(x) - f(x, k)) ** 2))
wrong_group = I(q, x, z) == 0
wrong_entropy = H(p(x)) == 0

FORGERIES: dict[str, Callable[[], dict[str, Json]]] = {
    "a free variable integrated out": lambda: forged(p(x) == 1, equal(["eliminate", [], "x", [0]])),
    "a bound name that is not there, over an empty range": lambda: forged(
        a + Sum[none](1) == b + Sum[none](1), equal(["eliminate", [], "#0.7", [0, 1]])
    ),
    "a bound name that is not there, over a range": lambda: forged(
        a + Sum[k](f(x)) == K * a + Sum[k](f(x)), equal(["eliminate", [], "#0.7", [1]])
    ),
    "a slot named like an index": lambda: forged(renamed_slot("#0", Integral[x](1) == Sum[k](1)), equal()),
    "a symbol with the name of a variable": lambda: forged(
        with_data(
            E[p(x)](a) == E[p(x)](x),
            lhs=["E", [["var", "x"]], data_of(p(x)), ["sym", "x"]],
            declare={
                **(E[p(x)](x) == 0).json()["declare"],
                "symbols": {"x": {"sign": "real", "shape": []}},
            },
        ),
        equal(),
    ),
    "an opaque divergence of half a law": lambda: forged(
        half_divergence, bound([ONE, ["nonneg", [], half_divergence.json()["lhs"]]]), without=NO_KL
    ),
    "an opaque divergence of a weighted law": lambda: forged(
        KL(p(x) * w(x), q(x)) >= 0, bound([ONE, ["nonneg", [], data_of(KL(p(x) * w(x), q(x)))]]), without=NO_KL
    ),
    "mutual information with nothing": lambda: forged(
        with_data(wrong_group, rhs=["I", [["var", "x"]], [], [["var", "z"]], wrong_group.json()["lhs"][4]]),
        equal(),
        without=NO_DEFINITIONS,
    ),
    "the entropy of nothing given all": lambda: forged(
        with_data(wrong_entropy, rhs=["H", [], [["var", "x"]], wrong_entropy.json()["lhs"][3]]),
        equal(),
        without=NO_DEFINITIONS,
    ),
    "a multiplier that divides by a function that may vanish": lambda: forged(
        product_sign, bound([["pow", data_of(w(x)), "-1"], ["nonneg", [], data_of(w(x) * f(x))]])
    ),
    "a support smuggled in by an atom taken zero times": lambda: forged(smuggled, bound([["num", "0"], smuggled_atom])),
    "a support smuggled in by a vanishing conditional": lambda: forged(
        E[p(x)](q(x) / p(x)) + vanishing == 1 + vanishing, equal()
    ),
    "a support smuggled in by another weight": lambda: forged(
        E[p(y)](E[q(x)](s(y) / p(y))) + E[q(x)](E[r(y)](p(z | y))) == 1 + E[q(x)](E[r(y)](p(z | y))), equal()
    ),
    "a hypothesis on the symbol of a supremum": lambda: forged(
        shifted,
        attained(
            ["num", "0"],
            [],
            bound(
                [ONE, ["square", [], ONE, ["sym", "t"]]],
                [["num", "2"], ["nonneg", [], ["mul", ["num", "-1"], ["sym", "t"]]]],
            ),
        ),
    ),
    "a witness caught by an inner infimum": lambda: forged(
        spread_data,
        attained(["sym", "a"], [], bound([ONE, ["nonneg", [], minus(spread_data["rhs"], spread_data["lhs"][2])]])),
    ),
    "a witness caught by a sum": lambda: forged(
        sup[D](over_index) == 0,
        attained(
            data_of(f(x, k)),
            ["x"],
            bound([ONE, ["square", [data_of(k)], ONE, data_of(D(x) - f(x, k))]]),
        ),
    ),
    "a pushforward at a free variable": lambda: forged(
        pushed(p(x) * h(x) == E[q(z)](h(G(z)))), equal(["pushforward", [], "x", 0])
    ),
    "a pushforward over another slot": lambda: forged(
        pushed(Integral[y](p(x=y) * h(y)) == E[q(z)](h(G(z)))), equal(["pushforward", ["y.0"], "y.0", 0])
    ),
    "a pushforward from another slot": lambda: forged(
        (E[p(x)](h(x)) == Integral[y](q(z=y) * h(G(y)))).assuming(("pushforward", p(x), q(z=y), G(y))),
        equal(["pushforward", ["x.0"], "x.0", 0]),
    ),
    "a limit that keeps its variable": lambda: forged(limit_of(t + 0, ["minus infinity"], t), equal()),
    "a limit of any function": lambda: forged(limit_of(f(t), ["infinity"], f(t)), equal()),
    "a limit of a vanishing and any other factor": lambda: forged(
        limit_of(exp(t) * f(t), ["minus infinity"], 0 * t), equal()
    ),
    "a limit of a vanishing and an exploding factor": lambda: forged(
        limit_of(exp(t) * exp(t**2), ["minus infinity"], 0 * t), equal()
    ),
    "an equality case where a function may vanish": lambda: forged(
        (E[p(x)](w(x) * (f(x) - g(x)) ** 2) >= 0).iff(f(x) == g(x)),
        {
            **bound([ONE, ["square", [["var", "x"]], data_of(p(x) * w(x)), data_of(f(x) - g(x))]]),
            "equality": {"forward": [[["pow", data_of(p(x) * w(x)), "-1"]]], "backward": [[data_of(p(x) * w(x))]]},
        },
    ),
    "a strict inequality without a gap": lambda: forged(KL(p(x), q(x)) > 0, bound()),
    "an atom with a negative multiplier": lambda: forged(
        KL(p(x), q(x)) <= 0, bound([["num", "-1"], ["gibbs", [["var", "x"]], data_of(p(x)), data_of(q(x))]])
    ),
    "an atom of a signed measure": lambda: forged(
        Integral[x]((2 * p(x) - q(x)) * (2 * p(x) - q(x))) * 0 + E[p(x)](f(x)) >= 0,
        bound([ONE, ["nonneg", [["var", "x"]], data_of(p(x) * f(x))]]),
    ),
    "a square of a signed weight": lambda: forged(
        E[p(x)](f(x) * f(x) * f(x)) >= 0, bound([ONE, ["square", [["var", "x"]], data_of(p(x) * f(x)), data_of(f(x))]])
    ),
    "monotone with the order turned round": lambda: forged(
        E[p(x)](f(x)) >= 0, bound([ONE, ["monotone", [["var", "x"]], data_of(p(x)), ["num", "2"], ["num", "1"]]])
    ),
    "a fold with no condition on the divisor": lambda: forged(
        w(x) / w(x) == 1,
        equal(["fold", ["fn", "w", [["var", "x"]]], [[], []], "1"]),
    ),
    "a swap of variables of two slots": lambda: forged(
        Integral[x, z](p(x, z) * f(x)) == Integral[x, z](p(x, z) * f(z)),
        equal(["swap", ["x.0", "z.0"], ["x.0", "z.0"], [0]]),
    ),
    "a swap of a bound and a free variable": lambda: forged(
        Integral[x](p(x) * f(x)) == f(x), equal(["swap", ["x.0"], ["x.0", "x"], [0]])
    ),
    "an empty proof": lambda: forged(a == b, equal()),
    "a rule for another relation": lambda: forged(a == b, bound()),
    "an extremum where there is none": lambda: forged(a == b, attained(["num", "0"], [], bound())),
}
KNOWN: dict[str, str] = {}
NAMES = [
    pytest.param(name, marks=pytest.mark.xfail(strict=True, reason=KNOWN[name])) if name in KNOWN else name
    for name in FORGERIES
]


@pytest.mark.parametrize("name", NAMES)
def test_a_forged_certificate_is_rejected(name: str) -> None:
    try:
        certificate = FORGERIES[name]()
    except kernel.Rejected:
        return
    kinds = {c[0] for c in certificate["conditions"]}
    assert kinds & {"support", "nonzero", "positive"}, "accepted, and no condition excludes the models where it fails"
    assert contradiction(certificate["statement"], certificate["conditions"], models=80) is None
