"""Which steps define something: a new name alone on the left, a new law given by a formula.

Main definition: `definition_of`.
"""

from __future__ import annotations

from dataclasses import replace

from derivations.latex.arguments import read_arguments, variable_key
from derivations.latex.cases import Context
from derivations.latex.definitions import Definition, is_normal
from derivations.latex.grammar import Part, Row, rows, spell
from derivations.latex.names import PARAMETERS, Name, name_of, names_in
from derivations.latex.reserved import Reserved
from derivations.latex.tokens import Unread, tokenize
from derivations.latex.vocabulary import Vocabulary

STANDARD = frozenset(
    ["KL", "JSD", "TV", "chi2", "Hellinger2", "W1", "ELBO", "CE", "E", "Var", "Cov", "pi", "e", "Normal"]
)

OBJECTIVES = frozenset(["Loss", "L", "F", "J"])


def definition_of(left: Row, relation: str, right: Row, context: Context, seen: set[str]) -> Definition | None:
    """The definition that a step makes, if it only names something; *seen* are the laws that steps before spoke of."""
    if relation not in ("=", ":=") or not left:
        return None
    name = name_of(left[0])
    if name is None:
        return _several(left, right)
    arguments: Row | None = None
    if len(left) == 2 and left[1].kind == "bracketed" and left[1].plain:
        arguments = left[1].args[0]
    elif len(left) != 1:
        return None
    if left[0].above is not None and not name.above:
        return None
    if is_reserved(name, arguments, context.vocabulary):
        return None
    law = context.vocabulary.is_law(name)
    if arguments is not None and not law and any(p.kind in ("PLUS", "MINUS", "FUNCTION") for p in arguments):
        return None  # sigma(a - b) = ... says something of sigma
    if arguments is not None and all(p.kind == "NUMBER" for p in arguments):
        return None  # f(2) = 4 says something of f
    points = [n for p in arguments or () if (n := name_of(p)) is not None]
    constant = not names_in(right) and any(n.base.isupper() for n in points)  # mu(X) = 1 of a space X
    if len(points) == 1 and not law and (constant or _is_fixed(points[0])):
        return None  # and so does f(x_0) = x_0
    if context.vocabulary.is_law(name):
        if arguments is None and name.key in context.definitions:
            return None
        if arguments is None and name.base in ("M", "m", "R", "r") and not mentions(right, name.key):
            return Definition(name, None, right) if laws_of(right, context.vocabulary) else None
        if arguments is None and is_normal(right):
            return _law(left, right, context, seen)
        if arguments is None:
            return Definition(Name(spell(left)), None, None) if relation == ":=" else None
        return _law(left, right, context, seen if relation == "=" else set())
    plain = replace(name, primes=0)
    derived = name.primes == 1 and (plain.key in context.definitions or mentions(right, plain.key))
    if name.key in context.definitions or mentions(right, name.key) or derived:
        return None
    return Definition(name, arguments, right)


def definition_at_the_end(left: Row, relation: str, right: Row, context: Context, seen: set[str]) -> Definition | None:
    r"""The definition in ``... := L`` or ``... = \mathcal{L}(x)``: a new name for what its chain has come to.

    After a plain ``=`` only an objective is taken for one: a script letter, or one of the usual letters of a loss.
    """
    name = name_of(right[0]) if right else None
    if name is None or context.vocabulary.is_law(name):
        return None
    named = _is_of_names(right) and (relation != "=" or _is_objective(name))
    return definition_of(right, relation, left, context, seen) if named else None


def definition_on_the_way(left: Row, relation: str, right: Row, context: Context, seen: set[str]) -> Definition | None:
    r"""The definition in ``\log p(x) \ge \mathcal{L}(q) = ...``: a new name for an objective, as its chain goes on."""
    name = name_of(left[0]) if left else None
    if name is None or context.vocabulary.is_law(name) or name.key in context.definitions:
        return None
    named = _is_of_names(left) and relation in ("=", ":=") and _is_objective(name)
    return definition_of(left, relation, right, context, seen) if named else None


def _is_fixed(name: Name) -> bool:
    """Whether a name is that of one point: x_0, x^*, s_T, not of any, as x and x_i are."""
    return name.above == "*" or name.below[:1].isdigit() or name.below[:1].isupper()


def _is_objective(name: Name) -> bool:
    return name.style == "calligraphic" or name.base in OBJECTIVES


def _is_of_names(side: Row) -> bool:
    """Whether a side is a name, alone or with names as its arguments."""
    return len(side) == 1 or all(p.kind in ("COMMA", "SEMI") or name_of(p) for arg in side[1].args for p in arg)


def is_reserved(name: Name, arguments: Row | None, vocabulary: Vocabulary) -> bool:
    """Whether equations for a name are checked against its standard meaning."""
    if name.accents or (name.primes and name.base != "D"):
        return False
    if name.base in STANDARD:
        return not (name.base == "pi" and vocabulary.is_law(name))
    if name.base == "I" and not any(p.kind in ("SEMI", "COMMA", "COLON") for p in arguments or ()):
        return False  # the information of an outcome, I(x) = -log p(x)
    if name.base in ("H", "I"):
        first = name_of(arguments[0]) if arguments else None
        return arguments is not None and not (first is not None and first.base in PARAMETERS)
    if name.base == "h" and arguments and is_normal(arguments):
        return True
    if name.base == "h":  # the differential entropy of random variables, in capitals
        names = [name_of(p) for p in arguments or () if p.kind not in ("COMMA", "BAR")]
        return bool(names) and all(n is not None and n.base.isupper() for n in names)
    star = name.above == "*"
    if name.base == "D":
        return (
            star
            or (name.below == "f" and arguments is not None)
            or (arguments is not None and not name.below and any(p.kind == "DBAR" for p in arguments))
        )
    if name.base == "V":
        return star or (arguments is not None and "D" in spell(arguments))
    if name.base == "W" and arguments is not None:
        return any(vocabulary.is_law(n) for p in arguments if (n := name_of(p)) is not None)
    return name.base == "C" and arguments is not None and spell(arguments) == "G"


def is_defined(left: Row, right: Row, context: Context) -> bool:
    """Whether a side is a defined name, alone or with arguments, or a density that is given in other letters now.

    A second formula in the letters of the first is a claim; ``N(sqrt(alpha) x, 1 - alpha)`` after ``N(x, beta)`` may
    be the same law with the new letters for it.
    """
    name = name_of(left[0]) if left and len(left) <= 2 else None
    if name is not None and name.key in context.definitions:
        return True
    if name is None or len(left) != 2 or not context.vocabulary.is_law(name):
        return False
    stem, arguments = context.vocabulary.stem(name), spell(left[1:])
    for d in context.definitions.values():
        known = name_of(d.density[0]) if d.density is not None and d.row is not None else None
        if d.density is None or d.row is None or known is None or context.vocabulary.stem(known) != stem:
            continue
        if spell(d.density[1:]) == arguments:
            old = {n.key for n in names_in(left, d.row)}
            new = {n.key for n in names_in(right)}
            return bool(new - old - {"Normal", "I"}) or (is_normal(right) and not is_normal(d.row))
    return False


def meant_before(left: Row, right: Row, context: Context) -> set[str]:
    """The definitions of a name that an equation gives another meaning."""
    name = name_of(left[0]) if left and len(left) <= 2 else None
    if name is None or not (is_defined(left, right, context) or is_normal(right)):
        return set()
    found = {name.key}
    for key, d in context.definitions.items() if context.vocabulary.is_law(name) else ():
        known = name_of(d.density[0]) if d.density is not None else None
        same = known is not None and context.vocabulary.stem(known) == context.vocabulary.stem(name)
        if same and d.density is not None and spell(d.density[1:]) == spell(left[1:]):
            found.add(key)
    return found & context.definitions.keys()


def _several(left: Row, right: Row) -> Definition | None:
    """``(a, b) = argmin ...``: names for several things at once."""
    if len(left) != 1 or left[0].kind != "bracketed" or not left[0].plain:
        return None
    inside = left[0].args[0]
    if not any(p.kind == "COMMA" for p in inside):
        return None
    names = [name_of(p) for p in inside if p.kind != "COMMA"]
    if any(n is None for n in names) or any(n is not None and mentions(right, n.key) for n in names):
        return None
    return Definition(Name(spell(inside)), None, None)


def _law(left: Row, right: Row, context: Context, seen: set[str]) -> Definition | None:
    """``q(z | x) = N(z; mu, sigma^2)``: a law that nothing has been said of, by a formula without it.

    A normal law may be given late, and factor by factor: p(x | z) after p(z), but not p(z | x), which follows.
    """
    definition, name = law_formula(left, right, context), name_of(left[0])
    if definition is None or name is None or mentions_law(right, context.vocabulary.stem(name), context.vocabulary):
        return None
    new = is_normal(right) and _is_new_factor(definition, context)
    return definition if new or context.vocabulary.stem(name) not in seen else None


def law_formula(left: Row, right: Row, context: Context) -> Definition | None:
    """What a step says of a law, if it says that a density is given by a formula."""
    name = name_of(left[0]) if left else None
    if name is None or not context.vocabulary.is_law(name):
        return None
    if len(left) == 1 and is_normal(right):
        left = (left[0], _at_its_variable(name, context.vocabulary))
    if len(left) != 2 or left[1].kind != "bracketed":
        return None
    try:
        read = read_arguments(left[1].args[0], context.vocabulary.greek)
    except Unread:
        return None
    if any(a.kind != "variable" for a in (*read.targets, *read.given)):
        return None
    sides = [",".join(sorted(a.key for a in side)) for side in (read.targets, read.given)]
    key = f"{context.vocabulary.law_key(name, read.parameters)}({sides[0]}|{sides[1]})"
    return Definition(Name(key), None, right, density=left)


def _is_new_factor(definition: Definition, context: Context) -> bool:
    """Whether a density is a further factor of a law of which others are given: of variables without a formula yet."""
    targets, given = _sides(definition, context)
    for other in context.definitions.values():
        if other.density is None or definition.density is None:
            continue
        names = name_of(other.density[0]), name_of(definition.density[0])
        if any(n is None or context.vocabulary.stem(n) != context.vocabulary.stem(names[0] or n) for n in names):
            continue
        theirs, behind = _sides(other, context)
        if targets & theirs or (given and targets & behind):
            return False
    return True


def _sides(definition: Definition, context: Context) -> tuple[set[str], set[str]]:
    """The variables of a density before its bar, and those behind it."""
    read = read_arguments(definition.density[1].args[0] if definition.density else (), context.vocabulary.greek)
    return {a.key for a in read.targets}, {a.key for a in read.given}


def _at_its_variable(name: Name, vocabulary: Vocabulary) -> Part:
    """The argument of a law that is given as ``p = N(m, s^2)``: the variable it is written with elsewhere, or x."""
    use = vocabulary.laws.get(vocabulary.stem(name))
    patterns = use.patterns if use is not None else {}
    single = sorted((-n, p[0][0]) for p, n in patterns.items() if len(p[0]) == 1 and not p[1])
    return rows(tuple(tokenize(f"p({single[0][1] if single else 'x'})")))[1]


def mentions(row: Row, key: str) -> bool:
    return any(n.key == key for n in names_in(row))


def mentions_law(row: Row, stem: str, vocabulary: Vocabulary) -> bool:
    return any(vocabulary.is_law(n) and vocabulary.stem(n) == stem for n in names_in(row))


def laws_of(row: Row, vocabulary: Vocabulary) -> set[str]:
    """The laws that a row speaks of."""
    return {vocabulary.stem(n) for n in names_in(row) if vocabulary.is_law(n)}


def is_expandable(definition: Definition, vocabulary: Vocabulary) -> bool:
    """Whether later uses of a name stand for its definition: a variable of laws or integrals is still a variable."""
    return not (definition.parameters is None and variable_key(definition.name) in vocabulary.variables)


__all__ = ["Part", "Reserved", "definition_of", "is_expandable", "is_reserved", "laws_of"]
