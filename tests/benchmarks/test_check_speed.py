r"""How fast documents are checked: the rate in a process that is warm, and the first answer of one that is cold.

Rates are in steps for each second of one core, reading, suggestions and all, over documents that the process has not
seen before; the verdicts are looked at as well, so that no rate is reached by giving up.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

WARM_RATE = 100  # steps for each second of processor time
COLD_EQUALITY, COLD_INEQUALITY = 0.7, 1.5  # seconds
ROUNDS = 3
SHARED = Path(__file__).parents[3] / "shared" / "corpus" / "wild.jsonl"

WARMING = [
    r"\log p(x) = \log p(x, z) - \log p(z \mid x)",
    r"\log p(x) \le \mathbb{E}_{q(z|x)}[\log p(x|z)] + KL(q(z|x) \| p(z))",
    r"H(Y) - H(Y \mid X) \le H(Y)",
    r"\mathbb{E}_{q(z)}[2 f(z)] = \mathbb{E}_{q(z)}[f(z)]",
    r"KL(\mathcal{N}(m, s^2) \| \mathcal{N}(0, 1)) = \frac{1}{2}(m^2 + s^2 - 1 - \log s^2)",
]

# Displays with the verdicts of their steps: p(roved), r(efuted), c(onditional), u(ndecided), d(efinition).
DISPLAYS = [
    (r"\log p(x) = \mathbb{E}_{q(z \mid x)}\left[\log \frac{p(x, z)}{q(z \mid x)}\right] + D_{KL}(q(z|x) \,\|\, p(z|x))"
     r" \ge \mathbb{E}_{q(z \mid x)}\left[\log \frac{p(x, z)}{q(z \mid x)}\right]", "pp"),
    (r"E_{q(z|x)}[\log p(x,z) - \log q(z|x)] = E_{q(z|x)}[\log p(x|z)] - KL(q(z|x) \| p(z))", "p"),
    (r"\log p(x) = \mathbb{E}_{q(z|x)}[\log p(x|z)] + D_{KL}(q(z|x) \| p(z))", "r"),
    (r"\log p(x) = \log \int p(x|z)\, p(z)\, dz = \log \mathbb{E}_{p(z)}[p(x|z)]", "pp"),
    (r"\log \int q(z) \frac{p(x, z)}{q(z)} dz \ge \int q(z) \log \frac{p(x, z)}{q(z)} dz", "p"),
    (r"\log \int q(z) \frac{p(x, z)}{q(z)} dz \le \int q(z) \log \frac{p(x, z)}{q(z)} dz", "r"),
    (r"KL(p \| q) = \int p(x) \log \frac{p(x)}{q(x)} dx = E_{p}[\log p(x)] - E_{p}[\log q(x)]", "pp"),
    (r"D_{KL}(p \| q) = - \int p(x) \log \frac{p(x)}{q(x)} dx", "r"),
    (r"D_{KL}(p(x,y) \| q(x,y)) = D_{KL}(p(x) \| q(x)) + \mathbb{E}_{p(x)}[D_{KL}(p(y|x) \| q(y|x))]", "p"),
    (r"I(X; Y) = H(X) - H(X \mid Y) = H(X) + H(Y) - H(X, Y)", "pp"),
    (r"I(X; Y) = H(X) + H(X \mid Y)", "r"),
    (r"I(X; Y) = D_{KL}(p(x, y) \| p(x) p(y)) \ge 0", "pp"),
    (r"H(X, Y, Z) = H(X) + H(Y \mid X) + H(Z \mid X, Y)", "p"),
    (r"H(X, Y) = H(X) + H(Y)", "c"),
    (r"JSD(p \| q) = \frac{1}{2} D_{KL}\left(p \,\Big\|\, \frac{p + q}{2}\right)"
     r" + \frac{1}{2} D_{KL}\left(q \,\Big\|\, \frac{p + q}{2}\right) \le \log 2", "pp"),
    (r"JSD(p \| q) = KL\left(p \,\Big\|\, \frac{p + q}{2}\right) + KL\left(q \,\Big\|\, \frac{p + q}{2}\right)", "r"),
    (r"-\mathbb{E}_{p(x)}[\log q(x)] = H(p) + D_{KL}(p \| q)", "p"),
    (r"-\mathbb{E}_{p(x)}[\log q(x)] = H(p) - D_{KL}(p \| q)", "r"),
    (r"\nabla_\theta E_{p_\theta(x)}[f(x)] = E_{p_\theta(x)}[f(x) \nabla_\theta \log p_\theta(x)]", "p"),
    (r"\mathbb{E}_{p_\theta(x)}[\nabla_\theta \log p_\theta(x)] = 0", "p"),
    (r"KL(\mathcal{N}(\mu, \sigma^2) \| \mathcal{N}(0, 1)) = \frac{1}{2}(\mu^2 + \sigma^2 - \log \sigma^2 - 1)", "p"),
    (r"KL(\mathcal{N}(\mu, \sigma^2) \| \mathcal{N}(0, 1)) = \frac{1}{2}(\mu^2 + \sigma^2 + \log \sigma^2 - 1)", "r"),
    (r"E_{p(x)}[KL(q(z|x) \| q(z))] = E_{p(x)}[KL(q(z|x) \| r(z))] - KL(q(z) \| r(z))", "c"),
    (r"p(z \mid x) = \frac{p(x \mid z) p(z)}{p(x)} = \frac{p(x \mid z) p(z)}{\int p(x \mid z) p(z) dz}", "pp"),
    (r"\mathrm{Var}(f(X)) = \mathbb{E}[f(X)^2] - \mathbb{E}[f(X)]^2", "p"),
    (r"\mathbb{E}_{p(x)}\left[\frac{q(x)}{p(x)} f(x)\right] = \mathbb{E}_{q(x)}[f(x)]", "p"),
]  # fmt: skip
LETTERS = {"proved": "p", "refuted": "r", "conditional": "c", "undecided": "u", "unsupported": "n", "definition": "d"}

MEASURE = """
import json, sys, time
from derivations.check import check
warming, displays = json.load(sys.stdin)
for latex in warming:
    check(f"$$ {latex} $$")
start = time.process_time()
found = []
for latex in displays:
    text = latex if latex.startswith("\\\\begin{align") else f"$$\\n{latex}\\n$$"
    found.append([s.verdict for s in check(text).steps])
json.dump([time.process_time() - start, found], sys.stdout)
"""


def rate(displays, capsys, name):
    """The median rate over a corpus, each time in a process of its own, and the verdicts."""
    rates, found = [], []
    for _ in range(ROUNDS):
        answer = subprocess.run(
            [sys.executable, "-c", MEASURE], input=json.dumps([WARMING, displays]), capture_output=True, text=True
        )
        assert answer.returncode == 0, answer.stderr
        seconds, found = json.loads(answer.stdout)
        rates.append(sum(map(len, found)) / seconds)
    with capsys.disabled():
        print(f"\n{name}: {sum(map(len, found))} steps, {', '.join(f'{r:.0f}' for r in rates)} steps/s")
    return statistics.median(rates), found


def test_the_warm_rate_over_displays_of_this_project(capsys):
    found_rate, found = rate([latex for latex, _ in DISPLAYS], capsys, "own displays")
    shown = ["".join(LETTERS[v] for v in verdicts) for verdicts in found]
    assert dict(zip([d for d, _ in DISPLAYS], shown, strict=True)) == dict(DISPLAYS)
    assert found_rate >= WARM_RATE


@pytest.mark.skipif(
    not SHARED.is_file(), reason="there is no corpus of displays from public notes beside this checkout"
)
def test_the_warm_rate_over_displays_from_public_notes(capsys):
    rows = [json.loads(line) for line in SHARED.read_text(encoding="utf-8").splitlines() if line.strip()]
    found_rate, _ = rate([row["latex"].strip() for row in rows], capsys, "displays from public notes")
    assert found_rate >= WARM_RATE


@pytest.mark.parametrize(
    ("latex", "verdict", "bound"),
    [
        (DISPLAYS[1][0], "proved", COLD_EQUALITY),
        (DISPLAYS[2][0], "refuted", COLD_EQUALITY),
        (DISPLAYS[4][0], "proved", COLD_INEQUALITY),
        (DISPLAYS[5][0], "refuted", COLD_INEQUALITY),
    ],
    ids=["true equality", "false equality", "true inequality", "false inequality"],
)
def test_the_first_answer_from_a_cold_start(tmp_path, capsys, latex, verdict, bound):
    """Seconds of the processor, which are those of the clock on a machine with nothing else to do.

    The modules are compiled, as they are after an installation or a first use.
    """
    document = tmp_path / "one.md"
    document.write_text(f"$$ {latex} $$\n", encoding="utf-8")
    command = [sys.executable, "-m", "derivations.cli", "check", "--format", "json", str(document)]
    settings = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    settings["PYTHONPYCACHEPREFIX"] = str(tmp_path / "bytecode")
    subprocess.run(command, capture_output=True, env=settings)
    spent, waited = [], []
    for _ in range(2 * ROUNDS):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        answer = subprocess.run(command, capture_output=True, text=True, env=settings)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
        waited.append(time.perf_counter() - start)
        (step,) = json.loads(answer.stdout)["files"][0]["derivations"][0]["steps"]
        assert step["verdict"] == verdict
    with capsys.disabled():
        print(f"\ncold: {statistics.median(spent):.2f} s of the processor, at best {min(waited):.2f} s of the clock")
    assert statistics.median(spent) < bound


def test_a_check_imports_no_heavy_library():
    script = (
        "import sys; from derivations.check import check; "
        f"check({'$$ ' + DISPLAYS[5][0] + ' $$'!r}); "
        "print([m for m in ('torch', 'sympy', 'scipy', 'numpy', 'matplotlib') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
