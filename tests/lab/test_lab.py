"""The lab without TensorFlow: own loops, files, pictures, checks."""

from __future__ import annotations

import signal
import types
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlwp_tui.lab import Lab, StopRun, values
from dlwp_tui.lab.stop import Stop
from tests.lab.conftest import Events, make_lab


def _kinds(events: Events, kind: str) -> Events:
    return [event for event in events if event["e"] == kind]


def test_a_short_loop_keeps_every_point(lab: Lab, events: Events) -> None:
    for step in lab.steps(50, label="a"):
        lab.log(step, label="a", loss=np.float32(1 / step), count=np.int64(step))
    points = _kinds(events, "epoch")
    assert [point["epoch"] for point in points] == list(range(1, 51))
    assert points[1]["metrics"] == {"loss": 0.5, "count": 2}
    assert points[0]["epochs"] == 50 and points[0]["label"] == "a"
    assert _kinds(events, "progress")[-1] == {"e": "progress", "done": 50, "total": 50, "label": "a"}


def test_a_loop_says_what_it_counts(lab: Lab, events: Events) -> None:
    for week in lab.steps(2, unit="weeks"):
        lab.log(week, mean=0.5)
    lab.log(100, unit="columns", chance=0.9)
    lab.log(1, loss=0.5)
    assert [point.get("unit") for point in _kinds(events, "epoch")] == ["weeks", "weeks", "columns", None]


def test_a_long_loop_is_thinned_and_keeps_its_last_point(lab: Lab, events: Events) -> None:
    for step in lab.steps(20_000):
        lab.log(step, loss=1 / step)
    points = [point["epoch"] for point in _kinds(events, "epoch")]
    assert points[0] == 1 and points[-1] == 20_000
    assert len(points) < 500
    assert points == sorted(set(points))


def test_the_last_point_of_a_loop_without_steps_is_kept(lab: Lab, events: Events) -> None:
    lab.recorder.begin_loop(5_000, "")
    lab.log(1, loss=1.0)
    lab.log(2, loss=0.5)
    lab.result(loss=0.5)
    assert [point["epoch"] for point in _kinds(events, "epoch")] == [1, 2]


def test_a_stopped_loop_ends_early(lab: Lab) -> None:
    seen = []
    with pytest.raises(StopRun):
        for step in lab.steps(10):
            seen.append(step)
            lab.recorder.stop.requested = step == 3
    assert seen == [1, 2, 3]


def test_a_loss_that_is_no_number_is_said_once(lab: Lab, events: Events) -> None:
    for step in lab.steps(3):
        lab.log(step, loss=float("nan"), other=float("inf"))
    (warning,) = _kinds(events, "warning")
    assert warning["code"] == "nan" and "loss" in warning["message"]
    assert _kinds(events, "epoch")[0]["metrics"] == {"loss": "nan", "other": "inf"}


@pytest.mark.parametrize("name", ["../out", "/etc/passwd", "a/../../b", "", "  ", ".", "a\0b"])
def test_artifacts_stay_in_the_folder(lab: Lab, name: str) -> None:
    with pytest.raises(ValueError, match="stay inside"):
        lab.artifact(name)


def test_artifacts_make_their_folder(lab: Lab) -> None:
    path = lab.artifact("pictures/最后.png")
    assert path.parent.is_dir() and path == lab.artifacts / "pictures" / "最后.png"


@pytest.mark.parametrize(
    ("got", "want", "tolerance", "ok"),
    [
        (1.0, 1, 0, True),
        (1.01, 1, 0.1, True),
        (1.2, 1, 0.1, False),
        (float("nan"), 1, 10, False),
        ((2, 3), [2, 3], 0, True),
        ((2, 3), (2, 3, 4), 0, False),
        (np.array([0.5, 0.5]), [0.5, 0.5001], 1e-3, True),
        (np.array([1, 2], "uint8"), [2, 1], 0, False),
        ("relu", "relu", 0, True),
        (True, True, 0, True),
        (np.float32(0.1), 0.1, 1e-6, True),
        (["a", "b"], ["a", "c"], 0, False),
        (None, 3, 0, False),
        (np.array([0, 255], "uint8"), [1, 254], 1, True),
    ],
)
def test_check(lab: Lab, events: Events, *, got: object, want: object, tolerance: float, ok: bool) -> None:
    assert lab.check("it is so", claim="C001", got=got, want=want, tolerance=tolerance) is ok
    assert events[-1]["ok"] is ok and events[-1]["claim"] == "C001"


def test_a_large_array_is_written_as_its_type_and_shape(lab: Lab, events: Events) -> None:
    assert lab.check("all zero", got=np.zeros((20, 30), "uint8"), want=np.zeros((20, 30), "uint8"))
    assert (events[-1]["got"], events[-1]["want"]) == ("uint8 (20, 30)", "uint8 (20, 30)")
    assert lab.check("few", got=np.arange(3), want=[0, 1, 2]) and events[-1]["got"] == [0, 1, 2]


def test_results_are_single_numbers(lab: Lab, events: Events) -> None:
    lab.result(label="fold 1", mae=np.float64(2.5), n=np.array([3]))
    assert events[-1] == {"e": "result", "label": "fold 1", "metrics": {"mae": 2.5, "n": 3}}
    for bad in (np.arange(3), "text", None, [1]):
        with pytest.raises(TypeError, match="mae should be one number"):
            lab.result(mae=bad)
    assert values.figures({"flag": True}) == {"flag": 1}


def test_a_baseline_is_written_at_once_and_is_no_epoch(lab: Lab, events: Events) -> None:
    lab.baseline("baseline", val_loss=np.float32(0.25), val_mae=2)
    assert events == [{"e": "baseline", "label": "baseline", "metrics": {"val_loss": 0.25, "val_mae": 2.0}}]


def test_tables_and_texts(lab: Lab, events: Events) -> None:
    lab.table("t", ["a", "b"], [[1, np.float32(0.5)], ("x", None)])
    assert events[-1] == {"e": "table", "title": "t", "columns": ["a", "b"], "rows": [[1, 0.5], ["x", None]]}
    with pytest.raises(ValueError, match="3 cells under 2 columns"):
        lab.table("t", ["a", "b"], [[1, 2, 3]])
    lab.text("title", "正文")
    lab.phase("vectorising")
    assert [event["e"] for event in events[-2:]] == ["text", "phase"]


@pytest.mark.parametrize(
    ("image", "mode", "first"),
    [
        (np.zeros((4, 6)), "L", 0),
        (np.full((4, 6, 1), 300), "L", 255),
        (np.full((4, 6, 3), 0.5), "RGB", (128, 128, 128)),
        (np.full((4, 6, 4), 7, "uint8"), "RGBA", (7, 7, 7, 7)),
        (np.array([[-1.0, 1.0]] * 4), "L", 0),
        (np.ones((4, 6), bool), "L", 255),
        (np.full((4, 6), np.nan), "L", 0),
        (Image.new("RGB", (6, 4), (1, 2, 3)), "RGB", (1, 2, 3)),
    ],
)
def test_pictures(lab: Lab, events: Events, image: object, mode: str, first: object) -> None:
    path = lab.picture("a digit/7", image, caption="seven")
    with Image.open(path) as picture:
        assert picture.mode == mode and picture.getpixel((0, 0)) == first
        assert (events[-1]["width"], events[-1]["height"]) == picture.size
    assert events[-1]["file"] == path.name and events[-1]["caption"] == "seven"
    assert lab.picture("a digit/7", image) != path


@pytest.mark.parametrize("image", [np.zeros(3), np.zeros((2, 2, 2)), np.zeros((0, 4)), np.zeros((1, 2, 3, 4))])
def test_what_is_no_picture_is_refused(lab: Lab, image: np.ndarray) -> None:
    with pytest.raises(ValueError, match="shape"):
        lab.picture("p", image)


def test_dataset_says_its_source(tmp_path: Path, events: Events, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}

    def load(name: str, source: str, **options: object) -> object:
        asked.update(name=name, source=source, **options)
        return types.SimpleNamespace(name="imdb", source="synthetic", detail="d", plain=object(), warning="w")

    monkeypatch.setattr("dlwp_tui.data.load", load)
    lab = make_lab(tmp_path / "a", events, source="synthetic")
    assert lab.dataset("imdb", num_words=10) is not None
    assert lab.dataset("imdb", num_words=10) is not None, "the warning comes once"
    assert asked == {"name": "imdb", "source": "synthetic", "num_words": 10}
    loaded = [
        {"e": "wait", "code": "loading", "name": "imdb"},
        {"e": "dataset", "name": "imdb", "source": "synthetic", "detail": "d"},
        {"e": "wait", "code": "working"},
    ]
    assert events == [*loaded[:2], {"e": "warning", "code": "data", "message": "w"}, loaded[2], *loaded]


def test_part_counts_from_0(lab: Lab) -> None:
    with pytest.raises(ValueError, match="counts from 0"):
        lab.callbacks(part=(4, 4))


def test_a_held_stop_comes_after(monkeypatch: pytest.MonkeyPatch) -> None:
    timers = []
    monkeypatch.setattr(signal, "setitimer", lambda which, seconds: timers.append(seconds))
    stop = Stop()
    with pytest.raises(StopRun), stop.hold():
        stop.request()
        stop.check()
        done = True
    assert done and timers == []
    with pytest.raises(StopRun):
        stop.request()
    assert timers == [0.3]
    stop.settle()
    stop.request()
    stop.check()
    assert timers == [0.3, 0]


def test_a_grid_is_one_png_that_says_where_each_picture_is(lab: Lab, events: Events) -> None:
    maps = np.arange(5)[:, None, None] * np.ones((5, 2, 3))
    path = lab.picture_grid("层 1", maps, [f"channel {i}" for i in range(5)], columns=3, caption="all", each=True)
    event = events[-1]
    assert event["tiles"] == {
        "count": 5, "columns": 3, "width": 3, "height": 2, "gap": 1, "captions": [f"channel {i}" for i in range(5)]
    }  # fmt: skip
    assert (event["e"], event["width"], event["height"], event["caption"]) == ("picture", 11, 5, "all")
    with Image.open(path) as picture:
        assert picture.size == (11, 5)
    as_list = lab.picture_grid("list", [np.full((2, 2, 3), 9, np.uint8), np.full((2, 2, 3), 7, np.uint8)])
    with Image.open(as_list) as picture:
        assert picture.mode == "RGB" and picture.getpixel((3, 0)) == (7, 7, 7)
    assert events[-1]["tiles"]["columns"] == 2 and events[-1]["tiles"]["captions"] == []


def test_each_picture_of_a_grid_may_have_its_own_range(lab: Lab) -> None:
    maps = np.stack([[[0.0, 1.0]], [[0.0, 100.0]]])
    for each, dark in ((True, 255), (False, 3)):
        with Image.open(lab.picture_grid("maps", maps, each=each)) as picture:
            assert picture.getpixel((1, 0)) == dark and picture.getpixel((4, 0)) == 255


def test_a_grid_of_other_shapes_is_refused(lab: Lab) -> None:
    with pytest.raises(ValueError, match="2 captions for 3 pictures"):
        lab.picture_grid("maps", np.zeros((3, 2, 2)), ["a", "b"])
    with pytest.raises(ValueError, match="shape"):
        lab.picture_grid("maps", np.zeros((2, 2)))


def _frames(events: Events) -> list[int]:
    return [step for step, _file in events[-1]["frames"]]


def test_frames_are_kept_evenly_with_the_first_and_the_last(lab: Lab, events: Events) -> None:
    for step in range(0, 1000, 5):
        lab.frames("GAN", step, np.full((2, 3), step / 1000), caption="c", unit="步")
    kept = _frames(events)
    assert (kept[0], kept[-1]) == (0, 995) and 30 <= len(kept) <= 60
    assert set(np.diff(kept[:-1]).tolist()) == {20}
    assert (events[-1]["width"], events[-1]["height"], events[-1]["unit"]) == (3, 2, "步")
    files = [file for _step, file in events[-1]["frames"]]
    assert files[0] == "GAN/000000.png"
    assert sorted(path.relative_to(lab.artifacts).as_posix() for path in lab.artifacts.rglob("*.png")) == files


def test_frames_of_a_run_that_goes_on_take_the_place_of_the_later_ones(
    tmp_path: Path, lab: Lab, events: Events
) -> None:
    for step in (1, 2, 3, 4):
        lab.frames("dream", step, np.zeros((2, 2)))
    again = make_lab(lab.artifacts, events)
    again.frames("dream", 3, np.ones((4, 4)))
    assert _frames(events) == [1, 2, 3] and not (lab.artifacts / "dream/000004.png").exists()
    with pytest.raises(ValueError, match="below 0"):
        again.frames("dream", -1, np.zeros((2, 2)))
    with pytest.raises(ValueError, match="shape"):
        again.frames("dream", 4, np.zeros(3))
