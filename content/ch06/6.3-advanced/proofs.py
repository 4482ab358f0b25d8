"""6.3 节里可以验证的话：数据有多少，标准化之后怎样，切出来的样本是哪几行。"""

import keras
import numpy as np

from dlwp_tui.data import Loaded
from dlwp_tui.lab import Lab


def prove(
    lab: Lab,
    *,
    jena: Loaded,
    z: np.ndarray,
    test: range,
    x: np.ndarray,
    y: np.ndarray,
    years: float,
    highest: int,
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

    if (lookback, delay) == (1440, 144):
        statement = "从当前行往前数的生成器，训练时最远用到第 201,583 行"
        lab.check(statement, claim="C183", got=highest, want=201_583)
