"""5.1 节里可以验证的话：各层的形状和参数，填充、步幅、池化，还有卷积究竟算的是什么。"""

from typing import Any

import keras
import numpy as np
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


def shapes(lab: Lab, body: list[keras.Layer], sizes: dict[str, Any]) -> None:
    """Keras 算出的 [边长, 通道, 参数]，与按公式手算的逐条核对。"""
    got = [[*layer.output.shape[2:], layer.count_params()] for layer in body]
    want = [
        [output.side, output.channels, output.params] for output in convnets.by_hand(28, **sizes)
    ]
    side, channels, params = want[0]
    statement = f"第一个 Conv2D 得到 {side}×{side}，{channels} 个通道，它有 {params} 个参数"
    lab.check(statement, claim="C111", got=got[0], want=want[0])
    if len(got) == 5:
        side, channels, _ = want[1]
        statement = f"第一次池化得到 {side}×{side}，{channels} 个通道，池化没有参数"
        lab.check(statement, claim="C112", got=got[1], want=want[1])
        halves = [got[0][0] // 2, got[2][0] // 2]
        lab.check("两次池化都让高和宽减半", claim="C120", got=[got[1][0], got[3][0]], want=halves)
    sides, path = [row[0] for row in got], [row[0] for row in want]
    statement = f"边长这样变小：28 → {' → '.join(map(str, path))}"
    lab.check(statement, claim="C113", got=sides, want=path)
    last = convnets.by_hand(32, **sizes)[-1].side
    statement = f"输入换成 32×32，最后的边长是 {last}：由输入的大小决定，与核的大小不是一回事"
    lab.check(statement, claim="C113", got=build(32, **sizes).output_shape[1], want=last)
    lab.check("越往后，边长只减不增", claim="C117", got=sides, want=sorted(sides, reverse=True))
    depths = [row[1] for row in got]
    lab.check("越往后，通道只增不减", claim="C117", got=depths, want=sorted(depths))


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
