"""7.1.4 节里可以验证的话：分支的形状，1×1 卷积混合什么，残差要的形状。"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab
from lesson import branches


def prove(lab: Lab, **_: object) -> None:
    inputs = keras.Input((28, 28, 128))
    same, valid = branches(inputs, "same"), branches(inputs, "valid")
    sides = [tensor.shape[1] for tensor in valid]
    lab.check("不填充，四个分支是 14、13、11、12", claim="C229", got=sides, want=[14, 13, 11, 12])
    lab.check("大小不同，concatenate 报错", claim="C229", got=fails(valid), want=True)
    sides = [tensor.shape[1] for tensor in same]
    lab.check("填充之后都是 14", claim="C229", got=sides, want=[14] * 4)
    module = keras.Model(inputs, layers.concatenate(same))
    shape = list(module.output_shape[1:])
    lab.check("接成 (14, 14, 512)：四个分支", claim="C227", got=shape, want=[14, 14, 512])
    total = module.count_params()
    lab.check("整个模块 639,872 个参数", claim="C227", got=total, want=639_872)

    xception(lab)
    pointwise(lab)
    squeezed = [
        params(layers.Conv2D(256, 3), 256),
        params(layers.Conv2D(64, 1), 256) + params(layers.Conv2D(256, 3), 64),
    ]
    lab.check("直接 3×3 与先压到 64 的参数", got=squeezed, want=[590_080, 164_160])

    x = keras.Input((16, 16, 128))
    y = x
    for _layer in range(3):
        y = layers.Conv2D(128, 3, padding="same")(y)
    shape = list(layers.add([y, x]).shape[1:])
    lab.check("恒等残差：(16, 16, 128)", claim="C233", got=shape, want=[16, 16, 128])
    linear = layers.Conv2D(128, 1, strides=2, padding="same")
    shape = list(layers.add([layers.MaxPooling2D(2)(y), linear(x)]).shape[1:])
    lab.check("线性残差：(8, 8, 128)", claim="C233", got=shape, want=[8, 8, 128])
    count = linear.count_params()
    lab.check("那个 1×1 卷积有 16,512 个参数", claim="C233", got=count, want=16_512)


def xception(lab: Lab) -> None:
    """两个网络只建起来数参数，不要权重。"""
    kinds = keras.applications.Xception, keras.applications.InceptionV3
    counts = [kind(weights=None).count_params() for kind in kinds]
    statement = "Xception 与 Inception V3 的参数"
    lab.check(statement, claim="C230", got=counts, want=[22_910_480, 23_851_784])
    apart = abs(counts[0] - counts[1]) / counts[1]
    lab.check("两者相差不到 5%", claim="C230", got=apart < 0.05, want=True)


def pointwise(lab: Lab) -> None:
    """改一个像素、改一个通道，看 1×1 卷积的输出哪里变。"""
    rng = np.random.default_rng(lab.seed)
    x = rng.normal(size=(1, 8, 8, 16)).astype("float32")
    pixel, channel = x.copy(), x.copy()
    pixel[0, 3, 4] += 1
    channel[..., 5] += 1
    conv = layers.Conv2D(32, 1)
    before = np.asarray(conv(x))
    moved = np.abs(np.asarray(conv(pixel)) - before)[0] > 1e-6
    places = np.argwhere(moved.any(axis=2)).tolist()
    lab.check("只改一个像素：只有同一位置变", claim="C228", got=places, want=[[3, 4]])
    moved = np.abs(np.asarray(conv(channel)) - before)[0] > 1e-6
    count = int(moved.any(axis=(0, 1)).sum())
    lab.check("只改一个通道：32 个输出通道都变", claim="C228", got=count, want=32)
    depthwise = layers.DepthwiseConv2D(3)
    moved = np.abs(np.asarray(depthwise(channel)) - np.asarray(depthwise(x)))[0] > 1e-6
    where = np.flatnonzero(moved.any(axis=(0, 1))).tolist()
    lab.check("逐通道卷积：只有那一个通道变", claim="C228", got=where, want=[5])


def params(layer: keras.Layer, channels: int) -> int:
    layer.build((None, 8, 8, channels))
    return int(layer.count_params())


def fails(tensors: list[keras.KerasTensor]) -> bool:
    try:
        layers.concatenate(tensors)
    except ValueError:
        return True
    return False
