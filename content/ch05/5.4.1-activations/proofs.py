"""5.4.1 节里可以验证的话：多输出模型的形状，它与原模型共用权重，全黑的通道不会变成 NaN。"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit import vision
from dlwp_tui.lab import Lab
from lesson import to_grey


def prove(lab: Lab, *, model: keras.Model, activation_model: keras.Model, shown, **_) -> None:
    ours = {id(weight) for weight in model.weights}
    shared = all(id(weight) in ours for weight in activation_model.weights)
    lab.check("多输出模型与原模型共用权重，没有新的", got=shared)
    got = len(activation_model.outputs)
    lab.check(f"它有 {len(shown)} 个输出，每个卷积层、池化层一个", got=got, want=len(shown))
    book(lab)
    grey = to_grey(np.zeros((4, 4), "float32"))
    lab.check("毫无反应的通道画成全黑，不是 NaN", got=grey, want=np.zeros((4, 4), "uint8"))


def book(lab: Lab) -> None:
    """书里的猫狗网络（5.2.3）：8 个激活，从 (1, 148, 148, 32) 到 (1, 7, 7, 128)。"""
    network = keras.Sequential([keras.Input((150, 150, 3)), layers.Rescaling(1 / 255)])
    for filters in (32, 64, 128, 128):
        network.add(layers.Conv2D(filters, (3, 3), activation="relu"))
        network.add(layers.MaxPooling2D((2, 2)))
    outputs = [layer.output for layer in vision.shown(network)]
    many = keras.Model(network.inputs[0], outputs)
    shapes = [list(out.shape) for out in many(np.zeros((1, 150, 150, 3), "float32"))]
    lab.check("书里的网络有 8 个激活", claim="C141", got=len(shapes), want=8)
    lab.check("第一个的形状", claim="C141", got=shapes[0], want=[1, 148, 148, 32])
    channels = [shape[3] for shape in shapes]
    want = [32, 32, 64, 64, 128, 128, 128, 128]
    lab.check("8 层的通道数", claim="C141", got=channels, want=want)
