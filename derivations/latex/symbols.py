"""The tables of notation that the tokens are read by: commands, words, characters."""

from __future__ import annotations


def _words(text: str) -> list[str]:
    return text.split()


GREEK = frozenset(
    [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "varepsilon",
        "zeta",
        "eta",
        "theta",
        "vartheta",
        "iota",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
        "pi",
        "varpi",
        "rho",
        "varrho",
        "sigma",
        "varsigma",
        "tau",
        "upsilon",
        "phi",
        "varphi",
        "chi",
        "psi",
        "omega",
        "Gamma",
        "Delta",
        "Theta",
        "Lambda",
        "Xi",
        "Pi",
        "Sigma",
        "Upsilon",
        "Phi",
        "Psi",
        "Omega",
        "ell",
        "hbar",
        "imath",
        "jmath",
    ]
)

SIZES = frozenset(
    [
        "left",
        "right",
        "middle",
        "big",
        "Big",
        "bigg",
        "Bigg",
        "bigl",
        "bigr",
        "Bigl",
        "Bigr",
        "biggl",
        "biggr",
        "Biggl",
        "Biggr",
        "bigm",
        "Bigm",
        "biggm",
        "Biggm",
    ]
)

SPACES = frozenset(
    [
        ",",
        ";",
        ":",
        "!",
        " ",
        ">",
        "/",
        "\n",
        "\t",
        "quad",
        "qquad",
        "space",
        "enspace",
        "enskip",
        "thinspace",
        "medspace",
        "thickspace",
        "negthinspace",
        "displaystyle",
        "textstyle",
        "scriptstyle",
        "scriptscriptstyle",
        "limits",
        "nolimits",
        "nonumber",
        "notag",
        "allowbreak",
        "nobreak",
        "hfill",
        "noindent",
        "mathstrut",
        "relax",
        "hfil",
        "normalfont",
        "small",
        "large",
        "centering",
    ]
)

# What is dropped together with its arguments.
IGNORED = {
    "label": 1,
    "tag": 1,
    "tag*": 1,
    "hspace": 1,
    "hspace*": 1,
    "vspace": 1,
    "vspace*": 1,
    "phantom": 1,
    "hphantom": 1,
    "vphantom": 1,
    "color": 1,
    "textcolor": 1,
    "footnote": 1,
    "intertext": 1,
    "shortintertext": 1,
    "ref": 1,
    "eqref": 1,
    "cite": 1,
    "boxed": 0,
    "blacksquare": 0,
    "square": 0,
    "Box": 0,
    "qed": 0,
    "qedhere": 0,
    "qedsymbol": 0,
    "checkmark": 0,
    "fbox": 0,
    "mbox": 0,
    "ensuremath": 0,
    "cancel": 0,
    "hline": 0,
    "strut": 0,
    "mathopen": 0,
    "mathclose": 0,
    "mathbin": 0,
    "mathrel": 0,
    "mathord": 0,
    "smash": 0,
    "protect": 0,
    "tiny": 0,
}

# Environments that only arrange rows; every other one is a construct.
ROWS = frozenset(
    [
        "align",
        "aligned",
        "alignat",
        "alignedat",
        "gather",
        "gathered",
        "split",
        "multline",
        "multlined",
        "equation",
        "eqnarray",
        "flalign",
        "array",
        "math",
        "displaymath",
        "subequations",
        "dmath",
        "dmath*",
        "dgroup",
    ]
)

ARRAYS = frozenset(["array", "aligned", "gathered", "split", "alignedat"])  # which may be columns of a matrix

# Functions by their words, which without brackets are no numbers.
WORDS_OF_FUNCTIONS = frozenset(
    _words("tanh relu ReLU softmax softplus sigmoid sgn sign sin cos tan sinh cosh erf logit logistic rank vec prox")
)

# Signs of the end of a proof.
ENDS = frozenset(["blacksquare", "square", "Box", "qed", "qedsymbol", "checkmark"])

FONTS = {
    **dict.fromkeys(("mathbf", "boldsymbol", "bm", "pmb", "textbf", "bf", "mathbfit", "symbf", "vec", "bold"), "bold"),
    **dict.fromkeys(("mathrm", "operatorname", "operatorname*", "mathop", "mathsf", "mathtt", "rm"), "roman"),
    **dict.fromkeys(("text", "textrm", "textit", "textsf", "texttt", "textnormal", "texttt"), "text"),
    **dict.fromkeys(("mathit", "it", "mathnormal"), "italic"),
    **dict.fromkeys(("mathcal", "mathscr", "cal", "mathfrak", "EuScript"), "calligraphic"),
    **dict.fromkeys(("mathbb", "mathds", "Bbb", "mathbbm"), "blackboard"),
}

# Words inside \text{...} that join equations instead of naming something.
CONNECTIVES = frozenset(
    [
        "where",
        "if",
        "and",
        "or",
        "for",
        "with",
        "when",
        "by",
        "since",
        "because",
        "so",
        "thus",
        "hence",
        "then",
        "let",
        "as",
        "is",
        "are",
        "the",
        "from",
        "using",
        "of",
        "in",
        "iff",
        "all",
        "such",
        "given",
        "otherwise",
        "i.e",
        "def",
    ]
)

# Words that join equations even where the source writes them as letters of a formula, outside subscripts.
CONJUNCTIONS = frozenset(
    ["where", "and", "for", "with", "when", "since", "because", "thus", "hence", "then", "using", "otherwise"]
)

# Letters that are one name, by what they mean.
WORDS = {
    "KL": "KL",
    "DKL": "KL",
    "kl": "KL",
    "JS": "JSD",
    "JSD": "JSD",
    "js": "JSD",
    "jsd": "JSD",
    "TV": "TV",
    "tv": "TV",
    "ELBO": "ELBO",
    "Elbo": "ELBO",
    "elbo": "ELBO",
    "MI": "I",
    "CE": "CE",
    "BCE": "BCE",
    "GAN": "GAN",
    "VAE": "VAE",
    "Loss": "Loss",
    "loss": "loss",
    "Pr": "Pr",
    "const": "const",
    "data": "data",
    "real": "real",
    "fake": "fake",
    "model": "model",
    "gen": "gen",
    "ref": "ref",
    "ent": "H",
    "Ent": "H",
    "Entropy": "H",
    "entropy": "H",
}

# Words that authors write without braces as subscripts: p_data, D_KL.
SUBSCRIPTS = frozenset(
    ("data", "model", "real", "fake", "gen", "noise", "prior", "ref", "KL", "JS", "JSD", "TV", "ELBO")
)

# Macros of common preambles, which notes use without showing them.
MACROS = {
    **dict.fromkeys(("E", "EE", "Exp", "Epsilon"), r"\mathbb{E}"),
    **{name: rf"\mathrm{{{name.removeprefix('D')}}}" for name in ("KL", "DKL", "JS", "JSD", "TV", "Var", "Cov")},
    **{f"p{word}": rf"p_{{\mathrm{{{word}}}}}" for word in ("data", "model")},
    **{f"{mark}{letter}": rf"\mathbf{{{letter}}}" for mark in ("v", "rv") for letter in "aghstuvwxyz"},
    **{letter: rf"\mathbf{{{letter}}}" for letter in "xyzwXYZW"},
    "given": r"\mid ",
}

FUNCTIONS = {
    "log": ("FUNCTION", "log"),
    "ln": ("FUNCTION", "log"),
    "lg": ("FUNCTION", "log2"),
    "lb": ("FUNCTION", "log2"),
    "Log": ("FUNCTION", "log"),
    "Ln": ("FUNCTION", "log"),
    "exp": ("FUNCTION", "exp"),
    "det": ("FUNCTION", "det"),
    "tr": ("FUNCTION", "trace"),
    "Tr": ("FUNCTION", "trace"),
    "trace": ("FUNCTION", "trace"),
    "Trace": ("FUNCTION", "trace"),
    "diag": ("FUNCTION", "diag"),
    "max": ("EXTREMUM", "max"),
    "min": ("EXTREMUM", "min"),
    "sup": ("EXTREMUM", "sup"),
    "inf": ("EXTREMUM", "inf"),
    "argmax": ("EXTREMUM", "argmax"),
    "argmin": ("EXTREMUM", "argmin"),
    "arg": ("EXTREMUM", "arg"),
    "lim": ("EXTREMUM", "lim"),
    "Var": ("NAME", "Var"),
    "Cov": ("NAME", "Cov"),
    "var": ("NAME", "Var"),
}

# Commands by what they are read as.
_COMMANDS = {
    ("FRAC", ""): "frac dfrac tfrac cfrac nicefrac sfrac",
    ("SQRT", ""): "sqrt",
    ("BIG", "int"): "int iint iiint",
    ("BIG", "sum"): "sum",
    ("BIG", "prod"): "prod",
    ("NABLA", "nabla"): "nabla",
    ("PARTIAL", "partial"): "partial",
    ("NAME", "infinity"): "infty",
    ("BRACE", "under"): "underbrace",
    ("BRACE", "over"): "overbrace",
    ("CDOT", "."): "cdot bullet",
    ("TIMES", "*"): "times odot",
    ("TIMES", "otimes"): "otimes",
    ("STAR", "*"): "ast star",
    ("SYMBOL", "circ"): "circ",
    ("SYMBOL", "pm"): "pm",
    ("SYMBOL", "mp"): "mp",
    ("SLASH", "/"): "div",
    ("BAR", "|"): "mid vert",
    ("LABS", "|"): "lvert",
    ("RABS", "|"): "rvert",
    ("DBAR", "||"): "Vert parallel",
    ("LNORM", "||"): "lVert",
    ("RNORM", "||"): "rVert",
    ("OPEN", "{"): "lbrace",
    ("CLOSE", "}"): "rbrace",
    ("OPEN", "["): "lbrack",
    ("CLOSE", "]"): "rbrack",
    ("OPEN", "<"): "langle",
    ("CLOSE", ">"): "rangle",
    ("OPEN", "("): "lparen",
    ("CLOSE", ")"): "rparen",
    ("DOTS", "..."): "ldots dots cdots dotsc dotsm",
    ("SIM", "~"): "sim backsim thicksim",
    ("IN", "in"): "in",
    ("TO", "to"): "to rightarrow longrightarrow mapsto",
    ("SYMBOL", "perp"): "perp",
    ("COLON", ":"): "colon vcentcolon",
    ("TEXT", "for all"): "forall",
    ("TEXT", "exists"): "exists",
    ("TEXT", "because"): "because",
    (
        "ARROW",
        "=>",
    ): "therefore Rightarrow Longrightarrow implies iff Leftrightarrow Longleftrightarrow Leftarrow impliedby",
    ("REL", "<="): "le leq leqslant leqq",
    ("REL", ">="): "ge geq geqslant geqq",
    ("REL", "<"): "lt",
    ("REL", ">"): "gt",
    ("REL", "!="): "ne neq",
    ("REL", "approx"): "approx approxeq simeq cong",
    ("REL", "propto"): "propto varpropto",
    ("REL", ":="): "triangleq coloneqq coloneq doteq equiv",
    ("REL", "=:"): "eqqcolon",
    ("PRIME", "'"): "prime",
    ("NAME", "transpose"): "top intercal dagger",
    ("NAME", "one"): "mathbb1",
    ("ACCENT", "hat"): "hat widehat",
    ("ACCENT", "tilde"): "tilde widetilde",
    ("ACCENT", "bar"): "bar overline",
    ("ACCENT", "underline"): "underline underbar",
    ("ACCENT", "check"): "check",
    ("ACCENT", "dot"): "dot",
    ("ACCENT", "ddot"): "ddot",
    ("NAME", "Sigma"): "Sigma",
}
COMMANDS = {name: token for token, names in _COMMANDS.items() for name in names.split()} | {
    "|": ("DBAR", "||"),
    "{": ("OPEN", "{"),
    "}": ("CLOSE", "}"),
    "-": ("MINUS", "-"),
    "%": ("SYMBOL", "%"),
    "&": ("SYMBOL", "&"),
    "#": ("SYMBOL", "#"),
    "_": ("SUB", "_"),  # Markdown may want its underscores and stars escaped
    "*": ("STAR", "*"),
}
