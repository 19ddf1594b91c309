"""The report's documents: nothing that a user writes can break them or inject into them."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
from hostile import FRAGMENTS, claim_of, hostile
from hypothesis import given, settings
from test_mathematics import KNOWN

from derivations.report import html, latex
from derivations.report.content import FEW_CHECKS, MOST_CHECKS, Content, compose
from derivations.report.data import report_data, schema
from derivations.report.environment import facts
from derivations.report.evidence import Evidence, gather
from derivations.report.pdf import compile_pdf, compiler
from derivations.report.prose import prose
from derivations.report.rules import RULE_LINES
from derivations.report.selection import library

needs_latex = pytest.mark.skipif(compiler() != "latexmk", reason="latexmk is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

ESCAPES = set(re.findall(r"\\([a-zA-Z]+)", "".join(latex.escaped(chr(n)) for n in range(0x3000))))
TEMPLATES = Path(latex.__file__).parent / "templates"


@pytest.fixture(scope="module")
def found() -> list[Evidence]:
    return [gather(claim, checks=False) for claim in library()]


@pytest.fixture(scope="module")
def content(found: list[Evidence]) -> Content:
    return compose(found, facts=facts(0, "cpu"))


class Page(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.headings: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.open.append(tag)
        if tag == "h4":
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        self.open.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.words += data
        if self.open and self.open[-1] == "h4":
            self.headings[-1] += data


MATHML = {
    *("math", "mrow", "mi", "mo", "mn", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle"),
    *("msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd"),
}


def page_of(evidence: list[Evidence]) -> Page:
    return Page(html.render(compose(evidence), "today"))


def commands(text: str) -> set[str]:
    return set(re.findall(r"\\([a-zA-Z]+)", text))


def test_every_rule_of_the_kernel_has_a_line_with_readable_formulas() -> None:
    for name, line in RULE_LINES.items():
        runs = [run for paragraph in prose(line) for run in paragraph]
        assert runs, name
        assert all(run.formula is None or run.formula.tree is not None for run in runs), name


def test_every_statement_and_step_of_the_library_is_set_as_a_formula(content: Content) -> None:
    for claim in content.claims:
        for s in claim.statements:
            chains = [f for c in s.chains for f in (c.start, *(step.term for step in c.steps))]
            for formula in (s.formula, *s.equality, *s.given, *s.conditions, *chains):
                assert formula.tree is not None, f"{claim.id}: {formula.text}"


def test_the_data_tell_what_the_pages_tell(found: list[Evidence], content: Content) -> None:
    data = report_data(found, (), content)
    jsonschema.validate(data, schema("report"))
    told = {c["id"]: c for s in data["document"]["sections"] for i in s["items"] for c in i["claims"]}
    for claim in content.claims:
        row = told[claim.id]
        assert bool(row["words"]) == bool(claim.words)
        for shown, statement in zip(row["statements"], claim.statements, strict=True):
            reasons = [[step["reason"] for step in chain["steps"]] for chain in shown["chains"]]
            assert reasons == [[step.reason for step in chain.steps] for chain in statement.chains]
            assert shown["formula"]["latex"], f"{claim.id} has a statement without a formula"
    broken = report_data(found, (), content)
    broken["document"]["sections"][0]["items"][0]["claims"][0]["statements"][0].pop("chains")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema("report"))


def test_every_link_in_the_page_has_its_target(content: Content) -> None:
    page = Page(html.render(content, "today"))
    targets = [value for name, value in page.attributes if name == "href" and value]
    assert len(targets) > len(content.claims)
    assert {t.removeprefix("#") for t in targets} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert all(t.startswith("#") for t in targets)


def test_the_page_has_a_strict_policy_and_no_script(content: Content) -> None:
    text = html.render(content, "today")
    page = Page(text)
    policy = next(value for name, value in page.attributes if name == "content" and value and "default-src" in value)
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "script" not in page.tags
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "style"]
    assert not re.search(r"https?://(?!www\.w3\.org/)", text)


def test_both_documents_tell_the_verdict_and_conditions_of_every_claim(content: Content) -> None:
    page, document = html.render(content, "today"), latex.render(content, "today")
    assert Page(page).headings == [claim.title for claim in content.claims]
    for claim in content.claims:
        assert latex.escaped(claim.title) in document
        assert f'class="verdict {claim.verdict}"' in page
    assert page.count("is finite") >= sum(
        bool(c.words) for claim in content.claims for s in claim.statements for c in s.conditions
    )


@settings(max_examples=60, deadline=None)
@given(hostile)
def test_hostile_text_adds_no_element_and_no_attribute_to_the_page(text: str) -> None:
    plain, attacked = page_of([claim_of("plain words")]), page_of([claim_of(text)])
    # sup: a number with an exponent; em: what the report says of an item of the sheet, if the text is its number
    assert attacked.tags - plain.tags <= {*MATHML, "wbr", "h3", "sup", "em"}
    assert not [name for name, _ in attacked.attributes if name.startswith("on") or name == "style"]
    assert not [
        v for n, v in attacked.attributes if n in ("href", "src", "xlink:href") and not (v or "").startswith("#")
    ]
    assert len(attacked.headings) == 1


@settings(max_examples=60, deadline=None)
@given(hostile)
def test_hostile_titles_are_shown_as_they_were_written(text: str) -> None:
    title = claim_of(text).claim.title or claim_of(text).claim.id
    shown = page_of([claim_of(text)]).headings[0]
    unfit = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
    assert shown.split() == re.sub(unfit, "\ufffd", title).split()


@settings(max_examples=60, deadline=None)
@given(hostile)
def test_hostile_text_adds_no_command_to_the_latex(text: str) -> None:
    rendered = latex.render(compose([claim_of(text)]), "today")
    templates = set().union(*(commands(p.read_text(encoding="utf-8")) for p in TEMPLATES.glob("*.tex.j2")))
    assert commands(rendered) <= templates | ESCAPES | KNOWN | {"allowbreak"}
    depth = 0
    for sign in re.findall(r"\\.|[{}]", re.sub(r"(?<!\\)%.*", "", rendered), re.DOTALL):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0
    assert rendered.count(r"\end{document}") == 1
    assert rendered.rstrip().endswith(r"\end{document}")


@needs_latex
def test_hostile_claims_compile(tmp_path: Path) -> None:
    evidence = [claim_of(text, number) for number, text in enumerate(FRAGMENTS)]
    (tmp_path / "report.tex").write_text(latex.render(compose(evidence), "today"), encoding="utf-8")
    made, log = compile_pdf(tmp_path / "report.tex")
    assert made.stat().st_size > 10_000
    assert not (tmp_path / "pwned").exists()
    assert "undefined" not in log
    assert int(re.findall(r"Output written on .* \((\d+) pages", log)[0]) >= len(FRAGMENTS) // 2


@needs_latex
def test_the_pdf_has_no_warning_that_a_reader_would_see(content: Content, tmp_path: Path) -> None:
    (tmp_path / "report.tex").write_text(latex.render(content, "today"), encoding="utf-8")
    _, log = compile_pdf(tmp_path / "report.tex", epoch=0)
    assert not re.findall(r"^Overfull.*|.*undefined.*", log, re.MULTILINE)
    first = (tmp_path / "report.pdf").read_bytes()
    compile_pdf(tmp_path / "report.tex", epoch=0)
    assert (tmp_path / "report.pdf").read_bytes() == first


PROBE = """<script>
addEventListener("load", () => {
  const all = [...document.querySelectorAll("math")];
  const empty = all.filter((m) => { const b = m.getBoundingClientRect(); return !b.width || !b.height; });
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  document.title = `probe ${all.length} ${empty.length} ${wide} ${document.querySelectorAll("merror").length}`;
});
</script></head>"""


def browse(page: Path, tmp_path: Path, width: int) -> tuple[str, str]:
    """What Chromium makes of a page: its document, and what it says on the console; offline, or it fails."""
    assert CHROMIUM is not None
    command = [
        *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
        *("--disable-component-update", "--disable-sync", f"--user-data-dir={tmp_path / f'profile{width}'}"),
        *("--enable-logging=stderr", "--log-level=0", f"--log-net-log={tmp_path / 'net.json'}", "--dump-dom"),
        *(f"--window-size={width},900", page.as_uri()),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout, done.stderr


@needs_browser
@pytest.mark.parametrize("width", [1300, 500])
def test_a_browser_renders_every_formula(content: Content, tmp_path: Path, width: int) -> None:
    text = html.render(content, "today")
    opened = (
        re.sub(r"<meta http-equiv=[^>]*>", "", text).replace("</head>", PROBE).replace("<details>", "<details open>")
    )
    (tmp_path / "probe.html").write_text(opened, encoding="utf-8")
    dom, _ = browse(tmp_path / "probe.html", tmp_path, width)
    probe = re.search(r"<title>probe (\d+) (\d+) (-?\d+) (\d+)</title>", dom)
    assert probe, dom[:300]
    formulas, empty, wide, errors = map(int, probe.groups())
    assert formulas == text.count("<math")
    assert (empty, errors) == (0, 0)
    assert wide <= 0


@needs_browser
def test_a_browser_reports_no_error_and_no_request_leaves_the_page(content: Content, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(html.render(content, "today"), encoding="utf-8")
    dom, said = browse(tmp_path / "report.html", tmp_path, 1300)
    assert content.title in dom
    assert "CONSOLE" not in said
    (tmp_path / "blank.html").write_text("<!doctype html><title>blank</title>", encoding="utf-8")
    reached = hosts(tmp_path / "net.json")
    browse(tmp_path / "blank.html", tmp_path, 1301)
    assert reached <= hosts(tmp_path / "net.json")  # what the browser asks for by itself


def hosts(log: Path) -> set[str]:
    """The hosts in a browser's log of its network."""
    return set(re.findall(r'"(?:url|host|original_url)":"(?:https?|wss?)://([^/":]+)', log.read_text(encoding="utf-8")))


def test_a_page_shows_every_failed_check_and_some_of_every_kind(found: list[Evidence]) -> None:
    kinds = [("exact-sum", "="), ("monte-carlo", "="), ("exact-sum", "<=")]
    rows = [
        {"name": f"case {n}", "method": method, "relation": relation, "value": 0.0, "reference": 0.0, "error": 0.0}
        for n in range(20)
        for method, relation in kinds
    ]
    checks = tuple({**row, "passed": n not in (7, 31)} for n, row in enumerate(rows))
    claim = compose([replace(found[0], checks=checks)]).claims[0]
    shown = claim.shown_checks
    assert len(shown) <= FEW_CHECKS + 2
    assert [c.name for c in shown if not c.passed] == [rows[7]["name"], rows[31]["name"]]
    assert {(c.method, c.relation.text) for c in shown} == set(kinds)
    few = compose([replace(found[0], checks=checks[:MOST_CHECKS])]).claims[0]
    assert few.shown_checks == few.checks
