r"""Steps that rest on what names say: laws that are called Poisson, values, labels, ranges, formulas for laws."""

import pytest

from derivations.check import check

QUERIES = {
    "a law with a name": "Let $X\\sim\\mathrm{Bernoulli}(\\theta)$. Then\n\n$$E[X] = \\theta$$",
    "another": "Let $X\\sim\\mathrm{Poisson}(\\lambda)$. Then\n\n$$\\mathrm{Var}(X) = \\lambda$$",
    "two values": r"$$p(y=1|x) = \frac{p(x|y=1)p(y=1)}{p(x|y=1)p(y=1)+p(x|y=0)p(y=0)}$$",
    "the other value": r"$$P(X=1) = 1-P(X=0)$$",
    "labels of classes": r"$$p(C_1|x) = \frac{p(x|C_1)p(C_1)}{p(x|C_1)p(C_1)+p(x|C_2)p(C_2)}$$",
    "a formula for a logarithm": r"$$\log p(x|\mu) = -\frac{(x-\mu)^2}{2} - \frac12 \log 2\pi$$",
    "two factorisations": "$$p(z,w) = p(z)p(w)$$\n\n$$q(z,w|x) = q(z|x)q(w|x)$$\n\n"
    r"$$KL(q(z,w|x)\|p(z,w)) = KL(q(z|x)\|p(z))+KL(q(w|x)\|p(w))$$",
}


@pytest.mark.parametrize("text", QUERIES.values(), ids=QUERIES)
def test_what_names_say_makes_a_step_no_error(text: str) -> None:
    assert str(check(text, kind="markdown").steps[-1].verdict) == "conditional"


@pytest.mark.parametrize(
    "latex",
    [
        r"p(x_{1:n}) = p(x_n|x_{1:n-1})p(x_{1:n-1})",
        r"p(x_1,\dots,x_n) = p(x_n|x_1,\dots,x_{n-1})p(x_1,\dots,x_{n-1})",
        r"p(x_{1:N}) = p(x_N|x_{1:N-1})p(x_{1:N-1})",
        r"p(\mu|x,\sigma^2) = \frac{p(x|\mu,\sigma^2)p(\mu|\sigma^2)}{p(x|\sigma^2)}",
    ],
)
def test_the_last_of_a_range_and_a_variance_are_variables(latex: str) -> None:
    assert [str(step.verdict) for step in check(latex).steps] == ["proved"]


@pytest.mark.parametrize(
    "latex",
    [
        r"p(x_{1:n}) = p(x_n|x_{1:n-1})p(x_n)",
        r"p(\mu|x,\sigma^2) = \frac{p(x|\mu,\sigma^2)}{p(x|\sigma^2)}",
        r"p(C_1|x) = \frac{p(x|C_1)p(C_1)}{p(x|C_1)p(C_2)+p(x|C_2)p(C_1)}",
        r"\log p(x|\mu) = \log p(\mu|x) + \log p(x)",
    ],
)
def test_their_false_neighbours_are_refuted(latex: str) -> None:
    assert [str(step.verdict) for step in check(latex).steps] == ["refuted"]


@pytest.mark.parametrize("latex", [r"p(\sigma^2) = p(\sigma)", r"\int p(\sigma^2) d\sigma = 1"])
def test_the_density_of_a_square_is_another_one(latex: str) -> None:
    assert [str(step.verdict) for step in check(latex).steps] != ["proved"]
