"""What is written bare is read in one way within a section: ``KL(q || p)`` is not now of q(z | x) and then of q(z).

Main definition: `read_as_before`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from derivations.latex.cases import Context
from derivations.latex.outcomes import Outcome

_IN_A_SECTION = ("law ",)
_IN_A_DISPLAY = ("bare ", "runs over", "whose means", "information", "E_")
_ECHO = re.compile(r"(.+? (?:is that of|are the normal laws|is the law of G))\b.+")


def read_as_before(outcome: Outcome, line: int, display: int, section: int, context: Context) -> Outcome:
    """A proof, or the query it becomes where its section or display has proved something by another reading."""
    if outcome.verdict != "proved" or outcome.case is None:
        return outcome
    taken = [(section, key, words) for key, words in outcome.case.taken(*_IN_A_SECTION).items()]
    for key, words in outcome.case.taken(*_IN_A_DISPLAY).items():
        taken.append((-display, " ".join(sorted(re.split("[; ]+", key))), words))
    taken += [(-display, m[1], m[0]) for c in outcome.conditions if (m := _ECHO.fullmatch(c))]
    listed = outcome.case.meaning.listed if outcome.case.meaning is not None else {}
    taken += [(section, f"values of {x}", f"{x} takes the values {values}") for x, values in listed.items()]
    for place, key, words in taken:
        before, other = context.taken.setdefault((place, key), (line, words))
        if other != words:
            message = f"true if {words}; in line {before} {other}"
            return replace(outcome, verdict="conditional", message=message)
    return outcome
