"""The run strip: two lines that are always there, with the shown run's state, progress, speed and newest figures."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from dlwp_tui.core import formats, settings
from dlwp_tui.core.language import _
from dlwp_tui.runs.state import RunState, label
from dlwp_tui.runs.view import RunView
from dlwp_tui.tui.bench.style import STYLES, bar, fit

STATE_CELLS = 10
"""Cells of `● training`; Chinese words are shorter."""


class RunStrip(Widget):
    """`● training ━━━━━─────  epoch  4/20  12 it/s  0:09 left`, and the newest figures under it."""

    DEFAULT_CSS = """
    RunStrip { height: 2; padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view: RunView | None = None
        self.side = ""
        """What the run is called among others of its experiment."""
        self.empty = ""
        """The text while there is no run."""
        self._ascii = False

    def on_mount(self) -> None:
        self._ascii = settings.load().ascii

    def show(self, view: RunView | None, empty: str = "", side: str = "") -> None:
        """Show a run, or `empty` where there is none; call again after each update."""
        self.view, self.empty, self.side = view, empty, side
        self.refresh()

    def render(self) -> Content:
        if self.view is None:
            return Content.styled(self.empty, "dim").truncate(max(1, self.content_size.width), ellipsis=True)
        width = self.content_size.width
        return Content("\n").join([self._first(self.view, width), self._second(self.view, width)])

    def _first(self, view: RunView, width: int) -> Content:
        style = STYLES[view.state]
        state = fit(label(view.state), STATE_CELLS)
        texts = self._texts(view)
        while texts and cell_len("  ".join(texts)) + STATE_CELLS + 8 > width:
            texts.pop()
        tail = "  ".join(texts)
        room = max(0, width - STATE_CELLS - cell_len(tail) - 3)
        fraction = view.fraction
        done, rest = bar(fraction or 0.0, room, self._ascii)
        shade = style if style == "dim" else f"${style}"
        return Content.assemble(
            (state, shade if style == "dim" else f"$text-{style}"),
            " ",
            (done, shade),
            (rest, "$surface-lighten-3"),
            "  ",
            tail,
        ).truncate(max(1, width))

    def _texts(self, view: RunView) -> list[str]:
        """The texts right of the bar, most needed first; each keeps its width while it changes."""
        out: list[str] = []
        if view.state is RunState.QUEUED:
            return [_("starting, or waiting for another run")]
        if view.waiting:
            out.append(view.waiting)
        if view.epochs:
            digits = len(str(view.epochs))
            counted = _("epoch {now}/{all}") if not view.unit else "{unit} {now}/{all}"
            now = str(view.epoch or 0).rjust(digits)
            out.append(counted.format(unit=view.unit, now=now, all=view.epochs))
        elif view.progress is not None:
            done, total = view.progress
            out.append(f"{done:>{len(f'{total:g}')}g}/{total:g}")
        elif view.phase:
            out.append(view.phase)
        if view.state is RunState.RUNNING:
            if view.eta_s is not None:
                out.append(_("{time} left").format(time=formats.duration(view.eta_s).rjust(5)))
            if view.rate is not None:
                out.append(_rate(view.rate))
        else:
            out.append(formats.duration(view.elapsed_s).rjust(5))
        return out

    def _second(self, view: RunView, width: int) -> Content:
        if not view.state.active and (best := self._best(view, width)):
            return best
        figures = view.last_figures
        parts: list[str] = [view.label] if view.label else []
        names = list(figures) if len(figures) <= 4 else [n for n in figures if n.startswith("val_")] or list(figures)
        names.sort(key=lambda name: name.removeprefix("val_") != "loss")  # where room is short, this one stays
        parts += [f"{name} {formats.fixed(figures[name])}" for name in names]
        if not figures:
            parts = [view.phase] if view.phase and view.epochs else []
        parts = [*filter(None, [self.side]), *parts]
        while len(parts) > 1 and cell_len("  ".join(parts)) > width:
            parts.pop()
        text = "  ".join(parts)
        return Content.styled(_source_end(view, text, width), "dim").truncate(max(1, width), ellipsis=True)

    def _best(self, view: RunView, width: int) -> Content | None:
        """The best validation figures of a run that is over: they matter more than the last ones."""
        texts = [
            _("{metric} best {value} at epoch {epoch}").format(
                metric=name, value=formats.fixed(best.value).strip(), epoch=best.epoch
            )
            for name, best in view.best.items()
            if best.metric.startswith("val_") and not best.label
        ]
        if not texts:
            return None
        texts = [*filter(None, [self.side]), *texts]
        while len(texts) > 1 and cell_len("  ".join(texts)) > width:
            texts.pop()
        text = _source_end(view, "  ".join(texts), width)
        return Content.styled(text, "dim").truncate(max(1, width), ellipsis=True)


def _source_end(view: RunView, text: str, width: int) -> str:
    """`text` with the label of data that are not the real ones at the line's end, where there is room."""
    source = formats.source_label(view.source)
    room = width - cell_len(text) - cell_len(source)
    return text + " " * room + source if source and room >= 2 else text


def _rate(rate: float) -> str:
    """Steps a second in 10 cells: `  1234 it/s`; below one, seconds a step."""
    return f"{rate:5.0f} it/s" if rate >= 10 else f"{rate:5.1f} it/s" if rate >= 1 else f"{1 / rate:5.1f} s/it"
