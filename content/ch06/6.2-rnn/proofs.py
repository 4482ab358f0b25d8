"""6.2 节里可以验证的话：手写的循环就是 Keras 的 SimpleRNN，状态从 0 开始，次序有关系。"""

import numpy as np
from keras import layers

from dlwp_tui.lab import Lab
from lesson import forward


def prove(
    lab: Lab,
    *,
    inputs: np.ndarray,
    weights: list[np.ndarray],
    outputs: np.ndarray,
    layer: layers.SimpleRNN,
    **_: object,
) -> None:
    (timesteps, features), units = inputs.shape, len(weights[2])
    by_keras = np.array(layer(inputs[None]))[0]
    difference = float(np.abs(outputs - by_keras)[:100].max())
    statement = "手写的循环与 SimpleRNN，前 100 步的输出相同"
    lab.check(statement, got=difference, want=0, tolerance=1e-5)

    shape = list(outputs.shape)
    statement = f"全部输出叠成 ({timesteps}, {units})"
    lab.check(statement, claim="C170", got=shape, want=[timesteps, units])
    start = np.abs(outputs[0] - forward(inputs[0], np.zeros(units), weights)).max()
    statement = "状态从 0 开始：第一步的输出只看第一步的输入"
    lab.check(statement, claim="C170", got=float(start), want=0, tolerance=1e-12)
    again = np.abs(outputs[1] - forward(inputs[1], outputs[0], weights)).max()
    statement = "每一步的输出就是下一步的旧状态"
    lab.check(statement, claim="C170", got=float(again), want=0, tolerance=1e-12)

    count = (features + units + 1) * units
    statement = f"参数是 {features}×{units} + {units}×{units} + {units}，与步数无关"
    lab.check(statement, got=layer.count_params(), want=count)

    last = layers.SimpleRNN(units, dtype="float64")  # 不要全部输出时，只给最后一步
    last.build((1, timesteps, features))
    last.set_weights(weights)
    gap = float(np.abs(np.array(last(inputs[None]))[0] - by_keras[-1]).max())
    lab.check("return_sequences=False 给的就是最后一行", got=gap, want=0, tolerance=1e-9)

    def read(sequence: np.ndarray) -> np.ndarray:
        state = np.zeros(units)
        for x in sequence:
            state = forward(x, state, weights)
        return state

    x = np.random.default_rng(lab.seed).random((10, features))
    differs = bool(np.abs(read(x) - read(x[::-1])).max() > 1e-9)
    lab.check("把输入颠倒，最后的状态会变：它在乎次序", got=differs, want=True)
