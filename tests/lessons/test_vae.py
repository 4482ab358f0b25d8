"""Lesson 8.4 on the synthetic twin: both networks, the plane, the switch for the standard deviation, the demos."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dlwp_tui.data import load
from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve
from tests.lessons.demos import demo_of, pixels

pytestmark = pytest.mark.keras
SMALL: dict[str, Any] = {"samples": 1200, "epochs": 2, "width": 4, "batch_size": 60}
CLAIMS = {"C270", "C273"}


def test_the_plane_and_the_figures(study: Callable[..., RunView]) -> None:
    view = study("8.4", **SMALL)
    assert claims(view) == CLAIMS
    assert [model.label for model in view.models] == ["encoder", "decoder"]
    loss, reconstruction, kl = (curve(view, name) for name in ("loss", "reconstruction", "kl"))
    assert loss[1] < loss[0]
    assert loss == pytest.approx([r + 0.0005 * k for r, k in zip(reconstruction, kl, strict=True)], rel=1e-4)
    assert len(curve(view, "val_reconstruction")) == 2
    result = view.results[""]
    assert set(result) == {"near", "far", "neighbours", "spread", "noise"}
    assert result["near"] < result["far"] and result["noise"] > 0
    plane = next(made for made in view.pictures if made.frames)
    assert [step for step, _file in plane.frames] == [1, 2] and plane.width == 15 * 28

    walk, draw = demo_of(view, "plane"), demo_of(view, "digit")
    here, there = (pixels(walk([x, 0.0])) for x in (0.0, 1.5))
    assert here.shape == (28, 28) and not np.array_equal(here, there)
    answer = draw((load("mnist", "synthetic").test.x[0] / 255).tolist())
    assert len(answer["pictures"]) == 2 and answer["text"]


@pytest.mark.parametrize(
    "values",
    [{"sigma": "book"}, {"kl_weight": 0.0, "latent_dim": 1}, {"latent_dim": 20}],
)
def test_variants(study: Callable[..., RunView], values: dict[str, object]) -> None:
    view = study("8.4", **SMALL | {"epochs": 1} | values)
    assert claims(view) == CLAIMS
    assert pixels(demo_of(view, "plane")([0.5, -1])).shape == (28, 28)
