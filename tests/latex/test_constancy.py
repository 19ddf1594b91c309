r"""What may vary under a mean, a sum or an optimiser is not taken out of it.

Each false line was once proved.
"""

import pytest

from derivations.check import check

VARYING = [
    r"\operatorname{Var}(V(s)) = 0",
    r"\mathbb{E}[f(s)] = f(s)",
    r"\mathbb{E}[f(s_1) f(s_2)] = \mathbb{E}[f(s_1)] \mathbb{E}[f(s_2)]",
    r"\mathbb{E}_p[\nabla_\theta \log p_\theta(x)] = 0",
    r"H(p) = -\int p_\theta(x) \log p_\theta(x) dx",
    r"KL(q\|p) = \log\frac{\sigma_q}{\sigma_p} + \frac{\sigma_p^2 + (\mu_1 - \mu_2)^2}{2\sigma_q^2} - \frac12",
    r"KL(p(x,y)\|p(x)p(y)) = \frac12(\mu^2 + \sigma^2 - \log\sigma^2 - 1)",
    r"D_{KL}(\mathcal{N}(\mu, \operatorname{diag}(\sigma))\|\mathcal{N}(0, I))"
    r" = \frac12\sum_j(\mu_j^2 + \sigma_j^2 - \log\sigma_j^2 - 1)",
    r"\log|cA| = \log c + \log|A|",
    r"\mathbb{E}_p[f] = \mathbb{E}_q[f]",
    r"\mathbb{E}_p[f g] = \mathbb{E}_p[f] \mathbb{E}_p[g]",
    r"\log \mathbb{E}_q[w] \le \mathbb{E}_q[\log w]",
    r"\nabla_\theta E_{p_\theta}[f] = 0",
    r"\mathbb{E}_{p_\theta}[R\, \nabla_\theta \log p_\theta(x)] = 0",
    r"\mathbb{E} f(X) = f(X)",
    r"\mathbb{E}_\theta[X] = X",
    r"\mathbb{E}_{\epsilon \sim \mathcal{N}(0, I)}[\epsilon_i \epsilon_j] = \epsilon_i \epsilon_j",
    r"\int p(x) x_i\, dx = x_i",
    r"\mathbb{E}_t[f_t(x)] = f_t(x)",
    r"\mathbb{E}_z[w_z^2] = \mathbb{E}_z[w_z]^2",
    r"\mathbb{E}_{q(\theta)}[\log p_\theta(x)] = \log p_\theta(x)",
    r"\mathbb{E}_{q(w)}[p_w(x)] = p_w(x)",
    r"\sum_{i=1}^n a_{ij} = n\, a_{ij}",
    r"\frac{\sum_{n=1}^N r_{nk} x_n}{\sum_{n=1}^N r_{nk}} = \frac{1}{N} \sum_{n=1}^N x_n",
    r"\frac{1}{n} \sum_{i=1}^n \ell_i(\theta) = \ell_i(\theta)",
    r"\sum_{i=1}^n p_{\theta_i}(x) = n\, p_{\theta_i}(x)",
    r"\frac{1}{L} \sum_{l=1}^L \log p(x|z^{(i,l)}) = \log p(x|z^{(i,l)})",
    r"\mathbb{E}_\pi[R] = \mathbb{E}_{\pi'}[R]",
    r"\arg\max_\theta f(\theta) + R_\theta = \arg\max_\theta f(\theta)",
    r"\nabla_\theta \log \frac{e^{-E_\theta(x)}}{Z} = -\nabla_\theta E_\theta(x)",
]
DOCUMENTS = [
    r"$$\hat L = \frac{1}{n} \sum_{i=1}^n f(x_i)$$ $$\operatorname{Var}[\hat L] = 0$$",
    r"$$\bar x = \frac{1}{n} \sum_i x_i$$ $$\mathbb{E}[\bar x] = \bar x$$",
    r"$$p(s'|s,a) p(a|s) p(s) = p(s',a,s)$$ $$\mathbb{E}_{p(s')}[V(s')] = \mathbb{E}_{p(s)}[V(s)]$$",
    r"$$p(x'|x) p(x) = p(x',x)$$ $$D_{KL}(p(x') \| q(x')) = D_{KL}(p(x) \| q(x))$$",
    r"$$ELBO(\alpha) = \alpha \log p(x)$$ $$\log p(x) \ge ELBO(\alpha)$$",
    r"$$L(\theta) = \theta^2$$ $$L' = 5 \theta^2$$",
    r"where $b(x)$ is a baseline. $$\mathbb{E}_p[b] = \mathbb{E}_q[b]$$",
    r"where $\mu(x)$ is the mean. $$\mu(x + y) = \mu x + \mu y$$",
    r"$$\mu(x) \ge 0$$ $$\mu(x + y) = \mu \cdot (x + y)$$",
    r"We define $$KL(p\|q) := \int q(x) \log \frac{q(x)}{p(x)} dx$$ $$KL(p\|q) = \int p(x) \log \frac{p(x)}{q(x)} dx$$",
    r"Define $$H(X) = \sum_x p(x) \log p(x)$$ $$H(X) = -\sum_x p(x) \log p(x)$$",
    "$$L(\\theta)=\\log p_\\theta(x)$$\nwe now use another loss:\n$$L(\\theta):=-\\log p_\\theta(x)$$\n"
    "$$\\nabla_\\theta L(\\theta)=\\nabla_\\theta\\log p_\\theta(x)$$",
    "$$f(t)=t\\log t$$\nFor the reverse KL we take\n$$f(t)=-\\log t$$\n$$D_f(p\\|q)=KL(p\\|q)$$",
    "$$q(z|x)=\\mathcal{N}(z;\\mu(x),1)$$\nNow\n$$q(z|x)=\\mathcal{N}(z;0,1)$$\n$$\\mathbb{E}_{q(z|x)}[z]=\\mu(x)$$",
    r"$$p(z)=\mathcal{N}(z;0,\tau^2)$$ $$q(z|x)=\mathcal{N}(z;\mu,\sigma^2)$$"
    r" $$KL(q(z|x)\|p(z))=\frac12(\mu^2+\sigma^2-\log\sigma^2-1)$$",
    r"$$V(D,G)=\mathbb{E}_{p_{data}}[\log D(x)]+\lambda\mathbb{E}_{p_g}[\log(1-D(x))]$$"
    r" $$D^*(x)=\frac{p_{data}(x)}{p_{data}(x)+p_g(x)}$$",
    r"Let $p$ be the law of the data and $p_\theta$ the model. $$\mathbb{E}_p[\log p_\theta(x)] = -H(p)$$",
    r"where $\tilde p$ has no unit mass. $$\int\tilde p(x)dx=1$$",
    r"Unlike EM, where $q(z)=p(z|x)$, we use another. $$\log p(x)=\mathbb{E}_{q(z)}[\log\frac{p(x,z)}{q(z)}]$$",
    r"Suppose, for contradiction, that $p(x)=q(x)$. $$KL(p\|q)=0$$",
    r"$$q(z)=\mathcal{N}(z;\mu,\sigma^2)$$ $$\nabla_\mu\mathbb{E}_{q(z)}[f(z)]=\mathbb{E}_{q(z)}[\nabla_\mu f(z)]$$",
    r"$$\nabla_x\log p(x) = -\nabla_x E(x)$$ $$\nabla_x E(x) = 0$$",
    r"$$p(x) = \frac{e^{-E(x)}}{Z}$$ $$E(2x) = 2E(x)$$",
    r"$$\log p(x) = -E(x) - \log Z$$ $$E(x)^2 \le E(x^2)$$",
    r"$$C(G) := \min_D V(D,G)$$ $$C(G) = -\log 4 + 2 JSD(p_{data}\|p_g)$$",
    r"$$x_t = \sqrt{\alpha_t} x_0 + \sqrt{1-\alpha_t} \epsilon$$ $$\mathbb{E}_{x_0,\epsilon}[f(x_t)] = f(x_t)$$",
]


@pytest.mark.parametrize("document", [*(f"$${line}$$" for line in VARYING), *DOCUMENTS])
def test_a_false_line_is_not_proved(document: str) -> None:
    assert check(document).steps[-1].verdict != "proved"


@pytest.mark.parametrize(
    "line",
    [
        r"\mathbb{E}[a X + b] = a \mathbb{E}[X] + b",
        r"\mathbb{E}_{p(x)}[c f(x)] = c\, \mathbb{E}_{p(x)}[f(x)]",
        r"\sum_{i=1}^n c\, a_i = c \sum_{i=1}^n a_i",
        r"\mathbb{E}_{\epsilon \sim \mathcal{N}(0, 1)}[(m + s \epsilon)^2] = m^2 + s^2",
        r"\mathbb{E}_{q(z|x)}[\log p(x)] = \log p(x)",
        r"\mathbb{E}_{p_\theta(x)}[\nabla_\theta \log p_\theta(x)] = 0",
        r"\mathbb{E}_{q(x_1|x_0)}[\log p(x_0)] = \log p(x_0)",
        r"\int p_Z(z) \log p_Z(z) dz = \mathbb{E}_{p_Z(z)}[\log p_Z(z)]",
        r"H(X|Y) = \sum_y p(y) H(X|Y=y)",
        r"\int_{-\infty}^{\infty} p(x) dx = 1",
        r"\int_{\mathbb{R}^d} p(x) dx = 1",
        r"\sum_{x \in \{0,1\}} p(x) = 1",
        r"\operatorname{Var}(X) = \mathbb{E}(X - \mathbb{E}X)^2",
        r"\exp(a)^2 = \exp(2 a)",
        r"\arg\max_\theta \log p_\theta(x) + c = \arg\max_\theta \log p_\theta(x)",
    ],
)
def test_constants_are_still_taken_out(line: str) -> None:
    assert [step.verdict for step in check(f"$${line}$$").steps] == ["proved"]


@pytest.mark.parametrize(
    ("document", "verdict"),
    [
        (r"$$P(x|z) \ge 0$$ $$KL(P\|Q) \ge E_P[T] - \log E_Q[e^T]$$", "conditional"),
        (r"$$\int p(u) \log\frac{p(u)}{q(u)} du + E_{p(u)}[g] = E_{q(u)}[g]$$", "conditional"),
        (r"$$KL(P\|Q) \ge E_P[T] + \log E_Q[e^T]$$", "refuted"),
        (r"$$E_{p(u)}[u\,E_{q(v)}[v]] = E_{p(u)}[u] + E_{q(v)}[v]$$", "refuted"),
        (r"$$E_{p(u)}[f(u)] = E_{q(u)}[f(u)] + KL(p(u)\|q(u))$$", "refuted"),
    ],
)
def test_what_a_mean_takes_for_a_constant_makes_no_line_false(document: str, verdict: str) -> None:
    assert check(document).steps[-1].verdict == verdict
