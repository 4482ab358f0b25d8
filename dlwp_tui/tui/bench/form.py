"""The parameter form: built from a lesson's params, checked while typing, refused before anything starts."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from dlwp_tui.core import settings
from dlwp_tui.core.language import _
from dlwp_tui.core.types import Source, Value
from dlwp_tui.course.lesson import Lesson, Param, ParamError
from dlwp_tui.tui.bench import field as fields
from dlwp_tui.tui.bench.chips import Chips
from dlwp_tui.tui.bench.estimate_line import EstimateLine
from dlwp_tui.tui.bench.field import FieldInput
from dlwp_tui.tui.bench.messages import DryRunRequested, RunRequested

LABEL_CELLS = 14, 22
"""The column of labels at its narrowest and at its widest; a longer label ends in an ellipsis."""


class FormBody(Vertical):
    """Scrolls with the focus. No VerticalScroll: its arrow keys would scroll instead of walking the fields."""


@dataclass
class FormState:
    """What a form holds, as typed: kept for each lesson while the app runs."""

    raw: dict[str, str]
    seed: str = ""
    source: Source = "auto"
    device: str = "auto"


@dataclass
class _Row:
    """One field: its widget, its line of trouble, and what the help line says of it."""

    editor: Input | Chips
    help: str
    param: Param | None = None
    trouble: Static = field(default_factory=lambda: Static(classes="trouble"))
    line: Vertical | None = None
    label: Static | None = None


class ParamsForm(Widget, can_focus=False):
    """Presets, params, data, seed, device of one lesson. `request` posts RunRequested or jumps to the first fault."""

    BINDINGS = [
        Binding("up", "app.focus_previous", show=False),
        Binding("down,enter", "app.focus_next", show=False),
        Binding("escape", "leave_text", show=False),
    ]

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
    ParamsForm .trouble { display: none; color: $text-error; height: auto; }
    ParamsForm .-bad .trouble { display: block; }
    ParamsForm .aside { color: $text-muted; height: auto; }
    ParamsForm .gap { margin-top: 1; }
    ParamsForm EstimateLine { display: none; }
    ParamsForm.-lesson EstimateLine { display: block; }
    ParamsForm #form-help { height: auto; min-height: 2; max-height: 4; padding: 0 1; color: $text-muted; }
    ParamsForm #form-help.-bad { color: $text-error; }
    ParamsForm #form-empty { padding: 1 2; color: $text-muted; }
    """

    @dataclass
    class Changed(Message):
        """A value changed; `bad` counts the fields that cannot be run with."""

        bad: int

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lesson: Lesson | None = None
        self._rows: dict[str, _Row] = {}
        self._states: dict[str, FormState] = {}
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
        self._rows = {}
        self._see, self._status = Static(classes="aside"), Static(classes="aside")
        if lesson is None:
            shown: list[Widget] = [Static(Content(empty), id="form-empty")]
        else:
            state = self._states.get(lesson.id) or FormState(fields.all_shown(lesson.values(self._first_preset())))
            shown = self._fields(lesson, state)
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

    def set_data_status(self, text: str) -> None:
        """One line under the data field: what `auto` would use now."""
        self._status.update(Content(text))

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
    def faults(self) -> dict[str, str]:
        """For each field that cannot be run with, the sentence that says why."""
        found: dict[str, str] = {}
        for name, row in self._rows.items():
            try:
                if row.param is not None:
                    row.param.parse(name, fields.typed(row.editor))
                elif name == "seed":
                    fields.parse_seed(fields.typed(row.editor))
            except ParamError as error:
                found[name] = error.message
        return found

    def request(self) -> bool:
        """Post RunRequested; with a bad value nothing is asked and the focus goes there. True when asked."""
        if self.lesson is None or self._go_to_fault():
            return False
        values = self.values()
        self.post_message(
            RunRequested(
                self.lesson.id, values, self.lesson.matching_preset(values), self.seed, self.source, self.device
            )
        )
        return True

    def _go_to_fault(self) -> bool:
        """Focus the first bad field; False when there is none."""
        faults = self._check()
        if faults:
            editor = self._rows[next(iter(faults))].editor
            editor.focus()
            self._help(editor)
        return bool(faults)

    def request_dry_run(self) -> bool:
        """Post DryRunRequested; with a bad value as `request`. True when asked."""
        if self.lesson is None or self._go_to_fault():
            return False
        self.estimate.dry_run_began = time.monotonic()
        self.post_message(DryRunRequested(self.lesson.id, self.values(), self.source, self.device))
        return True

    def next_preset(self) -> None:
        """The preset after the one the form fits."""
        if self._rows.get("preset"):
            editor = self._rows["preset"].editor
            assert isinstance(editor, Chips)
            editor.action_step(1)

    def use_preset(self, name: str) -> None:
        """All values of a preset. Raises UsageError when there is no such preset."""
        if self.lesson is not None:
            self.set_values(self.lesson.values(name))

    def reset(self) -> None:
        """Back to the first preset, a random seed and automatic data."""
        if self.lesson is None:
            return
        self.set_values(self.lesson.values(self._first_preset()))
        for name, value in (("seed", ""), ("source", "auto"), ("device", "auto")):
            fields.fill(self._rows[name].editor, value)
        self._check()

    def focus_first(self) -> None:
        """Focus the first bad field, or the first that leaves the keys their letters: the next one is often `r`."""
        bad = next(iter(self.faults), None)  # in the order of the rows
        if bad is not None:
            self._rows[bad].editor.focus()
        else:
            self.action_leave_text()

    def action_leave_text(self) -> None:
        """Focus the first field in which letters are keys; every lesson has one, its data."""
        for name, row in self._rows.items():
            if name != "preset" and not fields.takes_letters(row.editor):
                row.editor.focus()
                return

    # -- building ------------------------------------------------------------------------------------------------

    def _fields(self, lesson: Lesson, state: FormState) -> list[Widget]:
        presets = Chips([(name, name) for name in lesson.presets], id="form-preset")
        self._rows["preset"] = _Row(presets, _("Left and right take another preset."))
        out: list[Widget] = [_line(_("Preset"), self._rows["preset"]), self._see]
        for number, (name, param) in enumerate(lesson.params.items()):
            raw = state.raw.get(name, fields.shown(param.default))
            editor = fields.editor_of(name, param, raw)
            row = self._rows[name] = _Row(editor, str(param.why), param)
            shown = "" if isinstance(editor, Chips) or param.type in ("text", "file") else param.range
            out.append(_line(str(param.label) or name, row, shown, gap=number == 0))
        data = Chips(
            [("auto", _("automatic")), ("real", _("real")), ("synthetic", _("synthetic"))],
            state.source,
            id="form-source",
        )
        seed = FieldInput(state.seed, kind="number", id="form-seed", placeholder=_("random"))
        device = Chips([("auto", _("automatic")), ("cpu", "CPU"), ("gpu", "GPU")], state.device, id="form-device")
        for name, label, editor2, text, shown in (
            ("source", _("Data"), data, _("Automatic takes the real data where they are, else synthetic ones."), ""),
            (
                "seed",
                _("Seed"),
                seed,
                _("The same seed gives the same figures; empty draws one, which is recorded."),
                "",
            ),
            ("device", _("Device"), device, _("Automatic takes a free GPU, else the CPU."), ""),
        ):
            row = self._rows[name] = _Row(editor2, text)
            out.append(_line(label, row, shown, gap=name == "source"))
            if name == "source":
                out.append(self._status)
        self._align()
        return out

    def _align(self) -> None:
        """One column of labels, as wide as the longest of this lesson and a space."""
        labels = [row.label for row in self._rows.values() if row.label is not None]
        least, most = LABEL_CELLS
        width = min(most, max(least, *(cell_len(str(label.content)) + 1 for label in labels)))
        for label in labels:
            label.styles.width = width
        for under in (self._see, self._status, *(row.trouble for row in self._rows.values())):
            under.styles.padding = (0, 0, 0, width)

    def _first_preset(self) -> str:
        assert self.lesson is not None
        chosen = settings.load().default_preset
        return chosen if chosen in self.lesson.presets else "book"

    def _raw(self) -> dict[str, str]:
        return {name: fields.typed(row.editor) for name, row in self._rows.items() if row.param is not None}

    def _keep(self) -> None:
        """Remember what was typed for the lesson that leaves the form."""
        if self.lesson is not None and self._rows:
            self._states[self.lesson.id] = FormState(
                self._raw(), fields.typed(self._rows["seed"].editor), self.source, self.device
            )

    # -- checking ------------------------------------------------------------------------------------------------

    @on(Input.Changed)
    @on(Chips.Changed)
    def _edited(self, event: Input.Changed | Chips.Changed) -> None:
        event.stop()
        if isinstance(event, Chips.Changed) and event.chips.id == "form-preset":
            self.use_preset(event.value)
        self._check()

    @on(events.DescendantFocus)
    def _focused(self, event: events.DescendantFocus) -> None:
        self._help(event.widget)
        self._mark(event.widget)

    @on(events.DescendantBlur)
    def _blurred(self) -> None:
        self._mark(None)

    def _mark(self, editor: Widget | None) -> None:
        """The label of the field that has the focus. Two labels: `:focus-within` styles every row anew (40 ms)."""
        for row in self._rows.values():
            if row.label is not None:
                row.label.set_class(row.editor is editor, "-here")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.screen.focus_next()

    def _check(self) -> dict[str, str]:
        """Mark every field by its value and tell the preset the values fit."""
        faults = self.faults
        for name, row in self._rows.items():
            message = faults.get(name, "")
            if row.line is not None:
                row.line.set_class(bool(message), "-bad")
            fields.put(row.trouble, f"✗ {message}")
        self._tell_preset(faults)
        self.estimate.asked = None if faults or self.lesson is None else (self.values(), self.device)
        self._help(self.screen.focused if self.is_mounted else None)
        self.post_message(self.Changed(len(faults)))
        return faults

    def _tell_preset(self, faults: dict[str, str]) -> None:
        lesson = self.lesson
        if lesson is None or "preset" not in self._rows:
            return
        preset = None if faults else lesson.matching_preset(self.values())
        fields.fill(self._rows["preset"].editor, preset)
        if preset is not None:
            told = str(lesson.presets[preset].see)
        else:
            base = fields.all_shown(lesson.values(self._first_preset()))
            changed = [f"{name} {base[name]} → {raw}" for name, raw in self._raw().items() if raw != base[name]]
            told = _("Changed: {what}").format(what=", ".join(changed)) if changed else ""
        fields.put(self._see, told)

    def _help(self, focused: Widget | None = None) -> None:
        row = next((row for row in self._rows.values() if row.editor is focused), None)
        told = row.help if row else ""
        if row is not None and fields.takes_letters(row.editor):
            told = " ".join(filter(None, (told, _("Esc leaves the field."))))
        fields.put(self.query_one("#form-help", Static), told)


def _line(label: str, row: _Row, shown: str = "", *, gap: bool = False) -> Vertical:
    row.label = Static(Content(label), classes="label")
    parts: list[Widget] = [row.label, row.editor]
    if shown:
        parts.append(Static(Content(shown), classes="range"))
    row.line = Vertical(Horizontal(*parts, classes="row"), row.trouble, classes="row gap" if gap else "row")
    return row.line
