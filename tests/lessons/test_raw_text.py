"""Lesson 6.1.3 on its twins: the three embeddings, what the model sees, the demo; and on the real files."""

from __future__ import annotations

import lzma
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dlwp_tui.core.errors import DataError
from dlwp_tui.data.import_ import import_path
from dlwp_tui.engine import control
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView
from tests.conftest import SHARED_DATA
from tests.lessons.conftest import claims, curve, finished_with_peak, table
from tests.lessons.demos import demo_of
from tests.worker.conftest import state_of, until_event

pytestmark = pytest.mark.keras
GLOVE_100 = SHARED_DATA / "glove.6B.100d.top40k-subset.txt.xz"
TINY = {"dim": "50", "reviews": 1000, "validation_samples": 400, "test_samples": 200, "maxlen": 20, "epochs": 3}
SEEN = "The first review as the model sees it (· padding, [UNK] beyond the vocabulary)"
MB = 1200.0
"""A book run with fresh twins peaked at 930, one with 2,000 real reviews to learn at 1123."""


def text(view: RunView, title: str) -> str:
    (found,) = [t.body for t in view.texts if t.title == title]
    return found


def test_frozen_vectors(study: Callable[..., RunView]) -> None:
    view = study("6.1.3", **TINY, seed=3)
    assert view.source == "synthetic" and {use.name for use in view.datasets} == {"aclimdb", "glove"}
    assert claims(view) == {"C161", "C162", "C163", "C164", "C166"}
    assert view.models[0].params == 10_000 * 50 + (20 * 50 + 1) * 32 + 33
    assert view.steps == 7  # ceil(200 / 32)
    assert curve(view, "loss")[-1] < curve(view, "loss")[0] and len(curve(view, "val_accuracy")) == 3
    assert set(view.results[""]) == {"test_loss", "test_accuracy"}
    seen = text(view, SEEN).split(" ")
    original = text(view, "第一条影评的原文")
    assert len(seen) == 20 and original.lower().rstrip(".!?").endswith(seen[-1])
    assert original != original.lower(), "the original has capitals, the model does not see them"
    shares = {row[0]: float(str(row[1]).rstrip("%")) for row in table(view, "How much GloVe knows")}
    assert (
        80 < shares["Words of the vocabulary that have a vector in GloVe"] < 100
        and 0 < shares["Words of the reviews beyond the vocabulary, [UNK]"] < 40
    )
    assert [row[0] for row in table(view, "The five nearest words in GloVe")] == ["good", "bad", "film", "war", "funny"]

    again = study("6.1.3", **TINY, seed=3)
    for metric in ("loss", "val_loss"):
        assert curve(again, metric) == curve(view, metric)

    ask = demo_of(view)
    answer = ask("A good film!! Wzzq is, good... zzqx <br />")
    same = ask("a GOOD film wzzq is good zzqx br")
    blank = ask("...")
    assert sum(answer["bars"].values()) == pytest.approx(1) and set(answer["bars"]) == {"positive", "negative"}
    assert answer["bars"] == pytest.approx(same["bars"]), "capitals and punctuation make no difference"
    assert {"Wzzq", "zzqx"} <= set(answer["unknown"]) and not {"good", "film!!"} & set(answer["unknown"])
    assert sum(blank["bars"].values()) == pytest.approx(1)


@pytest.mark.parametrize("embedding", ["trainable", "random"])
def test_vectors_that_are_learnt(study: Callable[..., RunView], embedding: str) -> None:
    view = study("6.1.3", **TINY | {"epochs": 1, "dim": "100"}, embedding=embedding)
    (frozen,) = [check for check in view.checks if check.statement.startswith("冻结的参数")]
    assert frozen.got == 0
    assert view.models[0].params == 10_000 * 100 + (20 * 100 + 1) * 32 + 33


def test_the_books_network_in_memory(start: Callable[..., RunFolder]) -> None:
    """Data, vocabulary and network of the book's size; more epochs take no more memory."""
    view, peak = finished_with_peak(start("6.1.3", preset="book", epochs=1, test_samples=2000))
    assert view.models[0].params == 1_320_065
    (frozen,) = [check for check in view.checks if check.statement.startswith("冻结的参数")]
    assert frozen.got == 1_000_000
    assert peak < MB


def test_stops_inside_training(start: Callable[..., RunFolder]) -> None:
    folder = start("6.1.3", **TINY | {"epochs": 200})
    until_event(folder, "epoch", 1, timeout=120)
    assert control.stop(folder, grace=20)
    assert state_of(folder) is RunState.STOPPED


@pytest.mark.real_data
@pytest.mark.skipif(not (SHARED_DATA / "aclImdb_v1_train_test.tar.gz").exists(), reason="no real data here")
def test_real_reviews_need_real_vectors(study: Callable[..., RunView]) -> None:
    import_path(SHARED_DATA / "aclImdb_v1_train_test.tar.gz", accept=True)
    alone = study("6.1.3", **TINY | {"epochs": 1}, source="auto")
    assert alone.source == "synthetic", "real reviews with made-up vectors would be nonsense"
    assert all("glove" in use.detail for use in alone.datasets)
    import_path(SHARED_DATA / "glove.6B.50d.top5k-subset.txt", accept=True)
    view = study("6.1.3", **TINY, source="auto")
    assert view.source == "unverified"
    nearest = {row[0]: row[1] for row in table(view, "The five nearest words in GloVe")}
    assert "movie" in str(nearest["film"])
    assert "br" in text(view, "The most frequent words without a vector").split(", ")
    wrong = study("6.1.3", **TINY | {"epochs": 1, "dim": "100"}, source="auto")
    assert wrong.source == "synthetic"
    assert all("those of 50 are" in use.detail for use in wrong.datasets)
    assert ["those of 50 are" in warning.message for warning in wrong.warnings] == [True]


@pytest.mark.real_data
@pytest.mark.skipif(
    not ((SHARED_DATA / "aclImdb_v1_train_test.tar.gz").exists() and GLOVE_100.exists()), reason="no real data here"
)
def test_real_reviews_with_vectors_of_100_numbers(study: Callable[..., RunView], tmp_path: Path) -> None:
    """40,000 of the publisher's 400,000 words, its format: the book's size of vector."""
    unpacked = tmp_path / "glove.6B.100d.txt"
    with lzma.open(GLOVE_100) as packed, unpacked.open("wb") as file:
        shutil.copyfileobj(packed, file)
    with pytest.raises(DataError):
        import_path(unpacked)  # a part of the file, so it has to be accepted
    import_path(unpacked, accept=True)
    import_path(SHARED_DATA / "aclImdb_v1_train_test.tar.gz", accept=True)
    view = study("6.1.3", **TINY | {"dim": "100"}, source="auto")
    assert view.source == "unverified"
    assert "C165" in claims(view) and not any("400,000" in check.statement for check in view.checks)
    nearest = {str(row[0]): str(row[1]).split() for row in table(view, "The five nearest words in GloVe")}
    assert "better" in "".join(nearest["good"]) and "movie" in "".join(nearest["film"])
    shares = {row[0]: float(str(row[1]).rstrip("%")) for row in table(view, "How much GloVe knows")}
    assert shares["Words of the vocabulary that have a vector in GloVe"] > 80
