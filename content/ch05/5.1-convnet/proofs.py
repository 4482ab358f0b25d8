"""5.1 节里可以验证的话：各层的形状和参数，填充、步幅、池化，还有卷积究竟算的是什么。"""

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from dlwp_tui.kit import convnets
from dlwp_tui.lab import Lab
from lesson import build


def prove(lab: Lab, *, cnn: keras.Sequential, x_test: np.ndarray, **_: object) -> None:
    sizes = convnets.sizes(lab.params)
    body = cnn.layers[:-3]  # 末尾三层是分类器
    shapes(lab, body, sizes)
    parameters(lab, cnn, body, sizes)
    windows(lab, x_test[0, :, :, 0])
    several_channels(lab)
    pooling(lab)


def shapes(lab: Lab, body: list[keras.Layer], sizes: dict[str, Any]) -> None:
    """Keras 算出的 [边长, 通道, 参数]，与按公式手算的逐条核对。"""
    got = [[*layer.output.shape[2:], layer.count_params()] for layer in body]
    want = [[one.side, one.channels, one.params] for one in convnets.by_hand(28, **sizes)]
    side, channels, params = want[0]
    statement = f"第一个 Conv2D 得到 {side}×{side}，{channels} 个通道，它有 {params} 个参数"
    lab.check(statement, claim="C111", got=got[0], want=want[0])
    if len(got) == 5:
        side, channels, _ = want[1]
        statement = f"第一次池化得到 {side}×{side}，{channels} 个通道，池化没有参数"
        lab.check(statement, claim="C112", got=got[1], want=want[1])
    sides, path = [row[0] for row in got], [row[0] for row in want]
    statement = f"边长这样变小：28 → {' → '.join(map(str, path))}"
    lab.check(statement, claim="C113", got=sides, want=path)
    last = convnets.by_hand(32, **sizes)[-1].side
    statement = f"输入换成 32×32，最后的边长是 {last}：由输入的大小决定，与核的大小不是一回事"
    lab.check(statement, claim="C113", got=build(32, **sizes).output_shape[1], want=last)
    book = build(28, 32, 3, padding="valid", strides=1, pooling="max").layers[::2]
    rows = [[*layer.output.shape[2:], layer.kernel.shape[0]] for layer in book]
    statement = "书里的三个卷积层：边长 26、11、3，越来越小；通道 32、64、64，变多；核一直是 3"
    lab.check(statement, claim="C117", got=rows, want=[[26, 32, 3], [11, 64, 3], [3, 64, 3]])


def parameters(lab: Lab, cnn: keras.Model, body: list[keras.Layer], sizes: dict[str, Any]) -> None:
    """卷积层的参数：(核的面积 × 输入通道 + 1) × 输出通道；Dense 的参数：(输入 + 1) × 单元。"""
    outputs, units = convnets.by_hand(28, **sizes), lab.params["units"]
    convolution = sum(output.params for output in outputs)
    got = sum(layer.count_params() for layer in body)
    lab.check(f"卷积部分有 {convolution:,} 个参数", claim="C114", got=got, want=convolution)
    flat = outputs[-1].side ** 2 * outputs[-1].channels
    total = convolution + (flat + 1) * units + (units + 1) * 10
    got = cnn.count_params()
    lab.check(f"连同分类器一共 {total:,} 个参数", claim="C114", got=got, want=total)


def windows(lab: Lab, image: np.ndarray) -> None:
    """卷积本身，用一张图 (28, 28) 来核对；与选的参数无关。"""
    x = image[None, :, :, None]
    one = [layers.Conv2D(1, 3, 1, padding)(x).shape[1] for padding in ("valid", "same")]
    two = [layers.Conv2D(1, 3, 2, padding)(x).shape[1] for padding in ("valid", "same")]
    lab.check("3×3 的核：valid 得 26，same 得 28", claim="C118", got=one, want=[26, 28])
    lab.check("步幅 2：valid 得 13，same 得 14", claim="C119", got=two, want=[13, 14])
    # 滑动窗口，就是把每个图块拉平成 9 个数，乘一个 (9, 32) 的矩阵
    conv = layers.Conv2D(32, 3)
    maps = np.asarray(conv(x))[0]  # (26, 26, 32)
    patches = np.lib.stride_tricks.sliding_window_view(image, (3, 3)).reshape(26, 26, 9)
    off = float(np.abs(maps - patches @ np.asarray(conv.kernel).reshape(9, 32)).max())
    statement = "每个图块与核作点积，就是卷积：两种算法最多相差"
    lab.check(statement, claim="C116", got=off, want=0, tolerance=1e-5)


def several_channels(lab: Lab) -> None:
    """笔记里那个 2×2 的彩色窗口，两个核：三个通道的乘积加在一起。"""
    x = np.moveaxis([[[1, 0], [2, 1]], [[0, 1], [1, 0]], [[2, 1], [0, 0]]], 0, -1)
    one = np.moveaxis([[[1, 0], [0, 1]], [[0, -1], [1, 0]], [[0, 1], [0, -1]]], 0, -1)
    two = np.moveaxis([[[-1, 0], [0, 0]], [[0, -1], [0, 0]], [[0, -1], [0, 0]]], 0, -1)
    conv = layers.Conv2D(2, 2, activation="relu")
    conv.build((None, 2, 2, 3))
    conv.set_weights([np.stack([one, two], axis=-1), np.array([-1.0, 0])])
    got = np.asarray(conv(x[None].astype("float32"))).ravel()
    statement = "彩色窗口，两个核：2 + 0 + 1 − 1 = 2；−1 − 0 − 2 + 0 = −3，relu 之后是 0"
    lab.check(statement, got=got, want=[2, 0], tolerance=1e-6)


def sees(pooling: str) -> list[int]:
    """三个卷积层，一个输出各看到原图的几行：核都换成 1，求它对每个像素的梯度，数不为 0 的行。"""
    model = build(28, 2, 3, padding="valid", strides=1, pooling=pooling)
    model.set_weights([np.ones_like(weight) for weight in model.get_weights()])
    x, found = tf.Variable(tf.ones((1, 28, 28, 1))), []
    with tf.GradientTape(persistent=True) as tape:
        y = tf.identity(x)
        for layer in model.layers:
            y = layer(y)
            if isinstance(layer, layers.Conv2D):
                found.append(y[0, 1, 1, 0])
    return [int(np.any(tape.gradient(one, x)[0] != 0, axis=(1, 2)).sum()) for one in found]


def pooling(lab: Lab) -> None:
    """池化做什么：取最大的、减半、看得更宽；先定义的层看得窄，后定义的看得宽。"""
    x = np.array([[1, 3, 2, 0], [4, 2, 1, 1], [0, 0, 5, 6], [1, 0, 7, 8]], "float32")
    largest = np.asarray(layers.MaxPooling2D(2)(x[None, :, :, None])).ravel()
    lab.check("笔记的例子取最大", claim="C120", got=largest, want=[4, 2, 1, 8])
    shape = list(layers.MaxPooling2D(2)(np.zeros((1, 26, 26, 32), "float32")).shape[1:])
    statement = "26×26×32 池化成 13×13×32：元素只剩四分之一"
    lab.check(statement, claim="C120", got=shape, want=[13, 13, 32])
    wide, narrow = sees("average"), sees("none")
    statement = "先定义的第一层看原图的 3×3，后定义的两层看 8×8、18×18：局部在先，抽象在后"
    lab.check(statement, claim="C110", got=wide, want=[3, 8, 18])
    lab.check(
        "不池化，三层只看到 3、5、7：池化使视野变宽", claim="C120", got=narrow, want=[3, 5, 7]
    )
    nets = [build(28, 32, 3, padding="valid", strides=1, pooling=kind) for kind in ("max", "none")]
    flat = [int(np.prod(net.output_shape[1:])) for net in nets]
    lab.check("交给分类器的数：池化 576，不池化 30,976", claim="C120", got=flat, want=[576, 30_976])
