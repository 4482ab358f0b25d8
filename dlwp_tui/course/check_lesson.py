"""The linter's rules for one lesson: lesson.toml against lesson.py, the claims, the datasets and the expectations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlwp_tui.core.errors import ContentError, Problem
from dlwp_tui.core.language import _, sentences
from dlwp_tui.course import expect, lesson_code, style
from dlwp_tui.course.files import read_text, relative
from dlwp_tui.course.lesson import PRESET_RUN
from dlwp_tui.course.problem import BrokenFile, did_you_mean, line, names

if TYPE_CHECKING:
    import ast
    from collections.abc import Collection, Iterator

    from dlwp_tui.core.language import Text
    from dlwp_tui.course.claims import Claims
    from dlwp_tui.course.lesson import Experiment, Lesson
    from dlwp_tui.course.lesson_code import LessonCode
    from dlwp_tui.course.reader import Section


def check(section: Section, claims: Claims, datasets: frozenset[str] | None) -> Iterator[Problem]:
    """Every problem of a section's lesson.toml and lesson.py; nothing when it has neither."""
    toml, code_file = section.folder / "lesson.toml", section.folder / "lesson.py"
    here = relative(toml, section.content)
    if not section.has_lesson:
        if code_file.exists():
            yield Problem(here, "", _("The file is missing."), _("lesson.py needs a lesson.toml beside it."))
        return
    lesson: Lesson | None = None
    try:
        lesson = section.lesson()
    except BrokenFile as error:
        yield from error.problems
    else:
        yield from style.rules(here, enumerate(read_text(toml, section.content).split("\n"), 1))
        yield from _facts(here, lesson, datasets)
        for name, preset in lesson.presets.items():
            if preset.expect:
                yield from _expect(here, f"presets.{name}", preset.expect, (PRESET_RUN,))
        for experiment in lesson.experiments:
            yield from _experiment(here, experiment, claims)
    try:
        code = lesson_code.read(code_file, section.content)
    except BrokenFile as error:
        yield from error.problems
        return
    yield from _code(relative(code_file, section.content), code, lesson, claims)
    proofs_file = section.folder / "proofs.py"
    if not proofs_file.exists():
        return
    try:
        proofs = lesson_code.read(proofs_file, section.content)
    except BrokenFile as error:
        yield from error.problems
        return
    yield from _proofs(relative(proofs_file, section.content), proofs, claims)


def _facts(here: str, lesson: Lesson, datasets: frozenset[str] | None) -> Iterator[Problem]:
    texts: dict[str, Text] = {"title": lesson.title}
    texts |= {f"params.{name}.label": param.label for name, param in lesson.params.items()}
    texts |= {f"demos.{demo.id}.label": demo.label for demo in lesson.demos}
    texts |= {f"experiments.{experiment.id}.statement": experiment.statement for experiment in lesson.experiments}
    for where, text in texts.items():
        if not text.zh.strip():
            yield Problem(here, where, _("It is empty."), _("Write what the learner sees here."))
    for name in lesson.datasets:
        if datasets is not None and name not in datasets:
            hint = sentences(did_you_mean(name, datasets), _("Known: {names}").format(names=names(sorted(datasets))))
            yield Problem(here, "datasets", _("There is no dataset {name!r}.").format(name=name), hint)


def _experiment(here: str, experiment: Experiment, claims: Claims) -> Iterator[Problem]:
    where = f"experiments.{experiment.id}"
    for claim in experiment.claims:
        if claims.find(claim) is None:
            yield _no_claim(here, f"{where}.claims", claim, claims)
    yield from _expect(here, where, experiment.expect, experiment.runs)


def _expect(here: str, where: str, text: str, runs: Collection[str]) -> Iterator[Problem]:
    """An expectation that does not parse, or speaks of runs there are not."""
    try:
        expression = expect.parse(text)
    except ContentError as error:
        yield Problem(here, f"{where}.expect", error.message, error.hint)
        return
    for run in expression.runs:
        if run not in runs:
            hint = sentences(did_you_mean(run, runs), _("Its runs: {names}").format(names=names(runs)))
            yield Problem(here, f"{where}.expect", _("There is no run {run}.").format(run=run), hint)


def _code(here: str, code: LessonCode, lesson: Lesson | None, claims: Claims) -> Iterator[Problem]:
    yield from _python(here, code, claims)
    run = code.functions.get("run")
    if run is None:
        yield Problem(here, "", _("There is no function run."), _("Write def run(lab: Lab, *, ...) -> None."))
    else:
        yield from _signature(here, run, lesson)
    if lesson is not None and lesson.demos and "demo" not in code.functions:
        hint = _("Write def demo(lab), or remove [[demos]] from lesson.toml.")
        yield Problem(here, "", _("There is no function demo."), hint)


def _proofs(here: str, code: LessonCode, claims: Claims) -> Iterator[Problem]:
    yield from _python(here, code, claims)
    if "prove" not in code.functions:
        yield Problem(here, "", _("There is no function prove."), _("Write def prove(lab: Lab, *, ...) -> None."))


def _python(here: str, code: LessonCode, claims: Claims) -> Iterator[Problem]:
    """What holds for any Python file of a lesson."""
    lines = list(enumerate(code.text.split("\n"), 1))
    yield from style.machine_paths(here, lines)
    yield from style.dead_api(here, lines)
    yield from style.wide_code(here, lines)
    for claim, number in code.claims:
        if claims.find(claim) is None:
            yield _no_claim(here, line(number), claim, claims)


def _signature(here: str, run: ast.FunctionDef, lesson: Lesson | None) -> Iterator[Problem]:
    where, arguments = line(run.lineno), run.args
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    if positional != ["lab"]:
        yield Problem(
            here,
            where,
            _("run takes {given} by position, not just lab.").format(given=names(positional)),
            _("Write def run(lab: Lab, *, ...): params come after the *."),
        )
    for rest in (arguments.vararg, arguments.kwarg):
        if rest is not None:
            yield Problem(
                here, where, _("run collects its arguments in {name}.").format(name=rest.arg), _("Name each param.")
            )
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            yield Problem(
                here,
                where,
                _("run gives {name} a default of its own.").format(name=argument.arg),
                _("Remove it: the default stands in lesson.toml."),
            )
    if lesson is None:
        return
    taken = [argument.arg for argument in arguments.kwonlyargs]
    for name in taken:
        if name not in lesson.params:
            hint = did_you_mean(name, lesson.params) or _("Declare [params.{name}], or remove it.").format(name=name)
            yield Problem(here, where, _("run takes {name}, which lesson.toml lacks.").format(name=name), hint)
    for name in lesson.params:
        if name not in taken:
            yield Problem(
                here,
                where,
                _("run does not take the param {name}.").format(name=name),
                _("Add it after the *, or remove [params.{name}] from lesson.toml.").format(name=name),
            )


def _no_claim(here: str, where: str, claim: str, claims: Claims) -> Problem:
    hint = sentences(did_you_mean(claim, [known.id for known in claims.claims]), _("Claims stand in claims.toml."))
    return Problem(here, where, _("There is no claim {id!r}.").format(id=claim), hint)
