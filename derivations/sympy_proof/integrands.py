"""Proof at the level of integrands: positive symbols for density values, normalisation, direct integration."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from functools import cache
from typing import Any

from derivations.sympy_proof.definitions import Data, Undecided, law_name, unfold

Piece = tuple[tuple[Any, ...], Any]  # bound variables, integrand

_NORMAL = "normal density"
_ASSUMPTIONS = {
    "real": {"real": True},
    "nonnegative": {"nonnegative": True},
    "positive": {"positive": True},
    "nonzero": {"real": True, "nonzero": True},
    "unit": {"nonnegative": True},
}


def by_integrands(difference: Data, data: Data) -> str:
    level = Integrands(data)
    residual = level.normal_form(level.pieces(difference, {}))
    for bound, value in residual.items():
        if not _vanishes(level.explicit(value)):
            under = f" under the integral over {', '.join(map(str, bound))}" if bound else ""
            raise Undecided(f"integrands: {value} is left{under}")
    ways = ["integrands: the difference vanishes after expanding logarithms"]
    if level.marginalised:
        ways.append("integrating out normalised densities")
    if level.integrated:
        ways.append("integrating normal densities over the line")
    return ", ".join(ways[:-1]) + (" and " if len(ways) > 1 else "") + ways[-1]


class Integrands:
    """Terms as sums of integrals over positive symbols.  A density is an applied undefined function of its points."""

    def __init__(self, data: Data) -> None:
        import sympy

        self.sympy = sympy
        self.declared = data["declare"]
        self.count = itertools.count(1)
        self.marginals: dict[str, tuple[Any, tuple[str, ...]]] = {}
        self.products: dict[str, tuple[Any, ...]] = {}
        self.marginalised = self.integrated = False
        self.rules: dict[str, list[tuple[dict[str, Data], Data]]] = {}
        self.depth = 0
        for hypothesis in data["given"]:
            self._suppose(hypothesis)

    def _suppose(self, hypothesis: Data) -> None:
        """Read an equation with a joint or marginal density alone on one side as a rule that replaces it.

        Its variables stand for all points.  Other hypotheses are not used, which is weaker.
        """
        if hypothesis[0] != "=":
            return
        for side, other in (hypothesis[1:], hypothesis[:0:-1]):
            if side[0] == "den" and not side[3]:
                slots = tuple(sorted(slot for slot, _ in side[2]))
                self.rules.setdefault(f"{side[1]}{slots}", []).append((dict(side[2]), unfold(other)))
                return

    def supposed(self, law: Data, slots: tuple[str, ...], points: dict[str, Any]) -> Any | None:
        """What a hypothesis says a density at these points is, or None."""
        for pattern, other in self.rules.get(f"{law}{slots}", []):
            env: dict[str, Any] = {}
            fits = all(
                env.setdefault(t[1], points[slot]) == points[slot]
                if t[0] == "var"
                else self.value(t, {}) == points[slot]
                for slot, t in pattern.items()
            )
            if fits:
                self.depth += 1
                if self.depth > 10:
                    raise Undecided("the hypotheses replace densities in a circle")
                value = self.value(other, env)
                self.depth -= 1
                return value
        return None

    # Evaluation

    def pieces(self, t: Data, env: dict[str, Any]) -> list[Piece]:
        """The term as a sum of integrals, each with bound variables of its own."""
        head = t[0]
        if head == "add":
            return [piece for a in t[1:] for piece in self.pieces(a, env)]
        if head == "mul":
            made: list[Piece] = [((), self.sympy.Integer(1))]
            for factor in t[1:]:
                made = [(b + c, m * n) for (b, m), (c, n) in itertools.product(made, self.pieces(factor, env))]
            return made
        if head == "int":
            own = {v[1]: self.point(v[1], f"{v[1]}_{next(self.count)}") for v in t[1]}
            return [(b + tuple(own.values()), m) for b, m in self.pieces(t[2], env | own)]
        return [((), self.scalar(t, env))]

    def value(self, t: Data, env: dict[str, Any]) -> Any:
        """The term as one expression without a bound variable."""
        form = self.normal_form(self.pieces(t, env))
        if any(bound and value != 0 for bound, value in form.items()):
            raise Undecided(f"integrands: an integral inside {t[0]!r} has no value in terms of marginals")
        return form.get((), self.sympy.Integer(0))

    def point(self, name: str, written: str) -> Any:
        if self.declared["variables"][name]["shape"]:
            return self.sympy.IndexedBase(written, real=True)
        return self.sympy.Symbol(written, real=True)

    def scalar(self, t: Data, env: dict[str, Any]) -> Any:
        sympy, head = self.sympy, t[0]
        if head == "num":
            return sympy.Rational(t[1])
        if head == "const" and t[1] == "pi":
            return sympy.pi
        if head == "sym":
            facts = self.declared["symbols"][t[1]]
            made = sympy.IndexedBase if facts["shape"] else sympy.Symbol
            return made(f"{t[1]}", **_ASSUMPTIONS[facts["sign"]])
        if head == "var":
            return env[t[1]] if t[1] in env else self.point(t[1], t[1])
        if head == "idx":
            return sympy.Symbol(t[1], integer=True, positive=True)
        if head == "at":
            return self.scalar(t[1], env)[self.scalar(t[2], env)]
        if head == "den":
            given = {slot: self.value(a, env) for slot, a in t[3]}
            joint = given | {slot: self.value(a, env) for slot, a in t[2]}
            return self.marginal(t[1], joint) / self.marginal(t[1], given)
        if head == "normal":
            return sympy.Function(_NORMAL, positive=True)(*(self.value(a, env) for a in t[1:]))
        if head == "log":
            return self.log(self.value(t[1], env))
        if head == "exp":
            return sympy.exp(self.explicit(self.value(t[1], env)))
        if head == "abs":
            return sympy.Abs(self.value(t[1], env))
        if head == "pow":
            base, exponent = self.value(t[1], env), sympy.Rational(t[2])
            if base == 0 and exponent <= 0:
                raise Undecided("a division by zero")
            return sympy.factor(base) ** exponent if base.is_Add else base**exponent
        if head == "fn":
            facts = _ASSUMPTIONS[self.declared["functions"][t[1]]["range"]]
            return sympy.Function(t[1], **facts)(*(self.value(a, env) for a in t[2]))
        if head in ("sum", "prod"):
            return self.ranged(t, env)
        raise Undecided(f"integrands: {head!r} is not treated")

    def ranged(self, t: Data, env: dict[str, Any]) -> Any:
        """A sum or product over an index; a product of normal densities of the components of one point is an atom."""
        sympy = self.sympy
        facts = self.declared["indices"][t[1][1]]
        k = self.scalar(t[1], env)
        limits = (k, self.value(facts["lower"], env), self.value(facts["upper"], env))
        body = self.value(t[2], env)
        if t[0] == "sum":
            return sympy.Sum(body, limits)
        if body.func.__name__ == _NORMAL and isinstance(body.args[0], sympy.Indexed) and body.args[0].indices == (k,):
            whole, (_, mean, variance) = body.args[0].base, body.args
            if not mean.has(whole) and not variance.has(whole):
                name = f"product of normal densities ({mean}, {variance}, {limits})"
                self.products[name] = (mean, variance, limits)
                return sympy.Function(name, positive=True)(whole)
        return sympy.Product(body, limits)

    def marginal(self, law: Data, points: dict[str, Any]) -> Any:
        """The marginal density of a law at points, given by slot; 1 for no slot."""
        if not points:
            return self.sympy.Integer(1)
        slots = tuple(sorted(points))
        if (value := self.supposed(law, slots, points)) is not None:
            return value
        name = f"{law_name(law)}({', '.join(slots)})"
        self.marginals[name] = (law, slots)
        return self.sympy.Function(name, positive=True)(*(points[s] for s in slots))

    def log(self, value: Any) -> Any:
        """The logarithm, split over the factors that are known to be positive."""
        sympy = self.sympy
        if value.is_number and not value.is_positive:
            raise Undecided(f"the logarithm of {value}")
        total, rest = sympy.Integer(0), sympy.Integer(1)
        for factor in sympy.Mul.make_args(sympy.factor(sympy.together(value))):
            base, exponent = factor.as_base_exp()
            name = base.func.__name__
            if base.is_Rational and base.is_positive:
                primes = sympy.factorrat(base)
                total += exponent * sum((n * sympy.log(prime) for prime, n in primes.items() if prime != 1), 0)
            elif name == _NORMAL:
                total += exponent * self.log_normal(*base.args)
            elif name in self.products:
                mean, variance, (k, lower, upper) = self.products[name]
                total += exponent * sympy.Sum(self.log_normal(base.args[0][k], mean, variance), (k, lower, upper))
            elif isinstance(factor, sympy.exp):
                total += factor.args[0]
            elif base.is_positive:
                total += exponent * sympy.log(base)
            else:
                rest *= factor
        return total + (sympy.log(rest) if rest != 1 else 0)

    def log_normal(self, point: Any, mean: Any, variance: Any) -> Any:
        sympy = self.sympy
        return -((point - mean) ** 2) / (2 * variance) - (self.log(2 * sympy.pi) + self.log(variance)) / 2

    def explicit(self, value: Any) -> Any:
        """The expression with the normal densities written out."""
        sympy = self.sympy
        normal = sympy.Function(_NORMAL, positive=True)
        return value.replace(
            normal, lambda x, m, v: sympy.exp(-((x - m) ** 2) / (2 * v)) / sympy.sqrt(2 * sympy.pi * v)
        )

    # Integration

    def normal_form(self, pieces: Iterable[Piece]) -> dict[tuple[Any, ...], Any]:
        """The integrals that are left, by bound variables, after integrating out what can be."""
        form: dict[tuple[Any, ...], Any] = {}
        todo = [(bound, m) for bound, value in pieces for m in self.sympy.Add.make_args(self.sympy.expand(value))]
        while todo:
            bound, monomial = todo.pop()
            done = self.integrate_one(bound, monomial)
            if done is None:
                bound, monomial = self.renamed(bound, monomial)
                form[bound] = form.get(bound, 0) + monomial
            else:
                bound, value = done
                todo += [(bound, m) for m in self.sympy.Add.make_args(self.sympy.expand(value))]
        return {bound: self.sympy.expand(value) for bound, value in form.items()}

    def integrate_one(self, bound: tuple[Any, ...], monomial: Any) -> Piece | None:
        """The monomial with one bound variable integrated out, or None if there is none that can be."""
        sympy = self.sympy
        factors = sympy.Mul.make_args(monomial)
        for v in bound:
            mine = [f for f in factors if f.has(v)]
            rest = sympy.Mul(*(f for f in factors if not f.has(v)))
            left = tuple(u for u in bound if u != v)
            if len(mine) == 1 and mine[0].func.__name__ in self.marginals:
                law, slots = self.marginals[mine[0].func.__name__]
                points = dict(zip(slots, mine[0].args, strict=True))
                fitting = [s for s, a in points.items() if a == v]
                if len(fitting) == 1 and not any(a.has(v) for s, a in points.items() if s != fitting[0]):
                    self.marginalised = True
                    return left, rest * self.marginal(law, {s: a for s, a in points.items() if s != fitting[0]})
            densities = [f for f in mine if f.func.__name__ == _NORMAL and f.args[0] == v]
            if len(densities) == 1 and not any(a.has(v) for a in densities[0].args[1:]):
                body = sympy.Mul(*(f for f in mine if f is not densities[0]))
                return left, rest * self.gaussian(body, v, *densities[0].args[1:])
            wholes = [f for f in mine if f.func.__name__ in self.products]
            if len(wholes) == 1:
                value = self.componentwise(v, wholes[0], [f for f in mine if f is not wholes[0]])
                if value is not None:
                    return left, rest * value
        return None

    def gaussian(self, body: Any, v: Any, mean: Any, variance: Any) -> Any:
        """The integral over the line of the normal density times a polynomial, by z = mean + sqrt(variance) t."""
        sympy = self.sympy
        if not variance.is_positive:
            raise Undecided(f"the variance {variance} is not known to be positive")
        t = sympy.Symbol("t", real=True)
        shifted = sympy.expand(body.subs(v, mean + sympy.sqrt(variance) * t))
        if not shifted.is_polynomial(t):
            raise Undecided(f"integrands: a normal density times {body} is not integrated")
        self.integrated = True
        terms = sympy.Poly(shifted, t).terms() if shifted.has(t) else [((0,), shifted)]
        return sum((c * _standard_moment(n) for (n,), c in terms), sympy.Integer(0))

    def componentwise(self, v: Any, whole: Any, others: list[Any]) -> Any | None:
        """The integral of a product of normal densities times 1, or times one sum over the components."""
        sympy = self.sympy
        mean, variance, limits = self.products[whole.func.__name__]
        k = limits[0]
        if not others:
            return self.gaussian(sympy.Integer(1), sympy.Symbol("component"), mean, variance)
        if len(others) != 1 or not isinstance(others[0], sympy.Sum) or others[0].limits[0][1:] != limits[1:]:
            return None
        j, component = others[0].limits[0][0], sympy.Symbol("component", real=True)
        body = sympy.expand(others[0].function.subs(v[j], component))
        if body.has(v):
            return None
        mean, variance = mean.subs(k, j), variance.subs(k, j)
        # The other components integrate to one: their densities are normalised.
        return sympy.Sum(self.gaussian(body, component, mean, variance), others[0].limits[0])

    def renamed(self, bound: tuple[Any, ...], monomial: Any) -> Piece:
        """The same integral with canonical names: the least of all assignments in the order of its printed form."""
        used = [v for v in bound if monomial.has(v)]
        if len(used) < len(bound):
            raise Undecided("an integral over a variable that does not occur under it")
        if len(used) > 4:
            raise Undecided("more than four variables under one integral sign")
        names = [self.sympy.Symbol(f"u{i}", real=True) for i in range(len(used))]
        if any(isinstance(v, self.sympy.IndexedBase) for v in used):
            raise Undecided("an integral over a vector that was not evaluated")
        forms = [monomial.subs(dict(zip(order, names, strict=True))) for order in itertools.permutations(used)]
        return tuple(names), min(forms, key=str)


@cache
def _standard_moment(n: int) -> Any:
    """The n-th moment of the standard normal law, by integration over the line."""
    import sympy

    t = sympy.Symbol("t", real=True)
    return sympy.integrate(t**n * sympy.exp(-(t**2) / 2) / sympy.sqrt(2 * sympy.pi), (t, -sympy.oo, sympy.oo))


def _vanishes(value: Any) -> bool:
    """Whether SymPy reduces the expression to 0; sums over one range are merged and compared term by term."""
    import sympy

    rest: Any = sympy.Integer(0)
    sums: dict[Any, Any] = {}
    for monomial in sympy.Add.make_args(sympy.expand(value)):
        ranged = [f for f in sympy.Mul.make_args(monomial) if isinstance(f, sympy.Sum)]
        if len(ranged) != 1:
            rest += monomial
            continue
        (k, lower, upper), factor = ranged[0].limits[0], sympy.cancel(monomial / ranged[0])
        for part in sympy.Add.make_args(sympy.expand(factor * ranged[0].function)):
            if part.has(k):
                common = sympy.Symbol("k", integer=True, positive=True)
                sums[lower, upper] = sums.get((lower, upper), 0) + part.subs(k, common)
            else:
                rest += part * (upper - lower + 1)
    return all(is_zero(e) for e in (rest, *sums.values()))


def is_zero(value: Any) -> bool:
    import sympy

    value = sympy.expand(value)
    if value == 0:
        return True
    value = sympy.expand(sympy.expand_log(sympy.numer(sympy.together(value))))
    return value == 0 or (sympy.count_ops(value) < 150 and sympy.simplify(value) == 0)
