"""RNN 的 NumPy 实现：一个循环，一个状态。手写的结果与 Keras 的 SimpleRNN 一样。"""

import numpy as np
from keras import layers

from dlwp_tui.kit import drawing
from dlwp_tui.lab import Lab

SHOWN = (0, 1, 2, 5, 10, 20, 50, 99, 199, 499, 999)  # 表里列出的时间步


def make_inputs(signal: str, timesteps: int, features: int, rng: np.random.Generator) -> np.ndarray:
    """输入序列，形状（时间步，特征）。"""
    inputs = rng.random((timesteps, features))
    if signal == "pulse":
        inputs[1:] = 0  # 只有第一步有输入
    if signal == "wave":
        t, phase = np.arange(timesteps)[:, None], np.linspace(0, np.pi, features)
        inputs = np.sin(2 * np.pi * t / 25 + phase)
    return inputs


def forward(x: np.ndarray, state: np.ndarray, weights: list[np.ndarray]) -> np.ndarray:
    """循环层的一步：输入 (特征,) 和旧状态 (单元,) 各乘一个矩阵，相加，过 tanh，就是新状态。"""
    W, U, b = weights
    new_state: np.ndarray = np.tanh(x @ W + state @ U + b)
    return new_state


def run(
    lab: Lab,
    *,
    timesteps: int,
    input_features: int,
    units: int,
    signal: str,
    recurrent_scale: float,
) -> dict[str, object]:
    rng = np.random.default_rng(lab.seed)
    inputs = make_inputs(signal, timesteps, input_features, rng)
    changed = inputs.copy()
    changed[0] = 0  # 另一条序列，只有第一步不同：看这点不同能记多久

    # 1. Keras 的循环层，借它的权重来用；用双精度，差别就只剩舍入
    layer = layers.SimpleRNN(units, return_sequences=True, dtype="float64")
    layer.build((1, timesteps, input_features))
    W, U, b = layer.get_weights()
    weights = [W, U * recurrent_scale, b]
    layer.set_weights(weights)

    # 2. 一步一步
    lab.phase("一步一步")
    state, other = np.zeros(units), np.zeros(units)  # 初始状态是 0
    states = []
    watched = range(min(3, units))
    first = 0.0
    for step in lab.steps(timesteps, unit="时间步"):
        state = forward(inputs[step - 1], state, weights)
        states.append(state)  # 每一步都留下
        other = forward(changed[step - 1], other, weights)
        gap = float(np.linalg.norm(state - other))
        first = first or gap
        lab.log(step, state_size=np.sqrt(np.mean(state**2)), memory=gap / first if first else 0.0)
        for unit in watched:
            lab.log(step, f"单元 {unit}", state=state[unit])
    outputs = np.stack(states)  # 叠成一张表：每行是一个时刻的状态

    # 3. 与 Keras 比较。U 很大时舍入误差也会一步步放大，所以只比前 100 步
    by_keras = np.array(layer(inputs[None]))[0]
    difference = float(np.abs(outputs - by_keras)[:100].max())

    names = ["kernel", "recurrent_kernel", "bias"]
    rows = [
        [letter, name, str(w.shape), w.size]
        for letter, name, w in zip("WUb", names, weights, strict=True)
    ]
    lab.table("权重", ["", "Keras 里的名字", "形状", "几个数"], rows)
    rows = []
    for t in [t for t in SHOWN if t < timesteps]:
        size = np.sqrt(np.mean(outputs[t] ** 2))
        rows.append([t, *(f"{outputs[t, unit]:+.4f}" for unit in watched), f"{size:.4f}"])
    lab.table("状态", ["步", *(f"单元 {unit}" for unit in watched), "大小（均方根）"], rows)
    caption = f"横向 {timesteps} 步，纵向 {input_features} 个特征"
    lab.picture("输入", drawing.heat(inputs.T, 1), caption)
    caption = f"横向 {timesteps} 步，纵向 {units} 个单元；橙色为正，蓝色为负，黑色是 0"
    lab.picture("状态", drawing.heat(outputs.T), caption)
    lab.result(params=layer.count_params(), difference=difference)
    return {"inputs": inputs, "weights": weights, "outputs": outputs, "layer": layer}
