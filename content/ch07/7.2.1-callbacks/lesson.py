"""回调函数：训练到固定的时刻，Keras 回头调用它，由它决定停下、保存、改学习率，或者只是记录。

三个现成的一起用，再写一个自己的：每轮之后，把第一层对一张验证图片的激活存下来。
"""

import keras
import numpy as np
from keras import layers
from keras.callbacks import EarlyStopping, LambdaCallback, ModelCheckpoint, ReduceLROnPlateau

from dlwp_tui.kit.pictures import sheet
from dlwp_tui.lab import Lab


def build(filters: int) -> keras.Model:
    """5.1 节的卷积网络：图片 (n, 28, 28, 1) → 概率 (n, 10)。"""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(filters, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(2 * filters, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(2 * filters, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


class ActivationLogger(keras.callbacks.Callback):
    """自己写的回调：每轮之后存一次激活。验证样本要自己传进来。"""

    def __init__(self, samples: np.ndarray) -> None:
        super().__init__()
        self.samples = samples
        self.kept: list[np.ndarray] = []

    def on_train_begin(self, logs: dict | None = None) -> None:  # 不要覆盖 set_model
        self.watcher = keras.Model(self.model.inputs[0], self.model.layers[0].output)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.kept.append(np.asarray(self.watcher(self.samples[:1]))[0])


def run(
    lab: Lab,
    *,
    monitor: str,
    patience: int,
    restore_best: bool,
    lr_patience: int,
    factor: float,
    filters: int,
    samples: int,
    epochs: int,
) -> dict[str, object]:
    # 1. 数据：最后五分之一验证
    (images, labels), (test_images, test_labels) = lab.dataset("mnist")
    x, y = images[:samples, ..., None] / np.float32(255), labels[:samples]
    x_test = test_images[..., None] / np.float32(255)
    cut = samples * 4 // 5
    batches = lab.batches(x[:cut], y[:cut], 64)
    val = lab.batches(x[cut:], y[cut:], 256, shuffle=False)

    # 2. 网络
    model = build(filters)
    loss = "sparse_categorical_crossentropy"
    steps = lab.steps_per_execution(model, batches)
    model.compile("rmsprop", loss, metrics=["accuracy"], steps_per_execution=steps)
    lab.summary(model)

    # 3. 回调：metrics 写的是 accuracy，监控的就是 val_accuracy
    best = lab.artifact("best.keras")
    stop = EarlyStopping(monitor, patience=patience, restore_best_weights=restore_best)
    keep = ModelCheckpoint(best, monitor="val_loss", save_best_only=True)
    slow = ReduceLROnPlateau("val_loss", factor=factor, patience=lr_patience)
    saved: list[int] = []  # 每轮之后，best.keras 是什么时候写的
    look = LambdaCallback(on_epoch_end=lambda epoch, logs: saved.append(best.stat().st_mtime_ns))
    own = ActivationLogger(x[cut:])
    callbacks = [stop, keep, slow, look, own, *lab.callbacks()]
    fit = model.fit(batches, epochs=epochs, validation_data=val, callbacks=callbacks, verbose=0)
    history = fit.history

    # 4. 看看它们做了什么
    writes = [i + 1 for i, t in enumerate(saved) if i == 0 or t != saved[i - 1]]
    rates = history["learning_rate"]  # ReduceLROnPlateau 记下的
    slower = [i + 1 for i in range(1, len(rates)) if rates[i] < rates[i - 1]]
    ends = f"第 {len(rates)} 轮之后停" if stop.stopped_epoch else "没有触发"
    rows = [["EarlyStopping", ends], ["ModelCheckpoint", f"第 {writes} 轮写了文件"]]
    rows.append(["ReduceLROnPlateau", f"第 {slower} 轮起放慢"])
    lab.table("三个回调", ["回调", "做了什么"], rows)
    shown = np.stack([kept[..., 0] for kept in own.kept])
    lab.picture("每轮的激活", sheet(shown, 10), "第一层第一个过滤器，对同一张验证图片，一轮一格")
    last = model.evaluate(x_test, test_labels, 1000, verbose=0)[1]
    kept = keras.models.load_model(best).evaluate(x_test, test_labels, 1000, verbose=0)[1]
    lab.result(test_accuracy=last, best_accuracy=kept, epochs_run=len(rates))
    lab.result(checkpoint_epoch=writes[-1], reductions=len(slower))
    return {"history": history, "writes": writes, "stopped": stop.stopped_epoch > 0}
