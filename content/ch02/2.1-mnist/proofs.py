"""2.1 节里可以验证的话：数据的形状、参数的个数、每轮的步数，还有概率之和。"""

import math
from collections.abc import Sized
from pathlib import Path

import keras
import numpy as np

from dlwp_tui.data import Loaded
from dlwp_tui.lab import Lab


def prove(
    lab: Lab,
    *,
    mnist: Loaded,
    y_train: np.ndarray,
    model: keras.Model,
    batches: Sized,
    p: np.ndarray,
    **_: object,
) -> None:
    (train_images, train_labels), (test_images, test_labels) = mnist
    shapes = [list(train_images.shape), list(test_images.shape)]
    want = [[60_000, 28, 28], [10_000, 28, 28]]
    lab.check("训练图片 60,000 张、测试图片 10,000 张，每张 28×28", got=shapes, want=want)
    if mnist.source != "synthetic":
        lab.check("前五个训练标签是 5、0、4、1、9", got=train_labels[:5], want=[5, 0, 4, 1, 9])
        lab.check("前三个测试标签是 7、2、1", got=test_labels[:3], want=[7, 2, 1])
    inside = sorted(path.name for path in Path(keras.__file__).parent.rglob("*.npz"))
    statement = "Keras 的安装文件夹里没有 mnist.npz：自带的只是加载函数"
    lab.check(statement, claim="C009", got="mnist.npz" in inside, want=False)
    places = y_train[:5].argmax(axis=1)
    lab.check("one-hot 里 1 的位置就是标签（前五张）", got=places, want=train_labels[:5])

    units = lab.params["units"]
    count = (784 + 1) * units + (units + 1) * 10
    statement = f"参数有 {count:,} 个：(784 + 1) × {units} + ({units} + 1) × 10"
    lab.check(statement, got=model.count_params(), want=count)

    samples, batch_size = len(y_train), lab.params["batch_size"]
    steps = math.ceil(samples / batch_size)
    statement = f"{samples:,} 张，每批 {batch_size} 张，每轮就是 {steps} 步"
    lab.check(statement, got=len(batches), want=steps)

    sums = p.sum(axis=1)
    farthest = float(sums[np.abs(sums - 1).argmax()])
    lab.check("10 个概率加起来是 1，离 1 最远的一张也是", got=farthest, want=1, tolerance=1e-5)
