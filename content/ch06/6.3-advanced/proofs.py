"""6.3 节里可以验证的话：数据有多少，标准化之后怎样，切出来的样本是哪几行。"""

from collections.abc import Callable

import keras
import numpy as np
from keras import layers

from dlwp_tui.data import Loaded
from dlwp_tui.lab import Lab
from lesson import generator


def prove(
    lab: Lab,
    *,
    jena: Loaded,
    z: np.ndarray,
    test: range,
    x: np.ndarray,
    y: np.ndarray,
    years: float,
    **_: object,
) -> None:
    lookback, step, delay = (lab.params[name] for name in ("lookback", "step", "delay"))
    batch_size = lab.params["batch_size"]
    data, times = jena.series, jena.times

    lab.check("一共 420,551 行、14 列数值", claim="C181", got=list(data.shape), want=[420_551, 14])
    minutes = float(np.median(np.diff(times)) / np.timedelta64(1, "m"))
    lab.check("每 10 分钟一行，一天 144 行", claim="C181", got=24 * 60 / minutes, want=144)
    lab.check("这么多行是八年，不是七年", claim="C180", got=years, want=7.996, tolerance=0.001)
    if jena.source != "synthetic":
        lab.check("第一行的气温是 −8.02 °C", got=float(data[0, 1]), want=-8.02)

    known = z[:200_000].astype(float)
    off = float(max(np.abs(known.mean(axis=0)).max(), np.abs(known.std(axis=0) - 1).max()))
    statement = "标准化之后，训练段的每一列均值是 0、标准差是 1"
    lab.check(statement, claim="C182", got=off, want=0, tolerance=1e-3)

    shape = [batch_size, len(range(0, lookback, step)), 14]
    lab.check("一批样本的形状是（批，步，特征）", got=list(x.shape), want=shape)
    lab.check("一批目标的形状是（批,）", got=list(y.shape), want=[batch_size])
    row = test.start + lookback  # 第一个测试窗口到它为止
    same = np.array_equal(x[0], z[range(row - lookback, row, step)])
    lab.check("第一个样本，就是照行号一行一行取出来的", got=same, want=True)
    lab.check("它的目标是窗口之后的那一行气温", got=float(y[0]), want=float(z[row + delay, 1]))

    # 今天的写法。目标要从窗口的第一行数起：到窗口末尾是 lookback 行，再过 delay 行
    ahead = lookback + delay
    today = keras.utils.timeseries_dataset_from_array(
        z[:-ahead],
        z[ahead:, 1],
        sequence_length=x.shape[1],
        sampling_rate=step,
        batch_size=batch_size,
        start_index=test.start,
    )
    samples, targets = next(iter(today))
    same = np.array_equal(samples, x) and np.array_equal(targets, y)
    lab.check("Keras 的 timeseries_dataset_from_array 切出同样的一批", got=same, want=True)

    shapes(lab, x)
    two_generators(lab, len(data))


def shapes(lab: Lab, x: np.ndarray) -> None:
    """第 3 章的影评、第 6 章的影评、气温，进网络时各是几维。"""
    ids = np.array([[5, 7, 7, 2], [9, 1, 0, 0]])  # 两条影评，各四个词
    hot = np.array(layers.CategoryEncoding(10_000, output_mode="multi_hot")(ids))
    embedded = np.array(layers.Embedding(10_000, 32)(ids))
    statement = "第 3 章的 multi-hot 是 2D，第 6 章的编号是 2D、嵌入之后才是 3D，气温是 3D"
    got = [hot.ndim, ids.ndim, embedded.ndim, x.ndim]
    lab.check(statement, claim="C179", got=got, want=[2, 2, 3, 3])
    swapped = np.array(layers.CategoryEncoding(10_000, output_mode="multi_hot")(ids[:, ::-1]))
    same = np.array_equal(hot, swapped)
    lab.check("把词倒过来，multi-hot 一个数也不变：它不是序列", claim="C179", got=same)


def two_generators(lab: Lab, rows: int) -> None:
    """书上的生成器从当前行往回数，另一种写法往前数；让“数据”就是行号，看各用到哪一行。"""
    numbers = np.arange(rows)

    def ahead(row: int) -> int:
        """往前数的写法：窗口是 row 之后的 1440 行，目标还在窗口之后 144 行。"""
        window = range(row, row + 1440, 6)
        return max(int(numbers[window[-1]]), int(numbers[row + 1440 + 144]))

    pairs = np.stack([numbers, numbers], axis=1)
    size = {"lookback": 1440, "step": 6, "delay": 144, "n": 1}
    x, y = next(generator(pairs, range(200_000 - 1441, 200_000), shuffle=False, **size))
    got = [int(x.max()), int(y.max())]
    statement = "书上的：训练的最后一个窗口到第 199,993 行，目标是第 200,143 行"
    lab.check(statement, claim="C183", got=got, want=[199_993, 200_143])
    statement = "往前数的：训练时用到第 201,583 行，闯进验证段 1,583 行"
    lab.check(statement, claim="C183", got=ahead(199_999), want=201_583)
    last = rows - 144 - 2  # 测试段的最后一行
    statement = "往前数的：测试段要用第 421,989 行，没有这一行，抛出 IndexError"
    got = [last + 1440 + 144, raised(lambda: ahead(last))]
    lab.check(statement, claim="C183", got=got, want=[421_989, "IndexError"])


def raised(call: Callable[[], object]) -> str:
    try:
        call()
    except IndexError as error:
        return type(error).__name__
    return ""
