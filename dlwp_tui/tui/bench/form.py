"""The parameter form: built from a lesson's params, checked while typing, refused before anything starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from dlwp_tui.analysis.estimates import Estimator
from dlwp_tui.core import last_values
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _
from dlwp_tui.core.types import Source, Value
from dlwp_tui.course.lesson import Lesson, Needs
from dlwp_tui.course.param import Param, ParamError
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench import field as fields
from dlwp_tui.tui.bench import form_state
from dlwp_tui.tui.bench.chips import Chips
from dlwp_tui.tui.bench.estimate_line import EstimateLine
from dlwp_tui.tui.bench.field import FieldInput
from dlwp_tui.tui.bench.form_state import FormState
from dlwp_tui.tui.bench.messages import NeedsChanged
from dlwp_tui.tui.session import RunRequest

LABEL_CELLS = 14, 22
"""The column of labels at its narrowest and at its widest; a longer label ends in an ellipsis."""


PINNED_ROWS = 15
"""Rows of the form from which on data, seed and device always stay in view; on fewer they scroll with the rest."""
ROOMY_ROWS = 26
"""Rows from which on a blank line sets them off."""
BROAD = 66
"""Columns from which on data, seed and device stand in one row."""


class FormBody(Vertical):
    """Scrolls with the focus. No VerticalScroll: its arrow keys would scroll instead of walking the fields."""


@dataclass
class _Row:
    """One field: its widget, the line under it for what is wrong, and its text for the help line."""

    editor: Input | Chips
    help: str
    param: Param | None = None
    problem: Static = field(default_factory=lambda: Static(classes="problem"))
    line: Vertical | None = None
    label: Static | None = None


class ParamsForm(Widget, can_focus=False):
    """Presets, params, data, seed, device of one lesson."""

    BINDINGS = keys.bindings("form")
    DEFAULT_CSS = """
    ParamsForm { height: 1fr; }
    FormBody {
        overflow-y: auto; height: 1fr; padding: 0 0 0 1; scrollbar-size-vertical: 1;
        scrollbar-background: $background; scrollbar-background-hover: $background;
    }
    ParamsForm .row { height: auto; }
    ParamsForm .label { height: 1; padding-right: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    ParamsForm .range {
        width: 1fr; height: 1; padding-left: 2; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis;
    }
    ParamsForm FieldInput { width: 12; height: 1; padding: 0 1; background: $panel; border: none; }
    ParamsForm FieldInput.-text { width: 1fr; }
    ParamsForm FieldInput:focus { background: $block-cursor-blurred-background; }
    ParamsForm FieldInput:ansi { text-style: underline; }
    ParamsForm .-bad FieldInput { color: $text-error; background: $error 15%; }
    ParamsForm .-bad .range { color: $text-error; }
    ParamsForm .label.-here { color: $accent; text-style: bold; }
    ParamsForm .problem { display: none; color: $text-error; height: auto; }
    ParamsForm .-bad .problem { display: block; }
    ParamsForm .aside { color: $text-muted; height: auto; }
    ParamsForm .gap { margin-top: 1; }
    ParamsForm #form-run { height: auto; margin-top: 1; background: $background; }
    ParamsForm.-pinned #form-run { dock: bottom; }
    ParamsForm.-roomy #form-run { padding-bottom: 1; }
    ParamsForm #form-run-fields { height: auto; }
    ParamsForm.-broad #form-run-fields { layout: horizontal; }
    ParamsForm.-broad #form-run-fields > .row { width: 27fr; }
    ParamsForm.-broad #form-run-fields > .seed { width: 21fr; }
    ParamsForm.-broad #form-run-fields > .device { width: 25fr; }
    ParamsForm EstimateLine { display: none; }
    ParamsForm.-lesson EstimateLine { display: block; }
    ParamsForm #form-help { height: auto; min-height: 2; max-height: 4; padding: 0 1; color: $text-muted; }
    ParamsForm #form-empty { padding: 1 2; color: $text-muted; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lesson: Lesson | None = None
        self._rows: dict[str, _Row] = {}
        self._needs: Needs | None = None
        """The datasets that a run with the form's values loads."""
        self._begun: FormState | None = None
        """What the form held when it was built, or when it was kept last."""
        self._body = FormBody()
        self._see = Static(classes="aside")
        self._status = Static(classes="aside")
        self.estimate = EstimateLine()
        """What the form's run will take."""

    def compose(self) -> ComposeResult:
        yield self._body
        yield self.estimate
        yield Static(id="form-help")

    def show(self, lesson: Lesson | None, empty: str = "") -> None:
        """Build the form of `lesson` with the values left there last; `empty` stands where there is none."""
        self._keep()
        self.lesson = lesson
        self.set_class(lesson is not None, "-lesson")
        self.estimate.estimator = None
        self._rows, self._needs = {}, None
        self._see, self._status = Static(classes="aside"), Static(classes="aside")
        if lesson is None:
            shown: list[Widget] = [Static(Content(empty), id="form-empty")]
        else:
            self._begun = form_state.remembered(lesson)
            shown = self._fields(lesson, self._begun)
            self._align()
        old, self._body = self._body, FormBody(*shown)
        self.mount(self._body, after=old)  # a body of its own for each lesson: the old one's ids are still in use
        old.remove()
        self._check()

    def values(self) -> dict[str, Value]:
        """The checked values. Raises ParamError for the first that is not allowed."""
        if self.lesson is None:
            return {}
        return self.lesson.values(overrides=dict(self._raw()))

    def set_values(self, values: dict[str, Value], *, seed: int | None = None) -> None:
        """Put `values` into the form; params the lesson no longer has are left out."""
        for name, value in values.items():
            if name in self._rows and self._rows[name].param is not None:
                fields.fill(self._rows[name].editor, fields.shown(value))
        if seed is not None and "seed" in self._rows:
            fields.fill(self._rows["seed"].editor, str(seed))
        self._check()

    def set_data_status(self, text: str, needs: Needs) -> None:
        """One line under the data field: what `auto` would use now. Of other needs than today's it is ignored."""
        if needs == self._needs:
            self._status.update(Content(text))

    def set_estimator(self, estimator: Estimator, free_mb: int) -> None:
        """For the form's estimate; that of another lesson than the shown one is ignored."""
        if self.lesson is not None and estimator.lesson.id == self.lesson.id:
            self.estimate.estimator, self.estimate.free_mb = estimator, free_mb

    @property
    def source(self) -> Source:
        """The data asked for."""
        row = self._rows.get("source")
        chosen = row.editor.value if row else "auto"
        return "real" if chosen == "real" else "synthetic" if chosen == "synthetic" else "auto"

    @property
    def device(self) -> str:
        """`auto`, `cpu` or `gpu`."""
        row = self._rows.get("device")
        return str(row.editor.value or "auto") if row else "auto"

    @property
    def seed(self) -> int | None:
        """The seed asked for; None: drawn by the engine. Raises ParamError."""
        row = self._rows.get("seed")
        return fields.parse_seed(str(row.editor.value)) if row else None

    @property
    def problems(self) -> dict[str, str]:
        """For each field whose value is not allowed, a sentence with the reason; in the order of the rows.

        Values that are allowed each, but not together, are a problem of the first field of them.
        """
        found: dict[str, str] = {}
        for name, row in self._rows.items():
            try:
                if row.param is not None:
                    row.param.parse(name, fields.typed(row.editor))
                elif name == "seed":
                    fields.parse_seed(fields.typed(row.editor))
            except ParamError as error:
                found[name] = error.message
        if not found:
            try:
                self.values()
            except ParamError as error:
                found[error.name] = error.message
        return found

    def request(self) -> RunRequest | None:
        """The run that the form describes; None, with the focus on the first bad field, where there is one."""
        if self.lesson is None:
            return None
        if problems := self._check():
            editor = self._rows[next(iter(problems))].editor
            editor.focus()
            self._help(editor)
            return None
        self._keep()
        return RunRequest(self.lesson, self.values(), self.seed, self.source, self.device)

    def action_next_preset(self) -> None:
        """The preset after the one the form fits; with the focus elsewhere a notice says what that changes."""
        if self.lesson is None or not self._rows.get("preset"):
            return
        editor, before = self._rows["preset"].editor, self._raw()
        assert isinstance(editor, Chips)
        editor.action_step(1)
        name = str(editor.value)
        if not self.has_focus_within:
            after = fields.all_shown(self.lesson.values(name))
            text = _("Preset {name}").format(name=name)
            self.notify("\n".join(self._changes(before, after)) or _("It changes nothing."), title=text, markup=False)

    def focus_first(self) -> None:
        """Focus the first bad field, else the first in which letters are keys, so that `r` runs from there."""
        bad = next(iter(self.problems), None)
        if bad is not None:
            self._rows[bad].editor.focus()
        else:
            self.action_leave_text()

    def action_leave_text(self) -> None:
        """Focus the first field in which letters are keys; every lesson has one: its data."""
        for name, row in self._rows.items():
            if name != "preset" and not fields.takes_letters(row.editor):
                row.editor.focus()
                return

    # -- building ------------------------------------------------------------------------------------------------

    def _fields(self, lesson: Lesson, state: FormState) -> list[Widget]:
        presets = Chips([(name, name) for name in lesson.presets], id="form-preset")
        self._rows["preset"] = _Row(
            presets,
            _("{keys} take another preset.").format(keys=f"{keys.label('chips.previous')} {keys.label('chips.next')}"),
        )
        out: list[Widget] = [_line(_("Preset"), self._rows["preset"]), self._see]
        for number, (name, param) in enumerate(lesson.params.items()):
            raw = state.raw.get(name, fields.shown(param.default))
            editor = fields.editor_of(name, param, raw)
            row = self._rows[name] = _Row(editor, str(param.why), param)
            limits = "" if isinstance(editor, Chips) or param.free else param.range
            out.append(_line(str(param.label) or name, row, limits, gap=number == 0))
        return [*out, Vertical(self._run_fields(state), self._status, id="form-run")]

    def _run_fields(self, state: FormState) -> Vertical:
        """Data, seed and device: what every run has, besides the params."""
        data = Chips(
            [("auto", _("automatic")), ("real", _("real")), ("synthetic", _("synthetic"))],
            state.source,
            id="form-source",
        )
        seed = FieldInput(state.seed, kind="number", id="form-seed", placeholder=_("random"))
        device = Chips([("auto", _("automatic")), ("cpu", "CPU"), ("gpu", "GPU")], state.device, id="form-device")
        lines = []
        for name, label, option, text in (
            ("source", _("Data"), data, _("Automatic takes the real data where they are, else synthetic ones.")),
            ("seed", _("Seed"), seed, _("The same seed gives the same figures; empty draws one, which is recorded.")),
            ("device", _("Device"), device, _("Automatic takes a free GPU, else the CPU.")),
        ):
            self._rows[name] = _Row(option, text)
            lines.append(_line(label, self._rows[name]))
            lines[-1].add_class(name)
        return Vertical(*lines, id="form-run-fields")

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.height >= PINNED_ROWS, "-pinned")
        self.set_class(event.size.height >= ROOMY_ROWS, "-roomy")
        self.set_class(event.size.width >= BROAD, "-broad")
        self._align()

    def _align(self) -> None:
        """One column of labels, as wide as the longest of this lesson and a space; in one row each as its own."""
        labels = {name: row.label for name, row in self._rows.items() if row.label is not None}
        least, most = LABEL_CELLS
        widths = {name: cell_len(str(label.content)) + 1 for name, label in labels.items()}
        width = min(most, max(least, *widths.values())) if widths else 0
        for name, label in labels.items():
            broad = self.has_class("-broad") and self._rows[name].param is None and name != "preset"
            label.styles.width = widths[name] if broad else width
        self._see.styles.padding = (0, 0, 0, width)
        self._status.styles.padding = (0, 0, 0, 0 if self.has_class("-broad") else width)
        for row in self._rows.values():
            row.problem.styles.padding = (0, 0, 0, width)

    def _raw(self) -> dict[str, str]:
        return {name: fields.typed(row.editor) for name, row in self._rows.items() if row.param is not None}

    def _keep(self) -> None:
        """Remember what was typed for the lesson that the form shows, if anything was."""
        if self.lesson is None or not self._rows:
            return
        state = FormState(self._raw(), fields.typed(self._rows["seed"].editor), self.source, self.device)
        if state != self._begun:
            self._begun = state
            try:
                last_values.save(self.lesson.id, asdict(state))
            except DlwpError as error:  # a full disk: the run is worth more than the form's memory
                self.notify(str(error), severity="warning", markup=False)

    def on_unmount(self) -> None:
        self._keep()

    # -- checking ------------------------------------------------------------------------------------------------

    @on(Input.Changed)
    @on(Chips.Changed)
    def _edited(self, event: Input.Changed | Chips.Changed) -> None:
        event.stop()
        if isinstance(event, Chips.Changed) and event.chips.id == "form-preset":
            assert self.lesson is not None
            self.set_values(self.lesson.values(event.value))
        self._check()

    @on(events.DescendantFocus)
    def _focused(self, event: events.DescendantFocus) -> None:
        self._help(event.widget)
        self._mark(event.widget)

    @on(events.DescendantBlur)
    def _blurred(self) -> None:
        self._mark(None)

    def _mark(self, editor: Widget | None) -> None:
        """Style the label of the field that has the focus. `:focus-within` would style every row anew: 40 ms."""
        for row in self._rows.values():
            if row.label is not None:
                row.label.set_class(row.editor is editor, "-here")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.screen.focus_next()

    def _check(self) -> dict[str, str]:
        """Mark every field whose value is not allowed, and show which preset the values are."""
        problems = self.problems
        for name, row in self._rows.items():
            message = problems.get(name, "")
            if row.line is not None:
                row.line.set_class(bool(message), "-bad")
            fields.put(row.problem, f"✗ {message}")
        self._show_preset(bool(problems))
        values = None if problems or self.lesson is None else self.values()
        self.estimate.asked = None if values is None else (values, self.device)
        if self.lesson is not None and values is not None and (needs := self.lesson.needs(values)) != self._needs:
            self._needs = needs
            self.post_message(NeedsChanged(self.lesson, needs))
        self._help(self.screen.focused if self.is_mounted else None)
        return problems

    def _show_preset(self, bad: bool) -> None:
        lesson = self.lesson
        if lesson is None or "preset" not in self._rows:
            return
        preset = None if bad else lesson.matching_preset(self.values())
        fields.fill(self._rows["preset"].editor, preset)
        if preset is not None:
            text = str(lesson.presets[preset].see)
        else:
            raw = self._raw()
            changes = {name: self._changes(fields.all_shown(lesson.values(name)), raw) for name in lesson.presets}
            nearest = min(changes, key=lambda name: len(changes[name]))
            what = ", ".join(changes[nearest])
            text = _("Changed from {preset}: {what}").format(preset=nearest, what=what) if what else ""
        fields.put(self._see, text)

    @staticmethod
    def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
        """`units 16 → 64` for each param that differs."""
        return [f"{name} {before[name]} → {raw}" for name, raw in after.items() if raw != before[name]]

    def _help(self, focused: Widget | None = None) -> None:
        row = next((row for row in self._rows.values() if row.editor is focused), None)
        text = row.help if row else ""
        if row is not None and fields.takes_letters(row.editor):
            leave = _("{key} leaves the field.").format(key=keys.label("form.leave"))
            text = " ".join(filter(None, (text, leave)))
        fields.put(self.query_one("#form-help", Static), text)


def _line(label: str, row: _Row, limits: str = "", *, gap: bool = False) -> Vertical:
    row.label = Static(Content(label), classes="label")
    parts: list[Widget] = [row.label, row.editor]
    if limits:
        parts.append(Static(Content(limits), classes="range"))
    row.line = Vertical(Horizontal(*parts, classes="row"), row.problem, classes="row gap" if gap else "row")
    return row.line
