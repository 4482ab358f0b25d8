"""RNN 的 NumPy 实现：一个循环，一个状态。手写的结果与 Keras 的 SimpleRNN 一样。"""

import numpy as np
from keras import layers

from dlwp_tui.kit import drawing
from dlwp_tui.lab import Lab


def make_inputs(signal: str, timesteps: int, features: int, rng: np.random.Generator) -> np.ndarray:
    """输入序列，形状（时间步，特征）。"""
    inputs = rng.random((timesteps, features))
    if signal == "pulse":
        inputs[1:] = 0  # 只有第一步有输入
    if signal == "wave":
        t, phase = np.arange(timesteps)[:, None], np.linspace(0, np.pi, features)
        inputs = np.sin(2 * np.pi * t / 25 + phase)
    return inputs


def rnn(inputs: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray) -> np.ndarray:
    """不画图的循环层：（时间步，特征）→（时间步，单元）。"""
    state, outputs = np.zeros(len(b)), []
    for x in inputs:
        state = np.tanh(x @ W + state @ U + b)
        outputs.append(state)
    return np.stack(outputs)


def run(lab: Lab, *, timesteps: int, input_features: int, units: int, signal: str,
        recurrent_scale: float) -> None:  # fmt: skip
    rng = np.random.default_rng(lab.seed)
    inputs = make_inputs(signal, timesteps, input_features, rng)
    changed = inputs.copy()
    changed[0] = 0  # 另一条序列，只有第一步不同：看这点不同能记多久

    # Keras 的循环层，借它的权重来用；用双精度，差别就只剩舍入
    layer = layers.SimpleRNN(units, return_sequences=True, dtype="float64")
    layer.build((1, timesteps, input_features))
    W, U, b = layer.get_weights()
    U = U * recurrent_scale
    layer.set_weights([W, U, b])

    lab.phase("一步一步")
    state, other = np.zeros(units), np.zeros(units)  # 初始状态是 0
    outputs = []
    watched = range(min(3, units))
    first = 0.0
    for step in lab.steps(timesteps, unit="时间步"):
        x = inputs[step - 1]
        state = np.tanh(x @ W + state @ U + b)  # 输入和旧状态各乘一个矩阵，相加，过 tanh
        outputs.append(state)  # 每一步都留下
        other = np.tanh(changed[step - 1] @ W + other @ U + b)
        gap = float(np.linalg.norm(state - other))
        first = first or gap
        lab.log(step, state_size=np.sqrt(np.mean(state**2)), memory=gap / first if first else 0.0)
        for unit in watched:
            lab.log(step, f"单元 {unit}", state=state[unit])
    outputs = np.stack(outputs)  # 叠成一张表：每行是一个时刻的状态

    lab.phase("与 Keras 比较")
    by_keras = np.array(layer(inputs[None]))[0]
    # U 很大时舍入误差也会一步步放大，所以只比前 100 步
    difference = float(np.abs(outputs - by_keras)[:100].max())
    lab.check("手写的循环与 SimpleRNN 的输出最多差", got=difference, want=0, tolerance=1e-5)
    lab.check(f"全部输出叠成 ({timesteps}, {units})", claim="C170",
              got=list(outputs.shape), want=[timesteps, units])  # fmt: skip
    start = np.abs(outputs[0] - np.tanh(inputs[0] @ W + b)).max()
    lab.check("状态从 0 开始：第一步的输出只看第一步的输入", claim="C170",
              got=float(start), want=0, tolerance=1e-12)  # fmt: skip
    again = np.abs(outputs[1] - np.tanh(inputs[1] @ W + outputs[0] @ U + b)).max()
    lab.check("每步的输出就是下一步的状态", claim="C170", got=float(again), want=0, tolerance=1e-12)
    lab.check(f"参数 {input_features}×{units} + {units}×{units} + {units}，与步数无关",
              got=layer.count_params(), want=(input_features + units + 1) * units)  # fmt: skip
    last = layers.SimpleRNN(units, dtype="float64")  # 不要全部输出时，只给最后一步
    last.build((1, timesteps, input_features))
    last.set_weights([W, U, b])
    gap = float(np.abs(np.array(last(inputs[None]))[0] - by_keras[-1]).max())
    lab.check("return_sequences=False 就是最后一行", got=gap, want=0, tolerance=1e-9)
    x = rng.random((10, input_features))
    differs = bool(np.abs(rnn(x, W, U, b)[-1] - rnn(x[::-1], W, U, b)[-1]).max() > 1e-9)
    lab.check("把输入颠倒，最后的状态会变：它在乎次序", got=differs, want=True)

    lab.table("权重", ["", "Keras 里的名字", "形状", "几个数"], [
        ["W", "kernel", str(W.shape), W.size],
        ["U", "recurrent_kernel", str(U.shape), U.size],
        ["b", "bias", str(b.shape), b.size],
    ])  # fmt: skip
    steps = [t for t in (0, 1, 2, 5, 10, 20, 50, 99, 199, 499, 999) if t < timesteps]
    rows = [[t, *(f"{outputs[t, unit]:+.4f}" for unit in watched),
             f"{np.sqrt(np.mean(outputs[t] ** 2)):.4f}"] for t in steps]  # fmt: skip
    lab.table("状态", ["步", *(f"单元 {unit}" for unit in watched), "大小（均方根）"], rows)
    caption = f"横向 {timesteps} 步，纵向 {input_features} 个特征"
    lab.picture("输入", drawing.heat(inputs.T, 1), caption)
    caption = f"横向 {timesteps} 步，纵向 {units} 个单元；橙色为正，蓝色为负，黑色是 0"
    lab.picture("状态", drawing.heat(outputs.T), caption)
    lab.result(params=layer.count_params(), difference=difference)
