"""只有 2000 张照片，从零训练一个卷积网络，分辨猫和狗。

四组卷积加池化，末尾两个 Dense。参数三百多万，照片才两千，它很快就把训练照片背了下来。
"""

import keras
from keras import layers

from dlwp_tui.kit import vision
from dlwp_tui.lab import Lab


def build(side: int, filters: int, units: int) -> keras.Sequential:
    """照片 (n, side, side, 3)，像素 0～255 → 是狗的概率 (n, 1)。"""
    model = keras.Sequential([keras.Input((side, side, 3))])
    model.add(layers.Rescaling(1 / 255))  # 缩到 0～1；放在模型里，预测时就不会忘
    for channels in (filters, 2 * filters, 4 * filters, 4 * filters):
        model.add(layers.Conv2D(channels, (3, 3), activation="relu"))
        model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Flatten())
    model.add(layers.Dense(units, activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def run(
    lab: Lab,
    *,
    side: int,
    filters: int,
    units: int,
    learning_rate: float,
    epochs: int,
    batch_size: int,
    samples: int,
) -> dict[str, object]:
    # 1. 数据：照片都缩放成 side × side；猫是 0，狗是 1，一张隔一张
    photos = lab.dataset("cats_and_dogs_small", size=(side, side))
    (x_train, y_train), (x_val, y_val), (x_test, y_test) = photos
    names = ["狗" if label else "猫" for label in y_train[:16]]
    lab.picture_grid("训练照片", x_train[:16], names)
    train = lab.batches(x_train[:samples], y_train[:samples], batch_size)
    validation = lab.batches(x_val, y_val, batch_size, shuffle=False)

    # 2. 网络
    model = build(side, filters, units)
    model.compile(
        optimizer=keras.optimizers.RMSprop(learning_rate),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    lab.summary(model)

    # 3. 训练
    lab.phase("训练")
    lab.baseline("瞎猜", val_accuracy=0.5)
    model.fit(
        train,
        epochs=epochs,
        validation_data=validation,
        callbacks=lab.callbacks(),
        verbose=0,
    )
    lab.save(model)

    # 4. 评估：测试集只在最后用一次
    lab.phase("评估")
    test = lab.batches(x_test, y_test, batch_size, shuffle=False)
    loss, accuracy = model.evaluate(test, verbose=0)
    lab.result(test_loss=loss, test_accuracy=accuracy)
    vision.show_mistakes(lab, x_test, y_test, model.predict(test, verbose=0))
    return {"model": model, "photos": photos, "train": train}


def demo(lab: Lab) -> vision.Demo:
    """一张自己的照片：是猫还是狗，网络看哪里（5.4.3），每一层看到什么（5.4.1）。"""
    return vision.cat_or_dog(lab)
