"""Memory: what runs held is recorded, and too little of it stops a start before anything is there."""

from __future__ import annotations

import resource
from collections.abc import Iterator

import pytest

from dlwp_tui.analysis import history
from dlwp_tui.core import hardware, paths
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine import control, launch, memory
from tests.worker.conftest import events, state_of

MIB = 1 << 20


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Megabytes that seem free; change the one in the list."""
    megabytes = [40]
    monkeypatch.setattr(hardware, "ram_free", lambda: megabytes[0] * MIB)
    yield megabytes


def test_a_run_records_the_most_memory_it_held(fake: Lesson) -> None:
    folder = launch.start(fake, {})
    assert control.wait(folder, 20)
    peak = events(folder)[-1]["peak_mb"]
    assert 5 < peak < 400
    assert history.history("1.1")[0].peak_mb == peak


def test_too_little_memory_starts_nothing_unless_forced(fake: Lesson, free: list[int]) -> None:
    with pytest.raises(memory.MemoryShort, match="50 MB of memory, 40 MB are free"):
        launch.start(fake, {})
    assert not paths.runs().exists()
    folder = launch.start(fake, {}, force=True)
    assert control.wait(folder, 20) and state_of(folder) == "finished"
    free[0] = 4  # what the run really held is known now, and was more
    with pytest.raises(memory.MemoryShort):
        launch.rerun(folder)
    assert len(list(paths.runs().iterdir())) == 1
    free[0] = 400
    again = launch.rerun(folder)
    assert control.wait(again, 20)


def test_what_earlier_runs_held_counts_more_than_what_the_lesson_says(fake: Lesson, free: list[int]) -> None:
    folder = launch.start(fake, {}, force=True)
    assert control.wait(folder, 20)
    free[0] = held = events(folder)[-1]["peak_mb"]
    eager = fake.model_copy(update={"ram_mb": 10_000})
    assert memory.require(eager, fake.values()) == held
    free[0] -= 1
    with pytest.raises(memory.MemoryShort):
        memory.require(eager, fake.values())


def test_a_forced_run_carries_the_same_sentence(fake: Lesson) -> None:
    eager = fake.model_copy(update={"ram_mb": 100_000_000})
    folder = launch.start(eager, {}, force=True)
    assert control.wait(folder, 20)
    (warned,) = events(folder, "warning")
    assert warned["code"] == "ram" and "100000000 MB of memory" in warned["message"]


def test_the_peak_of_this_process_and_of_none() -> None:
    own = memory.peak_mb()
    assert own is not None
    assert own == pytest.approx(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, rel=0.05)  # kB on Linux
    assert memory.peak_mb(2**22 + 1) is None
