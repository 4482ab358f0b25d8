"""6.2.2 节里可以验证的话：手写的一步就是 Keras 的 LSTM，轨道上只乘遗忘门，参数是几倍。"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab
from lesson import lstm, sigmoid


def prove(
    lab: Lab,
    *,
    inputs: np.ndarray,
    weights: list[np.ndarray],
    outputs: np.ndarray,
    layer: layers.LSTM,
) -> None:
    (_steps, features), units = inputs.shape, outputs.shape[1]
    by_keras = np.array(layer(inputs[None]))[0]
    gap = float(np.abs(outputs - by_keras)[:50].max())
    lab.check("手写的一步一步与 Keras 的 LSTM，前 50 步的输出相同", got=gap, want=0, tolerance=1e-6)
    (h, _c), _ = lstm(inputs[0], [np.zeros(units), np.zeros(units)], weights)
    start = float(np.abs(h - outputs[0]).max())
    lab.check("状态和轨道都从 0 开始", got=start, want=0, tolerance=1e-12)
    count = 4 * (features + units + 1) * units
    statement = f"参数是 4 × ({features} + {units} + 1) × {units}，与步数无关"
    lab.check(statement, got=layer.count_params(), want=count)

    W, U, b = weights  # 各个门只看输入（U 是 0）时，沿轨道传下来的只有遗忘门的连乘积
    product, tracks = np.ones(units), [np.zeros(units), np.ones(units)]
    for x in inputs[:20]:
        results = [lstm(x, [np.zeros(units), track], [W, U * 0, b]) for track in tracks]
        tracks = [state[1] for state, _forget in results]
        product = product * results[0][1]
    gap = float(np.abs(tracks[1] - tracks[0] - product).max())
    statement = "轨道的开头多放 1，20 步以后多出遗忘门的连乘积：一路只乘遗忘门"
    lab.check(statement, claim="C174", got=gap, want=0, tolerance=1e-9)
    forgets(lab)
    through_time(lab)
    clipped(lab)
    sizes(lab)


def forgets(lab: Lab) -> None:
    """每步只损失一点，许多步以后剩下多少。"""
    for rate, steps, want in (
        (0.9, 10, 0.35),
        (0.9, 100, 2.7e-5),
        (0.9, 500, 1.3e-23),
        (0.99, 100, 0.37),
    ):
        got = float(f"{rate**steps:.2g}")
        lab.check(f"{rate} 的 {steps} 次方是 {want}", got=got, want=want)
    gate = float(sigmoid(np.array(1.0)))
    lab.check("偏置是 1，遗忘门开到 0.73", got=round(gate, 2), want=0.73)
    statement = "刚初始化的 LSTM 退 100 步只剩 2.5e-14：是缓解，不是解决"
    lab.check(statement, claim="C174", got=float(f"{gate**100:.2g}"), want=2.5e-14)
    gate = float(sigmoid(np.array(5.0)))
    lab.check(
        "偏置是 5，遗忘门开到 0.993，退 100 步剩下 0.51",
        got=[round(gate, 3), round(gate**100, 2)],
        want=[0.993, 0.51],
    )
    fresh = layers.LSTM(2)
    fresh.build((1, 3, 1))
    bias = fresh.get_weights()[2]
    lab.check("Keras 的偏置，只有遗忘门的是 1", got=bias, want=[0, 0, 1, 1, 0, 0, 0, 0])


def through_time(lab: Lab) -> None:
    """沿时间反向传播，一个单元、三步，手算一遍：h = tanh(w·x + u·h)，损失就是 h₃。"""

    def last(u: float) -> list[float]:
        states = [0.0]
        for x in (1.0, 0.0, 0.0):
            states.append(float(np.tanh(1.0 * x + u * states[-1])))
        return states

    states, gradient, slopes, total = last(0.5), 1.0, [], 0.0
    for step in (3, 2, 1):
        delta = gradient * (1 - states[step] ** 2)
        total += delta * states[step - 1]  # 每一步都用同一个 u，梯度加在一起
        gradient = delta * 0.5
        slopes.append(round(delta, 4))
    lab.check("三步的状态", got=np.round(states[1:], 4), want=[0.7616, 0.3634, 0.1797])
    lab.check("往回传的 δ：第 3、2、1 步", got=slopes, want=[0.9677, 0.42, 0.0882])
    numeric = (last(0.5 + 1e-6)[-1] - last(0.5 - 1e-6)[-1]) / 2e-6
    statement = "u 的梯度是各步之和 0.6715，与把 u 改动一点点量出来的相同"
    lab.check(statement, got=[total, numeric], want=[0.6715, 0.6715], tolerance=1e-4)


def clipped(lab: Lab) -> None:
    """梯度爆炸和裁剪。"""
    lab.check("1.5 的 100 次方是 4.1e17", got=float(f"{1.5**100:.2g}"), want=4.1e17)
    moved = {}
    for name in ("clipnorm", "clipvalue"):
        weight = keras.Variable(np.zeros(2))
        optimizer = keras.optimizers.SGD(learning_rate=1.0, **{name: 1.0})
        optimizer.apply([np.array([30.0, 40.0], "float32")], [weight])
        moved[name] = -weight.numpy()
    statement = "梯度 (30, 40) 的长度是 50：clipnorm=1 缩成 (0.6, 0.8)，方向不变"
    lab.check(statement, got=moved["clipnorm"], want=[0.6, 0.8], tolerance=1e-6)
    lab.check("clipvalue=1 逐个截成 (1, 1)，方向变了", got=moved["clipvalue"], want=[1.0, 1.0])


def sizes(lab: Lab) -> None:
    """32 个单元、14 维输入的三种循环层；32 维输入的 LSTM。"""
    counts = []
    for layer in (layers.SimpleRNN(32), layers.GRU(32), layers.LSTM(32)):
        layer.build((None, None, 14))
        counts.append(layer.count_params())
    statement = "32 单元、14 维输入：SimpleRNN、GRU、LSTM 的参数"
    lab.check(statement, got=counts, want=[1504, 4608, 6016])
    wide = layers.LSTM(32)
    wide.build((None, None, 32))
    lab.check("LSTM(32) 接 32 维输入：4 × 2080 = 8320 个", got=wide.count_params(), want=8320)
