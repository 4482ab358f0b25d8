"""Boston house prices of the 1970s (lesson 3.6).

Keras' own warning applies: the column B assumes that racial segregation influences prices. The set is here because
the book uses it, and the note says so.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dlwp_tui.core.language import Text, _
from dlwp_tui.data import npz, shape
from dlwp_tui.data.dataset import KERAS_BASE, DataFile, Dataset
from dlwp_tui.data.sequences import Sequences
from dlwp_tui.data.sets.text import misfit, need

if TYPE_CHECKING:
    from dlwp_tui.data.dataset import Arrays

COLUMNS = ("CRIM", "ZN", "INDUS", "CHAS", "NOX", "RM", "AGE", "DIS", "RAD", "TAX", "PTRATIO", "B", "LSTAT")
"""The 13 features; target MEDV, the median value of homes in thousands of dollars."""


def read(path: Path) -> Arrays:
    """boston_housing.npz -> x (506, 13) and y (506,), float64."""
    import numpy as np

    found = npz.read(path)
    need(path, "boston_housing", set(found), {"x", "y"})
    x, y = found["x"], found["y"]
    if isinstance(x, Sequences) or isinstance(y, Sequences):
        raise misfit(path, "boston_housing", _("x and y should be plain numbers"))
    if x.ndim != 2 or x.shape[1] != len(COLUMNS) or y.shape != (len(x),):
        raise misfit(path, "boston_housing", _("x has the shape {x}, y {y}").format(x=x.shape, y=y.shape))
    if not (np.isfinite(x).all() and np.isfinite(y).all() and len(y) and y.min() > 0 and y.max() <= 50):
        raise misfit(path, "boston_housing", _("the prices should lie between 0 and 50, and no number be missing"))
    return {"x": x.astype("float64"), "y": y.astype("float64")}


def as_keras(arrays: Arrays, *, test_split: float, seed: int) -> shape.Shaped:
    """What `keras.datasets.boston_housing.load_data(...)` returns: (404, 13), (404,), (102, 13), (102,) float64."""
    shape.check_split(test_split)
    indices = shape.order(len(arrays["x"]), seed)
    x, y = arrays["x"][indices], arrays["y"][indices]
    cut = int(len(x) * (1 - test_split))
    return shape.Shaped(shape.Split(x[:cut], y[:cut]), shape.Split(x[cut:], y[cut:]), {"columns": COLUMNS})


DATASET = Dataset(
    name="boston_housing",
    title=Text("波士顿房价", "Boston house prices"),
    what=Text(
        "506 个街区的 13 项指标，预测房价中位数（千美元，1970 年代）",
        "13 features of 506 districts; the median house price in k$ (1970s)",
    ),
    origin="Harrison and Rubinfeld 1978, Hedonic housing prices and the demand for clean air; StatLib",
    files=(
        DataFile(
            "boston_housing.npz",
            (KERAS_BASE + "boston_housing.npz",),
            57_026,
            sha256="f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
            licence="StatLib, free for research and teaching",
        ),
    ),
    read=read,
    shape=as_keras,
    twin_what=Text(
        "按相同的列范围和一个非线性公式加噪声生成的房价",
        "generated prices: the same column ranges, a non-linear formula and noise",
    ),
    options={"test_split": 0.2, "seed": 113},
    samples={"y": 506},
    npz_keys=frozenset({"x", "y"}),
)
