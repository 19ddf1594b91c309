"""Pathwise gradients of normal laws: brought to the standard law before what it averages is differentiated."""

import json
from fractions import Fraction

import pytest

from derivations import judge, kernel
from derivations.language import E, Function, Grad, Normal, Statement, laws, log, symbols, variables

mu, phi = symbols("mu phi")
(s,) = symbols("s", sign="positive")
(p,), (x,) = laws("p"), variables("x")
z, eps = variables("z eps", kind="continuous")
f, m = Function("f"), Function("m")
scale = Function("scale", "positive")
noise = Normal(0, 1)(eps)
code = Normal(mu, s**2)(z)
encoder = Normal(m(x, phi), scale(x, phi) ** 2)(z)
path = m(x, phi) + scale(x, phi) * eps

TRUE = {
    "in the mean": Grad[mu](E[code](f(z))) == E[noise](Grad[mu](f(mu + s * eps))),
    "in the deviation": Grad[s](E[code](f(z))) == E[noise](Grad[s](f(mu + s * eps))),
    "the total derivative": Grad[mu](E[code](f(z, mu))) == E[noise](Grad[mu](f(mu + s * eps, mu))),
    "of an encoder": Grad[phi](E[encoder](f(z))) == E[noise](Grad[phi](f(path))),
    "averaged over data": E[p(x)](Grad[phi](E[encoder](f(z)))) == E[p(x)](E[noise](Grad[phi](f(path)))),
    "the derivative of an average": Grad[phi](E[encoder](f(z))) == Grad[phi](E[noise](f(path))),
    "the score instead": Grad[mu](E[code](f(z))) == E[code](f(z) * Grad[mu](log(code))),
    "the score of an encoder": Grad[phi](E[encoder](f(z))) == E[encoder](f(z) * Grad[phi](log(encoder))),
}

# Each is false for some f; f(z) = z^2, z^3 or z f say so.
FALSE = {
    "the variance for the deviation": Grad[mu](E[code](f(z))) == E[noise](Grad[mu](f(mu + s**2 * eps))),
    "without the noise": Grad[mu](E[code](f(z))) == Grad[mu](f(mu)),
    "in the wrong parameter": Grad[s](E[code](f(z))) == E[noise](Grad[mu](f(mu + s * eps))),
    "the partial derivative": Grad[mu](E[code](f(z, mu))) == E[noise](f(mu + s * eps, mu) * Grad[mu](log(code))),
    "noise that is not standard": Grad[mu](E[code](f(z))) == E[Normal(0, 2)(eps)](Grad[mu](f(mu + s * eps))),
    "a mean left out": Grad[phi](E[encoder](f(z))) == E[noise](Grad[phi](f(scale(x, phi) * eps))),
    "the average of a derivative at the sample": Grad[mu](E[code](f(z))) == E[code](Grad[mu](f(z))),
}


@pytest.mark.parametrize("name", TRUE)
def test_pathwise_gradients_are_proved(name: str) -> None:
    assert judge(TRUE[name]).verdict == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_false_neighbours_are_never_proved(name: str) -> None:
    assert judge(FALSE[name]).verdict != "proved"


def test_what_may_be_differentiated_is_what_the_noise_averages() -> None:
    conditions = judge(TRUE["in the mean"]).conditions
    assert any("f(mu + s*eps)*N(eps; 0, 1)) may be differentiated in mu" in c for c in conditions)


def test_a_variance_of_unknown_sign_is_not_substituted() -> None:
    (v,) = symbols("v")
    unknown: Statement = Grad[mu](E[Normal(mu, v)(z)](f(z))) == E[noise](Grad[mu](f(mu + v ** Fraction(1, 2) * eps)))
    assert judge(unknown).verdict != "proved"


AVERAGED = E[p(x)](E[encoder](f(z))) == E[p(x)](E[noise](f(path)))


def test_a_mean_may_depend_on_what_is_averaged_around_it() -> None:
    assert judge(AVERAGED).verdict == "proved"
    assert judge(E[p(x)](E[encoder](f(z) * x)) == E[p(x)](E[noise](f(path)))).verdict == "refuted"


@pytest.mark.parametrize("other", ["x.7", "z.0", "eps.9"])
def test_a_shift_speaks_of_what_is_bound_around_it_alone(other: str) -> None:
    certificate = judge(AVERAGED).certificate
    assert certificate is not None
    data = json.loads(json.dumps(certificate.data).replace('"x.0"', f'"{other}"'))
    data["proof"]["moves"] = [
        [*m[:1], *certificate.data["proof"]["moves"][i][1:4], *m[4:]] for i, m in enumerate(data["proof"]["moves"])
    ]
    assert data["proof"]["moves"] != certificate.data["proof"]["moves"]
    data["digest"] = kernel.digest(data)
    with pytest.raises(kernel.Rejected):
        kernel.check(data)
