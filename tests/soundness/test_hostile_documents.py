"""Documents that try to have something false proved: by what they define, assume, or leave without a model."""

from __future__ import annotations

import pytest

from derivations.check import check
from derivations.judge import judge
from derivations.language import KL, Function, Limit, laws, log, sup, symbols, variables

(p, q), (x,) = laws("p q"), variables("x")


@pytest.mark.parametrize(
    "formula",
    ["2 p(x)", "p(x)^2", "p(x) + r(x)", "p(x) - r(x)", "2 p(x) - r(x)", r"\frac{p(x) + r(x)}{3}", "p(x) r(x)"],
)
@pytest.mark.parametrize("relation", ["=", ":="])
def test_what_holds_for_laws_is_not_proved_of_a_formula_that_is_no_density(formula: str, relation: str) -> None:
    claims = r"$$ KL(p\|q) \ge 0 $$ $$ E_q[1] = 1 $$ $$ E_q[\log w(x)] \le \log E_q[w(x)] $$"
    text = rf"$$ KL(r\|p) \ge 0 $$ $$ q(x) {relation} {formula} $$ {claims}"
    verdicts = [s.verdict for s in check(text).steps]
    assert verdicts[:2] == ["proved", "definition"]
    assert "proved" not in verdicts[2:]


@pytest.mark.parametrize("formula", [r"\frac12 p(x) + \frac12 r(x)", r"\int p(x|z) r(z) dz", r"\mathcal{N}(x; 0, 1)"])
def test_what_holds_for_laws_is_proved_of_a_formula_that_is_a_density(formula: str) -> None:
    verdicts = [s.verdict for s in check(rf"$$ q(x) = {formula} $$ $$ KL(p\|q) \ge 0 $$").steps]
    assert verdicts == ["definition", "proved"]


@pytest.mark.parametrize(
    "claim",
    [
        KL(p(x), p(x)) / KL(p(x), p(x)) == 1,
        log(-p(x)) == log(-p(x)),
        log(-p(x)) <= log(-p(x)) + 1,
        log(-1 - p(x)) == log(-1 - p(x)),
    ],
)
def test_what_holds_in_no_model_is_not_proved(claim: object) -> None:
    assert judge(claim).verdict == "undecided"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "latex",
    [
        r"E_{x \sim \mathcal{N}(0, 0)}[x] = 0",
        r"\int \mathcal{N}(x; 0, -1) dx = 1",
        r"\int \mathcal{N}(x; \mu, s - s) dx = 1",
        r"\sqrt{-1} = \sqrt{-1}",
        r"\frac{KL(p\|p)}{KL(p\|p)} = 1",
    ],
)
def test_a_step_that_means_nothing_is_not_proved(latex: str) -> None:
    assert "proved" not in [s.verdict for s in check(f"$$ {latex} $$").steps]


@pytest.mark.parametrize(
    "assumed",
    [["p(x) = 2 q(x)"], ["f(x) < 0", "f(x) > 0"], ["a < a"], ["p(x) = p(x) + 1"], ["p(x) q(x) = 0", "p(x) = q(x)"]],
)
def test_hypotheses_that_no_model_satisfies_prove_nothing(assumed: list[str]) -> None:
    lines = "\n".join(f"% derivations: assume {line}" for line in assumed)
    claims = r"$$ 1 \le 0 $$ $$ KL(p\|q) = 1 $$ $$ E_p[f(x)] \le 0 $$ $$ E_p[f(x)] = 3 $$"
    assert "proved" not in [s.verdict for s in check(f"{lines}\n{claims}", kind="tex").steps]


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"E_{q(x)}[\left(\frac{p(x)}{q(x)}\right)^2] \ge 1", "conditional"),
        (r"E_{q(x)}[\left(\frac{p(x)}{q(x)}\right)^2] \ge 2", "refuted"),
        (r"E_{q(x)}[\frac{p(x)}{q(x)} f(x)] \ge E_{p(x)}[f(x)]", "proved"),
        (r"E_{q(x)}[\frac{p(x)}{q(x)} f(x)] \ge E_{q(x)}[f(x)]", "refuted"),
    ],
)
def test_what_fails_only_where_supports_differ_is_a_query(latex: str, verdict: str) -> None:
    assert [s.verdict for s in check(f"$$ {latex} $$").steps] == [verdict]


@pytest.mark.parametrize(
    "latex",
    [
        r"\operatorname{argmin}_\theta KL(p \| p_\theta) = \operatorname{argmin}_\theta KL(p_\theta \| p)",
        r"\operatorname{argmin}_\theta KL(p(x) \| p_\theta(x)) = \operatorname{argmin}_\theta KL(p_\theta(x) \| p(x))",
        r"\operatorname{argmin}_\phi KL(p(x) \| p_\phi(x)) = \operatorname{argmax}_\phi E_{p_\phi(x)}[\log p(x)]",
        r"\operatorname{argmin}_\theta KL(q \| p_\theta) = \operatorname{argmin}_\theta E_q[\log p_\theta(x)]",
        r"\operatorname{argmax}_\theta E_p[f(x)] = \operatorname{argmax}_\theta 1",
    ],
)
def test_optimisers_of_different_objectives_are_not_proved_equal(latex: str) -> None:
    assert "proved" not in [s.verdict for s in check(f"$$ {latex} $$").steps]


def test_optimisers_of_one_objective_are_proved_equal_where_a_law_stands_beside_itself_with_a_parameter() -> None:
    same = r"\arg\min_\theta KL(p(x) \| p_\theta(x)) = \arg\max_\theta E_{p(x)}[\log p_\theta(x)]"
    assert [s.verdict for s in check(f"$$ {same} $$").steps] == ["proved"]


def test_what_vanishes_takes_only_what_is_finite_with_it() -> None:
    (a,) = symbols("a", sign="positive")
    for other in (log(p(x)), KL(p(x), q(x)), sup[x](Function("f")(x))):
        assert judge(Limit[a, 0](a * other) == 0).verdict != "proved"
    assert judge(Limit[a, 0](a * Function("f")(x)) == 0).verdict == "proved"


def test_a_deviation_and_a_variance_beside_each_other_are_not_taken_for_one() -> None:
    for sides in (r"\sigma^2) = \mathcal{N}(\mu; x, \sigma)", r"\sigma) = \mathcal{N}(\mu; x, \sigma^2)"):
        assert [s.verdict for s in check(rf"$$ \mathcal{{N}}(x; \mu, {sides} $$").steps] == ["conditional"]
    assert [s.verdict for s in check(r"$$ \mathcal{N}(x; \mu, \sigma) = \mathcal{N}(\mu; x, \sigma) $$").steps] == [
        "proved"
    ]


def test_a_markov_chain_is_a_hypothesis_where_it_is_said_and_not_where_it_is_denied() -> None:
    step = check(r"$$ I(X;Z) \le I(X;Y) \quad \text{for a Markov chain } X \to Y \to Z $$").steps[0]
    assert step.verdict == "proved"
    assert "x -> y -> z is a Markov chain" in step.conditions
    step = check(r"$$ I(X;Z) \le I(X;Y) \quad \text{not a Markov chain } X \to Y \to Z $$").steps[0]
    assert step.verdict != "proved"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("f_{1,2}(x)", "f_{12}(x)"), ("f(x) a_{(1)}", "f(x) a_1"), ("f(x) a_{-1}", "f(x) a_{m1}"),
        ("f(x) b_{i/j}", "f(x) b_{ij}"), ("f(x) b_{i;j}", "f(x) b_{ij}"), (r"f_{\theta,\phi}(x)", r"f_{\theta\phi}(x)"),
        (r"f(x) \theta^{+}", r"f(x) \theta^{p}"), (r"\sum_{k=1}^{N/2} f(x)", r"\sum_{k=1}^{N2} f(x)"),
        (r"\sum_{k=1}^{|B|} f(x)", r"\sum_{k=1}^{B} f(x)"), (r"\sum_{k=1}^{N-1} f(x)", r"\sum_{k=1}^{Nm1} f(x)"),
    ],
)  # fmt: skip
def test_two_names_are_not_taken_for_one(one: str, other: str) -> None:
    assert "proved" not in [s.verdict for s in check(f"$$ E_p[{one}] = E_p[{other}] $$").steps]


@pytest.mark.parametrize("subscripts", [("a,b", "ab"), ("+", "p"), ("(1)", "1")])
def test_two_laws_are_not_taken_for_one(subscripts: tuple[str, str]) -> None:
    one, other = (f"p_{{{s}}}" for s in subscripts)
    assert "proved" not in [s.verdict for s in check(f"$$ E_{{{one}}}[f(x)] = E_{{{other}}}[f(x)] $$").steps]


@pytest.mark.parametrize("upper", ["10^{100}", "2K", "K-1", "K/2", "N^2"])
def test_sums_up_to_a_compound_number_are_not_refuted(upper: str) -> None:
    assert [s.verdict for s in check(rf"$$ \sum_{{k=1}}^{{{upper}}} 1 = {upper} $$").steps] == ["conditional"]


def test_a_sum_over_what_has_a_normal_law_does_not_make_it_discrete() -> None:
    text = r"$$ p(x) = \mathcal{N}(x; 0, s) $$ $$ \sum_x p(x) = 1 $$ $$ H(X) \ge 0 $$ $$ H(p) \ge 0 $$ $$ p(x) \le 1 $$"
    assert "proved" not in [s.verdict for s in check(text).steps][2:]
