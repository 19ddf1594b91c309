"""Printing: terms and statements as Python text and as LaTeX.

Main definitions: `text` and `statement_text`, the blackboard notation of Python; `latex` and `statement_latex`, what a
mathematician would typeset.

The text of a term, evaluated with the language's names and exact numbers (``1/2`` is a fraction, not a float), gives
the term back.  Exceptions, which read better than they parse: a normal density is written ``N(z; 0, 1)``, and a name
such as ``x'`` is no Python name.  Both printers go by structure only and never simplify.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from derivations.language.terms import Symbol, Term, Variable, number

if TYPE_CHECKING:
    from derivations.language.statements import Statement

__all__ = ["latex", "name_latex", "statement_latex", "statement_text", "text"]

# How tightly the outermost operation of a printed term binds.
_SUM, _PRODUCT, _POWER, _ATOM = range(4)


# Shared structure ----------------------------------------------------------------------------------------------------


def _signed(value: Term) -> tuple[bool, Term]:
    """Whether a term is written with a minus sign, and the term behind the sign."""
    n = number(value)
    if n is not None:
        return n < 0, Term("num", abs(n))
    if value.head == "mul":
        n = number(value.args[0])
        if n is not None and n < 0:
            rest = value.args[1:]
            if n != -1:
                return True, Term("mul", Term("num", -n), *rest)
            return True, rest[0] if len(rest) == 1 else Term("mul", *rest)
    return False, value


def _summands(value: Term) -> list[tuple[bool, Term]]:
    """The signed summands in the order of writing: a positive constant goes before a leading minus."""
    parts = [_signed(a) for a in value.args]
    if parts[0][0] and not parts[-1][0] and number(parts[-1][1]) is not None:
        parts.insert(0, parts.pop())
    return parts


def _inverted(value: Term) -> Term | None:
    """The base that a factor divides by, or None: 1 / base is the factor."""
    if value.head == "pow" and value.args[1] < 0:
        e = -value.args[1]
        return value.args[0] if e == 1 else Term("pow", value.args[0], e)
    return None


def _conditional(law: Term, left: Sequence[Term], right: Sequence[Term], joint: Term) -> bool:
    """Whether *joint* is the plain density of the variables *left* and *right* under *law*."""
    named = {v.slot: v for v in (*left, *right) if isinstance(v, Variable)}
    return joint.head == "den" and joint.args[0] is law and not joint.args[2] and dict(joint.args[1]) == named


def _fills_its_slot(slot: str, value: Term) -> bool:
    owner = value.args[0] if value.head == "at" else value
    return isinstance(owner, Variable) and owner.slot == slot


# Text ----------------------------------------------------------------------------------------------------------------


def text(value: Term) -> str:
    """The term in Python notation.

    >>> from derivations.language import E, KL, laws, log, symbols, variables
    >>> (p, q), (x, z), (theta,) = laws("p q"), variables("x z"), symbols("theta")
    >>> print(text(E[q(z | x)](log(p(x | z))) - KL(q(z | x), p(z))))
    E[q(z | x)](log(p(x | z))) - KL(q(z | x), p(z))
    >>> print(text(1 - (p[theta](x, z) + q(x)) / 2))
    1 - (p[theta](x, z) + q(x))/2
    """
    return _text(value, _SUM)


def _text(value: Term, context: int) -> str:
    written, level = _text_level(value)
    return f"({written})" if level < context else written


def _text_level(value: Term) -> tuple[str, int]:
    head, args = value.head, value.args
    if head == "num":
        return str(args[0]), _SUM if args[0] < 0 else _PRODUCT if args[0].denominator > 1 else _ATOM
    if head == "function":
        return ", ".join([args[0], *(_text_relation(*h) for part in args[2:] for h in part)]), _ATOM
    if head in ("var", "sym", "idx", "const"):
        return args[0], _ATOM
    if head == "add":
        parts = _summands(value)
        out = ("-" if parts[0][0] else "") + _text(parts[0][1], _PRODUCT)
        for negative, part in parts[1:]:
            out += (" - " if negative else " + ") + _text(part, _PRODUCT)
        return out, _SUM
    if head == "mul":
        negative, product = _signed(value)
        if negative:
            return "-" + _text(product, _PRODUCT), _SUM
        return _text_product(product.args), _PRODUCT
    if head == "pow":
        base, e = args
        divisor = _inverted(value)
        if divisor is not None:
            return "1/" + _text(divisor, _POWER), _PRODUCT
        if e == Fraction(1, 2):
            return f"sqrt({text(base)})", _ATOM
        return f"{_text(base, _ATOM)}**{e if e.denominator == 1 else f'({e})'}", _POWER
    return _text_call(value), _ATOM


def _text_product(factors: Sequence[Term]) -> str:
    """A product with a positive coefficient; a coefficient 3/4 is written 3*a/4 if nothing else divides."""
    last = ""
    n = number(factors[0])
    if n is not None and n.denominator > 1 and all(_inverted(f) is None for f in factors[1:]):
        last = f"/{n.denominator}"
        factors = factors[1:] if n.numerator == 1 else (Term("num", Fraction(n.numerator)), *factors[1:])
    out = ""
    for factor in factors:
        divisor = _inverted(factor)
        if divisor is not None:
            out = (out or "1") + "/" + _text(divisor, _POWER)
        elif out:
            out += "*" + _text(factor, _POWER)
        else:
            out = _text(factor, _PRODUCT) if number(factor) is not None else _text(factor, _POWER)
    return out + last


def _text_call(value: Term) -> str:
    head, args = value.head, value.args
    if head == "law":
        return args[0] + (f"[{_list(args[1])}]" if args[1] else "")
    if head == "den":
        return _text_density(value)
    if head == "gram":
        return f"gram({text(args[0])})"
    if head == "eigenvalue":
        (row, column), rank, entry = args
        return f"eigenvalue({text(rank)}, {text(row)}, {text(column)}, {text(entry)})"
    if head == "minibatch":
        return f"Minibatch({text(args[1])})({text(args[0])})"
    if head in ("normal", "gaussian"):
        return f"N({text(args[0])}; {text(args[1])}, {text(args[2])})"
    if head == "entry":
        return f"{text(args[0])}[{text(args[1])}, {text(args[2])}]"
    if head == "inverse":
        return f"inverse({text(args[0])})[{text(args[1])}, {text(args[2])}]"
    if head == "at":
        return f"{_text(args[0], _ATOM)}[{text(args[1])}]"
    if head == "fn":
        return f"{args[0]}({_list(args[2])})"
    if head == "E":
        densities = [args[1]]
        body = args[2]
        while body.head == "E":
            densities.append(body.args[1])
            body = body.args[2]
        return f"E[{_list(densities)}]({text(body)})"
    if head == "int":
        return f"Integral[{_list(args[0])}]({text(args[1])})"
    if head in ("KL", "JSD", "TV", "CE"):
        return f"{'cross_entropy' if head == 'CE' else head}({text(args[1])}, {text(args[2])})"
    if head == "W":
        return f"W1({_list(args[2:])})"
    if head == "H":
        v, g, a = args
        if g and a.head == "den" and _conditional(a.args[0], v, g, a):
            return f"H({text(_given(a, v, g))})"
        return f"H({text(a)})" if not g else f"H[{_list(v)} | {_list(g)}]({text(a)})"
    if head == "I":
        v, w, g, a = args
        groups = [_group(part) for part in ((v, w, g) if g else (v, w))]
        if a.head == "den" and _conditional(a.args[0], (*v, *w), g, a):
            return f"I({text(a.args[0])}, {', '.join(groups)})"
        return f"I[{', '.join(groups)}]({text(a)})"
    if head in ("sum", "prod", "sup", "inf", "grad"):
        name = {"sum": "Sum", "prod": "Product", "grad": "Grad"}.get(head, head)
        return f"{name}[{text(args[0])}]({text(args[1])})"
    if head == "limit":
        return f"Limit[{text(args[0])}, {text(args[1])}]({text(args[2])})"
    if head in ("infinity", "minus infinity"):
        return "-infinity" if head == "minus infinity" else "infinity"
    return f"{head}({_list(a for a in args if isinstance(a, Term))})"


def _given(joint: Term, v: Sequence[Variable], g: Sequence[Variable]) -> Term:
    """The conditional density of the variables v given g, from the density of both."""
    return Term("den", joint.args[0], tuple(sorted((x.slot, x) for x in v)), tuple(sorted((x.slot, x) for x in g)))


def _list(values: Iterable[Term]) -> str:
    return ", ".join(text(v) for v in values)


def _group(values: Sequence[Term]) -> str:
    return text(values[0]) if len(values) == 1 else f"({_list(values)})"


def _text_density(value: Term) -> str:
    """``p(x | z)``; a slot that holds no variable of its own is named, as in ``p(z=g(eps))``."""
    law, targets, given = value.args
    plain = [text(t) for slot, t in targets if _fills_its_slot(slot, t)]
    named = [f"{slot}={text(t)}" for slot, t in targets if not _fills_its_slot(slot, t)]
    left = ", ".join(plain + named)
    if not given:
        return f"{text(law)}({left})"
    first = next(((slot, t) for slot, t in given if _fills_its_slot(slot, t)), None)
    if first is None:
        return f"{text(law)}({left}, given=dict({', '.join(f'{slot}={text(t)}' for slot, t in given)}))"
    rest = [(slot, t) for slot, t in given if slot != first[0]]
    before = [] if named else [text(t) for slot, t in rest if _fills_its_slot(slot, t)]
    after = [f"{slot}={text(t)}" for slot, t in rest if named or not _fills_its_slot(slot, t)]
    return f"{text(law)}({left} | {', '.join([text(first[1]), *before, *after])})"


def statement_text(statement: Statement) -> str:
    """The statement in Python notation, with its equality case and its hypotheses.

    >>> from derivations.language import KL, laws, variables
    >>> (p, q), (x,) = laws("p q"), variables("x")
    >>> print(statement_text((KL(p(x), q(x)) >= 0).iff(p(x) == q(x))))
    (KL(p(x), q(x)) >= 0).iff(p(x) == q(x))
    """
    out = _text_relation(statement.relation, statement.left, statement.right)
    if statement.equality or statement.given:
        out = f"({out})"
    if statement.equality:
        out += f".iff({', '.join(_text_relation('=', a, b) for a, b in statement.equality)})"
    if statement.given:
        out += f".assuming({', '.join(_text_hypothesis(h) for h in statement.given)})"
    return out


def _text_relation(relation: str, left: Term, right: Term) -> str:
    return f"{text(left)} {'==' if relation == '=' else relation} {text(right)}"


def _text_hypothesis(hypothesis: tuple[Any, ...]) -> str:
    if hypothesis[0] == "markov":
        return f'("markov", {tuple(hypothesis[1])!r}, {text(hypothesis[2])})'
    if hypothesis[0] == "pushforward":
        return f'("pushforward", {", ".join(text(t) for t in hypothesis[1:])})'
    if hypothesis[0] in ("gradient", "nondifferentiable", "convex"):
        return f"{hypothesis[0]}({', '.join(text(t) for t in hypothesis[1:])})"
    if hypothesis[0] == "cited":
        return f'cited("{hypothesis[1]}", {_text_relation(*hypothesis[2])})'
    return _text_relation(*hypothesis)


# LaTeX ---------------------------------------------------------------------------------------------------------------

_SMALL = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu"),
    *("xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "ell", "varepsilon", "varphi"),
)
_CAPITAL = ("Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega")
_COMMANDS = {
    **{name: rf"\{name}" for name in (*_SMALL, *_CAPITAL)},
    "eps": r"\varepsilon",
}
_RELATIONS = {"=": "=", "!=": r"\ne", "<=": r"\le", ">=": r"\ge", "<": "<", ">": ">"}
_WIDE = ("E", "int", "sum", "prod", "sup", "inf", "grad", "limit", "KL", "JSD", "TV", "CE", "H", "I", "W")


def name_latex(name: str, *subscripts: str) -> str:
    r"""A name in LaTeX: Greek names become letters, what follows an underscore or a final number a subscript.

    *subscripts* are LaTeX already and are appended.

    >>> print(name_latex("p_data"), name_latex("mu"), name_latex("s_k"), name_latex("x1'"))
    p_{\mathrm{data}} \mu s_{k} x_{1}'
    """
    stem = name.rstrip("'")
    primes = name[len(stem) :]
    base, *below = stem.split("_") if not stem.startswith("_") else [stem.replace("_", "")]
    match = re.fullmatch(r"(.*\D)(\d+)", base)
    if match:
        base, below = match[1], [match[2], *below]
    below = [_word(b, r"\mathrm") for b in below if b] + list(subscripts)
    return _word(base, r"\mathrm") + (f"_{{{','.join(below)}}}" if below else "") + primes


def _word(word: str, font: str) -> str:
    if word in _COMMANDS:
        return _COMMANDS[word]
    return word if len(word) <= 1 or word.isdigit() else f"{font}{{{word}}}"


def latex(value: Term) -> str:
    r"""The term in LaTeX, without dollar signs.

    >>> from derivations.language import E, KL, laws, log, variables
    >>> (p, q), (x, z) = laws("p q"), variables("x z")
    >>> print(latex(E[q(z | x)](log(p(x | z))) - KL(q(z | x), p(z))))
    \mathbb{E}_{q(z \mid x)}\left[\log p(x \mid z)\right] - D_{\mathrm{KL}}\left(q(z \mid x) \,\|\, p(z)\right)
    """
    return _latex(value, _SUM)


def _latex(value: Term, context: int) -> str:
    written, level = _latex_level(value)
    return _parentheses(written) if level < context else written


def _parentheses(inside: str) -> str:
    """Round brackets, tall ones only around what is tall."""
    tall = any(mark in inside for mark in (r"\frac", r"\sum", r"\prod", r"\int", r"\left", "^", r"\sup", r"\inf"))
    return rf"\left({inside}\right)" if tall else f"({inside})"


def _latex_level(value: Term) -> tuple[str, int]:
    head, args = value.head, value.args
    if head == "num":
        n = args[0]
        if n.denominator == 1:
            return str(n), _SUM if n < 0 else _ATOM
        sign = "-" if n < 0 else ""
        return rf"{sign}\frac{{{abs(n.numerator)}}}{{{n.denominator}}}", _SUM if n < 0 else _POWER
    if head == "add":
        parts = _summands(value)
        out = ("-" if parts[0][0] else "") + _latex(parts[0][1], _PRODUCT)
        for negative, part in parts[1:]:
            out += (" - " if negative else " + ") + _latex(part, _PRODUCT)
        return out, _SUM
    if head == "mul":
        negative, product = _signed(value)
        if negative:
            return "-" + _latex(product, _PRODUCT), _SUM
        return _latex_product(product.args), _PRODUCT
    if head == "pow":
        return _latex_power(value)
    if head == "log":
        # The logarithm of a name or a density needs no brackets; anything else does.
        plain = args[0].head in ("var", "sym", "idx", "num", "const", "den", "normal", "at", "fn")
        plain = plain and (args[0].head != "num" or args[0].args[0].denominator == 1)
        inside = latex(args[0])
        return (rf"\log {inside}" if plain else rf"\log\left({inside}\right)"), _PRODUCT
    if head in ("sum", "prod"):
        k = args[0]
        sign = rf"\{head}_{{{latex(k)}={latex(k.lower)}}}^{{{latex(k.upper)}}}"
        return f"{sign} {_latex(args[1], _PRODUCT)}", _PRODUCT
    if head == "int":
        differentials = "".join(rf" \,\mathrm{{d}}{latex(v)}" for v in args[0])
        return rf"\int {_latex(args[1], _PRODUCT)}{differentials}", _PRODUCT
    if head in ("infinity", "minus infinity"):
        return (r"\infty" if head == "infinity" else r"-\infty"), _ATOM
    if head == "limit":
        sign = rf"\lim_{{{latex(args[0])} \to {latex(args[1])}}}"
        return f"{sign} {_latex(args[2], _ATOM)}", _PRODUCT
    if head in ("sup", "inf", "grad"):
        sign = rf"\nabla_{{{latex(args[0])}}}" if head == "grad" else rf"\{head}_{{{latex(args[0])}}}"
        tight = args[1].head in ("log", "fn", "den", "E", "KL", "JSD", "var", "sym", "at")
        return f"{sign} {latex(args[1]) if tight else _latex(args[1], _ATOM)}", _PRODUCT
    return _latex_call(value), _ATOM


def _latex_power(value: Term) -> tuple[str, int]:
    base, e = value.args
    divisor = _inverted(value)
    if divisor is not None:
        return rf"\frac{{1}}{{{latex(divisor)}}}", _POWER
    if e == Fraction(1, 2):
        return rf"\sqrt{{{latex(base)}}}", _ATOM
    inside = _latex(base, _ATOM)
    if "'" in inside and inside.endswith("'"):
        inside = f"{{{inside}}}"  # a prime is a superscript already
    return f"{inside}^{{{e}}}", _POWER


def _latex_product(factors: Sequence[Term]) -> str:
    """A product with a positive coefficient, what divides below a fraction bar, tall factors beside it."""
    coefficient = Fraction(1)
    above: list[Term] = []
    below: list[Term] = []
    beside: list[Term] = []
    for factor in factors:
        n, divisor = number(factor), _inverted(factor)
        if n is not None:
            coefficient *= n
        elif divisor is not None:
            below.append(divisor)
        elif any(part.head in _WIDE for part in (factor, *(factor.args if factor.head in ("add", "log") else ()))):
            beside.append(factor)
        else:
            above.append(factor)
    lone_sum = len(above) == 1 and above[0].head == "add" and not beside
    if not below and not (coefficient.denominator > 1 and lone_sum):
        beside = [f for f in factors if number(f) is None]
        above = []
    pieces: list[str] = []
    if below or above or coefficient.denominator > 1:
        top = [str(coefficient.numerator)] if coefficient.numerator != 1 or not above else []
        bottom = [str(coefficient.denominator)] if coefficient.denominator != 1 else []
        pieces.append(rf"\frac{{{_row(top, above)}}}{{{_row(bottom, below)}}}")
    elif coefficient != 1:
        pieces.append(str(coefficient))
    return _row(pieces, beside)


def _row(written: list[str], factors: Sequence[Term]) -> str:
    """Factors side by side; a logarithm, a sum or an extremum that others follow is bracketed."""
    pieces = list(written)
    alone = len(pieces) + len(factors) == 1
    for i, factor in enumerate(factors):
        last = i == len(factors) - 1
        if alone:
            piece = latex(factor)
        elif factor.head in ("log", "sum", "prod", "sup", "inf", "grad", "int"):
            piece = latex(factor) if last else _parentheses(latex(factor))
        else:
            piece = _latex(factor, _POWER)
        pieces.append(rf"\cdot {piece}" if pieces and piece[0].isdigit() else piece)
    return " ".join(pieces)


def _latex_call(value: Term) -> str:
    head, args = value.head, value.args
    if head == "function" and len(args) > 2:
        return rf"{name_latex(args[0])} :\, " + ",\\, ".join(_latex_relation(*h) for h in args[2])
    if head in ("var", "sym", "idx", "const", "function"):
        return name_latex(args[0])
    if head == "law":
        return name_latex(args[0], *(latex(a) for a in args[1]))
    if head == "den":
        law, targets, given = args
        inside = ", ".join(_latex_filled(slot, t) for slot, t in targets)
        if given:
            inside += r" \mid " + ", ".join(_latex_filled(slot, t) for slot, t in given)
        return latex(law) + _parentheses(inside)
    if head == "normal":
        return r"\mathcal{N}" + _parentheses(f"{latex(args[0])}; {latex(args[1])}, {latex(args[2])}")
    if head == "gaussian":
        return r"\mathcal{N}" + _parentheses(f"{latex(args[0])}; {latex(args[1])}, {latex(args[2])}")
    if head == "gram":
        return rf"{latex(args[0])} {latex(args[0])}^{{T}}"
    if head == "eigenvalue":
        (row, column), rank, entry = args
        matrix = rf"\left[{latex(entry)}\right]_{{{latex(row)} {latex(column)}}}"
        return rf"\lambda_{{{latex(rank)}}}" + _parentheses(matrix)
    if head == "minibatch":
        return rf"\mathcal{{U}}_{{{latex(args[1])}}}" + _parentheses(latex(args[0]))
    if head == "det":
        return rf"\det {latex(args[0])}"
    if head in ("entry", "inverse"):
        position = f"{latex(args[1])} {latex(args[2])}"
        if head == "entry":
            return name_latex(args[0].name, position)
        base = latex(args[0]) if isinstance(args[0], Symbol) else _parentheses(latex(args[0]))
        return _parentheses(f"{base}^{{-1}}") + f"_{{{position}}}"
    if head == "at":
        position = latex(args[1])
        if isinstance(args[0], (Variable, Symbol)):
            return name_latex(args[0].name, position)
        return f"{_latex(args[0], _ATOM)}_{{{position}}}"
    if head == "fn":
        return name_latex(args[0]) + _parentheses(", ".join(latex(a) for a in args[2]))
    if head == "exp":
        return rf"\exp\left({latex(args[0])}\right)"
    if head == "abs":
        return rf"\left|{latex(args[0])}\right|"
    if head == "E":
        return rf"\mathbb{{E}}_{{{latex(args[1])}}}\left[{latex(args[2])}\right]"
    if head in ("KL", "JSD"):
        name = r"D_{\mathrm{KL}}" if head == "KL" else r"\mathrm{JSD}"
        return rf"{name}\left({latex(args[1])} \,\|\, {latex(args[2])}\right)"
    if head in ("TV", "CE"):
        name = r"\mathrm{TV}" if head == "TV" else "H"
        return rf"{name}\left({latex(args[1])}, {latex(args[2])}\right)"
    if head == "W":
        left, right, cost = (latex(t) for t in args[2:])
        return rf"W_{{1}}\left({left}, {right}; {cost}\right)"
    if head == "H":
        return _latex_information("H", args[2], [args[0]], args[1])
    if head == "I":
        return _latex_information("I", args[3], [args[0], args[1]], args[2])
    raise TypeError(f"{head!r} is no head of the language")


def _latex_information(name: str, joint: Term, groups: list[Sequence[Term]], given: Sequence[Term]) -> str:
    """Entropy or mutual information: H_p(x | z), I_q(x; z), of a plain law; else of the density in full."""
    together = [v for group in groups for v in group]
    inside = "; ".join(", ".join(latex(v) for v in group) for group in groups)
    if given:
        inside += r" \mid " + ", ".join(latex(v) for v in given)
    if joint.head == "den" and _conditional(joint.args[0], together, given, joint):
        return f"{name}_{{{latex(joint.args[0])}}}({inside})"
    if name == "H" and not given:
        return rf"H\left({latex(joint)}\right)"
    return rf"{name}_{{{latex(joint)}}}({inside})"


def _latex_filled(slot: str, value: Term) -> str:
    return latex(value) if _fills_its_slot(slot, value) else f"{name_latex(slot)}={latex(value)}"


def statement_latex(statement: Statement) -> str:
    r"""The statement in LaTeX, with its equality case and its hypotheses, without dollar signs.

    >>> from derivations.language import KL, laws, variables
    >>> (p, q), (x,) = laws("p q"), variables("x")
    >>> print(statement_latex((KL(p(x), q(x)) >= 0).iff(p(x) == q(x))))
    D_{\mathrm{KL}}\left(p(x) \,\|\, q(x)\right) \ge 0 \quad \text{with equality iff } p(x) = q(x)
    """
    out = _latex_relation(statement.relation, statement.left, statement.right)
    if statement.equality:
        cases = r" \text{ and } ".join(_latex_relation("=", a, b) for a, b in statement.equality)
        out += rf" \quad \text{{with equality iff }} {cases}"
    if statement.given:
        out += r" \quad \text{if } " + r" \text{ and } ".join(_latex_hypothesis(h) for h in statement.given)
    return out


def _latex_relation(relation: str, left: Term, right: Term) -> str:
    return f"{latex(left)} {_RELATIONS[relation]} {latex(right)}"


def _latex_hypothesis(hypothesis: tuple[Any, ...]) -> str:
    if hypothesis[0] == "markov":
        chain = r" \to ".join(name_latex(slot) for slot in hypothesis[1])
        return rf"{chain} \text{{ is a Markov chain under }} {latex(hypothesis[2])}"
    if hypothesis[0] == "pushforward":
        law, source, image = (latex(t) for t in hypothesis[1:])
        return rf"{law} \text{{ is the density of }} {image} \text{{ for }} {source}"
    if hypothesis[0] == "gradient":
        value, partial, coordinate = (latex(t) for t in hypothesis[1:])
        return rf"{partial} = \partial {value} / \partial {coordinate} \text{{ on an open set}}"
    if hypothesis[0] == "nondifferentiable":
        rough, value, coordinate = (latex(t) for t in hypothesis[1:])
        return rf"{rough} = 1 \text{{ if }} {value} \text{{ has no derivative in }} {coordinate} \text{{, else }} 0"
    if hypothesis[0] == "convex":
        return rf"{latex(hypothesis[1])} \text{{ ranges over a convex set}}"
    if hypothesis[0] == "cited":
        return rf"{_latex_relation(*hypothesis[2])} \text{{ (theorem of {hypothesis[1].replace('-', ' and ')})}}"
    return _latex_relation(*hypothesis)
