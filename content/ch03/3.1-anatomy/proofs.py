"""3.1 节里可以验证的话：层的状态、层收什么形状、参数怎么数、损失怎么加。"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab
from lesson import build


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

    nodes = [layer for layer in graph.layers if not isinstance(layer, layers.InputLayer)]
    lab.check("有向无环图里有 5 个计算的节点", got=len(nodes), want=5)

    total = sum(weight * losses[f"{name}_loss"] for name, weight in weights.items())
    statement = "总损失是 0.25 × price 的损失 + 10 × urgent 的损失：相加，不取平均"
    lab.check(statement, claim="C044", got=losses["loss"], want=total, tolerance=1e-3)
    all_layers_learn(lab)
    losses_fit_problems(lab)
    areas(lab)


def all_layers_learn(lab: Lab) -> None:
    """训练一步，各层一起变；不是一层学好了再学下一层。"""
    net = build(8)
    net.compile("sgd", "categorical_crossentropy")
    before = net.get_weights()
    rng = np.random.default_rng(lab.seed)
    net.train_on_batch(rng.random((64, 784)), np.eye(10)[rng.integers(0, 10, 64)])
    moved = [bool(np.any(a != b)) for a, b in zip(before, net.get_weights(), strict=True)]
    lab.check("训练一步，两层的权重和偏置全都变了", claim="C005", got=moved, want=[True] * 4)


def losses_fit_problems(lab: Lab) -> None:
    """三种问题的损失，按名字取来的与公式算的相同；配错了会怎样。"""
    right = np.array([[0.0, 0.0, 1.0]])  # 第三类
    p = np.array([[0.1, 0.2, 0.7]])
    named = {
        "binary_crossentropy": ([[1.0]], [[0.8]], -np.log(0.8)),
        "categorical_crossentropy": (right, p, -np.log(0.7)),
        "sparse_categorical_crossentropy": ([2], p, -np.log(0.7)),
        "mean_squared_error": ([[21.4]], [[21.3]], 0.01),
    }
    for name, (y, guess, want) in named.items():
        got = float(np.mean(keras.losses.get(name)(np.array(y), np.array(guess))))
        statement = f"{name}：与公式算的 {want:.4f} 相同"
        lab.check(statement, claim="C045", got=got, want=float(want), tolerance=1e-5)
    odd = float(keras.losses.binary_crossentropy(np.array([15.2]), np.array([0.99])))
    lab.check("二元交叉熵用来预测房价 15.2，损失是负的", claim="C045", got=odd < 0)


def areas(lab: Lab) -> None:
    """AUC 只看排序，交叉熵还看概率准不准。"""
    y = np.array([0.0, 0.0, 1.0, 1.0])
    ranked, closer = np.array([0.6, 0.7, 0.8, 0.9]), np.array([0.1, 0.55, 0.5, 0.9])
    got = [area(y, ranked), area(y, ranked + 0.01)]
    statement = "分数都加 0.01，排序没变，AUC 也没变：斜率是 0"
    lab.check(statement, claim="C046", got=got, want=[1, 1])
    entropy = [float(keras.losses.binary_crossentropy(y, p)) for p in (ranked, closer)]
    got = [round(value, 2) for value in (*entropy, area(y, ranked), area(y, closer))]
    statement = "交叉熵从 0.61 降到 0.43，AUC 却从 1 降到 0.75：只是相关，不是必然"
    lab.check(statement, claim="C046", got=got, want=[0.61, 0.43, 1, 0.75])


def area(y: np.ndarray, p: np.ndarray) -> float:
    """AUC：一个正样本的分数高于一个负样本的机会。"""
    return float(np.mean(p[y == 1][:, None] > p[y == 0]))


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
    tried = {layers.LSTM(32): (16,), layers.Conv2D(32, 3): (28, 28), layers.Dense(32): (10, 16)}
    got = [attempt(layer, shape) for layer, shape in tried.items()]
    statement = "LSTM 不收 2D 的输入，Conv2D 不收 3D 的；Dense 收 3D 的，只作用在最后一个轴上"
    lab.check(statement, claim="C042", got=got, want=["报错", "报错", "(None, 10, 32)"])


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
