"""IMDB film reviews, positive or negative (lessons 3.4, 4.4, 6.1.2, 6.2, 6.4, 7.2)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dlwp_tui.core.language import Text
from dlwp_tui.data import shape
from dlwp_tui.data.dataset import KERAS_BASE, S3, DataFile, Dataset
from dlwp_tui.data.sets import text

if TYPE_CHECKING:
    from dlwp_tui.data.dataset import Arrays

LICENCE = "research use; Maas et al., https://ai.stanford.edu/~amaas/data/sentiment/"


def read(path: Path) -> Arrays:
    """imdb.npz -> x_train_values, x_train_offsets, y_train, and the same for test."""
    return text.read_pairs(path, (("x_train", "y_train"), ("x_test", "y_test")), "imdb", classes=2)


def as_keras(
    arrays: Arrays,
    *,
    num_words: int | None,
    skip_top: int,
    maxlen: int | None,
    seed: int,
    start_char: int | None,
    oov_char: int | None,
    index_from: int,
) -> shape.Shaped:
    """What `keras.datasets.imdb.load_data(...)` returns: the ids int32, y int64 of 0 and 1."""
    import numpy as np

    rng = np.random.RandomState(seed)  # one generator for both parts, as in Keras
    parts = []
    for part in ("train", "test"):
        x, y = text.unpack(arrays, f"x_{part}"), arrays[f"y_{part}"]
        indices = np.arange(len(x))
        rng.shuffle(indices)
        x, y = shape.started(x.take(indices), start_char, index_from), y[indices]
        parts.append(shape.shorter(x, y, maxlen) if maxlen else (x, y))
    limit = num_words or shape.top_id(*(x for x, _y in parts))
    train, test = (shape.Split(shape.limited(x, limit, skip_top, oov_char), y) for x, y in parts)
    return shape.Shaped(train, test, {"num_words": limit, "labels": ("neg", "pos")})


DATASET = Dataset(
    name="imdb",
    title=Text("IMDB 电影评论", "IMDB film reviews"),
    what=Text(
        "25,000 条训练、25,000 条测试影评（词序号序列），判断正面或负面",
        "25,000 training and 25,000 test reviews as word ids; positive or negative",
    ),
    origin="Maas et al. 2011, Learning Word Vectors for Sentiment Analysis; sequences as published with Keras",
    files=(
        DataFile(
            "imdb.npz",
            (KERAS_BASE + "imdb.npz", S3 + "text-datasets/imdb.npz"),
            17_464_789,
            sha256="69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
            licence=LICENCE,
        ),
        DataFile(
            "imdb_word_index.json",
            (KERAS_BASE + "imdb_word_index.json", S3 + "text-datasets/imdb_word_index.json"),
            1_641_221,
            md5="bfafd718b763782e994055a2d397834f",
            licence=LICENCE,
            required=False,
        ),
    ),
    read=read,
    shape=as_keras,
    twin_what=Text(
        "按词频和情感词规则生成的影评，曲线形状与真实 IMDB 相似，但不是真人写的评论",
        "generated reviews with the word frequencies and sentiment words of real ones; nobody wrote them",
    ),
    options=shape.TEXT_OPTIONS,
    check_extra=text.check_index,
    samples={"y_train": 25_000, "y_test": 25_000},
    classes={"y_train": 2, "y_test": 2},
    npz_keys=frozenset({"x_train", "y_train", "x_test", "y_test"}),
)
