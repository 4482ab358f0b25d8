"""The bench's five tabs: which is open, and where the focus goes with it."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.widgets import TabbedContent, TabPane

from dlwp_tui.core.language import _
from dlwp_tui.tui.bench.comparison import Comparison
from dlwp_tui.tui.bench.curves import CurvesView
from dlwp_tui.tui.bench.form import ParamsForm
from dlwp_tui.tui.bench.history import HistoryView
from dlwp_tui.tui.bench.output import OutputView
from dlwp_tui.tui.bench.source import SourceView

TABS = ("params", "curves", "output", "source", "history")
"""The tabs' names, which are their views' ids too."""


class BenchTabs(TabbedContent):
    """Holds the five views; BenchPane fills them."""

    DEFAULT_CSS = """
    BenchTabs { height: 1fr; }
    BenchTabs ContentSwitcher { height: 1fr; }
    BenchTabs TabPane { padding: 0; height: 1fr; }
    /* What is wholly covered is not drawn: three times 35 empty lines, 8 ms of each change of tab. */
    BenchTabs, BenchTabs ContentSwitcher, BenchTabs TabPane { visibility: hidden; }
    BenchTabs ContentTabs, BenchTabs TabPane > * { visibility: visible; }
    BenchTabs Tab { padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.params = ParamsForm(id="params")
        self.comparison = Comparison()
        self.curves = CurvesView(self.comparison, id="curves")
        self.output = OutputView(id="output")
        self.source = SourceView(id="source")
        self.history = HistoryView(id="history")
        self._focus_next = ""

    def compose(self) -> ComposeResult:
        """The panes, in the order of TABS."""
        titles = (_("Params"), _("Curves"), _("Output"), _("Source"), _("History"))
        views = (self.params, self.curves, self.output, self.source, self.history)
        for name, title, view in zip(TABS, titles, views, strict=True):
            self.compose_add_child(TabPane(title, view, id=f"tab-{name}"))
        yield from super().compose()

    @property
    def tab(self) -> str:
        """The open tab: one of TABS."""
        return self.active.removeprefix("tab-")

    def action_open(self, name: str) -> None:
        """Open and focus a tab; the output's key means its report, since the log has a key of its own."""
        if name == "output":
            self.output.show_report()
        self.show_tab(name, focus=True)

    def show_tab(self, name: str, *, focus: bool = False) -> None:
        """Open a tab, and focus what it holds."""
        if self.active == f"tab-{name}":
            if focus:
                self.focus_tab()
            return
        self._focus_next = f"tab-{name}" if focus else ""
        self.active = f"tab-{name}"

    def focuses(self, name: str) -> bool:
        """Whether what a tab holds has the focus, or gets it as soon as the tab is there."""
        return self._focus_next == f"tab-{name}" or self.query_one(f"#{name}").has_focus_within

    @on(TabbedContent.TabActivated)
    def _opened(self, event: TabbedContent.TabActivated) -> None:
        # Only now is the content there to take the focus. At the start the first tab's message comes late, and is not
        # meant.
        if self._focus_next and event.pane.id == self._focus_next:
            self._focus_next = ""
            self.focus_tab()

    def focus_tab(self) -> None:
        """Focus what the open tab holds."""
        if self.tab == "params":
            self.params.focus_first()
        elif self.tab == "output":
            self.output.focus_first()
        elif self.tab == "history":
            self.history.focus_table()
        else:
            self.query_one(f"#{self.tab}").focus()
