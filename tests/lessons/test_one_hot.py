"""Lesson 6.1.1: the four encodings of the note's two sentences, of other sentences, and of what has no words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlwp_tui.course import reader
from dlwp_tui.course.param import ParamError
from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve, table

pytestmark = pytest.mark.keras
CLAIMS = {"C152", "C153", "C154", "C155", "C156"}


def shapes(view: RunView) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in table(view, "四种编码")}


def test_the_books_shapes(study: Callable[..., RunView]) -> None:
    view = study("6.1.1", preset="book")
    assert view.source is None
    assert claims(view) == CLAIMS
    assert shapes(view) == {
        "单词级": "(2, 10, 11)",
        "字符级": "(2, 50, 101)",
        "Keras": "(2, 1000)",
        "散列": "(2, 10, 1000)",
    }
    ones = {row[0]: row[2] for row in table(view, "四种编码")}
    assert ones == {"单词级": 11, "字符级": 47, "Keras": 10, "散列": 11}
    assert [row[1] for row in table(view, "单词级：词表")][:5] == ["The", "cat", "sat", "on", "the"]
    rows = table(view, "单词级：第 0 句，一行一个词")
    assert [row[1:].index("1") for row in rows[:6]] == [1, 2, 3, 4, 5, 6]
    assert all("1" not in row for row in rows[6:])
    assert table(view, "散列到 1000 列：撞到一起的") == [["–", "没有"]]
    assert view.pictures[0].width == 101 and view.pictures[0].height == 50


def test_few_columns_collide(study: Callable[..., RunView]) -> None:
    view = study("6.1.1", preset="quick")
    assert table(view, "散列到 10 列：撞到一起的") == [[2, "cat、on、mat."], [8, "the、ate"]]
    assert view.results[""]["collided"] == 5
    measured, formula = curve(view, "chance", "模拟"), curve(view, "chance", "公式")
    assert len(measured) == len(formula) == 40
    assert view.units == {"chance": "列数"}, "the axis counts columns, not epochs"
    assert max(abs(a - b) for a, b in zip(measured, formula, strict=True)) < 0.04  # 5,000 trials: sigma 0.007
    assert formula == sorted(formula, reverse=True)
    assert formula[9] == pytest.approx(0.509, abs=0.001)
    other = study("6.1.1", preset="quick", seed=2)
    assert curve(other, "chance", "模拟") != measured and curve(other, "chance", "公式") == formula


@pytest.mark.parametrize(
    ("samples", "want"),
    [
        ("我爱北京天安门 | 天安门上太阳升", {"单词级": "(2, 3, 3)", "散列": "(2, 3, 1000)"}),
        ("!!! | ...", {"单词级": "(2, 3, 3)", "Keras": "(2, 1000)"}),
        ("one", {"单词级": "(1, 3, 2)", "Keras": "(1, 1000)"}),
    ],
)
def test_other_sentences(study: Callable[..., RunView], samples: str, want: dict[str, str]) -> None:
    view = study("6.1.1", samples=samples, max_length=3)
    assert claims(view) == CLAIMS, "the claims are about the note's sentences, whatever the learner writes"
    assert want.items() <= shapes(view).items()
    assert bool(view.texts) == samples.startswith("!"), "without a word there is no vocabulary, and it is said"
    if samples.startswith("我"):
        assert [row[2] for row in table(view, "四种编码") if row[0] == "字符级"] == [0]


@pytest.mark.parametrize("samples", ["", "  ", "|", "one | "])
def test_an_empty_sentence_starts_nothing(samples: str) -> None:
    with pytest.raises(ParamError, match="empty"):
        reader.load().lesson("6.1.1").values("book", {"samples": samples})
