"""5.3 和 5.3.1 节里可以验证的话：VGG16 的形状和参数，冻结之后剩下什么，何时生效。"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit import bases
from dlwp_tui.lab import Lab
from lesson import classifier


def prove(lab: Lab, *, conv: keras.Model, model: keras.Model, **_: object) -> None:
    vgg16 = keras.applications.VGG16(weights=None, include_top=False, input_shape=(150, 150, 3))
    got = [vgg16.count_params(), *vgg16.output.shape[1:]]
    statement = "VGG16 的卷积基有 14,714,688 个参数，150×150 的照片变成 4×4×512"
    lab.check(statement, claim="C131", got=got, want=[14_714_688, 4, 4, 512])
    keeps_places(lab, vgg16)
    head = classifier((4, 4, 512), 256, 0.5)
    lab.check("接 VGG16 的分类器有 2,097,665 个参数", got=head.count_params(), want=2_097_665)
    whole = keras.Sequential([vgg16, *head.layers])
    before = len(whole.trainable_weights)
    vgg16.trainable = False
    got = [before, len(whole.trainable_weights), whole.count_params()]
    statement = "冻结 VGG16：可训练的张量 30 个变 4 个，参数总数还是 16,812,353"
    lab.check(statement, claim="C133", got=got, want=[30, 4, 16_812_353])
    left = len(model.trainable_weights)
    lab.check("这次训练的只有两个 Dense 的 4 个张量", claim="C133", got=left, want=4)
    fresh = bases.load(lab, lab.params["base"], False, conv.input_shape[1:])
    pairs = zip(conv.get_weights(), fresh.get_weights(), strict=True)
    same = all(np.array_equal(one, other) for one, other in pairs)
    lab.check("训练之后，卷积基的权重一个数也没有变", got=same)
    slow = 30 * 814 <= 26_300 <= 30 * 1046  # 日志：每轮 814～1046 秒，30 轮共 26,300 秒
    statement = (
        "没有 GPU，带增强的 30 轮，按日志每轮的秒数核对，共 26,300 秒，即 7.31 小时，不是 24 小时"
    )
    got = round(26_300 / 3600, 2) if slow else 0.0
    lab.check(statement, claim="C136", got=got, want=7.31)
    frozen_when(lab)


def keeps_places(lab: Lab, conv: keras.Model) -> None:
    """一块亮斑画在左上角，再画在右下角：特征图上亮的地方跟着走；1000 类的分类器没有行和列。"""
    pages = np.zeros((3, 150, 150, 3), "float32")
    pages[1, 10:50, 10:50] = pages[2, 100:140, 100:140] = 1
    maps = np.asarray(conv(pages, training=False))
    changed = np.abs(maps[1:] - maps[:1]).sum(axis=-1)  # 与空白页相差多少，(2, 4, 4)
    places = [[int(i) for i in np.unravel_index(one.argmax(), one.shape)] for one in changed]
    corners = [[bool(i >= 2) for i in place] for place in places]
    statement = f"VGG16 的卷积基保留位置：亮斑在两角，反应最强的格子在 {places[0]} 和 {places[1]}"
    lab.check(statement, claim="C130", got=corners, want=[[False, False], [True, True]])
    top = keras.Sequential([keras.Input(conv.output.shape[1:]), layers.Flatten()])
    top.add(layers.Dense(1000, activation="softmax"))
    statement = "原来的分类器给每张图 1000 个概率，没有行和列"
    lab.check(statement, claim="C130", got=list(top(maps[:1]).shape), want=[1, 1000])


def frozen_when(lab: Lab) -> None:
    """冻结何时生效：用一个 Dense(1) 试，看 fit 一轮之后权重变了没有。"""
    x, y = np.ones((8, 2), "float32"), np.zeros((8, 1), "float32")

    def changes(model: keras.Model) -> bool:
        before = model.get_weights()[0]
        model.fit(x, y, verbose=0)
        return not np.array_equal(before, model.get_weights()[0])

    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.trainable = False
    statement = "编译之后、第一次 fit 之前冻结：不重新编译，权重也不变"
    lab.check(statement, claim="C134", got=changes(model), want=False)
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    changes(model)
    model.trainable = False
    statement = "fit 过之后再冻结：不重新编译，权重照样变"
    lab.check(statement, claim="C134", got=changes(model), want=True)
    model.compile("sgd", "mse")
    lab.check("重新编译之后，冻结才生效", claim="C134", got=changes(model), want=False)
