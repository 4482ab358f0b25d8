"""Figures in words: what a learner reads instead of `argmin(base.val_loss)`."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlwp_tui.analysis import wording
from dlwp_tui.core.language import Text
from dlwp_tui.course import expect, reader
from dlwp_tui.course.lesson import Experiment, Lesson

OWN = {"noise": "Mean error", "loss": "Height"}


@pytest.fixture
def lesson(course_dir: Path) -> Lesson:
    return reader.load(course_dir).lesson("1.1")


def figure(text: str) -> expect.Figure:
    """The one figure of an expectation."""
    return expect.parse(f"{text} > 0").figures[0]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("loss", "loss"),
        ("val_loss", "validation loss"),
        ("test_accuracy", "test accuracy"),
        ("val_mae", "validation mean absolute error"),
        ("val_auc", ""),
        ("noise", "Mean error"),
    ],
)
def test_metrics_in_words(name: str, words: str) -> None:
    assert wording.metric(name, {"noise": "Mean error"}) == words


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("argmin(run.val_loss)", "epoch of the lowest validation loss", "验证损失最低的轮次"),
        ("argmax(run.val_accuracy)", "epoch of the highest validation accuracy", "验证精度最高的轮次"),
        ("min(run.loss)", "lowest training loss", "最低训练损失"),
        ("max(run.auc)", "highest auc", "最高 auc"),
        ("last(run.val_auc)", "last val_auc", "最后的 val_auc"),
        ("mean(run.val_mae)", "mean validation mean absolute error", "平均验证平均绝对误差"),
        (
            "gap(run.accuracy)",
            "training accuracy minus that of validation at the end",
            "最后一轮的精度，训练的减去验证的",
        ),
        ("seconds(run)", "seconds of training", "训练秒数"),
        ("params(run)", "parameters of the network", "网络的参数个数"),
        ("last(run.result_test_accuracy)", "test accuracy", "测试精度"),
        ("last(run.result_loss)", "final loss", "最终损失"),
        ("last(run.result_auc)", "final auc", "最终 auc"),
    ],
)
def test_figures_in_words(text: str, english: str, chinese: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert wording.figure(figure(text)) == english
    monkeypatch.setenv("DLWP_LANG", "zh")
    assert wording.figure(figure(text)) == chinese


def test_a_lessons_own_words_are_taken_as_they_are() -> None:
    assert wording.figure(figure("last(run.result_noise)"), OWN) == "Mean error"
    assert wording.figure(figure("last(run.loss)"), OWN) == "last Height"


def test_a_sentence_names_every_side_in_the_order_of_the_experiment(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = (figure(f"argmin({side}.val_loss)") for side in ("small", "base", "big"))
    values = {first: 7.0, third: 3.0, figure("last(small.val_loss)"): 0.3141592, second: 4.0}
    sides = {"base": "original", "small": "small network", "big": "big network"}
    assert wording.sentences(values, sides) == (
        "epoch of the lowest validation loss: original → 4, small network → 7, big network → 3",
        "last validation loss: small network → 0.3142",
    )
    monkeypatch.setenv("DLWP_LANG", "zh")
    assert wording.sentences({first: 7.0, second: 4.0}, {"base": "原网络", "small": "小网络"}) == (
        "验证损失最低的轮次：原网络 → 4，小网络 → 7",
    )


def test_a_single_side_goes_unnamed() -> None:
    assert wording.sentences({figure("min(base.val_loss)"): 0.25}, {"base": "original"}) == (
        "lowest validation loss: 0.25",
    )


def test_sides_are_called_by_what_differs_unless_the_lesson_names_them(lesson: Lesson) -> None:
    experiment = lesson.experiment("more-rate-more-loss")
    assert wording.side_names(lesson, experiment) == {"base": "rate 1", "big": "rate 2"}
    named = experiment.model_copy(update={"names": {"big": Text(zh="快", en="fast")}})
    assert wording.side_names(lesson, named) == {"base": "rate 1", "big": "fast"}
    several = experiment.model_copy(update={"runs": {"a": {}, "b": {"rate": 2.0, "noisy": False}}})
    assert wording.side_names(lesson, several) == {"a": "rate 1 · noisy on", "b": "rate 2 · noisy off"}


def test_a_single_side_without_a_name_has_none_and_equal_sides_keep_theirs(lesson: Lesson) -> None:
    experiment = lesson.experiment("more-rate-more-loss")
    alone: Experiment = experiment.model_copy(update={"runs": {"base": {}}})
    assert wording.side_names(lesson, alone) == {"base": ""}
    equal = experiment.model_copy(update={"runs": {"one": {}, "other": {}}})
    assert wording.side_names(lesson, equal) == {"one": "one", "other": "other"}
