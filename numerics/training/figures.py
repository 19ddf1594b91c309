"""The figures of the training lab: one per experiment, drawn from a `Result`, as PDF and SVG.

Main definitions: `figure`, which draws one result; `save`, which writes figures to a folder.

Drawing is deterministic: no pyplot state, a fixed hash salt for SVG ids, no dates in the metadata. A thin line is one
seed, a thick line the median over seeds, dashes are theory. Colours are those of Okabe and Ito (2008), which
colour-blind readers can tell apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from numerics.training.observables import Result

__all__ = ["figure", "save"]

Array = NDArray[np.float64]
Curves = Mapping[str, Array]

BLUE, ORANGE, GREEN, RED, PURPLE = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7"
GREY, INK = "#8a8a8a", "#222222"
DIGITS = ["#332288", "#88CCEE", "#44AA99", "#117733", "#999933", "#DDCC77", "#CC6677", "#882255", "#AA4499", "#777777"]

_STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.titlepad": 8,
    "axes.labelsize": 9,
    "axes.edgecolor": "#555555",
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "xtick.color": "#555555",
    "ytick.color": "#555555",
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.solid_capstyle": "round",
    "figure.facecolor": "white",
    "mathtext.fontset": "dejavusans",
    "figure.constrained_layout.w_pad": 0.08,
    "figure.constrained_layout.h_pad": 0.08,
    "figure.constrained_layout.wspace": 0.05,
    "figure.constrained_layout.hspace": 0.06,
    "svg.hashsalt": "numerics.training",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
}


def figure(result: Result) -> Figure:
    """The figure of one experiment.

    Raises ValueError for a result that has nothing to draw: one that broke off, or without two finite seeds.

    >>> figure(Result("ring", 2, 0.0, (), error="broken"))
    Traceback (most recent call last):
    ...
    ValueError: nothing to draw for 'ring': broken
    """
    if result.error is not None or not result.curves:
        raise ValueError(f"nothing to draw for {result.name!r}: {result.error or 'it has no curves'}")
    draw, width, height = _DRAWERS[result.name]
    with matplotlib.rc_context(_STYLE):
        made = Figure(figsize=(width, height), layout="constrained")
        draw(made, result.curves)
    return made


def save(
    results: Iterable[Result], folder: str | Path, formats: Sequence[str] = ("pdf", "svg")
) -> dict[str, list[Path]]:
    """Write the figure of every result that has one; the paths by model name, in the order of `formats`."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    dates = {"pdf": {"CreationDate": None, "ModDate": None}, "svg": {"Date": None}}
    written: dict[str, list[Path]] = {}
    for result in results:
        if result.error is not None or not result.curves:
            continue
        made = figure(result)
        for kind in formats:
            path = folder / f"{result.name}.{kind}"
            with matplotlib.rc_context(_STYLE):
                made.savefig(path, format=kind, metadata=dates.get(kind), dpi=160)
            if kind == "svg":
                path.write_text(_clips_in_order(path.read_text(encoding="utf-8")), encoding="utf-8")
            written.setdefault(result.name, []).append(path)
    return written


def _clips_in_order(svg: str) -> str:
    """The drawing with its clip paths numbered: Matplotlib names some of them after addresses in memory."""
    names = dict.fromkeys(re.findall(r'<clipPath id="([^"]+)"', svg))
    order = {name: f"clip{n}" for n, name in enumerate(names, 1)}
    return re.sub(r'(<clipPath id="|url\(#)([^")]+)', lambda m: m[1] + order.get(m[2], m[2]), svg)


def _seeds(axes: Axes, x: Array, curves: Array, colour: str, label: str) -> None:
    """One thin line per seed and their median; diverged seeds are left out, and said to be."""
    finite = np.isfinite(curves).all(axis=1)
    for curve in curves[finite]:
        axes.plot(x, curve, color=colour, alpha=0.18, linewidth=0.7)
    lost = int((~finite).sum())
    if finite.any():
        said = f"{label} ({lost} diverged)" if lost else label
        axes.plot(x, np.median(curves[finite], axis=0), color=colour, linewidth=1.8, label=said)


def _theory(axes: Axes, y: float, label: str) -> None:
    axes.axhline(y, color=INK, linewidth=1.1, linestyle=(0, (4, 2.5)), label=label, zorder=3)


def _images(axes: Axes, images: Array, title: str, rows: int, columns: int) -> None:
    """Images [N, 64] as one dark-on-light mosaic."""
    tiles = np.zeros((rows * 9 - 1, columns * 9 - 1))
    for place, image in enumerate(images[: rows * columns]):
        row, column = divmod(place, columns)
        tiles[9 * row : 9 * row + 8, 9 * column : 9 * column + 8] = image.reshape(8, 8)
    axes.imshow(tiles, cmap="Greys", vmin=0, vmax=1, interpolation="nearest")
    axes.set_title(title)
    axes.set_axis_off()


def _dots(axes: Axes, groups: Sequence[tuple[str, Array, str]]) -> None:
    """One column of dots per group, one dot per seed, the mean as a bar."""
    for place, (_, values, colour) in enumerate(groups):
        values = values[np.isfinite(values)]
        # An even spread in a fixed order: no randomness in a figure.
        offset = np.linspace(-0.18, 0.18, len(values))[np.argsort(np.argsort(np.sin(37.0 * np.arange(len(values)))))]
        axes.scatter(place + offset, values, s=16, color=colour, alpha=0.7, linewidth=0, zorder=3)
        axes.plot([place - 0.28, place + 0.28], [values.mean()] * 2, color=colour, linewidth=2.2, zorder=4)
    axes.set_xticks(range(len(groups)), [label for label, _, _ in groups])
    axes.set_xlim(-0.6, len(groups) - 0.4)
    axes.grid(axis="x", visible=False)


def _linear_autoencoder(made: Figure, c: Curves) -> None:
    left, middle, right = made.subplots(1, 3, width_ratios=(1.15, 1, 1))
    _seeds(left, c["step"], np.maximum(c["excess"], 1e-16), BLUE, "median of seeds")
    left.set(yscale="log", xlabel="step", ylabel="loss / minimum − 1", title="The loss reaches its minimum")
    left.legend()
    codes = int(c["codes"][0])
    place = np.arange(1, len(c["eigenvalues"]) + 1)
    middle.bar(place[:codes], c["eigenvalues"][:codes], color=BLUE, width=0.8, label=f"kept, K = {codes}")
    middle.bar(place[codes:], c["eigenvalues"][codes:], color=ORANGE, width=0.8, label="discarded: minimum / N")
    middle.set(xlabel="eigenvalue of S", ylabel="variance", title="What is kept, what is lost", xlim=(0.2, 40.5))
    middle.legend()
    for spread in c["code covariance"]:
        right.plot(np.arange(1, codes + 1), spread, color=GREEN, alpha=0.5, linewidth=0.9, marker="o", markersize=2.5)
    right.set(
        xlabel="eigenvalue of the code covariance", ylabel="variance", yscale="log", title="Same loss, other codes"
    )
    right.set_xticks(np.arange(1, codes + 1))


def _linear_vae(made: Figure, c: Curves) -> None:
    left, middle, right = made.subplots(1, 3)
    log_p, elbo, _, _, gap = c["terms"]
    epochs = np.arange(log_p.shape[1], dtype=np.float64)
    best = float(c["best"][0])
    _seeds(left, epochs, np.maximum(best - elbo, 1e-16), ORANGE, "ELBO")
    _seeds(left, epochs, np.maximum(best - log_p, 1e-16), BLUE, "log p(x), exact")
    left.set(yscale="log", xlabel="epoch", ylabel="nats per image below the optimum", title="The bound below log p(x)")
    left.legend()
    _seeds(middle, epochs, np.maximum(gap, 1e-16), GREEN, "KL(q(z|x)‖p(z|x)), the gap")
    middle.set(yscale="log", xlabel="epoch", ylabel="nats per image", title="The gap closes")
    middle.legend()
    _seeds(right, epochs, np.maximum(c["identity"], 1e-17), PURPLE, "worst image")
    right.set(yscale="log", xlabel="epoch", ylabel="nats", title="|log p − ELBO − gap|", ylim=(1e-15, 1e-10))
    _theory(right, 1e-11, "tolerance")
    right.legend()


def _vae(made: Figure, c: Curves) -> None:
    grid = made.subplots(2, 3)
    (terms, posterior, parts), (quiet, held_out, samples) = grid
    epochs = np.arange(1, c["history"].shape[2] + 1, dtype=np.float64)
    _seeds(terms, epochs, c["history"][0], BLUE, "E log p(x|z)")
    _seeds(terms, epochs, c["history"][1], ORANGE, "KL(q(z|x)‖p(z))")
    _seeds(terms, epochs, c["history"][0] - c["history"][1], INK, "ELBO")
    low = float(np.nanmedian((c["history"][0] - c["history"][1])[:, min(4, len(epochs) - 1)]))
    top = float(np.nanmax(c["history"][0]))
    terms.set(xlabel="epoch", ylabel="nats per image", title="Both terms of the bound")
    terms.set_ylim(low - 0.1 * (top - low), top + 0.1 * (top - low))
    terms.legend(loc="lower right")

    codes, labels = c["codes"], c["labels"].astype(int)
    pair = np.argsort(-codes.var(axis=0))[:2]
    for digit in range(10):
        of = codes[labels == digit][:, pair]
        posterior.scatter(of[:, 0], of[:, 1], s=5, color=DIGITS[digit], alpha=0.7, linewidth=0, label=str(digit))
    _prior_circles(posterior)
    posterior.set(xlim=(-4, 4), ylim=(-4, 4), xlabel=f"$z_{pair[0] + 1}$", ylabel=f"$z_{pair[1] + 1}$")
    posterior.set_title("Aggregate posterior, prior rings")
    posterior.set_aspect("equal")
    posterior.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), markerscale=2.5, handletextpad=0.1, fontsize=7.5)

    kl, information, divergence = (np.nanmean(row) for row in c["decomposition"])
    parts.bar([0], [kl], color=INK, width=0.8)
    parts.bar([1], [information], color=BLUE, width=0.8)
    parts.bar([1], [divergence], bottom=[information], color=ORANGE, width=0.8)
    parts.text(1, information / 2, "$I_q(x;z)$", color="white", ha="center", va="center", fontsize=9)
    parts.text(1, information + divergence / 2, "KL(q(z)‖p(z))", color="white", ha="center", va="center", fontsize=9)
    parts.text(0, kl / 2, "mean\nKL(q(z|x)‖p(z))", color="white", ha="center", va="center", fontsize=8)
    _theory(parts, float(c["log N"][0]), "log N bounds $I_q$")
    parts.set_xticks([0, 1], ["closed form", "exact mixture"])
    parts.set(ylabel="nats", title="Where the KL goes", xlim=(-0.6, 1.6), ylim=(0, 1.22 * kl))
    parts.legend(loc="upper left")
    parts.grid(axis="x", visible=False)

    pathwise, score = c["gradient deviations"]
    _dots(quiet, [("pathwise", pathwise, GREEN), ("score function", score, RED)])
    quiet.set(yscale="log", ylabel="standard deviation of one draw", title="Two gradients, one mean")
    _images(held_out, c["held out"], "Held-out images", 6, 8)
    _images(samples, c["samples"], "Decoded samples from the prior", 6, 8)


def _prior_circles(axes: Axes) -> None:
    """Circles of radius 1, 2, 3: the standard deviations of N(0, I) in the plane."""
    angle = np.linspace(0, 2 * np.pi, 181)
    for radius in (1, 2, 3):
        axes.plot(radius * np.cos(angle), radius * np.sin(angle), color=INK, linewidth=0.9, linestyle=(0, (4, 2.5)))


def _autoencoder(made: Figure, c: Curves) -> None:
    grid = made.subplots(2, 3)
    (codes, vae_codes, far), (held_out, rebuilt, samples) = grid
    labels = c["labels"].astype(int)
    pair = np.argsort(-c["codes"].var(axis=0))[:2]
    reach = 1.05 * float(np.abs(c["codes"][:, pair]).max())
    for axes, points, title in (
        (codes, c["codes"], "Codes of the autoencoder"),
        (vae_codes, c["vae codes"], "Codes of the VAE"),
    ):
        for digit in range(10):
            of = points[labels == digit][:, pair]
            axes.scatter(of[:, 0], of[:, 1], s=9, color=DIGITS[digit], alpha=0.8, linewidth=0)
        _prior_circles(axes)
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach), title=title)
        axes.set(xlabel=f"$z_{pair[0] + 1}$", ylabel=f"$z_{pair[1] + 1}$")
        axes.set_aspect("equal")
    bad, good = c["sample distances"]
    _dots(far, [("VAE", good, BLUE), ("autoencoder", bad, RED)])
    far.set(ylabel="sliced W₁ to held-out images", title="Quality of prior samples")
    far.set_ylim(bottom=0)
    _images(held_out, c["held out"], "Held-out images", 6, 8)
    _images(rebuilt, c["reconstructions"], "Reconstructed", 6, 8)
    _images(samples, c["samples"], "Decoded from N(0, I)", 6, 8)


def _vae_without_kl(made: Figure, c: Curves) -> None:
    grid = made.subplots(2, 3)
    (collapse, spread, quality), (divergence, cut, plain) = grid
    epochs = np.arange(1, c["history"].shape[2] + 1, dtype=np.float64)
    _seeds(collapse, epochs, np.exp(c["vae history"][2]), BLUE, "VAE")
    _seeds(collapse, epochs, np.exp(c["history"][2]), RED, "without KL")
    collapse.set(yscale="log", xlabel="epoch", ylabel="encoder variance, geometric mean", title="The noise dies out")
    collapse.legend()
    bins = np.linspace(
        min(c["log variances"].min(), c["vae log variances"].min()), max(0.5, c["vae log variances"].max()), 60
    )
    spread.hist(c["vae log variances"], bins=bins, color=BLUE, alpha=0.85, label="VAE")
    spread.hist(c["log variances"], bins=bins, color=RED, alpha=0.85, label="without KL")
    spread.set(xlabel="log v(x), held-out images, all codes", ylabel="count", title="Encoder variances at the end")
    spread.legend()
    without, full, auto = c["sample distances"]
    _dots(quality, [("VAE", full, BLUE), ("without KL", without, RED), ("autoencoder", auto, ORANGE)])
    quality.set(ylabel="sliced W₁ to held-out images", title="Quality of prior samples")
    quality.set_ylim(bottom=0)
    _dots(divergence, [("VAE", c["divergences"][1], BLUE), ("without KL", c["divergences"][0], RED)])
    divergence.set(yscale="log", ylabel="KL(q(z)‖p(z)), nats", title="The codes leave the prior")
    _images(cut, c["samples"], "Prior samples, without KL", 6, 8)
    _images(plain, c["autoencoder samples"], "Prior samples, autoencoder", 6, 8)


def _discriminator(made: Figure, c: Curves) -> None:
    left, middle, right = made.subplots(1, 3, width_ratios=(1.4, 1, 1))
    x = c["grid"]
    inside = np.abs(x) <= 5
    for density, colour, label in zip(c["densities"], (BLUE, ORANGE), ("$p_{data}$", "$p_g$"), strict=True):
        left.fill_between(x[inside], density[inside], color=colour, alpha=0.3, linewidth=0, label=label)
    for found in c["found"]:
        left.plot(x[inside], found[inside], color=GREEN, alpha=0.3, linewidth=0.7)
    left.plot([], [], color=GREEN, linewidth=1.5, label="D, every seed")
    left.plot(x[inside], c["optimal"][inside], color=INK, linewidth=1.4, linestyle=(0, (4, 2.5)), label="D*")
    left.set(xlabel="x", title="D against D*", ylim=(0, 1.02), xlim=(-5, 5))
    left.legend(loc="upper right", bbox_to_anchor=(1.0, 0.93))
    best = float(c["best"][0])
    _seeds(middle, c["step"][1:], best - c["values"][:, 1:], BLUE, "−log 4 + 2 JSD − V(D)")
    middle.set(yscale="log", xlabel="step", ylabel="nats", title="V(D) reaches its bound")
    middle.legend()
    _seeds(right, c["step"], c["errors"], GREEN, "mean |D − D*|")
    pinsker = np.sqrt(np.clip(best - np.median(c["values"], axis=0), 0, None) / 4)
    right.plot(c["step"], pinsker, color=INK, linewidth=1.1, linestyle=(0, (4, 2.5)), label="√((V(D*) − V(D))/4)")
    right.set(yscale="log", xlabel="step", title="The error under its bound")
    right.legend()


def _saturation(made: Figure, c: Curves) -> None:
    left, middle, right = made.subplots(1, 3, width_ratios=(1.3, 1, 1))
    saturating, non_saturating, d, one_minus, logit, accuracy = c["history"]
    x = c["step"] + 1
    _seeds(left, x, non_saturating, BLUE, "−log D")
    _seeds(left, x, saturating, RED, "log(1 − D)")
    left.set(xscale="log", yscale="log", xlabel="step of the discriminator", ylabel="norm of the generator's gradient")
    left.set_title("The better D, the less of one gradient")
    left.legend(title="generator loss", loc="lower left")
    _seeds(middle, x, accuracy, GREEN, "accuracy of D")
    middle.set(xscale="log", xlabel="step of the discriminator", ylim=(0, 1.04), title="D becomes right")
    middle.legend(loc="lower right")
    a = np.linspace(min(-2.0, float(np.nanmin(logit))), 4, 300)
    right.plot(a, 1 / (1 + np.exp(a)), color=BLUE, linewidth=1.2, label="1 − sigmoid(a)")
    right.plot(a, 1 / (1 + np.exp(-a)), color=RED, linewidth=1.2, label="sigmoid(a)")
    right.scatter(logit[:, ::3].ravel(), one_minus[:, ::3].ravel(), s=9, color=BLUE, alpha=0.5, linewidth=0)
    right.scatter(logit[:, ::3].ravel(), d[:, ::3].ravel(), s=9, color=RED, alpha=0.5, linewidth=0)
    right.set(xlabel="logit a on generated points", ylabel="|d loss / da|", title="The factor before ∇a")
    right.legend(loc="center left")


def _ring(made: Figure, c: Curves) -> None:
    parts: Any = made.subfigures(2, 1, height_ratios=(1.25, 1))
    top, bottom = parts
    axes = top.subplots(2, 6, sharex=True, sharey=True)
    for row, (name, colour) in enumerate((("GAN", BLUE), ("WGAN", RED))):
        for column, panel in enumerate(axes[row]):
            if column >= c["points"].shape[1]:
                panel.set_axis_off()
                continue
            panel.scatter(*c["centres"].T, s=110, facecolor="none", edgecolor=GREY, linewidth=0.8)
            panel.scatter(*c["points"][row, column].T, s=2, color=colour, alpha=0.35, linewidth=0)
            panel.set(xlim=(-2.9, 2.9), ylim=(-2.9, 2.9), xticks=[], yticks=[])
            panel.set_aspect("equal")
            panel.grid(visible=False)
            if row == 0:
                panel.set_title(f"pair {column + 1}", fontweight="normal", fontsize=8, loc="center")
        axes[row][0].set_ylabel(name, fontweight="bold", fontsize=11, color=colour)
    modes, quality, paired = bottom.subplots(1, 3)
    for name, colour, count, share in zip(("GAN", "WGAN"), (BLUE, RED), c["modes"], c["quality"], strict=True):
        for panel, values in ((modes, count), (quality, share)):
            low, high = np.nanquantile(values, (0.1, 0.9), axis=1)
            panel.fill_between(c["step"], low, high, color=colour, alpha=0.18, linewidth=0)
            panel.plot(c["step"], np.nanmean(values, axis=1), color=colour, linewidth=1.8, label=name)
    modes.set(xlabel="generator step", ylim=(0, 8.4), title="Modes covered of 8")
    quality.set(xlabel="generator step", ylim=(0, 1), title="Share of high quality")
    modes.legend(loc="lower right", title="mean, 10–90 %")
    difference = c["modes"][1, -1] - c["modes"][0, -1]
    counted = np.arange(-8, 9)
    paired.bar(counted, [(difference == k).sum() for k in counted], color=PURPLE, width=0.8)
    paired.axvline(0, color=INK, linewidth=1.0, linestyle=(0, (4, 2.5)))
    reach = max(3.5, float(np.nanmax(np.abs(difference))) + 0.7)
    paired.set(xlabel="modes, WGAN − GAN, same seed", ylabel="seeds", title="Paired difference", xlim=(-reach, reach))


def _critics(made: Figure, c: Curves) -> None:
    axes = made.subplots(2, 3, sharex=True, sharey="row")
    names = ("clipping", "gradient penalty", "spectral norm")
    for column, (name, history, bound) in enumerate(zip(names, c["history"], c["bounds"], strict=True)):
        w1, estimate, measured, norms = history
        upper, lower = axes[0][column], axes[1][column]
        _seeds(upper, c["step"], w1, INK, "W₁, exact")
        _seeds(upper, c["step"], estimate, BLUE, "critic's estimate")
        upper.set(title=name.capitalize(), ylim=(0, None))
        _seeds(lower, c["step"], norms, ORANGE, "product of spectral norms")
        _seeds(lower, c["step"], measured, GREEN, "measured Lipschitz constant")
        # On a logarithmic axis an estimate that chance makes negative has no place but the floor.
        _seeds(lower, c["step"], np.maximum(estimate / w1, 0.01), BLUE, "estimate / W₁")
        if np.isfinite(bound):
            _theory(lower, float(bound), "bound of the method")
        lower.set(yscale="log", xlabel="generator step")
    axes[0][0].set_ylabel("distance")
    axes[1][0].set_ylabel("slope")
    axes[1][0].set_ylim(bottom=0.01)
    axes[0][2].legend(loc="upper right")
    handles = {
        label: handle for panel in axes[1] for handle, label in zip(*panel.get_legend_handles_labels(), strict=True)
    }
    made.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=4)


def _parallel_lines(made: Figure, c: Curves) -> None:
    left, middle, right = made.subplots(1, 3)
    saturating, non_saturating, value, accuracy = c["history"]
    x = c["step"] + 1
    _seeds(left, x, non_saturating, BLUE, "−log D")
    _seeds(left, x, saturating, RED, "log(1 − D)")
    left.set(xscale="log", yscale="log", xlabel="step of the discriminator", ylabel="|gradient in θ| at θ = 1")
    left.set_title("Discriminators starve θ")
    left.legend(title="generator loss", loc="lower left")
    _seeds(middle, x, value, PURPLE, "V(D)")
    _theory(middle, 0.0, "−log 4 + 2 log 2")
    twin = middle.twinx()
    _seeds(twin, x, accuracy, GREEN, "accuracy of D")
    twin.set(ylim=(0.4, 1.05))
    twin.tick_params(axis="y", labelcolor=GREEN)
    twin.grid(visible=False)
    middle.set(xscale="log", xlabel="step of the discriminator", ylabel="nats", title="… as they become right")
    lines = [
        *zip(*middle.get_legend_handles_labels(), strict=True),
        *zip(*twin.get_legend_handles_labels(), strict=True),
    ]
    middle.legend([line for line, _ in lines], [label for _, label in lines], loc="lower right")
    steps = np.arange(c["thetas"].shape[1], dtype=np.float64)
    _seeds(right, steps, c["thetas"], BLUE, "θ, and |θ| = W₁")
    _seeds(right, steps[:-1], c["estimates"][0], ORANGE, "critic's estimate")
    _theory(right, 0.0, "home")
    right.set(xlabel="step of θ", title="A critic leads θ to 0")
    right.legend()


_DRAWERS: Mapping[str, tuple[Callable[[Figure, Curves], None], float, float]] = {
    "linear-autoencoder": (_linear_autoencoder, 10.5, 3.3),
    "linear-vae": (_linear_vae, 10.5, 3.3),
    "vae": (_vae, 10.5, 6.2),
    "autoencoder": (_autoencoder, 10.5, 6.2),
    "vae-without-kl": (_vae_without_kl, 10.5, 6.2),
    "discriminator": (_discriminator, 10.5, 3.3),
    "saturation": (_saturation, 10.5, 3.3),
    "ring": (_ring, 10.5, 6.6),
    "critics": (_critics, 10.5, 5.6),
    "parallel-lines": (_parallel_lines, 10.5, 3.3),
}
