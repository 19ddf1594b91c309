"""The sections of a document, and the sections inside each.  Main definition: `Outline`."""

from __future__ import annotations

import re
from bisect import bisect_right

_EXERCISE = r"(?:Exercise|Problem|Question|Task|Example)\b"
_HEADING = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]|\\(?:sub)*section\*?\{|\\(?:sub)?paragraph\*?\{|\\chapter\*?\{"
    rf"|(?:\*\*|__|\\textbf\{{|\\(?:begin|end)\{{){_EXERCISE}"
    r"|(?:\*\*|__|\\textbf\{)(?:Theorem|Lemma|Proposition|Corollary)\b)",
    re.MULTILINE | re.IGNORECASE,
)
_DEPTHS = ("chapter", "section", "subsection", "subsubsection", "paragraph", "subparagraph")


class Outline:
    """Where the sections of a text start and end; the one before all headings is the first.

    A section ends with those inside it.

    >>> outline = Outline("Intro\\n# A\\n## B\\n# C\\n")
    >>> [(outline.title(n), outline.ends[n]) for n in range(4)]
    [('', 6), ('# A\\n', 15), ('## B\\n', 15), ('# C\\n', 19)]
    >>> outline.section(12)
    2
    """

    def __init__(self, text: str) -> None:
        found = list(_HEADING.finditer(text))
        self.text = text
        self.starts = [0, *(m.start() for m in found)]
        self.ends = [self.starts[1] if found else len(text)] + [len(text)] * len(found)
        around: list[tuple[int, int]] = []
        for number, match in enumerate(found, 1):
            depth = _depth(match[0])
            while around and around[-1][0] >= depth:
                self.ends[around.pop()[1]] = match.start()
            around.append((depth, number))

    def section(self, offset: int) -> int:
        """The number of the section in which an offset lies, the innermost one."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def title(self, section: int) -> str:
        """The line of a section's heading; none for what stands before all of them."""
        start = self.starts[section]
        end = self.text.find("\n", start) + 1
        return self.text[start : end or None] if section else ""


def _depth(heading: str) -> int:
    """How deep a heading stands: that of a section is 2, as with ``##``; an exercise or a theorem is in all others."""
    word = heading.strip().lower()
    named = word.strip("\\*{")
    return word.count("#") or (_DEPTHS.index(named) + 1 if named in _DEPTHS else len(_DEPTHS) + 1)
