"""Drawn digits made like MNIST's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from dlwp_tui.core.errors import UsageError
from dlwp_tui.data.sets.mnist import twin as mnist
from dlwp_tui.kit.digits import BOX, SIDE, centred, demo, examine, shifted, show_mistakes
from dlwp_tui.lab import Lab
from tests.lab.conftest import Events


def ink(page: np.ndarray) -> tuple[int, int, int, int]:
    """Top, left, height and width of what is drawn."""
    rows, columns = (np.flatnonzero((page > 0.05).any(axis=axis)) for axis in (1, 0))
    return rows[0], columns[0], rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1


def middle(page: np.ndarray) -> tuple[float, float]:
    """The centre of mass."""
    at = np.arange(SIDE)
    return float((page.sum(1) * at).sum() / page.sum()), float((page.sum(0) * at).sum() / page.sum())


def seven(top: int, left: int, size: int, pen: int = 2, side: int = SIDE) -> np.ndarray:
    """A 7 on an empty table."""
    page = np.zeros((side, side))
    page[top : top + pen, left : left + size * 2 // 3] = 1
    for i in range(size):
        column = left + size * 2 // 3 - 1 - i // 3
        page[top + i, max(left, column - pen + 1) : column + 1] = 1
    return page


@pytest.mark.parametrize(("top", "left", "size"), [(0, 0, 9), (2, 15, 12), (4, 5, 20), (0, 3, 28)])
def test_place_and_size_do_not_matter(top: int, left: int, size: int) -> None:
    page = centred(seven(top, left, size).tolist())
    assert page.shape == (SIDE, SIDE) and page.dtype == np.float32
    assert page.min() >= 0 and 0.7 < page.max() <= 1
    assert BOX - 1 <= max(ink(page)[2:]) <= BOX + 2
    assert all(abs(at - 14) < 0.9 for at in middle(page))


def test_the_shape_is_kept() -> None:
    bar = np.zeros((SIDE, SIDE))
    bar[3:27, 20:24] = 1
    _top, _left, height, width = ink(centred(bar))
    assert (height, width) == (20, 3)
    _top, _left, height, width = ink(centred(bar.T))
    assert (height, width) == (3, 20)


def test_what_is_like_mnist_stays_as_it_is() -> None:
    page = np.zeros((SIDE, SIDE), np.float32)
    page[4:24, 12:16] = [0.5, 1, 1, 0.5]
    assert np.allclose(centred(page), page, atol=1e-6)
    assert np.allclose(centred(centred(page)), centred(page), atol=1e-6)


def test_a_hairline_is_full_ink() -> None:
    thin = centred(np.diag(np.ones(SIDE)))  # shrinking alone would leave it grey
    assert thin.max() == 1 and ink(thin)[2:] == (20, 20)


def test_a_dot_and_other_sizes_of_table() -> None:
    dot = np.zeros((SIDE, SIDE))
    dot[27, 0] = 0.4
    assert ink(centred(dot)) == (4, 4, 20, 20)  # all that a dot says is that it is round
    assert np.abs(centred(seven(10, 10, 40, pen=6, side=64)) - centred(seven(2, 2, 20, pen=3))).mean() < 0.05
    assert centred(seven(0, 0, 14) * 7).max() <= 1  # more than full is full


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        (np.zeros((28, 28)), "Nothing is drawn yet"),
        (np.full((28, 28), 0.05), "Nothing is drawn yet"),
        (np.full((28, 28), -1.0), "Nothing is drawn yet"),
        ("a digit", "table of numbers"),
        (None, "table of numbers"),
        ([[0, 1], [1]], "table of numbers"),
        ([[float("nan")] * 28] * 28, "table of numbers"),
        ([0.5] * 28, "table of numbers"),
        ([], "table of numbers"),
        ({"x": 1}, "table of numbers"),
    ],
)
def test_what_is_no_drawing(drawn: Any, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLWP_LANG", "en")
    with pytest.raises(UsageError, match=words):
        centred(drawn)


def test_the_twins_digits_are_prepared_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network trained on the twin must know what the demo shows it."""
    monkeypatch.setattr(mnist, "TRAIN", (40,) * 10)
    monkeypatch.setattr(mnist, "TEST", (1,) * 10)
    same = 0
    for grey in mnist.make()["x_train"]:
        picture = grey / grey.max()
        page = centred(picture)
        assert all(abs(at - 14) < 0.8 for at in middle(page))
        if max(ink(np.sign(picture))[2:]) == BOX:
            moved = [np.abs(np.roll(picture, (dy, dx), (0, 1)) - page).max() for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
            assert min(moved) < 0.01
            same += 1
    assert same > 60


def test_shifted_moves_in_four_directions_and_lets_nothing_come_round() -> None:
    picture = np.zeros((2, 5, 5, 1))
    picture[0, 2, 2] = picture[1, 0, 4] = 1
    moved = shifted(picture, 2)
    assert moved.shape == (8, 5, 5, 1)
    where = [tuple(map(int, np.argwhere(page[..., 0])[0])) for page in moved[::2]]
    assert where == [(2, 4), (2, 0), (4, 2), (0, 2)]
    corner = [page[..., 0].sum() for page in moved[1::2]]
    assert corner == [0, 1, 1, 0]  # out at the right and at the top
    assert np.array_equal(shifted(picture[..., 0], 0), np.concatenate([picture[..., 0]] * 4))


def test_the_surest_mistakes_are_shown_first(lab: Lab, events: Events) -> None:
    pictures = np.arange(6, dtype=np.uint8)[:, None, None] * np.ones((6, 28, 28), np.uint8) * 40
    labels = np.array([4, 4, 4, 3, 5, 0], np.uint8)
    p = np.full((6, 10), 0.01)
    for row, (guess, sure) in enumerate([(9, 0.6), (4, 0.9), (9, 0.8), (5, 0.7), (5, 0.9), (6, 0.5)]):
        p[row, guess] = sure
    wrong = show_mistakes(lab, pictures, labels, p, title="wrong", count=3)
    assert wrong.tolist() == [2, 3, 0, 5]
    picture, listed, usual = events
    assert picture["e"] == "picture" and (picture["width"], picture["height"]) == (3 * 28 + 2, 28)
    assert "4 of 6" in picture["caption"] and picture["name"] == "wrong"
    with Image.open(lab.artifacts / picture["file"]) as image:
        assert [image.getpixel((x, 0)) for x in (0, 29, 58)] == [80, 120, 0]
    assert [row[:4] for row in listed["rows"]] == [["1, 1", 2, 4, 9], ["1, 2", 3, 3, 5], ["1, 3", 0, 4, 9]]
    assert listed["rows"][0][4:] == ["80.0%", "1.0%"]
    assert usual["rows"] == [[4, 9, 2], [0, 6, 1], [3, 5, 1]]


def test_a_text_replaces_the_sheet_where_nothing_is_wrong(lab: Lab, events: Events) -> None:
    assert len(show_mistakes(lab, np.zeros((2, 28, 28)), [1, 0], np.eye(10)[[1, 0]])) == 0
    assert [(event["e"], event["body"]) for event in events] == [("text", "All 2 are right.")]


class Guesses:
    """A network that is sure of one digit for the pictures whose corner is dark, and of another for the rest."""

    def __init__(self, dark: int, bright: int, sure: float) -> None:
        self.dark, self.bright, self.sure = dark, bright, sure

    def count_params(self) -> int:
        return 1234

    def predict(self, x: np.ndarray, **_options: object) -> np.ndarray:
        guess = np.where(x[:, 0, 0].ravel() > 0, self.bright, self.dark)
        p = np.full((len(x), 10), (1 - self.sure) / 9)
        p[np.arange(len(x)), guess] = self.sure
        return p


def test_networks_are_examined_on_pictures_and_on_moved_ones(
    lab: Lab, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLWP_LANG", "en")
    x, labels = np.ones((40, 28, 28, 1), np.float32), np.array([3] * 30 + [4] * 10, np.uint8)
    x[20:] = 0
    networks: Any = {"a": Guesses(dark=4, bright=3, sure=0.5), "b": Guesses(dark=3, bright=3, sure=0.8)}
    scores = examine(lab, networks, x, labels)
    # a: 20 bright 3s and 10 dark 4s are right, 10 dark 3s are wrong; b: all thirty 3s are right.
    assert (scores["a"].accuracy, scores["b"].accuracy) == (0.75, 0.75)
    assert scores["a"].loss == pytest.approx(-(30 * np.log(0.5) + 10 * np.log(0.5 / 9)) / 40)
    # Pictures 0 and 20, both 3s, moved in four directions: of the bright one, right and down make the corner dark.
    assert scores["a"].shifted == (2 / 8, 2 / 8, 2 / 8) and scores["b"].shifted == (1, 1, 1)
    assert scores["a"].figures("test") == {
        "test_accuracy": 0.75,
        "test_loss": scores["a"].loss,
        "test_shift_accuracy": 0.25,
    }
    table, wrong = events
    assert table["rows"][0] == ["a", "1,234", "75.00%", "25.00%", "25.0%", "25.0%", "25.0%"]
    assert wrong["rows"] == [["only a", 10], ["only b", 10], ["both", 0]]
    examine(lab, {"a": networks["a"]}, x, labels)
    assert len(events) == 3, "one network has nobody to be compared with"


def test_a_drawing_is_answered(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[np.ndarray] = []

    def model(x: np.ndarray) -> np.ndarray:
        given.append(x)
        return np.eye(10)[[7]]

    monkeypatch.setattr(lab, "load", lambda: model)
    answer = demo(lab, lambda page: page[None] * 255)(seven(2, 2, 10).tolist())
    assert np.array_equal(given[0][0], centred(seven(2, 2, 10)) * 255)
    assert answer["bars"] == {str(digit): float(digit == 7) for digit in range(10)}
