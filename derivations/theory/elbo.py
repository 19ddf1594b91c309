"""The variational lower bound (sheet, task 2).

Main statements
    ``log-likelihood``              log p(x) = E_q[log p(x|z)] - KL(q(z|x) || p(z)) + KL(q(z|x) || p(z|x))
    ``log-likelihood-as-scanned``   the same line as a scanner read it, which is false

Notes
    The generative model p(x, z) and the encoder q(z|x) are arbitrary laws: nothing here is Gaussian, nothing is
    parametric, and z may be discrete or continuous.  Source: Kingma and Welling, Auto-Encoding Variational Bayes, 2014.
"""

from derivations.claims import Claim, Part, chain, topic
from derivations.language import KL, E, laws, log, variables

p, q = laws("p q")
x, z = variables("x z")

reconstruction = E[q(z | x)](log(p(x | z)))
regulariser = KL(q(z | x), p(z))
gap = KL(q(z | x), p(z | x))

log_likelihood = Claim(
    id="log-likelihood",
    item="2.1",
    title="The log-likelihood is the ELBO plus a divergence",
    question="Prove the decomposition of $\\log p(x)$ into a reconstruction term and two divergences.",
    parts=(
        Part(
            log(p(x)) == reconstruction - regulariser + gap,
            chains=(
                chain(
                    log(p(x)),
                    ("=", E[q(z | x)](log(p(x))), "normalisation"),
                    ("=", E[q(z | x)](log(p(x | z) * p(z) / p(z | x))), "Bayes' rule"),
                    ("=", E[q(z | x)](log(p(x | z) * (p(z) / q(z | x)) * (q(z | x) / p(z | x)))), "algebra"),
                    (
                        "=",
                        reconstruction - E[q(z | x)](log(q(z | x) / p(z))) + E[q(z | x)](log(q(z | x) / p(z | x))),
                        "logarithm of a product, linearity",
                    ),
                    ("=", reconstruction - regulariser + gap, "definition of KL"),
                ),
            ),
        ),
    ),
    words=(
        "The number $\\log p(x)$ does not depend on $z$, so it equals its own average over any law of $z$, in "
        "particular over the encoder. Bayes' rule writes $p(x)$ as $p(x|z)\\,p(z)/p(z|x)$, and multiplying and "
        "dividing by $q(z|x)$ splits the logarithm into three: how well $z$ explains $x$, how far the encoder is from "
        "the prior, and how far it is from the true posterior. The last one cannot be computed, but it is never "
        "negative, which is what makes the other two a lower bound."
    ),
    companion="numerics.elbo.log_likelihood",
)

log_likelihood_as_scanned = Claim(
    id="log-likelihood-as-scanned",
    item="2.1",
    title="The line as it was scanned",
    question="Is the line that the scanner read, without its left side and with a lost sign, true?",
    expected="refuted",
    parts=(Part(reconstruction == regulariser + gap),),
    words=(
        "The scan of the sheet lost $\\log p(x)$ and a minus sign. What is left says that the average log-likelihood "
        "of the decoder is a sum of two divergences. A sum of divergences is never negative, and the left side is "
        "negative for any decoder with probabilities below one. The fault is the scanner's, not the author's."
    ),
    companion="numerics.elbo.log_likelihood_as_scanned",
)

CLAIMS = topic([log_likelihood, log_likelihood_as_scanned])

if __name__ == "__main__":
    from derivations.report.terminal import show

    show(CLAIMS, __doc__)
