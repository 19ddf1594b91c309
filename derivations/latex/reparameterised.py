"""Reparameterisation: ``E_{q(z|x)}[f(z)] = E_{p(eps)}[f(g(eps, x))]`` says which law q is, where nothing else does.

Main definitions: `Reparameterised`, `reparameterised`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from derivations.language.statements import Statement
from derivations.language.terms import LanguageError, Term, Variable, replace, walk

NOISE = frozenset(("epsilon", "varepsilon", "eps", "xi", "eta", "u", "noise"))


@dataclass(frozen=True)
class Reparameterised:
    """An open law taken for that of a function of noise, and the statement with it."""

    law: Term
    image: Term
    noise: Variable
    density: Term
    statement: Statement

    @property
    def words(self) -> str:
        """What is taken for granted, as it is shown."""
        return f"{self.law!r} is the law of {self.image!r} with {self.noise.name} ~ {self.density!r}"

    @property
    def made(self) -> tuple[Term, str]:
        """The law, and what it is made of whatever the noise is called."""
        noise = Variable("var", "noise", self.noise.kind, "noise", self.noise.shape)
        image, density = (replace(t, self.noise, noise) for t in (self.image, self.density))
        return self.law, f"{image!r} with {density!r}"


def reparameterised(statement: Statement) -> Reparameterised | None:
    """The statement with an open law as that of a function of noise, if it compares the two.

    The law is that of one variable z; where a function or density takes z under it, the same takes g(eps) under the
    noise: a function with a name of its own, or a formula if the noise is called so or normal.  What is averaged with
    the law is averaged with the noise instead.
    """
    sides = (statement.left, statement.right)
    averages = list(dict.fromkeys(t for side in sides for t in walk(side) if t.head == "E"))
    for average in averages:
        (z, *others), law, _ = average.args
        if others or law.head != "den" or len(law.args[1]) != 1 or not isinstance(z, Variable):
            continue
        behind = {t for _, t in law.args[2]}
        for noise in averages:
            (eps, *more), density, _ = noise.args
            known = not more and density.head in ("den", "normal") and density is not law
            if not known or not isinstance(eps, Variable) or eps.slot == z.slot:
                continue
            images = set(_images(sides, z, eps))
            if len(images) != 1:
                continue
            (image,) = images
            if image.head != "fn" and (image is eps or not (density.head == "normal" or eps.slot in NOISE)):
                continue
            inside = {t for t in (*walk(image), *walk(density)) if isinstance(t, Variable)}
            if inside - {eps} <= behind | _free(statement):
                left, right = (_moved(side, law, z, image, eps, density) for side in sides)
                with suppress(LanguageError):  # a density at what is no variable may be beyond the language
                    moved = Statement(statement.relation, left, right, (), statement.given)
                    return Reparameterised(law, image, eps, density, moved)
    return None


def _images(sides: tuple[Term, Term], z: Variable, eps: Variable) -> Iterator[Term]:
    """What functions and densities take in the place of z, and that speaks of the noise."""
    taken: dict[tuple[Any, ...], list[Term]] = {}
    for side in sides:
        for t in walk(side):
            for place, argument in _arguments(t):
                taken.setdefault(place, []).append(argument)
    for arguments in taken.values():
        if any(a is z for a in arguments):
            yield from (a for a in arguments if any(u is eps for u in walk(a)))


def _arguments(t: Term) -> Iterator[tuple[tuple[Any, ...], Term]]:
    """The arguments of a function or a density, each with the place that it takes."""
    if t.head == "fn":
        name, _, arguments = t.args
        yield from (((name, n), a) for n, a in enumerate(arguments))
    elif t.head == "den":
        law, targets, given = t.args
        yield from (((law, part, slot), a) for part, filled in enumerate((targets, given)) for slot, a in filled)


def _free(statement: Statement) -> set[Variable]:
    """The variables of a statement that none of its averages and integrals binds."""
    sides = (statement.left, statement.right)
    bound = {v for side in sides for t in walk(side) if t.head in ("E", "int") for v in t.args[0]}
    return {v for side in sides for v in walk(side) if isinstance(v, Variable)} - bound


def _moved(t: Any, law: Term, z: Variable, image: Term, eps: Variable, density: Term) -> Any:
    """A term in which what is averaged under a law is averaged under the noise."""
    if isinstance(t, tuple):
        moved = tuple(_moved(a, law, z, image, eps, density) for a in t)
        return t if all(a is b for a, b in zip(moved, t, strict=True)) else moved
    if not isinstance(t, Term):
        return t
    arguments = _moved(t.args, law, z, image, eps, density)
    if t.head == "E" and t.args[1] is law:
        return Term("E", (eps,), density, replace(arguments[2], z, image))
    return t if arguments is t.args else Term.__new__(type(t), t.head, *arguments)
