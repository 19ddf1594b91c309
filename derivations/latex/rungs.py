"""The ladder of usual hypotheses: what an author may have meant without saying so.

Each rung turns a statement into the same statement under a hypothesis: that q(x) is the law over x which the statement
averages with, that M is the mixture, that variables are independent, that they form a Markov chain.  Main definition:
`rungs`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from derivations.language.laws import Law, density
from derivations.language.statements import Statement
from derivations.language.terms import LanguageError, Term, Variable, replace, walk
from derivations.latex.cases import Case, Context
from derivations.latex.names import written

Rung = tuple[str, Statement]


def rungs(case: Case, context: Context) -> Iterator[Rung]:
    """The statement of a case under the usual hypotheses that concern it, each in words."""
    yield from _averaging(case, context)
    yield from _mixtures(case)
    yield from _independence(case)
    yield from _chains(case)


def _sides(statement: Statement) -> tuple[Term, Term]:
    return statement.left, statement.right


def _densities(statement: Statement) -> list[Term]:
    seen: dict[Term, None] = {}
    for side in _sides(statement):
        for t in walk(side):
            if t.head == "den":
                seen[t] = None
    return list(seen)


def _averaging(case: Case, context: Context) -> Iterator[Rung]:
    """``q(x) = p_data(x)``: a law that was given as q(z | x) only, beside another law over x."""
    found = _densities(case.statement)
    for stem, use in sorted(context.vocabulary.laws.items()):
        given = {s for p in use.patterns for s in p[1]}
        own = {s for p in use.patterns for s in p[0]}
        mine = [d for d in found if d.args[0].name == written(stem)]
        for slot in sorted(given - own):
            variables = {t for d in mine for s, t in (*d.args[1], *d.args[2]) if s == written(slot)}
            needs = any(not any(s == written(slot) for s, _ in d.args[2]) for d in mine)
            x = next((v for v in variables if isinstance(v, Variable)), None)
            if not mine or x is None or not needs:
                continue
            for other in found:
                law, targets, behind = other.args
                if law.name != written(stem) and not behind and [s for s, _ in targets] == [written(slot)]:
                    left = density(mine[0].args[0], [(x.slot, x)], [])
                    right = density(law, [(x.slot, x)], [])
                    yield f"{left!r} = {right!r}", case.statement.assuming(("=", left, right))


def _mixtures(case: Case) -> Iterator[Rung]:
    """M is the mixture of the two other laws."""
    found = _densities(case.statement)
    for d in found:
        name = d.args[0].name
        if name not in ("M", "m") and not name.endswith("_m"):
            continue
        others = list(dict.fromkeys(o.args[0] for o in found if o.args[0] is not d.args[0]))
        if len(others) != 2 or d.args[2]:
            continue
        a, b = (Law("law", o.name, o.parameters) for o in others)
        sides = _sides(case.statement)
        for m in [o for o in found if o.args[0] is d.args[0]]:
            mixture = (density(a, list(m.args[1]), []) + density(b, list(m.args[1]), [])) / 2
            sides = tuple(replace(s, m, mixture) for s in sides)
        yield f"{name} = ({a!r} + {b!r})/2", Statement(case.statement.relation, *sides, (), case.statement.given)
        return


def _groups(t: Term) -> set[frozenset[str]]:
    """The groups of slots whose joint law a term needs."""
    found = set()
    for d in walk(t):
        if d.head == "den":
            found.add(frozenset(s for s, _ in (*d.args[1], *d.args[2])))
    return found


def _independence(case: Case) -> Iterator[Rung]:
    """Where one side knows the joint law and the other only the marginals of the same variables."""
    left, right = (_groups(s) for s in _sides(case.statement))
    for joint_side, other in ((left, right), (right, left)):
        joint = [g for g in joint_side if len(g) > 1]
        single = [g for g in other if len(g) == 1]
        if joint and single and len(single) == len(other):
            together = frozenset().union(*joint)
            if together <= frozenset().union(*single):
                for d in _densities(case.statement):
                    slots = [*d.args[1], *d.args[2]]
                    if frozenset(s for s, _ in slots) == together:
                        law = d.args[0]
                        whole = density(law, slots, [])
                        product: Term | None = None
                        for s, v in slots:
                            one = density(law, [(s, v)], [])
                            product = one if product is None else product * one
                        if product is not None:
                            names = ", ".join(sorted(together))
                            statement = case.statement.assuming(("=", whole, product))
                            yield f"{names} are independent under {law!r}", statement
                        return


def _chains(case: Case) -> Iterator[Rung]:
    """Three or more variables whose entropies are compared may form a Markov chain, in some order."""
    laws: dict[Term, set[str]] = {}
    informational = any(t.head in ("H", "I") for s in _sides(case.statement) for t in walk(s))
    for d in _densities(case.statement):
        laws.setdefault(d.args[0], set()).update(s for s, _ in (*d.args[1], *d.args[2]))
    for law, slots in laws.items():
        if len(slots) != 3 or not informational:
            continue
        for order in permutations(sorted(slots)):
            if order[0] < order[-1]:
                words = " - ".join(order)
                try:
                    yield f"{words} is a Markov chain", case.statement.assuming(("markov", order, law))
                except LanguageError:
                    return
