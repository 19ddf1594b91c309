"""Nearby false versions of the claims, and versions that drop a condition: refuted, or at least never proved."""

from fractions import Fraction

import pytest

from derivations import (
    JSD,
    KL,
    W1,
    E,
    Function,
    Grad,
    H,
    I,
    Integral,
    Limit,
    Normal,
    Product,
    Statement,
    Sum,
    exp,
    index,
    inf,
    infinity,
    judge,
    laws,
    log,
    pi,
    sqrt,
    sup,
    symbols,
    variables,
)
from derivations.language import Minibatch
from derivations.language.matrices import (
    MultivariateNormal,
    covariances,
    det,
    eigenvalue,
    entry,
    gram,
    inverse,
    invertible,
    quadratic_form,
    trace,
)
from derivations.language.terms import term
from derivations.theory.autoencoder import linear_ae_pca
from derivations.theory.hints import atoms, square

p, q, r, e, P, p_data, p_g = laws("p q r e P p_data p_g")
x, z, eps = variables("x z eps")
u, y = variables("u y", kind="continuous")
half = Fraction(1, 2)
K, L, N, n, s, s1, s2, v = symbols("K L N n s s_1 s_2 v", sign="positive")
m, m1, m2, mu, phi, a, b, w, c = symbols("m m_1 m_2 mu phi a b w c")
l1, l2 = symbols("l_1 l_2", sign="nonnegative")
f, g, h, T, T_inv = Function("f"), Function("g"), Function("h"), Function("T"), Function("T_inv")
D = Function("D", range="unit")
G, metric = Function("G"), Function("d", range="nonnegative")
k = index("k", K)

reconstruction = E[q(z | x)](log(p(x | z)))
elbo = reconstruction - KL(q(z | x), p(z))
other = x.copy("x'")
code = z.copy("z'")
best = sup[code](log(p(x | code)))
data_first = q(x) == p_data(x)
value = E[p_data(x)](log(D(x))) + E[p_g(x)](log(1 - D(x)))
optimum = p_data(x) / (p_data(x) + p_g(x))
observed, (image,) = y, variables("x", kind="continuous", shape=(n,))
pixel = index("k", n)
normal = Normal(m, v)(u)
collapsing = E[normal](log(Normal(w * u + b, s**2)(observed)))
draws, l = eps.draws("draws", L), index("l", L)
average = Sum[l](f(draws[l])) / L
noise = Product[l](e(draws[l]))
a1, a2, b1, b2 = symbols("a_1 a_2 b_1 b_2")
planar = l1 * ((1 - b1 * a1) ** 2 + (b2 * a1) ** 2) + l2 * ((b1 * a2) ** 2 + (1 - b2 * a2) ** 2)
vector, (means,), (scales,) = (
    variables("z", kind="continuous", shape=(K,))[0],
    symbols("mu", shape=(K,)),
    symbols("s", sign="positive", shape=(K,)),
)
c1, c2 = symbols("m_1 m_2", shape=(K,))
S1, S2 = covariances("S_1 S_2", K)
full = KL(MultivariateNormal(c1, S1)(vector), MultivariateNormal(c2, S2)(vector))
volumes = log(det(S2) / det(S1))
data, i = x.draws("data", N), index("i", N)
(among,), (of_data,) = variables("b", kind="discrete", shape=(N,)), symbols("t", shape=(N,))
drawn = Minibatch(v)(among)
(root,), (raw,), across = invertible("L", K), variables("e", kind="continuous", shape=(K,)), index("j", K)
there_standard = Product[k](Normal(0, 1)(raw[k]))
sigmoid = 1 / (1 + exp(-a))
image_law = ("pushforward", p_g(x), p(z), G(z))


def steepest(constant):  # type: ignore[no-untyped-def]
    """The supremum of E_p[f] - E_q[f] over the functions with a Lipschitz constant."""
    return sup[f, f(x) - f(z) <= constant * metric(x, z)](E[p(x)](f(x)) - E[q(z)](f(z)))


(l0,) = symbols("l_0", sign="positive")
row, column, other_column = index("r", n), index("s'", K), index("t'", K)
W, unit = Function("W"), Function("v'")
(change,) = symbols("u'", shape=(K,))
products = Sum[row](W(row, column) * W(row, other_column))
spectral = eigenvalue(term(1), column, other_column, products)
output = Sum[row](Sum[column](W(row, column) * change[column]) ** 2)
steepest_unit = sup[unit, Sum[column](unit(column) ** 2) <= 1](
    Sum[row](Sum[column](W(row, column) * unit(column)) ** 2)
)
theta = symbols("theta")[0]
x1, y1, x2 = variables("x_1 y_1 x_2", kind="continuous")
y2, Y = x2.copy("y_2"), x2.copy("Y")
left_line, right_line = laws("a_0 a_1")
at_points = (("pushforward", left_line(x1), r(Y), 0 * theta), ("pushforward", right_line(y1), r(Y), theta))
lines = W1(left_line(x1) * r(x2), right_line(y1) * r(y2), sqrt((x1 - y1) ** 2 + (x2 - y2) ** 2))
time, uniform, other_uniform = *variables("t U"), variables("U")[0].copy("V")
below = Function("below", range="unit")
line_cost = metric(x, z) == Integral[time](abs(below(x, time) - below(z, time)))
quantiles = (("pushforward", p(x), P(uniform), f(uniform)), ("pushforward", q(z), P(uniform), h(uniform)))
nested = (below(f(uniform), time) - below(h(uniform), time)) * (
    below(f(other_uniform), time) - below(h(other_uniform), time)
) >= 0
on_line = W1(p(x), q(z), metric(x, z))
layers = Integral[time](abs(E[p(x)](below(x, time)) - E[q(z)](below(z, time))))
v1, v2, v3 = variables("v_1 v_2 v_3")
at_t, at_s = W1(p(v1), r(v3), metric(v1, v3)), W1(q(v2), r(v3), metric(v2, v3))
moved = E[P(z)](metric(G(z, a), G(z, b)))
generated = (("pushforward", p(v1), P(z), G(z, a)), ("pushforward", q(v2), P(z), G(z, b)))
triangles = (
    metric(v1, v3) <= metric(v1, v2) + metric(v2, v3),
    metric(v2, v3) <= metric(v1, v2) + metric(v1, v3),
)
partial, coordinate, between = Function("partial"), Function("coordinate"), Function("between")(x, z)
step = coordinate(column, z) - coordinate(column, x)
parts = (
    f(z) - f(x) <= Sum[column](partial(column, between) * step),
    Sum[column](partial(column, between) ** 2) <= 1,
    Sum[column](step**2) <= l0**2,
)
gradient = Sum[column](partial(column, x) ** 2)
backwards = (
    l1**2 <= gradient,
    s1 * (gradient - s) <= f(z) - f(x),
    f(z) - f(x) <= metric(x, z),
    metric(x, z) <= s1 * l1,
)

# A sign, an argument, a factor or a condition away from a claim: there is a model in which each of these is false.

# A plan and a critic that certify each other; the room that the critic leaves is a times a law.
place, goal = variables("s t", kind="discrete")
plan, slack = P(place, goal), r(place, goal)
coupled = (P(place) == p(place), P(goal) == q(goal))
certified = (
    metric(place, goal) == f(place) - f(goal) + l1 * slack,
    plan * slack == 0,
    f(goal) - f(place) <= l1 * slack,
)
least_cost = W1(p(place), q(goal), metric(place, goal))
best_gain, twice_as_steep = (
    sup[h, h(place) - h(goal) <= constant * metric(place, goal)](E[p(place)](h(place)) - E[q(goal)](h(goal)))
    for constant in (1, 2)
)

REFUTED = {
    "ae-gaussian-nll, without the factor 1/2": -log(Product[pixel](Normal(f(z, pixel), s**2)(image[pixel])))
    == Sum[pixel]((image[pixel] - f(z, pixel)) ** 2) / s**2 + n / 2 * log(2 * pi * s**2),
    "ae-gaussian-nll, a constant of one pixel": -log(Product[pixel](Normal(f(z, pixel), s**2)(image[pixel])))
    == Sum[pixel]((image[pixel] - f(z, pixel)) ** 2) / (2 * s**2) + half * log(2 * pi * s**2),
    "linear-ae-pca, the larger eigenvalue": (planar >= l1).assuming(l1 >= l2),
    "linear-ae-pca, eigenvalues in the wrong order": planar >= l2,
    "linear-ae-pca, both are lost": (planar >= l1 + l2).assuming(l1 >= l2),
    "elbo-terms, the infimum": reconstruction <= inf[code](log(p(x | code))),
    "elbo-terms, equality for the aggregate posterior": (KL(q(z | x), p(z)) >= 0).iff(q(z) == p(z)),
    "ancestral-sampling, from another prior": p(x) == Integral[z](p(x | z) * q(z)),
    "aggregate-posterior, without the information": (E[p_data(x)](KL(q(z | x), p(z))) == KL(q(z), p(z))).assuming(
        data_first
    ),
    "aggregate-posterior, another law of the data": E[p_data(x)](KL(q(z | x), p(z))) == I(q, x, z) + KL(q(z), p(z)),
    "elbo-joint-kl, the wrong direction": (E[p_data(x)](elbo) == -H(p_data(x)) - KL(p(x, z), q(x, z))).assuming(
        data_first
    ),
    "elbo-joint-kl, without the entropy": (E[p_data(x)](elbo) == -KL(q(x, z), p(x, z))).assuming(data_first),
    "ae-code-freedom, no inverse": E[p_data(x)](h(f(T_inv(T(g(x)))))) == E[p_data(x)](h(f(g(x)))),
    "no-kl-bound, an average is no supremum": reconstruction == best,
    "no-kl-bound, equality without a condition": (reconstruction <= best).iff(q(z | x) == p(z | x)),
    "no-kl-collapse, w may be zero": -(w**2) / (2 * s**2) < 0,
    "no-kl-collapse, the wrong derivative": Grad[v](collapsing) == -(w**2) / s**2,
    "no-kl-collapse, the spread is free": collapsing
    == -half * log(2 * pi * s**2) - (observed - w * m - b) ** 2 / (2 * s**2),
    "iid-log-likelihood, dependent data": log(P(data)) == Sum[i](log(p(data[i]))),
    "log-likelihood, a lost sign": log(p(x)) == reconstruction + KL(q(z | x), p(z)) + KL(q(z | x), p(z | x)),
    "log-likelihood, the divergence reversed": log(p(x)) == elbo + KL(p(z | x), q(z | x)),
    "elbo-bound, from above": elbo >= log(p(x)),
    "elbo-bound, equality for the prior": (E[q(z | x)](log(p(x, z) / q(z | x))) <= log(p(x))).iff(q(z | x) == p(z)),
    "elbo-bound, the gap from the prior": log(p(x)) - elbo == KL(q(z | x), p(z)),
    "elbo-bound, summed, one datum for all": Sum[i](E[q(z | data[i])](log(p(data[i], z) / q(z | data[i]))))
    <= log(p(x)),
    "elbo-bound, summed, from above": Sum[i](E[q(z | data[i])](log(p(data[i], z) / q(z | data[i]))))
    >= Sum[i](log(p(data[i]))),
    "elbo-bound, summed, a gap that does not grow": Sum[i](
        log(p(data[i])) - E[q(z | data[i])](log(p(data[i], z) / q(z | data[i])))
    )
    <= KL(q(z | x), p(z | x)),
    "elbo-bound, summed, equality for the prior": (
        Sum[i](E[q(z | data[i])](log(p(data[i], z) / q(z | data[i])))) <= Sum[i](log(p(data[i])))
    ).iff((q(z | data[i]), p(z))),
    "elbo-joint-form, the entropy's sign": elbo == E[q(z | x)](log(q(z | x)) + log(p(x, z))),
    "mc-elbo-unbiased, a sum": E[noise](L * average) == E[e(eps)](f(eps)),
    "mc-elbo-unbiased, the variance does not shrink": E[noise](average**2) - E[e(eps)](f(eps)) ** 2
    == E[e(eps)](f(eps) ** 2) - E[e(eps)](f(eps)) ** 2,
    "minibatch-unbiased, without the factor": E[drawn](Sum[i](among[i] * of_data[i])) == Sum[i](of_data[i]),
    "minibatch-unbiased, the factor turned over": E[drawn](v / N * Sum[i](among[i] * of_data[i])) == Sum[i](of_data[i]),
    "minibatch-unbiased, N - 1 for N": E[drawn]((N - 1) / v * Sum[i](among[i] * of_data[i])) == Sum[i](of_data[i]),
    "minibatch-unbiased, a mean for a sum": E[drawn](Sum[i](among[i] * of_data[i]) / v) == Sum[i](of_data[i]),
    "minibatch-unbiased, of squares": E[drawn]((N / v * Sum[i](among[i] * of_data[i])) ** 2) == Sum[i](of_data[i]) ** 2,
    "minibatch-unbiased, as if drawn with replacement": E[drawn](Sum[i](among[i] * of_data[i]) ** 2)
    == v / N * Sum[i](of_data[i] ** 2) + v * (v - 1) / N**2 * Sum[i](of_data[i]) ** 2,
    "minibatch-unbiased, another size": E[drawn](Sum[i](among[i])) == v + 1,
    "minibatch-unbiased, weights beside the law": E[drawn](Sum[i](among[i] * i)) == v / N * Sum[i](i) * v,
    "minibatch-unbiased, counting alone": Integral[among](Sum[i](among[i])) == v,
    "gradient-variance, the variances exchanged": E[Normal(0, 1)(u)](Grad[mu]((mu + s * u) ** 2) ** 2)
    - E[Normal(0, 1)(u)](Grad[mu]((mu + s * u) ** 2)) ** 2
    == mu**4 / s**2 + 14 * mu**2 + 15 * s**2,
    "gradient-variance, a wrong moment": E[Normal(mu, s**2)(u)]((u**2 * (u - mu) / s**2) ** 2) - 4 * mu**2
    == mu**4 / s**2 + 14 * mu**2 + 12 * s**2,
    "gaussian-kl-univariate, the scales exchanged": KL(Normal(m1, s1**2)(u), Normal(m2, s2**2)(u))
    == log(s1 / s2) + (s1**2 + (m1 - m2) ** 2) / (2 * s2**2) - half,
    "gaussian-kl-univariate, without the constant": KL(Normal(m1, s1**2)(u), Normal(m2, s2**2)(u))
    == log(s2 / s1) + (s1**2 + (m1 - m2) ** 2) / (2 * s2**2),
    "gaussian-kl-standard, the sign": KL(Normal(means, scales**2)(vector), Normal(0, 1)(vector))
    == half * Sum[k](1 + log(scales[k] ** 2) - means[k] ** 2 - scales[k] ** 2),
    "gaussian-kl-standard, log s": -KL(Normal(means, scales**2)(vector), Normal(0, 1)(vector))
    == half * Sum[k](1 + log(scales[k]) - means[k] ** 2 - scales[k] ** 2),
    "gan-value-pushforward, another law": E[p(z)](log(1 - D(G(z)))) == E[p_g(x)](log(1 - D(x))),
    "gan-bce, unbalanced labels": (
        value == 2 * Integral[x](r(x, y=1) * log(D(x))) + 2 * Integral[x](r(x, y=0) * log(1 - D(x)))
    ).assuming(r(x, y=1) == 3 * p_data(x) / 4, r(x, y=0) == p_g(x) / 4),
    "optimal-discriminator, the other ratio": value
    <= E[p_data(x)](log(p_g(x) / (p_data(x) + p_g(x)))) + E[p_g(x)](log(optimum)),
    "optimal-discriminator, equality where nobody looks": (
        value <= E[p_data(x)](log(optimum)) + E[p_g(x)](log(p_g(x) / (p_data(x) + p_g(x))))
    ).iff(p_data(x) * D(x) == p_data(x) * optimum),
    "gan-jsd, one divergence": sup[D](value) == -log(4) + JSD(p_data(x), p_g(x)),
    "gan-global-minimum, a smaller minimum is never reached": sup[D](value) == -log(4),
    "gan-global-minimum, zero": -log(4) + 2 * JSD(p_data(x), p_g(x)) >= 0,
    "jsd-forms, one law": JSD(p(x), q(x)) == KL(p(x), (p(x) + q(x)) / 2),
    "jsd-forms, the signs": JSD(p(x), q(x)) == half * H(p(x)) + half * H(q(x)) - H((p(x) + q(x)) / 2),
    "jsd-bounds, half a bit": JSD(p(x), q(x)) <= half * log(2),
    "jsd-bounds, equality for equal supports only": (JSD(p(x), q(x)) >= 0).iff(p(x) * q(x) == 0),
    "disjoint-jsd, overlapping supports": JSD(p(x), q(x)) == log(2),
    "saturation, the signs": Grad[a](log(1 - sigmoid)) == sigmoid,
    "saturation, the two losses exchanged": Grad[a](-log(sigmoid)) == -sigmoid,
    "generator-best-response, an average is no infimum": E[p_g(x)](log(1 - D(x))) == inf[other](log(1 - D(other))),
    "generator-best-response, the supremum": E[p_g(x)](log(1 - D(x))) >= sup[other](log(1 - D(other))),
    "gaussian-kl-minimum, any mean": (KL(Normal(mu, s**2)(u), Normal(0, 1)(u)) >= 0).iff(s == 1),
    "gaussian-kl-minimum, another scale": (KL(Normal(mu, s**2)(u), Normal(0, 1)(u)) >= 0).iff(mu == 0, s == 2),
    "gaussian-reparameterization, the variance as factor": E[Normal(0, 1)(u)]((mu + s**2 * u) ** 2)
    == E[Normal(mu, s**2)(y)](y**2),
    "parallel-lines-jsd, the same line": JSD(p(x) * r(z), q(x) * r(z)) == log(2),
    "parallel-lines-gradients, the sign": Grad[c](abs(c)) == -abs(c) / c,
    "parallel-lines-w1, without the bars": (lines == theta).assuming(*at_points),
    "parallel-lines-w1, half of it": (lines == abs(theta) / 2).assuming(*at_points),
    "parallel-lines-w1, the square": (lines == theta**2).assuming(*at_points),
    "parallel-lines-w1, zero": (lines <= 0).assuming(*at_points),
    "parallel-lines-w1, laws at other points": lines == abs(theta),
    "weak-duality, from above": (E[p(x)](f(x)) - E[q(z)](f(z)) >= W1(p(x), q(z), metric(x, z))).assuming(
        f(x) - f(z) <= metric(x, z)
    ),
    "weak-duality, every coupling is the best": (W1(p(x), q(z), metric(x, z)) == E[P(x, z)](metric(x, z))).assuming(
        P(x) == p(x), P(z) == q(z)
    ),
    "weak-duality, independence is the best": W1(p(x), q(z), metric(x, z)) == E[p(x), q(z)](metric(x, z)),
    "w1-line, no nested events": (on_line == layers).assuming(line_cost, *quantiles),
    "w1-line, only the layers": (on_line == layers).assuming(line_cost),
    "w1-line, twice": (on_line == 2 * layers).assuming(line_cost, *quantiles, nested),
    "w1-line, the area with its sign": (
        on_line == Integral[time](E[p(x)](below(x, time)) - E[q(z)](below(z, time)))
    ).assuming(line_cost, *quantiles, nested),
    "w1-continuity, no triangle inequality": (abs(at_t - at_s) <= moved).assuming(*generated),
    "w1-continuity, one triangle inequality": (abs(at_t - at_s) <= moved).assuming(*generated, triangles[0]),
    "w1-continuity, half of it": (abs(at_t - at_s) <= moved / 2).assuming(*generated, *triangles),
    "w1-continuity, from below": (abs(at_t - at_s) >= moved).assuming(*generated, *triangles),
    "w1-continuity, other noise": (abs(at_t - at_s) <= E[e(eps)](metric(G(eps, a), G(eps, b)))).assuming(
        *generated, *triangles
    ),
    "weak-duality, no Lipschitz bound": (E[p(x)](f(x)) - E[q(z)](f(z)) <= E[P(x, z)](metric(x, z))).assuming(
        P(x) == p(x), P(z) == q(z)
    ),
    "weak-duality, no coupling": (E[p(x)](f(x)) - E[q(z)](f(z)) <= E[P(x, z)](metric(x, z))).assuming(
        f(x) - f(z) <= metric(x, z)
    ),
    "discrete-duality, always equal": (E[P(x, z)](f(x)) - E[P(x, z)](f(z)) == E[P(x, z)](metric(x, z))).assuming(
        f(x) - f(z) <= metric(x, z)
    ),
    "lipschitz-scaling, the square of the constant": steepest(l0) == l0**2 * steepest(1),
    "lipschitz-scaling, the inverse of the constant": steepest(l0) == steepest(1) / l0,
    "lipschitz-scaling, the constant does not matter": steepest(l0) == steepest(1),
    "gradient-norm, no mean value theorem": (f(z) - f(x) <= l0).assuming(*parts[1:]),
    "gradient-norm, a gradient of any length": (f(z) - f(x) <= l0).assuming(parts[0], parts[2]),
    "gradient-norm, points at any distance": (f(z) - f(x) <= l0).assuming(*parts[:2]),
    "lipschitz-layers, the sum of the constants": (metric(f(g(x)), f(g(z))) <= (l1 + l2) * metric(x, z)).assuming(
        metric(f(g(x)), f(g(z))) <= l1 * metric(g(x), g(z)), metric(g(x), g(z)) <= l2 * metric(x, z)
    ),
    "linear-ae-pca, from above": (
        linear_ae_pca.parts[1].statement.left <= linear_ae_pca.parts[1].statement.right
    ).assuming(*linear_ae_pca.parts[1].statement.given),
    "linear-ae-pca, twice as much is lost": (
        linear_ae_pca.parts[1].statement.left >= 2 * linear_ae_pca.parts[1].statement.right
    ).assuming(*linear_ae_pca.parts[1].statement.given),
    "lipschitz-layers, half the spectral norm": output <= spectral * Sum[column](change[column] ** 2) / 2,
    "lipschitz-layers, the norm, not its square, of twice the weights": 2 * output
    <= spectral * Sum[column](change[column] ** 2),
    "lipschitz-layers, the second eigenvalue": output
    <= eigenvalue(term(2), column, other_column, products) * Sum[column](change[column] ** 2),
}

# What the refuter cannot decide (limits, large matrices, derivatives of arbitrary functions, laws with parameters,
# extrema over laws), and what is true only under a condition that the verdict would have to name.
NEVER_PROVED = {
    "w1-continuity, the squared difference": ((at_t - at_s) ** 2 <= moved).assuming(*generated, *triangles),
    "w1-differentiable-ae, without Rademacher": (E[e(eps)](D(eps)) <= 0).assuming(
        abs(f(eps) - f(z)) - abs(c) * abs(eps - z) <= 0
    ),
    "pathwise-gradient, only through the sample": Grad[phi](E[e(eps)](f(g(eps, phi), phi)))
    == E[e(eps)](f(g(eps, phi), phi)),
    "score-gradient, without the score": Grad[phi](E[q[phi](z)](f(z, phi))) == E[q[phi](z)](Grad[phi](f(z, phi))),
    "score-gradient, without the derivative of f": Grad[phi](E[q[phi](z)](f(z, phi)))
    == E[q[phi](z)](f(z, phi) * Grad[phi](log(q[phi](z)))),
    "linear-ae-pca, what the theorem of Eckart and Young says": linear_ae_pca.parts[1].statement.left
    >= linear_ae_pca.parts[1].statement.right,
    "linear-ae-pca, every code is the nearest": linear_ae_pca.parts[0].statement.left
    == linear_ae_pca.parts[0].statement.right,
    "kl-factorizes, dependent components": KL(p(x, z), q(x, z)) == KL(p(x), q(x)) + KL(p(z), q(z)),
    "gaussian-kl-full, the inverse of the first": full
    == half * (trace(inverse(S1), S2) + quadratic_form(inverse(S2), c2 - c1) - K + volumes),
    "gaussian-kl-full, without the dimension": full
    == half * (trace(inverse(S2), S1) + quadratic_form(inverse(S2), c2 - c1) + volumes),
    "gaussian-kl-full, the determinants exchanged": full
    == half * (trace(inverse(S2), S1) + quadratic_form(inverse(S2), c2 - c1) - K - volumes),
    "saturation, the other limit": Limit[a, infinity](-sigmoid) == 0,
    "saturation, both losses vanish": Limit[a, -infinity](-(1 - sigmoid)) == 0,
    "no-kl-collapse, the limit keeps the spread": Limit[v, 0](collapsing)
    == -half * log(2 * pi * s**2) - ((observed - w * m - b) ** 2 + w**2) / (2 * s**2),
    "no-kl-bound, the value at the posterior": sup[q](E[q(z | x)](log(p(x | z)))) == log(p(x)),
    "no-kl-bound, what is averaged mentions the law": sup[q](E[q(z)](log(q(z)))) == sup[z](log(q(z))),
    "generator-best-response, the loss mentions the law": inf[p_g](E[p_g(x)](log(1 - p_g(x))))
    == inf[x](log(1 - p_g(x))),
    "gan-value-pushforward, another function": (E[p(z)](log(1 - D(G(z)))) == E[p_g(x)](log(D(x)))).assuming(image_law),
    "disjoint-jsd, half of it": (JSD(p(x), q(x)) == half * log(2)).assuming(p(x) * q(x) == 0),
    "disjoint-jsd, without the laws' disjointness in x": (JSD(p(x), q(x)) == log(2)).assuming(p(x, z) * q(x, z) == 0),
    "ae-code-freedom, the inverse on the other side": (f(T(T_inv(z))) == f(z)).assuming(T_inv(T(z)) == z),
    "lipschitz-scaling, the constant may be zero": steepest(l1) == l1 * steepest(1),
    "lipschitz-layers, more than the spectral norm is reached": 2 * spectral <= steepest_unit,
    "discrete-duality, no certificate": least_cost == best_gain,
    "discrete-duality, a plan that is no coupling": (least_cost == best_gain).assuming(*certified),
    "discrete-duality, slack where mass moves": (least_cost == best_gain).assuming(
        *coupled, certified[0], certified[2]
    ),
    "discrete-duality, steeper critics": (least_cost == twice_as_steep).assuming(*coupled, *certified),
    "discrete-duality, a critic that is steep one way": (least_cost == best_gain).assuming(*coupled, *certified[:2]),
    "gradient-norm, without the error of the derivative": (l1 <= 1).assuming(*backwards),
    "gradient-norm, half the distance": (f(z) - f(x) <= l0 / 2).assuming(*parts),
    "gradient-norm, a function that is not Lipschitz": (l1 <= 1 + s).assuming(*backwards[:2], backwards[3]),
    "gradient-norm, a step of any length": (l1 <= 1 + s).assuming(*backwards[:3]),
    "gradient-norm, no derivative": (l1 <= 1 + s).assuming(*backwards[2:]),
    "weak-duality, a 2-Lipschitz critic": (E[P(x, z)](f(x)) - E[P(x, z)](f(z)) <= E[P(x, z)](metric(x, z))).assuming(
        f(x) - f(z) <= 2 * metric(x, z)
    ),
    **{
        f"gaussian-reparameterization, {name}": E[there_standard](D(Sum[k](c1[k] * image(k))))
        == E[MultivariateNormal(c2, gram(root))(vector)](D(Sum[k](c1[k] * vector[k])))
        for name, image in {
            "the transposed matrix": lambda k: c2[k] + Sum[across](entry(root, across, k) * raw[across]),
            "without the mean": lambda k: Sum[across](entry(root, k, across) * raw[across]),
            "the inverse matrix": lambda k: c2[k] + Sum[across](inverse(root)[k, across] * raw[across]),
            "the mean twice": lambda k: 2 * c2[k] + Sum[across](entry(root, k, across) * raw[across]),
            "the covariance for its root": lambda k: c2[k] + Sum[across](entry(gram(root), k, across) * raw[across]),
        }.items()
    },
    "gaussian-reparameterization, a squared factor": E[Normal(0, 1)(u)](f(mu + s**2 * u))
    == E[Normal(mu, s**2)(y)](f(y)),
    "gaussian-reparameterization, another mean": E[Normal(0, 1)(u)](f(s * u)) == E[Normal(mu, s**2)(y)](f(y)),
}


@pytest.mark.parametrize("name", REFUTED)
def test_false_neighbours_of_a_claim_are_refuted(name: str) -> None:
    verdict = judge(REFUTED[name])
    assert verdict.verdict == "refuted", verdict


@pytest.mark.parametrize("name", NEVER_PROVED)
def test_neighbours_that_are_false_or_lack_a_condition_are_never_proved(name: str) -> None:
    assert judge(NEVER_PROVED[name]).verdict != "proved"


def test_a_hint_does_not_help_a_false_inequality() -> None:
    wrong = atoms(square(l1 - l2, 1 - b1 * a1), square(l1 - l2, b2 * a1), square(l2, 1 - a1 * b1 - a2 * b2))
    right = atoms(
        square(l1 - l2, 1 - b1 * a1),
        square(l1 - l2, b2 * a1),
        square(l2, 1 - a1 * b1 - a2 * b2),
        square(l2, a1 * b2 - a2 * b1),
    )
    ordered: Statement = (planar >= l2).assuming(l1 >= l2)
    assert judge(ordered, hints=right).verdict == "proved"
    assert judge(ordered, hints=wrong).verdict != "proved"
    assert judge(planar >= l2, hints=right).verdict == "refuted"
