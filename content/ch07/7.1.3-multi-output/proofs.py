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
    lab.check("三个输出：1、10、1 个数", claim="C223", got=outputs, want=[1, 10, 1])

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
    products = [3 * 0.25, 5 * 0.25, 1.0, 0.1 * 10]
    statement = "典型大小 × 权重：年龄 0.75～1.25，收入 1，性别 1"
    lab.check(statement, claim="C226", got=products, want=[0.75, 1.25, 1, 1], tolerance=1e-9)
    outputs = sorted(model.output_names)
    lab.check("三个输出，三个损失", claim="C223", got=outputs, want=sorted(names))
