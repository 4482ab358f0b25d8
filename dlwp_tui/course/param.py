"""A param of a lesson: its type, default and range, and the one place where a value is checked against them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, model_validator

from dlwp_tui.core.errors import Problem, UsageError
from dlwp_tui.core.formats import number
from dlwp_tui.core.language import Text, _
from dlwp_tui.core.types import Value
from dlwp_tui.course import forms
from dlwp_tui.course.problem import at_key, refuse

ParamType = Literal["int", "float", "choice", "bool", "text", "file", "image"]
PATHS = ("file", "image")
"""Types whose value is a path, made absolute when a run starts; an image is looked at before."""
LONGEST = 60
"""Characters of a value in a sentence."""
Number = Annotated[float, Strict()]
"""Nothing is converted silently: in TOML 5 is not "5"."""
Flag = Annotated[bool, Strict()]
TRUE = ("true", "yes", "on", "1", "是")
FALSE = ("false", "no", "off", "0", "否")


def _as_text(value: Any) -> Any:
    return {"zh": value} if isinstance(value, str) else value


Prose = Annotated[Text, BeforeValidator(_as_text)]
"""A text that a lesson may also write as one plain (Chinese) string."""


class StrictModel(BaseModel):
    """A table of lesson.toml that allows no other keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ParamError(UsageError):
    """A value a param does not take. `message` names the param, the value and the allowed range."""

    def __init__(self, name: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.name = name


class Param(StrictModel):
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
    datasets: dict[str, dict[str, dict[str, Any]]] = Field(default_factory=dict)
    """For some choices, the datasets that only a run with this choice loads, each with its options."""
    label: Text
    why: Prose = Text(zh="")

    @model_validator(mode="after")
    def _consistent(self) -> Param:
        refuse([*self._rules(), *self.problems("default", self.default)])
        return self

    def _rules(self) -> Iterator[Problem]:
        numeric = self.type in ("int", "float")
        if self.type == "choice" and not self.choices:
            yield at_key("choices", _("This key is missing."), _('A param of type "choice" lists its choices.'))
        if self.type != "choice" and self.choices:
            yield at_key("choices", _('Only type = "choice" has choices.'), _("Remove the key, or change the type."))
        for choice in self.datasets:
            if choice not in self.choices:
                message = _("There is no choice {name!r}.").format(name=choice)
                yield at_key(f"datasets.{choice}", message, _("Its choices: {names}").format(names=self.range))
        if self.form and self.type != "text":
            yield at_key("form", _('Only type = "text" has a form.'), _("Remove the key, or change the type."))
        if self.type == "image" and self.default:
            yield at_key("default", _("A picture has no default."), _('Write default = "": the lesson shows its own.'))
        for bound in ("min", "max"):
            if getattr(self, bound) is not None and not numeric:
                yield at_key(bound, _("Only int and float have bounds."), _("Remove the key, or change the type."))
        if self.min is not None and self.max is not None and self.min > self.max:
            message = _("{low} is above max = {high}.").format(low=_number(self.min), high=_number(self.max))
            yield at_key("min", message, _("Exchange them."))

    def problems(self, where: str, value: Value) -> list[Problem]:
        """What is wrong with `value` written in lesson.toml: its TOML type first, then range and choices."""
        wanted = {"int": (int,), "float": (int, float), "bool": (bool,)}.get(self.type, (str,))
        if not isinstance(value, wanted) or (isinstance(value, bool) and self.type != "bool"):
            hint = _("Write a value of type {type}.").format(type=self.type)
            return [at_key(where, _("{value!r} has the wrong type.").format(value=value), hint)]
        try:
            self.parse(where.rpartition(".")[2], value)
        except ParamError as error:
            return [at_key(where, error.message, _("Change the value, or the bounds of the param."))]
        return []

    @property
    def free(self) -> bool:
        """True where any text may be typed."""
        return self.type in ("text", *PATHS)

    @property
    def is_path(self) -> bool:
        """True where the value names a file."""
        return self.type in PATHS

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
        if self.type in ("int", "float") and not self._inside(float(value)):
            raise self._error(name, value)
        if self.type == "choice" and value not in self.choices:
            raise self._error(name, raw)
        return value

    def _convert(self, name: str, raw: Value) -> Value:
        text = raw.strip() if isinstance(raw, str) else raw
        if self.type == "bool":
            if isinstance(text, bool):
                return text
            if str(text).lower() not in TRUE + FALSE:
                raise self._error(name, raw)
            return str(text).lower() in TRUE
        if self.type in ("choice", "text", *PATHS):
            try:
                return forms.canonical(self.form, str(text if self.type in PATHS else raw))
            except forms.FormError as error:
                message = _("{name} = {value} is not allowed: {reason}")
                raise ParamError(name, message.format(name=name, value=shown(raw), reason=error)) from None
        try:
            value = math.nan if isinstance(text, bool) else float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or (self.type == "int" and value != int(value)):
            raise self._error(name, raw)
        if self.type == "float":
            return value
        exact = re.fullmatch(r"[+-]?\d+", str(text))  # a float has 53 bits
        return int(text) if exact else int(value)

    def _inside(self, value: float) -> bool:
        low = self.min is None or value > self.min or (value == self.min and not self.min_open)
        return low and (self.max is None or value < self.max or (value == self.max and not self.max_open))

    def _error(self, name: str, raw: Value) -> ParamError:
        kind = {
            "int": _("a whole number"), "float": _("a number"), "bool": _("true or false"),
            "choice": _("one of the choices"),
        }.get(self.type, _("a text"))  # fmt: skip
        allowed = f" ({self.range})" if self.range and self.type != "bool" else ""
        message = _("{name} = {value} is not allowed: it takes {kind}{allowed}.")
        return ParamError(name, message.format(name=name, value=shown(raw), kind=kind, allowed=allowed))


def shown(value: Value) -> str:
    """A value as a sentence names it: of a long text the beginning."""
    text = str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _number(value: float | None) -> str:
    return "" if value is None else number(value, digits=6, whole=1e15)
