"""`dlwp run`, `watch`, `rerun`: start a lesson and follow it. A lesson's params are real options."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dlwp_tui.cli import output, usage
from dlwp_tui.cli.runs import Run

if TYPE_CHECKING:
    from dlwp_tui.core.types import Source, Value
    from dlwp_tui.course.lesson import Lesson, Param
    from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.core.errors import RunError, UsageError
from dlwp_tui.core.language import _

_JSON = typer.Option("--json", help=_("One JSON object a line: the run's events, and last its summary."))
Json = Annotated[bool, _JSON]
_SWITCHES = ("--json", "--detach", "--estimate", "--force", "--help")
"""The options of every lesson that take no value."""
_FORCE = typer.Option("--force", help=_("Start even when too little memory is free."))


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
    place = _place(args)
    if place is None:
        course = reader.load()
        lessons = "\n".join(f"  {s.id:<7}{s.title}" for s in course.sections if s.has_lesson)
        shown = _("Usage: dlwp run ID [options]; dlwp run ID --help lists a lesson's options.\nLessons:\n{lessons}")
        if "--help" in args:
            output.line(shown.format(lessons=lessons))
            return
        raise UsageError(_("Which lesson?"), shown.format(lessons=lessons))
    lesson = reader.load().lesson(args.pop(place))
    raise typer.Exit(usage.call(command(lesson), [_dashed(arg) for arg in args], f"dlwp run {lesson.id}"))


def _place(args: list[str]) -> int | None:
    """Where the lesson's id stands: `dlwp run --preset quick 3.4` is understood, too. None where nothing can be one."""
    bare = [number for number, arg in enumerate(args) if not arg.startswith("-")]
    for number in bare:
        before = args[number - 1] if number else ""
        if not before.startswith("-") or "=" in before or before in _SWITCHES:
            return number
    return bare[0] if bare else None  # `--shuffle 3.4`: a lesson's own switch


def command(lesson: Lesson) -> typer.Typer:
    """The command of one lesson: its params as options with range, default and meaning."""

    def run_lesson(**given: Any) -> None:
        common = {
            name: given.pop(name)
            for name in ("preset", "seed", "source", "device", "detach", "json", "estimate", "force")
        }
        overrides = {name: value for name, value in given.items() if value is not None}
        start(lesson, overrides, **common)

    options = [
        ("preset", str, "book", typer.Option("--preset", metavar="NAME", help=_presets_help(lesson))),
        ("seed", int | None, None, typer.Option("--seed", min=0, max=2**31 - 1, help=_("Seed; random if not given."))),
        (
            "source",
            str,
            "auto",
            typer.Option(
                "--data",
                metavar="auto|real|synthetic",
                help=_("Where the data comes from; auto: real where the file is there, else synthetic."),
            ),
        ),
        ("device", str, "auto", typer.Option("--device", metavar="auto|cpu|gpu", help=_("Where to train."))),
        ("detach", bool, False, typer.Option("--detach", help=_("Print the run's id and leave it running."))),
        ("json", bool, False, _JSON),
        (
            "estimate",
            bool,
            False,
            typer.Option("--estimate", help=_("Print the time and memory it will take here, and run nothing.")),
        ),
        ("force", bool, False, _FORCE),
    ]
    parameters = [_param_option(name, param) for name, param in lesson.params.items()]
    parameters += [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, option])
        for name, kind, default, option in options
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
    """Check everything, start the run, follow it and exit with its code."""
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
    _follow_or_leave(started(begin, force=force).id, detach=detach, json=json)


def started(begin: Callable[..., RunFolder], *, force: bool) -> RunFolder:
    """`begin(force=...)`; where memory is short a terminal is asked, and a pipe must have said --force."""
    from dlwp_tui.engine.memory import MemoryShort

    try:
        return begin(force=force)
    except MemoryShort as error:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            error.hint = " ".join((error.hint, _("With --force it is started all the same.")))
            raise
        output.say(error.message)
        if not typer.confirm(_("Start it all the same?"), default=False, err=True):
            raise typer.Exit(1) from None
        return begin(force=True)


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


def watch(run: Run, json: Json = False) -> None:
    _follow_or_leave(run, detach=False, json=json, ours=False)


def rerun(
    run: Run,
    detach: Annotated[bool, typer.Option("--detach", help=_("Print the run's id and leave it running."))] = False,
    json: Json = False,
    force: Annotated[bool, _FORCE] = False,
) -> None:
    from dlwp_tui.engine import launch
    from dlwp_tui.runs import store

    folder = started(partial(launch.rerun, store.find(run)), force=force)
    _follow_or_leave(folder.id, detach=detach, json=json)


def _follow_or_leave(run: str, *, detach: bool, json: bool, ours: bool = True) -> None:
    from dlwp_tui.cli import follow
    from dlwp_tui.runs import store

    folder = store.find(run)
    if detach:
        if json:
            output.json_line({"run": folder.id})
        else:
            output.line(folder.id)
            output.say(_("Watch it: dlwp watch {run}").format(run=folder.id))
        return
    raise typer.Exit(follow.follow(folder, json=json, ours=ours))


def _param_option(name: str, param: Param) -> inspect.Parameter:
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
        option = typer.Option(f"{flag}/--no-{name.replace('_', '-')}", help=meaning, show_default=False)
        kind: Any = bool | None
    else:
        metavar = {"int": "INT", "float": "NUMBER", "choice": "|".join(param.choices), "file": "FILE"}
        option = typer.Option(flag, metavar=metavar.get(param.type, "TEXT"), help=meaning, show_default=False)
        kind = str | None  # checked by Param.parse, whose sentence names the range
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind, option])


def _presets_help(lesson: Lesson) -> str:
    return " · ".join(f"{name}: {preset.see}" if str(preset.see) else name for name, preset in lesson.presets.items())


def _dashed(arg: str) -> str:
    """`--hidden_layers=2` as `--hidden-layers=2`: both spellings are taken."""
    if not arg.startswith("--"):
        return arg
    name, equals, value = arg.partition("=")
    return name.replace("_", "-") + equals + value
