"""6.4.4 节里可以验证的话：书中的网络每层剩几步，有多少参数。"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab
from lesson import build


def prove(lab: Lab, **_: object) -> None:
    book = build("conv_gru", 240, 32, 5)
    lengths = [240, *(layer.output.shape[1] for layer in book.layers[:3])]
    statement = "卷积和池化把序列剪短：240 → 236 → 78 → 74"
    lab.check(statement, claim="C214", got=lengths, want=[240, 236, 78, 74])

    count = book.count_params()
    lab.check("卷积 + GRU 有 13,793 个参数", claim="C217", got=count, want=13_793)
    old = layers.GRU(32, reset_after=False)
    old.build((None, None, 32))
    without = count - book.layers[3].count_params() + old.count_params()
    statement = "书用的 Keras 2，GRU 少一组偏置，整个网络少 96 个参数"
    lab.check(statement, claim="C217", got=without, want=13_697)
    conv = build("conv", 240, 32, 5)
    lab.check("只有卷积的网络有 12,609 个参数", got=conv.count_params(), want=12_609)

    for layer in conv.layers:
        layer.set_weights([np.ones_like(w) for w in layer.get_weights()])
        if layer.get_weights():  # 全是 1，偏置是 0：看得到的那一步有输入，输出就不是 0
            layer.bias.assign(np.zeros(layer.bias.shape))
    seen = keras.Model(conv.inputs, conv.layers[-3].output)
    pulses = np.repeat(np.eye(240, dtype="float32")[:, :, None], 14, axis=2)  # 每条只有一步有输入
    outputs = seen.predict_on_batch(pulses)  # (240, 20, 32)
    got = [outputs.shape[1], int((outputs[:, 0, 0] != 0).sum())]
    statement = "单用卷积的网络，最后剩 20 处，每一处看得到 240 步中的 61 步"
    lab.check(statement, got=got, want=[20, 61])

    same = build("conv_pool", 240, 32, 5)
    got = [layer.count_params() for layer in same.layers[:3]]
    want = [layer.count_params() for layer in book.layers[:3]]
    lab.check("conv_pool 与 conv_gru 的卷积和池化相同", got=got, want=want)

    steps = [1440 // 6, 720 // 3, 1440 // 3]
    statement = "1440/6 与 720/3 一样多步，1440/3 才是两倍"
    lab.check(statement, claim="C216", got=steps, want=[240, 240, 480])
