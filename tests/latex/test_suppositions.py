"""Equations that hold in a special case or where something ends: no proof rests on them, a refutation may."""

import pytest

from derivations.check import check

ELBO_3 = r"$$\log p(x) = \mathbb{E}_{q(z|x)}[\log p(x|z)] - D_{KL}(q(z|x) \| p(z)) + 3 D_{KL}(q(z|x) \| p(z|x))$$"
SPECIAL = r"$$D_{KL}(\mathcal{N}(\mu, \sigma^2) \| \mathcal{N}(0, 1)) = \frac{1}{2} \mu^2$$"


def last(text):
    return check(text).steps[-1]


@pytest.mark.parametrize(
    ("said", "claim"),
    [
        ("The bound is tight when\n\n$$q(z|x) = p(z|x)$$\n\nThe gap is in general\n\n", ELBO_3),
        ("$$q(z|x) = p(z|x)$$\n\n", ELBO_3),
        (
            "The game ends where\n\n$$p_g(x) = p_{data}(x)$$\n\nIn general\n\n",
            r"$$\mathbb{E}_{x \sim p_g}[f(x)] = \mathbb{E}_{x \sim p_{data}}[f(x)]$$",
        ),
        (
            "The game ends where\n\n$$p_g(x) = p_{data}(x)$$\n\n# The value\n\n",
            r"$$C(G) = -\log 4 + 5 JSD(p_{data} \| p_g)$$",
        ),
        ("A special case is\n\n$$\\sigma = 1$$\n\nIn general\n\n", SPECIAL),
        (
            "The E-step sets\n\n$$q(z) = p(z|x)$$\n\nIn general\n\n",
            r"$$\log p(x) = \mathbb{E}_{q(z)}[\log \frac{p(x, z)}{q(z)}]$$",
        ),
        ("Here $\\mathbb{E}$ denotes the expectation under $q$.\n\n", r"$$\mathbb{E}[\log p(x)] = -H(p)$$"),
    ],
)
def test_a_special_case_proves_nothing(said, claim):
    assert last(said + claim).verdict in ("conditional", "refuted")


@pytest.mark.parametrize(
    ("said", "claim", "words"),
    [
        ("Suppose $p = q$. Then\n\n", "$$H(p) = H(q)$$", "perhaps meant under p = q"),
        ("Let $P = Q$.\n\n", "$$H(P) = H(Q)$$", "perhaps meant under P = Q"),
        ("Suppose that\n\n$$p = q.$$\n\nThen\n\n", "$$H(p) = H(q)$$", "perhaps meant under p = q"),
        ("Suppose $\\sigma = 1$. Then\n\n", SPECIAL, "true under \\sigma = 1"),
        ("Assume\n\n$$\\sigma = 1$$\n\nThen\n\n", SPECIAL, "true under \\sigma = 1"),
        ("# A case\n\nAssume\n\n$$\\sigma = 1$$\n\n## Inside\n\nThen\n\n", SPECIAL, "true under \\sigma = 1"),
        ("\\section{A}\nLet $P = Q$.\n\n\\subsection{B}\n\nSo\n\n", "$$H(P) = H(Q)$$", "perhaps meant under P = Q"),
    ],
)
def test_what_is_supposed_excuses_a_step(said, claim, words):
    step = last(said + claim)
    assert step.verdict == "conditional"
    assert step.message.startswith(words)


@pytest.mark.parametrize(
    ("said", "claim"),
    [
        ("Suppose $p = q$.\n\n# In general\n\n", "$$JSD(p \\| q) = D_{KL}(p \\| q) + H(p)$$"),  # another section
        ("## A\n\nSuppose $p = q$.\n\n## B\n\n", "$$JSD(p \\| q) = D_{KL}(p \\| q) + H(p)$$"),
        ("### A\n\nSuppose $p = q$.\n\n## B\n\n### C\n\n", "$$JSD(p \\| q) = D_{KL}(p \\| q) + H(p)$$"),
        ("Suppose $r = s$. We see\n\n", "$$D_{KL}(p \\| q) = H(p) - H(p, q)$$"),  # other laws
        ("Assume\n\n$$\\sigma = 1$$\n\nThen\n\n", SPECIAL.replace(r"\mu^2", r"\mu^4")),  # false in that case as well
    ],
)
def test_what_is_supposed_of_something_else_excuses_nothing(said, claim):
    assert last(claim).verdict == last(said + claim).verdict == "refuted"


@pytest.mark.parametrize(
    ("said", "claim"),
    [
        ("We define\n\n$$q(z) = p(z|x)$$\n\nand get\n\n", r"$$H(q(z)) = -\int p(z|x) \log p(z|x) dz$$"),
        ("$$q(z) := p(z|x)$$\n\n", r"$$\log p(x) = \mathbb{E}_{q(z)}[\log \frac{p(x, z)}{q(z)}]$$"),
        ("Let\n\n$$\\sigma = 1$$\n\n", SPECIAL),
        (
            "The optimum is\n\n$$q^*(z) = p(z|x)$$\n\n",
            r"$$\log p(x) = \mathbb{E}_{q^*(z)}[\log \frac{p(x, z)}{q^*(z)}]$$",
        ),
    ],
)
def test_what_is_defined_is_used(said, claim):
    assert last(said + claim).verdict == "proved"


def test_a_mean_over_the_variable_of_a_model_names_the_law():
    assert "E_{x} is under p" in last(r"$$\mathbb{E}_x[-\log p_\theta(x)] = H(p_\theta)$$").conditions


EXAMPLE = "# Example\n\nTake\n\n$$q(z) = \\mathcal{N}(z; 0, 1)$$\n\n$$p(z) = \\mathcal{N}(z; 0, 1)$$\n\n"


@pytest.mark.parametrize(
    ("said", "claim"),
    [
        (EXAMPLE + "# In general\n\n", r"$$D_{KL}(q(z) \| p(z)) = 0$$"),
        (
            "# An example\n\nHere\n\n$$f(x) = x$$\n\n# In general\n\n",
            r"$$\mathbb{E}_{p(x)}[f(x)] = \mathbb{E}_{p(x)}[x]$$",
        ),
    ],
)
def test_the_formulas_of_an_example_prove_nothing_elsewhere(said, claim):
    step = last(said + claim)
    assert step.verdict == "conditional"
    assert "which is a special case" in step.message


@pytest.mark.parametrize(
    ("said", "claim", "condition"),
    [
        (EXAMPLE, r"$$D_{KL}(q(z) \| p(z)) = 0$$", "q(z) as in line 5"),  # in the example itself
        ("# Weights\n\n$$w = \\frac{p(x)}{q(x)}$$\n\n# Two\n\n", r"$$\mathbb{E}_{q(x)}[w] = 1$$", "w as in line 3"),
    ],
)
def test_a_proof_names_the_formulas_that_it_takes_from_examples_and_other_sections(said, claim, condition):
    step = last(said + claim)
    assert step.verdict == "proved"
    assert condition in step.conditions


ENTROPY = r"$$h(X) = \frac{1}{2} \log(2 \pi e \sigma^2)$$"
SPLIT = r"$$\log p(x) = \mathbb{E}_{q(z|x)}[\log p(x|z)] - D_{KL}(q(z|x) \| p(z))$$"
RATIO = r"$$\mathbb{E}_{p(x)}[T(x)] = D_{KL}(p \| q)$$"


@pytest.mark.parametrize(
    ("said", "claim"),
    [
        ("Equality holds for $q(z|x) = p(z|x)$.\n\n# Networks\n\nIn practice q is a network.\n\n", SPLIT),
        ("# EM\n\nWe take $q(z|x) = p(z|x)$.\n\n# Networks\n\nNow it is a network.\n\n", SPLIT),
        ("At the optimum the critic is given by $T(x) = \\log \\frac{p(x)}{q(x)}$.\n\n# Training\n\nBefore\n\n", RATIO),
        ("$$T(x) = \\log \\frac{p(x)}{q(x)}$$\n\nFor any critic $T$\n\n", RATIO),
        (
            "The weight is\n\n$$w(x) = \\frac{p(x)}{q(x)}$$\n\n# Backwards\n\nHere we write $w(x) = q(x)/p(x)$.\n\n",
            r"$$\mathbb{E}_{q(x)}[w(x)] = 1$$",
        ),
        (
            "# Example\n\nLet\n\n$$X \\sim \\mathcal{N}(\\mu, \\sigma^2)$$\n\n# In general\n\nThe entropy is\n\n",
            ENTROPY,
        ),
        (
            "Let $X \\sim \\mathcal{N}(\\mu, \\sigma^2)$.\n\nNow let $X$ be any variable of that variance.\n\n",
            ENTROPY,
        ),
        ("Here $p(x) = e^{-U(x)}$ is unnormalised.\n\n", r"$$\mathbb{E}_{q(x)}[\log \frac{q(x)}{p(x)}] \ge 0$$"),
        ("Samples are drawn:\n\n$$x_1, \\dots, x_N \\sim q(x)$$\n\n", r"$$\mathbb{E}[\log p(x)] = -H(p)$$"),
        ("Let $x \\sim q$ be a sample.\n\n", r"$$\mathbb{E}[\log p(x)] = -H(p)$$"),
        ("# Jensen\n\n$$f(x) = -\\log x$$\n\n# Divergences\n\nWe require\n\n", "$$f(1) = 0$$"),
        ("# A\n\nSo\n\n$$\\lambda = -N$$\n\n# B\n\nAnother constraint gives\n\n", "$$N + \\lambda = 0$$"),
        ("The network returns a standard deviation $\\sigma(x)$.\n\n", r"$$\log \sigma(x) \le 0$$"),
        ("\\renewcommand{\\law}{q(z)}\n\\renewcommand{\\law}{p(z)}\n\n", r"$$\mathbb{E}_{\law}[1] = \int p(z) dz$$"),
    ],
)
def test_what_may_have_ended_proves_nothing(said, claim):
    assert last(said + claim).verdict != "proved"


@pytest.mark.parametrize(
    ("said", "claim", "condition"),
    [
        (
            "The model is\n\n$$p_\\theta(x) = \\mathcal{N}(x; \\theta, 1)$$\n\n",
            r"$$\mathbb{E}_{p(x)}[x] = \theta$$",
            "one law",
        ),
        ("Let $X \\sim \\mathcal{N}(\\mu, \\sigma^2)$. So\n\n", ENTROPY, "(line 1)"),
        ("We write $T(x) = \\log \\frac{p(x)}{q(x)}$.\n\n", RATIO, "(line 1)"),
    ],
)
def test_a_proof_lists_what_it_takes_from_the_prose(said, claim, condition):
    step = last(said + claim)
    assert step.verdict == "proved"
    assert any(condition in c for c in step.conditions)


@pytest.mark.parametrize(
    ("said", "claim"),
    [
        ("A channel turns p into p' and q into q'.\n\n", r"$$D_{KL}(p' \| q') \le D_{KL}(p \| q)$$"),
        (
            "The weight is\n\n$$w(x) = \\frac{p(x)}{q(x)}$$\n\n# Backwards\n\nHere we write $w(x) = q(x)/p(x)$.\n\n",
            r"$$\mathbb{E}_{q(x)}[\log w(x)] = D_{KL}(q \| p)$$",
        ),
    ],
)
def test_what_the_document_may_know_is_not_refuted(said, claim):
    assert last(said + claim).verdict != "refuted"


@pytest.mark.parametrize(
    "latex",
    [
        r"JSD(P1 \| P2) = \frac{1}{2} D_{KL}(P1 \| \frac{P1 + P2}{2}) + \frac{1}{2} D_{KL}(P2 \| \frac{P1 + P2}{2})",
        r"\bm{Xw} = \bm{wX}",
        r"\mathbb{E}{q(z|x)}[\log p(z)] = \mathbb{E}{q(z|x)}[2 \log p(z)] - \mathbb{E}{q(z|x)}[\log p(z)]",
        r"KL(q(x) \| p(y)) = \mathbb{E}_{q(x)}[\log q(x) - \log p(y)]",
        r"\log e \sum_{i=1}^n a_i = \log(e \sum_{i=1}^n a_i)",
        r"\log e (a + 2) = 1 + \log(a + 2)",
        r"\frac{\partial}{\partial S} S(x \beta) = x \beta",
        r"\nabla_\theta \sum_a \pi_\theta(a|s) Q^\pi(s, a) = \sum_a Q^\pi(s, a) \nabla_\theta \pi_\theta(a|s)",
    ],
)
def test_what_is_more_than_it_looks_is_not_proved(latex):
    assert last(latex).verdict != "proved"


def test_two_pi_beside_a_policy_is_a_number():
    policy = r"$$\mathbb{E}_{\pi(a|s)}[\log \pi(a|s)] = \int \pi(a|s) \log \pi(a|s) da$$"
    step = last(policy + r"$$\log \frac{1}{\sqrt{2 \pi}} = -\frac{1}{2} \log(2 \pi)$$")
    assert step.verdict == "proved"
    assert "pi(a" not in step.reading


def test_more_suppositions_than_are_tried_leave_no_refutation():
    said = "".join(f"$$\\sigma = {n}$$\n\n" for n in range(2, 14))
    assert last("Assume\n\n" + said + SPECIAL).verdict == "conditional"
