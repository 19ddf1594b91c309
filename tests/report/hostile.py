"""Claims made of what a user might write, or an attacker: shared by the tests of the report."""

from __future__ import annotations

from hypothesis import strategies as st

from derivations.claims import Claim, Part, chain
from derivations.judge import Verdict
from derivations.language import E, Function, laws, log, variables
from derivations.report.evidence import Evidence

FRAGMENTS = [
    r"\input{/etc/passwd}",
    r"\immediate\write18{touch pwned}",
    r"\end{document}",
    r"\catcode`\%=12",
    r"$\input{x}$",
    r"$a$ $ b",
    r"$\def\x{\x}\x$",
    r"$}\end{document}{$",
    r"$x^a^b$",
    r"$\left( x$",
    r"$\begin{document}$",
    r"$\text{$\write18{x}$}$",
    "$^^5cinput$",
    "^^5cinput{x}",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><script>alert(1)</script>",
    "$x < y <script>$",
    "javascript:alert(1)",
    "&lt;b&gt; &amp; &#60;",
    "{{ 7 * 7 }} {% raw %} << 7 >> <% x %>",
    "%%% ### ___ ~~~ ^^^ \\\\ {} }{ []",
    "中文 עברית 🙂 \u202e reversed \u0000 \u200b ﬀ é ß ½ α ≤",
    "x" * 200,
    "a_b__c--d---e ``f'' \"g\" ?` !` <<h>>",
    "",
    " \n\n \t ",
]

hostile = st.one_of(
    st.sampled_from(FRAGMENTS),
    st.text(max_size=60),
    st.text(alphabet=list("\\{}$&#%_^~<>\"'|`ab 1\n"), max_size=60),
    st.lists(st.sampled_from(FRAGMENTS), min_size=2, max_size=4).map(" ".join),
)


def claim_of(text: str, number: int = 0) -> Evidence:
    """A claim with the text in every place that takes one: words, names of variables, laws and functions, checks."""
    name = text or "x"
    (p,), (x,) = laws("p"), variables("x")
    q = type(p)("law", name, ())
    f = Function(name)
    y = type(x)("var", name, "unknown", name, ())
    left = E[p(x)](log(q(x)) + f(x) + f(y))
    steps = chain(left, ("=", left + 0 * f(y), text), ("=", E[q(x)](f(x)), text))
    claim = Claim(
        id=f"{text}{number}",
        item=text,
        title=text,
        parts=(Part(left == f(y), chains=(steps,)),),
        words=text,
        companion=text,
        question=text,
        notes=(text, text),
    )
    verdict = Verdict(
        claim.parts[0].statement,
        "undecided",
        conditions=(text,),
        assumptions=(text,),
        trusts=(text,),
        rules=(text,),
        message=text,
    )
    found = tuple(Verdict(s, "undecided", message=text) for s, _ in steps.statements())
    check = {"name": text, "method": text, "value": text, "reference": {"mid": text, "rad": text}, "error": text}
    return Evidence(claim, (verdict,), ((found,),), None, ({**check, "passed": False},), (text,), 0.0)
