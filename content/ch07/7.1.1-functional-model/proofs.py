"""7.1 和 7.1.1 节里可以验证的话：Sequential 写不出的，两种写法的参数，连不上时报的错。"""

from collections.abc import Callable

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab
from lesson import build


def prove(
    lab: Lab,
    *,
    model: keras.Model,
    sequential: keras.Model,
    error: str,
    difference: float,
) -> None:
    units = lab.params["units"]
    second = 0 if lab.params["slip"] else (units + 1) * units
    total = 785 * units + second + (units + 1) * 10
    got = [model.count_params(), sequential.count_params()]
    lab.check(f"两种写法都是 {total:,} 个参数", claim="C219", got=got, want=[total, total])
    book = build(64).count_params()
    lab.check("书里的 784–64–64–10 有 55,050 个参数", claim="C219", got=book, want=55_050)
    slip = build(64, slip=True).count_params()
    lab.check("误写成 (inputs)，第一个 Dense 不在模型里，剩 50,890 个", got=slip, want=50_890)
    lab.check("权重相同，两种写法的预测最多相差", got=difference, want=0, tolerance=1e-5)
    said = "is not connected to" in error
    lab.check("输入和输出不相干，建模型时报 ValueError", claim="C220", got=said, want=True)
    kinds = [type(layer).__name__ for layer in model.layers]
    lab.check("函数式的表多一行 InputLayer，它没有参数", got=kinds[0], want="InputLayer")
    sequential_cannot(lab)


def sequential_cannot(lab: Lab) -> None:
    """多个输入、残差、分支：Sequential 都报错，函数式都写得出；Sequential 也只有一个输出。"""
    x = np.ones((2, 4), "float32")

    def two_inputs() -> None:
        keras.Sequential([keras.Input((4,)), layers.Dense(4), keras.Input((4,))])

    def merge() -> None:  # 残差要相加，分支要相连，都要不止一个输入
        keras.Sequential([keras.Input((4,)), layers.Dense(4), layers.Add()])

    def branch() -> None:  # 一项里放两层，想让它们并排
        keras.Sequential([keras.Input((4,)), [layers.Dense(4), layers.Dense(4)]])

    failed = [fails(two_inputs), fails(merge), fails(branch)]
    statement = "Sequential 里放第二个输入、相加、并排的两层：都报错"
    lab.check(statement, claim="C218", got=failed, want=[True] * 3)
    outputs = len(keras.Sequential([keras.Input((4,)), layers.Dense(4)]).outputs)
    lab.check("Sequential 有几个输出", claim="C218", got=outputs, want=1)
    a, b = keras.Input((4,)), keras.Input((4,))
    left, right = layers.Dense(4)(a), layers.Dense(4)(a)  # 分支
    short = layers.add([a, left])  # 残差
    graph = keras.Model([a, b], [short, layers.concatenate([right, b])])
    shapes = [list(y.shape) for y in graph([x, x])]
    lab.check("函数式一个网络里都有了", claim="C218", got=shapes, want=[[2, 4], [2, 8]])


def fails(build_it: Callable[[], None]) -> bool:
    try:
        build_it()
    except (ValueError, TypeError):
        return True
    return False
