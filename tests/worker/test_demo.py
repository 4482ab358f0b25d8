"""A demo's process: planes, sliders, answers that come one after the other, and the pictures in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine import control, launch
from dlwp_tui.engine.answer_pictures import AnswerPictures
from dlwp_tui.engine.demo import Demo
from dlwp_tui.runs.folder import RunFolder
from tests.worker.conftest import coded

LESSON = """
import threading
def run(lab, **params):
    lab.text("ready", "")
def demo(lab):
    def write(text, *, temperature=1.0):
        if text == "boom":
            raise ValueError("this word is too much")
        for letter in f"{text} {temperature}":
            yield {"text": letter}
        if text == "endless":
            while True:
                threading.Event().wait(0.01)
                yield {"text": "on and on"}
        if text == "break":
            raise ValueError("broken off")
        if text == "wrong":
            yield 3
    return write
"""


@pytest.fixture
def asked(fake: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Demo]:
    """The demo of a finished run."""
    lesson = coded(fake, tmp_path, LESSON)
    monkeypatch.setattr(launch, "lesson_of", lambda _spec: lesson)
    folder = launch.start(lesson, {})
    assert control.wait(folder, 30)
    demo = Demo(folder)
    yield demo
    demo.close()


def test_answers_come_one_after_the_other_and_the_last_is_the_answer(asked: Demo) -> None:
    answers = list(asked.answers("ab", sliders={"temperature": 0.5}))
    assert answers[-1] == {"text": "5"} and all(answer["part"] for answer in answers[:-1])
    assert asked.ask("ab") == {"text": "0"}


def test_a_long_answer_is_ended_by_a_word_and_the_next_question_is_answered(asked: Demo) -> None:
    answers = asked.answers("endless")
    while next(answers)["text"] != "on and on":
        continue
    asked.hush()
    assert list(answers)[-1] == {"text": "on and on"}
    asked.hush()  # nothing is being made: it changes nothing
    assert asked.ask("x", sliders={"temperature": 2}) == {"text": "2"}


def test_errors_are_sentences_wherever_they_happen(asked: Demo) -> None:
    assert asked.ask("boom") == {"error": "this word is too much"}
    assert asked.ask("break") == {"error": "broken off"}
    assert "should answer with a dict" in asked.ask("wrong")["error"]
    assert "heat" in asked.ask("ab", sliders={"heat": 2})["error"]
    assert asked.ask("ab") == {"text": "0"}


def test_pictures_become_files_in_turn(tmp_path: Path) -> None:
    pictures = AnswerPictures(RunFolder(tmp_path), "d")
    answer = {
        "bars": {"a": 1.0},
        "picture": np.zeros((4, 6)),
        "pictures": {"before": np.zeros((2, 2, 3), np.uint8), "after": Image.new("L", (3, 2))},
        "grids": {
            "conv": np.random.default_rng(1).random((5, 3, 3)),
            "two": {"images": np.ones((2, 3, 4)), "columns": 1},
        },
    }
    first, second, third = (pictures.written(answer) for _ in range(3))
    assert first["bars"] == {"a": 1.0}
    with Image.open(first["picture"]) as picture:
        assert picture.size == (6, 4)
    assert [(one["name"], one["width"], one["height"]) for one in first["pictures"]] == [
        ("before", 2, 2), ("after", 3, 2)
    ]  # fmt: skip
    conv, two = first["grids"]
    assert (conv["name"], conv["tiles"]["count"], conv["width"]) == ("conv", 5, 19)
    assert (two["tiles"]["columns"], two["height"]) == (1, 7)
    assert first["picture"] != second["picture"] and first == third
    with pytest.raises(ValueError, match="shape"):
        pictures.written({"grids": {"flat": np.zeros((3, 3))}})
