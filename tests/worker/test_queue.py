"""The queue: one slot for the CPU, taken in order, freed by any kind of end."""

from __future__ import annotations

import os
import signal
import sys
import types
from pathlib import Path

import pytest

from dlwp_tui.core import settings
from dlwp_tui.core.errors import RunError
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine import control, launch, slots
from dlwp_tui.runs.folder import RunFolder
from tests.worker.conftest import events, pid_of, state_of, until, until_event


def _waiting(folder: RunFolder) -> None:
    """Until the run's worker blocks in the queue."""
    pid = pid_of(folder)
    from tests.conftest import wait_for

    def blocked() -> bool:
        return "flock" in Path(f"/proc/{pid}/wchan").read_text() or "FLOCK" in _locks(pid)

    wait_for(blocked, what="the worker to wait")


def _locks(pid: int) -> str:
    """Lines of /proc/locks in which `pid` waits."""
    lines = Path("/proc/locks").read_text().splitlines()
    return "\n".join(line for line in lines if "->" in line and f" {pid} " in line)


def test_the_second_run_waits_for_the_first(fake: Lesson) -> None:
    first = launch.start(fake, {"mode": "hang"})
    until_event(first, "epoch")
    second = launch.start(fake, {})
    _waiting(second)
    assert state_of(second) == "queued"
    with pytest.raises(RunError, match="waits for its turn"):
        control.pause(second)
    assert control.stop(first)
    until(second, "finished")


def test_a_waiting_run_can_be_stopped_and_burns_no_cpu(fake: Lesson) -> None:
    first = launch.start(fake, {"mode": "hang"})
    until_event(first, "epoch")
    second = launch.start(fake, {})
    _waiting(second)
    assert control.stop(second)
    assert state_of(second) == "stopped"
    assert [event["e"] for event in events(second)] == ["queued", "ended"]
    assert state_of(first) == "running"
    assert control.stop(first)


def test_a_crash_of_the_holder_lets_the_next_one_in(fake: Lesson) -> None:
    first = launch.start(fake, {"mode": "hang"})
    until_event(first, "epoch")
    second = launch.start(fake, {"mode": "hang"})
    _waiting(second)
    third = launch.start(fake, {})
    _waiting(third)
    os.kill(pid_of(first), signal.SIGKILL)
    until_event(second, "epoch")
    assert state_of(first) == "died"
    assert state_of(third) == "queued"
    os.kill(pid_of(second), signal.SIGKILL)
    until(third, "finished")


def test_with_two_slots_two_runs_train_at_once(fake: Lesson) -> None:
    settings.save(settings.Settings(language="en", cpu_slots=2))
    runs = [launch.start(fake, {"mode": "hang"}) for _ in range(2)]
    for folder in runs:
        until_event(folder, "epoch")
    third = launch.start(fake, {})
    assert state_of(third) == "queued"
    assert control.stop(runs[0])
    until(third, "finished")
    assert control.stop(runs[1])


def test_a_gpu_run_without_a_gpu_fails_with_a_sentence(fake: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")  # also true where the tests' machine has one
    folder = launch.start(fake, {}, device="gpu")
    assert control.wait(folder, 20)
    assert state_of(folder) == "failed"
    assert "no GPU" in events(folder)[-1]["error"]["message"]


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """NVML with two GPUs, one of them telling its name in bytes as old versions do."""
    fake = types.ModuleType("pynvml")
    rows = [("GPU-aa-1", "NVIDIA H200"), ("GPU-bb-2", b"NVIDIA T4")]
    fake.NVMLError = type("NVMLError", (Exception,), {})  # type: ignore[attr-defined]
    fake.nvmlInit = fake.nvmlShutdown = lambda: None  # type: ignore[attr-defined]
    fake.nvmlDeviceGetCount = lambda: len(rows)  # type: ignore[attr-defined]
    fake.nvmlDeviceGetHandleByIndex = lambda k: k  # type: ignore[attr-defined]
    fake.nvmlDeviceGetUUID = lambda k: rows[k][0]  # type: ignore[attr-defined]
    fake.nvmlDeviceGetName = lambda k: rows[k][1]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pynvml", fake)


@pytest.mark.parametrize(
    ("chosen", "seen"),
    [(None, "01"), ("", ""), ("-1", ""), ("1", "1"), ("1,0", "10"), ("GPU-aa", "0"), ("0,7,1", "0"), ("0,0", "0")],
)
def test_cuda_visible_devices_is_respected(
    two_gpus: None, monkeypatch: pytest.MonkeyPatch, chosen: str | None, seen: str
) -> None:
    if chosen is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", chosen)
    assert "".join(str(gpu.index) for gpu in slots.gpus()) == seen


def test_each_gpu_is_a_slot(two_gpus: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    first, second = slots.take("auto"), slots.take("gpu")
    assert (first.device, first.visible) == ("GPU 0: NVIDIA H200", "GPU-aa-1")
    assert (second.device, second.visible) == ("GPU 1: NVIDIA T4", "GPU-bb-2")
    first.give_back()
    third = slots.take("auto")
    assert third.visible == "GPU-aa-1"
    cpu = slots.take("cpu")
    assert (cpu.device, cpu.visible) == ("cpu", "-1")
    for slot in (second, third, cpu):
        slot.give_back()
