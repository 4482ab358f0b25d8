"""Dry runs: what the first steps show of the whole, and that nothing of them stays or is in anybody's way."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from types import SimpleNamespace

import pytest

from dlwp_tui.analysis import estimates, history
from dlwp_tui.core import paths
from dlwp_tui.core.errors import RunError
from dlwp_tui.course import reader
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.course.param import ParamError
from dlwp_tui.engine import control, dry_run, launch
from dlwp_tui.runs import state
from dlwp_tui.runs.folder import RunFolder
from tests.conftest import wait_for
from tests.worker.conftest import script

pytestmark = pytest.mark.serial


@pytest.fixture
def slow(playground_dir: object) -> Lesson:
    """A fifth of a second an epoch, as asked."""
    return reader.load().lesson("1.1")


@pytest.fixture(autouse=True)
def _nothing_stays() -> object:
    yield
    root = paths.cache() / "dry-runs"
    assert not root.exists() or list(root.iterdir()) == []
    assert history.history() == []


def dry_runs() -> list[RunFolder]:
    root = paths.cache() / "dry-runs"
    return [RunFolder(path) for path in root.iterdir()] if root.exists() else []


def test_the_first_steps_show_the_time_of_the_whole(slow: Lesson) -> None:
    values = slow.values(overrides={"epochs": 200, "pause": 0.2})
    before = time.monotonic()
    timing = dry_run.measure(slow, values)
    assert timing is not None and time.monotonic() - before < dry_run.LONGEST
    assert 35 < timing.seconds < 90
    estimator = estimates.read(slow)
    assert estimator.of(values) == estimates.Estimate("dry run", timing.seconds, 50)
    shorter = estimator.of(values | {"epochs": 50})
    assert shorter.seconds is not None and 8 < shorter.seconds < 30


def test_a_short_lesson_is_simply_over(slow: Lesson) -> None:
    timing = dry_run.measure(slow, slow.values("quick"))
    assert timing is not None and timing.seconds < 10


def test_no_dry_run_beside_a_run_and_none_stays_when_one_is_started(fake: Lesson, slow: Lesson) -> None:
    run = launch.start(fake, {"mode": "hang"})
    with pytest.raises(RunError, match="going on"):
        dry_run.measure(slow, slow.values())
    assert dry_runs() == []
    control.kill(run)
    got: list[object] = []
    thread = threading.Thread(target=lambda: got.append(dry_run.measure(slow, slow.values(overrides={"pause": 9.0}))))
    thread.start()
    wait_for(lambda: any(state.worker_pid(folder) for folder in dry_runs()), what="the dry run's worker")
    second = launch.start(fake, {"epochs": 2})  # waits for the slot the dry run holds, and gets it at once
    assert control.wait(second, 25)
    thread.join(15)
    assert got == [None] and dry_runs() == []
    for folder in (run, second):
        shutil.rmtree(folder.path)


def test_it_can_be_cancelled(slow: Lesson) -> None:
    before = time.monotonic()
    cancelled = lambda: time.monotonic() - before > 1  # noqa: E731
    assert dry_run.measure(slow, slow.values(overrides={"pause": 9.0}), cancelled=cancelled) is None
    assert time.monotonic() - before < 25


def test_what_goes_wrong_is_said(fake: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RunError, match="told to fail"):
        dry_run.measure(fake, fake.values(overrides={"mode": "raise"}))
    with pytest.raises(ParamError):
        dry_run.measure(fake, {"epochs": 0})
    monkeypatch.setattr(dry_run, "LONGEST", 1.0)
    with pytest.raises(RunError, match="no step within 1 s"):
        dry_run.measure(fake, fake.values(overrides={"mode": "hang", "epochs": 100000}))


def test_it_ends_by_itself_when_its_watcher_is_killed(fake: Lesson) -> None:
    body = """
        from dlwp_tui.engine import dry_run
        dry_run.LONGEST = -3.0
        dry_run._watch = lambda *_: os.kill(os.getpid(), 9)
        dry_run.measure(fake, fake.values(overrides={"mode": "hang"}))
    """
    assert subprocess.run(script(body), check=False).returncode == -9
    (left,) = dry_runs()
    wait_for(lambda: not state.locked(left), 40, "its own limit")
    assert dry_run.measure(fake, fake.values("quick")) is not None  # and the next one sweeps


class Simulated:
    """A run with a clock of its own: its first epoch builds graphs, the later ones are alike."""

    def __init__(self, epochs: int, epoch_s: float, graphs_s: float = 1.2) -> None:
        self.all, self.epoch_s, self.graphs_s = epochs, epoch_s, graphs_s
        self.elapsed_s, self.first_step_s = 0.0, 1.5
        self.state, self.device, self.error = state.RunState.RUNNING, "cpu", None
        self.spec = SimpleNamespace(params={"epochs": epochs}, lesson="1.1")
        self.step, self.steps, self.rate, self.epochs = 1, 9, None, epochs

    def update(self) -> None:
        self.elapsed_s += 0.2

    @property
    def true_s(self) -> float:
        return self.first_step_s + self.graphs_s + self.all * self.epoch_s

    @property
    def done(self) -> int:
        return max(0, int((self.elapsed_s - self.first_step_s - self.graphs_s) / self.epoch_s))

    @property
    def setup_s(self) -> float | None:
        return self.first_step_s if self.done else None

    @property
    def fraction(self) -> float:
        return self.done / self.all

    @property
    def eta_s(self) -> float | None:
        """As it is after one interval: with the graphs in it."""
        return (self.all - self.done) * (self.epoch_s + self.graphs_s / self.done) if self.done else None


def test_graphs_that_are_built_once_do_not_count_in_the_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlwp_tui.engine.dry_run.time", SimpleNamespace(monotonic=lambda: 0.0, sleep=lambda _s: None))
    estimated = []
    for epochs in (400, 800, 5200):
        run = Simulated(epochs, 0.25)
        timing = dry_run._watch(run, lambda: False)  # type: ignore[arg-type]
        assert timing is not None and run.elapsed_s < 8
        assert 0.85 < timing.seconds / run.true_s < 1.2
        estimated.append(timing.seconds)
        assert estimates._scaled(timing, {"epochs": epochs * 2}) == pytest.approx(2 * timing.seconds, rel=0.05)
    assert estimated == sorted(estimated), "more work takes longer"
    slow = Simulated(20, 30.0)
    timing = dry_run._watch(slow, lambda: False)  # type: ignore[arg-type]
    assert timing is not None and slow.elapsed_s < 40, "of long epochs one is enough"
    assert 0.85 < timing.seconds / slow.true_s < 1.2
