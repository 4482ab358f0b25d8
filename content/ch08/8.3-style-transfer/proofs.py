"""8.3.1 到 8.3.3 节里可以验证的话：内容损失、Gram 矩阵、三项之和、展平。"""

from collections.abc import Callable

import keras
import numpy as np

from dlwp_tui.lab import Lab
from lesson import STYLE, content_loss, gram_matrix, style_loss, total_variation_loss


def prove(
    lab: Lab, *, losses: Callable, target, styles: dict, extractor: keras.Model, **_: object
) -> None:
    grams(lab)
    flat(lab, np.asarray(target))
    style(lab, styles)
    total(lab, losses, target, extractor)


def grams(lab: Lab) -> None:
    """笔记的例子：两个通道、三个位置。"""
    x = np.array([[0, 1, 2], [3, 4, 5]], "float32").T.reshape(1, 3, 2)  # (高, 宽, 通道)
    m = np.asarray(gram_matrix(x))
    statement = "[[0, 1, 2], [3, 4, 5]] 的 Gram 矩阵"
    lab.check(statement, claim="C265", got=m, want=[[5, 14], [14, 50]])
    lab.check("Gram 矩阵是对称的", claim="C265", got=bool((m == m.T).all()))
    shuffled = np.asarray(gram_matrix(x[:, [2, 0, 1]]))
    lab.check("位置打乱，Gram 矩阵不变", claim="C265", got=shuffled, want=m)


def flat(lab: Lab, target: np.ndarray) -> None:
    """照片展平之后有几个轴；变回来，一个数也不差。"""
    row = target.flatten()
    lab.check("照片 flatten 之后有几个轴：1，不是 2", claim="C267", got=row.ndim, want=1)
    back = bool((row.reshape(target.shape) == target).all())
    lab.check("reshape 变回来，一个数也不差", claim="C267", got=back)


def style(lab: Lab, styles: dict) -> None:
    """参考画自己的风格损失是 0；左右翻转特征图，Gram 矩阵不变。"""
    for name in (STYLE[0], STYLE[-1]):
        x = np.asarray(styles[name][0])
        off = float(np.asarray(style_loss(x, x)))
        lab.check(f"{name}：与自己的风格损失", claim="C265", got=off, want=0, tolerance=1e-6)
        flipped = float(np.asarray(style_loss(x, x[:, ::-1])))
        statement = f"{name}：特征图左右翻转，风格损失"
        lab.check(statement, claim="C265", got=flipped, want=0, tolerance=1e-6)


def total(lab: Lab, losses: Callable, target, extractor: keras.Model) -> None:
    """三项：风格、内容、总变差。照片自己的内容损失是 0。"""
    parts = {name: float(value) for name, value in losses(target).items()}
    statement = "总损失有三项，不止风格和内容"
    lab.check(statement, claim="C266", got=sorted(parts), want=["content", "style", "variation"])
    lab.check("照片自己的内容损失", claim="C264", got=parts["content"], want=0, tolerance=1e-9)
    want = lab.params["style_weight"] > 0
    lab.check("照片的风格损失大于 0", claim="C264", got=parts["style"] > 0, want=want)
    activation = np.asarray(extractor(target)["block5_conv2"])
    moved = float(np.asarray(content_loss(activation, activation + 1)))
    expected = activation.size / float((activation**2).sum())
    statement = "激活处处差 1，内容损失就是个数除以平方和"
    tolerance = 1e-3 * expected
    lab.check(statement, claim="C264", got=moved, want=expected, tolerance=tolerance)
    flat = float(np.asarray(total_variation_loss(np.ones((1, 8, 8, 3), "float32"))))
    lab.check("一片单色的总变差", claim="C266", got=flat, want=0)
