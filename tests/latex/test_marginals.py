"""A law that a step writes once beside another one may be its marginal; encoders and priors are no marginals."""

import pytest

from derivations.check import check

QUERIES = [
    (r"$$ \log\frac{p(u|v,w)}{q(u)} = \log\frac{p(u,v,w)}{q(u) p_2(v,w)} $$", "p_2(v, w) = p(v, w)"),
    (r"$$ I(U;V) = \int\int p(u,v) \log\frac{p(u|v)}{q(u)} du\,dv $$", "q(u) = p(u)"),
    (r"$$ H(V|U) = -\sum_{u,v} p(u,v) \log\frac{p(u,v)}{q(u)} $$", "q(u) = p(u)"),
    (r"$$ I(U;V|W) = \sum_{u,v,w} p(u,v,w) \log\frac{p(u|v,w)}{q(u|w)} $$", "q(u | w) = p(u | w)"),
    (
        r"$$ I(U;V|W) = \sum_{u,v,w} p(u,v,w) \log\frac{p(u,v|w)}{q(u|w) r(v|w)} $$",
        "q(u | w) = p(u | w), r(v | w) = p(v | w)",
    ),
]

REFUTED = [
    r"$$ \log\frac{p(u|v,w)}{q(u)} = \log\frac{p(u,v,w)}{q(u) p_2(u,w)} $$",
    r"$$ I(U;V|W) = \sum_{u,v,w} p(u,v,w) \log\frac{p(u|v,w)}{q(v|w)} $$",
    r"$$ I(U;V|W) = \sum_{u,v,w} p(u,v,w) \log\frac{p(u,v,w)}{q(u|w) r(v|w)} $$",
    r"$$ \log p(x) = \log p(x, z) - \log q(z|x) $$",
    r"$$ I(U;V) = \int\int p(u,v) \log\frac{p(u|v)}{q(v)} du\,dv $$",
    r"$$ I(U;V) = \int\int p(u,v) \log\frac{p(u,v)}{q(u)} du\,dv $$",
    r"$$ I(U;V) = \int\int p(u,v) \log\frac{q(u)}{p(u|v)} du\,dv $$",
    r"$$ H(U) = -\sum_u p(u) \log q(u) $$",
    r"$$ \log p(x) = \mathbb{E}_{q(z)}[\log p(x|z)] + D_{KL}(q(z)\|p(z|x)) $$",
    r"$$ \log p(x) = \int q(z) \log p(x|z) dz + \int q(z) \log\frac{q(z)}{p(z|x)} dz $$",
    r"$$ I_q(x;z) = \mathbb{E}_{q(x)}[D_{KL}(q(z|x)\|p(z))] $$",
    r"$$ \mathbb{E}_{q(z)}[\log p(x|z)] = \mathbb{E}_{q(z)}[\log p(x,z)] $$",
]


@pytest.mark.parametrize(("display", "words"), QUERIES)
def test_a_law_that_is_written_once_may_be_a_marginal(display: str, words: str) -> None:
    (step,) = check(display).steps
    assert step.verdict == "conditional"
    assert f"true if {words}" in step.message


@pytest.mark.parametrize("display", REFUTED)
def test_no_marginal_excuses_a_wrong_equation_or_an_encoder(display: str) -> None:
    assert [step.verdict for step in check(display).steps] == ["refuted"]


MIXTURE = r"$$ p_{mix}(u) = \frac14 p_d(u) + \frac34 p_g(u) $$ $$ p(c|u) = %s $$"


@pytest.mark.parametrize(
    ("side", "verdict"),
    [
        (r"\frac{p(u|c) p(c)}{p_{mix}(u)}", "conditional"),
        (r"\frac{p(u|c) p(u)}{p_{mix}(u)}", "refuted"),
        (r"\frac{p(u|c)}{p_{mix}(u)}", "refuted"),
        (r"\frac{p_{mix}(u)}{p(u|c) p(c)}", "refuted"),
    ],
)
def test_a_law_with_a_formula_may_be_the_marginal_of_another(side: str, verdict: str) -> None:
    step = check(MIXTURE % side).steps[-1]
    assert step.verdict == verdict
    assert ("true if p_mix(u) = p(u)" in step.message) == (verdict == "conditional")


MEAN = r"\mathbb{E}_{q_\phi(z|x)}[\log p_\theta(x|z)]"
AVERAGED = rf"\text{{ELBO}} = \mathbb{{E}}_{{p_{{data}}(x)}}[{MEAN} %s D_{{KL}}(q_\phi(z|x) \| p(z))]"


def test_the_bound_may_be_averaged_over_the_data():
    (step,) = check(AVERAGED % "-").steps
    assert step.verdict == "conditional"
    assert "averaged over p_data(x)" in step.message
    (step,) = check(AVERAGED % "+").steps
    assert step.verdict == "refuted"


def test_a_parameter_and_its_part_name_one_law():
    line = r"\int q(z|x) \log p_\theta(x|z) dz = \mathbb{E}_{q(z|x)}[%s \log p_{\theta_1}(x|z)]"
    (step,) = check(line % "").steps
    assert step.verdict == "conditional"
    (step,) = check(line % "2").steps
    assert step.verdict != "proved"
