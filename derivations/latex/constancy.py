"""What a proof takes out of a mean, a sum or an optimiser as a constant, though it may vary there.

Who writes E_p[f] means a function of x, and x_i is a part of x: the reading shows them as numbers of their own.  A
proof that takes them for constants holds if they are; the verdict says so.
Main definitions: `taken_for_constant`, `left_open`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from derivations.language.laws import Law
from derivations.language.statements import Statement
from derivations.language.terms import Index, Symbol, Term, Variable, walk
from derivations.latex.arguments import INDEX_LETTERS, variable_key
from derivations.latex.expressions import split
from derivations.latex.grammar import Row, spell
from derivations.latex.names import PARAMETERS, Name, every_part, is_greek, name_of, names_in
from derivations.latex.reparameterised import NOISE
from derivations.latex.rungs import free_variables

_BINDERS = frozenset(("E", "int", "sum", "prod"))
_FUNCTIONS = frozenset(
    ("f", "g", "h", "phi", "psi", "T", "w", "r", "R", "V", "Q", "G", "L", "J", "ell", "Loss", "score", "u", "delta")
)
_MARKS = re.compile(r"(hat|bar|tilde|dot|vec|check|star)+(?=_|$|')")


def taken_for_constant(
    statement: Statement, rows: tuple[Row, ...], called: Collection[str] = ()
) -> tuple[str, str] | None:
    """A name that a mean, an integral or a sum takes for a constant, though it may vary with what is bound there.

    A letter of functions that stands bare (``E_p[f]``), the bound letter with an index or an accent, an estimate, a
    name that carries the bound letter below or above (w_z, a_ij, p_theta where theta is averaged).  *rows* are the
    sides of the step, *called* the names that the document shows with arguments.
    """
    marked = {(name.key, label) for row in rows for name, label in _carried(row)}
    sides = (statement.left, statement.right)
    behind = {key for row in rows for key in _behind_bars(row)}
    lawful = {slot for t in walk(sides) if t.head == "den" for slot, _ in (*t.args[1], *t.args[2])}
    known = _parameters(sides)
    for t in walk(sides):
        if t.head not in _BINDERS:
            continue
        binder = t.args[0] if isinstance(t.args[0], tuple) else (t.args[0],)
        names = {v.name for v in binder if isinstance(v, (Variable, Index))}
        integrated = any(isinstance(v, Variable) for v in binder)
        shown = ", ".join(sorted(names))
        for u in walk(t.args[1:]):
            if isinstance(u, Symbol):
                points = known.get(u.name)  # where it parametrises a law, the variables of that
                labelled = points is not None and not _labels(u.name).isdisjoint(names - points)
                if labelled or (points is None and _may_vary(u.name, names, integrated, called)):
                    return u.name, shown
            if isinstance(u, Variable) and _is_loose(u, names, integrated, lawful):
                return u.name, shown
            own = u.args[0] if u.head in ("fn", "law") else ""
            if own and not own.startswith("law_of_") and _labels(own) & names:
                return own, shown
        for key, label in marked if integrated else ():
            if label in names or any(_stem(n) == label for n in names):
                return key, label
        for key in behind if integrated else ():  # p(x | theta), averaged over theta_k
            if any(_is_part(n, key) for n in names):
                return key, shown
        part = _part_or_whole(t, names) if t.head in ("E", "int") else None
        if part is not None:
            return part, shown
    return None


def _behind_bars(row: Row) -> Iterator[str]:
    """The Greek letters on which the densities of a row condition, which the reading takes for parameters."""
    for part in (p for p in every_part(row) if p.kind == "bracketed"):
        for _, piece in split(part.args[0], "BAR")[1:]:
            yield from (variable_key(n) for n in names_in(piece) if n.base in PARAMETERS)


def _part_or_whole(mean: Term, bound: set[str]) -> str | None:
    """A variable free in a mean that is a part of what the mean binds, or has it as a part: z beside z_j, x_t, x_{1:T}.

    So is what follows on what the law conditions on: s' beside s, x_{t+1} beside x_t; a point of a density is none.
    """
    law = [d for d in walk(mean) if d.head == "den" and any(v.name in bound for _, v in d.args[1] if v.head == "var")]
    given = {v.name for d in law for _, v in d.args[2] if isinstance(v, Variable)}
    free = {v.name for v in free_variables(mean)} - given
    points = {v.name for d in walk(mean) if d.head == "den" for _, v in (*d.args[1], *d.args[2]) if v.head == "var"}
    symbols = {u.name for u in walk(mean.args[1:]) if isinstance(u, Symbol)}
    for name in sorted(free | symbols):
        if any(_is_part(name, other) or _is_part(other, name) or _indexed_apart(name, other) for other in bound):
            return name
        if name not in points and any(_follows(name, other) for other in (*given, *(b for b in bound if "_0" in b))):
            return name
    return None


def _is_part(name: str, whole: str) -> bool:
    """Whether a name is that of a part of another: z_j of z, x_t of x_{1:T}, an action a_t of a trajectory."""
    stem, label = _stem(name), name.partition("_")[2]
    if _stem(whole) == "tau" and name != whole:
        return stem in ("s", "a", "r", "o") and (bool(label) or name.endswith("'"))
    if stem != _stem(whole) or name == whole or "'" in name + whole or _MARKS.search(name + whole):
        return False
    span = whole.partition("_")[2]
    if not span or span == "all":
        return bool(label) and label != "sup_star"  # x^* is a point
    start, mark, end = span.partition("_to_")
    if not mark:
        before = "u3c" in span  # x_{<t}
        return before or ("minus" in span and "minus" not in label and label != span.rpartition("_")[2])
    first = label.partition("_to_")[0]
    last = label.rpartition("_to_")[2]
    outside = last.isdigit() and start.isdigit() and int(last) < int(start)
    return not (outside or (first.isdigit() and end.isdigit() and int(first) > int(end)))


def _indexed_apart(name: str, other: str) -> bool:
    """Whether two names differ in their index only, which may be one: x_i and x_j."""
    labels = {name.partition("_")[2], other.partition("_")[2]}
    return _stem(name) == _stem(other) and len(labels) == 2 and labels <= INDEX_LETTERS


def _follows(name: str, other: str) -> bool:
    """Whether a name may be that of the next state after another."""
    return name == other + "'" or (_stem(name) == _stem(other) and name != other and bool(_labels(name) & set("tkn")))


def _parameters(sides: tuple[Term, Term]) -> dict[str, set[str]]:
    """The numbers of a step by what they do: what is differentiated in, parameters of laws, sizes of sums.

    With those of a normal law that averages come the variables of that: the mean mu_x of x does not vary with x.
    """
    found: dict[str, set[str]] = {}
    averaging = [t.args[1] for t in walk(sides) if t.head in ("E", "int")]
    averaging += [a for t in averaging if t.head == "mul" for a in t.args]
    for t in walk(sides):
        if t.head == "grad":
            found.setdefault(t.args[0].name, set())
        own = t.args[1:] if t.head in ("normal", "gaussian") else t.parameters if isinstance(t, Law) else ()
        own = (t.lower, t.upper) if isinstance(t, Index) else own
        averages = t.head == "normal" and any(t is a for a in averaging)
        point = {v.name for v in walk(t.args[0]) if isinstance(v, Variable)} if averages else set()
        for u in walk(own):
            if isinstance(u, Symbol):
                found.setdefault(u.name, set()).update(point)
    return found


def over_a_class(statement: Statement, rows: tuple[Row, ...]) -> str | None:
    """A class of functions over which a step optimises, which the reading takes for all of them."""
    over = any(
        t.head in ("sup", "inf") and t.args[0].head == "function" for t in walk((statement.left, statement.right))
    )
    for part in (p for row in rows for p in every_part(row) if over and p.kind == "EXTREMUM"):
        places = split(part.below or (), "IN")
        if len(places) == 2 and places[1][1]:
            return spell(places[1][1])
    return None


def varying_weight(term: Term, names: set[str]) -> str | None:
    """A factor of a proportionality that may vary with its variables: w_x, an estimate with an accent."""
    found = sorted(u.name for u in walk(term) if isinstance(u, Symbol) and _may_vary(u.name, names, True))
    return found[0] if found else None


def left_open(statement: Statement) -> str | None:
    """A name in an objective in which its optimised parameter may stand: R_theta, a loss L."""
    names = {t.name for t in walk((statement.left, statement.right)) if isinstance(t, Symbol)}
    moved = {n.rstrip("'") for n in names if n.endswith("'")}
    for name in sorted(names):
        if name.rstrip("'") in moved:
            continue
        plain = _MARKS.sub("", name.partition("_")[0]).removeprefix("cal")
        bases = {m.partition("_")[0] for m in moved}
        if _labels(name) & moved or plain in bases or plain in {*_FUNCTIONS, "Z", "Omega"} - {"phi", "psi"}:
            return name
    return None


def _may_vary(name: str, bound: set[str], integrated: bool, called: Collection[str] = ()) -> bool:
    """Whether a name that the reading takes for a number may depend on bound letters."""
    base = name.partition("_")[0]
    plain = _MARKS.sub("", base)
    base = base.removeprefix("cal")
    if _labels(name) & bound:
        return True
    if integrated and bound & NOISE and base in "xyzuv" and _labels(name) - {"0"}:  # x_t, which noise may have made
        return True
    letters = base if 1 < len(base) <= 4 and base == plain and not is_greek(base) else ""
    if integrated and any(b in letters for b in bound if len(b) == 1):  # e^{itx}, whose letters run together
        return True
    return integrated and (plain.lower() in bound or base in _FUNCTIONS or plain != base or name in called)


def _is_loose(point: Variable, bound: set[str], integrated: bool, lawful: set[str]) -> bool:
    """Whether a free point may be the bound one, or a function of it: x_i beside x, x_t beside x_0, a return R."""
    if point.name in bound or "'" in point.name:
        return False
    if _labels(point.name) & bound:
        return True
    made = _labels(point.name) - {"0"} or _stem(point.name) == "z"
    if bound & NOISE and made and integrated:  # x_t, which noise may have made
        return True
    kin = {_stem(name) for name in bound}
    loose = _stem(point.name) in kin or point.name in {name.lower() for name in _FUNCTIONS}
    loose = loose or _stem(point.name) in ("g", "r")  # a return G_t, a reward r_t
    return integrated and loose and (point.slot not in lawful or point.slot in bound)


def _stem(name: str) -> str:
    return _MARKS.sub("", name.partition("_")[0])


def _labels(name: str) -> set[str]:
    """The letters that a name carries below and above: i and j of a_ij, z of w_z."""
    parts = re.split(r"_(?:sup_|and_|of_)*|_", name.rstrip("'"))[1:]
    return {p for part in parts for p in (part, *(part if len(part) <= 3 and part != "all" else ""))}


def _carried(row: Row) -> Iterator[tuple[Name, str]]:
    """The laws and functions of a row with the letters in their subscripts that are none of their points: p_theta."""
    for n, part in enumerate(row):
        for inside in (*part.args, part.above or ()):
            yield from _carried(inside)
        name = name_of(part)
        following = row[n + 1] if n + 1 < len(row) else None
        called = following is not None and following.kind == "bracketed"
        parametric = (
            name is not None
            and name.base in ("p", "q", "P", "Q")
            and any(n.base in PARAMETERS for n in names_in(part.below or ()))
        )
        if name is None or not (called or parametric) or name.base in ("E", "Var", "Cov"):
            continue
        inside = following.args[0] if called and following is not None else ()
        own = {variable_key(p) for part in inside if (p := name_of(part)) is not None}  # p_Z(z)
        for _, given in split(inside, "SEMI")[1:]:
            yield from ((name, variable_key(n)) for n in names_in(given) if n.base in PARAMETERS)
        for inner in part.below or ():
            label = name_of(inner)
            if (
                label is not None
                and label.base not in INDEX_LETTERS
                and (label.base in PARAMETERS or variable_key(label) not in own)
            ):
                yield name, variable_key(label)
