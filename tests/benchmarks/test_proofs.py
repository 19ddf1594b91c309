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

STEPS = [
    (f"{c.id} {n}", s)
    for c in claims()
    for part in c.parts
    for d in (*part.chains, Chain(part.statement.left, ()))
    for n, (s, _) in enumerate(d.statements(), 1)
] + [(c.id, part.statement) for c in claims() if c.expected == "proved" for part in c.parts]


@pytest.mark.parametrize(("name", "statement"), STEPS, ids=[name for name, _ in STEPS])
def test_a_step_warm(benchmark, name, statement):
    """What a verdict costs: the proof found, taken down to the fewest rules, and replayed."""
    data = statement.json()
    assert benchmark(prove, data) is not None
    assert benchmark.stats.stats.median < 0.05


def test_all_claims_from_a_cold_start(benchmark):
    script = "from derivations.theory import claims\nfor c in claims(): assert c.prove().verdict == c.expected, c.id"
    benchmark.pedantic(subprocess.run, ([sys.executable, "-c", script],), {"check": True}, rounds=5)
    assert benchmark.stats.stats.median < 3


def test_a_judged_step_is_not_much_dearer_than_its_proof(capsys):
    ratios = []
    for _name, statement in STEPS:
        start = time.perf_counter()
        prove(statement.json())
        middle = time.perf_counter()
        judge(statement)
        ratios.append((time.perf_counter() - middle) / (middle - start))
    with capsys.disabled():
        print(f"\njudge / prove, median over {len(ratios)} steps: {statistics.median(ratios):.2f}")
    assert statistics.median(ratios) < 5
