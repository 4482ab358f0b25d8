"""先卷积、后循环：一维卷积提取特征、剪短序列，循环层按次序读剪短了的序列。

卷积只在窗口之内看得到次序，全局池化更是只问有没有、不问在哪里，所以单用卷积预测气温不行；
接上 GRU，次序就回来了，而要走的步数只剩三分之一。
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


def build(model_kind: str, length: int, filters: int, kernel: int, rates: dict) -> keras.Model:
    """(n, length, 14) → 气温 (n, 1)。序列太短、放不下一个窗口时，就不再卷积。"""
    model = keras.Sequential([keras.Input((length, 14))])
    if model_kind != "gru":
        model.add(layers.Conv1D(filters, kernel, activation="relu"))
        model.add(layers.MaxPooling1D(3))
        model.add(layers.Conv1D(filters, kernel, activation="relu"))
    if model_kind == "conv":  # 书中单用卷积的网络：再来一次，最后全局池化
        if model.output_shape[1] >= 3 * kernel:
            model.add(layers.MaxPooling1D(3))
            model.add(layers.Conv1D(filters, kernel, activation="relu"))
        model.add(layers.GlobalMaxPooling1D())  # 时间轴到此为止
    else:
        model.add(layers.GRU(32, **rates))
    model.add(layers.Dense(1))
    return model


def run(lab: Lab, *, model_kind: str, filters: int, kernel: int, dropout: float,
        recurrent_dropout: float, lookback: int, step: int, delay: int, epochs: int,
        steps_per_epoch: int, val_steps: int) -> None:  # fmt: skip
    exact(lab)
    data, celsius = prepare(lab)
    cut = {"lookback": lookback, "step": step, "delay": delay}
    train = lab.windows(data, max_index=TRAIN, steps=steps_per_epoch, shuffle=True, **cut)
    checked = {"min_index": TRAIN + 1, "max_index": VALIDATION, "steps": val_steps, **cut}
    val = lab.windows(data, **checked)
    naive = baseline(lab, data, checked)
    lab.baseline("基准", val_loss=naive)  # 曲线图上的一条水平线
    length = len(range(0, lookback, step))
    rates = {"dropout": dropout, "recurrent_dropout": recurrent_dropout}
    model = build(model_kind, length, filters, kernel, rates)
    lab.summary(model)
    model.compile(optimizer="rmsprop", loss="mae", steps_per_execution=2)
    lab.phase("训练")
    live = lab.callbacks()  # 曲线、停止、存档
    fitted = model.fit(train, epochs=epochs, validation_data=val, callbacks=live, verbose=0)
    lab.save(model)
    names = {"conv_gru": "卷积 + GRU", "conv": "只有卷积", "gru": "只有 GRU"}
    report(lab, names[model_kind], fitted.history, naive, celsius)


def exact(lab: Lab) -> None:
    """书中的网络：每层剩几步，多少个参数。"""
    book = build("conv_gru", 240, 32, 5, {})
    lengths = [240, *(layer.output.shape[1] for layer in book.layers[:3])]
    lab.check("序列剪短：240 → 236 → 78 → 74", claim="C214", got=lengths, want=[240, 236, 78, 74])
    lab.check("卷积 + GRU 的参数", claim="C217", got=book.count_params(), want=13_793)
    old = layers.GRU(32, reset_after=False)
    old.build((None, None, 32))
    got = book.count_params() - book.layers[3].count_params() + old.count_params()
    lab.check("Keras 2（书）的参数少 96 个", claim="C217", got=got, want=13_697)
    conv = build("conv", 240, 32, 5, {})
    lab.check("只有卷积的参数", got=conv.count_params(), want=12_609)
    steps = [1440 // 6, 720 // 3, 1440 // 3]
    said = "1440/6、720/3 一样多步；1440/3 才是两倍"
    lab.check(said, claim="C216", got=steps, want=[240, 240, 480])
