"""Broken and hostile documents: displays of this field, mutated by a seeded generator.

`document(seed, n)` is the n-th input of a seed: bytes, and the suffix of the file they would stand in.
"""

# ruff: noqa: E501

from __future__ import annotations

import random
import re
from collections.abc import Callable

DISPLAYS = [
    r"\log p(x) \ge \mathbb{E}_{q(z|x)}[\log p(x|z)] - D_{KL}(q(z|x)\|p(z))",
    r"\log p_\theta(x) = \mathcal{L}(\theta, \phi; x) + KL(q_\phi(z|x) \| p_\theta(z|x))",
    r"D^*(x) = \frac{p_{data}(x)}{p_{data}(x) + p_g(x)}",
    r"C(G) = -\log 4 + 2 \, JSD(p_{data} \| p_g) \ge -\log 4",
    r"H(X, Y) = H(X) + H(Y|X) \le H(X) + H(Y)",
    r"I(X;Z) = \int\int p(x,z) \log\frac{p(x,z)}{p(x)p(z)} \,dx\,dz",
    r"-KL(\mathcal{N}(\mu, \sigma^2) \| \mathcal{N}(0, 1)) = \frac12 (1 + \log\sigma^2 - \mu^2 - \sigma^2)",
    r"\nabla_\phi E_{q_\phi(z)}[f(z)] = E_{q_\phi(z)}[f(z) \nabla_\phi \log q_\phi(z)]",
    r"\begin{align} L &= \log \sum_z p(x, z) \\ &= \log \sum_z q(z) \frac{p(x,z)}{q(z)} \\ &\ge \sum_z q(z) \log \frac{p(x,z)}{q(z)} \end{align}",
    r"q(x_{1:T} | x_0) = \prod_{t=1}^{T} q(x_t | x_{t-1})",
    r"W_1(p, q) = \sup_{\|f\|_L \le 1} E_p[f(x)] - E_q[f(x)]",
    r"\max_D V(D, G) = E_{x \sim p_{data}}[\log D(x)] + E_{z \sim p_z}[\log(1 - D(G(z)))]",
    r"KL(\mathcal{N}(\mu_1,\Sigma_1)\|\mathcal{N}(\mu_2,\Sigma_2)) = \frac12\left(\mathrm{tr}(\Sigma_2^{-1}\Sigma_1) + \log\frac{\det\Sigma_2}{\det\Sigma_1} - K\right)",
    r"\underbrace{E_q[\log p(x,z)] + H(q)}_{\text{ELBO}} \triangleq F(q) \approx \frac1L \sum_{l=1}^L \log w_l",
    r"\frac{1}{N}\sum_{i=1}^N \log p(x_i) \propto \sqrt{2\pi\sigma^2}\, e^{-\frac{(x-\mu)^2}{2\sigma^2}} \ne |x|",
    r"\operatorname{argmax}_\theta E_p[\log p_\theta(x)] = \operatorname{argmin}_\theta KL(p \| p_\theta)",
]
FRAMES = ["$$ {} $$\n", "\\[ {} \\]\n", "\\begin{{align}}\n{}\n\\end{{align}}\n", "```math\n{}\n```\n", "{}\n"]
DIRECTIVES = ["assume q(x) = p(x)", "discrete x", "let M = (p + q)/2", "nonneg \\beta", "markov x_0 -> x_1 -> x_2", "x"]
TOKENS = [
    r"\frac",
    r"\sqrt",
    r"\left(",
    r"\right)",
    r"\left.",
    r"{",
    r"}",
    r"[",
    r"]",
    r"(",
    r")",
    r"|",
    r"\|",
    r"&",
    r"\\",
    r"^",
    r"_",
    r"=",
    r"<",
    r"\le",
    r"\ge",
    r"\ne",
    r":=",
    r"\log",
    r"\int",
    r"\sum_z",
    r"E_{q}",
    r"\prod",
    r"\begin{cases}",
    r"\end{cases}",
    r"\begin{align}",
    r"\end{align}",
    r"$$",
    r"\[",
    r"\]",
    r"\underbrace",
    r"\nabla_\theta",
    r"\max_D",
    r"\det",
    r"\hat",
    r"\text{",
    r"\operatorname{",
    r"p(x)",
    r"q(z|x)",
    r"p_\theta",
    r"H(X)",
    r"I(X;Y)",
    r"KL(q\|p)",
    r"x_{1:T}",
    r"\mathcal{N}(0,1)",
    r"\infty",
    r"0",
    r"-1",
    r"2",
    r"/",
    r".",
    r",",
    r";",
    r"!",
    r"\quad",
    r"\def\a{",
    r"\newcommand{\b}[2]",
    r"#1",
    r"%%",
    r"`",
    r"```",
    r"~",
    r"dx",
    r"\,dz",
    r"\mid",
    r"\Big",
    r"\sim",
    r"\mu_j",
    r"\sigma^2",
    r"'",
    r"*",
    r"\cdot",
    r"\circ",
    r"\dots",
    r"\ne",
    r"\propto",
]
STRANGE = [
    "\u202e", "\u200b", "\ufeff", "\u2212", "\u2264", "\u221e", "\U0001d53c", "\u2225", "\u03b8", "\u0301", "\x0b", "\x7f",
    "\u2028", "\xa0", "𝒩", "𝔼", "²", "½", "log₂", "∫", "∑", "𝟙", "٣", "Ⅷ",
]  # fmt: skip
NUMBERS = [
    "9" * 400, "1e999999", "0." + "0" * 300 + "1", "1/0", "10^{10^{10^{10}}}", "2^{64000}", "9^{9^{9^9}}", "00", "1.2.3", ".5.", "5.",
]  # fmt: skip
BOMBS = [
    "\\def\\a{\\a\\a}$$ \\a = 1 $$",
    "\\newcommand{\\a}{\\b\\b}\\newcommand{\\b}{\\a\\a} $$ p(x) = \\a $$",
    "".join(f"\\def\\{chr(98 + n)}{{\\{chr(97 + n)}\\{chr(97 + n)}}}" for n in range(20))
    + "\\def\\a{p(x)}$$ \\u = 1 $$",
    "\\newcommand{\\E}[9]{#9#8#1} $$ \\E{a}{b} = \\E $$",
    "\\newcommand\\x[1][\\x]{#1} $$ \\x = \\x[\\x] $$",
    "$$ L = L + 1 $$ $$ L = 2 L $$ $$ L(x) = L(L(x)) $$ $$ L(p) = 0 $$",
    "$$ f = g $$ $$ g = f $$ $$ f(x) = g(x) = f(g(x)) $$",
]


def document(seed: int, n: int) -> tuple[bytes, str]:
    """The n-th input: mutated text, and what the name of its file ends with."""
    draw = random.Random(seed * 1_000_003 + n)
    text = _text(draw)
    for _ in range(draw.choice((0, 1, 1, 2, 3, 6))):
        text = draw.choice(TEXT_MUTATIONS)(text, draw)[:20_000]
    if draw.random() < 0.03:
        text = _insert(["\ud800", "\udfff", "\0"])(text, draw)
    data = text.encode("utf-8", "surrogatepass")
    for _ in range(draw.choice((0,) * 9 + (1, 2, 8))):
        data = draw.choice(BYTE_MUTATIONS)(data, draw)
    return data, draw.choice((".md", ".tex", ".txt"))


def _text(draw: random.Random) -> str:
    if draw.random() < 0.05:
        return draw.choice(BOMBS)
    parts = [draw.choice(FRAMES).format(draw.choice(DISPLAYS)) for _ in range(draw.choice((1, 1, 1, 2)))]
    if draw.random() < 0.1:
        parts.insert(
            0, draw.choice(("% derivations: {}\n", "<!-- derivations: {} -->\n")).format(draw.choice(DIRECTIVES))
        )
    return "".join(parts)


def _span(text: str | bytes, draw: random.Random, most: int = 30) -> tuple[int, int]:
    start = draw.randrange(len(text) + 1)
    return start, min(len(text), start + draw.randrange(most))


def _insert(pieces: list[str]) -> Callable[[str, random.Random], str]:
    def mutate(text: str, draw: random.Random) -> str:
        at, _ = _span(text, draw)
        return text[:at] + draw.choice(pieces) + text[at:]

    return mutate


def _delete(text: str, draw: random.Random) -> str:
    start, end = _span(text, draw)
    return text[:start] + text[end:]


def _duplicate(text: str, draw: random.Random) -> str:
    start, end = _span(text, draw, 60)
    return text[:end] + text[start:end] * draw.choice((1, 1, 2, 40)) + text[end:]


def _splice(text: str, draw: random.Random) -> str:
    other = draw.choice(DISPLAYS)
    start, end = _span(other, draw, 80)
    at, until = _span(text, draw)
    return text[:at] + other[start:end] + text[until:]


def _swap(text: str, draw: random.Random) -> str:
    tokens = re.findall(r"\\[A-Za-z]+|\s+|[A-Za-z0-9]+|.", text, re.DOTALL)
    if len(tokens) > 1:
        a, b = draw.randrange(len(tokens)), draw.randrange(len(tokens))
        tokens[a], tokens[b] = tokens[b], tokens[a]
    return "".join(tokens)


def _nest(text: str, draw: random.Random) -> str:
    opening, closing = draw.choice(
        [("(", ")"), ("{", "}"), ("\\frac{1}{", "}"), ("\\sqrt{", "}"), ("\\log ", ""), ("^{", "}"), ("E_{q}[", "]"),
         ("\\left(", "\\right)"), ("-", ""), ("\\text{", "}"), ("\\begin{cases}", "\\end{cases}"), ("\\sum_z ", ""), ("|", "|")]
    )  # fmt: skip
    start, end = _span(text, draw)
    times = draw.choice((2, 8, 39, 41, 300))
    closed = times - draw.choice((0, 0, 0, 1))
    return text[:start] + opening * times + text[start:end] + closing * closed + text[end:]


def _case(text: str, draw: random.Random) -> str:
    at, _ = _span(text, draw)
    return text[:at] + text[at : at + 1].swapcase() + text[at + 1 :]


def _lines(text: str, draw: random.Random) -> str:
    return text.replace("\n", draw.choice(("\r\n", "\r", "\n\n", ""))).replace(
        " ", draw.choice((" ", "\t", "  ", "\n"))
    )


def _truncate(text: str, draw: random.Random) -> str:
    return text[: draw.randrange(len(text) + 1)]


TEXT_MUTATIONS = [
    _insert(TOKENS), _insert(TOKENS), _insert(STRANGE), _insert(NUMBERS), _insert(TOKENS),
    _delete, _delete, _duplicate, _splice, _splice, _swap, _swap, _nest, _case, _lines, _truncate,
]  # fmt: skip


def _flip(data: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(data)) if data else 0
    return data[:at] + bytes([b ^ (1 << draw.randrange(8)) for b in data[at : at + 1]]) + data[at + 1 :]


def _noise(data: bytes, draw: random.Random) -> bytes:
    at, end = _span(data, draw, 4)
    return data[:at] + draw.randbytes(draw.randrange(4)) + data[end:]


BYTE_MUTATIONS = [_flip, _flip, _flip, _noise]
