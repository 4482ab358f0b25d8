"""共享层权重：一个 LSTM 读左边的句子，也读右边的句子，判断两句意思相同不相同。

层只造一次，调用两次，权重只有一套；训练时左右两边的误差都传给它。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit import people
from dlwp_tui.lab import Lab


def build(units: int, *, shared: bool = True, merge: str = "concatenate") -> keras.Model:
    """两句话 (n, 步数, 128) → 意思相同的概率 (n, 1)。"""
    lstm = layers.LSTM(units)  # 造一个层
    other = lstm if shared else layers.LSTM(units)

    left = keras.Input((None, 128), name="left")  # None 是步数，不是批量
    right = keras.Input((None, 128), name="right")
    a = lstm(left)  # 用一次
    b = other(right)  # 再用一次，同一套权重

    merged = [a, b]
    if merge == "distance":  # 交换左右，这两项都不变
        merged = [keras.ops.abs(a - b), a * b]
    x = layers.concatenate(merged, axis=-1)
    score = layers.Dense(1, activation="sigmoid")(x)
    return keras.Model([left, right], score)


def run(
    lab: Lab,
    *,
    shared: bool,
    merge: str,
    units: int,
    samples: int,
    topics: int,
    epochs: int,
    batch_size: int,
) -> dict[str, object]:
    # 1. 数据：每句 20 步，每步 128 个特征；一半的句对意思相同
    rng = np.random.default_rng(lab.seed)
    left, right, same = people.pairs(rng, samples + 1000, topics)
    train = lab.batches((left[:samples], right[:samples]), same[:samples], batch_size)
    val_x = (left[samples:], right[samples:])
    val = lab.batches(val_x, same[samples:], batch_size, shuffle=False)

    # 2. 网络
    model = build(units, shared=shared, merge=merge)
    steps = lab.steps_per_execution(model, train)
    model.compile(
        optimizer="rmsprop",
        loss="binary_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=steps,
    )
    lab.summary(model)
    lstms = [layer for layer in model.layers if isinstance(layer, layers.LSTM)]
    before = [weight.numpy() for weight in lstms[0].weights]

    # 3. 训练。书里没有编译就 fit，要先 compile
    lab.phase("训练")
    lab.baseline("瞎猜", val_accuracy=0.5)
    model.fit(train, epochs=epochs, validation_data=val, callbacks=lab.callbacks(), verbose=0)
    lab.save(model)

    # 4. 交换左右，得分变不变？
    straight = model.predict(val_x, verbose=0)
    swapped = model.predict(val_x[::-1], verbose=0)
    difference = float(np.abs(straight - swapped).max())
    rows = [[f"{a:.4f}", f"{b:.4f}"] for a, b in zip(straight[:5, 0], swapped[:5, 0], strict=True)]
    lab.table("前五对的得分", ["左、右", "右、左"], rows)
    changes = [np.abs(w.numpy() - b).max() for w, b in zip(lstms[0].weights, before, strict=True)]
    lab.result(swap_difference=difference, lstm_change=float(max(changes)))
    return {"model": model, "difference": difference, "lstms": len(lstms)}
