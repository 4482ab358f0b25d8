"""The linter's rules for one lesson: lesson.toml, lesson.py and proofs.py, the claims, datasets and expectations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dlwp_tui.core.errors import ContentError, Problem
from dlwp_tui.core.language import _, sentences
from dlwp_tui.course import expect, lesson_code, style
from dlwp_tui.course.files import read_text, relative
from dlwp_tui.course.lesson import PRESET_RUN
from dlwp_tui.course.problem import BrokenFile, at_key, at_line, did_you_mean, names

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Collection, Iterator

    from dlwp_tui.course.claims import Claims
    from dlwp_tui.course.lesson import Experiment, Lesson
    from dlwp_tui.course.lesson_code import LessonCode
    from dlwp_tui.course.reader import Section

    Figures = Callable[[Lesson], Collection[str] | None]
    """The figures that a lesson's runs have recorded with its code of now; None where there are no such runs."""

MAX_LINES = 100
"""Of a lesson.py: it is read beside the chart, like the book's own listing."""


def check(
    section: Section, claims: Claims, datasets: frozenset[str] | None, figures: Figures | None = None
) -> Iterator[Problem]:
    """Every problem of a section's lesson.toml, lesson.py and proofs.py; nothing when it has none of them."""
    toml, lesson_py, proofs_py = (section.folder / name for name in ("lesson.toml", "lesson.py", "proofs.py"))
    here = relative(toml, section.content)
    lesson: Lesson | None = None
    if section.has_lesson:
        try:
            lesson = section.lesson()
        except BrokenFile as error:
            yield from error.problems
        else:
            lines = enumerate(read_text(toml, section.content).split("\n"), 1)
            found = [*style.rules(lines), *_toml(lesson, claims, datasets), *_figures(lesson, figures)]
            yield from (replace(problem, file=here) for problem in found)
    elif lesson_py.exists():
        yield Problem(here, "", _("The file is missing."), _("lesson.py needs a lesson.toml beside it."))
        return
    for file, rules in ((lesson_py, _lesson), (proofs_py, _proofs)):
        if file.exists() or (file is lesson_py and section.has_lesson):
            try:
                code = lesson_code.read(file, section.content)
            except BrokenFile as error:
                yield from error.problems
                return
            here = relative(file, section.content)
            found = [*_python(code, claims), *rules(code, lesson)]
            yield from (replace(problem, file=here) for problem in found)


def _toml(lesson: Lesson, claims: Claims, datasets: frozenset[str] | None) -> Iterator[Problem]:
    texts = {"title": lesson.title}
    texts |= {f"params.{name}.label": param.label for name, param in lesson.params.items()}
    texts |= {f"demos.{demo.id}.label": demo.label for demo in lesson.demos}
    texts |= {
        f"demos.{demo.id}.sliders.{name}.label": slider.label
        for demo in lesson.demos
        for name, slider in demo.sliders.items()
    }
    texts |= {f"experiments.{experiment.id}.statement": experiment.statement for experiment in lesson.experiments}
    for key, text in texts.items():
        if not text.zh.strip():
            yield at_key(key, _("It is empty."), _("Write what the learner sees here."))
    used = [("datasets", name) for name in lesson.datasets]
    for param_name, param in lesson.params.items():
        used += [
            (f"params.{param_name}.datasets.{choice}", name) for choice, use in param.datasets.items() for name in use
        ]
    for key, name in used:
        if datasets is not None and name not in datasets:
            hint = sentences(did_you_mean(name, datasets), _("Known: {names}").format(names=names(sorted(datasets))))
            yield at_key(key, _("There is no dataset {name!r}.").format(name=name), hint)
    for name, preset in lesson.presets.items():
        if preset.expect:
            yield from _expect(f"presets.{name}.expect", preset.expect, (PRESET_RUN,))
    for experiment in lesson.experiments:
        where = f"experiments.{experiment.id}"
        yield from (
            at_key(f"{where}.claims", *_no_claim(id, claims)) for id in experiment.claims if not claims.find(id)
        )
        yield from _expect(f"{where}.expect", experiment.expect, experiment.runs)
        yield from _compares(where, experiment)


def compared(experiment: Experiment) -> set[str]:
    """The figures that an experiment's `expect` reads, as `compares` names them: metrics, `seconds`, `params`."""
    return _read(experiment.expect)


def _read(text: str) -> set[str]:
    found = set()
    for figure in expect.parse(text).figures:
        found.add(figure.metric or figure.function)
        if figure.function == "gap":
            found.add(f"val_{figure.metric}")
    return found


def _compares(where: str, experiment: Experiment) -> Iterator[Problem]:
    try:
        read = compared(experiment)
    except ContentError:  # reported with `expect`
        return
    for name in experiment.compares:
        if name not in read:
            hint = sentences(did_you_mean(name, read), _("It reads: {names}").format(names=names(sorted(read))))
            yield at_key(f"{where}.compares", _("`expect` does not read {name}.").format(name=name), hint)


def _figures(lesson: Lesson, figures: Figures | None) -> Iterator[Problem]:
    """Figures of an expectation that no run of the lesson has."""
    places = {f"presets.{name}.expect": preset.expect for name, preset in lesson.presets.items() if preset.expect}
    places |= {f"experiments.{experiment.id}.expect": experiment.expect for experiment in lesson.experiments}
    known = figures(lesson) if figures is not None and places else None
    if known is None:
        return
    for key, text in places.items():
        try:
            wanted = _read(text)
        except ContentError:  # reported by itself
            continue
        for name in sorted(wanted - set(expect.OF_RUN) - set(known)):
            message = _("No run of the lesson has recorded {name}.").format(name=name)
            hint = did_you_mean(name, known) or _("Its figures: {names}").format(names=names(sorted(known)))
            new = _("If it is new, run it once: dlwp run {lesson}").format(lesson=lesson.id)
            yield at_key(key, message, sentences(hint, new))


def _expect(key: str, text: str, runs: Collection[str]) -> Iterator[Problem]:
    """An expectation that does not parse, or names a run that there is not."""
    try:
        expression = expect.parse(text)
    except ContentError as error:
        yield at_key(key, error.message, error.hint)
        return
    for run in expression.runs:
        if run not in runs:
            hint = sentences(did_you_mean(run, runs), _("Its runs: {names}").format(names=names(runs)))
            yield at_key(key, _("There is no run {run}.").format(run=run), hint)


def _python(code: LessonCode, claims: Claims) -> Iterator[Problem]:
    lines = list(enumerate(code.text.split("\n"), 1))
    yield from style.machine_paths(lines)
    yield from style.dead_api(lines)
    yield from style.wide_code(lines)
    yield from (at_line(number, *_no_claim(id, claims)) for id, number in code.claims if not claims.find(id))


def _no_claim(claim: str, claims: Claims) -> tuple[str, str]:
    hint = sentences(did_you_mean(claim, [known.id for known in claims.claims]), _("Claims stand in claims.toml."))
    return _("There is no claim {id!r}.").format(id=claim), hint


def _lesson(code: LessonCode, lesson: Lesson | None) -> Iterator[Problem]:
    count = len(code.text.splitlines())
    if count > MAX_LINES:
        message = _("The lesson has {count} lines, {limit} fit.").format(count=count, limit=MAX_LINES)
        yield at_line(MAX_LINES + 1, message, _("Keep only the subject in it; dlwp_tui.kit has what lessons share."))
    for number in code.checks:
        hint = _("Move it to def prove(lab, ...) in proofs.py, and return from run what it needs.")
        yield at_line(number, _("lab.check does not belong in lesson.py."), hint)
    run = code.functions.get("run")
    if run is None:
        yield at_key("", _("There is no function run."), _("Write def run(lab: Lab, *, ...) -> dict."))
    else:
        yield from (at_line(run.lineno, *wrong) for wrong in _signature(run, lesson))
    if lesson is not None and lesson.demos and "demo" not in code.functions:
        hint = _("Write def demo(lab), or remove [[demos]] from lesson.toml.")
        yield at_key("", _("There is no function demo."), hint)


def _proofs(code: LessonCode, _lesson: Lesson | None) -> Iterator[Problem]:
    prove = code.functions.get("prove")
    form = _("Write def prove(lab: Lab, *, ...) -> None, with what run returns after the *.")
    if prove is None:
        yield at_key("", _("There is no function prove."), form)
    elif (given := _positional(prove)) != ["lab"]:
        message = _("prove takes {given} by position, not just lab.").format(given=names(given))
        yield at_line(prove.lineno, message, form)


def _signature(run: ast.FunctionDef, lesson: Lesson | None) -> Iterator[tuple[str, str]]:
    """Message and hint for everything in `run`'s signature that is not as lesson.toml declares it."""
    arguments = run.args
    if (given := _positional(run)) != ["lab"]:
        message = _("run takes {given} by position, not just lab.").format(given=names(given))
        yield message, _("Write def run(lab: Lab, *, ...): params come after the *.")
    for rest in (arguments.vararg, arguments.kwarg):
        if rest is not None:
            yield _("run collects its arguments in {name}.").format(name=rest.arg), _("Name each param.")
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            message = _("run gives {name} a default of its own.").format(name=argument.arg)
            yield message, _("Remove it: the default stands in lesson.toml.")
    if lesson is None:
        return
    taken = [argument.arg for argument in arguments.kwonlyargs]
    for name in taken:
        if name not in lesson.params:
            hint = did_you_mean(name, lesson.params) or _("Declare [params.{name}], or remove it.").format(name=name)
            yield _("run takes {name}, which lesson.toml lacks.").format(name=name), hint
    for name in lesson.params:
        if name not in taken:
            hint = _("Add it after the *, or remove [params.{name}] from lesson.toml.").format(name=name)
            yield _("run does not take the param {name}.").format(name=name), hint


def _positional(function: ast.FunctionDef) -> list[str]:
    return [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
