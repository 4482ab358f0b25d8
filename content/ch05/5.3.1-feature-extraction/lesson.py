"""特征提取：卷积基是别人训练好的，权重一点也不动，只训练接在后面的小分类器。

办法一（fast）：所有照片先过一遍卷积基，存下特征，再拿特征训练分类器。
办法二（augmented）：卷积基冻结，与分类器接成一个网络，每轮看增强过的照片。
"""

import functools

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit import bases, vision
from dlwp_tui.lab import Lab


def classifier(shape: tuple[int, ...], units: int, dropout: float) -> keras.Sequential:
    """特征图 (n, 高, 宽, 通道) → 是狗的概率 (n, 1)。VGG16 的 4×4×512：2,097,665 个参数。"""
    head = keras.Sequential([keras.Input(shape)])
    head.add(layers.Flatten())
    head.add(layers.Dense(units, activation="relu"))
    head.add(layers.Dropout(dropout))
    head.add(layers.Dense(1, activation="sigmoid"))
    return head


def features(lab: Lab, name: str, base: keras.Model, photos: np.ndarray) -> np.ndarray:
    """照片 (n, side, side, 3) → 特征 (n, 高, 宽, 通道)：每张只过一次卷积基。"""
    found = []
    for i in range(0, len(photos), 100):
        lab.phase(f"提取特征：{i} / {len(photos)}")
        found.append(base(bases.preprocess(name, photos[i : i + 100]), training=False))
    return np.concatenate(found)


def run(
    lab: Lab,
    *,
    base: str,
    method: str,
    units: int,
    dropout: float,
    learning_rate: float,
    epochs: int,
    batch_size: int,
    side: int,
    samples: int,
    compare: bool,
) -> dict[str, object]:
    # 1. 照片，和不带分类器的卷积基；冻结
    photos = lab.dataset("cats_and_dogs_small", size=(side, side))
    (x_train, y_train), (x_val, y_val), _test = photos
    x_train, y_train = x_train[:samples], y_train[:samples]
    x_val, y_val = x_val[: samples // 2], y_val[: samples // 2]
    conv = bases.load(lab, base, include_top=False, input_shape=(side, side, 3))
    conv.trainable = False
    lab.summary(conv, "卷积基")
    head = classifier(conv.output.shape[1:], units, dropout)

    # 2. 训练分类器；增强是 5.2.5 的五种变换
    if method == "fast":
        train = lab.batches(features(lab, base, conv, x_train), y_train, batch_size)
        validation = features(lab, base, conv, x_val), y_val
        model = head
    else:
        prepare = functools.partial(bases.preprocess, base)  # 像素按卷积基的规矩准备
        train = lab.batches(prepare(x_train), y_train, batch_size)
        validation = prepare(x_val), y_val
        model = keras.Sequential([keras.Input((side, side, 3)), vision.augmentation(), conv])
        for layer in head.layers:
            model.add(layer)
    lab.phase("训练分类器")
    optimizer = keras.optimizers.RMSprop(learning_rate)
    model.compile(optimizer, loss="binary_crossentropy", metrics=["accuracy"])
    lab.summary(model)
    lab.baseline("瞎猜", val_accuracy=0.5)
    live = lab.callbacks(part=(0, 2) if compare else None)
    fitted = model.fit(train, validation_data=validation, epochs=epochs, callbacks=live, verbose=0)
    lab.save(vision.joined(conv, head))  # 从照片到判断的整个网络
    lab.result(best_val_accuracy=max(fitted.history["val_accuracy"]))
    if compare:
        vision.from_scratch(lab, (x_train, y_train), (x_val, y_val), epochs, part=(1, 2))
    return {"conv": conv, "head": head, "model": model}


def demo(lab: Lab) -> vision.Demo:
    """一张自己的照片：是猫还是狗，网络看哪里，每一层看到什么。"""
    return vision.cat_or_dog(lab, functools.partial(bases.preprocess, lab.params["base"]))
