"""Neighbours of a statement in its models: what they agree with, and where its models are none of theirs."""

import pytest

from derivations.language import KL, E, Function, H, Integral, Normal, cross_entropy, laws, log, symbols, variables
from derivations.language.statements import declarations, encode
from derivations.refuter import Neighbourhood, Refuter

(P, Q, R), (x, z) = laws("p q r"), variables("x z")
f = Function("f")
TRUE = KL(Q(z), P(z)) == E[Q(z)](log(Q(z) / P(z)))
BAYES = log(P(x)) == log(P(x, z)) - log(P(z | x))


def agrees(neighbourhood, side, edited):
    return neighbourhood.agrees(declarations(side), encode(side), edited)


def answers(statement, edited, sides):
    """What a neighbourhood says of the statement with each of some terms for a side, in this order."""
    neighbourhood = Neighbourhood(statement.json(), 1)
    found = []
    for side in sides:
        pair = (side, statement.right) if edited == "lhs" else (statement.left, side)
        new = type(statement)(statement.relation, *pair, (), statement.given)
        found.append(agrees(neighbourhood, side, edited))
        if found[-1] is not None:  # the models of the new statement itself say the same
            own = Refuter(new.json(), 1).sample(models=1, certain=False)
            assert found[-1] == (own.consistent and own.finite > 0), side
    return found


def test_true_and_false_neighbours():
    false = KL(Q(z), P(z)) == -E[Q(z)](log(Q(z) / P(z)))
    sides = [TRUE.right, -TRUE.right, 2 * TRUE.right, cross_entropy(Q(z), P(z)) - H(Q(z)), E[P(z)](log(Q(z) / P(z)))]
    assert answers(false, "rhs", sides) == [True, False, False, True, False]
    assert answers(false, "lhs", [-KL(Q(z), P(z)), KL(Q(z), P(z)), KL(P(z), Q(z))]) == [True, False, False]


def test_conditionals_and_marginals_of_one_law():
    false = log(P(x)) == log(P(x, z)) + log(P(z | x))
    sides = [BAYES.right, log(P(x, z)) - log(P(x | z)), log(P(x | z)) + log(P(z)) - log(P(z | x))]
    assert answers(false, "rhs", sides) == [True, False, True]


def test_inequalities_keep_their_direction():
    false = KL(Q(z), P(z)) <= 0
    assert answers(false, "lhs", [-KL(Q(z), P(z)), KL(P(z), Q(z)), KL(Q(z), Q(z))]) == [True, False, True]
    assert answers(KL(Q(z), P(z)) < 0, "lhs", [-KL(Q(z), P(z)), KL(Q(z), P(z))]) == [True, False]


def test_the_side_that_stays_is_the_old_one_after_edits_of_the_other():
    neighbourhood = Neighbourhood((log(P(x)) == 2 * log(P(x))).json(), 1)
    for _ in range(2):
        assert agrees(neighbourhood, 2 * log(P(x)), "lhs") is True
        assert agrees(neighbourhood, log(P(x)), "rhs") is True
        assert agrees(neighbourhood, 3 * log(P(x)), "lhs") is False


@pytest.mark.parametrize(
    ("statement", "side"),
    [
        (TRUE, E[Q(z)](log(Q(z) / R(z)))),  # another law
        (TRUE, E[Q(z)](log(Q(z) / P(z | x)))),  # another variable
        (log(P(x)) + H(Q(z)) == 0, log(P(x | z))),  # another slot of a law
        (TRUE, E[Q(z)](f(z))),  # a function
        (E[P(x)](f(x)) == 0, Integral[x](P(x) * f(x) * Q(x))),  # another law, in an integral
        (E[P(x)](log(P(x))) == 0, log(P(x))),  # a variable free that was bound
        (log(P(x)) == 0, Integral[x](P(x)) - 1),  # a variable bound that was not
    ],
)
def test_what_needs_other_models_is_left_to_them(statement, side):
    assert answers(statement, "rhs", [side]) == [None]


def test_laws_on_real_lines_are_what_a_formula_says():
    (mu,), (s,) = symbols("mu"), symbols("s", sign="positive")
    (y,) = variables("y", "continuous")
    normal = E[P(y)](y) == mu + 1
    given = normal.assuming(P(y) == Normal(mu, s**2)(y))
    assert answers(given, "rhs", [mu]) == [True]
    assert answers(given, "rhs", [E[P(y)](f(y))]) == [None]
