"""Lessons 7.2.1 and 7.2.2 at small sizes: what callbacks do and when, what lies in TensorBoard's log."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import pytest

from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve, table

pytestmark = pytest.mark.keras
Study = Callable[..., RunView]
CALLBACK_CLAIMS = {"C237", "C238", "C239", "C240", "C242", "C243", "C244"}


def test_callbacks_act_on_their_epoch(study: Study) -> None:
    view = study("7.2.1", preset="quick", samples=500, filters=4, epochs=6, patience=1)
    assert claims(view) == CALLBACK_CLAIMS
    result = view.results[""]
    losses = curve(view, "val_loss")
    assert result["epochs_run"] == len(losses)
    assert result["checkpoint_epoch"] == 1 + losses.index(min(losses))
    assert (view.folder.artifacts / "best.keras").exists()
    assert len(curve(view, "learning_rate")) == len(losses)
    assert [row[0] for row in table(view, "三个回调")] == ["EarlyStopping", "ModelCheckpoint", "ReduceLROnPlateau"]
    assert view.pictures[0].name == "每轮的激活"


def test_patience_ends_a_run(study: Study) -> None:
    view = study("7.2.1", monitor="val_loss", patience=0, samples=500, filters=2, epochs=40, factor=0.5)
    losses = curve(view, "val_loss")
    if len(losses) < 40:
        assert losses[-1] >= min(losses[:-1])


def test_tensorboards_log(study: Study) -> None:
    small = {"samples": 500, "epochs": 2, "words": 200, "maxlen": 60, "embedding_dim": 4}
    view = study("7.2.2", preset="quick", **small, embeddings_freq=2)
    assert claims(view) == {"C245"}
    files = {row[0] for row in table(view, "日志目录 tensorboard")}
    assert {"train/embed.tsv", "train/words.tsv", "train/projector_config.pbtxt"} <= files
    assert sum("tfevents" in name for name in files) == 2
    words = (view.folder.artifacts / "tensorboard/train/words.tsv").read_text().split("\n")
    assert len(words) == 200


def test_without_tensorboard(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == "tensorboard" else found(name, *a)
    )
    view = study("7.2.2", samples=500, epochs=1, words=200, maxlen=60, embedding_dim=4, histogram_freq=0)
    assert [text.title for text in view.texts] == ["没有装 TensorBoard，日志没有写"]
    assert len(curve(view, "val_loss")) == 1
