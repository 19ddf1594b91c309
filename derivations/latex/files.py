"""Files as text, within bounds of size and of waiting.  Main definition: `contents`."""

from __future__ import annotations

import codecs
import os
import sys
import time
from pathlib import Path

from derivations.language.terms import LanguageError

MAX_BYTES = 4_000_000
WAIT_SECONDS = 10.0
KINDS = {".tex": "tex", ".ltx": "tex", ".sty": "tex", ".md": "markdown", ".markdown": "markdown", ".rmd": "markdown"}


def contents(path: str) -> tuple[str, str]:
    if path == "-":
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
        kind = "bare"
    else:
        place = Path(path)
        if place.is_dir():
            raise LanguageError("is a directory; name the files in it")
        data = _bytes(place)
        kind = KINDS.get(place.suffix.lower(), "bare")
    if len(data) > MAX_BYTES:
        raise LanguageError(f"has more than {MAX_BYTES} bytes; split it")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise LanguageError("is UTF-16 text; save it as UTF-8")
    if b"\0" in data:
        raise LanguageError("is binary, not text")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LanguageError(f"is not UTF-8 text (byte {error.start})") from None
    if not text.strip():
        raise LanguageError("is empty")
    return text, kind


def _bytes(place: Path) -> bytes:
    """What a file, a pipe or a device holds, up to one byte more than is read; a silent pipe is not waited for long."""
    descriptor = os.open(place, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with open(descriptor, "rb", buffering=0) as file:
        data = b""
        deadline = time.monotonic() + WAIT_SECONDS
        while len(data) <= MAX_BYTES:
            piece = file.read(MAX_BYTES + 1 - len(data))
            if piece == b"":
                break
            data += piece or b""
            if piece is None:  # nothing there yet
                if time.monotonic() > deadline:
                    raise LanguageError(f"is a pipe or device that gave nothing more for {WAIT_SECONDS:g} s")
                time.sleep(0.01)
            elif not place.is_file() and time.monotonic() > deadline:
                raise LanguageError(f"is a pipe or device that did not end within {WAIT_SECONDS:g} s")
        return data
