"""A function that a document defines, at other arguments: in subscripts, laws, parameters and under binders."""

import pytest

from derivations.check import check

# Each second line is false: the definition at another argument is something else.
NEVER_PROVED = [
    (r"g(x) = E_{p(y)}[f(x,y)]", r"g(y) = E_{p(y)}[f(y,y)]"),
    (r"g(x) = E_{p(y)}[f(x,y)]", r"g(h(y)) = E_{p(y)}[f(h(y),y)]"),
    (r"g(x) = E_{p(y)}[f(x,y)]", r"E_{p(y)}[g(y)] = E_{p(y)}[f(y,y)]"),
    (r"s(i) = \sum_{j=1}^n a_{ij}", r"s(k) = \sum_{j=1}^n a_{ij}"),
    (r"s(i) = \sum_{j=1}^n a_{ij}", r"s(j) = \sum_{j=1}^n a_{jj}"),
    (r"h(i) = \log p(x_i)", r"h(k) = \log p(x_i)"),
    (r"h(t) = \alpha_t", r"h(s) = \alpha_t"),
    (r"h(t) = t \alpha_t", r"h(2) = 2 \alpha_t"),
    (r"L(\theta) = E_{p_\theta}[f(x)]", r"L(\phi) = E_{p_\theta}[f(x)]"),
    (r"L(\theta) = E_{p}[\log p_\theta(x)]", r"L(\theta_0) = L(\theta)"),
    (r"L(\theta) = E_{q}[\log p(x)]", r"L(\theta') = L(\theta)"),
    (r"L(\theta,\phi) = E_{q_\phi}[\log p_\theta(x)]", r"L(\phi,\theta) = E_{q_\phi}[\log p_\theta(x)]"),
    (r"L(q) = KL(q\|p)", r"L(r) = KL(q\|p)"),
    (r"L(f) = E_p[f(x)]", r"L(g) = E_p[f(x)]"),
    (r"f(x) = E_p[x]", r"f(y) = y"),
    (r"f(x) = \log p(x)", r"f(z) = \log p(x)"),
    (r"f(x) = \frac{p(x)}{q(x)}", r"f(x') = \frac{p(x)}{q(x)}"),
    (r"f(x,z) = \log p(x|z)", r"f(z,x) = \log p(x|z)"),
    (r"f(a) = \frac{d}{da} a^2", r"f(3) = 0"),
    (r"M(t) = E_p[e^{t f(x)}]", r"M(0) = 0"),
    (r"f(a) = a + b $$ $$ g(b) = f(2b)", r"g(1) = 3"),
    (r"f(a) = a^2 $$ $$ g(a) = f(a) + 1", r"g(3) = a^2 + 1"),
]

TRUE = [
    (r"g(x) = E_{p(y)}[f(x,y)]", r"g(z) = E_{p(y)}[f(z,y)]"),
    (r"L(q) = KL(q\|p)", r"L(r) = KL(r\|p)"),
    (r"L(q,p) = KL(q\|p)", r"L(p,q) = KL(p\|q)"),
    (r"K(x,y) = f(x) - f(y)", r"K(y,x) = f(y) - f(x)"),
    (r"Q(\theta,\phi) = \theta^2\phi", r"Q(\phi,\theta) = \phi^2\theta"),
    (r"M(t) = E_p[e^{t f(x)}]", r"M(0) = 1"),
    (r"Z(\beta) = \int e^{-\beta f(x)}dx", r"Z(1) = \int e^{-f(x)} dx"),
    (r"f(x) = w x + b", r"f(f(x)) = w^2 x + w b + b"),
    (r"f(a) = a^2 $$ $$ g(a) = f(a) + 1", r"g(3) = 10"),
    (r"D(x) = \frac{p(x)}{p(x)+q(x)}", r"D(y) = \frac{p(y)}{p(y)+q(y)}"),
    (r"h(x) = \log p(x)", r"E_{p(y)}[h(y)] = E_{p(y)}[\log p(y)]"),
]


@pytest.mark.parametrize(("definition", "claim"), NEVER_PROVED)
def test_a_definition_at_another_argument_is_not_what_it_was(definition: str, claim: str) -> None:
    assert check(f"$$ {definition} $$ $$ {claim} $$").steps[-1].verdict != "proved"


@pytest.mark.parametrize(("definition", "claim"), TRUE)
def test_a_definition_is_read_at_other_arguments(definition: str, claim: str) -> None:
    assert check(f"$$ {definition} $$ $$ {claim} $$").steps[-1].verdict == "proved"
