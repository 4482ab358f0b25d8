"""The worked example of LESSONS.md, followed to the letter: it passes the linter, runs, and holds what it promises."""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

from dlwp_tui.analysis import verdict
from dlwp_tui.analysis.seen import seen
from dlwp_tui.core import content, paths
from dlwp_tui.course import reader
from dlwp_tui.course.check import check
from dlwp_tui.data import registry
from dlwp_tui.engine.code import load_code
from dlwp_tui.lab import Lab
from dlwp_tui.runs.view import RunView

ROOT = Path(__file__).parents[2]
FILE = re.compile(r"^\*\*`(\S+)`\*\*\n\n(`{3,})\w+\n(.*?)^\2$", re.DOTALL | re.MULTILINE)
"""A file of the example: its path in bold, then what it holds."""


@pytest.fixture
def example() -> Path:
    """The learner's own folder of lessons with the files of the example."""
    folder = paths.ensure(content.own())
    files = FILE.findall((ROOT / "LESSONS.md").read_text(encoding="utf-8"))
    assert len(files) == 6
    for name, _fence, text in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    runpy.run_path(str(folder / "datasets" / "tides" / "make.py"))
    return folder


def test_the_linter_finds_nothing(example: Path) -> None:
    assert [str(problem) for problem in check(datasets=registry.all_sets())] == []


@pytest.mark.keras
def test_it_runs_and_keeps_its_promises(example: Path, study: Callable[..., RunView]) -> None:
    lesson = reader.load().lesson("6.5")
    quick = study("6.5", preset="quick", source="auto")
    assert quick.source == "unverified" and len(quick.checks) == 4
    found = seen(quick, lesson)
    assert found is not None and found.holds

    (experiment,) = lesson.experiments
    planned = [run for run in verdict.plan(lesson, experiment) if run.vote == 0]
    views = {(run.side, run.vote): study("6.5", seed=run.seed, source="auto", **run.params) for run in planned}
    measured = {place: verdict.measured(view) for place, view in views.items()}
    judged = verdict.judge(experiment, measured)
    assert judged.votes[0].holds
    page = _words((ROOT / "LESSONS.md").read_text(encoding="utf-8"))
    for sentence in (*found.sentences, *verdict.in_words(judged, lesson, experiment)):
        assert _words(sentence) in page, "what the page prints is what the program says today"

    lab = Lab(quick.folder.artifacts, lambda _kind, **_fields: None, seed=1, params=quick.spec.params)
    answer = load_code(lesson.code_file).demo(lab)(lesson.demos[0].example)
    assert re.fullmatch(r"-?\d\.\d\d 米", answer["text"])


def _words(text: str) -> str:
    """A text without its line breaks and figures."""
    return re.sub(r"\d\.\d+", "N", " ".join(text.split()))
