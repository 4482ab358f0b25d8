"""6.3.3 节里可以验证的话：基准是多少，又不是什么。"""

import numpy as np

from dlwp_tui.data import Loaded
from dlwp_tui.lab import Lab


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
        lab.check(statement, got=naive, want=whole, tolerance=1e-5)
    if jena.source == "real" or (jena.source == "unverified" and len(t) == 420_551):
        first = 200_001 + 1440
        book = np.arange(first, first + 769 * 128)  # 书中验证用的 769 批
        got = float(np.abs(t[book - 6] - t[book + 144]).mean())
        statement = "书中的基准是 0.28973597299"
        lab.check(statement, claim="C184", got=got, want=0.2897359729905486, tolerance=1e-6)
    other = guesses["过去 24 小时平均"] != whole
    statement = "拿过去 24 小时的平均来猜，是另一种猜法，误差与基准不同"
    lab.check(statement, claim="C184", got=other, want=True)
