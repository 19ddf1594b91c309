"""Verdicts on displays: true ones are proved, false ones refuted, what a careful reader would query is conditional.

The displays are the project's own; what must never happen (a false one proved, a true one refuted) is tested over all
of them at once.
"""

import pytest

from derivations.check import check

TRUE = [
    r"\sqrt{\alpha}(\sqrt{\gamma} x + \sqrt{1-\gamma} u) = \sqrt{\alpha\gamma} x + \sqrt{\alpha(1-\gamma)} u",
    r"p(x) = \int p(x|z) p(z)",
    r"KL(\mathcal{N}(\mu,\sigma)\|\mathcal{N}(0,1)) = \frac12(\sigma^2+\mu^2-1-\log\sigma^2)",
    r"H(p) = -\sum_i p_i \log p_i",
    r"D_{KL}(p\|q) = \sum_{i=1}^n p(x_i) \log\frac{p(x_i)}{q(x_i)}",
    r"D_{KL}(q(z|x)\|\mathcal{N}(0,I)) = \frac12\sum_j(\mu_j^2+\sigma_j^2-\log\sigma_j^2-1)",
    r"p(\theta|D) = \frac{p(D|\theta)p(\theta)}{p(D)}",
    r"\log p(x) = \mathbb{E}_{q(z\mid x)}\left[\log\frac{p(x,z)}{q(z\mid x)}\right] + \mathrm{KL}(q(z|x)\,\|\,p(z|x))",
    r"D_{KL}(p\|q) \ge 0",
    r"p(z|x) = \frac{p(x|z)p(z)}{p(x)}",
    r"p(z|x) \propto p(x|z)p(z)",
    r"p(x) = \int p(x|z) p(z)\, dz",
    r"H(X,Y) = H(X) + H(Y|X)",
    r"H(X,Y) \le H(X) + H(Y)",
    r"I(X;Y) = D_{KL}(p(x,y) \| p(x)p(y))",
    r"I(X;Y|Z) = H(X|Z) - H(X|Y,Z)",
    r"H(p,q) = H(p) + D_{KL}(p\|q)",
    r"\mathrm{JSD}(p\|q) = H\left(\frac{p+q}{2}\right) - \frac{1}{2}H(p) - \frac12 H(q)",
    r"\mathbb{E}[X+Y] = \mathbb{E}[X] + \mathbb{E}[Y]",
    r"D_{KL}(\mathcal{N}(\mu,\sigma^2)\|\mathcal{N}(0,1)) = \frac12(\mu^2+\sigma^2-1)-\log\sigma",
    r"-D_{KL}(q(z|x)\|p(z)) = \frac{1}{2}\sum_{j=1}^{J}\left(1+\log(\sigma_j^2)-\mu_j^2-\sigma_j^2\right)",
    r"\mathbb{E}_{q}[\log p(x|z)] + H(q) + \mathbb{E}_q[\log p(z)] \le \log p(x)",
    r"V(D,G) = \mathbb{E}_{x\sim p_{data}}[\log D(x)] + \mathbb{E}_{z\sim p_z}[\log(1-D(G(z)))]",
    r"\max_D V(D,G) = -\log 4 + 2 JSD(p_{data}\|p_g)",
    r"C(G) \ge -\log 4",
    r"\mathbb{E}_{p(x)}\left[\frac{q(x)}{p(x)}\right] = 1",
    r"\mathrm{TV}(p,q) = \frac12\int |p(x)-q(x)|\,dx",
    r"\mathrm{Var}(X) = \mathbb{E}[X^2] - \mathbb{E}[X]^2",
    r"\text{KL}(q(z|x)\|p(z|x)) = \mathbb{E}_q[\log q(z|x)] - \mathbb{E}_q[\log p(x,z)] + \log p(x)",
]
FALSE = [
    r"D_{KL}(p(z)\|q(z|x)) = \frac12(\mu^2+\sigma^2-1-\log\sigma^2)",
    r"\log p(x) = \mathbb{E}_{q(z\mid x)}\left[\log\frac{p(x,z)}{q(z\mid x)}\right] - \mathrm{KL}(q(z|x)\,\|\,p(z|x))",
    r"D_{KL}(p\|q) \le 0",
    r"p(z|x) = \frac{p(x|z)p(x)}{p(z)}",
    r"H(X,Y) \ge H(X) + H(Y)",
    r"H(p,q) = H(p) - D_{KL}(p\|q)",
    r"D_{KL}(\mathcal{N}(\mu,\sigma^2)\|\mathcal{N}(0,1)) = \frac12(\mu^2+\sigma^2-1-\log\sigma)",
    r"D_{KL}(q(z|x)\|p(z)) = \frac{1}{2}\sum_{j=1}^{J}\left(1+\log(\sigma_j^2)-\mu_j^2-\sigma_j^2\right)",
    r"C(G) \ge -\log 2",
    r"\int p(x)\,dx = 2",
    r"\log\frac{p(x)}{q(x)} = \log q(x) - \log p(x)",
    r"\mathrm{TV}(p,q) = \int |p(x)-q(x)|\,dx",
    r"\mathbb{E}_{q(z|x)}\log p(x|z) = \log \mathbb{E}_{q(z|x)} p(x|z)",
    r"\mathbb{E}_{x\sim p}[x^2] \le (\mathbb{E}_{x\sim p}[x])^2",
    r"D_{KL}(q(x,z)\|p(x,z)) = D_{KL}(q(x)\|p(x)) + D_{KL}(q(z)\|p(z))",
]
QUERIES = [
    (r"D_{KL}(p\|q) = 0", "condition"),
    (r"H(X,Y) = H(X) + H(Y)", "independent"),
    (r"\mathbb{E}[XY] = \mathbb{E}[X]\mathbb{E}[Y]", ""),
    (r"\beta D_{KL}(q\|p) \ge D_{KL}(q\|p)", "beta"),
    (r"H(X) \ge 0", "discrete"),
    (r"KL(p(x_1)\|q(x_1)) = KL(p(x_2)\|q(x_2))", "same law"),
    (r"\mathbb{E}_{p(x)}[KL(q(z|x)\|p(z))] = I(X;Z) + KL(q(z)\|p(z))", "q(x) = p(x)"),
    (r"I(X;Z) \le I(X;Y)", "Markov"),
    (r"JSD(p\|q) = \frac12 KL(p\|M) + \frac12 KL(q\|M)", "M = "),
    (r"KL(p\|q) \ne KL(q\|p)", "in general"),
    (r"H(p) = -p\log p - (1-p)\log(1-p)", "number"),
    (r"q(x_{t-1}|x_t,x_0) = \frac{q(x_t|x_{t-1})q(x_{t-1}|x_0)}{q(x_t|x_0)}", "Markov"),
    (r"\int q(x) f\left(\frac{p(x)}{q(x)}\right) dx \ge 0", "f"),
    (r"\min_G \max_D V(D,G) = E_{p_{data}}[\log D(x)] + E_{z\sim p_z}[\log(1-D(G(z)))]", "objective"),
    (r"\log q(z|x) = -\frac12\sum_j(\log 2\pi\sigma_j^2 + (z_j-\mu_j)^2/\sigma_j^2)", "components"),
    (r"\log p(X) = \sum_{i=1}^N \log p(x_i)", ""),
    (r"\mathbb{E}[f(X)] \ge f(\mathbb{E}[X])", "f"),
    (r"\log p_\theta(u) = \text{ELBO} + KL(q(z|x)\|p_\theta(z|x))", "u is x"),
]


def verdicts(latex):
    return [s.verdict for s in check(f"$$ {latex} $$").steps]


@pytest.mark.parametrize("latex", TRUE)
def test_true_displays_are_proved(latex):
    assert verdicts(latex) == ["proved"]


@pytest.mark.parametrize("latex", FALSE)
def test_false_displays_are_refuted_with_numbers(latex):
    (step,) = check(f"$$ {latex} $$").steps
    assert step.verdict == "refuted"
    left, right = ((float(step.counterexample[s]["mid"]), float(step.counterexample[s]["rad"])) for s in ("lhs", "rhs"))
    assert abs(left[0] - right[0]) > left[1] + right[1]


@pytest.mark.parametrize(("latex", "words"), QUERIES)
def test_what_a_reader_would_query_is_conditional(latex, words):
    (step,) = check(f"$$ {latex} $$").steps
    assert step.verdict == "conditional"
    assert words in step.message


def test_a_new_name_alone_on_the_left_is_a_definition_and_is_used():
    text = r"""
    $$ m(x) = \frac{p(x) + q(x)}{2} $$
    $$ JSD(p\|q) = \frac12 KL(p(x)\|m(x)) + \frac12 KL(q(x)\|m(x)) $$
    """
    assert [s.verdict for s in check(text).steps] == ["definition", "proved"]


def test_a_definition_in_a_display_comes_before_its_claims():
    latex = r"E_{q(z|x)}[w(z)] = p(x) \\ w(z) = \frac{p(x,z)}{q(z|x)}"
    assert verdicts(latex) == ["proved", "definition"]


def test_a_definition_that_goes_in_circles_is_no_loop():
    assert verdicts(r"a = b + 1, \quad b = a - 1, \quad a + b = 0")[-1] in ("unsupported", "conditional")


def test_reserved_names_are_checked_not_defined():
    assert verdicts(r"\text{ELBO} = \mathbb{E}_{q(z|x)}[\log p(x|z)] + KL(q(z|x)\|p(z))") == ["refuted"]


def test_a_script_L_is_no_bound_unless_it_was_said_to_be():
    assert verdicts(r"\mathcal{L} \le \log p(x)") == ["conditional"]


def test_the_optimisers_of_objectives_that_differ_by_a_constant_are_the_same():
    latex = (
        r"\operatorname{argmax}_\theta \mathbb{E}_{p_{data}(x)}[\log p_\theta(x)] "
        r"= \operatorname{argmin}_\theta D_{KL}(p_{data}(x) \| p_\theta(x))"
    )
    assert verdicts(latex) == ["proved"]


def test_lipschitz_constants_scale_the_transport_distance():
    template = r"W_1(P, Q) = \sup_{\|f\|_L \le K} \left(\mathbb{E}_{x\sim P}[f(x)] - \mathbb{E}_{x\sim Q}[f(x)]\right)"
    assert verdicts(template.replace("K", "3")) == ["refuted"]
    assert verdicts(template.replace("K", "1")) == ["undecided"]  # the cited theorem itself


@pytest.mark.parametrize(
    ("directive", "latex"),
    [
        ("assume q(x) = p(x)", r"\mathbb{E}_{p(x)}[KL(q(z|x)\|p(z))] = I_q(X;Z) + KL(q(z)\|p(z))"),
        ("discrete x", r"H(X) \ge 0"),
        ("nonneg beta", r"\beta KL(p\|q) \ge 0"),
        ("let M = \\frac{p+q}{2}", r"JSD(p\|q) = \frac12 KL(p\|M) + \frac12 KL(q\|M)"),
    ],
)
def test_directives_supply_what_a_reader_would_know(directive, latex):
    assert [s.verdict for s in check(f"$$ {latex} $$").steps] != ["proved"]
    assert [s.verdict for s in check(f"<!-- derivations: {directive} -->\n$$ {latex} $$").steps] == ["proved"]


def test_a_declared_chain_is_a_hypothesis():
    text = "<!-- derivations: markov x -> y -> z -->\n$$ I(X;Z) {} I(X;Y) $$"
    assert [s.verdict for s in check(text.format(r"\ge")).steps] == ["refuted"]
    assert [s.verdict for s in check(text.format(r"\le")).steps] != ["refuted"]


@pytest.mark.parametrize(
    "latex",
    [
        r"H(X) - H(X|Y) = H(Y) - H(X|Y)",
        r"JSD(p\|q) \le \frac13 \log 2",
        r"\log p(x) \ge \mathbb{E}_{q(z|x)}[\log p(x|z)] + KL(q(z|x)\|p(z))",
        r"C(G) = -\log 4 + JSD(p_{data}\|p_g)",
        r"KL(p\|q) = \mathbb{E}_p[\log q(x) - \log p(x)]",
        r"KL(q(z|x)\|p(z|x)) = \log p(x) + \mathbb{E}_{q(z|x)}[\log p(x,z) - \log q(z|x)]",
    ],
)
def test_a_suggestion_is_true_and_checks_by_itself(latex):
    (step,) = check(f"$$ {latex} $$").steps
    assert step.verdict == "refuted"
    assert step.suggestion
    assert verdicts(step.suggestion) == ["proved"]
