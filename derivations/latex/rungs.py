"""The ladder of usual hypotheses: what an author may have meant without saying so.

Each rung turns a statement into the same statement under a hypothesis: that q(x) is the law over x which the statement
averages with, that M is the mixture, that variables are independent, that they form a Markov chain.  Main definition:
`rungs`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations
from typing import Any

from derivations.language.laws import Law, density
from derivations.language.statements import Statement, encode
from derivations.language.terms import LanguageError, Symbol, Term, Variable, at, number, replace, walk
from derivations.language.terms import term as numeral
from derivations.latex.arguments import INDEX_LETTERS
from derivations.latex.cases import Case, Context
from derivations.latex.models import modelled
from derivations.latex.names import PARAMETERS, written

Rung = tuple[str, Statement]


def rungs(case: Case, context: Context, discrete: bool = False) -> Iterator[Rung]:
    """The statement of a case under the usual hypotheses that concern it, each in words.

    *discrete*: the prose around the step speaks of discrete variables.
    """
    yield from averaging(case, context)
    yield from _values(case)
    yield from _same_variable(case)
    yield from _listed(case)
    yield from _diagonal(case)
    yield from _densities_by_name(case)
    yield from _normals(case)
    yield from _discrete(case, context, discrete)
    yield from _identical(case)
    yield from _transitions(case)
    yield from _through(case)
    yield from _inputs(case)
    yield from _mixtures(case)
    yield from _one_letter(case)
    yield from _equal_laws(case)
    yield from _coupled(case)
    yield from _one_channel(case)
    yield from _memoryless(case)
    yield from _independence(case)
    yield from _temporal(case)
    yield from _written_chains(case)
    yield from _chains(case)
    yield from modelled(case, context)
    yield from _told_in_words(case, context.wordy)
    yield from _determined(case)
    yield from objective(case)


def _sides(statement: Statement) -> tuple[Term, Term]:
    return statement.left, statement.right


def _densities(statement: Statement) -> list[Term]:
    seen: dict[Term, None] = {}
    for side in _sides(statement):
        for t in walk(side):
            if t.head == "den":
                seen[t] = None
    return list(seen)


def averaging(case: Case, context: Context) -> Iterator[Rung]:
    """``q(x) = p_data(x)``: a law that was given as q(z | x), in a step without q(x), beside another law over x."""
    found = _densities(case.statement)
    for mine_law in sorted({d.args[0] for d in found}, key=repr):
        mine = [d for d in found if d.args[0] is mine_law]
        patterns = [p for stem, use in context.vocabulary.laws.items() if _names(stem, mine_law) for p in use.patterns]
        for slot in sorted({written(s) for p in patterns for s in p[1]}):
            variables = {t for d in mine for s, t in (*d.args[1], *d.args[2]) if s == slot}
            needs = any(not any(s == slot for s, _ in d.args[2]) for d in mine)
            needs = needs and all([s for s, _ in d.args[1]] != [slot] for d in mine)  # nor does it write q(x)
            x = next((v for v in variables if isinstance(v, Variable)), None)
            if x is None or not needs:
                continue
            for other in found:
                law, targets, behind = other.args
                if law is not mine_law and not behind and [s for s, _ in targets] == [slot]:
                    left = density(mine_law, [(x.slot, x)], [])
                    right = density(law, [(x.slot, x)], [])
                    yield f"{left!r} = {right!r}", case.statement.assuming(("=", left, right))


def _names(stem: str, law: Law) -> bool:
    """Whether a law is one that the document writes with a stem, perhaps with a parameter: q_phi for q."""
    head, _, label = law.name.removeprefix(written(stem)).partition("_")
    return law.name.startswith(written(stem)) and not head and (not label or label in PARAMETERS)


def free_variables(t: Term) -> set[Variable]:
    """The variables that a term leaves free."""
    from derivations.refuter.signature import free

    names = {name for kind, name in free(encode(t)) if kind == "var"}
    return {v for v in walk(t) if isinstance(v, Variable) and v.name in names}


def _same_variable(case: Case) -> Iterator[Rung]:
    """Two names for one observation: each free on one side only."""
    left, right = (free_variables(s) for s in _sides(case.statement))
    only = left - right, right - left
    pairs = [(u, x) for u in only[0] for x in only[1]]
    if len(pairs) > 1:  # x beside x_0
        pairs = [(u, x) for u, x in pairs if u.name.split("_")[0] == x.name.split("_")[0]]
    pairs += [
        (u, x) for u in only[0] | only[1] for x in left & right if u.slot == x.slot and u.shape == x.shape
    ]  # z = k
    for u, x in pairs[:4]:
        try:
            sides = [_moved(s, u, x) for s in _sides(case.statement)]
        except LanguageError:  # both fill slots of one density: two things, not two names
            continue
        yield f"{u.name} is {x.name}", Statement(case.statement.relation, sides[0], sides[1], (), case.statement.given)


def _listed(case: Case) -> Iterator[Rung]:
    """``p_i`` beside X: the probabilities of the values of X, listed."""
    single = [d for d in _densities(case.statement) if len(d.args[1]) == 1 and not d.args[2]]
    of = [(d, *d.args[1][0]) for d in single if isinstance(d.args[1][0][1], Variable)]
    for listed, place, i in of:
        for law, slot, x in of:
            if i.name not in INDEX_LETTERS or x.name in INDEX_LETTERS or slot == place:
                continue
            point = Variable("var", i.name, x.kind, x.slot, ())
            density_at = density(law.args[0], [(slot, point)], [])
            sides = [replace(replace(s, listed, density_at), i, point) for s in _sides(case.statement)]
            words = f"{listed!r} is the probability of a value of {x.name}"
            yield words, Statement(case.statement.relation, sides[0], sides[1], (), case.statement.given)


def _values(case: Case) -> Iterator[Rung]:
    """``p(x | a) p(a) + p(x | b) p(b)``, alone or under a fraction: a and b are all the values of one variable."""
    sides = _sides(case.statement)
    for total in dict.fromkeys(t for t in walk(sides) if t.head == "add"):
        free = [free_variables(t) for t in total.args]
        common = free[0].intersection(*free)
        own = [list(f - common) for f in free]
        if any(len(vs) != 1 for vs in own):
            continue
        events = [vs[0] for vs in own]
        try:
            same = all(_moved(total.args[0], events[0], v) is t for v, t in zip(events, total.args, strict=True))
        except LanguageError:
            continue
        if same and len(set(events)) == len(events):
            anyone = events[0].copy(events[0].name + "'")
            summed = Term("int", (anyone,), replace(total.args[0], events[0], anyone))
            left, right = (replace(side, total, summed) for side in sides)
            words = f"{', '.join(v.name for v in events)} are all the values of one variable"
            yield words, Statement(case.statement.relation, left, right, (), case.statement.given)


def _moved(t: Term, old: Variable, new: Variable) -> Term:
    """A term with one variable, and its slot, put for another."""
    for d in [d for d in walk(t) if d.head == "den"]:
        parts = [[(new.slot if v is old else s, v) for s, v in side] for side in d.args[1:]]
        t = replace(t, d, density(d.args[0], *parts))
    return replace(t, old, new)


def _diagonal(case: Case) -> Iterator[Rung]:
    """Sigma beside sigma: the covariance with the variances sigma^2."""
    symbols = {t.name: t for s in _sides(case.statement) for t in walk(s) if isinstance(t, Symbol)}
    sides = _sides(case.statement)
    words = []
    for name, symbol in sorted(symbols.items()):
        small = symbols.get("sigma" + name.removeprefix("Sigma"))
        if name.startswith("Sigma") and small is not None:
            for old in [t for s in sides for t in walk(s) if t is symbol or (t.head == "at" and t.args[0] is symbol)]:
                new = at(small, old.args[1]) if old.head == "at" else small
                if old.head == "at" or not symbol.shape:
                    sides = (replace(sides[0], old, new**2), replace(sides[1], old, new**2))
            words.append(f"{name} = diag({small.name}^2)")
    if words:
        yield " and ".join(words), Statement(case.statement.relation, *sides, (), case.statement.given)


def _densities_by_name(case: Case) -> Iterator[Rung]:
    """A function f(x) may be the density of the law of x."""
    sides = _sides(case.statement)
    for f in {t for s in sides for t in walk(s) if t.head == "fn" and len(t.args[2]) == 1}:
        x = f.args[2][0]
        laws = {d.args[0] for d in _densities(case.statement) if isinstance(x, Variable) and x.slot in _slots(d)}
        for law in sorted(laws, key=repr):
            new = density(law, [(x.slot, x)], [])
            moved = [replace(s, f, new) for s in sides]
            yield f"{f!r} = {new!r}", Statement(case.statement.relation, moved[0], moved[1], (), case.statement.given)


def _slots(d: Term) -> set[str]:
    return {s for s, _ in (*d.args[1], *d.args[2])}


def _normals(case: Case) -> Iterator[Rung]:
    """The laws of a step beside normal densities of the same variable may be those normal laws."""
    sides = _sides(case.statement)
    found = [t for s in sides for t in walk(s) if t.head == "normal"]
    points = {t.args[0] for t in found}
    normals = list(dict.fromkeys(t.args[1:] for t in found))
    laws = [d for d in _densities(case.statement) if len(d.args[1]) == 1 and d.args[1][0][1] in points]
    if not 0 < len(laws) <= 2 or len(normals) > 3:
        return
    for chosen in permutations(normals, len(laws)) if len(normals) >= len(laws) else ():
        moved = list(sides)
        formulas = [
            (d, Term("normal", d.args[1][0][1], *parameters)) for d, parameters in zip(laws, chosen, strict=True)
        ]
        for d, n in formulas:
            moved = [replace(s, d, n) for s in moved]
        words = ", ".join(f"{d!r} = {n!r}" for d, n in formulas)
        yield words, Statement(case.statement.relation, moved[0], moved[1], (), case.statement.given)


def _discrete(case: Case, context: Context, said: bool) -> Iterator[Rung]:
    """Entropies as of discrete variables, in an inequality; where a section integrates over them it must say so."""
    integrated = set() if said else {written(s) for s in context.integrated}
    if case.statement.relation in ("=", "!="):
        return
    sides = _sides(case.statement)
    names = []
    for v in {t for s in sides for t in walk(s) if isinstance(t, Variable)}:
        if v.kind == "unknown" and v.slot not in integrated and not v.shape:
            new = Variable("var", v.name, "discrete", v.slot, v.shape)
            sides = (replace(sides[0], v, new), replace(sides[1], v, new))
            names.append(v.name)
    if names:
        words = f"{', '.join(sorted(names))} {'are' if len(names) > 1 else 'is'} discrete"
        yield words, Statement(case.statement.relation, *sides, (), case.statement.given)


def _identical(case: Case) -> Iterator[Rung]:
    """x_1 and x_2 as identically distributed."""
    variables = {t for s in _sides(case.statement) for t in walk(s) if isinstance(t, Variable)}
    numbered = [v for v in variables if v.slot == v.name and "_" in v.name and v.name.split("_")[1].isdigit()]
    bases = {v.name.split("_")[0] for v in numbered}
    if len(bases) != 1 or len(numbered) + len([v for v in variables if v.slot == v.name == min(bases)]) < 2:
        return
    base = bases.pop()
    sides = _sides(case.statement)
    try:
        for v in numbered:
            copy = Variable("var", v.name, v.kind, base, v.shape)
            moved = []
            for t in sides:
                for d in [d for d in walk(t) if d.head == "den"]:
                    parts = [[(base if w is v else s, w) for s, w in side] for side in d.args[1:]]
                    t = replace(t, d, density(d.args[0], *parts))
                moved.append(replace(t, v, copy))
            sides = (moved[0], moved[1])
    except LanguageError:
        return
    shown = ", ".join(sorted({v.name for v in numbered} | {v.name for v in variables if v.name == base}))
    yield f"{shown} have the same law", Statement(case.statement.relation, *sides, (), case.statement.given)


def _equal_laws(case: Case) -> Iterator[Rung]:
    """``D*(x) = p(x) / (p(x) + p(x))``: a side that has lost one of two laws speaks of the case that they are equal."""
    sides = [{d.args[0]: d for d in walk(s) if d.head == "den" and not d.args[2]} for s in _sides(case.statement)]
    if any(t.head in ("E", "int", "KL", "JSD", "TV") for s in _sides(case.statement) for t in walk(s)):
        return
    for mine, other in (sides, sides[::-1]):
        lost = [law for law in other if law not in mine]
        if len(other) == 2 and len(mine) == len(lost) == 1:
            one, two = next(iter(mine.values())), other[lost[0]]
            if one.args[1] == two.args[1]:
                yield f"{two!r} = {one!r}", case.statement.assuming(("=", two, one))


def _transitions(case: Case) -> Iterator[Rung]:
    """``p(x | y) = q(y | x) p(x) / p(y)``: q(y | x) may be the conditional law of p, in a rule for densities alone."""
    if any(t.head not in _OF_DENSITIES for s in _sides(case.statement) for t in walk(s)):
        return
    found = _densities(case.statement)
    for d in found:
        law, targets, behind = d.args
        if not behind or any(o.args[0] is law and o is not d for o in found):
            continue
        for other in dict.fromkeys(o.args[0] for o in found if o.args[0] is not law):
            new = density(other, list(targets), list(behind))
            if new not in found:
                yield f"{d!r} = {new!r}", case.statement.assuming(("=", d, new))


def _through(case: Case) -> Iterator[Rung]:
    """``p(x | z)`` beside ``p(z | c)``: a condition c acts through z, where the step writes x without it."""
    for law, slots in _slots_of_laws(case).items():
        mine = [d for d in _densities(case.statement) if d.args[0] is law]
        shapes = [({s for s, _ in d.args[1]}, {s for s, _ in d.args[2]}) for d in mine]
        conditions = slots - {s for targets, _ in shapes for s in targets}
        for c in sorted(conditions) if len(slots) == 3 else ():
            for z, x in permutations(sorted(slots - {c})):
                if ({z}, {c}) in shapes and ({x}, {z}) in shapes:
                    chain = case.statement.assuming(("markov", (c, z, x), law))
                    yield f"{c} -> {z} -> {x} is a Markov chain", chain


def _inputs(case: Case) -> Iterator[Rung]:
    """``p(w | y, X) = p(y | X, w) p(w) / p(y | X)``: what is only given has no part in what is written without it."""
    found = _densities(case.statement)
    heads = {t.head for s in _sides(case.statement) for t in walk(s)}
    for law in dict.fromkeys(d.args[0] for d in found) if heads <= {"den", "law", "var", "mul", "pow", "num"} else ():
        mine = [d for d in found if d.args[0] is law]
        targets = {s for d in mine for s, _ in d.args[1]}
        inputs = {s: v for d in mine for s, v in d.args[2] if s not in targets}
        without = [d for d in mine if not any(s in inputs for s, _ in d.args[2])]
        if inputs and without and len(without) < len(mine):
            posed = [("=", density(law, list(d.args[1]), [*d.args[2], *inputs.items()]), d) for d in without]
            names = ", ".join(repr(d) for d in without)
            yield f"{names} does not depend on {', '.join(sorted(inputs))}", case.statement.assuming(*posed)


_OF_DENSITIES = frozenset(("den", "law", "var", "int", "mul", "pow", "add", "num"))


def _one_letter(case: Case) -> Iterator[Rung]:
    """q_theta beside q_phi, or beside q_theta_1: one law whose parameter has two names, or parts.

    theta beside theta', and theta_1 beside theta_2, are there to differ.
    """
    laws = {d.args[0] for d in _densities(case.statement)}
    letters: dict[str, list[Law]] = {}
    for law in sorted(laws, key=repr):
        base, _, label = law.name.partition("_")
        if label.partition("_")[0] in PARAMETERS:
            letters.setdefault(base, []).append(law)
    for several in letters.values():
        labels = [law.name.partition("_")[2] for law in several]
        if len(several) == 2 and any(label in PARAMETERS for label in labels):
            kept, other = several
            sides = _sides(case.statement)
            for d in [d for d in _densities(case.statement) if d.args[0] is other]:
                sides = tuple(replace(s, d, density(kept, *(list(part) for part in d.args[1:]))) for s in sides)
            words = f"{kept!r} and {other!r} are one law"
            yield words, Statement(case.statement.relation, *sides, (), case.statement.given)


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


def _coupled(case: Case) -> Iterator[Rung]:
    """gamma(x, y) beside p(x) and q(y) is a coupling of them."""
    found = _densities(case.statement)
    for joint in found:
        slots = [*joint.args[1], *joint.args[2]]
        others = {s: d for d in found if d.args[0] is not joint.args[0] for s, _ in d.args[1] if len(d.args[1]) == 1}
        mine = [d for d in found if d.args[0] is joint.args[0]]
        if (
            len(slots) != 2
            or any(len(d.args[1]) != 2 for d in mine)
            or not all(s in others and not others[s].args[2] for s, _ in slots)
        ):
            continue
        statement = case.statement
        for s, v in slots:
            statement = statement.assuming(
                ("=", density(others[s].args[0], [(s, v)], []), density(joint.args[0], [(s, v)], []))
            )
        names = " and ".join(repr(others[s].args[0]) for s, _ in slots)
        yield f"{joint.args[0]!r} is a coupling of {names}", statement
        return


def _one_channel(case: Case) -> Iterator[Rung]:
    """Divergences of p(x), q(x) and of p(y), q(y): y is made from x in the same way under both laws."""
    pairs: dict[str, Variable] = {}
    laws: set[Any] = set()
    for t in (t for s in _sides(case.statement) for t in walk(s) if t.head in ("KL", "JSD", "TV")):
        sides = [t.args[1], t.args[2]]
        if any(d.head != "den" or d.args[2] or len(d.args[1]) != 1 for d in sides):
            return
        laws |= {d.args[0] for d in sides}
        for slot, v in (d.args[1][0] for d in sides):
            if isinstance(v, Variable):
                pairs[slot] = v
    if len(laws) == len(pairs) == 2 and case.statement.relation not in ("=", "!="):
        p, q = sorted(laws, key=repr)
        (a, x), (b, y) = sorted(pairs.items())
        for target, given in (((b, y), (a, x)), ((a, x), (b, y))):
            same = [density(law, [target], [given]) for law in (p, q)]
            yield f"{same[0]!r} = {same[1]!r}", case.statement.assuming(("=", same[0], same[1]))


def _memoryless(case: Case) -> Iterator[Rung]:
    """x_1, x_2 and y_1, y_2 under one law: each y_i is made from its x_i alone."""
    for d in _densities(case.statement):
        places = sorted([*d.args[1], *d.args[2]])
        slots = [s for s, _ in places]
        bases = [s.partition("_")[0] for s in slots]
        if len(slots) != 4 or [s.partition("_")[2] for s in slots] != ["1", "2", "1", "2"] or len(set(bases)) != 2:
            continue
        for x, y in ((places[:2], places[2:]), (places[2:], places[:2])):
            law = d.args[0]
            apart = density(law, [y[0]], [x[0]]) * density(law, [y[1]], [x[1]])
            whole = density(law, places, [])
            names = ", ".join(s for s, _ in y)
            statement = case.statement.assuming(("=", whole, density(law, x, []) * apart))
            yield f"{names} are made from their {x[0][0].partition('_')[0]} alone", statement
        return


def _groups(t: Term) -> set[frozenset[str]]:
    """The groups of slots whose joint law a term needs."""
    found = set()
    for d in walk(t):
        if d.head == "den":
            found.add(frozenset(s for s, _ in (*d.args[1], *d.args[2])))
    return found


def _independence(case: Case) -> Iterator[Rung]:
    """Where one side knows the joint law and the other only the marginals of the same variables.

    Who averages over p(x | z) does not mean that x and z are independent, which would leave nothing to say.
    """
    averages = any(t.head in ("E", "int", "KL") for s in _sides(case.statement) for t in walk(s))
    conditional = any(d.args[1] and d.args[2] for d in _densities(case.statement))
    if case.statement.relation != "=" or (averages and conditional):
        return
    left, right = (_groups(s) for s in _sides(case.statement))
    for joint_side, other in ((left, right), (right, left)):
        joint = [g for g in joint_side if len(g) > 1]
        single = [g for g in other if len(g) == 1]
        if joint and single and len(single) == len(other):
            together = frozenset().union(*joint)
            if together & frozenset().union(*single):
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


def _moment(slot: str) -> tuple[int, int] | None:
    """When a slot such as x_0, x_tm1 (x_{t-1}), x_t, x_T comes in time."""
    label = slot.partition("_")[2]
    stem, offset = label, 0
    for mark, sign in (("m", -1), ("p", 1)):
        head, found, tail = label.partition(mark)
        if found and tail.isdigit():
            stem, offset = head, sign * int(tail)
    if stem.isdigit():
        return 0, int(stem)
    order = {"s": 1, "t": 2, "T": 3}
    return (order[stem], offset) if stem in order else None


def _temporal(case: Case) -> Iterator[Rung]:
    """Variables with times form a Markov chain in their order, under one of the laws or all of them."""
    found = []
    for law, slots in _slots_of_laws(case).items():
        bases = {s.partition("_")[0] for s in slots}
        moments = {s: _moment(s) for s in slots}
        if len(slots) > 2 and len(bases) == 1 and all(m is not None for m in moments.values()):
            order = tuple(sorted(slots, key=lambda s: moments[s] or (0, 0)))
            found.append((f"{' -> '.join(order)} is a Markov chain", ("markov", order, law)))
    for words, chain in found:
        yield words, case.statement.assuming(chain)
    if len(found) > 1:
        yield found[0][0], case.statement.assuming(*(chain for _, chain in found))


def _written_chains(case: Case) -> Iterator[Rung]:
    """Variables that a step writes one given the other, ``p(x | z_1) p(z_1 | z_2)``, may form a Markov chain so."""
    for law, slots in _slots_of_laws(case).items():
        beside: dict[str, set[str]] = {s: set() for s in slots}
        for d in _densities(case.statement):
            if d.args[0] is law and len(d.args[1]) == len(d.args[2]) == 1:
                ((a, _),), ((b, _),) = d.args[1:]
                beside[a].add(b)
                beside[b].add(a)
        ends = sorted(s for s, others in beside.items() if len(others) == 1)
        if len(slots) < 3 or len(ends) != 2 or any(len(others) > 2 for others in beside.values()):
            continue
        order = [ends[0]]
        while left := beside[order[-1]] - set(order):
            order += left
        if len(order) == len(slots):
            yield f"{' - '.join(order)} is a Markov chain", case.statement.assuming(("markov", tuple(order), law))


def _slots_of_laws(case: Case) -> dict[Term, set[str]]:
    """The slots of each law of which the document declares no chain."""
    laws: dict[Term, set[str]] = {}
    for d in _densities(case.statement):
        laws.setdefault(d.args[0], set()).update(s for s, _ in (*d.args[1], *d.args[2]))
    declared = {h[2] for h in case.statement.given if h[0] == "markov"}
    return {law: slots for law, slots in laws.items() if law not in declared}


def objective(case: Case) -> Iterator[Rung]:
    """``max_D V = ...`` may pose the objective V rather than state its maximum."""
    sides = list(_sides(case.statement))
    extremal = [s.head in ("sup", "inf") for s in sides]
    if case.statement.relation != "=" or sum(extremal) != 1:
        return
    n = extremal.index(True)
    while sides[n].head in ("sup", "inf"):
        sides[n] = sides[n].args[1]
    yield "it poses the objective", Statement("=", sides[0], sides[1], (), case.statement.given)


def _chains(case: Case) -> Iterator[Rung]:
    """Three variables whose entropies or densities are compared may form a Markov chain, in some order.

    Who writes I(x; z | y) does not mean a chain x - y - z, under which it is zero.
    """
    named = [t for s in _sides(case.statement) for t in walk(s) if t.head == "I" and t.args[2]]
    laws = _slots_of_laws(case)
    heads = {t.head for s in _sides(case.statement) for t in walk(s)}
    conditions = case.statement.relation == "=" and len(laws) == 1 and not heads & {"E", "KL", "log"}
    for law, slots in laws.items():
        if len(slots) != 3 or not (conditions or heads & {"H", "I"}):
            continue
        for order in permutations(sorted(slots)):
            middle = [t for t in named if [v.slot for v in t.args[2]] == [order[1]]]
            if order[0] < order[-1] and not middle:
                words = " - ".join(order)
                try:
                    yield f"{words} is a Markov chain", case.statement.assuming(("markov", order, law))
                except LanguageError:
                    return


def _determined(case: Case) -> Iterator[Rung]:
    """A variable may be a function of others, or have two values: ``H(E | X, Y) = 0``, ``H(E) <= 1`` in bits."""
    sides = _sides(case.statement)
    bit = any(number(t) == 1 for s in sides for t in walk(s))
    for t in dict.fromkeys(t for s in sides for t in walk(s) if t.head == "H" and len(t.args[0]) == 1):
        name, given = t.args[0][0].name, ", ".join(v.name for v in t.args[1])
        if given or bit:
            words = f"{name} is a function of {given}" if given else f"{name} has two values, in bits"
            left, right = (replace(s, t, numeral(0 if given else 1)) for s in sides)
            yield words, Statement(case.statement.relation, left, right, (), case.statement.given)


def _told_in_words(case: Case, wordy: bool) -> Iterator[Rung]:
    """Three variables of which two are independent, or that form a Markov chain, as prose may have said.

    An equation between densities may rest on what a model says elsewhere: p(c | mu) = p(c).
    """
    heads = {t.head for s in _sides(case.statement) for t in walk(s)}
    informations = wordy and heads & {"H", "I"} and not heads & {"E", "KL", "int"}
    densities = case.statement.relation == "=" and not heads & {"E", "KL", "log", "H", "I", "CE"}
    found = {t.slot: t for s in _sides(case.statement) for t in walk(s) if isinstance(t, Variable)}
    for law, slots in _slots_of_laws(case).items():
        if not isinstance(law, Law) or len(slots) != 3 or not slots <= found.keys():
            continue
        for pair in combinations(sorted(slots), 2) if informations or densities else ():
            points: list[tuple[str, Any]] = [(slot, found[slot]) for slot in pair]
            apart = density(law, points[:1], []) * density(law, points[1:], [])
            words = f"{pair[0]} and {pair[1]} are independent"
            yield words, case.statement.assuming(("=", density(law, points, []), apart))
        for order in permutations(sorted(slots)) if informations else ():
            if order[0] < order[-1]:
                yield f"{' - '.join(order)} is a Markov chain", case.statement.assuming(("markov", order, law))
