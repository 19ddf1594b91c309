"""What decorates a formula is not dropped: the formula beside itself with a mark is never proved equal."""

import pytest

from derivations.check import check

MARKED = [
    ("H(X)", "H'(X)"),
    ("H(X)", "H^{(1)}(X)"),
    ("H(X)", "H(X^2)"),
    ("H(X|Y)", "H(X|Y^2)"),
    ("H(X)", r"H(\tilde{X})"),
    ("I(X;Y)", r"I(\tilde{X};Y)"),
    ("I(X;Y)", "I(X;Y^*)"),
    ("I(X;Y)", "I^*(X;Y)"),
    ("I(X;Y)", "I(X;Y^2)"),
    ("E[X|Y]", "E[X|Y^2]"),
    (r"KL(p\|q)", r"KL'(p\|q)"),
    (r"\chi^2(p\|q)", r"\chi^2_a(p\|q)"),
    (r"\mathrm{Var}[X]", r"\mathrm{Var}'[X]"),
    (r"\log p(x|z)", r"\log' p(x|z)"),
    (r"\log p(x|z)", r"\log^{(1)} p(x|z)"),
    (r"\log\det\Sigma", r"\log\det_a\Sigma"),
    (r"\operatorname{tr}(\Sigma)", r"\operatorname{tr}'(\Sigma)"),
    (r"\sum_x p(x)\log q(x)", r"\sum_x' p(x)\log q(x)"),
    (r"\int p(x) f(x) dx", r"\int' p(x) f(x) dx"),
    (r"\nabla_\theta \log p_\theta(x)", r"\nabla_\theta' \log p_\theta(x)"),
    (r"\log\mathcal{N}(x;\mu,\sigma^2)", r"\log\tilde{\mathcal{N}}(x;\mu,\sigma^2)"),
    (r"\log\mathcal{N}(x;\mu,\sigma^2)", r"\log\mathcal{N}_{a>0}(x;\mu,\sigma^2)"),
    (r"E_{x\sim p}[f(x)]", r"E_{x^2\sim p}[f(x)]"),
    (r"E_{z\sim p(z)}[f(G(z))]", r"E_{z\sim p(z)}[f(G'(z))]"),
    (r"E_{z\sim p(z)}[f(G(z))]", r"E_{z\sim p(z)}[f(G(z^2))]"),
    ("V(D,G)", r"V(\tilde{D},G)"),
    ("V(D,G)", "V^{k}(D,G)"),
    ("C(G)", "C(G')"),
]

MARKS = [
    r"\sum_i a_i = \sum_i a_i^*",
    r"\sum_i a_i = \sum_i a_i'",
    r"\frac{1}{n} \sum_{i=1}^n (f(x_i) - f(x_i'))^2 = 0",
    r"\sum_i p_i \log \frac{p_i}{p_i'} = 0",
    r"\sum_i x_i^k = \sum_i x_i^m",
    r"\sum_i \log p(x_i|y_i) = \sum_i \log p(x_i|y_i')",
    r"H(X|Y=1) = H(X|Y=0)",
    r"I(X;Y|Z=0) = I(X;Y|Z=1)",
    "a \u003d\u0338 a",
    "p\u0302(x) = p(x)",
    r"\int_{[0,1]} f(x) dx = \int_{[0,2]} f(x) dx",
    r"\int_{\mathbb{R}_+} x\, p(x) dx = \mathbb{E}_p[x]",
    r"\int_{\mathcal{A}} p(x) dx = \int_{\mathcal{A}^c} p(x) dx",
    r"\int_{\Omega^c} p(x) dx = 1",
    r"\sum_{x \in \{0,1\}} f(x) = \sum_{x \in \{0,1,2\}} f(x)",
    r"\int_{\infty}^{-\infty} p(x) dx = 1",
    r"D_{KL}(p_T \| p_t) = 0",
    r"P_n(x) = P_N(x)",
    r"P(X^2=4) = P(X=4)",
    r"p_{X^2}(x) = p_X(x)",
    r"ELBO(x) = ELBO(y)",
    r"ELBO^{(t)} = ELBO^{(t+1)}",
    r"\langle x^2 \rangle = \langle x \rangle^2",
    r"\sup_{f \in \mathcal{F}} E_p[f(x)] = \sup_{f \in \mathcal{G}} E_p[f(x)]",
    r"f(x)* = f(x)",
    r"\overset{*}{\theta} = \theta",
    r"\underline{p}(x) = p(x)",
    r"f(x)^{(2)} = f(x)^2",
    r"\mathbb{E}^\pi[f(X)] = \mathbb{E}^{\pi'}[f(X)]",
    r"\exp(a)^2 = \exp(a^2)",
    r"\mathbb{E}(X - \mathbb{E}X)^2 = 0",
    r"\mathbb{E}_p[\log(p(x))^2] = 2 \mathbb{E}_p[\log p(x)]",
    r"F^{-1}(u) = \frac{1}{F(u)}",
    r"1\,000 = 0",
    r"I(X;Y') = I(X;Y)",
]
WORDS = [
    r"\text{Error terms}(x) = x",
    r"\text{some function of}\,(x) = x",
    r"\text{entropy of } X = X",
    r"\text{Var of } X + a = X + a",
    r"a \text{ times two} = a",
    r"a = a \cdot \text{rate of growth}",
    r"a = \text{rate of growth} \cdot a",
    r"H(X) = H(X) + \text{error term one}",
    r"H(X) = \text{gap of H} + H(X)",
    r"\text{KL of q} = \text{KL of p}",
    r"a = a \cdot",
    r"a \times = a",
    r"\mathbb{E} X \cdot Y = \mathbb{E}[X Y]",
    r"\mathbb{E} X \times Y = \mathbb{E}[X Y]",
    r"x \otimes y = y \otimes x",
    r"f(x_1, \ldots, x_n) = f(x_n, \ldots, x_1)",
    r"\log|\sigma^2 I| = \log \sigma^2",
    r"V(D, G) = V(G, D)",
    r"q(z = 1) \propto A_1",
    r"KL(p\|q) \ge 0 \text{ is false}",
    r"\text{It is false that } KL(p\|q) \ge 0",
    r"KL(p\|q) \ge 0 \text{ does not hold}",
    r"\mathbb{E}_{p(x,y)}[\log p(x,y)/p(x)p(y)] = -H(Y|X) - H(Y)",
    r"e^{-x^2/2\sigma^2} = e^{-x^2\sigma^2/2}",
    r"1/2\sigma^2 = \sigma^2/2",
    r"\nabla_x (-(x-\mu)^2/2\sigma^2) = -(x-\mu)\sigma^2",
]


@pytest.mark.parametrize("line", [*MARKS, *WORDS])
def test_a_false_line_is_not_proved(line: str) -> None:
    assert check(f"$${line}$$").steps[-1].verdict != "proved"


@pytest.mark.parametrize("sign", ["\\text{①}", "①", r"\text{Total loss}", r"\text{(1st) term}", r"\text{(i)} &"])
def test_a_side_that_words_name_is_not_the_display_before(sign: str) -> None:
    document = rf"$$H(X) + H(Y|X) = H(X, Y)$$ $${sign} = H(X) + H(Y|X)$$ $${sign} = H(Y)$$"
    assert [step.verdict for step in check(document).steps] == ["proved", "unsupported", "unsupported"]


@pytest.mark.parametrize(
    "line",
    [
        r"p(x) = p(x) \text{ (normalised)}",
        r"\text{Hence } H(X) + H(Y|X) = H(X, Y)",
        r"\text{Chain rule: } H(X) + H(Y|X) = H(X, Y)",
        r"H(X) + H(Y|X) = H(X, Y) \text{ by the chain rule}",
        r"\sum_{h=1}^n \log p_\theta(x) = n \log p_\theta(x)",
        r"\mathbb{E} X \cdot \mathbb{E} Y = \mathbb{E}[X] \mathbb{E}[Y]",
        r"D_{KL}(p(x, y) \| p(x) \otimes p(y)) = I(X; Y)",
        r"D_{KL}(P_{XY} \| P_X \otimes P_Y) = I(X; Y)",
        r"V(D, G) = V(D, G)",
    ],
)
def test_a_remark_is_none_of_the_mathematics(line: str) -> None:
    assert [step.verdict for step in check(f"$${line}$$").steps] == ["proved"]


@pytest.mark.parametrize(("plain", "marked"), MARKED)
def test_a_marked_formula_is_another_one(plain: str, marked: str) -> None:
    assert "proved" not in [step.verdict for step in check(f"$$ {plain} = {marked} $$").steps]


@pytest.mark.parametrize("plain", sorted({plain for plain, _ in MARKED} - {"C(G)", "V(D,G)"}))
def test_without_the_mark_it_is_read(plain: str) -> None:
    assert [step.verdict for step in check(f"$$ {plain} = {plain} $$").steps] in (["proved"], ["undecided"])


CALLS = ["f(x)", "p(x)", "p(x|z)", "H(X)", "I(X;Y)", r"KL(p\|q)", r"JSD(p\|q)", "D(x)", "V(D, G)", r"\mathbb{E}[X]"]


@pytest.mark.parametrize("side", [*CALLS, r"\mathcal{N}(x; 0, 1)", "W_1(p, q)", r"\hat{f}(x)"])
@pytest.mark.parametrize("mark", ["'", r"^\prime", "^{''}", "_1", "_{x = 0}", "^*"])
def test_a_mark_behind_the_arguments_of_a_call_is_not_dropped(side: str, mark: str) -> None:
    (step,) = check(f"$${side}{mark} = {side}$$").steps
    assert step.verdict == "unsupported"


@pytest.mark.parametrize(
    "display",
    [
        r"\sqrt\beta_1 = \sqrt\beta_2",
        r"\sqrt{\beta}_1 = \sqrt{\beta}_2",
        r"\frac{p(x)}{q(x)}_1 = \frac{p(x)}{q(x)}",
        r"|x|_1 = |x|_2",
        r"\underbrace{H(X)}_{a}' = H(X)",
    ],
)
def test_a_subscript_on_an_expression_is_not_dropped(display: str) -> None:
    assert "proved" not in [step.verdict for step in check(f"$${display}$$").steps]


def test_a_root_of_an_indexed_letter_needs_no_braces() -> None:
    assert [step.verdict for step in check(r"$$\sqrt\beta_t \epsilon = \sqrt{\beta_t}\,\epsilon$$").steps] == ["proved"]


JOINT = "$$P(X,Y) = P(Y|X) P(X)$$ "


@pytest.mark.parametrize(
    "document",
    [
        "$$\\int p_Z(z) dz = 1$$ $$p_Z(x) = p(x)$$",
        "$$\\int p(x|z) p_Z(z) dz = p(x)$$ $$p_Z(x) = p_X(x)$$",
        JOINT + "$$P_X(x) = P_Y(x)$$",
        JOINT + "$$P_X(a) = P_Y(a)$$",
        JOINT + "$$P_{Y|X}(y|x) = P_{X|Y}(y|x)$$",
        JOINT + "$$P_{X|Y}(x) = P_X(x)$$",
        JOINT + r"$$\mathbb{E}_{P_X}[\log P_Y(x)] = \mathbb{E}_{P_X}[\log P_X(x)]$$",
        r"$$\sum_G P(G) = 1$$ $$D_{KL}(P(I) \| P_G(I)) = 0$$",
        "$$P(G|I) P(I) = P(G,I)$$ $$P(I) = P_G(I)$$",
        r"$$\psi(x;\theta) = \nabla_\theta \log p(x;\theta)$$ $$\int p_X(x) \psi(x;\theta) dx = 0$$",
        r"$$\ell(\theta) = \mathbb{E}_{p(x;\theta)}[f(x)]$$ $$\int p_X(x) f(x) dx = \ell(\theta)$$",
        "$$P(G|I) P(I) = P(G,I)$$ $$\\log P_G(I) = \\log P(I)$$",
    ],
)
def test_the_density_of_one_variable_at_another_is_not_that_of_the_other(document: str) -> None:
    assert check(document).steps[-1].verdict != "proved"


UNNORMALISED = [r"p(x) = \frac{\tilde p(x)}{Z}", r"p(x) = \frac{1}{Z} \tilde p(x)", r"p(x) = \tilde p(x) / Z"]


@pytest.mark.parametrize("given", [*UNNORMALISED, r"\nabla_\theta \log Z = \frac{\sum_x \nabla_\theta \tilde p(x)}{Z}"])
@pytest.mark.parametrize(
    "claim",
    [
        r"\sum_x \tilde p(x) = 1",
        r"\frac{\nabla_\theta \sum_x \tilde p(x)}{Z} = \nabla_\theta \sum_x \tilde p(x)",
        r"KL(\tilde p \| q) \ge 0",
    ],
)
def test_what_is_divided_by_its_constant_is_not_normalised(given: str, claim: str) -> None:
    assert check(f"$${given}$$ $${claim}$$").steps[-1].verdict not in ("proved", "refuted")


@pytest.mark.parametrize(
    "display",
    ["P_{X|Y}(x|y) = P_{XY}(x,y)/P_Y(y)", "P_X(x) = P(x)", r"P_Y(y) = \sum_x P_{XY}(x, y)", "P_{XY}(x,y) = P(x, y)"],
)
def test_a_subscript_that_lists_the_arguments_adds_nothing(display: str) -> None:
    assert check(JOINT + f"$${display}$$").steps[-1].verdict == "proved"


def test_what_holds_for_any_mass_is_proved() -> None:
    claim = r"\nabla_\theta \tilde p_\theta(x) = \tilde p_\theta(x) \nabla_\theta \log \tilde p_\theta(x)"
    assert check(rf"$$p(x) = \frac{{\tilde p(x)}}{{Z}}$$ $${claim}$$").steps[-1].verdict == "proved"


def test_a_reference_law_over_a_constant_stays_a_law() -> None:
    given = r"\log \frac{\pi(y|x)}{\frac{1}{Z(x)} \pi_0(y|x)} = \log\frac{\pi(y|x)}{\pi_0(y|x)} + \log Z(x)"
    assert check(rf"$${given}$$ $$\sum_y \pi_0(y|x) = 1$$").steps[-1].verdict == "proved"


def test_a_roman_dx_is_a_differential() -> None:
    assert [step.verdict for step in check(r"$$\int p(x) \log p(x) \mathrm{dx} = -H(p)$$").steps] == ["proved"]


@pytest.mark.parametrize(
    "display",
    [
        r"\mathbb{E}_{p(x^+)}[f(x^+)] = \mathbb{E}_{p(x^-)}[f(x^-)]",
        r"\mathbb{E}_{p(x^+)}[f(x^+)] = \mathbb{E}_{p(x)}[f(x)]",
        r"H(X^+) = H(X^-)",
        r"I(X; Y^+) = I(X; Y^-)",
        r"\int p(x^+|x) dx = 1",
        r"\log \sigma(r(x, y^+) - r(x, y^-)) = \log \sigma(r(x, y^-) - r(x, y^+))",
    ],
)
def test_the_two_of_a_contrast_are_not_one(display: str) -> None:
    assert "proved" not in [step.verdict for step in check(f"$${display}$$").steps]


def test_a_sign_above_a_name_belongs_to_it() -> None:
    kalman = r"P_k^- - K_k G P_k^- - (P_k^- - K_k G P_k^-) = 0"
    assert [step.verdict for step in check(f"$${kalman}$$ $$p(x^+|x) p(x) = p(x^+, x)$$").steps] == ["proved", "proved"]
