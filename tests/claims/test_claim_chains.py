"""Chains: every step is judged by itself, a wrong step is named, and a reason that is not the reason is an error."""

import itertools

import pytest

from derivations import (
    KL,
    Claim,
    E,
    FalseReason,
    LanguageError,
    Part,
    chain,
    explain,
    judge,
    laws,
    log,
    topic,
    variables,
)

p, q = laws("p q")
x, z = variables("x z")
start = log(p(x))
averaged = E[q(z | x)](log(p(x)))
bayes = E[q(z | x)](log(p(x, z) / p(z | x)))
split = E[q(z | x)](log(p(x, z))) - E[q(z | x)](log(p(z | x)))


def test_a_right_chain_is_proved_step_by_step() -> None:
    proof = chain(
        start, ("=", averaged, "normalisation"), ("=", bayes, "Bayes' rule"), ("=", split, "logarithm of a product")
    )
    assert [v.verdict for v in proof.verify()] == ["proved"] * 3
    assert judge(proof.conclusion()).verdict == "proved"


def test_a_wrong_step_is_named_with_its_counterexample() -> None:
    wrong = E[q(z | x)](log(p(x, z) / p(z)))
    verdicts = chain(start, ("=", averaged), ("=", wrong), ("=", wrong + 0)).verify()
    assert [v.verdict for v in verdicts] == ["proved", "refuted", "proved"]
    assert verdicts[1].counterexample is not None
    assert "Take x" in verdicts[1].counterexample.words


@pytest.mark.parametrize("reason", ["linearity", "definition of KL", "Jensen's inequality", "logarithm of a product"])
def test_a_false_reason_is_an_error_that_says_what_the_step_needs(reason: str) -> None:
    with pytest.raises(FalseReason, match="normalisation"):
        chain(start, ("=", averaged, reason)).verify()


def test_a_reason_that_is_not_used_is_an_error() -> None:
    with pytest.raises(FalseReason, match=r"does not use .Bayes' rule."):
        chain(start, ("=", averaged, "normalisation, Bayes' rule")).verify()


def test_an_unknown_reason_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(FalseReason, match=r"no reason that I know; use one of: .*normalisation"):
        chain(start, ("=", averaged, "obviously")).verify()


def test_inequalities_of_a_chain_must_agree() -> None:
    elbo = E[q(z | x)](log(p(x, z) / q(z | x)))
    up = chain(elbo, ("=", elbo), ("<=", start, "Gibbs' inequality, Bayes' rule, logarithm of a product"))
    assert up.conclusion().relation == "<="
    with pytest.raises(LanguageError, match="must agree"):
        chain(elbo, ("<=", start), (">=", elbo)).conclusion()


def test_the_proof_of_a_statement_explains_itself_as_a_chain_of_true_steps() -> None:
    verdict = judge(start == split)
    rows = explain(verdict)
    assert rows[0][0] is start
    assert rows[-1][0] is split
    assert {rule for _, rule in rows[1:]} >= {"Bayes' rule", "logarithm of a product"}
    for (before, _), (after, _) in itertools.pairwise(rows):
        assert judge(before == after).verdict == "proved"


def test_a_claim_is_as_good_as_its_weakest_part_or_step() -> None:
    def claim(*parts: Part) -> Claim:
        return Claim("c", "0.0", "a claim", parts, "words", "numerics.elbo.log_likelihood")

    good = Part(KL(q(z), p(z)) >= 0)
    bad = Part(KL(q(z), p(z)) == 0)
    assert claim(good).prove().verdict == "proved"
    assert claim(good, bad).prove().verdict == "refuted"
    derivation = chain(start, ("=", E[q(z | x)](log(p(z)))))
    assert claim(Part(good.statement, (derivation,))).prove().verdict == "refuted"


def test_claim_ids_must_differ() -> None:
    one = Claim("same", "0.0", "a claim", (Part(KL(q(z), p(z)) >= 0),), "words", "numerics.elbo.log_likelihood")
    with pytest.raises(LanguageError, match="same"):
        topic([one, one])


def test_a_chained_comparison_in_python_is_refused_with_the_right_line() -> None:
    with pytest.raises(TypeError, match="judge"):
        bool(KL(q(z), p(z)) >= 0)
    with pytest.raises(LanguageError, match="two statements"):
        judge(True)  # type: ignore[arg-type]
