r"""What a line may mean otherwise, and marks that make another thing of it: none of them is a proof."""

import pytest

from derivations.check import check

REACHES = r"""
E(X-E[X])(Y-E[Y]) = 0
\mathbb{E}_{p(x)}(x-a)(x-b) = (x-b)(\mathbb{E}_{p(x)}[x]-a)
\nabla_x x x = x
\nabla_x (x-a)(x-b) = x-b
\nabla_x 2x = 0
\nabla_x \frac12 x^2 = 0
\frac{d}{dx} 2x = 0
\frac{d}{dx} x\log x = \log x
\frac{d}{dx}x^2/x = 2
\partial_x x^2x = 2x^2
\frac{\partial}{\partial x} f(x)g(x) = g(x)\frac{\partial}{\partial x} f(x)
\nabla_\theta p_\theta(x)\log p_\theta(x) = \log p_\theta(x)\nabla_\theta p_\theta(x)
\log n/n = 0
\log 2/2 = 0
JSD(p,q) \le \log 8/4
\log\sigma^2/2 = 2\log\sigma-\log 2
\log_2 8/2 = 2
\log|\Sigma|/2 = \log|\Sigma|-\log 2
\exp 2x = e^2x
\exp ab = b\exp a
\exp x^2/2 = \frac12\exp(x^2)
\log(1-x)(1+x) = (1+x)\log(1-x)
\operatorname{Var}(X-Y)^2 = \operatorname{Var}((X-Y)^2)
\prod_{i=1}^n x_i\lambda e^{-\lambda} = \lambda e^{-\lambda}\prod_{i=1}^n x_i
p(x)\,dx = q(x)\,dx
p(x)dx = 1
KL(p\|q) = p(x)\log\frac{p(x)}{q(x)}dx
"""
MARKS = r"""
\overline{x^2} = \bar x
\overline{X^2}-\bar X^2 = \bar X-\bar X^2
\hat{\theta_1}_n=\hat{\theta_2}_n
\tilde{p^2}(x) = \tilde p(x)
\overset{q}{\mathbb{E}}[f(x)] = \overset{p}{\mathbb{E}}[f(x)]
\overset{n}{\sum}_{i=1} x_i = \overset{m}{\sum}_{i=1} x_i
\overset{0}{\int} p(x)dx=1
a\overset{\max}{+}b=a+b
H(X_1,X_5,\dots,X_n) = H(X_1,\dots,X_n)
H(X_1,X_3,\dots,X_n) = \sum_{i=1}^n H(X_i|X_1,\dots,X_{i-1})
p(x_1,x_3,\dots,x_n)=\prod_{i=1}^n p(x_i|x_1,\dots,x_{i-1})
KL(q_\phi\|q_\varphi)=0
\epsilon=\varepsilon
E_{q_\phi(z)}[\log q_\varphi(z)] = -H(q_\phi)
KL(p\|\mathsf{p})=0
KL(P\|\mathbb{P})=0
KL(p_{\mathcal A}\|p_A)=0
KL(p_{\sqrt 2}\|p_2) = 0
KL(p_\square\|p_\blacksquare) = 0
x^{(k)}=x^k
\sum_x N(x;0,1) = 1
\sum_{x\in\mathbb{Z}} \mathcal{N}(x;\mu,\sigma^2) = 1
\int_{\mathbb Z} N(x;0,1)dx = 1
\sum_{x=1}^1 p(x)=1
\left[\begin{array}{c} x \\ y\end{array}\right] = xy
\left(\begin{aligned}x\\y\end{aligned}\right)=xy
\Gamma(3)=\frac32\Gamma(2)
f\square g = fg
\frac{\Delta y}{\Delta x}=\frac yx
x=x\text{ to the power }2
1 = 1 \text{(since } x=x\text{)} + 1
p(x,\theta) = p(x|\theta)
E_{p(x,\theta)}[x]=E_{p(x|\theta)}[x]
KL(\mathrm{Beta}(a,b)\|\mathrm{Beta}(b,a)) = 0
ELBO(\theta)=ELBO(\phi)
ELBO_\theta=ELBO_\phi
C(G_\theta)=C(G_\phi)
E_{z\sim p}[f(G_\theta(z))]=E_{z\sim p}[f(G_\phi(z))]
E_{z\sim N(0,1)}[f(G(z))]=E_{z\sim N(1,1)}[f(G(z))]
H(X|y)\le H(X)
I(X;y)=I(X;Y)
W(x,y) = W(y,x)
KL(N(\mu,\operatorname{diag}(\sigma^2))\|N(0,I)) = \frac12\sum_{j=1}^{d-1}(\mu_j^2+\sigma_j^2-1-\log\sigma_j^2)
"""
TRUE = r"""
\frac{d}{dx} x\log x = \log x + 1
\nabla_x \frac12 x^2 = x
\nabla_\theta \lambda \theta^2 = 2\lambda\theta
\nabla_\theta \frac1N \sum_{i=1}^N \log p_\theta(x_i) = \frac1N \sum_{i=1}^N \nabla_\theta \log p_\theta(x_i)
\nabla_\theta p_\theta(x) / p_\theta(x) = \nabla_\theta \log p_\theta(x)
\frac{\partial}{\partial w} \frac{1}{2}(y - w x)^2 = -(y-wx)x
Cov(X,Y) = E(X-E[X])(Y-E[Y])
E(X-\mu)^2 = E[X^2] - 2\mu E[X] + \mu^2
\exp 2x = e^{2x}
\log \sigma_2/\sigma_1 = \log\sigma_2 - \log\sigma_1
\log 1/2 = -\log 2
KL(p\|q) = E_p \log p/q
H(X_1,X_2,\dots,X_n) = \sum_{i=1}^n H(X_i|X_1,\dots,X_{i-1})
\prod_{i=1}^n p(x_i|\theta) p(\theta) = p(\theta) \prod_{i=1}^n p(x_i|\theta)
p(x,z|\theta) = p(x|z,\theta) p(z|\theta)
\bar{x}^2 = \bar x \bar x
\int p(x) f(x) dx - q(x) f(x) dx = E_p[f(x)] - E_q[f(x)]
H(X|Y) \le H(X)
"""


def lines(text: str) -> list[str]:
    return [line for line in text.strip().splitlines() if line]


@pytest.mark.parametrize("latex", lines(REACHES) + lines(MARKS))
def test_what_may_mean_something_false_is_not_proved(latex: str) -> None:
    steps = check(f"$$\n{latex}\n$$").steps
    assert steps
    assert "proved" not in [s.verdict for s in steps], [s.reading for s in steps]


@pytest.mark.parametrize("latex", lines(TRUE))
def test_what_can_only_mean_something_true_is_proved(latex: str) -> None:
    steps = check(f"$$\n{latex}\n$$").steps
    assert [s.verdict for s in steps] == ["proved"], [s.message for s in steps]


# Displays of one section, and how many of their steps may be proved.
ONE_READING = [
    (r"$$KL(q\|p) = KL(q(z|x)\|p(z|x))$$ $$KL(q\|p) = KL(q(z|x)\|p(z))$$", 1),
    (r"$$E_{p(y)}[y] = E_{p}[y]$$ $$E_{p(y|x)}[y] = E_{p}[y]$$", 1),
    (r"$$H(q)=H(q(z))$$ $$H(q) = H(q(z|x))$$", 1),
    (r"$$E_{q(z)}[f(z)] = E_q[f(z)] = E_{q(z|x)}[f(z)]$$", 1),
    (r"$$KL(p(x)\|q(x)) = KL(p\|q) = KL(p(y)\|q(y))$$", 1),
    (r"$$E_p[\log\frac{p}{q}] = KL = E_q[\log\frac qp]$$", 1),
    (r"$$p(x) = \int p(x|z)p(z) = p(z)$$", 1),
    (r"$$\sum_{x=0}^n p(x)=1$$ $$\sum_{x=1}^n p(x)=1$$", 1),
    (r"$$H(q)=H(q(z))$$" "\n\n# Encoders\n\n" r"$$H(q) = H(q(z|x))$$", 2),
]


@pytest.mark.parametrize(("text", "proved"), ONE_READING)
def test_a_section_reads_what_is_bare_in_one_way(text: str, proved: int) -> None:
    assert [s.verdict for s in check(text).steps].count("proved") == proved


def test_a_proof_says_how_it_reads_a_bare_law() -> None:
    step = check(r"$$p(x) = \int p(x|z)p(z)dz$$ $$E_p[x] = E_{p(x|z)}[x]$$").steps[-1]
    assert "p is p(x | z)" in step.conditions


MADE = [
    ("Let $c = x^2$.", r"E_{p(x)}[c x] = c E_{p(x)}[x]", "refuted"),
    ("Let $\\lambda = \\lambda(x)$.", r"E_{p(x)}[\lambda x] = \lambda E_{p(x)}[x]", "conditional"),
    (
        "$z=\\mu+\\sigma\\epsilon$ with $\\epsilon\\sim N(0,1)$.",
        r"E_{\epsilon\sim N(0,1)}[z\epsilon] = 0",
        "conditional",
    ),
    ("Let $c = 2 b$.", r"E_{p(x)}[c x] = c E_{p(x)}[x]", "proved"),
]


@pytest.mark.parametrize(("prose", "latex", "verdict"), MADE)
def test_what_prose_makes_of_a_bound_variable_is_no_constant(prose: str, latex: str, verdict: str) -> None:
    assert [s.verdict for s in check(f"{prose}\n$$ {latex} $$").steps] == [verdict]


BASES = [
    (r"\log e = 1", "conditional"),
    (r"-\log t \ge 1 - t", "conditional"),
    (r"\nabla_\theta\log p_\theta(x) = \nabla_\theta p_\theta(x)/p_\theta(x)", "conditional"),
    (r"KL(N(\mu,1)\|N(0,1)) = \frac{1}{2}\mu^2", "conditional"),
    (r"TV(p,q)^2 \le \frac{\ln 2}{2} KL(p\|q)", "conditional"),
    (r"I(X;Y) = H(X) - H(X|Y)", "proved"),
    (r"KL(p\|q) \ge 0", "proved"),
]


@pytest.mark.parametrize("prose", ["We use logarithms to base 2.", r"In what follows $\log=\log_2$:", "Here, in bits:"])
@pytest.mark.parametrize(("latex", "verdict"), BASES)
def test_a_document_with_another_base_proves_what_holds_in_every_base(prose: str, latex: str, verdict: str) -> None:
    assert [s.verdict for s in check(f"{prose}\n$$ {latex} $$").steps] == [verdict]


CONSTANTS = r"""
\sum_{k=1}^Kp(k)N(x;\mu_k,\sigma_k^2)=N(x;\mu_k,\sigma_k^2)
\int p(z)N(x;\mu_z,1)dz=N(x;\mu_z,1)
E_{p(x)}[KL(N(\mu_x,\sigma_x^2)\|N(0,1))]=\frac12(\mu_x^2+\sigma_x^2-1-\log\sigma_x^2)
\nabla_{w_z}E_{p(z)}[w_zf(z)]=E_{p(z)}[f(z)]
E_{x\sim N(0,I)}[x^Tf(x)]=0
E_{z\sim N(0,I)}[\log N(x;\mu(z),I)]=\log N(x;\mu(z),I)
E_{\epsilon\sim N(0,I)}[\epsilon^T\hat\epsilon]=0
\sum_{i=1}^np(x_i)y_i=y_i
\sum_{i=1}^np(x_i)f(i)=f(i)
\sum_{n=1}^Np(y_n|x_n)=1
\sum_{i=1}^np(x_i,y_i)=1
E_{x\sim N(0,1)}[e^{itx}]=e^{itx}
E_{p(x)}[\operatorname{tanh}x]=\operatorname{tanh}E_{p(x)}[x]
KL(p(y|x)\|p(x))=0
E_{p(\theta)}[p(x;\theta)]=p(x;\theta)
E_{p(\theta)}[KL(p_\theta\|q)]=KL(p_\theta\|q)
\arg\max_\theta f(\theta)=\arg\max_\theta f(\theta)+\|\theta_1\|^2
\arg\max_\theta f(\theta)=\arg\max_\theta f(\theta)+\mathcal R
p(x)\propto w_xp(x)
E_{\pi_\theta(a|s)}[\delta_t\nabla_\theta\log\pi_\theta(a|s)]=0
I(X_i;Z_j)=I(X_i;Z_i)
\sum_aQ(s,a)=Q(s)
\int L(\theta|x)d\theta=1
D'(p\|q)=KL(p\|q)
3\frac12=\frac32
\nabla_x\frac12\cdot x^2=0
\nabla_xx\cdot\log x=\log x
\exp\frac12\log x=\sqrt e\log x
E(X-E[X])X=0
\int\log p(x)q(x)dx=\int\log p(x)dx+\int\log q(x)dx
\log x/\log2=\log x-\log\log2
1/\sigma\sqrt{2\pi}=\sqrt{2\pi}/\sigma
"""


@pytest.mark.parametrize("latex", lines(CONSTANTS))
def test_what_may_vary_or_reach_further_is_not_proved(latex: str) -> None:
    steps = check(f"$$\n{latex}\n$$").steps
    assert steps
    assert "proved" not in [s.verdict for s in steps], [s.reading for s in steps]


STILL = r"""
E_{x\sim N(\mu_x,\sigma_x^2)}[x]=\mu_x
\sum_{i=1}^n p(x_i) \log p(x_i) = -H(X)
E_{p(x)}[\lambda x] = \lambda E_{p(x)}[x]
\int q(z) \log p(x|z) p(z) dz = \int q(z) \log p(x|z) dz + \int q(z) \log p(z) dz
"""


@pytest.mark.parametrize("latex", lines(STILL))
def test_constants_that_are_some_are_still_taken_out(latex: str) -> None:
    steps = check(f"$$\n{latex}\n$$").steps
    assert [s.verdict for s in steps] == ["proved"], [s.message for s in steps]


OWN = [
    r"$$TV(p,q)=\int|p(x)-q(x)|dx$$ $$TV(p,q)\le1$$",
    r"$$V(D,G)=E_{p_{data}}[D(x)]-E_{p_g}[D(x)]$$ $$V(D,G)\le0$$",
    r"$$ELBO=E_{q(z|x)}[\log p(x|z)]-\beta KL(q(z|x)\|p(z))$$ $$ELBO\le\log p(x)$$",
    r"$$Var(X):=E[X^2]$$ $$Var(X+1)=Var(X)$$",
    r"$$p(x)=\frac1Zq(x)$$ $$\int q(x)dx=1$$",
    r"$$f(x)=ax$$ $$f'(a)=2a$$",
    "We do not assume $X\\sim N(0,1)$.\n$$E[X^2]=1$$",
    "$L=\\log p(x)$.\n$$L\\ge0$$",
]


@pytest.mark.parametrize("text", OWN)
def test_what_a_document_defines_for_itself_is_not_proved_of_the_usual_thing(text: str) -> None:
    assert check(text).steps[-1].verdict != "proved"


@pytest.mark.parametrize(
    "text",
    [
        r"$$ \sum_{i=1}^k p_k \log \frac{1}{p_i} - \sum_{i=1}^k p_i \log k = \sum_{i=1}^k p_k \log \frac{1}{p_i k} $$",
        r"\begin{align} H(X) - H(X|Y) &\ge 0 \intertext{and so} KL(q \| p) &\ge 0 P_X \end{align}",
        r"$$ \Phi(a) - \Phi(-a) = 2 \Phi(a) $$",
        r"$$ \nabla_\theta J(\theta) = E_{\pi_\theta(a|s)}[\nabla_\theta \log \pi_\theta(a|s) G_t] $$",
        r"$$ \sum T(x_i) = n T(x_i) $$",
        r"$$ \int f(y) \lambda(dy) = \lambda \int f(y) dy $$",
        r"$$ \nabla_\phi \int p(\epsilon) \log q_\phi(z) d\epsilon"
        r" = \int p(\epsilon) \nabla_\phi \log q_\phi(z) d\epsilon $$",
    ],
)
def test_what_proofs_of_public_documents_rested_on(text: str) -> None:
    steps = check(text).steps
    assert steps
    assert "proved" not in [s.verdict for s in steps[-1:]], steps[-1].reading


def test_a_higher_derivative_is_no_fraction() -> None:
    steps = check(r"$$ \frac{d^{k-1}}{dt^{k-1}} t e^t = t \frac{d^{k-1}}{dt^{k-1}} e^t $$").steps
    assert [s.verdict for s in steps] == ["unsupported"]


def test_a_logarithm_of_a_ratio_ends_before_a_sum() -> None:
    step = check(r"$$ \log\frac{p(x)}{q(x)} \sum_y f(y) = \log \left(\frac{p(x)}{q(x)} \sum_y f(y)\right) $$").steps[0]
    assert step.verdict == "conditional"


@pytest.mark.parametrize(
    "latex",
    [
        r"E_{e \sim N(0,1)}[e x] = e x",
        r"\mathbb{E}_{e \sim p}[e] = e",
        r"\int p(e)\, e\, de = e",
        r"\mathbb{E}_{p(e)}[e^{f(x)}] = e^{f(x)}",
    ],
)
def test_a_variable_e_is_not_eulers_number(latex: str) -> None:
    assert [str(step.verdict) for step in check(latex).steps] != ["proved"]


@pytest.mark.parametrize(
    ("latex", "condition"),
    [
        (r"\sup_{A \in C} |P(A) - Q(A)| = TV(P, Q)", "C is the class of all events"),
        (r"E_{x \sim p(y)}[f(x)] = \int p(x|y) f(x) dx", "x ~ p(y) is x given y"),
    ],
)
def test_a_proof_says_what_it_took_for_granted(latex: str, condition: str) -> None:
    (step,) = check(latex).steps
    assert (str(step.verdict), list(step.conditions)) == ("proved", [condition])


@pytest.mark.parametrize(
    "latex",
    [
        r"J(\pi^*) = J(\pi)",
        r"\eta(\tilde\pi) = \eta(\pi)",
        r"\log\frac{\pi'}{\pi} = 0",
        r"E_{\pi \sim Beta(a,b)}[\pi] = \pi",
        r"E_{p(\pi)}[\log\pi] = \log\pi",
        r"\nabla_\pi \pi^2 = 0",
        r"\log(2\pi^c) = \log(2\pi)",
        r"\pi_k = \pi",
        r"H(X_1,\dots,X_n^2) = \sum_{i=1}^n H(X_i|X_1,\dots,X_{i-1})",
        r"p(x_1,\dots,x_n') = \prod_{i=1}^n p(x_i|x_1,\dots,x_{i-1})",
        r"I(X_1,\dots,X_n^2;Y) = \sum_{i=1}^n I(X_i;Y|X_1,\dots,X_{i-1})",
        r"H(X_1,X_2^2,\dots,X_n) = H(X_1,\dots,X_n)",
    ],
)
def test_marks_make_another_thing_of_pi_and_of_the_end_of_a_list(latex: str) -> None:
    assert [str(step.verdict) for step in check(latex).steps] != ["proved"]


@pytest.mark.parametrize(
    ("latex", "constant"), [(r"Var(A+B) = Var(A)", "B"), (r"E[X + N] = E[X] + N", "N"), (r"E[A+B|C] = E[A|C]+B", "B")]
)
def test_a_capital_beside_what_is_random_is_said_to_be_a_constant(latex: str, constant: str) -> None:
    (step,) = check(latex).steps
    assert str(step.verdict) == "proved"
    assert f"{constant} is a constant" in step.conditions


@pytest.mark.parametrize(
    "latex",
    [
        r"E_{q(z_{-j})}[\log p(x,z)] = \log p(x,z)",
        r"E_{q(z_j)}[\log p(x,z)] = \log p(x,z)",
        r"E_{q(x_{1:T})}[f(x_t)] = f(x_t)",
        r"E_{q(x_1,\dots,x_n)}[f(x_2)] = f(x_2)",
        r"E_{q(x_{1:T}|x_0)}[f(x_{0:T})] = f(x_{0:T})",
        r"E_{q(x_i)}[f(x_1,\dots,x_n)] = f(x_1,\dots,x_n)",
        r"E_{p(x_{<t})}[f(x_{t-1})] = f(x_{t-1})",
        r"E_{p(\theta_k)}[\log p(x|\theta)] = \log p(x|\theta)",
        r"E_{p(\mu_k)}[N(x;\mu,1)] = N(x;\mu,1)",
        r"E_{z_1,\dots,z_K\sim q}[f(z_k)] = f(z_k)",
        r"E_{\pi_\theta(a_t|s_t)}[R(\tau)\nabla_\theta\log\pi_\theta(a_t|s_t)] = 0",
        r"E_{\pi_\theta(a|s)}[V(s')\nabla_\theta\log\pi_\theta(a|s)] = 0",
        r"\sum_{a}\pi(a|s)V(s_{t+1}) = V(s_{t+1})",
        r"E_{p_\theta(\tau)}[\mathcal{R}\nabla_\theta\log p_\theta(\tau)] = 0",
        r"E_{\tau\sim p}[r(s_t,a_t)] = r(s_t,a_t)",
        r"E_{q(x_0)}[f(x_t)] = f(x_t)",
        r"\int p(x_{0:T})dx_{2:T} = p(x_{0:3})",
        r"\int p(x_{1:T})dx_{2:T} = p(x_{1:2})",
        r"\int p(x_{0:T})f(x_2)dx_{2:T} = p(x_{0:1})f(x_2)",
        r"\mathbb{E}_{x_{2:N} \sim p}[\frac{1}{N} \sum_{i=1}^N f(x_i)] = \mathbb{E}_{p(x)}[f(x)]",
        r"W_1(p,q) = \inf_{\gamma\in\Pi(p,q)} E_{(x,y)\sim\gamma}[\|x-z\|]",
        r"W_1(p,q) = \inf_{\gamma\in\Pi(p,q)} E_{(x,x)\sim\gamma}[\|x-y\|]",
        r"W_1(p,q) = \inf_{\gamma\in\Pi_\epsilon(p,q)} E_{(x,y)\sim\gamma}[\|x-y\|]",
        r"\sum_{x=0}^x p(x) = 1",
        r"KL(N(x_{t-1};a,\sigma^2I)\|N(x_t;b,\sigma^2I)) = \frac{1}{2\sigma^2}\|a-b\|^2",
        r"E[(X-x)^2] = 0",
        r"E_{X\sim p}[K(x-X)] = K(0)",
        r"E[\log\frac{p(X)}{p(x)}] = 0",
        r"Cov(X,x) = Var(X)",
        r"\sum_{n=1}^N r^n = \sum_{n=1}^N r_n",
        r"\prod_{i=1}^n x^i = \prod_{i=1}^n x_i",
        r"E[\sum_{i=1}^n X^i] = nE[X]",
        r"E_{s,a,r,s'\sim D}[V(s')] = E_{s\sim D}[V(s)]",
        r"E_{g(z)\sim p}[f(z)] = E_p[f(z)]",
        r"\mathbb{E}_{p}'[f(x)] = \mathbb{E}_p[f(x)]",
        r"p(x) \propto -p(x)",
        r"-\sum_i p \log q + \sum_i p \log p = -\sum_i p \log \frac{q}{p}",
        r"\int \frac{x^p}{p} p(x) dx = \frac1p \int x^p p(x) dx",
    ],
)
def test_parts_and_wholes_draws_and_values_are_told_apart(latex: str) -> None:
    assert [str(step.verdict) for step in check(latex).steps] != ["proved"]


@pytest.mark.parametrize(
    "latex",
    [
        r"E_{q(x_{1:T}|x_0)}[\log p(x_T)] = E_{q(x_T|x_0)}[\log p(x_T)]",
        r"E_{q(z_1)q(z_2)}[\log q(z_2)] = E_{q(z_2)}[\log q(z_2)]",
        r"\int p(x_{0:T})dx_{2:T} = p(x_{0:1})",
        r"\int p(x_{1:T})dx_{2:T} = p(x_1)",
        r"E_{\pi_\theta(a|s)}[b(s)\nabla_\theta\log\pi_\theta(a|s)] = 0",
        r"E_{z'\sim q}[f(z)] = f(z)",
        r"\log \prod_{i=1}^n p(x^i) = \sum_{i=1}^n \log p(x^i)",
        r"W_1(p,q) = \inf_{\gamma\in\Pi(p,q)} E_{(x,y)\sim\gamma}[\|x-y\|]",
        r"E_{x,x'\sim p}[f(x) f(x')] = E_{x\sim p}[f(x)]^2",
    ],
)
def test_what_is_no_part_is_still_taken_out(latex: str) -> None:
    assert [str(step.verdict) for step in check(latex).steps] == ["proved"]


@pytest.mark.parametrize(
    ("latex", "condition"),
    [
        (r"E_x[x] = E_{p(x|z)}[x]", "E_{x} is under p(x | z)"),
        (r"\sum_{s=1}^{t} p(s) = 1", "1, ..., t are all values of s"),
        (r"E_{x\sim N(0,\sigma)}[x^2] = \sigma^2", "sigma is the standard deviation in a normal law"),
        (
            r"V(D,G) = E_{x\sim p_{data}}[\log D(x)] + E_{x\sim p_z}[\log(1-D(x))]",
            "p_z is the law of the generator",
        ),
    ],
)
def test_a_proof_says_how_it_reads_what_is_left_open(latex: str, condition: str) -> None:
    (step,) = check(latex).steps
    assert str(step.verdict) == "proved"
    assert condition in step.conditions


@pytest.mark.parametrize(
    "latex",
    [
        r"O(n) - O(n) = 0",
        r"\mathcal{O}(h) - \mathcal{O}(h) = 0",
        r"f(x) + o(h) - o(h) = f(x)",
        r"\Delta(fg) = f\Delta g",
        r"\Delta x^2 = x^2 \Delta",
        r"\alpha(0) = 0",
        r"\rho(1) = \rho",
        r"\log\sigma(r_w-r_l) = \log\sigma+\log(r_w-r_l)",
        r"x^0 = 1",
        r"\log I = 0",
        r"\delta(x-y) = -\delta(y-x)",
    ],
)
def test_orders_operators_functions_and_first_members_are_no_numbers(latex: str) -> None:
    assert [str(step.verdict) for step in check(latex).steps] != ["proved"]


@pytest.mark.parametrize(
    ("latex", "condition"),
    [
        (r"H(X_i) = H(X)", "x_i and x have one law"),
        (r"E[X+\epsilon] = E[X]+\epsilon", "epsilon is a constant"),
        (r"E_{x\sim N(0,s)}[x^2] = s", "s is the variance in a normal law"),
    ],
)
def test_a_proof_says_what_it_takes_for_one_or_for_a_number(latex: str, condition: str) -> None:
    (step,) = check(latex).steps
    assert str(step.verdict) == "proved"
    assert condition in step.conditions


def test_an_increment_is_one_name() -> None:
    (step,) = check(r"\sqrt{\Delta t}\sqrt{\Delta t} = \Delta t").steps
    assert str(step.verdict) == "proved"


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{\partial}{\partial x_i}\frac{e^{x_i}}{\sum_j e^{x_j}} = \frac{e^{x_i}}{\sum_j e^{x_j}}",
        r"\frac{\partial}{\partial\pi_k}\left(N_k\log\pi_k+\lambda(\sum_j\pi_j-1)\right) = \frac{N_k}{\pi_k}",
        r"\frac{\partial}{\partial x_j}(x_i x_j) = x_i",
        r"\nabla_{x_0}(x_0+\log p(x_{0:T})) = 1",
        r"\int p(x_i)f(x_j)dx_i = f(x_j)",
        r"Var(E[X|\mathcal{F}]) = 0",
        r"E[E[X|Y']] = E[X|Y']",
        r"E_{s,s'\sim D}[V(s)V(s')] = E_{s\sim D}[V(s)]^2",
        r"\mathcal{E}(x+y) = \mathcal{E}(x)+\mathcal{E}(y)",
    ],
)
def test_derivatives_see_the_other_terms_of_a_sum_and_means_what_they_condition_on(latex: str) -> None:
    assert [str(step.verdict) for step in check(latex).steps] != ["proved"]


@pytest.mark.parametrize(
    ("latex", "condition"),
    [
        (r"\nabla_w(L+\lambda w^2) = 2\lambda w", "L does not depend on w"),
        (r"\nabla_\theta(\theta+KL(q\|p)) = 1", "KL(q(x), p(x)) does not depend on theta"),
    ],
)
def test_a_derivative_says_what_it_takes_for_a_constant(latex: str, condition: str) -> None:
    (step,) = check(latex).steps
    assert str(step.verdict) == "proved"
    assert condition in step.conditions


def test_a_derivative_in_a_numbered_variable_holds_the_others() -> None:
    (step,) = check(r"\frac{\partial}{\partial x_1}(x_1 x_2) = x_2").steps
    assert str(step.verdict) == "proved"
