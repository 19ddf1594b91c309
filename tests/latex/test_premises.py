r"""What a document says elsewhere of a step, and the model that it writes: a refutation without them is a query."""

import pytest

from derivations.check import check

BOUND = r"$$ \log p(x) = E_{q(z)}[\log p(x, z) - \log q(z)] $$"
QUERIES = [
    "After the E-step, $q$ equals the posterior. Hence nothing is lost:\n" + BOUND,
    "The bound becomes tight as the KL vanishes, i.e. q is the posterior:\n" + BOUND,
    "We get\n" + BOUND + "\nprovided that q is the posterior.",
    "We get\n" + BOUND + "\nbecause q is exact.",
    "# Exact posterior\n\nWe get\n" + BOUND,
    r"$$ \log p(x) \overset{q=p(z|x)}{=} E_{q(z)}[\log p(x, z) - \log q(z)] $$",
    "One might write\n$$ H(X) = H(X, Y) $$\nwhich is wrong.",
    "In what follows $p$ is short for $p(x|z)$.\n$$ \\log p(x) \\ge E_{q(z|x)}[\\log p] $$",
    r"$$ E_p[f(x)] - E_q[f(x)] \le TV(p, q), \qquad 0 \le f \le 1 $$",
    r"Let $f: \mathcal{X} \to [0, 1]$. Then $$ E_p[f(x)] - E_q[f(x)] \le TV(p, q) $$",
    r"Here $\|f\|_\infty \le 1$. Then $$ E_p[f(x)] - E_q[f(x)] \le TV(p, q) $$",
    r"Draw $z \sim N(0, 1)$ and $x \sim N(z, \sigma^2)$. $$ Var(x) = 1 + \sigma^2 $$",
    r"$$ X \ge 0 $$",
    r"$$ H(X) = H(Y) $$",
    r"$$ p(x) = \int p(x|z) N(z; 0, 1) dz $$",
    r"$$ p_\theta(x) = E_{z \sim N(0, 1)}[p_\theta(x|z)] $$",
    r"$$ \log p(y|x) \ge E_{q(w)}[\log p(y|x,w)] - KL(q(w) \| p(w)) $$",
    r"$$ \log p(y|x) = E_{q(w)}[\log p(y|x,w)] - KL(q(w) \| p(w)) + KL(q(w) \| p(w|x,y)) $$",
    r"$$ \log p(x,y) \ge E_{q(z|x,y)}[\log p(x|y,z) + \log p(y) + \log p(z) - \log q(z|x,y)] $$",
    r"$$ p(y|x) = E_{p(z)}[p(y|x,z)] $$",
    r"$$ \nabla_\theta \log p_\theta(x) = E_{p_\theta(z|x)}[\nabla_\theta \log p_\theta(x|z)] $$",
    r"$$ ELBO = E_{q(z|x,c)}[\log p(x|z,c)] - KL(q(z|x,c) \| p(z|c)) $$",
    r"$$ E_q[\log p(x|z_1,z_2)] - KL(q(z_1|x) \| p(z_1))"
    r" - E_{q(z_1|x)}[KL(q(z_2|z_1,x) \| p(z_2|z_1))] \le \log p(x) $$",
]
QUERIES += [
    r"$$ KL(q_\phi(z|x) \| p(z)) \ge 0 $$"
    r"$$ \mathrm{ELBO} = E_{q_\phi(z|x)}[\log p_\theta(x|z)] - KL(q_\phi(z|x) \| p(z)) $$"
    r"$$ \nabla_\theta \mathrm{ELBO} = \nabla_\theta E_{q_\phi(z|x)}[\log p_\theta(x|z)] $$",
    r"$$ H(P, Q) = E_{X \sim Data}[-\log Q(x)] = -\sum_x P(x) \log Q(x) $$",
    r"$$ \log \frac{q(x|\theta) q(\theta)}{q(x|k)} = \log q(\theta|x) $$",
    r"$$ E_{q(z|x)}[f(z)] \ge 0 $$ $$ \log p(x) = \text{ELBO} + KL(q(z) \| p(z|x)) $$",
    "定义交叉熵：\n" r"$$ H(P, Q) = \sum_x P(x) \log Q(x) $$",
]
# The same places with what is false under every such premise, or with words that are none.
REFUTED = [
    "We expand the bound as follows:\n" + BOUND,
    "We get\n" + BOUND + "\nwhere q is the encoder.",
    "# The evidence lower bound\n\nWe get\n" + BOUND,
    r"$$ \log p(x) \overset{(a)}{=} E_{q(z)}[\log p(x, z) - \log q(z)] $$",
    r"$$ E_p[f(x)] - E_q[f(x)] \le TV(p, q) $$",
    r"$$ KL(p \| q) \le 0 $$",
    r"$$ \log p(x) = E_{q(z|x)}[\log p(x|z)] + KL(q(z|x) \| p(z)) $$",
    r"$$ \log p(y|x) \le E_{q(w)}[\log p(y|x,w)] - KL(q(w) \| p(w)) $$",
    r"$$ E_{p(x)}[KL(p(z|x) \| p(z))] = I(X; Z) + H(Z) $$",
]


@pytest.mark.parametrize("text", QUERIES)
def test_what_its_document_may_excuse_is_a_query(text: str) -> None:
    assert "refuted" not in [s.verdict for s in check(text).steps]


@pytest.mark.parametrize("text", REFUTED)
def test_what_nothing_excuses_is_refuted(text: str) -> None:
    assert "refuted" in [s.verdict for s in check(text).steps], [s.message for s in check(text).steps]


def test_what_an_entropy_multiplies_is_no_random_variable() -> None:
    steps = check(r"$$H(cX)=H(X)+\log c$$ $$E[cX]=cE[X]$$").steps
    assert steps[-1].verdict == "proved"


def test_a_sum_takes_what_speaks_of_its_letter() -> None:
    true = r"$$ \sum_{i=1}^n a_i + b_i = \sum_{i=1}^n a_i + \sum_{i=1}^n b_i $$"
    assert [s.verdict for s in check(true).steps] == ["proved"]
    long = r"$$ \log p(x_{1:T},z_{1:T}) = \sum_{t=1}^T \log p(x_t|z_t) + \log p(z_t|z_{t-1}) $$"
    assert [s.verdict for s in check(long).steps] == ["conditional"]
