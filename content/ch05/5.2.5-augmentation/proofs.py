"""5.2.5 节里可以验证的话：增强只在训练时起作用，五种变换各自做什么，没有参数。"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab
from lesson import augmentation, build


def prove(lab: Lab, *, model: keras.Sequential, changes, x: np.ndarray, **_: object) -> None:
    plain = float(np.abs(np.asarray(changes(x, training=False)) - x).max())
    lab.check("不训练时，增强层原样放行：像素最多相差", claim="C126", got=plain, want=0)
    one, two = (np.asarray(model(x, training=False)) for _turn in range(2))
    lab.check("预测两次，结果一样", claim="C126", got=float(np.abs(one - two).max()), want=0)
    if any(lab.params[name] for name in ("rotation", "shift", "shear", "zoom")):
        moved = bool(np.abs(np.asarray(changes(x, training=True)) - x).max() > 0)
        lab.check("训练时，照片变了样", got=moved)
    lab.check("增强层没有参数", got=changes.count_params(), want=0)
    ours = augmentation(40, 0.2, 0.2, 0.2, True)
    got = build(150, 32, 512, 0.5, ours).count_params()
    lab.check("书里的网络加上增强和 Dropout，参数总数不变", got=got, want=3_453_121)
    ranges(lab)


def ranges(lab: Lab) -> None:
    """用画了一个点的图来量：变换之后，这个点跑到了哪里。100 张随机变换的图，看两头。"""
    page = np.zeros((100, 101, 101, 1), "float32")
    page[:, 50, 50] = 1
    moved = places(layers.RandomTranslation(0.2, 0.2, fill_mode="constant", seed=1), page) - 50
    both = bool(moved.min() < -10 and moved.max() > 10 and np.abs(moved).max() <= 20.5)
    statement = "平移 0.2：上下左右都有，不超过边长的 20%"
    lab.check(statement, claim="C127", got=both)
    page[:] = 0
    page[:, 50, 80] = 1  # 圆心右边 30 个像素
    at = places(layers.RandomRotation(40 / 360, fill_mode="constant", seed=1), page) - 50
    angle = np.degrees(np.arctan2(-at[:, 0], at[:, 1]))
    both = bool(angle.min() < -25 and angle.max() > 25 and np.abs(angle).max() < 42)
    lab.check("旋转 40：两个方向都有，不超过 40°", claim="C127", got=both)
    page[:] = 0
    page[:, 100, 50] = 1  # 最下面一行的中间；最上面一行不动
    bottom = places(layers.RandomShear((0, 0.2), (0, 0), fill_mode="constant", seed=1), page)[:, 1]
    wide = bool(bottom.min() < 45 and bottom.max() > 55 and abs(bottom - 50).max() < 20.5)
    statement = "RandomShear 0.2：最下面一行向左或向右推开，不超过边长的 20%"
    lab.check(statement, claim="C127", got=wide)
    lab.check(
        "旧的 shear_range=0.2 是 0.2 度：150 像素高只推",
        claim="C127",
        got=150 * np.tan(np.radians(0.2)),
        want=0.52,
        tolerance=0.01,
    )
    page[:] = 0
    page[:, 50, 80] = 1
    mirrored = places(layers.RandomFlip("horizontal", seed=1), page)[:, 1]
    kinds = sorted({int(column) for column in mirrored})
    lab.check("左右翻转：有的翻，有的不翻", claim="C127", got=kinds, want=[20, 80])


def places(layer: keras.Layer, page: np.ndarray) -> np.ndarray:
    """每张图上那个点的行和列，(n, 2)：亮度的重心。"""
    out = np.asarray(layer(page, training=True))[..., 0]
    light = out.sum(axis=(1, 2)) + 1e-9
    rows, columns = np.mgrid[: out.shape[1], : out.shape[2]]
    return np.stack([(out * rows).sum((1, 2)) / light, (out * columns).sum((1, 2)) / light], 1)
