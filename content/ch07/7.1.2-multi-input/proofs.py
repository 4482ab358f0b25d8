"""7.1.2 节里可以验证的话：参数，相加与相连，两种喂法，名字写错。"""

from typing import Any

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab
from lesson import build


def prove(lab: Lab, **_: object) -> None:
    book = build(10_000)
    counts = [layer.count_params() for layer in book.layers if layer.count_params()]
    lab.check(
        "书里各层的参数：两个嵌入层、两个 LSTM、Dense",
        got=sorted(counts, reverse=True),
        want=[640_000, 320_000, 24_500, 12_416, 3_136],
    )
    total = book.count_params()
    lab.check("书里的网络有 1,000,052 个参数", claim="C222", got=total, want=1_000_052)

    a, b = np.zeros((2, 3), "float32"), np.zeros((2, 5), "float32")
    joined = list(layers.concatenate([a, b]).shape)
    lab.check("concatenate：(2, 3) 和 (2, 5) 接成 (2, 8)", claim="C221", got=joined, want=[2, 8])
    statement = "add 要求形状相同：(2, 3) 和 (2, 5) 报错"
    lab.check(statement, claim="C221", got=fails(layers.add, [a, b]), want=True)
    flat, deep = keras.Input((3,)), keras.Input((3, 5))
    statement = "阶数不同，concatenate 也报错"
    lab.check(statement, claim="C221", got=fails(layers.concatenate, [flat, deep]), want=True)

    small = build(400)
    x = np.ones((2, 4), "int32")
    by_list = small.predict([x, 2 * x], verbose=0)
    by_name = small.predict({"question": 2 * x, "text": x}, verbose=0)
    off = float(np.abs(by_list - by_name).max())
    lab.check("列表和字典，两种喂法结果一样", claim="C222", got=off, want=0)
    swapped = bool(np.abs(small.predict([2 * x, x], verbose=0) - by_list).max() > 0)
    lab.check("列表写反了，不报错，结果却不同", got=swapped, want=True)
    wrong = fails(lambda given: small.predict(given, verbose=0), {"text": x, "questions": x})
    lab.check("字典的名字写错，报错", claim="C222", got=wrong, want=True)
    low, high = np.random.default_rng(lab.seed).integers(500, size=10_000)[[0, 1]] // 500
    lab.check("randint(500)：500 是上限，得到 0 到 499", got=[int(low), int(high)], want=[0, 0])


def fails(call: Any, value: Any) -> bool:
    """调用是否以错误结束。"""
    try:
        call(value)
    except (ValueError, KeyError):
        return True
    return False
