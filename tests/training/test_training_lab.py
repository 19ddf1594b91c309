"""`train` as a whole: every experiment agrees with theory, says so in JSON, draws itself, and owns up to failure.

The experiments run in their quick form with fixed seeds; the chance that new seeds would fail any of the tested
observables is at most FAMILY_ERROR = 1e-3 where theory is exact, and the margins of the others are in docs/training.md.
"""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import torch
from torch import Tensor

from numerics.training import MODELS, Result, figures, train
from numerics.training.networks import Perceptron, Streams

NUMBER: dict[str, Any] = {"type": "number"}
# `train --format json`, section 8 of the design, one entry of "models".
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "seeds", "seconds", "observables"],
    "properties": {
        "name": {"enum": list(MODELS)},
        "seeds": {"type": "integer", "minimum": 2},
        "seconds": {"type": "number", "minimum": 0},
        "observables": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "value", "interval", "theory", "tolerance", "passed"],
                "properties": {
                    "name": {"type": "string"},
                    "value": NUMBER,
                    "interval": {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2},
                    "theory": {"type": ["number", "null"]},
                    "tolerance": {"type": ["number", "null"]},
                    "passed": {"type": ["boolean", "null"]},
                },
            },
        },
    },
}

# The digits models share their VAE, so they run together; every experiment runs once in this file.
GROUPS = [
    ("vae", "autoencoder", "vae-without-kl"),
    *((n,) for n in MODELS if n not in ("vae", "autoencoder", "vae-without-kl")),
]


def value(result: Result, words: str) -> float:
    [found] = [o for o in result.observables if words in o.name]
    return found.value


@pytest.mark.parametrize("names", GROUPS, ids="+".join)
def test_an_experiment_agrees_with_theory_and_shows_it(names: tuple[str, ...], tmp_path: Path) -> None:
    steps: dict[str, list[float]] = {name: [] for name in names}
    results = train(names, quick=True, progress=lambda name, done, total: steps[name].append(done / total))
    assert [r.name for r in results] == list(names)
    for result in results:
        off = [o for o in result.observables if o.passed is False]
        assert result.passed, (result.error, result.failed, off)
        jsonschema.validate(json.loads(json.dumps(result.row(), allow_nan=False)), SCHEMA)
        for o in result.observables:
            assert o.interval[0] <= o.value <= o.interval[1], o
            assert (o.theory is None) == (o.tolerance is None) == (o.passed is None), o
        assert any(o.theory is not None for o in result.observables)
        assert steps[result.name] == sorted(steps[result.name])
        assert steps[result.name][0] == 0.0
        assert steps[result.name][-1] == 1.0
    written = figures.save(results, tmp_path)
    assert list(written) == list(names)
    for paths in written.values():
        assert [p.suffix for p in paths] == [".pdf", ".svg"]
        assert all(p.stat().st_size > 5_000 for p in paths)


def test_the_ring_is_reported_not_judged() -> None:
    model = MODELS["ring"]
    outcome = model.run("cpu", range(3), replace(model.config.quick(), steps=20), lambda done, total: None)
    assert all(o.passed is None for o in outcome.observables)
    differences = {o.name: o.value for o in outcome.observables}
    for of in ("modes covered", "share of high quality"):
        gan, wgan, paired = (
            next(v for n, v in differences.items() if n.startswith(of) and n.endswith(which))
            for which in (" GAN", " WGAN", "paired")
        )
        assert paired == pytest.approx(wgan - gan, abs=1e-6)
    assert model.config().seeds >= 32
    assert model.config.quick().seeds >= 32


def test_the_same_seed_gives_the_same_numbers_on_any_number_of_threads_and_another_seed_others() -> None:
    before = torch.get_num_threads()
    rows = []
    try:
        for threads, seed in ((1, 0), (2, 0), (1, 50)):
            torch.set_num_threads(threads)
            [result] = train(["parallel-lines"], quick=True, seed=seed, seeds=3)
            assert torch.get_num_threads() == threads
            rows.append((result.observables, {k: v.tolist() for k, v in result.curves.items()}))
    finally:
        torch.set_num_threads(before)
    assert rows[0] == rows[1]
    assert rows[0][0] != rows[2][0]


def poisoned(monkeypatch: pytest.MonkeyPatch, *places: int) -> None:
    """Let the seeds at these places start from NaN, as if they had diverged."""
    perceptron, normal = Perceptron.initial, Streams.normal

    def spoiled(parameter: Tensor) -> Tensor:
        with torch.no_grad():
            parameter[list(places)] = math.nan
        return parameter

    def initial(self: Perceptron, streams: Streams) -> list[Tensor]:
        return [spoiled(p) for p in perceptron(self, streams)]

    def weights(self: Streams, *shape: int) -> Tensor:
        drawn = normal(self, *shape)
        return spoiled(drawn) if self.name in ("linear autoencoder", "linear vae") else drawn

    monkeypatch.setattr(Perceptron, "initial", initial)
    monkeypatch.setattr(Streams, "normal", weights)


def test_a_diverged_seed_is_reported_and_in_no_mean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    [whole] = train(["parallel-lines"], quick=True, seeds=4, seed=7)
    poisoned(monkeypatch, 1)
    [hurt] = train(["parallel-lines"], quick=True, seeds=4, seed=7)
    assert hurt.failed == (8,)
    assert not hurt.passed
    assert any("seeds 8" in note for note in hurt.notes)
    assert value(hurt, "diverged seeds") == 1.0
    # The mean over the three others, to the last bit: their numbers do not know of the fourth.
    thetas = np.delete(whole.curves["thetas"][:, -1], 1)
    assert value(hurt, "theta at the end") == pytest.approx(thetas.mean(), rel=1e-12)
    made = figures.figure(hurt)
    labels = [text.get_text() for axes in made.axes for text in (axes.get_legend().texts if axes.get_legend() else [])]
    assert any("1 diverged" in label for label in labels)
    json.dumps(hurt.row(), allow_nan=False)


def test_an_experiment_without_a_healthy_seed_is_an_error_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    poisoned(monkeypatch, 0, 1)
    [broken] = train(["saturation"], quick=True, seeds=2)
    assert broken.error is not None
    assert not broken.passed
    jsonschema.validate(json.loads(json.dumps(broken.row(), allow_nan=False)), SCHEMA)
    with pytest.raises(ValueError, match="nothing to draw"):
        figures.figure(broken)


SHORT: dict[str, dict[str, Any]] = {
    "linear-autoencoder": {"steps": 40},
    "linear-vae": {"epochs": 2, "steps": 3},
    "vae": {"epochs": 1, "draws": 1, "gradient_draws": 4},
    "autoencoder": {"epochs": 1, "draws": 1, "gradient_draws": 4},
    "vae-without-kl": {"epochs": 1, "draws": 1, "gradient_draws": 4},
    "discriminator": {"steps": 80},
    "saturation": {"steps": 40},
    "ring": {"steps": 31, "points": 50},
    "critics": {"steps": 5, "warm_up": 3, "points": 16, "grid": 5},
    "parallel-lines": {"discriminator_steps": 40, "theta_steps": 5, "warm_up": 3},
}


@pytest.mark.parametrize("name", list(MODELS))
def test_one_diverged_seed_does_not_take_the_others_along(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    poisoned(monkeypatch, 0)  # seeds that no other test trains: the digits models remember their last training
    model = MODELS[name]
    config = replace(model.config.quick(), **SHORT[name])
    outcome = model.run("cpu", range(60, 63), config, lambda done, total: None)
    assert list(outcome.alive) == [False, True, True]
    assert all(np.isfinite(o.value) for o in outcome.observables)
    assert figures.figure(Result(name, 3, 0.0, tuple(outcome.observables), curves=outcome.curves)).axes


@pytest.mark.parametrize("name", list(MODELS))
def test_no_tensor_strays_from_the_device_of_the_run(name: str) -> None:
    # With "meta" as PyTorch's default device, a tensor made without naming the run's own device holds no numbers and
    # mixes with none that does: the run would raise.
    model = MODELS[name]
    with torch.device("meta"):
        assert torch.zeros(1).is_meta
        outcome = model.run("cpu", range(2), replace(model.config.quick(), **SHORT[name]), lambda done, total: None)
    assert all(outcome.alive)
    assert all(np.isfinite(o.value) for o in outcome.observables)


def test_that_the_stray_tensor_test_can_fail() -> None:
    with torch.device("meta"), pytest.raises(RuntimeError):
        (torch.zeros(2, device="cpu") + torch.zeros(2)).tolist()


def test_figures_are_drawn_the_same_twice_and_carry_no_date(tmp_path: Path) -> None:
    [result] = train(["parallel-lines"], quick=True, seeds=2)
    first, second = figures.save([result], tmp_path / "a"), figures.save([result], tmp_path / "b")
    for one, other in zip(first["parallel-lines"], second["parallel-lines"], strict=True):
        assert one.read_bytes() == other.read_bytes()
    svg = first["parallel-lines"][1].read_text()
    assert "<dc:date>" not in svg
    assert b"/CreationDate" not in first["parallel-lines"][0].read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"names": ["vea"]}, "unknown model 'vea'; the models are linear-autoencoder"),
        ({"names": ["vae"], "seeds": 1}, "at least 2"),
        ({"names": ["vae"], "device": "abacus"}, "abacus"),
    ],
)
def test_mistakes_of_the_caller_are_named(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        train(**arguments)


def test_every_model_says_what_it_shows_and_every_setting_what_it_means() -> None:
    import inspect

    for name, model in MODELS.items():
        assert model.description.endswith(".")
        assert len(model.description) <= 110, name
        assert model.config.quick().seeds >= 8
        source = inspect.getsource(inspect.getmodule(model.run))  # type: ignore[arg-type]
        assert '"""' in source.splitlines()[0]


def test_the_names_of_clip_paths_do_not_depend_on_memory() -> None:
    draw = '<g clip-path="url(#{0})"/><clipPath id="{0}"/><clipPath id="{1}"/><use href="#{0}x"/>'
    once, again = (figures._clips_in_order(draw.format(*names)) for names in (("p3f", "pa1"), ("p77", "p0c")))
    assert once.split("<use")[0] == again.split("<use")[0]
    assert "url(#clip1)" in once
    assert 'id="clip2"' in once
