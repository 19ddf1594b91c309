"""Autoencoders and variational autoencoders (sheet, task 1).

Main statements
    ``ae-gaussian-nll``        a Gaussian decoder turns the squared error into a negative log-likelihood
    ``linear-ae-pca``          a linear autoencoder loses the smallest eigenvalues of the second moments
    ``ae-code-freedom``        the loss of an autoencoder does not determine the law of its codes
    ``no-kl-bound``            without the divergence the best encoder is a point mass, where there is a best one
    ``no-kl-collapse``         for a linear Gaussian decoder its variance goes to zero

Notes
    The k-th component of the decoder's output for a code z is f(z, k).  Sources: Baldi and Hornik, Neural networks and
    principal component analysis, 1989; Kingma and Welling, Auto-Encoding Variational Bayes, 2014.
"""

from fractions import Fraction

from derivations.claims import Claim, Part, chain, show, topic
from derivations.language import (
    E,
    Function,
    Grad,
    Limit,
    Normal,
    Product,
    Sum,
    cited,
    index,
    inf,
    laws,
    log,
    pi,
    sup,
    symbols,
    variables,
)
from derivations.language.matrices import eckart_young, eigenvalue
from derivations.theory.hints import atoms, choice, nonnegative, square

p, q, p_data = laws("p q p_data")
x, z = variables("x z")
half = Fraction(1, 2)

# The autoencoder's objective ------------------------------------------------------------------------------------------

(n,) = symbols("n", sign="positive")
(s,) = symbols("s", sign="positive")
(image,) = variables("x", kind="continuous", shape=(n,))
k = index("k", n)
f, g = Function("f"), Function("g")

decoded = f(g(image), k)
likelihood = Product[k](Normal(decoded, s**2)(image[k]))
squared_error = Sum[k]((image[k] - decoded) ** 2)

ae_gaussian_nll = Claim(
    id="ae-gaussian-nll",
    item="1.1",
    title="The squared error is a Gaussian log-likelihood",
    question="Write down the optimisation objective of a standard autoencoder. What is being minimised?",
    parts=(
        Part(
            -log(likelihood) == squared_error / (2 * s**2) + n / 2 * log(2 * pi * s**2),
            chains=(
                chain(
                    -log(likelihood),
                    (
                        "=",
                        Sum[k]((image[k] - decoded) ** 2 / (2 * s**2) + half * log(2 * pi * s**2)),
                        "Gaussian density",
                    ),
                    ("=", squared_error / (2 * s**2) + n / 2 * log(2 * pi * s**2), "linearity"),
                ),
            ),
        ),
    ),
    words=(
        "An autoencoder minimises the reconstruction error $\\sum_i \\|x_i - f(g(x_i))\\|^2$ over the parameters of "
        "the encoder $g$ and the decoder $f$: nothing but the distance between a datum and what is left of it after "
        "the code. In the language of likelihoods this is $-\\log p(x|z)$ at the one code $z = g(x)$, for a decoder "
        "that adds Gaussian noise of a fixed variance $s^2$ to $f(z)$, up to the factor $1/(2 s^2)$ and a constant. "
        "No law of the codes occurs in it. Other decoders give other errors: Bernoulli pixels give the cross-entropy."
    ),
    companion="numerics.autoencoder.ae_gaussian_nll",
)

# A linear autoencoder: x_i goes to the code A x_i, and comes back as B A x_i.

N, n_codes = symbols("N K", sign="positive")
X, A, B, C, D = Function("X"), Function("A"), Function("B"), Function("C"), Function("D")
row, column, again, other_column = index("i", N), index("j", n), index("l", n), index("m", n)
unit, lost = index("k", n_codes), index("t", n, n_codes + 1)  # the codes that are kept; the directions that are not

datum = X(row, column)
linear_code = Sum[again](A(unit, again) * X(row, again))


def distance(left, right):  # type: ignore[no-untyped-def]
    """The squared distance of the data from the matrix with the entries sum_k left(i, k) right(k, j)."""
    return Sum[row](Sum[column]((datum - Sum[unit](left * right)) ** 2))


linear_loss = distance(linear_code, B(unit, column))
nearest = inf[C](inf[D](distance(C(row, unit), D(unit, column))))  # of all matrices of rank K
nearest_by_code = inf[D](distance(linear_code, D(unit, column)))
moments = Sum[row](X(row, column) * X(row, other_column)) / N
smallest = N * Sum[lost](eigenvalue(lost, column, other_column, moments))
reduction = (choice(nearest, (row, unit), linear_code), choice(nearest_by_code, (unit, column), B(unit, column)))
least_distance = cited("Eckart-Young", eckart_young(X, N, n, n_codes))
Y = Function("Y")  # the data in the coordinates of the eigenvectors

# In the plane: the code a . x is one number, the decoder multiplies it by b.

x1, x2 = symbols("x_1 x_2", shape=(N,))
i = index("i", N)
a1, a2, b1, b2 = symbols("a_1 a_2 b_1 b_2")
l1, l2 = symbols("l_1 l_2", sign="nonnegative")

bottleneck = a1 * x1[i] + a2 * x2[i]
planar_loss = Sum[i]((x1[i] - b1 * bottleneck) ** 2 + (x2[i] - b2 * bottleneck) ** 2)
first_moment, mixed, second_moment = Sum[i](x1[i] ** 2), Sum[i](x1[i] * x2[i]), Sum[i](x2[i] ** 2)


def by_moments(s11, s12, s22):  # type: ignore[no-untyped-def]
    """The loss by the second moments of the data."""
    straight = s11 * ((1 - b1 * a1) ** 2 + (b2 * a1) ** 2) + s22 * ((b1 * a2) ** 2 + (1 - b2 * a2) ** 2)
    return straight - 2 * s12 * ((1 - b1 * a1) * b1 * a2 + (1 - b2 * a2) * b2 * a1)


linear_ae_pca = Claim(
    id="linear-ae-pca",
    item="1.1",
    title="A linear autoencoder finds the principal components",
    question="How small can the objective become for a linear autoencoder?",
    parts=(
        Part(
            linear_loss >= nearest,
            chains=(
                chain(
                    linear_loss,
                    (">=", nearest_by_code, "bounded by its infimum", atoms(reduction[1])),
                    (">=", nearest, "bounded by its infimum", atoms(reduction[0])),
                ),
            ),
            hints=atoms(*reduction),
        ),
        Part(
            (linear_loss >= smallest).assuming(least_distance),
            chains=(
                chain(
                    linear_loss,
                    (">=", nearest_by_code, "bounded by its infimum", atoms(reduction[1])),
                    (
                        ">=",
                        smallest,
                        "theorem of Eckart and Young",
                        atoms(reduction[0], nonnegative(nearest - smallest)),
                    ),
                ).assuming(least_distance),
            ),
            hints=atoms(*reduction, nonnegative(nearest - smallest)),
        ),
        Part(Sum[row](Sum[lost](Y(row, lost) ** 2)) == N * Sum[lost](Sum[row](Y(row, lost) ** 2) / N)),
        Part(planar_loss == by_moments(first_moment, mixed, second_moment)),
        Part(
            (by_moments(l1, 0, l2) >= l2).assuming(l1 >= l2),
            hints=atoms(
                square(l1 - l2, 1 - b1 * a1),
                square(l1 - l2, b2 * a1),
                square(l2, 1 - a1 * b1 - a2 * b2),
                square(l2, a1 * b2 - a2 * b1),
            ),
        ),
        Part(Sum[i]((x1[i] - 1 * (1 * x1[i] + 0 * x2[i])) ** 2 + x2[i] ** 2) == second_moment),
    ),
    words=(
        "The reconstructions $B A x_i$ are the rows of a product of an $N \\times K$ matrix, the codes, and a $K "
        "\\times n$ matrix, the decoder. So the loss is at least the squared distance of the data matrix from the "
        "matrices of rank $K$, which by the theorem of Eckart and Young is $N \\sum_{k>K} l_k$, the sum of the "
        "smallest eigenvalues of $S$. It is reached: in the coordinates of the eigenvectors of $S$ the eigenvalue "
        "$l_k$ is the mean square of the $k$-th coordinate, and an encoder that keeps the first $K$ coordinates loses "
        "just the others. For two dimensions and a code of one number nothing need be cited: the difference of the "
        "loss from $l_2$ is a sum of squares with the weights $l_1 - l_2$ and $l_2$. So a linear autoencoder finds the "
        "plane of the principal components, though not the components themselves: any invertible change of the code "
        "gives the same loss."
    ),
    companion="numerics.autoencoder.linear_ae_pca",
    notes=(
        "For any n and K the lower bound rests on the theorem of Eckart and Young, which is cited and not proved here. "
        "Proved is that it applies: the loss is the squared distance of the data from a matrix of rank K.",
        "That the bound is reached, and all of the case n = 2, K = 1, is shown in the coordinates of the eigenvectors "
        "of S, where the mixed moments vanish: rotating the data rotates encoder and decoder and leaves the loss as it "
        "is. The case n = 2, K = 1 needs no citation.",
    ),
)

reconstruction = E[q(z | x)](log(p(x | z)))
other = z.copy("z'")
best = sup[other](log(p(x | other)))

# The codes of an autoencoder ------------------------------------------------------------------------------------------

T, T_inv, distance = Function("T"), Function("T_inv"), Function("d", range="nonnegative")
invertible = T_inv(T(z)) == z
loss = E[p_data(x)](distance(x, f(g(x))))
(c,) = symbols("c", sign="nonzero")

ae_code_freedom = Claim(
    id="ae-code-freedom",
    item="1.3",
    title="The loss of an autoencoder does not see the codes",
    question="Why is sampling from the latent space not possible in a plain autoencoder?",
    parts=(
        Part(
            (E[p_data(x)](distance(x, f(T_inv(T(g(x)))))) == loss).assuming(invertible),
            chains=(
                chain(E[p_data(x)](distance(x, f(T_inv(T(g(x)))))), ("=", loss, "hypothesis")).assuming(invertible),
            ),
        ),
        Part(
            E[p_data(x)](distance(x, f(c * g(x) / c))) == loss,
            chains=(chain(E[p_data(x)](distance(x, f(c * g(x) / c))), ("=", loss, "algebra")),),
        ),
        Part(
            E[p_data(x)]((c * g(x)) ** 2) == c**2 * E[p_data(x)](g(x) ** 2),
            chains=(
                chain(
                    E[p_data(x)]((c * g(x)) ** 2),
                    ("=", E[p_data(x)](c**2 * g(x) ** 2), "algebra"),
                    ("=", c**2 * E[p_data(x)](g(x) ** 2), "linearity"),
                ),
            ),
        ),
    ),
    words=(
        "Encode with $T \\circ g$ and decode with $f \\circ T^{-1}$ for any invertible $T$: the reconstructions are "
        "the same, so the loss is the same, but the codes are others. Already $T(z) = c z$ gives codes of any scale. "
        "So the loss does not determine the law of the codes, and there is no law $p(z)$ that one could know and "
        "sample from: a code drawn from $N(0, I)$ may lie where no code of a datum ever was, and what the decoder does "
        "there was never trained."
    ),
    companion="numerics.autoencoder.ae_code_freedom",
)

# Without the divergence term ------------------------------------------------------------------------------------------

no_kl_bound = Claim(
    id="no-kl-bound",
    item="1.4",
    title="Without the divergence term the best encoder is a point mass",
    question="What is the objective if the divergence term is dropped, and who maximises it?",
    parts=(
        Part(
            sup[q](reconstruction) == sup[z](log(p(x | z))),
            chains=(chain(sup[q](reconstruction), ("=", sup[z](log(p(x | z))), "point masses")),),
        ),
        Part(
            (reconstruction <= best).iff(log(p(x | z)) == best),
            chains=(
                chain(
                    reconstruction,
                    ("<=", E[q(z | x)](best), "bounded by its supremum"),
                    ("=", best, "normalisation"),
                ),
            ),
        ),
    ),
    words=(
        "What is left is $E_{q(z|x)}[\\log p(x|z)]$. An average cannot exceed the largest value averaged, and a point "
        "mass at a code $z$ gives the value $\\log p(x|z)$ itself, so the supremum over all encoders is the supremum "
        "over all codes. An encoder reaches it only if all its codes do; so it is reached by a point mass exactly if "
        "some code is best, and otherwise by nobody. Nothing in the objective asks for spread, nor for codes anywhere "
        "near the prior: this is the objective of an autoencoder."
    ),
    companion="numerics.autoencoder.no_kl_bound",
)

b, m = symbols("b m")
(w,) = symbols("w", sign="nonzero")
(v,) = symbols("v", sign="positive")
observed, code = variables("x z", kind="continuous")
objective = E[Normal(m, v)(code)](log(Normal(w * code + b, s**2)(observed)))
constant = -half * log(2 * pi * s**2)
closed_form = constant - ((observed - w * m - b) ** 2 + w**2 * v) / (2 * s**2)

no_kl_collapse = Claim(
    id="no-kl-collapse",
    item="1.4",
    title="The encoder's variance collapses",
    question="Write down the new objective, and say whether the resulting model would still be generative.",
    parts=(
        Part(
            objective == closed_form,
            chains=(
                chain(
                    objective,
                    (
                        "=",
                        E[Normal(m, v)(code)](constant - (observed - w * code - b) ** 2 / (2 * s**2)),
                        "Gaussian density",
                    ),
                    ("=", closed_form, "Gaussian moments"),
                ),
            ),
        ),
        Part(
            Grad[v](objective) == -(w**2) / (2 * s**2),
            chains=(
                chain(
                    Grad[v](objective),
                    ("=", Grad[v](closed_form), "Gaussian density, Gaussian moments"),
                    ("=", -(w**2) / (2 * s**2), "differentiation"),
                ),
            ),
        ),
        Part(-(w**2) / (2 * s**2) < 0),
        Part(Limit[v, 0](objective) == constant - (observed - (w * m + b)) ** 2 / (2 * s**2)),
    ),
    words=(
        "For a linear Gaussian decoder and a Gaussian encoder the objective is the autoencoder's loss at the mean of "
        "the code, up to scale and constant, minus $w^2 v / (2 s^2)$. If the decoder uses its code ($w \\ne 0$), every "
        "bit of variance costs, at the rate $w^2/(2 s^2)$, and nothing rewards it; so $v \\to 0$, and in the limit the "
        "loss is that of an autoencoder. The trained model can still reconstruct, but it is no longer generative in "
        "any useful sense: $p(x) = \\int p(x|z)\\,p(z)\\,dz$ remains a law that can be sampled, yet training never "
        "looked at it. The codes of the data are points that lie where the encoder likes, codes drawn from the prior "
        "fall between them or far away, and the decoder was never trained there. If $w = 0$ the code is ignored, and "
        "its variance does not matter."
    ),
    companion="numerics.autoencoder.no_kl_collapse",
)

CLAIMS = topic(
    [
        ae_gaussian_nll,
        linear_ae_pca,
        ae_code_freedom,
        no_kl_bound,
        no_kl_collapse,
    ]
)

if __name__ == "__main__":
    show(CLAIMS, __doc__)
