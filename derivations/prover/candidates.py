"""Atoms of textbook inequalities, read off what stands under a logarithm, a root, a square or an absolute value.

They are tried after those that the statement names itself (`derivations.prover.inequality.pools`):

    log t <= t - 1             for every logarithm under an average, chi-squared bounds among them
    log of a sum               a part against the whole: arithmetic and geometric mean, importance weights
    mixtures                   a component against the mixture, and the log-sum inequality for two sums
    |u - v| <= |u| + |v|       total variation
    (sqrt p - sqrt q)^2 >= 0   Hellinger affinities
    a log(a / (b e^T)) >= a - b e^T          the dual form of KL, for every average of an exponential
    u (f - r)^2 + v (f - s)^2 >= ...         two squares of one function: what their common minimum leaves
    Cauchy and Schwarz         (f - g E[fg]/E[g^2])^2 >= 0, times E[g^2]
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

Term = list[Any]
Names = list[Any]
Logs = list[tuple[Names, Term, Term]]
ONE: Term = ["num", "1"]


def of_logarithms(logs: Logs) -> list[Any]:
    """log t <= t - 1 for what stands under a logarithm, and the parts of a sum under one against the whole."""
    found = []
    for names, weight, inside in logs:
        for f in (inside, ["pow", inside, "-1"]):
            found.append(["gibbs", names, weight, product(weight, f)])
        for scale, whole, parts in sums_in(inside):
            for more, part in parts:
                bare = product(*(p for p in (part[1:] if part[0] == "mul" else [part]) if p[0] != "num"))
                share = product(weight, bare, ["pow", whole, "-1"])
                found.append(["gibbs", names + more, product(weight, scale) if more else weight, share])
    return found


def of_divergences(pairs: list[tuple[Names, Term, Term]]) -> list[Any]:
    """For KL(a || b): log(a/b) <= a/b - 1, components of a against a, and the log-sum inequality."""
    found = []
    for names, a, b in pairs:
        found.append(["gibbs", names, a, product(a, a, ["pow", b, "-1"])])
        above, below = components(a), components(b)
        if len(above) > 1:
            found += [["gibbs", names, part, product(coefficient(part), a)] for part in above]
        if len(above) == len(below) > 1:
            ratio = product(a, ["pow", b, "-1"])
            found += [["gibbs", names, u, product(v, ratio)] for u, v in zip(above, below, strict=True)]
        elif len(below) > 1:
            found += [["monotone", names, a, part, b] for part in below]
    return found


def of_absolute_values(t: Any, names: Names, weight: Term = ONE) -> list[Any]:
    """|u + v| <= |u| + |v| and |u| >= u, -u, for every absolute value and total variation in a term."""
    if not isinstance(t, list) or not t:
        return []
    if t[0] == "TV":
        return _triangle([*names, *t[1]], weight, ["abs", ["add", t[2], negative(t[3])]], [t[2], t[3]])
    found = []
    if t[0] == "abs":
        parts = t[1][1:] if t[1][0] == "add" else [t[1]]
        found = _triangle(names, weight, t, [["abs", p] for p in parts])
    if t[0] == "E":
        names, weight = [*names, *t[1]], product(weight, t[2])
    elif t[0] == "int":
        names = [*names, *t[1]]
    for n, part in enumerate(t[1:], 1):
        rest = [p for m, p in enumerate(t[1:], 1) if m != n] if t[0] == "mul" and has_head(part, "abs") else []
        if not any(has_head(p, "abs") for p in rest):
            found += of_absolute_values(part, names, product(weight, *rest))
    return found


def of_distances(totals: list[tuple[Names, Term, Term]]) -> list[Any]:
    """The triangle inequality |a - c| <= |a - b| + |b - c| between total variations over the same variables."""
    found = []
    for names, a, c in totals:
        for others, u, v in totals:
            shared = {repr(u), repr(v)} & {repr(a), repr(c)}
            if others == names and len(shared) == 1 and repr(u) != repr(v):
                b = v if repr(u) in shared else u
                sides = [["abs", ["add", a, negative(b)]], ["abs", ["add", b, negative(c)]]]
                found.append(["nonneg", names, ["add", *sides, negative(["abs", ["add", a, negative(c)]])]])
    return found


def of_roots(densities: list[Term]) -> list[Any]:
    """(sqrt a - sqrt b)^2 for any two densities over the same variables."""
    found = []
    for n, a in enumerate(densities):
        for b in densities[n + 1 :]:
            if a[2] == b[2] and not a[3] and not b[3]:
                names = [t for _, t in a[2] if t[0] == "var"]
                found.append(["square", names, ONE, ["add", ["pow", a, "1/2"], negative(["pow", b, "1/2"])]])
    return found


def of_exponentials(averages: list[Term], laws: list[Term]) -> list[Any]:
    """The dual form of KL: for every mean of exp(T) under b, a law a over the same variables against b exp(T)."""
    found = []
    for _, names, b, body in averages:
        for tilt in [part for part in (body[1:] if body[0] == "mul" else [body]) if part[0] == "exp"]:
            found += [["gibbs", names, a, product(b, tilt)] for a in laws if a != b and _fills(a, names)]
    return found


def of_squares(integrals: list[Term], averages: list[Term]) -> list[Any]:
    """What stands under a square in an integral; two squares of one function under two laws, completed to one."""
    found: list[Any] = []
    for _, names, body in integrals:
        parts = body[1:] if body[0] == "mul" else [body]
        for n, part in enumerate(parts):
            if part[0] == "pow" and part[2] == "2":
                found.append(["square", names, product(*(p for m, p in enumerate(parts) if m != n)), part[1]])
    centred = [(names, w, *_centre(f[1])) for _, names, w, f in averages if f[0] == "pow" and f[2] == "2"]
    for n, (names, u, f, r) in enumerate(centred):
        for others, v, g, s in centred[n + 1 :]:
            if names == others and f == g:
                total = ["add", u, v]
                mean = product(["add", product(u, r), product(v, s)], ["pow", total, "-1"])
                found.append(["square", names, total, ["add", f, negative(mean)]])
    return found


def _centre(f: Term) -> tuple[Term, Term]:
    """``f - c`` as f and c, with c = 0 where nothing is taken away."""
    if f[0] == "add" and len(f) == 3:
        for n, part in enumerate(f[1:], 1):
            if part[0] == "num":
                return f[3 - n], ["num", str(-Fraction(part[1]))]
    return f, ["num", "0"]


def _fills(density: Term, names: Names) -> bool:
    return density[0] == "den" and not density[3] and [t for _, t in density[2]] == names


def of_squared_means(squares: list[Term]) -> list[Any]:
    """Cauchy and Schwarz, for the square of a mean of a product f g; each factor may be the g."""
    found = []
    for mean in squares:
        if mean[0] != "E" or mean[3][0] != "mul":
            continue
        _, names, law, body = mean
        for n, g in enumerate(body[1:], 1):
            f = product(*(part for m, part in enumerate(body[1:], 1) if m != n))
            square = ["E", names, law, ["pow", g, "2"]]
            fall = ["add", product(f, ["pow", square, "1/2"]), negative(product(g, mean, ["pow", square, "-1/2"]))]
            found.append(["square", names, law, fall])
    return found


def _triangle(names: Names, weight: Term, absolute: Term, parts: list[Term]) -> list[Any]:
    inside = absolute[1]
    rest = [[*parts, negative(absolute)], [absolute, negative(inside)], [absolute, inside]]
    return [["nonneg", names, product(weight, ["add", *terms])] for terms in rest]


def sums_in(t: Term) -> list[tuple[Term, Term, list[tuple[Names, Term]]]]:
    """The sum that a term is a multiple of: the factor, the whole term, the parts with the indices they are over."""
    scale, core = ONE, t
    if t[0] == "mul":
        inner = [part for part in t[1:] if part[0] in ("add", "sum")]
        if len(inner) != 1:
            return []
        core = inner[0]
        scale = product(*(part for part in t[1:] if part is not core))
    if core[0] == "add":
        return [(scale, t, [([], part) for part in core[1:]])]
    return [(scale, t, [([core[1]], core[2])])] if core[0] == "sum" else []


def components(t: Term) -> list[Term]:
    """The terms of a sum, with the factor that stands before it."""
    if t[0] == "add":
        return list(t[1:])
    if t[0] == "mul":
        inner = [part for part in t[1:] if part[0] == "add"]
        if len(inner) == 1:
            rest = [part for part in t[1:] if part is not inner[0]]
            return [product(*rest, part) for part in inner[0][1:]]
    return [t]


def coefficient(t: Term) -> Term:
    """The factors of a term without laws and functions."""
    return product(*(part for part in (t[1:] if t[0] == "mul" else [t]) if not has_head(part, "den", "fn", "normal")))


def has_head(t: Any, *heads: str) -> bool:
    """Whether one of the heads occurs in a term."""
    return isinstance(t, list) and ((bool(t) and t[0] in heads) or any(has_head(part, *heads) for part in t))


def negative(t: Term) -> Term:
    return ["mul", ["num", "-1"], t]


def product(*parts: Term) -> Term:
    """A product without ones and without products in it."""
    flat = [p for t in parts for p in (t[1:] if t[0] == "mul" else [t]) if p != ONE]
    return ["mul", *flat] if len(flat) > 1 else flat[0] if flat else ONE
