"""The space of a search as a learner writes it: `units=16..256:log,hidden_layers=1..3,optimizer=rmsprop|adam`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _
from dlwp_tui.core.types import Value
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.course.param import Param, ParamError

_RANGE = re.compile(r"(?P<low>[^.:|]+(?:\.\d+)?)\.\.(?P<high>[^:|]+?)(?P<more>(?::[^:]+)*)")


@dataclass(frozen=True)
class Axis:
    """The values of one param that a search may take: a range, or choices."""

    name: str
    low: float = 0
    high: float = 0
    whole: bool = False
    log: bool = False
    """Whether as many trials fall between 16 and 32 as between 128 and 256."""
    step: float | None = None
    choices: tuple[Value, ...] = ()

    def share(self, value: Value) -> float:
        """Where `value` lies on the axis, 0 to 1."""
        import math

        if self.choices:
            return self.choices.index(value) / max(1, len(self.choices) - 1)
        place = math.log if self.log else float
        low, high, at = place(self.low), place(self.high), place(float(value))
        return (at - low) / (high - low)


def read(lesson: Lesson, text: str) -> list[Axis]:
    """The axes in `text`. Raises UsageError for what cannot be read, ParamError for values the lesson refuses."""
    axes = [_axis(lesson, part.strip()) for part in text.split(",") if part.strip()]
    twice = [axis.name for at, axis in enumerate(axes) if axis.name in {one.name for one in axes[:at]}]
    if twice:
        raise UsageError(_("{name} stands twice in --over.").format(name=twice[0]))
    if not axes:
        raise UsageError(
            _("--over names no param."), _("For example: {example}").format(example="--over units=16..256")
        )
    return axes


def suggestion(lesson: Lesson, most: int = 2) -> str:
    """A space to begin with: params that shape the model or its steps, from a quarter of the default to four times."""
    found: list[str] = []
    for name in _SHAPES:
        space = _around(lesson.params[name]) if name in lesson.params else ""
        if space and len(found) < most:
            try:
                read(lesson, f"{name}={space}")
            except (UsageError, ParamError):  # its ends are not allowed
                continue
            found.append(f"{name}={space}")
    return ",".join(found)


_SHAPES = ("units", "filters", "width", "dropout", "learning_rate", "rate", "hidden_layers", "kernel", "kl_weight")
"""What a search is about in most lessons. Epochs and samples are not: more of them is better, and longer."""


def _around(param: Param) -> str:
    default, most = param.default, param.max
    if isinstance(default, bool) or not isinstance(default, int | float):
        return ""
    if param.type == "float" and default == 0:
        return f"0..{most / 2:g}" if most is not None and most <= 1 else ""
    low, high = default / 4, default * 4
    low = low if param.min is None else max(low, param.min)
    high = high if most is None else min(high, most)
    if param.type == "int":
        low, high = round(low), round(high)
    return f"{low:g}..{high:g}:log" if low > 0 else ""


def _axis(lesson: Lesson, text: str) -> Axis:
    name, equals, values = (part.strip() for part in text.partition("="))
    name = name.replace("-", "_")
    lesson.values(None, {name: lesson.params[name].default} if name in lesson.params else {name: ""})  # is it known?
    param = lesson.params[name]
    if not equals and param.type == "bool":
        return Axis(name, choices=(False, True))
    if "|" in values or param.type in ("choice", "bool", "text", "file"):
        choices = tuple(dict.fromkeys(param.parse(name, one.strip()) for one in values.split("|")))
        if len(choices) < 2:
            raise _unreadable(text)
        return Axis(name, choices=choices)
    found = _RANGE.fullmatch(values)
    if found is None:
        raise _unreadable(text)
    low, high = (param.parse(name, found[key].strip()) for key in ("low", "high"))
    log, step = False, None
    for more in filter(None, found["more"].split(":")):
        if more == "log":
            log = True
        elif more.startswith("step="):
            step = float(param.model_copy(update={"min": None, "max": None}).parse(name, more[5:]))
        else:
            raise _unreadable(text)
    if (
        not float(low) < float(high)
        or (log and (float(low) <= 0 or step is not None))
        or (step is not None and step <= 0)
    ):
        raise _unreadable(text)
    return Axis(name, float(low), float(high), param.type == "int", log, step)


def _unreadable(text: str) -> UsageError:
    return UsageError(
        _("--over {text} cannot be read.").format(text=text),
        _("A range low..high, also low..high:log (low above 0) or low..high:step=8; or choices a|b."),
    )
