"""The variational lower bound (sheet, item 1.2 and task 2).

Main statements
    ``elbo-terms``                  the first term is at most sup_z log p(x|z), the second is never negative
    ``iid-log-likelihood``          log p(x_1, ..., x_N) = sum_i log p(x_i) for independent data
    ``log-likelihood``              log p(x) = E_q[log p(x|z)] - KL(q(z|x) || p(z)) + KL(q(z|x) || p(z|x))
    ``log-likelihood-as-scanned``   the same line as a scanner read it, which is false
    ``elbo-bound``                  the ELBO is below log p(x) by KL(q(z|x) || p(z|x)), equality iff q(z|x) = p(z|x)
    ``elbo-joint-form``             ELBO = E_q[-log q(z|x) + log p(x, z)]
    ``mc-elbo-unbiased``            an average of L independent draws has the right mean, and 1/L of the variance
    ``minibatch-unbiased``          N/M times the sum over a minibatch has the sum over the data as its mean

Notes
    The generative model p(x, z) and the encoder q(z|x) are arbitrary laws: nothing here is Gaussian, nothing is
    parametric, and z may be discrete or continuous.  Source: Kingma and Welling, Auto-Encoding Variational Bayes, 2014.
"""

from fractions import Fraction

from derivations.claims import Claim, Part, chain, show, topic
from derivations.language import KL, E, Function, Minibatch, Product, Sum, index, laws, log, sup, symbols, variables
from derivations.theory.hints import atoms, gibbs

p, q, e = laws("p q e")
x, z, eps = variables("x z eps")
(N,) = symbols("N", sign="positive")
data, i = x.draws("data", N), index("i", N)

reconstruction = E[q(z | x)](log(p(x | z)))
regulariser = KL(q(z | x), p(z))
gap = KL(q(z | x), p(z | x))
elbo = reconstruction - regulariser
one_integral = E[q(z | x)](log(p(x, z) / q(z | x)))  # the ELBO where a difference of infinities would say nothing
joint_form = E[q(z | x)](-log(q(z | x)) + log(p(x, z)))

independent = Product[i](p(data[i]))  # the density of all data

other = z.copy("z'")
best = sup[other](log(p(x | other)))

each = data[i]  # the i-th of the data, with its own bound
its_integral = E[q(z | each)](log(p(each, z) / q(z | each)))
its_elbo = E[q(z | each)](log(p(each | z))) - KL(q(z | each), p(z))
its_gap = KL(q(z | each), p(z | each))

elbo_terms = Claim(
    id="elbo-terms",
    item="1.2",
    title="What the two terms of the ELBO do",
    question="Explain in words what each of the two terms of the ELBO does.",
    parts=(
        Part(
            (reconstruction <= best).iff(log(p(x | z)) == best),
            chains=(
                chain(
                    reconstruction,
                    ("<=", E[q(z | x)](best), "bounded by its supremum"),
                    ("=", best, "normalisation"),
                ),
            ),
        ),
        Part(
            (regulariser >= 0).iff(q(z | x) == p(z)),
            chains=(
                chain(
                    regulariser,
                    ("=", E[q(z | x)](log(q(z | x) / p(z))), "definition of KL"),
                    (">=", 0, "Gibbs' inequality"),
                ),
            ),
        ),
    ),
    words=(
        "The first term, $E_{q(z|x)}[\\log p(x|z)]$, measures reconstruction: it averages how likely $x$ is when codes "
        "drawn by the encoder are decoded. It is at most $\\sup_z \\log p(x|z)$ and comes near that value when the "
        "encoder puts its mass on the codes that explain $x$ best; on its own it wants an encoder without spread. The "
        "second term, $D_{\\mathrm{KL}}(q(z|x) \\| p(z))$, is the price of saying something about $x$: it is never "
        "negative and vanishes only if the codes of $x$ are drawn from the prior, as if $x$ had not been seen. It "
        "keeps the codes of different data overlapping and the prior covered, so the two terms pull in opposite "
        "directions, and training settles where a further nat of information in the code no longer pays for itself."
    ),
    companion="numerics.elbo.elbo_terms",
)

iid_log_likelihood = Claim(
    id="iid-log-likelihood",
    item="2.0",
    title="The log-likelihood of independent data is a sum",
    question="Why is $\\log p(x_1, \\dots, x_N) = \\sum_i \\log p(x_i)$?",
    parts=(
        Part(
            log(independent) == Sum[i](log(p(data[i]))),
            chains=(chain(log(independent), ("=", Sum[i](log(p(data[i]))), "logarithm of a product")),),
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
        Part(
            (Sum[i](its_integral) <= Sum[i](log(p(each)))).iff((q(z | each), p(z | each))),
            hints=atoms(gibbs(q(z | each), p(z | each), [i, z])),
        ),
        Part(Sum[i](log(p(each))) - Sum[i](its_elbo) == Sum[i](its_gap)),
    ),
    words=(
        "The three terms of the decomposition fall into two groups: the two that can be computed, $\\mathrm{ELBO}(x) = "
        "E_{q(z|x)}[\\log p(x|z)] - D_{\\mathrm{KL}}(q(z|x) \\| p(z))$, and the divergence of the encoder from the "
        "true posterior. A divergence is never negative and vanishes only for equal laws, so the ELBO is a lower bound "
        "that is exact exactly when the encoder is the true posterior. The bounds of all data add up, and their gaps "
        "with them; the sum is exact exactly when the encoder is the true posterior of each datum. Its first term "
        "measures the quality of reconstruction: the average log-likelihood of $x$ when it is decoded from codes that "
        "the encoder draws for it. Its second term is the regulariser: it draws the encoder to the prior, whatever $x$ "
        "is. Raising the bound in the parameters of the encoder closes the gap, since the left side does not depend on "
        "them; raising it in those of the decoder raises the log-likelihood or closes the gap."
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

# The Monte Carlo estimate ---------------------------------------------------------------------------------------------

g, weight = Function("g"), Function("w")
(L,) = symbols("L", sign="positive")
draws, l = eps.draws("draws", L), index("l", L)

value = weight(g(eps))  # log p(x, z) - log q(z | x) at z = g(eps), for the datum x at hand
estimate = Sum[l](weight(g(draws[l]))) / L
mean = E[e(eps)](value)
noise = Product[l](e(draws[l]))

# The encoder's law of codes at the datum at hand, which is the law of g(eps).
(encoder,) = laws("q_x")
by_noise = ("pushforward", encoder(z), e(eps), g(eps))
log_ratios = Sum[l](log(p(x, z=g(draws[l])) / encoder(z=g(draws[l])))) / L

mc_elbo_unbiased = Claim(
    id="mc-elbo-unbiased",
    item="2.4",
    title="The Monte Carlo estimate of the lower bound",
    question="Write down the Monte Carlo estimate of the lower bound, using the reparameterisation.",
    parts=(
        Part(
            E[noise](estimate) == mean,
            chains=(
                chain(
                    E[noise](estimate),
                    ("=", Sum[l](E[e(eps)](value)) / L, "independence"),
                    ("=", mean, "linearity"),
                ),
            ),
        ),
        Part((E[noise](log_ratios) == E[encoder(z)](log(p(x, z) / encoder(z)))).assuming(by_noise)),
        Part(E[noise](estimate**2) - mean**2 == (E[e(eps)](value**2) - mean**2) / L),
    ),
    words=(
        "Draw $\\varepsilon_1, \\dots, \\varepsilon_L$ independently from $p(\\varepsilon)$, put "
        "$z_l = g(\\varepsilon_l, x)$, and average: $\\frac1L \\sum_l (\\log p(x, z_l) - \\log q(z_l|x))$. The mean of "
        "an average is the mean of one term, which is the ELBO, whatever $L$ is; and since the draws are independent, "
        "the products of different terms average to the square of the mean, so the variance is that of one term "
        "divided by $L$. In training $L = 1$ is enough when minibatches are large."
    ),
    companion="numerics.elbo.mc_elbo_unbiased",
)

# Minibatches ----------------------------------------------------------------------------------------------------------

(M,) = symbols("M", sign="positive")
(chosen,) = variables("b", kind="discrete", shape=(N,))
(terms,) = symbols("v", shape=(N,))
j = index("j", N)

batch = Minibatch(M)(chosen)  # M of the N data; chosen[i] is one if the i-th is among them, and zero if not
scaled_sum = N / M * Sum[i](chosen[i] * terms[i])
v1, v2, v3 = symbols("v_1 v_2 v_3")  # three data, of which two are drawn: three minibatches, equally likely
third, scale = Fraction(1, 3), Fraction(3, 2)

minibatch_unbiased = Claim(
    id="minibatch-unbiased",
    item="2.6",
    title="A minibatch stands for all data",
    question="How is the bound optimised in practice, and what differs from training an autoencoder?",
    parts=(
        Part(
            E[batch](scaled_sum) == Sum[i](terms[i]),
            chains=(
                chain(
                    E[batch](scaled_sum),
                    ("=", N / M * Sum[i](terms[i] * E[batch](chosen[i])), "linearity"),
                    ("=", Sum[i](terms[i] * Sum[j](E[batch](chosen[i]))) / M, "linearity"),
                    ("=", Sum[i](terms[i] * Sum[j](E[batch](chosen[j]))) / M, "exchangeability"),
                    ("=", Sum[i](terms[i] * E[batch](Sum[j](chosen[j]))) / M, "linearity"),
                    ("=", Sum[i](terms[i]), "size of a minibatch, normalisation"),
                ),
            ),
        ),
        Part(third * (scale * (v1 + v2) + scale * (v1 + v3) + scale * (v2 + v3)) == v1 + v2 + v3),
    ),
    words=(
        "In practice one draws a minibatch of $M$ of the $N$ data and one noise $\\varepsilon$ for each of them, adds "
        "up the estimates of their bounds, and takes a gradient step on $\\frac NM$ times that sum, in the parameters "
        "of encoder and decoder together. This is right on average: let $b_i$ be one if the $i$-th datum was drawn and "
        "zero if not. A uniform draw does not change if two data change places, so all $b_i$ have the same mean; their "
        "sum is always $M$, so that mean is $M/N$, and the factor $N/M$ takes it away. For $N = 3$ and $M = 2$ the "
        "three possible minibatches show it. That the draw is without replacement does not matter for the mean, only "
        "for the variance, which is zero for $M = N$. Beside an autoencoder, the encoder here gives the parameters of "
        "a law rather than a point, a code is drawn from it with the reparameterisation, and the loss has the "
        "divergence as a second term; data, networks and optimiser may be the same."
    ),
    companion="numerics.elbo.minibatch_unbiased",
    notes=(
        "The bound of one datum, or its estimate, stands for v_i: a number that does not depend on which other data "
        "are in the minibatch.",
    ),
)

CLAIMS = topic(
    [
        elbo_terms,
        iid_log_likelihood,
        log_likelihood,
        log_likelihood_as_scanned,
        elbo_bound,
        elbo_joint_form,
        mc_elbo_unbiased,
        minibatch_unbiased,
    ]
)

if __name__ == "__main__":
    show(CLAIMS, __doc__)
