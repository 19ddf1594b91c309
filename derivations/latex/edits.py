r"""The steps that are one edit away from a false one, the likelier slips first.

The edits are those of the source: a relation, a sign, swapped arguments, a conditioning, a factor, a constant, a lost
logarithm, a lost divergence.  Main definition: `edits`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from derivations.latex.cases import RELATIONS, Context
from derivations.latex.law_names import LAW_LETTERS
from derivations.latex.tokens import Token, spelled, tokenize

Side = tuple[Token, ...]
Edit = tuple[Side, str, Side]


def edits(left: Side, relation: str, right: Side, context: Context) -> Iterator[Edit]:
    """The steps that are one edit away, the likelier slips first."""
    if relation not in RELATIONS:
        return
    if relation == "!=":  # false where the sides are always equal
        yield left, "=", right
        return
    both = (*left, *right)
    for b in itertools.chain(_signs(right), _swaps(right)):
        yield left, relation, b
    for a in _swaps(left):
        yield a, relation, right
    if relation != "=":
        yield left, {">=": "<=", "<=": ">=", "<": ">=", ">": "<="}[relation], right
    for b in itertools.chain(_negated(right), _fractions(right), _indices(right), _crossings(right)):
        yield left, relation, b
    for b in itertools.chain(_gaps(right, context), _squares(right), _logarithms(right), _operators(right)):
        yield left, relation, b
    for b in itertools.chain(_constants(right), _laws(right, both, context), _conditions(right, context)):
        yield left, relation, b
    for b in _commas(right):
        yield left, relation, b
    for a in itertools.chain(_signs(left), _fractions(left), _logarithms(left), _operators(left), _constants(left)):
        yield a, relation, right
    for b in itertools.chain(_terms(right), _averaged(right, both, context)):
        yield left, relation, b
    for a, b in _everywhere(left, right):
        yield a, relation, b
    for a in itertools.chain(_laws(left, both, context), _crossings(left), _terms(left), _commas(left)):
        yield a, relation, right
    for a in itertools.chain(_averaged(left, both, context), _conditions(left, context)):
        yield a, relation, right


def cancels(side: Side) -> bool:
    """Whether a fraction has one thing above and below, after which nothing is left to be wrong."""
    for n, t in enumerate(side):
        if t.kind == "FRAC":
            middle = _argument(side, n + 1)
            below = side[middle : _argument(side, middle)]
            if [k.text for k in side[n + 1 : middle]] == [k.text for k in below]:
                return True
    return False


def weaker(left: Side, relation: str, right: Side, bound: bool) -> Iterator[Edit]:
    """What an equation turns into without saying what was meant: a *bound*."""
    if relation == "=" and bound:
        yield left, ">=", right
        yield left, "<=", right


def _token(kind: str, text: str, source: str | None = None) -> Token:
    return Token(kind, text, -1, text if source is None else source)


def _depth(side: Side) -> list[int]:
    depths, depth = [], 0
    for t in side:
        depth -= t.kind in ("CLOSE", "RBRACE")
        depths.append(depth)
        depth += t.kind in ("OPEN", "LBRACE")
    return depths


def _signs(side: Side) -> Iterator[Side]:
    """Each plus and minus turned round, outer ones first; a leading minus taken away."""
    depths = _depth(side)
    places = [n for n, t in enumerate(side) if t.kind in ("PLUS", "MINUS") and not _in_script(side, n)]
    for n in sorted(places, key=lambda n: (depths[n], n)):
        if n == 0 and side[0].kind == "MINUS":
            yield side[1:]
        else:
            new = _token("PLUS", "+") if side[n].kind == "MINUS" else _token("MINUS", "-")
            yield (*side[:n], new, *side[n + 1 :])


def _negated(side: Side) -> Iterator[Side]:
    """A side that lost the minus in front of it."""
    if side and side[0].kind not in ("MINUS", "PLUS"):
        yield (_token("MINUS", "-"), *side)


def _in_script(side: Side, n: int) -> bool:
    depth = 0
    for k in range(n - 1, -1, -1):
        if side[k].kind == "RBRACE":
            depth += 1
        elif side[k].kind == "LBRACE":
            depth -= 1
            if depth < 0 and k and side[k - 1].kind in ("SUB", "SUP"):
                return True
    return bool(n and side[n - 1].kind in ("SUB", "SUP"))


def _groups(side: Side) -> Iterator[tuple[int, int]]:
    stack: list[int] = []
    for n, t in enumerate(side):
        if t.kind == "OPEN":
            stack.append(n)
        elif t.kind == "CLOSE" and stack:
            yield stack.pop(), n


def _subscripts(side: Side) -> Iterator[tuple[int, int]]:
    """The braces of subscripts with a bar of their own: ``P_{X|Z}``."""
    for n, t in enumerate(side):
        if t.kind == "LBRACE" and n and side[n - 1].kind == "SUB":
            end = _argument(side, n) - 1
            if any(inner.kind == "BAR" for inner in side[n:end]) and all(k.kind != "OPEN" for k in side[n:end]):
                yield n, end


def _marks(inside: Side, kind: str) -> list[int]:
    """Where a kind of token stands in brackets, outside of those within."""
    return [n for n, (t, depth) in enumerate(zip(inside, _depth(inside), strict=True)) if t.kind == kind and not depth]


def _swaps(side: Side) -> Iterator[Side]:
    """The arguments around a divergence bar, around a conditional bar, or around a comma, exchanged."""
    for start, end in (*_groups(side), *_subscripts(side)):
        inside = side[start + 1 : end]
        for kind in ("DBAR", "BAR", "COMMA"):
            marks = _marks(inside, kind)
            if len(marks) == 1:
                m = marks[0]
                yield (*side[: start + 1], *inside[m + 1 :], inside[m], *inside[:m], *side[end:])


def _crossings(side: Side) -> Iterator[Side]:
    """A name before a conditional bar exchanged with one behind it."""
    for start, end in (*_groups(side), *_subscripts(side)):
        bars = [n for n in range(start, end) if side[n].kind == "BAR"]
        if len(bars) != 1:
            continue
        before = [n for n in range(start + 1, bars[0]) if side[n].kind == "NAME"]
        behind = [n for n in range(bars[0] + 1, end) if side[n].kind == "NAME"]
        for a in before:
            for b in behind if len(before) + len(behind) > 2 else []:
                exchanged = list(side)
                exchanged[a], exchanged[b] = side[b], side[a]
                yield tuple(exchanged)


def _argument(side: Side, n: int) -> int:
    """Where the argument that starts at a token ends: a group in braces, or one token."""
    depth = 0
    while n < len(side):
        depth += {"LBRACE": 1, "RBRACE": -1}.get(side[n].kind, 0)
        n += 1
        if depth == 0:
            break
    return n


def _fractions(side: Side) -> Iterator[Side]:
    """Numerator and denominator exchanged."""
    for n, t in enumerate(side):
        if t.kind == "FRAC":
            middle = _argument(side, n + 1)
            end = _argument(side, middle)
            yield (*side[: n + 1], *side[middle:end], *side[n + 1 : middle], *side[end:])


def _named_laws(side: Side, context: Context) -> Iterator[tuple[int, int]]:
    """Where the names of laws stand, with their subscripts."""
    for n, t in enumerate(side):
        if t.kind == "NAME" and t.text != "d" and (t.text in LAW_LETTERS or t.text in context.vocabulary.law_bases):
            yield n, _argument(side, n + 2) if n + 1 < len(side) and side[n + 1].kind == "SUB" else n + 1


def _laws(side: Side, both: Side, context: Context) -> Iterator[Side]:
    """One law in the place of another that the step speaks of."""
    known = {spelled(list(both[n:end])): both[n:end] for n, end in _named_laws(both, context)}
    for n, end in _named_laws(side, context):
        for spelling, law in known.items():
            if spelling != spelled(list(side[n:end])):
                yield (*side[:n], *law, *side[end:])


def _indices(side: Side) -> Iterator[Side]:
    """The subscripts 1 and 2 exchanged in one term, or in one pair of brackets."""
    depths = _depth(side)
    cuts = [n for n, t in enumerate(side) if t.kind in ("PLUS", "MINUS") and depths[n] == 0]
    for start, end in [*zip([0, *cuts], [*cuts, len(side)], strict=True), *_groups(side)]:
        term = list(side[start:end])
        marked = [n for n, t in enumerate(term) if t.text in ("1", "2") and n and term[n - 1].kind == "SUB"]
        for n in marked:
            other = "2" if term[n].text == "1" else "1"
            term[n] = _token("NUMBER", other)
        if marked:
            yield (*side[:start], *term, *side[end:])


def _squares(side: Side) -> Iterator[Side]:
    """A square that a logarithm lost, or a square of a name taken away."""
    square = (_token("SUP", "^"), _token("NUMBER", "2"))
    for n, t in enumerate(side):
        if t.kind != "NAME":
            continue
        end = _argument(side, n + 2) if n + 1 < len(side) and side[n + 1].kind == "SUB" else n + 1
        if n and side[n - 1].kind == "FUNCTION" and not (end < len(side) and side[end].kind in ("SUP", "OPEN")):
            yield (*side[:end], *square, *side[end:])
        if end + 1 < len(side) and side[end].kind == "SUP" and side[end + 1].text == "2":
            yield (*side[:end], *side[end + 2 :])


def _constants(side: Side) -> Iterator[Side]:
    """A number doubled or halved, a factor 2 or 1/2 put in front of a term or taken away."""
    depths = _depth(side)
    half = tuple(tokenize(r"\frac{1}{2}"))
    for n, t in enumerate(side):
        if t.kind == "NUMBER" and t.text.isdigit() and not _in_script(side, n):
            value = int(t.text)
            yield (*side[:n], _token("NUMBER", str(2 * value)), *side[n + 1 :])
            if value % 2 == 0:
                yield (*side[:n], _token("NUMBER", str(value // 2)), *side[n + 1 :])
    starts = [0] + [n + 1 for n, t in enumerate(side) if t.kind in ("PLUS", "MINUS") and depths[n] == 0]
    for n in starts:
        if n >= len(side) or side[n].kind in ("PLUS", "MINUS"):
            continue
        yield (*side[:n], _token("NUMBER", "2"), *side[n:])
        yield (*side[:n], *half, *side[n:])
        if spelled(list(side[n : n + 7])).replace(" ", "") == r"\frac{1}{2}":
            yield (*side[:n], *side[n + 7 :])


def _logarithms(side: Side) -> Iterator[Side]:
    """A logarithm that was lost: at the start of brackets that hold no arguments, or after a gradient."""
    log = _token("FUNCTION", "log", r"\log")
    for n, t in enumerate(side):
        if t.kind == "OPEN" and n and n + 1 < len(side) and side[n + 1].kind in ("FRAC", "NAME") and _weighs(side, n):
            yield (*side[: n + 1], log, *side[n + 1 :])
        if t.kind == "NABLA":
            end = n + 1
            if end < len(side) and side[end].kind == "SUB":
                end += 2
                if side[end - 1].kind == "LBRACE":
                    while end < len(side) and side[end - 1].kind != "RBRACE":
                        end += 1
            if end < len(side) and side[end].kind == "NAME":
                yield (*side[:end], log, *side[end:])


def _weighs(side: Side, n: int) -> bool:
    """Whether the brackets that open at a token hold a number, rather than the arguments of a name: E[...] does."""
    before = side[n - 1]
    while n > 1 and (before.kind == "RBRACE" or side[n - 2].kind in ("SUB", "SUP")):
        n = _opening(side, n - 1) if before.kind == "RBRACE" else n - 1
        n -= side[n - 1].kind in ("SUB", "SUP")
        before = side[n - 1]
    return before.kind != "NAME" or before.text == "E"


def _opening(side: Side, n: int) -> int:
    """Where the group in braces opens that closes at a token."""
    depth = 0
    while n >= 0:
        depth += {"RBRACE": 1, "LBRACE": -1}.get(side[n].kind, 0)
        if depth == 0:
            break
        n -= 1
    return n


def _operators(side: Side) -> Iterator[Side]:
    """A logarithm and the integral, sum or mean beside it exchanged; out of a fraction; max for min, sum for prod."""
    for n, t in enumerate(side):
        if t.kind in ("EXTREMUM", "BIG") and t.text in _OTHER:
            text = _OTHER[t.text]
            yield (*side[:n], t._replace(text=text, source=t.source.replace(t.text, text)), *side[n + 1 :])
        if t.kind == "FRAC":
            middle = _argument(side, n + 1)
            end = _argument(side, middle)
            logs = [k for k in (n + 2, middle + 1) if k < end and side[k].text == "log"]
            if logs:
                inside = tuple(k for m, k in enumerate(side[n:end], n) if m not in logs)
                yield (*side[:n], side[logs[0]], *inside, *side[end:])
        if t.kind == "BIG" or t.text == "E":
            end = _argument(side, n + 2) if n + 1 < len(side) and side[n + 1].kind == "SUB" else n + 1
            inner = end + 1 if end < len(side) and side[end].kind == "OPEN" else end
            if inner < len(side) and side[inner].text == "log":
                yield (*side[:n], side[inner], *side[n:inner], *side[inner + 1 :])
            if n and side[n - 1].text == "log":
                yield (*side[: n - 1], *side[n:inner], side[n - 1], *side[inner:])


_OTHER = {
    **{"max": "min", "min": "max", "sup": "inf", "inf": "sup", "argmax": "argmin", "argmin": "argmax"},
    **{"sum": "prod", "prod": "sum"},
}


def _conditions(side: Side, context: Context) -> Iterator[Side]:
    """A conditioning dropped, or put behind a density that has none; a variable added to a density or taken away."""
    names = sorted({k for k in context.vocabulary.variables if len(k) == 1})
    for start, end in _densities(side):
        inside = side[start + 1 : end]
        marks = _marks(inside, "BAR")
        if len(marks) == 1:
            yield (*side[: start + 1], *inside[: marks[0]], *side[end:])
        joint = inside[: marks[0]] if marks else inside
        for n, t in enumerate(joint) if all(t.kind in ("NAME", "COMMA") for t in joint) and len(joint) > 2 else ():
            if t.kind == "NAME":
                rest = (*joint[: max(0, n - 1)], *joint[n + 1 + (n == 0) :])
                yield (*side[: start + 1], *rest, *inside[len(joint) :], *side[end:])
        if not marks and all(t.kind in ("NAME", "COMMA", "SEMI") for t in inside) and inside:
            present = {t.text.lower() for t in inside}
            for name in names:
                if name not in present:
                    shown = name.upper() if inside[0].text.isupper() else name
                    yield (*side[:end], _BAR, _token("NAME", shown), *side[end:])
                    yield (*side[:end], _COMMA, _token("NAME", shown), *side[end:])


_BAR, _COMMA = _token("BAR", "|", r"\mid "), _token("COMMA", ",")


def _densities(side: Side) -> Iterator[tuple[int, int]]:
    """The brackets behind a name."""
    return ((start, end) for start, end in _groups(side) if start and side[start - 1].kind in ("NAME", "RBRACE"))


def _commas(side: Side) -> Iterator[Side]:
    """A joint density for a conditional one, and the other way round."""
    for start, end in _densities(side):
        for other in _conditioned(side[start + 1 : end]):
            yield (*side[: start + 1], *other, *side[end:])


def _conditioned(inside: Side) -> Iterator[Side]:
    """What stands in the brackets of a density with a comma for its bar, or with a bar for its comma, both ways."""
    bars, commas = _marks(inside, "BAR"), _marks(inside, "COMMA")
    if len(bars) == 1:
        yield (*inside[: bars[0]], _COMMA, *inside[bars[0] + 1 :])
    elif not bars and len(commas) == 1:
        one, other = inside[: commas[0]], inside[commas[0] + 1 :]
        yield (*one, _BAR, *other)
        yield (*other, _BAR, *one)


def _everywhere(left: Side, right: Side) -> Iterator[tuple[Side, Side]]:
    """A joint density taken for a conditional one wherever a step has it, and the other way round."""
    seen = set()
    for side in (left, right):
        for start, end in _densities(side):
            old = side[start - 1 : end + 1]
            if [t.source for t in old] and (spelling := spelled(list(old))) not in seen:
                seen.add(spelling)
                for inside in _conditioned(old[2:-1]):
                    new = (*old[:2], *inside, old[-1])
                    yield _put(left, old, new), _put(right, old, new)


def _put(side: Side, old: Side, new: Side) -> Side:
    """A side with one run of tokens for another wherever it stands."""
    found: list[Token] = []
    n, wanted = 0, [t.text for t in old]
    while n < len(side):
        here = [t.text for t in side[n : n + len(old)]] == wanted
        found.extend(new if here else side[n : n + 1])
        n += len(old) if here else 1
    return tuple(found)


def _terms(side: Side) -> Iterator[Side]:
    """A term of a sum taken away."""
    depths = _depth(side)
    signs = [n for n, t in enumerate(side) if t.kind in ("PLUS", "MINUS") and not _in_script(side, n)]
    for n in sorted(signs, key=lambda n: depths[n]):
        end = n + 1
        while end < len(side) and depths[end] >= depths[n] and not (depths[end] == depths[n] and end in signs):
            end += 1
        yield (*side[:n], *side[end:])
    outer = [n for n in signs if depths[n] == 0 and n]
    if outer:  # the first one
        yield side[outer[0] + (side[outer[0]].kind == "PLUS") :]


def _averaged(side: Side, both: Side, context: Context) -> Iterator[Side]:
    """A mean that was forgotten, and the weights of a sum: under a law of the step, with the arguments that it has."""
    laws: dict[str, Side] = {}
    for n, end in _named_laws(both, context):
        laws.setdefault(spelled(list(both[n:end])), both[n:end])
    for n, t in enumerate(side):
        if t.text == "sum" and n + 1 < len(side) and side[n + 1].kind == "SUB":
            end = _argument(side, n + 2)
            index = [k for k in side[n + 2 : end] if k.kind == "NAME"][:1]
            for law in laws.values():
                yield (*side[:end], *law, _token("OPEN", "("), *index, _token("CLOSE", ")"), *side[end:])
    if not any(t.kind == "BIG" or t.text in ("E", "KL", "H", "I") for t in side):
        for spelling in laws:
            mean = tuple(tokenize(rf"\mathbb{{E}}_{{{spelling}}}\left["))
            yield (*mean, *side, *tokenize(r"\right]"))


def _gaps(side: Side, context: Context) -> Iterator[Side]:
    """The divergence that separates a bound from what it bounds."""
    encoder, model, latent, observed = context.vocabulary.observed_and_latent()
    if encoder not in context.vocabulary.laws or not latent:
        return
    use = context.vocabulary.laws[encoder]
    given = next((p[1] for p in use.patterns if set(p[0]) == set(latent)), ())
    z, x = ", ".join(latent), ", ".join(observed)
    behind = rf"{z} \mid {', '.join(given)}" if given else z
    if any(":" in s or "_" in s for s in (*latent, *observed)):
        return
    gap = rf"D_{{\mathrm{{KL}}}}({encoder}({behind}) \,\|\, {model}({z} \mid {x}))"
    for sign in ("+", "-"):
        yield (*side, *tokenize(sign + gap))
