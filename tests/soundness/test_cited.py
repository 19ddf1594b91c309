"""Cited theorems: what may be cited, that the verdict says so, and that nothing is proved by citing it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from judging import ONE, forged

from derivations import kernel
from derivations.judge import judge
from derivations.language import E, Function, LanguageError, cited, inf, laws, sup, symbols, variables
from derivations.language.statements import Statement, encode
from derivations.prover import prove

Json = Any
p, q = laws("p q")
x, y, t = variables("x y t")
x2, t2 = x.copy("x2"), t.copy("t2")
f, g, h = Function("f"), Function("g"), Function("h")
C, D = Function("C", range="unit"), Function("D", range="unit")
a, b, c = symbols("a b c")

CLAIM = (E[p(x)](f(x)) <= E[p(x)](g(x))).assuming(cited("Rademacher", f(x) <= g(x)))


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
    assert not any("f(x) <= g(x)" in condition for condition in verdict.conditions)
    assert verdict.as_json()["assumptions"] == ["Rademacher"]
    assert 'cited("Rademacher", f(x) <= g(x))' in repr(verdict.statement)
    assert "theorem of Rademacher" in CLAIM.latex()


def test_without_the_citation_it_is_refuted() -> None:
    assert judge(E[p(x)](f(x)) <= E[p(x)](g(x))).verdict == "refuted"


@pytest.mark.parametrize("name", ["Fermat", "", "rademacher", "Rademacher ", 3, None, ["Rademacher"]])
def test_a_theorem_outside_of_the_list_is_rejected(name: Json) -> None:
    data = certificate()
    data["statement"]["given"][0][1] = name
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
    data["statement"]["given"] = [row[2] for row in data["statement"]["given"]]
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
        forged(data, bound([ONE, ["nonneg", [["var", "x"]], encode(p(x) * (g(x) - f(x)))]]))


# The claim in other clothes: the sides exchanged, a multiple, expanded, other variables, other bound functions.
SELF: dict[str, tuple[Statement, Statement]] = {
    "word for word": (f(x) <= g(x), f(x) <= g(x)),
    "the sides exchanged": (f(x) <= g(x), g(x) >= f(x)),
    "as a difference": (f(x) <= g(x), g(x) - f(x) >= 0),
    "a multiple": (f(x) <= g(x), 3 * f(x) / 2 <= 3 * g(x) / 2),
    "as an equation": (f(x) <= g(x), g(x) == f(x)),
    "an equation": (a == b, 2 * b - 2 * a == 0),
    "expanded": ((a + b) ** 2 >= c, a**2 + b**2 + 2 * a * b - c >= 0),
    "unfolded": (E[p(x)](f(x)) >= a, E[p(x2)](f(x2)) - a * E[q(y)](1) >= 0),
    "another variable": (f(t) <= g(t), f(t2) <= g(t2)),
    "a special case": (f(x) <= g(x), f(x) <= g(x2)),
    "another bound variable": (sup[x](f(x)) <= a, sup[x2](f(x2)) <= a),
    "another bound function": (inf[C](E[p(x)](C(x) * f(x))) >= a, inf[D](E[p(x)](D(x) * f(x))) >= a),
}


@pytest.mark.parametrize("name", SELF)
def test_the_claim_itself_cannot_be_cited(name: str) -> None:
    claim, says = SELF[name]
    whole = claim.assuming(cited("Eckart-Young", says))
    assert prove(whole.json()) is None
    with pytest.raises(kernel.Rejected, match="the claim itself"):
        kernel.Replay(whole.json(), frozenset(kernel.RULES))
    assert judge(whole).verdict != "proved"


def test_the_claim_cannot_be_cited_by_way_of_a_definition() -> None:
    """Another hypothesis that renames a function does not hide it."""
    whole = (f(x) >= 0).assuming(h(x) == f(x), cited("Eckart-Young", h(x) >= 0))
    assert prove(whole.json()) is None


def test_a_citation_does_not_prove_more_than_it_says() -> None:
    for claim in (f(x) <= h(x), g(x) <= f(x), f(x) + 1 <= g(x), E[q(x)](f(x)) < E[q(x)](g(x))):
        assert judge(claim.assuming(cited("Rademacher", f(x) <= g(x)))).verdict != "proved"
