"""What a lesson declares in `lesson.toml`: typed and validated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from keyword import iskeyword
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, model_validator

from dlwp_tui.core.errors import ContentError, Problem, UsageError
from dlwp_tui.core.language import Text, _, sentences
from dlwp_tui.core.types import Value
from dlwp_tui.course import arithmetic
from dlwp_tui.course.demo import Demo
from dlwp_tui.course.param import Flag, Param, ParamError, Prose, StrictModel, shown
from dlwp_tui.course.problem import at_key, did_you_mean, names, refuse

RESERVED_PARAMS = {
    "seed", "preset", "data", "detach", "estimate", "force", "json", "help", "device", "lesson", "lab", "see", "why",
    "expect",
}  # fmt: skip
"""Names the CLI, `run(lab, ...)` or a preset already uses; a lesson may not declare them as params."""

Needs = dict[str, dict[str, Any]]
"""Datasets, each with the options of `lab.dataset`."""

PRESET_RUN = "run"
"""What the `expect` of a preset calls its one run."""


class Preset(BaseModel):
    """A named set of param values; `see` is what the learner should look for."""

    model_config = ConfigDict(extra="allow", frozen=True)

    see: Prose = Text(zh="")
    why: Prose = Text(zh="")
    """Why these sizes differ from the book's, where they do."""
    expect: str = ""
    """What `see` promises, as a comparison of the figures of one run called `run`; see `course.expect`."""

    @property
    def values(self) -> dict[str, Value]:
        """The params this preset sets; every other param keeps its default."""
        return dict(self.__pydantic_extra__ or {})


class Experiment(StrictModel):
    """A statement of the note that runs can support or contradict."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    claims: tuple[str, ...] = ()
    compares: tuple[str, ...] = ()
    """The figures its sentence is about, as `expect` names them: `val_loss`, `result_test_accuracy`, `seconds`."""
    statement: Prose
    recorded: Prose = Text(zh="")
    preset: str = "book"
    """The preset all its runs start from."""
    runs: dict[str, dict[str, Value]] = Field(min_length=1)
    names: dict[str, Prose] = Field(default_factory=dict)
    """What the sides of `runs` are called; without a name a side is called by what differs from the others."""
    seeds: Annotated[int, Strict()] = Field(default=3, ge=1, le=20)
    expect: str


class Limit(StrictModel):
    """What values of several params have to keep to together."""

    needs: str
    """A comparison that must hold; see `course.arithmetic`."""
    why: Prose
    """What goes wrong where it does not, and what to change."""


class Lesson(StrictModel):
    """A section's runnable part."""

    id: str
    """The section's number."""
    folder: Path
    """It holds lesson.toml, lesson.py and proofs.py."""
    content: Path
    """The folder of lessons it comes from: the course's own, or a further one."""
    format: Literal[2]
    title: Text
    datasets: tuple[str, ...] = ()
    ram_mb: Annotated[int, Strict()] = Field(default=600, ge=1)
    """Peak resident memory of a run, MB, apart from what grows with its params."""
    ram_growth: str = ""
    """What the params add to that, MB; see `course.arithmetic`."""
    checkpoint: Flag = False
    """True for lessons over a minute: an epoch's state is kept so a killed run can resume."""
    params: dict[str, Param] = Field(default_factory=dict)
    limits: tuple[Limit, ...] = ()
    presets: dict[str, Preset]
    experiments: tuple[Experiment, ...] = ()
    demos: tuple[Demo, ...] = ()
    figures: dict[str, Prose] = Field(default_factory=dict)
    """Words for results and curves of the lesson's own, by the name its code gives them: `noise`."""

    @property
    def words(self) -> dict[str, str]:
        """The lesson's words for its own figures, in the language of the interface."""
        return {name: str(text) for name, text in self.figures.items()}

    @property
    def code_file(self) -> Path:
        """The lesson's source, as shown beside the chart."""
        return self.folder / "lesson.py"

    def values(self, preset: str | None = None, overrides: Mapping[str, Value] | None = None) -> dict[str, Value]:
        """All params for a run: defaults, then the preset's values, then `overrides` (raw text allowed).

        Raises UsageError for an unknown preset or param, ParamError for a value that is not allowed, alone or beside
        the others.
        """
        chosen: dict[str, Value] = {name: param.default for name, param in self.params.items()}
        if preset is not None:
            chosen |= self.preset(preset).values
        for name, raw in (overrides or {}).items():
            if name not in self.params:
                raise self._unknown_param(name)
            chosen[name] = raw
        values = {name: self.params[name].parse(name, raw) for name, raw in chosen.items()}
        for limit in self.limits:
            if not arithmetic.holds(limit.needs, values):
                raise _not_together(limit, values)
        return values

    def needs_mb(self, params: Mapping[str, Value]) -> int:
        """The most memory that a run with these params is expected to hold, MB of 2^20 bytes."""
        growth = arithmetic.number(self.ram_growth, params) if self.ram_growth else 0.0
        return self.ram_mb + round(growth)

    def needs(self, values: Mapping[str, Value]) -> Needs:
        """The datasets that a run with these values loads, as far as its params tell, each with its options.

        Those of `datasets` that no param's choice names, and those that the choices name. What is named by a choice
        alone has no synthetic twin that would do: weights.
        """
        named = [use for param in self.params.values() for use in param.datasets.values()]
        found: Needs = {name: {} for name in self.datasets if not any(name in use for use in named)}
        for name, param in self.params.items():
            for dataset, options in param.datasets.get(str(values[name]), {}).items():
                found[dataset] = {**found.get(dataset, {}), **options}
        return found

    def preset(self, name: str) -> Preset:
        """The preset called `name`; raises UsageError that lists them."""
        if name not in self.presets:
            raise UsageError(
                _("Lesson {lesson} has no preset {name!r}.").format(lesson=self.id, name=name),
                _("Its presets: {names}").format(names=names(self.presets)),
            )
        return self.presets[name]

    def experiment(self, name: str) -> Experiment:
        """The experiment called `name`; raises UsageError that lists them."""
        for experiment in self.experiments:
            if experiment.id == name:
                return experiment
        raise UsageError(
            _("Lesson {lesson} has no experiment {name!r}.").format(lesson=self.id, name=name),
            _("Its experiments: {names}").format(names=names(e.id for e in self.experiments)),
        )

    def matching_preset(self, values: dict[str, Value]) -> str | None:
        """The first preset whose params are exactly `values`, for labels in the form and the history."""
        return next((name for name in self.presets if self.values(name) == values), None)

    def _unknown_param(self, name: str) -> UsageError:
        return UsageError(
            _("Lesson {lesson} has no parameter {name!r}.").format(lesson=self.id, name=name),
            sentences(did_you_mean(name, self.params), _("Its parameters: {names}").format(names=names(self.params))),
        )

    @model_validator(mode="after")
    def _sound(self) -> Lesson:
        refuse([*self._name_problems(), *self._preset_problems(), *self._experiment_problems(), *self._demo_problems()])
        refuse(self._arithmetic_problems())
        refuse(self._limit_problems())
        return self

    def _name_problems(self) -> Iterator[Problem]:
        for name in self.params:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
                yield at_key(
                    f"params.{name}",
                    _("This name cannot be an option."),
                    _("A name is lower-case letters, digits and _, and begins with a letter."),
                )
            elif name in RESERVED_PARAMS or iskeyword(name):
                yield at_key(f"params.{name}", _("This name is reserved."), _("Choose another one."))

    def _preset_problems(self) -> Iterator[Problem]:
        for required in ("book", "quick"):
            if required not in self.presets:
                yield at_key(
                    f"presets.{required}",
                    _("This preset is missing."),
                    _("Every lesson has [presets.book] and [presets.quick]."),
                )
        for name, preset in self.presets.items():
            yield from self._value_problems(f"presets.{name}", preset.values)

    def _experiment_problems(self) -> Iterator[Problem]:
        ids = [experiment.id for experiment in self.experiments]
        for experiment in self.experiments:
            where = f"experiments.{experiment.id}"
            if ids.count(experiment.id) > 1:
                yield at_key(where, _("This id is used twice."), _("Give each experiment an id of its own."))
            if experiment.preset not in self.presets:
                yield at_key(
                    f"{where}.preset",
                    _("There is no preset {name!r}.").format(name=experiment.preset),
                    _("Its presets: {names}").format(names=names(self.presets)),
                )
            for run, values in experiment.runs.items():
                yield from self._value_problems(f"{where}.runs.{run}", values)
            for run in experiment.names:
                if run not in experiment.runs:
                    yield at_key(
                        f"{where}.names.{run}",
                        _("There is no run {run}.").format(run=run),
                        _("Its runs: {names}").format(names=names(experiment.runs)),
                    )
            called = [str(name) for name in experiment.names.values()]
            for name in dict.fromkeys(called):
                if called.count(name) > 1:
                    yield at_key(
                        f"{where}.names",
                        _("Two sides are called {name!r}.").format(name=name),
                        _("Give each side a name of its own."),
                    )

    def _demo_problems(self) -> Iterator[Problem]:
        ids = [demo.id for demo in self.demos]
        for demo in dict.fromkeys(ids):
            if ids.count(demo) > 1:
                yield at_key(f"demos.{demo}", _("This id is used twice."), _("Give each demo an id of its own."))

    def _arithmetic_problems(self) -> Iterator[Problem]:
        texts = {f"limits.#{number}.needs": limit.needs for number, limit in enumerate(self.limits, 1)}
        for where, text in (texts | ({"ram_growth": self.ram_growth} if self.ram_growth else {})).items():
            try:
                used = arithmetic.names(text)
            except ContentError as error:
                yield at_key(where, error.message, error.hint)
                continue
            for name in used:
                if name not in self.params:
                    unknown = self._unknown_param(name)
                    yield at_key(where, unknown.message, unknown.hint)
            for name, form in arithmetic.texts(text):
                if name in self.params and self.params[name].form != form:
                    message = _("{name} is no text of the form {form}.").format(name=name, form=form)
                    yield at_key(where, message, _('Write form = "{form}" into its table.').format(form=form))

    def _limit_problems(self) -> Iterator[Problem]:
        """Presets and experiments keep to the limits, too."""
        sides = {f"presets.{name}": preset.values for name, preset in self.presets.items()}
        for experiment in self.experiments:
            start = self.presets[experiment.preset].values
            for run, values in experiment.runs.items():
                sides[f"experiments.{experiment.id}.runs.{run}"] = start | values
        for where, values in sides.items():
            try:
                self.values(overrides=values)
            except ParamError as error:
                yield at_key(where, error.message, _("Change the value, or the limit."))

    def _value_problems(self, where: str, values: dict[str, Value]) -> Iterator[Problem]:
        for name, value in values.items():
            if name in self.params:
                yield from self.params[name].problems(f"{where}.{name}", value)
            else:
                unknown = self._unknown_param(name)
                yield at_key(f"{where}.{name}", _("There is no such param."), unknown.hint)


def _not_together(limit: Limit, values: Mapping[str, Value]) -> ParamError:
    named = [name for name in arithmetic.names(limit.needs) if name in values]
    message = _("{params} do not go together: {why}")
    pairs = ", ".join(f"{name} = {shown(values[name])}" for name in named)
    return ParamError(named[0], message.format(params=pairs, why=limit.why))
