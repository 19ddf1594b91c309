"""Cited theorems: what may be cited, that the verdict says so, and that nothing is proved by citing it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from judging import ONE, forged, paths, put

from derivations import kernel
from derivations.judge import judge
from derivations.language import (
    W1,
    E,
    Function,
    LanguageError,
    Sum,
    cited,
    index,
    inf,
    laws,
    log,
    nondifferentiable,
    sqrt,
    sup,
    symbols,
    variables,
)
from derivations.language.matrices import eckart_young, eigenvalue
from derivations.language.statements import Statement, encode
from derivations.language.terms import term
from derivations.prover import prove
from derivations.theory.hints import atoms, choice, nonnegative

Json = Any
p, q = laws("p q")
x, y, t = variables("x y t")
x2, t2 = x.copy("x2"), t.copy("t2")
f, g, h = Function("f"), Function("g"), Function("h")
w = Function("w", range="nonnegative")
C, D = Function("C", range="unit"), Function("D", range="unit")
a, b, c = symbols("a b c")

# Rademacher's theorem: w is Lipschitz on an open set, so N(r), which is 1 where w has no derivative, vanishes.
(dimension,) = symbols("dim", sign="positive")
(steepness,) = symbols("L", sign="nonnegative")
component = index("e", dimension)
rough, level, place = Function("N_w", range="unit"), Function("w_"), Function("c_")
at_r = variables("r")[0]
at_t, at_s = at_r.copy("t_"), at_r.copy("s_")
way = sqrt(Sum[component]((place(component, at_t) - place(component, at_s)) ** 2))
TOLD = nondifferentiable(rough(at_r), level(at_r), place(component, at_r))
STEADY = abs(level(at_t) - level(at_s)) <= steepness * way
SAYS = rough(at_r) == 0
CITED = cited("Rademacher", SAYS)
CLAIM = (E[p(at_r)](rough(at_r)) == 0).assuming(TOLD, STEADY, CITED)


def bound(*atoms: Json) -> dict[str, Json]:
    return {"rule": "bound", "atoms": list(atoms), "moves": [], "equality": None}


def certificate() -> dict[str, Json]:
    found = prove(CLAIM.json())
    assert found is not None
    return json.loads(json.dumps(found.data))


def with_digest(data: dict[str, Json]) -> dict[str, Json]:
    return {**data, "digest": kernel.digest(data)}


def test_a_cited_theorem_is_an_assumption_and_no_condition() -> None:
    verdict = judge(CLAIM)
    assert verdict.verdict == "proved", verdict
    assert verdict.assumptions == ("Rademacher",)
    assert verdict.conditions == ()
    assert verdict.as_json()["assumptions"] == ["Rademacher"]
    assert 'cited("Rademacher", N_w(r) == 0)' in repr(verdict.statement)
    assert "theorem of Rademacher" in CLAIM.latex()


def test_without_the_citation_it_is_not_proved() -> None:
    assert judge(E[p(x)](f(x)) <= E[p(x)](g(x))).verdict == "refuted"
    assert judge((E[p(at_r)](rough(at_r)) == 0).assuming(TOLD, STEADY)).verdict == "undecided"


@pytest.mark.parametrize("name", ["Fermat", "", "rademacher", "Rademacher ", 3, None, ["Rademacher"]])
def test_a_theorem_outside_of_the_list_is_rejected(name: Json) -> None:
    data = certificate()
    data["statement"]["given"][-1][1] = name
    for assumptions in (data["assumptions"], [], [name]):
        with pytest.raises(kernel.Rejected):
            kernel.check(with_digest({**data, "assumptions": assumptions}))


def test_the_language_knows_the_same_theorems() -> None:
    for name in kernel.THEOREMS:
        assert cited(name, f(x) <= g(x))[1] == name
    with pytest.raises(LanguageError, match="Kantorovich"):
        cited("Fermat", f(x) <= g(x))
    with pytest.raises(LanguageError, match="one relation"):
        cited("Rademacher", (f(x) <= g(x)).iff(f(x) == g(x)))


@pytest.mark.parametrize("assumptions", [[], ["Eckart-Young"], ["Rademacher", "Rademacher"], ["Rademacher", "Fermat"]])
def test_an_assumption_cannot_be_dropped_from_the_list_or_exchanged(assumptions: list[str]) -> None:
    data = certificate()
    kernel.check(data)
    with pytest.raises(kernel.Rejected):
        kernel.check(with_digest({**data, "assumptions": assumptions}))


def test_a_citation_cannot_be_made_a_hypothesis_without_leaving_the_list() -> None:
    data = certificate()
    data["statement"]["given"] = [row[2] if row[0] == "cited" else row for row in data["statement"]["given"]]
    with pytest.raises(kernel.Rejected):
        kernel.check(with_digest(data))
    kernel.check(with_digest({**data, "assumptions": []}))


@pytest.mark.parametrize(
    "row",
    [
        ["cited"],
        ["cited", "Rademacher"],
        ["cited", "Rademacher", []],
        ["cited", "Rademacher", ["markov", ["x", "y"], ["law", "p", []]]],
        ["cited", "Rademacher", ["!=", ["num", "0"], ["num", "1"]]],
        ["cited", "Rademacher", ["cited", "Rademacher", ["<=", ["num", "0"], ["num", "1"]]]],
        ["cited", "Rademacher", ["<=", ["num", "0"], ["num", "1"]], ["num", "1"]],
        ["cited", "Rademacher", "<=", ["num", "0"], ["num", "1"]],
    ],
)
def test_a_citation_of_another_form_is_rejected(row: Json) -> None:
    data = CLAIM.json()
    data["given"].append(row)
    with pytest.raises(kernel.Rejected):
        forged(data, {"rule": "equal", "moves": []})


NO_RADEMACHER = {
    "another value": (TOLD, STEADY, cited("Rademacher", rough(at_r) == 1)),
    "an inequality": (TOLD, STEADY, cited("Rademacher", rough(at_r) <= 0)),
    "another function": (TOLD, STEADY, cited("Rademacher", f(at_r) == 0)),
    "a function of which nothing is said": (STEADY, CITED),
    "said twice": (TOLD, nondifferentiable(rough(at_t), f(at_t), place(component, at_t)), STEADY, CITED),
    "not Lipschitz": (TOLD, CITED),
    "another function is Lipschitz": (TOLD, abs(f(at_t) - f(at_s)) <= steepness * way, CITED),
    "Lipschitz at one point": (TOLD, abs(level(at_t) - level(a)) <= steepness * way, CITED),
    "Lipschitz at equal points": (TOLD, abs(level(at_t) - level(at_t)) <= steepness * 0, CITED),
    "of no order": (TOLD, abs(level(at_t) - level(at_s)) <= steepness * sqrt(way), CITED),
    "by other coordinates": (
        TOLD,
        abs(level(at_t) - level(at_s))
        <= steepness * sqrt(Sum[component]((C(component, at_t) - C(component, at_s)) ** 2)),
        CITED,
    ),
    "with a slope that is no number": (TOLD, abs(level(at_t) - level(at_s)) <= w(at_t) * way, CITED),
    "bounded": (TOLD, abs(level(at_t) - level(at_s)) <= steepness, CITED),
    "continuous from below": (TOLD, level(at_t) - level(at_s) <= steepness * way, CITED),
    "more about the indicator": (TOLD, STEADY, rough(at_r) <= level(at_r), CITED),
    "the indicator of the derivative of itself": (
        nondifferentiable(rough(at_r), rough(at_r), place(component, at_r)),
        STEADY,
        CITED,
    ),
}


@pytest.mark.parametrize("name", NO_RADEMACHER)
def test_what_is_not_the_theorem_of_rademacher_cannot_be_cited_as_it(name: str) -> None:
    whole = (E[p(at_r)](rough(at_r)) == 0).assuming(*NO_RADEMACHER[name])
    with pytest.raises(kernel.Rejected):
        kernel.Replay(whole.json(), frozenset(kernel.RULES))
    assert judge(whole, seconds=0.1).verdict != "proved"


@pytest.mark.parametrize(
    "claim",
    [
        rough(at_r) == 0,
        rough(at_t) == 0,
        sup[at_t](rough(at_t)) <= 0,
        E[p(at_r)](rough(at_r) ** 2) == 0,
        E[p(x)](rough(f(x))) == 0,
        E[p(x)](rough(x)) == 0,
        E[p(at_r)](rough(at_r)) + rough(a) <= 0,
    ],
)
def test_what_holds_at_almost_all_points_says_nothing_of_single_ones(claim: Statement) -> None:
    whole = claim.assuming(TOLD, STEADY, CITED)
    with pytest.raises(kernel.Rejected):
        kernel.Replay(whole.json(), frozenset(kernel.RULES))
    assert prove(whole.json()) is None


def test_every_alteration_of_what_rademacher_needs_is_another_statement() -> None:
    """Each name in the hypotheses and in the citation exchanged for each of a few others."""
    data = CLAIM.json()
    assert kernel.is_case("Rademacher", data["given"][-1][2], data)
    names = ("N_w", "w_", "c_", "r", "t_", "s_", "e", "L", "dim", "p", "<=", "=", "1", "2", "0", "abs", "log", "fn")
    for place_, value in paths(data["given"]):
        for other in names:
            if not isinstance(value, str) or value == other or {value, other} == {"L", "dim"}:  # any number will do
                continue
            changed = {**data, "given": put(data["given"], place_, other)}
            same = {value, other} <= {"r", "t_", "s_"}  # a point by another name, where the names stay different
            try:
                kernel.Replay(changed, frozenset(kernel.RULES))
            except (kernel.Rejected, LookupError, TypeError, ValueError, AttributeError):
                continue
            assert same, (place_, value, other)


# The theorem of Kantorovich and Rubinstein ----------------------------------------------------------------------------

v1, v2, v3 = x.copy("v1"), x.copy("v2"), x.copy("v3")
d = Function("d", range="nonnegative")
METRIC = (d(v1, v1) <= 0, d(v1, v2) <= d(v2, v1), d(v1, v3) <= d(v1, v2) + d(v2, v3))
shortest = W1(p(x), q(x2), d(x, x2))
steepest = sup[f, f(v1) - f(v2) <= d(v1, v2)](E[p(x)](f(x)) - E[q(x2)](f(x2)))
DUALITY = shortest == steepest
CRITICS = (W1(p(x), q(x2), d(x, x2)) <= c).assuming(steepest <= c, *METRIC, cited("Kantorovich-Rubinstein", DUALITY))


def test_duality_is_cited_word_for_word() -> None:
    found = prove(CRITICS.json())
    assert found is not None
    assert found.assumptions == ("Kantorovich-Rubinstein",)
    assert prove((shortest <= c).assuming(steepest <= c, *METRIC).json()) is None


other_cost = Function("other", range="nonnegative")
NO_DUALITY = {
    "half of it": (*METRIC, cited("Kantorovich-Rubinstein", shortest == steepest / 2)),
    "an inequality": (*METRIC, cited("Kantorovich-Rubinstein", shortest <= steepest)),
    "the laws exchanged": (*METRIC, cited("Kantorovich-Rubinstein", W1(q(x), p(x2), d(x, x2)) == steepest)),
    "one law": (*METRIC, cited("Kantorovich-Rubinstein", W1(p(x), p(x2), d(x, x2)) == steepest)),
    "another cost": (*METRIC, cited("Kantorovich-Rubinstein", W1(p(x), q(x2), other_cost(x, x2)) == steepest)),
    "the square of the distance": (
        *METRIC,
        cited("Kantorovich-Rubinstein", W1(p(x), q(x2), d(x, x2) ** 2) == steepest),
    ),
    "twice as steep": (
        *METRIC,
        cited(
            "Kantorovich-Rubinstein",
            shortest == sup[f, f(v1) - f(v2) <= 2 * d(v1, v2)](E[p(x)](f(x)) - E[q(x2)](f(x2))),
        ),
    ),
    "an infimum": (
        *METRIC,
        cited(
            "Kantorovich-Rubinstein",
            shortest == inf[f, f(v1) - f(v2) <= d(v1, v2)](E[p(x)](f(x)) - E[q(x2)](f(x2))),
        ),
    ),
    "all functions": (
        *METRIC,
        cited("Kantorovich-Rubinstein", shortest == sup[f](E[p(x)](f(x)) - E[q(x2)](f(x2)))),
    ),
    "without the first axiom": (*METRIC[1:], cited("Kantorovich-Rubinstein", DUALITY)),
    "without the second axiom": (METRIC[0], METRIC[2], cited("Kantorovich-Rubinstein", DUALITY)),
    "without the third axiom": (*METRIC[:2], cited("Kantorovich-Rubinstein", DUALITY)),
    "a weak triangle": (
        *METRIC[:2],
        d(v1, v3) <= 2 * d(v1, v2) + d(v2, v3),
        cited("Kantorovich-Rubinstein", DUALITY),
    ),
    "a triangle of two points": (
        *METRIC[:2],
        d(v1, v2) <= d(v1, v2) + d(v2, v2),
        cited("Kantorovich-Rubinstein", DUALITY),
    ),
    "a distance of two spaces": (
        *METRIC,
        cited(
            "Kantorovich-Rubinstein",
            W1(p(x), q(y), d(x, y)) == sup[f, f(v1) - f(v2) <= d(v1, v2)](E[p(x)](f(x)) - E[q(y)](f(y))),
        ),
    ),
    "anything": (*METRIC, cited("Kantorovich-Rubinstein", a == b)),
}


@pytest.mark.parametrize("name", NO_DUALITY)
def test_what_is_not_duality_cannot_be_cited_as_it(name: str) -> None:
    whole = (shortest <= c).assuming(steepest <= c, *NO_DUALITY[name])
    with pytest.raises(kernel.Rejected):
        kernel.Replay(whole.json(), frozenset(kernel.RULES))
    assert judge(whole, seconds=0.1).verdict != "proved"


# The claim in other clothes: the sides exchanged, a multiple, as a difference, by other names.
in_other_names = sup[h, h(v1) - h(v2) <= d(v1, v2)](E[p(x)](h(x)) - E[q(x2)](h(x2)))
SELF: dict[str, Statement] = {
    "word for word": DUALITY,
    "the sides exchanged": steepest == shortest,
    "as a difference": shortest - steepest == 0,
    "a multiple": 3 * shortest / 2 == 3 * steepest / 2,
    "an inequality": shortest <= steepest,
    "another bound variable": W1(p(v1), q(v2), d(v1, v2)) == steepest,
}


@pytest.mark.parametrize("name", SELF)
def test_the_claim_itself_cannot_be_cited(name: str) -> None:
    whole = SELF[name].assuming(*METRIC, cited("Kantorovich-Rubinstein", DUALITY))
    assert prove(whole.json()) is None
    with pytest.raises(kernel.Rejected, match="the claim itself"):
        kernel.Replay(whole.json(), frozenset(kernel.RULES))


def test_the_claim_cannot_be_cited_by_another_name_of_its_function() -> None:
    whole = (shortest == in_other_names).assuming(*METRIC, cited("Kantorovich-Rubinstein", DUALITY))
    assert prove(whole.json()) is None


# The theorem of Eckart and Young: the kernel knows what it says -------------------------------------------------------

N, n, K = symbols("N n K", sign="positive")
X, A, B = Function("X"), Function("A"), Function("B")
left, right = Function("C"), Function("D")
i, j, m, k, l = index("i", N), index("j", n), index("m", n), index("k", K), index("l", n)
t_rank = index("t", n, K + 1)
THEOREM = eckart_young(X, N, n, K)


def distance(one: Any, other: Any) -> Any:
    return Sum[i](Sum[j]((X(i, j) - Sum[k](one * other)) ** 2))


code = Sum[l](A(k, l) * X(i, l))
loss = distance(code, B(k, j))
nearest = inf[left](inf[right](distance(left(i, k), right(k, j))))
nearest_by_code = inf[right](distance(code, right(k, j)))
smallest = THEOREM.right
HINTS = atoms(choice(nearest, (i, k), code), choice(nearest_by_code, (k, j), B(k, j)), nonnegative(nearest - smallest))


def test_a_case_of_the_theorem_is_known_and_used() -> None:
    data = (loss >= smallest).assuming(cited("Eckart-Young", THEOREM))
    assert THEOREM.left is nearest
    verdict = judge(data, hints=HINTS)
    assert verdict.verdict == "proved", verdict
    assert verdict.assumptions == ("Eckart-Young",)
    assert judge(loss >= smallest, hints=HINTS).verdict != "proved"
    for name in ("Rademacher", "Kantorovich-Rubinstein"):
        with pytest.raises(kernel.Rejected):
            kernel.Replay((loss >= smallest).assuming(cited(name, THEOREM)).json(), frozenset(kernel.RULES))


def test_the_theorem_itself_is_no_claim() -> None:
    for claim in (THEOREM, nearest >= smallest, nearest / 2 >= smallest / 2):
        assert (
            judge(claim.assuming(cited("Eckart-Young", THEOREM)), hints=atoms(nonnegative(nearest - smallest))).verdict
            != "proved"
        )


moments = Sum[i](X(i, j) * X(i, m)) / N
largest = index("u", K)
NO_CASES = {
    "another relation": nearest >= smallest,
    "the largest": nearest == N * Sum[largest](eigenvalue(largest, j, m, moments)),
    "one more": nearest == N * Sum[index("u", n, K)](eigenvalue(index("u", n, K), j, m, moments)),
    "one less": nearest == N * Sum[index("u", n - 1, K + 1)](eigenvalue(index("u", n - 1, K + 1), j, m, moments)),
    "without the number of data": nearest == Sum[t_rank](eigenvalue(t_rank, j, m, moments)),
    "of another matrix": nearest == N * Sum[t_rank](eigenvalue(t_rank, j, m, Sum[i](A(i, j) * A(i, m)) / N)),
    "the largest distance": sup[left](inf[right](distance(left(i, k), right(k, j)))) == smallest,
    "one factor fixed": inf[right](distance(left(i, k), right(k, j))) == smallest,
    "both factors fixed": distance(left(i, k), right(k, j)) == smallest,
    "the same factor twice": inf[left](inf[left](distance(left(i, k), left(k, j)))) == smallest,
    "of the matrix itself": inf[X](inf[right](distance(X(i, k), right(k, j)))) == smallest,
    "anything": a == b,
    "unsquared": inf[left](inf[right](Sum[i](Sum[j](X(i, j) - Sum[k](left(i, k) * right(k, j)))))) == smallest,
    "of another rank": inf[left](inf[right](Sum[i](Sum[j]((X(i, j) - Sum[l](left(i, l) * right(l, j))) ** 2))))
    == smallest,
}


@pytest.mark.parametrize("name", NO_CASES)
def test_what_is_no_case_of_the_theorem_cannot_be_cited_as_one(name: str) -> None:
    whole = (loss >= smallest).assuming(cited("Eckart-Young", NO_CASES[name]))
    with pytest.raises(kernel.Rejected):
        kernel.Replay(whole.json(), frozenset(kernel.RULES))
    assert judge(whole, hints=HINTS, seconds=0.1).verdict != "proved"


def test_every_alteration_of_the_theorem_is_another_statement() -> None:
    data = (loss >= smallest).assuming(cited("Eckart-Young", THEOREM)).json()
    says = data["given"][0][2]
    for place, value in paths(says):
        for other in ("<=", "i", "j", "k", "t", "C", "D", "X", "N", "n", "K", "1", "2", "inf", "sup", "sum", "fn"):
            if isinstance(value, str) and value != other:
                assert not kernel.is_case("Eckart-Young", put(says, place, other), data), place


def test_the_ranges_are_those_of_the_theorem() -> None:
    data = (loss >= smallest).assuming(cited("Eckart-Young", THEOREM)).json()
    for name in ("i", "j", "m", "k", "t"):
        for end in ("lower", "upper"):
            for other in (["num", "2"], ["sym", "N"], ["sym", "n"], ["sym", "K"]):
                declare = json.loads(json.dumps(data["declare"]))
                if declare["indices"][name][end] != other:
                    declare["indices"][name][end] = other
                    assert not kernel.is_case("Eckart-Young", data["given"][0][2], {**data, "declare": declare}), (
                        name,
                        end,
                        other,
                    )


# A function in the place of an extremum ----------------------------------------------------------------------------

least = inf[f](E[p(x)]((f(x) - g(x)) ** 2))


def taking(body: Json, parameters: Json = ("x",), extremum: Json = None) -> Json:
    chosen = {"parameters": list(parameters), "body": body}
    return [ONE, ["extremum", [], ONE, encode(least) if extremum is None else extremum, chosen]]


def test_an_infimum_over_functions_is_at_most_the_value_at_one_of_them() -> None:
    found = forged(E[p(x)]((h(x) - g(x)) ** 2) >= least, bound(taking(encode(h(x)))))
    assert found["assumptions"] == []
    assert forged(E[p(x)](g(x) ** 2) >= least, bound(taking(["num", "0"])))


plain = sup[C](E[p(x)](C(x)))
s, r = index("s", 3), index("r", 3)
summed = inf[f](Sum[s](f(x) * g(s)))
FORGED = {
    "the other direction": lambda: forged(E[p(x)](g(x) ** 2) <= least, bound(taking(["num", "0"]))),
    "a function that may be infinite": lambda: forged(
        E[p(x)]((log(w(x)) - g(x)) ** 2) >= least, bound(taking(encode(log(w(x)))))
    ),
    "a function of what is bound": lambda: forged(
        E[p(x)]((x - g(x)) ** 2) >= least, bound(taking(["var", "x"], ["y"]))
    ),
    "a function of two arguments": lambda: forged(
        E[p(x)]((h(x) - g(x)) ** 2) >= least, bound(taking(encode(h(x)), ["x", "y"]))
    ),
    "one argument for two": lambda: forged(
        E[p(x)]((h(x) - g(x)) ** 2) >= least, bound(taking(encode(h(x)), ["x", "x"]))
    ),
    "the function by itself": lambda: forged(E[p(x)]((f(x) - g(x)) ** 2) >= least, bound(taking(encode(f(x) + 1)))),
    "a function outside of its range": lambda: forged(plain >= 3, bound(taking(["num", "3"], ["x"], encode(plain)))),
    "a sum that catches an index": lambda: forged(
        Sum[s](Sum[r](g(r)) * g(s)) >= summed + 1, bound(taking(encode(Sum[s](g(s))), ["x"], encode(summed)))
    ),
    "a point for a function": lambda: forged(
        E[p(x)]((h(x) - g(x)) ** 2) >= least,
        bound([ONE, ["extremum", [], ONE, encode(least), ["var", "x"]]]),
    ),
    "a function with more than its form": lambda: forged(
        E[p(x)]((h(x) - g(x)) ** 2) >= least,
        bound([ONE, ["extremum", [], ONE, encode(least), {"parameters": ["x"], "body": encode(h(x)), "more": 1}]]),
    ),
    "eigenvalues of a matrix that is not symmetric": lambda: forged(
        eigenvalue(term(1), j, m, X(j, m)) == eigenvalue(term(1), j, m, X(j, m)), {"rule": "equal", "moves": []}
    ),
    "eigenvalues of a matrix that is not square": lambda: forged(
        eigenvalue(term(1), i, m, A(i) * A(m)) == eigenvalue(term(1), i, m, A(i) * A(m)), {"rule": "equal", "moves": []}
    ),
    "eigenvalues of two matrices": lambda: forged(
        eigenvalue(term(1), j, m, A(j) * A(m)) == eigenvalue(term(1), j, m, B(j) * B(m)), {"rule": "equal", "moves": []}
    ),
    "eigenvalues of two ranks": lambda: forged(
        eigenvalue(term(1), j, m, A(j) * A(m)) == eigenvalue(term(2), j, m, A(j) * A(m)), {"rule": "equal", "moves": []}
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_choice_is_rejected(name: str) -> None:
    with pytest.raises(kernel.Rejected):
        FORGED[name]()


def test_an_eigenvalue_does_not_depend_on_the_names_of_its_indices() -> None:
    one = eigenvalue(term(1), j, m, X(j, m) + X(m, j))
    other = eigenvalue(term(1), m, l, X(l, m) + X(m, l))
    assert forged(one == other, {"rule": "equal", "moves": []})["conditions"] == []
