"""Every claim of the library: its verdict, exactly its conditions, its chains, and the script that states it."""

import subprocess
import sys

import pytest

from derivations.claims import Claim
from derivations.theory import TOPICS, claims

CLAIMS = {c.id: c for c in claims()}

# What the sheet asks for, or weaker: a divergence or an expectation that the statement contains is finite, and
# q(z|x) << p(z|x) follows from that.
CONDITIONS = {
    "log-likelihood": [
        "E[q(z | x)](log(p(x | z))) is finite",
        "q(z | x) << p(z | x)",
        "KL(q(z | x), p(z)) is finite",
        "KL(q(z | x), p(z | x)) is finite",
    ],
    "log-likelihood-as-scanned": [],
    "gaussian-kl-standard": [],
    "pointwise-optimum": [],
    "optimal-discriminator": [],
    "gan-jsd": [],
}


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_the_verdict_is_the_expected_one_under_exactly_the_conditions_of_the_sheet(claim: Claim) -> None:
    result = claim.prove()
    assert result.verdict == claim.expected, [str(v) for v in result.verdicts]
    assert result.gathered("conditions") == CONDITIONS[claim.id]
    assert result.gathered("assumptions") == []
    assert result.gathered("trusts") == []


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_chains_end_where_the_claim_does(claim: Claim) -> None:
    for part in claim.parts:
        for derivation in part.chains:
            end = derivation.conclusion()
            assert end.right is part.statement.right
            assert claim.id == "gan-jsd" or end.left is part.statement.left


def test_the_refuted_claim_shows_a_model_that_a_person_can_redo() -> None:
    result = CLAIMS["log-likelihood-as-scanned"].prove()
    found = result.verdicts[0].counterexample
    assert found is not None
    assert all(len(space["values"]) <= 2 for space in found.model["spaces"].values())


@pytest.mark.parametrize("name", TOPICS)
def test_each_theory_module_runs_alone(name: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", f"derivations.theory.{name}"], capture_output=True, text=True, check=False, timeout=60
    )
    assert answer.returncode == 0, answer.stderr
    assert "proved" in answer.stdout
