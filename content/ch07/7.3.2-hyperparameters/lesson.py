"""超参数优化里的运气：许多组其实一样好的设置，按验证分挑出最好的，再看它的测试分。

各组只有种子不同，所以谁也不比谁好；挑出来的最高分，高出平均的那一截全是运气。
"""

from statistics import NormalDist

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit.models import StartingPoint
from dlwp_tui.lab import Lab


def build(units: int) -> keras.Model:
    """图片 (n, 784) → 概率 (n, 10)。"""
    return keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(units, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def expected_best(trials: int) -> float:
    """trials 个标准正态数里最大的一个，平均有多大：10 个 1.54，50 个 2.25。"""
    normal = NormalDist()
    points = np.linspace(-8, 8, 1601)
    density = [trials * normal.cdf(x) ** (trials - 1) * normal.pdf(x) for x in points]
    return float(np.sum(points * density) * 0.01)


def run(
    lab: Lab, *, trials: int, validation: int, samples: int, units: int, epochs: int
) -> dict[str, object]:
    # 1. 数据：训练、验证、测试，三份互不相交
    (images, labels), (test_images, test_labels) = lab.dataset("mnist")
    x = images.reshape(-1, 784)[: samples + validation] / np.float32(255)
    y = labels[: samples + validation]
    x_val, y_val = x[samples:], y[samples:]
    x_test = test_images.reshape(-1, 784) / np.float32(255)

    # 2. 一个网络，每次从新的随机权重重新开始
    model = build(units)
    batches = lab.batches(x[:samples], y[:samples], 32)
    steps = lab.steps_per_execution(model, batches)
    loss = "sparse_categorical_crossentropy"
    model.compile("rmsprop", loss, metrics=["accuracy"], steps_per_execution=steps)
    lab.summary(model)
    start = StartingPoint(model)

    # 3. 一圈一圈地试。真的调参时每次换设置；这里故意不换
    val, test = [], []
    for trial in lab.steps(trials, unit="组"):
        start.restore()
        keras.utils.set_random_seed(lab.seed * 1000 + trial)
        model.set_weights(build(units).get_weights())
        model.fit(batches, epochs=epochs, verbose=0)
        val.append(model.evaluate(x_val, y_val, batch_size=1000, verbose=0)[1])
        test.append(model.evaluate(x_test, test_labels, batch_size=1000, verbose=0)[1])
        best = int(np.argmax(val))  # 只看验证分来挑
        lab.log(trial, "到目前为止最好的一组", val_accuracy=val[best], test_accuracy=test[best])
        lab.log(trial, "各组平均", val_accuracy=np.mean(val), test_accuracy=np.mean(test))

    # 4. 挑出来的那一组，高出平均多少？
    best = int(np.argmax(val))
    val_gain, test_gain = val[best] - np.mean(val), test[best] - np.mean(test)
    luck = expected_best(trials) * np.std(val)
    rows = [
        ["验证集", f"{val[best]:.1%}", f"{np.mean(val):.1%}", f"{val_gain:+.2%}"],
        ["测试集", f"{test[best]:.1%}", f"{np.mean(test):.1%}", f"{test_gain:+.2%}"],
    ]
    lab.table(f"第 {best + 1} 组验证分最高", ["", "这一组", "各组平均", "高出"], rows)
    lab.result(best_val=val[best], best_test=test[best], expected_gain=luck)
    lab.result(val_gain=val_gain, test_gain=test_gain)
    return {"val": np.array(val)}
