"""2.3 节里可以验证的话：什么形状能算，结果是什么形状；Dense 算的是什么。"""

from functools import partial

import numpy as np
from keras import layers

from dlwp_tui.lab import Lab
from lesson import Function, Shape, attempt

tensordot = partial(np.tensordot, axes=1)


def prove(lab: Lab, *, x_shape: Shape, y_shape: Shape, result: Shape | None, **_: object) -> None:
    got = outcome(np.maximum, x_shape, y_shape)
    want = "报错" if result is None else str(result)
    lab.check(f"{x_shape} 与 {y_shape} 按规则推出的结果，与 NumPy 的相同", got=got, want=want)
    broadcasting(lab)
    dot_products(lab)
    dense_layer(lab)
    reshaping(lab)


def outcome(f: Function, x: Shape, y: Shape) -> str:
    """结果的形状；算不了就是“报错”。"""
    return attempt(f, x, y).partition("：")[0]


def example(lab: Lab, what: str, f: Function, good: list[Shape], *, bad: Shape, claim: str) -> None:
    """笔记里的例子：good 是 x、y 和结果的形状；同样的 x 与形状为 bad 的 y 不能算。"""
    x, y, gives = good
    statement = f"{what}：{x} 与 {y} 得 {gives}，与 {bad} 报错"
    got = [outcome(f, x, y), outcome(f, x, bad)]
    lab.check(statement, claim=claim, got=got, want=[str(gives), "报错"])


def broadcasting(lab: Lab) -> None:
    """广播：末尾的轴要对得上，缺的轴添在前面。"""
    example(lab, "加法从末尾对起", np.add, [(32, 10), (10,), (32, 10)], bad=(32,), claim="C026")
    big = (64, 3, 32, 10)
    example(lab, "最大值也是", np.maximum, [big, (32, 10), big], bad=(3, 32), claim="C027")


def dot_products(lab: Lab) -> None:
    """点积：x 的最后一个轴与 y 的哪个轴对齐。"""
    example(lab, "向量点积向量", np.dot, [(3,), (3,), ()], bad=(4,), claim="C028")
    example(lab, "矩阵点积向量", np.dot, [(2, 3), (3,), (2,)], bad=(2,), claim="C029")
    example(lab, "向量点积矩阵", np.dot, [(3,), (3, 2), (2,)], bad=(2, 3), claim="C029")
    example(lab, "矩阵点积矩阵", np.dot, [(2, 3), (3, 4), (2, 4)], bad=(4, 3), claim="C030")
    x, rest = (2, 3, 4, 5), (2, 3, 4)
    example(lab, "4D 点积向量", np.dot, [x, (5,), rest], bad=(4,), claim="C031")
    example(lab, "4D 点积矩阵", np.dot, [x, (5, 6), (*rest, 6)], bad=(4, 6), claim="C032")
    # y 也超过二维时，dot 与 tensordot 看的轴不同：4 在第 0 位，还是在倒数第二位
    first, middle, gives = (4, 5, 6), (5, 4, 6), (2, 3, 5, 6)
    example(lab, "dot 看倒数第二位", np.dot, [rest, middle, gives], bad=first, claim="C033")
    example(lab, "tensordot 看第 0 位", tensordot, [rest, first, gives], bad=middle, claim="C033")


def dense_layer(lab: Lab) -> None:
    """Dense 的三个运算：点积、加偏置、relu。"""
    inputs = np.random.default_rng(lab.seed).normal(size=(512, 20)).astype("float32")
    dense = layers.Dense(16, activation="relu")
    output = np.array(dense(inputs))
    lab.check("(512, 20) 经过 16 个单元的 Dense，仍是 2D", claim="C024", got=output.ndim, want=2)
    w, b = dense.get_weights()  # (20, 16) 和 (16,)
    off = float(np.abs(output - np.maximum(inputs @ w + b, 0)).max())
    statement = "Dense 算的就是 relu(dot(input, W) + b)：两种算法最多相差"
    lab.check(statement, claim="C024", got=off, want=0, tolerance=1e-5)
    relu = np.maximum([-2, -0.5, 0, 3], 0)
    lab.check("relu 逐个元素算：负数都变成 0", claim="C025", got=relu, want=[0, 0, 0, 3])


def reshaping(lab: Lab) -> None:
    """变形不动次序，转置打乱次序。"""
    small = np.array([[0, 1, 2], [3, 4, 5]])
    reshaped, turned = small.reshape(3, 2), small.T
    lab.check("变形不改变元素的总数", claim="C034", got=reshaped.size, want=6)
    want = [[0, 1], [2, 3], [4, 5]]
    lab.check("变形也不改变元素的次序", claim="C034", got=reshaped, want=want)
    want = [[0, 3], [1, 4], [2, 5]]
    lab.check("转置的形状与变形相同，元素的次序不同", claim="C035", got=turned, want=want)
    turned = np.zeros((300, 20)).T
    lab.check("(300, 20) 转置成 (20, 300)", claim="C035", got=turned.shape, want=(20, 300))
