"""What lessons show of film reviews, and what they answer to one that was typed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dlwp_tui.data import WordVectors
from dlwp_tui.data.words import WordIndex
from dlwp_tui.kit import reviews
from dlwp_tui.lab import Lab
from tests.lab.conftest import Events, make_lab

WORDS = WordIndex(lambda: {"the": 1, "good": 2, "bad": 3, "zebra": 90})
REVIEWS = [np.array(ids, np.int32) for ids in ([1, 5], [1, 4, 2, 6], [1, 5, 4, 4, 5, 5])]
CUT = np.array([[0, 1, 5], [4, 2, 6], [4, 5, 5]])


def imdb(index: WordIndex | None) -> Any:
    """As much of a Loaded as is used."""
    return SimpleNamespace(index=index, words=index, decode=index.decode if index else None)


def test_the_input_is_shown_as_the_model_reads_it(lab: Lab, events: Events, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLWP_LANG", "en")
    reviews.show_input(lab, imdb(WORDS), REVIEWS, CUT)
    text, table = events
    assert text["body"] == "· ? good", "0 is padding, 1 the sign of the start"
    assert dict(table["rows"]) == {
        "Median length": "4 words",
        "Longer than what is kept, so cut": "66.7%",  # 4 and 6 words, of which 3 are kept
        "Words that are kept, of all": "66.7%",  # 8 of 12
        "Zeros of padding, of the input": "11.1%",  # 1 of 9
        "Words the vocabulary knows": "91.7%",  # the 2 in the second review, of 12
    }


def test_without_the_word_index_there_are_figures_only(lab: Lab, events: Events) -> None:
    reviews.show_input(lab, imdb(None), REVIEWS, CUT)
    assert [event["e"] for event in events] == ["table"]


def test_what_of_the_reviews_has_a_vector(lab: Lab, events: Events, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLWP_LANG", "en")
    vocabulary, matrix = ["", "[UNK]", "the", "good", "br"], np.array([[0, 0], [0, 0], [1, 0], [2, 3], [0, 0], [0, 0]])
    reviews.show_vocabulary(lab, vocabulary, matrix, np.array([[0, 2, 3], [1, 4, 3]]))
    read, shares, missing = events
    assert read["body"] == "· the good"
    assert [row[1] for row in shares["rows"]] == ["66.7%", "20.0%", "60.0%"]  # 2 of 3; 1 of 5; 3 of 5
    assert missing["body"] == "br"
    reviews.show_vocabulary(lab, vocabulary[:4], matrix, np.array([[2, 3]]))
    assert events[-1]["body"].startswith("None")


def test_the_nearest_words_of_those_that_have_a_vector(
    lab: Lab, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLWP_LANG", "en")
    vectors = WordVectors(["film", "movie", "bad"], np.array([[1.0, 0], [4, 3], [0, 1]]))
    reviews.show_nearest(lab, vectors, ["film", "zzqx"])
    assert events[0]["rows"] == [["film", "movie 0.80 · bad 0.00"]]


def test_the_worst_mistakes_are_read_to_their_end(lab: Lab, events: Events, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLWP_LANG", "en")
    x = np.array([[0, 4, 5], [0, 5, 4], [4, 5, 5], [0, 0, 5], [5, 5, 5], [4, 4, 6]])
    reviews.show_mistakes(lab, imdb(WORDS), x, np.array([1, 0, 1, 0, 1, 0]), np.array([0.9, 0.8, 0.1, 0, 1, 0.6]))
    rows = events[0]["rows"]
    assert len(rows) == 5 and rows[0] == ["0.100", "positive", "the good good"]
    assert rows[1] == ["0.800", "negative", "good the"]
    reviews.show_mistakes(lab, imdb(None), x, np.zeros(6), np.zeros(6))
    assert len(events) == 1


@pytest.mark.parametrize(("output", "positive"), [(0.75, 0.75), (1.7, 1.0), (-0.4, 0.0)])
def test_a_typed_review_is_answered(
    tmp_path: Path, events: Events, monkeypatch: pytest.MonkeyPatch, output: float, positive: float
) -> None:
    monkeypatch.setenv("DLWP_LANG", "en")
    given = []

    def model(x: Any) -> np.ndarray:
        given.append(x)
        return np.array([[output]])

    lab = make_lab(tmp_path / "artifacts", events)
    monkeypatch.setattr(lab, "dataset", lambda name, num_words: imdb(WORDS))
    monkeypatch.setattr(lab, "load", lambda: model)
    ask = reviews.demo(lab, lambda ids: ids[-2:], 50)
    answer = ask("The zebra: GOOD, blorp")
    assert given == [(2, 5)], "of start, the, zebra (beyond 50: 2), good; blorp is in no review and is left out"
    assert answer == {"bars": {"positive": positive, "negative": 1 - positive}, "unknown": ["zebra", "blorp"]}
