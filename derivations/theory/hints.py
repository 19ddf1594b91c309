"""Hints for inequalities: the non-negative terms that make up the difference of the two sides.

A hint is an idea, never evidence: the kernel checks that the terms are non-negative and add up.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from derivations.language.statements import Statement, encode
from derivations.language.terms import Index, Scalar, Term, Variable, term


def square(weight: Scalar, root: Scalar, over: Iterable[Index] = (), factor: Scalar = 1) -> list[Any]:
    """The term weight * root**2, summed over indices, times a factor."""
    return [encode(term(factor)), ["square", [encode(i) for i in over], encode(term(weight)), encode(term(root))]]


def gibbs(left: Scalar, right: Scalar, over: Iterable[Term] = (), factor: Scalar = 1) -> list[Any]:
    """The term left * log(left / right) - left + right, summed over indices and variables, times a factor."""
    return [encode(term(factor)), ["gibbs", [encode(i) for i in over], encode(term(left)), encode(term(right))]]


def nonnegative(value: Scalar, over: Iterable[Index | Variable] = (), factor: Scalar = 1) -> list[Any]:
    """A term that hypotheses and signs make non-negative, summed over indices or variables, times a factor."""
    return [encode(term(factor)), ["nonneg", [encode(i) for i in over], encode(term(value))]]


def choice(extremum: Term, parameters: Iterable[Term], body: Scalar) -> list[Any]:
    """What a function that an extremum ranges over is taken to be: its value at the parameters."""
    chosen = {"parameters": [encode(p)[1] for p in parameters], "body": encode(term(body))}
    return [encode(term(1)), ["extremum", [], encode(term(1)), encode(extremum), chosen]]


def value_at(extremum: Term, point: Variable) -> list[Any]:
    """That a supremum over points is at least the value at one of them; an infimum at most."""
    return [encode(term(1)), ["extremum", [], encode(term(1)), encode(extremum), encode(point)]]


def rayleigh(largest: Term, component: Scalar, factor: Scalar = 1) -> list[Any]:
    """The largest eigenvalue of a symmetric matrix S times u.u, less u.Su, for u given by its component at the row."""
    return [encode(term(factor)), ["Rayleigh", [], encode(largest), encode(term(component))]]


def cauchy_schwarz(left: Scalar, right: Scalar, over: Iterable[Index], factor: Scalar = 1) -> list[Any]:
    """The product of the lengths of two vectors, less their inner product, for their components at some indices."""
    parts = [encode(term(t)) for t in (left, right)]
    return [encode(term(factor)), ["Cauchy-Schwarz", [encode(i) for i in over], *parts]]


def atoms(*terms: list[Any]) -> dict[str, Any]:
    """The hint of a part of a claim."""
    return {"atoms": list(terms)}


def lemmas(*relations: Statement) -> dict[str, Any]:
    """The hint that inequalities are to be proved first, in this order, and then used."""
    return {"lemmas": [[r.relation, encode(r.left), encode(r.right)] for r in relations]}
