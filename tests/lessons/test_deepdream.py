"""Lessons 8.2 and 8.3 on the base `mini`: sizes, rising and falling losses, pictures, a picture of one's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlwp_tui.kit import mini, scenes
from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve

pytestmark = pytest.mark.keras


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pretraining of a few steps: what these tests look at does not depend on how good the base is."""
    monkeypatch.setattr(mini, "STEPS", 10)
    monkeypatch.setattr(mini, "FIGURES", 64)
    monkeypatch.setattr(mini, "ANIMALS", 64)


def test_a_dream_raises_the_loss(study: Callable[..., RunView]) -> None:
    view = study("8.2", height=112, octaves=2, iterations=4, max_gain=1e6, smooth=3)
    assert claims(view) == {"C258", "C260", "C261", "C262"}
    for name in ("80×106", "112×149"):
        loss = curve(view, "loss", name)
        assert len(loss) == 4 and loss == sorted(loss) and loss[-1] > loss[0]
    assert view.results[""]["gain"] > 1 and view.results[""]["changed"] > 0.5
    names = [made.name for made in view.pictures]
    assert names == ["The photograph", "梦", "成品"]
    assert [step for step, _file in view.pictures[1].frames] == list(range(1, 9))


def test_a_dream_stops_at_its_limit(study: Callable[..., RunView]) -> None:
    view = study("8.2", height=96, octaves=1, iterations=30, max_gain=1.05, focus="deep", rate=0.05)
    assert len(curve(view, "loss", "96×128")) < 30


def test_style_moves_to_a_picture_of_ones_own(study: Callable[..., RunView], tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    Image.fromarray(scenes.landscape(120, 90)).save(photo)
    view = study("8.3", height=96, steps=6, image=str(photo))
    assert claims(view) == {"C264", "C265", "C266", "C267"}
    loss, style, content = (curve(view, name) for name in ("loss", "style", "content"))
    assert loss[-1] < loss[0] and style[-1] < style[0]
    assert content[0] == pytest.approx(0, abs=1e-6) and content[-1] > 1e-4
    evolving = next(made for made in view.pictures if made.frames)
    assert (evolving.width, evolving.height) == (72, 96) and len(evolving.frames) == 7


def test_without_style_the_photograph_stays(study: Callable[..., RunView]) -> None:
    view = study("8.3", height=96, steps=3, style_weight=0.0, tv_weight=0.0)
    assert view.results[""]["last_loss"] < 1e-6


@pytest.mark.parametrize("draw", [scenes.landscape, scenes.painting])
def test_drawn_scenes(draw: Callable[[int, int], np.ndarray]) -> None:
    image = draw(60, 80)
    assert image.shape == (60, 80, 3) and image.dtype == np.uint8 and np.ptp(image) > 100
    assert np.array_equal(image, draw(60, 80)), "the same each time"
