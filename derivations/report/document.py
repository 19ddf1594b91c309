"""The report as files: ``report.tex`` in a folder that compiles by itself, ``report.html``, ``report.json``, the PDF.

Main definitions: `write`, `Written`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from derivations.report import html, latex
from derivations.report.content import compose
from derivations.report.data import dumped, report_data
from derivations.report.environment import facts, moment, today
from derivations.report.evidence import Evidence
from derivations.report.pdf import ADVICE, PdfError, compile_pdf, compiler

__all__ = ["Written", "write"]


@dataclass(frozen=True)
class Written:
    """The files of a report, and what is to be said about them; *failed* if LaTeX stopped at an error."""

    paths: tuple[Path, ...]
    remarks: tuple[str, ...]
    failed: bool = False


def write(
    found: Sequence[Evidence],
    results: Sequence[Any],
    folder: str | os.PathLike[str],
    *,
    scripts: Sequence[str] = (),
    seed: int = 0,
    device: str = "cpu",
    pdf: bool = True,
) -> Written:
    """Write a report into a folder, which is made if need be; other files in it are left alone."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    figures: dict[str, str] = {}
    drawings: dict[str, str] = {}
    if results:
        from numerics.training.figures import save

        for name, (paper, screen) in save(results, place / "figures").items():
            figures[name] = f"figures/{paper.name}"
            drawings[name] = screen.read_text(encoding="utf-8")
    names = [Path(script).name for script in scripts]
    content = compose(found, results, figures=figures, facts=facts(seed, device), scripts=names)
    date = today()
    texts = {
        "report.tex": latex.render(content, date),
        "report.html": html.render(content, date, drawings),
        "report.json": dumped(report_data(found, results, content)),
    }
    paths = []
    for name, text in texts.items():
        (place / name).write_text(text, encoding="utf-8")
        paths.append(place / name)
    remarks = []
    failed = False
    if pdf and compiler() is None:
        remarks.append(ADVICE)
    elif pdf:
        try:
            compile_pdf(place / "report.tex", epoch=moment())
            paths.append(place / "report.pdf")
        except PdfError as error:
            remarks.append(f"no PDF: {error}")
            failed = True
    return Written(tuple(paths), tuple(remarks), failed)
