"""The objective of generative adversarial networks (sheet, task 3).

Main statements
    ``gan-value-pushforward``   the average over noise is the average over the generator's law
    ``gan-bce``                 with balanced labels, V(D, G) = -2 BCE(D)
    ``pointwise-optimum``       a log y + b log(1 - y) has the one maximiser a / (a + b) on [0, 1]
    ``optimal-discriminator``   D* = p_data / (p_data + p_g), almost everywhere unique, and the posterior of the label
    ``gan-jsd``                 max over D of V(D, G) = -log 4 + 2 JSD(p_data || p_g)
    ``gan-global-minimum``      C(G) >= -log 4, with equality iff p_g = p_data
    ``jsd-forms``               JSD by divergences from the mixture, and by entropies
    ``jsd-bounds``              0 <= JSD <= log 2

Notes
    D ranges over all functions with values in [0, 1], and 0 log 0 = 0.  The optimum is Gibbs' inequality for two-point
    laws: a log y + b log(1 - y) falls short of its value at a / (a + b) by (a + b) times the divergence of
    Bernoulli(a / (a + b)) from Bernoulli(y); boundary and uniqueness need no further argument.  The calculus proof is
    the second one.  Source: Goodfellow et al., Generative Adversarial Nets, 2014, proposition 1 and theorem 1.
"""

from derivations.claims import Claim, Part, chain, show, topic
from derivations.language import JSD, KL, E, Function, H, Integral, laws, log, sup, symbols, variables

p_data, p_g, p, q, r = laws("p_data p_g p q r")
x, z = variables("x z")
(y,) = variables("y", kind="discrete")
D, G = Function("D", range="unit"), Function("G")
a, b = symbols("a b", sign="nonnegative")
(t,) = symbols("t", sign="nonnegative")

data, generated = p_data(x), p_g(x)
mixture = (data + generated) / 2
optimum = data / (data + generated)


def value(d):  # type: ignore[no-untyped-def]
    """The value V(D, G) of a discriminator for the generator with law p_g."""
    return E[data](log(d)) + E[generated](log(1 - d))


generator = ("pushforward", generated, p(z), G(z))

gan_value_pushforward = Claim(
    id="gan-value-pushforward",
    item="3.0",
    title="From noise to generated samples",
    question="Why may the second term of the objective be written as an average over the generator's law?",
    parts=(
        Part(
            (E[p(z)](log(1 - D(G(z)))) == E[generated](log(1 - D(x)))).assuming(generator),
            chains=(
                chain(E[p(z)](log(1 - D(G(z)))), ("=", E[generated](log(1 - D(x))), "pushforward")).assuming(generator),
            ),
        ),
    ),
    words=(
        "The generator's law $p_g$ is by definition the law of $x = G(z)$ for $z \\sim p(z)$. An average of a function "
        "of $x$ may then be taken over either variable: this is the law of the unconscious statistician. It asks "
        "nothing of $G$; in particular $G$ need not be invertible."
    ),
    companion="numerics.gan.gan_value_pushforward",
)

balanced = (r(x, y=1) == data / 2, r(x, y=0) == generated / 2)
cross_entropy = -(Integral[x](r(x, y=1) * log(D(x))) + Integral[x](r(x, y=0) * log(1 - D(x))))

gan_bce = Claim(
    id="gan-bce",
    item="3.1",
    title="The objective is a binary cross-entropy",
    question="What is the relation of this training objective with the binary cross-entropy loss?",
    parts=(
        Part(
            (value(D(x)) == -2 * cross_entropy).assuming(*balanced),
            chains=(
                chain(
                    value(D(x)),
                    (
                        "=",
                        2 * (Integral[x](data / 2 * log(D(x))) + Integral[x](generated / 2 * log(1 - D(x)))),
                        "algebra",
                    ),
                    ("=", -2 * cross_entropy, "hypothesis"),
                ).assuming(*balanced),
            ),
        ),
    ),
    words=(
        "Give real samples the label $y = 1$ and generated ones $y = 0$, each with probability one half. The binary "
        "cross-entropy of a classifier $D$ is $-E[y \\log D(x) + (1 - y) \\log(1 - D(x))]$, which is "
        "$-\\frac12 E_{p_{data}}[\\log D] - \\frac12 E_{p_g}[\\log(1 - D)]$. So $V(D, G) = -2\\,\\mathrm{BCE}(D)$: the "
        "discriminator maximises $V$ by being trained as an ordinary classifier of real against generated samples, and "
        "the generator tries to make that classifier's loss as large as possible."
    ),
    companion="numerics.gan.gan_bce",
)

pointwise_optimum = Claim(
    id="pointwise-optimum",
    item="3.2",
    title="The maximiser of a log y + b log(1 - y)",
    question="Which $y \\in [0,1]$ maximises $a \\log y + b \\log(1-y)$ for $a, b \\ge 0$, $a + b > 0$?",
    parts=(
        Part(
            (a * log(t) + b * log(1 - t) <= a * log(a / (a + b)) + b * log(b / (a + b)))
            .iff(t == a / (a + b))
            .assuming(t <= 1, a + b > 0),
            chains=(
                chain(
                    a * log(t) + b * log(1 - t),
                    (
                        "<=",
                        a * log(a / (a + b)) + b * log(b / (a + b)),
                        "Gibbs' inequality, logarithm of a product",
                    ),
                ).assuming(t <= 1, a + b > 0),
            ),
        ),
    ),
    words=(
        "The difference between the value at $a/(a+b)$ and the value at $y$ is $a+b$ times the Kullback-Leibler "
        "divergence of the coin with success probability $a/(a+b)$ from the coin with success probability $y$. It is "
        "never negative and vanishes only when the two coins are the same. This includes the ends of the interval: the "
        "maximiser is $0$ when $a = 0$ and $1$ when $b = 0$."
    ),
    companion="numerics.gan.pointwise_optimum",
)

labelled = (*balanced, r(x) == r(x, y=1) + r(x, y=0))

optimal_discriminator = Claim(
    id="optimal-discriminator",
    item="3.2",
    title="The optimal discriminator",
    question="Show that for a fixed generator the optimal discriminator is $p_{data} / (p_{data} + p_g)$.",
    parts=(
        Part(
            (value(D(x)) <= value(optimum)).iff(D(x) == optimum),
            chains=(
                chain(
                    value(D(x)),
                    ("=", Integral[x](data * log(D(x)) + generated * log(1 - D(x))), "linearity"),
                    (
                        "<=",
                        Integral[x](data * log(optimum) + generated * log(1 - optimum)),
                        "Gibbs' inequality, logarithm of a product",
                    ),
                    ("=", value(optimum), "linearity"),
                ),
            ),
        ),
        Part(
            (r(y=1, given=(x,)) == optimum).assuming(*labelled),
            chains=(
                chain(
                    r(y=1, given=(x,)),
                    ("=", r(x, y=1) / (r(x, y=1) + r(x, y=0)), "Bayes' rule, hypothesis"),
                    ("=", (data / 2) / (data / 2 + generated / 2), "hypothesis"),
                    ("=", optimum, "algebra"),
                ).assuming(*labelled),
            ),
        ),
    ),
    words=(
        "For every $x$ the integrand is $a \\log y + b \\log(1-y)$ with $a = p_{data}(x)$, $b = p_g(x)$ and $y = "
        "D(x)$, so it can be maximised point by point, and any other $D$ loses on a set that the two laws can see. The "
        "same ratio is the posterior probability that $x$ was real when real and generated samples are equally likely: "
        "the best discriminator is the Bayes classifier."
    ),
    companion="numerics.gan.optimal_discriminator",
)

gan_jsd = Claim(
    id="gan-jsd",
    item="3.3",
    title="The generator's objective is a Jensen-Shannon divergence",
    question="Show the connection of $C(G) = \\max_D V(D, G)$ with the Jensen-Shannon divergence.",
    parts=(
        Part(
            sup[D](value(D(x))) == -log(4) + 2 * JSD(data, generated),
            chains=(
                chain(
                    value(optimum),
                    (
                        "=",
                        E[data](log(data / (data + generated))) + E[generated](log(generated / (data + generated))),
                        "common denominator",
                    ),
                    (
                        "=",
                        E[data](log(data / mixture)) + E[generated](log(generated / mixture)) - 2 * log(2),
                        "logarithm of a product, normalisation",
                    ),
                    ("=", -2 * log(2) + KL(data, mixture) + KL(generated, mixture), "definition of KL"),
                    ("=", -log(4) + 2 * JSD(data, generated), "definition of JSD, logarithm of a product"),
                ),
            ),
        ),
    ),
    words=(
        "With the optimal discriminator in place, both expectations compare one law with the sum of the two. Halving "
        "that sum turns it into the mixture and costs $\\log 2$ per expectation, which gives $-\\log 4$; what is left "
        "are the two divergences from the mixture, twice the Jensen-Shannon divergence by definition."
    ),
    companion="numerics.gan.gan_jsd",
)

minimum = -log(4) + 2 * JSD(data, generated)

gan_global_minimum = Claim(
    id="gan-global-minimum",
    item="3.3",
    title="The global minimum",
    question="Conclude that the unique global minimum of $C(G)$ is reached by $p_g = p_{data}$.",
    parts=(
        Part(sup[D](value(D(x))) == minimum),
        Part(
            (minimum >= -log(4)).iff(generated == data),
            chains=(
                chain(
                    minimum,
                    ("=", -log(4) + KL(data, mixture) + KL(generated, mixture), "definition of JSD"),
                    (">=", -log(4), "Gibbs' inequality"),
                ),
            ),
        ),
    ),
    words=(
        "By the previous result $C(G) = -\\log 4 + 2\\,\\mathrm{JSD}(p_{data} \\| p_g)$. The Jensen-Shannon divergence "
        "is never negative and vanishes only for equal laws, so $C(G) \\ge -\\log 4$ with equality exactly when "
        "$p_g = p_{data}$: then $D^* = 1/2$ everywhere, and the best discriminator can do no better than guess. The "
        "minimum is unique as a law; the parameters that give it need not be."
    ),
    companion="numerics.gan.gan_global_minimum",
)

# The Jensen-Shannon divergence ----------------------------------------------------------------------------------------

m = (p(x) + q(x)) / 2

jsd_forms = Claim(
    id="jsd-forms",
    item="3.3",
    title="The Jensen-Shannon divergence in two forms",
    question="Recall the definition of the Jensen-Shannon divergence.",
    parts=(
        Part(JSD(p(x), q(x)) == (KL(p(x), m) + KL(q(x), m)) / 2),
        Part(
            JSD(p(x), q(x)) == H(m) - H(p(x)) / 2 - H(q(x)) / 2,
            chains=(
                chain(
                    JSD(p(x), q(x)),
                    ("=", E[p(x)](log(p(x) / m)) / 2 + E[q(x)](log(q(x) / m)) / 2, "definition of JSD"),
                    (
                        "=",
                        -E[m](log(m)) + E[p(x)](log(p(x))) / 2 + E[q(x)](log(q(x))) / 2,
                        "logarithm of a product",
                    ),
                    ("=", H(m) - H(p(x)) / 2 - H(q(x)) / 2, "definition of entropy"),
                ),
            ),
        ),
    ),
    words=(
        "It is the mean divergence of two laws from their mixture $m = (p + q)/2$. Written with entropies, it is what "
        "mixing adds: the entropy of the mixture minus the mean entropy of its parts, that is, the information that a "
        "sample from the mixture carries about the law it was drawn from. The second form needs finite entropies; the "
        "first one always has a value."
    ),
    companion="numerics.gan.jsd_forms",
)

jsd_bounds = Claim(
    id="jsd-bounds",
    item="3.3",
    title="The Jensen-Shannon divergence lies between 0 and log 2",
    question="How small and how large can the Jensen-Shannon divergence be?",
    parts=(
        Part(
            (JSD(p(x), q(x)) >= 0).iff(p(x) == q(x)),
            chains=(
                chain(
                    JSD(p(x), q(x)),
                    ("=", (KL(p(x), m) + KL(q(x), m)) / 2, "definition of JSD"),
                    (">=", 0, "Gibbs' inequality"),
                ),
            ),
        ),
        Part(
            JSD(p(x), q(x)) <= log(2),
            chains=(
                chain(
                    JSD(p(x), q(x)),
                    ("=", E[p(x)](log(p(x) / m)) / 2 + E[q(x)](log(q(x) / m)) / 2, "definition of JSD"),
                    (
                        "<=",
                        E[p(x)](log(2)) / 2 + E[q(x)](log(2)) / 2,
                        "monotonicity of the logarithm, logarithm of a product, normalisation",
                    ),
                    ("=", log(2), "normalisation"),
                ),
            ),
        ),
    ),
    words=(
        "It is a mean of two divergences, so it is never negative, and zero only if both laws equal their mixture and "
        "so each other. Since $p \\le p + q = 2m$, the logarithm of $p/m$ is at most $\\log 2$ wherever it is "
        "averaged, and so is the mean. In words: a sample carries at most one bit about which of two laws it came "
        "from."
    ),
    companion="numerics.gan.jsd_bounds",
)

CLAIMS = topic(
    [
        gan_value_pushforward,
        gan_bce,
        pointwise_optimum,
        optimal_discriminator,
        gan_jsd,
        gan_global_minimum,
        jsd_forms,
        jsd_bounds,
    ]
)

if __name__ == "__main__":
    show(CLAIMS, __doc__)
