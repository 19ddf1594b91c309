"""Why training generative adversarial networks is hard (sheet, items 4.2 and 4.3).

Main statements
    ``disjoint-jsd``              laws with disjoint supports have JSD = log 2 and C(G) = 0
    ``saturation``                the generator's loss log(1 - D) has no gradient where the discriminator is sure
    ``generator-best-response``   for a fixed D the best generator is a point mass, where there is a best one

Notes
    Densities are densities with respect to some measure that dominates both laws, such as p_data + p_g: two laws of
    which one is a point mass, or lives on a line, have them too.  Disjoint supports are the hypothesis
    p_data(x) p_g(x) = 0.  Sources: Goodfellow et al., Generative Adversarial Nets, 2014, section 3; Arjovsky and
    Bottou, Towards Principled Methods for Training Generative Adversarial Networks, 2017.
"""

from derivations.claims import Claim, Part, chain, show, topic
from derivations.language import (
    JSD,
    E,
    Function,
    Grad,
    Limit,
    exp,
    inf,
    infinity,
    laws,
    log,
    symbols,
    variables,
)

p_data, p_g = laws("p_data p_g")
(x,) = variables("x")
D = Function("D", range="unit")
data, generated = p_data(x), p_g(x)
objective = E[data](log(D(x))) + E[generated](log(1 - D(x)))

# No overlap -----------------------------------------------------------------------------------------------------------

no_overlap = data * generated == 0

disjoint_jsd = Claim(
    id="disjoint-jsd",
    item="4.2",
    title="Without overlap the divergence is log 2",
    question="What happens when the generated and true data distribution have no overlap?",
    parts=(
        Part(
            (JSD(data, generated) == log(2)).assuming(no_overlap),
            chains=(
                chain(
                    JSD(data, generated),
                    (
                        "=",
                        E[data](log(2 * data / (data + generated))) / 2
                        + E[generated](log(2 * generated / (data + generated))) / 2,
                        "definition of JSD",
                    ),
                    ("=", E[data](log(2)) / 2 + E[generated](log(2)) / 2, "disjoint supports, logarithm of a product"),
                    ("=", log(2), "normalisation"),
                ).assuming(no_overlap),
            ),
        ),
        Part((-log(4) + 2 * JSD(data, generated) == 0).assuming(no_overlap)),
        Part((E[data](data / (data + generated)) == 1).assuming(no_overlap)),
        Part((E[generated](generated / (data + generated)) == 1).assuming(no_overlap)),
    ),
    words=(
        "If no point can come from both laws, the mixture has half the density of whichever law a point belongs to, so "
        "both logarithms are $\\log 2$ and so is the divergence: as large as it can be, no matter how far apart the "
        "laws are. Then $C(G) = 0$, the best discriminator is $1$ on the data and $0$ on generated samples, and it is "
        "right almost everywhere. A small change of the generator changes none of this, so the optimal discriminator "
        "gives no direction in which to improve: it is constant around the generated samples. Images fill a thin set "
        "in the space of all pixels, so this is the usual state of affairs early in training; and when the supports do "
        "meet, the divergence jumps. A discriminator trained too well gives no gradient and one trained too little "
        "gives a wrong one: that is the instability of the original objective."
    ),
    companion="numerics.gan.disjoint_jsd",
)

# Saturation -----------------------------------------------------------------------------------------------------------

(a,) = symbols("a")
sigmoid = 1 / (1 + exp(-a))

saturation = Claim(
    id="saturation",
    item="4.2",
    title="The saturating loss",
    question="How large is the gradient of the generator's loss when the discriminator is sure of itself?",
    parts=(
        Part(
            Grad[a](log(1 - sigmoid)) == -sigmoid,
            chains=(
                chain(
                    Grad[a](log(1 - sigmoid)),
                    ("=", -Grad[a](sigmoid) / (1 - sigmoid), "differentiation, algebra"),
                    ("=", -sigmoid * (1 - sigmoid) / (1 - sigmoid), "differentiation, algebra"),
                    ("=", -sigmoid, "algebra"),
                ),
            ),
        ),
        Part(Limit[a, -infinity](-sigmoid) == 0),
        Part(
            Grad[a](-log(sigmoid)) == -(1 - sigmoid),
            chains=(
                chain(
                    Grad[a](-log(sigmoid)),
                    ("=", -Grad[a](sigmoid) / sigmoid, "differentiation, algebra"),
                    ("=", -sigmoid * (1 - sigmoid) / sigmoid, "differentiation, algebra"),
                    ("=", -(1 - sigmoid), "algebra"),
                ),
            ),
        ),
        Part(Limit[a, -infinity](-(1 - sigmoid)) == -1),
    ),
    words=(
        "Write $D = \\sigma(a)$ with the logit $a$. On generated samples a good discriminator has $a \\to -\\infty$, "
        "and there the derivative of $\\log(1 - D)$ in the logit is $-\\sigma(a) \\to 0$: the better the "
        "discriminator, the smaller the signal for the generator. The other loss, $-\\log D$, has the derivative $-(1 "
        "- \\sigma(a)) \\to -1$ there, so it goes on learning; it has the same fixed point, but it is no longer the "
        "same game."
    ),
    companion="numerics.gan.saturation",
)

# Mode collapse --------------------------------------------------------------------------------------------------------

other = x.copy("x'")
loss = E[generated](log(1 - D(x)))
lowest = inf[other](log(1 - D(other)))

generator_best_response = Claim(
    id="generator-best-response",
    item="4.3",
    title="The generator's best response is a point mass",
    question="Describe what mode collapse is, and give an intuition for why it occurs.",
    parts=(
        Part(
            inf[p_g](loss) == inf[x](log(1 - D(x))),
            chains=(chain(inf[p_g](loss), ("=", inf[x](log(1 - D(x))), "point masses")),),
        ),
        Part(
            (loss >= lowest).iff(log(1 - D(x)) == lowest),
            chains=(
                chain(
                    loss,
                    (">=", E[generated](lowest), "bounded by its infimum"),
                    ("=", lowest, "normalisation"),
                ),
            ),
        ),
    ),
    words=(
        "Mode collapse: the generator produces samples of few kinds, in the extreme one sample for every noise, while "
        "the data have many. The reason is in the objective. For a fixed discriminator the generator's loss is an "
        "average of $\\log(1 - D(x))$ over its samples, and an average is lowest when all its mass lies where $D$ is "
        "largest: the best response is a point mass there, if there is such a place. Nothing rewards variety. Variety "
        "is only enforced through the discriminator's answer: it learns to reject that place, the generator jumps to "
        "the next one, and alternating steps chase each other from mode to mode instead of covering all. In the order "
        "$\\min_G \\max_D$ the discriminator answers every generator in full, and there the unique optimum is "
        "$p_g = p_{data}$; training by alternating gradient steps does not respect that order."
    ),
    companion="numerics.gan.generator_best_response",
)

CLAIMS = topic([disjoint_jsd, saturation, generator_best_response])

if __name__ == "__main__":
    show(CLAIMS, __doc__)
