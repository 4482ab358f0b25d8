"""不用学习的基准：24 小时之后的气温，就猜和现在一样。

往后每一课的曲线都要和它比。赢不了它的网络，不管训练损失多低，都没有用处。
"""

from collections.abc import Iterable

import numpy as np

from dlwp_tui.kit import weather
from dlwp_tui.lab import Lab

SHOWN = (1, 3, 6, 12, 18, 24, 36, 48, 72, 168)  # 表里列出的提前量，小时


def evaluate_naive_method(batches: Iterable[tuple[np.ndarray, np.ndarray]]) -> float:
    """书 P177 的做法：逐批取窗口最后一步的气温（第 1 列），与目标比。"""
    errors = [np.abs(x[:, -1, 1] - y) for x, y in batches]
    return float(np.mean(np.concatenate(errors)))


def run(
    lab: Lab, *, lookback: int, step: int, delay: int, hours: int, val_steps: int
) -> dict[str, object]:
    jena = lab.dataset("jena_climate")
    z, celsius = weather.standardised(jena.series)  # (420551, 14)；标准化之后的 1 合多少度

    # 1. 用生成器逐批计算
    lab.phase("逐批评估")
    window = weather.Window(lookback, step, delay)
    val = weather.windows(lab, z, weather.VALIDATION, window, steps=val_steps)
    naive = evaluate_naive_method(val.as_numpy_iterator())

    # 2. 同一件事，一行向量运算：窗口到 row 为止（不含），它的最后一步是 row - step
    t = z[:, 1].astype("float64")  # 气温
    rows = np.arange(weather.VALIDATION.start + lookback, weather.VALIDATION.stop)

    def persistence(rows: np.ndarray, ahead: int) -> float:
        return float(np.abs(t[rows - step] - t[rows + ahead]).mean())

    # 3. 别的猜法
    def mae(guess: np.ndarray | float) -> float:
        return float(np.abs(guess - t[rows + delay]).mean())

    days = -(-(delay + step) // 144)  # 窗口里最近的、与目标钟点相同的那一步，是几天之前
    day_mean = np.convolve(t, np.ones(144) / 144)[rows - 1]  # 过去 24 小时的平均
    guesses = {
        "和现在一样（基准）": persistence(rows, delay),
        "最近的同一钟点": mae(t[rows + delay - 144 * days]),
        "过去 24 小时平均": mae(day_mean),
        "训练段的平均": mae(0.0),
    }
    cells = [[name, f"{value:.4f}", f"{value * celsius:.2f}"] for name, value in guesses.items()]
    title = f"验证 MAE，预测 {delay} 行（{delay / 6:g} 小时）之后"
    lab.table(title, ["猜法", "标准差的倍数", "合 °C"], cells)

    # 4. 预测得越远越难，但半天比一天难：正午与半夜
    lab.phase("换不同的提前量")
    some = rows[:: max(1, len(rows) // 20_000)]
    some = some[some + hours * 6 < len(t)]
    whole = guesses["和现在一样（基准）"]
    lab.baseline(f"提前 {delay / 6:g} 小时", **{"mae": whole, "合 °C": whole * celsius})
    curve = []
    for hour in lab.steps(hours):
        curve.append(persistence(some, hour * 6))
        lab.log(hour, None, "小时", **{"mae": curve[-1], "合 °C": curve[-1] * celsius})
    errors = {hour: curve[hour - 1] for hour in SHOWN if hour <= hours}
    cells = [[f"{h} 小时", f"{mae:.4f}", f"{mae * celsius:.2f}"] for h, mae in errors.items()]
    lab.table("猜“和现在一样”，各种提前量", ["提前", "标准差的倍数", "合 °C"], cells)
    lab.result(val_mae=naive, degrees=naive * celsius, half_day=curve[11], day=curve[23])
    return {"jena": jena, "t": t, "rows": rows, "naive": naive, "guesses": guesses}
