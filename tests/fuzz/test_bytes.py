"""Whatever stands in a file, its check ends in time with an answer of the documented form."""

from __future__ import annotations

import collections
import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import byte_level
import pytest
from mutations import document

from derivations.check import check_files, main
from derivations.latex import files
from derivations.latex.limits import OutOfTime, time_limit

module = sys.modules["derivations.check"]
GOOD = "$$ p(x) = p(x) $$\n"


def test_mutated_documents_never_break_the_checker(tmp_path: Path) -> None:
    schema = byte_level.validator()
    verdicts: collections.Counter[str] = collections.Counter()
    for n in range(250):
        data, suffix = document(20, n)
        path = tmp_path / f"input{suffix}"
        path.write_bytes(data)
        faults, counts = byte_level.faults(str(path), 0.5, schema)
        assert not faults, (n, faults, data)
        verdicts += counts
    assert {"proved", "unsupported", "error"} <= set(verdicts)  # the mutations leave some displays whole


@pytest.mark.parametrize(
    "data",
    [
        b"--> " + b"<!-- " * 390_000,
        b"\\[ " * 600_000,
        b"\\begin{align}" * 150_000,
        b"$$" + b"=" * 1_900_000 + b"$$",
        b"$$ \\newcommand\\a" + b" " * 100_000 + b"$$",
        b"\\def\\a{}" * 200_000,
        b"$$ 1 = 9^{9^{9}} $$ $$ 1 = 9^{-9^{9}} $$ $$ 1 = x^{9^{9}} $$ $$ 1 = " + b"9" * 10_000 + b" $$",
    ],
    ids=["comments", "brackets", "environments", "signs", "spaces", "macros", "numbers"],
)
def test_long_texts_are_read_in_linear_time(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "long.md"
    path.write_bytes(data)
    start = time.process_time()
    report = check_files([str(path)], timeout=2)
    assert time.process_time() - start < 15
    assert not {s.verdict for s in report.steps} - {"unsupported", "undecided"}


def test_a_display_that_nothing_closes_is_shown_and_not_skipped(tmp_path: Path) -> None:
    for opening in ("$$", "\\[", "\\begin{align}"):
        path = tmp_path / "open.md"
        path.write_text(f"{opening} p(x) = q(x)\n\nText. $$ H(X) = H(X) $$" if opening != "$$" else "$$ p(x) = q(x)\n")
        steps = check_files([str(path)]).steps
        assert [s.verdict for s in steps] == ["unsupported", "proved"][: len(steps)]
        assert "nothing closes" in steps[0].message


def test_special_files_get_an_error_and_the_others_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "WAIT_SECONDS", 0.3)
    good = tmp_path / "good.md"
    good.write_text(GOOD)
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "utf16.md").write_bytes(GOOD.encode("utf-16"))
    (tmp_path / "surrogate.md").write_bytes(b"$$ p(x) = \xed\xa0\x80 $$")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "socket"))
    names = ["a", "fifo", "utf16.md", "surrogate.md", "socket", "."]
    paths = [str(tmp_path / name) for name in names] + ["/dev/zero", "/dev/null", "x" * 5000]
    for path in paths:
        report = check_files([path, str(good)])
        assert [f.error is None for f in report.files] == [False, True], path
        assert [s.verdict for s in report.steps] == ["proved"]
        assert report.status() == 2
    server.close()
    assert "UTF-16" in (check_files([str(tmp_path / "utf16.md")]).files[0].error or "")


def test_a_pipe_is_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.pipe()

    def write() -> None:
        time.sleep(0.1)
        os.write(theirs, GOOD.encode())
        os.close(theirs)

    thread = threading.Thread(target=write)
    thread.start()
    report = check_files([f"/dev/fd/{ours}"])
    thread.join()
    os.close(ours)
    assert [s.verdict for s in report.steps] == ["proved"]

    monkeypatch.setattr(files, "WAIT_SECONDS", 0.3)
    silent, open_end = os.pipe()
    assert "pipe" in (check_files([f"/dev/fd/{silent}"]).files[0].error or "")
    os.close(silent)
    os.close(open_end)


def test_marks_of_byte_order_and_line_ends_make_no_difference(tmp_path: Path) -> None:
    path = tmp_path / "file.md"
    path.write_bytes(b"\xef\xbb\xbf" + (GOOD * 2).replace("\n", "\r\n").encode())
    assert [(s.line, s.verdict) for s in check_files([str(path)]).steps] == [(1, "proved"), (2, "proved")]


@pytest.mark.parametrize("seconds", ["nan", "inf", "-1", "0", "1e300", "x"])
def test_a_time_limit_that_is_none_is_a_usage_error(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--timeout", seconds, "-"])
    assert stop.value.code == 2
    assert "seconds" in capsys.readouterr().err or seconds == "x"


def test_a_file_that_takes_too_long_to_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "READ_SECONDS", 0.2)
    monkeypatch.setattr(module, "read", lambda *_: time.sleep(5))
    path = tmp_path / "slow.md"
    path.write_text(GOOD)
    assert "within 0.2 s" in (check_files([str(path)]).files[0].error or "")


def test_limits_of_time_nest() -> None:
    start = time.monotonic()
    with contextlib.suppress(OutOfTime), time_limit(0.3):
        with contextlib.suppress(OutOfTime), time_limit(0.05):
            time.sleep(2)
        with time_limit(5):
            time.sleep(2)
    assert 0.25 < time.monotonic() - start < 1.5  # the inner limit ended early, the outer one held inside another


def test_the_command_line_of_the_fuzzer_runs() -> None:
    code = [sys.executable, str(Path(byte_level.__file__)), "3", "--first", "7", "--timeout", "0.5"]
    answer = subprocess.run(code, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "3 inputs, 0 with faults" in answer.stdout
