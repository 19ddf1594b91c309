"""Optimal transport: couplings from above, critics from below (sheet, items 4.1 and 4.4).

Main statements
    ``parallel-lines-w1``        the Wasserstein distance of two parallel lines is |theta|
    ``weak-duality``             E_p[f] - E_q[f] <= W1(p, q) <= E_pi ||x - y|| for every critic and every coupling
    ``discrete-duality``         a plan and a critic of equal value certify each other, and W1 is the best gain
    ``w1-line``                  on the line W1 is the integral of |F - G|
    ``w1-continuity``            W1(p_t, q) moves by no more than the generator does
    ``w1-differentiable-ae``     so it is differentiable almost everywhere, if the generator is Lipschitz in t

Notes
    ``W1(p(x), q(y), c(x, y))`` is the infimum of E[c(x, y)] over all joint laws of x and y with the marginals p and q.
    Nothing is cited for it: the kernel knows that every coupling is above (also one through a common noise), that every
    pair of functions with f(x) - g(y) <= c(x, y) is below, and that couplings can be glued.  A distance is a function
    d >= 0 with hypotheses that say what is used of it, so that it may be the Euclidean one in any dimension; on the two
    lines it is written out.  Sources: Arjovsky, Chintala and Bottou, Wasserstein GAN, 2017; Villani, Optimal Transport,
    2009, chapters 1, 5 and 6; Vallender, Calculation of the Wasserstein distance between probability distributions on
    the line, 1974.
"""

from derivations.claims import Claim, Part, chain, show, topic
from derivations.language import (
    W1,
    E,
    Function,
    Integral,
    Sum,
    cited,
    index,
    laws,
    nondifferentiable,
    sqrt,
    sup,
    symbols,
    variables,
)
from derivations.language.terms import term
from derivations.theory.hints import atoms, nonnegative

# Two parallel lines ---------------------------------------------------------------------------------------------------

at_zero, at_theta, uniform = laws("a b u")
x1, x2, y1 = variables("x_1 x_2 y_1", kind="continuous")
y2, Y = x2.copy("y_2"), x2.copy("Y")
(theta,) = symbols("theta")
line, other_line = at_zero(x1) * uniform(x2), at_theta(y1) * uniform(y2)
points = (("pushforward", at_zero(x1), uniform(Y), term(0)), ("pushforward", at_theta(y1), uniform(Y), theta))
apart = W1(line, other_line, sqrt((x1 - y1) ** 2 + (x2 - y2) ** 2))

parallel_lines_w1 = Claim(
    id="parallel-lines-w1",
    item="4.1",
    title="The Wasserstein distance of two parallel lines",
    question="Compute the Wasserstein distance of the laws of $(0, Y)$ and $(\\theta, Y)$.",
    parts=(
        Part(
            (apart == abs(theta)).assuming(*points),
            chains=(
                chain(
                    apart,
                    ("<=", E[uniform(Y)](sqrt((0 - theta) ** 2 + (Y - Y) ** 2)), "coupling"),
                    ("=", abs(theta), "normalisation"),
                ).assuming(*points),
            ),
        ),
        Part(
            (apart >= theta).assuming(*points),
            chains=(
                chain(
                    apart,
                    (">=", E[other_line](y1) - E[line](x1), "critic"),
                    ("=", theta, "pushforward, normalisation"),
                ).assuming(*points),
            ),
        ),
        Part(
            (apart >= -theta).assuming(*points),
            chains=(
                chain(
                    apart,
                    (">=", E[line](x1) - E[other_line](y1), "critic"),
                    ("=", -theta, "pushforward, normalisation"),
                ).assuming(*points),
            ),
        ),
    ),
    words=(
        "From above: use the same $Y$ for both lines. This couples the two laws, and every point moves by "
        "$\\sqrt{(0 - \\theta)^{2} + (Y - Y)^{2}} = |\\theta|$, so $W_1 \\le |\\theta|$. From below: the first "
        "coordinate, $f(x) = x_1$, changes by no more than the distance, since $|x_1 - y_1| \\le \\|x - y\\|$; so do "
        "$f$ and $-f$ as critics, whose gains are $-\\theta$ and $\\theta$. One of them is $|\\theta|$. Unlike the "
        "Jensen-Shannon divergence this is continuous in $\\theta$ and says how far the lines are apart."
    ),
    companion="numerics.wasserstein.parallel_lines_w1",
    notes=(
        "The point masses at $0$ and at $\\theta$ are the laws of constants; the distance is the Euclidean one of the "
        "plane. Nothing is used of the law of $Y$.",
    ),
)

# Duality --------------------------------------------------------------------------------------------------------------

p, q, pi = laws("p q pi")
x, y = variables("x y")
f = Function("f")
metric = Function("d", range="nonnegative")
distance = metric(x, y)
shortest = W1(p(x), q(y), distance)
coupling = (pi(x) == p(x), pi(y) == q(y))
lipschitz = f(x) - f(y) <= distance

weak_duality = Claim(
    id="weak-duality",
    item="4.4",
    title="Every critic stays below every transport plan",
    question="Why is $E_p[f] - E_q[f]$ for a 1-Lipschitz $f$ a lower bound of the Wasserstein distance?",
    parts=(
        Part(
            (E[p(x)](f(x)) - E[q(y)](f(y)) <= E[pi(x, y)](distance)).assuming(*coupling, lipschitz),
            chains=(
                chain(
                    E[p(x)](f(x)) - E[q(y)](f(y)),
                    (
                        "=",
                        E[pi(x, y)](f(x)) - E[pi(x, y)](f(y)),
                        "hypothesis, marginalisation",
                    ),
                    ("=", E[pi(x, y)](f(x) - f(y)), "linearity"),
                    ("<=", E[pi(x, y)](distance), "non-negative integrand"),
                ).assuming(*coupling, lipschitz),
            ),
        ),
        Part(
            (E[p(x)](f(x)) - E[q(y)](f(y)) <= shortest).assuming(lipschitz),
            chains=(chain(E[p(x)](f(x)) - E[q(y)](f(y)), ("<=", shortest, "critic")).assuming(lipschitz),),
        ),
        Part(
            (shortest <= E[pi(x, y)](distance)).assuming(*coupling),
            chains=(chain(shortest, ("<=", E[pi(x, y)](distance), "coupling")).assuming(*coupling),),
        ),
    ),
    words=(
        "A coupling $\\pi$ has $p$ and $q$ as its marginals, so $E_p[f] - E_q[f]$ is the mean of $f(x) - f(y)$ under "
        "$\\pi$, and for a 1-Lipschitz $f$ that is at most the mean distance. This holds for all couplings and all "
        "critics at once: every critic is a lower bound of $W_1$, every transport plan an upper bound."
    ),
    companion="numerics.wasserstein.weak_duality",
)

place, goal = variables("i j", kind="discrete")
plan, slack = (law(place, goal) for law in laws("pi r"))
(scale,) = symbols("c", sign="nonnegative")
cost = metric(place, goal)
marginals = (pi(place) == p(place), pi(goal) == q(goal))
feasible = f(place) - f(goal) <= cost
gain = E[p(place)](f(place)) - E[q(goal)](f(goal))
least = W1(p(place), q(goal), cost)
h = Function("h")
largest = sup[h, h(place) - h(goal) <= cost](E[p(place)](h(place)) - E[q(goal)](h(goal)))  # the value of the dual
complementary = (cost == f(place) - f(goal) + scale * slack, plan * slack == 0, f(goal) - f(place) <= scale * slack)

discrete_duality = Claim(
    id="discrete-duality",
    item="4.4",
    title="A plan and a critic that certify each other",
    question="When is a transport plan on a finite space optimal, and how can one check it?",
    parts=(
        Part(
            (least == largest).assuming(*marginals, *complementary),
            chains=(
                chain(
                    least,
                    ("<=", E[plan](cost), "coupling"),
                    ("=", gain, "hypothesis, marginalisation"),
                    ("<=", largest, "bounded by its supremum, hypothesis"),
                ).assuming(*marginals, *complementary),
                chain(least, (">=", largest, "critic")).assuming(*marginals, *complementary),
            ),
        ),
        Part(
            (least == gain).assuming(*marginals, *complementary),
            chains=(
                chain(
                    least,
                    ("<=", E[plan](cost), "coupling"),
                    ("=", gain, "hypothesis, marginalisation"),
                ).assuming(*marginals, *complementary),
                chain(least, (">=", gain, "critic")).assuming(*marginals, *complementary),
            ),
        ),
        Part(
            (gain <= least).assuming(feasible),
            chains=(chain(gain, ("<=", least, "critic")).assuming(feasible),),
        ),
        Part(
            (least <= E[plan](cost)).assuming(*marginals),
            chains=(chain(least, ("<=", E[plan](cost), "coupling")).assuming(*marginals),),
        ),
        Part(
            (gain <= E[plan](cost)).iff(plan * (cost - f(place) + f(goal)) == 0).assuming(*marginals, feasible),
            chains=(
                chain(
                    gain,
                    ("=", E[plan](f(place) - f(goal)), "hypothesis, marginalisation"),
                    ("<=", E[plan](cost), "non-negative integrand"),
                ).assuming(*marginals, feasible),
            ),
        ),
    ),
    words=(
        "On a finite space both problems are linear programs: the plan minimises the cost, the critic maximises the "
        "gain, and no gain exceeds any cost. The gain equals the cost exactly if the plan moves mass only where the "
        "critic falls as fast as the distance allows, $f(i) - f(j) = d(i, j)$. So a plan and a critic with this "
        "property prove each other optimal, their common value is $W_1$, and the proof is a finite table of rational "
        "numbers that can be checked without solving anything. Linear programs with optimal plans always have such a "
        "pair; for each of the finite laws of the check it is found and checked in exact arithmetic."
    ),
    companion="numerics.wasserstein.discrete_duality",
    notes=(
        "That the two linear programs have the same value is proved from a pair that certifies it. That there is such "
        "a pair for all finite laws is the duality theorem of linear programming, which is not proved here: the checks "
        "find a pair for each of their laws, and check it in exact arithmetic.",
        "The room $d(i, j) - f(i) + f(j) \\ge 0$ that a critic leaves is written as $c \\, r(i, j)$ with a law $r$: on "
        "a finite space every function that is at least zero has this form.",
    ),
)

# On the line ----------------------------------------------------------------------------------------------------------

(common,) = laws("U")
t, u = variables("t u")
v = u.copy("v")
below = Function("h", range="unit")
first, second = Function("Q_F"), Function("Q_G")
layers = distance == Integral[t](abs(below(x, t) - below(y, t)))
images = (("pushforward", p(x), common(u), first(u)), ("pushforward", q(y), common(u), second(u)))
gap, other_gap = (below(first(n), t) - below(second(n), t) for n in (u, v))
nested = gap * other_gap >= 0
area = Integral[t](abs(E[p(x)](below(x, t)) - E[q(y)](below(y, t))))

w1_line = Claim(
    id="w1-line",
    item="4.4",
    title="The Wasserstein distance on the line",
    question="What is $W_1$ for laws on the line with distribution functions $F$ and $G$?",
    parts=(
        Part(
            (shortest == area).assuming(layers, *images, nested),
            chains=(
                chain(
                    shortest,
                    ("<=", E[common(u)](metric(first(u), second(u))), "coupling"),
                    ("=", Integral[t](E[common(u)](abs(gap))), "hypothesis"),
                    ("<=", area, "nested events"),
                ).assuming(layers, *images, nested),
                chain(shortest, (">=", area, "critic")).assuming(layers, *images, nested),
            ),
        ),
        Part(
            (area <= shortest).assuming(layers),
            chains=(chain(area, ("<=", shortest, "critic")).assuming(layers),),
        ),
    ),
    words=(
        "Cut the line at every level $t$: $|x - y|$ is the length of the set of levels that lie between $x$ and $y$, "
        "so it is the integral over $t$ of $|1[x \\le t] - 1[y \\le t]|$. Whatever the coupling, the mean of this is "
        "at least $|F(t) - G(t)|$, because an absolute value of a mean is at most the mean of the absolute value; so "
        "$W_1 \\ge \\int |F - G|$. The monotone coupling, $x = Q_F(u)$ and $y = Q_G(u)$ with one uniform $u$, reaches "
        "it: $Q_F(u) \\le t$ exactly if $u \\le F(t)$, so the events $Q_F(u) \\le t$ and $Q_G(u) \\le t$ are nested, "
        "and they differ on a set of mass $|F(t) - G(t)|$."
    ),
    companion="numerics.wasserstein.w1_line",
    notes=(
        "Here $h(x, t)$ is the indicator $1[x \\le t]$, so that $E_p[h(x, t)] = F(t)$ and $E_q[h(y, t)] = G(t)$, and "
        "$d(x, y)$ is $|x - y|$.",
        "The hypotheses are three plain facts: the formula of the layers for $|x - y|$; a law is that of its quantile "
        "function at a uniform $u$; and for each $t$ one of the events $Q_F(u) \\le t$ and $Q_G(u) \\le t$ contains "
        "the other, being intervals that begin at $0$: their indicators differ in one direction only.",
    ),
)

# In the parameter -----------------------------------------------------------------------------------------------------

moved, kept, noise = laws("p_t p_s r")
w, z = variables("w z")
later, earlier = symbols("t s")
generator, speed = Function("G"), Function("L", range="nonnegative")
generated = (
    ("pushforward", moved(x), noise(z), generator(later, z)),
    ("pushforward", kept(y), noise(z), generator(earlier, z)),
)
triangles = (metric(x, w) <= metric(x, y) + metric(y, w), metric(y, w) <= metric(x, y) + metric(x, w))
at_t, at_s = W1(moved(x), q(w), metric(x, w)), W1(kept(y), q(w), metric(y, w))
between = W1(moved(x), kept(y), distance)
step = metric(generator(later, z), generator(earlier, z))

w1_continuity = Claim(
    id="w1-continuity",
    item="4.4",
    title="The Wasserstein distance follows the generator",
    question="Is the Wasserstein distance continuous in the parameters of the generator?",
    parts=(
        Part(
            (abs(at_t - at_s) <= E[noise(z)](step)).assuming(*triangles, *generated),
            chains=(
                chain(
                    abs(at_t - at_s),
                    ("<=", E[noise(z)](step), "triangle inequality, coupling"),
                ).assuming(*triangles, *generated),
            ),
        ),
        Part(
            (at_t - at_s <= E[noise(z)](step)).assuming(*triangles, *generated),
            chains=(
                chain(
                    at_t - at_s,
                    ("<=", between, "triangle inequality"),
                    ("<=", E[noise(z)](step), "coupling"),
                ).assuming(*triangles, *generated),
            ),
        ),
    ),
    words=(
        "By the triangle inequality the two distances to $q$ differ by at most the distance of $p_t$ and $p_s$, the "
        "laws of $G_t(z)$ and $G_s(z)$. Feeding both generators the same noise couples these laws, at the mean cost "
        "$E\\,d(G_t(z), G_s(z))$. So if $G_t(z)$ is continuous in $t$, and its steps have an integrable bound, then "
        "the distance is continuous, whatever the supports of the laws: that is what the divergence lacks."
    ),
    companion="numerics.wasserstein.w1_continuity",
    notes=(
        "$G(t, z)$ is $G_t(z)$. Of the distance only two instances of the triangle inequality are used, $d(x, w) \\le "
        "d(x, y) + d(y, w)$ and, by symmetry, $d(y, w) \\le d(x, y) + d(x, w)$.",
        "The triangle inequality of $W_1$ is no hypothesis: couplings of $p_t$ with $p_s$ and of $p_s$ with $q$ can be "
        "glued to a law of three points.",
    ),
)

steady = step <= speed(z) * abs(later - earlier)
rate = E[noise(z)](speed(z))
(dimension,) = symbols("n", sign="positive")
(steepness,) = symbols("K", sign="nonnegative")
k = index("k", dimension)
spot, start, goal_point = (variables("r")[0].copy(name) for name in ("r", "t'", "s'"))
(parameter,) = laws("a")
level, coordinate, rough = Function("w"), Function("c"), Function("N", range="unit")
way = sqrt(Sum[k]((coordinate(k, start) - coordinate(k, goal_point)) ** 2))
steady_level = abs(level(start) - level(goal_point)) <= steepness * way
told = nondifferentiable(rough(spot), level(spot), coordinate(k, spot))
smooth_almost_everywhere = (told, steady_level, cited("Rademacher", rough(spot) == 0))

w1_differentiable_ae = Claim(
    id="w1-differentiable-ae",
    item="4.4",
    title="The Wasserstein distance has a gradient almost everywhere",
    question="Can the Wasserstein distance be minimised by gradient descent in the parameters of the generator?",
    parts=(
        Part(
            (abs(at_t - at_s) <= abs(later - earlier) * rate).assuming(*triangles, *generated, steady),
            chains=(
                chain(
                    abs(at_t - at_s),
                    ("<=", E[noise(z)](step), "triangle inequality, coupling"),
                    ("<=", E[noise(z)](speed(z) * abs(later - earlier)), "non-negative integrand"),
                    ("=", abs(later - earlier) * rate, "linearity"),
                ).assuming(*triangles, *generated, steady),
            ),
            hints=atoms(nonnegative(noise(z) * (speed(z) * abs(later - earlier) - step), [z])),
        ),
        Part(
            (E[parameter(spot)](rough(spot)) == 0).assuming(*smooth_almost_everywhere),
            chains=(
                chain(E[parameter(spot)](rough(spot)), ("=", 0, "hypothesis")).assuming(*smooth_almost_everywhere),
            ),
        ),
    ),
    words=(
        "If a step from $s$ to $t$ moves the point that the noise $z$ makes by at most $L(z) |t - s|$, then the "
        "distance changes by at most $|t - s| \\, E\\,L(z)$: it is Lipschitz in the parameter, with a finite constant "
        "if $L$ is integrable. Locally this needs to hold near each parameter only. A Lipschitz function is "
        "differentiable almost everywhere (Rademacher), so outside of a null set there is a gradient to follow."
    ),
    companion="numerics.wasserstein.w1_differentiable_ae",
    notes=(
        "In the second part $w(r)$ is $W_1(p_r, q)$, $K$ is $E\\,L(z)$ near the parameter, $c(k, r)$ are the "
        "coordinates of $r$ in an open set on which this bound holds, so that there may be any number of parameters, "
        "and $a$ is any law of parameters with a density: it gives the points without a derivative no mass.",
        "Rademacher's theorem is cited in its usual form: on an open set a Lipschitz function has a derivative at "
        "almost all points, $N(r) = 0$. The kernel takes it only with the hypotheses that say what $N$ is and that "
        "$w$ is Lipschitz, and only for averages over densities.",
        "For two parallel lines nothing is cited: there $W_1 = |\\theta|$, whose derivative is computed for all "
        "$\\theta \\ne 0$ beside that of the Jensen-Shannon divergence.",
    ),
)

CLAIMS = topic([parallel_lines_w1, weak_duality, discrete_duality, w1_line, w1_continuity, w1_differentiable_ae])

if __name__ == "__main__":
    show(CLAIMS, __doc__)
