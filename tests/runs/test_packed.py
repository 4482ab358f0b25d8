"""A long run packed: the same run, opened at once; anything else is no pack."""

from __future__ import annotations

import math
import os
import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from dlwp_tui.analysis import export, history
from dlwp_tui.core import paths
from dlwp_tui.engine import exits, training
from dlwp_tui.engine.job import Job
from dlwp_tui.runs import events, kinds, packed, packing, state, store, view
from dlwp_tui.runs.series import CurveKey
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import _FACTS, RunView
from tests.runs.fake_run import T0, FakeRun

Make = Callable[..., FakeRun]


@pytest.fixture
def long_run(make_run: Make, monkeypatch: pytest.MonkeyPatch) -> FakeRun:
    """Four epochs of 2,000 batches, with what else a run writes; long enough to be packed."""
    monkeypatch.setattr(packed, "WORTH", 1000)
    return written(make_run(), 4, 2000)


def written(run: FakeRun, epochs: int, steps: int) -> FakeRun:
    run.hold().say("queued").say("started", 0, device="cpu", pid=1).say("dataset", 1, name="imdb", source="synthetic")
    rng, lines = random.Random(3), []
    for epoch in range(1, epochs + 1):
        for step in range(1, steps + 1):
            t = T0 + 1 + (epoch - 1) * steps * 0.05 + step * 0.05
            fields = {"epoch": epoch, "epochs": epochs, "step": step, "steps": steps}
            loss = math.nan if step == 77 else rng.random()
            lines.append(
                events.encode({"v": 1, "t": t, "e": "batch", **fields, "metrics": {"loss": loss, "accuracy": 0.5}})
            )
        lines.append(
            events.encode(
                {"v": 1, "t": t, "e": "epoch", "epoch": epoch, "epochs": epochs, "metrics": {"loss": 1 / epoch}}
            )
        )
    with run.folder.events.open("ab") as file:
        file.writelines(lines)
    run.say("text", 900_000, title="a", body="语 \u2028").say("ended", 999_999, state="finished", seconds=7.0)
    return run.release()


def opened(run: FakeRun) -> RunView:
    view = RunView.open(run.folder)
    view.update()
    return view


def facts(view: RunView) -> list[object]:
    curves = [
        (str(key), [repr(pair) for pair in curve.pairs()], curve.low, curve.high, curve.thinned(0, 4, 50))
        for group in (view.curves, view.batch_curves)
        for key, curve in group.items()
    ]
    return [
        curves,
        view.state,
        view.texts,
        view.datasets,
        view.steps_of,
        {label: list(times.pairs()) for label, times in view.times_of.items()},
        [getattr(view, name) for name in _FACTS if name not in ("step", "steps")],
        view.fraction,
        view.first_step_s,
        view.elapsed_s,
    ]


def test_it_opens_to_the_same(long_run: FakeRun) -> None:
    whole = opened(long_run)
    whole.pack()
    again = opened(long_run)
    assert again._packed == again._tail.offset and again.read and facts(again) == facts(whole)
    assert not again.update() and not again.behind


def test_a_run_that_goes_on_is_read_anew(long_run: FakeRun) -> None:
    opened(long_run).pack()
    long_run.hold().say("started", 2_000_000, device="cpu", pid=2)
    view = opened(long_run)
    assert view._packed < 0 and view.state.active and len(next(iter(view.batch_curves.values()))) == 7996


def test_what_is_at_work_or_short_is_not_packed(make_run: Make) -> None:
    short = written(make_run(), 1, 10)
    opened(short).pack()
    assert not list(paths.cache().rglob("*.packed"))


def test_a_deleted_run_leaves_nothing(long_run: FakeRun) -> None:
    opened(long_run).pack()
    store.delete(long_run.folder)
    assert not list(paths.cache().rglob("*.packed"))


def test_a_run_that_was_continued_is_packed_again_at_its_end(long_run: FakeRun) -> None:
    first = RunView.whole(long_run.folder)
    assert not first.worth_packing
    long_run.hold().say("started", 2_000_000, device="cpu", pid=2)
    first.update()
    assert first.state.active and not first.worth_packing
    long_run.say("text", 2_000_001, title="b", body="more").say("ended", 2_000_002, state="finished", seconds=1.0)
    long_run.release()
    first.update()
    assert first.worth_packing
    first.pack()
    kept = packed.load(long_run.folder)
    assert kept is not None and kept.size == long_run.folder.events.stat().st_size
    assert facts(opened(long_run)) == facts(first)


@pytest.mark.parametrize("number", range(30))
def test_a_spoiled_pack_is_none(long_run: FakeRun, number: int) -> None:
    whole = opened(long_run)
    whole.pack()
    (path,) = paths.cache().rglob("*.packed")
    data = bytearray(path.read_bytes())
    rng = random.Random(number)
    if number % 3 == 0:
        del data[rng.randrange(len(data)) :]
    else:
        for _ in range(20):  # the head, whose every byte counts
            data[rng.randrange(600)] = rng.randrange(256)
    path.write_bytes(data)
    view = opened(long_run)
    assert view.state is whole.state and [str(key) for key in view.curves] == [str(key) for key in whole.curves]


def test_a_pack_without_one_of_the_facts_is_none(long_run: FakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = opened(long_run)
    with monkeypatch.context() as patch:
        patch.setattr(view, "_FACTS", _FACTS[1:])
        whole.pack()
    assert packed.load(long_run.folder) is not None
    assert facts(opened(long_run)) == facts(whole)


def test_a_full_cache_costs_time_only(long_run: FakeRun) -> None:
    view = opened(long_run)
    paths.ensure(paths.home())
    paths.ensure(paths.cache())
    (paths.cache() / "runs").write_text("no folder")
    view.pack()
    assert opened(long_run).state is view.state


def test_opening_is_much_quicker(long_run: FakeRun) -> None:
    began = process_time()
    whole = opened(long_run)
    slow = process_time() - began
    whole.pack()
    began = process_time()
    opened(long_run)
    assert process_time() - began < slow / 4, "a thousandth with a million events"


def test_whoever_needs_no_batches_gets_the_other_events_from_the_pack(long_run: FakeRun) -> None:
    def events_of(*, batches: bool) -> tuple[list[str], RunView]:
        found: list[str] = []
        view = RunView.open(long_run.folder)
        view.update(on_event=lambda event: found.append(event["e"]), batches=batches)
        return found, view

    every, view = events_of(batches=False)  # not packed yet: all are read
    view.pack()
    assert every.count("batch") == 8000
    some, packed_view = events_of(batches=False)
    assert some == [kind for kind in every if kind != "batch"]
    assert facts(packed_view) == facts(view)
    assert events_of(batches=True)[0] == every


def looped(run: FakeRun, epochs: int) -> FakeRun:
    """A loop of its own, of so many steps."""
    run.hold().say("started", 0, device="cpu", pid=1)
    lines = [
        events.encode({"v": 1, "t": T0 + n, "e": "epoch", "epoch": n, "epochs": epochs, "metrics": {"loss": 1 / n}})
        for n in range(1, epochs + 1)
    ]
    with run.folder.events.open("ab") as file:
        file.writelines(lines)
    run.say("progress", epochs, done=1, total=2).say("ended", epochs + 1, state="finished", seconds=7.0)
    return run.release()


def killed(run: FakeRun, epochs: int) -> FakeRun:
    """A loop whose worker wrote so many epochs and no end."""
    run.hold().say("started", 0, device="cpu", pid=1)
    lines = [
        events.encode(
            {"v": 1, "t": T0 + n, "e": "epoch", "label": "", "epoch": n, "epochs": 10**6, "metrics": {"loss": 1 / n}}
        )
        for n in range(1, epochs + 1)
    ]
    with run.folder.events.open("ab") as file:
        file.writelines(lines)
    return run.release()


def test_a_long_loop_leaves_few_events_in_its_pack(make_run: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "WORTH", 1000)
    run = looped(make_run(), 5000)
    whole = opened(run)
    row = history.history("3.4")
    assert len(row) == 1 and row[0].last["loss"].epoch == 5000
    whole.pack()
    kept = packed.load(run.folder)
    assert kept is not None and len(kept.events) < 110
    assert facts(opened(run)) == facts(whole) and whole.progress == (1, 2)
    monkeypatch.setattr(history, "_known", {})
    for file in paths.cache().glob("*.json"):
        file.unlink()
    assert history.history("3.4") == row
    text = "".join(export.to_csv(run.folder)).splitlines()
    assert text[0] == "label,epoch,loss" and text[-1] == ",5000,0.0002" and len(text) == 5001


def test_a_worker_leaves_a_long_run_packed(make_run: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "WORTH", 1000)
    run = looped(make_run(), 50)
    training._tidy(Job(path=str(run.folder.path), code=""), None)
    assert packed.load(run.folder) is not None


def test_a_killed_run_is_packed_behind_everything_else(make_run: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    niced: list[int] = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_options: commands.append(command))
    monkeypatch.setattr(os, "nice", niced.append)
    short = killed(make_run(), 10)
    exits.write_exit(short.folder, {"signal": 9})
    monkeypatch.setattr(packed, "WORTH", 1000)
    for facts_of_exit in ({"code": 0}, {"code": 1}):  # it has packed itself, or its log says why not
        exits.write_exit(make_run().folder, facts_of_exit)
    assert commands == []

    run = killed(make_run(), 500)
    exits.write_exit(run.folder, {"signal": 9})
    assert commands[0][-3:] == ["-m", "dlwp_tui.runs.packing", str(run.folder.path)]
    packing.main(commands[0][-1])
    assert niced == [19]
    kept = packed.load(run.folder)
    assert kept is not None and len(kept.epochs[CurveKey("", "loss")]) == 500


def test_the_shell_ends_at_once_and_the_packer_outlives_it(make_run: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    run = killed(make_run(), 40_000)  # more than 4 MB: the other process has no patched limit
    assert packed.worth(run.folder) and packed.load(run.folder) is None
    real = subprocess.run

    def waiting(command: list[str], **options: Any) -> None:
        assert command[2] == '"$@" &'
        real([*command[:2], '"$@" & wait', *command[3:]], **options)

    monkeypatch.setattr(subprocess, "run", waiting)
    packing.later(run.folder)
    assert packed.load(run.folder) is not None


def test_the_history_has_a_killed_run_packed(make_run: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    run = killed(make_run(), 500)
    expected = history.history("3.4")
    packed_later: list[str] = []
    monkeypatch.setattr(packed, "WORTH", 1000)
    monkeypatch.setattr(packing, "later", lambda folder: packed_later.append(folder.id))
    monkeypatch.setattr(history, "_known", {})
    for file in paths.cache().glob("*.json"):
        file.unlink()
    assert history.history("3.4") == expected and packed_later == [run.folder.id]


def test_a_killed_run_is_searched_for_its_end_once(make_run: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    run = killed(make_run(), 2000)
    searched = []
    search = state._search

    def counted(path: Path) -> events.Event | None:
        searched.append(path)
        return search(path)

    monkeypatch.setattr(state, "_search", counted)
    view = RunView.open(run.folder)
    while view.update(limit=4096) or view.behind:
        pass
    assert view.state is RunState.DIED and len(searched) == 1, "once a slice, opening 160 MB took 9 minutes"
    run.hold().say("ended", 9999, state="finished", seconds=1.0).release()
    assert opened(run).state is RunState.FINISHED


def test_what_is_worth_a_line() -> None:
    assert sum(kinds.worth_a_line(epoch, 1_000_000) for epoch in range(0, 1_000_001, 1000)) == 101
    assert [epoch for epoch in range(998, 1021) if kinds.worth_a_line(epoch, None)] == [998, 999, 1000, 1010, 1020]
    assert all(kinds.worth_a_line(epoch, 100) for epoch in range(1, 101)) and kinds.worth_a_line(None, None)
