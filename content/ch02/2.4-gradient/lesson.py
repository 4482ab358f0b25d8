"""基于梯度的优化：求导，迈一小步，再求导，再迈一步。

函数的值当作损失，w 当作权重。函数和它的梯度都手写在下面，一眼看得见；
每一步只有两行：更新速度，更新位置。
"""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from dlwp_tui.kit import drawing
from dlwp_tui.lab import Lab

SAMPLES = 1024
FAR = 1e4  # 损失超过它就不再走
ENDS = {"reached": "到了最低点", "stuck": "停在浅坑里", "moving": "还没有停", "lost": "发散"}


# 名字: (函数, 梯度, 最低点的值)。w[0]、w[1] 是坐标
FUNCTIONS: dict[str, tuple[Callable, Callable, float]] = {
    "parabola": (lambda w: w[0] ** 2, lambda w: 2 * w, 0.0),
    "two-dips": (lambda w: w[0] ** 4 - 2 * w[0] ** 2 - 0.3 * w[0],
                 lambda w: 4 * w**3 - 4 * w - 0.3, -1.3054),
    "valley": (lambda w: (w[0] ** 2 + 20 * w[1] ** 2) / 2, lambda w: w * [1, 20], 0.0),
}  # fmt: skip


class Walker:
    """一个沿着坡走的点。"""

    def __init__(self, start: list[float], rate: float, momentum: float = 0, size: int = SAMPLES):
        self.w, self.v = np.array(start), np.zeros(len(start))
        self.rate, self.momentum, self.batch_size = rate, momentum, size
        self.path, self.gradients, self.noise = [self.w], [], []

    def step(self, gradient: np.ndarray) -> None:
        self.v = self.momentum * self.v - self.rate * gradient  # 留一部分旧的，再逆着梯度加一点
        self.w = self.w + self.v
        self.path.append(self.w)
        self.gradients.append(gradient)

    def walk(self, slope: Callable, steps: int) -> float:
        for _ in range(steps):
            self.step(slope(self.w))
        return float(self.w[0])


def run(lab: Lab, *, function: str, learning_rate: float, momentum: float, start: float,
        steps: int, batch_size: int, spread: float, compare: str) -> None:  # fmt: skip
    f, slope, low = FUNCTIONS[function]
    place = [start, 1.0] if function == "valley" else [start]
    rng = np.random.default_rng(lab.seed)
    # 每个样本把坡面倾斜一点：样本 i 的损失是 f(w) + tilt[i]·w，全部样本的平均正好是 f(w)
    tilt = rng.normal(0, spread, (SAMPLES, len(place)))
    tilt -= tilt.mean(axis=0)
    rates, momenta = learning_rate * np.array([0.1, 1, 9, 11]), [0, 0.5, 0.9, 0.95]
    sizes, noisy = [1, 128, SAMPLES], compare == "batches" or batch_size < SAMPLES
    walkers = {
        "none": {None: Walker(place, learning_rate, momentum, batch_size)},
        "rates": {f"学习率 {r:.3g}": Walker(place, r, momentum, batch_size) for r in rates},
        "momenta": {f"动量 {m}": Walker(place, learning_rate, m, batch_size) for m in momenta},
        "batches": {f"每步 {n} 个": Walker(place, learning_rate, momentum, n) for n in sizes},
    }[compare]
    for step in lab.steps(steps, unit="步"):
        for label, walker in walkers.items():
            if f(walker.w) > FAR:
                continue
            batch = rng.choice(SAMPLES, walker.batch_size, replace=False)  # 随机抽一批样本
            off = tilt[batch].mean(axis=0)  # 这一批的梯度比全体的梯度偏了多少
            walker.step(slope(walker.w) + off)
            walker.noise.append(round(float(np.linalg.norm(off)), 9))
            noise = {"noise": walker.noise[-1]} if noisy else {}
            lab.log(step, label, loss=f(walker.w), w=walker.w[0], **noise)

    rows = []
    for label, walker in walkers.items():
        loss, flat = f(walker.w), np.linalg.norm(slope(walker.w)) < 0.01
        end = "reached" if loss - low < 0.01 else "stuck" if flat else "moving"
        end = ENDS[end if loss <= f(place) + 1 else "lost"]
        rows.append([label or "这条路", len(walker.gradients), say(walker.w), f"{loss:.3f}", end])
        # 山坡和走过的点：蓝色是开头，橙色是后来，白色是终点。高度取对数，浅坑才看得清
        image = drawing.landscape(lambda w: np.log1p(f(w) - low), walker.path)
        lab.picture(label or "走过的路", image, end)
    lab.table("停在哪里", ["", "步数", "w", "损失", "结局"], rows)
    count = {key: [row[-1] for row in rows].count(end) for key, end in ENDS.items()}
    label, first = next(iter(walkers.items()))
    some = [k for k in (0, 1, 2, 3, 4, 5, 10, 20, 50, 100, 200, 500) if k < len(first.gradients)]
    w, g = first.path, first.gradients
    rows = [[k, say(w[k]), say(g[k]), f"{f(w[k]):.4f}"] for k in some]
    lab.table(f"一步一步：{label or '这条路'}", ["走过几步", "w", "梯度", "损失"], rows)
    lab.result(loss=f(first.w), w=first.w[0], noise=np.mean(first.noise), **count)
    prove(lab)


def say(w: np.ndarray) -> str:
    return "，".join(f"{value:.4f}" for value in w)


def prove(lab: Lab) -> None:
    """笔记里的数，逐个再算一遍；与选的参数无关。"""
    slope, dips = FUNCTIONS["parabola"][1], FUNCTIONS["two-dips"][1]
    w = [Walker([1], r).walk(slope, n) for r in (0.01, 0.1, 0.9, 1.1) for n in (5, 20)]
    want = [0.904, 0.668, 0.328, 0.0115, -0.328, 0.0115, -2.49, 38.3]
    lab.check("抛物线，学习率 0.01、0.1、0.9、1.1，第 5 步与第 20 步的 w", claim="C037",
              got=[float(f"{x:.3g}") for x in w], want=want)  # fmt: skip
    w = [round(Walker([-2], 0.01, m).walk(dips, 300), 3) for m in (0, 0.5, 0.9, 0.95)]
    want = [-0.960, -0.960, 1.036, -0.960]
    lab.check("两个坑，动量 0、0.5、0.9、0.95，300 步后停在", claim="C039", got=w, want=want)
    even = Walker([0], 0.01, 0.9)
    even.walk(np.ones_like, 200)
    got = -even.v[0] / 0.01
    lab.check("坡度一直不变，动量 0.9，步子放大到 10 倍", got=got, want=10, tolerance=1e-6)
    tilt = np.random.default_rng(0).normal(size=60_000)
    got = np.round([tilt.reshape(-1, n).mean(axis=1).std() for n in (1, 4, 16, 60_000)], 2)
    lab.check("一批 1、4、16 个、全部样本，梯度的误差", claim="C038",
              got=got, want=[1, 0.5, 0.25, 0], tolerance=0.02)  # fmt: skip
    rounds = [-(-60_000 // n) for n in (1, 128, 60_000)]
    lab.check("MNIST 一轮的步数：每步 1 个、128 个、全部", got=rounds, want=[60_000, 469, 1])

    def net(w, b):  # 只有一个单元的网络：输入 2，目标 5，损失是差的平方
        return (tf.nn.relu(w * 2.0 + b) - 5.0) ** 2

    x, w, b = tf.Variable(1.3), tf.Variable(3.0), tf.Variable(1.0)
    with tf.GradientTape(persistent=True) as tape:  # 记下前向的每个运算，再由后往前求导
        y, loss = tf.sin(x**2), net(w, b)
    got, want = tape.gradient(y, x), np.cos(1.69) * 2.6
    lab.check("sin(x²) 的导数是 cos(x²)·2x", claim="C040", got=got, want=want, tolerance=1e-6)
    got, e = tape.gradient(loss, [w, b]), 0.001
    lab.check("一个单元的网络：损失对 w、b 的梯度", got=got, want=[8, 4])
    near = [net(3 + e, 1) - net(3 - e, 1), net(3, 1 + e) - net(3, 1 - e)]
    got = [float(d) / (2 * e) for d in near]
    lab.check("有限差分求出的梯度也一样", claim="C036", got=got, want=[8, 4], tolerance=0.01)
    lab.check("更新一步，损失从 4 降到 3.24", got=net(2.92, 0.96), want=3.24, tolerance=1e-5)
