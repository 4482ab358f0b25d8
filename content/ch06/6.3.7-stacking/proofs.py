"""6.3.7 节里可以验证的话：参数个数，每层输出的形状，漏写 return_sequences 的后果。"""

import keras
from keras import layers

from dlwp_tui.lab import Lab
from lesson import build


def prove(lab: Lab, **_: object) -> None:
    book = build(2, 32, 64, "relu")
    count = book.count_params()
    lab.check("书中的网络有 23,489 个参数", claim="C193", got=count, want=23_489)

    sizes = [build(1, 32, 32, "tanh"), build(1, 32, 64, "tanh"), build(2, 32, 64, "tanh")]
    counts = [one.count_params() for one in sizes]
    statement = "一层 32 个单元、加到 64 个、再叠一层：4,641、15,425、23,489 个参数"
    lab.check(statement, claim="C193", got=counts, want=[4_641, 15_425, 23_489])

    x = keras.Input(batch_shape=(2, 240, 14))
    every = book.layers[0](x)
    shapes = f"{every.shape} → {book.layers[1](every).shape}"
    statement = "第 1 层每一步都输出，第 2 层只输出最后一步"
    lab.check(statement, got=shapes, want="(2, 240, 32) → (2, 64)")
    try:
        layers.GRU(64)(layers.GRU(32)(x))  # 第一个漏写了 return_sequences=True
        message = ""
    except ValueError as error:
        message = str(error)
    refused = "expected ndim=3, found ndim=2" in message
    statement = "漏写 return_sequences，下一层没有序列可读，Keras 报错"
    lab.check(statement, claim="C193", got=refused, want=True)
    each = layers.Dense(1)(layers.GRU(8, return_sequences=True)(x))
    statement = "最后一层也写 return_sequences，240 步就有 240 个预测"
    lab.check(statement, claim="C193", got=list(each.shape), want=[2, 240, 1])
