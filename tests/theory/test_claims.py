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
    "ae-gaussian-nll": [],
    "linear-ae-pca": [],
    # An equality case compares numbers: the supremum must be one.
    "elbo-terms": ["sup[z''](log(p(x | z''))) is finite"],
    "ancestral-sampling": [],
    "aggregate-posterior": [
        "I(q, x, z) is finite",
        "KL(q(z), p(z)) is finite",
        "q(z) << p(z)",
        "E[p_data(x)](KL(q(z | x), p(z))) is finite",
    ],
    # Where the divergence is infinite, so is the mean ELBO.
    "elbo-joint-kl": ["H(p_data(x)) is finite"],
    "ae-code-freedom": ["c != 0"],
    "no-kl-bound": ["sup[z''](log(p(x | z''))) is finite"],
    "no-kl-collapse": [],
    "iid-log-likelihood": [],
    "log-likelihood": [
        "E[q(z | x)](log(p(x | z))) is finite",
        "q(z | x) << p(z | x)",
        "KL(q(z | x), p(z)) is finite",
        "KL(q(z | x), p(z | x)) is finite",
    ],
    "log-likelihood-as-scanned": [],
    # The bounds have no condition; the gaps are no difference of infinities.  Of one datum the gap and the mean of
    # log p(x|z) are infinite together.
    "elbo-bound": [
        "KL(q(z | x), p(z)) is finite",
        "q(z | x) << p(z)",
        "Sum[i](KL(q(z | data[i]), p(z | data[i]))) is finite",
        "q(z | data[i]) << p(z | data[i])",
        "Sum[i](E[q(z | data[i])](log(p(data[i] | z))) - KL(q(z | data[i]), p(z))) is finite",
    ],
    "elbo-joint-form": [],
    # Mean and variance of one draw, and of the average of all.
    "mc-elbo-unbiased": [
        "E[e(eps)](w(g(eps))) is finite",
        "E[Product[l](e(draws[l]))](Sum[l](w(g(draws[l])))/L) is finite",
        "E[q_x(z)](log(p(x, z)/q_x(z))) is finite",
        "q_x(z) << p(x, z)/q_x(z)",
        "E[Product[l](e(draws[l]))](Sum[l](log(p(x, z=g(draws[l]))/q_x(z=g(draws[l]))))/L) is finite",
        "E[e(eps)](w(g(eps))**2) is finite",
        "E[Product[l](e(draws[l]))]((Sum[l](w(g(draws[l])))/L)**2) is finite",
    ],
    "minibatch-unbiased": [],
    "pathwise-gradient": [
        "E[e(eps)](f(g(eps, phi), phi)) may be differentiated in phi under the integral sign",
        "E[e(eps)](Grad[phi](f(g(eps, phi), phi))) is finite",
        "E[e(eps)](f(g(eps, phi), phi)) is finite",
    ],
    "score-gradient": [
        "E[q[phi](z | x)](f(z, phi)) may be differentiated in phi under the integral sign",
        "E[q[phi](z | x)](f(z, phi)*Grad[phi](log(q[phi](z | x)))) is finite",
        "E[q[phi](z | x)](Grad[phi](f(z, phi))) is finite",
        "E[q[phi](z | x)](f(z, phi)) is finite",
    ],
    "gradient-variance": [],
    "gaussian-kl-univariate": [],
    # The divergences on both sides; the other two follow from the second line.
    "kl-factorizes": [
        "Sum[k](KL(p[k](z), q[k](z))) is finite",
        "p[k](z) << q[k](z)",
        "KL(Product[k](p[k](codes[k])), Product[k](q[k](codes[k]))) is finite",
        "Product[k'](p[k'](codes[k'])) << p[k](codes[k])",
        "Product[k'](p[k'](codes[k'])) << q[k](codes[k])",
    ],
    "gaussian-kl-standard": [],
    "gaussian-kl-minimum": [],
    "gaussian-kl-full": [],
    "gaussian-reparameterization": [],
    # Both sides are the same average; the kernel lists that it is finite.
    "gan-value-pushforward": [
        "E[p_g(x)](log(1 - D(x))) is finite",
        "p_g(x) << 1 - D(x)",
        "E[p(z)](log(1 - D(G(z)))) is finite",
        "p(z) << 1 - D(G(z))",
    ],
    "gan-bce": [],
    "pointwise-optimum": [],
    "optimal-discriminator": [],
    "gan-jsd": [],
    "gan-global-minimum": [],
    # With infinite entropies the right side of the second form does not exist.
    "jsd-forms": [],
    "jsd-bounds": [],
    "disjoint-jsd": [],
    "saturation": [],
    "generator-best-response": ["inf[x'](log(1 - D(x'))) is finite"],
    # A Jensen-Shannon divergence is always finite.
    "parallel-lines-jsd": ["JSD(a(x)*u(y), b(x)*u(y)) is finite"],
    "parallel-lines-w1": [],
    "parallel-lines-gradients": ["JSD(a(x)*u(y), b(x)*u(y)) is finite", "theta != 0"],
    # First moments are finite: then so are the means of a Lipschitz function.
    "weak-duality": [
        "E[q(y)](f(y)) is finite",
        "E[pi(x, y)](d(x, y)) is finite",
        "E[p(x)](f(x)) is finite",
    ],
    # On a finite space they are.
    "discrete-duality": [
        "Integral[i'](pi(i')*f(i')) is finite",
        "Integral[j'](pi(j')*f(j')) is finite",
        "E[pi(i, j)](d(i, j)) is finite",
        "Integral[i', j'](pi(i', j')*f(j')) is finite",
        "E[q(j)](f(j)) is finite",
        "E[p(i)](f(i)) is finite",
    ],
    # First moments: the distance of the quantiles is at most the distances to the origin.
    "w1-line": [
        "E[U(u)](d(Q_F(u), Q_G(u))) is finite",
        "Integral[t](abs(E[p(x)](h(x, t)) - E[q(y)](h(y, t)))) is finite",
    ],
    # The two distances whose difference is taken, and the bound.
    "w1-continuity": [
        "E[r(z)](d(G(t, z), G(s, z))) is finite",
        "W1(p_s(y), q(w), d(y, w)) is finite",
        "W1(p_t(x), q(w), d(x, w)) is finite",
    ],
    "w1-differentiable-ae": [
        "E[r(z)](d(G(t, z), G(s, z))) is finite",
        "E[r(z)](L(z)) is finite",
        "W1(p_s(y), q(w), d(y, w)) is finite",
        "W1(p_t(x), q(w), d(x, w)) is finite",
    ],
    "lipschitz-scaling": [],
    "lipschitz-layers": [],
    "gradient-norm": [],
}

# The theorems that the sheet allows to be cited, where it does.
ASSUMPTIONS: dict[str, list[str]] = {"linear-ae-pca": ["Eckart-Young"], "w1-differentiable-ae": ["Rademacher"]}


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_the_verdict_is_the_expected_one_under_exactly_the_conditions_of_the_sheet(claim: Claim) -> None:
    result = claim.prove()
    assert result.verdict == claim.expected, [str(v) for v in result.verdicts]
    assert result.gathered("conditions") == CONDITIONS[claim.id]
    assert result.gathered("assumptions") == ASSUMPTIONS.get(claim.id, [])
    assert result.gathered("trusts") == []


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_chains_end_where_the_claim_does(claim: Claim) -> None:
    for part in claim.parts:
        for derivation in part.chains:
            end = derivation.conclusion()
            assert end.right is part.statement.right
            assert claim.id == "gan-jsd" or end.left is part.statement.left


def test_every_claim_that_is_proved_has_a_chain() -> None:
    for claim in CLAIMS.values():
        assert claim.expected == "refuted" or any(part.chains for part in claim.parts), claim.id


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
