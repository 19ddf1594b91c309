"""The whole of check: its JSON, its exit status, its bounds, and files that cannot be read."""

import importlib
import io
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from importlib import resources
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.check import check, check_files, main
from derivations.latex import outcomes
from derivations.latex.limits import OutOfTime, time_limit

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
TEXT = r"""# Notes
$$ \log p(x) \ge E_{q(z|x)}[\log p(x|z)] - KL(q(z|x)\|p(z)) = \text{ELBO} $$
Text.
\begin{align}
  L &= a + b \\
    &= \heartsuit c
\end{align}
$$ H(X) - H(Y|X) = I(X;Y) $$
"""


def schema():
    return json.loads(resources.files("derivations").joinpath("schemas/check.json").read_text(encoding="utf-8"))


def test_the_json_is_that_of_its_schema(tmp_path, capsys):
    path = tmp_path / "notes.md"
    path.write_text(TEXT, encoding="utf-8")
    status = main(["--format", "json", str(path)])
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, schema())
    steps = [s for d in data["files"][0]["derivations"] for s in d["steps"]]
    assert [s["line"] for s in steps] == [2, 2, 5, 6, 8]
    assert [s["verdict"] for s in steps] == ["proved", "proved", "definition", "unsupported", "refuted"]
    assert status == 1


def test_the_report_for_people_shows_verdict_line_and_correction():
    shown = str(check(TEXT))
    assert "<text>:8: ✗ refuted" in shown
    assert "5 steps: 2 proved, 1 refuted, 1 unsupported, 1 definition" in shown
    assert "heartsuit" in shown
    assert "true: " in shown


def test_the_module_is_the_function_that_it_is_named_for():
    module = importlib.import_module("derivations.check")
    assert module("$$ p(x) = p(x) $$") == check("$$ p(x) = p(x) $$")


def test_the_report_renders_in_notebooks_without_trusting_the_text():
    html = check(r"$$ \text{<script>} = \text{x} $$")._repr_html_()
    assert "<script>" not in html


@pytest.mark.parametrize(("strict", "status"), [(False, 0), (True, 1)])
def test_a_query_fails_only_where_strict(strict, status):
    assert check(r"$$ \lambda H(X) = 1 $$").status(strict) == status


def test_files_that_cannot_be_read_get_an_error_and_the_others_are_checked(tmp_path):
    good = tmp_path / "good.md"
    good.write_text("$$ p(x) = p(x) $$", encoding="utf-8")
    for name, content in [
        ("empty.md", b""),
        ("binary.tex", b"a\0b"),
        ("latin.tex", b"\xe9\xe9"),
        ("huge.tex", b"x" * 4_000_001),
    ]:
        (tmp_path / name).write_bytes(content)
    paths = [str(tmp_path / n) for n in ("missing.md", "empty.md", "binary.tex", "latin.tex", "huge.tex", "good.md")]
    report = check_files([*paths, str(tmp_path)])
    assert [f.error is None for f in report.files] == [False] * 5 + [True, False]
    assert [s.verdict for s in report.steps] == ["proved"]
    assert report.status() == 2


def test_standard_input_may_be_a_bare_formula(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(rb"H(X, Y) = H(X) + H(Y | X)")))
    assert main(["-"]) == 0
    assert "1 proved" in capsys.readouterr().out


def test_a_step_that_takes_too_long_is_undecided(monkeypatch):
    def forever(*_args, **_options):
        while True:
            pass

    monkeypatch.setattr(outcomes, "judge", forever)
    (step,) = check("$$ KL(p||q) = E_p[f(x)] $$", timeout=0.2).steps
    assert step.verdict == "undecided"
    assert "limit" in step.message


def test_the_time_limit_restores_what_it_changed():
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(OutOfTime), time_limit(0.05):
        time.sleep(5)
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_limit_that_is_swallowed_comes_again():
    class Costly:
        def __del__(self):
            time.sleep(0.2)

    def work():
        Costly()  # Python ignores what is raised while it ends
        time.sleep(5)

    start = time.monotonic()
    with pytest.raises(OutOfTime), time_limit(0.05):
        work()
    assert time.monotonic() - start < 3


def test_a_failure_inside_is_shown_and_proves_nothing(monkeypatch):
    def broken(*_args, **_options):
        raise ValueError("broken inside")

    monkeypatch.setattr(outcomes, "judge", broken)
    monkeypatch.setattr(outcomes, "_cache", {})
    (step,) = check("$$ KL(p||q) = KL(p||q) $$").steps
    assert (step.verdict, "broken inside" in step.message) == ("undecided", True)


@pytest.mark.parametrize(
    "latex",
    [
        "(" * 300 + "a" + ")" * 300 + " = b",
        "{" * 300 + "a" + "}" * 300 + " = b",
        r"\frac{1}{" * 200 + "2" + "}" * 200 + " = b",
        r"\sqrt " * 5000 + "x = b",
        "a" + "^a" * 3000 + " = b",
        " + ".join(["p(x)"] * 20_000) + " = 0",
        r"\int " * 2000 + "p(x) dx = 0",
        r"\log " * 3000 + "x = 0",
        "a = " * 3000 + "b",
        "p(x" * 1000 + " = 0",
    ],
)
def test_hostile_sizes_end_without_a_verdict_that_decides(latex):
    steps = check(f"$$ {latex} $$", timeout=3).steps
    assert not {s.verdict for s in steps} & {"refuted"}


PIECES = (
    r"\log \int \sum_z \mathbb{E}_{q(z|x)} E_q [ ] ( ) { } | \| , ; = \le & \\ + - / \cdot ^2 ^* _1 p(x) q(z|x) p q x "
    r"\mu D_{KL}(q\|p) H(X|Y) I(X;Y) \frac{a}{b} \frac \sqrt \nabla_\theta \max_D \mathcal{N}(0,1) dx \text{ELBO} "
    r"D^* C(G) \hat \dots 2 \underbrace x_{1:T} \left( \right] \mid \quad \begin{cases} \end{cases} \sim W_1(p,q) "
    r"e^x \Sigma ≤ 𝔼 \f"
)


@given(st.lists(st.sampled_from(PIECES.split(" ")), max_size=25))
@settings(max_examples=300, deadline=None)
def test_no_row_of_tokens_crashes_the_reader(pieces):
    def undecided(statement, *_args, **_options):
        statement.json()
        return outcomes.Verdict(statement, "undecided")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outcomes, "judge", undecided)
        steps = check("$$" + " ".join(pieces) + "$$").steps
    assert not [s.message for s in steps if "the checker failed" in s.message]


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_no_bytes_crash_the_checker(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("bytes") / "file.tex"
    path.write_bytes(b"\\[" + data + b"\\]")
    assert check_files([str(path)], timeout=2).status() in (0, 1, 2)


def test_no_heavy_library_is_imported_to_check():
    code = (
        "import sys; from derivations.check import check; check('$$ p(x) = p(x) $$');"
        "print([m for m in ('torch', 'sympy', 'scipy', 'numpy') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


@pytest.mark.skipif(not (CORPUS / "wild.jsonl").exists(), reason="the labelled corpus is not part of the repository")
def test_on_labelled_displays_no_verdict_is_wrong():
    table = Counter()
    for line in (CORPUS / "wild.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        latex = row["latex"].strip()
        steps = check(latex if latex.startswith("\\begin{align") else f"$$\n{latex}\n$$").steps
        assert len(steps) == len(row["labels"]), row["id"]
        for label, step in zip(row["labels"], steps, strict=True):
            table[label, step.verdict] += 1
            assert (label, step.verdict) not in [("false", "proved"), ("false", "definition"), ("true", "refuted")], (
                row["id"]
            )
    of = {label: sum(n for (known, _), n in table.items() if known == label) for label in ("true", "false")}
    assert table["true", "proved"] >= 0.8 * of["true"]
    assert table["false", "refuted"] >= 0.85 * of["false"]
    assert sum(n for (_, v), n in table.items() if v == "unsupported") <= 0.05 * sum(table.values())


def test_a_failing_search_for_a_suggestion_leaves_the_verdict(monkeypatch):
    from derivations.latex import suggestions

    def fails(*_, **__):
        raise ValueError("no such edit")

    monkeypatch.setattr(suggestions, "suggest", fails)
    first, second = check("$$ H(X, Y) = H(X) $$\n\n$$ H(X, Y) = H(X) + H(Y | X) $$").steps
    assert (first.verdict, first.suggestion, second.verdict) == ("refuted", None, "proved")
    assert "no such edit" in first.message


@pytest.mark.parametrize(
    ("false", "true"),
    [
        (r"JSD(p\|q) = \frac{1}{2} KL(p\|\frac{p+q}{2}) + KL(q\|\frac{p+q}{2})", r"+ \frac{1}{2}KL(q"),
        (r"KL(p\|q) = H(p,q) + H(p)", r"H(p,q) - H(p)"),
        (r"H(X) = \sum_x p(x)\log p(x)", r"- \sum_x"),
        (r"E_{q(y|u)}[\log \frac{p(u, y)}{q(y|u)}] > \log p(u)", r"\le \log p(u)"),
        (
            r"\log \int q(u,y) \frac{p(u, y)}{q(u,y)} dy \ge \int q(u,y) \log \frac{p(u, y)}{q(u,y)} dy",
            r"\int q(y \mid u) \log",
        ),
        (r"I(X;Y) \ge H(X) + E_{P_Y}[E_{P_{Y|X}}[\log Q(x|y)]]", r"E_{P_{X|Y}}"),
        (r"I(X;Y) \ge H(X) + E_{p(y)}[E_{p(y|x)}[\log q_\phi(x|y)]]", r"p(x|y)"),
        (r"-\sum_u p(u) \log q(u) = \sum_u p(u) \frac{1}{\log q(u)}", r"\log \frac{1}{q(u)}"),
        (r"I(X;Y) = \sum_{x,y} p(x,y) \frac{\log p(x,y)}{p(x)p(y)}", r"\log \frac{p(x,y)}{p(x)p(y)}"),
        (r"p(u,y) = \sum_y p(u|y) p(y)", r"p(u) = \sum_y"),
        (r"\log p(u) = \int \log p(u|y) p(y) dy", r"\log \int p(u|y)p(y)"),
        (r"KL(p\|q) = \log \frac{p(u)}{q(u)}", r"\mathbb{E}_{p}[\log"),
        (r"H(U) = -\sum_u \log p(u)", r"\sum_u p(u) \log p(u)"),
        (r"H(U, Y) = H(U) + H(Y|U) + I(U;Y)", r"H(U,Y) = H(U \mid Y) + H(Y|U) + I(U;Y)"),
        (
            r"\nabla_\theta E_{q_\theta(u)}[h(u)] = E_{q_\theta(u)}[h(u) \nabla_\theta q_\theta(u)]",
            r"\nabla_\theta \log q_\theta(u)",
        ),
        (r"E_{q(y|u)}[\log p(u|y)] - KL(q(y|u)\|p(y)) = E_{q(y|u)}[\log \frac{p(u|y)}{q(y|u)}]", r"\log \frac{p(u,y)}"),
    ],
)
def test_a_suggestion_is_an_equation_where_one_is_near(false: str, true: str) -> None:
    suggestion = check(f"$${false}$$").steps[0].suggestion or ""
    assert true.replace(" ", "") in suggestion.replace(" ", ""), suggestion
