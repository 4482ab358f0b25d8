"""Lesson 8.5 on the synthetic twin: both networks, the trap of freezing, the range of pixels, a plane to walk on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dlwp_tui.kit import gan
from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve
from tests.lessons.demos import demo_of, pixels

pytestmark = pytest.mark.keras
SMALL: dict[str, Any] = {"width": 8, "latent_dim": 4, "steps": 20, "batch_size": 4}
CLAIMS = {"C276", "C277", "C279", "C280", "C281", "C282"}


def test_both_networks_learn(study: Callable[..., RunView]) -> None:
    view = study("8.5", **SMALL)
    assert claims(view) == CLAIMS
    assert [model.label for model in view.models] == ["generator", "discriminator"]
    assert len(curve(view, "d_loss")) == len(curve(view, "a_loss")) == 20
    result = view.results[""]
    assert result["d_moved"] > 0 and {"colour", "grain", "first_colour", "first_grain"} < set(result)
    evolving = next(made for made in view.pictures if made.frames)
    assert [step for step, _file in evolving.frames] == list(range(21))
    walk = demo_of(view)
    here, there = (pixels(walk([x, 0.5])) for x in (0.0, 2.0))
    assert here.shape == (32, 32, 3) and not np.array_equal(here, there)


def test_frozen_as_in_the_book_the_discriminator_never_learns(study: Callable[..., RunView]) -> None:
    view = study("8.5", **SMALL | {"wrong": "freeze"})
    assert claims(view) == CLAIMS
    assert view.results[""]["d_moved"] == 0
    assert curve(view, "a_loss")[-1] < curve(view, "a_loss")[0], "the generator alone still learns"


@pytest.mark.parametrize("wrong", ["pixels", "points", "relu"])
def test_one_thing_done_wrong(study: Callable[..., RunView], wrong: str) -> None:
    view = study("8.5", **SMALL | {"wrong": wrong, "steps": 10})
    assert claims(view) == CLAIMS and view.results[""]["d_moved"] > 0


def test_one_seed_gives_one_result(study: Callable[..., RunView]) -> None:
    view, again = (study("8.5", **SMALL) for _ in range(2))
    assert again.results == view.results


def test_pictures_are_compared_by_colour_and_grain() -> None:
    real = np.random.default_rng(1).random((20, 8, 8, 3))
    assert gan.differences(real, real) == {"colour": 0, "grain": 0}
    smooth = np.ones_like(real) * real.mean(axis=(1, 2), keepdims=True)
    same_colours = gan.differences(smooth, real)
    assert same_colours["colour"] == pytest.approx(0) and same_colours["grain"] < -0.1
    assert gan.differences(real / 2, real)["colour"] > 0.1
