"""What a careful reader would query is not proved: hidden parameters, events, laws told apart, scopes of logarithms."""

import pytest

from derivations.check import check

# Each is false, or says nothing, for some document that an author could mean.
NEVER_PROVED = [
    r"$$\nabla_\theta \mathcal{L} = 0$$",
    r"$$\frac{\partial J}{\partial w} = \frac{\partial J}{\partial b}$$",
    r"$$\nabla_\phi D_{KL}(q \| p) = 0$$",
    r"$$p(x) = P(X > x)$$",
    r"$$D_{KL}(p \| p_\theta) = 0$$",
    r"$$\log p(x) = \log p_\theta(x)$$",
    r"$$D_{KL}(P \| p) = 0$$",
    r"$$\log p(x) \int q(z) h(z) dz = \log\big(p(x)\int q(z) h(z) dz\big)$$",
    r"$$\log p(x|\theta) = \log p(x)$$",
    r"$$\log p(x;w) = \log p(x)$$",
    r"$$\log p_\theta(x) = \log p_\theta(x|\phi)$$",
    r"$$KL(r_\theta\|p) = KL(r\|p)$$",
    r"$$\pi_\theta(a|s) = \pi(a|s)$$",
    r"$$W_1(p(x), p(z)) = W_1(p(z), p(z))$$",
    r"$$W_1(p(x), q(x)) = W_1(p(z), q(z))$$",
    r"$$W_1(p(x|z), q(x)) = W_1(p(x), q(x))$$",
    r"$$W_1(p(x|z), q(x)) = W_1(p(x|y), q(x))$$",
    r"$$\mathbb{E}_{p(z)}[W_1(p(x|z), q(x))] = W_1(p(x), q(x))$$",
    r"$$\mathbb{E}_{p(z)}[W_1(p(x|z), q(x))] = W_1(p(x|z), q(x))$$",
    r"$$\arg\min_\theta KL(p_\theta\|q) + W_1(p_\theta, q) = \arg\min_\theta KL(p_\theta\|q)$$",
    r"$$W_1(p, q) = \inf_{\gamma \in \Pi(p, q)} \mathbb{E}_{(x, y) \sim \gamma}[\|x - 2y\|]$$",
    r"$$W_1(p, q) = \inf_{\gamma \in \Pi(p, q)} \mathbb{E}_{(x, y) \sim r}[\|x - y\|]$$",
    r"$$W_1(p, q) = \inf_{\gamma \in \Pi(p, q)} \mathbb{E}_{x \sim p, y \sim q}[\|x - y\|]$$",
]

# Each is right in a usual reading, convention or under a usual hypothesis that the line does not state.
NEVER_REFUTED = [
    r"$$\mathbb{E}_{q}[\log \frac{p(z)}{r(z)}] = \mathbb{E}_{q}[\log \frac{p(z)}{q(z)} \cdot \frac{q(z)}{r(z)}]$$",
    r"$$H(X) = -\sum_x p(x) \log_2 p(x)$$",
    r"$$H(Y|X) = H(Y)$$",
    r"$$W_1(p, r) \le W_1(p, q) + W_1(q, r)$$",
]


@pytest.mark.parametrize("display", NEVER_PROVED)
def test_a_line_that_hides_what_it_depends_on_is_not_proved(display: str) -> None:
    assert "proved" not in [step.verdict for step in check(display).steps]


@pytest.mark.parametrize("display", NEVER_REFUTED)
def test_a_line_that_is_right_in_a_usual_reading_is_not_refuted(display: str) -> None:
    assert "refuted" not in [step.verdict for step in check(display).steps]


def test_parameters_at_other_arguments_do_not_make_another_law() -> None:
    steps = check(r"$$\log p_\theta(x, z) = \log p_\theta(x|z) + \log p(z)$$").steps
    assert [step.verdict for step in steps] == ["proved"]
