r"""Check the derivations in LaTeX and Markdown: a verdict for every relation sign of every display.

>>> report = check(r"$$ \log p(x) = \log p(x, z) - \log p(z | x) $$")
>>> [step.verdict for step in report.steps]
['proved']

``python -m derivations.check FILE ...`` is the command line; ``-`` is standard input.  The JSON is that of
``derivations/schemas/check.json``; `docs/check.md` says what is read and what the verdicts mean.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import sys
import time
import types
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from derivations.language.terms import LanguageError
from derivations.latex.cases import Context
from derivations.latex.chains import Chained, continued, last_side, steps, words_beside
from derivations.latex.defining import (
    is_defined,
    law_formula,
    meant_before,
)
from derivations.latex.definitions import is_normal
from derivations.latex.directives import apply_directives, markov_chain
from derivations.latex.documents import Display, read
from derivations.latex.entries import (
    Displays,
    Sides,
    define,
    defined_in,
    enter,
    laws_in,
    place_of,
    remarks_of,
    suppose,
)
from derivations.latex.files import contents
from derivations.latex.grammar import Row, rows
from derivations.latex.limits import INTERNAL, OutOfTime, seldom_collecting, time_limit
from derivations.latex.moments import condensed, factored
from derivations.latex.names import names_in
from derivations.latex.one_reading import read_as_before
from derivations.latex.own_meanings import of_its_own, settle, without_its_half
from derivations.latex.premises import Claim, under_premises
from derivations.latex.prose import denied_behind, denies, remarked, surroundings
from derivations.latex.results import CheckedFile, CheckedStep, Derivation, Report
from derivations.latex.suppositions import (
    as_retold,
    drawn_otherwise,
    excused,
    resting_on,
)
from derivations.latex.tokens import Token, Unread, spelled, tokenize
from derivations.latex.told import Told, told
from derivations.latex.vocabulary import Vocabulary

STEP_SECONDS = 5.0
READ_SECONDS = 60.0
FILE_SECONDS = 600.0
MAX_STEPS = 20_000
RELATION_SIGN = re.compile(r"(?<![<>:!=\\])(?:\\(?:le|ge|leq|geq|approx|propto|ne|neq)(?![A-Za-z])|[=<>≤≥≠])")
_BESIDE = re.compile(r"(?<![\\$])\$([^$\n]{1,200})\$\s*\Z")  # a formula of the line, right before a display


def check(text: str, *, kind: str = "bare", seed: int = 0, timeout: float = STEP_SECONDS) -> Report:
    r"""Check the displays of a text.

    *kind* is ``tex``, ``markdown`` or ``bare`` (as Markdown, but a text without any display is one itself); *seed*
    fixes the models that are drawn, *timeout* bounds the seconds for one step.  Nothing in the text is evaluated; what
    is not read is a step with the verdict ``unsupported``.  Raises :class:`derivations.language.LanguageError` for a
    text that is too long or binary.

    >>> print(check(r"H(X, Y) = H(X) + H(Y | X)").steps[0].verdict)
    proved
    """
    start = time.perf_counter()
    checked = _checked_text("<text>", text, kind, seed, timeout)
    return Report((checked,), time.perf_counter() - start)


def check_files(
    paths: Sequence[str], *, seed: int = 0, timeout: float = STEP_SECONDS, kind: str | None = None
) -> Report:
    """Check documents; a file that cannot be read gets an error, and the others are checked."""
    start = time.perf_counter()
    files = []
    for path in paths:
        try:
            text, found = contents(path)
            files.append(_checked_text(path, text, kind or found, seed, timeout))
        except (LanguageError, OSError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            files.append(CheckedFile(path, (), reason))
        except (*INTERNAL, RecursionError, MemoryError) as error:  # the other files are still owed their verdicts
            files.append(CheckedFile(path, (), f"the checker failed on this file, please report it: {error!r}"))
    return Report(tuple(files), time.perf_counter() - start)


# One document ------------------------------------------------------------------------------------------------------


@seldom_collecting()
def _checked_text(path: str, text: str, kind: str, seed: int, timeout: float) -> CheckedFile:
    from derivations.latex.outcomes import new_document

    new_document()
    deadline = time.monotonic() + FILE_SECONDS
    cache: dict[tuple[Token, ...], Row | str] = {}
    displays: Displays = []
    try:
        with time_limit(READ_SECONDS):
            document = read(text, kind)
            if sum(len(RELATION_SIGN.findall(display.latex)) for display in document.displays) > MAX_STEPS:
                raise LanguageError(f"has more than {MAX_STEPS} steps; split it")
            shown = document.displays
            pieces = [_chained(display, timeout) for display in shown]
            continued([chained for chained, _ in pieces])
            for display, (chained, error) in zip(shown, pieces, strict=True):
                found, unread = _sides(chained, cache, timeout) if not error else ([], error)
                displays.append((display, found, error or unread))
            said = [row for display, _, error in displays if not error for row in remarks_of(display)]
            context = Context(Vocabulary([*(r for r in cache.values() if not isinstance(r, str)), *said]))
            context.wordy, context.means, context.bases = document.wordy, document.means, document.bases
            context.vocabulary.deviations |= document.deviations
            context.vocabulary.energies |= document.energies
            context.sizes = document.sizes
            context.doubted |= document.renamed
            for call in document.calls:
                with contextlib.suppress(Unread):
                    context.vocabulary.note_calls(rows(tuple(tokenize(call))))
            context.factored = [
                (context.vocabulary.stem(name), base) for name, base in factored(context.vocabulary.rows)
            ]
            for display, found, _ in displays:
                slots = context.integrals.setdefault(display.section, set())
                slots.update(*(context.vocabulary.integrated_in(r) for f in found for r in (f.left, f.right) if r))
                written = context.written.setdefault(display.section, {})
                for row in (r for f in found for r in (f.left, f.right) if r):
                    for stem, patterns in context.vocabulary.shown(row).items():
                        written.setdefault(stem, set()).update(patterns)
            alone = [
                row for display, found, error in displays if not error and not found for row in remarks_of(display)
            ]
            context.chains += [chain for row in alone if (chain := markov_chain(row)) is not None]
            apply_directives(document.directives, context)
            enter(document, displays, context)
            said += [r for r in cache.values() if not isinstance(r, str)]
            prose = told(document.told, context, said, defined_in(displays)) if document.told else None
    except OutOfTime:
        raise LanguageError(f"was not read within {READ_SECONDS:g} s; split it") from None
    except RecursionError:
        raise LanguageError("has directives that are nested too deeply") from None
    seen: set[str] = set()
    derivations = []
    for display, found, error in displays:
        derivations.append(_checked_display(display, found, error, context, prose, seen, seed, timeout, deadline))
    return CheckedFile(path, tuple(d for d in derivations if d.steps))


def _chained(display: Display, timeout: float) -> tuple[Chained, str]:
    """The steps of a display, or what kept it from being read."""
    try:
        with time_limit(timeout):
            if display.error:
                raise Unread(display.error)
            found = steps(display.latex)
            before: tuple[Token, ...] = ()
            if found and not found[0].left and (inner := _BESIDE.search(display.before)) is not None:
                before = last_side(inner[1])
            return Chained(found, last_side(display.latex), display.inline, display.adjoins, before), ""
    except Unread as error:
        return Chained([], (), display.inline), str(error)
    except (OutOfTime, RecursionError):
        return Chained([], (), display.inline), "the limits of nesting or time were reached"


def _sides(chained: Chained, cache: dict[tuple[Token, ...], Row | str], timeout: float) -> tuple[list[Sides], str]:
    """The steps of a display with their sides as rows, or what kept them from being read."""
    try:
        with time_limit(timeout):
            found = []
            for step in chained.steps:
                sides: list[Row | None] = []
                error = ""
                for tokens in (step.left, step.right):
                    row = _row(tokens, cache)
                    sides.append(None if isinstance(row, str) else row)
                    error = error or (row if isinstance(row, str) else "")
                found.append(Sides(step, sides[0], sides[1], error))
            if not found and chained.end:  # it claims nothing, and shows what its names are
                _row(chained.end, cache)
            return found, ""
    except (OutOfTime, RecursionError):
        return [], "the limits of nesting or time were reached"


def _row(tokens: tuple[Token, ...], cache: dict[tuple[Token, ...], Row | str]) -> Row | str:
    found = cache.get(tokens)
    if found is None:
        try:
            if not tokens:
                raise Unread("a side that is empty")
            found = condensed(rows(tokens))
        except Unread as error:
            found = str(error)
        cache[tokens] = found
    return found


def _checked_display(
    display: Display,
    found: list[Sides],
    error: str,
    context: Context,
    prose: Told | None,
    seen: set[str],
    seed: int,
    timeout: float,
    deadline: float,
) -> Derivation:
    if error:
        return Derivation(display.line, display.source, tuple(_unread_steps(display, error)))
    context.integrated = frozenset(context.integrals.get(display.section, ()))
    context.nearby = context.written.get(display.section, {})
    for sides in found:  # definitions in a display come before its claims
        define(sides, context, seen, display, seed)
    checked = []
    around = list(context.chains)  # a chain beside an equation is one of its display, alone it is one of the document
    context.chains += [chain for row in remarks_of(display) if (chain := markov_chain(row)) is not None]
    for sides in found:
        checked.append(_checked_step(display, sides, context, prose, seen, seed, timeout, deadline))
    context.chains[:] = around
    return Derivation(display.line, display.source, tuple(checked))


def _unread_steps(display: Display, error: str) -> Iterator[CheckedStep]:
    """A display that was not read: a step for each relation sign that can be seen in it."""
    line, at = display.line, 0
    for match in RELATION_SIGN.finditer(display.latex):
        line += display.latex.count("\n", at, match.start())
        at = match.start()
        yield CheckedStep(line, "=", "", "", "unsupported", message=f"not read: {error}")


def _checked_step(
    display: Display,
    sides: Sides,
    context: Context,
    prose: Told | None,
    seen: set[str],
    seed: int,
    timeout: float,
    deadline: float,
) -> CheckedStep:
    from derivations.latex.as_told import judge_as_told, of_an_open_law, unmoved
    from derivations.latex.outcomes import Outcome, conditional
    from derivations.latex.suggestions import suggest

    step = sides.step
    line = display.line + display.latex.count("\n", 0, step.place)
    shown = (line, step.relation, spelled(list(step.left)), spelled(list(step.right)))
    definition = context.defining.get(id(sides))
    if definition is not None:
        seen |= laws_in(sides, context)
        suppose(line, display, sides, context)
        reading = f"{definition.name.key} is defined here"
        return CheckedStep(*shown, "definition", reading, f"names {definition.name.key}")
    if sides.error or sides.left is None or sides.right is None:
        settle(sides.left or (), step.alone, Outcome("unsupported", ""), context, False)
        return CheckedStep(*shown, "unsupported", message=f"not read: {sides.error}")
    if time.monotonic() > deadline:
        return CheckedStep(*shown, "undecided", message=f"the limit of {FILE_SECONDS:g} s for a file was reached")
    outcome: Outcome
    known = frozenset(context.definitions)
    options: dict[str, Any] = {"seed": seed, "seconds": timeout, "loose": step.loose}
    options["around"] = surroundings(display.before, display.behind, display.latex.rstrip().endswith("."))
    if word := remarked(words_beside(display.latex, step.place)):
        options["around"] = replace(options["around"], posing=word)
    both = (sides.left, step.relation, sides.right)
    outcome, understood = judge_as_told(line, display.section, both, context, prose, options)
    outcome = unmoved(outcome, line, prose)
    outcome = of_an_open_law(outcome, line, display.section, both, understood, options)
    seen |= laws_in(sides, context)
    equates = step.relation in ("=", ":=") and step.over != "asked"
    equates = equates and not (denies(display.before) or denied_behind(display.behind))
    if equates and outcome.verdict in ("conditional", "undecided") and is_normal(sides.right):  # said, if not shown
        said = law_formula(sides.left, sides.right, context)
        if said is not None and said.name.key not in context.definitions:
            context.definitions[said.name.key] = said
            context.places[said.name.key] = replace(place_of(sides, display), said=True)
    taken = outcome.case.used if outcome.case is not None else ()
    outcome = resting_on(taken, outcome, line, display.section, understood)
    outcome = as_retold(taken, outcome, display.section, context, options)
    outcome = drawn_otherwise(outcome, line, names_in(sides.left or (), sides.right or ()), context)
    if outcome.verdict == "refuted" and step.alone and is_defined(sides.left, sides.right, context):
        message = f"this name was defined otherwise before. With that meaning: {outcome.message}"
        outcome = replace(outcome, verdict="conditional", message=message)
    if outcome.verdict == "refuted":
        outcome = excused(outcome, line, both, understood, options)
    if outcome.verdict == "refuted":
        outcome = under_premises(outcome, step, (sides.left, sides.right), line, context, seed)
    anew = outcome.verdict in ("conditional", "refuted") and outcome.counterexample is not None
    if anew and step.alone and step.relation in ("=", ":="):
        context.twofold |= meant_before(sides.left, sides.right, context) & known
    if outcome.verdict == "proved" and (twofold := sorted({*taken} & context.twofold)):
        outcome = conditional(outcome, f"true with the first of the meanings that the document gives {twofold[0]}")
    outcome = read_as_before(outcome, line, display.line, display.section, context)
    outcome = of_its_own(sides.left, sides.right, outcome, context)
    outcome = without_its_half(sides.left, step.alone, outcome, context, seed, step.relation == ":=")
    if step.alone and outcome.verdict in ("conditional", "undecided"):
        suppose(line, display, sides, context)
        if outcome.verdict == "conditional" and step.relation in ("=", "<=", ">="):
            context.claimed.append(Claim(line, display.reach, sides.left, step.relation, sides.right))
    defines = step.relation == ":=" or options["around"].posing.lower().startswith("defin")
    settle(sides.left, step.alone, outcome, context, defines)
    suggestion = None
    if outcome.verdict == "refuted":
        none = "with nothing true near it"
        try:
            with time_limit(timeout):
                suggestion = suggest(step.left, step.relation, step.right, understood, case=outcome.case, seed=seed)
        except (OutOfTime, RecursionError):
            none = "and the limit was reached before anything true was found near it"
        except INTERNAL as error:  # the verdict stands, whatever became of the search for a nearby truth
            words = f"{outcome.message} (the search for a suggestion failed, please report it: {error!r})"
            outcome = replace(outcome, message=words)
            none = "and what is near it was not looked at"
        if suggestion is None and context.wordy:
            outcome = conditional(outcome, f"false as read, {none}: a name may mean something else here")
    return CheckedStep(
        *shown,
        outcome.verdict,
        outcome.reading,
        outcome.message,
        outcome.conditions,
        outcome.assumptions,
        outcome.trusts,
        outcome.rules,
        outcome.counterexample,
        suggestion,
    )


# Command line ------------------------------------------------------------------------------------------------------


def arguments_parser() -> argparse.ArgumentParser:
    """The options of ``derivations check``."""
    parser = argparse.ArgumentParser(
        prog="derivations check", description="Check the derivations in LaTeX and Markdown."
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="documents (.tex, .md); - is standard input")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="text for people, json for machines")
    parser.add_argument("--strict", action="store_true", help="exit 1 also for conditional, undecided or unread steps")
    parser.add_argument("--seed", type=int, default=0, help="fixes the models that are drawn (default: 0)")
    parser.add_argument("--timeout", type=_seconds, default=STEP_SECONDS, help="seconds for one step (default: 5)")
    parser.add_argument("--review", metavar="OUT.html", help="also write the marked-up documents as one HTML page")
    return parser


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= FILE_SECONDS:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds above 0 and up to {FILE_SECONDS:g}")
    return value


def run(options: argparse.Namespace) -> int:
    """Check the files of parsed options and print the report; the exit status of section 8."""
    report = check_files(options.files, seed=options.seed, timeout=options.timeout)
    if options.format == "json":
        json.dump(report.as_json(), sys.stdout, ensure_ascii=False)
        print()
    else:
        from derivations.latex.rendering import terminal

        print(terminal(report, colour=sys.stdout.isatty()))
    for file in report.files:
        if file.error is not None:
            print(f"{file.path}: {file.error}", file=sys.stderr)
    if options.review:
        from derivations.report.review import reviewed

        return max(reviewed(report, options.review), report.status(options.strict))
    return report.status(options.strict)


def main(arguments: Sequence[str] | None = None) -> int:
    """``python -m derivations.check FILE ...``"""
    return run(arguments_parser().parse_args(arguments))


class _Module(types.ModuleType):
    """This module, which is also the function that it is named for: ``derivations.check(text)``."""

    def __call__(self, text: str, **options: Any) -> Report:
        return check(text, **options)


sys.modules[__name__].__class__ = _Module

if __name__ == "__main__":
    sys.exit(main())
