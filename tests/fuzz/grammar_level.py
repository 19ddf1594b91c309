"""Judges drawn statements and compares the verdicts with their truth in random models.

``python tests/fuzz/grammar_level.py 1000 --first 5000`` lists every statement that is proved though a model contradicts
it, and every one that is refuted though hundreds of models agree with it.
"""

from __future__ import annotations

import argparse
import collections
import random
import sys

import gaussians
import statements

from derivations.check import check

WRONG = 1e-6  # a relative gap beyond what rounding makes of these sums


def drawn(seed: int, n: int, markov: bool = False) -> tuple[str, tuple, set[str]]:
    """The n-th document of a seed, with the statement that it makes and its discrete variables."""
    draw = random.Random(seed * 1_000_003 + n)
    while True:
        claim = statements.statement(draw, markov)
        if statements.sensible(claim):
            document, counted = statements.written(claim, draw)
            chain = "<!-- derivations: markov x -> y -> z -->\n" if markov else ""
            return chain + document, claim, counted


def compared(
    seed: int, n: int, models: int = 200, timeout: float = 3.0, markov: bool = False
) -> tuple[str, bool | None, str]:
    """The verdict on a drawn statement, its truth (None if no model decides), and what is wrong, in words."""
    document, claim, counted = drawn(seed, n, markov)
    steps = check(document, timeout=timeout).steps
    if len(steps) != 1:
        return "misread", None, f"{len(steps)} steps in {document}"
    (step,) = steps
    evaluated, worst = statements.margins(
        claim, counted, n, models if step.verdict in ("proved", "refuted") else 30, markov=markov
    )
    truth = None if not evaluated or (0 < worst <= WRONG) else worst <= 0 or (claim[1] == "=" and worst < 1e-12)
    truth = True if claim[1] in ("=", "<=", ">=") and evaluated and worst <= 1e-9 else truth
    fault = ""
    if step.verdict == "proved" and truth is False:
        fault = f"proved, but false by {worst:.2g}"
    if step.verdict == "refuted" and truth is True and claim[1] not in ("<", ">"):
        evaluated, worst = statements.margins(claim, counted, n, models, sparse=True, markov=markov)
    if step.verdict == "refuted" and truth is True and claim[1] not in ("<", ">") and worst < WRONG:
        fault = f"refuted, but true in {evaluated} cases"
    if fault:
        fault += f": {document.strip()}\n    read as {step.reading}\n    {step.conditions} {step.message[:200]}"
    return step.verdict, truth, fault


def compared_normal(seed: int, n: int, models: int = 400, timeout: float = 3.0) -> tuple[str, bool | None, str]:
    """As `compared`, for statements about normal laws."""
    draw = random.Random(seed * 1_000_003 + n)
    claim = gaussians.statement(draw)
    document = gaussians.written(claim, draw)
    steps = check(document, timeout=timeout).steps
    if len(steps) != 1:
        return "misread", None, f"{len(steps)} steps in {document}"
    (step,) = steps
    evaluated, worst = gaussians.worst(claim, n, models)
    truth = None if not evaluated else worst < 1e-9
    fault = ""
    if (step.verdict, truth) in (("proved", False), ("refuted", True)):
        fault = (
            f"{step.verdict}, worst gap {worst:.2g}: {document.strip()}\n    read as {step.reading}\n    {step.message}"
        )
    return step.verdict, truth, fault


def main() -> int:
    """Compare a range of statements; exit status 1 if a verdict is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--normal", action="store_true", help="statements about normal laws")
    parser.add_argument("--markov", action="store_true", help="statements under a Markov chain x -> y -> z")
    options = parser.parse_args()
    table: collections.Counter[tuple[str, bool | None]] = collections.Counter()
    wrong = 0
    for n in range(options.first, options.first + options.count):
        if options.normal:
            verdict, truth, fault = compared_normal(options.seed, n)
        else:
            verdict, truth, fault = compared(options.seed, n, markov=options.markov)
        table[verdict, truth] += 1
        if fault:
            wrong += 1
            print(f"{n}: {fault}", flush=True)
        print(f"\r{n}", end="", file=sys.stderr)
    print(f"\n{options.count} statements, {wrong} to look at")
    for (verdict, truth), times in sorted(table.items(), key=str):
        print(f"  {verdict:12} {'true' if truth else 'false' if truth is False else 'unknown':8} {times}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
