"""Refutations that a careful reader would make, and the queries that the others become.

Main definition: `gated`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from derivations.language.operators import E
from derivations.language.statements import Statement
from derivations.language.terms import LanguageError, Symbol, Term, Variable, log, term, walk
from derivations.language.terms import replace as exchanged
from derivations.latex.cases import Case, Context, any_laws, in_full, interpret
from derivations.latex.constancy import taken_for_constant
from derivations.latex.determined import made_of_others
from derivations.latex.grammar import Row
from derivations.latex.logarithms import in_units
from derivations.latex.marginals import as_marginal
from derivations.latex.names import is_greek, names_in
from derivations.latex.outcomes import Outcome, conditional, is_constant, judged
from derivations.latex.own_meanings import is_energy
from derivations.latex.posing import iterates, posed, unit_of_rounding
from derivations.latex.prose import Surroundings
from derivations.latex.readings import others, too_many
from derivations.latex.rungs import averaging, free_variables, rungs
from derivations.latex.shorthands import shorthands
from derivations.latex.tokens import Unread
from derivations.refuter import Refuter

_WEIGHTS = frozenset(("beta", "lambda", "gamma", "eta", "alpha"))
_VALUES = (0, 1, 2, Fraction(1, 3), 5)


def gated(
    left: Row,
    relation: str,
    right: Row,
    case: Case,
    outcome: Outcome,
    context: Context,
    seed: int,
    around: Surroundings,
) -> Outcome:
    """A refutation that survives every reading and every usual hypothesis, or the query it becomes."""
    poses = posed(case.statement) or iterates(left, right)
    if poses is not None:
        return conditional(outcome, f"true if {poses}" if "it says" in poses else poses)
    if relation == "=" and equal_as_shown(left, right, outcome):
        return conditional(outcome, "true to the digits shown")
    if relation == "=" and is_energy(left, case):
        return conditional(outcome, "perhaps the energy of a point, not a mean")
    for chosen in others(case.choices):
        try:
            other = interpret(left, relation, right, context, chosen)
        except Unread:
            continue
        verdict = judged(other.statement, seed, 0.3, words=False)
        if verdict.verdict != "refuted":
            words = "; ".join(other.reading.words()) or "another reading"
            start = "true if read so" if verdict.verdict == "proved" else "not false if read so"
            return conditional(outcome, f"{start}: {words}")
        averages = any(t.head in ("E", "int") for t in walk((other.statement.left, other.statement.right)))
        for words, statement in averaging(other, context) if averages else ():
            if judged(statement, seed, 0.3, words=False).verdict == "proved":
                return conditional(outcome, f"true if read so: {'; '.join(other.reading.words())}, and {words}")
    if too_many(case.choices):
        return conditional(outcome, "the notation allows more readings than are tried")
    for words, statement in rungs(case, context, around.discrete):
        verdict = judged(statement, seed, 0.3, words=False)
        if verdict.verdict != "refuted":
            return conditional(outcome, ("true if " if verdict.verdict == "proved" else "perhaps meant with ") + words)
    if context.wordy:
        for words, statement in shorthands(case.statement):
            if judged(statement, seed, 0.2, words=False).verdict == "proved":
                return conditional(outcome, f"true {words}")
    if (saving := saved(left, relation, right, case, context, seed)) is not None:
        return conditional(outcome, f"true if {saving}")
    in_bits = in_units(case.statement, log(2) ** -1) if context.bases else bits(case.statement)
    if in_bits is not None and judged(in_bits, seed, 0.3, words=False).verdict != "refuted":
        return conditional(outcome, "true if all logarithms are to the base 2")
    if case.unexplained:
        weights = weights_of(case)
        values = [(v, with_weights(case.statement, weights, v)) for v in _VALUES] if weights else []
        good = [v for v, s in values if judged(s, seed, 0.2, words=False).verdict != "refuted"]
        if good:
            return conditional(outcome, f"true if {', '.join(sorted(w.name for w in weights))} = {good[0]}")
        if not weights:  # else no value of the weights saves it, whatever they are
            return conditional(outcome, "depends on what the document does not explain: " + ", ".join(case.unexplained))
    if (named := left_to_names(case.statement)) is not None:
        return conditional(outcome, named)
    if (chance := complemented(case.statement)) is not None:
        return conditional(outcome, f"perhaps meant with {chance} as the probability of a class")
    if relation == "=" and (lone := lone_function(case.statement)) is not None:
        return conditional(outcome, f"depends on what {lone} is, which stands on one side only")
    if context.wordy and (two := laws_apart(case.statement)) is not None:
        return conditional(outcome, f"depends on how {two[0]} and {two[1]} hang together, on one side each")
    if (hanging := hanging_together(case.statement)) is not None:
        return conditional(outcome, hanging)
    if relation == "=" and poses_a_condition(case.statement, seed):
        return conditional(outcome, "it holds in some models only: a condition or an instance, not an identity")
    varying = taken_for_constant(case.statement, in_full((left, right), context), context.vocabulary.called)
    varying = varying or averaged_elsewhere(case.statement)
    if varying is not None:
        return conditional(outcome, f"depends on whether {varying[0]} varies with {varying[1]}")
    laws = (outcome.counterexample or {"model": {}})["model"].get("laws", ())
    apart = any("0" in law["density"] for law in laws)  # a counterexample that may live on different supports
    if apart and not Refuter(case.data, seed).contradicted_on_common_support():
        return conditional(outcome, "perhaps meant where every density is positive")
    if around.posing:
        return conditional(outcome, f"its sentence poses it, with the word {around.posing!r}")
    return outcome


def left_to_names(statement: Statement) -> str | None:
    """What names say that the models do not know: a law called Poisson, which values a variable has."""
    densities = [t for t in walk((statement.left, statement.right)) if t.head == "den"]
    for word in sorted({d.args[0].name.partition("_")[0] for d in densities}):
        if (
            len(word) > 2
            and word.isalpha()
            and word not in ("law", "calN")
            and not is_greek(word)
            and word[0].isupper()
        ):
            return f"depends on what the law {word} is"
    values = {repr(v) for d in densities for _, v in (*d.args[1], *d.args[2]) if v.head == "num"}
    if values:
        return f"depends on which values beside {min(values)} its variable has, and whether it is discrete"
    return None


def averaged_over_data(statement: Statement) -> Iterator[tuple[str, Statement]]:
    """``E_data[...] = ELBO``: some call the mean of the bound over the data so."""
    sides = (statement.left, statement.right)
    for n, side in enumerate(sides):
        free = free_variables(side) - free_variables(sides[1 - n])
        for t in (t for t in walk(sides[1 - n]) if t.head == "E" and free):
            for d in (d for d in walk(t.args[1]) if d.head == "den" and not d.args[2]):
                if {v for _, v in d.args[1]} == free:
                    left, right = (E[d](s) if k == n else s for k, s in enumerate(sides))
                    words = f"the ELBO is averaged over {d!r}"
                    yield words, Statement(statement.relation, left, right, (), statement.given)


def laws_apart(statement: Statement) -> tuple[str, str] | None:
    """Two laws of an inequality of which each stands on one side only, as the outputs and inputs of a channel do."""
    sides = (statement.left, statement.right)
    left, right = ({t.args[0].name for t in walk(side) if t.head == "den"} for side in sides)
    if statement.relation in ("=", "!=") or not left - right or not right - left:
        return None
    return min(left - right), min(right - left)


def saved(left: Row, relation: str, right: Row, case: Case, context: Context, seed: int) -> str | None:
    """What proves a step, in words: a law is a marginal, whatever formula it has, or a variable is made of others."""
    cases = [case]
    if case.formulas:
        with contextlib.suppress(LanguageError):  # without the formula
            cases.append(interpret(left, relation, right, any_laws(context), {}))
    names = {n.base for n in names_in(left, right)}
    found: list[tuple[str, Statement]] = []
    with contextlib.suppress(LanguageError):  # a marginal or a mean that is no sentence excuses nothing
        for one in cases:
            found += as_marginal(one)
        found += averaged_over_data(case.statement) if "ELBO" in names else ()
    for words, statement in (*found, *(made_of_others(case) if context.wordy else ())):
        if judged(statement, seed, 0.3, words=False).verdict == "proved":
            return words
    return None


def lone_function(statement: Statement) -> str | None:
    """An arbitrary function that stands on one side of an equation between means, where the other has others."""
    names = [{t.args[0] for t in walk(side) if t.head == "fn"} for side in (statement.left, statement.right)]
    laws = [any(t.head == "den" for t in walk(side)) for side in (statement.left, statement.right)]
    lone = sorted((names[0] ^ names[1]) - {"D"})
    if lone and all(laws) and not names[0] & names[1]:
        return lone[0]
    values = [{t.name for t in values_in(side)} for side in (statement.left, statement.right)]
    free = sorted(v for v in values[0] ^ values[1] if "_" in v)  # x_i, the i-th of something
    return free[0] if free and all(laws) else None


_INFORMATIVE = frozenset(("log", "H", "CE", "KL", "JSD", "I"))
_ACCENTS = ("bar", "tilde", "hat")


def hanging_together(statement: Statement) -> str | None:
    r"""What a document may have said of the names of a step, which as it stands have nothing to do with each other.

    Each side speaks of variables that the other does not know, or one of a part of what both know (``x_{1:5}`` beside
    x); an H is said to be something without logarithms, which another distance may be; a letter stands beside
    itself with an accent (``\bar\alpha_t`` and ``\alpha_t``); a density, or a name alone, is said to be a formula
    without laws; a parameter of a law is a point of it as well.
    """
    sides = (statement.left, statement.right)
    left, right = ({v.name for v in free_variables(side)} for side in sides)
    if left - right and right - left:
        one, other = (", ".join(sorted(names)[:4]) for names in (left - right, right - left))
        return f"depends on how {one} and {other} hang together, which stand on one side each"
    for name in sorted(left ^ right):
        kin = next((v for v in left & right if name.startswith(f"{v}_") or v.startswith(f"{name}_")), None)
        if kin is not None:
            return f"depends on how {name} and {kin} hang together, of which one stands on one side only"
    for side, other_side in (sides, sides[::-1]):
        informative = any(t.head in _INFORMATIVE for t in walk(other_side))
        if side.head in ("H", "CE") and not informative and any(t.head == "den" for t in walk(other_side)):
            return f"depends on what {side!r} is, which may be no entropy"
    names = {t.name for side in sides for t in walk(side) if isinstance(t, Symbol)}
    stems = {name.partition("_")[0] for name in names}
    for name in sorted(names):
        stem = name.partition("_")[0]
        plain = next((stem.removesuffix(a) for a in _ACCENTS if stem.endswith(a) and stem.removesuffix(a) in stems), "")
        if plain:
            return f"depends on how {name} is made from {plain}"
    laws = [{t for t in walk(side) if t.head == "den"} for side in sides]
    for side, other_side, across in ((*sides, laws[1]), (*sides[::-1], laws[0])):
        named = isinstance(side, (Symbol, Variable)) and all(t is not side for t in walk(other_side))
        alone = side.head == "den" or (side.head == "log" and side.args[0].head == "den")  # log p(x) = -x^2
        if statement.relation == "=" and ((alone and not across) or (named and across)):
            return f"depends on what {side!r} is, which stands alone on its side"
    for side, other_side in (sides, sides[::-1]):
        if side.head == "den" and "'" in side.args[0].name and is_constant(other_side):
            return f"depends on what {side!r} is, which may be a derivative"
    functions = {t.args[0] for t in walk(sides) if t.head == "fn"}
    for name in sorted(functions):
        plain = name.rstrip("'")
        if plain != name and plain in functions | names:
            return f"depends on what {name} is, which may be a derivative of {plain}"
    for t in walk(sides):
        if t.head == "sum" and all(part is not t.args[0] for part in walk(t.args[1])):
            return f"depends on what the sum over {t.args[0]!r} adds up, which does not mention it"
    for density_ in sorted(laws[0] | laws[1], key=repr):
        own = {t.name for p in density_.args[0].parameters for t in walk(p) if isinstance(t, (Symbol, Variable))}
        own |= set(density_.args[0].name.split("_")[1:])
        twice = own & {v.name for _, v in (*density_.args[1], *density_.args[2]) if isinstance(v, Variable)}
        if twice:
            return f"depends on what {', '.join(sorted(twice))} is, a parameter and a point of {density_!r}"
    return None


def values_in(t: Any) -> set[Variable]:
    """The variables that stand in a term as numbers, rather than as points of densities and functions."""
    if isinstance(t, Variable):
        return {t}
    if not isinstance(t, Term):
        return set().union(*map(values_in, t)) if isinstance(t, tuple) else set()
    if t.head in ("den", "fn", "at"):
        return set()
    bound = set(t.args[0]) if t.head in ("int", "E") else set()
    inner = t.args[1:] if t.head in ("int", "E", "sum", "prod", "grad") else t.args
    return (values_in(inner) if t.head not in ("KL", "JSD", "TV", "CE", "H", "I", "W") else set()) - bound


def averaged_elsewhere(statement: Statement) -> tuple[str, str] | None:
    """A number in a mean over something else that another mean of the step averages over: E_p(x)[T] and E_q(t)[e^T]."""
    sides = (statement.left, statement.right)
    means = [t for t in walk(sides) if t.head == "E"]
    averaged = {v for mean in means for v in mean.args[0]}
    free = {v for side in sides for v in free_variables(side)} & averaged
    for mean in means:
        loose = sorted((values_in(mean.args[2]) & free) - set(mean.args[0]), key=lambda v: v.name)
        if loose:
            return loose[0].name, ", ".join(v.name for v in mean.args[0])
    return None


def weights_of(case: Case) -> list[Symbol]:
    """The letters of weights, as the beta of a beta-VAE, on both sides of an equation of laws; none if more is open."""
    sides = [{t.name: t for t in walk(s) if isinstance(t, Symbol)} for s in (case.statement.left, case.statement.right)]
    laws = [any(t.head == "den" for t in walk(s)) for s in (case.statement.left, case.statement.right)]
    open_letters = set(case.unexplained)
    if (
        case.statement.relation != "="
        or not all(laws)
        or not open_letters <= _WEIGHTS & sides[0].keys() & sides[1].keys()
    ):
        return []
    return [sides[0][name] for name in sorted(open_letters) if not sides[0][name].shape]


def with_weights(statement: Statement, weights: list[Symbol], value: int | Fraction) -> Statement:
    """A statement with one number for its weights."""
    sides = [statement.left, statement.right]
    for weight in weights:
        sides = [exchanged(s, weight, term(value)) for s in sides]
    return Statement(statement.relation, sides[0], sides[1], (), statement.given)


def equal_as_shown(left: Row, right: Row, outcome: Outcome) -> bool:
    """Whether two numbers differ by less than a unit in the last place of the coarsest decimal that a step shows."""
    unit = unit_of_rounding(left, right)
    found = outcome.counterexample
    if unit is None or found is None or outcome.case is None:
        return False
    if not all(is_constant(s) for s in (outcome.case.statement.left, outcome.case.statement.right)):
        return False
    a, b = (Fraction(found[side]["mid"]) for side in ("lhs", "rhs"))
    return abs(a - b) < unit


def complemented(statement: Statement) -> str | None:
    """A law of which a step takes log(1 - p(x)), as one does of the probability of a class."""
    for t in walk((statement.left, statement.right)):
        if t.head == "log":
            for density in (u for u in walk(t.args[0]) if u.head == "den"):
                if t.args[0] is 1 - density:
                    return repr(density)
    return None


def bits(statement: Statement) -> Statement | None:
    """The statement with every logarithm to one base, if it takes some to the base 2 and others to the base e."""
    base = log(2) ** -1
    sides = (statement.left, statement.right)
    if not any(t is base for t in walk(sides)):
        return None
    left, right = (exchanged(side, base, term(1)) for side in sides)
    return Statement(statement.relation, left, right, (), statement.given)


def poses_a_condition(statement: Statement, seed: int) -> bool:
    """Whether an equation with a number on one side can hold in one model and fail in another."""
    for side, other in ((statement.left, statement.right), (statement.right, statement.left)):
        if not is_constant(side) or is_constant(other):
            continue
        if _of_entropies(other) and judged(Statement(">", side, term(0)), seed, 0.2).verdict == "proved":
            return True  # the entropy of an example
        informative = any(t.head in ("log", "H", "I", "KL", "CE") for t in walk(other))
        for value in (side, side * log(2)) if informative else (side,):  # in nats, or perhaps in bits
            orders = [Statement(sign, other, value, (), statement.given) for sign in ("<", ">")]
            if all(judged(order, seed, 0.2, words=False).verdict == "refuted" for order in orders):
                return True
    return False


def _of_entropies(t: Term) -> bool:
    """Whether a term is made of entropies and informations, which take any positive value."""
    return t.head in ("H", "I", "CE", "KL") or (t.head in ("add", "mul") and all(map(_of_entropies, t.args)))
