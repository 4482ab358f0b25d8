"""模型当作层：同一只“眼睛”看左右两幅图，由两幅图的差别看出远近。

调用模型和调用层一样，用的是它现有的权重，不复制。可是训练会改变它，除非先冻结。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit import people
from dlwp_tui.kit.pictures import sheet
from dlwp_tui.lab import Lab


def build_eye(base: str, side: int) -> keras.Model:
    """一幅图 (n, side, side, 3) → 看到了什么。"""
    if base == "xception":  # weights="imagenet" 会下载约 84 MB 的权重
        shape = (side, side, 3)
        return keras.applications.Xception(weights=None, include_top=False, input_shape=shape)
    return keras.Sequential(
        [
            keras.Input((side, side, 3)),
            layers.Conv2D(8, 5, activation="relu", padding="same"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 3, activation="relu", padding="same"),
            layers.MaxPooling2D(2),
        ],
        name="eye",
    )


def build(eye: keras.Model, side: int) -> keras.Model:
    """左图、右图 (n, side, side, 3) → 有多近 (n, 1)，0 最远，1 最近。"""
    left = keras.Input((side, side, 3), name="left")
    right = keras.Input((side, side, 3), name="right")
    merged = layers.concatenate([eye(left), eye(right)])  # 用两次，一套权重
    if merged.shape[-1] > 1000:
        x = layers.GlobalAveragePooling2D()(merged)
    else:
        x = layers.Flatten()(merged)
    x = layers.Dense(32, activation="relu")(x)
    near = layers.Dense(1, name="near")(x)
    return keras.Model([left, right], near)


def run(
    lab: Lab,
    *,
    base: str,
    frozen: bool,
    eyes: str,
    side: int,
    samples: int,
    epochs: int,
    batch_size: int,
) -> dict[str, object]:
    # 1. 数据：同一个方块，在两幅图里错开；越近，错开越多
    rng = np.random.default_rng(lab.seed)
    left, right, near = people.stereo(rng, samples + samples // 4, side)
    if eyes == "one":
        right = left
    shown = np.stack([left[:4], right[:4]], axis=1).reshape(8, side, side, 3)
    lab.picture("左右两幅图", sheet(shown, 8), "四对，左、右、左、右……")
    train = lab.batches((left[:samples], right[:samples]), near[:samples], batch_size)
    val_x = (left[samples:], right[samples:])
    val = lab.batches(val_x, near[samples:], batch_size, shuffle=False)

    # 2. 网络：冻结必须在编译之前
    eye = build_eye(base, side)
    eye.trainable = not frozen
    model = build(eye, side)
    steps = lab.steps_per_execution(model, train)
    model.compile(optimizer="adam", loss="mse", metrics=["mae"], steps_per_execution=steps)
    lab.summary(model)
    before = [weight.numpy() for weight in eye.weights]

    # 3. 训练外层，看内层变没变
    lab.phase("训练")
    guess = np.abs(near[samples:] - near[:samples].mean()).mean()
    lab.baseline("永远猜平均", val_mae=guess)
    model.fit(train, epochs=epochs, validation_data=val, callbacks=lab.callbacks(), verbose=0)
    lab.save(model)
    pairs = zip(eye.weights, before, strict=True)
    change = max(float(np.abs(weight.numpy() - old).max()) for weight, old in pairs)
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    lab.result(base_change=change, trainable=trainable)
    return {"model": model, "eye": eye, "change": change}
