"""The kernel by itself: it runs without the package, imports the standard library only, and says by its exit status."""

from __future__ import annotations

import ast
import copy
import json
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import derivations.kernel as kernel
from derivations.language import E, laws, log, variables
from derivations.prover import prove

SOURCE = Path(kernel.__file__)
(p, q), (x, z) = laws("p q"), variables("x z")


@pytest.fixture(scope="module")
def certificate() -> dict[str, Any]:
    found = prove((log(p(x)) >= E[q(z | x)](log(p(x, z) / q(z | x)))).json())
    assert found is not None
    return dict(found.data)


@pytest.fixture
def alone(tmp_path: Path) -> Any:
    """Runs a copy of the kernel in a folder of its own, isolated from the package."""
    script = tmp_path / "kernel.py"
    shutil.copy(SOURCE, script)

    def run(*contents: str) -> subprocess.CompletedProcess[str]:
        paths = []
        for n, content in enumerate(contents):
            path = tmp_path / f"{n}.json"
            path.write_text(content, encoding="utf-8")
            paths.append(str(path))
        command = [sys.executable, "-I", str(script), *paths]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path, check=False)

    return run


def test_the_kernel_imports_the_standard_library_only() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    modules = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            modules.add((node.module or "").split(".")[0])
    assert modules <= set(sys.stdlib_module_names)


def test_the_kernel_runs_no_text_as_code() -> None:
    names = {node.id for node in ast.walk(ast.parse(SOURCE.read_text(encoding="utf-8"))) if isinstance(node, ast.Name)}
    assert names.isdisjoint({"eval", "exec", "compile", "__import__", "globals", "getattr", "setattr", "pickle"})


def test_the_kernel_divides_exactly() -> None:
    """A quotient of whole numbers would be a float: ``/`` stands in ``ratio`` alone, ``**`` has exact bases."""
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    assert not any(isinstance(node, ast.Constant) and isinstance(node.value, float) for node in ast.walk(tree))
    (ratio,) = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == "ratio")
    allowed = set(ast.walk(ratio))
    for node in ast.walk(tree):
        operator = node.op if isinstance(node, (ast.BinOp, ast.AugAssign)) else None
        assert not isinstance(operator, ast.Div) or node in allowed, ast.unparse(node)
        if isinstance(operator, ast.Pow):
            assert isinstance(node, ast.BinOp)
            assert ast.unparse(node.left).startswith(("Fraction(", "len(")), ast.unparse(node)


def test_whole_numbers_are_ints_and_quotients_fractions() -> None:
    assert [type(n) for n in (kernel.ratio(6, 3), kernel.ratio(1, 3), kernel.rational("4/2"))] == [int, Fraction, int]
    half = kernel.scaled(kernel.constant(1), Fraction(1, 2))
    assert type(kernel.plus(half, half)[kernel.ONE]) is int
    assert type(kernel.product(half, kernel.constant(2))[kernel.ONE]) is int
    assert kernel.order(("sym", Fraction(2))) == kernel.order(("sym", 2))


def test_a_certificate_that_holds_gives_status_0_and_its_conditions(alone: Any, certificate: dict[str, Any]) -> None:
    done = alone(json.dumps(certificate))
    assert done.returncode == 0
    assert "proved" in done.stdout
    assert done.stdout.count("condition") == len(certificate["conditions"])


def test_several_certificates_in_a_file_are_all_replayed(alone: Any, certificate: dict[str, Any]) -> None:
    assert alone(json.dumps([certificate, certificate])).stdout.count("proved") == 2


def test_a_certificate_that_does_not_hold_gives_status_1(alone: Any, certificate: dict[str, Any]) -> None:
    wrong = copy.deepcopy(certificate)
    wrong["statement"]["relation"] = "<="
    wrong["digest"] = kernel.digest(wrong)
    done = alone(json.dumps([certificate, wrong]))
    assert done.returncode == 1
    assert "rejected" in done.stdout


@pytest.mark.parametrize("content", ["", "{", "nonsense", '{"version": 1'])
def test_a_file_that_is_no_json_gives_status_2(alone: Any, content: str) -> None:
    done = alone(content)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_an_unreadable_file_wins_over_a_rejected_certificate(alone: Any, certificate: dict[str, Any]) -> None:
    wrong = {**certificate, "digest": "0"}
    assert alone(json.dumps(wrong), "{").returncode == 2


def test_a_missing_file_gives_status_2_and_no_argument_too() -> None:
    for arguments in ([], ["no such file.json"]):
        command = [sys.executable, "-I", str(SOURCE), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


def test_a_file_nested_too_deep_is_no_crash(alone: Any) -> None:
    done = alone("[" * 200_000 + "]" * 200_000)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("content", [None, [], 3, "text", {}, {"version": 1}, True, 1.5, [[]], {"version": [1]}])
def test_data_that_are_no_certificate_are_rejected(alone: Any, content: Any) -> None:
    with pytest.raises(kernel.Rejected):
        kernel.check(content)
