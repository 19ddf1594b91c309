r"""What authors write with an equals sign in sentences though they mean less: queries, not errors."""

import pytest

from derivations.check import check

MEANT = {
    "a posterior without its evidence": (
        "The posterior is the likelihood times the prior:",
        r"p(\theta|x) = p(x|\theta)p(\theta)",
        "up to a factor that does not depend on theta",
    ),
    "so with logarithms": (
        "Taking the logarithm of what the rule of Bayes gives, we have",
        r"\log p(z|x) = \log p(x|z) + \log p(z)",
        "up to a constant that does not depend on z",
    ),
    "a divergence by one sample": (
        "The penalty for each sample is estimated by a single draw",
        r"KL(q(z|x)\|p(z)) = \log q(z|x) - \log p(z)",
        "on average under q(z | x)",
    ),
    "the encoder without its condition": (
        "The loss has two parts, reconstruction and regularisation.",
        r"\log p(x) \ge E_{z\sim q(z)}[\log p(x|z)] - KL(q(z|x)\|p(z))",
        "with q(z | x) for q(z)",
    ),
    "a symmetric proposal": (
        "For a Gaussian random walk the proposal densities cancel and the ratio is",
        r"\frac{p(x')q(x|x')}{p(x)q(x'|x)} = \frac{p(x')}{p(x)}",
        "with q(x | x') = q(x' | x)",
    ),
    "but for the optimum": (
        "Away from the optimum the cost of the generator is larger",
        r"C(G) > -\log 4",
        "but for the case of equality",
    ),
}


@pytest.mark.parametrize(("said", "latex", "words"), MEANT.values(), ids=MEANT)
def test_a_shorthand_is_a_query_that_says_what_is_meant(said: str, latex: str, words: str) -> None:
    (step,) = check(f"{said}\n\n$$ {latex} $$\n", kind="markdown").steps
    assert str(step.verdict) == "conditional"
    assert words in step.message


@pytest.mark.parametrize(
    ("said", "latex"),
    [
        ("The posterior over the latent variables is", r"p(z|x) = \frac{p(x|z)}{p(x)}"),
        (
            "The loss has two parts, reconstruction and regularisation.",
            r"\log p(x) \ge E_{z\sim q(z)}[\log p(x|z)] + KL(q(z)\|p(z))",
        ),
        ("The cost of the generator is never smaller", r"C(G) < -\log 4"),
        (
            "The conditional entropy of Y given X is, summed over both,",
            r"H(Y|X) = -\sum_{x,y} p(x) p(y|x) \log p(x|y) + 0 \cdot \log p(y|x)",
        ),
    ],
)
def test_their_false_neighbours_are_refuted(said: str, latex: str) -> None:
    (step,) = check(f"{said}\n\n$$ {latex} $$\n", kind="markdown").steps
    assert str(step.verdict) == "refuted"


@pytest.mark.parametrize(
    "latex",
    [
        r"\log p(z|x) \overset{c}{=} \log p(x|z) + \log p(z)",
        r"\log p(z|x) \overset{+}{=} \log p(x|z) + \log p(z)",
        r"\log p(z|x) = \log p(x|z) + \log p(z) \quad\text{(up to a constant)}",
        r"\log p(x) \stackrel{\text{tight}}{=} E_{q(z)}[\log p(x,z) - \log q(z)]",
        r"\log p(x) = E_{q(z)}[\log p(x,z) - \log q(z)] \quad\text{(if q is exact)}",
        r"H(X|Y) \le H(P_e) + P_e\log(|X|-1)",
        r"H(X) \le \log|X|",
        r"p(z|x) = \frac{1}{Z}p(x|z)p(z)",
        r"H(q) = H(q(z)) + H(q(\theta))",
        r"\log p(x) \ge E_q[\log p(x|z_1) + \log p(z_1|z_2) + \log p(z_2) - \log q(z_1|x) - \log q(z_2|z_1)]",
        r"\log p(x) \ge E[\log p(x|z)] - KL(q(z|x)\|p(z))",
    ],
)
def test_what_a_display_says_beside_its_sign_or_leaves_open_is_no_error(latex: str) -> None:
    assert "refuted" not in [str(step.verdict) for step in check(latex).steps]


def test_few_signs_of_a_script_without_spaces_are_a_sentence() -> None:
    (step,) = check("贝叶斯神经网络的预测分布为：\n\n$$p(y|x,D) = \\int p(y|x,w)p(w|D)dw$$", kind="markdown").steps
    assert str(step.verdict) == "conditional"
