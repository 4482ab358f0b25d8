"""循环层堆叠：过拟合压住之后，加单元、加层，加大容量。

除了最后一个循环层，都要 return_sequences=True，每一步都有输出，下一层才有序列可读。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab

TRAIN, VALIDATION = 200_000, 300_000  # 书中的划分


def prepare(lab: Lab) -> tuple[np.ndarray, float]:
    """标准化的天气 (420551, 14)，以及标准化之后的 1 合多少度。"""
    data = lab.dataset("jena_climate").series
    mean, std = data[:TRAIN].mean(axis=0), data[:TRAIN].std(axis=0)
    return ((data - mean) / std).astype("float32"), float(std[1])


def baseline(lab: Lab, data: np.ndarray, checked: dict) -> float:
    """不用学习的基准（6.3.3）：和窗口最后一步的气温（第 1 列）一样。"""
    now, later = lab.ends(data, **checked)  # 每个窗口的最后一行 (n, 14)，目标 (n,)
    return float(np.mean(np.abs(now[:, 1] - later)))


def report(lab: Lab, name: str, history: dict, naive: float, celsius: float) -> None:
    """网络与基准并排：表格和结果。"""
    val_loss = history["val_loss"]
    best = int(np.argmin(val_loss))
    figures = {
        "基准：和现在一样": naive,
        f"{name}，最低（第 {best + 1} 轮）": val_loss[best],
        f"{name}，末轮": val_loss[-1],
    }
    rows = [[what, f"{mae:.4f}", f"{mae * celsius:.2f}"] for what, mae in figures.items()]
    lab.table("验证 MAE", ["方法", "MAE", "合 °C"], rows)
    lab.result(val_mae=val_loss[best], baseline=naive, degrees=val_loss[best] * celsius)


def build(depth: int, units: int, last_units: int, activation: str, rates: dict) -> keras.Model:
    """(n, 步数, 14) → 气温 (n, 1)。前 depth − 1 层各 units 个单元，输出整条序列。"""
    model = keras.Sequential([keras.Input((None, 14))])
    for _ in range(depth - 1):
        model.add(layers.GRU(units, return_sequences=True, **rates))
    model.add(layers.GRU(last_units, activation=activation, **rates))
    model.add(layers.Dense(1))
    return model


def run(lab: Lab, *, depth: int, units: int, last_units: int, last_activation: str, dropout: float,
        recurrent_dropout: float, stride: int, lookback: int, step: int, delay: int,
        epochs: int, steps_per_epoch: int, val_steps: int) -> None:  # fmt: skip
    exact(lab)
    data, celsius = prepare(lab)
    cut = {"lookback": lookback, "step": step, "delay": delay}
    some = {"max_index": TRAIN, "stride": stride}
    train = lab.windows(data, steps=steps_per_epoch, shuffle=True, **some, **cut)
    checked = {"min_index": TRAIN + 1, "max_index": VALIDATION, "steps": val_steps, **cut}
    val = lab.windows(data, **checked)
    naive = baseline(lab, data, checked)
    lab.baseline("基准", val_loss=naive)  # 曲线图上的一条水平线
    rates = {"dropout": dropout, "recurrent_dropout": recurrent_dropout}
    model = build(depth, units, last_units, last_activation, rates)
    lab.summary(model)
    model.compile(optimizer="rmsprop", loss="mae", steps_per_execution=1)
    lab.phase("训练")
    live = lab.callbacks()  # 曲线、停止、存档
    fitted = model.fit(train, epochs=epochs, validation_data=val, callbacks=live, verbose=0)
    lab.save(model)
    report(lab, f"{depth} 层 GRU", fitted.history, naive, celsius)
    lab.result(train_mae=fitted.history["loss"][-1])


def exact(lab: Lab) -> None:
    """参数个数、每层输出的形状，和漏写 return_sequences 的后果。"""
    book = build(2, 32, 64, "relu", {})
    lab.check("书中的网络：23,489 个参数", claim="C193", got=book.count_params(), want=23_489)
    x = keras.Input(batch_shape=(2, 240, 14))
    first, last = book.layers[0](x), book.layers[1](book.layers[0](x))
    shapes = f"{first.shape} → {last.shape}"
    want = "(2, 240, 32) → (2, 64)"
    lab.check("第 1 层每步输出，第 2 层只输出最后一步", got=shapes, want=want)
    try:
        layers.GRU(64)(layers.GRU(32)(x))  # 第一个漏写了 return_sequences=True
        said = ""
    except ValueError as error:
        said = str(error)
    found = "expected ndim=3, found ndim=2" in said
    lab.check("漏写 return_sequences：下一层没有序列可读", claim="C193", got=found, want=True)
    every = layers.Dense(1)(layers.GRU(8, return_sequences=True)(x))
    lab.check("最后一层也写：240 个预测", claim="C193", got=list(every.shape), want=[2, 240, 1])
