"""`dlwp run`, `watch`, `rerun`: start a lesson and follow it. A lesson's params are options of its command."""

from __future__ import annotations

import inspect
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dlwp_tui.cli import output, usage
from dlwp_tui.cli.options import Data, Detach, Device, Estimate, Events, Force, Run, Seed, started
from dlwp_tui.core.errors import RunError, UsageError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from dlwp_tui.core.types import Source, Value
    from dlwp_tui.course.lesson import Lesson
    from dlwp_tui.course.param import Param
    from dlwp_tui.runs.folder import RunFolder

_SWITCHES = ("--json", "--detach", "--estimate", "--force", "--help")
"""The options of every lesson that take no value."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "run",
        help=_("Run a lesson: dlwp run 3.4 --units 32. `dlwp run 3.4 --help` lists its parameters."),
        # Which options exist depends on the lesson: they are parsed by the lesson's own command below.
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
        add_help_option=False,
    )(_run)
    app.command("watch", help=_("Follow a run, from its first event."))(watch)
    app.command("rerun", help=_("Run again with the same parameters, seed and data."))(rerun)


def _run(context: typer.Context) -> None:
    """Find the lesson among the arguments and hand the rest to its own command."""
    from dlwp_tui.course import reader

    args = list(context.args)
    where = place(args)
    if where is None:
        course = reader.load()
        lessons = "\n".join(f"  {s.id:<7}{s.title}" for s in course.sections if s.has_lesson)
        shown = _("Usage: dlwp run ID [options]; dlwp run ID --help lists a lesson's options.\nLessons:\n{lessons}")
        if "--help" in args:
            output.line(shown.format(lessons=lessons))
            return
        raise UsageError(_("Which lesson?"), shown.format(lessons=lessons))
    lesson = reader.load().lesson(args.pop(where))
    raise typer.Exit(usage.call(command(lesson), [_dashed(arg) for arg in args], f"dlwp run {lesson.id}"))


def place(args: list[str]) -> int | None:
    """Index of the lesson's id, which may stand after options (`dlwp run --preset quick 3.4`); None without one."""
    bare = [number for number, arg in enumerate(args) if not arg.startswith("-")]
    for number in bare:
        before = args[number - 1] if number else ""
        if not before.startswith("-") or "=" in before or before in _SWITCHES:
            return number
    return bare[0] if bare else None  # `--shuffle 3.4`: a lesson's own switch


def command(lesson: Lesson) -> typer.Typer:
    """The command of one lesson: its params as options with range, default and meaning."""

    def run_lesson(**given: Any) -> None:
        overrides = {name: value for name in lesson.params if (value := given.pop(name)) is not None}
        start(lesson, overrides, **given)

    presets = Annotated[str, typer.Option("--preset", metavar="NAME", help=_presets_help(lesson))]
    options: list[tuple[str, Any, Any]] = [
        *((name, _param_option(name, param), None) for name, param in lesson.params.items()),
        ("preset", presets, "book"),
        ("seed", Seed, None),
        ("source", Data, "auto"),
        ("device", Device, "auto"),
        ("detach", Detach, False),
        ("json", Events, False),
        ("estimate", Estimate, False),
        ("force", Force, False),
    ]
    parameters = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, annotation, default in options
    ]
    run_lesson.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run_lesson.__annotations__ = {p.name: p.annotation for p in parameters}
    app = typer.Typer(rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False)
    app.command(help=f"{lesson.id} {lesson.title}")(run_lesson)
    return app


def start(
    lesson: Lesson,
    overrides: dict[str, Value],
    *,
    preset: str = "book",
    seed: int | None = None,
    source: Source = "auto",
    device: str = "auto",
    detach: bool = False,
    json: bool = False,
    estimate: bool = False,
    force: bool = False,
) -> None:
    """Start a run, or print its estimate, with all options checked first; exits with the run's code."""
    from dlwp_tui.engine import launch

    values = lesson.values(preset, overrides)
    if source not in ("auto", "real", "synthetic"):
        raise UsageError(_("--data {value} is not allowed: auto, real or synthetic.").format(value=source))
    if device not in ("auto", "cpu", "gpu"):
        raise UsageError(_("--device {value} is not allowed: auto, cpu or gpu.").format(value=device))
    if estimate:
        _print_estimate(lesson, values, source=source, device=device, json=json)
        return
    begin = partial(
        launch.start, lesson, values, preset=lesson.matching_preset(values), seed=seed, source=source, device=device
    )
    _follow_or_leave(started(begin, force=force), detach=detach, json=json)


def watch(run: Run, json: Events = False) -> None:
    from dlwp_tui.runs import store

    _follow_or_leave(store.find(run), detach=False, json=json, ours=False)


def _print_estimate(lesson: Lesson, values: dict[str, Value], *, source: Source, device: str, json: bool) -> None:
    """Time and memory a run will take here; where the time is not known, from a dry run."""
    from dlwp_tui.analysis import estimates
    from dlwp_tui.engine import dry_run, memory

    estimate, failure = estimates.read(lesson).of(values, device), ""
    if estimate.seconds is None:
        output.say(_("Trying the first steps…"))
        try:
            dry_run.measure(lesson, values, source=source, device=device)
        except RunError as error:
            failure = str(error)
        estimate = estimates.read(lesson).of(values, device)
    free_mb = memory.free_mb()
    if json:
        facts = asdict(estimate) | {"ram_free_mb": free_mb, "failure": failure or None}
        output.json_line({"lesson": lesson.id, **facts})
        return
    if failure:
        output.say(failure)
    output.line(str(estimate))
    output.line(estimates.ram_text(estimate.ram_mb, free_mb))
    if short := memory.shortage(estimate.ram_mb):
        output.line(f"! {short}")


def rerun(run: Run, detach: Detach = False, json: Events = False, force: Force = False) -> None:
    from dlwp_tui.engine import launch
    from dlwp_tui.runs import store

    again = started(partial(launch.rerun, store.find(run)), force=force)
    _follow_or_leave(again, detach=detach, json=json)


def _follow_or_leave(folder: RunFolder, *, detach: bool, json: bool, ours: bool = True) -> None:
    from dlwp_tui.cli import follow

    if detach:
        if json:
            output.json_line({"run": folder.id})
        else:
            output.line(folder.id)
            output.say(_("Watch it: dlwp watch {run}").format(run=folder.id))
        return
    raise typer.Exit(follow.follow(folder, json=json, ours=ours))


def _param_option(name: str, param: Param) -> Any:
    """The annotation by which typer makes an option of a param: its flags, range, default and meaning."""
    flag = "--" + name.replace("_", "-")
    meaning = " · ".join(
        part
        for part in (
            str(param.label),
            param.range if param.type != "bool" else "",
            _("default {value}").format(value=param.default),
            str(param.why),
        )
        if part
    )
    if param.type == "bool":
        flags = f"{flag}/--no-{name.replace('_', '-')}"
        return Annotated[bool | None, typer.Option(flags, help=meaning, show_default=False)]
    kinds = {"int": "INT", "float": "NUMBER", "choice": "|".join(param.choices), "file": "FILE"}
    # A text for typer: Param.parse checks it, and its sentence names the range.
    option = typer.Option(flag, metavar=kinds.get(param.type, "TEXT"), help=meaning, show_default=False)
    return Annotated[str | None, option]


def _presets_help(lesson: Lesson) -> str:
    return " · ".join(f"{name}: {preset.see}" if str(preset.see) else name for name, preset in lesson.presets.items())


def _dashed(arg: str) -> str:
    """`--hidden_layers=2` as `--hidden-layers=2`: both spellings are accepted."""
    if not arg.startswith("--"):
        return arg
    name, equals, value = arg.partition("=")
    return name.replace("_", "-") + equals + value
