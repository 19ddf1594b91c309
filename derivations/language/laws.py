"""Laws and the densities they give.

A law is one joint density over all the variables it is used with: p(x), p(z), p(x | z) and p(x, z) come from the same
law p.  An atom remembers which *slot* each argument fills, so p(z') and p(z = g(eps)) are the density of z elsewhere.
"""

from __future__ import annotations

from typing import Any

from derivations.language.terms import (
    Given,
    Index,
    LanguageError,
    Scalar,
    Term,
    Variable,
    at,
    number,
    shape,
    term,
)


class Law(Term):
    """A law by name: ``args = (name, parameters)``.  Calling it gives a density, indexing it gives it parameters.

    >>> from derivations.language import symbols, variables
    >>> p = Law("law", "p", ())
    >>> x, z = variables("x z")
    >>> (theta,) = symbols("theta")
    >>> p(x | z), p[theta](x, z)
    (p(x | z), p[theta](x, z))
    """

    __slots__ = ()

    name = property(lambda self: self.args[0])
    parameters = property(lambda self: self.args[1])

    def __getitem__(self, parameters: Any) -> Law:
        values = parameters if isinstance(parameters, tuple) else (parameters,)
        return Law("law", self.name, tuple(term(v) for v in values))

    def __call__(
        self, *arguments: Scalar | Given, given: tuple[Term, ...] | dict[str, Scalar] = (), **slots: Scalar | Given
    ) -> Term:
        """The density at the arguments: ``p(x | z)``, or by slot, ``p(z=g(eps))`` and ``p(z=g(eps) | x)``.

        What stands behind the bar is conditioned on; *given* says the same without a bar, as variables or by slot.
        """
        left: list[tuple[str, Term]] = []
        right: list[tuple[str, Term]] = []
        side = left
        for slot, argument in [("", a) for a in arguments] + list(slots.items()):
            parts = (argument.targets, argument.given) if isinstance(argument, Given) else ((argument,), ())
            for value in parts[0]:
                side.append((slot or self._slot(value), term(value)))
            if parts[1]:
                side = right
                right += [(self._slot(value), value) for value in parts[1]]
        if isinstance(given, dict):
            right += [(slot, term(value)) for slot, value in given.items()]
        else:
            right += [(self._slot(value), value) for value in given]
        return density(self, left, right)

    def _slot(self, argument: Any) -> str:
        if isinstance(argument, Variable):
            return argument.slot
        if isinstance(argument, Term) and argument.head == "at" and isinstance(argument.args[0], Variable):
            return argument.args[0].slot
        raise LanguageError(
            f"{self.name}({argument!r}): {argument!r} is no variable, so its slot is unknown; "
            f"name the slot, as in {self.name}(z={argument!r})"
        )


def density(law: Law, targets: list[tuple[str, Term]], given: list[tuple[str, Term]]) -> Term:
    """The density of a law at slots, given other slots; a slot may appear only once."""
    slots = {slot for slot, _ in targets} | {slot for slot, _ in given}
    if len(slots) < len(targets) + len(given):
        names = [slot for slot, _ in targets + given]
        double = next(name for name in names if names.count(name) > 1)
        raise LanguageError(
            f"{_written(law, targets, given)} fills the slot {double!r} twice; write a copy for the second one, "
            f'as in {double}2 = {double}.copy("{double}\'"), or give it a slot of its own'
        )
    if not targets:
        raise LanguageError(f"{_written(law, targets, given)} has no variable to be a density of; write {law!r}(x)")
    return Term("den", law, tuple(sorted(targets)), tuple(sorted(given)))


def _written(law: Law, targets: list[tuple[str, Term]], given: list[tuple[str, Term]]) -> str:
    inside = ", ".join(repr(t) for _, t in targets)
    behind = ", ".join(repr(t) for _, t in given)
    return f"{law!r}({inside}{' | ' + behind if given else ''})"


def laws(names: str) -> tuple[Law, ...]:
    """Laws by name, separated by spaces.

    >>> laws("p q")
    (p, q)
    """
    return tuple(Law("law", name, ()) for name in names.split())


class Normal:
    """The normal law with a mean and a variance; for a vector variable, independent components.

    ``Normal(m, v)(x)`` is its density at x: (2 pi v)^(-1/2) exp(-(x - m)^2 / (2 v)).  A vector variable of shape
    ``(K,)`` has the diagonal covariance ``diag(v)``; mean and variance may be vectors of that shape or numbers.

    >>> from derivations.language import variables
    >>> (z,) = variables("z", kind="continuous")
    >>> Normal(0, 1)(z)
    N(z; 0, 1)
    """

    def __init__(self, mean: Scalar, variance: Scalar) -> None:
        self.mean, self.variance = term(mean), term(variance)
        n = number(self.variance)
        if n is not None and n <= 0:
            raise LanguageError(f"Normal({mean}, {variance}): the variance must be positive")

    def __call__(self, point: Scalar) -> Term:
        point = term(point)
        dimensions = shape(point)
        if not dimensions:
            if shape(self.mean) or shape(self.variance):
                raise LanguageError(
                    f"Normal({self.mean!r}, {self.variance!r}) has vector parameters, {point!r} is a number; "
                    f'declare it as variables("{point!r}", shape=(K,))'
                )
            return Term("normal", point, self.mean, self.variance)
        if len(dimensions) > 1:
            raise LanguageError(f"{point!r} has {len(dimensions)} dimensions; a normal law here takes a vector")
        for parameter in (self.mean, self.variance):
            if shape(parameter) not in ((), dimensions):
                raise LanguageError(f"{parameter!r} has shape {shape(parameter)}, {point!r} has shape {dimensions}")
        k = Index("idx", "k", term(1), dimensions[0])
        return Term("prod", k, Term("normal", at(point, k), at(self.mean, k), at(self.variance, k)))


class Minibatch:
    """A uniformly drawn subset of M out of N, without replacement, told by its indicators.

    ``Minibatch(M)(b)`` is the probability of the vector b of N components, of which M are one and the others zero: all
    such vectors have the same.  So ``b[i]`` is one if the i-th datum is in the minibatch, and zero if not.

    >>> from derivations.language import symbols, variables
    >>> N, M = symbols("N M", sign="positive")
    >>> (b,) = variables("b", kind="discrete", shape=(N,))
    >>> Minibatch(M)(b)
    Minibatch(M)(b)
    """

    def __init__(self, size: Scalar) -> None:
        self.size = term(size)

    def __call__(self, indicators: Term) -> Term:
        if not isinstance(indicators, Variable) or indicators.kind != "discrete" or len(indicators.shape) != 1:
            raise LanguageError(
                f"Minibatch({self.size!r})({indicators!r}) needs a discrete vector with a component for each datum; "
                'declare it as variables("b", kind="discrete", shape=(N,))'
            )
        return Term("minibatch", indicators, self.size)


def targets(value: Term) -> tuple[Term, ...]:
    """The variables that a density is a density of; raises for a term that is none."""
    found = _targets(value)
    if found is None:
        raise LanguageError(
            f"{value!r} is not a density, and a density is needed here; write one such as q(z | x), "
            "Normal(0, 1)(z), or a mixture (p(x) + q(x)) / 2"
        )
    return found


def _targets(value: Term) -> tuple[Term, ...] | None:
    if value.head == "den":
        return tuple(t for _, t in value.args[1])
    if value.head in ("gaussian", "minibatch"):
        return (value.args[0],)
    if value.head == "normal":
        return (value.args[0],) if isinstance(value.args[0], Variable) else None
    if value.head == "prod" and value.args[1].head == "normal" and value.args[1].args[0].head == "at":
        return (value.args[1].args[0].args[0],)
    if value.head == "prod" and value.args[1].head == "den" and len(value.args[1].args[1]) == 1:
        point = value.args[1].args[1][0][1]
        return (point.args[0],) if point.head == "at" and point.args[1] is value.args[0] else None
    if value.head == "add":
        parts = [_targets(a) for a in value.args]
        if all(p is not None and set(p) == set(parts[0] or ()) for p in parts):
            return parts[0]
    if value.head == "mul":
        factors = [p for p in (_targets(a) for a in value.args if number(a) is None) if p is not None]
        bound: tuple[Term, ...] = ()
        for factor in factors:
            if set(bound) & set(factor):
                return None
            bound += factor
        return bound or None
    return None
