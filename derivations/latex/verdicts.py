"""A step in, a verdict out: judged in the preferred reading, and gated.

``proved`` is the preferred reading's.  ``refuted`` needs every reading and every rung of the ladder to be false and
every name to be explained; what a careful reader would query is ``conditional``.  Main definitions: `Outcome`,
`judge_step`.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from derivations.judge import Verdict, judge
from derivations.language.operators import Integral
from derivations.language.statements import Statement
from derivations.language.terms import LanguageError, Symbol, Term, Variable, log, number, term, walk
from derivations.language.terms import replace as exchanged
from derivations.latex.arguments import read_arguments
from derivations.latex.cases import RELATIONS, Case, Context, any_laws, for_moments, interpret
from derivations.latex.covariances import DIMENSIONS, in_matrices
from derivations.latex.defining import parts
from derivations.latex.extrema import common_optimiser
from derivations.latex.grammar import Row, spell
from derivations.latex.induction import parts_of
from derivations.latex.limits import INTERNAL, OutOfTime, time_limit
from derivations.latex.logarithms import in_logarithms
from derivations.latex.moments import OverTime, instances
from derivations.latex.names import is_greek, name_of
from derivations.latex.posing import iterates, posed, unit_of_rounding
from derivations.latex.prose import ALONE, Surroundings
from derivations.latex.readings import others, too_many
from derivations.latex.reparameterised import reparameterised
from derivations.latex.rungs import averaging, objective, rungs
from derivations.latex.tokens import Unread
from derivations.latex.vectors import componentwise, in_components, speaks_of_vectors
from derivations.latex.vocabulary import Vocabulary
from derivations.refuter import Refuter

# Rules that hold for vectors, by components, as they do for numbers.
ANY_DIMENSION = frozenset(
    (
        *("definition of KL", "definition of JSD", "Bayes' rule", "logarithm of a product", "normalisation"),
        *("marginalisation", "change of variables", "differentiation", "score function", "pushforward", "hypothesis"),
        *("Gibbs' inequality", "monotonicity of the logarithm"),
    )
)

_cache: dict[tuple[Any, ...], Verdict] = {}


@dataclass(frozen=True)
class Outcome:
    """The verdict on a step with its evidence, as the JSON of ``check`` shows it."""

    verdict: str
    message: str = ""
    reading: str = ""
    conditions: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    trusts: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    counterexample: dict[str, Any] | None = None
    suggestion: str | None = None
    guessed: bool = False  # the usual reading is taken of a law that the step leaves open
    case: Case | None = field(default=None, repr=False, compare=False)


def new_document() -> None:
    """Forget the verdicts of the document before: statements recur within one, seldom between two."""
    _cache.clear()


def judged(statement: Statement, seed: int = 0, seconds: float = 1.0, words: bool = True) -> Verdict:
    """The verdict on a statement; within a document the same statement is judged once.

    Without *words* a refutation comes without its counterexample.
    """
    key = (statement.relation, statement.left, statement.right, statement.given, seed, seconds, words)
    found = _cache.get(key)
    if found is None:
        try:
            found = judge(statement, seed=seed, seconds=seconds, tidy=False, words=words)
        except INTERNAL as error:
            message = f"the checker failed on this step, please report it: {type(error).__name__}: {error}"
            found = Verdict(statement, "undecided", message=message)
        _cache[key] = found
    return found


def judge_step(
    left: Row,
    relation: str,
    right: Row,
    context: Context,
    *,
    seed: int = 0,
    seconds: float = 5.0,
    loose: bool = False,
    around: Surroundings = ALONE,
) -> Outcome:
    """The verdict on a step; whatever goes wrong is ``unsupported`` or ``undecided``, with the reason.

    *loose*: the source leaves the right side empty, so that a refutation is a query; *around* is what the prose says.
    """
    try:
        with time_limit(seconds):
            outcome = _step(left, relation, right, context, seed, around)
            if outcome.verdict in ("conditional", "undecided") and speaks_of_vectors(left, right):
                of_vectors = _of_vectors(left, relation, right, context, seed)
                outcome = of_vectors if of_vectors is not None and of_vectors.verdict == "proved" else outcome
            if loose and outcome.verdict == "refuted":
                return _conditional(outcome, "the source leaves the right side empty")
            return outcome
    except OverTime as error:
        return _over_time(left, relation, right, context, seed, seconds, loose, around, str(error))
    except Unread as error:
        found = None
        if speaks_of_vectors(left, right):
            with contextlib.suppress(Unread, OutOfTime, RecursionError, *INTERNAL), time_limit(seconds):
                found = _of_vectors(left, relation, right, context, seed)
        return found if found is not None and found.verdict == "proved" else unread(error)
    except OutOfTime:
        return Outcome("undecided", f"the limit of {seconds:g} s for a step was reached")
    except RecursionError:
        return Outcome("undecided", "the limit of nesting was reached")
    except MemoryError:
        return Outcome("undecided", "the limit of memory was reached")
    except LanguageError as error:  # the step, read so, is no sentence of the language
        return Outcome("unsupported", f"not read: {str(error).split(';')[0]}")
    except INTERNAL as error:
        return Outcome("undecided", f"the checker failed on this step, please report it: {error!r}")


def unread(error: LanguageError) -> Outcome:
    return Outcome("unsupported", f"not read: {error}")


def _over_time(
    left: Row,
    relation: str,
    right: Row,
    context: Context,
    seed: int,
    seconds: float,
    loose: bool,
    around: Surroundings,
    why: str,
) -> Outcome:
    """What is known of a step over time: what fails for T = 3 fails; what holds for T = 2 and 3 is undecided."""
    if context.moments is not None:
        return Outcome("unsupported", f"not read: {why}")
    held: list[str] = []
    for words, *sides, moments in instances(left, right):
        instance = for_moments((sides[0], sides[1]), (left, right), context, moments)
        try:
            outcome = judge_step(
                sides[0], relation, sides[1], instance, seed=seed, seconds=seconds, loose=loose, around=around
            )
        except LanguageError as error:
            return Outcome("unsupported", f"not read: {error}")
        if outcome.verdict != "proved":
            reading = f"for {words}: {outcome.reading}" if outcome.reading else ""
            message = outcome.message if outcome.verdict == "unsupported" else f"for {words}: {outcome.message}"
            return replace(outcome, message=message, reading=reading)
        held.append(f"{words}: {outcome.reading}")
        conditions = outcome.conditions
    if not held:
        return Outcome("unsupported", f"not read: {why}")
    for_all = _by_induction(left, relation, right, context, seed)
    if for_all is not None:
        return for_all
    message = "it holds for " + " and for ".join(h.split(":")[0] for h in held) + "; others are not decided"
    return Outcome("undecided", message, f"for {held[0]}", conditions)


def _by_induction(left: Row, relation: str, right: Row, context: Context, seed: int) -> Outcome | None:
    """A proof for every n, by a base and a step that are each proved for laws of which nothing is supposed."""
    induction = parts_of(left, relation, right)
    if induction is None:
        return None
    found = []
    for sides, moments in zip((induction.base, induction.step), induction.moments, strict=True):
        case = interpret(*sides[:1], relation, *sides[1:], for_moments(sides, sides, context, moments), {})
        slots = {s for t in walk(_parts(case)) if t.head == "den" for s, _ in (*t.args[1], *t.args[2])}
        members = moments.last > 1 and any(s.rpartition("_")[2] in ("1", "2") and "_to_" not in s for s in slots)
        if case.statement.given or case.scalar_only or members:
            return None
        found.append((case, judged(case.statement, seed, words=False)))
        if found[-1][1].verdict != "proved":
            return None
    (_, base), (case, step) = found
    return Outcome(
        "proved",
        f"by induction on {induction.letter}: " + ", ".join(step.rules),
        f"by induction on {induction.letter}, where x_1_to_2 stands for any block: {case.statement!r}",
        tuple(dict.fromkeys((*base.conditions, *step.conditions, *case.notes))),
        tuple(dict.fromkeys((*base.assumptions, *step.assumptions))),
        (
            *dict.fromkeys((*base.trusts, *step.trusts)),
            f"induction on {induction.letter}, whose base and step were proved",
        ),
        step.rules,
    )


def _step(left: Row, relation: str, right: Row, context: Context, seed: int, around: Surroundings) -> Outcome:
    optimiser = common_optimiser(left, relation, right, context)
    if optimiser is not None:
        outcome = _common_optimiser(optimiser, seed)
        alike = side_by_side((*left, *right), context.vocabulary) if outcome.verdict == "proved" else None
        return outcome if alike is None else _if_one_law(outcome, alike)
    known = relation if relation in RELATIONS else "="
    case = interpret(left, known, right, context, {})
    if relation == "!=":
        return _unequal(case, seed)
    verdict = None
    if case.formulas:  # what holds for any laws needs none of the formulas that the document gives for them
        general = interpret(left, known, right, any_laws(context), {})
        verdict = judged(general.statement, seed, words=False)
        case = general if verdict.verdict == "proved" else case
    if verdict is None or verdict.verdict != "proved":
        verdict = judged(case.statement, seed)
    outcome = _outcome(case, verdict)
    if verdict.verdict not in ("proved", "refuted") and (logarithmic := in_logarithms(case.statement)) is not None:
        found = judged(logarithmic, seed)
        if found.verdict == "proved":
            verdict, case = found, replace(case, statement=logarithmic)
            outcome = replace(_outcome(case, verdict), reading=f"in logarithms: {logarithmic!r}")
    if verdict.verdict != "proved" and (drawn := reparameterised(case.statement)) is not None:
        note, statement = drawn
        given = {n.partition(" is the law of ")[0] for n in case.notes}  # the generator's, which is no other one
        found = judged(statement, seed, words=False)
        if found.verdict == "proved" and note.partition("(")[0] not in given:
            case = replace(case, statement=statement, notes=(*case.notes, note))
            verdict, outcome = found, replace(_outcome(case, found), guessed=True)
    if verdict.verdict == "proved":
        alike = side_by_side((*left, *right), context.vocabulary)
        if alike is not None:
            return _if_one_law(outcome, alike)
        if case.scalar_only:
            found_of_vectors = _in_matrices(left, known, right, context, seed) or _of_vectors(
                left, known, right, context, seed
            )
            if found_of_vectors is not None:
                return found_of_vectors
            if componentwise(left, right, context):
                case = replace(case, scalar_only=False)
                outcome = replace(outcome, conditions=(*outcome.conditions, "by components"))
        return _proved(case, outcome, context.improper)
    if verdict.verdict != "refuted":
        poses = any(judged(s, seed, words=False).verdict == "proved" for _, s in objective(case))
        return _conditional(outcome, "true if it poses the objective") if poses else outcome
    if relation == "propto":
        return _proportional(case, seed, context.improper)
    if of_transport(case.statement):
        message = "W1 is compared with what is no multiple of it, of which nothing is known here"
        return replace(outcome, verdict="undecided", message=message, counterexample=None)
    if relation == "approx":
        words = "an approximation"
        return replace(outcome, verdict="undecided", message=f"{words}, which is not an equality", counterexample=None)
    if relation == ":=" and not any(_is_standard(row) for row in (left, right)):
        return _conditional(outcome, "it defines something that is known otherwise")
    return _gated(left, known, right, case, outcome, context, seed, around)


def _of_vectors(left: Row, relation: str, right: Row, context: Context, seed: int) -> Outcome | None:
    """What is known of a step about vectors, by their components; None if nothing."""
    read = in_components(left, relation, right, context)
    if read is None:
        return None
    statement, arbitrary = read
    for form in (statement, in_logarithms(statement)):
        if form is not None and (found := judged(form, seed)).verdict == "proved":
            return Outcome(
                "proved",
                "by " + ", ".join(found.rules),
                ("" if form is statement else "in logarithms: ") + repr(form),
                found.conditions,
                found.assumptions,
                found.trusts,
                found.rules,
            )
    if not arbitrary or (found := judged(statement, seed)).verdict != "refuted":
        return None
    evidence = found.counterexample.as_json() if found.counterexample else None
    outcome = Outcome("refuted", found.message, repr(statement), counterexample=evidence)
    return outcome if _names_dimension(left, right) else _conditional(outcome, "true in one dimension")


def _names_dimension(*sides: Row) -> bool:
    """Whether a step speaks of normal laws and of the number of dimensions."""
    found = [p for row in sides for p in parts(row) if p.kind == "NAME"]
    return any(p.text == "Normal" for p in found) and any(spell((p,)) in DIMENSIONS for p in found)


def _in_matrices(left: Row, relation: str, right: Row, context: Context, seed: int) -> Outcome | None:
    """What is known of a step that holds in one dimension, for vectors and full covariances; None if nothing.

    A step that is false in more dimensions is refuted if it speaks of their number, else a query.
    """
    statement = in_matrices(left, relation, right, context)
    forms = [] if statement is None else [statement, in_logarithms(statement)]
    for form in forms:
        if form is not None and (found := judged(form, seed)).verdict == "proved":
            return Outcome(
                "proved",
                "by " + ", ".join(found.rules),
                ("" if form is statement else "in logarithms: ") + repr(form),
                found.conditions,
                found.assumptions,
                found.trusts,
                found.rules,
            )
    if statement is None or (found := judged(statement, seed)).verdict != "refuted":
        return None
    evidence = found.counterexample.as_json() if found.counterexample else None
    outcome = Outcome("refuted", found.message, repr(statement), counterexample=evidence)
    spelled = {spell((p,)) for row in (left, right) for p in parts(row) if p.kind == "NAME"}
    vectors = any(t.head == "gaussian" for t in walk((statement.left, statement.right)))
    return outcome if vectors and spelled & set(DIMENSIONS) else _conditional(outcome, "true in one dimension")


def _is_standard(side: Row) -> bool:
    """Whether a side is a divergence or an information, which a definition cannot redefine."""
    name = name_of(side[0]) if side and len(side) <= 2 else None
    return name is not None and name.base in ("KL", "JSD", "TV", "H", "I", "CE")


def _outcome(case: Case, verdict: Verdict) -> Outcome:
    return Outcome(
        verdict.verdict,
        verdict.message,
        repr(case.statement),
        (*verdict.conditions, *case.notes),
        verdict.assumptions,
        verdict.trusts,
        verdict.rules,
        verdict.counterexample.as_json() if verdict.counterexample else None,
        case=case,
    )


def no_density(left: Row, right: Row, context: Context, seed: int) -> str | None:
    """The law that a document gives by a formula, if some model shows the formula to be no density.

    Then nothing that holds for laws holds for what the document means.  What a normal formula fills is noted as well.
    """
    try:
        case = interpret(left, "=", right, context, {})
        law, formula = case.statement.left, case.statement.right
        context.dense |= {
            t.args[0].slot for t in walk(formula) if t.head == "normal" and isinstance(t.args[0], Variable)
        }
        if law.head != "den" or case.unexplained:
            return None
        whole = Integral[tuple(v for _, v in law.args[1])](formula)
        if any(judged(claim, seed, 0.2).verdict == "refuted" for claim in (whole == 1, formula >= 0)):
            return str(law.args[0].name)
    except LanguageError:  # what is not read so is not expanded either
        return None
    return None


def _parts(case: Case) -> tuple[Any, ...]:
    return (case.statement.left, case.statement.right, *(t for h in case.statement.given for t in h[1:]))


def _proved(case: Case, outcome: Outcome, improper: set[str] | frozenset[str] = frozenset()) -> Outcome:
    if case.scalar_only and (case.matrices or not ANY_DIMENSION.issuperset(outcome.rules)):
        return replace(outcome, verdict="undecided", message="it holds in one dimension; vectors are not decided")
    if "Kantorovich-Rubinstein duality" in case.notes:
        message = "this is Kantorovich-Rubinstein duality itself, a cited theorem"
        return replace(outcome, verdict="undecided", message=message)
    wrong = sorted({t.args[0].name for t in walk(tuple(_parts(case))) if t.head == "den"} & improper)
    if wrong:
        message = f"true if {wrong[0]} is a law, which the formula that the document gives for it is not"
        return replace(outcome, verdict="conditional", message=message)
    absent = unseen_dependence(case.statement)
    if absent is not None:
        message = f"true if {absent[0]} depends on {absent[1]} only where the line says so"
        return replace(outcome, verdict="conditional", message=message)
    return replace(outcome, message="by " + (", ".join(outcome.rules) or "linearity"))


def _if_one_law(outcome: Outcome, alike: list[str]) -> Outcome:
    return replace(outcome, verdict="conditional", message=f"true if {' and '.join(alike)} are one law")


def side_by_side(row: Row, vocabulary: Vocabulary) -> list[str] | None:
    """Laws that the step tells apart, though the reading takes them for one: p(x) beside p_theta(x), P beside p.

    Parameters do not make another law of p(x | z) beside p_theta(z); at the same arguments they are there to differ,
    also behind the bar or a semicolon.
    """
    found: dict[tuple[str, str], set[str]] = {}
    behind_bars: set[str] = set()
    twofold: set[str] = set()

    def visit(parts: Row) -> None:
        for n, part in enumerate(parts):
            for inner in (*part.args, part.below or (), part.above or ()):
                visit(inner)
            name = name_of(part)
            if name is None or not vocabulary.is_law(name) or (name.below and not name.below_row):
                continue
            following = parts[n + 1] if n + 1 < len(parts) else None
            applied = following is not None and following.kind == "bracketed"
            inside = following.args[0] if applied and following is not None and following.args else ()
            arguments, behind = _told_apart(inside, vocabulary.greek)
            base = name.base if applied else name.base.lower()
            spelling = "_".join(part for part in (name.base, name.below, *behind) if part)
            found.setdefault((base, arguments), set()).add(spelling)
            behind_bars.update([spelling] if behind else [])
            twofold.update([spelling] if behind and name.below else [])

    visit(row)
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
        if place not in inside and any(u.head in ("den", "fn", "sym", "E", "int", "KL", "normal") for u in inside):
            return repr(body), name
        for u in inside:
            own = u.args[0] if u.head in ("fn", "sym", "law") and isinstance(u.args[0], str) else ""
            named = u is not place and name in own.replace("{", "_").replace(",", "_").split("_")[1:]
            if named and not any(place in set(walk(a)) for a in u.args if not isinstance(a, str)):
                return own, name
    return None


def _proportional(case: Case, seed: int, improper: set[str]) -> Outcome:
    """``a \\propto b`` for densities in z: a(z) b(z') = a(z') b(z)."""
    left, right = case.statement.left, case.statement.right
    if left.head != "den":
        return Outcome("undecided", "a proportionality of what is no density", repr(case.statement))
    variables = [t for _, t in left.args[1] if isinstance(t, Variable)]
    moved = [left, right]
    for v in variables:
        moved = [exchanged(m, v, v.copy(v.name + "'")) for m in moved]
    names = ", ".join(v.name for v in variables)
    statement = Statement("=", left * moved[1], moved[0] * right, (), case.statement.given)
    verdict = judged(statement, seed)
    outcome = replace(_outcome(case, verdict), reading=f"proportional as functions of {names}: {statement!r}")
    if verdict.verdict == "proved":
        return _proved(case, outcome, improper)
    if verdict.verdict == "refuted":
        return _conditional(outcome, f"it is no proportionality in {names}")
    return outcome


def _common_optimiser(statement: Statement, seed: int) -> Outcome:
    """Two objectives have the same optimisers if they differ by what does not depend on the parameter."""
    verdict = judged(statement, seed)
    reading = f"the two objectives differ by a constant: {statement!r}"
    if verdict.verdict == "proved":
        return Outcome(
            "proved",
            "the objectives differ by a constant, by " + (", ".join(verdict.rules) or "linearity"),
            reading,
            verdict.conditions,
            verdict.assumptions,
            verdict.trusts,
            verdict.rules,
        )
    if verdict.verdict == "refuted":
        message = "the objectives differ by more than a constant, so they have the same optimisers only by luck"
        return Outcome("conditional", message, reading)
    return Outcome("undecided", "the objectives were not shown to differ by a constant", reading)


def _unequal(case: Case, seed: int) -> Outcome:
    """``a \\ne b`` says "not in general": false if a = b always, true but without a proof if it can differ."""
    equal = judged(Statement("=", case.statement.left, case.statement.right, (), case.statement.given), seed)
    if equal.verdict == "proved" and not case.unexplained and not case.notes:
        verdict = judged(case.statement, seed)
        outcome = _outcome(case, verdict)
        if verdict.verdict == "refuted":
            return replace(outcome, message="the two sides are always equal. " + outcome.message)
        return replace(outcome, verdict="undecided", message="the two sides are always equal where they exist")
    if equal.verdict == "refuted":
        where = equal.counterexample.words if equal.counterexample else ""
        message = f"true in general, not in every model; the sides differ here: {where}"
        return replace(_outcome(case, equal), verdict="conditional", message=message, counterexample=None)
    return replace(_outcome(case, equal), verdict="undecided", message="whether the sides can differ is not decided")


def of_transport(statement: Statement) -> bool:
    """Whether W1, an opaque number here, stands beside anything but its own multiples."""
    heads = [t for side in (statement.left, statement.right) for t in walk(side)]
    distances = {t for t in heads if t.head in ("sym", "fn") and t.args[0].startswith("W1_")}
    return bool(distances) and (len(distances) > 1 or any(t.head not in ("num", "mul", "sym") for t in heads))


# Gating -----------------------------------------------------------------------------------------------------------


def _gated(
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
        return _conditional(outcome, f"true if {poses}" if "it says" in poses else poses)
    if relation == "=" and equal_as_shown(left, right, outcome):
        return _conditional(outcome, "true to the digits shown")
    for chosen in others(case.choices):
        try:
            other = interpret(left, relation, right, context, chosen)
        except Unread:
            continue
        verdict = judged(other.statement, seed, 0.3, words=False)
        if verdict.verdict != "refuted":
            words = "; ".join(other.reading.words()) or "another reading"
            start = "true if read so" if verdict.verdict == "proved" else "not false if read so"
            return _conditional(outcome, f"{start}: {words}")
        averages = any(t.head in ("E", "int") for t in walk((other.statement.left, other.statement.right)))
        for words, statement in averaging(other, context) if averages else ():
            if judged(statement, seed, 0.3, words=False).verdict == "proved":
                return _conditional(outcome, f"true if read so: {'; '.join(other.reading.words())}, and {words}")
    if too_many(case.choices):
        return _conditional(outcome, "the notation allows more readings than are tried")
    for words, statement in rungs(case, context, around.discrete):
        verdict = judged(statement, seed, 0.3, words=False)
        if verdict.verdict != "refuted":
            return _conditional(outcome, ("true if " if verdict.verdict == "proved" else "perhaps meant with ") + words)
    in_bits = bits(case.statement)
    if in_bits is not None and judged(in_bits, seed, 0.3, words=False).verdict != "refuted":
        return _conditional(outcome, "true if all logarithms are to the base 2")
    if case.unexplained:
        weights = weights_of(case)
        values = [(v, with_weights(case.statement, weights, v)) for v in _VALUES] if weights else []
        saving = [v for v, s in values if judged(s, seed, 0.2, words=False).verdict != "refuted"]
        if saving:
            return _conditional(outcome, f"true if {', '.join(sorted(w.name for w in weights))} = {saving[0]}")
        if not weights:  # else no value of the weights saves it, whatever they are
            return _conditional(
                outcome, "depends on what the document does not explain: " + ", ".join(case.unexplained)
            )
    if relation == "=" and (lone := lone_function(case.statement)) is not None:
        return _conditional(outcome, f"depends on what {lone} is, which stands on one side only")
    if relation == "=" and poses_a_condition(case.statement, seed):
        return _conditional(outcome, "it holds in some models only: a condition or an instance, not an identity")
    laws = (outcome.counterexample or {"model": {}})["model"].get("laws", ())
    apart = any("0" in law["density"] for law in laws)  # a counterexample that may live on different supports
    if apart and not Refuter(case.data, seed).contradicted_on_common_support():
        return _conditional(outcome, "perhaps meant where every density is positive")
    if around.posing:
        return _conditional(outcome, f"its sentence poses it, with the word {around.posing!r}")
    return outcome


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


_WEIGHTS = frozenset(("beta", "lambda", "gamma", "eta", "alpha"))
_VALUES = (0, 1, 2, Fraction(1, 3), 5)


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
    if not all(_is_constant(s) for s in (outcome.case.statement.left, outcome.case.statement.right)):
        return False
    a, b = (Fraction(found[side]["mid"]) for side in ("lhs", "rhs"))
    return abs(a - b) < unit


def _conditional(outcome: Outcome, message: str) -> Outcome:
    return replace(outcome, verdict="conditional", message=f"{message}. As it stands: {outcome.message}")


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
        if not _is_constant(side) or _is_constant(other):
            continue
        if _of_entropies(other) and judged(Statement(">", side, term(0)), seed, 0.2).verdict == "proved":
            return True  # the entropy of an example
        below = judged(Statement("<", other, side, (), statement.given), seed, 0.2, words=False)
        above = judged(Statement(">", other, side, (), statement.given), seed, 0.2, words=False)
        return below.verdict == "refuted" and above.verdict == "refuted"
    return False


def _of_entropies(t: Term) -> bool:
    """Whether a term is made of entropies and informations, which take any positive value."""
    return t.head in ("H", "I", "CE", "KL") or (t.head in ("add", "mul") and all(map(_of_entropies, t.args)))


def _is_constant(t: Term) -> bool:
    return all(u.head in ("num", "const", "add", "mul", "pow", "log", "exp") for u in walk(t))


__all__ = ["LanguageError", "Outcome", "judge_step", "judged", "number", "term"]
