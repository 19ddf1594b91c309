"""The Wasserstein distance and its critic (sheet, items 4.1 and 4.4).

Main statements
    ``parallel-lines-jsd``         two parallel lines have the divergence log 2, however close they are
    ``parallel-lines-gradients``   the divergence has no gradient there, the distance |theta| has one
    ``lipschitz-layers``           compositions, linear layers, clipped weights, ReLU

Notes
    The distance itself, its couplings and its critics: derivations.theory.transport.  Here a distance is a function
    d(x, y) >= 0 of which nothing else is used.  Source: Arjovsky, Chintala and Bottou, Wasserstein GAN, 2017.
"""

from fractions import Fraction

from derivations.claims import Claim, Part, chain, topic
from derivations.language import JSD, E, Function, Grad, Sum, index, laws, log, symbols, variables
from derivations.theory.hints import atoms, nonnegative, square

# Two parallel lines ---------------------------------------------------------------------------------------------------

at_zero, at_theta, uniform = laws("a b u")
x, y = variables("x y")
apart = at_zero(x) * at_theta(x) == 0
line, other_line = at_zero(x) * uniform(y), at_theta(x) * uniform(y)

parallel_lines_jsd = Claim(
    id="parallel-lines-jsd",
    item="4.1",
    title="The divergence of two parallel lines",
    question="Compute the Jensen-Shannon divergence of the laws of $(0, Y)$ and $(\\theta, Y)$.",
    parts=(
        Part(
            (JSD(line, other_line) == log(2)).assuming(apart),
            chains=(
                chain(
                    JSD(line, other_line),
                    (
                        "=",
                        E[line](log(2 * line / (line + other_line))) / 2
                        + E[other_line](log(2 * other_line / (line + other_line))) / 2,
                        "definition of JSD",
                    ),
                    ("=", log(2), "disjoint supports, logarithm of a product"),
                ).assuming(apart),
            ),
        ),
        Part(JSD(line, line) == 0),
    ),
    words=(
        "Both laws are a point mass in the first coordinate times the law of $Y$ in the second; write $a$ and $b$ for "
        "the point masses at $0$ and at $\\theta$. For $\\theta \\ne 0$ they have no point in common, so the mixture "
        "has half the density of whichever line a point lies on, and the divergence is $\\log 2$. For $\\theta = 0$ "
        "the laws are the same and it is $0$. In between there is nothing."
    ),
    companion="numerics.wasserstein.parallel_lines_jsd",
    notes=("Densities are with respect to the sum of the two laws; neither has one with respect to area.",),
)

(theta,) = symbols("theta", sign="nonzero")

parallel_lines_gradients = Claim(
    id="parallel-lines-gradients",
    item="4.1",
    title="Which of the two distances has a gradient",
    question="Why is the Wasserstein distance more suitable to learn $\\theta$ by gradient descent?",
    parts=(
        Part((JSD(line, other_line) == log(2)).assuming(apart)),
        Part(Grad[theta](log(2)) == 0),
        Part(Grad[theta](abs(theta)) == theta / abs(theta)),
        Part(JSD(line, line) == 0),
    ),
    words=(
        "For $\\theta \\ne 0$ the divergence is the constant $\\log 2$, so its derivative is $0$: gradient descent on "
        "it stays where it is, wherever that is, and at $\\theta = 0$ the divergence jumps to $0$. The Wasserstein "
        "distance is $|\\theta|$, with the derivative $\\mathrm{sign}(\\theta)$: it says in which direction to move, "
        "from any distance, and it is continuous at the optimum."
    ),
    companion="numerics.wasserstein.parallel_lines_gradients",
)

# Critics as networks --------------------------------------------------------------------------------------------------

f, g = Function("f"), Function("g")
metric = Function("d", range="nonnegative")
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
        "layer. A linear layer has its largest singular value as constant; that is at most the root of the sum of the "
        "squares of its weights, by the inequality of Cauchy and Schwarz, and so at most $c \\sqrt{ab}$ for an $a "
        "\\times b$ layer with weights clipped to $[-c, c]$. ReLU has the constant one: two inputs of the same sign "
        "keep their distance or lose all of it, and for $u \\ge 0 \\ge -v$ the outputs differ by $u$ and the inputs by "
        "$u + v$. This gives three ways to enforce the constraint: clip the weights (simple, but the bound is loose, "
        "so the critic becomes too weak), divide each layer by its spectral norm (tight layer by layer), or penalise "
        "gradients whose norm is not one at points between data and samples (no guarantee, but it uses the capacity "
        "best). Which constant $K$ comes out does not matter: it only scales the critic and so the gradient of the "
        "generator."
    ),
    companion="numerics.wasserstein.lipschitz_layers",
)

CLAIMS = topic([parallel_lines_jsd, parallel_lines_gradients, lipschitz_layers])

if __name__ == "__main__":
    from derivations.report.terminal import show

    show(CLAIMS, __doc__)
