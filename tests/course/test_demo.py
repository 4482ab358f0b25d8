"""Demos as lesson.toml declares them: axes, sliders, and the numbers typed for those."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import Text
from dlwp_tui.course.demo import Demo, Slider

LABEL = {"zh": "温度", "en": "Temperature"}
SLIDER = {"min": 0.1, "max": 1.5, "default": 0.5, "step": 0.1, "label": LABEL}


def demo(**fields: Any) -> Demo:
    return Demo.model_validate({"id": "d", "input": "text", "output": "text", "label": LABEL} | fields)


def test_a_slider_moves_by_steps_within_its_bounds() -> None:
    slider = Slider.model_validate(SLIDER)
    assert [slider.moved(0.5, steps) for steps in (1, -1, 100, -100)] == [0.6, 0.4, 1.5, 0.1]
    coarse = Slider(min=0, max=10, default=5, label=Text("a"))
    assert coarse.moved(5, 1) == 5.5 and coarse.moved(5.2, 0) == 5.0


def test_values_are_those_typed_and_the_defaults() -> None:
    made = demo(sliders={"temperature": SLIDER, "width": {"min": 0, "max": 4, "default": 2, "label": LABEL}})
    assert made.defaults == {"temperature": 0.5, "width": 2.0}
    assert made.values({"width": "3"}) == {"temperature": 0.5, "width": 3.0}
    for given, words in (
        ({"width": "9"}, "0–4"), ({"width": "nan"}, "0–4"), ({"width": "x"}, "= x"),
        ({"temprature": "1"}, "no slider temprature"),
    ):  # fmt: skip
        with pytest.raises(UsageError, match=words):
            made.values(given)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"input": "slider"}, "needs at least one slider"),
        ({"x": [-2, 2]}, "plane"),
        ({"input": "plane", "y": [2, 2]}, "is not below"),
        ({"sliders": {"t": SLIDER | {"min": 2}}}, "is not below max"),
        ({"sliders": {"t": SLIDER | {"default": 9}}}, "outside"),
        ({"sliders": {"t": SLIDER | {"step": -1}}}, "above 0"),
        ({"sliders": {"a b": SLIDER}}, "no word of Python"),
    ],
)
def test_what_cannot_be_meant_is_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        demo(**fields)


def test_a_plane_has_ends() -> None:
    assert demo(input="plane").x == (-3.0, 3.0)
    assert demo(input="plane", x=[0, 1.5]).x == (0.0, 1.5)
