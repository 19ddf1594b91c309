"""Reading: what a display says, in the language.  One test for each habit of notation."""

import pytest

from derivations.check import check
from derivations.latex.cases import Context, interpret
from derivations.latex.chains import steps
from derivations.latex.grammar import rows
from derivations.latex.tokens import Unread
from derivations.latex.vocabulary import Vocabulary


def statement(latex, chosen=None, step=-1):
    found = steps(latex)
    context = Context(Vocabulary(rows(side) for s in found for side in (s.left, s.right)))
    last = found[step]
    return interpret(rows(last.left), last.relation, rows(last.right), context, chosen or {})


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        # How far a logarithm reaches.
        (r"\log p(x) q(x) = 0", "log(p(x)*q(x)) == 0"),
        (r"\log p(x) + q(x) = 0", "log(p(x)) + q(x) == 0"),
        (r"\log p(x) \cdot q(x) = 0", "log(p(x))*q(x) == 0"),
        (r"\log (p(x)) q(x) = 0", "log(p(x))*q(x) == 0"),
        (r"\log \frac{p(x)}{q(x)} \frac{q(x)}{p(x)} = 0", "log(p(x)/q(x)*q(x)/p(x)) == 0"),
        (r"\ln p(x) / q(x) = 0", "log(p(x)/q(x)) == 0"),
        (r"log2 = log p(x)", "log(2) == log(p(x))"),
        # Expectations: subscripts in all spellings, with and without brackets.
        (r"\mathbb{E}_{q(z|x)}[f(z)] = 0", "E[q(z | x)](f(z)) == 0"),
        (r"E_{z \sim q(z|x)} f(z) = 0", "E[q(z | x)](f(z)) == 0"),
        (r"\mathbb{E}_{z \sim q(\cdot|x)}\left\{f(z)\right\} = 0", "E[q(z | x)](f(z)) == 0"),
        (r"\mathrm{E}_{x \sim p, z \sim q(z|x)}[f(z)] = 0", "E[p(x), q(z | x)](f(z)) == 0"),
        (r"\mathbb{E}_{p(x)} \mathbb{E}_{q(z|x)} [f(z)] = 0", "E[p(x), q(z | x)](f(z)) == 0"),
        (r"\mathbb{E}_{q(z|x)} f(z) + g(x) = 0", "E[q(z | x)](f(z)) + g(x) == 0"),
        (r"\mathbb{E}_q[\log p(x|z)] = \log q(z|x)", "E[q(z | x)](log(p(x | z))) == log(q(z | x))"),
        (r"E_{x \backsim p}[f(x)] = 0", "E[p(x)](f(x)) == 0"),
        # Bars, some of which are halves of absolute values and norms that have no other half.
        (r"\log p(y \lvert z) = 0", "log(p(y | z)) == 0"),
        (r"KL(q(z \lvert x) \rVert p(z)) = 0", "KL(q(z | x), p(z)) == 0"),
        (r"\left\{ p(x \rvert z) \right\} + \lvert a b \rvert = 0", "p(x | z) + abs(a*b) == 0"),
        (r"\lvert a \rvert \lvert b \rvert + \lVert x \rVert = 0", "abs(a)*abs(b) + norm(x) == 0"),
        (r"KL(q(z|x) || p(z)) = 0", "KL(q(z | x), p(z)) == 0"),
        (r"D_{\mathrm{KL}}[q_\phi(z \mid x) \,\|\, p_\theta(z)] = 0", "KL(q(z | x), p(z)) == 0"),
        (r"\mathbb{D}_{KL}(P \parallel Q) = 0", "KL(p(x), q(x)) == 0"),
        (r"\text{JS}(P, Q) = 0", "JSD(p(x), q(x)) == 0"),
        (r"\int |p(x) - q(x)| dx = 0", "Integral[x](abs(p(x) - q(x))) == 0"),
        # Integrals and sums.
        (r"\int dz\, p(x, z) = 0", "Integral[z](p(x, z)) == 0"),
        (r"\int_z p(x, z) = 0", "Integral[z](p(x, z)) == 0"),
        (r"\int p(x) + q(x) \,\mathrm{d}x = 0", "Integral[x](p(x) + q(x)) == 0"),
        (r"\int\int p(x,z) dx dz = 0", "Integral[z](Integral[x](p(x, z))) == 0"),
        (r"\sum_z p(z) \log p(z) = 0", "Integral[z](p(z)*log(p(z))) == 0"),
        (r"\sum p(x) \log q(x) = 0", "Integral[x](p(x)*log(q(x))) == 0"),
        (r"\sum_{k=1}^{K} a_k = 0", "Sum[k](a[k]) == 0"),
        # Laws: parameters, marginals, ranges, spelling.
        (r"p_\theta(x) = p(x|\theta)", "p(x) == p(x)"),
        (r"\log P(\mathbf{x}) = \log p(x)", "log(p(x)) == log(p(x))"),
        (r"p_Z(z) = p(x, z)", "p(z) == p(x, z)"),
        (r"q(x_{1:T}|x_0) = p(x_{0:T})", "q(x_1_to_T | x_0) == p(x_0, x_1_to_T)"),
        (r"H(X|Y) = I(X;Y)", "H(p(x | y)) == I(p, x, y)"),
        (r"H(P, Q) = H(P)", "cross_entropy(p(x), q(x)) == H(p(x))"),
        (r"E_{x\sim P}[Q/P] = 1", "E[p(x)](q(x)/p(x)) == 1"),
        # Standard names.
        (
            r"\text{ELBO} = KL(q(z|x) \| p(z|x))",
            "E[q(z | x)](log(p(x, z)) - log(q(z | x))) == KL(q(z | x), p(z | x))",
        ),
        (r"D^*(x) = p_{data}(x) / p_g(x)", "p_data(x)/(p_data(x) + p_g(x)) == p_data(x)/p_g(x)"),
        (r"KL(N(\mu, \sigma^2) \| N(0, 1)) = 0", "KL(N(x; mu, sigma**2), N(x; 0, 1)) == 0"),
        # Arithmetic.
        (r"a/2b = \frac12 ab^2", "a*b/2 == a*b**2/2"),
        (r"\sqrt{2\pi}e^{-x} = 1", "sqrt(2*pi)*exp(-x) == 1"),
    ],
)
def test_preferred_readings(latex, expected):
    shown = repr(statement(latex).statement)
    assert shown.split(".assuming")[0].strip("()") == expected.strip("()")


@pytest.mark.parametrize(
    ("latex", "choice", "expected"),
    [
        (r"\log p(x) q(x) = 0", "log", "log(p(x))*q(x) == 0"),
        (r"\mathbb{E}_{q(z|x)} f(z) + g(z) = 0", "expectation", "E[q(z | x)](f(z) + g(z)) == 0"),
        (r"a/2b = 1", "slash", "a/(2*b) == 1"),
    ],
)
def test_other_readings_are_choices(latex, choice, expected):
    assert choice in statement(latex).choices
    assert repr(statement(latex, {choice: 1}).statement) == expected


def test_two_parameters_side_by_side_are_two_laws():
    both = statement(r"\log p_\theta(x) = \log p_{\theta'}(x)").statement
    assert both.left is not both.right


def test_a_function_of_more_than_the_noise_is_no_generated_point():
    claim = statement(r"E_{p_z(z)}[D(G(z))] = E_{p_z(z)}[D(G(2z))]").statement
    assert repr(claim.left) == "E[p_g(x)](D(x))"
    assert repr(claim.right) != repr(claim.left)


def test_a_gradient_of_what_hides_its_parameter_is_no_zero():
    assert repr(statement(r"\nabla_\theta w(x) = 0").statement) == "Grad[theta](w(x, theta)) == 0"


def test_what_nobody_explained_is_noted():
    assert "lambda" in statement(r"\lambda H(X) = H(Y)").unexplained
    assert statement(r"H(X) = H(Y)").unexplained == ()


@pytest.mark.parametrize(
    ("latex", "construct"),
    [
        (r"\int_0^1 p(x) dx = 1", "integral from"),
        (r"a = \begin{cases} 1 \end{cases}", "cases"),
        (r"p(x) = q((x", "bracket"),
        (r"x \pm 1 = 2", "pm"),
        (r"x = \heartsuit", "heartsuit"),
        (r"p_k(x) = \sum_k p_k(x)", "index"),
        (r"D_g(p\|q) = 0", "DBAR|place"),
        (r"KL(q) = 0", "KL"),
        (r"\max x = 0", "max"),
        (r"\nabla_\theta p(x) = 0", "does not show"),
        (r"KL(q(z|x)\|p(z|x)) = \frac12(\mu^2+\sigma^2-1-\log\sigma^2)", "closed form"),
        (r"E_{z\sim p_z}[D(G(z)) + f(z)] = 0", "noise"),
        (r"E_{x\sim p_{data}}[D(G(z))] = E_{z\sim p_z}[D(G(z))]", "noise"),
        (r"E_{z\sim q(z|x)}[D(G(z))] = 0", "noise"),
    ],
)
def test_what_is_not_read_is_named(latex, construct):
    with pytest.raises(Unread, match=construct):
        statement(latex)


@pytest.mark.parametrize(
    "display",
    [
        r"\int_x {p(x) \log p(x)\, dx} = -H(p)",
        r"\int {p(x)\, dx} = 1",
        r"\int_x {\int_y {p(x, y)\, dy}\, dx} = 1",
        r"\int {\int p(x, y)\, dy}\, dx = 1",
        r"\int \left( p(x) - q(x)\, dx \right) = 0",
        r"\int [p(x) \log p(x)]\, dx = -H(p)",
        r"\int \underbrace{p(x) \log p(x)\, dx}_{\text{entropy}} + \int \overbrace{p(x)\, dx}^{one} = 1 - H(p)",
    ],
)
def test_a_differential_within_the_brackets_of_an_integrand(display: str) -> None:
    assert [step.verdict for step in check(f"$${display}$$").steps] == ["proved"]


def test_an_entropy_is_of_no_letter_that_numbers_values() -> None:
    (step,) = check("$$ H(k) \\ge H(u) $$").steps
    assert step.verdict == "conditional"
