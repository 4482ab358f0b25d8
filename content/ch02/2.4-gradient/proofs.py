"""2.4 节里的数，逐个再算一遍；与选的参数无关。"""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from dlwp_tui.lab import Lab
from lesson import SAMPLES, Walker, parabola, two_dips, valley


def prove(lab: Lab, **_: object) -> None:
    rates(lab)
    momenta(lab)
    optimizers(lab)
    batches(lab)
    chain_rule(lab)
    one_unit(lab)


def walk(f: Callable, start: float, steps: int, rate: float, momentum: float = 0) -> float:
    """从 start 走 steps 步，停在哪里。"""
    walker = Walker([start], rate, momentum, SAMPLES, "sgd")
    for _ in range(steps):
        walker.step(f(walker.w)[1])
    return float(walker.w[0])


def rates(lab: Lab) -> None:
    """抛物线，从 1 出发。"""
    table = {0.01: (0.904, 0.668), 0.1: (0.328, 0.0115), 0.9: (-0.328, 0.0115), 1.1: (-2.49, 38.3)}
    for rate, (five, twenty) in table.items():
        got = [float(f"{walk(parabola, 1, steps, rate):.3g}") for steps in (5, 20)]
        statement = f"抛物线从 1 出发，学习率 {rate}：走 5 步到 {five}，走 20 步到 {twenty}"
        lab.check(statement, claim="C037", got=got, want=[five, twenty])
    for rate, place in ((0.01, -0.960), (0.1, 1.036)):
        got = round(walk(two_dips, -2, 300, rate), 3)
        statement = f"两个坑从 -2 出发，没有动量，学习率 {rate}：停在 {place}"
        lab.check(statement, claim="C037", got=got, want=place)


def momenta(lab: Lab) -> None:
    """两个坑，从 -2 出发：浅坑在 -0.960，深坑在 1.036。"""
    for momentum, place in ((0, -0.960), (0.5, -0.960), (0.9, 1.036), (0.95, -0.960)):
        got = round(walk(two_dips, -2, 300, 0.01, momentum), 3)
        statement = f"两个坑从 -2 出发，动量 {momentum}：走 300 步停在 {place}"
        lab.check(statement, claim="C039", got=got, want=place)
    steady = Walker([0], 0.01, 0.9, SAMPLES, "sgd")
    for _ in range(200):
        steady.step(np.ones(1))  # 坡度一直是 1
    statement = "坡度一直不变，动量 0.9 把步子放大到 10 倍"
    lab.check(statement, got=-steady.v[0] / 0.01, want=10, tolerance=1e-6)


def optimizers(lab: Lab) -> None:
    """更新规则与 Keras 的相同；RMSprop 和 Adam 不在乎山谷有多陡。"""
    for rule, theirs in (
        ("sgd", keras.optimizers.SGD(0.05, momentum=0.9)),
        ("rmsprop", keras.optimizers.RMSprop(0.05)),
        ("adam", keras.optimizers.Adam(0.05)),
    ):
        ours, w = down(rule, 20), keras.Variable([-2.0, 1.0], dtype="float64")
        for gradient in ours.gradients:
            theirs.apply([tf.constant(gradient)], [w])
        gap = float(np.abs(keras.ops.convert_to_numpy(w) - ours.w).max())
        lab.check(f"手写的 {rule} 与 Keras 的走到同一个地方", got=gap, want=0, tolerance=1e-4)
        if rule != "sgd":
            apart = float(np.abs(np.array(down(rule, 1000).path) - ours.path).max())
            same = f"{rule} 在陡 20 倍和陡 1000 倍的山谷里走同一条路"
            lab.check(same, got=apart, want=0, tolerance=1e-5)
    bounce = abs(float(down("rmsprop", 20).w[1]))
    lab.check("学习率 0.05，RMSprop 在左右 0.025 之间跳", got=bounce, want=0.025, tolerance=0.001)


def down(rule: str, steep: float) -> Walker:
    """在窄谷里从 (-2, 1) 走 100 步。"""
    walker = Walker([-2, 1], 0.05, 0.9, SAMPLES, rule)
    for _ in range(100):
        walker.step(valley(walker.w, steep)[1])
    return walker


def batches(lab: Lab) -> None:
    """各样本的梯度相差 1（标准差）时，一批的平均梯度还差多少。"""
    tilt = np.random.default_rng(0).normal(size=60_000)
    for size, error in ((1, 1), (4, 0.5), (16, 0.25), (60_000, 0)):
        got = round(float(tilt.reshape(-1, size).mean(axis=1).std()), 2)
        statement = f"每批 {size:,} 个样本，平均梯度的误差（标准差）约 {error}"
        lab.check(statement, claim="C038", got=got, want=error, tolerance=0.02)
    steps = [-(-60_000 // size) for size in (1, 128, 60_000)]
    statement = "60,000 张图片，每步看 1、128、60,000 张，一轮走 60,000、469、1 步"
    lab.check(statement, got=steps, want=[60_000, 469, 1])


def chain_rule(lab: Lab) -> None:
    """GradientTape 记下前向的每个运算，再由后往前求导。"""
    x = tf.Variable(1.3)
    with tf.GradientTape() as tape:
        y = tf.sin(x**2)
    got, want = float(tape.gradient(y, x)), float(np.cos(1.69)) * 2.6
    lab.check("sin(x²) 的导数是 cos(x²)·2x", claim="C040", got=got, want=want, tolerance=1e-6)


def one_unit(lab: Lab) -> None:
    """只有一个单元的网络：输入 2，目标 5，损失是差的平方。"""

    def loss(w: tf.Tensor | float, b: tf.Tensor | float) -> tf.Tensor:
        return (tf.nn.relu(w * 2.0 + b) - 5.0) ** 2

    w, b, e = tf.Variable(3.0), tf.Variable(1.0), 0.001
    with tf.GradientTape() as tape:
        value = loss(w, b)
    gradients = [float(gradient) for gradient in tape.gradient(value, [w, b])]
    lab.check("一个单元的网络，损失对 w、b 的梯度是 8 和 4", got=gradients, want=[8, 4])
    near = loss(3 + e, 1) - loss(3 - e, 1), loss(3, 1 + e) - loss(3, 1 - e)
    slopes = [float(difference) / (2 * e) for difference in near]
    lab.check("有限差分也得 8 和 4", claim="C036", got=slopes, want=[8, 4], tolerance=0.01)
    after = float(loss(3 - 0.01 * 8, 1 - 0.01 * 4))
    lab.check("学习率 0.01 更新一步，损失从 4 降到 3.24", got=after, want=3.24, tolerance=1e-5)
