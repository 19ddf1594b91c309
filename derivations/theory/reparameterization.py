"""Gradients of an average over samples, and the reparameterisation (sheet, items 2.4 and 2.5).

Main statements
    ``pathwise-gradient``             d/dphi E_eps[f(g(eps, phi), phi)] = E_eps[d/dphi f(g(eps, phi), phi)]
    ``score-gradient``                d/dphi E_q[f] = E_q[f d/dphi log q] + E_q[d/dphi f]
    ``gradient-variance``             for f(z) = z^2 under a normal law: 4 s^2 against mu^4/s^2 + 14 mu^2 + 15 s^2
    ``gaussian-reparameterization``   mu + s eps has the law N(mu, s^2), mu + L eps the law N(mu, L L^T)

Notes
    The derivative in phi is the total one: phi moves the sample g(eps, phi) and the function f itself.  Sources:
    Kingma and Welling, Auto-Encoding Variational Bayes, 2014, sections 2.3 and 2.4; Williams, Simple statistical
    gradient-following algorithms, 1992 (the score-function estimator); Mohamed et al., Monte Carlo Gradient Estimation
    in Machine Learning, 2020.
"""

from derivations.claims import Claim, Part, chain, show, topic
from derivations.language import (
    E,
    Function,
    Grad,
    Integral,
    MultivariateNormal,
    Normal,
    Product,
    Sum,
    det,
    index,
    inverse,
    laws,
    log,
    pi,
    quadratic_form,
    symbols,
    variables,
)
from derivations.language.matrices import entry, gram, invertible

e, q = laws("e q")
x, z, eps = variables("x z eps")
f, g = Function("f"), Function("g")

# Gradients ------------------------------------------------------------------------------------------------------------

phi, mu = symbols("phi mu")
(s,) = symbols("s", sign="positive")

value = f(g(eps, phi), phi)  # phi acts through the sample and through f

pathwise_gradient = Claim(
    id="pathwise-gradient",
    item="2.4",
    title="The pathwise gradient",
    question="Why is the reparameterisation essential for backpropagation?",
    parts=(
        Part(
            Grad[phi](E[e(eps)](value)) == E[e(eps)](Grad[phi](value)),
            chains=(
                chain(
                    Grad[phi](E[e(eps)](value)),
                    ("=", Integral[eps](Grad[phi](e(eps) * value)), "differentiation"),
                    ("=", E[e(eps)](Grad[phi](value)), "differentiation"),
                ),
            ),
        ),
    ),
    words=(
        "A sample drawn from $q_\\phi$ is a number without a formula: the derivative of the average in $\\phi$ is not "
        "the average of a derivative, because $\\phi$ stands in the law that is averaged over, and backpropagation "
        "cannot pass through the drawing of a random number. The reparameterisation moves the randomness to "
        "$\\varepsilon$, whose law does not depend on $\\phi$. What is averaged is then an ordinary function of "
        "$\\phi$, the derivative may be taken under the integral sign, and one backward pass through "
        "$g(\\varepsilon, \\phi)$ gives an unbiased estimate of the gradient. It is the total derivative: $\\phi$ acts "
        "through the sample, and through $f$ itself, where it stands in $\\log q_\\phi$."
    ),
    companion="numerics.reparameterization.pathwise_gradient",
)

encoder = q[phi](z | x)
by_score = E[encoder](f(z, phi) * Grad[phi](log(encoder))) + E[encoder](Grad[phi](f(z, phi)))

score_gradient = Claim(
    id="score-gradient",
    item="2.4",
    title="The score-function gradient",
    question="Could the gradient be estimated without the reparameterisation?",
    parts=(
        Part(
            Grad[phi](E[encoder](f(z, phi))) == by_score,
            chains=(
                chain(
                    Grad[phi](E[encoder](f(z, phi))),
                    ("=", Integral[z](Grad[phi](encoder * f(z, phi))), "differentiation"),
                    ("=", by_score, "differentiation"),
                ),
            ),
        ),
    ),
    words=(
        "Yes: differentiate the density instead of the sample. The derivative of $q_\\phi(z|x)$ is $q_\\phi(z|x)$ "
        "times the derivative of its logarithm, the score, so the gradient is an average under $q_\\phi$ again. This "
        "needs no derivative of $f$ and no formula for $z$, so it works for discrete codes too; but it learns about "
        "$f$ only by its values, and the product with the score has a large variance. The support of $q_\\phi$ must "
        "not move with $\\phi$."
    ),
    companion="numerics.reparameterization.score_gradient",
)

noise, code = variables("eps z", kind="continuous")
standard, normal = Normal(0, 1)(noise), Normal(mu, s**2)(code)
pathwise = Grad[mu]((mu + s * noise) ** 2)
score = code**2 * Grad[mu](log(normal))

gradient_variance = Claim(
    id="gradient-variance",
    item="2.4",
    title="How much noisier the score-function gradient is",
    question="What are the variances of the two estimators of $\\frac{d}{d\\mu} E[z^2]$ for $z \\sim N(\\mu, s^2)$?",
    parts=(
        Part(
            E[standard](pathwise**2) - E[standard](pathwise) ** 2 == 4 * s**2,
            chains=(
                chain(
                    E[standard](pathwise**2) - E[standard](pathwise) ** 2,
                    ("=", E[standard](4 * (mu + s * noise) ** 2) - E[standard](2 * (mu + s * noise)) ** 2),
                    ("=", 4 * (mu**2 + s**2) - (2 * mu) ** 2, "Gaussian moments"),
                    ("=", 4 * s**2, "algebra"),
                ),
            ),
        ),
        Part(
            E[normal](score**2) - E[normal](score) ** 2 == mu**4 / s**2 + 14 * mu**2 + 15 * s**2,
            chains=(
                chain(
                    E[normal](score**2) - E[normal](score) ** 2,
                    (
                        "=",
                        E[normal](code**4 * (code - mu) ** 2 / s**4) - E[normal](code**2 * (code - mu) / s**2) ** 2,
                    ),
                    (
                        "=",
                        (mu**4 * s**2 + 18 * mu**2 * s**4 + 15 * s**6) / s**4 - (2 * mu) ** 2,
                        "Gaussian moments",
                    ),
                    ("=", mu**4 / s**2 + 14 * mu**2 + 15 * s**2, "algebra"),
                ),
            ),
        ),
    ),
    words=(
        "Both estimators have the mean $2 \\mu$. The pathwise one, $2 (\\mu + s \\varepsilon)$, varies only with the "
        "noise in the sample: $4 s^2$, which goes to zero with $s$. The score-function one, $z^2 (z - \\mu)/s^2$, has "
        "the variance $\\mu^4/s^2 + 14 \\mu^2 + 15 s^2$: always larger, by a factor of $15/4$ even for $\\mu = 0$, and "
        "without bound as $s \\to 0$, because the score grows like $1/s$ while it multiplies values near $\\mu^2$. "
        "This is why VAEs are trained with the reparameterisation."
    ),
    companion="numerics.reparameterization.gradient_variance",
)

event = Function("h", range="unit")
moved = E[standard](event(mu + s * noise))

# In K dimensions, with z = mu + L eps: the standard density at eps = L^-1 (z - mu), over |det L|.

(K,) = symbols("K", sign="positive")
(L,) = invertible("L", K)
(centre,) = symbols("mu", shape=(K,))
(point,) = variables("z", kind="continuous", shape=(K,))
i, k = index("i", K), index("k", K)
(raw,) = variables("e", kind="continuous", shape=(K,))
(direction,) = symbols("c", shape=(K,))
j = index("j", K)
standard_vector = Product[k](Normal(0, 1)(raw[k]))
along = Sum[i](direction[i] * (centre[i] + Sum[j](entry(L, i, j) * raw[j])))  # c . (mu + L eps)
back = Sum[i](inverse(L)[k, i] * (point[i] - centre[i]))
there = MultivariateNormal(centre, gram(L))(point)

# The same in the plane, entry by entry: S = L L^T, S^-1 = adj(S) / det(S), and L^T S^-1 L is the identity.

L11, L12, L21, L22 = symbols("L_11 L_12 L_21 L_22")
S11, S12, S22 = L11**2 + L12**2, L11 * L21 + L12 * L22, L21**2 + L22**2
volume = (L11 * L22 - L12 * L21) ** 2


gaussian_reparameterization = Claim(
    id="gaussian-reparameterization",
    item="2.5",
    title="The reparameterisation of a normal law",
    question="What is $g$ for $z \\sim N(\\mu, s^2)$ and $\\varepsilon \\sim N(0, 1)$?",
    parts=(
        Part(
            moved == E[normal](event(code)),
            chains=(chain(moved, ("=", E[normal](event(code)), "change of variables")),),
        ),
        Part(log(Normal(0, 1)((code - mu) / s)) - log(s) == log(normal)),
        Part(
            E[standard_vector](event(along)) == E[there](event(Sum[i](direction[i] * point[i]))),
            chains=(
                chain(
                    E[standard_vector](event(along)),
                    ("=", E[there](event(Sum[i](direction[i] * point[i]))), "change of variables"),
                ),
            ),
        ),
        Part(
            log(Product[k](Normal(0, 1)(back))) - log(abs(det(L))) == log(there),
            chains=(
                chain(
                    log(Product[k](Normal(0, 1)(back))) - log(abs(det(L))),
                    (
                        "=",
                        -(K * log(2 * pi) + Sum[k](back**2)) / 2 - log(abs(det(L))),
                        "Gaussian density, algebra",
                    ),
                    (
                        "=",
                        -(K * log(2 * pi) + quadratic_form(inverse(gram(L)), point - centre) + log(det(gram(L)))) / 2,
                        "logarithm of a product",
                    ),
                    ("=", log(there), "Gaussian density"),
                ),
            ),
        ),
        Part(S11 * S22 - S12**2 == volume),
        Part(L11**2 * S22 - 2 * L11 * L21 * S12 + L21**2 * S11 == volume),
        Part(L11 * L12 * S22 - (L11 * L22 + L12 * L21) * S12 + L21 * L22 * S11 == 0),
        Part(L12**2 * S22 - 2 * L12 * L22 * S12 + L22**2 * S11 == volume),
    ),
    words=(
        "$g(\\varepsilon) = \\mu + s\\,\\varepsilon$. Its density at $z$ is the standard normal density at $(z - "
        "\\mu)/s$ divided by $s$, which is the density of $N(\\mu, s^2)$; so every event has the same probability "
        "under both. In $K$ dimensions $\\mu + L\\varepsilon$ has the law $N(\\mu, L L^T)$: its density at $z$ is the "
        "standard one at $\\varepsilon = L^{-1}(z - \\mu)$ over the Jacobian $|\\det L|$; there $\\varepsilon^T "
        "\\varepsilon = (z - \\mu)^T (L L^T)^{-1} (z - \\mu)$, and $(\\det L)^2 = \\det L L^T$. A network that outputs "
        "a triangular $L$ with the logarithms of its diagonal keeps it invertible."
    ),
    companion="numerics.reparameterization.gaussian_reparameterization",
    notes=(
        "In K dimensions the laws are compared along every direction c: those of all c . z determine that of z (Cramer "
        "and Wold). The density of z says the same.",
    ),
)

CLAIMS = topic([pathwise_gradient, score_gradient, gradient_variance, gaussian_reparameterization])

if __name__ == "__main__":
    show(CLAIMS, __doc__)
