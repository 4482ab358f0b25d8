"""The forms that a text param can require: a matrix, an array, a shape, a slice, several texts.

`canonical` checks a text and gives the one way of writing it that reaches the lesson:

    matrix   "1 2 3; 4 5 6"     rows apart by `;`, numbers by spaces or commas
    array    "[[1, 2], [3, 4]]" nested lists of numbers, a single number too
    shape    "64, 3, 32, 10"    the sizes of the axes; "" is the shape of a scalar, written ()
    slice    "7:-7, ::2, 0"     one index or slice an axis
    texts    "one text | another"   one text or several, apart by `|`; none is empty

Full-width signs of a Chinese keyboard count as their ASCII ones.

`rows`, `columns`, `elements` and `cuts` say of canonical texts what a lesson's `[[limits]]` compare.
"""

from __future__ import annotations

import ast
import math
import re
from itertools import zip_longest
from typing import Literal

from dlwp_tui.core.language import _

Form = Literal["", "matrix", "array", "shape", "slice", "texts"]

MAX_SIDE = 12
"""Rows and columns of a matrix: more cannot be read as a table."""
MAX_NUMBERS = 2_000
"""Numbers of an array that somebody types."""
MAX_AXES = 6
MAX_ELEMENTS = 4_000_000
"""Elements of one shape: 32 MB as float64."""
MAX_LENGTH = 10_000
MAX_TEXTS = 20

_FULL_WIDTH = str.maketrans("，；：、（）［］【】－　", ",;:,()[][]- ")
_NUMBER = re.compile(r"[+-]?(\d++\.?\d*+|\.\d++)([eE][+-]?\d{1,2})?", re.ASCII)
_INDEX = re.compile(r"[+-]?\d{1,9}", re.ASCII)


class FormError(ValueError):
    """Why a text does not have its form: a sentence."""


def canonical(form: Form, text: str) -> str:
    """`text` as the lesson gets it. Raises FormError with what is wrong, and where."""
    if not form:
        return text
    if len(text) > MAX_LENGTH:
        raise FormError(_("It is longer than {count} characters.").format(count=MAX_LENGTH))
    if form == "texts":
        return _texts(text)
    plain = text.translate(_FULL_WIDTH).strip()
    return {"matrix": _matrix, "array": _array, "shape": _shape, "slice": _slice}[form](plain)


def rows(matrix: str) -> int:
    """The rows of a matrix."""
    return matrix.count(";") + 1


def columns(matrix: str) -> int:
    """The columns of a matrix."""
    return len(matrix.split(";", maxsplit=1)[0].split())


def elements(one: str, other: str) -> int:
    """How many elements two shapes have that are broadcast together; 0 where they cannot be."""
    pairs = zip_longest(*(_numbers(text)[::-1] for text in (one, other)), fillvalue=1)
    return math.prod(max(a, b) if 1 in (a, b) or a == b else 0 for a, b in pairs)


def cuts(slices: str, array: str) -> bool:
    """Whether an array can be sliced so: no more slices than axes, no index beyond its axis."""
    sizes, parts = _shape_of(ast.literal_eval(array), ""), slices.split(", ")
    return len(parts) <= len(sizes) and all(
        ":" in part or -size <= int(part) < size for part, size in zip(parts, sizes, strict=False)
    )


def _texts(text: str) -> str:
    parts = [" ".join(part.split()) for part in text.replace("｜", "|").split("|")]
    if not any(parts):
        raise FormError(_("It is empty. Write a text, or several apart by |."))
    if not all(parts):
        raise FormError(
            _("Text {number} is empty: there is nothing before, after or between the signs |.").format(
                number=parts.index("") + 1
            )
        )
    if len(parts) > MAX_TEXTS:
        raise FormError(_("It has more than {count} texts.").format(count=MAX_TEXTS))
    return " | ".join(parts)


def _matrix(text: str) -> str:
    rows = [row.replace(",", " ").split() for row in text.strip("; ").split(";")]
    if not any(rows):
        raise FormError(_("It is empty. Write a matrix like {example}.").format(example="1 2 3; 4 5 6"))
    for number, row in enumerate(rows, 1):
        for cell in row:
            if not _NUMBER.fullmatch(cell):
                raise FormError(_("{cell!r} in row {row} is not a number.").format(cell=cell[:20], row=number))
        if len(row) != len(rows[0]):
            raise FormError(
                _("Row {row} has {count} numbers, row 1 has {first}: the rows of a matrix are equally long.").format(
                    row=number, count=len(row), first=len(rows[0])
                )
            )
    if len(rows) > MAX_SIDE or len(rows[0]) > MAX_SIDE:
        raise FormError(_("It has more than {count} rows or columns.").format(count=MAX_SIDE))
    return "; ".join(" ".join(row) for row in rows)


def _array(text: str) -> str:
    if not text:
        raise FormError(_("It is empty. Write an array like {example}.").format(example="[[1, 2], [3, 4]]"))
    try:
        value = ast.literal_eval(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise FormError(
            _("It cannot be read. Write nested lists of numbers like {example}.").format(example="[[1, 2], [3, 4]]")
        ) from None
    if len(shape := _shape_of(value, "")) > MAX_AXES:
        raise FormError(_("It has more than {count} axes.").format(count=MAX_AXES))
    if math.prod(shape) > MAX_NUMBERS:
        raise FormError(_("It has more than {count} numbers.").format(count=MAX_NUMBERS))
    return repr(value)


def _shape_of(value: object, place: str) -> tuple[int, ...]:
    """The shape of nested lists; raises FormError that points at what is ragged or no number."""
    if isinstance(value, bool) or not isinstance(value, int | float | list | tuple):
        raise FormError(_("{value!r:.20} is not a number.").format(value=value))
    if isinstance(value, int | float):
        if abs(value) > 2**53:  # NumPy would make objects of whole numbers beyond 64 bits; inf comes of 1e999
            raise FormError(_("A number is too large."))
        return ()
    if not value:
        raise FormError(_("{place} is empty.").format(place=place or "[]"))
    inner = [_shape_of(item, f"{place}[{number}]") for number, item in enumerate(value)]
    for number, shape in enumerate(inner):
        if shape != inner[0]:
            raise FormError(
                _("{one} has shape {shape}, {other} has shape {first}: a tensor has no ragged edge.").format(
                    one=f"{place}[{number}]", shape=shape, other=f"{place}[0]", first=inner[0]
                )
            )
    return (len(value), *inner[0])


def _shape(text: str) -> str:
    if not text:
        raise FormError(_("It is empty. Write a shape like {example}.").format(example="64, 3, 32, 10"))
    inside = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    sizes = inside.strip().removesuffix(",").replace("×", ",").split(",") if inside.strip() else []
    for size in map(str.strip, sizes):
        if not _INDEX.fullmatch(size) or int(size) < 1:
            message = _("{size!r} is not a size: a size is a whole number from 1.")
            raise FormError(message.format(size=size[:20]))
    numbers = [int(size) for size in sizes]
    if len(numbers) > MAX_AXES:
        raise FormError(_("It has more than {count} axes.").format(count=MAX_AXES))
    if math.prod(numbers) > MAX_ELEMENTS:
        raise FormError(
            _("{shape} has {count:,} elements; this lesson takes up to {most:,}.").format(
                shape=tuple(numbers), count=math.prod(numbers), most=MAX_ELEMENTS
            )
        )
    return ", ".join(map(str, numbers)) or "()"


def _numbers(shape: str) -> list[int]:
    return [int(size) for size in shape.strip("()").split(",") if size]


def _slice(text: str) -> str:
    inside = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if not inside.strip():
        raise FormError(_("It is empty. Write one slice an axis, like {example}.").format(example="0, 7:-7, ::2"))
    parts = [part.replace(" ", "") for part in inside.strip().removesuffix(",").split(",")]
    if len(parts) > MAX_AXES:
        raise FormError(_("It has more than {count} axes.").format(count=MAX_AXES))
    for part in parts:
        bounds = part.split(":")
        single = len(bounds) == 1
        if len(bounds) > 3 or not all(_INDEX.fullmatch(one) or (not one and not single) for one in bounds):
            raise FormError(
                _("{part!r} is neither an index nor a slice like {example}.").format(part=part[:20], example="2:5")
            )
        if len(bounds) == 3 and bounds[2] and int(bounds[2]) == 0:
            raise FormError(_("{part!r}: the step of a slice cannot be 0.").format(part=part[:20]))
    return ", ".join(parts)
