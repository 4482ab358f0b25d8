"""TOML tables of the course as pydantic models; every error becomes a Problem in our own words, with its dotted key."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from dlwp_tui.core.errors import Problem
from dlwp_tui.core.language import Text, _, sentences
from dlwp_tui.course.problem import BrokenFile, BrokenModel, did_you_mean, names

if TYPE_CHECKING:
    from collections.abc import Mapping

Model = TypeVar("Model", bound=BaseModel)
Loc = tuple[int | str, ...]


def validate(model: type[Model], data: Mapping[str, Any], file: str) -> Model:
    """`data` as a `model`; raises BrokenFile with every problem pydantic and the model's own rules find in `file`."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise BrokenFile(_problems(model, data, error, file)) from error


def _problems(model: type[BaseModel], data: Mapping[str, Any], error: ValidationError, file: str) -> list[Problem]:
    found: dict[tuple[str, str], Problem] = {}
    for detail in error.errors(include_url=False):
        loc = _without_union(detail["loc"], data)
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, BrokenModel):
            inside = [
                replace(problem, file=file, where=".".join(filter(None, (_key(loc, data), problem.where))))
                for problem in cause.problems
            ]
        else:
            message, hint = _sentence(model, loc, detail["type"], detail.get("ctx", {}), detail["input"])
            inside = [Problem(file, _key(loc, data), message, hint)]
        for problem in inside:
            found.setdefault((problem.where, problem.message), problem)
    return list(found.values())


def _sentence(model: type[BaseModel], loc: Loc, kind: str, context: dict[str, Any], value: Any) -> tuple[str, str]:
    shown = _shown(value)
    if kind == "missing":
        return _("This key is missing."), _("Add it.")
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        known = _keys_at(model, loc[:-1])
        hint = did_you_mean(str(loc[-1]), known) or _("Known keys: {names}").format(names=names(known))
        return _("There is no such key."), sentences(hint, _("Otherwise remove it."))
    if kind == "literal_error":
        words = _words(context["expected"])
        hint = sentences(did_you_mean(str(value), words), _("It takes: {words}").format(words=names(words)))
        return _("{value} is not one of the words it takes.").format(value=shown), hint
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = context.get("ge", context.get("le"))
        sign = "≥" if kind == "greater_than_equal" else "≤"
        hint = _("It takes a number {sign} {bound}.").format(sign=sign, bound=bound)
        return _("{value} is out of range.").format(value=shown), hint
    if kind == "string_pattern_mismatch":
        hint = _("Its form is {pattern}.").format(pattern=context["pattern"])
        return _("{value} is not written in the form it needs.").format(value=shown), hint
    if kind in ("too_short", "string_too_short"):
        return _("It is empty."), _("Fill it in, or remove the key where it is optional.")
    if wanted := _wanted(kind, loc):
        return _("{value} has the wrong type.").format(value=shown), _("Write {wanted}.").format(wanted=wanted)
    return _("{value} is not allowed here.").format(value=shown), _("Compare with a lesson that works.")


def _wanted(kind: str, loc: Loc) -> str:
    if kind in ("int_type", "float_type", "bool_type", "string_type") and _takes_any_value(loc):
        return _("a number, a text in quotation marks, true or false")
    return {
        "int_type": _("a whole number without quotation marks"),
        "int_from_float": _("a whole number"),
        "int_parsing": _("a whole number without quotation marks"),
        "float_type": _("a number without quotation marks"),
        "float_parsing": _("a number without quotation marks"),
        "finite_number": _("a finite number"),
        "bool_type": _("true or false, without quotation marks"),
        "bool_parsing": _("true or false, without quotation marks"),
        "string_type": _("a text in quotation marks"),
        "tuple_type": _("a list in [ ]"),
        "list_type": _("a list in [ ]"),
        "dict_type": _("a table"),
        "model_type": _("a table"),
        "dataclass_type": _('a table, e.g. { zh = "…", en = "…" }'),  # a Text: the only dataclass in our models
    }.get(kind, "")


def _takes_any_value(loc: Loc) -> bool:
    """True for a param's default and for what an experiment's run sets."""
    return bool(loc) and (loc[-1] == "default" or "runs" in loc[:-1])


def _without_union(loc: Loc, data: Any) -> Loc:
    """`loc` without the member of a union pydantic tried: the part that does not exist in the data."""
    at: Any = data
    for depth, part in enumerate(loc):
        inside = isinstance(at, dict) and part in at
        listed = isinstance(at, list | tuple) and isinstance(part, int) and part < len(at)
        if not (inside or listed):
            union = part in ("int", "float", "bool", "str") and not isinstance(at, dict)
            return loc[:depth] if union else loc
        at = at[part]
    return loc


def _key(loc: Loc, data: Any) -> str:
    """`params.units.min`; a member of a list by its id, else by its number from 1."""
    parts: list[str] = []
    at: Any = data
    for part in loc:
        try:
            at = at[part]
        except (KeyError, IndexError, TypeError):
            at = None
        if isinstance(part, int):
            given = at.get("id") or at.get("zh") if isinstance(at, dict) else None
            parts.append(given if isinstance(given, str) else f"#{part + 1}")
        else:
            parts.append(part)
    return ".".join(parts)


def _keys_at(model: type[BaseModel], loc: Loc) -> list[str]:
    """The keys that may stand at `loc`, found through the annotations."""
    at: Any = model
    for part in loc:
        if isinstance(at, type) and issubclass(at, BaseModel):
            field = at.model_fields.get(str(part))
            at = field.annotation if field else None
        else:  # tuple[Experiment, ...], dict[str, Param]
            members = [member for member in get_args(at) if member is not Ellipsis and member is not str]
            at = members[-1] if members else None
    if at is Text:
        return [field.name for field in fields(Text)]
    return list(at.model_fields) if isinstance(at, type) and issubclass(at, BaseModel) else []


def _words(expected: str) -> list[str]:
    """pydantic's `'int', 'float' or 'choice'` as a list."""
    return [word.strip().strip("'") for word in expected.replace(" or ", ", ").split(",") if word.strip()]


def _shown(value: Any) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"
