"""What a lesson declares in `lesson.toml`: typed, validated, and the one place a param's rules are written."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from dlwp_tui.errors import UsageError
from dlwp_tui.i18n import _, language

Value = int | float | bool | str
ParamType = Literal["int", "float", "choice", "bool", "text", "file"]

RESERVED_PARAMS = {"seed", "preset", "data", "detach", "json", "help", "device", "lesson", "lab"}
"""Names the CLI or `run(lab, ...)` already uses; a lesson may not declare them as params."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(_Strict):
    """One text in both languages of the interface; English falls back to Chinese."""

    zh: str
    en: str = ""

    def __str__(self) -> str:
        return self.en if language() == "en" and self.en else self.zh


class ParamError(UsageError):
    """A value a param does not take. `message` names the param, the value and the allowed range."""

    def __init__(self, name: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.name = name


class Param(_Strict):
    """One hyperparameter: its type, default, range, label and why a learner would change it."""

    type: ParamType
    default: Value
    min: float | None = None
    max: float | None = None
    min_open: bool = False
    """True when `min` itself is not allowed (a learning rate must be above 0)."""
    max_open: bool = False
    """True when `max` itself is not allowed (a dropout rate must be below 1)."""
    choices: tuple[str, ...] = ()
    label: Text
    why: Text | str = ""

    @field_validator("why")
    @classmethod
    def _why_text(cls, why: Text | str) -> Text:
        return why if isinstance(why, Text) else Text(zh=why)

    @model_validator(mode="after")
    def _consistent(self) -> Param:
        if self.type == "choice" and not self.choices:
            raise ValueError("a choice needs `choices`")
        if self.type != "choice" and self.choices:
            raise ValueError("`choices` is only for type = \"choice\"")
        if self.type not in ("int", "float") and (self.min is not None or self.max is not None):
            raise ValueError("`min` and `max` are only for int and float")
        try:
            self.parse("default", self.default)
        except ParamError as error:
            raise ValueError(error.message) from error
        return self

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
            return str(raw)
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
            name, _("{name} = {value} is not allowed: it takes {kind}{allowed}.").format(
                name=name, value=raw, kind=kind, allowed=allowed
            )
        )


class Preset(BaseModel):
    """A named set of param values; `see` says what the learner should look for."""

    model_config = ConfigDict(extra="allow", frozen=True)

    see: Text | str = ""
    why: Text | str = ""
    """Why these sizes differ from the book's, where they do."""

    @field_validator("see", "why")
    @classmethod
    def _as_text(cls, value: Text | str) -> Text:
        return value if isinstance(value, Text) else Text(zh=value)

    @property
    def values(self) -> dict[str, Value]:
        """The params this preset sets; every other param keeps its default."""
        return dict(self.__pydantic_extra__ or {})


class Experiment(_Strict):
    """A statement of the note that runs can support or contradict."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    claims: tuple[str, ...] = ()
    statement: Text | str
    recorded: Text | str = ""
    preset: str = "book"
    """The preset all its runs start from."""
    runs: dict[str, dict[str, Value]]
    seeds: int = Field(default=3, ge=1, le=20)
    expect: str

    @field_validator("statement", "recorded")
    @classmethod
    def _as_text(cls, value: Text | str) -> Text:
        return value if isinstance(value, Text) else Text(zh=value)


class Probe(_Strict):
    """A way to play with the trained model after a run; served by `probe(lab)` in lesson.py."""

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
    ram_mb: int = Field(default=600, ge=1)
    """Peak resident memory of a `book` run, MB: compared with free memory before starting."""
    checkpoint: bool = False
    """True for lessons over a minute: an epoch's state is kept so a killed run can resume."""
    params: dict[str, Param] = {}
    presets: dict[str, Preset]
    experiments: tuple[Experiment, ...] = ()
    probes: tuple[Probe, ...] = ()

    @property
    def code_file(self) -> Path:
        """The lesson's source, as shown beside the chart."""
        return self.folder / "lesson.py"

    def values(self, preset: str | None = None, overrides: dict[str, Value] | None = None) -> dict[str, Value]:
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
        for name in self.params:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
                raise ValueError(f"params.{name}: a name is lower-case letters, digits and _")
            if name in RESERVED_PARAMS:
                raise ValueError(f"params.{name}: this name is reserved")
        for required in ("book", "quick"):
            if required not in self.presets:
                raise ValueError(f"presets.{required} is missing; every lesson has `book` and `quick`")
        for name, preset in self.presets.items():
            self._check_values(f"presets.{name}", preset.values)
        ids = [experiment.id for experiment in self.experiments]
        for experiment in self.experiments:
            where = f"experiments.{experiment.id}"
            if ids.count(experiment.id) > 1:
                raise ValueError(f"{where}: the id is used twice")
            if experiment.preset not in self.presets:
                raise ValueError(f"{where}.preset: there is no preset {experiment.preset!r}")
            for run, values in experiment.runs.items():
                self._check_values(f"{where}.runs.{run}", values)
        return self

    def _check_values(self, where: str, values: dict[str, Value]) -> None:
        for name, value in values.items():
            if name not in self.params:
                raise ValueError(f"{where}.{name}: there is no such param")
            try:
                self.params[name].parse(name, value)
            except ParamError as error:
                raise ValueError(f"{where}: {error.message}") from error


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
