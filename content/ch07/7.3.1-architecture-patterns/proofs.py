"""7.3.1 节里可以验证的话：批标准化算的是什么，可分离卷积有多少参数、混合什么。"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab
from lesson import build


def prove(lab: Lab) -> None:
    normalisation(lab)
    separable(lab)


def normalisation(lab: Lab) -> None:
    """均值 5、标准差 3 的一批数据。"""
    x = np.random.default_rng(lab.seed).normal(5, 3, (2000, 4)).astype("float32")
    layer = layers.BatchNormalization()
    y = np.asarray(layer(x, training=True))
    got = [float(np.abs(y.mean(axis=0)).max()), float(np.abs(y.std(axis=0) - 1).max())]
    statement = "训练时：每个通道的均值 0、标准差 1"
    lab.check(statement, claim="C246", got=got, want=[0, 0], tolerance=1e-3)
    by_hand = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 0.001)
    off = float(np.abs(y - by_hand).max())
    lab.check("与公式手算最多相差", claim="C246", got=off, want=0, tolerance=1e-3)
    rest = float(np.asarray(layer(x, training=False)).mean())
    statement = "一批之后就拿来预测：均值还在 4.5～4.9，滑动平均只走了 1%"
    lab.check(statement, got=rest, want=4.7, tolerance=0.2)
    lab.check("axis 默认是 −1", claim="C246", got=layer.axis, want=-1)

    layer = layers.BatchNormalization()
    layer.build((None, 8, 8, 64))
    trainable = sum(int(np.prod(weight.shape)) for weight in layer.trainable_weights)
    counts = [layer.count_params(), trainable]
    lab.check("64 个通道：256 个参数，128 个可训练", got=counts, want=[256, 128])


def separable(lab: Lab) -> None:
    counts = []
    for layer in (layers.Conv2D(128, 3), layers.SeparableConv2D(128, 3)):
        layer.build((None, 8, 8, 64))
        counts.append(layer.count_params())
    statement = "3×3、64 到 128：普通 73,856，可分离 8,896"
    lab.check(statement, claim="C247", got=counts, want=[73_856, 8_896])
    book = [
        build((64, 64, 3), 32, separable=kind, padding="valid").count_params()
        for kind in (True, False)
    ]
    statement = "书里的网络 38,949 个参数，全用 Conv2D 是 282,282"
    lab.check(statement, claim="C247", got=book, want=[38_949, 282_282])

    x = np.random.default_rng(lab.seed).normal(size=(1, 6, 6, 4)).astype("float32")
    one = x.copy()
    one[..., 2] += 1
    layer = keras.layers.SeparableConv2D(5, 3)
    moved = np.abs(np.asarray(layer(one)) - np.asarray(layer(x))).max(axis=(0, 1, 2)) > 1e-6
    lab.check("只改一个输入通道，所有输出通道都变", got=int(moved.sum()), want=5)
