"""Printing: the text of a term means the term, and its LaTeX is well formed."""

import ast
import re
from fractions import Fraction

import latex2mathml.converter
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import derivations.language as language
from derivations.language import (
    JSD,
    KL,
    TV,
    E,
    Function,
    Grad,
    H,
    I,
    Integral,
    LanguageError,
    Limit,
    Normal,
    Product,
    Statement,
    Sum,
    Term,
    cross_entropy,
    exp,
    index,
    inf,
    infinity,
    laws,
    log,
    pi,
    sqrt,
    sup,
    symbols,
    variables,
)
from derivations.language.printing import latex, name_latex, statement_latex, statement_text, text
from derivations.language.statements import decode, encode, unbound_indices
from derivations.language.terms import add, mul, power, term

p, q, p_data = laws("p q p_data")
x, z, w = variables("x z w")
a, theta = symbols("a theta")
(K,) = symbols("K", sign="positive")
(mu,) = symbols("mu", shape=(K,))
(v,) = variables("v", shape=(K,))
k = index("k", K)
D, g = Function("D", range="unit"), Function("g")

NAMES = {
    **{name: getattr(language, name) for name in language.__all__},
    **{
        "p": p,
        "q": q,
        "p_data": p_data,
        "x": x,
        "z": z,
        "w": w,
        "a": a,
        "theta": theta,
        "K": K,
        "mu": mu,
        "v": v,
        "k": k,
    },
    **{"D": D, "g": g, "dict": dict, "abs": abs, "term": term},
}


class _Exact(ast.NodeTransformer):
    """Integers become terms, so that 1/2 is the number one half and not a float."""

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, int):
            return ast.copy_location(ast.Call(ast.Name("term", ast.Load()), [node], []), node)
        return node


def parsed(written: str):
    tree = ast.fix_missing_locations(_Exact().visit(ast.parse(written, mode="eval")))
    return eval(compile(tree, "<text>", "eval"), dict(NAMES))  # noqa: S307 - the text under test, made by this test


numbers = st.fractions(min_value=-5, max_value=5, max_denominator=6).map(term)
variable = st.sampled_from([x, z, w])
densities = st.one_of(
    st.builds(lambda l, v: l(v), st.sampled_from([p, q, p_data, p[theta], q[theta, a]]), variable),
    st.sampled_from(
        [
            *(p(x | z), q(x, z), p(x, z | w), q(z | x, w), p_data(x, w, z), p(z=g(w)), p(z=g(w) | x), p(x, z=g(w))),
            *(p(x | w, z=g(w)), q(x, given={"z": g(w)}), q(w, x=2, z=a), p(v[k]), q(x=1, z=a | w)),
            q(w, given={"x": 0, "z": a}),
        ]
    ),
)
leaves = st.one_of(numbers, variable, st.sampled_from([a, theta, pi, D(x), g(z, a), D(g(w))]), densities)


def compounds(inner):
    positive = st.sampled_from([term(2), K, p(x), exp(a), D(x), p(x) + q(x), p(x) / q(x)])
    plain = st.sampled_from([(p(x), q(x)), (q(z | x), p(z)), (p(x | z), (p(x | w) + q(x | w)) / 2)])
    return st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(lambda parts: add(*parts)),
        st.lists(inner, min_size=2, max_size=4).map(lambda parts: mul(*parts)),
        st.builds(lambda b, n: b - n, inner, inner),
        st.builds(lambda b: -b, inner),
        st.builds(lambda b, d: b / d, inner, positive),
        st.builds(
            power,
            st.one_of(positive, inner.filter(lambda t: t.head != "num")),
            st.sampled_from([-3, -2, -1, 2, 3, Fraction(1, 2), Fraction(-1, 2), Fraction(3, 2), Fraction(-3, 2)]),
        ),
        st.builds(log, positive),
        st.builds(exp, inner),
        st.builds(abs, inner),
        st.builds(sqrt, positive),
        st.builds(lambda d, b: E[d](b), st.sampled_from([q(z | x), p(x), p_data(x, z), (p(x) + q(x)) / 2]), inner),
        st.builds(lambda b: E[p(x), q(z | x)](b), inner),
        st.builds(lambda b: Integral[x, z](b), inner),
        st.builds(lambda b: Sum[k](b), inner),
        st.builds(lambda f, pair: f(*pair), st.sampled_from([KL, JSD, TV, cross_entropy]), plain),
        st.sampled_from([H(p(x)), H(p(x | z)), H((p(x) + q(x)) / 2), I(q, x, z), I(q, (x, w), z), I(q, x, z, w)]),
        st.builds(lambda f, over, b: f[over](b), st.sampled_from([sup, inf]), st.sampled_from([x, a, D, q]), inner),
        st.builds(lambda b: Grad[theta](b), inner),
    )


terms = st.recursive(leaves, compounds, max_leaves=12)


def balanced(written: str) -> bool:
    """Brackets nest, and so do the pairs of \\left and \\right, each with its bracket."""
    stack: list[str] = []
    closing = {"{": "}", "(": ")", "[": "]", r"\left(": r"\right)", r"\left[": r"\right]", r"\left|": r"\right|"}
    for mark in re.findall(r"\\(?:left|right)[(\[|\])]|\\.|[{}()\[\]]", written):
        if mark in closing:
            stack.append(closing[mark])
        elif mark in closing.values() and (not stack or stack.pop() != mark):
            return False
    return not stack


@settings(max_examples=300, deadline=None)
@given(terms)
def test_text_evaluates_to_the_term_itself(t):
    assert parsed(text(t)) is t, text(t)


@settings(max_examples=200, deadline=None)
@given(terms)
def test_latex_is_balanced_and_a_converter_reads_it(t):
    written = latex(t)
    assert balanced(written), written
    converted = latex2mathml.converter.convert(written)
    # What latex2mathml does not know it passes through with its backslash.
    assert "\\" not in converted, written


closed = terms.filter(lambda t: not unbound_indices(t))


@settings(max_examples=100, deadline=None)
@given(closed, closed, st.sampled_from(["=", "!=", "<=", ">=", "<", ">"]))
def test_statement_text_evaluates_to_the_statement_with_its_sides_as_written(left, right, relation):
    back = parsed(statement_text(Statement(relation, left, right)))
    assert back.relation == relation
    assert back.left is left
    assert back.right is right


def test_hypotheses_and_equality_cases_print_and_parse():
    s = (KL(p(x), q(x)) >= 0).iff(p(x) == q(x)).assuming(q(x) == p_data(x), ("markov", ("x", "z", "w"), p), a <= 1)
    back = parsed(statement_text(s))
    assert back.given == s.given
    assert back.equality == s.equality
    assert statement_latex(s) == (
        r"D_{\mathrm{KL}}\left(p(x) \,\|\, q(x)\right) \ge 0 \quad \text{with equality iff } p(x) = q(x) "
        r"\quad \text{if } q(x) = p_{\mathrm{data}}(x) \text{ and } x \to z \to w \text{ is a Markov chain under } p "
        r"\text{ and } a \le 1"
    )


@pytest.mark.parametrize(
    ("made", "written"),
    [
        (log(p(x | z)), r"\log p(x \mid z)"),
        (log(p(x) + q(x)), r"\log\left(p(x) + q(x)\right)"),
        (E[q(z | x)](log(p(x))), r"\mathbb{E}_{q(z \mid x)}\left[\log p(x)\right]"),
        (p[theta](x), r"p_{\theta}(x)"),
        (p_data[theta](x), r"p_{\mathrm{data},\theta}(x)"),
        (p(x) / (p(x) + q(x)), r"\frac{p(x)}{p(x) + q(x)}"),
        ((p(x) + q(x)) / 2, r"\frac{p(x) + q(x)}{2}"),
        (KL(p(x), q(x)) / 2, r"\frac{1}{2} D_{\mathrm{KL}}\left(p(x) \,\|\, q(x)\right)"),
        (Sum[k](mu[k] ** 2 - 1), r"\sum_{k=1}^{K} \left(\mu_{k}^{2} - 1\right)"),
        (Integral[z](p(x, z)), r"\int p(x, z) \,\mathrm{d}z"),
        (sup[D](E[p(x)](D(x))), r"\sup_{D} \mathbb{E}_{p(x)}\left[D(x)\right]"),
        (Grad[theta](p[theta](x)), r"\nabla_{\theta} p_{\theta}(x)"),
        (H(p(x | z)), r"H_{p}(x \mid z)"),
        (I(q, x, z), r"I_{q}(x; z)"),
        (I(q, x, z, w), r"I_{q}(x; z \mid w)"),
        (1 - D(x), r"1 - D(x)"),
        (-log(term(4)) + 2 * JSD(p(x), q(x)), r"-\log 4 + 2 \mathrm{JSD}\left(p(x) \,\|\, q(x)\right)"),
        (a / sqrt(2 * pi * K), r"\frac{a}{\sqrt{2 \pi K}}"),
        (log(K) * a, r"(\log K) a"),
        (-2 * a - Fraction(1, 2), r"-2 a - \frac{1}{2}"),
        (2 * power(3, Fraction(1, 3)), r"2 \cdot 3^{1/3}"),
        (p(z=g(w)), r"p(z=g(w))"),
    ],
)
def test_latex_as_a_mathematician_sets_it(made, written):
    assert latex(made) == written


def test_diagonal_normal_prints_as_a_product():
    (zc,) = variables("z", kind="continuous", shape=(K,))
    made = Normal(mu, 1)(zc)
    assert latex(made) == r"\prod_{k=1}^{K} \mathcal{N}(z_{k}; \mu_{k}, 1)"
    assert text(made) == "Product[k](N(z[k]; mu[k], 1))"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("p_data", r"p_{\mathrm{data}}"),
        ("p_g", "p_{g}"),
        ("x1", "x_{1}"),
        ("x'", "x'"),
        ("z_1'", "z_{1}'"),
        ("eps", r"\varepsilon"),
        ("Sigma", r"\Sigma"),
        ("q_phi", r"q_{\phi}"),
        ("loss", r"\mathrm{loss}"),
        ("m_12_k", "m_{12,k}"),
    ],
)
def test_names_are_set_with_greek_letters_and_subscripts(name, written):
    assert name_latex(name) == written


def test_a_condition_behind_the_bar_stays_behind_it():
    assert p(x | w, z=g(w)) is p(x, given={"w": w, "z": g(w)})
    assert p(z=g(w) | x) is Term("den", p, (("z", g(w)),), (("x", x),))


def test_a_slot_filled_twice_is_an_error_that_shows_the_line():
    with pytest.raises(LanguageError, match=r"p\(x, x \| z\) fills the slot 'x' twice"):
        p(x, x.copy("x") | z)


def test_dividing_by_a_power_is_a_negative_power_with_the_same_domain():
    assert 1 / a**2 is power(a, -2)
    assert 1 / (1 / a) is not a


def test_limits_and_vectors_of_draws_are_printed() -> None:
    (a,), (count,), (z,), (p,) = symbols("a"), symbols("L", sign="positive"), variables("z"), laws("p")
    limit = Limit[a, -infinity](1 / (1 + exp(a)))
    assert limit.latex() == r"\lim_{a \to -\infty} \left(\frac{1}{\exp\left(a\right) + 1}\right)"
    declare = {"symbols": {"a": {"sign": "real", "shape": []}}}
    assert decode(encode(limit), declare) is limit
    sample, k = z.draws("sample", count), index("k", count)
    assert (
        repr(E[Product[k](p(sample[k]))](Sum[k](p(sample[k])))) == "E[Product[k](p(sample[k]))](Sum[k](p(sample[k])))"
    )
    with pytest.raises(LanguageError, match="a vector itself"):
        sample.draws("again", count)
    with pytest.raises(LanguageError, match="goes to a number"):
        Limit[a, a](limit)
