"""6.3.3 节里可以验证的话：基准是多少，又不是什么。"""

import numpy as np

from dlwp_tui.data import Loaded
from dlwp_tui.lab import Lab
from lesson import evaluate_naive_method


def prove(
    lab: Lab,
    *,
    jena: Loaded,
    t: np.ndarray,
    rows: np.ndarray,
    naive: float,
    guesses: dict[str, float],
    **_: object,
) -> None:
    whole = guesses["和现在一样（基准）"]
    if lab.params["val_steps"] * 128 >= len(rows):
        statement = "逐批算出来的基准，与一次算完的相同"
        lab.check(statement, claim="C184", got=naive, want=whole, tolerance=1e-5)
    if jena.source == "real" or (jena.source == "unverified" and len(t) == 420_551):
        first = 200_001 + 1440
        book = np.arange(first, first + 769 * 128)  # 书中验证用的 769 批
        got = float(np.abs(t[book - 6] - t[book + 144]).mean())
        statement = "书中的基准是 0.28973597299"
        lab.check(statement, claim="C184", got=got, want=0.2897359729905486, tolerance=1e-6)
    x, y = np.zeros((2, 3, 14)), np.array([1.0, 5.0])
    x[:, :, 1] = [[9, 9, 2], [0, 0, 3]]  # 两个窗口的气温：最后一步是 2 和 3，平均是 6.7 和 1
    got = evaluate_naive_method([(x, y)])
    statement = "书中的写法只看窗口的最后一步：|2 − 1| 和 |3 − 5| 的平均是 1.5，没有用到均值"
    lab.check(statement, claim="C184", got=got, want=1.5)
    days = t[: len(t) // 144 * 144].reshape(-1, 144).mean(axis=1)
    means = float(np.abs(np.diff(days))[200_001 // 144 : 300_000 // 144].mean())
    statement = "前一天的均值对当天的均值是另一回事，误差小得多：每天的均值比每个时刻好猜"
    lab.check(statement, claim="C184", got=means < whole - 0.01)
