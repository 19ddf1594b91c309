"""The command line: what it prints, where, and with which exit status."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from derivations.cli import main
from derivations.report.data import schema

FALSE = """
from derivations.claims import Claim, Part
from derivations.language import KL, laws, variables
(p, q), (x,) = laws("p q"), variables("x")
wrong = Claim(id="symmetric", item="", title="Symmetry", words="Is it?", companion="",
              parts=(Part(KL(p(x), q(x)) == KL(q(x), p(x))),))
"""


def test_verify_prints_json_that_follows_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "log-likelihood", "log-likelihood-as-scanned", "--no-checks", "--format", "json"]) == 0
    out = capsys.readouterr().out
    data = json.loads(out)
    jsonschema.validate(data, schema("verify"))
    assert {c["id"]: c["verdict"] for c in data["claims"]} == {
        "log-likelihood": "proved",
        "log-likelihood-as-scanned": "refuted",
    }


def test_a_table_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--item", "2.1", "--no-checks", "--jobs", "1"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"log-likelihood\s+✓ proved\s+5/5", out)
    assert re.search(r"log-likelihood-as-scanned\s+✗ refuted", out)
    assert "q(z | x) << p(z | x)" in out


def test_an_unexpected_verdict_is_exit_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "wrong.py").write_text(FALSE, encoding="utf-8")
    assert main(["verify", str(tmp_path / "wrong.py")]) == 1
    out = capsys.readouterr().out
    assert "refuted, expected proved" in out
    assert "left side" in out


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["verify", "gan-jds"], "did you mean gan-jsd"),
        (["verify", "--item", "7.7"], "items with claims are"),
        (["verify", "no_such_file.py"], "is no file"),
        (["report", "--claim", "zzz-zzz", "--no-train"], "the claims are"),
    ],
)
def test_usage_errors_name_what_is_near(arguments: list[str], hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert hint in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("arguments", [[], ["prove"], ["verify", "--seed", "-1"], ["verify", "--timeout", "0"]])
def test_malformed_command_lines_are_exit_status_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2


def test_help_and_a_verdict_import_nothing_heavy() -> None:
    code = (
        "import sys; from derivations.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'sympy', 'scipy', 'matplotlib', 'sklearn', 'numerics', 'jinja2', 'lark'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    code = code.replace("['--help']", "['verify', 'log-likelihood', '--no-checks']").replace(
        ", 'rich', 'jinja2', 'flint'", ""
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip().splitlines()[-1] == "[]"


def test_the_report_of_a_script_ends_with_the_paths_of_its_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "wrong.py").write_text(FALSE, encoding="utf-8")
    folder = tmp_path / "out"
    assert main(["report", str(tmp_path / "wrong.py"), "--output", str(folder), "--no-pdf"]) == 1
    paths = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert [p.name for p in paths] == ["report.tex", "report.html", "report.json"]
    assert all(p.parent == folder and p.stat().st_size > 1000 for p in paths)
    assert "wrong.py" in (folder / "report.html").read_text(encoding="utf-8")
    data = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    jsonschema.validate(data, schema("report"))
    jsonschema.validate(data["verify"], schema("verify"))
    jsonschema.validate(data["train"], schema("train"))


def test_two_reports_with_one_seed_differ_in_times_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    texts = []
    for name, jobs in (("a", "1"), ("b", "2")):
        arguments = ["--claim", "log-likelihood-as-scanned", "--seed", "3", "--no-train", "--no-pdf", "--jobs", jobs]
        assert main(["report", "--output", str(tmp_path / name), *arguments]) == 0
        found = {p.name: p.read_text(encoding="utf-8") for p in (tmp_path / name).iterdir()}
        found["report.json"] = re.sub(r'"seconds": [0-9.e-]+', "", found["report.json"])
        texts.append(found)
    assert texts[0].keys() == {"report.tex", "report.html", "report.json"}
    assert texts[0] == texts[1]


def test_train_prints_json_that_follows_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["train", "saturation", "--quick", "--format", "json"])
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, schema("train"))
    passed = [o["passed"] is not False for m in data["models"] for o in m["observables"]]
    assert status == (0 if all(passed) else 1)
    assert [m["name"] for m in data["models"]] == ["saturation"]


def test_an_unknown_model_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "linear-vea"]) == 2
    assert "the models are" in capsys.readouterr().err


def test_check_is_a_subcommand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.md").write_text("$$ \\log p(x) = \\log p(x, z) - \\log p(z | x) $$\n", encoding="utf-8")
    assert main(["check", str(tmp_path / "notes.md"), "--format", "json"]) == 0
    (step,) = json.loads(capsys.readouterr().out)["files"][0]["derivations"][0]["steps"]
    assert step["verdict"] == "proved"
    assert main(["check", str(tmp_path / "missing.md")]) == 2


def test_a_theory_module_alone_shows_its_claims() -> None:
    done = subprocess.run([sys.executable, "-m", "derivations.theory.elbo"], capture_output=True, text=True, check=True)
    assert "log(p(x)) == E[q(z | x)](log(p(x | z))) - KL(q(z | x), p(z)) + KL(q(z | x), p(z | x))" in done.stdout
    assert "✓ proved" in done.stdout
    assert "✗ refuted" in done.stdout
    assert "Bayes' rule" in done.stdout
