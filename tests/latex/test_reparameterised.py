r"""Expectations under a law and under the noise that it is made of: letters p, r, c, u, n, d as in the benchmarks."""

import pytest

from derivations.check import check

LETTERS = {"proved": "p", "refuted": "r", "conditional": "c", "undecided": "u", "unsupported": "n", "definition": "d"}
TOLD = r"Let $q_\phi(z \mid x) = \mathcal{N}(z; \mu_\phi(x), \sigma_\phi^2(x))$."
MEAN = r"\mathbb{E}_{q_\phi(z \mid x)}[f(z)]"

CASES = {
    "a normal law": (
        r"$$ \mathbb{E}_{z \sim \mathcal{N}(\mu, \sigma^2)}[f(z)]"
        r" = \mathbb{E}_{\xi \sim \mathcal{N}(0, 1)}[f(\mu + \sigma \xi)] $$",
        "p",
    ),
    "a normal vector": (
        r"$$ \mathbb{E}_{z \sim \mathcal{N}(\mu, \sigma^2 I)}[f(z)]"
        r" = \mathbb{E}_{\xi \sim \mathcal{N}(0, I)}[f(\mu + \sigma \xi)] $$",
        "p",
    ),
    "the moments of a normal vector are not those of a number": (
        r"$$ \mathbb{E}_{z \sim \mathcal{N}(0, I)}[z^2] = 1 $$",
        "u",
    ),
    "a law that prose tells": (
        rf"{TOLD} $$ {MEAN} = \mathbb{{E}}_{{\epsilon \sim \mathcal{{N}}(0, I)}}"
        r"[f(\mu_\phi(x) + \sigma_\phi(x) \odot \epsilon)] $$",
        "p",
    ),
    "another scale than prose tells": (
        rf"{TOLD} $$ {MEAN} = \mathbb{{E}}_{{\epsilon \sim \mathcal{{N}}(0, 1)}}"
        r"[f(\mu_\phi(x) + \sigma_\phi(x)^2 \epsilon)] $$",
        "r",
    ),
    "its gradient": (
        rf"{TOLD} $$ \nabla_\phi {MEAN} = \mathbb{{E}}_{{\epsilon \sim \mathcal{{N}}(0, 1)}}"
        r"[\nabla_\phi f(\mu_\phi(x) + \sigma_\phi(x) \epsilon)] $$",
        "p",
    ),
    "parameters without arguments": (
        r"$$ \nabla_\phi \mathbb{E}_{z \sim \mathcal{N}(\mu_\phi, \sigma_\phi^2)}[f(z)]"
        r" = \mathbb{E}_{\epsilon \sim \mathcal{N}(0, 1)}[\nabla_\phi f(\mu_\phi + \sigma_\phi \epsilon)] $$",
        "p",
    ),
    "an open law and a function of noise": (
        rf"$$ \nabla_\phi {MEAN} = \mathbb{{E}}_{{p(\epsilon)}}[\nabla_\phi f(g_\phi(\epsilon, x))] $$",
        "p",
    ),
    "a function of noise and another function averaged": (
        rf"$$ {MEAN} = \mathbb{{E}}_{{p(\epsilon)}}[f(g_\phi(\epsilon, x))^2] $$",
        "c",
    ),
    "two functions of noise": (
        rf"$$ {MEAN} = \mathbb{{E}}_{{p(\epsilon)}}[f(g(\epsilon)) + f(h(\epsilon))] $$",
        "c",
    ),
    "two laws": (r"$$ \mathbb{E}_{q(z)}[f(z)] = \mathbb{E}_{p(x)}[f(x)] $$", "r"),
    "two laws and a formula": (r"$$ \mathbb{E}_{q(z)}[f(z)] = \mathbb{E}_{p(x)}[f(2 x)] $$", "r"),
}


@pytest.mark.parametrize("name", CASES)
def test_averages_over_noise(name: str) -> None:
    text, expected = CASES[name]
    assert "".join(LETTERS[step.verdict] for step in check(text).steps) == expected


def test_the_law_is_an_assumption() -> None:
    (step,) = check(CASES["an open law and a function of noise"][0]).steps
    assert any("is the law of g_phi(epsilon, x, phi)" in c for c in step.conditions)
