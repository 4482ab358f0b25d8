"""高级架构模式：批标准化让深网络起步快，深度可分离卷积让它省参数。

六层卷积的网络，同样的图片，普通的、加批标准化的、换成可分离卷积的，依次训练。
"""

import time

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab

NAMES = {
    "plain": "普通",
    "batch_norm": "批标准化",
    "separable": "可分离卷积",
    "both": "批标准化 + 可分离",
}


def build(
    shape: tuple[int, int, int],
    filters: int,
    *,
    batch_norm: bool = False,
    separable: bool = False,
    padding: str = "same",
) -> keras.Model:
    """书里的六层卷积网络：图片 (n, *shape) → 概率 (n, 10)。"""
    kind = layers.SeparableConv2D if separable else layers.Conv2D  # 用法相同，换个名字
    model = keras.Sequential([keras.Input(shape)])
    for i, times in enumerate([1, 2, 2, 4, 2, 4]):
        if i in (2, 4):
            model.add(layers.MaxPooling2D(2))
        model.add(kind(times * filters, 3, padding=padding, activation="relu"))
        if batch_norm:  # 放在卷积之后；axis=-1 是通道
            model.add(layers.BatchNormalization())
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(filters, activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    return model


def run(
    lab: Lab,
    *,
    networks: str,
    filters: int,
    learning_rate: float,
    samples: int,
    epochs: int,
    batch_size: int,
) -> None:
    # 1. 数据：4,000 张测试图片，前一半用来验证，后一半最后评估
    (images, labels), (test_images, test_labels) = lab.dataset("mnist")
    x = images[:samples, ..., None] / np.float32(255)
    x_test = test_images[:4000, ..., None] / np.float32(255)
    val = lab.batches(x_test[:2000], test_labels[:2000], 250, shuffle=False)
    batches = lab.batches(x, labels[:samples], batch_size)

    # 2. 训练：结构和数据相同，只换层
    wanted = ["plain", "batch_norm", "separable"] if networks == "all" else [networks]
    rows = []
    for i, key in enumerate(wanted):
        lab.phase(NAMES[key])
        model = build(
            (28, 28, 1),
            filters,
            batch_norm=key in ("batch_norm", "both"),
            separable=key in ("separable", "both"),
        )
        model.compile(
            optimizer=keras.optimizers.RMSprop(learning_rate),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
            steps_per_execution=lab.steps_per_execution(model, batches),
        )
        lab.summary(model, NAMES[key])
        callbacks = lab.callbacks(NAMES[key], part=(i, len(wanted)))
        began = time.monotonic()
        fitted = model.fit(
            batches, epochs=epochs, validation_data=val, callbacks=callbacks, verbose=0
        )
        seconds = (time.monotonic() - began) / epochs

        # 3. 成绩：起步多快，最后多准，参数多少
        first = fitted.history["loss"][0]
        accuracy = model.evaluate(x_test[2000:], test_labels[2000:4000], 500, verbose=0)[1]
        figures = {"first": first, "accuracy": accuracy, "seconds": seconds}
        lab.result(None, **{f"{key}_{name}": value for name, value in figures.items()})
        count = f"{model.count_params():,}"
        rows.append([NAMES[key], count, f"{first:.3f}", f"{accuracy:.1%}", f"{seconds:.1f}"])
    heads = ["网络", "参数", "第一轮的损失", "测试精度", "每轮秒数"]
    lab.table("三种网络", heads, rows)
