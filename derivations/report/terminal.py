"""Claims and verdicts on a terminal.

Main definitions: `show`, which proves claims and prints them (what a theory module does when it runs alone);
`verify_table`, `print_claim`, `train_table`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from derivations.claims import Claim
from derivations.judge import Verdict
from derivations.language.printing import statement_text, text
from derivations.report.evidence import Evidence, gather
from derivations.report.numbers import decimal

__all__ = ["output", "print_claim", "show", "train_table", "verify_table"]

STYLES = {
    "proved": "green",
    "refuted": "red",
    "conditional": "yellow",
    "undecided": "bright_black",
    "unsupported": "bright_black",
    "definition": "blue",
}
MARKS = {"proved": "✓", "refuted": "✗", "conditional": "◐", "undecided": "?", "unsupported": "–", "definition": "≔"}
RELATIONS = {"<=": "≤", ">=": "≥", "!=": "≠"}


def output(stderr: bool = False) -> Console:
    """A console: of the terminal's width, or 120 columns where there is none."""
    console = Console(stderr=stderr, highlight=False)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=120)


def verdict_mark(verdict: str, expected: str | None = None) -> Text:
    """A verdict with its mark; in reverse where another one was expected."""
    style = STYLES.get(verdict, "")
    if expected is not None and verdict != expected:
        return Text(f"{MARKS.get(verdict, '?')} {verdict}, expected {expected}", style="bold white on red")
    return Text(f"{MARKS.get(verdict, '?')} {verdict}", style=style)


def verify_table(found: Sequence[Evidence]) -> Table:
    """One row for each claim."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("item", no_wrap=True)
    table.add_column("claim", no_wrap=True, overflow="ellipsis")
    table.add_column("verdict")
    table.add_column("steps", justify="right", no_wrap=True)
    table.add_column("conditions", justify="right", no_wrap=True)
    table.add_column("SymPy", no_wrap=True)
    table.add_column("checks", justify="right", no_wrap=True)
    table.add_column("time", justify="right", no_wrap=True)
    before = None
    for evidence in found:
        claim = evidence.claim
        steps = [v for _, _, verdicts in evidence.chains() for v in verdicts]
        checks = evidence.checks
        good = sum(1 for c in checks if c["passed"])
        second = evidence.second_proof
        table.add_row(
            Text(claim.item if claim.item != before else "", style="bold"),
            Text(claim.id),
            verdict_mark(evidence.verdict, claim.expected),
            f"{sum(v.verdict == 'proved' for v in steps)}/{len(steps)}" if steps else "",
            str(len(_restrictions(evidence)) or ""),
            Text("") if second is None else verdict_mark(second["verdict"]),
            Text(f"{good}/{len(checks)}", style="green" if good == len(checks) else "bold red") if checks else "",
            f"{evidence.seconds * 1000:.0f} ms",
        )
        before = claim.item
    return table


def _restrictions(evidence: Evidence) -> list[str]:
    return evidence.gathered("conditions") + evidence.gathered("assumptions")


def conditions(found: Iterable[Evidence]) -> Table:
    """Under which conditions, and with which cited theorems, each claim holds."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(style="dim")
    for evidence in found:
        if rows := _restrictions(evidence):
            table.add_row(Text(f" {evidence.claim.id}  if"), Text("; ".join(rows)))
    return table


def troubles(found: Iterable[Evidence]) -> list[RenderableType]:
    """What went wrong: other verdicts than expected, failed checks, what broke off."""
    rows: list[RenderableType] = []
    for evidence in found:
        lines = list(evidence.errors)
        lines += [
            f"check failed: {c['name']} ({c['method']}): {_shown(c['value'])} against {_shown(c['reference'])}"
            for c in evidence.checks
            if not c["passed"]
        ]
        if not evidence.as_expected:
            verdicts = [*evidence.statements, *(v for _, _, vs in evidence.chains() for v in vs)]
            lines += [f"{statement_text(v.statement)}\n{v.message}" for v in verdicts if v.verdict == evidence.verdict]
        if lines:
            rows.append(Text(evidence.claim.id, style="bold red"))
            rows += [Padding(Text(line), (0, 0, 0, 2)) for line in dict.fromkeys(lines)]
    return rows


def _shown(value: Any) -> str:
    if isinstance(value, dict) and {"mid", "rad"} <= set(value):
        return f"{value['mid']} ± {value['rad']}"
    return decimal(value, 10)


def print_claim(evidence: Evidence, console: Console | None = None) -> None:
    """A claim in full: its statements, its chains with the verdict on each step, its conditions."""
    (console or output()).print(_claim(evidence))


def _claim(evidence: Evidence) -> Group:
    claim = evidence.claim
    head = Text.assemble((f"{claim.item}  " if claim.item else "", "bold"), (claim.title or claim.id, "bold"))
    if claim.title:
        head.append(f"   {claim.id}", style="dim")
    rows: list[RenderableType] = [Text("─" * 4, style="dim"), head]
    for number, verdict in enumerate(evidence.statements):
        body = Text(statement_text(verdict.statement))
        rows.append(Padding(body, (1, 0, 0, 2)))
        for chain, verdicts in zip(claim.parts[number].chains, evidence.steps[number], strict=True):
            rows.append(Padding(_chain(chain, verdicts), (1, 0, 0, 4)))
        rows.append(Padding(_verdict(verdict), (1, 0, 0, 2)))
    if evidence.verdict != claim.expected:
        rows.append(Padding(verdict_mark(evidence.verdict, claim.expected), (1, 0, 0, 2)))
    rows += [Padding(Text(line, style="red"), (1, 0, 0, 2)) for line in evidence.errors]
    return Group(*rows)


def _chain(chain: Any, verdicts: Sequence[Verdict]) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=3)
    table.add_column(overflow="fold", ratio=1, style="italic dim", min_width=18)
    table.add_row("", "", Text(text(chain.start)), "")
    for step, verdict in zip(chain.steps, verdicts, strict=True):
        mark = Text(MARKS.get(verdict.verdict, "?"), style=STYLES.get(verdict.verdict, ""))
        relation = RELATIONS.get(step.relation, step.relation)
        table.add_row(mark, relation, Text(text(step.term)), Text(step.reason))
        if verdict.verdict != "proved":
            table.add_row("", "", Text(verdict.message, style=STYLES.get(verdict.verdict, "")), "")
    return table


def _verdict(verdict: Verdict) -> Group:
    rows: list[RenderableType] = [verdict_mark(verdict.verdict)]
    for name in ("conditions", "assumptions", "trusts", "rules"):
        if values := getattr(verdict, name):
            separator = ", " if name == "rules" else "; "
            rows.append(Text.assemble((f"  {name}: ", "dim"), separator.join(values)))
    if verdict.counterexample is not None:
        rows += [Text(f"  {line}") for line in verdict.counterexample.words.splitlines()]
    elif verdict.message and verdict.verdict != "proved":
        rows.append(Text(f"  {verdict.message}"))
    return Group(*rows)


def show(claims: Iterable[Claim], doc: str | None = None, *, seed: int = 0) -> bool:
    """Prove claims and print them: statements, chains, verdicts, conditions, counterexamples.

    *doc* is the docstring of the module that shows its claims.  Returns whether every verdict is the expected one.
    """
    console = output()
    if doc:
        console.print(Text(doc.strip().splitlines()[0], style="bold"))
    well = True
    for claim in claims:
        evidence = gather(claim, seed=seed, checks=False)
        print_claim(evidence, console)
        console.print()
        well = well and evidence.as_expected
    return well


def train_table(results: Sequence[Any]) -> Table:
    """One row for each observable of each trained model."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("model", no_wrap=True)
    table.add_column("observable", ratio=1)
    for name in ("value", "interval", "theory"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for result in results:
        label = f"{result.name}\n{result.seeds} seeds, {result.seconds:.1f} s"
        for number, o in enumerate(result.observables):
            outcome = {True: Text("✓", style="green"), False: Text("✗", style="bold red"), None: Text("")}[o.passed]
            table.add_row(
                Text(label.splitlines()[number] if number < 2 else "", style="bold" if number == 0 else "dim"),
                Text(o.name),
                decimal(o.value),
                f"{decimal(o.interval[0], 4)} … {decimal(o.interval[1], 4)}",
                decimal(o.theory),
                outcome,
            )
        table.add_section()
    return table
