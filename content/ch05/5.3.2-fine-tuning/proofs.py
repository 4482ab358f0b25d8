"""5.3.2 节里可以验证的话：解冻了多少，哪些权重变了，平滑曲线怎样算。"""

import keras
import numpy as np

from dlwp_tui.kit import bases, vision
from dlwp_tui.lab import Lab
from lesson import classifier, smooth_curve, thaw


def prove(lab: Lab, *, conv: keras.Model, **_: object) -> None:
    vgg16 = keras.applications.VGG16(weights=None, include_top=False, input_shape=(150, 150, 3))
    whole = keras.Sequential([vgg16, *classifier((4, 4, 512), 256).layers])
    vgg16.trainable = False
    before = len(whole.trainable_weights)
    thaw(vgg16, "block5")
    numbers = sum(int(np.prod(weight.shape)) for weight in whole.trainable_weights)
    got = [before, len(whole.trainable_weights), numbers]
    statement = "VGG16 只解冻 block5：可训练的张量 4 个变 10 个，参数 9,177,089 个"
    lab.check(statement, got=got, want=[4, 10, 9_177_089])
    fresh = bases.load(lab, lab.params["base"], False, conv.input_shape[1:])
    moved = {}
    for layer, untouched in zip(conv.layers, fresh.layers, strict=True):
        pairs = zip(layer.get_weights(), untouched.get_weights(), strict=True)
        moved[layer.name] = any(not np.array_equal(one, other) for one, other in pairs)
    wrong = [name for name, changed in moved.items() if changed and not chosen(lab, name)]
    lab.check("没有解冻的层，权重一个数也没有变", got=wrong, want=[])
    lab.check("解冻的层变了", got=any(moved[name] for name in moved if chosen(lab, name)))
    statement = "指数移动平均，系数 0.8：[1, 2, 3] → [1, 1.2, 1.56]"
    got = smooth_curve([1, 2, 3])
    lab.check(statement, claim="C138", got=got, want=[1, 1.2, 1.56], tolerance=1e-9)


def chosen(lab: Lab, name: str) -> bool:
    return name.startswith(vision.PARTS[lab.params["unfreeze"]])
