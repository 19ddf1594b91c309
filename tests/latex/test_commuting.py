"""Matrices are read as numbers, which commute: what holds only for these is not proved."""

import pytest

from derivations.check import check

MEAN = r"\mathbb{E}_{p(x)}"

ONLY_IF_THEY_COMMUTE = [
    r"$$A \mathbf{x} = \mathbf{x} A$$",
    rf"Let $A, B \in \mathbb{{R}}^{{d \times d}}$. $${MEAN}[A B x] = {MEAN}[B A x]$$",
    rf"$${MEAN}[\mathbf{{A}} \mathbf{{B}} \mathbf{{x}}] = {MEAN}[\mathbf{{B}} \mathbf{{A}} \mathbf{{x}}]$$",
    rf"$${MEAN}[f(A B x)] = {MEAN}[f(B A x)]$$",
    rf"$${MEAN}[A^{{-1}} B x] = {MEAN}[B A^{{-1}} x]$$",
    rf"$${MEAN}[A (B + C) x] = {MEAN}[(B + C) A x]$$",
    rf"$${MEAN}[(A B)^{{-1}} x] = {MEAN}[A^{{-1}} B^{{-1}} x]$$",
    rf"$${MEAN}[(A B)^2 x] = {MEAN}[A^2 B^2 x]$$",
    rf"$${MEAN}[(A + B)^2 x] = {MEAN}[(A^2 + 2 A B + B^2) x]$$",
    rf"$${MEAN}[\exp(A + B) x] = \exp(A) \exp(B) {MEAN}[x]$$",
    rf"$${MEAN}[e^{{A + B}} x] = e^A e^B {MEAN}[x]$$",
    rf"$${MEAN}[A B f(x)] = B {MEAN}[A f(x)]$$",
    r"$$\nabla_\theta \mathbb{E}_{\epsilon \sim \mathcal{N}(0, I)}[f(A B \epsilon + \theta)]"
    r" = \mathbb{E}_{\epsilon \sim \mathcal{N}(0, I)}[\nabla_\theta f(B A \epsilon + \theta)]$$",
]

IN_ANY_ORDER = [
    r"$$a \mathbf{x} = \mathbf{x} a$$",
    r"$$A (\mathbf{x} + \mathbf{y}) = A \mathbf{y} + A \mathbf{x}$$",
    rf"$${MEAN}[A B x] = A {MEAN}[B x]$$",
    rf"$${MEAN}[A (B x + C x)] = {MEAN}[A B x] + {MEAN}[A C x]$$",
    rf"$${MEAN}[(A + B)^{{-1}} x] = (A + B)^{{-1}} {MEAN}[x]$$",
    rf"$$\frac{{1}}{{N}} \frac{{1}}{{L}} {MEAN}[f(x)] = \frac{{1}}{{L N}} {MEAN}[f(x)]$$",
    rf"$$\frac{{A}}{{B}} C {MEAN}[f(x)] = \frac{{A C}}{{B}} {MEAN}[f(x)]$$",
    rf"$${MEAN}[\exp(A + B) f(x)] = \exp(A + B) {MEAN}[f(x)]$$",
    rf"$$a b {MEAN}[f(x)] = b a {MEAN}[f(x)]$$",
]


@pytest.mark.parametrize("text", ONLY_IF_THEY_COMMUTE)
def test_a_product_in_another_order_is_another_matrix(text: str) -> None:
    (step,) = check(text).steps
    assert step.verdict != "proved"
    assert "commute" in step.message


@pytest.mark.parametrize("text", IN_ANY_ORDER)
def test_what_keeps_the_order_is_proved(text: str) -> None:
    (step,) = check(text).steps
    assert step.verdict == "proved", step.message
