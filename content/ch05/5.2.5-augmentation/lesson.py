"""数据增强：每次取到一张训练照片，先随机变一变，网络就几乎不会两次看到同一张图。

增强是几个没有参数的层，放在网络最前面，只在训练时起作用。再加一层 Dropout，过拟合来得更晚。
"""

from pathlib import Path

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit import vision
from dlwp_tui.kit.pictures import read_picture
from dlwp_tui.lab import Lab


def augmentation(
    rotation: float, shift: float, shear: float, zoom: float, flip: bool
) -> keras.Sequential:
    """照片 (n, 高, 宽, 3) → 变了样的照片。旋转以整圈为单位；露出的空白用最近的像素填上。"""
    augment = keras.Sequential(name="augment")
    augment.add(layers.RandomRotation(rotation / 360, fill_mode="nearest"))
    augment.add(layers.RandomTranslation(shift, shift, fill_mode="nearest"))
    augment.add(layers.RandomShear((0, shear), (0, 0), fill_mode="nearest"))
    augment.add(layers.RandomZoom(zoom, fill_mode="nearest"))
    if flip:
        augment.add(layers.RandomFlip("horizontal"))
    return augment


def build(
    side: int, filters: int, units: int, dropout: float, augment: keras.Sequential | None
) -> keras.Sequential:
    """5.2 的网络，前面加增强，Flatten 之后加 Dropout；参数一个也没有多。"""
    model = keras.Sequential([keras.Input((side, side, 3))])
    if augment is not None:
        model.add(augment)
    model.add(layers.Rescaling(1 / 255))
    for channels in (filters, 2 * filters, 4 * filters, 4 * filters):
        model.add(layers.Conv2D(channels, (3, 3), activation="relu"))
        model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Flatten())
    model.add(layers.Dropout(dropout))
    model.add(layers.Dense(units, activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def run(
    lab: Lab,
    *,
    augment: bool,
    rotation: float,
    shift: float,
    shear: float,
    zoom: float,
    flip: bool,
    dropout: float,
    side: int,
    filters: int,
    units: int,
    learning_rate: float,
    epochs: int,
    batch_size: int,
    samples: int,
    image: Path | None,
) -> dict[str, object]:
    photos = lab.dataset("cats_and_dogs_small", size=(side, side))
    (x_train, y_train), (x_val, y_val), (x_test, y_test) = photos

    # 1. 一张照片变出十六张：第一张是原图。只有训练时才变
    changes = augmentation(rotation, shift, shear, zoom, flip)
    photo = read_picture(image, (side, side)) if image else x_test[0]
    copies = np.repeat(photo[None], 15, axis=0).astype("float32")
    changed = np.concatenate([photo[None], changes(copies, training=True)])
    lab.picture_grid("增强", changed.astype("uint8"), ["原图"] + ["随机变换"] * 15, columns=4)

    # 2. 训练：验证集和测试集不增强，层自己会分辨
    train = lab.batches(x_train[:samples], y_train[:samples], batch_size)
    validation = lab.batches(x_val, y_val, batch_size, shuffle=False)
    model = build(side, filters, units, dropout, changes if augment else None)
    optimizer = keras.optimizers.RMSprop(learning_rate)
    model.compile(optimizer, loss="binary_crossentropy", metrics=["accuracy"])
    lab.summary(model)
    lab.baseline("瞎猜", val_accuracy=0.5)
    live = lab.callbacks()
    model.fit(train, epochs=epochs, validation_data=validation, callbacks=live, verbose=0)
    lab.save(model)

    # 3. 评估
    test = lab.batches(x_test, y_test, batch_size, shuffle=False)
    loss, accuracy = model.evaluate(test, verbose=0)
    lab.result(test_loss=loss, test_accuracy=accuracy)
    vision.show_mistakes(lab, x_test, y_test, model.predict(test, verbose=0))
    return {"model": model, "changes": changes, "x": x_val[:8].astype("float32")}


def demo(lab: Lab) -> vision.Demo:
    """一张自己的照片：是猫还是狗，网络看哪里（5.4.3），每一层看到什么（5.4.1）。"""
    return vision.cat_or_dog(lab)
