"""Sampling from the latent space: what training does to all codes together (sheet, item 1.3).

Main statements
    ``ancestral-sampling``     z ~ p(z), then x ~ p(x|z), gives x ~ p(x)
    ``aggregate-posterior``    the mean divergence from the prior is I_q(x;z) + KL(q(z) || p(z))
    ``elbo-joint-kl``          the mean ELBO is -H(p_data) - KL(q(x,z) || p(x,z))

Notes
    q(x, z) is the joint law of data and codes, p_data(x) q(z|x); that its first marginal is the data law is the
    hypothesis q(x) = p_data(x).  Sources: Hoffman and Johnson, ELBO surgery, 2016; Makhzani et al., Adversarial
    Autoencoders, 2016.
"""

from derivations.claims import Claim, Part, chain, show, topic
from derivations.language import KL, E, Function, H, I, Integral, laws, log, variables

p, q, p_data = laws("p q p_data")
x, z = variables("x z")
regulariser = KL(q(z | x), p(z))
elbo = E[q(z | x)](log(p(x | z))) - regulariser

event = Function("h", range="unit")

ancestral_sampling = Claim(
    id="ancestral-sampling",
    item="1.3",
    title="Sampling a code from the prior samples the model",
    question="Why can we simply sample $z \\sim p(z)$ in a VAE?",
    parts=(
        Part(p(x) == Integral[z](p(x | z) * p(z))),
        Part(
            E[p(z)](E[p(x | z)](event(x))) == E[p(x)](event(x)),
            chains=(
                chain(
                    E[p(z)](E[p(x | z)](event(x))),
                    ("=", E[p(x, z)](event(x)), "Bayes' rule"),
                    ("=", E[p(x)](event(x)), "marginalisation"),
                ),
            ),
        ),
    ),
    words=(
        "The prior is part of the model: the model says that an observation arises by drawing $z \\sim p(z)$ and then "
        "$x \\sim p(x|z)$. Doing this gives exactly the marginal law $p(x) = \\int p(x|z)\\,p(z)\\,dz$, whatever the "
        "decoder. And $p(x)$ is what training fits to the data, through its lower bound: the divergence term pays for "
        "every code that the decoder has not learnt to decode, because it draws the codes of the data to the prior."
    ),
    companion="numerics.aggregate.ancestral_sampling",
)

data_first = q(x) == p_data(x)
mean_divergence = E[p_data(x)](regulariser)

aggregate_posterior = Claim(
    id="aggregate-posterior",
    item="1.3",
    title="The mean divergence: information in the code, and distance from the prior",
    question="What does the divergence term do to the codes of all data together?",
    parts=(
        Part(
            (mean_divergence == I(q, x, z) + KL(q(z), p(z))).assuming(data_first),
            chains=(
                chain(
                    mean_divergence,
                    ("=", E[p_data(x), q(z | x)](log(q(z | x) / p(z))), "definition of KL"),
                    ("=", E[q(x, z)](log(q(x, z) / (q(x) * q(z)) * (q(z) / p(z)))), "hypothesis, Bayes' rule"),
                    (
                        "=",
                        E[q(x, z)](log(q(x, z) / (q(x) * q(z)))) + E[q(z)](log(q(z) / p(z))),
                        "logarithm of a product, marginalisation",
                    ),
                    ("=", I(q, x, z) + KL(q(z), p(z)), "definition of mutual information, definition of KL"),
                ).assuming(data_first),
            ),
        ),
    ),
    words=(
        "On average over the data the divergence term is the sum of two costs. One is the information $I_q(x;z)$ that "
        "the code carries about its datum; with $N$ data it is at most $\\log N$. The other is the divergence of the "
        "aggregate posterior $q(z)$, the law of all codes together, from the prior. So a small divergence term makes "
        "the codes of the data fill the prior: a code drawn from $p(z)$ is then one that the decoder was trained on. A "
        "plain autoencoder has no such term, and its codes may lie anywhere."
    ),
    companion="numerics.aggregate.aggregate_posterior",
)

mean_elbo = E[p_data(x)](elbo)
joint_divergence = KL(q(x, z), p(x, z))

elbo_joint_kl = Claim(
    id="elbo-joint-kl",
    item="1.3",
    title="Training a VAE fits one joint law to another",
    question="What is maximised when the ELBO is averaged over the data?",
    parts=(
        Part(
            (mean_elbo == -H(p_data(x)) - joint_divergence).assuming(data_first),
            chains=(
                chain(
                    mean_elbo,
                    (
                        "=",
                        E[p_data(x), q(z | x)](log(p(x | z) * p(z) / q(z | x))),
                        "definition of KL, logarithm of a product",
                    ),
                    (
                        "=",
                        E[q(x, z)](log(p(x, z) / q(x, z) * p_data(x))),
                        "hypothesis, Bayes' rule, logarithm of a product",
                    ),
                    (
                        "=",
                        E[p_data(x)](log(p_data(x))) - E[q(x, z)](log(q(x, z) / p(x, z))),
                        "logarithm of a product, hypothesis, marginalisation",
                    ),
                    ("=", -H(p_data(x)) - joint_divergence, "definition of entropy, definition of KL"),
                ).assuming(data_first),
            ),
        ),
    ),
    words=(
        "Averaged over the data, the ELBO is a constant minus the divergence between two joint laws of data and codes: "
        "the one that starts from a datum and encodes it, and the one that starts from the prior and decodes. Training "
        "makes the two agree, so their marginals agree as well: the model's observations become like the data, and the "
        "codes of the data become like draws from the prior. That is why sampling from the prior works."
    ),
    notes=(
        "Only the entropy of the data must be finite. Where the divergence is infinite, so is the mean ELBO, and the "
        "two sides are minus infinity.",
    ),
    companion="numerics.aggregate.elbo_joint_kl",
)

CLAIMS = topic([ancestral_sampling, aggregate_posterior, elbo_joint_kl])

if __name__ == "__main__":
    show(CLAIMS, __doc__)
