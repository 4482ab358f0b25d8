"""What a demo is asked on the command line: a text, a file, a drawing as a picture, a point of a plane."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlwp_tui.core import paths
from dlwp_tui.core.errors import DataError, UsageError
from dlwp_tui.core.formats import number
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlwp_tui.course.demo import Demo

SIDE = 28
"""A drawing is 28 x 28 numbers, as MNIST's digits are."""
LONGEST = 100_000
"""Characters of a text; the longest review has 14,000."""
LARGEST = 10_000
"""Pixels on a side of a picture; a larger one is refused before it is decoded."""


def value(demo: Demo, given: str | None) -> Any:
    """What to ask `demo`, from the text `given`; standard input where it is None. None for a demo of sliders alone.

    Raises UsageError or DataError.
    """
    if demo.input == "slider":
        if given is not None:
            hint = _("Move its sliders: --set NAME=VALUE")
            raise UsageError(_("The demo {demo} takes no text.").format(demo=demo.id), hint)
        return None
    if given is None:
        if sys.stdin.isatty():
            raise UsageError(_("What should the model be asked?"), _('dlwp predict RUN "a text"'))
        given = _piped()
    if demo.input == "plane":
        return _point(demo, given)
    return _READERS[demo.input](given)


def settings(demo: Demo, given: Sequence[str]) -> dict[str, float]:
    """The sliders' values from `NAME=VALUE` texts. Raises UsageError."""
    values = {}
    for text in given:
        name, equals, chosen = text.partition("=")
        if not equals:
            raise UsageError(_("{text!r} sets nothing.").format(text=text), _("Write --set NAME=VALUE."))
        values[name.strip()] = chosen.strip()
    return demo.values(values)


def _piped() -> str:
    """Standard input, read as bytes: whether Python raises for other encodings depends on the locale."""
    return sys.stdin.buffer.read(4 * LONGEST + 1).decode("utf-8", "surrogateescape")


def _text(given: str) -> str:
    if len(given) > LONGEST:
        raise UsageError(_("The text is longer than {count} characters.").format(count=LONGEST))
    try:
        given.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UsageError(
            _("The text is not UTF-8: see character {place}.").format(place=error.start + 1),
            _("Convert it: iconv -f GBK -t UTF-8 FILE | dlwp predict RUN"),
        ) from None
    # The answer repeats words of the text, so an escape character in it would reach the terminal.
    text = "".join(sign if sign.isprintable() else " " for sign in given).strip()
    if not text:
        raise UsageError(_("The text is empty."), _('Write one: dlwp predict RUN "a text"'))
    return text


def _drawing(given: str) -> list[list[float]]:
    """A picture as 28 rows of 28 numbers, 0 for paper and 1 for ink; the median of its edge counts as paper."""
    from PIL import Image, ImageOps

    from dlwp_tui.data import pixels
    from dlwp_tui.render import picture

    path = _file(given)
    try:
        with pixels.opened(path, picture.FORMATS, picture.MOST) as opened:
            if max(opened.size) > LARGEST:
                raise DataError(_("{path} has more than {count} pixels on a side.").format(path=path, count=LARGEST))
            image = Image.new("RGBA", opened.size, "white")
            image.alpha_composite(opened.convert("RGBA"))  # what is transparent is paper
    except pixels.NotAPicture as error:
        raise DataError(
            _("{path} cannot be read as a picture: {reason}.").format(path=path, reason=error),
            _("A PNG of one digit is needed, black on white or white on black."),
        ) from error
    grey = image.convert("L")
    width, height = grey.size
    edge = [grey.getpixel((x, y)) for x in range(width) for y in {0, height - 1}]
    edge += [grey.getpixel((x, y)) for y in range(height) for x in {0, width - 1}]
    paper = sorted(edge)[len(edge) // 2]  # type: ignore[type-var]
    if isinstance(paper, (int, float)) and paper > 127:
        grey, paper = ImageOps.invert(grey), 255 - paper
    side = max(width, height)
    square = Image.new("L", (side, side), int(paper))  # type: ignore[arg-type]
    square.paste(grey, ((side - width) // 2, (side - height) // 2))
    small = square.resize((SIDE, SIDE), Image.Resampling.BOX if side > SIDE else Image.Resampling.BILINEAR)
    raw = small.tobytes()
    floor = int(paper)  # type: ignore[arg-type]
    ink = [max(0.0, (value - floor) / max(1, 255 - floor)) for value in raw]
    if max(ink) < 1 / 16:
        raise DataError(
            _("{path} is blank: nothing on it differs from its edge.").format(path=path),
            _("A PNG of one digit is needed, black on white or white on black."),
        )
    return [[round(value, 3) for value in ink[row * SIDE : (row + 1) * SIDE]] for row in range(SIDE)]


def _file(given: str) -> Path:
    """The file at the path `given`, which may end in a newline (of a pipe)."""
    path = paths.expanded(given.strip("\r\n"))
    try:
        found = bool(given.strip()) and path.is_file()
    except OSError:  # a name of thousands of characters
        found = False
    if not found:
        raise DataError(_("{path} is no file.").format(path=repr(given.strip())), _("Give the path of a picture."))
    return path.absolute()


def _point(demo: Demo, given: str) -> list[float]:
    """Two numbers, inside the plane."""
    words = given.replace(",", " ").split()
    try:
        point = [float(word) for word in words]
    except ValueError:
        point = []
    if len(point) != 2 or not all(map(math.isfinite, point)):
        raise UsageError(_("{given!r} is no point.").format(given=given.strip()), _("Two numbers are: 0.5,1"))
    for value, (low, high) in zip(point, (demo.x, demo.y), strict=True):
        if not low <= value <= high:
            ends = f"{number(low)}–{number(high)}"
            raise UsageError(_("{value} is outside the plane, {ends}.").format(value=number(value), ends=ends))
    return point


_READERS: dict[str, Callable[[str], Any]] = {"text": _text, "canvas": _drawing, "file": lambda given: str(_file(given))}
