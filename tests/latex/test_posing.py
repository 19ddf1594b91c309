"""Steps that pose a condition, a model or a definition are queries; the false claims beside them stay refuted."""

import pytest

from derivations.check import check
from derivations.latex.chains import continued, last_side, steps
from derivations.latex.prose import lead, surroundings

# A step that poses something, and beside it a false claim of the same form.
POSED = [
    (r"$$p_g(x) = p_{data}(x)$$", r"$$D_{KL}(p_g\|p_{data}) = D_{KL}(p_{data}\|p_g)$$"),
    (r"$$q(z) = p(z|x)$$", r"$$p(z) = p(x, z)$$"),
    (r"$$q(z|x) > 0$$", r"$$q(z|x) < 0$$"),
    (r"$$p(x, y) = p(x) p(y)$$", r"$$p(x, y) = p(x|y) p(x)$$"),
    (r"$$p(x, y|z) = p(x|z) p(y|z)$$", r"$$p(x, y|z) = p(x|y, z) p(y|x, z)$$"),
    (r"$$p(a, b, c) = p(a|c) p(b|c) p(c)$$", r"$$p(a, b, c) = p(a|b, c) p(b|c)$$"),
    (r"$$\log p(x, y) = \log p(x) + \log p(y)$$", r"$$\log p(x, y) = \log p(x) - \log p(y|x)$$"),
    (r"$$p(x) = \prod_{j=1}^d p(x_j)$$", r"$$p(x) = \int p(x, z) p(z) dz$$"),
    (
        r"$$\log p(x|\theta^{(t+1)}) \ge \log p(x|\theta^{(t)})$$",
        r"$$\log p(x|\theta) \ge \mathbb{E}_{q(z)}[\log \frac{q(z)}{p(x, z|\theta)}]$$",
    ),
    (r"$$H(\theta|\theta') := -\sum_z p(z|x, \theta') \log p(z|x, \theta)$$", r"$$H(X) := \sum_x p(x) \log p(x)$$"),
    (r"$$q(z) := p(z|x)$$", r"$$D_{KL}(q\|p) := -\int q(z) \log\frac{q(z)}{p(z)} dz$$"),
    (r"$$\log p(D) = \sum_{x \in D} \log p(x)$$", r"$$\sum_{x} p(x) = 2$$"),
]


@pytest.mark.parametrize(("posed", "claimed"), POSED)
def test_what_a_step_poses_is_a_query_and_a_false_claim_beside_it_is_refuted(posed: str, claimed: str) -> None:
    assert not {"refuted", "proved"} & {step.verdict for step in check(posed).steps}
    assert [step.verdict for step in check(claimed).steps] == ["refuted"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("The gap vanishes when", "when"),
        ("- The bound holds with equality if and only if", "equality"),
        ("Suppose that $q$ is exact, so", "suppose"),
        ("If we expand the logarithm, we get", ""),
        ("Let's rewrite this:", ""),
        ("We choose $q$ freely. Then", ""),
        ("The definition of the conditional law gives", ""),
    ],
)
def test_the_sentence_before_a_display_says_whether_it_poses_it(text: str, word: str) -> None:
    assert surroundings(text).posing == word


def test_displays_within_a_sentence_belong_to_it_and_others_end_it() -> None:
    assert lead("A. If $$p(x) = 0$$ then also").startswith("If")
    assert lead("If so,\n\n$$\na = b\n$$\n\nand hence") == "and hence"


BOUND = r"\log p(x) = \mathbb{E}_{q(z)}[\log p(x, z) - \log q(z)]"


def test_the_case_of_equality_is_a_query_and_the_same_line_as_a_claim_is_refuted() -> None:
    assert check(f"Since the bound is tight in this case,\n$$\n{BOUND}\n$$").steps[-1].verdict == "conditional"
    assert check(f"Expanding the logarithm gives\n$$\n{BOUND}\n$$").steps[-1].verdict == "refuted"


def test_a_section_that_speaks_of_discrete_variables_has_entropies_of_such() -> None:
    claim = "$$\nH(X) \\ge 0\n$$\n$$\\int p(x) dx = 1$$\n"
    assert check(f"# Discrete sources\n{claim}", kind="markdown").steps[0].verdict == "conditional"
    assert check(f"# Densities\n{claim}", kind="markdown").steps[0].verdict == "refuted"


def test_a_display_that_starts_with_a_relation_goes_on_from_the_one_before() -> None:
    first = "$$\\log p(x, z) = \\log p(x|z) + \\log p(z)$$\n\nthat is\n\n"
    text = first + "$$= \\log p(z|x) + \\log p(x)$$\n\n$$= \\log p(x)$$\n"
    assert [step.verdict for step in check(text, kind="markdown").steps] == ["proved", "proved", "refuted"]
    assert [t.text for t in continued(steps("= b"), last_side("a = c"))[0].left] == ["c"]
    assert check("$$= p(x)$$").steps[0].verdict == "unsupported"


def test_a_display_inside_a_line_of_text_is_not_gone_on_from() -> None:
    text = "$$p(x, z)$$\n\nwhere $$z$$ is hidden,\n\n$$= p(x|z) p(z)$$\n"
    assert [step.verdict for step in check(text, kind="markdown").steps] == ["proved"]


def test_braces_show_nothing() -> None:
    assert check(r"$$\log\frac{p(x)}{q(x)} = \log p(x) {\color{red}{- \log q(x)}}$$").steps[0].verdict == "proved"
    assert check(r"$$\log\frac{p(x)}{q(x)} = \log p(x) {+ \log q(x)}$$").steps[0].verdict == "refuted"
    assert check(r"$$p(x) = \int p(x, z) {}\mathrm{d} z$$").steps[0].verdict == "proved"


def test_a_sum_over_a_set_of_data_is_no_sum_over_the_space() -> None:
    assert check(r"$$\sum_{x \in D} p(x) = 1$$").steps[0].verdict == "conditional"
    assert check(r"$$\sum_{x \in \mathcal{X}} p(x) = 1$$").steps[0].verdict == "proved"
    assert (
        check(r"$$\sum_{x \in D} \log p(x, z) = \sum_{x \in D} (\log p(x|z) + \log p(z))$$").steps[0].verdict
        == "proved"
    )


def test_a_bare_law_is_the_one_that_the_step_writes() -> None:
    text = "$$q(z|x)$$\n$$p(z|x)$$\n$$KL(Q \\| P) = \\int q(x) \\log \\frac{q(x)}{p(x)} dx$$"
    assert check(text).steps[0].verdict == "proved"
    false = text.replace(r"\frac{q(x)}{p(x)}", r"\frac{p(x)}{q(x)}")
    assert check(false).steps[0].verdict == "refuted"


def test_quotes_and_liquid_blocks_hold_displays() -> None:
    quote = "> $$\n> D_{KL}(q\\|p) = \\int q(z) \\log \\frac{q(z)}{p(z)} dz\n> $$\n"
    assert [step.verdict for step in check(quote, kind="markdown").steps] == ["proved"]
    liquid = "{% math %}\np(x) = \\int p(x, z) dz\n{% endmath %}\n"
    assert [step.verdict for step in check(liquid, kind="markdown").steps] == ["proved"]
    assert [step.relation for step in check("$$\na(x)\n> 0\n$$", kind="markdown").steps] == [">"]
