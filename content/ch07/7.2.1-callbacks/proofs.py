"""7.2.1 节里可以验证的话：用一串假的损失，看各个回调在哪一轮动作。"""

from collections.abc import Mapping

import keras
import numpy as np
from keras import callbacks, layers

from dlwp_tui.lab import Lab

FALLING = [3, 2, 2.5, 2.6, 2.7, 2.8, 2.9]  # 第 2 轮最好
TWENTY = [4, 3, 2, 1, *np.linspace(1.1, 2.6, 16)]  # 第 4 轮最好


def prove(
    lab: Lab, *, history: Mapping[str, list[float]], writes: list[int], stopped: bool
) -> None:
    losses = history["val_loss"]
    better = [i + 1 for i, loss in enumerate(losses) if loss < min([np.inf, *losses[:i]])]
    lab.check("best.keras 只在验证损失改善时写", claim="C238", got=writes, want=better)
    watched = history[lab.params["monitor"]]
    if stopped:
        signs = watched if lab.params["monitor"] == "val_loss" else [-one for one in watched]
        bad = len(signs) - 1 - int(np.argmin(signs))
        statement = "停下之前，恰好 patience 轮没有改善"
        lab.check(statement, claim="C237", got=bad, want=max(1, lab.params["patience"]))

    ends = [stops_after(patience) for patience in (0, 1, 2)]
    lab.check("耐心 0、1、2，在第 3、3、4 轮之后停", claim="C237", got=ends, want=[3, 3, 4])
    ten, three = slows_after(10), slows_after(3)
    lab.check("第 4 轮最好，耐心 10：第 14 轮之后降", claim="C239", got=ten, want=[14])
    lab.check("跑满 20 轮，最好的是第 4 轮，耐心 10 触发几次", claim="C240", got=len(ten), want=1)
    lab.check(
        "耐心 3：第 7、10、13、16、19 轮之后降", claim="C240", got=three, want=[7, 10, 13, 16, 19]
    )

    quiet = callbacks.EarlyStopping("val_loss", patience=1)
    model = watch(quiet)
    for epoch in range(5):
        quiet.on_epoch_end(epoch, {"loss": 1.0})  # 没有 val_loss
    stops = bool(model.stop_training)
    lab.check("没有验证数据，EarlyStopping 从不触发", claim="C242", got=stops, want=False)
    hooks(lab)


def watch(callback: callbacks.Callback) -> keras.Model:
    """一个小模型，callback 盯着它；初始学习率 0.1。"""
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    model.stop_training = False
    callback.set_model(model)
    callback.on_train_begin()
    return model


def stops_after(patience: int) -> int:
    callback = callbacks.EarlyStopping("val_loss", patience=patience)
    model = watch(callback)
    for epoch, loss in enumerate(FALLING):
        callback.on_epoch_end(epoch, {"val_loss": loss})
        if model.stop_training:
            return epoch + 1
    return 0


def slows_after(patience: int) -> list[int]:
    callback = callbacks.ReduceLROnPlateau("val_loss", factor=0.1, patience=patience)
    model = watch(callback)
    rates = [float(model.optimizer.learning_rate)]
    for epoch, loss in enumerate(TWENTY):
        callback.on_epoch_end(epoch, {"val_loss": loss})
        rates.append(float(model.optimizer.learning_rate))
    return [i for i in range(1, len(rates)) if rates[i] < 0.5 * rates[i - 1]]


def hooks(lab: Lab) -> None:
    """六个方法各收到什么。"""
    seen: dict[str, object] = {}
    sees: list[bool] = []

    class Listener(callbacks.Callback):
        def on_train_begin(self, logs: object = None) -> None:
            seen["train_begin"] = logs

        def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
            seen["epoch_begin"] = logs

        def on_train_batch_begin(self, batch: int, logs: object = None) -> None:
            seen["batch_begin"] = logs

        def on_train_batch_end(self, batch: int, logs: object = None) -> None:
            seen["batch_end"] = logs

        def on_epoch_end(self, epoch: int, logs: object = None) -> None:
            seen["epoch_end"] = logs
            sees.append(hasattr(self, "validation_data"))

        def on_train_end(self, logs: object = None) -> None:
            seen["train_end"] = logs

    model = watch(callbacks.Callback())
    x = np.ones((2, 1))
    model.fit(x, x, validation_data=(x, x), callbacks=[Listener()], verbose=0)
    statement = "fit 给了验证数据，回调里也没有 self.validation_data"
    lab.check(statement, claim="C244", got=sees, want=[False])
    dicts = sorted(name for name, logs in seen.items() if isinstance(logs, dict))
    lab.check("六个方法都收到字典", claim="C243", got=len(dicts), want=6)
    empty = sorted(name for name, logs in seen.items() if not logs)
    want = ["batch_begin", "epoch_begin", "train_begin"]
    lab.check("三个 begin 收到的是空字典", claim="C243", got=empty, want=want)
