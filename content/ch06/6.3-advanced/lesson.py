"""耶拿气象数据：看清八年的天气，再把它切成训练用的样本。

每 10 分钟一行，每行 14 个测量值。一个样本是过去的一段（lookback 行，每 step 行取一行），
目标是窗口之后 delay 行的气温。样本互相重叠，全存下来放不下，所以训练要一批、现切一批。
"""

import math
from collections.abc import Iterator

import numpy as np

from dlwp_tui.lab import Lab

DAY = 144  # 一天的行数


def generator(
    data: np.ndarray, rows: range, *, lookback: int, step: int, delay: int, n: int, shuffle: bool
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """书 P176 的生成器，没完没了，一次 n 个：样本 (n, 步, 14)，目标 (n,)。"""
    first = rows.start + lookback  # 前面要有 lookback 行可看
    row = first
    while True:
        if shuffle:  # 训练：随机抽
            ends = np.random.randint(first, rows.stop, size=n)
        else:  # 验证、测试：按时间，走完一遍再从头
            ends = np.arange(row, min(row + n, rows.stop))
            row = row + n if row + n < rows.stop else first
        samples = np.stack([data[end - lookback : end : step] for end in ends])
        yield samples, data[ends + delay, 1]  # 第 1 列是气温


def moment(time: np.datetime64) -> str:
    return str(time).replace("T", " ")


def run(
    lab: Lab,
    *,
    column: str,
    first_row: int,
    rows: int,
    lookback: int,
    step: int,
    delay: int,
    batch_size: int,
) -> dict[str, object]:
    # 1. 数据：八年，14 列
    jena = lab.dataset("jena_climate")
    data, times = jena.series, jena.times  # (420551, 14)、(420551,)
    mean, std = data[:200_000].mean(axis=0), data[:200_000].std(axis=0)
    table = np.stack([data.min(axis=0), mean, std, data.max(axis=0)], axis=1)
    cells = [[name, *np.char.mod("%.2f", table[i])] for i, name in enumerate(jena.columns)]
    columns = ["测量值", "最小", "训练段的均值", "训练段的标准差", "最大"]
    lab.table(f"14 个测量值，{moment(times[0])} 至 {moment(times[-1])}", columns, cells)

    # 2. 两张图：八年（每周的平均），和挑出的一段（每小时的平均）
    place = [name.split(" (")[0] for name in jena.columns].index(column)
    weeks = data[: len(data) // (7 * DAY) * 7 * DAY, place].reshape(-1, 7 * DAY).mean(axis=1)
    for week in lab.steps(len(weeks), unit="周"):
        lab.log(week, "每周的平均", **{f"八年的 {column}": weeks[week - 1]})
    first = min(first_row, len(data) - rows)
    hours = data[first : first + rows // 6 * 6, place].reshape(-1, 6).mean(axis=1)
    for hour in lab.steps(len(hours), unit="小时"):
        lab.log(hour, "每小时的平均", **{f"{rows / DAY:g} 天的 {column}": hours[hour - 1]})

    # 3. 标准化：均值和标准差只来自训练那一段
    z = ((data - mean) / std).astype("float32")
    later = float(z[200_000:, 1].mean())
    lab.text("标准化之后的气温", f"1 合 {std[1]:.2f} °C；训练段之后的均值是 {later:+.3f}，不是 0")

    # 4. 样本：三段按时间先后分开，只有训练打乱
    test = range(300_001, len(z) - delay)
    parts = {"训练（打乱）": range(200_000), "验证": range(200_001, 300_000), "测试": test}
    cut, cells = {"lookback": lookback, "step": step, "delay": delay, "n": batch_size}, []
    for name, part in parts.items():
        shuffle = part.start == 0
        x, y = next(generator(z, part, shuffle=shuffle, **cut))
        windows = len(part) - lookback
        steps = 500 if shuffle else math.ceil(windows / batch_size)  # 书中一轮训练 500 批
        used = [f"{part.start:,}–{part.stop - 1:,}", f"{windows:,}", f"{steps:,}"]
        cells.append([name, *used, str(x.shape), str(y.shape)])
    lab.table("三段数据", ["哪一段", "行", "窗口", "一轮几批", "一批样本", "一批目标"], cells)

    # 5. 第一个测试样本，一行一行对照
    row = test.start + lookback  # 窗口到它为止，不含它
    seen = np.arange(row - lookback, row, step)
    marked = {"窗口第一行": seen[0], "窗口最后一行": seen[-1], "目标": row + delay}
    cells = [[k, f"{at:,}", moment(times[at]), f"{data[at, 1]:.2f}"] for k, at in marked.items()]
    lab.table("测试段的第一个样本", ["", "行", "时间", "气温 °C"], cells)
    gap = int(row + delay - seen[-1])
    lab.text("窗口最后一行到目标", f"{gap} 行 = {gap / 6:.1f} 小时（书中的设置是 150 行，25 小时）")

    # 6. 原笔记自己的“优化版”从 row 往前数 lookback 行，目标再往后 delay 行
    highest = 199_999 + lookback + delay
    into = max(0, highest - 200_000)
    lab.text("往前数的生成器", f"训练时最远用到第 {highest:,} 行，闯进验证段 {into:,} 行")
    years = len(data) * 10 / (60 * 24 * 365.25)
    lab.result(rows=len(data), columns=len(jena.columns), years=years)
    return {"jena": jena, "z": z, "test": test, "x": x, "y": y, "years": years, "highest": highest}
