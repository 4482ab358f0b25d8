"""A view folds what a run says, once, in any number of pieces, and never trusts a field."""

from __future__ import annotations

import json
import math
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlwp_tui.core.errors import RunError
from dlwp_tui.runs import events, kinds, state
from dlwp_tui.runs.facts import DIED, Best, Check, DatasetUse, Failure, Model, Picture, RunWarning, Table, TextBlock
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.series import CurveKey
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView, summary
from tests.runs.fake_run import T0, FakeRun

Make = Callable[..., FakeRun]
LOSS, VAL = CurveKey("", "loss"), CurveKey("", "val_loss")


def test_baselines_are_neither_curves_nor_epochs_and_are_read_anew_from_a_resumed_run(make_run: Make) -> None:
    run = make_run().hold().say("started", 1, device="cpu", pid=1)
    run.say("baseline", 2, label="naive", metrics={"val_loss": 0.3, "bad": [1]})
    view = run.view()
    assert view.baselines == {CurveKey("naive", "val_loss"): 0.3}
    assert (view.curves, view.epoch, view.setup_s, view.first_step_s, view.fits) == ({}, None, None, None, 0)
    run.say("epoch", 9, epoch=1, epochs=2, metrics={"loss": 1.0}, seconds=4)
    run.say("started", 11, device="cpu", pid=2).say("baseline", 12, label="naive", metrics={"val_loss": 0.2})
    view.update()
    assert view.baselines == {CurveKey("naive", "val_loss"): 0.2} and view.setup_s == 4


def test_files_of_earlier_versions_call_a_baseline_a_level(make_run: Make) -> None:
    view = make_run().hold().say("started").say("level", label="naive", metrics={"mae": 2.5}).view()
    assert view.baselines == {CurveKey("naive", "mae"): 2.5}


def test_each_new_event_is_handed_over_once_after_it_was_folded(make_run: Make) -> None:
    run = make_run().hold().say("queued").say("started")
    view, seen = RunView.open(run.folder), list[tuple[str, float | None]]()

    def on_event(event: events.Event) -> None:
        seen.append((event["e"], view.started_at))

    view.update(on_event=on_event)
    view.update(on_event=on_event)
    run.say("a kind of next year").say("ended", state="finished").release()
    view.update(on_event=on_event)
    assert seen == [("queued", T0), ("started", T0), ("a kind of next year", T0), ("ended", T0)]


def test_an_own_loop_says_what_it_counts_and_epochs_need_no_word(make_run: Make) -> None:
    run = make_run().hold().say("started", 1, device="cpu", pid=1)
    run.say("epoch", 2, epoch=100, epochs=None, unit="columns", metrics={"chance": 0.9})
    view = run.view()
    assert (view.units, view.unit) == ({"chance": "columns"}, "columns")
    run.say("epoch", 3, epoch=1, epochs=2, metrics={"loss": 1.0})
    view.update()
    assert (view.units, view.unit) == ({"chance": "columns"}, "")


def test_everything_a_run_says_is_there(make_run: Make) -> None:
    run = make_run(params={"units": 4}, preset="quick", seed=7).hold()
    run.say("queued", device="cpu").say("started", 1, device="cpu", pid=1).say("phase", 1, name="准备数据")
    run.say("dataset", 1, name="imdb", source="real", detail="50 000 reviews")
    run.say("dataset", 1, name="words", source="synthetic")
    run.say("model", 1, label=None, layers=[["dense", "Dense", "(None, 4)", 40_004], ["bad"]], params=40_004)
    run.say("batch", 2, label=None, epoch=1, epochs=2, step=5, steps=10, metrics={"loss": 0.9})
    run.say("epoch", 3, label=None, epoch=1, epochs=2, metrics={"loss": 0.8, "val_accuracy": 0.7}, seconds=1)
    run.say("epoch", 4, label=None, epoch=2, epochs=2, metrics={"loss": 0.9, "val_accuracy": 0.8}, seconds=1)
    run.say("picture", 4, name="digit", file="digit.png", width=28, height=28, caption="a 7")
    run.say("picture", 4, name="digit", file="digit.png", width=56, height=28, caption="a 7")
    run.say("text", 4, title="said", body="你好").say(
        "table", 4, title="t", columns=["a", "b"], rows=[[1, "x"], [2, None]]
    )
    run.say("check", 4, statement="shape", claim="C001", got=[1, 2], want=[1, 2], ok=True)
    run.say("result", 4, metrics={"loss": 0.5, "accuracy": "nan"}).say("result", 4, label="fold 1", metrics={"mae": 2})
    run.say("warning", 4, code="disk", message="low").say("warning", 4, code="disk", message="low")
    run.say("a kind of next year", 4, anything=1)
    run.say("ended", 5, state="finished", seconds=4).release()
    view = run.view()
    assert view.state is RunState.FINISHED and view.phase == "准备数据" and view.device == "cpu"
    assert view.datasets == [DatasetUse("imdb", "real", "50 000 reviews"), DatasetUse("words", "synthetic")]
    assert view.source == "synthetic"
    assert view.models == [Model("", (("dense", "Dense", "(None, 4)", 40_004),), 40_004)]
    assert view.pictures == [Picture("digit", "digit.png", 56, 28, "a 7")]
    assert view.texts == [TextBlock("said", "你好")]
    assert view.tables == [Table("t", ("a", "b"), ((1, "x"), (2, None)))]
    assert view.checks == [Check("shape", "C001", [1, 2], [1, 2], True)]
    assert view.warnings == [RunWarning("disk", "low")]
    assert view.results[""]["loss"] == 0.5 and math.isnan(view.results[""]["accuracy"])
    assert view.results["fold 1"] == {"mae": 2}
    assert (view.epoch, view.epochs, view.step, view.steps) == (2, 2, 5, 10)
    assert view.last_figures == {"loss": 0.9, "val_accuracy": 0.8}
    assert list(view.curves[LOSS].xs) == [1, 2] and list(view.curves[LOSS].ys) == [0.8, 0.9]
    assert list(view.batch_curves[LOSS].xs) == [0.5]
    assert view.best["loss"] == Best(0.8, 1, "", "loss") and view.best["val_accuracy"].epoch == 2
    assert view.elapsed_s == 4 and view.fraction == 1.0 and view.eta_s is None and view.error is None
    said = summary(view)
    assert json.loads(json.dumps(said, allow_nan=False)) == said
    assert set(said) == {
        "run", "lesson", "state", "source", "seed", "params", "preset",
        "result", "seen", "best", "seconds", "warnings", "error",
    }  # fmt: skip
    assert said["state"] == "finished" and said["params"] == {"units": 4} and said["seed"] == 7
    assert said["result"] == {"loss": 0.5, "accuracy": "nan", "fold 1.mae": 2}
    assert said["best"]["loss"] == {"value": 0.8, "epoch": 1} and said["seconds"] == 4


def test_updates_tell_whether_anything_changed(make_run: Make) -> None:
    run = make_run().hold()
    view = RunView.open(run.folder)
    assert view.state is RunState.QUEUED
    run.say("queued").say("started")
    assert view.update()
    assert view.state is RunState.RUNNING  # type: ignore[comparison-overlap]
    version = view.version
    assert not view.update() and view.version == version
    run.epochs("loss", 0.5)
    assert view.update() and view.version == version + 1
    run.say("ended", state="stopped").release()
    assert view.update() and view.state is RunState.STOPPED
    assert not view.update()


@pytest.mark.parametrize("limit", [1, 100, None])
def test_pieces_fold_to_the_same(make_run: Make, limit: int | None) -> None:
    run = make_run().hold().say("queued").say("started").epochs("loss", *(1 / n for n in range(1, 30)))
    run.say("ended", 40, state="finished").release()
    view, rounds = RunView.open(run.folder), 0
    while view.update(limit) or view.behind:
        rounds += 1
    assert list(view.curves[LOSS].ys) == [1 / n for n in range(1, 30)]
    assert view.state is RunState.FINISHED
    assert rounds == 1 if limit is None else rounds > 5


def test_the_last_words_belong_to_the_update_that_says_it_is_over(make_run: Make, monkeypatch: Any) -> None:
    run = make_run().hold().say("queued").say("started")
    view = RunView.open(run.folder)
    real = state.derive

    def ends_meanwhile(folder: RunFolder, event: Any) -> RunState:
        monkeypatch.setattr(state, "derive", real)
        run.say("result", metrics={"loss": 0.25}).say("ended", state="finished").release()
        return real(folder, event)

    monkeypatch.setattr(state, "derive", ends_meanwhile)
    view.update()
    assert view.state is RunState.FINISHED and view.results == {"": {"loss": 0.25}}


def test_a_rewritten_log_starts_the_view_afresh(make_run: Make) -> None:
    run = make_run().say("queued").epochs("loss", 1.0, 2.0)
    view = run.view()
    run.folder.events.write_bytes(events.encode({"e": "epoch", "t": 1, "epoch": 1, "epochs": 1, "metrics": {"mae": 5}}))
    assert view.update()
    assert list(view.curves) == [CurveKey("", "mae")]


def test_labels_keep_curves_apart(make_run: Make) -> None:
    run = make_run().hold().say("started").epochs("mae", 3, 2, label="fold 1").epochs("mae", 5, 4, 1, label="fold 2")
    view = run.view()
    assert list(view.curves[CurveKey("fold 1", "mae")].ys) == [3, 2]
    assert list(view.curves[CurveKey("fold 2", "mae")].ys) == [5, 4, 1]
    assert view.best["fold 2.mae"] == Best(1, 3, "fold 2", "mae")
    assert view.label == "fold 2" and view.last_figures == {"mae": 1}


def test_a_second_fit_under_one_label_goes_on_to_the_right(make_run: Make) -> None:
    run = make_run().hold().say("started").epochs("loss", 5, 4, 3).epochs("loss", 2, 1)
    for step in (5, 10):
        run.say("batch", epoch=1, epochs=2, step=step, steps=10, metrics={"loss": 0})
    view = run.view()
    assert list(view.curves[LOSS].xs) == [1, 2, 3, 4, 5] and list(view.curves[LOSS].ys) == [5, 4, 3, 2, 1]
    assert list(view.batch_curves[LOSS].xs) == [5.5, 6.0]


def test_epochs_computed_again_after_a_resume_replace_the_old(make_run: Make) -> None:
    run = make_run().hold().say("queued").say("started", 0)
    for epoch in (1, 2, 3):
        for step in (5, 10):
            run.say("batch", epoch, epoch=epoch, epochs=5, step=step, steps=10, metrics={"loss": epoch})
        run.say("epoch", epoch, epoch=epoch, epochs=5, metrics={"loss": epoch, "val_loss": epoch})
    run.say("batch", 3, epoch=4, epochs=5, step=5, steps=10, metrics={"loss": 9}).say(
        "table", 3, title="t", columns=[], rows=[]
    )
    run.release()
    assert run.view().state is RunState.DIED
    run.hold().say("queued", 100).say("started", 100, resumed=True)  # its checkpoint is of the end of epoch 2
    run.say("table", 100, title="t", columns=[], rows=[])
    for epoch in (3, 4, 5):
        run.say("batch", 100 + epoch, epoch=epoch, epochs=5, step=4, steps=10, metrics={"loss": -epoch})
        run.say("epoch", 100 + epoch, epoch=epoch, epochs=5, metrics={"loss": -epoch, "val_loss": -epoch})
    run.say("ended", 106, state="finished").release()
    view = run.view()
    assert list(view.curves[VAL].xs) == [1, 2, 3, 4, 5] and list(view.curves[VAL].ys) == [1, 2, -3, -4, -5]
    assert list(view.batch_curves[LOSS].xs) == [0.5, 1.0, 1.5, 2.0, 2.4, 3.4, 4.4]
    assert len(view.tables) == 1, "the lesson ran again from its first line"
    assert view.elapsed_s == pytest.approx(3 + 6), "the 97 s between death and resume were no work"


def test_pauses_are_not_worked(make_run: Make) -> None:
    run = make_run().hold().say("started", 0).say("paused", 10).say("resumed", 100).say("ended", 105, state="finished")
    assert run.release().view().elapsed_s == 15


def test_a_run_at_work_counts_until_now(make_run: Make) -> None:
    run = make_run().hold().say("started", time.time() - T0 - 30)
    assert 30 <= run.view().elapsed_s < 60


def test_a_curve_that_is_no_number_is_told(make_run: Make) -> None:
    run = make_run().hold().say("started").epochs("loss", 1.0, math.nan, math.inf)
    view = run.view()
    assert list(view.curves[LOSS].ys) == [1.0] and view.curves[LOSS].first_bad_x == 2
    assert [notice.code for notice in view.warnings] == ["nan"] and "epoch 2" in view.warnings[0].message
    run.say("warning", code="nan", message="loss became nan in epoch 2, step 7")
    view.update()
    assert [notice.message for notice in view.warnings] == ["loss became nan in epoch 2, step 7"]


def test_a_failure_has_its_lines(make_run: Make) -> None:
    run = make_run().hold().say("started")
    run.say("ended", state="failed", error={"type": "ValueError", "message": "told to", "lines": ["a", "b"]}).release()
    error = run.view().error
    assert error is not None and (error.type, error.message, error.lines) == ("ValueError", "told to", ("a", "b"))
    assert summary(run.view())["error"] == {"type": "ValueError", "message": "told to", "lines": ["a", "b"]}


@pytest.mark.parametrize(
    ("reaped", "words"),
    [
        ({"signal": int(signal.SIGKILL)}, ("SIGKILL", "memory")),
        ({"signal": int(signal.SIGSEGV)}, ("SIGSEGV",)),
        ({"signal": 64123}, ("64123",)),
        ({"code": 3}, ("exit code 3",)),
        (None, ("without a word",)),
        ([], ("without a word",)),
    ],
)
def test_a_death_says_what_is_known(make_run: Make, reaped: Any, words: tuple[str, ...]) -> None:
    run = make_run().hold().say("queued").say("started").release()
    run.folder.log.write_text("".join(f"line {n}\n" for n in range(30)), encoding="utf-8")
    if reaped is not None:
        run.folder.reaped.write_text(json.dumps(reaped), encoding="utf-8")
    view = run.view()
    assert view.state is RunState.DIED and view.error is not None
    assert all(word in view.error.message for word in words)
    assert view.error.lines == tuple(f"line {n}" for n in range(18, 30))


def test_the_log_is_shown_as_a_terminal_would_have_left_it(make_run: Make) -> None:
    run = make_run()
    view = run.view()
    assert view.log_tail(5) == []
    run.folder.log.write_bytes(
        "开始\r\n\x1b[1mEpoch 1\x1b[0m\r 1/10 [>   ]\r10/10 [====]\n\x1b]0;title\x07半\tx\x00\n".encode()
        + b"bad \xff byte\n"
    )
    assert view.log_tail(9) == ["开始", "10/10 [====]", "半\tx", "bad � byte"]
    assert view.log_tail(1) == ["bad � byte"] and view.log_tail(0) == []
    with run.folder.log.open("ab") as file:
        file.write("长\n".encode() * 100_000)
    assert view.log_tail(3) == ["长"] * 3 and set(view.log_tail(10**6)) == {"长"}


def test_a_missing_run_is_a_sentence(tmp_path: Any) -> None:
    with pytest.raises(RunError, match=r"no run\.json"):
        RunView.open(RunFolder(tmp_path / "20260101-0000-3.4-aaaa"))


JUNK = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.lists(st.integers(), max_size=3)
)
KINDS = [value for name, value in vars(kinds).items() if name.isupper() and isinstance(value, str)]
FIELDS = (
    "t", "name", "source", "label", "layers", "params", "epoch", "epochs", "step", "steps", "metrics", "done", "total",
    "file", "title", "rows", "columns", "state", "error", "code", "body", "device",
)  # fmt: skip


@given(
    st.lists(
        st.fixed_dictionaries(
            {"e": st.sampled_from(KINDS)},
            optional={name: JUNK | st.dictionaries(st.text(max_size=3), JUNK, max_size=2) for name in FIELDS},
        ),
        max_size=8,
    )
)
@settings(max_examples=150, deadline=None)
def test_no_event_makes_a_view_raise(tmp_path_factory: pytest.TempPathFactory, said: list[dict[str, Any]]) -> None:
    folder = RunFolder(tmp_path_factory.mktemp("r") / "20260101-0000-3.4-aaaa")
    folder.path.mkdir()
    spec = {"id": folder.id, "lesson": "3.4", "params": {}, "seed": 1, "created": 1, "content": "", "code_hash": ""}
    folder.spec.write_text(json.dumps(spec), encoding="utf-8")
    folder.events.write_bytes(b"".join(events.encode(event) for event in said))
    view = RunView.open(folder)
    view.update()
    json.dumps(summary(view), allow_nan=False)
    assert view.eta_s is None or view.eta_s >= 0
    assert view.elapsed_s >= 0


def test_a_long_run_folds_fast_and_keeps_every_point(make_run: Make) -> None:
    run = make_run().hold().say("queued").say("started", 0)
    lines, t = [], T0
    for epoch in range(1, 21):
        for step in range(1, 1001):
            t += 0.05
            fields = {"epoch": epoch, "epochs": 20, "step": step, "steps": 1000, "label": None}
            figures = {"loss": 1 / (epoch + step / 1000), "accuracy": 0.5}
            lines.append(events.encode({"v": 1, "t": t, "e": "batch", **fields, "metrics": figures}))
        lines.append(
            events.encode({"v": 1, "t": t, "e": "epoch", "epoch": epoch, "epochs": 20, "metrics": {"loss": 1}})
        )
    with run.folder.events.open("ab") as file:
        file.writelines(lines)
    view = RunView.open(run.folder)
    began = time.process_time()
    view.update()
    folded = time.process_time() - began
    began = time.process_time()
    for _ in range(100):
        assert not view.update()
    idle = (time.process_time() - began) / 100
    assert folded < 1.5, "0.3 s for 20 000 events on a busy machine"
    assert idle < 0.003, "0.1 ms"
    assert all(len(curve) == 20_000 for curve in view.batch_curves.values())
    assert view.rate == pytest.approx(20, rel=0.01)
    assert run.folder.events.stat().st_size > 2_000_000


def test_only_errors_of_python_are_told_with_their_name() -> None:
    assert Failure("UsageError", "The shapes differ.").text == "The shapes differ."
    assert Failure("ValueError", "no", ("  line 3",)).text == "ValueError: no"
    assert Failure("KeyboardInterrupt", "").text == "KeyboardInterrupt"
    assert Failure(DIED, "It was killed.", ("the log's last line",)).text == "It was killed."


def test_a_grid_and_a_picture_that_changes(make_run: Make) -> None:
    run = make_run().hold()
    tiles = {"count": 3, "columns": 2, "width": 4, "height": 2, "gap": 1, "captions": ["a", "b", "c"]}
    run.say("picture", name="maps", file="maps.png", width=9, height=5, caption="", tiles=tiles)
    run.say("picture", name="short", file="short.png", width=9, height=4, caption="", tiles=tiles)  # they do not fit
    run.say("picture", name="odd", file="odd.png", width=9, height=5, tiles={**tiles, "columns": "2", "captions": 3})
    run.say("frames", name="GAN", frames=[[1, "GAN/1.png"]], width=8, height=8, caption="c", unit="步")
    run.say(
        "frames", name="GAN", frames=[[1, "GAN/1.png"], [5, "GAN/5.png"]], width=8, height=8, caption="c", unit="步"
    )
    run.say("frames", name="none", frames=[], width=8, height=8)
    maps, short, odd, gan = run.view().pictures
    assert maps.tiles is not None and maps.tiles.box(2) == (0, 3, 4, 5) and maps.tiles.captions == ("a", "b", "c")
    assert short.tiles is None and odd.tiles is None
    assert gan == Picture("GAN", "GAN/5.png", 8, 8, "c", frames=((1, "GAN/1.png"), (5, "GAN/5.png")), unit="步")


def test_what_tensorflow_prints_when_it_starts_is_not_why_a_run_died(make_run: Make) -> None:
    run = make_run().say("started").hold().release()
    noise = [
        "2026-11-30 12:00:00.123456: I external/local_xla/xla/tsl/cuda/cudart_stub.cc:31] Could not find cuda drivers.",
        "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR",
        "E0000 00:00:1764000000.123456  12345 cuda_executor.cc:1228] INTERNAL: Failed call to cuInit",
        "To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow.",
    ]
    run.folder.log.write_text("\n".join(["before", *noise, "the lesson's own line", *noise]) + "\n", encoding="utf-8")
    error = run.view().error
    assert error is not None and error.lines == ("before", "the lesson's own line")
