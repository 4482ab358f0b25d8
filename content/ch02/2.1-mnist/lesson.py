"""MNIST 手写数字：这张图片是 0 到 9 里的哪一个？

60,000 + 10,000 张 28×28 的灰度图。全连接层只收一排数，所以每张图片先压平成 784 个数，
再经过一个 512 单元的隐藏层；最后一层 10 个单元，softmax 给出 10 个概率，加起来等于 1。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit import digits
from dlwp_tui.kit.pictures import sheet
from dlwp_tui.lab import Lab


def build(units: int) -> keras.Model:
    """784 个像素 (n, 784) → 10 个概率 (n, 10)。"""
    return keras.Sequential(
        [
            keras.Input((28 * 28,)),
            layers.Dense(units, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def prepare(images: np.ndarray, scale: bool) -> np.ndarray:
    """图片 (n, 28, 28)，0–255 的整数 → (n, 784) 的小数，scale 时缩到 0–1。"""
    x = images.reshape((len(images), 28 * 28)).astype("float32")
    if scale:
        x /= 255  # 就地相除，不多占 188 MB
    return x


def run(
    lab: Lab, *, units: int, epochs: int, batch_size: int, optimizer: str, scale: bool, samples: int
) -> dict[str, object]:
    # 1. 数据：图片是 0–255 的整数，标签是 0–9
    mnist = lab.dataset("mnist")
    (train_images, train_labels), (test_images, test_labels) = mnist
    first = " ".join(str(digit) for digit in train_labels[:10])
    lab.picture("训练集的前 10 张", sheet(train_images[:10], columns=5), f"标签：{first}")

    # 2. 准备：压平、缩放；标签变成 one-hot，第 5 位是 1 就表示数字 5
    lab.phase("准备数据")
    x_train, x_test = prepare(train_images[:samples], scale), prepare(test_images, scale)
    y_train = keras.utils.to_categorical(train_labels[:samples], 10)
    y_test = keras.utils.to_categorical(test_labels, 10)

    # 3. 网络
    model = build(units)
    batches = lab.batches(x_train, y_train, batch_size)  # 每轮换一个新的顺序
    model.compile(
        optimizer=optimizer,
        loss="categorical_crossentropy",
        metrics=["accuracy"],
        # 走几步才回到 Python 一次：lab 按每步的用时来定，约 50 毫秒。结果不变，只是更快
        steps_per_execution=lab.steps_per_execution(model, batches),
    )
    lab.summary(model)

    # 4. 训练。书里没有验证集：5 轮是定好的，测试集最后才用一次
    lab.phase("训练")
    history = model.fit(batches, epochs=epochs, callbacks=lab.callbacks(), verbose=0).history
    lab.save(model)

    # 5. 评估：训练时没见过的 10,000 张
    lab.phase("评估")
    unseen = lab.batches(x_test, y_test, 500, shuffle=False)
    scores = model.evaluate(unseen, return_dict=True, verbose=0)
    lab.result(test_accuracy=scores["accuracy"], test_loss=scores["loss"])
    train, test = history["accuracy"][-1], scores["accuracy"]
    gap = f"{100 * (train - test):+.2f} 个百分点"
    rows = [["训练集", f"{train:.2%}"], ["测试集", f"{test:.2%}"], ["差距", gap]]
    lab.table("最后的精度", ["在哪里", "精度"], rows)

    # 6. 预测：每张图片 10 个概率；认错的那些，人认得出来吗？
    p = model.predict(x_test, batch_size=500, verbose=0)
    digits.show_mistakes(lab, test_images, test_labels, p)
    return {"mnist": mnist, "y_train": y_train, "model": model, "batches": batches, "p": p}


def demo(lab: Lab) -> digits.Demo:
    """画一个数字，得到十个概率。画在哪里、多大都行：先像 MNIST 那样缩放、居中。"""
    scale = 1 if lab.params["scale"] else 255  # 0 是空白，1 是墨；不缩放的网络要 0–255
    return digits.demo(lab, lambda page: page.reshape((1, 28 * 28)) * scale)
