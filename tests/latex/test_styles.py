"""Displays in the many styles that people write: true ones proved, their false neighbours never.

The pairs stand side by side: a construct that is read so that the true line is proved must still find the false one.
"""

import pytest

from derivations.check import check

PROVED = {
    "total variance": r"\mathrm{Var}(X)=\mathbb{E}[\mathrm{Var}(X\mid Y)]+\mathrm{Var}(\mathbb{E}[X\mid Y])",
    "mean conditional variance": r"\operatorname{Var}(X) \ge \mathbb{E}[\operatorname{Var}(X\mid Y)]",
    "tower": r"\mathbb{E}[XY] = \mathbb{E}[X\,\mathbb{E}[Y\mid X]]",
    "square of a mean": r"\mathbb{E}[X^2] \ge (\mathbb{E}[X])^2",
    "covariance": r"\operatorname{Var}(X+Y)=\operatorname{Var}(X)+\operatorname{Var}(Y)+2\operatorname{Cov}(X,Y)",
    "second moment": r"\operatorname{Var}_{q(z)}[f(z)] \le \mathbb{E}_{q(z)}[f(z)^2]",
    "marginal divergence": r"D_{KL}(p(x,z)\|q(x,z)) \ge D_{KL}(p(x)\|q(x))",
    "decoder bound": r"I(X;Z) \ge H(X) + \mathbb{E}_{p(x,z)}[\log q(x|z)]",
    "prior bound": r"I(X;Z) \le \mathbb{E}_{p(x)}[D_{KL}(p(z|x)\|r(z))]",
    "conditional entropy bound": r"H(X|Y) \le -\mathbb{E}_{p(x,y)}[\log q(x|y)]",
}
FALSE = {
    "variances without covariance": r"\operatorname{Var}(X+Y)=\operatorname{Var}(X)+\operatorname{Var}(Y)",
    "conditional variance alone": r"\operatorname{Var}(X)=\mathbb{E}[\operatorname{Var}(X\mid Y)]",
    "product of means": r"\mathbb{E}[WZ]=\mathbb{E}[W]\mathbb{E}[Z]",
    "scaled variance": r"\operatorname{Var}(aX+b)=a\operatorname{Var}(X)",
    "square below": r"\mathbb{E}[X^2] \le (\mathbb{E}[X])^2",
    "strict square": r"\mathbb{E}[X^2] > (\mathbb{E}[X])^2",
    "marginal divergence turned": r"D_{KL}(p(x,z)\|q(x,z)) \le D_{KL}(p(x)\|q(x))",
    "marginals against joint": r"D_{KL}(p(x,z)\|q(x,z)) \ge D_{KL}(p(x)\|q(x)) + D_{KL}(p(z)\|q(z))",
    "decoder bound turned": r"I(X;Z) \le H(X) + \mathbb{E}_{p(x,z)}[\log q(x|z)]",
    "prior bound turned": r"I(X;Z) \ge \mathbb{E}_{p(x)}[D_{KL}(p(z|x)\|r(z))]",
}


@pytest.mark.parametrize("name", PROVED)
def test_true_lines_are_proved(name: str) -> None:
    steps = check(f"$${PROVED[name]}$$").steps
    assert steps
    assert {s.verdict for s in steps} == {"proved"}, [s.message for s in steps]


@pytest.mark.parametrize("name", FALSE)
def test_false_neighbours_are_found(name: str) -> None:
    steps = check(f"$${FALSE[name]}$$").steps
    assert [s.verdict for s in steps if s.verdict in ("refuted", "conditional")], [s.message for s in steps]
    assert "proved" not in [s.verdict for s in steps]
