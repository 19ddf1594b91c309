"""The trusted rules of the kernel, one line each, for the appendix.

Main definition: `RULE_LINES`, in the order of ``kernel.RULES``; words with ``$...$`` formulas.
"""

from __future__ import annotations

from derivations import kernel

__all__ = ["RULE_LINES", "VERDICT_LINES"]

_LINES = {
    "definition of KL": r"$D_{\mathrm{KL}}(a \,\|\, b) = \int a \log\frac{a}{b}$.",
    "definition of JSD": r"The mean divergence of two laws from their mixture $m = \frac{a + b}{2}$.",
    "definition of entropy": r"$H(a) = -\int a \log a$.",
    "definition of cross-entropy": r"$H(a, b) = -\int a \log b$.",
    "definition of mutual information": r"The divergence of a joint law from the product of its marginals.",
    "Bayes' rule": r"A conditional density is the joint over the marginal, $p(z|x) = \frac{p(x, z)}{p(x)}$.",
    "logarithm of a product": r"$\log ab = \log a + \log b$ for positive factors, and so for powers and ratios.",
    "normalisation": r"A density integrates to one over the variables that it is a density of.",
    "marginalisation": r"A variable that occurs in one density only goes: $\int p(x, z) \,\mathrm{d}z = p(x)$.",
    "Gaussian density": r"$\log \mathcal{N}(x; m, v) = -\frac{1}{2} \log 2 \pi v - \frac{(x - m)^{2}}{2 v}$.",
    "Gaussian moments": r"$M_{n+1} = m M_{n} + n v M_{n-1}$, $M_{0} = 1$, $M_{1} = m$.",
    "independence of components": r"Components that a term does not mention integrate to one.",
    "sum of a constant": r"$\sum_{k=1}^{K} c = K c$.",
    "exchangeability": r"Components that may be exchanged have the same mean: $\mathbb{E}[b_i] = \mathbb{E}[b_j]$.",
    "size of a minibatch": r"Of $N$ data $M$ are in it: $\sum_{i} b_i = M$.",
    "inverse matrix": r"$S^{-1} S$ is the identity, in its entries.",
    "pushforward": r"For $z = g(\varepsilon)$, $\mathbb{E}[f(z)] = \mathbb{E}[f(g(\varepsilon))]$.",
    "change of variables": r"$x = a + b y$, $b > 0$: $\mathcal{N}(m, v)$ becomes $\mathcal{N}((m-a) / b, v / b^{2})$.",
    "differentiation": r"The rules of the derivative, and under the integral sign where the claim allows it.",
    "score function": r"$\int a \,\nabla \log a = \nabla \int a$, in a parameter.",
    "limit": r"The value to which a continuous expression tends.",
    "algebra of fractions": r"Sums over a common denominator, which must not vanish.",
    "hypothesis": r"An equation or inequality that the statement assumes.",
    "Markov chain": r"$p(a, b, c) = p(a, b)\,p(b, c)/p(b)$ for a Markov chain $a \to b \to c$ under $p$.",
    "Gibbs' inequality": r"$\int a \log\frac{a}{b} - a + b \ge 0$ for $a, b \ge 0$, with equality iff $a = b$.",
    "monotonicity of the logarithm": r"$\int w \log\frac{b}{a} \ge 0$ for $w \ge 0$ and $b \ge a \ge 0$.",
    "squares are non-negative": r"$\int w f^{2} \ge 0$ for $w \ge 0$.",
    "non-negative integrand": r"$\int t \ge 0$ for $t \ge 0$.",
    "bounded by its extremum": r"$\int w \left(\sup f - f(y)\right) \ge 0$ for $w \ge 0$.",
    "Rayleigh quotient": r"$u^{\top} S u \le \lambda_1(S)\, u^{\top} u$ for a symmetric matrix $S$.",
    "unit eigenvector": r"$\lambda_1(S) = v^{\top} S v$ for some $v$ with $v^{\top} v = 1$.",
    "Cauchy-Schwarz inequality": r"$a \cdot b \le \|a\| \, \|b\|$ for vectors.",
    "mean value theorem": r"$f(y) - f(x) = \nabla f(m) \cdot (y - x)$, $m$ between $x$ and $y$, in a convex set.",
    "difference quotients": r"$\nabla f(x) \cdot v$ is the limit of $(f(x + t v) - f(x)) / t$ as $t > 0$ goes to $0$.",
    "least upper bound": r"What no function of a class, and no point, exceeds, its supremum does not exceed.",
    "coupling": r"$W \le \mathbb{E}[c(G(z), H(z))]$: a joint law of the laws of $G(z)$ and $H(z)$ costs at least $W$.",
    "critic": r"$\mathbb{E}_{a}[f] - \mathbb{E}_{b}[g] \le W$ for $f(x) - g(y) \le c(x, y)$, also for families.",
    "gluing": r"$W(a, c) \le W(a, b) + W(b, c)$ where the costs satisfy the triangle inequality.",
    "one sign": r"$\int w |d| = |\int w d|$ for $w \ge 0$ and a $d$ that never changes its sign.",
    "two bounds": r"An equation is two inequalities.",
    "cases": r"A number is at least zero or at most zero.",
    "lemma": r"What is proved first may then be used.",
    "attained extremum": r"A bound over all choices that one choice reaches is the supremum, or the infimum.",
    "point masses": r"An extremum over all laws is one over points.",
}

RULE_LINES = {name: _LINES.get(name, "") for name in kernel.RULES}

VERDICT_LINES = {
    "proved": "Holds in every model that satisfies the conditions; the kernel has replayed a certificate.",
    "refuted": "False in at least one model, which is shown; both sides are enclosed in intervals that do not meet.",
    "conditional": "False as it stands, but true under a reading or a hypothesis that its author may have meant.",
    "undecided": "Neither a proof nor a counterexample was found within the limits.",
    "unsupported": "Outside the language, or not read.",
}
