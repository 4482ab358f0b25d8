"""Twins are made outside a training's process, which keeps its memory small; a failure there costs only time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from dlwp_tui.core import paths
from dlwp_tui.data import load

LOAD = """
import sys
from types import ModuleType
sys.modules["tensorflow"] = ModuleType("tensorflow")
from dlwp_tui.data import load
assert load("reuters", "synthetic", num_words=100).source == "synthetic"
[line] = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(int(line.split()[1]) >> 10)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the peak memory from /proc")
def test_a_training_does_not_hold_what_making_the_twin_takes() -> None:
    """In one process 780 MB, apart 150."""
    done = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 300
    assert len(list((paths.cache() / "datasets").glob("reuters-twin-*"))) == 1


def test_where_no_process_can_be_started_the_twin_is_made_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", ModuleType("tensorflow"))
    monkeypatch.setattr(sys, "executable", "/bin/false")
    (x, y), _test = load("boston_housing", "synthetic")
    assert x.shape == (404, 13) and y.shape == (404,)
