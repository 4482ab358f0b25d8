"""3.1 节里可以验证的话：层的状态、层收什么形状、参数怎么数、损失怎么加。"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab


def prove(
    lab: Lab,
    *,
    model: keras.Model,
    graph: keras.Model,
    weights: dict[str, float],
    losses: dict[str, float],
    **_: object,
) -> None:
    layer_states(lab)
    accepted_shapes(lab)
    parameters(lab, model)

    nodes = [layer.name for layer in graph.layers if not isinstance(layer, layers.InputLayer)]
    want = ["join", "price", "read_body", "read_title", "urgent"]
    lab.check("有向无环图里有 5 个计算的节点", got=sorted(nodes), want=want)

    total = sum(weight * losses[f"{name}_loss"] for name, weight in weights.items())
    statement = "总损失是 0.25 × price 的损失 + 10 × urgent 的损失：相加，不取平均"
    lab.check(statement, claim="C044", got=losses["loss"], want=total, tolerance=1e-3)
    for problem, loss in {
        "二分类的损失": "binary_crossentropy",
        "one-hot 标签的多分类的损失": "categorical_crossentropy",
        "整数标签的多分类的损失": "sparse_categorical_crossentropy",
        "回归的损失": "mean_squared_error",
    }.items():
        statement = f"{problem}，compile 里写 {loss}"
        lab.check(statement, claim="C045", got=keras.losses.get(loss).__name__, want=loss)


def layer_states(lab: Lab) -> None:
    """有权重的层有状态，没有权重的层没有。"""
    dense, flatten = layers.Dense(32), layers.Flatten()
    for layer in (dense, flatten):
        layer(np.zeros((1, 784), "float32"))
    lab.check("Dense 有 2 个权重：核与偏置", claim="C041", got=len(dense.weights), want=2)
    lab.check("Flatten 没有权重", claim="C041", got=len(flatten.weights), want=0)
    lab.check("(784,) 是只有 1 个元素的元组：逗号不能省", got=len((784,)), want=1)


def attempt(layer: keras.Layer, shape: tuple[int, ...]) -> str:
    """这个层收不收形状为 (批, *shape) 的输入：收就给出输出的形状。"""
    try:
        return str(layer(keras.Input(shape)).shape)
    except ValueError:
        return "报错"


def accepted_shapes(lab: Lab) -> None:
    """“每种层只接受一种形状”：对 LSTM 和 Conv2D 成立，对 Dense 不成立。"""
    got = attempt(layers.LSTM(32), (16,))
    lab.check("LSTM 不收 2D 的输入", claim="C042", got=got, want="报错")
    got = attempt(layers.Conv2D(32, 3), (28, 28))
    lab.check("Conv2D 不收 3D 的输入", claim="C042", got=got, want="报错")
    got = attempt(layers.Dense(32), (10, 16))
    lab.check(
        "Dense 也收 3D 的输入，只作用在最后一个轴上", claim="C042", got=got, want="(None, 10, 32)"
    )


def parameters(lab: Lab, model: keras.Model) -> None:
    """核是 输入 × 单元 的矩阵，偏置每个单元一个。"""
    stack = keras.Sequential([keras.Input((16,)), layers.Dense(32), layers.Dense(32)])
    shape = stack.layers[0].output.shape
    lab.check("Dense(32) 把 (*, 16) 变成 (*, 32)", claim="C043", got=shape, want=(None, 32))
    counts = [layer.count_params() for layer in stack.layers]
    statement = "它有 16 × 32 + 32 = 544 个参数，后面那层有 32 × 32 + 32 = 1056 个"
    lab.check(statement, claim="C043", got=counts, want=[544, 1056])
    units = lab.params["units"]
    counts = [layer.count_params() for layer in model.layers]
    want = [784 * units + units, units * 10 + 10]
    statement = f"这个模型有 784 × {units} + {units} 和 {units} × 10 + 10 个参数"
    lab.check(statement, got=counts, want=want)
