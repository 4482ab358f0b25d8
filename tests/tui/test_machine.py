"""The machine on a key: all GPUs, though the status bar has room for a count only."""

from __future__ import annotations

import pytest

from dlwp_tui.core import hardware
from dlwp_tui.core.hardware import Gpu, GpuProcess, Hardware
from dlwp_tui.course.reader import Course
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.hardware_bar import HardwareBar
from dlwp_tui.tui.screens.machine import MachineScreen
from dlwp_tui.tui.screens.study import StudyScreen
from tests.tui.bench.bench_runs import until

GIB = 2**30


async def test_eight_gpus_at_eighty_columns(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    gpus = tuple(
        Gpu(number, "NVIDIA H200", number * GIB, 141 * GIB, 90 if number < 3 else 0, processes=(GpuProcess(1, GIB),))
        for number in range(8)
    )
    monkeypatch.setattr(hardware, "sample", lambda: Hardware(41.0, 2, 5 * GIB, 24 * GIB, gpus))
    app = DlwpApp(course, course.sections[0].id, warm_up=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StudyScreen), "the study screen")
        await until(pilot, lambda: "GPU 3/8 busy" in app.screen.query_one(HardwareBar).text, "the count")
        await pilot.press("M")
        await until(pilot, lambda: isinstance(app.screen, MachineScreen), "the machine")
        await until(
            pilot,
            lambda: all(f"GPU{n} H200" in str(app.screen.query_one("#machine").render()) for n in range(8)),
            "all",
        )
        assert "1.0 G  " in str(app.screen.query_one("#machine").render())
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, StudyScreen), "the study screen again")
