"""Whether a statement has the form of ``docs/terms.md``: known heads with as many parts as they need, declared names.

What has another form is unsupported; nothing after this check meets a name without a declaration.
"""

from __future__ import annotations

from typing import Any

from derivations.refuter.fields import Unsupported

Json = Any
RELATIONS = ("=", "!=", "<=", ">=", "<", ">")
PARTS = {
    "pushforward": 3,
    "gradient": 3,
    "nondifferentiable": 3,
    "convex": 1,
}  # of hypotheses that are no relation of two terms
TABLES = {"var": "variables", "sym": "symbols", "idx": "indices", "fn": "functions"}
NUMERIC = ("add", "mul", "pow", "log", "exp", "abs", "normal")
# The parts after each head: t a term, v a list of variables, i an index, p a list of indices, n a name or number,
# b a binder.
FORMS = {
    "log": "t",
    "exp": "t",
    "abs": "t",
    "num": "n",
    "const": "n",
    "pow": "tn",
    "at": "tt",
    "normal": "ttt",
    "gaussian": "ttt",
    "minibatch": "tt",
    "entry": "ttt",
    "inverse": "ttt",
    "det": "t",
    "int": "vt",
    "E": "vtt",
    "KL": "vtt",
    "JSD": "vtt",
    "CE": "vtt",
    "TV": "vtt",
    "H": "vvt",
    "I": "vvvt",
    "W": "vvttt",
    "eigenvalue": "ptt",
    "sum": "it",
    "prod": "it",
    "sup": "bt",
    "inf": "bt",
    "grad": "tt",
}


def check(statement: dict[str, Json]) -> None:
    """Raise ``Unsupported`` for a statement of another form."""
    try:
        _check(statement)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise Unsupported(f"a statement of another form: {error!r}") from error


def _check(statement: dict[str, Json]) -> None:
    declared = statement["declare"]
    names = {kind: set(declared.get(table, {})) for kind, table in TABLES.items()}
    names["vector"] = {
        f"{kind} {name}"
        for kind in ("sym", "var")
        for name, facts in declared.get(TABLES[kind], {}).items()
        if facts["shape"]
    }
    terms = [statement["lhs"], statement["rhs"]]
    for left, right in statement.get("equality", []):
        terms += [left, right]
    for kind, *parts in statement.get("given", []):
        if kind == "markov":
            slots, law = parts
            terms += law[2]
            if law[0] != "law" or not all(isinstance(s, str) for s in (law[1], *slots)):
                raise Unsupported("a Markov chain of another form")
            continue
        if kind not in (*RELATIONS, *PARTS):
            raise Unsupported(f"the hypothesis {kind!r}")
        if len(parts) != PARTS.get(kind, 2):
            raise Unsupported(f"the hypothesis {kind!r} about {len(parts)} things")
        terms += parts
    for t in terms:
        _term(t, names)


def _term(term: Json, names: dict[str, set[str]]) -> None:
    head, *parts = term
    if head in ("var", "sym", "idx"):
        _declared(term, names)
        return
    if head in ("add", "mul") and parts:
        form = "t" * len(parts)
    elif head == "fn":
        name, arguments = parts
        _declared(["fn", name], names)
        parts, form = arguments, "t" * len(arguments)
    elif head == "den":
        (law, name, parameters), targets, given = parts
        if law != "law" or not isinstance(name, str) or not targets:
            raise Unsupported("a density of another form")
        arguments = [t for slot, t in [*targets, *given] if isinstance(slot, str)]
        if len(arguments) != len({slot for slot, _ in [*targets, *given]}):
            raise Unsupported("a density with a slot twice")
        parts, form = [*parameters, *arguments], "t" * (len(parameters) + len(arguments))
    else:
        form = FORMS.get(head, "?") if isinstance(head, str) else "?"
    if len(form) != len(parts) or form == "?":
        raise Unsupported(f"the head {head!r} with {len(parts)} parts")
    if (
        head in NUMERIC
        and names["vector"]
        and any(f"{t[0]} {t[1]}" in names["vector"] for t in parts if t[0] in ("sym", "var"))
    ):
        raise Unsupported("a vector for a number")
    if head == "gaussian":
        names = {**names, "vector": set()}
    for kind, part in zip(form, parts, strict=True):
        if kind == "t":
            _term(part, names)
        elif kind == "n" and not isinstance(part, str):
            raise Unsupported(f"{part!r} for a name or a number")
        elif kind in "vip":
            for binder in [part] if kind == "i" else part:
                if binder[0] != ("var" if kind == "v" else "idx"):
                    raise Unsupported(f"{head!r} over {binder[0]!r}")
                _declared(binder, names)
        elif kind == "b":
            binder, name, *_ = part
            if binder not in ("var", "sym", "function", "law"):
                raise Unsupported(f"{head!r} over {binder!r}")
            kind = {"function": "fn", "law": ""}.get(binder, binder)
            names = {**names, kind: names.get(kind, set()) | ({name} if len(part) > 2 else set())}
            if kind:
                _declared([kind, name], names)
            for relation, *sides in part[3] if len(part) == 4 else []:
                if relation not in ("<=", ">=") or len(sides) != 2:
                    raise Unsupported("a class of functions of another form")
                for side in sides:
                    _term(side, names)


def _declared(name: Json, names: dict[str, set[str]]) -> None:
    kind, own = name
    if own not in names[kind]:
        raise Unsupported(f"{own!r} without a declaration")
