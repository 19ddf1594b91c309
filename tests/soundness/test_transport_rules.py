"""The rules about transport costs: certificates made by hand to deceive, and what the prover must not prove."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from judging import ONE, contradiction, forged

from derivations import kernel
from derivations.judge import judge
from derivations.language import W1, E, Function, Integral, inf, laws, sqrt, sup, symbols, variables
from derivations.language.statements import Statement
from derivations.language.statements import encode as data_of
from derivations.language.terms import LanguageError, Term, term

Json = Any
p, q, r, s, pi, rho, u = laws("p q r s pi rho u")
x, y, z, w, t, v = variables("x y z w t v")
a, b = variables("a b", kind="continuous")
x2 = x.copy("x_2")
f, g, h, G, G2 = Function("f"), Function("g"), Function("h"), Function("G"), Function("G_2")
d, e = Function("d", range="nonnegative"), Function("e", range="nonnegative")
H = Function("H", range="unit")
c, theta = symbols("c theta")
cost = W1(p(x), q(y), d(x, y))
marginals = (pi(x) == p(x), pi(y) == q(y))
lipschitz = f(x) - f(y) <= d(x, y)
MINUS = ["num", "-1"]


def bound(*atoms: Json, moves: Json = ()) -> dict[str, Json]:
    return {"rule": "bound", "atoms": [[ONE, atom] for atom in atoms], "moves": list(moves), "equality": None}


def coupling(of: Term, noise: Term, names: list[Term], images: list[Term], moves: Json = ([], [])) -> Json:
    return ["coupling", [data_of(n) for n in names], data_of(of), data_of(noise), [data_of(i) for i in images], moves]


def critic(of: Term, left: Term, right: Term, over: tuple[Term, ...] = ()) -> Json:
    return ["critic", [data_of(n) for n in over], data_of(of), data_of(left), data_of(right)]


def gluing(*costs: Term) -> Json:
    return ["gluing", [], *(data_of(part) for part in costs)]


def with_test_function(claim: Statement) -> dict[str, Json]:
    """A coupling whose noise mentions the function that tests its marginals."""
    atom = coupling(cost, pi(x, y) * h(x, y), [x, y], [x, y])
    atom[3] = ["mul", data_of(pi(x, y)), ["fn", "^0", [["var", "x"]]]]
    return forged(claim, bound(atom))


def one_sign(other: Term, d: Term, mean: Term) -> Json:
    return ["one sign", [], [["var", "x"]], [data_of(other)], data_of(p(x)), data_of(d), data_of(mean), []]


at_cost = E[pi(x, y)](d(x, y))
parts = (W1(p(x), q(y), d(x, y)), W1(q(y), r(z), d(y, z)), W1(p(x), r(z), d(x, z)))
triangle = d(x, z) <= d(x, y) + d(y, z)
signed = 2 * pi(x, y) - rho(x, y)
both = (*marginals, rho(x) == p(x), rho(y) == q(y))
free_cost = W1(p(x), q(y), d(x, y) + e(x, z))
far = W1(p(a), q(b), sqrt(a**2 + b**2))
events = Integral[t](abs(E[p(x)](f(x, t)) - E[q(y)](f(y, t))))
given_coupling = coupling(cost, pi(x, y), [x, y], [x, y])
any_sign = W1(p(x), q(y), f(x))
equal: Json = {"rule": "equal", "moves": []}
conditional = ["W", [["var", "x"]], [["var", "y"]], data_of(p(x)), data_of(pi(y | x)), data_of(d(x, y))]

FORGERIES: dict[str, Callable[[], Json]] = {
    "a coupling without its marginals": lambda: forged(cost <= at_cost, bound(given_coupling)),
    "a coupling with one marginal": lambda: forged(
        (cost <= at_cost).assuming(marginals[0]), bound(coupling(cost, pi(x, y), [x, y], [x, y]))
    ),
    "a coupling with the marginals exchanged": lambda: forged(
        (cost <= E[pi(x, y)](d(y, x))).assuming(*marginals), bound(coupling(cost, pi(x, y), [x, y], [y, x]))
    ),
    "a signed measure with the right marginals": lambda: forged(
        (cost <= 2 * at_cost - E[rho(x, y)](d(x, y))).assuming(*both), bound(coupling(cost, signed, [x, y], [x, y]))
    ),
    "a noise of mass two": lambda: forged(
        (cost <= 2 * at_cost).assuming(*marginals), bound(coupling(cost, 2 * pi(x, y), [x, y], [x, y]))
    ),
    "a noise that mentions the test function": lambda: with_test_function((cost <= at_cost).assuming(*marginals)),
    "a cost that the noise captures": lambda: forged(
        free_cost <= E[p(x), q(y), r(z)](d(x, y) + e(x, z)),
        bound(coupling(free_cost, p(x) * q(y) * r(z), [x, y, z], [x, y])),
    ),
    "images in another order": lambda: forged(
        (cost <= E[r(z)](d(G(z), G2(z)))).assuming(
            ("pushforward", p(x), r(z), G(z)), ("pushforward", q(y), r(z), G2(z))
        ),
        bound(
            coupling(
                cost,
                r(z),
                [z],
                [G2(z), G(z)],
                ([["pushforward", ["x.0"], "x.0", 0]], [["pushforward", ["y.0"], "y.0", 1]]),
            )
        ),
    ),
    "a critic that is not below the cost": lambda: forged(
        E[p(x)](f(x)) - E[q(y)](f(y)) <= cost, bound(critic(cost, f(x), f(y)))
    ),
    "a critic with twice the constant": lambda: forged(
        (E[p(x)](f(x)) - E[q(y)](f(y)) <= cost).assuming(f(x) - f(y) <= 2 * d(x, y)), bound(critic(cost, f(x), f(y)))
    ),
    "a critic of the other point": lambda: forged(
        (E[p(x)](h(x, y)) - E[q(y)](f(y)) <= cost).assuming(h(x, y) - f(y) <= d(x, y)),
        bound(critic(cost, h(x, y), f(y))),
    ),
    "a critic that is a density": lambda: forged(
        (E[p(x)](r(x)) - E[q(y)](f(y)) <= cost).assuming(r(x) - f(y) <= d(x, y)), bound(critic(cost, r(x), f(y)))
    ),
    "a critic that divides": lambda: forged(
        E[p(x)](1 / f(x)) - E[q(y)](1 / f(y)) <= cost, bound(critic(cost, 1 / f(x), 1 / f(y)))
    ),
    "a critic with the root of a function of any sign": lambda: forged(
        (cost >= 0).assuming(sqrt(f(x)) - sqrt(f(x)) <= d(x, y)), bound(critic(cost, sqrt(f(x)), term(0)))
    ),
    "a family of critics with means that may be infinite": lambda: forged(
        (events <= cost).assuming(Integral[t](abs(f(x, t) - f(y, t))) <= d(x, y)),
        bound(critic(cost, f(x, t), f(y, t), (t,))),
    ),
    "gluing without a triangle inequality": lambda: forged(parts[2] <= parts[0] + parts[1], bound(gluing(*parts))),
    "gluing with another law in the middle": lambda: forged(
        (parts[2] <= parts[0] + W1(s(y), r(z), d(y, z))).assuming(triangle),
        bound(gluing(parts[0], W1(s(y), r(z), d(y, z)), parts[2])),
    ),
    "gluing with the triangle the wrong way": lambda: forged(
        (parts[0] <= parts[2] + parts[1]).assuming(triangle), bound(gluing(parts[2], parts[1], parts[0]))
    ),
    "a root that is not above": lambda: forged(
        E[p(a)](a) + E[q(b)](b) <= far, bound(critic(far, a, -b))
    ),
    "cases of the sign of a variable": lambda: forged(
        E[p(a)](abs(a)) == E[p(a)](a),
        {"rule": "cases", "term": data_of(a), "above": equal, "below": equal},
    ),
    "cases of the sign of what a supremum ranges over": lambda: forged(
        sup[c](-abs(c)) <= -1,
        {"rule": "cases", "term": data_of(c), "above": bound(), "below": bound()},
    ),
    "cases of what is not in the statement": lambda: forged(
        theta <= c, {"rule": "cases", "term": data_of(c), "above": bound(), "below": bound()}
    ),
    "one case only": lambda: forged(
        abs(c) <= c, {"rule": "cases", "term": data_of(c), "above": bound(), "below": bound(["nonneg", [], data_of(c)])}
    ),
    "two bounds, one of them for nothing": lambda: forged(
        (cost == at_cost).assuming(*marginals),
        {"rule": "two bounds", "above": bound(coupling(cost, pi(x, y), [x, y], [x, y])), "below": bound()},
    ),
    "a bound on an integral for a weighted one": lambda: forged(
        (E[p(x)](d(x, x) * f(x)) >= 0).assuming(E[p(x)](f(x)) >= 0),
        bound(["nonneg", [], data_of(E[p(x)](d(x, x) * f(x)))]),
    ),
    "one sign, compared with itself at the same points": lambda: forged(
        E[p(x)](abs(f(x))) <= abs(E[p(x)](f(x))),
        bound(one_sign(x, f(x), E[p(x)](f(x)))),
    ),
    "one sign, by no hypothesis": lambda: forged(
        (E[p(x)](abs(H(x) - c)) <= abs(E[p(x)](H(x)) - c)).assuming(H(x2) >= 0),
        bound(one_sign(x2, H(x) - c, E[p(x)](H(x)) - c)),
    ),
    "one sign, another mean": lambda: forged(
        (E[p(x)](H(x)) <= abs(c)).assuming(H(x2) >= 0),
        bound(one_sign(x2, H(x), c)),
    ),
    "a cost of any sign": lambda: forged(any_sign >= 0, bound(["nonneg", [], data_of(any_sign)])),
    "a transport cost under a binder": lambda: forged(
        E[r(z)](W1(p(x), q(y), d(x, y) + e(z, z))) >= 0,
        bound(["nonneg", [], data_of(E[r(z)](W1(p(x), q(y), d(x, y) + e(z, z))))]),
    ),
    "an extremum of transport costs": lambda: forged(
        inf[theta](W1(p(x), q(y), abs(theta) * d(x, y))) == cost, {"rule": "equal", "moves": []}
    ),
    "a law that mentions a point of the other": lambda: forged(
        {**(cost >= 0).json(), "lhs": conditional}, bound(["nonneg", [], conditional])
    ),
    "the same points for both laws": lambda: forged(
        {**(cost <= cost).json(), "lhs": ["W", [["var", "x"]], [["var", "x"]], *data_of(cost)[3:]]}, bound()
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_certificate_is_rejected(name: str) -> None:
    with pytest.raises(kernel.Rejected):
        FORGERIES[name]()


def test_the_atoms_prove_what_they_should() -> None:
    """The forgeries above fail for what is wrong with them, not for their form."""
    forged((cost <= at_cost).assuming(*marginals), bound(coupling(cost, pi(x, y), [x, y], [x, y])))
    forged((E[p(x)](f(x)) - E[q(y)](f(y)) <= cost).assuming(lipschitz), bound(critic(cost, f(x), f(y))))
    forged((parts[2] <= parts[0] + parts[1]).assuming(triangle), bound(gluing(*parts)))
    norm_of_difference = W1(p(a), q(b), sqrt((a - b) ** 2))
    forged(E[p(a)](a) - E[q(b)](b) <= norm_of_difference, bound(critic(norm_of_difference, a, b)))


# One change away from what is true: each is false in a model.
REFUTED = {
    "the independent coupling is optimal": cost == E[p(x), q(y)](d(x, y)),
    "every coupling is optimal": (cost == at_cost).assuming(*marginals),
    "a coupling is below": (cost >= at_cost).assuming(*marginals),
    "no coupling": (cost <= at_cost).assuming(pi(x) == p(x)),
    "a critic is above": (E[p(x)](f(x)) - E[q(y)](f(y)) >= cost).assuming(lipschitz),
    "no Lipschitz bound": E[p(x)](f(x)) - E[q(y)](f(y)) <= cost,
    "a Lipschitz bound the wrong way": (E[p(x)](f(x)) - E[q(y)](f(y)) <= cost).assuming(f(y) - f(x) <= d(x, y)),
    "the laws exchanged": cost == W1(q(x), p(y), d(x, y)),
    "the distance of a law from itself, no metric": W1(p(x), p(y), d(x, y)) == 0,
    "no triangle inequality": parts[2] <= parts[0] + parts[1],
    "an equation for the triangle inequality": (parts[2] == parts[0] + parts[1]).assuming(triangle),
    "a strict bound": cost > 0,
    "half of the cost": cost <= W1(p(x), q(y), d(x, y) / 2),
    "the cost is linear in the law": W1((p(x) + r(x)) / 2, q(y), d(x, y))
    == cost / 2 + W1(r(x), q(y), d(x, y)) / 2,
    "another noise": (cost <= E[s(z)](d(G(z), G2(z)))).assuming(
        ("pushforward", p(x), r(z), G(z)), ("pushforward", q(y), r(z), G2(z))
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUTED)
def test_false_neighbours_are_refuted(name: str) -> None:
    verdict = judge(REFUTED[name])
    assert verdict.verdict == "refuted", verdict


def test_what_is_true_of_transport_costs_is_proved() -> None:
    for claim in (
        cost <= E[p(x), q(y)](d(x, y)),
        cost >= 0,
        2 * cost == cost + cost,
        (cost <= W1(p(x), r(z), d(x, z)) + W1(r(z), q(y), e(z, y))).assuming(d(x, y) <= d(x, z) + e(z, y)),
        (E[p(x)](f(x)) - E[q(y)](g(y)) <= cost).assuming(f(x) - g(y) <= d(x, y)),
        (abs(E[p(a)](a) - E[q(b)](b)) <= W1(p(a), q(b), abs(a - b))),
    ):
        verdict = judge(claim)
        assert verdict.verdict == "proved", verdict
        certificate = verdict.certificate
        assert certificate is not None
        assert contradiction(certificate.data["statement"], list(certificate.conditions), models=40) is None


def test_a_cost_needs_points_of_its_own_for_each_law() -> None:
    with pytest.raises(LanguageError, match="variables of its own"):
        W1(p(x), q(x), d(x, x))
    with pytest.raises(LanguageError, match="not a density"):
        W1(p(x), f(y), d(x, y))
