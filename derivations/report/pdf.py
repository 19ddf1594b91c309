"""The PDF of a LaTeX folder, with what is installed: latexmk or tectonic, never with shell escapes.

Main definition: `compile_pdf`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

__all__ = ["ADVICE", "PdfError", "compile_pdf", "compiler"]

ADVICE = (
    "no PDF: neither latexmk nor tectonic is installed. Install one (Debian: apt install latexmk texlive-latex-extra "
    "texlive-fonts-recommended; elsewhere: https://tectonic-typesetting.github.io) and run it on report.tex"
)


class PdfError(RuntimeError):
    """LaTeX stopped at an error; the message has the end of its log."""


def compiler() -> str | None:
    """The program that would compile: ``latexmk``, ``tectonic`` or None."""
    return next((name for name in ("latexmk", "tectonic") if shutil.which(name)), None)


def compile_pdf(tex: Path, *, epoch: int | None = None, seconds: float = 300) -> tuple[Path, str]:
    """Compile ``report.tex`` in its folder; the path of the PDF and LaTeX's log.

    *epoch* fixes the dates inside the file.  Raises PdfError if LaTeX fails or takes longer than *seconds*, and
    FileNotFoundError without a compiler.
    """
    program = compiler()
    if program is None:
        raise FileNotFoundError(ADVICE)
    folder, target = tex.parent.resolve(), tex.resolve().with_suffix(".pdf")
    with tempfile.TemporaryDirectory() as scratch:
        commands = {
            "latexmk": [
                *("latexmk", "-norc", "-pdf", "-interaction=nonstopmode", "-halt-on-error"),
                *("-latexoption=-no-shell-escape", f"-outdir={scratch}", tex.name),
            ],
            "tectonic": ["tectonic", "--untrusted", "--keep-logs", "--outdir", scratch, tex.name],
        }
        # Paranoid file access: LaTeX reads and writes below its folders only.
        surroundings = {**os.environ, "openin_any": "p", "openout_any": "a", "max_print_line": "1000"}
        if epoch is not None:
            surroundings |= {"SOURCE_DATE_EPOCH": str(epoch), "FORCE_SOURCE_DATE": "1"}
        try:
            done = subprocess.run(
                commands[program], cwd=folder, env=surroundings, capture_output=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise PdfError(f"{program} took longer than {seconds:.0f} s") from error
        made = Path(scratch) / target.name
        log_file = made.with_suffix(".log")
        log = log_file.read_text(encoding="utf-8", errors="replace") if log_file.exists() else ""
        if done.returncode or not made.exists():
            wrong = [line for line in log.splitlines() if line.startswith("!")]
            said = "\n".join(wrong[:5]) or done.stderr.decode(errors="replace")[-800:]
            raise PdfError(f"{program} failed: {said}")
        shutil.copyfile(made, target)
    return target, log
