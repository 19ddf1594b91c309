"""Inequalities: which non-negative atoms, in which multiples, make up the difference of the two sides.

The atoms are read off the source of the statement, since expansion destroys the grouping that Jensen's inequality
needs: divergences, densities averaged over against conditionals that occur, weighted logarithms that share a weight.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

from derivations.kernel import (
    Key,
    Number,
    Rejected,
    Replay,
    Sum,
    constant,
    has_binder,
    multiply_monomials,
    order,
    plus,
    product,
    ratio,
    scaled,
    slot_of,
)
from derivations.prover import candidates
from derivations.prover.equality import APART, reduce, vanish
from derivations.prover.factorisation import Search, factors
from derivations.prover.simplex import nonnegative_combination
from derivations.prover.transport import completed, transport_atoms

Term = list[Any]
Names = list[Any]
ATOMS = 120  # atoms in the last and largest pool
TIMES = "times"  # an atom times what a hypothesis says is at least zero: ["times", SLACK, ATOM]


def bound_proof(statement: dict[str, Any], rules: frozenset[str], hints: Any = None) -> dict[str, Any] | None:
    """A proof of an inequality by atoms, or None; ``hints["atoms"]`` are multipliers with atoms to try first."""
    low, high = statement["lhs"], statement["rhs"]
    if statement["relation"] in (">=", ">"):
        low, high = high, low
    replay = Search(statement, rules)
    gap = replay.difference(low, high)
    strict = statement["relation"] in ("<", ">")
    given = [[c, completed(replay, atom)] for c, atom in (hints or {}).get("atoms", [])]
    if given:
        rest = gap
        for multiplier, atom in given:
            value = replay.atom(atom)
            rest = plus(rest, scaled(product(replay.quietly(multiplier), value), -1))
        moves = _moves(replay, rest, strict)
        if moves is not None:
            return {"rule": "bound", "atoms": given, "moves": moves, "equality": None}
    goal = reduce(replay, gap)[1]
    valued: list[tuple[Any, Sum, Sum]] = []
    doubles: list[tuple[Any, Sum, Sum]] = []  # of the same normal form as another
    for stage in itertools.chain([[atom for _, atom in given], transport_atoms(statement)], pools(statement)):
        for item in stage:
            if any(item == a for a, _, _ in (*valued, *doubles)) or len(valued) >= ATOMS:
                continue
            try:
                item = completed(replay, item) if item[0] != TIMES else item
                factor, atom = item[1:] if item[0] == TIMES else (["num", "1"], item)
                value = product(replay.quietly(factor), replay.atom(atom))
                normal = reduce(replay, value)[1]
            except Rejected:
                continue
            if normal:
                (doubles if any(normal == other for _, _, other in valued) else valued).append((item, value, normal))
        proof = _combined(replay, gap, goal, valued, strict)
        if proof is not None:
            return proof
    if any(_has_copies(normal) for normal in (goal, *(n for _, _, n in valued))):
        # In the normal form copies of a variable cannot be told apart, and 1 / (w_1 + w_2) not be multiplied out.
        apart = [(atom, value, reduce(replay, value, APART)[1]) for atom, value, _ in (*valued, *doubles)]
        return _combined(replay, gap, reduce(replay, gap, APART)[1], apart, strict)
    return None


def _combined(
    replay: Replay, gap: Sum, goal: Sum, valued: list[tuple[Any, Sum, Sum]], strict: bool
) -> dict[str, Any] | None:
    """The proof by multiples of atoms, each with its value and a form of it, that a form of the gap is the sum of."""
    found = _combination(goal, [form for _, _, form in valued], strict)
    if found is None:
        return None
    rest = gap
    atoms = []
    for c, (item, value, _) in zip(found, valued, strict=True):
        if c:
            factor, atom = item[1:] if item[0] == TIMES else (["num", "1"], item)
            atoms.append([_times(["num", str(c)], factor), atom])
            rest = plus(rest, scaled(value, -c))
    moves = _moves(replay, rest, strict)
    return None if moves is None else {"rule": "bound", "atoms": atoms, "moves": moves, "equality": None}


def _has_copies(s: Sum) -> bool:
    """Whether a term is an integral over several variables of one slot."""
    return any(len({slot_of(b) for b in binders}) < len(binders) for binders, _ in s)


def _moves(replay: Replay, s: Sum, strict: bool) -> list[Any] | None:
    if not strict:
        return vanish(replay, s)
    moves, rest = reduce(replay, s)
    return moves if replay.positive_sum(rest) else None


def _combination(goal: Sum, columns: list[Sum], strict: bool) -> list[Number] | None:
    if strict:  # something positive must be left over, a constant or a term without integrals
        found = nonnegative_combination(*_without(goal, columns, lambda key: key == ((), ())))
        return found or nonnegative_combination(*_without(goal, columns, lambda key: not key[0]))
    return nonnegative_combination(goal, columns)


def _without(goal: Sum, columns: list[Sum], left_out: Any) -> tuple[Sum, list[Sum]]:
    goal, *columns = ({k: v for k, v in s.items() if not left_out(k)} for s in (goal, *columns))
    return goal, columns


# The pool ------------------------------------------------------------------------------------------------------------


def pools(statement: dict[str, Any]) -> Iterator[list[Any]]:
    """Atoms that may matter, in stages: exact matches of the source first, then combinations."""
    return map(_distinct, _stages(statement))


def _stages(statement: dict[str, Any]) -> Iterator[list[Any]]:
    sources = [statement["lhs"], statement["rhs"]]
    divergences: list[Any] = []
    averages: list[tuple[Names, Term]] = []
    logs: list[tuple[Names, Term, Term]] = []
    integrals: list[Term] = []
    for side in sources:
        _survey(side, [], ["num", "1"], divergences, averages, logs, integrals)
    laws = _densities(sources)
    averages += [(names, weight) for names, weight, _ in logs if names and weight[0] == "den"]  # written as integrals
    averages = [(names, weight) for names, weight in _distinct([[n, w] for n, w in averages])]
    first = [*divergences]
    variables = statement["declare"]["variables"]
    for extremum in _extrema(sources):
        for names, weight in [*averages, ([], ["num", "1"])]:
            free = names or [["var", n] for n in variables]
            for y in free:
                if y[0] == "var" and variables[y[1]]["slot"] == variables[extremum[1][1]]["slot"]:
                    first.append(["extremum", names, weight, extremum, y])
    slacks: list[Term] = []
    posed = [h[2] if h[0] == "cited" else h for h in statement["given"]]
    for relation, left, right in (h for h in posed if h[0] in ("<=", "<", ">=", ">")):
        low, high = (left, right) if relation in ("<=", "<") else (right, left)
        slack = ["add", high, ["mul", ["num", "-1"], low]]
        if not has_binder(slack):
            slacks.append(slack)
        first.extend(["nonneg", names, _times(weight, slack)] for names, weight in [*averages, ([], ["num", "1"])])
    plain = [["gibbs", *t[1:]] for t in _heads(sources, "KL")]
    first += [[TIMES, slack, atom] for slack in slacks for atom in plain]
    yield first
    yield _sharing(logs)
    second: list[Any] = []
    for names, weight in averages:
        for other in laws:
            for candidate in _conditionals(other, names):
                second.append(["gibbs", names, weight, candidate])
    bound = {n[1] for names, _ in averages for n in names if n[0] == "var"}
    for a in laws:
        for b in laws:
            names = [t for _, t in a[2] if t[0] == "var" and t[1] in bound]
            if a != b and names and names == [t for _, t in b[2]] == [t for _, t in a[2]]:
                second.append(["gibbs", names, a, b])
    second += _partial(averages, laws, sources)
    second += [atom for h in statement["given"] if h[0] == "markov" for atom in _data_processing(h, variables)]
    yield second
    third: list[Any] = []
    means: list[Any] = [
        ["gibbs", names, weight, ["mul", body[2], ["pow", body, "-1"]]]
        for names, weight in averages
        for body in integrals
        if body[1] == names
    ]
    for names, weight, inside in logs:
        for f in (inside, ["pow", inside, "-1"]):
            mean = ["int", names, ["mul", weight, f]] if names else ["mul", weight, f]
            means.append(["gibbs", names, weight, ["mul", weight, f, ["pow", mean, "-1"]]])
        for body in integrals:
            means.append(["gibbs", names, weight, ["mul", body[2], ["pow", body, "-1"]]])
        third.append(["gibbs", names, weight, inside])
        third.append(["gibbs", names, weight, ["mul", weight, inside]])
        for factor in _factors(inside):
            third.append(["gibbs", names, weight, ["mul", weight, factor]])
            third.append(["gibbs", names, weight, factor])
    yield third
    yield means
    yield [  # convexity in a mixture whose weight a hypothesis bounds
        [TIMES, slack, ["gibbs", names, a, b]]
        for slack in slacks
        for names, b in _mixtures(sources)
        for a in laws
        if a in _densities([b])
    ]
    roots = _squared(sources)
    squares = [*roots, *(f[3] for f in roots if f[0] == "E" and f[3] not in roots)]
    totals = [(t[1], t[2], t[3]) for t in _heads(sources, "TV")]
    low, high = sources if statement["relation"] in ("<=", "<") else sources[::-1]
    yield [
        ["nonneg", [], ["add", high, candidates.negative(low)]],  # the sides themselves, point by point
        *candidates.of_logarithms(logs),
        *candidates.of_divergences(
            [(names, a, b) for kind, names, a, *rest in divergences if kind == "gibbs" for b in rest]
        ),
        *candidates.of_exponentials(_heads(sources, "E"), laws),
        *candidates.of_squares(_heads(sources, "int"), _heads(sources, "E")),
        *(atom for side in sources for atom in candidates.of_absolute_values(side, [])),
        *candidates.of_distances(totals),
        *(candidates.of_roots(laws) if any(t[2] in ("1/2", "-1/2") for t in _heads(sources, "pow")) else []),
        *candidates.of_squared_means(squares),
    ]
    fourth: list[Any] = []
    for names, weight, inside in logs:
        for factor in _factors(inside):
            fourth.append(["monotone", names, weight, factor, ["num", "1"]])
            fourth.append(["monotone", names, weight, ["num", "1"], factor])
            for part in factor[1:] if factor[0] == "add" else []:
                fourth.append(["monotone", names, weight, part, factor])
            for other in laws:
                fourth.append(["monotone", names, weight, factor, other])
    for names, weight in averages:
        for joint in laws:
            for place in joint[2] if not joint[3] and len(joint[2]) > 1 else []:
                marginal = ["den", joint[1], [p for p in joint[2] if p != place], []]
                fourth.append(["monotone", names, weight, joint, marginal])
                if {t[1] for _, t in joint[2] if t[0] == "var"} <= {n[1] for n in names}:
                    fourth.append(["gibbs", names, weight, ["mul", marginal, ["den", joint[1], [place], []]]])
    for names, weight in averages:
        if weight[0] == "den" and not weight[3] and len(weight[2]) > 2:  # what all variables together share
            fourth.append(["gibbs", names, weight, ["mul", *(["den", weight[1], [p], []] for p in weight[2])]])
    if any(t[2] in ("1/2", "-1/2") for t in _heads(sources, "pow")):
        for kind, names, a, *rest in divergences:
            fourth.extend(["gibbs", names, a, ["pow", ["mul", a, b], "1/2"]] for b in rest if kind == "gibbs")
    for name, facts in statement["declare"]["symbols"].items():
        if not facts["shape"]:
            fourth.append(["square", [], ["num", "1"], ["sym", name]])
        if facts["sign"] in ("nonnegative", "positive") and not facts["shape"]:
            fourth.append(["nonneg", [], ["sym", name]])
    for f in roots:
        if f[0] in ("E", "int"):
            fourth.append(["square", [], ["num", "1"], f])
    for names, weight in averages:
        for f in squares:
            if f[0] in ("E", "int"):
                fourth.append(["square", names, weight, f])
            fall = ["add", f, ["mul", ["num", "-1"], ["int", names, ["mul", weight, f]]]]
            fourth.append(["square", names, weight, fall])
    for n in (1, 2, 3, 5):
        fourth.append(["nonneg", [], ["num", "1"] if n == 1 else ["log", ["num", str(n)]]])
    yield fourth


def _mixtures(sources: list[Any]) -> list[tuple[Names, Term]]:
    """The mixtures of laws that divergences and entropies of some terms take, with their variables."""
    found = []
    for t in [part for head in ("KL", "CE", "H") for part in _heads(sources, head)]:
        for part in t[-2:]:
            if isinstance(part, list) and part[:1] == ["add"] and len(_densities([part])) > 1:
                found.append([t[1], part])
    return _distinct(found)


def _partial(averages: list[tuple[Names, Term]], laws: list[Any], sources: list[Any]) -> list[Any]:
    """A joint density against its own marginal times a conditional density: what chain rules and bounds leave over."""
    blocks = _distinct([[t for _, t in d[2]] for d in laws] + [t[n] for t in _heads(sources, "I") for n in (1, 2)])
    found = []
    for names, weight in averages:
        for other in laws:
            mine = [p[1] for p in other[2]]
            rest = [n for n in names if n not in mine]
            if rest and not other[3] and all(t in names for t in mine):
                found.append(["gibbs", mine, ["int", rest, weight], other])
        if weight[0] != "den" or len(weight[2]) != len(names):
            continue
        several = [[n for n in names if n not in block] for block in blocks]
        for other in laws:
            for block in _distinct([*blocks, *several]):  # the variables of the conditional density
                targets = [p for p in other[2] + other[3] if p[1] in block]
                given = [p for p in other[2] + other[3] if p[1] not in block]
                apart = [n for n in names if n in block]
                if not targets or not given or len(apart) != len(targets) or len(apart) == len(names):
                    continue
                if not {t[1] for _, t in given if t[0] == "var"} <= {n[1] for n in names}:
                    continue
                conditional = ["den", other[1], sorted(targets), sorted(given)]
                found.append(["gibbs", names, weight, ["mul", ["int", apart, weight], conditional]])
    return found


def _data_processing(chain: list[Any], variables: dict[str, Any]) -> list[Any]:
    """Conditional mutual informations of three variables that form a chain: what processing loses."""
    places = [[slot, ["var", n]] for slot in chain[1] for n in sorted(variables) if variables[n]["slot"] == slot]
    if [s for s, _ in places] != list(chain[1]) or len(places) != 3:
        return []
    found = []
    for one in places:
        a, b = ([p for p in places if p in (one, other)] for other in places if other is not one)
        joint, *parts = (["den", chain[2], sorted(p), []] for p in (places, a, b, [one]))
        product = ["mul", *parts[:2], ["pow", parts[2], "-1"]]
        found.append(["gibbs", [t for _, t in sorted(places)], joint, product])
    return found


def _heads(t: Any, head: str) -> list[Any]:
    """The terms with a head that occur."""
    if not isinstance(t, list):
        return []
    return ([t] if t[:1] == [head] else []) + [i for part in t for i in _heads(part, head)]


def _sharing(logs: list[tuple[Names, Term, Term]]) -> list[Any]:
    """Atoms of logarithms under one integral sign, as those of D and 1 - D: against the sum of their weights."""
    found = []
    for names, weight, inside in logs:
        weights = _distinct([w for n, w, _ in logs if n == names])
        if len(weights) > 1:
            found += [["gibbs", names, weight, ["mul", ["add", *weights], f]] for f in _factors(inside)]
    return found


def _distinct(items: list[Any]) -> list[Any]:
    return list({json.dumps(i): i for i in items}.values())


def _survey(
    t: Any,
    names: Names,
    weight: Term,
    divergences: list[Any],
    averages: list[tuple[Names, Term]],
    logs: list[tuple[Names, Term, Term]],
    integrals: list[Term],
) -> None:
    """Collect, with the binders and the weight that they stand under: divergences, averages, logarithms, integrals."""
    head = t[0] if isinstance(t, list) and t and isinstance(t[0], str) else None

    def visit(part: Any, more: Names, factor: Term) -> None:
        _survey(part, names + more, _times(weight, factor), divergences, averages, logs, integrals)

    if head == "E":
        averages.append((names + t[1], _times(weight, t[2])))
        visit(t[3], t[1], t[2])
    elif head in ("KL", "JSD", "CE"):
        a, b = (_times(weight, x) for x in t[2:])
        half = ["mul", ["num", "1/2"], ["add", a, b]]
        bound = names + t[1]
        pairs = {"KL": [(a, b)], "JSD": [(a, half), (b, half)], "CE": []}[head]
        divergences.extend(["gibbs", bound, u, v] for u, v in pairs)
        if head == "KL":  # against a mixture that has its first law as a component
            parts = candidates.components(b)
            divergences.extend(
                ["monotone", bound, a, part, b] for part in parts if len(parts) > 1 and a in _densities([part])
            )
        if head == "JSD":
            total = ["add", a, b]
            divergences.extend(["monotone", bound, u, u, total] for u in (a, b))
        averages.append((bound, a))
        logs.append((bound, a, t[2]))
        logs.append((bound, a, t[3]))
        logs.append((bound, a, ["mul", t[2], ["pow", t[3], "-1"]]))
    elif head == "H":
        averages.append((names + t[1] + t[2], _times(weight, t[3])))
        below = ["int", t[1], t[3]]
        inside = ["mul", t[3], ["pow", below, "-1"]] if t[2] else t[3]
        logs.append((names + t[1] + t[2], _times(weight, t[3]), inside))
        if t[2]:
            logs.append((names + t[1] + t[2], _times(weight, t[3]), below))
    elif head == "I":
        _, v, w, g, a = t
        averages.append((names + v + w + g, _times(weight, a)))
        parts = [["int", v, a], ["int", w, a]]
        other = ["mul", *parts, ["pow", ["int", v + w, a], "-1"]] if g else ["mul", *parts]
        divergences.append(["gibbs", names + v + w + g, _times(weight, a), _times(weight, other)])
    elif head == "log":
        logs.append((names, weight, t[1]))
        for inner in _factors(t[1]):
            if inner[0] == "int":
                integrals.append(inner)
            if inner[0] == "E":
                integrals.append(["int", inner[1], ["mul", inner[2], inner[3]]])
                averages.append((names + inner[1], _times(weight, inner[2])))
            if inner[0] in ("int", "E"):
                _survey(inner, names, weight, divergences, averages, logs, integrals)
    elif head in ("int", "sum"):
        bound = t[1] if head == "int" else [t[1]]
        visit(t[2], bound, ["num", "1"])
    elif head in ("add",):
        for part in t[1:]:
            visit(part, [], ["num", "1"])
    elif head == "mul":
        for i, part in enumerate(t[1:], 1):
            others = [p for j, p in enumerate(t[1:], 1) if j != i and p[0] != "num" and not _has_log(p)]
            visit(part, [], ["mul", *others] if len(others) > 1 else others[0] if others else ["num", "1"])


def _times(a: Term, b: Term) -> Term:
    parts = [p for t in (a, b) for p in (t[1:] if t[0] == "mul" else [t]) if p != ["num", "1"]]
    return ["mul", *parts] if len(parts) > 1 else parts[0] if parts else ["num", "1"]


def _has_log(t: Any) -> bool:
    return isinstance(t, list) and (t[:1] == ["log"] or any(_has_log(p) for p in t))


def _factors(t: Term) -> list[Term]:
    """The factors of a product, powers aside."""
    if t[0] == "mul":
        return [f for part in t[1:] for f in _factors(part)]
    if t[0] == "pow":
        return _factors(t[1])
    return [] if t[0] == "num" else [t]


def _squared(t: Any) -> list[Term]:
    """The terms that stand under a square: a mean of squares may be compared with the square of a mean."""
    if not isinstance(t, list):
        return []
    mine = [t[1]] if t[:1] == ["pow"] and t[2] == "2" else []
    return _distinct([*mine, *(s for part in t for s in _squared(part))])


def _extrema(t: Any) -> list[Term]:
    """The suprema and infima over variables that occur."""
    if not isinstance(t, list):
        return []
    mine = [t] if t[:1] in (["sup"], ["inf"]) and t[1][0] == "var" else []
    return _distinct([*mine, *(e for part in t for e in _extrema(part))])


def _densities(t: Any) -> list[Term]:
    """All densities that occur, as joint densities and as they are written."""
    if not isinstance(t, list):
        return []
    found = []
    if t[:1] == ["den"]:
        found = [t, ["den", t[1], sorted(t[2] + t[3]), []]]
        found += [["den", t[1], t[3], []]] if t[3] else []
    return _distinct([*found, *(d for part in t for d in _densities(part))])


def _conditionals(density: Term, names: Names) -> list[Term]:
    """The density of the named variables, given whatever else a density mentions; also their own marginal."""
    wanted = [n[1] for n in names]
    _, law, above, below = density
    places = above + below
    targets = [p for p in places if p[1][0] == "var" and p[1][1] in wanted]
    if len(targets) != len(wanted):
        return []
    given = [p for p in places if p not in targets]
    found = [["den", law, sorted(targets), []]]
    if given:
        found.append(["den", law, sorted(targets), sorted(given)])
    return found


# Equality cases ------------------------------------------------------------------------------------------------------


def equality_case(statement: dict[str, Any], rules: frozenset[str], atoms: list[Any]) -> dict[str, Any] | None:
    """Multipliers that turn the atoms' gaps into the equations and back, or None."""
    replay = Search(statement, rules)
    gaps = []
    for _, atom in atoms:
        try:
            gaps.append(replay.gap(atom))
        except Rejected:
            return None
    sides = [plus(replay.open_term(a), scaled(replay.open_term(b), -1)) for a, b in statement["equality"]]
    forward = [_row(replay, side, gaps) for side in sides]
    backward = [_row(replay, gap, sides) for gap in gaps]
    if any(row is None for row in (*forward, *backward)):
        return None
    return {"forward": forward, "backward": backward}


def _row(replay: Search, target: Sum, sources: list[Sum]) -> list[Any] | None:
    """A target as a multiple of one of the sources."""
    zero = ["num", "0"]
    if not target:
        return [zero for _ in sources]
    for n, source in enumerate(sources):
        ratio = _ratio(replay, target, source)
        if ratio is not None:
            return [replay.shown_sum(ratio) if i == n else zero for i in range(len(sources))]
    return None


def _ratio(replay: Search, target: Sum, source: Sum) -> Sum | None:
    """target / source if it is one term."""
    if not source:
        return None
    a, b = replay.common_denominator(target), replay.common_denominator(source)
    first: Key = min(a, key=order)
    for other, c in b.items():
        if first[0] or other[0]:
            return None
        monomial, factor, _ = multiply_monomials(first[1], tuple((x, -e) for x, e in other[1]))
        multiple: Sum = {((), monomial): ratio(a[first] * factor, c)}
        if not replay.common_denominator(plus(target, scaled(product(multiple, source), -1))):
            return multiple
    return _polynomial_ratio(replay, target, source)


def _polynomial_ratio(replay: Search, target: Sum, source: Sum) -> Sum | None:
    """target / source if what is left of the source's factors is positive."""
    above, below = factors(target), factors(source)
    for part in list(above):
        for sign in (1, -1):
            match = next((b for b in below if b == scaled(part, sign)), None)
            if match is not None:
                above.remove(part)
                below.remove(match)
                above.append(constant(sign))
                break
    if not all(replay.positive_sum(part) for part in below):
        return None
    multiple = constant(1)
    for part in above:
        multiple = product(multiple, part)
    for part in below:
        multiple = product(multiple, replay.power(part, -1))
    if replay.common_denominator(plus(target, scaled(product(multiple, source), -1))):
        return None
    return multiple
