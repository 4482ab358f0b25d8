"""6.3.4 节里可以验证的话：书中的网络有多大，最后一层的激活管住了什么。"""

from typing import Any

import keras

from dlwp_tui.lab import Lab
from lesson import build


def prove(lab: Lab, *, model: keras.Model, val: Any, **_: object) -> None:
    book = build(240, 1, 32, "linear")
    count = book.count_params()
    lab.check("书中的网络有 107,585 个参数", claim="C185", got=count, want=107_585)

    x, _targets = next(iter(val))
    lowest = float(model.predict_on_batch(x).min())
    relu = lab.params["last_activation"] == "relu"
    statement = "最后一层没有激活，负数也给得出"
    if relu:
        statement = "最后一层是 relu，预测不了低于平均的气温"
    lab.check(statement, claim="C185", got=lowest >= 0, want=relu)
