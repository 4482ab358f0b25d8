"""LSTM 的一步，用 NumPy 写：三道门，一条携带轨道。手写的结果与 Keras 的 LSTM 一样。"""

import numpy as np
from keras import layers

from dlwp_tui.kit import drawing
from dlwp_tui.lab import Lab

SHOWN = (0, 1, 2, 5, 10, 20, 50, 99, 199, 499, 999)  # 表里列出的时间步
Arrays = list[np.ndarray]


def sigmoid(z: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-z)))


def lstm(x: np.ndarray, state: Arrays, weights: Arrays) -> tuple[Arrays, np.ndarray]:
    """一步：输入 (特征,)、状态 h 和轨道 c (单元,) → 新的 [h, c]，和遗忘门 f (单元,)。"""
    (h, c), (W, U, b) = state, weights  # 四组权重并排放：W 是 (特征, 4 × 单元)
    i, f, k, o = np.split(x @ W + h @ U + b, 4)  # Keras 的次序：输入、遗忘、新内容、输出
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(k)  # 旧内容留下一部分，放上一部分新内容
    return [sigmoid(o) * np.tanh(c), c], sigmoid(f)


def simple(x: np.ndarray, h: np.ndarray, weights: Arrays) -> np.ndarray:
    """6.2 节的 SimpleRNN，拿来比较：没有轨道，状态每一步都重新计算。"""
    W, U, b = weights
    return np.asarray(np.tanh(x @ W + h @ U + b))


def run(
    lab: Lab, *, timesteps: int, input_features: int, units: int, signal: str, forget_bias: float
) -> dict[str, object]:
    # 1. 输入序列 (时间步, 特征)，和另一条只有第一步不同的：看这点不同能记多久
    inputs = np.random.default_rng(lab.seed).normal(size=(timesteps, input_features))
    if signal == "pulse":
        inputs[1:] = 0  # 只有第一步有输入
    changed = inputs.copy()
    changed[0] = 0

    # 2. Keras 的两种层，借它们的权重来用；双精度，差别就只剩舍入
    shape = (1, timesteps, input_features)
    layer = layers.LSTM(units, return_sequences=True, dtype="float64")
    plain = layers.SimpleRNN(units, return_sequences=True, dtype="float64")
    layer.build(shape)
    plain.build(shape)
    weights, simple_weights = layer.get_weights(), plain.get_weights()
    weights[2][units : 2 * units] = forget_bias  # 偏置的第二段是遗忘门的；Keras 把它设成 1
    layer.set_weights(weights)

    # 3. 一步一步
    lab.phase("一步一步")
    nothing = np.zeros(units)
    state, other, h, g = [nothing, nothing], [nothing, nothing], nothing, nothing
    left, first = np.ones(units), np.ones(2)  # 遗忘门的连乘积；第一步之后的差别
    outputs, tracks, rows = [], [], []
    for step in lab.steps(timesteps, unit="时间步"):
        x, y = inputs[step - 1], changed[step - 1]
        state, forget = lstm(x, state, weights)
        other, _ = lstm(y, other, weights)
        h, g = simple(x, h, simple_weights), simple(y, g, simple_weights)
        gaps = np.array([np.linalg.norm(state[1] - other[1]), np.linalg.norm(h - g)])
        first = gaps if step == 1 else first
        left = left * forget if step > 1 else left
        memory = gaps / first
        lab.log(step, forget_gate=forget.mean(), carried=left.mean())
        lab.log(step, "LSTM", memory=memory[0])
        lab.log(step, "SimpleRNN", memory=memory[1])
        outputs.append(state[0])
        tracks.append(state[1])
        if step - 1 in SHOWN:
            sizes = [f"{size:.2g}" for size in (forget.mean(), left.mean(), *memory)]
            rows.append([step - 1, *sizes])

    # 4. 与 Keras 比较：只比前 50 步，再往后，舍入的误差也会被记住、放大
    difference = np.abs(np.stack(outputs) - np.array(layer(inputs[None]))[0])[:50].max()
    columns = ["步", "遗忘门", "遗忘门的连乘积", "LSTM 还记得", "SimpleRNN 还记得"]
    lab.table("第一步的输入还留下多少", columns, rows)
    caption = f"横向 {timesteps} 步，纵向 {units} 个单元；橙色为正，蓝色为负，黑色是 0"
    lab.picture("携带轨道 c", drawing.heat(np.stack(tracks).T), caption)
    lab.picture("状态 h", drawing.heat(np.stack(outputs).T), caption)
    figures = {"carried": left.mean(), "lstm": memory[0], "rnn": memory[1]}
    lab.result(params=layer.count_params(), difference=difference, **figures)
    return {"inputs": inputs, "weights": weights, "outputs": np.stack(outputs), "layer": layer}
