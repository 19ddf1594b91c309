"""The review of checked documents: every line and step is shown, and nothing in a document can inject into the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hostile import hostile
from hypothesis import given, settings
from test_report_documents import MATHML, PROBE, Page, browse, hosts, needs_browser

from derivations import check as checking
from derivations.check import check_files
from derivations.latex.results import CheckedFile, CheckedStep, Derivation, Report
from derivations.report.review import render, reviewed, write

SOURCE = r"""# Notes

Of $x$ and $z$, <b>bold</b>:

$$
\begin{aligned}
\log p(x) &= \log \int p(x, z)\, dz \\
 &\ge \mathbb{E}_{q(z|x)}\left[\log \frac{p(x, z)}{q(z | x)}\right]
\end{aligned}
$$

Then $$ D_{KL}(p \| q) \le 0 $$ and

\[ \foo{x} = < \]

$$ J(x) = x^2 + 1 $$
The end.
"""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("review") / "notes.md"
    path.write_text(SOURCE, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def report(document: Path) -> Report:
    return check_files([str(document)])


@pytest.fixture(scope="module")
def page(report: Report, document: Path) -> str:
    return render(report, {str(document): SOURCE}, "today")


def lines(page: str) -> list[tuple[str, str]]:
    """The verdict and the text, still escaped, of every line of the source."""
    found = re.findall(r'<div class="line ?(\w*)"><span class="at">\d+</span><code>(.*?)</code></div>', page, re.DOTALL)
    return [(verdict, text) for verdict, text in found]


def made(text: str, verdict: str = "refuted") -> tuple[Report, dict[str, str]]:
    """A report with the text in every place that takes one, and the sources of its documents."""
    steps = tuple(
        CheckedStep(line, text, text, text, v, text, text, (text,), (text,), (text,), (text,), None, text)
        for line, v in ((1, verdict), (2, "proved"), (3, "conditional"), (9999, "unsupported"))
    )
    derivations = (Derivation(1, text, steps), Derivation(2, "a = b", steps[:1]))
    files = (CheckedFile(text, derivations), CheckedFile(f"{text}2", derivations), CheckedFile("x", (), text))
    return Report(files), {text: text}


def test_the_page_shows_every_line_and_step(page: str, report: Report) -> None:
    assert len(lines(page)) == len(SOURCE.splitlines())
    assert [n for n, (verdict, _) in enumerate(lines(page), 1) if verdict] == sorted({s.line for s in report.steps})
    assert len(re.findall(r'<div class="step ', page)) == len(report.steps)
    for verdict in ("proved", "refuted", "unsupported", "definition"):
        assert any(s.verdict == verdict for s in report.steps)
        assert f'<div class="step {verdict}"' in page
    words = re.sub(r"\s", "", Page(page).words)
    for step in report.steps:
        assert re.sub(r"\s", "", step.message) in words
    assert "Trueinstead:" in words


def test_steps_stand_below_the_line_that_closes_their_display(page: str) -> None:
    before = page[: page.index('<div class="steps')]
    assert lines(before)[-1][1] == "$$"
    assert len(lines(before)) == SOURCE[: SOURCE.index("\n\nThen")].count("\n") + 1


def test_links_lead_to_steps_and_ids_are_unique(page: str) -> None:
    found = Page(page)
    targets = [value or "" for name, value in found.attributes if name == "href"]
    assert targets
    assert all(t.startswith("#") for t in targets)
    assert {t.removeprefix("#") for t in targets} <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))


@settings(max_examples=60, deadline=None)
@given(hostile)
def test_hostile_documents_add_no_element_and_no_attribute(text: str) -> None:
    plain, attacked = Page(render(*made("plain words"), "today")), Page(render(*made(text), "today"))
    assert attacked.tags - plain.tags <= {*MATHML, "wbr"}
    assert not [name for name, _ in attacked.attributes if name.startswith("on") or name in ("style", "src")]
    assert all((v or "").startswith("#") for n, v in attacked.attributes if n in ("href", "xlink:href"))
    policy = [v or "" for n, v in attacked.attributes if n == "content" and "default-src" in (v or "")]
    assert len(policy) == 1
    assert policy[0].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy[0]


@settings(max_examples=40, deadline=None)
@given(hostile)
def test_hostile_sources_are_shown_as_they_are(text: str) -> None:
    shown = Page("\n".join(line for _, line in lines(render(Report((CheckedFile("x"),)), {"x": text}, "today")))).words
    unfit = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
    assert shown.split() == re.sub(unfit, "\ufffd", text).split()


def test_a_hostile_document_is_checked_and_shown(tmp_path: Path) -> None:
    place = tmp_path / "<img src=x onerror=alert(1)>.md"
    place.write_text("$$ \\text{</code><script>alert(1)</script>} = \"'><svg/onload=alert(1)> $$\n", encoding="utf-8")
    text = write(check_files([str(place)]), tmp_path / "deep" / "out.html").read_text(encoding="utf-8")
    assert not {"script", "img", "svg"} & Page(text).tags


def test_the_command_writes_the_page(document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.html"
    assert checking.main([str(document), "--format", "json", "--review", str(out)]) == 1
    assert "<h1>Review of notes.md</h1>" in out.read_text(encoding="utf-8")
    said = capsys.readouterr()
    assert said.out.startswith("{")
    assert "out.html" in said.err


def test_a_review_never_overwrites_a_document(
    report: Report, document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reviewed(report, str(document)) == 2
    assert document.read_text(encoding="utf-8") == SOURCE
    assert reviewed(report, str(tmp_path)) == 2
    assert "name another file" in capsys.readouterr().err


def test_a_text_that_was_not_kept_shows_its_displays(report: Report) -> None:
    text = render(report, {}, "today")
    assert "Only the displays are shown" in text
    assert len(re.findall(r'<div class="step ', text)) == len(report.steps)


@needs_browser
@pytest.mark.parametrize("width", [1300, 500])
def test_a_browser_renders_the_review(page: str, tmp_path: Path, width: int) -> None:
    opened = re.sub(r"<meta http-equiv=[^>]*>", "", page).replace("</head>", PROBE)
    (tmp_path / "probe.html").write_text(opened.replace("<details>", "<details open>"), encoding="utf-8")
    dom, _ = browse(tmp_path / "probe.html", tmp_path, width)
    probe = re.search(r"<title>probe (\d+) (\d+) (-?\d+) (\d+)</title>", dom)
    assert probe, dom[:300]
    formulas, empty, wide, errors = map(int, probe.groups())
    assert formulas == page.count("<math")
    assert (empty, errors) == (0, 0)
    assert wide <= 0


@needs_browser
def test_a_browser_reports_no_error_and_asks_for_nothing(page: str, tmp_path: Path) -> None:
    (tmp_path / "review.html").write_text(page, encoding="utf-8")
    _, said = browse(tmp_path / "review.html", tmp_path, 1300)
    assert "CONSOLE" not in said
    reached = hosts(tmp_path / "net.json")
    (tmp_path / "blank.html").write_text("<!doctype html><title>blank</title>", encoding="utf-8")
    browse(tmp_path / "blank.html", tmp_path, 1301)
    assert reached <= hosts(tmp_path / "net.json")
