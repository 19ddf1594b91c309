r"""Documents whose later steps are false by what is said elsewhere in them: none of these is a proof without a word."""

import pytest

from derivations.check import check

# The last step is false, or nothing that its document says makes it true.
REFUSED = {
    "y is made of x": (r"Let $y = x^2$.", r"\nabla_x (x y) = y"),
    "lambda is made of theta": (r"Let $\lambda = \lambda(\theta)$.", r"\nabla_\theta(\lambda\theta) = \lambda"),
    "a is made of i": (r"Let $a = i^2$.", r"\sum_{i=1}^n a = n a"),
    "b is b_i": (r"with $b = b_i$.", r"\sum_{i=1}^n b x_i = b \sum_{i=1}^n x_i"),
    "a sum of laws": (r"where $M = P + Q$.", r"KL(P\|M) \ge 0"),
    "twice a law": (r"Let $q = 2p$.", r"KL(p\|q) \ge 0"),
    "twice a law, shown": (r"$$q = 2p$$", r"KL(p\|q) \ge 0"),
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
    ],
)
def test_what_says_nothing_against_it_does_not(said: str, latex: str) -> None:
    step = check(f"{said}\n\n$$ {latex} $$\n", kind="markdown").steps[-1]
    assert (str(step.verdict), list(step.conditions)) == ("proved", [])


def test_an_inequality_that_says_where_an_equation_holds_is_no_claim() -> None:
    steps = check(r"$$ \log x^2 = 2 \log x \quad\text{for } x > 0 $$").steps
    assert str(steps[-1].verdict) == "conditional"
