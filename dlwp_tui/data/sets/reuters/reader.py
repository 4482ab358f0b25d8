"""Reuters newswires in 46 topics (lesson 3.5)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dlwp_tui.core.language import Text
from dlwp_tui.data import shape
from dlwp_tui.data.dataset import KERAS_BASE, S3, DataFile, Dataset
from dlwp_tui.data.sets import text
from dlwp_tui.data.sets.reuters.labels import LABELS

if TYPE_CHECKING:
    from dlwp_tui.data.dataset import Arrays

LICENCE = "research use; Reuters-21578, Reuters Ltd and Carnegie Group"


def read(path: Path) -> Arrays:
    """reuters.npz -> x_values, x_offsets, y."""
    return text.read_pairs(path, (("x", "y"),), "reuters", classes=len(LABELS))


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
    test_split: float,
) -> shape.Shaped:
    """What `keras.datasets.reuters.load_data(...)` returns: the ids int32, y int64 of 0..45."""
    shape.check_split(test_split)
    x, y = shape.shuffled(text.unpack(arrays, "x"), arrays["y"], seed)
    x = shape.started(x, start_char, index_from)
    if maxlen:
        x, y = shape.shorter(x, y, maxlen)
    limit = num_words or shape.top_id(x)
    x = shape.limited(x, limit, skip_top, oov_char)
    cut = int(len(x) * (1 - test_split))
    meta = {"num_words": limit, "labels": LABELS}
    return shape.Shaped(shape.Split(x[:cut], y[:cut]), shape.Split(x[cut:], y[cut:]), meta)


DATASET = Dataset(
    name="reuters",
    title=Text("路透社新闻", "Reuters newswires"),
    what=Text(
        "11,228 条新闻电讯（词序号序列），分为 46 个主题，类别很不均衡",
        "11,228 newswires as word ids, in 46 topics of very different size",
    ),
    origin="Reuters-21578 (1987); sequences as published with Keras",
    files=(
        DataFile(
            "reuters.npz",
            (KERAS_BASE + "reuters.npz", S3 + "text-datasets/reuters.npz"),
            2_110_848,
            sha256="d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916",
            licence=LICENCE,
        ),
        DataFile(
            "reuters_word_index.json",
            (KERAS_BASE + "reuters_word_index.json", S3 + "text-datasets/reuters_word_index.json"),
            550_378,
            md5="4d44cc38712099c9e383dc6e5f11a921",
            licence=LICENCE,
            required=False,
            size_certain=False,
        ),
    ),
    read=read,
    shape=as_keras,
    twin_what=Text(
        "按 46 个主题的真实比例和主题词生成的新闻，曲线形状与真实路透社数据相似",
        "generated newswires: the real sizes of the 46 topics, words drawn by topic",
    ),
    options={**shape.TEXT_OPTIONS, "test_split": 0.2},
    check_extra=text.check_index,
    samples={"y": 11_228},
    classes={"y": 46},
    npz_keys=frozenset({"x", "y"}),
)
