"""Lessons 0.1, 2.2 and 2.3: arrays a learner types, stacked, sliced, broadcast; what does not fit is said."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from dlwp_tui.course import reader
from dlwp_tui.course.param import ParamError
from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve, table

pytestmark = pytest.mark.keras

A, B = "1 2 3; 4 5 6; 7 8 9", "9 8 7; 6 5 4; 3 2 1"


def blocks(view: RunView) -> list[list[list[int]]]:
    """The numbers of the stacked array, block by block, as the tables show them."""
    return [[list(row[1:]) for row in made.rows] for made in view.tables if made.title.startswith("结果[")]


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_stacking_along_each_axis(study: Callable[..., RunView], axis: int) -> None:
    view = study("0.1", axis=axis)
    assert claims(view) == {"C001", "C002", "C003", "C004"}
    a, b = (np.array([row.split() for row in text.split(";")], int) for text in (A, B))
    want = np.stack([a, b], axis=axis)
    assert blocks(view) == want.tolist()
    assert [view.results[""][f"size_{n}"] for n in range(3)] == list(want.shape)
    assert [row[1] for row in table(view, "形状")] == ["(2, 3, 3)", "(3, 2, 3)", "(3, 3, 2)", "(6, 3)", "(3, 6)"]


def test_the_picture_shows_whose_numbers_lie_where(study: Callable[..., RunView]) -> None:
    view = study("0.1", axis=2)
    (made,) = view.pictures
    pixels = np.asarray(Image.open(view.folder.artifacts / made.file).convert("RGB"), int)
    orange = pixels[4::8, 4::8, 0] > pixels[4::8, 4::8, 2]  # a number is 8 x 8 pixels
    assert orange[0].tolist() == [True, False]  # a column of a, a column of b


def test_four_arrays_of_another_shape(study: Callable[..., RunView]) -> None:
    view = study("0.1", preset="four")
    assert [row[1] for row in table(view, "形状")][:3] == ["(4, 2, 5)", "(2, 4, 5)", "(2, 5, 4)"]
    assert np.shape(blocks(view)) == (2, 4, 5)


@pytest.mark.parametrize(
    ("lesson", "values"),
    [
        ("0.1", {"a": ""}),
        ("0.1", {"b": "1 2; 3"}),
        ("0.1", {"axis": 3}),
        ("0.1", {"arrays": 0}),
        ("2.2", {"array": "[[1, 2], [3]]"}),
        ("2.2", {"array": "[1, 'a']"}),
        ("2.2", {"slices": "1:2:0"}),
        ("2.3", {"x": "3, 0"}),
        ("2.3", {"y": "a"}),
        # each is allowed alone, and cannot be used beside the others
        ("0.1", {"a": "1 2; 3 4"}),
        ("0.1", {"a": "1 2 3 4; 5 6 7 8; 9 10 11 12"}),
        ("2.2", {"slices": "7"}),
        ("2.2", {"array": "12"}),
        ("2.2", {"batch": 469}),
        ("2.3", {"x": "2000, 1", "y": "1, 2001"}),
    ],
)
def test_what_cannot_be_used_starts_nothing(lesson: str, values: dict[str, object]) -> None:
    name, value = next(iter(values.items()))
    with pytest.raises(ParamError) as error:
        reader.load().lesson(lesson).values("book", values)  # type: ignore[arg-type]
    assert f"{name} = {value}" in error.value.message


def test_every_text_of_the_course_has_a_form() -> None:
    """A text that any run could refuse only after it began would need a form, or be a choice."""
    lessons = [section.lesson() for section in reader.load().sections if section.has_lesson]
    assert not [
        (lesson.id, name) for lesson in lessons for name, p in lesson.params.items() if p.type == "text" and not p.form
    ]


def test_data_representations(study: Callable[..., RunView]) -> None:
    view = study("2.2", array="[[1, 2, 3], [4, 5, 6]]", slices="0, ::-1", batch_size=25_000, batch=2)
    assert claims(view) == {f"C{n:03}" for n in range(11, 24)}
    assert table(view, "你的数组") == [["x", 2, "(2, 3)", "int64", 6, 48]]
    assert table(view, "x[0, ::-1]") == [["切片", 1, "(3,)", "int64", 3, 24]]
    assert {text.title: text.body for text in view.texts}["x[0, ::-1]"] == "[3 2 1]"
    assert table(view, "MNIST 的切片")[-1] == ["第 2 批", "(10000, 28, 28)"]  # the last one is not full
    assert [row[1] for row in table(view, "从标量到 4D")] == [0, 1, 2, 3, 4, 3]
    assert {picture.name for picture in view.pictures} >= {"取了哪些数", "第 2 批的前几张"}


def test_uint8_wraps(study: Callable[..., RunView]) -> None:
    view = study("2.2", preset="uint8")
    assert table(view, "你的数组") == [["x", 2, "(2, 2)", "uint8", 4, 4]]
    assert "4" in view.texts[0].body and "255" in view.texts[0].body and "260" not in view.texts[0].body


def test_broadcasting_and_dot(study: Callable[..., RunView]) -> None:
    view = study("2.3", x="2, 3, 4", y="5, 4, 6", elements=2000)
    assert claims(view) == {f"C{n:03}" for n in range(24, 36)}
    rows = table(view, "广播：(2, 3, 4) 与 (5, 4, 6)")
    assert [row[0] for row in rows] == [-1, -2, -3]
    assert all("✗" in row[-1] for row in rows)
    products = dict(table(view, "点积：(2, 3, 4) 与 (5, 4, 6)"))
    assert products["np.dot(x, y)"] == "(2, 3, 5, 6)"
    assert products["np.tensordot(x, y, 1)"].startswith("报错")
    assert view.results[""]["fits"] == 0
    loop, numpy = (curve(view, "milliseconds", label) for label in ("Python 循环", "NumPy"))
    assert len(loop) == len(numpy) == 2 and loop[-1] > numpy[-1]


@pytest.mark.parametrize(
    ("x", "y", "axes"), [("4, 6", "4, 1", 2), ("()", "3", 1), ("64, 3, 32, 10", "32, 10", 4), ("1, 5", "3, 1", 2)]
)
def test_shapes_that_broadcast(study: Callable[..., RunView], x: str, y: str, axes: int) -> None:
    view = study("2.3", x=x, y=y, elements=1000)
    assert (view.results[""]["fits"], view.results[""]["axes"]) == (1, axes)
