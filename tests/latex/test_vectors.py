"""Steps about vectors, by their components: what holds in one dimension only is not proved."""

import pytest

from derivations.check import check

PROVED = [
    r"D_{KL}(\mathcal{N}(a,\tau^2 I)\|\mathcal{N}(b,\tau^2 I)) = \frac{1}{2\tau^2}\|a-b\|^2",
    r"D_{KL}(\mathcal{N}(u,\tau I)\|\mathcal{N}(0,I)) = \frac12(u^\top u + d\tau - d - d\log\tau)",
    r"-\log\mathcal{N}(y;m,\tau^2 I) = \frac{\|y-m\|^2}{2\tau^2} + \frac{n}{2}\log(2\pi\tau^2)",
    r"\mathcal{N}(y;m,\sigma^2 I) = \frac{1}{(2\pi)^{n/2}\sigma^n}\exp\left(-\frac{\|y-m\|^2}{2\sigma^2}\right)",
    r"H(\mathcal{N}(m,\tau^2 I)) = \frac{D}{2}(1+\log 2\pi\tau^2)",
    r"\|y-\beta u\|^2 = \|y\|^2 - 2\beta\langle y,u\rangle + \beta^2\|u\|^2",
    r"\|f(y)-h(y)\|^2 = \|f(y)\|^2 - 2 f(y)^\top h(y) + \|h(y)\|^2",
    r"\nabla_y\log\mathcal{N}(y;\gamma u,\tau^2 I) = -\frac{y-\gamma u}{\tau^2}",
    r"D_{KL}(\mathcal{N}(y;a,\tau^2 I)\|\mathcal{N}(y;b,\tau^2 I)) = \frac{1}{2\tau^2}\|a-b\|^2",
    r"\mathbb{E}_{y\sim\mathcal{N}(0,I)}[\|y\|^2] = d",
    r"\mathbb{E}_{y\sim\mathcal{N}(a,\tau^2 I)}[\|y\|^2] = \|a\|^2 + n\tau^2",
    r"\mathbb{E}_{y\sim\mathcal{N}(a,\tau^2 I)}[(y-a)^\top b] = 0",
]
NEVER_PROVED = [
    r"D_{KL}(\mathcal{N}(a,\tau^2 I)\|\mathcal{N}(b,\tau^2 I)) = \frac{1}{\tau^2}\|a-b\|^2",
    r"D_{KL}(\mathcal{N}(u,\tau I)\|\mathcal{N}(0,I)) = \frac12(u^\top u + d\tau - d - \log\tau)",
    r"D_{KL}(\mathcal{N}(u,\tau I)\|\mathcal{N}(0,I)) = \frac12(u^\top u + \tau - 1 - \log\tau)",
    r"-\log\mathcal{N}(y;m,\tau^2 I) = \frac{\|y-m\|^2}{2\tau^2} + \frac12\log(2\pi\tau^2)",
    r"\mathcal{N}(y;m,\sigma^2 I) = \frac{1}{\sqrt{2\pi}\sigma^n}\exp\left(-\frac{\|y-m\|^2}{2\sigma^2}\right)",
    r"H(\mathcal{N}(m,\tau^2 I)) = \frac12(1+\log 2\pi\tau^2)",
    r"\|y-\beta u\|^2 = \|y\|^2 - \beta\langle y,u\rangle + \beta^2\|u\|^2",
    r"\|y\|^2\|u\|^2 = (y^\top u)^2",
    r"\|y\|^2 u = (y^\top u)\,y",
    r"(y^\top u)(v^\top w) = (y^\top w)(v^\top u)",
    r"\|f(y)-h(y)\|^2 = \|f(y)\|^2 + 2 f(y)^\top h(y) + \|h(y)\|^2",
    r"\nabla_y\log\mathcal{N}(y;\gamma u,\tau^2 I) = -\frac{y-\gamma u}{\tau}",
    r"\nabla_y\log\mathcal{N}(y;u,\tau^2 I) = -\frac{\|y\|^2 u-(y^\top u)y+y-u}{\tau^2}",
    r"\nabla_y\log\mathcal{N}(y;u,\tau^2 I) = -\frac{\|y\|^2}{\tau^2 y} + \frac{u}{\tau^2}",
    r"\mathbb{E}_{y\sim\mathcal{N}(0,I)}[\|y\|^2] = 1",
    r"\mathbb{E}_{y\sim\mathcal{N}(a,\tau^2 I)}[\|y\|^2] = \|a\|^2 + \tau^2",
    r"\mathbb{E}_{y\sim\mathcal{N}(a,\tau^2 I)}[\|y-a\|^2] = n\tau",
    r"D_{KL}(\mathcal{N}(y;a,\tau^2 I)\|\mathcal{N}(y;b,\tau^2 I)) = \frac{n}{2\tau^2}\|a-b\|^2",
]


@pytest.mark.parametrize("latex", PROVED)
def test_steps_about_vectors_are_proved(latex: str) -> None:
    steps = check(f"$${latex}$$").steps
    assert [s.verdict for s in steps] == ["proved"], [s.message for s in steps]


@pytest.mark.parametrize("latex", NEVER_PROVED)
def test_false_neighbours_are_not(latex: str) -> None:
    assert "proved" not in [s.verdict for s in check(f"$${latex}$$").steps]


def test_what_fails_in_two_dimensions_is_found() -> None:
    steps = check(f"$${NEVER_PROVED[1]}$$").steps
    assert [s.verdict for s in steps] == ["refuted"]
    assert [s.verdict for s in check(f"$${NEVER_PROVED[3]}$$").steps] == ["conditional"]


def test_a_law_of_which_a_display_says_that_it_is_normal_is_so_in_a_divergence() -> None:
    said = r"$$r(y) = \mathcal{N}(y; a, \Sigma_a), \qquad s(y) = \mathcal{N}(y; b, \Sigma_b)$$"
    square, volume = r"(b-a)^\top\Sigma_b^{-1}(b-a)", r"\log\frac{|\Sigma_b|}{|\Sigma_a|}"
    form = rf"\frac12\left(\mathrm{{tr}}(\Sigma_b^{{-1}}\Sigma_a) %s {square} - n + {volume}\right)"
    verdicts = [check(f"{said} $$KL(r\\|s) = {form % sign}$$").steps[-1].verdict for sign in "+-"]
    assert verdicts == ["proved", "refuted"]


@pytest.mark.parametrize("display", ["x^T = x", "f(x)^T = f(x)", "x + f(x) = x^T + f(x)^T"])
def test_a_vector_is_not_its_transpose(display: str) -> None:
    assert [step.verdict for step in check(f"$${display}$$").steps] == ["undecided"]


def test_transposed_vectors_add_by_components() -> None:
    assert [step.verdict for step in check("$$2 (x + f(x))^T = 2 x^T + 2 f(x)^T$$").steps] == ["proved"]
