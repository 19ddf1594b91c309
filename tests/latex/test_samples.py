"""What is drawn from a law: independent draws of one law, or the range of variables that a chain has."""

import pytest

from derivations.check import check

KL = r"D_{KL}(q(x_{1:T}|x_0) \| p_\theta(x_{1:T}|x_0))"
RATIO = r"\frac{q(x_{1:T}|x_0)}{p_\theta(x_{1:T}|x_0)}"
SAMPLE = r"\log \frac{1}{K} \sum_{k=1}^K \frac{p(x,z_k)}{q(z_k|x)}"

PROVED = [
    rf"{KL} = \mathbb{{E}}_{{x_{{1:T}} \sim q}}[\log {RATIO}]",
    rf"{KL} = \mathbb{{E}}_{{x_{{1:T}} \sim q(\cdot|x_0)}}[\log {RATIO}]",
    r"\mathbb{E}_{x_{0:T} \sim q}[\log q(x_{1:T}|x_0)] = \mathbb{E}_{q(x_0) q(x_{1:T}|x_0)}[\log q(x_{1:T}|x_0)]",
    r"\mathbb{E}_{x_{0:T} \sim p}[\log p(x_{0:T})] = -H(p)",
    rf"\mathbb{{E}}_{{z_{{1:K}} \sim q(z|x)}}[{SAMPLE}] \le \log p(x)",
    rf"\mathbb{{E}}_{{z_{{1:K}} \sim q}}[{SAMPLE}] \le \log p(x)",
    rf"\mathbb{{E}}_{{z_1, \ldots, z_K \sim q(\cdot|x)}}[{SAMPLE}] \le \log p(x)",
    r"\mathbb{E}_{x_{1:N} \sim p}[\frac{1}{N} \sum_{i=1}^N f(x_i)] = \mathbb{E}_{p(x)}[f(x)]",
    r"\mathbb{E}_{z_1, z_2 \sim q(z|x)}[\log p(x, z_1)] = \mathbb{E}_{q(z|x)}[\log p(x, z)]",
]

NOT_PROVED = [
    rf"\mathbb{{E}}_{{x_{{1:T}} \sim q}}[\log {RATIO}] \le \mathbb{{E}}_{{x_{{0:T}} \sim q}}[\log {RATIO}]",
    rf"{KL} = -\mathbb{{E}}_{{x_{{1:T}} \sim q}}[\log {RATIO}]",
    r"\mathbb{E}_{x_{1:T} \sim q}[\log q(x_{1:T})] = \sum_{t=1}^T \mathbb{E}_{q(x_t)}[\log q(x_t)]",
    rf"\mathbb{{E}}_{{z_{{1:K}} \sim q}}[{SAMPLE}] \ge \log p(x)",
]

MEMBERS = [
    r"\mathbb{E}_{z_1, \ldots, z_K \sim q(z|x)}[\log p(x, z_1)] = \mathbb{E}_{q(z|x)}[\log p(x, z)]",
    r"\mathbb{E}_{z_{1:K} \sim q(z|x)}[\log p(x, z_1)] = \mathbb{E}_{q(z|x)}[\log p(x, z)]",
    r"\mathbb{E}_{z_{1:K} \sim q(z|x)}[\log p(x, z_k)] = \mathbb{E}_{q(z|x)}[\log p(x, z)]",
    r"\mathbb{E}_{x_{1:T} \sim p}[\sum_{t=1}^T \log p(x_t)] = T \mathbb{E}_{p(x)}[\log p(x)]",
]


@pytest.mark.parametrize("display", PROVED)
def test_draws_have_the_law_that_the_display_gives_them(display: str) -> None:
    assert [step.verdict for step in check(f"$$ {display} $$").steps] == ["proved"]


@pytest.mark.parametrize("display", NOT_PROVED)
def test_a_range_of_a_chain_is_no_sample(display: str) -> None:
    assert "proved" not in [step.verdict for step in check(f"$$ {display} $$").steps]


@pytest.mark.parametrize("display", MEMBERS)
def test_a_member_of_a_sample_is_not_taken_for_another_variable(display: str) -> None:
    assert {step.verdict for step in check(f"$$ {display} $$").steps} <= {"proved", "unsupported"}


def test_a_range_is_that_of_the_law_that_the_step_writes_whatever_the_document_has_elsewhere() -> None:
    text = "# A\n\n$$\\int q(x) dx = 1$$\n\n# B\n\n$$" + PROVED[0] + "$$"
    assert [step.verdict for step in check(text).steps] == ["proved", "proved"]
