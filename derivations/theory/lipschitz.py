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

from derivations.claims import Claim, Part, chain, topic
from derivations.language import E, Function, Sum, index, laws, sup, symbols, variables
from derivations.language.matrices import eigenvalue
from derivations.language.terms import term
from derivations.theory.hints import atoms, nonnegative, rayleigh, square

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
above, below = symbols("u v", sign="nonnegative")

lipschitz_layers = Claim(
    id="lipschitz-layers",
    item="4.4",
    title="Lipschitz constants, layer by layer",
    question="How can the constraint be enforced on a family of neural networks?",
    parts=(
        Part(
            (far <= outer * inner * metric(x, y)).assuming(far <= outer * near, near <= inner * metric(x, y)),
            hints=atoms(nonnegative(outer * near - far), nonnegative(outer * (inner * metric(x, y) - near))),
        ),
        Part(
            output(W) <= spectral * length,
            hints=atoms(rayleigh(spectral, change[j])),
        ),
        Part(spectral <= sup[unit, Sum[l](unit(l) ** 2) <= 1](image)),
        Part(
            output(W) <= Sum[i](Sum[j](W(i, j) ** 2)) * length,
            hints=atoms(square(1, W(i, j) * change[l] - W(i, l) * change[j], [i, j, l], factor=Fraction(1, 2))),
        ),
        Part(
            output(bounded) <= c**2 * rows * columns * length,
            hints=atoms(
                square(1, bounded(i, j) * change[l] - bounded(i, l) * change[j], [i, j, l], factor=Fraction(1, 2)),
                nonnegative(4 * c**2 * U(i, j) * (1 - U(i, j)) * change[l] ** 2, [i, j, l]),
            ),
        ),
        Part(
            above**2 <= (above + below) ** 2,
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
k = index("i", dimension)
partial, coordinate = Function("g"), Function("c")  # of a point: the i-th partial derivative of f, the i-th coordinate
between = Function("m")(x, y)  # a point of the segment from x to y
rise = f(y) - f(x)
step = coordinate(k, y) - coordinate(k, x)
there, here = partial(k, between), partial(k, x)
along = Sum[k](there * step)
radius, time, error = symbols("r t epsilon", sign="positive")
(norm,) = symbols("N", sign="nonnegative")
steep = time * (Sum[k](here**2) - error)

gradient_norm = Claim(
    id="gradient-norm",
    item="4.4",
    title="Being 1-Lipschitz is having short gradients",
    question="Why does a penalty on the norm of the gradient enforce the constraint?",
    parts=(
        Part(
            (rise <= radius).assuming(rise <= along, Sum[k](there**2) <= 1, Sum[k](step**2) <= radius**2),
            hints=atoms(
                nonnegative(along - rise),
                square(1 / (2 * radius), step - radius * there, [k]),
                nonnegative(1 - Sum[k](there**2), factor=radius / 2),
                nonnegative(radius**2 - Sum[k](step**2), factor=1 / (2 * radius)),
            ),
        ),
        Part(
            (norm <= 1 + error).assuming(
                norm**2 <= Sum[k](here**2), steep <= rise, rise <= metric(x, y), metric(x, y) <= time * norm
            ),
            hints=atoms(
                square(1, 1 - norm),
                nonnegative(Sum[k](here**2) - norm**2),
                nonnegative(rise - steep, factor=1 / time),
                nonnegative(metric(x, y) - rise, factor=1 / time),
                nonnegative(time * norm - metric(x, y), factor=1 / time),
            ),
        ),
    ),
    words=(
        "Let $f$ be differentiable on an open convex set, $g_i$ its partial derivatives, $c_i(x)$ the coordinates of "
        "$x$. If the gradient is nowhere longer than 1: by the mean value theorem $f(y) - f(x) = \\nabla f(m) \\cdot "
        "(y - x)$ for some $m$ on the segment from $x$ to $y$, which lies in the set because it is convex. By the "
        "inequality of Cauchy and Schwarz this is at most every $r > 0$ that is at least $\\|y - x\\|$, so it is at "
        "most $\\|y - x\\|$. If $f$ is 1-Lipschitz: go from $x$ along the gradient, to $y = x + t \\nabla f(x)$, which "
        "is in the set for small $t > 0$ because it is open. By the definition of the derivative $f(y) - f(x) \\ge t "
        "(\\|\\nabla f(x)\\|^2 - \\varepsilon)$ once $t$ is small, and by the Lipschitz bound it is at most "
        "$\\|y - x\\| = t N$ with $N = \\|\\nabla f(x)\\|$. So $N^2 \\le N + \\varepsilon$, hence $N \\le 1 + "
        "\\varepsilon$, for every $\\varepsilon > 0$, and $N \\le 1$. On a set that is not convex only the second half "
        "holds: the angle on a slit ring outside of the unit circle has short gradients and jumps across the slit."
    ),
    companion="numerics.wasserstein.gradient_norm",
    notes=(
        "What is assumed is the mean value theorem at the two points, the definition of the derivative in the "
        "direction of the gradient, and what each half of the claim supposes; that the gradient is continuous is not "
        "needed. For $f(x) - f(y)$ exchange the points.",
    ),
)

CLAIMS = topic([lipschitz_scaling, lipschitz_layers, gradient_norm])

if __name__ == "__main__":
    from derivations.report.terminal import show

    show(CLAIMS, __doc__)
