"""What the prose around a display says of it: that it poses a condition or a definition, that variables are discrete.

Refutations are gated by it.  Prose also tells which formulas within its lines are definitions (`tells`): a proof that
takes one says so.  Main definitions: `Surroundings`, `surroundings`, `tells`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Surroundings:
    """*posing*: the word by which its sentence poses a display; *discrete*: its section speaks of discrete laws."""

    posing: str = ""
    discrete: bool = False


ALONE = Surroundings()

# Words by which a sentence poses what follows: hypotheses, choices, definitions, the case of equality, aims.
_POSING = re.compile(
    r"\b(if|iff|when|whenever|where|suppose|assum(?:e|es|ed|ing|ption)|provided|such that|so that|subject to"
    r"|constraints?|requir(?:e|es|ed|ing)|conditions?|let(?!['’]s)|set(?:ting)?(?= )|choos(?:e|es|ing)|choice|pick"
    r"|in (?:that|this) case|tight|equality|optimum|attained|achieved|defin(?:e|es|ed|ing|ition)|denot(?:e|es|ed|ing)"
    r"|independen(?:t|ce|tly)|i\.i\.d\.?|factori[sz]\w*|parametri[sz]\w*|want|would like|goal|aim|ideal(?:ly)?|hope"
    r"|approximat\w+|for example|example|e\.g\.|instance)\b",
    re.IGNORECASE,
)
# "If we expand the logarithm, we get": a step of the derivation rather than a hypothesis.
_STEP = re.compile(
    r"\b(?:if|when) (?:we|you|one) (?:\w+ly )?(?:take|expand|rewrite|plug|substitute|use|apply|look|write|differentiate"
    r"|integrate|combine|rearrange|consider|multiply|divide|add|subtract|sum|insert|move|collect|put|split)\b"
    r"|\b(?:conditional|by definition|definition of|use the definition)\b",
    re.IGNORECASE,
)
_HYPOTHESIS = re.compile(
    r"\b(?:if|when(?:ever)?|suppose|assum(?:e|es|ed|ing|ption)|provided|independen(?:t|ce|tly)|i\.i\.d\.?|factori[sz]\w*)\b",
    re.IGNORECASE,
)
# The same in the languages in which notes are often written; scripts without spaces have no ends of words.
_POSING_ELSEWHERE = re.compile(
    r"如果|若|假[设設定]|[设設令]|当|當|只要|要使|使得|希望|想要|取等|等号|等號|[条條]件(?![熵概機机分期自互])|要求|[满滿]足|[记記][作为為]|[独獨]立"
    r"|(?<![的由据按])定[义義](?![是式])|例如|比如|目[标標]|もし|仮定|とき|場合|ならば|とする|例えば|만약|가정|경우|조건(?!부)|하면|독립|예를"
    r"|\b(?:si|cuando|donde|sup[oó]n\w*|sea|condici\w+|queremos|quando|onde|suponha\w*|seja|condiç\w+|lorsque|quand|où"
    r"|supposons|soit|voulons|wenn|falls|sei|angenommen|wobei|bedingung\w*|wollen|independ?ient\w*"
    r"|ind[eé]pendan\w*|unabhängig\w*|ejemplo|exemp\w+|définit\w*|defin(?:imos|ido|ida|ição|iert\w*|ieren)|определ\w+|beispiel\w*|если|пусть|когда|где|предпол\w+|условии?\w*|хотим"
    r"|независим\w+|пример\w*)\b",
    re.IGNORECASE,
)
_CONSTANT = re.compile(r"\b(?:constants?|const|constante|konstante)\b|常[數数]|定数|상수|констант", re.IGNORECASE)
_HYPOTHESIS_ELSEWHERE = re.compile(
    r"如果|若|假[设設定]|只要|[独獨]立|もし|仮定|場合|만약|가정|경우|독립"
    r"|\b(?:si|cuando|sup[oó]n\w*|quando|suponha\w*|lorsque|quand|supposons|wenn|falls|angenommen|если|предпол\w+)\b",
    re.IGNORECASE,
)
# What the paragraph of a display says of its laws and variables, under which an equation may hold.
_PREMISE = re.compile(
    r"\b(?:equals|coincid\w*|identical\w*|converged|perfect\w*|ignor(?:es|e|ed|ing)|parameter-free|independent\w*"
    r"|uncorrelated|orthogonal|deterministic\w*|noiseless|uniform\w*|symmetric\w*|stationary|reversible|non-?negative"
    r"|never negative|positive|bounded|at most|zero[- ]mean|cent(?:er|r)ed|vanish\w*|short for|stands? for|abbreviat\w*"
    r"|iid|antithetic|martingale|fair|one-hot|balanced|flip\w*|precision|diagonal|well[- ]specified|collapsed"
    r"|degenerate|bijecti\w*|invertible|exact|drop(?:s|ped|ping)?|omit\w*|neglect\w*|up to|disregard\w*|free of"
    r"|no (?:free )?parameters?|(?:does|do) not (?:depend|look|see|know)|same (?:law|distribution|moments|prior)"
    r"|replacement|converge[sd]|is the (?:true |exact )?posterior)\b",
    re.IGNORECASE,
)
# How the sentence of a display goes on behind it with a condition, or takes it back.
_BEHIND = re.compile(
    r"[\s,;]*(?:(?:and|but|only|precisely|exactly)\s+)*(?:if|iff|when(?:ever)?|provided|assuming|unless|as long as"
    r"|given that|under the assumption|because|since|once|in (?:the )?case|up to|plus"
    r"|(?:which|this|that)?\s*(?:is|are)\s+(?:false|wrong|incorrect|untrue|not (?:true|correct|the case))"
    r"|(?:does|do) not hold|fails)\b",
    re.IGNORECASE,
)
_HOLDS = re.compile(
    r"\s*(?:this|it|which|that|the (?:last|above|previous|latter)[\w\s]{0,20}|equality)\s+(?:\w+ly\s+)?(?:only\s+)?"
    r"(?:holds?|is (?:true|valid|exact|tight))\s+(?:only\s+)?(?:if|iff|when|for|under|in)\b",
    re.IGNORECASE,
)
_BOUNDED = re.compile(
    r"\b(?:values in|bounded)\b|[<>≤≥]|\\(?:leq?|geq?|perp|indep)(?![A-Za-z])|\\in\s*[\[{(]", re.IGNORECASE
)
_TITLE_PREMISE = re.compile(
    r"\b(?:(?:special )?case of|independen\w*|exact posterior|zero[- ]mean|uniform|deterministic|diagonal|example"
    r"|at the optim\w*|optimal (?:q|posterior|encoder))\b",
    re.IGNORECASE,
)
_CLOSES = re.compile(r"(?:\s|\$\$|\\\]|\\end\{\w+\*?\}|\\label\{[^}]*\}|\{[#:][^}]*\})*")
_NAMING = re.compile(r"\b(?:where|let|set|denot(?:e|es|ed|ing))\b|[设設令]|[记記][作为為]", re.IGNORECASE)
_MATHEMATICS = re.compile(
    r"\$\$.*?\$\$|\\\[.*?\\\]|\\begin\{(align|equation|gather|multline|eqnarray|displaymath)(\*?)\}.*?\\end\{\1\2\}"
    r"|(?<!\\)\$[^$\n]+\$|\\\(.*?\\\)|\0[\0\n]*(?:\$\$|\\\]|\\end\{\w+\*?\})?",  # the last: a display that is blanked
    re.DOTALL,
)
_SENTENCE = re.compile(  # its ends, which those of abbreviations are not
    r"(?<=[.!?])(?:(?<!\b[ieas]\.[egst]\.)(?<!\b[wi]\.[ri]\.[td]\.)(?<!\bresp\.)|(?=\s+[A-Z]))"
    r"(?<!\b(?:[Cc]f|[Ee]q|vs)\.)(?<!\b(?:[Ee]qs|[Ff]ig|[Ss]ec)\.)\s+"
    r"|(?<=[。！？])(?=[\s\S])|\n\s*\n|\n(?=\s*(?:[-*+]|\d+[.)])\s)"
)
_TITLE = re.compile(r"^(?:#{1,6}[ \t].*|\\(?:(?:sub)*section|(?:sub)?paragraph|chapter)\*?\{[^\n]*\})$", re.MULTILINE)
_HEAD = re.compile(
    r"[ \t]*(?:#{1,6}[ \t]|\\(?:sub)*(?:section|paragraph)|\\chapter|\*\*|__|\\textbf\{|\\begin\{)[^\n]*", re.IGNORECASE
)
_DISCRETE = re.compile(r"\b(?:discrete|categorical|finite alphabet|probability mass|pmf)\b", re.IGNORECASE)


_COMMAND = re.compile(r"\\[A-Za-z]+\*?(?:\[[^\]]*\])?(?:\{[^{}]*\})*")
_A_SENTENCE = 20  # letters, which in some languages no spaces part


def wordy(prose: str) -> bool:
    r"""Whether a text has sentences: more than headings, commands and formulas.

    >>> wordy("The evidence lower bound is $a$."), wordy(r"# The evidence lower bound" "\n" r"\begin{document} $a$, so")
    (True, False)
    """
    body = _COMMAND.sub(" ", _MATHEMATICS.sub(" ", _TITLE.sub(" ", prose.rpartition(r"\begin{document}")[2])))
    letters = [c for c in body if c.isalpha()]
    return len(letters) + 2 * sum(c > "\u2e7f" for c in letters) >= _A_SENTENCE  # a sign for a word, or near


_SPECIAL = re.compile(
    r"\b(?:if|iff|when(?:ever)?|suppose|provided|case|tight|equality|optim(?:al|um|ality)|attained|achieved|examples?"
    r"|e\.g\.|instance|toy|exercise|best|ideal(?:ly)?|perfect(?:ly)?)\b",
    re.IGNORECASE,
)
_NAMES = re.compile(r"\b(?:let|defin\w+|denot\w+|writ(?:e|es|ing|ten)|call|abbreviat\w+|introduc\w+)\b", re.IGNORECASE)
WHERE = re.compile(
    r"\b(?:where|with|for|here|using|recall|set(?:ting)?|o[uù]|donde|onde|wobei|mit|где)\b|其中|ここで|여기서",
    re.IGNORECASE,
)
_WRONG = re.compile(
    r"\b(?:false|wrong(?:ly)?|incorrect(?:ly)?|contradict\w*|disprove|untrue|mistake\w*|erroneous\w*|invalid|fallac\w+)\b",
    re.IGNORECASE,
)
_IS_WRONG = re.compile(
    r"[\s$\\\]}.,;]*(?:but )?(?:which|this|that) is (?:wrong|false|incorrect|not true|a mistake)\b", re.IGNORECASE
)
_SEEKS = re.compile(r"\b(?:find|solve|seek|look(?:ing)? for|search(?:ing)? for)\b", re.IGNORECASE)
# What is set free again: "for any critic $T$", "now let $q(z)$ be any law".
_FREES = re.compile(
    r"\b(?:any|arbitrary)\b[^.;:!?$\0]{0,60}(?<!\\)\$([^$\0]{1,60})\$"
    r"|(?<!\\)\$([^$\0]{1,60})\$(?=[^.;:!?$\0]{0,40}\b(?:any|arbitrary)\b)",
    re.IGNORECASE,
)
_STATED = re.compile(
    r"[=:<>∈]|\\(?:in|sim|coloneqq|triangleq|geq?|leq?)(?![A-Za-z])"
)  # what is said of what comes before
_UNNORMALISED = re.compile(
    r"(?<!\\)\$([^$\0]{1,80})\$(?=[^.;:!?$\0]{0,40}\b(?:unnormali[sz]ed|not (?:be )?normali[sz]ed|improper)\b)"
    r"|\b(?:unnormali[sz]ed|not normali[sz]ed|improper)\b[^.;:!?$\0]{0,40}(?<!\\)\$([^$\0]{1,80})\$",
    re.IGNORECASE,
)
_DEVIATIONS = re.compile(r"\b(?:standard deviations?|variances?)\b", re.IGNORECASE)
_LOGISTIC = re.compile(r"\b(?:sigmoid|logistic)\b", re.IGNORECASE)
_ENERGY = re.compile(
    r"(?<!\\)\$\s*E(?:_\{?\\\w+\}?)?\s*(?:\([a-z]\))?\s*\$[^.;$\0]{0,40}\benergy\b"
    r"|(?<!free )\benergy\b[^.;$\0]{0,40}(?<!\\)\$\s*E(?:_\{?\\\w+\}?)?\s*(?:\([a-z]\))?\s*\$",
    re.IGNORECASE,
)
_MEANS = re.compile(
    r"(?:\bexpectations?\b|(?<!\\)\$\s*(?:\\(?:mathbb|mathrm|mathcal|operatorname|bb)\s*\{?E\}?|E)\s*(?:\[\s*\\cdot\s*\])?\s*\$)"
    r"[^.$\0]{0,80}\b(?:under|over|with respect to|w\.?r\.?t\.?)(?:\s+(?:the|law|distribution|density|of))*\s*\$",
    re.IGNORECASE,
)


_BASES = re.compile(
    r"\bbase[- ](?:of )?\$?(?:2|two|10|ten|b|D)\b|\blog(?:arithm)?s? (?:in |with |to |of )(?:the )?base (?!\$?e\b)"
    r"|\b(?:binary|base-2|base-10|decimal) log|\bin bits\b|\\log_\{?\s*(?:2|10|b|D)(?![A-Za-z0-9])",
    re.IGNORECASE,
)


def in_a_special_case(before: str) -> bool:
    r"""Whether a display says what holds in a special case, by its sentence or the title of its section.

    >>> [in_a_special_case(text) for text in ("The bound is tight if", "# Example\n\nLet", "The model is")]
    [True, True, False]
    """
    title = _HEAD.match(before)
    sentence = _STEP.sub(" ", lead(before))
    return _SPECIAL.search(sentence) is not None or (title is not None and _SPECIAL.search(title[0]) is not None)


def speaks_of_bases(prose: str) -> bool:
    r"""Whether a text says that its logarithms are to another base than e, or its information in bits.

    >>> speaks_of_bases("All logarithms are to base 2."), speaks_of_bases(r"we write $\log$ for $\log_2$")
    (True, True)
    >>> speaks_of_bases("the natural logarithm, with base e"), speaks_of_bases("based on 2 samples")
    (False, False)
    """
    return _BASES.search(prose) is not None


def tells_of_means(prose: str) -> bool:
    r"""Whether a text says in words under which law its expectations are.

    >>> tells_of_means(r"Here $\mathbb{E}$ denotes the expectation under $q$."), tells_of_means(r"the mean $E[X]$ of X")
    (True, False)
    """
    return _MEANS.search(prose) is not None


def names(before: str) -> bool:
    """Whether the sentence that leads to an equation says that it defines a name.

    >>> names("The bound is tight if"), names("We write")
    (False, True)
    """
    return _NAMES.search(lead(before)) is not None


def denies(before: str) -> bool:
    """Whether the sentence that leads to a display says that it is wrong, or looks for what it equates.

    >>> denies("It is false that"), denies("Find $f$ with"), denies("To find the bound we define")
    (True, True, False)
    """
    sentence = lead(before)
    return _WRONG.search(sentence) is not None or (_SEEKS.search(sentence) is not None and not names(before))


def denied_behind(behind: str) -> bool:
    """Whether the sentence of a display goes on behind it to say that it is wrong.

    >>> denied_behind("$$ which is wrong."), denied_behind("$$ It is wrong to stop here.")
    (True, False)
    """
    return _IS_WRONG.match(behind) is not None


def freed(prose: str) -> Iterator[tuple[int, str]]:
    """Where a text says of what a formula names that it is anything, and the formula.

    >>> list(freed("For any critic $T$ we have; now let $q(z)$ be any law."))
    [(16, 'T'), (37, 'q(z)')]
    """
    yield from _formulas(_FREES, prose)


def unnormalised(prose: str) -> Iterator[tuple[int, str]]:
    """Where a text says of a formula that it has not the mass one, and the formula."""
    yield from _formulas(_UNNORMALISED, prose)


def _formulas(pattern: re.Pattern[str], prose: str) -> Iterator[tuple[int, str]]:
    for match in pattern.finditer(prose):
        group = 1 if match[1] else 2
        yield match.start(group), _STATED.split(match[group])[0]


def speaks_of_deviations(prose: str) -> bool:
    """Whether a text speaks of deviations or variances and of no logistic function."""
    return _DEVIATIONS.search(prose) is not None and _LOGISTIC.search(prose) is None


# What a sentence may call a reserved name, if it means the usual thing.
_USUAL = {
    "H": r"entrop|information|uncertain",
    "I": r"information|identity|indicator",
    "KL": r"diverg|kullback|relative|distance",
    "D": r"diverg|kullback|relative|discriminat|distance|data|critic|classif|depth|dimension",
    "E": r"expect|mean|average",
    "TV": r"variation|distance",
    "Var": r"varianc",
    "ELBO": r"bound|evidence|free energy",
}
_UNUSUAL = re.compile(
    r"\b(?:r[eé]nyi|tsallis|hellinger|hamilton|hessian|min-|reverse|median|geometric|harmonic)", re.IGNORECASE
)
_CALLED = re.compile(
    r"\b(?:let|here|where)\s+\$\s*(?:\\(?:mathrm|mathbb|mathcal|text|operatorname)\{)?(KL|H|I|D|E|TV|Var|ELBO)\}?\s*"
    r"(?:[(\[_][^$]{0,40})?\$\s+(?:be|denotes?|is|stands? for)\s+(?:the|an?)\s+([^.;:!?$\0]{3,80})",
    re.IGNORECASE,
)


def called_otherwise(prose: str) -> frozenset[str]:
    """The reserved names that sentences introduce as something else than the usual.

    >>> sorted(called_otherwise("Let $H(p,q)$ be the Hellinger distance. Here $E$ denotes the expectation."))
    ['H']
    """
    found = ((m[1], m[2]) for m in _CALLED.finditer(prose))
    return frozenset(
        n for n, words in found if not re.search(_USUAL.get(n, ""), words, re.IGNORECASE) or _UNUSUAL.search(words)
    )


def speaks_of_energies(prose: str) -> bool:
    """Whether a text says that E is an energy.

    >>> speaks_of_energies("Let $E(x)$ denote the energy of $x$."), speaks_of_energies("the energy is a mean")
    (True, False)
    """
    return _ENERGY.search(prose) is not None


def surroundings(before: str, behind: str = "", ends: bool = False) -> Surroundings:
    """What the text before a display, from the heading of its section on, and the text *behind* it say of it.

    *ends*: the display ends its sentence.

    >>> surroundings("The gap vanishes when").posing
    'when'
    >>> surroundings("If X and Y are independent, then $$ H(X, Y) = H(X) + H(Y) $$").posing
    'if'
    >>> surroundings("Let $q = N(0, 1)$.").posing
    ''
    >>> surroundings("If we expand the logarithm, we get").posing
    ''
    >>> surroundings("我们希望这个下界与似然相等：").posing
    '希望'
    >>> surroundings("The decoder ignores the latent. Hence").posing
    'ignores'
    >>> surroundings("We have", "$$ provided that q is the posterior.").posing
    'provided'
    >>> surroundings("We have", "$$ where q is the encoder.").posing
    ''
    """
    sentence = _STEP.sub(" ", lead(before))
    if not sentence.strip("."):  # a display after a display, without a word between them: what was supposed still is
        before_all = _before_displays(before)
        sentence, paragraph = _STEP.sub(" ", lead(before_all)), _paragraph(before_all)
        found = _HYPOTHESIS.search(sentence) or _HYPOTHESIS_ELSEWHERE.search(sentence)
    else:
        if sentence[-1] in ".!?。！？":  # it has named what it names, and the display is a sentence of its own
            sentence = _NAMING.sub(" ", sentence)
        paragraph = _paragraph(before)
        found = _POSING.search(sentence) or _POSING_ELSEWHERE.search(sentence)
    title = _HEAD.match(before)
    found = found or _PREMISE.search(paragraph) or (_TITLE_PREMISE.search(title[0]) if title is not None else None)
    word = found[0].lower() if found else _goes_on(behind, ends)
    return Surroundings(word, _DISCRETE.search(before) is not None)


def remarked(words: str) -> str:
    """The word by which a remark within a display makes its row a condition, or true but for a constant.

    >>> remarked("(if q is exact)"), remarked("(up to a constant)"), remarked("(by Bayes' rule)")
    ('if', 'constant', '')
    """
    found = _HYPOTHESIS.search(words) or _CONSTANT.search(words)
    return found[0].lower() if found else ""


def _paragraph(before: str) -> str:
    """The last paragraph of a text, back to the display before it."""
    return re.split(r"\n\s*\n", _shown(before))[-1]


def _goes_on(behind: str, ends: bool) -> str:
    """The words by which the sentence of a display goes on behind it with a condition."""
    start = _CLOSES.match(behind)
    clause = re.split(r"(?<=[.!?])\s|\n\s*\n|\$\$|\\\[|\\begin\{", behind[start.end() if start else 0 :], maxsplit=1)[0]
    found = _HOLDS.match(clause)
    if not ends:
        found = found or _BEHIND.match(clause)
        for_all = re.match(r"[\s,;]*(?:for (?:all|any|every|each|an?)|with|where)\b", clause, re.IGNORECASE)
        if found is None and for_all is not None and (_PREMISE.search(clause) or _BOUNDED.search(clause)):
            found = for_all
    return found[0].strip(" ,;\n").lower() if found else ""


# Words by which a sentence introduces a formula within it, and words that make it a condition or a special case.
_INTRODUCES = re.compile(
    r"\b(?:where|with|let|define[ds]?|defining|denot(?:e|es|ed|ing)|set|setting|writ(?:e|es|ing)|abbreviat\w+"
    r"|introduc\w+|using|here|given by|mixture|average|choose|choosing|take|taking|assum(?:e|es|ing)|for)\b",
    re.IGNORECASE,
)
_SUPPOSES = re.compile(
    r"\b(?:if|iff|when|whenever|unless|suppose|case|cases|only|until|not|then|so|hence|thus|therefore|implies|gives"
    r"|yields|get|obtain|have|optimal|optimum|minimi[sz]\w+|maximi[sz]\w+|attained|tight|equality|at|instead)\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\bnot (?:assume|suppose|take|use|set|require)\b"
    r"|\b(?:unlike|instead of|rather than|contradiction|contrary|no longer|in contrast to)\b",
    re.IGNORECASE,
)
_OPENS = re.compile(r"(?:if|when|suppose(?: that)?|in the case(?: of| that| where)?)\b", re.IGNORECASE)
_STANDS = re.compile(r"\b(?:suppose|let|assum(?:e|es|ing)|take)\b", re.IGNORECASE)
_POSES = re.compile(
    r"\b(?:suppose|let|assum(?:e|es|ing|ption)|if|iff|when|whenever|where|given|provided|since|because|as|at|under|case"
    r"|optim\w+|choose|choosing|take|taking|set|setting)\b",
    re.IGNORECASE,
)
_BOUNDS = re.compile(
    r"\b(?:where|with|for|let|if|when|whenever|suppose|assum(?:e|es|ing)|given|provided(?: that)?|take|as long as)\b",
    re.IGNORECASE,
)
_ORDER = re.compile(r"[<>≤≥]|\\(?:leq?|geq?|leqslant|geqslant|lt|gt)(?![A-Za-z])")
_LAW = re.compile(r"\\sim(?![A-Za-z])|=\s*\\?(?:mathcal|mathrm|operatorname)?\s*\{?\s*N(?:ormal)?\b")


def _before_displays(before: str) -> str:
    """The text before the displays at its end."""
    text = before.rstrip()
    while own := next((m for m in _MATHEMATICS.finditer(text) if m.end() == len(text)), None):
        text = text[: own.start()].rstrip()
    return text


def tells(before: str, formula: str) -> str:
    """Whether a formula within a line is a definition, by the words of its sentence before it: ``defines``.

    A normal law may be told without such words, ``the prior $p(z) = N(0, 1)$``, or supposed by what its sentence leads
    to, ``if $q(z) = N(m, s^2)$, then``: ``supposes``; with "suppose", by what follows in its section: ``stands``.  So
    are bounds, ``for $b >= 1$``, which after "where" are those of all of the section: ``bounds``.  Any other equation
    may be one under which its sentence is said, ``if $p = q$``: ``poses``; or its section: ``poses on``.  Else the
    answer is empty.

    >>> tells("the divergence to the mixture, where ", "M = (p + q)/2"), tells("The bound is tight if ", "q = p")
    ('defines', 'poses')
    >>> tells("If ", "q(z) = N(m, s^2)"), tells("where ", "b > 0"), tells("so that ", "b > 0")
    ('supposes', 'bounds', '')
    """
    sentence = lead(before)
    if _DENIES.search(sentence):
        return ""
    words = _INTRODUCES.split(sentence)
    if _ORDER.search(formula):
        clause = _OPENS.sub("", re.split(r"[,;]\s*(?=\w)", sentence)[-1], 1)
        if _SUPPOSES.search(_BOUNDS.sub("", clause)) or not (_BOUNDS.search(clause) or _OPENS.match(sentence)):
            return ""
        if re.search(r"\b(?:where|with)\b", clause, re.IGNORECASE):
            return "bounds"
        return "stands" if _STANDS.search(sentence) else "supposes"
    if _LAW.search(formula):
        if not _SUPPOSES.search(words[-1]):
            return "defines"
        if not _OPENS.match(sentence) or _SUPPOSES.search(_OPENS.sub("", sentence, 1)):
            return ""
        return "stands" if _STANDS.search(sentence) else "supposes"
    if len(words) > 1 and not _SUPPOSES.search(words[-1]):
        return "defines"
    if "=" in formula and _POSES.search(sentence):
        return "poses on" if _STANDS.search(sentence) else "poses"
    return ""


def lead(before: str) -> str:
    """The sentence that a display completes: formulas within it are dots, displays before it end it."""
    return _SENTENCE.split(_shown(before))[-1].strip()


def _shown(before: str) -> str:
    """A text with its formulas as dots, and its displays as the ends of paragraphs."""

    def shown(match: re.Match[str]) -> str:
        line = before[before.rfind("\n", 0, match.start()) + 1 : match.start()]
        own = not line.strip() and (match[0].startswith(("$$", "\\[", "\\begin")))
        if match[0].startswith("\0"):  # which ends a sentence where the next word begins one
            own = before[match.end() :].lstrip()[:1].isupper()
        return ".\n\n" if own else " · "

    return _TITLE.sub("\n\n", _MATHEMATICS.sub(shown, before)).rstrip()
