"""深度学习的局限：对抗样本，和离训练数据远一点的图片。

网络学的是正着写、居中的数字。沿梯度给每个像素加一点点，它就认错；转 45 度，或者挪到边上，也认不出。
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from dlwp_tui.kit import digits
from dlwp_tui.kit.pictures import sheet
from dlwp_tui.lab import Lab

LOSS = "sparse_categorical_crossentropy"


def build(filters: int, *, augment: bool) -> keras.Model:
    """5.1 节的卷积网络：图片 (n, 28, 28, 1) → 概率 (n, 10)。"""
    model = keras.Sequential([keras.Input((28, 28, 1))])
    if augment:  # 只在训练时起作用：转最多 ±50 度，挪最多两成
        model.add(layers.RandomRotation(50 / 360, fill_mode="constant"))
        model.add(layers.RandomTranslation(0.2, 0.2, fill_mode="constant"))
    model.add(layers.Conv2D(filters, 3, activation="relu"))
    model.add(layers.MaxPooling2D(2))
    model.add(layers.Conv2D(2 * filters, 3, activation="relu"))
    model.add(layers.MaxPooling2D(2))
    model.add(layers.Conv2D(2 * filters, 3, activation="relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    return model


def direction(model: keras.Model, x: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """损失对每个像素的梯度，只要正负号：往哪边动，损失变大。"""
    image = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = ops.sum(keras.losses.get(LOSS)(labels, model(image, training=False)))
    return np.sign(tape.gradient(loss, image).numpy())


def rotated(x: np.ndarray, degrees: float) -> np.ndarray:
    """图片 (n, 28, 28, 1) 绕中心转一个角度，空出来的填 0。"""
    cos, sin, c = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees)), 13.5
    row = [cos, -sin, c - cos * c + sin * c, sin, cos, c - sin * c - cos * c, 0, 0]
    turned = ops.image.affine_transform(x, np.tile(row, (len(x), 1)).astype("float32"))
    return ops.convert_to_numpy(turned)


def run(
    lab: Lab,
    *,
    epsilon: float,
    degrees: float,
    pixels: int,
    augment: bool,
    filters: int,
    samples: int,
    epochs: int,
) -> dict[str, object]:
    # 1. 训练：augment 时，网络见过转了、挪了的图片
    (images, labels), (test_images, test_labels) = lab.dataset("mnist")
    x = images[:samples, ..., None] / np.float32(255)
    x_test, y_test = test_images[:2000, ..., None] / np.float32(255), test_labels[:2000]
    batches = lab.batches(x, labels[:samples], 64)
    val = lab.batches(x_test, y_test, 500, shuffle=False)
    model = build(filters, augment=augment)
    steps = lab.steps_per_execution(model, batches)
    model.compile("adam", LOSS, metrics=["accuracy"], steps_per_execution=steps)
    lab.summary(model)
    model.fit(batches, epochs=epochs, validation_data=val, callbacks=lab.callbacks(), verbose=0)
    lab.save(model)

    # 2. 六种测试图片：原样，加扰动（沿梯度、随机），转了，挪了
    def accuracy(pictures: np.ndarray, truth: np.ndarray) -> float:
        return float((model.predict(pictures, 500, verbose=0).argmax(axis=1) == truth).mean())

    rng = np.random.default_rng(lab.seed)
    noise = rng.choice([-1, 1], size=x_test.shape).astype("float32")
    nudged = np.clip(x_test + epsilon * direction(model, x_test, y_test), 0, 1)
    noisy = np.clip(x_test + epsilon * noise, 0, 1)
    turned = rotated(x_test, degrees)
    moved = digits.shifted(x_test, pixels)
    found = {
        "straight": accuracy(x_test, y_test),
        "adversarial": accuracy(nudged, y_test),
        "noisy": accuracy(noisy, y_test),
        "rotated": accuracy(turned, y_test),
        "moved": accuracy(moved, np.tile(y_test, 4)),
    }
    names = ["原样", "沿梯度动一点", "随机动同样多", "转了", "挪到边上"]
    values = zip(names, found.values(), strict=True)
    lab.table("认对的占多少", ["测试图片", "精度"], [[n, f"{v:.1%}"] for n, v in values])
    rows = np.concatenate([a[:6, ..., 0] for a in (x_test, nudged, noisy, turned)])
    lab.picture("测试图片", sheet(rows, 6), "每行一种：原样，沿梯度动一点，随机动同样多，转了")
    lab.result(**found)
    return {"model": model, "x_test": x_test, "nudged": nudged}
