"""`dlwp predict`, `generate`: query a finished run's model from the command line, with the lesson's demo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dlwp_tui.cli import demo_input, output
from dlwp_tui.cli.options import Run
from dlwp_tui.core import formats
from dlwp_tui.core.errors import RunError, UsageError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from dlwp_tui.course.demo import Demo
    from dlwp_tui.course.lesson import Lesson
    from dlwp_tui.runs.folder import RunFolder

PATIENCE = 120.0
"""Seconds for one answer, on a machine that may be training."""
BAR = 30
"""Cells of a full bar."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("predict", help=_("Ask a finished run's model: a text, or the path of a drawn digit."))(predict)
    app.command("generate", help=_("Let a finished run's model write a text on, as it comes."))(generate)


Chosen = Annotated[str | None, typer.Option("--demo", metavar="ID", help=_("Which one, where a lesson has several."))]


def predict(
    run: Run,
    given: Annotated[
        str | None,
        typer.Argument(
            metavar="TEXT",
            help=_("The text, a picture's path, or a point of a plane (0.5,1); standard input where it is left out."),
        ),
    ] = None,
    demo: Chosen = None,
    sliders: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help=_("Move a slider; may be repeated."))
    ] = None,
    json: Annotated[bool, typer.Option("--json", help=_("One JSON object."))] = False,
) -> None:
    from dlwp_tui.runs.view import RunView

    folder, lesson = _trained(run)
    chosen = _chosen(lesson, demo)
    values = demo_input.settings(chosen, sliders or [])
    answer = list(_answers(folder, chosen, demo_input.value(chosen, given), values))[-1]
    view = RunView.whole(folder)
    if json:
        output.json_line({"run": folder.id, "lesson": lesson.id, "demo": chosen.id, "source": view.source, **answer})
        return
    for text in _lines(answer):
        output.line(text)
    if view.source == "synthetic":
        output.say(_("This model was trained on synthetic data."))


def generate(
    run: Run,
    temperature: Annotated[
        float | None, typer.Option("--temperature", "-t", help=_("How daring: low repeats, high invents."))
    ] = None,
    seed_text: Annotated[
        str | None, typer.Option("--seed-text", metavar="TEXT", help=_("What the text begins with."))
    ] = None,
    demo: Chosen = None,
    sliders: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help=_("Move a slider; may be repeated."))
    ] = None,
) -> None:
    from dlwp_tui.runs.view import RunView

    folder, lesson = _trained(run)
    writers = [one for one in lesson.demos if (one.input, one.output) == ("text", "text")]
    if demo is None and not writers:
        raise UsageError(
            _("Lesson {lesson} writes no texts.").format(lesson=lesson.id), _("Ask its model: dlwp predict RUN")
        )
    chosen = _chosen(lesson, demo) if demo is not None else writers[0]
    moved = [*(sliders or []), *([f"temperature={temperature:g}"] if temperature is not None else [])]
    values = demo_input.settings(chosen, moved)
    value = demo_input.value(chosen, seed_text or chosen.example or None)
    written = ""
    for answer in _answers(folder, chosen, value, values):
        text = str(answer.get("text", ""))
        if not text.startswith(written):  # it was written anew, and not on
            output.line()
            written = ""
        output.part(text[len(written) :])
        written = text
    output.line()
    if RunView.whole(folder).source == "synthetic":
        output.say(_("This model was trained on synthetic data."))


def _trained(run: str) -> tuple[RunFolder, Lesson]:
    """A finished run and its lesson, for `last` the newest finished one. Raises RunError for one that is not."""
    from dlwp_tui.engine import launch
    from dlwp_tui.runs import state, store
    from dlwp_tui.runs.state import RunState

    finished = (one for one in store.all() if state.current(one) is RunState.FINISHED)
    newest = next(finished, None) if run.strip() == "last" else None  # one that is still training is not meant
    folder = newest or store.find(run)
    lesson = launch.lesson_of(store.read_spec(folder))
    _chosen(lesson, None)
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
    return folder, lesson


def _answers(folder: RunFolder, demo: Demo, value: Any, sliders: Mapping[str, float]) -> Iterator[dict[str, Any]]:
    """The answers as they come, the last one last. Raises RunError for one that is an error."""
    from dlwp_tui.engine.demo import Demo as Process

    process = Process(folder, demo.id)
    try:
        for answer in process.answers(value, PATIENCE, sliders):
            if "error" in answer:
                raise RunError(str(answer["error"]), _("Its log says more: {path}").format(path=folder.artifacts))
            yield answer
    finally:
        process.close()


def _chosen(lesson: Lesson, demo_id: str | None) -> Demo:
    """The demo with this id; without one, the first whose input is a text or a file."""
    if not lesson.demos:
        raise UsageError(
            _("Lesson {lesson} has nothing to ask its model with.").format(lesson=lesson.id),
            _("`dlwp run {lesson}` shows what it does.").format(lesson=lesson.id),
        )
    if demo_id is None:
        return next((p for p in lesson.demos if p.input in ("text", "canvas", "file")), lesson.demos[0])
    for one in lesson.demos:
        if one.id == demo_id:
            return one
    raise UsageError(
        _("Lesson {lesson} has no demo {demo!r}.").format(lesson=lesson.id, demo=demo_id),
        _("Its demos: {names}").format(names=", ".join(p.id for p in lesson.demos)),
    )


def _lines(answer: Mapping[str, Any]) -> list[str]:
    """An answer as lines: bars, then text, the picture's path, and the words that the model does not have."""
    lines = []
    bars = answer.get("bars")
    if isinstance(bars, Mapping) and bars:
        rows = [[str(name), f"{float(share):6.1%}", _bar(float(share))] for name, share in bars.items()]
        lines += formats.aligned([""] * 3, rows)[1:]
    lines += [str(answer[key]) for key in ("text", "picture") if key in answer]
    lines += [f"{one['name']}: {one['file']}" for key in ("pictures", "grids") for one in answer.get(key, ())]
    if unknown := [str(word) for word in answer.get("unknown", ())]:
        lines.append(_("Words it does not know: {words}").format(words="  ".join(unknown)))
    return lines


def _bar(share: float) -> str:
    """A bar of up to 30 cells, to the eighth of a cell."""
    eighths = round(min(1.0, max(0.0, share)) * BAR * 8)
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()
