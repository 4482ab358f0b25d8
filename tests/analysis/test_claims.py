"""What `dlwp claims` and the app list: each claim, what proves it, what became of that here and in the course."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from rich.console import Console

from dlwp_tui.analysis import claims, evidence, judged, provenance, verdict
from dlwp_tui.core.versions import versions
from dlwp_tui.course import reader
from dlwp_tui.course.note import Page
from dlwp_tui.course.reader import Course
from dlwp_tui.publish import tree
from dlwp_tui.render.note import render
from tests.benchmarks import judged as benchmark
from tests.runs.fake_run import FakeRun

Make = Callable[..., FakeRun]


@pytest.fixture
def course(course_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """The fake course with a claim that nothing tests, to be written into."""
    copy = tmp_path / "course"
    shutil.copytree(course_dir, copy)
    more = '\n[[claims]]\nid = "C002"\nsection = "1.2"\nstatement = "好看"\nstatus = "qualitative"\n'
    with (copy / "claims.toml").open("a", encoding="utf-8") as file:
        file.write(more)
    monkeypatch.setenv("DLWP_CONTENT", str(copy))
    return reader.load(copy)


@pytest.fixture
def run_all(course: Course, make_run: Make) -> Callable[..., None]:
    """Makes every run of the experiment; those with seed 1 of the first side have checked C001."""

    def make(step: float, ok: bool = True, **fields: Any) -> None:
        lesson = course.lesson("1.1")
        fields = {"depends": provenance.depends(lesson), "versions": versions(), "host": "two cores"} | fields
        for run in verdict.plan(lesson, lesson.experiment("more-rate-more-loss")):
            fake = make_run("1.1", params=run.params, seed=run.seed, **fields).hold().say("started", device="cpu")
            fake.epochs("loss", 5.0, 1.0 + step * (run.side == "big") * run.seed)
            fake.say("check", statement="loss falls", claim="C001", got=ok, want=True, ok=ok)
            fake.say("ended", 4, state="finished").release()

    return make


def record(course: Course) -> judged.Judged:
    found = judged.collect(evidence.read(), [course.lesson("1.1")], judged.read(course.content))
    (course.content / judged.FILE).write_text(judged.dumps(found), encoding="utf-8")
    return found


def states(course: Course) -> list[str]:
    return [row.state for row in claims.rows(course)]


def test_nothing_was_tried(course: Course) -> None:
    one, two = claims.rows(course)
    assert (one.state, two.state) == ("not tried", "not testable")
    assert [proof.place for proof in one.proofs] == ["1.1/more-rate-more-loss", "check:1.1"]
    assert one.course == () and two.proofs == ()


def test_a_claim_holds_where_all_that_proves_it_does(course: Course, run_all: Callable[..., None]) -> None:
    run_all(2.0)
    one = claims.rows(course)[0]
    assert one.state == "holds" and one.seconds == 6 * 4 + 4
    assert one.proofs[0].words == ("✓ last training loss: rate 2 is 4 above rate 1, seeds differ by 2",)
    assert one.proofs[0].recorded == "1 比 2" and len(one.proofs[0].runs) == 6 and one.proofs[0].seeds == 3
    assert one.proofs[1].words == ("✓ loss falls",)
    run_all(2.0, ok=False)
    assert states(course)[0] == "does not hold", "its check failed"


def test_runs_of_other_code_are_out_of_date(course: Course, run_all: Callable[..., None]) -> None:
    run_all(2.0, depends={"code": "x", "proofs": "x"})
    one = claims.rows(course)[0]
    assert one.state == "stale"
    assert one.proofs[0].why == ("✓ holds (out of date)", "The lesson's code has changed since.")


def test_the_course_records_what_its_authors_measured(course: Course, run_all: Callable[..., None]) -> None:
    run_all(2.0)
    found = record(course)
    assert record(course) == found, "runs that are there give the same file"
    for folder in sorted(Path(run.folder.path) for rows in evidence.read().rows.values() for run in rows):
        shutil.rmtree(folder)
    assert record(course) == found, "and without them it stays"
    one = claims.rows(course)[0]
    assert one.state == "not tried" and one.course_state == "holds"
    assert one.course[0].words == ("✓ last training loss: rate 2 is 4 above rate 1, seeds differ by 2",)
    assert one.course[0].machine.startswith("two cores, cpu, keras ") and one.course[0].seconds == 24
    assert [proof.words for proof in one.course[1:]] == [("✓ loss falls",)]
    toml = course.content / "ch01" / "1.1-fake" / "lesson.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text.replace("last(big.loss) >", "last(big.loss) > 2 +"), encoding="utf-8")
    one = claims.rows(reader.load(course.content))[0]
    assert one.course_state == "stale" and one.course[0].why == ("The experiment has changed since.",)
    toml.write_text(text.replace("more-rate-more-loss", "another"), encoding="utf-8")
    assert record(reader.load(course.content)).experiments == {}


def test_the_table_lists_every_experiment(course: Course, run_all: Callable[..., None]) -> None:
    lessons = [course.lesson("1.1")]
    assert "没有跑" in benchmark.table(record(course), lessons)
    run_all(2.0)
    text = benchmark.table(record(course), lessons)
    assert "没有跑" not in text and "- 机器：two cores，没有用 GPU" in text
    assert "| 1.1 | `more-rate-more-loss`：速率越大，损失越大 | C001 | – | 3 | ✓ holds |" in text
    assert "| 1.1 | – | C001 | – |" in text


def test_a_note_says_what_the_course_s_runs_showed(course: Course, run_all: Callable[..., None]) -> None:
    lesson = course.lesson("1.1")
    experiment = lesson.experiment("more-rate-more-loss")
    assert judged.sentences(lesson, experiment) == ()
    run_all(2.0)
    record(course)
    (head,) = judged.sentences(lesson, experiment)
    assert head.startswith("In the course's own runs: ✓ holds · 3 seeds · 20")
    (course.content / judged.FILE).unlink()
    run_all(-2.0)
    record(course)
    head, figures = judged.sentences(lesson, experiment)
    assert "✗ does not hold" in head and figures == "✗ last training loss: rate 2 is 4 below rate 1, seeds differ by 2"
    page = Page(0, "x", "```experiment more-rate-more-loss\n```\n", 1)
    console = Console(width=80, file=io.StringIO(), color_system=None)
    console.print(render(page, section_id="1.1", lessons=course.lesson, judged=judged.sentences))
    assert f"  {head}\n  {figures}\n" in cast("io.StringIO", console.file).getvalue()
    files = tree.build(course, judged=judged.sentences)
    assert figures in files["ch01/1.1-fake/README.md"].decode()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 2}', '{"format": 1, "experiments": [{}]}'])
def test_a_damaged_record_is_none(course: Course, text: str) -> None:
    (course.content / judged.FILE).write_text(text, encoding="utf-8")
    assert judged.read(course.content) == judged.Judged({}, {}, {}) and states(course)[0] == "not tried"


def test_the_figures_of_todays_code_are_known(course: Course, run_all: Callable[..., None]) -> None:
    lesson = course.lesson("1.1")
    assert judged.figure_names(lesson, None) is None
    run_all(2.0, depends={"code": "x"})
    assert judged.figure_names(lesson, None) is None
    run_all(2.0)
    assert judged.figure_names(lesson, None) == {"loss"}
    code = provenance.depends(lesson)["code"]
    assert judged.figure_names(lesson, {"code": code, "names": ["mae"]}) == {"loss", "mae"}
    assert judged.figure_names(lesson, {"code": "x", "names": ["mae"]}) == {"loss"}
    assert json.loads(judged.dumps(record(course)))["figures"]["1.1"]["names"] == ["loss"]
