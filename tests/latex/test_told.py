r"""What a document defines, and what follows for its later steps: letters p, r, c, u, n, d as in the benchmarks."""

import pytest

from derivations.check import check

LETTERS = {"proved": "p", "refuted": "r", "conditional": "c", "undecided": "u", "unsupported": "n", "definition": "d"}

BOUND = r"\mathbb{E}_{q(z \mid x)}[\log p(x, z) - \log q(z \mid x)]"

DOCUMENTS = {
    "a name at the end of a chain": (rf"$$ \log p(x) \ge {BOUND} =: \mathcal{{L}}(x) $$", "pd"),
    "a name at the end of a chain after an equality sign": (rf"$$ \log p(x) \ge {BOUND} = \mathcal{{L}}(x) $$", "pd"),
    "a name on the right of a definition": (rf"$$ \log p(x) \ge {BOUND} := F(x) $$", "pd"),
    "later steps know what was named at the end of a chain": (
        rf"""$$ \log p(x) \ge {BOUND} =: \mathcal{{L}}(x) $$
        $$ \mathcal{{L}}(x) = \mathbb{{E}}_{{q(z|x)}}[\log p(x \mid z)] - KL(q(z \mid x) \| p(z)) $$
        $$ \log p(x) - \mathcal{{L}}(x) = KL(q(z \mid x) \| p(z \mid x)) $$
        $$ \log p(x) + \mathcal{{L}}(x) = KL(q(z \mid x) \| p(z \mid x)) $$""",
        "pdppr",
    ),
    "a number at the end of a chain is no definition": (r"$$ \mathbb{E}_{p(x)}[f(x)] = \int p(x) f(x) dx = c $$", "pc"),
    "a value of a function that the step speaks of": (r"$$ \mathbb{E}_{p(x)}[F(x)] = F(x) $$", "c"),
    "a law with a formula keeps its other densities": (
        rf"""$$ p(z) = \mathcal{{N}}(z; 0, I) $$
        $$ {BOUND} = \mathbb{{E}}_{{q(z|x)}}[\log p(x \mid z)] - KL(q(z \mid x) \| p(z)) $$
        $$ {BOUND} = \mathbb{{E}}_{{q(z|x)}}[\log p(x \mid z)] + KL(q(z \mid x) \| p(z)) $$
        $$ p(x) = \int p(x \mid z) p(z) dz $$
        $$ p(x) = \int p(x \mid z) p(z)^2 dz $$""",
        "dprpr",
    ),
    "a formula for a law that was spoken of before": (
        r"""$$ KL(q(z) \| p(z)) \ge 0 $$
        $$ q(z) = \mathcal{N}(z; m, s^2) $$
        $$ \mathbb{E}_{q(z)}[z^2] = m^2 + s^2 $$
        $$ \mathbb{E}_{q(z)}[z^2] = m^2 - s^2 $$""",
        "pdpr",
    ),
    "a second formula for a law in the letters of the first is a claim": (
        r"""$$ q(z) = \mathcal{N}(z; 0, 1) $$
        $$ q(z) = \mathcal{N}(z; 0, 2) $$""",
        "dr",
    ),
    "deviations that depend on the datum": (
        r"""$$ q(z \mid x) = \mathcal{N}(z; \mu(x), \sigma^2(x)) $$
        $$ \mathbb{E}_{q(z \mid x)}[z] = \mu(x) $$
        $$ \mathbb{E}_{q(z \mid x)}[z^2] = \mu(x)^2 + \sigma^2(x) $$
        $$ \mathbb{E}_{q(z \mid x)}[z^2] = \mu(x)^2 - \sigma^2(x) $$""",
        "dppr",
    ),
    "a law by its name and parameters": (
        r"""$$ q(z \mid x) = \mathcal{N}(\mu(x), \sigma^2(x)) $$
        $$ KL(q(z \mid x) \| p(z)) \ge 0 $$
        $$ p(z) = \mathcal{N}(0, 1) $$
        $$ KL(q(z \mid x) \| p(z)) = \frac12 (\mu(x)^2 + \sigma^2(x) - 1 - \log \sigma^2(x)) $$
        $$ KL(q(z \mid x) \| p(z)) = \frac12 (\mu(x)^2 + \sigma^2(x) - 1 + \log \sigma^2(x)) $$""",
        "dpdpr",
    ),
    "the components of normal vectors": (
        r"""$$ q(z) = \mathcal{N}(z; \mu, \sigma^2 I), \quad p(z) = \mathcal{N}(z; 0, I) $$
        $$ \int q(z) \log p(z) dz = -\frac{J}{2} \log(2\pi) - \frac12 \sum_{j=1}^J (\mu_j^2 + \sigma_j^2) $$
        $$ \int q(z) \log p(z) dz = -\frac{J}{2} \log(2\pi) + \frac12 \sum_{j=1}^J (\mu_j^2 + \sigma_j^2) $$
        $$ \mathbb{E}_q[\log q(z)] = -\frac{J}{2} \log(2\pi) - \frac12 \sum_{j=1}^J (1 + \log \sigma_j^2) $$
        $$ \mathbb{E}_q[\log q(z)] = -J \log(2\pi) - \frac12 \sum_{j=1}^J (1 + \log \sigma_j^2) $$
        $$ H(q) = \frac{J}{2} \log(2\pi e) + \sum_{j=1}^J \log \sigma_j $$
        $$ H(q) = \frac{J}{2} \log(2\pi e) + \frac12 \sum_{j=1}^J \log \sigma_j $$""",
        "ddprprpr",
    ),
    "a law by its factors": (
        r"""$$ p(z) = \mathcal{N}(z; 0, 1) $$
        $$ p(x \mid z) = \mathcal{N}(x; z, \sigma^2) $$
        $$ \mathbb{E}_{p(z \mid x)}[z] = \frac{x}{1 + \sigma^2} $$
        $$ \mathbb{E}_{p(x \mid z)}[x] = z $$
        $$ \mathbb{E}_{p(x \mid z)}[x] = \sigma $$
        $$ \log p(x) = \log p(x \mid z) + \log p(z) - \log p(z \mid x) $$
        $$ \log p(x) = \log p(x \mid z) + \log p(z) + \log p(z \mid x) $$""",
        "dduprpc",
    ),
    "what a law was said to be": (
        r"""$$ KL(q(z \mid x) \| q(z)) \ge 0 $$
        $$ q(z) = \mathcal{N}(z; 0, 1) $$
        $$ q(z \mid x) = \mathcal{N}(z; x, 1) $$
        $$ \mathbb{E}_{q(z \mid x)}[z] = x $$""",
        "pdcp",
    ),
    "a function of parameters named like an entropy": (
        r"$$ \log p(x | \theta) = Q(\theta, \theta_t) + H(\theta, \theta_t) $$",
        "c",
    ),
    "a law with one variable and no argument": (
        r"""$$ p = \mathcal{N}(m, s^2) $$
        $$ \int p(x) x^2 dx = m^2 + s^2 $$
        $$ \int p(x) x^2 dx = m^2 - s^2 $$""",
        "dpr",
    ),
    "a law of another section": (
        "# One\n$$ q(z) = \\mathcal{N}(0, 1) $$\n# Two\n$$ \\mathbb{E}_{q(z)}[z] = 0 $$\n"
        "$$ \\mathbb{E}_{q(z)}[z^2] = m^2 + s^2 $$",
        "dpc",
    ),
    "a distance whose square is written is no cross-entropy": (
        r"""$$ H^2(p, q) = 1 - \int \sqrt{p(x) q(x)} dx $$
        $$ H(p, q)^2 = 1 - \int \sqrt{p(x) q(x)} dx $$""",
        "pp",
    ),
    "differential entropies beside a function": (
        r"""$$ h(\mathcal{N}(\mu, \sigma^2)) = \frac12 \log(2 \pi e \sigma^2) $$
        $$ h(\mathcal{N}(\mu, \sigma^2)) = \frac12 \log(2 \pi \sigma^2) $$
        $$ h(X) = h(X | Y) + I(X; Y) $$
        $$ h(z) = 2 z $$""",
        "prpd",
    ),
    "a cross-entropy": (r"$$ H(p, q) = H(p) + KL(p \| q) $$", "p"),
    "the logistic function at an expression is no definition": (
        r"""$$ \sigma(\log p(x) - \log q(x)) = \frac{p(x)}{p(x) + q(x)} $$
        $$ \sigma(\log p(x) - \log q(x)) = \frac{q(x)}{p(x) + q(x)} $$""",
        "pr",
    ),
    "a range drawn from its own law": (
        r"$$ KL(q(x_{1:T} | x_0) \| p(x_{1:T} | x_0))"
        r" = \mathbb{E}_{x_{1:T} \sim q(x_{1:T} | x_0)}[\log q(x_{1:T} | x_0) - \log p(x_{1:T} | x_0)] $$",
        "p",
    ),
    "p_z is the marginal, also beside a posterior": (
        r"""$$ p(x, z) = p(z \mid x) p(x) = p(x \mid z) p(z) $$
        $$ \mathbb{E}_{z \sim p_z}[\log(1 - D(G(z)))] = \int p_g(x) \log(1 - D(x)) dx $$""",
        "ppp",
    ),
}

MIXED = r"$$ JSD(P \| Q) = H(M) - \frac12 H(P) - \frac12 H(Q) $$"
OPEN = r"$$ \mathbb{E}_\epsilon[(m + s \epsilon)^2] = m^2 + s^2 $$"

# What prose tells in formulas within its lines, and what it does not.
TOLD = {
    "where": (rf"The identity {MIXED} where $M = \frac12 (P + Q)$, is known.", "p"),
    "let": (rf"Let $M = (P + Q) / 2$ be the mixture. Then {MIXED}", "p"),
    "in a list": (rf"with $a = 2$, $M = \tfrac{{1}}{{2}}(P + Q)$ {MIXED}", "p"),
    "another mixture": (rf"where $M = \frac13 P + \frac23 Q$ is a mixture. One finds {MIXED}", "c"),
    "on a condition": (rf"If $M = (P + Q) / 2$, {MIXED}", "c"),
    "a consequence": (rf"Let us differentiate. We get $M = (P + Q) / 2$ {MIXED}", "c"),
    "two meanings": (rf"Let $M = (P + Q) / 2$. Later, let $M = P$. {MIXED}", "c"),
    "a special case": (r"For $s = 1$ $$ \mathbb{E}_{\epsilon \sim \mathcal{N}(0, 1)}[s \epsilon^2] = 1 $$", "c"),
    "a display comes first": (rf"$$ M = P $$ where $M = (P + Q) / 2$ is meant. One finds {MIXED}", "dc"),
    "the law of noise": (rf"The noise $\epsilon \sim \mathcal{{N}}(0, 1)$ is drawn. {OPEN}", "p"),
    "the law of other noise": (rf"The noise $\epsilon \sim \mathcal{{N}}(0, 2)$ is drawn. {OPEN}", "c"),
    "a supposition of two displays": (
        "If $q(z) = q_1(z_1) q_2(z_2)$ then\n\n$$ H(q) = H(q_1) + H(q_2) $$\n\n"
        "$$ \\mathbb{E}_q[\\log q(z)] = \\mathbb{E}_{q_1}[\\log q_1(z_1)] + \\mathbb{E}_{q_2}[\\log q_2(z_2)] $$\n",
        "cc",
    ),
    "a supposition that ended": (
        "If $q = p$ then\n\n$$ KL(q(z) \\| p(z)) = 0 $$\n\nIn general\n\n$$ KL(q(z) \\| p(z)) = - H(q) $$",
        "cr",
    ),
    "a law on a condition": (rf"We would have, if $\epsilon \sim \mathcal{{N}}(0, 1)$ {OPEN}", "c"),
    "a supposition of what follows": (
        r"If $q(z) = \mathcal{N}(0, 1)$, then $$ \mathbb{E}_{q(z)}[z^2] = 1 $$",
        "p",
    ),
    "a supposition of another section": (
        "# One\n\nIf $q(z) = \\mathcal{N}(0, 1)$, then all is well.\n\n# Two\n\n$$ \\mathbb{E}_{q(z)}[z^2] = 1 $$",
        "c",
    ),
    "a supposition after the step": (
        r"$$ \mathbb{E}_{q(z)}[z^2] = 1 $$ If $q(z) = \mathcal{N}(0, 1)$, then this is the case.",
        "c",
    ),
    "the case of equality": (
        r"The bound is tight only if $q(z) = \mathcal{N}(0, 1)$. $$ \mathbb{E}_{q(z)}[z^2] = 1 $$",
        "c",
    ),
    "a weight in an interval": (
        r"Let $m = \pi p + (1 - \pi) q$ with $\pi \in [0, 1]$. One has"
        r"$$ KL(m \| r) \le \pi KL(p \| r) + (1 - \pi) KL(q \| r) $$ $$ H(m) \ge \pi H(p) + (1 - \pi) H(q) $$"
        r"$$ H(m) \ge \pi H(p) + \pi H(q) $$",
        "ppc",
    ),
    "pi as a number": (r"$$ \log \mathcal{N}(x; 0, 1) = -\frac12 \log(2 \pi) - \frac12 x^2 $$", "p"),
    "a bound on a weight": (
        r"For $\beta \ge 1$, $$ \beta KL(q(z) \| p(z)) \ge KL(q(z) \| p(z)) $$",
        "p",
    ),
    "two bounds on a weight": (
        r"$$ \beta KL(q(z) \| p(z)) \le KL(q(z) \| p(z)) $$ where $0 < \beta \le 1$.",
        "p",
    ),
    "a bound that follows": (
        r"so that $\beta \ge 1$. $$ \beta KL(q(z) \| p(z)) \ge KL(q(z) \| p(z)) $$",
        "c",
    ),
    "a supposition that another sentence ends": (
        "If $q(z) = \\mathcal{N}(0, 1)$, then\n$$ \\mathbb{E}_{q(z)}[z^2] = 1. $$\n"
        "In general,\n$$ \\mathbb{E}_{q(z)}[z^2] = 1. $$",
        "pc",
    ),
    "a supposition that a full stop ends": (
        "If $q(z) = \\mathcal{N}(0, 1)$, all is well.\nBut\n$$ \\mathbb{E}_{q(z)}[z^2] = 1. $$",
        "c",
    ),
    "a supposition that goes on": (
        "If $q(z) = \\mathcal{N}(0, 1)$, then\n$$ \\mathbb{E}_{q(z)}[z] = 0 $$\n"
        "and\n$$ \\mathbb{E}_{q(z)}[z^2] = 1. $$",
        "pp",
    ),
    "a supposition that stands": (
        "Suppose that $q(z) = \\mathcal{N}(0, 1)$. Then\n$$ \\mathbb{E}_{q(z)}[z^2] = 1. $$",
        "p",
    ),
    "one case after another": (
        "Suppose $\\beta \\ge 1$. Then\n$$ \\beta KL(q(z) \\| p(z)) \\ge KL(q(z) \\| p(z)). $$\n"
        "Suppose $\\beta \\le 1$. Then\n$$ \\beta KL(q(z) \\| p(z)) \\le KL(q(z) \\| p(z)). $$\n"
        "$$ \\beta KL(q(z) \\| p(z)) \\ge KL(q(z) \\| p(z)). $$",
        "ppc",
    ),
    "a case that another sentence ends": (
        "For $\\beta \\ge 1$ we have\n$$ \\beta KL(q(z) \\| p(z)) \\ge KL(q(z) \\| p(z)). $$\n"
        "Else\n$$ \\beta KL(q(z) \\| p(z)) \\ge KL(q(z) \\| p(z)). $$",
        "pc",
    ),
    "a bound on the other side": (
        r"For $\beta \le 1$, $$ \beta KL(q(z) \| p(z)) \ge KL(q(z) \| p(z)) $$",
        "c",
    ),
    "the logistic function": (
        r"with $\sigma(a) = \frac{1}{1 + e^{-a}}$ one has $$ 1 - \sigma(a) = \sigma(-a) $$"
        r"$$ \sigma'(a) = \sigma(a)(1 - \sigma(a)) $$"
        r"$$ 1 - \sigma(a) = \sigma(a) - 1 $$ $$ \sigma'(a) = \sigma(a)(1 + \sigma(a)) $$ $$ s = \sigma^2 $$",
        "pprrd",
    ),
    "a variable and its law": (
        r"For $X \sim \mathcal{N}(m, s^2)$: $$ \mathbb{E}[(X - m)^2] = s^2 $$ $$ \mathbb{E}[(X - m)^2] = s $$",
        "pr",
    ),
    "a variable and its laws, one after another": (
        r"Let $x \sim \mathcal{N}(0, 1)$."
        "\n$$ \\mathbb{E}[x^2] = 1 $$\n"
        r"Now let $x \sim \mathcal{N}(0, 2)$ instead."
        "\n$$ \\mathbb{E}[x^2] = 1 $$ $$ \\mathbb{E}[x^2] = 2 $$",
        "prp",
    ),
    "laws of another exercise": (
        "**Exercise 1.** Let $p = \\mathcal{N}(0, 1)$. $$ \\int p(x) x^2 dx = 1 $$\n"
        "**Exercise 2.** Let $X$ have the density $p$. $$ \\int p(x) x^2 dx = m^2 + s^2 $$",
        "pc",
    ),
    "the law of draws": (
        r"For $z^{(1)}, \dots, z^{(L)} \sim q(z \mid x)$ i.i.d., $$ \mathbb{E}[\frac1L \sum_{l=1}^L f(z^{(l)})]"
        r" = \mathbb{E}_{q(z \mid x)}[f(z)] $$ $$ \mathrm{Var}[\frac1L \sum_{l=1}^L f(z^{(l)})]"
        r" = \frac1L \mathrm{Var}_{q(z \mid x)}[f(z)] $$"
        r"$$ \mathrm{Var}[\frac1L \sum_{l=1}^L f(z^{(l)})] = \mathrm{Var}_{q(z \mid x)}[f(z)] $$",
        "ppc",
    ),
    "the law of a bare mean": (
        r"Let $x \sim r$ and $y \sim q$. One has $$ \mathbb{E}_x[f(x)] = \int r(x) f(x) dx $$"
        r"$$ \mathbb{E}_x[f(x)] = \int q(x) f(x) dx $$",
        "pr",
    ),
    "a prior": (r"with prior $p(z) = \mathcal{N}(0, 1)$ $$ \mathbb{E}_{p(z)}[z^2] = 1 $$", "p"),
}


@pytest.mark.parametrize("name", TOLD)
def test_prose(name: str) -> None:
    text, expected = TOLD[name]
    assert "".join(LETTERS[step.verdict] for step in check(text).steps) == expected


def test_a_verdict_names_what_prose_told() -> None:
    (step,) = check(f"with\n{MIXED}\nand $M = (P + Q) / 2$").steps
    assert "M = (P + Q)/2 (line 3)" in step.conditions


def test_a_verdict_names_what_was_said_but_not_shown() -> None:
    step = check(DOCUMENTS["what a law was said to be"][0]).steps[-1]
    assert r"q(z \mid x) as in line 3" in step.conditions


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents(name: str) -> None:
    text, expected = DOCUMENTS[name]
    assert "".join(LETTERS[step.verdict] for step in check(text).steps) == expected
