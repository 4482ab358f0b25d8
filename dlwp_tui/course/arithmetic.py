"""Arithmetic over a lesson's params: `ceil(lookback / step) >= 4 * kernel - 1`, parsed with `ast` and never executed.

It is made of numbers, params by name, texts in quotation marks (to compare a choice with), `+ - * / // % **`,
`< <= > >= == !=`, `and or not`, `A if C else B`, `min(...)`, `max(...)`, `ceil(...)` and parentheses. A bool counts as
0 or 1, a text that is a number (a choice "100") as that number. All numbers are floats.

Of params that are texts with a form it takes `rows(a)`, `columns(a)`, `elements(x, y)` and `cuts(slices, array)`.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NoReturn

from dlwp_tui.core.errors import ContentError
from dlwp_tui.core.language import _
from dlwp_tui.core.types import Value
from dlwp_tui.course import forms

MAX_LENGTH = 500

_SIGNS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow,
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., Any]] = {"min": min, "max": max, "ceil": math.ceil}
_OF_TEXTS: dict[str, tuple[Callable[..., float], tuple[forms.Form, ...]]] = {
    "rows": (forms.rows, ("matrix",)),
    "columns": (forms.columns, ("matrix",)),
    "elements": (forms.elements, ("shape", "shape")),
    "cuts": (forms.cuts, ("slice", "array")),
}
"""Functions of params that are texts, with the form that each of these has."""


def holds(text: str, params: Mapping[str, Value]) -> bool:
    """Whether the comparison in `text` is true of these params; False where it cannot be computed (1 / 0)."""
    try:
        return bool(_value(_parsed(text), params))
    except (ArithmeticError, TypeError, ValueError, LookupError):
        return False


def number(text: str, params: Mapping[str, Value]) -> float:
    """What `text` comes to with these params; 0 where it cannot be computed, or not as a finite number."""
    try:
        found = float(_value(_parsed(text), params))
    except (ArithmeticError, TypeError, ValueError, LookupError):
        return 0.0
    return found if math.isfinite(found) else 0.0


@cache
def names(text: str) -> tuple[str, ...]:
    """The params in `text`, in order, each once. Raises ContentError for what is no such arithmetic."""
    return tuple(dict.fromkeys(_names(_parsed(text))))


def texts(text: str) -> Iterator[tuple[str, forms.Form]]:
    """The params that functions of texts look at, each with the form it must have."""
    for node in ast.walk(_parsed(text)):
        match node:
            case ast.Call(func=ast.Name(id=name), args=parts) if name in _OF_TEXTS:
                yield from zip(
                    (part.id for part in parts if isinstance(part, ast.Name)), _OF_TEXTS[name][1], strict=True
                )


@cache
def _parsed(text: str) -> ast.expr:
    if len(text) > MAX_LENGTH:
        _refuse(_("It is longer than {count} characters.").format(count=MAX_LENGTH))
    try:
        return ast.parse(" ".join(text.split()), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        _refuse(_("{text!r} is no arithmetic.").format(text=text[:80]))


def _names(node: ast.expr) -> list[str]:
    match node:
        case ast.Constant(value=bool() | complex() | bytes() | None):
            pass
        case ast.Constant(value=int() | float() | str()):
            return []
        case ast.Name(id=name):
            return [name]
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            return _names(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
            return _names(left) + _names(right)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _SIGNS:
            return _names(left) + _names(right)
        case ast.BoolOp(values=parts):
            return [name for part in parts for name in _names(part)]
        case ast.IfExp(test=test, body=body, orelse=other):
            return _names(body) + _names(test) + _names(other)
        case ast.Call(func=ast.Name(id=name), args=[_first, *_rest] as parts, keywords=[]) if name in _FUNCTIONS:
            return [name for part in parts for name in _names(part)]
        case ast.Call(func=ast.Name(id=name), args=parts, keywords=[]) if name in _OF_TEXTS:
            named = [part.id for part in parts if isinstance(part, ast.Name)]
            if len(named) == len(parts) == len(_OF_TEXTS[name][1]):
                return named
    _refuse(_("{text!r} is not in the vocabulary.").format(text=ast.unparse(node)[:60]))


def _value(node: ast.expr, params: Mapping[str, Value]) -> Any:
    match node:
        case ast.Constant(value=given):
            return _plain(given)
        case ast.Name(id=name):
            return _plain(params[name])
        case ast.UnaryOp(op=op, operand=operand):
            found = _value(operand, params)
            return not found if isinstance(op, ast.Not) else -found
        case ast.BinOp(left=left, op=op, right=right):
            return _SIGNS[type(op)](_value(left, params), _value(right, params))
        case ast.Compare(left=left, ops=[sign], comparators=[right]):
            return _SIGNS[type(sign)](_value(left, params), _value(right, params))
        case ast.BoolOp(op=op, values=parts):
            found = (bool(_value(part, params)) for part in parts)
            return any(found) if isinstance(op, ast.Or) else all(found)
        case ast.IfExp(test=test, body=body, orelse=other):
            return _value(body if _value(test, params) else other, params)
        case ast.Call(func=ast.Name(id=name), args=parts) if name in _OF_TEXTS:
            return _OF_TEXTS[name][0](*(params[part.id] for part in parts if isinstance(part, ast.Name)))
        case ast.Call(func=ast.Name(id=name), args=parts):
            found = [_value(part, params) for part in parts]
            return _FUNCTIONS[name](*found) if len(found) > 1 or name == "ceil" else found[0]
    raise TypeError(node)


def _plain(given: Any) -> float | str:
    try:
        return float(given)
    except ValueError:
        return str(given)


def _refuse(message: str) -> NoReturn:
    grammar = _(
        "It is made of params, numbers, + - * / // % **, comparisons, and, or, not, if else, min, max, ceil, rows, "
        "columns, elements and cuts."
    )
    raise ContentError(message, grammar)
