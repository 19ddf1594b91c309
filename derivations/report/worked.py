"""A counterexample worked out: the model in formulas, and every part of both sides computed in it.

Main definitions: `Worked`, `worked`.  Values come from the refuter's evaluator, in exact numbers where they are.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq

from derivations.judge import Verdict
from derivations.language import Statement
from derivations.language.printing import name_latex
from derivations.language.statements import encode
from derivations.language.terms import Term, Variable, number, walk
from derivations.refuter.comparison import Comparison
from derivations.refuter.counterexamples import decimal_enclosure
from derivations.refuter.fields import PI, DoesNotExist, LogSum, Unsupported
from derivations.refuter.interchange import model_from_json
from derivations.refuter.intervals import Interval
from derivations.refuter.models import Model, Space
from derivations.refuter.signature import Signature
from derivations.report.mathematics import MathError, parse
from derivations.report.numbers import measured
from derivations.report.prose import Formula, term_formula
from derivations.report.setting import written

__all__ = ["Row", "Worked", "worked"]

MOST_ENTRIES = 16


@dataclass(frozen=True)
class Row:
    """A part of a side, how it is computed (None where that is not short), and its value."""

    term: Formula
    sum: Formula | None
    value: Formula
    total: bool = False


@dataclass(frozen=True)
class Worked:
    """The model, as formulas; where the free variables are; the parts of both sides with their values.

    *relation* is what both values would have to satisfy, as in ``0 = log 4``.
    """

    model: tuple[Formula, ...]
    place: Formula | None
    left: tuple[Row, ...]
    right: tuple[Row, ...]
    relation: Formula
    reason: str = ""


def worked(verdict: Verdict) -> Worked | None:
    """The counterexample of a refuted statement, worked out; None where its model has no short form."""
    if verdict.counterexample is None:
        return None
    statement = verdict.statement
    data = json.loads(json.dumps(statement.json()))
    try:
        model = model_from_json(Signature.of(data), verdict.counterexample.model)
        bench = _Bench(statement, data, model)
        place = bench.violated()
        if place is None:
            return None
        sides = [bench.side(side, place) for side in (statement.left, statement.right)]
    except (Unsupported, DoesNotExist, LookupError, ValueError, MathError):
        return None  # the words of the counterexample remain, and the report shows them instead
    values = [side[-1].value.text for side in sides]
    sources = [side[-1].value for side in sides]
    signs = {"<=": r"\le", ">=": r"\ge", "!=": r"\ne"}
    said = f"{values[0]} {statement.relation} {values[1]}"
    relation = _formula(
        f"{_bare(sources[0])} {signs.get(statement.relation, statement.relation)} {_bare(sources[1])}", said
    )
    free = [_formula(f"{name_latex(v)} = {_number(bench.coordinate(v, p))}", f"{v} = {p}") for v, p in place.items()]
    where = _formula(r",\; ".join(_bare(f) for f in free), ", ".join(f.text for f in free)) if free else None
    return Worked(bench.described(), where, sides[0], sides[1], relation)


class _Bench:
    """A model in which the parts of one statement are evaluated."""

    def __init__(self, statement: Statement, data: dict[str, Any], model: Model) -> None:
        self.statement, self.data, self.model = statement, data, model
        self.signature = model.signature

    def violated(self) -> dict[str, Any] | None:
        """The points of the free variables at which the sides contradict the relation."""
        comparison = Comparison(self.signature, self.data["relation"], self.data["lhs"], self.data["rhs"])
        found = comparison.falsified(self.model)
        return None if found is None else dict(zip(comparison.variables, found.assignment, strict=True))

    def coordinate(self, variable: str, point: Any) -> fmpq:
        """The number that a point of a variable's space stands for."""
        return self.model.spaces[self.signature.variable_space(variable)].values[point]

    def value(self, term: Term, place: dict[str, Any]) -> Any:
        """The value of a part at points of its free variables, exact where it is."""
        comparison = Comparison(self.signature, "=", encode(term), ["num", "0"])
        return comparison.enclosures(self.model, tuple(place[v] for v in comparison.variables))[0]

    def side(self, side: Term, place: dict[str, Any]) -> tuple[Row, ...]:
        """The summands of a side and its total."""
        summands = list(side.args) if side.head == "add" else [side]
        found = []
        for summand in summands:
            core = _core(summand)
            if core.head in ("num", "const") and len(summands) > 1:
                continue
            found.append(Row(term_formula(core), self.expanded(core, place), _shown(self.value(core, place))))
        if len(summands) == 1 and _core(side) is side:
            last = found[-1]
            return (Row(last.term, last.sum, last.value, total=True),)
        return (*found, Row(term_formula(side), None, _shown(self.value(side, place)), total=True))

    def expanded(self, term: Term, place: dict[str, Any]) -> Formula | None:
        """A divergence or an expectation over a few points as the sum that a person would write."""
        if term.head not in ("KL", "E") or len(term.args[0]) != 1:
            return None
        (variable,) = term.args[0]
        if variable.shape:
            return None
        space = self.model.spaces[self.signature.variable_space(variable.name)]
        parts, said = [], []
        for point, weight in enumerate(space.weights):
            here = {**place, variable.name: point}
            if self.value(term.args[1], here) == 0:
                continue
            mass = _fraction(self.value(term.args[1], here)) * _fraction(weight)
            if term.head == "KL":
                inside = self.value(term.args[1], here), self.value(term.args[2], here)
                ratio = _fraction(inside[0]), _fraction(inside[1])
                if ratio[1] == 0:
                    return None
                parts.append(rf"{_times(mass)}\log\frac{{{_flat(ratio[0])}}}{{{_flat(ratio[1])}}}")
                said.append(f"{mass} log({ratio[0]}/({ratio[1]}))")
            elif term.args[2].head == "log":
                inner = _fraction(self.value(term.args[2].args[0], here))
                parts.append(rf"{_times(mass)}\log {_number(inner)}")
                said.append(f"{mass} log({inner})")
            else:
                return None
        return _formula("+".join(parts) or "0", " + ".join(said) or "0")

    def described(self) -> tuple[Formula, ...]:
        """The model: the points of each slot, the densities of each law, the values of symbols and functions."""
        if self.signature.lines or self.model.polynomials:
            raise MathError("a model on the real line has no short table")
        found: list[Formula] = []
        for slot, name in sorted(self.signature.space.items()):
            space = self.model.spaces[name]
            points = ", ".join(_number(v) for v in space.values)
            found.append(
                _formula(
                    rf"{name_latex(slot)} \in \{{{points}\}}", f"{slot} in {{{', '.join(map(str, space.values))}}}"
                )
            )
            if not space.counting:
                weights = ", ".join(_number(w) for w in space.weights)
                found.append(
                    _formula(rf"\text{{base weights of }} {name_latex(slot)}: {weights}", f"weights of {slot}")
                )
        for law, key in sorted(self.model.laws):
            if key:
                raise MathError("a law with parameters has no short table")
            found += self._densities(law)
        for symbol, value in sorted(self.model.symbols.items()):
            shown = r"(" + ", ".join(map(_number, value)) + ")" if isinstance(value, tuple) else _number(value)
            found.append(_formula(f"{name_latex(symbol)} = {shown}", f"{symbol} = {value}"))
        for function, table in sorted(self.model.functions.items()):
            for key, value in sorted(table.items()):
                arguments = ", ".join(_number(Fraction(k).limit_denominator(10**6)) for k in key)
                found.append(
                    _formula(f"{name_latex(function)}({arguments}) = {_number(value)}", f"{function} = {value}")
                )
        if len(found) > MOST_ENTRIES:
            raise MathError("the model is too large for a list of formulas")
        return tuple(found)

    def _densities(self, law: str) -> Iterator[Formula]:
        """The values of a law: of its only conditional density if the statement knows no other, else of the joint."""
        sides = (self.statement.left, self.statement.right, self.statement.equality, self.statement.given)
        known = {t for t in walk(sides) if t.head == "den" and t.args[0].name == law}
        patterns = {tuple(tuple(slot for slot, _ in part) for part in t.args[1:]) for t in known}
        targets, given = patterns.pop() if len(patterns) == 1 else (tuple(self.signature.laws[law]), ())
        owners = {facts["slot"]: name for name, facts in self.signature.variables.items()}
        slots = {slot: Variable("var", owners[slot], "unknown", slot, ()) for slot in (*targets, *given)}
        density = Term(
            "den",
            next(iter(known)).args[0],
            tuple((slot, slots[slot]) for slot in targets),
            tuple((slot, slots[slot]) for slot in given),
        )
        ranges = [range(len(self.space(slots[slot]).values)) for slot in (*given, *targets)]
        for points in itertools.product(*ranges):
            place = {slots[slot].name: p for slot, p in zip((*given, *targets), points, strict=True)}
            try:
                value = self.value(density, place)
            except DoesNotExist:  # conditioned on an event of probability zero
                continue
            inside = self._points([slots[slot] for slot in targets], place)
            if given:
                inside += rf" \mid {self._points([slots[slot] for slot in given], place)}"
            yield _formula(f"{name_latex(law)}({inside}) = {_number(value)}", f"{law}: {value}")

    def space(self, variable: Variable) -> Space:
        """The space over which a variable ranges; raises MathError for a vector."""
        if self.signature.variables[variable.name]["shape"]:
            raise MathError("a vector has no short table")
        return self.model.spaces[self.signature.variable_space(variable.name)]

    def _points(self, variables: Sequence[Variable], place: dict[str, Any]) -> str:
        values = [_number(self.space(v).values[place[v.name]]) for v in variables]
        return ", ".join(f"{name_latex(v.slot)}{{=}}{n}" for v, n in zip(variables, values, strict=True))


def _core(summand: Term) -> Term:
    """A summand without the number in front of it."""
    if summand.head == "mul" and number(summand.args[0]) is not None and len(summand.args) == 2:
        return summand.args[1]
    return summand


def _fraction(value: Any) -> Fraction:
    if isinstance(value, LogSum) and not value.logs:
        value = value.rational
    if not isinstance(value, fmpq):
        raise ValueError("this value is no fraction")
    return Fraction(int(value.p), int(value.q))


def _number(value: Any) -> str:
    value = value if isinstance(value, Fraction) else _fraction(value)
    if value.denominator == 1:
        return str(value.numerator)
    sign = "-" if value < 0 else ""
    return rf"{sign}\tfrac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def _flat(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


def _times(mass: Fraction) -> str:
    return "" if mass == 1 else rf"{_number(mass)}\cdot "


def _shown(value: Any) -> Formula:
    """A value: exact where that is short, and as a decimal."""
    if isinstance(value, LogSum) and not value.logs:
        value = value.rational
    if isinstance(value, fmpq):
        return _formula(_number(value), str(value))
    if isinstance(value, Interval):
        return Formula(str(value), None)
    middle, radius = decimal_enclosure(value)
    decimal = measured({"mid": middle, "rad": radius}, 5).value
    if isinstance(value, LogSum) and len(value.logs) <= 3 and PI not in value.logs:
        exact = _logarithms(value)
        return _formula(rf"{exact} \approx {decimal}", decimal)
    return _formula(decimal, decimal)


def _logarithms(value: LogSum) -> str:
    r"""A sum of logarithms as a formula, for instance ``\log 4``."""
    argument = Fraction(1)
    whole = all(c.q == 1 and abs(c) <= 8 for c in value.logs.values())
    if whole and value.rational == 0:
        for n, c in value.logs.items():
            argument *= Fraction(int(n)) ** int(c.p)
        if argument.denominator == 1:
            return rf"\log {argument.numerator}"
        return rf"\log\tfrac{{{argument.numerator}}}{{{argument.denominator}}}"
    out = _number(value.rational) if value.rational != 0 else ""
    for n, c in value.logs.items():
        sign = "-" if c < 0 else "+" if out else ""
        out += rf"{sign}{'' if abs(c) == 1 else _number(abs(c))}\log {n}"
    return out


def _formula(source: str, said: str) -> Formula:
    return Formula(said, parse(source))


def _bare(formula: Formula) -> str:
    if formula.tree is None:
        raise MathError(formula.text)
    return written(formula.tree).split(r"\approx")[0]
