"""Many runs queued at once by several launchers: each trains exactly once, none is lost, the history has them all."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import pytest

from dlwp_tui.analysis import history
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine import control
from dlwp_tui.runs import store
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.state import RunState
from tests.worker.conftest import events, script, state_of

LAUNCHER = """
    for _number in range({count}):
        print(launch.start(fake, {{}}, device="cpu").path, flush=True)
"""


def test_every_run_once(fake: Lesson, request: pytest.FixtureRequest) -> None:
    """Eight runs by two launchers; in the long form thirty by five."""
    launchers, count = (5, 6) if request.config.getoption("--long") else (2, 4)
    started = [
        subprocess.Popen(script(LAUNCHER.format(count=count)), stdout=subprocess.PIPE, text=True)
        for _number in range(launchers)
    ]
    paths = [line for one in started for line in one.communicate()[0].split()]
    folders = [RunFolder(Path(path)) for path in paths]
    assert len({folder.id for folder in folders}) == launchers * count
    assert {folder.id for folder in store.all()} == {folder.id for folder in folders}
    listed = {row.id: row.state for row in history.history("1.1")}
    assert set(listed) == {folder.id for folder in folders}, "while they wait and train"
    assert not set(listed.values()) - {RunState.QUEUED, RunState.RUNNING, RunState.FINISHED}
    for folder in folders:
        assert control.wait(folder, 120)
        assert state_of(folder) is RunState.FINISHED
        kinds = Counter(event["e"] for event in events(folder))
        assert (kinds["queued"], kinds["started"], kinds["epoch"], kinds["ended"]) == (1, 1, 5, 1)
    assert Counter(row.state for row in history.history("1.1")) == {RunState.FINISHED: launchers * count}
