"""What a lesson declares in `lesson.toml`: typed, validated, and the one place a param's rules are written."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from keyword import iskeyword
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, model_validator

from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.formats import number
from dlwp_tui.core.language import Text, _
from dlwp_tui.core.types import Value
from dlwp_tui.course import forms
from dlwp_tui.course.unsound import Fault, Unsound

ParamType = Literal["int", "float", "choice", "bool", "text", "file"]

RESERVED_PARAMS = {
    "seed",
    "preset",
    "data",
    "detach",
    "estimate",
    "force",
    "json",
    "help",
    "device",
    "lesson",
    "lab",
    "see",
    "why",
    "expect",
}
"""Names the CLI, `run(lab, ...)` or a preset already uses; a lesson may not declare them as params."""

PRESET_RUN = "run"
"""What the `expect` of a preset calls its one run."""

Number = Annotated[float, Strict()]
"""TOML tells 5 from "5", and so do we: nothing is converted silently."""
Flag = Annotated[bool, Strict()]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _as_text(value: Any) -> Any:
    return {"zh": value} if isinstance(value, str) else value


Prose = Annotated[Text, BeforeValidator(_as_text)]
"""A text that a lesson may also write as one plain (Chinese) string."""


class ParamError(UsageError):
    """A value a param does not take. `message` names the param, the value and the allowed range."""

    def __init__(self, name: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.name = name


class Param(_Strict):
    """One hyperparameter: its type, default, range, label and why a learner would change it."""

    type: ParamType
    default: Value
    min: Number | None = None
    max: Number | None = None
    min_open: Flag = False
    """True when `min` itself is not allowed (a learning rate must be above 0)."""
    max_open: Flag = False
    """True when `max` itself is not allowed (a dropout rate must be below 1)."""
    choices: tuple[str, ...] = ()
    form: forms.Form = ""
    """What a text has to be (`matrix`, `shape`, ...); anything else is refused before a run starts."""
    label: Text
    why: Prose = Text(zh="")

    @model_validator(mode="after")
    def _consistent(self) -> Param:
        faults = list(self._rules())
        faults += self.faults("default", self.default)
        if faults:
            raise Unsound(faults)
        return self

    def _rules(self) -> Iterator[Fault]:
        numeric = self.type in ("int", "float")
        if self.type == "choice" and not self.choices:
            yield Fault("choices", _("This key is missing."), _('A param of type "choice" lists its choices.'))
        if self.type != "choice" and self.choices:
            yield Fault("choices", _('Only type = "choice" has choices.'), _("Remove the key, or change the type."))
        if self.form and self.type != "text":
            yield Fault("form", _('Only type = "text" has a form.'), _("Remove the key, or change the type."))
        for bound in ("min", "max"):
            if getattr(self, bound) is not None and not numeric:
                yield Fault(bound, _("Only int and float have bounds."), _("Remove the key, or change the type."))
        if self.min is not None and self.max is not None and self.min > self.max:
            yield Fault(
                "min",
                _("{low} is above max = {high}.").format(low=_number(self.min), high=_number(self.max)),
                _("Exchange them."),
            )

    def faults(self, where: str, value: Value) -> list[Fault]:
        """What is wrong with `value` written in lesson.toml: its TOML type first, then range and choices."""
        wanted = {"int": (int,), "float": (int, float), "bool": (bool,)}.get(self.type, (str,))
        if not isinstance(value, wanted) or (isinstance(value, bool) and self.type != "bool"):
            return [
                Fault(
                    where,
                    _("{value!r} has the wrong type.").format(value=value),
                    _("Write a value of type {type}.").format(type=self.type),
                )
            ]
        try:
            self.parse(where.rpartition(".")[2], value)
        except ParamError as error:
            return [Fault(where, error.message, _("Change the value, or the bounds of the param."))]
        return []

    @property
    def range(self) -> str:
        """The allowed values as the form and `--help` show them, e.g. `1–1024`, `0 ≤ x < 1`, `relu | tanh`."""
        if self.type == "choice":
            return " | ".join(self.choices)
        if self.type == "bool":
            return "true | false"
        if self.min is None and self.max is None:
            return ""
        low, high = _number(self.min), _number(self.max)
        if not (self.min_open or self.max_open) and self.min is not None and self.max is not None:
            return f"{low}–{high}"
        left = "" if self.min is None else f"{low} {'<' if self.min_open else '≤'} "
        right = "" if self.max is None else f" {'<' if self.max_open else '≤'} {high}"
        return f"{left}x{right}"

    def parse(self, name: str, raw: Value) -> Value:
        """`raw` (text from a form or a command line, or a TOML value) as this param's type; raises ParamError."""
        value = self._convert(name, raw)
        if self.type in ("int", "float"):
            assert isinstance(value, int | float)
            self._bounds(name, value)
        if self.type == "choice" and value not in self.choices:
            raise self._error(name, raw)
        return value

    def _convert(self, name: str, raw: Value) -> Value:
        text = raw.strip() if isinstance(raw, str) else raw
        if self.type == "bool":
            if isinstance(text, bool):
                return text
            lowered = str(text).lower()
            if lowered in ("true", "yes", "on", "1", "是"):
                return True
            if lowered in ("false", "no", "off", "0", "否"):
                return False
            raise self._error(name, raw)
        if self.type in ("choice", "text", "file"):
            try:
                return forms.canonical(self.form, str(raw))
            except forms.FormError as error:
                raise ParamError(
                    name, _("{name} = {value} is not allowed: {reason}").format(name=name, value=raw, reason=error)
                ) from None
        if isinstance(text, bool):
            raise self._error(name, raw)
        try:
            number = float(text)
        except ValueError:
            raise self._error(name, raw) from None
        if not math.isfinite(number):
            raise self._error(name, raw)
        if self.type == "float":
            return number
        if number != int(number):
            raise self._error(name, raw)
        return int(text) if not isinstance(text, float) and re.fullmatch(r"[+-]?\d+", str(text)) else int(number)

    def _bounds(self, name: str, value: int | float) -> None:
        too_low = self.min is not None and (value < self.min or (self.min_open and value == self.min))
        too_high = self.max is not None and (value > self.max or (self.max_open and value == self.max))
        if too_low or too_high:
            raise self._error(name, value)

    def _error(self, name: str, raw: Value) -> ParamError:
        kind = {
            "int": _("a whole number"),
            "float": _("a number"),
            "bool": _("true or false"),
            "choice": _("one of the choices"),
        }.get(self.type, _("a text"))
        allowed = f" ({self.range})" if self.range and self.type != "bool" else ""
        return ParamError(
            name,
            _("{name} = {value} is not allowed: it takes {kind}{allowed}.").format(
                name=name, value=raw, kind=kind, allowed=allowed
            ),
        )


class Preset(BaseModel):
    """A named set of param values; `see` says what the learner should look for."""

    model_config = ConfigDict(extra="allow", frozen=True)

    see: Prose = Text(zh="")
    why: Prose = Text(zh="")
    """Why these sizes differ from the book's, where they do."""
    expect: str = ""
    """What `see` promises, as a comparison of the figures of one run called `run`; see `course.expect`."""

    @property
    def values(self) -> dict[str, Value]:
        """The params this preset sets; every other param keeps its default."""
        return dict(self.__pydantic_extra__ or {})


class Experiment(_Strict):
    """A statement of the note that runs can support or contradict."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    claims: tuple[str, ...] = ()
    statement: Prose
    recorded: Prose = Text(zh="")
    preset: str = "book"
    """The preset all its runs start from."""
    runs: dict[str, dict[str, Value]] = Field(min_length=1)
    seeds: Annotated[int, Strict()] = Field(default=3, ge=1, le=20)
    expect: str


class Demo(_Strict):
    """A way to play with the trained model after a run; served by `demo(lab)` in lesson.py."""

    id: str = "default"
    input: Literal["text", "canvas", "file", "plane", "slider"]
    output: Literal["bars", "picture", "text"]
    label: Text
    example: str = ""
    """An input to start from."""


class Lesson(_Strict):
    """A section's runnable part. `id` is the section's number; `folder` holds lesson.toml and lesson.py."""

    id: str
    folder: Path
    format: Literal[1]
    title: Text
    datasets: tuple[str, ...] = ()
    ram_mb: Annotated[int, Strict()] = Field(default=600, ge=1)
    """Peak resident memory of a `book` run, MB: compared with free memory before starting."""
    checkpoint: Flag = False
    """True for lessons over a minute: an epoch's state is kept so a killed run can resume."""
    params: dict[str, Param] = {}
    presets: dict[str, Preset]
    experiments: tuple[Experiment, ...] = ()
    demos: tuple[Demo, ...] = ()
    figures: dict[str, Prose] = {}
    """Words for results and curves of the lesson's own, by the name its code gives them: `noise`."""

    @property
    def words(self) -> dict[str, str]:
        """The lesson's words for its own figures, in the language of the interface."""
        return {name: str(text) for name, text in self.figures.items()}

    @property
    def code_file(self) -> Path:
        """The lesson's source, as shown beside the chart."""
        return self.folder / "lesson.py"

    def values(self, preset: str | None = None, overrides: Mapping[str, Value] | None = None) -> dict[str, Value]:
        """All params for a run: defaults, then the preset's values, then `overrides` (raw text allowed).

        Raises UsageError for an unknown preset or param, ParamError for a value that is not allowed.
        """
        chosen: dict[str, Value] = {name: param.default for name, param in self.params.items()}
        if preset is not None:
            chosen |= self.preset(preset).values
        for name, raw in (overrides or {}).items():
            if name not in self.params:
                raise self._unknown_param(name)
            chosen[name] = raw
        return {name: self.params[name].parse(name, raw) for name, raw in chosen.items()}

    def preset(self, name: str) -> Preset:
        """The preset called `name`; raises UsageError that lists them."""
        if name not in self.presets:
            raise UsageError(
                _("Lesson {lesson} has no preset {name!r}.").format(lesson=self.id, name=name),
                _("Its presets: {names}").format(names=", ".join(self.presets)),
            )
        return self.presets[name]

    def experiment(self, name: str) -> Experiment:
        """The experiment called `name`; raises UsageError that lists them."""
        for experiment in self.experiments:
            if experiment.id == name:
                return experiment
        raise UsageError(
            _("Lesson {lesson} has no experiment {name!r}.").format(lesson=self.id, name=name),
            _("Its experiments: {names}").format(names=", ".join(e.id for e in self.experiments) or "–"),
        )

    def matching_preset(self, values: dict[str, Value]) -> str | None:
        """The first preset whose params are exactly `values`, for labels in the form and the history."""
        return next((name for name in self.presets if self.values(name) == values), None)

    def _unknown_param(self, name: str) -> UsageError:
        from difflib import get_close_matches

        near = get_close_matches(name, self.params, n=1)
        meant = _("Did you mean {name}?").format(name=near[0]) + " " if near else ""
        return UsageError(
            _("Lesson {lesson} has no parameter {name!r}.").format(lesson=self.id, name=name),
            meant + _("Its parameters: {names}").format(names=", ".join(self.params) or "–"),
        )

    @model_validator(mode="after")
    def _sound(self) -> Lesson:
        faults = [*self._name_faults(), *self._preset_faults(), *self._experiment_faults(), *self._demo_faults()]
        if faults:
            raise Unsound(faults)
        return self

    def _name_faults(self) -> Iterator[Fault]:
        for name in self.params:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
                yield Fault(
                    f"params.{name}",
                    _("This name cannot be an option."),
                    _("A name is lower-case letters, digits and _, and begins with a letter."),
                )
            elif name in RESERVED_PARAMS or iskeyword(name):
                yield Fault(f"params.{name}", _("This name is reserved."), _("Choose another one."))

    def _preset_faults(self) -> Iterator[Fault]:
        for required in ("book", "quick"):
            if required not in self.presets:
                yield Fault(
                    f"presets.{required}",
                    _("This preset is missing."),
                    _("Every lesson has [presets.book] and [presets.quick]."),
                )
        for name, preset in self.presets.items():
            yield from self._value_faults(f"presets.{name}", preset.values)

    def _experiment_faults(self) -> Iterator[Fault]:
        ids = [experiment.id for experiment in self.experiments]
        for experiment in self.experiments:
            where = f"experiments.{experiment.id}"
            if ids.count(experiment.id) > 1:
                yield Fault(where, _("This id is used twice."), _("Give each experiment an id of its own."))
            if experiment.preset not in self.presets:
                yield Fault(
                    f"{where}.preset",
                    _("There is no preset {name!r}.").format(name=experiment.preset),
                    _("Its presets: {names}").format(names=", ".join(self.presets)),
                )
            for run, values in experiment.runs.items():
                yield from self._value_faults(f"{where}.runs.{run}", values)

    def _demo_faults(self) -> Iterator[Fault]:
        ids = [demo.id for demo in self.demos]
        for demo in dict.fromkeys(ids):
            if ids.count(demo) > 1:
                yield Fault(f"demos.{demo}", _("This id is used twice."), _("Give each demo an id of its own."))

    def _value_faults(self, where: str, values: dict[str, Value]) -> Iterator[Fault]:
        for name, value in values.items():
            if name in self.params:
                yield from self.params[name].faults(f"{where}.{name}", value)
            else:
                unknown = self._unknown_param(name)
                yield Fault(f"{where}.{name}", _("There is no such param."), unknown.hint)


def _number(value: float | None) -> str:
    return "" if value is None else number(value, digits=6, whole=1e15)
