"""`dlwp compare` and `dlwp report`: charts, tables, files."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from dlwp_tui.__main__ import run
from tests.runs.conftest import make_run
from tests.runs.fake_run import FakeRun

__all__ = ["make_run"]


@pytest.fixture
def three(make_run: Callable[..., FakeRun], course_dir: Path) -> list[str]:
    made = []
    for number, rate in enumerate((0.5, 0.1, 0.1), 1):
        one = make_run(lesson="1.1", number=number, seed=number, params={"epochs": 3, "rate": rate}).hold()
        one.say("started", device="cpu", pid=1).say("dataset", name="imdb", source="synthetic")
        for epoch, loss in enumerate((1.0, rate, rate / 2), 1):
            figures = {"loss": loss, "val_loss": (1.1, rate * 2, rate * 3)[epoch - 1]}
            one.say("epoch", epoch, epoch=epoch, epochs=3, metrics=figures)
        one.say("check", statement="a", got=1, want=1, ok=True)
        one.say("ended", 10, state="finished", seconds=10.0).release()
        made.append(one.folder.id)
    return made


def test_charts_and_the_table_of_differences(three: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", *three]) == 0
    out = capsys.readouterr().out
    assert "val_loss · synthetic data" in out
    assert "rate 0.5" in out and "rate 0.1 · seed 2" in out and "rate 0.1 · seed 3" in out
    head = next(line for line in out.splitlines() if line.startswith("run "))
    assert head.split() == ["run", "rate", "best", "val_loss", "epoch", "last", "time", "parameters", "data", "state"]
    assert "0.2 (-0.8)" in out


def test_json_and_csv(three: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", *three, "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["run"] for row in rows] == three and rows[0]["figures"]["val_loss"]["epoch"] == 2
    assert run(["compare", *three, "--csv"]) == 0
    table = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["rate"] for row in table] == ["0.5", "0.1", "0.1"] and table[1]["best_val_loss"] == "0.2"


def test_pictures(three: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["compare", *three, "--svg", str(tmp_path / "a.svg"), "--png", str(tmp_path / "a.png")]) == 0
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    ET.fromstring(text)
    assert "rate 0.5" in text and "val_loss" in text, "texts stay texts"
    assert Image.open(tmp_path / "a.png").size[0] == 1600
    assert capsys.readouterr().out == ""


def test_a_metric_that_no_run_has_is_refused(three: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", *three, "--metric", "accuracy"]) == 2
    assert "There are: loss" in capsys.readouterr().err


def test_unknown_runs_and_places_are_said(three: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", three[0], "nothing"]) == 2
    assert "nothing" in capsys.readouterr().err
    assert run(["compare", three[0], "--svg", "/nowhere/a.svg"]) == 2


@pytest.mark.parametrize("what", ["runs", "1", "1.1"])
def test_a_report_as_one_page(three: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, what: str) -> None:
    out = tmp_path / "report.html"
    assert run(["report", *(three if what == "runs" else [what]), "-o", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    assert text.count("<svg") == 1 and "rate 0.5" in text and "1 of 1 exact statements hold" in text
    assert "<script" not in text and "http" not in text.replace("http://www.w3.org", "").replace(
        "https://matplotlib.org", ""
    )


def test_a_report_as_markdown_with_its_pictures(three: list[str], tmp_path: Path) -> None:
    out = tmp_path / "report.md"
    assert run(["report", three[0], "-o", str(out)]) == 0
    assert "![Curves](report-1.1.svg)" in out.read_text(encoding="utf-8")
    ET.fromstring((tmp_path / "report-1.1.svg").read_text(encoding="utf-8"))


def test_reports_that_cannot_be_made_are_refused(
    three: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["report", three[0], "-o", str(tmp_path / "a.pdf")]) == 2
    assert run(["report", "1.2", "-o", str(tmp_path / "a.md")]) == 2
    assert "no finished run of 1.2" in capsys.readouterr().err
    assert list(Path(tmp_path).glob("a.*")) == []
