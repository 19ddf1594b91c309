"""The objective of generative adversarial networks (sheet, task 3).

Main statements
    ``pointwise-optimum``       a log y + b log(1 - y) has the one maximiser a / (a + b) on [0, 1]
    ``optimal-discriminator``   D* = p_data / (p_data + p_g), almost everywhere unique, and the posterior of the label
    ``gan-jsd``                 max over D of V(D, G) = -log 4 + 2 JSD(p_data || p_g)

Notes
    D ranges over all functions with values in [0, 1], and 0 log 0 = 0.  The optimum is Gibbs' inequality for two-point
    laws: a log y + b log(1 - y) falls short of its value at a / (a + b) by (a + b) times the divergence of
    Bernoulli(a / (a + b)) from Bernoulli(y); boundary and uniqueness need no further argument.  The calculus proof is
    the second one.  Source: Goodfellow et al., Generative Adversarial Nets, 2014, proposition 1 and theorem 1.
"""

from derivations.claims import Claim, Part, chain, topic
from derivations.language import JSD, KL, E, Function, laws, log, sup, symbols, variables

p_data, p_g, r = laws("p_data p_g r")
(x,) = variables("x")
(y,) = variables("y", kind="discrete")
D = Function("D", range="unit")
a, b = symbols("a b", sign="nonnegative")
(t,) = symbols("t", sign="nonnegative")

data, generated = p_data(x), p_g(x)
mixture = (data + generated) / 2
optimum = data / (data + generated)


def value(d):  # type: ignore[no-untyped-def]
    """The value V(D, G) of a discriminator for the generator with law p_g."""
    return E[data](log(d)) + E[generated](log(1 - d))


pointwise_optimum = Claim(
    id="pointwise-optimum",
    item="3.2",
    title="The maximiser of a log y + b log(1 - y)",
    question="Which $y \\in [0,1]$ maximises $a \\log y + b \\log(1-y)$ for $a, b \\ge 0$, $a + b > 0$?",
    parts=(
        Part(
            (a * log(t) + b * log(1 - t) <= a * log(a / (a + b)) + b * log(b / (a + b)))
            .iff(t == a / (a + b))
            .assuming(t <= 1, a + b > 0)
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

optimal_discriminator = Claim(
    id="optimal-discriminator",
    item="3.2",
    title="The optimal discriminator",
    question="Show that for a fixed generator the optimal discriminator is $p_{data} / (p_{data} + p_g)$.",
    parts=(
        Part(
            (value(D(x)) <= value(optimum)).iff(D(x) == optimum),
        ),
        Part(
            (r(y=1, given=(x,)) == optimum).assuming(
                r(x, y=1) == data / 2, r(x, y=0) == generated / 2, r(x) == r(x, y=1) + r(x, y=0)
            ),
        ),
    ),
    words=(
        "For every $x$ the integrand is $a \\log y + b \\log(1-y)$ with $a = p_{data}(x)$, $b = p_g(x)$ and "
        "$y = D(x)$, so it can be maximised point by point, and any other $D$ loses on a set that the two laws can see. "
        "The same ratio is the posterior probability that $x$ was real when real and generated samples are equally likely: the "
        "best discriminator is the Bayes classifier."
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

CLAIMS = topic([pointwise_optimum, optimal_discriminator, gan_jsd])

if __name__ == "__main__":
    from derivations.report.terminal import show

    show(CLAIMS, __doc__)
