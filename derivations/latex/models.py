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
from derivations.language.terms import LanguageError, Term, Variable, replace, walk
from derivations.latex.arguments import variable_key
from derivations.latex.cases import Case, Context
from derivations.latex.names import name_of, placed
from derivations.latex.names import written as written_slot

MAX_FACTORS = 6  # of one law, beyond which no model is looked for
MAX_MODELS = 3  # that are tried for one law


def modelled(case: Case, context: Context) -> Iterator[tuple[str, Statement]]:
    """The statement under what it writes of its laws, taken for the factors of a model."""
    for law, densities in _written(case.statement).items():
        for factors in _models(densities):
            words = " ".join(repr(d) for d in factors)
            posed = _as_product(law, factors)
            if posed is not None:
                yield f"{posed[1]!r} = {words}", case.statement.assuming(posed)
        yield from _priors(case.statement, law, densities)
        yield from _given_throughout(case.statement, law, densities)
    yield from _without_parameters(case.statement, context)
    yield from _named_by_words(case.statement)


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


def _given_throughout(statement: Statement, law: Law, densities: list[Term]) -> Iterator[tuple[str, Statement]]:
    """A condition that only some densities of a law write, q(x | k) beside q(theta | x), may be one of all or none.

    In a bound it is rather one that a prior lacks.
    """
    if statement.relation != "=":
        return
    targets = {s for d in densities for s, _ in d.args[1]}
    bound = {v for t in walk((statement.left, statement.right)) if t.head in ("E", "int") for v in binders(t)}
    for slot in sorted({s for d in densities for s, _ in d.args[2]} - targets):
        given = [d for d in densities if slot in {s for s, _ in d.args[2]}]
        if len(given) == len(densities) or any(v in bound for d in given for s, v in d.args[2] if s == slot):
            continue
        sides = [statement.left, statement.right]
        for d in given:
            without = density(law, list(d.args[1]), [pair for pair in d.args[2] if pair[0] != slot])
            sides = [replace(side, d, without) for side in sides]
        words = f"{slot} is given throughout"
        yield words, Statement(statement.relation, sides[0], sides[1], (), statement.given)


def _same(mine: tuple[tuple[str, Term], ...], other: tuple[tuple[str, Term], ...]) -> bool:
    """Whether two densities stand at the same points."""
    return len(mine) == len(other) and all(s == t and a is b for (s, a), (t, b) in zip(mine, other, strict=True))


def binders(t: Term) -> tuple[Term, ...]:
    """The variables that a mean or an integral binds."""
    return t.args[0] if isinstance(t.args[0], tuple) else (t.args[0],)


def _named_by_words(statement: Statement) -> Iterator[tuple[str, Statement]]:
    """A law that is named by a word, X ~ Data, may be one that has a letter."""
    written = _written(statement)
    words = [law for law in written if len(law.name) > 2 and law.name.isalpha()]
    for law in words:
        for d in (d for d in written[law] if not d.args[2]):
            for other in (o for o in written if o not in words):
                if any(not o.args[2] and _same(o.args[1], d.args[1]) for o in written[other]):
                    new = density(other, list(d.args[1]), [])
                    yield f"{d!r} = {new!r}", statement.assuming(("=", d, new))


def _bare_priors(context: Context, stem: str) -> set[str]:
    """The slots of which a document writes the law without a parameter, p(z) beside p_theta(x | z)."""
    found = set()
    for row in context.vocabulary.rows:
        for where, at, part in placed(row):
            following = where[at + 1] if at + 1 < len(where) else None
            called = following is not None and following.kind == "bracketed" and len(following.args[0]) == 1
            if called and part.kind == "NAME" and part.text == stem and part.plain and following is not None:
                name = name_of(following.args[0][0])
                found |= set() if name is None else {written_slot(context.vocabulary.slot(variable_key(name)))}
    return found


def _without_parameters(statement: Statement, context: Context) -> Iterator[tuple[str, Statement]]:
    """Where a law with parameters is written as p_theta(x | z) only, or p(z) beside it, its prior may have none."""
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
            written_so = any(slot in t and not g & seen and len(t) == 1 for t, g in shapes)
            if not written_so or slot in _bare_priors(context, law.name.partition("_")[0]):
                prior = density(law, [(slot, v)], [])
                stem = law.name.partition("_")[0]
                named = [other for other in written if other.name == stem and not other.parameters]
                free = density(named[0] if named else Law("law", f"{law.name}_prior", ()), [(slot, v)], [])
                yield f"{prior!r} has no parameters", statement.assuming(("=", prior, free))
