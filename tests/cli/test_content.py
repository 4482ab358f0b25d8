"""`dlwp --content DIR`: lessons and datasets of a further folder, and runs that remember it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.data.test_registry import write

LESSON = '''"""The shop's sales."""

from dlwp_tui.lab import Lab


def run(lab: Lab, *, epochs: int) -> None:
    (_x, y), _test = lab.dataset("shop")
    for step in lab.steps(epochs):
        lab.log(step, loss=float(y.sum()) / step)
'''
TOML = """format = 2
title = { zh = "小店", en = "A shop" }
datasets = ["shop"]
ram_mb = 50
params.epochs = { type = "int", default = 2, min = 1, label = { zh = "轮次" } }
presets = { book = {}, quick = {} }
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with lesson 8.1 on a dataset of its own, whose file lies beside its reader."""
    folder = write(tmp_path / "mine", twin=False)
    section = folder / "ch08" / "8.1-shop"
    section.mkdir(parents=True)
    (section / "note.md").write_text("# 8.1 小店的销量\n\n```run 8.1\n```\n", encoding="utf-8")
    (section / "lesson.toml").write_text(TOML, encoding="utf-8")
    (section / "lesson.py").write_text(LESSON, encoding="utf-8")
    return folder


def test_a_run_there_and_its_repetition_without_the_folder(cli: Cli, shop: Path) -> None:
    refused = cli("--content", str(shop), "run", "8.1")
    assert refused.returncode == 1 and "the owner" in refused.stderr and "Traceback" not in refused.stderr
    table = shop / "datasets" / "shop" / "shop.csv"
    table.write_text("".join(f"{day % 7},{day}\n" for day in range(20)))
    done = cli("--content", str(shop), "run", "8.1", "--json")
    assert done.returncode == 0, done.stderr
    *events, _summary = map(json.loads, done.stdout.splitlines())
    assert [event["source"] for event in events if event["e"] == "dataset"] == ["unverified"]
    assert [event["metrics"]["loss"] for event in events if event["e"] == "epoch"] == [105.0, 52.5]
    assert cli("run", "8.1").returncode == 2, "without --content there is no such lesson"
    again = cli("rerun", "last", "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout.splitlines()[-1])["state"] == "finished"


def test_every_command_sees_the_folder(cli: Cli, process: Cli, shop: Path, home: Path) -> None:
    assert "8.1    小店的销量    dlwp run 8.1" in cli("--content", str(shop), "list").stdout
    assert "8.1" in cli("--content", str(shop), "search", "销量").stdout
    assert cli("--content", str(shop), "check").returncode == 0
    assert "shop" in cli("--content", str(shop), "data", "list").stdout
    (home / "dlwp" / "settings.toml").write_text(f'content = ["{shop}"]\n')
    assert "小店" in cli("show", "8.1").stdout
    (shop / "datasets" / "shop" / "reader.py").write_text("1 / 0")
    broken = process("check")  # a process reads a folder's datasets once
    assert broken.returncode == 1 and f"{shop}/datasets/shop/reader.py" in broken.stdout
    assert "nowhere" in cli("--content", "nowhere", "list").stderr
