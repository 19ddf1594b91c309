"""Why a Lipschitz constant is enough, and how a network gets one (sheet, item 4.4).

Main statements
    ``lipschitz-scaling``   the best K-Lipschitz critic gains K times what the best 1-Lipschitz critic gains
    ``lipschitz-layers``    compositions, linear layers and their spectral norm, clipped weights, ReLU
    ``gradient-norm``       a differentiable function is 1-Lipschitz iff its gradient is nowhere longer than 1

Notes
    The supremum over K-Lipschitz functions is one over a class that an inequality describes; no law needs a first
    moment, since a supremum ranges over the functions whose two means converge.  The distance is a function
    d(x, y) >= 0 of which nothing else is used.  Sources: Gouk, Frank, Pfahringer and Cree,
    Regularisation of neural networks by enforcing Lipschitz continuity, 2021; Miyato et al., Spectral normalization,
    2018.
"""

from fractions import Fraction

from derivations.claims import Claim, Part, chain, show, topic
from derivations.language import (
    E,
    Function,
    Sum,
    convex,
    gradient,
    index,
    laws,
    sqrt,
    sup,
    symbols,
    variables,
)
from derivations.language.matrices import eigenvalue
from derivations.language.terms import term
from derivations.theory.hints import atoms, cauchy_schwarz, lemmas, nonnegative, rayleigh, square, value_at

# The constant of a critic ---------------------------------------------------------------------------------------------

p, q = laws("p q")
x, y = variables("x y")
f, g = Function("f"), Function("g")
metric = Function("d", range="nonnegative")
(K,) = symbols("K", sign="positive")


def steepest(critic, constant, factor=1):  # type: ignore[no-untyped-def]
    """The supremum of E_p - E_q of a multiple of the critics with a Lipschitz constant."""
    means = E[p(x)](factor * critic(x)) - E[q(y)](factor * critic(y))
    return sup[critic, critic(x) - critic(y) <= constant * metric(x, y)](means)


lipschitz_scaling = Claim(
    id="lipschitz-scaling",
    item="4.4",
    title="Every Lipschitz constant gives the same distance, up to scale",
    question="Why is it enough that the critic is $K$-Lipschitz for some $K$?",
    parts=(
        Part(
            steepest(f, K) == K * steepest(g, 1),
            chains=(
                chain(
                    steepest(f, K),
                    ("=", steepest(g, 1, factor=K), "supremum over a class"),
                    ("=", K * steepest(g, 1), "supremum over a class"),
                ),
            ),
        ),
    ),
    words=(
        "Write $f = K g$: if $f$ is $K$-Lipschitz, then $g = f / K$ is 1-Lipschitz, and the other way round. Means "
        "are linear, so the gain of $f$ is $K$ times that of $g$: no $K$-Lipschitz function gains more than $K$ times "
        "the supremum over 1-Lipschitz functions, and no 1-Lipschitz function gains more than $1 / K$ times the other "
        "one. So a critic whose constant is not known, but bounded, still estimates the Wasserstein distance up to a "
        "factor, and the factor only rescales the gradient of the generator, as a learning rate does."
    ),
    companion="numerics.wasserstein.lipschitz_scaling",
    notes=(
        "The supremum ranges over the functions for which both means converge; with finite first moments these are all "
        "functions of the class. It may be infinite: then both sides are.",
    ),
)

# Critics as networks --------------------------------------------------------------------------------------------------

outer, inner = symbols("a b", sign="nonnegative")
far = metric(f(g(x)), f(g(y)))
near = metric(g(x), g(y))

rows, columns = symbols("a b", sign="positive")
i, j, l = index("i", rows), index("j", columns), index("l", columns)
W, U = Function("W"), Function("U", range="unit")
(change,) = symbols("u", shape=(columns,))
(c,) = symbols("c", sign="nonnegative")
clipped = c * (2 * U(i, j) - 1)


def output(weight):  # type: ignore[no-untyped-def]
    """The squared length of what a linear layer makes of a change of its input."""
    return Sum[i](Sum[j](weight(i, j) * change[j]) * Sum[l](weight(i, l) * change[l]))


def bounded(row, column):  # type: ignore[no-untyped-def]
    """A weight between -c and c."""
    return c * (2 * U(row, column) - 1)


length = Sum[l](change[l] ** 2)
spectral = eigenvalue(term(1), j, l, Sum[i](W(i, j) * W(i, l)))  # the square of the largest singular value
unit = Function("v")
image = Sum[i](Sum[j](W(i, j) * unit(j)) * Sum[l](W(i, l) * unit(l)))
longest = sup[unit, Sum[l](unit(l) ** 2) <= 1](image)
above, below = symbols("u v", sign="nonnegative")


def frobenius(weight):  # type: ignore[no-untyped-def]
    """The sum of the squares of the weights."""
    return Sum[i](Sum[j](weight(i, j) ** 2))


def cauchy(weight):  # type: ignore[no-untyped-def]
    """The inequality of Cauchy and Schwarz for the rows of a layer, as a sum of squares (Lagrange's identity)."""
    return square(1, weight(i, j) * change[l] - weight(i, l) * change[j], [i, j, l], factor=Fraction(1, 2))


small = nonnegative(4 * c**2 * U(i, j) * (1 - U(i, j)) * change[l] ** 2, [i, j, l])  # c^2 - w^2 for each weight w

lipschitz_layers = Claim(
    id="lipschitz-layers",
    item="4.4",
    title="Lipschitz constants, layer by layer",
    question="How can the constraint be enforced on a family of neural networks?",
    parts=(
        Part(
            (far <= outer * inner * metric(x, y)).assuming(far <= outer * near, near <= inner * metric(x, y)),
            chains=(
                chain(
                    far,
                    ("<=", outer * near, "Lipschitz bound"),
                    ("<=", outer * inner * metric(x, y), "Lipschitz bound"),
                ).assuming(far <= outer * near, near <= inner * metric(x, y)),
            ),
            hints=atoms(nonnegative(outer * near - far), nonnegative(outer * (inner * metric(x, y) - near))),
        ),
        Part(
            output(W) <= spectral * length,
            chains=(
                chain(
                    output(W),
                    ("=", Sum[j](Sum[l](Sum[i](W(i, j) * W(i, l)) * change[j] * change[l])), "linearity"),
                    ("<=", spectral * length, "Rayleigh quotient", atoms(rayleigh(spectral, change[j]))),
                ),
            ),
            hints=atoms(rayleigh(spectral, change[j])),
        ),
        Part(spectral <= longest, chains=(chain(spectral, ("<=", longest, "unit eigenvector")),)),
        Part(
            output(W) <= frobenius(W) * length,
            chains=(
                chain(
                    output(W),
                    ("<=", Sum[i](Sum[j](W(i, j) ** 2) * length), "squares", atoms(cauchy(W))),
                    ("=", frobenius(W) * length, "linearity"),
                ),
            ),
            hints=atoms(cauchy(W)),
        ),
        Part(
            output(bounded) <= c**2 * rows * columns * length,
            chains=(
                chain(
                    output(bounded),
                    ("<=", frobenius(bounded) * length, "squares", atoms(cauchy(bounded))),
                    ("<=", Sum[i](Sum[j](c**2)) * length, "non-negative integrand", atoms(small)),
                    ("=", c**2 * rows * columns * length, "sum of a constant"),
                ),
            ),
            hints=atoms(cauchy(bounded), small),
        ),
        Part(
            above**2 <= (above + below) ** 2,
            chains=(
                chain(
                    above**2,
                    ("<=", above**2 + 2 * above * below + below**2, "non-negative integrand"),
                    ("=", (above + below) ** 2, "algebra"),
                ),
            ),
            hints=atoms(nonnegative(2 * above * below + below**2)),
        ),
    ),
    words=(
        "A composition of Lipschitz maps has at most the product of their constants, so it is enough to bound every "
        "layer. Whatever the bias, a linear layer moves two outputs apart by $W u$ if the inputs differ by $u$, and "
        "$\\|W u\\|^2 = u^\\top W^\\top W u \\le \\sigma^2 \\|u\\|^2$ for the largest eigenvalue $\\sigma^2$ of "
        "$W^\\top W$, with equality for an eigenvector $u$ of it: so its constant is the spectral norm $\\sigma$, and "
        "no smaller number. That is at most the root of the sum of the squares of its weights, by the inequality of "
        "Cauchy and Schwarz, and so at most $c \\sqrt{ab}$ for an $a \\times b$ layer with weights cut to $[-c, c]$. "
        "ReLU has the constant one: two inputs of the same sign "
        "keep their distance or lose all of it, and for $u \\ge 0 \\ge -v$ the outputs differ by $u$ and the inputs by "
        "$u + v$. This gives three ways to enforce the constraint: clip the weights (simple, but the bound is loose, "
        "so the critic becomes too weak), divide each layer by its spectral norm (tight layer by layer), or penalise "
        "gradients whose norm is not one at points between data and samples (no guarantee, but it uses the capacity "
        "best). Which constant $K$ comes out does not matter: it only scales the critic and so the gradient of the "
        "generator."
    ),
    companion="numerics.wasserstein.lipschitz_layers",
)

# Gradients ------------------------------------------------------------------------------------------------------------

(dimension,) = symbols("n", sign="positive")
k = index("k", dimension)
partial, coordinate = Function("g"), Function("c")  # of a point: the k-th partial derivative of f, the k-th coordinate
here, there, anywhere = (x.copy(name) for name in ("x", "y", "z"))
between = x.copy("m")
differentiable = (gradient(f(here), partial(k, here), coordinate(k, here)),)
on_convex = (*differentiable, convex(coordinate(k, here)))


def norm(component):  # type: ignore[no-untyped-def]
    """The Euclidean length of a vector, given by its k-th component."""
    return sqrt(Sum[k](component**2))


rise = f(there) - f(here)
step = coordinate(k, there) - coordinate(k, here)
slope = norm(partial(k, here))
short = (norm(partial(k, anywhere)) <= 1,)  # at all points
steep = rise <= norm(step)  # for all pairs of points
along = sup[between](Sum[k](partial(k, between) * step))
at_most = sup[between](norm(partial(k, between)) * norm(step))
by_length = cauchy_schwarz(partial(k, anywhere), step, [k])
direction = Function("v")
forward = Sum[k](partial(k, here) * direction(k))

gradient_norm = Claim(
    id="gradient-norm",
    item="4.4",
    title="Being 1-Lipschitz is having short gradients",
    question="Why does a penalty on the norm of the gradient enforce the constraint?",
    parts=(
        Part(
            (rise <= norm(step)).assuming(*on_convex, *short),
            chains=(
                chain(
                    rise,
                    ("<=", along, "mean value theorem"),
                    (
                        "<=",
                        at_most,
                        "Cauchy-Schwarz inequality",
                        atoms(by_length, value_at(at_most, anywhere)),
                    ),
                    ("<=", norm(step), "bounded at all points"),
                ).assuming(*on_convex, *short),
            ),
            hints=atoms(by_length, nonnegative((1 - norm(partial(k, anywhere))) * norm(step))),
        ),
        Part(
            (forward <= norm(direction(k))).assuming(*differentiable, steep),
            chains=(
                chain(forward, ("<=", norm(direction(k)), "derivative as a limit")).assuming(*differentiable, steep),
            ),
        ),
        Part(
            (slope <= 1).assuming(*differentiable, steep),
            chains=(
                chain(
                    slope,
                    ("<=", 1 - slope + Sum[k](partial(k, here) ** 2), "squares", atoms(square(1, 1 - slope))),
                    (
                        "<=",
                        1,
                        "derivative as a limit",
                        {
                            **lemmas(Sum[k](partial(k, here) ** 2) <= slope),
                            **atoms(nonnegative(slope - Sum[k](partial(k, here) ** 2))),
                        },
                    ),
                ).assuming(*differentiable, steep),
            ),
            hints={
                **lemmas(Sum[k](partial(k, here) ** 2) <= slope),
                **atoms(square(1, 1 - slope), nonnegative(slope - Sum[k](partial(k, here) ** 2))),
            },
        ),
    ),
    words=(
        "Let $f$ be differentiable on an open convex set, $g(k, x)$ its partial derivatives at $x$ and $c(k, x)$ the "
        "coordinates of $x$. If the gradient is nowhere longer than 1: by the mean value theorem $f(y) - f(x) = "
        "\\nabla f(m) \\cdot (y - x)$ for some $m$ on the segment from $x$ to $y$, which lies in the set because it "
        "is convex. By the inequality of Cauchy and Schwarz that is at most $\\|\\nabla f(m)\\| \\, \\|y - x\\|$, so "
        "at most $\\|y - x\\|$. If $f$ is 1-Lipschitz: go from $x$ in a direction $v$, to $y = x + t v$, which is in "
        "the set for small $t > 0$ because it is open. Then $(f(y) - f(x)) / t \\le \\|y - x\\| / t = \\|v\\|$, and "
        "in the limit $\\nabla f(x) \\cdot v \\le \\|v\\|$. Along the gradient itself this says $N^2 \\le N$ for its "
        "length $N$, so $N \\le N + (1 - N)^2 = 1 - N + N^2 \\le 1$. On a set that is not convex only the second "
        "half holds: the angle on a slit ring outside of the unit circle has short gradients and jumps across the "
        "slit."
    ),
    companion="numerics.wasserstein.gradient_norm",
    notes=(
        "Hypotheses hold at all values of their variables, so that $f(y) - f(x) \\le \\|y - x\\|$ for all $x$ and "
        "$y$ is the Lipschitz condition: exchange the points for $|f(y) - f(x)|$. That the gradient is continuous is "
        "not needed.",
        "Convexity is used by the mean value theorem only, and no proof of the first half is found without it; that "
        "the set is open, by the limit of difference quotients.",
    ),
)

CLAIMS = topic([lipschitz_scaling, lipschitz_layers, gradient_norm])

if __name__ == "__main__":
    show(CLAIMS, __doc__)
