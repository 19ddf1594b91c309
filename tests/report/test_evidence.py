"""Evidence: gathered, sent across a process border, replayed; what breaks off is told and never becomes a verdict."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import jsonschema
import pytest

from derivations.claims import Claim, Part, chain
from derivations.language import KL, E, laws, log, variables
from derivations.report.data import claim_data, dumped, schema, verify_data
from derivations.report.evidence import Evidence, gather
from derivations.report.replay import received, sent
from derivations.report.selection import SelectionError, library, script, select
from derivations.report.worked import worked
from derivations.report.workers import Options, gather_all

(p, q), (x, z) = laws("p q"), variables("x z")

SCRIPT = """
import os, time
from derivations.claims import Claim, Part, chain
from derivations.language import KL, E, laws, log, variables
from beside import NAME
(p, q), (x, z) = laws("p q"), variables("x z")
true = Claim(id=NAME, item="", title="", words="", companion="",
             parts=(Part(KL(q(z), p(z)) == E[q(z)](log(q(z) / p(z)))),))
class Slow(Claim):
    def checks(self, seed=0, device="cpu"):
        time.sleep(600)
class Dying(Claim):
    def checks(self, seed=0, device="cpu"):
        os._exit(3)
class Breaking(Claim):
    def checks(self, seed=0, device="cpu"):
        raise ArithmeticError("no number")
slow = Slow(id="slow", item="", title="", words="", companion="x", parts=true.parts)
dying = Dying(id="dying", item="", title="", words="", companion="x", parts=true.parts)
breaking = Breaking(id="breaking", item="", title="", words="", companion="x", parts=true.parts)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "beside.py").write_text('NAME = "true"\n', encoding="utf-8")
    (tmp_path / "proofs.py").write_text(SCRIPT, encoding="utf-8")
    return tmp_path / "proofs.py"


@pytest.fixture(scope="module")
def found() -> dict[str, Evidence]:
    return {claim.id: gather(claim, checks=False) for claim in library()}


def test_every_verdict_of_the_library_survives_the_journey(found: dict[str, Evidence]) -> None:
    for evidence in found.values():
        back = received(evidence.claim, json.loads(json.dumps(sent(evidence))))
        assert back.verdict == evidence.verdict == evidence.claim.expected
        assert claim_data(back) == claim_data(evidence)


@pytest.mark.parametrize("name", ["log-likelihood", "gan-jsd"])
def test_an_altered_certificate_is_no_evidence(found: dict[str, Evidence], name: str) -> None:
    evidence = found[name]
    there = copy.deepcopy(sent(evidence))
    for change in (
        {"certificate": None},
        {"certificate": {**there["statements"][0]["certificate"], "rules": []}},
        {"certificate": {**there["statements"][0]["certificate"], "conditions": [["finite", ["num", "1"]]]}},
    ):
        data = copy.deepcopy(there)
        data["statements"][0] |= change
        assert received(evidence.claim, data).verdict == "undecided"


def test_the_certificate_of_another_claim_is_no_evidence(found: dict[str, Evidence]) -> None:
    data = copy.deepcopy(sent(found["log-likelihood"]))
    data["statements"][0]["certificate"] = sent(found["gan-jsd"])["statements"][0]["certificate"]
    assert received(found["log-likelihood"].claim, data).verdict == "undecided"


def test_a_refutation_without_a_contradicting_model_is_no_evidence(found: dict[str, Evidence]) -> None:
    true, false = found["log-likelihood"], found["log-likelihood-as-scanned"]
    data = copy.deepcopy(sent(true))
    data["statements"][0] = sent(false)["statements"][0]
    assert received(true.claim, data).statements[0].verdict == "undecided"
    data = copy.deepcopy(sent(false))
    data["statements"][0]["counterexample"]["model"]["laws"] = []
    data["statements"][0]["counterexample"]["model"]["spaces"] = {}
    assert received(false.claim, data).verdict == "undecided"


def test_a_false_reason_and_a_false_step_are_named() -> None:
    steps = chain(
        log(p(x)),
        ("=", E[q(z | x)](log(p(x))), "Bayes' rule"),
        ("=", E[q(z | x)](log(p(z))), ""),
    )
    claim = Claim("wrong", "", "", (Part(log(p(x)) == E[q(z | x)](log(p(x))), (steps,)),), "", "")
    evidence = gather(claim, checks=False)
    first, second = evidence.steps[0][0]
    assert first.verdict == "undecided"
    assert "false reason" in first.message
    assert second.verdict == "refuted"
    assert evidence.verdict == "refuted"
    assert not evidence.passed


def test_processes_that_hang_die_or_break_take_no_other_claim_along(path: Path) -> None:
    claims = {claim.id: (str(path), claim) for claim in script(path)}
    quick = [claims[name] for name in ("dying", "true", "breaking")]
    heard: list[str] = []
    found = gather_all(quick, Options(jobs=2), done=lambda e: heard.append(e.claim.id))
    found += gather_all([claims["slow"]], Options(timeout=3), done=lambda e: heard.append(e.claim.id))
    verdicts = {e.claim.id: e.verdict for e in found}
    assert verdicts == {"true": "proved", "slow": "undecided", "dying": "undecided", "breaking": "proved"}
    assert [e.claim.id for e in found] == ["dying", "true", "breaking", "slow"]
    assert sorted(heard) == sorted(verdicts)
    errors = {e.claim.id: " ".join(e.errors) for e in found}
    assert "time limit" in errors["slow"]
    assert "exit code 3" in errors["dying"]
    assert "ArithmeticError: no number" in errors["breaking"]
    assert [e.claim.id for e in found if e.passed] == ["true"]


def test_scripts_that_define_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match="is no file"):
        script(tmp_path / "missing.py")
    (tmp_path / "empty.py").write_text("x = 1\n", encoding="utf-8")
    with pytest.raises(SelectionError, match="defines no claims"):
        script(tmp_path / "empty.py")
    double = "import dataclasses\nfrom derivations.theory.elbo import log_likelihood as a\n"
    double += "b = dataclasses.replace(a, title='')\n"
    (tmp_path / "double.py").write_text(double, encoding="utf-8")
    with pytest.raises(SelectionError, match="ids must differ"):
        script(tmp_path / "double.py")


def test_an_unknown_item_is_refused_with_the_items_there_are() -> None:
    with pytest.raises(SelectionError, match=r"no claim for the item '9.9'; .*2\.1"):
        select(library(), items=["9.9"])
    assert {c.item for c in select(library(), items=["2"])} == {c.item for c in library() if c.item.startswith("2.")}


def test_the_output_follows_its_schema(found: dict[str, Evidence]) -> None:
    data = json.loads(dumped(verify_data(found.values())))
    jsonschema.Draft202012Validator.check_schema(schema("verify"))
    jsonschema.validate(data, schema("verify"))
    broken = copy.deepcopy(data)
    del broken["claims"][0]["steps"][0]["reading"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema("verify"))


def test_a_counterexample_is_worked_out_in_numbers_that_add_up(found: dict[str, Evidence]) -> None:
    shown = worked(found["log-likelihood-as-scanned"].statements[0])
    assert shown is not None
    assert shown.left[-1].total
    assert shown.right[-1].total
    parts = [float(row.value.text) for row in shown.right if not row.total]
    total = float(shown.right[-1].value.text)
    assert len(parts) == 2
    assert sum(parts) == pytest.approx(total, abs=1e-4)
    assert float(shown.left[-1].value.text) != pytest.approx(total, abs=1e-3)


@pytest.mark.parametrize("seed", range(6))
def test_the_worked_values_are_those_of_the_counterexample(seed: int) -> None:
    claim = Claim("false", "", "", (Part(KL(q(z | x), p(z)) == 2 * E[q(z | x)](log(q(z | x) / p(z | x)))),), "", "")
    verdict = gather(claim, checks=False, seed=seed).statements[0]
    assert verdict.counterexample is not None
    shown = worked(verdict)
    if shown is None:
        pytest.skip("the model has no short form")
    for side, (mid, rad) in ((shown.left, verdict.counterexample.left), (shown.right, verdict.counterexample.right)):
        value = side[-1].value.text
        assert eval_fraction(value) == pytest.approx(float(mid), abs=float(rad) + 1e-4 * max(1, abs(float(mid))))


def eval_fraction(text: str) -> float:
    top, _, bottom = text.partition("/")
    return float(top) / float(bottom or 1)
