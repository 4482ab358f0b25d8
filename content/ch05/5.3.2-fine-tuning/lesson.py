"""微调：先训练分类器，再解冻卷积基的顶部，用很小的学习率一起训练。五步，次序不能乱。"""

import functools

import keras
from keras import layers

from dlwp_tui.kit import bases, vision
from dlwp_tui.lab import Lab


def classifier(shape: tuple[int, ...], units: int) -> keras.Sequential:
    """特征图 → 是狗的概率 (n, 1)，与 5.3.1 的办法二相同。"""
    dense = layers.Dense(units, activation="relu"), layers.Dense(1, activation="sigmoid")
    return keras.Sequential([keras.Input(shape), layers.Flatten(), *dense])


def thaw(conv: keras.Model, part: str) -> None:
    """只解冻这一部分；批标准化层一直冻结，两千张照片会把它存的统计量带偏。"""
    conv.trainable = True
    for layer in conv.layers:
        normalises = isinstance(layer, layers.BatchNormalization)
        layer.trainable = layer.name.startswith(vision.PARTS[part]) and not normalises


def compile_model(model: keras.Model, rate: float) -> None:
    model.compile(keras.optimizers.RMSprop(rate), "binary_crossentropy", metrics=["accuracy"])


def smooth_curve(points: list[float], factor: float = 0.8) -> list[float]:
    """指数移动平均：新值 = 前一个 × factor + 这一个 × (1 − factor)。"""
    smoothed = points[:1]
    for point in points[1:]:
        smoothed.append(smoothed[-1] * factor + point * (1 - factor))
    return smoothed


def run(
    lab: Lab,
    *,
    base: str,
    unfreeze: str,
    warm_up: bool,
    augment: bool,
    units: int,
    learning_rate: float,
    head_epochs: int,
    epochs: int,
    batch_size: int,
    side: int,
    samples: int,
) -> dict[str, object]:
    prepare = functools.partial(bases.preprocess, base)  # 像素按它的规矩准备
    photos = lab.dataset("cats_and_dogs_small", size=(side, side))
    (x_train, y_train), (x_val, y_val), (x_test, y_test) = photos
    x_train, y_train = prepare(x_train[:samples]), y_train[:samples]
    x_val, y_val = prepare(x_val[: samples // 2]), y_val[: samples // 2]

    # 第 1、2 步：接上分类器，冻结卷积基
    conv = bases.load(lab, base, include_top=False, input_shape=(side, side, 3))
    conv.trainable = False
    head = classifier(conv.output.shape[1:], units)
    changes = [vision.augmentation()] if augment else []
    model = keras.Sequential([keras.Input((side, side, 3)), *changes, conv, *head.layers])

    # 第 3 步：训练分类器。卷积基不动，特征只算一次（5.3.1 的办法一）
    if warm_up:
        lab.phase("只训练分类器")
        train = lab.batches(conv.predict(x_train, verbose=0), y_train, batch_size)
        validation = conv.predict(x_val, verbose=0), y_val
        compile_model(head, 2 * learning_rate)
        live = lab.callbacks("分类器", part=(0, 2))
        head.fit(train, validation_data=validation, epochs=head_epochs, callbacks=live, verbose=0)
    compile_model(model, learning_rate)
    loss, accuracy = model.evaluate(x_val, y_val, verbose=0)
    lab.result(frozen_val_loss=loss, frozen_val_accuracy=accuracy)

    # 第 4、5 步：解冻顶部，一起训练；改了 trainable 就重新编译
    lab.phase("微调")
    lab.baseline("微调之前", val_accuracy=accuracy, val_loss=loss)
    thaw(conv, unfreeze)
    compile_model(model, learning_rate)
    lab.summary(model)
    train, validation = lab.batches(x_train, y_train, batch_size), (x_val, y_val)
    live = lab.callbacks(part=(1, 2) if warm_up else None)
    fit = model.fit(train, validation_data=validation, epochs=epochs, callbacks=live, verbose=0)
    lab.save(vision.joined(conv, head))
    smooth = smooth_curve(fit.history["val_accuracy"])
    for epoch, value in enumerate(smooth, 1):
        lab.log(epoch, label="平滑", val_accuracy=value)

    # 评估：测试集没有参与任何选择
    loss, accuracy = model.evaluate(prepare(x_test), y_test, verbose=0)
    lab.result(test_loss=loss, test_accuracy=accuracy, smoothed_val_accuracy=smooth[-1])
    return {"conv": conv}


def demo(lab: Lab) -> vision.Demo:
    """一张自己的照片：是猫还是狗，网络看哪里，每一层看到什么。"""
    return vision.cat_or_dog(lab, functools.partial(bases.preprocess, lab.params["base"]))
