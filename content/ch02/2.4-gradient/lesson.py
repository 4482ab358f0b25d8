"""基于梯度的优化：求导，迈一小步，再求导，再迈一步。

函数的值当作损失，w 当作权重。函数和它的梯度都手写在下面，一眼看得见；
每一步只有两行：更新速度，更新位置。
"""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from dlwp_tui.lab import Lab, drawing

SAMPLES = 1024
FAR = 1e4  # 损失超过它就不再走
ENDS = {"reached": "到了最低点", "stuck": "停在浅坑里", "moving": "还没有停", "lost": "发散"}


def dips(w: np.ndarray) -> np.ndarray:
    return w[0] ** 4 - 2 * w[0] ** 2 - 0.3 * w[0]


# 名字: (函数, 梯度, 最低点的值)。w[0]、w[1] 是坐标
FUNCTIONS: dict[str, tuple[Callable, Callable, float]] = {
    "parabola": (lambda w: w[0] ** 2, lambda w: np.array([2 * w[0]]), 0.0),
    "two-dips": (dips, lambda w: np.array([4 * w[0] ** 3 - 4 * w[0] - 0.3]), -1.3054),
    "valley": (lambda w: (w[0] ** 2 + 20 * w[1] ** 2) / 2, lambda w: w * [1, 20], 0.0),
}


class Walker:
    """一个沿着坡走的点。"""

    def __init__(self, start: list[float], rate: float, momentum: float, size: int = SAMPLES):
        self.w, self.v = np.array(start), np.zeros(len(start))
        self.rate, self.momentum, self.batch_size = rate, momentum, size
        self.path, self.gradients, self.noise = [self.w], [], []

    def step(self, gradient: np.ndarray) -> None:
        self.v = self.momentum * self.v - self.rate * gradient  # 留一部分旧的，再逆着梯度加一点
        self.w = self.w + self.v
        self.path.append(self.w)
        self.gradients.append(gradient)


def run(lab: Lab, *, function: str, learning_rate: float, momentum: float, start: float,
        steps: int, batch_size: int, spread: float, compare: str) -> None:  # fmt: skip
    f, gradient, low = FUNCTIONS[function]
    place = [start, 1.0] if function == "valley" else [start]
    rng = np.random.default_rng(lab.seed)
    # 每个样本把坡面倾斜一点：样本 i 的损失是 f(w) + tilt[i]·w，全部样本的平均正好是 f(w)
    tilt = rng.normal(0, spread, (SAMPLES, len(place)))
    tilt -= tilt.mean(axis=0)
    rates, momenta = learning_rate * np.array([0.1, 1, 9, 11]), [0, 0.5, 0.9, 0.95]
    chosen = {
        "none": {None: (learning_rate, momentum, batch_size)},
        "rates": {f"学习率 {rate:.3g}": (rate, momentum, batch_size) for rate in rates},
        "momenta": {f"动量 {m}": (learning_rate, m, batch_size) for m in momenta},
        "batches": {f"每步 {n} 个": (learning_rate, momentum, n) for n in (1, 128, SAMPLES)},
    }[compare]
    walkers = {label: Walker(place, *values) for label, values in chosen.items()}
    some = any(walker.batch_size < SAMPLES for walker in walkers.values())
    for step in lab.steps(steps):
        for label, walker in walkers.items():
            if f(walker.w) > FAR:
                continue
            batch = rng.choice(SAMPLES, walker.batch_size, replace=False)  # 随机抽一批样本
            noise = tilt[batch].mean(axis=0)  # 这一批的梯度比全体的梯度偏了多少
            walker.step(gradient(walker.w) + noise)
            walker.noise.append(round(float(np.linalg.norm(noise)), 9))
            off = {"noise": walker.noise[-1]} if some else {}
            lab.log(step, label, loss=f(walker.w), w=walker.w[0], **off)

    lab.phase("结果")
    rows, count = [], dict.fromkeys(ENDS, 0)
    for label, walker in walkers.items():
        loss, slope = f(walker.w), np.linalg.norm(gradient(walker.w))
        end = "reached" if loss - low < 0.01 else "stuck" if slope < 0.01 else "moving"
        end = "lost" if loss > f(np.array(place)) + 1 else end
        count[end] += 1
        done = len(walker.gradients)
        rows.append([label or "这条路", done, say(walker.w), f"{loss:.3f}", ENDS[end]])
        lab.picture(label or "走过的路", draw(f, low, walker.path), ENDS[end])
    lab.table("停在哪里", ["", "步数", "w", "损失", "结局"], rows)
    label, first = next(iter(walkers.items()))
    pairs = list(zip(first.path, first.gradients, strict=False))  # 走之前的位置，那里的梯度
    shown = [k for k in (0, 1, 2, 3, 4, 5, 10, 20, 50, 100, 200, 500) if k < len(pairs)]
    rows = [[k, say(pairs[k][0]), say(pairs[k][1]), f"{f(pairs[k][0]):.4f}"] for k in shown]
    lab.table(f"一步一步：{label or '这条路'}", ["走过几步", "w", "梯度", "损失"], rows)
    lab.result(loss=f(first.w), w=first.w[0], noise=np.mean(first.noise), **count)
    prove(lab)


def say(w: np.ndarray) -> str:
    return "，".join(f"{value:.4f}" for value in w)


def draw(f: Callable, low: float, path: list[np.ndarray]) -> np.ndarray:
    """山坡和走过的点：蓝色是开头，橙色是后来，白色是终点。高度取对数，浅坑才看得清。"""
    x = np.linspace(-2.4, 2.4, drawing.WIDTH)
    across = [(w[0] + 2.4) / 4.8 for w in path]
    if len(path[0]) == 1:
        return drawing.hill(np.log1p(f([x]) - low), across)
    y = np.linspace(1.6, -1.6, drawing.HEIGHT)  # 从上往下看山谷，明暗相间的带是等高线
    down = [(1.6 - w[1]) / 3.2 for w in path]
    return drawing.valley(np.log1p(f(np.meshgrid(x, y))), zip(across, down, strict=True))


def walk(function: str, start: float, rate: float, momentum: float, steps: int) -> float:
    """不画图，只问走完停在哪里。"""
    walker = Walker([start], rate, momentum)
    for _ in range(steps):
        walker.step(FUNCTIONS[function][1](walker.w))
    return float(walker.w[0])


def net(w: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
    """笔记里只有一个单元的网络：输入 2，目标 5，损失是差的平方。"""
    return (tf.nn.relu(w * 2.0 + b) - 5.0) ** 2


def prove(lab: Lab) -> None:
    """笔记里的数，逐个再算一遍；与选的参数无关。"""
    w = [walk("parabola", 1, r, 0, n) for r in (0.01, 0.1, 0.9, 1.1) for n in (5, 20)]
    want = [0.904, 0.668, 0.328, 0.0115, -0.328, 0.0115, -2.49, 38.3]
    lab.check("抛物线，学习率 0.01、0.1、0.9、1.1，第 5 步与第 20 步的 w", claim="C037",
              got=[float(f"{x:.3g}") for x in w], want=want)  # fmt: skip
    w = [round(walk("two-dips", -2, 0.01, m, 300), 3) for m in (0, 0.5, 0.9, 0.95)]
    lab.check("两个坑，动量 0、0.5、0.9、0.95，300 步后停在", claim="C039",
              got=w, want=[-0.960, -0.960, 1.036, -0.960])  # fmt: skip
    tilt = np.random.default_rng(0).normal(size=60_000)
    noise = [tilt.reshape(-1, n).mean(axis=1).std() / tilt.std() for n in (1, 4, 16, 60_000)]
    lab.check("一批 1、4、16 个、全部样本：梯度的误差是单个样本的几倍", claim="C038",
              got=np.round(noise, 3).tolist(), want=[1, 0.5, 0.25, 0], tolerance=0.02)  # fmt: skip
    rounds = [-(-60_000 // n) for n in (1, 128, 60_000)]
    lab.check("MNIST 一轮的步数：每步 1 个、128 个、全部", got=rounds, want=[60_000, 469, 1])
    x = tf.Variable(1.3)
    with tf.GradientTape() as tape:  # 记下前向的每个运算，再由后往前求导
        y = tf.sin(x**2)
    lab.check("sin(x²) 的导数是 cos(x²)·2x", claim="C040",
              got=float(tape.gradient(y, x)), want=np.cos(1.69) * 2.6, tolerance=1e-6)  # fmt: skip
    weights = [tf.Variable(3.0), tf.Variable(1.0)]
    with tf.GradientTape() as tape:
        loss = net(*weights)
    got, e = [float(g) for g in tape.gradient(loss, weights)], 0.001
    lab.check("一个单元的网络：损失对 w、b 的梯度", got=got, want=[8, 4])
    near = [net(3 + e, 1) - net(3 - e, 1), net(3, 1 + e) - net(3, 1 - e)]
    lab.check("有限差分求出的梯度也一样", claim="C036",
              got=[float(d) / (2 * e) for d in near], want=got, tolerance=0.01)  # fmt: skip
    lab.check("更新一步，损失从 4 降到 3.24", got=float(net(2.92, 0.96)), want=3.24, tolerance=1e-5)
    walker = Walker([0], 0.01, 0.9)
    for _ in range(200):
        walker.step(np.ones(1))
    lab.check("坡度一直不变，动量 0.9，步子放大到 10 倍",
              got=-walker.v[0] / 0.01, want=10, tolerance=1e-6)  # fmt: skip
