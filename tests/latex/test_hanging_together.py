"""Refutations of steps whose names a document ties together elsewhere are queries; false steps beside them are not."""

import pytest

from derivations.check import check


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (r"$$p(\tau) = p(s_0) p(a_0|s_0)$$", "hang together"),
        (r"$$p(x \mid \theta) = p(o, h)$$", "hang together"),
        (r"Let $x \sim \mathcal{N}(\sqrt{\alpha_t}, \bar\alpha_t)$. $$1 - \bar\alpha_t = 1 - \alpha_t$$", "alphabar_t"),
        (r"$$\mathbb{E}_{q(\mu)}[\mu] = \mu_N$$", "mu_N"),
        (r"$$p(w|y, X) = \frac{p(y|X, w) p(w)}{p(y|X)}$$", "does not depend on"),
        (
            r"$$\mathbb{E}_{x \sim \mathcal{N}(0, 1)}[x f(x)] = \mathbb{E}_{x \sim \mathcal{N}(0, 1)}[f'(x)]$$",
            "derivative of f",
        ),
    ],
)
def test_what_the_document_may_tie_together_is_a_query(query: str, words: str) -> None:
    outcome = check(query).steps[-1]
    assert outcome.verdict == "conditional"
    assert words in outcome.message


@pytest.mark.parametrize(
    "false",
    [
        r"$$\log p(x) = \mathbb{E}_{q(z|x)}[\log p(x|z)] + D_{KL}(q(z|x) \| p(z))$$",
        r"$$p(x, y) = p(y|x) p(y)$$",
        r"$$p(w|y, X) = \frac{p(y|X, w) p(w|y)}{p(y|X)}$$",
        r"$$D_{KL}(P_{XY} \| P_X P_Y) = H(X) + H(Y) + H(X, Y)$$",
        r"$$D_{KL}(q(z|x) \| p(z)) = \mathbb{E}_{q(z|x)}[\log q(z|x)] - \log p(z)$$",
    ],
)
def test_a_false_step_of_tied_names_is_refuted(false: str) -> None:
    assert check(false).steps[-1].verdict == "refuted"


def test_a_marginal_that_a_subscript_names_is_no_conditional_law() -> None:
    text = r"$$P(X, Y) = P(Y|X) P(X)$$ and $$H(X) + H(Y) - H(X, Y) = D(P_{XY} \| P_X P_Y)$$"
    assert [step.verdict for step in check(text).steps] == ["proved", "proved"]
    assert check(r"$$I(X; Y) = \mathbb{E}_{P_{(X,Y)}}[\log \frac{p(x,y)}{p(x) p(y)}]$$").steps[0].verdict == "proved"
    assert check(r"$$I(X; Y) = \mathbb{E}_{P_{(X,Y)}}[\log \frac{p(x,y)}{p(x) p(x)}]$$").steps[0].verdict == "refuted"


def test_two_bare_laws_of_one_letter_are_two() -> None:
    assert check(r"$$D_{KL}(p_x \| p_\theta) \ne D_{KL}(p_\theta \| p_x)$$").steps[0].verdict == "conditional"
    assert check(r"$$D_{KL}(p_x \| p_\theta) = 0$$").steps[0].verdict != "proved"


def test_a_sign_behind_a_product_sign_is_of_the_factor() -> None:
    assert check(r"$$2 \times -\log 3 = -\log 9$$").steps[0].verdict == "proved"
    assert check(r"$$2 \times -\log 3 = 2 - \log 3$$").steps[0].verdict == "refuted"


def test_displays_that_begin_with_a_plus_go_on_with_the_one_before_them() -> None:
    text = r"""
$$ KL(p\|q) = \int p(x) \log p(x) dx $$

$$ - \int p(x) \log q(x) dx $$

$$ = E_p[\log p(x)] $$

$$ + E_p[-\log q(x)] $$
"""
    assert [step.verdict for step in check(text).steps] == ["proved", "proved"]
    wrong = text.replace("+ E_p[-", "+ E_p[")
    assert [step.verdict for step in check(wrong).steps] == ["proved", "refuted"]
    apart = text.replace("$$\n\n$$ + E_p", "$$\n\nThe other term is\n\n$$ + E_p")
    assert [step.verdict for step in check(apart).steps][-1] == "refuted"


def test_a_display_that_repeats_a_side_goes_on_from_the_start() -> None:
    text = r"""
$$ KL(p\|q) = -\int p(x) \log \frac{q(x)}{p(x)} dx \ge -\log \int q(x) dx $$

$$ = -\int p(x) \log \frac{q(x)}{p(x)} dx \ge 0 $$
"""
    assert [step.verdict for step in check(text).steps] == ["proved"] * 4
    assert check(text.replace(r"= -\int p(x) \log \frac{q(x)}{p(x)} dx \ge 0", r"= 1")).steps[-1].verdict == "refuted"


def test_an_infimum_over_couplings_of_a_constant_is_unread() -> None:
    assert check(r"$$W(P, Q) = \inf_{\gamma \in \Pi(P, Q)} \mathbb{E}_\gamma[c(x, y)]$$").steps[0].verdict in (
        "unsupported",
        "definition",
    )


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (r"$$D_{KL}(q_\phi(z|x) \| N(0,1)) = D_{KL}(N(\mu_\phi, \sigma_\phi) \| N(0,1))$$", "N(z; mu_phi"),
        (r"$$\log \int p(x, t) \frac{q(t)}{q(t)} = \log \int q(t) \frac{p(x, t)}{q(t)}$$", "runs over t"),
        (r"$$-P(X = H) \log P(X = H) - P(X = T) \log P(X = T) = 0.81$$", "in some models only"),
        (r"$$\sum_{i=1}^n H(X) = H(X)$$", "does not mention it"),
        (r"$$P(z_i = k|x_i) = \frac{P(x_i|z_i) P(z_i = k)}{P(x_i)}$$", "z_i is k"),
        (r"$$H(P, Q) = (\int (\sqrt{p(x)} - \sqrt{q(x)})^2 dx)^{1/2}$$", "no entropy"),
        (r"$$\log p(x) = \log p(x_{1:5}) + \log p(x) - \log p(x)$$", "hang together"),
    ],
)
def test_other_readings_of_a_shorthand_are_queries(query: str, words: str) -> None:
    outcome = check(query).steps[-1]
    assert outcome.verdict == "conditional"
    assert words in outcome.message


def test_a_function_is_no_argument_of_itself() -> None:
    logistic = r"$$\sigma(a) = \frac{1}{1 + e^{-a}}$$ $$\frac{d\sigma}{da} = "
    assert check(logistic + r"\sigma(1 - \sigma)$$").steps[-1].verdict == "proved"
    assert check(logistic + r"\sigma(1 + \sigma)$$").steps[-1].verdict == "refuted"


def test_what_is_averaged_alone_is_random_wherever_it_stands() -> None:
    """A mean that is left out is found: 2[B^2] is no number where the document writes E[B]."""
    second = r"$$E[A^2 + 2B^2] = E[A^2] + 2[B^2]$$"
    assert check(second + r" $$E[B] = 0$$").steps[0].verdict != "proved"
    assert check(second.replace("2[B^2]$", "2 E[B^2]$") + r" $$E[B] = 0$$").steps[0].verdict == "proved"


GAME = r"\mathbb{E}_{u \sim data}[\log D(u)] = "


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        (GAME + r"\int p_{data}(u) \log D(u) du", "proved"),
        (GAME + r"-\int p_{data}(u) \log D(u) du", "refuted"),
        (GAME + r"\int p_{data}(u) \log D(u) du + \int p_g(u) du", "refuted"),
        (r"\mathbb{E}_{u \sim data}[\log D(u)] = \int p_g(u) \log D(u) du + 0 \int p_{data}(u) du", "refuted"),
        (GAME + r"\int data(u) \log D(u) du - \int p_{data}(u) du + 1", "proved"),
        (GAME + r"\int p_{data}(u) \log D(u) du - \int data(u) du + 1", "conditional"),
    ],
)
def test_the_word_data_names_the_law_of_the_data(step: str, verdict: str) -> None:
    assert [s.verdict for s in check(f"$$ {step} $$").steps] == [verdict]
