"""A step in, a verdict out: judged in the preferred reading, and gated.

``proved`` is the preferred reading's.  ``refuted`` needs every reading and every rung of the ladder to be false and
every name to be explained; what a careful reader would query is ``conditional`` (:mod:`derivations.latex.gating`).
Main definition: `judge_step`.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import replace

from derivations.language.operators import Integral
from derivations.language.statements import Statement
from derivations.language.terms import LanguageError, Symbol, Variable, term, walk
from derivations.latex.cases import RELATIONS, Case, Context, any_laws, for_moments, in_full, interpret
from derivations.latex.constancy import left_open, over_a_class, taken_for_constant, varying_weight
from derivations.latex.dimensions import of_matrices, of_vectors
from derivations.latex.extrema import common_optimiser
from derivations.latex.gating import gated
from derivations.latex.grammar import Row
from derivations.latex.induction import parts_of
from derivations.latex.limits import INTERNAL, OutOfTime, time_limit
from derivations.latex.logarithms import in_logarithms, in_units
from derivations.latex.meaning import DIMENSIONS
from derivations.latex.moments import OverTime, instances
from derivations.latex.names import name_of, names_in, written
from derivations.latex.outcomes import Outcome, all_parts, conditional, judged, outcome_of
from derivations.latex.prose import ALONE, Surroundings
from derivations.latex.readings import doubtful
from derivations.latex.reparameterised import reparameterised
from derivations.latex.rungs import objective
from derivations.latex.shorthands import proportional
from derivations.latex.tokens import Unread
from derivations.latex.told_apart import (
    dimension,
    guessed_dimension,
    one_law,
    paired,
    side_by_side,
    spelled_apart,
    unseen_dependence,
)
from derivations.latex.vectors import componentwise, speaks_of_vectors

MASS_SECONDS = 1.0
INSTANCES = 3  # times the limit of a step for a step over time: two instances and an induction

# Rules that hold for positive functions of any mass, as they do for laws.
ANY_MASS = frozenset(("logarithm of a product", "differentiation", "algebra of fractions"))

# Rules that hold for vectors, by components, as they do for numbers.
ANY_DIMENSION = frozenset(
    (
        *("definition of KL", "definition of JSD", "Bayes' rule", "logarithm of a product", "normalisation"),
        *("marginalisation", "change of variables", "differentiation", "score function", "pushforward", "hypothesis"),
        *("Gibbs' inequality", "monotonicity of the logarithm"),
    )
)


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
        outcome = _owed(seconds, lambda: _of_numbers_or_vectors(left, relation, right, context, seed, around))
    except OverTime as error:
        why = str(error)
        try:  # each instance has a limit of its own
            return _owed(
                INSTANCES * seconds,
                lambda: _over_time(left, relation, right, context, seed, seconds, loose, around, why),
            )
        except OverTime as again:
            return unread(again)
    if loose and outcome.verdict == "refuted":
        return conditional(outcome, "the source leaves the right side empty")
    return outcome


def _owed(seconds: float, judge: Callable[[], Outcome]) -> Outcome:
    """What a judgement comes to within a limit of time; a step over time is for another one."""
    try:
        with time_limit(seconds):
            return judge()
    except OverTime:
        raise
    except OutOfTime:
        return Outcome("undecided", f"the limit of {seconds:g} s for a step was reached")
    except RecursionError:
        return Outcome("undecided", "the limit of nesting was reached")
    except MemoryError:
        return Outcome("undecided", "the limit of memory was reached")
    except Unread as error:
        return unread(error)
    except LanguageError as error:  # the step, read so, is no sentence of the language
        return Outcome("unsupported", f"not read: {str(error).split(';')[0]}")
    except INTERNAL as error:
        return Outcome("undecided", f"the checker failed on this step, please report it: {error!r}")


def _of_numbers_or_vectors(
    left: Row, relation: str, right: Row, context: Context, seed: int, around: Surroundings
) -> Outcome:
    """The verdict on a step as one about numbers; if that decides nothing, a proof by the components of vectors."""
    try:
        outcome = _step(left, relation, right, context, seed, around)
    except OverTime:
        raise
    except Unread as error:
        outcome = unread(error)
    if outcome.verdict in ("conditional", "undecided", "unsupported") and speaks_of_vectors(left, right):
        found = of_vectors(left, relation, right, context, seed)
        return found if found is not None and found.verdict == "proved" else outcome
    return outcome


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
        outcome = judge_step(
            sides[0], relation, sides[1], instance, seed=seed, seconds=seconds, loose=loose, around=around
        )
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
        slots = {s for t in walk(all_parts(case)) if t.head == "den" for s, _ in (*t.args[1], *t.args[2])}
        members = moments.last > 1 and any(s.rpartition("_")[2] in ("1", "2") and "_to_" not in s for s in slots)
        if case.statement.given or case.scalar_only or case.commuted or members:
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
        alike = (
            side_by_side(in_full((left, right), context), context.vocabulary) if outcome.verdict == "proved" else None
        )
        return outcome if alike is None else _if_one_law(outcome, alike)
    known = relation if relation in RELATIONS else "="
    case = interpret(left, known, right, context, {})
    if relation == "!=":
        return _unequal(case, seed)
    verdict = None
    if case.formulas and not any(t.head == "grad" for t in walk(tuple(all_parts(case)))):
        # What holds for any laws needs none of the formulas that the document gives for them.
        general = interpret(left, known, right, any_laws(context), {})
        if set(general.notes) <= set(case.notes):  # else it takes them for laws of its own
            verdict = judged(general.statement, seed, words=False)
            case = general if verdict.verdict == "proved" else case
    if verdict is None or verdict.verdict != "proved":
        verdict = judged(case.statement, seed)
    outcome = outcome_of(case, verdict)
    if verdict.verdict not in ("proved", "refuted") and (logarithmic := in_logarithms(case.statement)) is not None:
        found = judged(logarithmic, seed, words=False)
        if found.verdict == "proved":
            verdict, case = found, replace(case, statement=logarithmic)
            outcome = replace(outcome_of(case, verdict), reading=f"in logarithms: {logarithmic!r}")
    if verdict.verdict != "proved" and (drawn := reparameterised(case.statement)) is not None:
        note, statement = drawn.words, drawn.statement
        given = {n.partition(" is the law of ")[0] for n in case.notes}  # the generator's, which is no other one
        found = judged(statement, seed, words=False)
        if found.verdict == "proved" and note.partition("(")[0] not in given:
            case = replace(case, statement=statement, notes=(*case.notes, note))
            verdict, outcome = found, replace(outcome_of(case, found), made=drawn.made)
    if verdict.verdict == "proved":
        return gated_proof(case, outcome, left, known, right, context, seed)
    if verdict.verdict != "refuted":
        poses = any(judged(s, seed, words=False).verdict == "proved" for _, s in objective(case))
        return conditional(outcome, "true if it poses the objective") if poses else outcome
    if relation == "propto":
        return _proportional(case, seed, context, in_full((left, right), context))
    if of_transport(case.statement):
        message = "W1 is compared with what is no multiple of it, of which nothing is known here"
        return replace(outcome, verdict="undecided", message=message, counterexample=None)
    if relation == "approx":
        words = "an approximation"
        return replace(outcome, verdict="undecided", message=f"{words}, which is not an equality", counterexample=None)
    if relation == ":=" and not any(_is_standard(row) for row in (left, right)):
        return conditional(outcome, "it defines something that is known otherwise")
    if (wrong := improper_law(case, context.vocabulary.unnormalised)) is not None:
        return conditional(outcome, f"depends on the mass of {wrong}, which the document divides by its constant")
    return gated(left, known, right, case, outcome, context, seed, around)


def _is_standard(side: Row) -> bool:
    """Whether a side is a divergence or an information, which a definition cannot redefine."""
    name = name_of(side[0]) if side and len(side) <= 2 else None
    return name is not None and name.base in ("KL", "JSD", "TV", "H", "I", "CE")


def no_density(left: Row, right: Row, context: Context, seed: int) -> str | None:
    """The law that a document gives by a formula, if some model shows the formula to be no density.

    Then nothing that holds for laws holds for what the document means.  Where the formula is not shown to be one, in
    the time there is, or has names in it that are not explained, that is noted.
    """
    try:
        with time_limit(MASS_SECONDS):
            return _weighed(left, right, context, seed)
    except LanguageError:  # what is not read so is not expanded either
        return None
    except (OutOfTime, RecursionError):
        if (name := name_of(left[0])) is not None:
            context.weighed[written(context.vocabulary.stem(name))] = f"{name.key} is a density, as its formula says"
        return None


def _weighed(left: Row, right: Row, context: Context, seed: int) -> str | None:
    case = interpret(left, "=", right, context, {})
    law, formula = case.statement.left, case.statement.right
    normal = (t.args[0] for t in walk(formula) if t.head == "normal")
    context.dense |= {point.slot for point in normal if isinstance(point, Variable)}  # what a normal formula fills
    if law.head != "den":
        return None
    claims = [Integral[tuple(v for _, v in law.args[1])](formula) == 1]
    claims += [formula >= 0] if formula.head != "normal" else []  # which is a density or does not exist
    found = {judged(claim, seed, 0.2, words=False).verdict for claim in claims}
    name = str(law.args[0].name)
    if "refuted" in found and not case.unexplained:
        return name
    if found != {"proved"}:
        context.weighed[name] = f"{formula!r} is the density {law!r}"
    return None


def gated_proof(
    case: Case, outcome: Outcome, left: Row, relation: str, right: Row, context: Context, seed: int
) -> Outcome:
    """What the proof of a step says of what the step means."""
    shown = in_full((left, right), context)
    formulas = [d.density for t in sorted(case.used) if (d := context.definitions.get(t)) and d.density]
    told = side_by_side((*shown, *formulas), context.vocabulary) if formulas else None
    if told is not None:  # the formula is that of p_theta, and the step speaks of p
        outcome = replace(outcome, conditions=(*outcome.conditions, f"{' and '.join(told)} are one law"))
    for chosen in doubtful(case.choices):
        try:
            other = judged(interpret(left, relation, right, context, chosen).statement, seed, words=False).verdict
        except LanguageError:  # it is not read so, and may be false
            other = "unsupported"
        if other != "proved":  # 1/2 sigma^2
            taken = " and ".join(case.choices[choice][0] for choice in sorted(chosen))
            return replace(outcome, verdict="conditional", message=f"true if {taken}")
    alike = side_by_side(shown, context.vocabulary)
    if alike is not None:
        return _if_one_law(outcome, alike)
    alike = spelled_apart(shown, context.vocabulary)
    if alike is not None:
        return replace(outcome, verdict="conditional", message=f"true if {' and '.join(alike)} are one")
    if case.scalar_only:
        found = of_matrices(left, relation, right, context, seed) or of_vectors(left, relation, right, context, seed)
        if found is not None:
            return _of_size(found, _sizes(shown), context)
        if case.commuted is None and componentwise(left, right, context):
            case = replace(case, scalar_only=False)
            outcome = replace(outcome, conditions=(*outcome.conditions, "by components"))
    return _proved(case, outcome, context, shown)


def _sizes(rows: tuple[Row, ...]) -> set[str]:
    """The letters of a step about vectors that may be their dimension: no index, no sign of a transpose."""
    names = list(names_in(*rows))
    return {n.base for n in names if not n.below} & DIMENSIONS - {n.below for n in names} - {"T", "K", "k"}


def _of_size(outcome: Outcome, sizes: Set[str], context: Context) -> Outcome:
    """A proof about vectors, which says so where it takes a letter for their dimension that the document has not."""
    unknown = sorted(sizes - context.sizes - {*context.vocabulary.indices.values()}) if context.sizes else []
    notes = [f"the vectors have {letter} components" for letter in unknown if outcome.verdict == "proved"]
    return replace(outcome, conditions=(*outcome.conditions, *notes))


def _proved(case: Case, outcome: Outcome, context: Context, rows: tuple[Row, ...]) -> Outcome:
    if case.commuted is not None:
        return replace(outcome, verdict="conditional", message=f"true if {' and '.join(case.commuted)} commute")
    if case.scalar_only and (case.matrices or not ANY_DIMENSION.issuperset(outcome.rules)):
        return replace(outcome, verdict="undecided", message="it holds in one dimension; vectors are not decided")
    if "Kantorovich-Rubinstein duality" in case.notes:
        message = "this is Kantorovich-Rubinstein duality itself, a cited theorem"
        return replace(outcome, verdict="undecided", message=message)
    if (apart := next((u for u in case.unexplained if u.startswith("KL over other variables")), None)) is not None:
        return replace(outcome, verdict="conditional", message=f"depends on what it means: {apart}")
    weighed = not ANY_MASS.issuperset(outcome.rules)
    suspects = context.improper | (context.vocabulary.unnormalised if weighed else frozenset())
    if (wrong := improper_law(case, suspects)) is not None:
        message = f"true if {wrong} is a law of mass one"
        return replace(outcome, verdict="conditional", message=message)
    if weighed and (doubted := improper_law(case, context.weighed.keys())) is not None:
        outcome = replace(outcome, conditions=(*outcome.conditions, context.weighed[doubted]))
    varying = taken_for_constant(case.statement, rows, context.vocabulary.called)
    if varying is not None:
        return replace(outcome, verdict="conditional", message=f"true if {varying[0]} does not depend on {varying[1]}")
    if (family := over_a_class(case.statement, rows)) is not None:
        return replace(outcome, verdict="conditional", message=f"true if {family} is the class of all functions")
    absent = unseen_dependence(case.statement)
    if absent is not None:
        message = f"true if {absent[0]} depends on {absent[1]} only where the line says so"
        return replace(outcome, verdict="conditional", message=message)
    size = dimension(case.statement)
    outcome = _of_size(outcome, {size} if size is not None else set(), context)
    if (odd := guessed_dimension(case.statement)) is not None:
        return replace(outcome, verdict="conditional", message=f"true if the vectors have {odd} components")
    if (pairing := paired(case.statement)) is not None:
        return replace(outcome, verdict="conditional", message=f"true if {pairing}")
    unit = Symbol("sym", "unit", "positive", ())  # of logarithms to any base
    if context.bases and judged(in_units(case.statement, unit), words=False).verdict != "proved":
        return replace(outcome, verdict="conditional", message="true if logarithms are to the base e")
    resting = [*case.taken("law ").values(), *([alike] if (alike := one_law(case.statement)) is not None else [])]
    outcome = replace(outcome, conditions=tuple(dict.fromkeys((*outcome.conditions, *resting))))
    return replace(outcome, message="by " + (", ".join(outcome.rules) or "linearity"))


def improper_law(case: Case, improper: Set[str]) -> str | None:
    """A law of a step, parameters aside, that by its formula or the constant under it has not the mass one."""
    names = {t.args[0].name for t in walk(tuple(all_parts(case))) if t.head == "den"}
    found = sorted(m for n in names for m in (n, n.rpartition("_")[0]) if m in improper)
    return found[0] if found else None


def _if_one_law(outcome: Outcome, alike: list[str]) -> Outcome:
    return replace(outcome, verdict="conditional", message=f"true if {' and '.join(alike)} are one law")


def _proportional(case: Case, seed: int, context: Context, rows: tuple[Row, ...]) -> Outcome:
    """``a \\propto b`` for densities in z: a(z) b(z') = a(z') b(z)."""
    left, right = case.statement.left, case.statement.right
    if left.head != "den":
        return Outcome("undecided", "a proportionality of what is no density", repr(case.statement))
    variables = [t for _, t in left.args[1] if isinstance(t, Variable)]
    if not variables:
        return Outcome("undecided", "a proportionality of numbers says nothing", repr(case.statement))
    names = ", ".join(v.name for v in variables)
    statement = proportional(case.statement, variables)
    verdict = judged(statement, seed)
    weight = varying_weight(right, {v.name for v in variables})
    if weight is not None:
        outcome = replace(outcome_of(case, verdict), verdict="conditional")
        return replace(outcome, message=f"true if {weight} does not depend on {names}")
    outcome = replace(outcome_of(case, verdict), reading=f"proportional as functions of {names}: {statement!r}")
    if verdict.verdict == "proved":
        signed = judged(Statement(">=", left * right, term(0), (), case.statement.given), seed, 0.2, words=False)
        if signed.verdict == "refuted":
            return conditional(outcome, "its right side may be negative")
        return _proved(case, outcome, context, rows)
    if verdict.verdict == "refuted":
        return conditional(outcome, f"it is no proportionality in {names}")
    return outcome


def _common_optimiser(statement: Statement, seed: int) -> Outcome:
    """Two objectives have the same optimisers if they differ by what does not depend on the parameter."""
    verdict = judged(statement, seed, words=False)
    reading = f"the two objectives differ by a constant: {statement!r}"
    if verdict.verdict == "proved" and (name := left_open(statement)) is not None:
        return Outcome("conditional", f"true if {name} does not depend on what is optimised", reading)
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
        outcome = outcome_of(case, verdict)
        if verdict.verdict == "refuted":
            return replace(outcome, message="the two sides are always equal. " + outcome.message)
        return replace(outcome, verdict="undecided", message="the two sides are always equal where they exist")
    if equal.verdict == "refuted":
        where = equal.counterexample.words if equal.counterexample else ""
        message = f"true in general, not in every model; the sides differ here: {where}"
        return replace(outcome_of(case, equal), verdict="conditional", message=message, counterexample=None)
    return replace(outcome_of(case, equal), verdict="undecided", message="whether the sides can differ is not decided")


def of_transport(statement: Statement) -> bool:
    """Whether W1, an opaque number here, stands beside anything but its own multiples."""
    heads = [t for side in (statement.left, statement.right) for t in walk(side)]
    distances = {t for t in heads if t.head in ("sym", "fn") and t.args[0].startswith("W1_")}
    return bool(distances) and (len(distances) > 1 or any(t.head not in ("num", "mul", "sym") for t in heads))


__all__ = ["gated_proof", "judge_step", "no_density"]
