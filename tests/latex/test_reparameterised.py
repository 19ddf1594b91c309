r"""Expectations under a law and under the noise that it is made of: letters p, r, c, u, n, d as in the benchmarks."""

import pytest

from derivations.check import check

LETTERS = {"proved": "p", "refuted": "r", "conditional": "c", "undecided": "u", "unsupported": "n", "definition": "d"}
TOLD = r"Let $q_\phi(z \mid x) = \mathcal{N}(z; \mu_\phi(x), \sigma_\phi^2(x))$."
NOISE = r"\mathbb{E}_{\epsilon \sim \mathcal{N}(0, 1)}"
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
    "an open law of two functions of noise": (
        r"$$ \mathbb{E}_{q(z)}[f(z)] = \mathbb{E}_{p(\epsilon)}[f(g(\epsilon))] $$"
        r"$$ \mathbb{E}_{q(z)}[f(z)] = \mathbb{E}_{p(\epsilon)}[f(h(\epsilon))] $$",
        "pc",
    ),
    "a chain through an open law": (
        r"$$ \mathbb{E}_{p(\epsilon)}[f(h(\epsilon))] = \mathbb{E}_{q(z)}[f(z)]"
        r" = \mathbb{E}_{p(\epsilon)}[f(g(\epsilon))] $$",
        "pc",
    ),
    "one function of noise by two names": (
        rf"$$ \mathbb{{E}}_{{q(z)}}[f(z)] = {NOISE}[f(2 \epsilon)] $$"
        r"$$ \mathbb{E}_{q(z)}[h(z)] = \mathbb{E}_{\xi \sim \mathcal{N}(0, 1)}[h(2 \xi)] $$",
        "pp",
    ),
    "other functions of noise in another section": (
        r"\section{A} $$ \mathbb{E}_{q(z)}[f(z)] = \mathbb{E}_{p(\epsilon)}[f(g(\epsilon))] $$"
        "\n"
        r"\section{B} $$ \mathbb{E}_{q(z)}[f(z)] = \mathbb{E}_{p(\epsilon)}[f(h(\epsilon))] $$",
        "pp",
    ),
    "an open law whose formula comes later": (
        rf"$$ \mathbb{{E}}_{{q(z)}}[f(z)] = {NOISE}[f(2 \epsilon)] $$ where $$ q(z) = \mathcal{{N}}(z; 0, 4) $$",
        "pd",
    ),
    "an open law whose formula comes later and is another": (
        rf"$$ \mathbb{{E}}_{{q(z)}}[f(z)] = {NOISE}[f(2 \epsilon)] $$ where $$ q(z) = \mathcal{{N}}(z; 0, 1) $$",
        "cd",
    ),
    "an open law of what is drawn from a normal one": (
        rf"Let $z \sim \mathcal{{N}}(0, 1)$. $$ \mathbb{{E}}_{{q(z)}}[f(z)] = {NOISE}[f(2 \epsilon)] $$",
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
