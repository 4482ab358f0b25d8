"""Hand-written runs and a bare app round the bench, for the bench's tests."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import pytest
from textual import events, on
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from dlwp_tui.core.types import Value
from dlwp_tui.course import reader
from dlwp_tui.runs import folder as folders
from dlwp_tui.runs import state, store
from dlwp_tui.runs.events import EventWriter
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.spec import ExperimentVote, RunSpec
from dlwp_tui.runs.view import RunView
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench import messages
from dlwp_tui.tui.bench.pane import BenchPane
from dlwp_tui.tui.typed_ahead import KeysInTurn


class LiveRun:
    """A run whose worker is this test: it holds the lock and writes the events."""

    def __init__(
        self,
        params: dict[str, Value] | None = None,
        *,
        created: float | None = None,
        started: bool = True,
        seed: int = 1,
        experiment: ExperimentVote | None = None,
    ) -> None:
        lesson = reader.load().lesson("1.1")
        created = created if created is not None else time.time()
        values = lesson.values(overrides=params or {})
        self.folder: RunFolder = store.create(
            RunSpec(
                id=folders.new_id("1.1", created),
                lesson="1.1",
                params=values,
                preset=lesson.matching_preset(values),
                seed=seed,
                created=created,
                content="",
                code_hash="0" * 16,
                experiment=experiment,
            )
        )
        self._lock = state.take_lock(self.folder)
        state.write_owner(self._lock, os.getpid())
        self.events = EventWriter(self.folder.events)
        self.events.write("queued", device="auto")
        if started:
            self.start()

    def start(self) -> LiveRun:
        """Its turn has come."""
        self.events.write("started", pid=os.getpid(), device="cpu", versions={}, resumed=False)
        return self

    def epoch(self, number: int, epochs: int = 5, label: str = "", **metrics: float) -> None:
        """One epoch's figures; loss 1/n and val_loss 1/n + 0.1 where none are given."""
        figures = metrics or {"loss": 1 / number, "val_loss": 1 / number + 0.1}
        self.events.write("epoch", label=label, epoch=number, epochs=epochs, metrics=figures, seconds=0.1)

    def end(self, how: str = "finished", **fields: Any) -> LiveRun:
        """The last event, and the lock given back."""
        self.events.write("ended", state=how, seconds=1.0, **{"error": None, **fields})
        state.write_owner(self._lock, 0)  # no process has this pid, as none has the pid of a worker that is gone
        os.close(self._lock)
        return self


def finished(params: dict[str, Value] | None = None, epochs: int = 5, *, ago: float = 60) -> RunFolder:
    """A finished run of some epochs."""
    run = LiveRun(params, created=time.time() - ago)
    for number in range(1, epochs + 1):
        run.epoch(number, epochs)
    return run.end().folder


class BenchApp(App[None]):
    """The bench alone, and everything it posts."""

    def __init__(self, section: str = "1.1") -> None:
        super().__init__()
        self.posted: list[Message] = []
        self.keys: list[str] = []
        self._section = reader.load().section(section)
        self._in_turn = KeysInTurn(self, super().on_event)

    async def on_event(self, event: events.Event) -> None:
        """Hand on keys as the app does."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            await self._in_turn.add(event)
        else:
            await super().on_event(event)

    def compose(self) -> ComposeResult:
        yield BenchPane(id="bench")

    def on_mount(self) -> None:
        self.bench.show(self._section)

    @property
    def bench(self) -> BenchPane:
        """The pane."""
        return self.query_one(BenchPane)

    @on(messages.RerunRequested)
    @on(messages.UseParamsRequested)
    @on(messages.DeleteRequested)
    @on(messages.ExportRequested)
    @on(messages.DemoAsked)
    @on(messages.RunStateChanged)
    def record(self, message: Message) -> None:
        """Keep it."""
        self.posted.append(message)

    @property
    def view(self) -> RunView:
        """The shown run, where there is one."""
        assert self.bench.shown is not None
        return self.bench.shown

    def show(self, folder: RunFolder, tab: str) -> None:
        """Show a run on one of the tabs."""
        self.bench.show_run(folder)
        self.bench.tabs.show_tab(tab)

    def do(self, key_id: str) -> None:
        """What the study screen does for a key that the bench acts on."""
        self.bench.do(keys.of_study(key_id))

    def action_note(self, key: str) -> None:
        """A key that reached the app."""
        self.keys.append(key)

    def of(self, kind: type[Message]) -> list[Any]:
        """What was posted of one kind."""
        return [message for message in self.posted if isinstance(message, kind)]


async def until(pilot: Pilot[Any], condition: Callable[[], object], what: str = "", timeout: float = 15) -> object:
    """Let the app run until `condition()` holds."""
    deadline = time.monotonic() + timeout
    while True:
        await pilot.pause(0.02)
        if value := condition():
            return value
        if time.monotonic() > deadline:
            pytest.fail(f"timed out waiting for {what or condition}")


async def settled(pilot: Pilot[Any]) -> None:
    """Let the app run until no thread works and no message waits: what has not happened by then does not happen."""
    await until(pilot, lambda: all(worker.is_finished for worker in pilot.app.workers), "the threads to end")
    await pilot.pause()


def rows(app: App[Any]) -> list[str]:
    """The screen as text."""
    return [strip.text for strip in app.screen._compositor.render_strips()]
