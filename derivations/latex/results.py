"""What a check finds: steps in displays in files, as data, as text and in notebooks.

Main definitions: `CheckedStep`, `Report`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class CheckedStep:
    """One relation sign: where it is, what it says, how it was read, and the verdict with its evidence."""

    line: int
    relation: str
    lhs: str
    rhs: str
    verdict: str
    reading: str = ""
    message: str = ""
    conditions: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    trusts: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    counterexample: dict[str, Any] | None = None
    suggestion: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The step as in ``derivations check --format json``."""
        return {
            "line": self.line,
            "relation": self.relation,
            "lhs": self.lhs,
            "rhs": self.rhs,
            "reading": self.reading,
            "verdict": self.verdict,
            "conditions": list(self.conditions),
            "assumptions": list(self.assumptions),
            "trusts": list(self.trusts),
            "rules": list(self.rules),
            "counterexample": self.counterexample,
            "suggestion": self.suggestion,
            "message": self.message,
        }


@dataclass(frozen=True)
class Derivation:
    """One display with its steps."""

    line: int
    latex: str
    steps: tuple[CheckedStep, ...]


@dataclass(frozen=True)
class CheckedFile:
    """One document: its derivations, or why it could not be read."""

    path: str
    derivations: tuple[Derivation, ...] = ()
    error: str | None = None

    @property
    def steps(self) -> tuple[CheckedStep, ...]:
        """All steps, in order."""
        return tuple(s for d in self.derivations for s in d.steps)


@dataclass(frozen=True)
class Report:
    """What a check found; renders itself in notebooks, and as JSON."""

    files: tuple[CheckedFile, ...]
    seconds: float = field(default=0.0, compare=False)

    @property
    def steps(self) -> tuple[CheckedStep, ...]:
        """All steps of all files, in order."""
        return tuple(s for f in self.files for s in f.steps)

    def as_json(self) -> dict[str, Any]:
        """The report as plain data, by the schema ``derivations/schemas/check.json``."""
        return {
            "version": 1,
            "files": [
                {
                    "path": f.path,
                    "error": f.error,
                    "derivations": [
                        {"line": d.line, "latex": d.latex, "steps": [s.as_json() for s in d.steps]}
                        for d in f.derivations
                    ],
                }
                for f in self.files
            ],
        }

    def status(self, strict: bool = False) -> int:
        """The exit status: 2 for an unreadable file, 1 for a refuted step (or, if strict, an undecided one), else 0."""
        if any(f.error is not None for f in self.files):
            return 2
        bad = {"refuted", "conditional", "undecided", "unsupported"} if strict else {"refuted"}
        return int(any(s.verdict in bad for s in self.steps))

    def __str__(self) -> str:
        from derivations.latex.rendering import plain

        return plain(self)

    def _repr_html_(self) -> str:
        from derivations.latex.rendering import html

        return html(self)
