"""`dlwp predict`: query a finished run's model from the command line, with the lesson's demo."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dlwp_tui.cli import output
from dlwp_tui.cli.options import Run
from dlwp_tui.core.errors import DataError, RunError, UsageError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from dlwp_tui.course.demo import Demo
    from dlwp_tui.course.lesson import Lesson

SIDE = 28
"""A drawing is 28 x 28 numbers, as MNIST's digits are."""
LONGEST = 100_000
"""Characters of a text; the longest review has 14,000."""
LARGEST = 10_000
"""Pixels on a side of a picture; a larger one is refused before it is decoded."""
PATIENCE = 120.0
"""Seconds for one answer, on a machine that may be training."""
BAR = 30
"""Cells of a full bar."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("predict", help=_("Ask a finished run's model: a text, or the path of a drawn digit."))(predict)


def predict(
    run: Run,
    given: Annotated[
        str | None,
        typer.Argument(metavar="TEXT", help=_("The text, or a picture's path; standard input where it is left out.")),
    ] = None,
    demo: Annotated[
        str | None, typer.Option("--demo", metavar="ID", help=_("Which one, where a lesson has several."))
    ] = None,
    json: Annotated[bool, typer.Option("--json", help=_("One JSON object."))] = False,
) -> None:
    from dlwp_tui.engine import launch
    from dlwp_tui.engine.demo import Demo
    from dlwp_tui.runs import state, store
    from dlwp_tui.runs.state import RunState
    from dlwp_tui.runs.view import RunView

    folder = store.find(run)
    lesson = launch.lesson_of(store.read_spec(folder))
    chosen = _chosen(lesson, demo)
    now = state.current(folder)
    if now is not RunState.FINISHED:
        raise RunError(
            _("{run} is not finished ({state}): there is no trained model to ask.").format(
                run=folder.id, state=state.word(now)
            ),
            _("Wait for it: dlwp watch {run}").format(run=folder.id)
            if now.active
            else _("Run it again: dlwp rerun {run}").format(run=folder.id),
        )
    value = _value(chosen, given)
    process = Demo(folder, chosen.id)
    try:
        answer = process.ask(value, timeout=PATIENCE)
    finally:
        process.close()
    if "error" in answer:
        raise RunError(str(answer["error"]), _("Its log says more: {path}").format(path=folder.artifacts))
    view = RunView.whole(folder)
    if json:
        output.json_line({"run": folder.id, "lesson": lesson.id, "demo": chosen.id, "source": view.source, **answer})
        return
    for text in _lines(answer):
        output.line(text)
    if view.source == "synthetic":
        output.say(_("This model was trained on synthetic data."))


def _chosen(lesson: Lesson, demo_id: str | None) -> Demo:
    """The demo with this id; without one, the first whose input a command line can give."""
    if not lesson.demos:
        raise UsageError(
            _("Lesson {lesson} has nothing to ask its model with.").format(lesson=lesson.id),
            _("`dlwp run {lesson}` shows what it does.").format(lesson=lesson.id),
        )
    if demo_id is None:
        return next((p for p in lesson.demos if p.input in _READERS), lesson.demos[0])
    for one in lesson.demos:
        if one.id == demo_id:
            return one
    raise UsageError(
        _("Lesson {lesson} has no demo {demo!r}.").format(lesson=lesson.id, demo=demo_id),
        _("Its demos: {names}").format(names=", ".join(p.id for p in lesson.demos)),
    )


def _value(demo: Demo, given: str | None) -> Any:
    read = _READERS.get(demo.input)
    if read is None:
        raise UsageError(
            _("The demo {demo} is asked with a {input}, which only the app has.").format(
                demo=demo.id, input=demo.input
            ),
            _("Open the app: dlwp"),
        )
    if given is None:
        if sys.stdin.isatty():
            raise UsageError(_("What should the model be asked?"), _('dlwp predict RUN "a text"'))
        given = _piped()
    return read(given)


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
    from PIL import Image, ImageOps, UnidentifiedImageError

    path = _file(given)
    try:
        with Image.open(path) as opened:
            if max(opened.size) > LARGEST:
                raise DataError(_("{path} has more than {count} pixels on a side.").format(path=path, count=LARGEST))
            image = Image.new("RGBA", opened.size, "white")
            image.alpha_composite(opened.convert("RGBA"))  # what is transparent is paper
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
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
    path = Path(given.strip("\r\n")).expanduser()
    try:
        found = bool(given.strip()) and path.is_file()
    except OSError:  # a name of thousands of characters
        found = False
    if not found:
        raise DataError(_("{path} is no file.").format(path=repr(given.strip())), _("Give the path of a picture."))
    return path.absolute()


_READERS: dict[str, Callable[[str], Any]] = {"text": _text, "canvas": _drawing, "file": lambda given: str(_file(given))}


def _lines(answer: Mapping[str, Any]) -> list[str]:
    """An answer as lines: bars, then text, the picture's path, and the words that the model does not have."""
    lines = []
    bars = answer.get("bars")
    if isinstance(bars, Mapping) and bars:
        rows = [[str(name), f"{float(share):6.1%}", _bar(float(share))] for name, share in bars.items()]
        lines += output.aligned([""] * 3, rows)[1:]
    lines += [str(answer[key]) for key in ("text", "picture") if key in answer]
    if unknown := [str(word) for word in answer.get("unknown", ())]:
        lines.append(_("Words it does not know: {words}").format(words="  ".join(unknown)))
    return lines


def _bar(share: float) -> str:
    """A bar of up to 30 cells, to the eighth of a cell."""
    eighths = round(min(1.0, max(0.0, share)) * BAR * 8)
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()
