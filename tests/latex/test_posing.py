"""Steps that pose a condition, a model or a definition are queries; the false claims beside them stay refuted."""

import pytest

from derivations.check import check
from derivations.latex.prose import lead, surroundings

# A step that poses something, and beside it a false claim of the same form.
POSED = [
    (r"$$p_g(x) = p_{data}(x)$$", r"$$D_{KL}(p_g\|p_{data}) = D_{KL}(p_{data}\|p_g)$$"),
    (r"$$q(z) = p(z|x)$$", r"$$p(z) = p(x, z)$$"),
    (r"$$q(z|x) > 0$$", r"$$q(z|x) < 0$$"),
    (r"$$p(x, y) = p(x) p(y)$$", r"$$p(x, y) = p(x|y) p(x)$$"),
    (r"$$p(x, y|z) = p(x|z) p(y|z)$$", r"$$p(x, y|z) = p(x|z) p(y|z) p(z)$$"),
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
    (r"$$P(B) = P(B|A_1) P(A_1) + P(B|A_2) P(A_2)$$", r"$$P(B) = P(B|A_1) P(A_1) + P(B|A_2) P(A_1)$$"),
    (r"$$P(B) = P(B|A) P(A) + P(B|\bar{A}) P(\bar{A})$$", r"$$P(B) = P(B|A) P(A) - P(B|\bar{A}) P(\bar{A})$$"),
    (r"$$p(z|x) = \sum_y p(z|y) p(y|x)$$", r"$$p(z|x) = \sum_y p(y|z) p(y|x)$$"),
    (r"$$\frac{2}{3} \cdot 0.5 = 0.33$$", r"$$\frac{2}{3} \cdot 0.5 = 0.36$$"),
    (r"$$0.7 \log 0.7 + 0.3 \log 0.3 = -0.611$$", r"$$0.7 \log 0.7 + 0.3 \log 0.3 = 0.611$$"),
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
        ("我们希望这个下界与似然相等：", "希望"),
        ("只要 $q$ 接近 $p$，就有上界。", "只要"),
        ("设 $q$ 是编码器。", ""),
        ("如果取等。\n\n展开对数得到", ""),
        ("La igualdad vale si", "si"),
        ("Supposons que", "supposons"),
        ("Falls beide gleich sind, gilt", "falls"),
        ("Если равенство", "если"),
        ("Desarrollando el logaritmo", ""),
        ("条件熵的定义是", ""),
    ],
)
def test_the_sentence_before_a_display_says_whether_it_poses_it(text: str, word: str) -> None:
    assert surroundings(text).posing == word


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("It is tight when the gap is zero, i.e. for the posterior", "It"),
        ("If we integrate w.r.t. the prior, see Eq. (3) and cf. Fig. 2,", "If"),
        ("The draws are i.i.d. Hence", "Hence"),
        ("It holds a.s. and so", "It"),
        ("That is clear. and so", "and"),
    ],
)
def test_an_abbreviation_does_not_end_a_sentence(text: str, last: str) -> None:
    assert lead(text).split()[0] == last


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


ENCODER = "$$q(z|x)$$\n$$p(x, z)$$\n"


def test_a_law_that_averages_is_that_of_the_observed_variable_under_each_reading() -> None:
    right = r"$$I(X;Z) = \mathbb{E}_{p_{data}(x)}[KL(q(z|x) \| r(z))] - KL(q(z) \| r(z))$$"
    assert check(ENCODER + right).steps[-1].verdict == "conditional"
    assert check(ENCODER + right.replace("- KL", "+ KL")).steps[-1].verdict == "refuted"


def test_the_elbo_is_that_of_the_laws_of_the_step() -> None:
    laws = "$$q(y|w) r(w)$$ $$q(y|w) q(y|w)$$\n" + ENCODER
    right = r"$$\log p(x) = \mathrm{ELBO} + KL(q(z|x) \| p(z|x))$$"
    assert check(laws + right).steps[-1].verdict == "proved"
    assert check(laws + right.replace("+ KL", "- KL")).steps[-1].verdict == "refuted"
    assert check(laws + r"$$\log p(x) = \mathrm{ELBO} - 1$$").steps[-1].verdict == "conditional"


def test_a_range_beside_a_variable_time_is_cut_as_its_step_cuts_it() -> None:
    start = "$$q(x_t | x_{t-1})$$\n"
    bound = r"$$\log p(x_0) \ge \mathbb{E}_{q(x_{1:T}|x_0)}[\log \frac{p(x_{0:T})}{q(x_{1:T}|x_0)}]$$"
    assert check(start + bound).steps[-1].verdict == "proved"
    assert check(start + bound.replace(r"\ge", r"\le")).steps[-1].verdict == "refuted"
    mean = r"$$\mathbb{E}_{q(x_{1:T}|x_0)}[\log p(x_0|x_1)] = \mathbb{E}_{q(x_1|x_0)}[\log p(x_0|x_1)]$$"
    assert check(start + mean).steps[-1].verdict == "proved"
    assert check(start + mean.replace("q(x_1|x_0)", "q(x_2|x_0)")).steps[-1].verdict == "refuted"
    loss = r"$$L = \mathbb{E}_q[\log \frac{q(x_{1:T}|x_0)}{p(x_{0:T})}]$$"
    used = r"$$-\log p(x_0) \le L$$"
    assert [s.verdict for s in check(start + loss + used).steps] == ["definition", "proved"]
    assert check(start + loss + used.replace(r"\le", r"\ge")).steps[-1].verdict == "refuted"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"\frac{12}{3} = 4", r"\frac{12}{3} = \frac{2}{3}"),
        (r"\frac{12}34 = 16", r"\frac{12}34 = \frac{12}{34}"),
        (r"\frac1{12} = \frac{2}{24}", r"\frac1{12} = \frac{2}{12}"),
        (r"\frac123 = \frac32", r"\frac123 = \frac{1}{23}"),
        (r"\frac{\frac12}{30} = \frac{1}{60}", r"\frac{\frac12}{30} = 0"),
        (r"2^{10} = 1024", r"2^{10} = 1"),
    ],
)
def test_a_number_in_braces_is_one_number(right: str, wrong: str) -> None:
    assert check(f"$${right}$$").steps[0].verdict == "proved"
    assert check(f"$${wrong}$$").steps[0].verdict == "refuted"


def test_a_formula_for_a_law_that_has_one_is_a_query() -> None:
    text = r"$$r(u|y) = \mathcal{N}(u; a, \tau^2)$$ With another scale $$r(u|y) = \mathcal{N}(u; a, %s)$$"
    assert [s.verdict for s in check(text % r"\lambda^2").steps] == ["definition", "conditional"]
    assert check(text % r"\tau^2").steps[1].verdict == "proved"


def test_laws_for_which_normal_densities_are_put_are_a_hypothesis() -> None:
    normals = r"\frac{\mathcal{N}(u; y, \tau^2)\mathcal{N}(y; 0, 1)}{\mathcal{N}(u; 0, 1+\tau^2)}"
    assert [s.verdict for s in check(rf"$$\frac{{r(u|y)s(y)}}{{r(u)}} = {normals}$$").steps] == ["conditional"]
    known = r"$$r(u) = \mathcal{N}(u; 0, \tau^2)$$ $$\log r(u) = \log\mathcal{N}(u; 0, 2\tau^2)$$"
    assert [s.verdict for s in check(known).steps] == ["definition", "refuted"]
