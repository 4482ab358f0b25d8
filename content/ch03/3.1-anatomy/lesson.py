"""神经网络剖析：层、模型、损失、优化器各是什么，参数又是怎么数出来的。

这一课不训练，几秒跑完：把笔记里可以验证的话逐条算一遍，结果都在“验证”表里。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab


def build(units: int) -> keras.Model:
    """书中的第一个例子：784 个像素 → units 个隐藏单元 → 10 个类别。"""
    return keras.Sequential([
        keras.Input((784,)),  # 不含批量维：实际的形状是 (None, 784)
        layers.Dense(units, activation="relu"),
        layers.Dense(10, activation="softmax"),  # 后面的层自己知道输入形状
    ])  # fmt: skip


def build_graph(units: int) -> keras.Model:
    """函数式 API 的有向无环图：两路输入汇合，再分出两个输出。"""
    title = keras.Input((20,), name="title")
    body = keras.Input((100,), name="body")
    left = layers.Dense(units, activation="relu", name="read_title")(title)
    right = layers.Dense(units, activation="relu", name="read_body")(body)
    both = layers.Concatenate(name="join")([left, right])
    price = layers.Dense(1, name="price")(both)
    urgent = layers.Dense(1, activation="sigmoid", name="urgent")(both)
    return keras.Model([title, body], {"price": price, "urgent": urgent})


def accepts(layer: keras.Layer, shape: tuple[int, ...]) -> bool:
    """这个层是否接受形状为 (批, *shape) 的输入。"""
    try:
        layer(keras.Input(shape))
    except ValueError:
        return False
    return True


def run(lab: Lab, *, units: int) -> None:
    # 1. 层：有权重的层有状态，没有权重的层没有
    lab.phase("层")
    dense, flatten = layers.Dense(units), layers.Flatten()
    for layer in (dense, flatten):
        layer(np.zeros((1, 784), "float32"))  # 第一次调用时才按输入形状建立权重
    lab.check("Dense 有两个权重：核与偏置", claim="C041", got=len(dense.weights), want=2)
    lab.check("Flatten 没有权重", claim="C041", got=len(flatten.weights), want=0)
    lab.check("(784,) 是只有一个元素的元组，逗号不能省", got=len((784,)), want=1)

    # 2. 什么形状的数据配什么层（第一维总是样本）
    rows = []
    for data, shape, layer in [
        ("向量 2D", (16,), layers.Dense(32)),
        ("序列 3D", (10, 16), layers.LSTM(32)),
        ("图像 4D", (28, 28, 3), layers.Conv2D(32, 3)),
    ]:
        output, kind = layer(keras.Input(shape)), type(layer).__name__
        rows.append([data, str((None, *shape)), kind, str(output.shape), layer.count_params()])
    lab.table("数据的维数与层", ["数据", "输入形状", "层", "输出形状", "参数"], rows)
    took = [accepts(layers.LSTM(32), (16,)), accepts(layers.Conv2D(32, 3), (28, 28))]
    lab.check("LSTM 不收 2D，Conv2D 不收 3D", claim="C042", got=took, want=[False, False])
    # “每种层只接受一种形状”对 Dense 不成立：它作用在最后一维上
    took = accepts(layers.Dense(32), (10, 16))
    lab.check("Dense 也接受 3D 输入", claim="C042", got=took, want=True)

    # 3. 模型：数参数。核是 输入 × 单元 的矩阵，偏置每个单元一个
    lab.phase("模型")
    stack = keras.Sequential([keras.Input((16,)), layers.Dense(32), layers.Dense(32)])
    shape = list(stack.layers[0].output.shape)
    lab.check("Dense(32) 把 (*, 16) 变成 (*, 32)", claim="C043", got=shape, want=[None, 32])
    counts = [layer.count_params() for layer in stack.layers]
    want = [16 * 32 + 32, 32 * 32 + 32]
    lab.check("参数 16 × 32 + 32 与 32 × 32 + 32", claim="C043", got=counts, want=want)
    model = build(units)
    lab.summary(model)
    counts = [layer.count_params() for layer in model.layers]
    want = [784 * units + units, units * 10 + 10]
    lab.check(f"784 × {units} + {units} 与 {units} × 10 + 10", got=counts, want=want)
    graph = build_graph(units)
    lab.summary(graph, label="有向无环图")
    nodes = [layer.name for layer in graph.layers if not isinstance(layer, layers.InputLayer)]
    want = ["join", "price", "read_body", "read_title", "urgent"]
    lab.check("图里有 5 个计算的节点", got=sorted(nodes), want=want)

    # 4. 损失：多个输出的损失按权重求和，成为一个数（不是取平均）
    lab.phase("损失与优化器")
    weights = {"price": 0.25, "urgent": 10.0}
    losses = {"price": "mse", "urgent": "binary_crossentropy"}
    graph.compile(optimizer="rmsprop", loss=losses, loss_weights=weights)
    rng = np.random.default_rng(lab.seed)
    x = [rng.normal(size=(64, 20)), rng.normal(size=(64, 100))]
    y = {"price": rng.normal(size=(64, 1)), "urgent": rng.integers(0, 2, (64, 1)).astype("float32")}
    got = graph.evaluate(x, y, batch_size=64, return_dict=True, verbose=0)
    total = sum(weights[name] * got[f"{name}_loss"] for name in weights)
    lab.check("总损失 = 0.25 × price + 10 × urgent", claim="C044",
              got=got["loss"], want=total, tolerance=1e-3)  # fmt: skip

    rows = []
    for problem, layer, loss in [
        ("二分类", "Dense(1, sigmoid)", "binary_crossentropy"),
        ("多分类，one-hot 标签", "Dense(类别数, softmax)", "categorical_crossentropy"),
        ("多分类，整数标签", "Dense(类别数, softmax)", "sparse_categorical_crossentropy"),
        ("回归", "Dense(1)，没有激活函数", "mean_squared_error"),
    ]:
        rows.append([problem, layer, loss, keras.losses.get(loss).__name__])
    lab.table("问题、最后一层与损失", ["问题", "最后一层", "损失", "Keras 的函数"], rows)
    same = all(row[2] == row[3] for row in rows)
    lab.check("compile 认得这四个损失的名字", claim="C045", got=same, want=True)
    rows = []
    for name in ("sgd", "rmsprop", "adam"):
        optimizer = keras.optimizers.get(name)
        optimizer.build(model.trainable_variables)
        # 除了步数与学习率，还要为每个参数记几个数：rmsprop 记梯度平方的平均，adam 再记梯度的平均
        state = sum(int(np.prod(v.shape)) for v in optimizer.variables) - 2
        rows.append([name, f"{float(optimizer.learning_rate):g}", state // model.count_params()])
    lab.table("优化器的默认值", ["名字", "学习率", "每个参数要记住的数"], rows)
    lab.result(params=model.count_params())
