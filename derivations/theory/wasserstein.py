"""The Wasserstein distance and its critic (sheet, items 4.1 and 4.4).

Main statements
    ``parallel-lines-jsd``         two parallel lines have the divergence log 2, however close they are
    ``parallel-lines-gradients``   the divergence has no gradient there, the distance |theta| has one

Notes
    The distance itself, its couplings and its critics: derivations.theory.transport; Lipschitz constants:
    derivations.theory.lipschitz.  Source: Arjovsky, Chintala and Bottou, Wasserstein GAN, 2017.
"""

from derivations.claims import Claim, Part, chain, show, topic
from derivations.language import JSD, E, Grad, laws, log, symbols, variables

# Two parallel lines ---------------------------------------------------------------------------------------------------

at_zero, at_theta, uniform = laws("a b u")
x, y = variables("x y")
apart = at_zero(x) * at_theta(x) == 0
line, other_line = at_zero(x) * uniform(y), at_theta(x) * uniform(y)

without_overlap = chain(
    JSD(line, other_line),
    (
        "=",
        E[line](log(2 * line / (line + other_line))) / 2 + E[other_line](log(2 * other_line / (line + other_line))) / 2,
        "definition of JSD",
    ),
    ("=", log(2), "disjoint supports, logarithm of a product"),
).assuming(apart)

parallel_lines_jsd = Claim(
    id="parallel-lines-jsd",
    item="4.1",
    title="The divergence of two parallel lines",
    question="Compute the Jensen-Shannon divergence of the laws of $(0, Y)$ and $(\\theta, Y)$.",
    parts=(
        Part(
            (JSD(line, other_line) == log(2)).assuming(apart),
            chains=(without_overlap,),
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
        Part((JSD(line, other_line) == log(2)).assuming(apart), chains=(without_overlap,)),
        Part(Grad[theta](log(2)) == 0),
        Part(
            Grad[theta](abs(theta)) == theta / abs(theta),
            chains=(chain(Grad[theta](abs(theta)), ("=", theta / abs(theta), "differentiation")),),
        ),
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

CLAIMS = topic([parallel_lines_jsd, parallel_lines_gradients])

if __name__ == "__main__":
    show(CLAIMS, __doc__)
