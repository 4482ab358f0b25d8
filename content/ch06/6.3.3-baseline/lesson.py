"""不用学习的基准：24 小时之后的气温，就猜和现在一样。

往后每一课的曲线都要和它比。赢不了它的网络，不管训练损失多低，都没有用处。
"""

import numpy as np

from dlwp_tui.lab import Lab

TRAIN, VALIDATION = 200_000, 300_000  # 书中的划分


def evaluate_naive_method(val) -> float:
    """书 P177 的做法：逐批取窗口最后一步的气温（第 1 列），与目标比。"""
    errors = [np.abs(x[:, -1, 1] - y) for x, y in val]
    return float(np.mean(np.concatenate(errors)))


def run(lab: Lab, *, lookback: int, step: int, delay: int, hours: int, val_steps: int) -> None:
    jena = lab.dataset("jena_climate")
    data = jena.series  # (420551, 14)
    mean, std = data[:TRAIN].mean(axis=0), data[:TRAIN].std(axis=0)
    z = (data - mean) / std
    celsius = float(std[1])  # 标准化之后的 1 是多少度

    # 1. 用生成器逐批计算
    lab.phase("逐批评估")
    val = lab.windows(
        z.astype("float32"),
        lookback=lookback,
        step=step,
        delay=delay,
        min_index=TRAIN + 1,
        max_index=VALIDATION,
        steps=val_steps,
    )
    naive = evaluate_naive_method(val)

    # 2. 同一件事，一行向量运算：窗口到 row 为止（不含），它的最后一步是 row - step
    t = z[:, 1]

    def persistence(rows: np.ndarray, ahead: int) -> float:
        return float(np.abs(t[rows - step] - t[rows + ahead]).mean())

    rows = np.arange(TRAIN + 1 + lookback, VALIDATION)  # 验证段的全部窗口
    whole = persistence(rows, delay)
    if val_steps * 128 >= len(rows):
        lab.check("逐批与一次算完相同", got=naive, want=whole, tolerance=1e-5)
    if jena.source == "real" or (jena.source == "unverified" and len(z) == 420_551):
        book = np.arange(TRAIN + 1 + 1440, TRAIN + 1 + 1440 + 769 * 128)  # 书中的 769 批
        got = float(np.abs(t[book - 6] - t[book + 144]).mean())
        lab.check("书中的基准", claim="C184", got=got, want=0.2897359729905486, tolerance=1e-6)

    # 3. 别的猜法
    def mae(guess: np.ndarray | float) -> float:
        return float(np.abs(guess - t[rows + delay]).mean())

    # 窗口里最近的、与目标钟点相同的那一步
    days = -(-(delay + step) // 144)
    yesterday = t[rows + delay - 144 * days]
    day_mean = np.convolve(t, np.ones(144) / 144)[rows - 1]  # 过去 24 小时的平均
    guesses = {
        "和现在一样（基准）": whole,
        "最近的同一钟点": mae(yesterday),
        "过去 24 小时平均": mae(day_mean),
        "训练段的平均": mae(0.0),
    }
    cells = [[name, f"{value:.4f}", f"{value * celsius:.2f}"] for name, value in guesses.items()]
    title = f"验证 MAE，预测 {delay} 行（{delay / 6:g} 小时）之后"
    lab.table(title, ["猜法", "标准差的倍数", "合 °C"], cells)
    average = mae(day_mean)
    other = average != whole
    lab.check("拿一天的均值来猜，是另一种猜法，误差不同", claim="C184", got=other, want=True)

    # 4. 预测得越远越难，但半天比一天难：正午与半夜
    lab.phase("换不同的提前量")
    some = rows[:: max(1, len(rows) // 20_000)]
    some = some[some + hours * 6 < len(t)]
    curve = []
    lab.baseline(f"提前 {delay / 6:g} 小时", **{"mae": whole, "合 °C": whole * celsius})
    for hour in lab.steps(hours, unit="小时"):
        curve.append(persistence(some, hour * 6))
        lab.log(hour, **{"mae": curve[-1], "合 °C": curve[-1] * celsius})
    shown = [h for h in (1, 3, 6, 12, 18, 24, 36, 48, 72, 168) if h <= hours]
    cells = [[f"{h} 小时", f"{curve[h - 1]:.4f}", f"{curve[h - 1] * celsius:.2f}"] for h in shown]
    lab.table("猜“和现在一样”，各种提前量", ["提前", "标准差的倍数", "合 °C"], cells)
    lab.result(val_mae=naive, degrees=naive * celsius, half_day=curve[11], day=curve[23])
