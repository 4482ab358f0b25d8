"""7.1.3 节里可以验证的话：参数，最短的帖子，总损失是加权和，列表与字典。"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from dlwp_tui.lab import Lab
from lesson import build


def prove(lab: Lab, *, model: keras.Model, val: tf.data.Dataset) -> None:
    book = build(50_000, 128)
    lab.check("书里的网络有 14,146,316 个参数", got=book.count_params(), want=14_146_316)
    swapped = layers.Embedding(256, 50_000)
    swapped.build((None, None))
    more = book.count_params() - 50_000 * 256 + swapped.count_params()
    more += 5 * (50_000 - 256) * 128  # 第一个卷积层也要读 50,000 维的词
    lab.check("嵌入层的两个参数写反了，膨胀到 45,982,476 个", got=more, want=45_982_476)
    outputs = [tensor.shape[-1] for tensor in book.outputs]
    lab.check("三个输出：1、10、1 个数", got=outputs, want=[1, 10, 1])

    needed = 1  # 从最后只剩 1 步往回推：卷积加 4，池化乘 5
    for pool, convolutions in ((1, 2), (5, 2), (5, 1)):
        needed = needed * pool + 4 * convolutions
    lab.check("帖子至少 269 个词", got=needed, want=269)
    small = build(400, 4)
    fits = small.predict(np.ones((1, 269), "int32"), verbose=0)[0].shape
    lab.check("269 个词放得下", got=list(fits), want=[1, 1])
    try:
        build(400, 4)(keras.Input((268,), dtype="int32"))
        short = False
    except ValueError:
        short = True
    lab.check("268 个词放不下，报错", got=short, want=True)

    names = ("age", "income", "gender")
    weights = [lab.params[f"{name}_weight"] for name in names]
    losses = model.test_on_batch(*next(iter(val)), return_dict=True)  # 一批，不必再求平均
    total = sum(w * losses[f"{name}_loss"] for w, name in zip(weights, names, strict=True))
    close = 1e-4 * max(1.0, float(total))
    statement = "总损失是三个损失的加权和"
    lab.check(statement, claim="C224", got=losses["loss"], want=total, tolerance=close)
    lists_and_names(lab)
    directions(lab)


def small_net() -> keras.Model:
    """两个输出的小网络，输出的次序与造它们的次序相反。"""
    keras.utils.set_random_seed(1)
    inputs = keras.Input((3,))
    shared = layers.Dense(4, activation="tanh")(inputs)
    second = layers.Dense(1, activation="sigmoid", name="b")(shared)
    first = layers.Dense(1, name="a")(shared)
    return keras.Model(inputs, [first, second])


def lists_and_names(lab: Lab) -> None:
    """损失按次序写、按名字写，是一回事；列表反过来写，不报错，却是另一个损失。"""
    x, y = np.ones((4, 3), "float32"), [np.full((4, 1), 5.0), np.ones((4, 1))]
    pair = ["mse", "binary_crossentropy"]
    kinds = [pair, {"b": pair[1], "a": pair[0]}, pair[::-1]]
    totals = []
    for loss in kinds:
        model = small_net()
        model.compile("sgd", loss)
        found = model.test_on_batch(x, y, return_dict=True)
        totals.append(float(found["loss"]))
    by_list, by_name, reversed_list = totals
    statement = "列表（按 Model 里的次序）与字典，总损失最多差"
    off = abs(by_list - by_name)
    lab.check(statement, claim="C223", got=off, want=0, tolerance=1e-6 * by_list)
    different = abs(by_list - reversed_list) > 0.1 * by_list
    lab.check("列表写反了：不报错，总损失却是另一个数", claim="C223", got=different, want=True)
    model = small_net()
    a, b = (np.asarray(p) for p in model(x))
    want = float(((a - 5) ** 2).mean() - np.log(b).mean())
    statement = "不写权重，总损失就是各个损失之和"
    lab.check(statement, claim="C224", got=by_list, want=want, tolerance=1e-4 * want)


def directions(lab: Lab) -> None:
    """公用的层收到的梯度：权重同乘一个数，方向不变；乘积都等于 5 也行，比例变了才变。"""
    model, x = small_net(), np.ones((4, 3), "float32")

    def gradient(weights: tuple[float, float]) -> np.ndarray:
        with tf.GradientTape() as tape:
            a, b = model(x)
            losses = tf.reduce_mean((a - 5) ** 2), -tf.reduce_mean(tf.math.log(b))
            loss = weights[0] * losses[0] + weights[1] * losses[1]
        found = np.asarray(tape.gradient(loss, model.layers[1].kernel.value)).ravel()
        unit: np.ndarray = found / np.linalg.norm(found)
        return unit

    balanced = gradient((0.25, 10))
    same = [float(balanced @ gradient(w)) for w in ((1.25, 50), (0.25 / 10.25, 10 / 10.25))]
    statement = "权重同乘 5、或者除到加起来等于 1：梯度的方向与原来的夹角余弦"
    lab.check(statement, claim="C226", got=same, want=[1, 1], tolerance=1e-5)
    turned = float(balanced @ gradient((10, 0.25)))
    lab.check("比例反过来，方向就变了", claim="C226", got=turned < 0.999, want=True)
