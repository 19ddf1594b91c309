"""What a sum or an integral runs over: a whole space, or what may be a part of it and is not read."""

import pytest

from derivations.check import check

PARTS = [
    r"\sum_{x=1}^{n-1} p(x) = \sum_{x=1}^{n} p(x)",
    r"\sum_{z=1}^{K} p(x,z) = \sum_{z=1}^{K+1} p(x,z)",
    r"\sum_{y=1}^{K} p(y|x) + \sum_{y=1}^{K-1} p(y|x) = 2",
    r"\sum_{x=1}^{\infty} p(x) = \sum_{x=0}^\infty p(x)",
    r"\sum_{n=1}^{N} p(n) = \sum_{n=0}^{N} p(n)",
    r"P(X \ge 2) = \sum_{x=2}^{\infty} p(x) = 1",
    r"\sum_{k=2}^{\infty} p(k) = 1",
    r"\sum_{a=1}^{K-1} \pi_\theta(a|s)\nabla_\theta\log\pi_\theta(a|s) = 0",
    r"\sum_{z=1}^{K-1} p(x,z) = p(x)",
    r"\sum_{z=2}^{K} p(z|x) = 1",
    r"KL(p\|q) = \sum_{x=2}^{n} p(x)\log\frac{p(x)}{q(x)}",
    r"H(X) \le -\sum_{x=2}^{n} p(x)\log p(x)",
    r"\sum_{a\in A_k} \nabla_\theta \pi_\theta(a|s) = 0",
    r"\sum_{a\in A^c} \pi(a|s) = 1",
    r"\sum_{a\in \bar A} \pi(a|s) = 1",
    r"\sum_{a\in A_{k}^c} \pi(a|s) = 1",
    r"\sum_{a\in A_+} \pi(a|s) = 1",
    r"\sum_{a\in \mathcal{A}'} \pi(a|s) = 1",
    r"\sum_{x\in\mathcal{X}^c} p(x)=1",
    r"\sum_{x\in X^+} p(x)=1",
    r"\sum_{x\in\tilde{X}} p(x)=1",
    r"\sum_{x\in\mathcal{X}_1} p(x) + \sum_{x\in\mathcal{X}_2} p(x) = 2",
    r"\sum_{x\in\mathcal{X}_1} p(x) f(x) = \sum_{x\in\mathcal{X}_2} p(x) f(x)",
    r"\sum_{x\in\mathcal{X}_1} p(x)\log\frac{p(x)}{q(x)} \ge 0",
    r"KL(p\|q) \ge \sum_{x\in\mathcal{X}_k} p(x)\log\frac{p(x)}{q(x)}",
    r"\log p(x) = \log\sum_{z\in\mathcal{Z}_k} p(x,z) \ge \mathbb{E}_{q(z)}[\log\frac{p(x,z)}{q(z)}]",
    r"\frac12\sum_{x\in\mathcal{X}_+}|p(x)-q(x)| = TV(p,q)",
    r"\sum_{a \in A_k} \pi(a|s) Q(s,a) = \mathbb{E}_{\pi(a|s)}[Q(s,a)]",
    r"\sum_{a' \in A_k} \pi(a'|s') Q(s',a') = \mathbb{E}_{\pi(a'|s')}[Q(s',a')]",
    r"\sum_{x\in X_{\text{train}}} p(x) = 1",
    r"\sum_{y\in\mathcal{Y}_k} p(y|x) = 1",
    r"H(X) = -\sum_{x\in \mathcal{X}_+} p(x)\log p(x)",
    r"\int_{x\in \mathcal{X}_+} p(x)\,dx = 1",
    r"\sum_{i=1}^{n-1} p(x_i) = \sum_{i=1}^{n} p(x_i)",
    r"\sum_{i=2}^{n} p(x_i) = 1",
    r"\sum_{i=1}^{n-1} p(x_i) = 1",
    r"H(X) = -\sum_{i=2}^{n} p(x_i)\log p(x_i)",
    r"\sum_{x\in\{0\}} p(x) = 1",
    r"\int_{\{0\}} p(x) dx = 1",
    r"\sum_{x=1} p(x) = 1",
    r"\sum_{x \notin A} p(x) = 1",
    r"\sum_{x}^{K-1} p(x) = 1",
    r"\sum_{x \ne y} p(x) p(y) = 1",
    r"\sum_{x \in \mathcal{X} \setminus \{0\}} p(x) = 1",
    r"\int_{\mathbb{R}^{-}} p(x) dx = 1",
    r"\sum_{x \in S_p} q(x) = 1",
    r"\sum_{x for y} p(x) = 1",
    r"\sum_{x y} p(x) = 1",
    r"\sum_{x+1} p(x) = 1",
    r"\sum_{x=1, y=2}^{n} p(x, y) = 1",
    r"\sum_{x=2, y=1}^{n} p(x, y) = 1",
    r"\int \underbrace{p(x)\, dx}_{a}^2 = 1",
    r"\int \underbrace{p(x)\, dx}' = 1",
    r"\underbrace{p(x)}^2 = p(x)",
    r"\overbrace{p(x)}_2 = p(x)",
]

SPACES = [
    r"\sum_{x=1}^{n} p(x) = 1",
    r"\sum_{x=0}^{n-1} p(x) = 1",
    r"\sum_{z=1}^{K} p(x,z) = p(x)",
    r"H(X) = -\sum_{x=0}^{1} p(x)\log p(x)",
    r"\sum_{x \in \mathcal{X}} p(x) = 1",
    r"\sum_{x \in X} p(x) = 1",
    r"\sum_{a \in A} \pi(a|s) = 1",
    r"\sum_{x=1, y=1}^{n} p(x, y) = 1",
    r"\sum_{x' \in \mathcal{X}} p(x') = 1",
    r"\sum_{x_1 \in \mathcal{X}_1} p(x_1) = 1",
    r"\sum_{x \in \mathcal{X}^n} p(x) = 1",
    r"\sum_{x \in \{0,1\}} p(x) = 1",
    r"\sum_{i=1}^n p(x_i) = 1",
    r"H(X) = -\sum_{i=1}^n p(x_i) \log p(x_i)",
    r"\sum_{k=1}^\infty p(k) = 1",
    r"\int_{x \in \mathcal{X}} p(x) dx = 1",
    r"\int_{\mathcal{X}} p(x) dx = 1",
    r"\int_{\mathbb{R}^d} p(x) dx = 1",
    r"\sum_{x=1}^{|\mathcal{X}|} p(x) = 1",
    r"\sum_{i=1}^{n} p(x_i) \log p(x_i) + \sum_{i=1}^{n} p(x_i) = 1 - H(X)",
]


@pytest.mark.parametrize("display", PARTS)
def test_a_part_of_a_space_is_no_space(display: str) -> None:
    assert "proved" not in [step.verdict for step in check(f"$$ {display} $$").steps]


@pytest.mark.parametrize("display", SPACES)
def test_a_space_is_read_in_all_its_spellings(display: str) -> None:
    assert {step.verdict for step in check(f"$$ {display} $$").steps} == {"proved"}


def test_a_step_that_gives_a_variable_two_ranges_is_not_read() -> None:
    first, second = check(r"$$ H(X) = -\sum_{x=0}^{1} p(x) \log p(x) = -\sum_{x=1}^{5} p(x) \log p(x) $$").steps
    assert (first.verdict, second.verdict) == ("proved", "unsupported")
