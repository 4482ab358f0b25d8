"""层组成的有向无环图：Inception 的四个分支，残差连接的近路。

分支那一半看形状；残差那一半看梯度：反馈信号从最后一层传回第一层，还剩多少。
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from dlwp_tui.lab import Lab

LOSS = "sparse_categorical_crossentropy"
DEPTHS = (5, 10, 20, 30, 50, 75, 100)


def branches(x: keras.KerasTensor, padding: str) -> list[keras.KerasTensor]:
    """Inception 模块的四个分支，各有一次步幅 2。"""

    def conv(filters: int, size: int, strides: int = 1) -> layers.Layer:
        return layers.Conv2D(filters, size, strides, padding, activation="relu")

    a = conv(128, 1, strides=2)(x)
    b = conv(128, 1)(x)
    b = conv(128, 3, strides=2)(b)
    c = layers.AveragePooling2D(3, strides=2, padding=padding)(x)
    c = conv(128, 3)(c)
    d = conv(128, 1)(x)
    d = conv(128, 3)(d)
    d = conv(128, 3, strides=2)(d)
    return [a, b, c, d]


def build(depth: int, activation: str, *, residual: bool, batch_norm: bool = False) -> keras.Model:
    """depth 层、每层 64 个单元的深网络：图片 (n, 784) → 概率 (n, 10)。"""
    inputs = keras.Input((784,))
    x = layers.Dense(64, activation=activation)(inputs)
    for _ in range(depth - 1):
        y = layers.Dense(64, activation=activation)(x)
        if residual and batch_norm:
            y = layers.BatchNormalization()(y)
        x = layers.add([x, y]) if residual else y  # 恒等残差：形状相同，直接相加
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


def first_gradient(model: keras.Model, x: np.ndarray, labels: np.ndarray) -> float:
    """一批数据的损失，对第一层权重的梯度有多大（范数）。"""
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.get(LOSS)(labels, model(x, training=True)))
    gradient = tape.gradient(loss, model.trainable_variables[0].value)
    return float(tf.norm(gradient))


def run(
    lab: Lab,
    *,
    padding: str,
    depth: int,
    activation: str,
    batch_norm: bool,
    trained_depth: int,
    samples: int,
    epochs: int,
) -> dict[str, object]:
    # 1. 分支：大小相同才接得起来
    inputs = keras.Input((28, 28, 128))
    made = branches(inputs, padding)
    rows = [[name, str(tensor.shape[1:])] for name, tensor in zip("abcd", made, strict=True)]
    lab.table(f"四个分支，padding={padding}", ["分支", "输出"], rows)
    try:
        lab.summary(keras.Model(inputs, layers.concatenate(made)), "Inception")
    except ValueError as error:
        lab.text("接不起来", str(error))

    # 2. 没有训练过的深网络：反馈信号传回第一层，还剩多少
    (images, labels), (test_images, test_labels) = lab.dataset("mnist")
    x, x_test = (a.reshape(-1, 784) / np.float32(255) for a in (images[:samples], test_images))
    kinds = {"普通": False, "残差": True}
    found, result = {}, {}
    for depth_ in lab.steps(depth, unit="层"):
        if depth_ in DEPTHS or depth_ == depth:
            for name, residual in kinds.items():
                model = build(depth_, activation, residual=residual, batch_norm=batch_norm)
                found[name] = first_gradient(model, x[:128], labels[:128])
                lab.log(depth_, name, gradient=np.log10(max(found[name], 1e-45)))

    # 3. 训练：同样深，一个有近路，一个没有
    batches = lab.batches(x, labels[:samples], 64)
    for i, (name, residual) in enumerate(kinds.items()):
        model = build(trained_depth, activation, residual=residual, batch_norm=batch_norm)
        steps = lab.steps_per_execution(model, batches)
        model.compile("adam", LOSS, metrics=["accuracy"], steps_per_execution=steps)
        lab.summary(model, name)
        callbacks = lab.callbacks(name, part=(i, 2))
        model.fit(batches, epochs=epochs, callbacks=callbacks, verbose=0)
        key = "residual" if residual else "plain"
        result[f"{key}_gradient"] = found[name]
        result[f"{key}_accuracy"] = model.evaluate(x_test, test_labels, 1000, verbose=0)[1]
    lab.result(**result)
    return {"made": made}
