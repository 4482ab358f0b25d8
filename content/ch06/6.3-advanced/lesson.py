"""耶拿气象数据：看清八年的天气，再把它切成训练用的样本。

每 10 分钟一行，每行 14 个测量值。一个样本是过去的一段（lookback 行，每 step 行取一行），
目标是窗口之后 delay 行的气温。样本互相重叠，全存下来放不下，所以训练要一批、现切一批。
"""

import numpy as np

from dlwp_tui.lab import Lab

TRAIN, VALIDATION = 200_000, 300_000  # 书中的划分：0–200,000 训练，到 300,000 验证，其余测试
DAY = 144  # 一天的行数


def moment(time: np.datetime64) -> str:
    return str(time).replace("T", " ")


def run(lab: Lab, *, column: str, first_row: int, rows: int, lookback: int, step: int, delay: int,
        batch_size: int) -> None:  # fmt: skip
    # 1. 数据：八年，14 列
    jena = lab.dataset("jena_climate")
    data, times = jena.series, jena.times  # (420551, 14)、(420551,)
    lab.check("420,551 行、14 列数值", claim="C181", got=list(data.shape), want=[420_551, 14])
    apart = float(np.median(np.diff(times)) / np.timedelta64(1, "m"))
    lab.check("10 分钟一行，一天 144 行", claim="C181", got=24 * 60 / apart, want=DAY)
    years = len(data) * 10 / (60 * 24 * 365.25)
    lab.check("八年，不是七年", claim="C180", got=years, want=7.996, tolerance=0.001)
    mean, std = data[:TRAIN].mean(axis=0), data[:TRAIN].std(axis=0)
    table = np.stack([data.min(axis=0), mean, std, data.max(axis=0)], axis=1)
    cells = []
    for name, row in zip(jena.columns, table, strict=True):
        cells.append([name, *(f"{value:.2f}" for value in row)])
    columns = ["测量值", "最小", "训练段的均值", "训练段的标准差", "最大"]
    lab.table(f"14 个测量值，{moment(times[0])} 至 {moment(times[-1])}", columns, cells)
    if jena.source != "synthetic":
        lab.check("第一条气温是 −8.02 °C", got=float(data[0, 1]), want=-8.02)

    # 2. 两张图：八年（每周的平均），和挑出的一段（每小时的平均）
    place = next(i for i, name in enumerate(jena.columns) if name.split(" (")[0] == column)
    weeks = data[: len(data) // (7 * DAY) * 7 * DAY, place].reshape(-1, 7 * DAY).mean(axis=1)
    for week in lab.steps(len(weeks), unit="周"):
        lab.log(week, "每周的平均", **{f"八年的 {column}": weeks[week - 1]})
    first = min(first_row, len(data) - rows)
    part = data[first : first + rows // 6 * 6, place].reshape(-1, 6).mean(axis=1)
    for hour in lab.steps(len(part), unit="小时"):
        lab.log(hour, "每小时的平均", **{f"{rows / DAY:g} 天的 {column}": part[hour - 1]})

    # 3. 标准化：均值和标准差只来自训练那一段
    z = ((data - mean) / std).astype("float32")
    got = [z[:TRAIN].mean(axis=0, dtype=float), z[:TRAIN].std(axis=0, dtype=float)]
    off = float(max(np.abs(got[0]).max(), np.abs(got[1] - 1).max()))
    lab.check("训练段：每列均值 0、标准差 1", claim="C182", got=off, want=0, tolerance=1e-3)
    later = float(z[TRAIN:, 1].mean())
    lab.text("标准化之后的气温", f"1 合 {std[1]:.2f} °C；训练段之后的均值是 {later:+.3f}，不是 0")

    # 4. 样本：lab.windows 就是书中的生成器
    cut = {"lookback": lookback, "step": step, "delay": delay, "batch_size": batch_size}
    ranges = {
        "训练（打乱）": (0, TRAIN),
        "验证": (TRAIN + 1, VALIDATION),
        "测试": (VALIDATION + 1, len(z) - delay),
    }
    cells = []
    for name, (low, high) in ranges.items():
        shuffle = "打乱" in name
        steps = 500 if shuffle else None
        samples = lab.windows(
            z, min_index=low, max_index=high, shuffle=shuffle, steps=steps, **cut
        )  # fmt: skip
        x, y = next(iter(samples))
        rows_used = [f"{low:,}–{high - 1:,}", f"{high - low - lookback:,}", f"{len(samples):,}"]
        cells.append([name, *rows_used, str(x.shape), str(y.shape)])
    lab.table("三段数据", ["哪一段", "行", "窗口", "一轮几批", "一批样本", "一批目标"], cells)
    shape = [batch_size, len(range(0, lookback, step)), 14]
    lab.check("一批样本的形状：（批，步，特征）", got=list(x.shape), want=shape)
    lab.check("一批目标的形状：（批,）", got=list(y.shape), want=[batch_size])

    # 5. 第一个测试窗口，一行一行对照
    row = VALIDATION + 1 + lookback  # 窗口到它为止，不含它
    seen = np.arange(row - lookback, row, step)
    target = row + delay
    same = bool(np.array_equal(x[0], z[seen])) and float(y[0]) == float(z[target, 1])
    lab.check("第一个样本 = 手工按行号取", got=same, want=True)
    marked = {"窗口第一行": seen[0], "窗口最后一行": seen[-1], "目标": target}
    cells = [
        [name, f"{at:,}", moment(times[at]), f"{data[at, 1]:.2f}"] for name, at in marked.items()
    ]  # fmt: skip
    lab.table("测试段的第一个样本", ["", "行", "时间", "气温 °C"], cells)
    gap = int(target - seen[-1])
    lab.text("窗口最后一行到目标", f"{gap} 行 = {gap / 6:.1f} 小时（书中的设置是 150 行，25 小时）")

    # 6. 原笔记自己的“优化版”从 row 往前数 lookback 行，目标再往后 delay 行
    highest = TRAIN - 1 + lookback + delay
    into = max(0, highest - TRAIN)
    lab.text("往前数的生成器", f"训练时最远用到第 {highest:,} 行，闯进验证段 {into:,} 行")
    if (lookback, delay) == (1440, 144):
        lab.check("往前数：最远到第 201,583 行", claim="C183", got=highest, want=201_583)
    lab.result(rows=len(data), columns=len(jena.columns), years=years)
