r"""Documents whose later steps are false by what is said elsewhere in them: none of these is a proof without a word."""

import pytest

from derivations.check import check
from derivations.latex.limits import OutOfTime

# The last step is false, or nothing that its document says makes it true.
REFUSED = {
    "y is made of x": (r"Let $y = x^2$.", r"\nabla_x (x y) = y"),
    "lambda is made of theta": (r"Let $\lambda = \lambda(\theta)$.", r"\nabla_\theta(\lambda\theta) = \lambda"),
    "a is made of i": (r"Let $a = i^2$.", r"\sum_{i=1}^n a = n a"),
    "b is b_i": (r"with $b = b_i$.", r"\sum_{i=1}^n b x_i = b \sum_{i=1}^n x_i"),
    "a sum of laws": (r"where $M = P + Q$.", r"KL(P\|M) \ge 0"),
    "twice a law": (r"Let $q = 2p$.", r"KL(p\|q) \ge 0"),
    "twice a law, shown": (r"$$q = 2p$$", r"KL(p\|q) \ge 0"),
    "what moves": (r"$$\frac{dx}{dt} = -x$$", r"\frac{d}{dt}(e^t x) = e^t x"),
    "a conditional mean": (r"$$b = E[X|Y]$$", r"Var(X-b) = Var(X)"),
    "wrong, it says behind": ("The student wrote\n$$q(z) = N(z;0,1)$$\nwhich is wrong.\n", r"E_{q(z)}[z^2] = 1"),
    "another mass": (r"$$\int p(x)dx = 2$$", r"\int p(x)dx = 1"),
    "another norm": (r"$$\|x\|=\max_i|x_i|$$", r"\|x\|^2=x^Tx"),
    "another H": ("Let $H(p,q)$ be the Hellinger distance.", r"H(p,q)=-\int p(x)\log q(x)dx"),
    "another E": ("Here $E[X]$ denotes the median.", r"E[2X] = 2E[X]"),
    "an error": (r"$$e = y - \hat y$$", r"\log e = 1"),
    "iterates": (r"$$\theta^{t+1} = \theta^t - \eta g$$", r"\theta^1 \theta^2 = \theta^3"),
    "draws with numbers above": (r"$$z^1,z^2\sim q(z)$$", r"E_q[z^1z^2] = E_q[z^3]"),
    "noise with a mean": (r"$$E[\epsilon]=0$$", r"E[X+\epsilon]=E[X]+\epsilon"),
    "no density, told": (r"Let $q(x) = 2x^2$.", r"\int q(x)dx = 1"),
    "the square of a law": (r"Let $q = p^2$.", r"\int q(x)dx = 1"),
    "over its own integral": (r"$$p(x) = \frac{r(x)}{\int r(x)dx}$$", r"KL(p\|r) = 0"),
    "over its own sum": (r"$$p(x) = \frac{r(x)}{\sum_x r(x)}$$", r"KL(p\|r) = 0"),
    "the logarithm of a normal variable": (r"$$\log X \sim N(0,1)$$", r"E[X] = 0"),
    "the double of a normal variable": (r"$$2X \sim N(0,1)$$", r"E[X^2] = 1"),
    "told of its logarithm": (r"Let $\log X \sim N(0,1)$.", r"E[X] = 0"),
    "told of a sum": (r"Let $X + Y \sim N(0,1)$.", r"E[Y^2] = 1"),
    "no equation": (r"$$q(z) \ne N(z;0,1)$$", r"E_{q(z)}[z] = 0"),
    "an approximation": (r"$$q(z) \approx N(z;0,1)$$", r"E_{q(z)}[z] = 0"),
    "a question": (r"$$q(z) \stackrel{?}{=} N(z;0,1)$$", r"E_{q(z)}[z] = 0"),
    "a question about a function": (r"$$f(x) \stackrel{?}{=} x^2$$", r"f(2) = 4"),
    "a domain": (r"$$f(x) := x \quad\text{for } x > 0$$", r"f(-1) = -1"),
    "a sum over a letter that is defined": (r"$$k = K - 1$$", r"\sum_{k=1}^K k = K(K-1)"),
    "a derivative in a letter that is defined": (r"$$\sigma = 1$$", r"\frac{\partial}{\partial\sigma}\sigma^2 = 0"),
    "a value at a point": (r"$$f(x_0) = x_0$$", r"f(x_1) = x_1"),
    "values at a terminal state": (r"$$V(s_T) = s_T^2$$", r"V(s_0) = s_0^2"),
    "a tuple of functions": (r"We set $(\mu,\sigma) = g(x)$.", r"E_{p(x)}[\sigma] = \sigma"),
    "more than a normal law": (r"$$X \sim N(0,1) + 1$$", r"E[X] = 0"),
    "a marked normal law": (r"$$X \sim \mathcal{N}_+(0,1)$$", r"E[X] = 0"),
    "a question about a draw": (r"$$X \stackrel{?}{\sim} N(0,1)$$", r"E[X] = 0"),
    "two draws": (r"$$X \sim N(0,1)$$ $$X \sim \mathcal{U}[0,1]$$", r"E[X] = 0"),
    "a bound": (r"$$q(z) \le N(z;0,1)$$", r"E_{q(z)}[z] = 0"),
    "a domain over the sign": (r"$$f(x) \overset{x>0}{:=} x$$", r"f(-1) = -1"),
    "what is false": ("It is false that $$f(x) = x^2$$", r"f(2) = 4"),
    "what is sought": ("Find $f$ with $$f(x) = x^2$$", r"f(2) = 4"),
    "another function from now on": (
        "$$f(x) := x^2$$ From now on, $f$ denotes the cube, $f(x) = x^3$.\n\n",
        r"f(2) = 4",
    ),
    "a comment": (r"\begin{comment} $$w(x) := p(x)/q(x)$$ \end{comment}", r"E_{q(x)}[w(x)] = 1"),
    "what is switched off": (r"\iffalse $$w(x) := p(x)/q(x)$$ \fi", r"E_{q(x)}[w(x)] = 1"),
    "what is shown as text": (r"\begin{verbatim} $$w(x) := p(x)/q(x)$$ \end{verbatim}", r"E_{q(x)}[w(x)] = 1"),
    "what is struck out": (r"~~$$w(x) := p(x)/q(x)$$~~", r"E_{q(x)}[w(x)] = 1"),
    "an energy": (r"$$E(x) = \frac12 x^2$$", r"E(x+1) = E(x)+1"),
    "a name for the mass": (r"$$Z = \int q(x)dx$$", r"\log Z = 0"),
    "not normalised": (r"The function $p$ is not normalised.", r"\int p(x)dx = 1"),
    "a random factor": (r"Let $a \sim N(0,1)$.", r"E[aX] = a E[X]"),
    "another total variation": (r"The total variation is $TV(p,q) = \int|p(x)-q(x)|dx$.", r"TV(p,q) \le 1"),
}


@pytest.mark.parametrize(("said", "latex"), REFUSED.values(), ids=REFUSED)
def test_what_a_document_says_elsewhere_keeps_a_step_from_being_proved(said: str, latex: str) -> None:
    last = check(f"{said}\n\n$$ {latex} $$\n", kind="markdown").steps[-1]
    assert str(last.verdict) != "proved"


@pytest.mark.parametrize(
    ("formula", "density"),
    [
        (r"q(x) = \sqrt{p(x)r(x)}", "sqrt(p(x)*r(x)) is the density q(x)"),
        (r"q(x) = p(x) + \epsilon h(x)", "p(x) + epsilon*h(x) is the density q(x)"),
        (r"q(x) = \alpha p(x) + \beta r(x)", "alpha*p(x) + beta*r(x) is the density q(x)"),
    ],
)
def test_a_proof_says_that_it_takes_a_formula_for_a_density(formula: str, density: str) -> None:
    (_, step) = check(f"$${formula}$$\n\n$$KL(p\\|q) \\ge 0$$", kind="markdown").steps
    assert (str(step.verdict), list(step.conditions)) == ("proved", [density])


@pytest.mark.parametrize(
    ("said", "latex"),
    [
        (r"Let $M = (P + Q)/2$.", r"KL(P\|M) \ge 0"),
        (r"$$q(z|x) = \frac{q(x,z)}{\int q(x,z) dz}$$", r"KL(q(x,z)\|p(x,z)) \ge 0"),
        (r"The total variation is $TV(p,q) = \frac12 \int|p(x)-q(x)|dx$.", r"TV(p,q) \le 1"),
        (r"$$f(x) := x^2 \quad\text{for all } x$$", r"f(2) = 4"),
        (r"$$f(x) := a x^2, \quad a > 0$$", r"f(2) = 4 a"),
    ],
)
def test_what_says_nothing_against_it_does_not(said: str, latex: str) -> None:
    step = check(f"{said}\n\n$$ {latex} $$\n", kind="markdown").steps[-1]
    assert (str(step.verdict), list(step.conditions)) == ("proved", [])


def test_an_inequality_that_says_where_an_equation_holds_is_no_claim() -> None:
    steps = check(r"$$ \log x^2 = 2 \log x \quad\text{for } x > 0 $$").steps
    assert str(steps[-1].verdict) == "conditional"


@pytest.mark.parametrize(
    ("said", "latex"),
    [
        (r"We set", r"f(x) = \sqrt{x}, \quad x \ge 0"),
        (r"We have", r"0 < \pi < 1"),
        (r"The mixing weight is", r"\pi = \frac12"),
        (r"The model is", r"y = \beta x + e, \qquad E[e] = 0"),
        (r"The energy is", r"E(x) = \frac12\|x\|^2"),
        (r"Let $Y = g(X)$.", r"H(X,Y) = H(X)"),
        (r"$$\theta := 1$$", r"\nabla_\theta \theta^2 = 2\theta"),
    ],
)
def test_what_a_document_says_elsewhere_keeps_a_step_from_being_refuted(said: str, latex: str) -> None:
    steps = check(f"{said}\n\n$$ {latex} $$\n", kind="markdown").steps
    assert "refuted" not in [str(step.verdict) for step in steps]


def test_a_display_goes_on_from_the_formula_right_before_it() -> None:
    text = "$$KL(p\\|q)$$ is $\\ge 0$, and $KL(q\\|p)$\n$$= E_p[\\log p(x) - \\log q(x)]$$"
    (step,) = check(text, kind="markdown").steps
    assert (step.lhs, str(step.verdict)) == ("KL(q \\|p)", "refuted")


@pytest.mark.parametrize(
    "text",
    [
        r"$$ -\frac{N_k}{\theta_k} + \lambda = 0 \implies N_k = \lambda\theta_k $$",
        "$$ \\frac{a}{y} - \\frac{b}{1-y} = 0 $$\n\nHence we find\n\n$$ y = \\frac{a}{a+b} $$",
        r"$$ I(X;Y) = E[I(x;y)] $$",
    ],
)
def test_what_follows_from_a_condition_does_not_prove_it(text: str) -> None:
    first, *_ = check(text, kind="markdown").steps
    assert str(first.verdict) == "conditional"


def test_a_definition_that_comes_later_is_said() -> None:
    text = "$$ E_q[w(x) f(x)] = E_p[f(x)] $$\n\nwhere the weight is\n\n$$ w(x) = p(x)/q(x) $$"
    first, _ = check(text, kind="markdown").steps
    assert str(first.verdict) == "proved"
    assert "w(x) as defined in line 5" in first.conditions


def test_a_name_defined_without_laws_is_no_entropy() -> None:
    text = r"$$ a = \mu + \sigma H(u) \qquad H = \frac{\phi(u)}{1 - \Phi(u)} $$ $$ 2 H(u) = H(u) + H(u) $$"
    assert str(check(text, kind="markdown").steps[-1].verdict) == "conditional"


def test_a_dimension_that_the_document_does_not_write_is_said() -> None:
    text = "Given $n$ samples $x_i \\in \\mathbb{R}^d$ we write\n\n$$ \\log N(x;\\mu,\\Sigma) = -\\frac %s2\\log(2\\pi)"
    text += " - \\frac12\\log|\\Sigma| - \\frac12(x-\\mu)^T\\Sigma^{-1}(x-\\mu) $$"
    said = [check(text % letter, kind="markdown").steps[-1].conditions for letter in "dn"]
    assert ["the vectors have n components" in conditions for conditions in said] == [False, True]


def test_an_energy_that_prose_names_is_no_mean() -> None:
    text = "Let $E(x)$ denote the energy of $x$.\n\n$$ E(2x) = 2E(x) $$"
    assert str(check(text, kind="markdown").steps[-1].verdict) == "conditional"


def test_a_mass_that_is_not_weighed_in_time_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "$$ q(x) = \\frac{p(x)}{2} + \\frac{r(x)}{2} $$\n\n$$ E_{r(x)}[1] = 1 $$\n\n$$ KL(p\\|q) \\ge 0 $$"
    assert check(text, kind="markdown").steps[-1].conditions == ()

    def slow(*_: object) -> None:
        raise OutOfTime

    monkeypatch.setattr("derivations.latex.verdicts._weighed", slow)
    step = check(text, kind="markdown").steps[-1]
    assert (str(step.verdict), list(step.conditions)) == ("proved", ["q is a density, as its formula says"])
