"""How long proofs take: cold from the command line of Python, warm by the step, and SymPy's second proofs."""

import statistics
import subprocess
import sys
import time

import pytest

from derivations.claims import Chain
from derivations.judge import judge
from derivations.prover import prove
from derivations.theory import claims

FOUR = ("log-likelihood", "gaussian-kl-standard", "optimal-discriminator", "pointwise-optimum", "gan-jsd")
STEPS = [
    (f"{c.id} {n}", s, None)
    for c in claims()
    if c.id in FOUR
    for part in c.parts
    for d in (*part.chains, Chain(part.statement.left, ()))
    for n, (s, _) in enumerate(d.statements(), 1)
] + [(c.id, part.statement, part.hints) for c in claims() if c.id in FOUR for part in c.parts]


@pytest.mark.parametrize(("name", "statement", "hints"), STEPS, ids=[name for name, _, _ in STEPS])
def test_a_step_warm(benchmark, name, statement, hints):
    """What a verdict costs: the proof found, taken down to the fewest rules, and replayed."""
    data = statement.json()
    assert benchmark(prove, data, hints=hints) is not None
    assert benchmark.stats.stats.median < 0.05


@pytest.mark.parametrize(("ids", "seconds"), [((*FOUR, "log-likelihood-as-scanned"), 3), ((), 20)], ids=["four", "all"])
def test_claims_from_a_cold_start(benchmark, ids, seconds):
    script = (
        f"from derivations.theory import claims\nfor c in claims():\n if c.id in {ids} or not {ids}:"
        "  assert c.prove().verdict == c.expected, c.id"
    )
    benchmark.pedantic(subprocess.run, ([sys.executable, "-c", script],), {"check": True}, rounds=5)
    assert benchmark.stats.stats.median < seconds


def test_a_judged_step_is_not_much_dearer_than_its_proof(capsys):
    ratios = []
    for _name, statement, hints in STEPS:
        start = time.perf_counter()
        prove(statement.json(), hints=hints)
        middle = time.perf_counter()
        judge(statement, hints=hints)
        ratios.append((time.perf_counter() - middle) / (middle - start))
    with capsys.disabled():
        print(f"\njudge / prove, median over {len(ratios)} steps: {statistics.median(ratios):.2f}")
    assert statistics.median(ratios) < 5
