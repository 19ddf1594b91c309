"""The variational lower bound (sheet, task 2).

Main statements
    ``iid-log-likelihood``          log p(x_1, ..., x_N) = sum_i log p(x_i) for independent data
    ``log-likelihood``              log p(x) = E_q[log p(x|z)] - KL(q(z|x) || p(z)) + KL(q(z|x) || p(z|x))
    ``log-likelihood-as-scanned``   the same line as a scanner read it, which is false
    ``elbo-bound``                  the ELBO is below log p(x) by KL(q(z|x) || p(z|x)), equality iff q(z|x) = p(z|x)
    ``elbo-joint-form``             ELBO = E_q[-log q(z|x) + log p(x, z)]

Notes
    The generative model p(x, z) and the encoder q(z|x) are arbitrary laws: nothing here is Gaussian, nothing is
    parametric, and z may be discrete or continuous.  Source: Kingma and Welling, Auto-Encoding Variational Bayes, 2014.
"""

from derivations.claims import Claim, Part, chain, topic
from derivations.language import KL, E, Product, Sum, index, laws, log, symbols, variables

p, q, P = laws("p q P")
x, z = variables("x z")
(N,) = symbols("N", sign="positive")
data, i = x.draws("data", N), index("i", N)

reconstruction = E[q(z | x)](log(p(x | z)))
regulariser = KL(q(z | x), p(z))
gap = KL(q(z | x), p(z | x))
elbo = reconstruction - regulariser
one_integral = E[q(z | x)](log(p(x, z) / q(z | x)))  # the ELBO where a difference of infinities would say nothing
joint_form = E[q(z | x)](-log(q(z | x)) + log(p(x, z)))

independent = P(data) == Product[i](p(data[i]))

iid_log_likelihood = Claim(
    id="iid-log-likelihood",
    item="2.0",
    title="The log-likelihood of independent data is a sum",
    question="Why is $\\log p(x_1, \\dots, x_N) = \\sum_i \\log p(x_i)$?",
    parts=(
        Part(
            (log(P(data)) == Sum[i](log(p(data[i])))).assuming(independent),
            chains=(
                chain(
                    log(P(data)),
                    ("=", log(Product[i](p(data[i]))), "hypothesis"),
                    ("=", Sum[i](log(p(data[i]))), "logarithm of a product"),
                ).assuming(independent),
            ),
        ),
    ),
    words=(
        "Independent observations have a joint density that is the product of their densities, and the logarithm turns "
        "the product into a sum, so it is enough to bound $\\log p(x)$ for one observation. The sheet calls this the "
        "complete-data log-likelihood. In the usual words that name belongs to $\\log p(x, z)$, with the latent "
        "variables observed as well; what is maximised here is the marginal log-likelihood, with $z$ integrated out."
    ),
    companion="numerics.elbo.iid_log_likelihood",
)

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

elbo_bound = Claim(
    id="elbo-bound",
    item="2.2",
    title="The ELBO is a lower bound, and by how much",
    question=(
        "Group the expression into two terms, identify the lower bound, and say which of its terms measures "
        "reconstruction and which one regularises."
    ),
    parts=(
        Part(
            (one_integral <= log(p(x))).iff(q(z | x) == p(z | x)),
            chains=(
                chain(
                    one_integral,
                    ("=", E[q(z | x)](log(p(x) * p(z | x) / q(z | x))), "Bayes' rule"),
                    ("<=", log(p(x)), "Jensen's inequality"),
                ),
            ),
        ),
        Part(
            log(p(x)) - elbo == gap,
            chains=(
                chain(
                    log(p(x)) - elbo,
                    (
                        "=",
                        E[q(z | x)](log(p(x)) - log(p(x | z)) + log(q(z | x) / p(z))),
                        "definition of KL, normalisation",
                    ),
                    ("=", E[q(z | x)](log(q(z | x) * p(x) / (p(x | z) * p(z)))), "logarithm of a product"),
                    ("=", E[q(z | x)](log(q(z | x) / p(z | x))), "Bayes' rule"),
                    ("=", gap, "definition of KL"),
                ),
            ),
        ),
    ),
    words=(
        "The three terms of the decomposition fall into two groups: the two that can be computed, "
        "$\\mathrm{ELBO}(x) = E_{q(z|x)}[\\log p(x|z)] - D_{\\mathrm{KL}}(q(z|x) \\| p(z))$, and the divergence of the "
        "encoder from the true posterior. A divergence is never negative and vanishes only for equal laws, so the ELBO "
        "is a lower bound that is exact exactly when the encoder is the true posterior. The bound adds up over the "
        "data, because each of its terms does. Its first term measures the quality of reconstruction: the average "
        "log-likelihood of $x$ when it is decoded from codes that the encoder draws for it. Its second term is the "
        "regulariser: it draws the encoder to the prior, whatever $x$ is. Raising the bound in the parameters of the "
        "encoder closes the gap, since the left side does not depend on them; raising it in those of the decoder "
        "raises the log-likelihood or closes the gap."
    ),
    companion="numerics.elbo.elbo_bound",
)

elbo_joint_form = Claim(
    id="elbo-joint-form",
    item="2.4",
    title="The ELBO by the joint density",
    question="Show that the ELBO is $E_{q(z|x)}[-\\log q(z|x) + \\log p(x, z)]$.",
    parts=(
        Part(
            elbo == joint_form,
            chains=(
                chain(
                    elbo,
                    ("=", reconstruction - E[q(z | x)](log(q(z | x) / p(z))), "definition of KL"),
                    ("=", E[q(z | x)](log(p(x | z)) + log(p(z)) - log(q(z | x))), "logarithm of a product, linearity"),
                    ("=", E[q(z | x)](-log(q(z | x)) + log(p(x | z) * p(z))), "logarithm of a product"),
                    ("=", joint_form, "Bayes' rule"),
                ),
            ),
        ),
    ),
    words=(
        "The two forms differ in where $\\log p(z)$ stands: with the encoder, as a divergence, or with the decoder, as "
        "the joint density. The second form asks for nothing but the values of three log-densities at a sample, so it "
        "is the one to estimate by sampling; the first has less noise where the divergence is known in closed form."
    ),
    companion="numerics.elbo.elbo_joint_form",
)

CLAIMS = topic([iid_log_likelihood, log_likelihood, log_likelihood_as_scanned, elbo_bound, elbo_joint_form])

if __name__ == "__main__":
    from derivations.report.terminal import show

    show(CLAIMS, __doc__)
