"""Gaussian laws: divergences in closed form (sheet, item 2.7).

Main statements
    ``gaussian-kl-univariate``   KL(N(m1,s1^2) || N(m2,s2^2)) = log(s2/s1) + (s1^2 + (m1-m2)^2)/(2 s2^2) - 1/2
    ``kl-factorizes``            the divergence of product laws is the sum of the divergences
    ``gaussian-kl-standard``     -KL(N(mu, diag s^2) || N(0, I_K)) = 1/2 sum_k (1 + log s_k^2 - mu_k^2 - s_k^2)
    ``gaussian-kl-minimum``      it vanishes exactly for mu = 0, s = 1
    ``gaussian-kl-full``         the same for full covariances: traces, a quadratic form, determinants

Notes
    The dimension K is a symbol: a vector under a product of component laws is integrated one component at a time.
    Integrals of polynomials under a normal law are moments, from M(n+1) = m M(n) + n v M(n-1) with mean m and variance
    v; with full covariance only E[x_i] = m_i and E[x_i x_j] = m_i m_j + S_ij are needed.  Source: Kingma and Welling,
    Auto-Encoding Variational Bayes, 2014, appendix B.
"""

from fractions import Fraction

from derivations.claims import Claim, Part, chain, show, topic
from derivations.language import KL, E, Normal, Product, Sum, index, laws, log, symbols, variables
from derivations.language.matrices import MultivariateNormal, covariances, det, inverse, quadratic_form, trace
from derivations.theory.hints import atoms, gibbs, square

half = Fraction(1, 2)
(K,) = symbols("K", sign="positive")
k = index("k", K)

# One dimension --------------------------------------------------------------------------------------------------------

m1, m2 = symbols("m_1 m_2")
s1, s2 = symbols("s_1 s_2", sign="positive")
(y,) = variables("y", kind="continuous")
first, second = Normal(m1, s1**2)(y), Normal(m2, s2**2)(y)

gaussian_kl_univariate = Claim(
    id="gaussian-kl-univariate",
    item="2.7",
    title="The divergence of two normal laws on the line",
    question="What is the divergence of $N(m_1, s_1^2)$ from $N(m_2, s_2^2)$?",
    parts=(
        Part(
            KL(first, second) == log(s2 / s1) + (s1**2 + (m1 - m2) ** 2) / (2 * s2**2) - half,
            chains=(
                chain(
                    KL(first, second),
                    ("=", E[first](log(first / second)), "definition of KL"),
                    (
                        "=",
                        E[first](log(s2 / s1) - (y - m1) ** 2 / (2 * s1**2) + (y - m2) ** 2 / (2 * s2**2)),
                        "Gaussian density",
                    ),
                    ("=", log(s2 / s1) - half + (s1**2 + (m1 - m2) ** 2) / (2 * s2**2), "Gaussian moments"),
                    ("=", log(s2 / s1) + (s1**2 + (m1 - m2) ** 2) / (2 * s2**2) - half, "algebra"),
                ),
            ),
        ),
    ),
    words=(
        "The logarithm of the ratio of two normal densities is a quadratic polynomial, so its mean needs the first two "
        "moments only: $(y - m_1)^2$ has mean $s_1^2$ under the first law, and $(y - m_2)^2$ has mean "
        "$s_1^2 + (m_1 - m_2)^2$."
    ),
    companion="numerics.gaussian.gaussian_kl_univariate",
)

# From one dimension to K ----------------------------------------------------------------------------------------------

p, q = laws("p q")
(component,) = variables("z")
vector = component.draws("codes", K)
left, right = Product[k](p[k](vector[k])), Product[k](q[k](vector[k]))

kl_factorizes = Claim(
    id="kl-factorizes",
    item="2.7",
    title="The divergence of product laws is the sum of the divergences",
    question="Why can the divergence be taken component by component?",
    parts=(
        Part(
            KL(left, right) == Sum[k](KL(p[k](component), q[k](component))),
            chains=(
                chain(
                    KL(left, right),
                    ("=", E[left](log(left / right)), "definition of KL"),
                    ("=", E[left](Sum[k](log(p[k](vector[k]) / q[k](vector[k])))), "logarithm of a product"),
                    ("=", Sum[k](E[p[k](component)](log(p[k](component) / q[k](component)))), "independence"),
                    ("=", Sum[k](KL(p[k](component), q[k](component))), "definition of KL"),
                ),
            ),
        ),
    ),
    words=(
        "If both laws make the components independent, each with a law of its own, the ratio of the densities is a "
        "product and its logarithm a sum over the components. The $k$-th summand depends on the $k$-th component only, "
        "and the other components integrate to one."
    ),
    companion="numerics.gaussian.kl_factorizes",
)

(z,) = variables("z", kind="continuous", shape=(K,))
(mu,) = symbols("mu", shape=(K,))
(s,) = symbols("s", sign="positive", shape=(K,))
encoder = Normal(mu, s**2)
prior = Normal(0, 1)

gaussian_kl_standard = Claim(
    id="gaussian-kl-standard",
    item="2.7",
    title="The divergence of a diagonal normal law from the standard one",
    question="Integrate $-D_{\\mathrm{KL}}$ for a diagonal normal encoder and a standard normal prior.",
    parts=(
        Part(
            -KL(encoder(z), prior(z)) == half * Sum[k](1 + log(s[k] ** 2) - mu[k] ** 2 - s[k] ** 2),
            chains=(
                chain(
                    -KL(encoder(z), prior(z)),
                    ("=", -E[encoder(z)](log(encoder(z) / prior(z))), "definition of KL"),
                    (
                        "=",
                        half * E[encoder(z)](Sum[k](log(s[k] ** 2) + (z[k] - mu[k]) ** 2 / s[k] ** 2 - z[k] ** 2)),
                        "Gaussian density",
                    ),
                    (
                        "=",
                        half * Sum[k](log(s[k] ** 2) + 1 - (mu[k] ** 2 + s[k] ** 2)),
                        "Gaussian moments",
                    ),
                    ("=", half * Sum[k](1 + log(s[k] ** 2) - mu[k] ** 2 - s[k] ** 2), "algebra"),
                ),
            ),
        ),
    ),
    words=(
        "Both densities are products over the components, so the logarithm of their ratio is a sum over $k$ and the "
        "expectation can be taken component by component. Under the encoder $z_k$ has mean $\\mu_k$ and second moment "
        "$\\mu_k^2 + s_k^2$, and $(z_k - \\mu_k)^2 / s_k^2$ has mean one. What remains is a sum of elementary terms "
        "that needs no sampling, which is why this term of the training loss has no Monte Carlo noise."
    ),
    companion="numerics.gaussian.gaussian_kl_standard",
)

mean, scale = symbols("mu_1")[0], symbols("sigma_1", sign="positive")[0]

gaussian_kl_minimum = Claim(
    id="gaussian-kl-minimum",
    item="2.7",
    title="When the divergence from the prior vanishes",
    question="For which encoder does the divergence term vanish?",
    parts=(
        Part(
            (KL(encoder(z), prior(z)) >= 0).iff(encoder(z) == prior(z)),
            chains=(
                chain(
                    KL(encoder(z), prior(z)),
                    (
                        "=",
                        Sum[k](mu[k] ** 2 + s[k] ** 2 - 1 - log(s[k] ** 2)) / 2,
                        "definition of KL, Gaussian density, Gaussian moments",
                    ),
                    (
                        ">=",
                        Sum[k](s[k] ** 2 - 1 - log(s[k] ** 2)) / 2,
                        "squares",
                        atoms(square(1, mu[k], [k], factor=half)),
                    ),
                    (
                        ">=",
                        0,
                        "Gibbs' inequality, logarithm of a product",
                        atoms(gibbs(1, s[k] ** 2, [k], factor=half)),
                    ),
                ),
            ),
        ),
        Part(
            (KL(Normal(mean, scale**2)(y), prior(y)) >= 0).iff(mean == 0, scale == 1),
            chains=(
                chain(
                    KL(Normal(mean, scale**2)(y), prior(y)),
                    (
                        "=",
                        (mean**2 + scale**2 - 1 - log(scale**2)) / 2,
                        "definition of KL, Gaussian density, Gaussian moments",
                    ),
                    (">=", (scale**2 - 1 - log(scale**2)) / 2, "squares", atoms(square(1, mean, factor=half))),
                    (">=", 0, "Gibbs' inequality, logarithm of a product", atoms(gibbs(1, scale**2, factor=half))),
                ),
            ),
            hints=atoms(square(1, mean, factor=half), gibbs(1, scale**2, factor=half)),
        ),
    ),
    words=(
        "Twice the divergence of one component is $\\mu^2$, which is zero only for $\\mu = 0$, plus $s^2 - 1 - \\log "
        "s^2$, which is never negative and zero only for $s = 1$. The divergence of the whole law is the sum over the "
        "components, so it vanishes only if every component is standard normal. An encoder that reaches this for some "
        "component says nothing in it: that component has collapsed to the prior."
    ),
    companion="numerics.gaussian.gaussian_kl_minimum",
)

# Full covariances -----------------------------------------------------------------------------------------------------

S1, S2 = covariances("S_1 S_2", K)
a1, a2 = symbols("m_1 m_2", shape=(K,))
full_first, full_second = MultivariateNormal(a1, S1)(z), MultivariateNormal(a2, S2)(z)
volumes = log(det(S2) / det(S1))

gaussian_kl_full = Claim(
    id="gaussian-kl-full",
    item="2.7",
    title="The divergence of two normal laws with full covariances",
    question="What is the divergence of $N(m_1, S_1)$ from $N(m_2, S_2)$ in $K$ dimensions?",
    parts=(
        Part(
            KL(full_first, full_second)
            == half * (trace(inverse(S2), S1) + quadratic_form(inverse(S2), a2 - a1) - K + volumes),
            chains=(
                chain(
                    KL(full_first, full_second),
                    ("=", E[full_first](log(full_first / full_second)), "definition of KL"),
                    (
                        "=",
                        half
                        * E[full_first](
                            volumes - quadratic_form(inverse(S1), z - a1) + quadratic_form(inverse(S2), z - a2)
                        ),
                        "Gaussian density, Gaussian moments",
                    ),
                    (
                        "=",
                        half
                        * (
                            volumes
                            - trace(inverse(S1), S1)
                            + trace(inverse(S2), S1)
                            + quadratic_form(inverse(S2), a2 - a1)
                        ),
                        "Gaussian moments",
                    ),
                    ("=", half * (trace(inverse(S2), S1) + quadratic_form(inverse(S2), a2 - a1) - K + volumes)),
                ),
            ),
        ),
    ),
    words=(
        "The same calculation with matrices. Under the first law $(z - m_1)_i (z - m_1)_j$ has mean $(S_1)_{ij}$, so "
        "the first quadratic form has mean $\\mathrm{tr}(S_1^{-1} S_1) = K$, and the second one has mean "
        "$\\mathrm{tr}(S_2^{-1} S_1)$ plus the quadratic form of the difference of the means; what is left is the "
        "logarithm of the ratio of the normalising constants. Diagonal matrices give back the sum over components."
    ),
    companion="numerics.gaussian.gaussian_kl_full",
)

CLAIMS = topic([gaussian_kl_univariate, kl_factorizes, gaussian_kl_standard, gaussian_kl_minimum, gaussian_kl_full])

if __name__ == "__main__":
    show(CLAIMS, __doc__)
