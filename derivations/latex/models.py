"""The model that a step may speak of: its laws as products of the factors that are written, priors among them.

Who writes ``log p(y|x) >= E_{q(w)}[log p(y|x,w)] - KL(q(w) || p(w))`` has a prior that does not depend on x, who writes
p(x|y,z), p(y) and p(z) has causes that are independent, and who integrates p(x|z) against N(z; 0, 1) has that prior.
Main definition: `modelled`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from derivations.language.laws import Law, density
from derivations.language.statements import Statement
from derivations.language.terms import LanguageError, Term, Variable, walk
from derivations.latex.cases import Case

MAX_FACTORS = 6  # of one law, beyond which no model is looked for
MAX_MODELS = 3  # that are tried for one law


def modelled(case: Case) -> Iterator[tuple[str, Statement]]:
    """The statement under what it writes of its laws, taken for the factors of a model."""
    for law, densities in _written(case.statement).items():
        for factors in _models(densities):
            words = " ".join(repr(d) for d in factors)
            posed = _as_product(law, factors)
            if posed is not None:
                yield f"{posed[1]!r} = {words}", case.statement.assuming(posed)
        yield from _priors(case.statement, law, densities)
    yield from _without_parameters(case.statement)


def _written(statement: Statement) -> dict[Law, list[Term]]:
    """The densities that a statement writes at variables, by their laws, if no chain is said of these."""
    found: dict[Law, list[Term]] = {}
    declared = {h[2] for h in statement.given if h[0] == "markov"}
    for t in dict.fromkeys(walk((statement.left, statement.right))):
        if t.head == "den" and isinstance(t.args[0], Law) and t.args[0] not in declared:
            found.setdefault(t.args[0], []).append(t)
    return found


def _shape(d: Term) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(s for s, _ in d.args[1]), frozenset(s for s, _ in d.args[2])


def _models(densities: list[Term]) -> Iterator[list[Term]]:
    """The sets of factors that make a model of all variables of a law and leave out a dependence, larger ones first."""
    by_shape = {_shape(d): d for d in densities}
    if len(by_shape) > MAX_FACTORS:
        return
    every = frozenset().union(*(t | g for t, g in by_shape))
    targets = frozenset().union(*(t for t, _ in by_shape))
    found = 0
    for size in range(len(by_shape), 0, -1):
        for chosen in combinations(sorted(by_shape, key=lambda s: (sorted(s[0]), sorted(s[1]))), size):
            covered = frozenset().union(*(t for t, _ in chosen))
            apart = sum(len(t) for t, _ in chosen) == len(covered)
            inputs = every - covered
            if not apart or not targets - covered <= _given_only(chosen, by_shape) or found == MAX_MODELS:
                continue
            order = _ordered(list(chosen), inputs)
            if order is None or _complete(order, inputs) or _told_to_depend(order, by_shape):
                continue
            found += 1
            yield [by_shape[s] for s in order]


_Shape = tuple[frozenset[str], frozenset[str]]


def _given_only(chosen: tuple[_Shape, ...], shapes: dict[_Shape, Term]) -> frozenset[str]:
    """What factors are conditioned on."""
    return frozenset().union(*(g for _, g in chosen)) if shapes else frozenset()


def _ordered(factors: list[_Shape], known: frozenset[str]) -> list[_Shape] | None:
    """Factors so that each is conditioned on what comes before it and on what is *known*."""
    order: list[_Shape] = []
    while factors:
        ready = [f for f in factors if f[1] <= known]
        if not ready:
            return None
        order += ready
        known = known.union(*(t for t, _ in ready))
        factors = [f for f in factors if f not in ready]
    return order


def _complete(order: list[_Shape], known: frozenset[str]) -> bool:
    """Whether each factor is conditioned on all that comes before it, so that the product says nothing."""
    for targets, given in order:
        if given != known:
            return False
        known |= targets
    return True


def _told_to_depend(order: list[_Shape], shapes: dict[_Shape, Term]) -> bool:
    """Whether the step writes as dependent what the factors make independent: p(x, y) beside p(x) and p(y).

    A posterior p(w | x, y) beside the prior p(w) does not.
    """
    alone = [t for t, g in order if not g]
    for targets, given in shapes:
        if (targets, given) in order:
            continue
        together = targets | given
        if sum(bool(t & together) for t in alone) > 1 and together <= frozenset().union(*alone):
            return True
        for t, g in order:
            if targets == t and given - g and not given & _made_of(t, order):
                return True
    return False


def _made_of(variables: frozenset[str], order: list[_Shape]) -> frozenset[str]:
    """What factors give as a consequence of variables."""
    made: frozenset[str] = frozenset()
    for targets, given in order:
        if given & (variables | made):
            made |= targets
    return made


def _as_product(law: Law, factors: list[Term]) -> tuple[str, Term, Term] | None:
    """The joint density as the product of its factors."""
    targets = [pair for d in factors for pair in d.args[1]]
    own = {s for s, _ in targets}
    inputs = dict(pair for d in factors for pair in d.args[2] if pair[0] not in own)
    product = factors[0]
    for d in factors[1:]:
        product = product * d
    try:
        return "=", density(law, targets, list(inputs.items())), product
    except LanguageError:
        return None


def _priors(statement: Statement, law: Law, densities: list[Term]) -> Iterator[tuple[str, Statement]]:
    """A normal density at a variable on which a law is conditioned may be its prior."""
    given = {s: v for d in densities for s, v in d.args[2] if isinstance(v, Variable)}
    written = {s for d in densities if not d.args[2] and len(d.args[1]) == 1 for s, _ in d.args[1]}
    for normal in dict.fromkeys(t for t in walk((statement.left, statement.right)) if t.head == "normal"):
        for slot, v in given.items():
            if normal.args[0] is v and slot not in written:
                prior = density(law, [(slot, v)], [])
                yield f"{prior!r} = {normal!r}", statement.assuming(("=", prior, normal))


def _without_parameters(statement: Statement) -> Iterator[tuple[str, Statement]]:
    """Where a law with parameters is written as p_theta(x | z) only, its prior p(z) may have none."""
    sides = (statement.left, statement.right)
    moved = {t.args[0] for t in walk(sides) if t.head == "grad"}
    written = _written(statement)
    for law, densities in written.items():
        if moved.isdisjoint(law.parameters):
            continue
        given = {s: v for d in densities for s, v in d.args[2] if isinstance(v, Variable)}
        shapes = [_shape(d) for d in densities]
        for slot, v in sorted(given.items()):
            seen = frozenset().union(*(t for t, g in shapes if slot in g))
            if not any(slot in t and not g & seen and len(t) == 1 for t, g in shapes):
                prior = density(law, [(slot, v)], [])
                stem = law.name.partition("_")[0]
                named = [other for other in written if other.name == stem and not other.parameters]
                free = density(named[0] if named else Law("law", f"{law.name}_prior", ()), [(slot, v)], [])
                yield f"{prior!r} has no parameters", statement.assuming(("=", prior, free))
