"""6.3.6 节里可以验证的话：dropout 什么时候丢，有没有参数，为什么不能每步换掩码。"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab
from lesson import build


def prove(lab: Lab, *, model: keras.Model, **_: object) -> None:
    kept = 0.8**240
    statement = "要是每步换一个掩码，一个单元 240 步都不被丢的机会几乎是 0"
    lab.check(statement, got=kept, want=0, tolerance=1e-20)

    x = np.random.default_rng(lab.seed).normal(size=(1, 4, 14)).astype("float32")
    layer = layers.GRU(4, dropout=0.5, recurrent_dropout=0.5)
    quiet = bool(np.array_equal(layer(x), layer(x)))
    lab.check("预测时一个单元也不丢：算两次，结果相同", got=quiet, want=True)
    loud = bool(np.array_equal(layer(x, training=True), layer(x, training=True)))
    lab.check("训练时丢：算两次，结果不同", got=loud, want=False)

    without = build(lab.params["units"], 0, 0).count_params()
    lab.check("dropout 没有参数", got=model.count_params(), want=without)
