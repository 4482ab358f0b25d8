"""6.3.4 节里可以验证的话：书中的网络有多大，最后一层的激活管住了什么。"""

from typing import Any

import keras
import numpy as np

from dlwp_tui.lab import Lab
from lesson import build


def prove(lab: Lab, *, model: keras.Model, val: Any, **_: object) -> None:
    book = build(240, 1, 32, "linear")
    count = book.count_params()
    lab.check("书中的网络有 107,585 个参数", claim="C185", got=count, want=107_585)

    last = book.layers[-1]
    got = last.activation is keras.activations.linear and book.layers[-2].units == 32
    lab.check("书中的网络，最后一层没有激活，前一层 32 个单元", claim="C185", got=got)

    small = build(3, 1, 2, "linear")  # 3 步、2 个隐藏单元：relu(x) − relu(−x) = x
    hidden, output = np.zeros((3 * 14, 2)), np.array([[1.0], [-1.0]])
    hidden[2 * 14 + 1] = [1, -1]  # 最后一步的第 1 列，气温
    small.set_weights([hidden, np.zeros(2), output, np.zeros(1)])
    seen = np.random.default_rng(lab.seed).normal(size=(50, 3, 14)).astype("float32")
    gap = float(np.abs(small.predict_on_batch(seen)[:, 0] - seen[:, -1, 1]).max())
    statement = "“和现在一样”用两个隐藏单元就表示得出来"
    lab.check(statement, got=gap, want=0, tolerance=1e-6)

    x, _targets = next(iter(val))
    lowest = float(model.predict_on_batch(x).min())
    relu = lab.params["last_activation"] == "relu"
    statement = "最后一层没有激活，负数也给得出"
    if relu:
        statement = "最后一层是 relu，预测不了低于平均的气温"
    lab.check(statement, claim="C185", got=lowest >= 0, want=relu)
