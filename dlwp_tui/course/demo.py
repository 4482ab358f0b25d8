"""What a lesson declares of its demos: ways to play with the trained model after a run."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field, model_validator

from dlwp_tui.core.errors import Problem, UsageError
from dlwp_tui.core.formats import number
from dlwp_tui.core.language import Text, _
from dlwp_tui.course.param import Number, StrictModel
from dlwp_tui.course.problem import at_key, did_you_mean, names, refuse

STEPS = 20
"""Steps of a slider that names no `step`."""


class Slider(StrictModel):
    """A number that is moved beside a demo's input: a temperature, the strength of an effect."""

    min: Number
    max: Number
    default: Number
    step: Number = 0.0
    """How far one key press moves it; 0 for a twentieth of the range."""
    label: Text

    @model_validator(mode="after")
    def _consistent(self) -> Slider:
        refuse(self._problems())
        return self

    def _problems(self) -> Iterator[Problem]:
        if not self.min < self.max:
            yield at_key("min", _("{low} is not below max = {high}.").format(low=self.min, high=self.max))
        elif not self.min <= self.default <= self.max:
            yield at_key("default", _("{value} is outside {low}–{high}.").format(
                value=self.default, low=self.min, high=self.max
            ))  # fmt: skip
        if self.step < 0:
            yield at_key("step", _("A step is above 0."))

    def moved(self, value: float, steps: float) -> float:
        """`value` some steps further, on the grid of steps from `min` and inside the bounds."""
        step = self.step or (self.max - self.min) / STEPS
        place = round((value - self.min) / step) + steps
        return round(max(self.min, min(self.max, self.min + place * step)), 10)

    def parse(self, name: str, given: str) -> float:
        """A number typed for it. Raises UsageError."""
        try:
            value = float(given)
        except ValueError:
            value = math.nan
        if not self.min <= value <= self.max:
            low, high = number(self.min), number(self.max)
            raise UsageError(
                _("{name} = {value} is not allowed: it takes a number in {low}–{high}.").format(
                    name=name, value=given, low=low, high=high
                )
            )
        return value


class Demo(StrictModel):
    """A way to play with the trained model after a run; served by `demo(lab)` in lesson.py."""

    id: str = "default"
    input: Literal["text", "canvas", "file", "plane", "slider"]
    output: Literal["bars", "picture", "text"]
    label: Text
    example: str = ""
    """An input to start from."""
    x: tuple[Number, Number] = (-3.0, 3.0)
    """Of a plane: where its horizontal axis begins and ends."""
    y: tuple[Number, Number] = (-3.0, 3.0)
    sliders: dict[str, Slider] = Field(default_factory=dict)
    """Moved beside the input; the function gets them by name."""

    @model_validator(mode="after")
    def _consistent(self) -> Demo:
        refuse(self._problems())
        return self

    def _problems(self) -> Iterator[Problem]:
        for axis in ("x", "y"):
            low, high = getattr(self, axis)
            if not low < high:
                hint = _("Write its ends, the smaller first.")
                yield at_key(axis, _("{low} is not below {high}.").format(low=low, high=high), hint)
            if axis in self.model_fields_set and self.input != "plane":
                yield at_key(axis, _('Only input = "plane" has axes.'), _("Remove the key."))
        if self.input == "slider" and not self.sliders:
            hint = _("Add a table [demos.sliders.NAME].")
            yield at_key("sliders", _('A demo with input = "slider" needs at least one slider.'), hint)
        for name in self.sliders:
            if not name.isidentifier():
                yield at_key(f"sliders.{name}", _("The name is no word of Python."), _("Use letters, digits and _."))

    @property
    def defaults(self) -> dict[str, float]:
        """Where its sliders stand at first."""
        return {name: float(slider.default) for name, slider in self.sliders.items()}

    def values(self, given: Mapping[str, str]) -> dict[str, float]:
        """The values of all sliders, those in `given` as typed. Raises UsageError."""
        for name in given:
            if name not in self.sliders:
                hint = did_you_mean(name, self.sliders) or _("Its sliders: {names}").format(names=names(self.sliders))
                raise UsageError(_("The demo {demo} has no slider {name}.").format(demo=self.id, name=name), hint)
        return self.defaults | {name: self.sliders[name].parse(name, text) for name, text in given.items()}
