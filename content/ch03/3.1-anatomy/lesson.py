"""神经网络剖析：层、模型、损失、优化器各是什么，参数又是怎么数出来的。

这一课不训练，几秒跑完：各部分拆开来看；笔记里可以验证的话在 proofs.py 里逐条算一遍。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab


def build(units: int) -> keras.Model:
    """书中的第一个例子：784 个像素 (n, 784) → units 个隐藏单元 → 10 个类别 (n, 10)。"""
    return keras.Sequential(
        [
            keras.Input((784,)),  # 不含批量维：实际的形状是 (None, 784)
            layers.Dense(units, activation="relu"),
            layers.Dense(10, activation="softmax"),  # 后面的层自己知道输入形状
        ]
    )


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


def run(lab: Lab, *, units: int) -> dict[str, object]:
    # 1. 层：什么形状的数据配什么层。第一维总是样本，写作 None；参数是层要学的数
    lab.phase("层")
    rows = []
    for data, shape, layer in [
        ("向量 2D", (16,), layers.Dense(32)),
        ("序列 3D", (10, 16), layers.LSTM(32)),
        ("图像 4D", (28, 28, 3), layers.Conv2D(32, 3)),
    ]:
        output = layer(keras.Input(shape))  # 第一次调用时，层才按输入形状建立权重
        kind = type(layer).__name__
        rows.append([data, str((None, *shape)), kind, str(output.shape), layer.count_params()])
    lab.table("数据的维数与层", ["数据", "输入形状", "层", "输出形状", "参数"], rows)

    # 2. 模型：层连成的网络。最常见的是一层接一层，也可以是任意的有向无环图
    lab.phase("模型")
    model, graph = build(units), build_graph(units)
    lab.summary(model)
    lab.summary(graph, label="有向无环图")

    # 3. 损失：训练要让它变小的那个数。几个输出各有各的损失，按权重相加成一个数
    lab.phase("损失与优化器")
    rows = []
    for problem, last, loss in [
        ("二分类", "Dense(1, sigmoid)", "binary_crossentropy"),
        ("多分类，one-hot 标签", "Dense(类别数, softmax)", "categorical_crossentropy"),
        ("多分类，整数标签", "Dense(类别数, softmax)", "sparse_categorical_crossentropy"),
        ("回归", "Dense(1)，没有激活函数", "mean_squared_error"),
    ]:
        rows.append([problem, last, loss, keras.losses.get(loss).__name__])
    lab.table("问题、最后一层与损失", ["问题", "最后一层", "损失", "Keras 的函数"], rows)
    weights = {"price": 0.25, "urgent": 10.0}
    graph.compile(
        optimizer="rmsprop",
        loss={"price": "mse", "urgent": "binary_crossentropy"},
        loss_weights=weights,
    )
    rng = np.random.default_rng(lab.seed)  # 64 个随机的样本，只为看损失怎样相加
    x = [rng.normal(size=(64, 20)), rng.normal(size=(64, 100))]
    y = {"price": rng.normal(size=(64, 1)), "urgent": rng.integers(0, 2, (64, 1)).astype("float32")}
    losses = graph.evaluate(x, y, batch_size=64, return_dict=True, verbose=0)
    terms = [
        [name, f"{weight:g}", f"{losses[name + '_loss']:.4f}"] for name, weight in weights.items()
    ]
    lab.table(
        "两个输出的损失", ["输出", "权重", "损失"], [*terms, ["合计", "", f"{losses['loss']:.4f}"]]
    )

    # 4. 优化器：按梯度更新参数的规则
    rows = []
    for name in ("sgd", "rmsprop", "adam"):
        optimizer = keras.optimizers.get(name)
        optimizer.build(model.trainable_variables)
        # 除了步数与学习率，还要为每个参数记几个数：rmsprop 记梯度平方的平均，adam 再记梯度的平均
        state = sum(int(np.prod(v.shape)) for v in optimizer.variables) - 2
        rows.append([name, f"{float(optimizer.learning_rate):g}", state // model.count_params()])
    lab.table("优化器的默认值", ["名字", "学习率", "每个参数要记住的数"], rows)
    lab.result(params=model.count_params())
    return {"model": model, "graph": graph, "weights": weights, "losses": losses}
