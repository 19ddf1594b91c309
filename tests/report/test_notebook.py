"""Claims, chains, verdicts and results in a notebook."""

from __future__ import annotations

from html.parser import HTMLParser

from hostile import claim_of, hostile
from hypothesis import given, settings

from derivations.judge import judge
from derivations.report import notebook
from derivations.report.selection import library, select

(CLAIM,) = select(library(), ids=["log-likelihood"])
(FALSE,) = select(library(), ids=["log-likelihood-as-scanned"])


class Tags(HTMLParser):
    """The tags of a fragment, and its event handlers."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.handlers: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def test_a_claim_shows_its_statement_its_chain_and_its_words() -> None:
    shown = notebook.claim(CLAIM)
    assert CLAIM.title in shown
    assert shown.count("<tr") == 1 + len(CLAIM.parts[0].chains[0].steps)
    assert "Bayes&#39; rule" in shown
    assert "proved" not in shown


def test_a_result_shows_verdict_steps_and_conditions() -> None:
    shown = notebook.result(CLAIM.prove())
    assert "✓ proved" in shown
    assert shown.count("✓") == 1 + len(CLAIM.parts[0].chains[0].steps)
    assert shown.count("is finite") == 3


def test_a_refuted_verdict_shows_its_counterexample() -> None:
    verdict = judge(FALSE.parts[0].statement)
    shown = notebook.verdict(verdict)
    assert "✗ refuted" in shown
    assert verdict.counterexample is not None
    assert all(line in shown for line in verdict.counterexample.words.splitlines())


@settings(max_examples=30, deadline=None)
@given(hostile)
def test_hostile_text_adds_no_element(text: str) -> None:
    claim = claim_of(text).claim
    found = Tags(notebook.claim(claim) + notebook.chain(claim.parts[0].chains[0]))
    assert not found.tags & {"script", "img", "style", "iframe", "object", "svg", "a", "b"}
    assert not found.handlers
