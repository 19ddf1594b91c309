"""Gaussian laws: divergences in closed form (sheet, item 2.7).

Main statements
    ``gaussian-kl-standard``   -KL(N(mu, diag s^2) || N(0, I_K)) = 1/2 sum_k (1 + log s_k^2 - mu_k^2 - s_k^2)

Notes
    The dimension K is a symbol: a vector under a product of component laws is integrated one component at a time.
    Integrals of polynomials under a normal law are moments, from M(n+1) = m M(n) + n v M(n-1) with mean m and variance
    v.  Source: Kingma and Welling, Auto-Encoding Variational Bayes, 2014, appendix B.
"""

from fractions import Fraction

from derivations.claims import Claim, Part, chain, topic
from derivations.language import KL, E, Normal, Sum, index, log, symbols, variables

(K,) = symbols("K", sign="positive")
(z,) = variables("z", kind="continuous", shape=(K,))
(mu,) = symbols("mu", shape=(K,))
(s,) = symbols("s", sign="positive", shape=(K,))
k = index("k", K)

encoder = Normal(mu, s**2)
prior = Normal(0, 1)
half = Fraction(1, 2)

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

CLAIMS = topic([gaussian_kl_standard])

if __name__ == "__main__":
    from derivations.report.terminal import show

    show(CLAIMS, __doc__)
