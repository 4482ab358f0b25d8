"""基于梯度的优化：求导，迈一小步，再求导，再迈一步。三种优化器的差别，全在 step 里的几行。"""

from collections.abc import Callable
from functools import partial

import numpy as np

from dlwp_tui.kit import walks
from dlwp_tui.lab import Lab

SAMPLES = 1024
LOWEST = {"parabola": 0.0, "two-dips": -1.3054, "valley": 0.0}


# 三个函数，每个都返回（损失，梯度）。w[0]、w[1] 是坐标
def parabola(w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:  # 抛物线
    return w[0] ** 2, 2 * w


def two_dips(w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:  # 一浅一深两个坑，中间隔着小山
    return w[0] ** 4 - 2 * w[0] ** 2 - 0.3 * w[0], 4 * w**3 - 4 * w - 0.3


def valley(w: np.ndarray, steep: float) -> tuple[np.ndarray, np.ndarray]:  # 一个方向陡得多的山谷
    return (w[0] ** 2 + steep * w[1] ** 2) / 2, np.array([w[0], steep * w[1]])


class Walker:
    """一个沿着坡走的点，记下走过的地方、每一步的梯度和梯度的误差。"""

    def __init__(self, start: list[float], rate: float, momentum: float, size: int, rule: str):
        self.rate, self.momentum, self.size, self.rule = rate, momentum, size, rule
        self.w = np.array(start, float)  # 位置，形状是 (坐标数,)
        self.v = self.s = np.zeros(len(start))  # 速度；梯度平方的平均
        self.path, self.gradients, self.noise = [self.w], list[np.ndarray](), list[float]()

    def step(self, gradient: np.ndarray) -> None:
        self.gradients.append(gradient)
        if self.rule == "sgd":  # 留一部分旧的速度，再逆着梯度加一点
            self.v = self.momentum * self.v - self.rate * gradient
            self.w = self.w + self.v
        elif self.rule == "rmsprop":  # 除以梯度近来的大小：陡的方向、平的方向，步子一样大
            self.s = 0.9 * self.s + 0.1 * gradient**2
            self.w = self.w - self.rate * gradient / np.sqrt(self.s + 1e-7)
        else:  # adam：梯度也取平均，就像动量；两个平均都从 0 算起，头几步偏小，除以括号里的数补回来
            self.v, self.s = 0.9 * self.v + 0.1 * gradient, 0.999 * self.s + 0.001 * gradient**2
            t = len(self.gradients)
            mean, square = self.v / (1 - 0.9**t), self.s / (1 - 0.999**t)
            self.w = self.w - self.rate * mean / (np.sqrt(square) + 1e-7)
        self.path.append(self.w)


def run(
    lab: Lab,
    *,
    function: str,
    steepness: float,
    optimizer: str,
    learning_rate: float,
    momentum: float,
    start: float,
    steps: int,
    batch_size: int,
    spread: float,
    compare: str,
) -> dict[str, object]:
    # 1. 走几条路：只有一条，或者几条并排，只有一样不同
    at = [start, 1.0] if function == "valley" else [start]
    new = partial(
        Walker, at, rate=learning_rate, momentum=momentum, size=batch_size, rule=optimizer
    )
    others = walks.side_by_side(compare, learning_rate, (1, 128, SAMPLES)).items()
    walkers = {name: new(**different) for name, different in others}

    # 2. 每个样本把坡面倾斜一点：样本 i 的损失是 f(w) + tilt[i]·w，全部样本的平均正好是 f(w)
    rng = np.random.default_rng(lab.seed)
    tilt = rng.normal(0, spread, (SAMPLES, len(at)))
    tilt -= tilt.mean(axis=0)

    # 3. 一步一步走。每一步随机抽一批样本，用它们的平均梯度
    bowl: Callable = partial(valley, steep=steepness)
    f = {"parabola": parabola, "two-dips": two_dips, "valley": bowl}[function]
    noisy = compare == "batches" or batch_size < SAMPLES
    for step in lab.steps(steps, unit="步"):
        for label, walker in walkers.items():
            loss, gradient = f(walker.w)
            if loss > 1e4:  # 越跳越远，不再走
                continue
            batch = rng.choice(SAMPLES, walker.size, replace=False)
            off = tilt[batch].mean(axis=0).round(9)  # 这一批的梯度比全体的梯度偏了多少
            walker.step(gradient + off)
            walker.noise.append(float(np.linalg.norm(off)))
            noise: dict = {"noise": walker.noise[-1]} if noisy else {}
            lab.log(step, label or None, loss=f(walker.w)[0], w=walker.w[0], **noise)

    # 4. 停在哪里；第一条路的结果
    ends = walks.show(lab, f, LOWEST[function], walkers)
    first = next(iter(walkers.values()))
    lab.result(loss=f(first.w)[0], w=first.w[0], noise=np.mean(first.noise), **ends)
    return {"walkers": walkers}
