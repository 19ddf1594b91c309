"""What a reading takes for one or for constant though the author may not: laws side by side, hidden parameters.

Main definitions: `side_by_side`, `spelled_apart`, `paired`, `one_law`, `guessed_dimension`, `unseen_dependence`.
"""

from __future__ import annotations

from derivations.language.statements import Statement
from derivations.language.terms import Symbol, Variable, walk
from derivations.latex.arguments import INDEX_LETTERS, read_arguments
from derivations.latex.expressions import split
from derivations.latex.grammar import Row, spell
from derivations.latex.names import Name, every_part, is_greek, is_parameter, name_of, names_in, placed
from derivations.latex.tokens import Unread
from derivations.latex.vocabulary import Vocabulary


def side_by_side(rows: tuple[Row, ...], vocabulary: Vocabulary) -> list[str] | None:
    """Laws that the step tells apart, though the reading takes them for one: p(x) beside p_theta(x), P beside p.

    *rows* are its sides, and those of the definitions that they use.

    Parameters do not make another law of p(x | z) beside p_theta(z); at the same arguments they are there to differ,
    also behind the bar or a semicolon.
    """
    found: dict[tuple[str, str], set[str]] = {}
    behind_bars: set[str] = set()
    twofold: set[str] = set()
    places: dict[tuple[str, str], set[str]] = {}

    def visit(parts: Row) -> None:
        for n, part in enumerate(parts):
            for inner in (*(() if part.kind == "accent" else part.args), part.below or (), part.above or ()):
                visit(inner)
            name = name_of(part)
            if name is None or not vocabulary.is_law(name) or (name.below and not name.below_row):
                continue
            following = parts[n + 1] if n + 1 < len(parts) else None
            applied = following is not None and following.kind == "bracketed"
            inside = following.args[0] if applied and following is not None and following.args else ()
            arguments, behind = _told_apart(inside, vocabulary.greek)
            base = name.base if applied else name.base.lower()
            listed = {n.key for n in names_in(split(inside, "BAR", "SEMI")[0][1])} if behind and inside else set()
            for parameter in behind:
                where = ", " if parameter in listed else " | "
                places.setdefault((base, arguments), set()).add(
                    f"{name.base}({arguments.rstrip('|')}{where}{parameter})"
                )
            below = "" if vocabulary.lists_variables(name.below_row) else name.below  # p_X(x) is p(x)
            spelling = "_".join(part for part in (name.base, below, *behind) if part)
            found.setdefault((base, arguments), set()).add(spelling)
            behind_bars.update([spelling] if behind else [])
            twofold.update([spelling] if behind and name.below else [])

    for row in rows:
        visit(row)
    for spellings in places.values():  # p(x, theta) may be the joint density beside p(x | theta)
        if any(", " in s for s in spellings) and any(" | " in s for s in spellings):
            return sorted(spellings)
    model = {t for (base, arguments), names in found.items() if base.lower() == "p" and arguments for t in names}
    bare = "p" in found.get(("p", ""), ()) and "p" not in vocabulary.contrasted
    if bare and model and all("_" in t and is_greek(t.split("_", 1)[1]) for t in model):
        return sorted({"p", *model})  # E_p[log p_theta(x)], where p may be the law of the data
    for (base, arguments), spellings in found.items():
        behind = spellings & behind_bars
        greek = {t for t in spellings - behind if "_" in t and is_greek(t.split("_", 1)[1])}
        plain = spellings - {t for t in spellings if "_" in t}
        parametric = greek | behind
        if base.lower() in vocabulary.contrasted and len(greek) == 1 and not behind:
            continue  # the reading keeps them apart
        capital = base in ("p", "q") and not arguments and len(plain) > 1
        if (parametric and plain) or len(greek) > 1 or (twofold & behind and len(parametric) > 1) or capital:
            return sorted(parametric | plain)
    return None


_PARAMETRIC = frozenset(("D", "G", "V", "C", "ELBO"))  # of which the reading drops the parameters


def spelled_apart(rows: tuple[Row, ...], vocabulary: Vocabulary) -> list[str] | None:
    r"""Names that the step spells in two ways, of which the reading makes one: \phi and \varphi, x^{(k)} and x^k.

    Two fonts make two laws; of other names authors often forget the bold face.
    """
    found: dict[tuple[str, ...], dict[tuple[str, ...], str]] = {}
    for row, at, part in (place for side in rows for place in placed(side)):
        name = name_of(part)
        if name is None:
            continue
        law = vocabulary.is_law(name)
        fonts = [name.style if name.style == "variant" or (law and len(name.base) == 1) else ""]
        if law:
            scripts = every_part(name.below_row)
            fonts += [p.text if p.kind == "bracketed" else p.style if len(p.text) == 1 else "" for p in scripts]
        marks = [p.text for p in name.above_row if p.kind == "bracketed"]
        following = row[at + 1] if at + 1 < len(row) else None
        applied = following is not None and following.kind == "bracketed"
        own = spell(following.args[0]) if following is not None and applied and _is_family(name, law) else ""
        if name.base in ("H", "I") and applied and following is not None:  # I(x; y) beside I(X; Y)
            inner = spell(following.args[0])
            found.setdefault((name.base, inner.lower()), {}).setdefault((inner,), f"{name.base}({inner})")
            continue
        if name.base == "ELBO" and not own and not name.below:
            continue  # the one that the step speaks of
        parametric = name.base in _PARAMETRIC and is_parameter(name.below_row)
        below = "" if parametric else name.below
        fonts.append(name.below if parametric else "")
        above = name.above
        if above in INDEX_LETTERS and not below:  # x^i beside x_i
            fonts, below, above = [*fonts, "above"], above, ""
        else:
            fonts = [*fonts, ""]
        key = (name.base, *name.accents, below, above, "'" * name.primes)
        shown = f"{name.style} {name.key}".strip() + (f"({own})" if own else "")
        found.setdefault(key, {}).setdefault((*fonts, *marks, own), shown)
    return next((sorted(spellings.values()) for spellings in found.values() if len(spellings) > 1), None)


def _is_family(name: Name, law: bool) -> bool:
    """Whether what a name is called with makes it another thing: Beta(a, b) beside Beta(b, a), ELBO(theta)."""
    return name.base == "ELBO" or (law and len(name.base) > 2 and name.base[0].isupper() and not name.below)


def paired(statement: Statement) -> str | None:
    """Variables that one side pairs by an index and the other does not: I(X_i; Z_j) beside I(X_i; Z_i)."""
    labels: list[set[str]] = []
    for side in (statement.left, statement.right):
        names = sorted({v.name for v in walk(side) if isinstance(v, Variable)})
        indexed = [n for n in names if "_" in n and n.rpartition("_")[2] in INDEX_LETTERS]
        if len({n.rpartition("_")[0] for n in indexed}) < 2:
            return None
        labels.append({n.rpartition("_")[2] for n in indexed})
    one, other = (len(found) == 1 for found in labels)
    return "variables with one index and with two are drawn alike" if one != other else None


def one_law(statement: Statement) -> str | None:
    """What an equation between a quantity of X_i and that of X_j, or of X, rests on, in words."""
    left, right = (
        {v.name for v in walk(side) if isinstance(v, Variable)} for side in (statement.left, statement.right)
    )
    mine, other = left - right, right - left
    if len(mine) != 1 or len(other) != 1:
        return None
    (one,), (two,) = mine, other
    bases = [name.rpartition("_")[0] if name.rpartition("_")[2] in INDEX_LETTERS else name for name in (one, two)]
    return f"{one} and {two} have one law" if bases[0] == bases[1] else None


def dimension(statement: Statement) -> str | None:
    """The number of components of a normal vector, if it is a name."""
    for t in walk((statement.left, statement.right)):
        upper = t.args[0].upper if t.head == "prod" else None
        if isinstance(upper, Symbol) and any(u.head == "normal" for u in walk(t.args[1])):
            return str(upper.name)
    return None


def guessed_dimension(statement: Statement) -> str | None:
    """The number of components of a normal vector, where only the length of a sum says it, and says d - 1 or 2 d."""
    name = dimension(statement)
    return name if name is not None and not name.replace("_", "").isalpha() else None


def _told_apart(row: Row, variables: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    """The arguments of a law without its parameters, and the parameters; *variables* are no parameters."""
    try:
        read = read_arguments(row, variables)
    except Unread:
        return spell(row), ()
    sides = (",".join(a.key or spell(a.row) for a in side) for side in (read.targets, read.given))
    return "|".join(sides), read.parameters


def unseen_dependence(statement: Statement) -> tuple[str, str] | None:
    """A term that is differentiated in something it may depend on without saying so, and that something.

    A loss L may depend on any parameter, and mu_phi on phi: a derivative that vanishes because the reading shows no
    parameter is not the author's.
    """
    for t in walk((statement.left, statement.right)):
        if t.head != "grad":
            continue
        place, body = t.args
        inside = set(walk(body))  # a set asks for identity; == would state an equation
        name = place.args[0]
        constant = next((u for u in inside if u.head == "sym" and u.args[0].partition("_")[0] == "Z"), None)
        if constant is not None and constant is not place:  # what normalises depends on what it normalises
            return constant.args[0], name
        moved = {u.args[0] for u in inside if u.head == "law" and place in set(walk(u.args[1]))}
        if place not in inside and any(u.head in ("den", "fn", "sym", "E", "int", "KL", "normal") for u in inside):
            return repr(body), name
        for u in inside:
            own = u.args[0] if u.head in ("fn", "sym", "law") and isinstance(u.args[0], str) else ""
            labels = own.replace("{", "_").replace(",", "_").split("_")[1:]
            named = u is not place and (name in labels or not moved.isdisjoint(labels))  # Q^pi beside pi_theta
            if named and not any(place in set(walk(a)) for a in u.args if not isinstance(a, str)):
                return own, name
    return None
