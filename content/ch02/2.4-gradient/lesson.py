"""基于梯度的优化：求导，迈一小步，再求导，再迈一步。

函数的值当作损失，w 当作权重。函数和它的梯度都手写在下面，一眼看得见；
每一步只有两行：更新速度，更新位置。
"""

from typing import Any

import numpy as np

from dlwp_tui.kit import walks
from dlwp_tui.lab import Lab

SAMPLES = 1024


# 三个函数，每个都返回（损失，梯度）。w[0]、w[1] 是坐标
def parabola(w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:  # 抛物线
    return w[0] ** 2, 2 * w


def two_dips(w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:  # 一浅一深两个坑，中间隔着小山
    return w[0] ** 4 - 2 * w[0] ** 2 - 0.3 * w[0], 4 * w**3 - 4 * w - 0.3


def valley(w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:  # 窄长的山谷，一个方向陡 20 倍
    return (w[0] ** 2 + 20 * w[1] ** 2) / 2, np.array([w[0], 20 * w[1]])


# 名字: (函数, 最低的损失)
FUNCTIONS = {"parabola": (parabola, 0.0), "two-dips": (two_dips, -1.3054), "valley": (valley, 0.0)}


class Walker:
    """一个沿着坡走的点，记下走过的地方、每一步的梯度和梯度的误差。"""

    def __init__(self, start: list[float], rate: float, momentum: float, batch_size: int) -> None:
        self.rate, self.momentum, self.batch_size = rate, momentum, batch_size
        self.w, self.v = np.array(start), np.zeros(len(start))  # 位置和速度，形状都是 (坐标数,)
        self.path: list[np.ndarray] = [self.w]
        self.gradients: list[np.ndarray] = []
        self.noise: list[float] = []

    def step(self, gradient: np.ndarray) -> None:
        self.v = self.momentum * self.v - self.rate * gradient  # 留一部分旧的，再逆着梯度加一点
        self.w = self.w + self.v
        self.path.append(self.w)
        self.gradients.append(gradient)


def run(
    lab: Lab,
    *,
    function: str,
    learning_rate: float,
    momentum: float,
    start: float,
    steps: int,
    batch_size: int,
    spread: float,
    compare: str,
) -> dict[str, object]:
    f, lowest = FUNCTIONS[function]
    place = [start, 1.0] if function == "valley" else [start]

    # 1. 走几条路：学习率、动量或批大小不同的几条并排比较，或者只有一条
    rate, size = learning_rate, batch_size
    walkers = {"": Walker(place, rate, momentum, size)}
    if compare == "rates":
        rates = rate * np.array([0.1, 1, 9, 11])
        walkers = {f"学习率 {r:.3g}": Walker(place, r, momentum, size) for r in rates}
    elif compare == "momenta":
        walkers = {f"动量 {m}": Walker(place, rate, m, size) for m in (0, 0.5, 0.9, 0.95)}
    elif compare == "batches":
        walkers = {f"每步 {n} 个": Walker(place, rate, momentum, n) for n in (1, 128, SAMPLES)}

    # 2. 每个样本把坡面倾斜一点：样本 i 的损失是 f(w) + tilt[i]·w，全部样本的平均正好是 f(w)
    rng = np.random.default_rng(lab.seed)
    tilt = rng.normal(0, spread, (SAMPLES, len(place)))
    tilt -= tilt.mean(axis=0)

    # 3. 一步一步走。每一步随机抽一批样本，用它们的平均梯度
    noisy = compare == "batches" or batch_size < SAMPLES
    for step in lab.steps(steps, unit="步"):
        for label, walker in walkers.items():
            loss, gradient = f(walker.w)
            if loss > 1e4:  # 越跳越远，不再走
                continue
            batch = rng.choice(SAMPLES, walker.batch_size, replace=False)
            off = tilt[batch].mean(axis=0)  # 这一批的梯度比全体的梯度偏了多少
            walker.step(gradient + off)
            walker.noise.append(round(float(np.linalg.norm(off)), 9))
            noise: dict[str, Any] = {"noise": walker.noise[-1]} if noisy else {}
            lab.log(step, label or None, loss=f(walker.w)[0], w=walker.w[0], **noise)

    # 4. 停在哪里；第一条路的结果
    ends = walks.show(lab, f, lowest, walkers)
    first = next(iter(walkers.values()))
    lab.result(loss=f(first.w)[0], w=first.w[0], noise=np.mean(first.noise), **ends)
    return {"walkers": walkers}
