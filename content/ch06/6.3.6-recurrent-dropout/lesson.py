"""循环 dropout：同一条序列的每一步用同一个掩码，既丢得掉单元，又留得住记忆。

dropout 丢的是这一层的输入，recurrent_dropout 丢的是从上一步传来的状态。丢掉的单元让网络学得慢，
所以轮次加倍；换来的是训练与验证不再分家，停在哪一轮都差不多。
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


def build(units: int, dropout: float, recurrent_dropout: float) -> keras.Model:
    """(n, 步数, 14) → 气温 (n, 1)。"""
    gru = layers.GRU(units, dropout=dropout, recurrent_dropout=recurrent_dropout)
    return keras.Sequential([keras.Input((None, 14)), gru, layers.Dense(1)])


def run(lab: Lab, *, units: int, dropout: float, recurrent_dropout: float, stride: int,
        lookback: int, step: int, delay: int, epochs: int, steps_per_epoch: int,
        val_steps: int) -> None:  # fmt: skip
    kept = 0.8**240
    lab.check("每步换掩码：一个单元 240 步都不被丢的机会", got=kept, want=0, tolerance=1e-20)
    x = np.random.default_rng(lab.seed).normal(size=(1, 4, 14)).astype("float32")
    layer = layers.GRU(4, dropout=0.5, recurrent_dropout=0.5)
    quiet = bool(np.array_equal(layer(x), layer(x)))
    lab.check("预测时一个单元也不丢：两次结果相同", got=quiet, want=True)
    loud = bool(np.array_equal(layer(x, training=True), layer(x, training=True)))
    lab.check("训练时丢：两次结果不同", got=loud, want=False)

    data, celsius = prepare(lab)
    cut = {"lookback": lookback, "step": step, "delay": delay}
    some = {"max_index": TRAIN, "stride": stride}
    train = lab.windows(data, steps=steps_per_epoch, shuffle=True, **some, **cut)
    checked = {"min_index": TRAIN + 1, "max_index": VALIDATION, "steps": val_steps, **cut}
    val = lab.windows(data, **checked)
    naive = baseline(lab, data, checked)
    lab.baseline("基准", val_loss=naive)  # 曲线图上的一条水平线
    model = build(units, dropout, recurrent_dropout)
    lab.check("dropout 没有参数", got=model.count_params(), want=build(units, 0, 0).count_params())
    lab.summary(model)
    model.compile(optimizer="rmsprop", loss="mae", steps_per_execution=2)
    lab.phase("训练")
    live = lab.callbacks()  # 曲线、停止、存档
    fitted = model.fit(train, epochs=epochs, validation_data=val, callbacks=live, verbose=0)
    lab.save(model)
    history = fitted.history
    report(lab, "GRU", history, naive, celsius)
    # 训练损失是带着残缺、在一轮中途算的，与验证损失不是一回事；同样条件下再算一次训练段
    same = lab.windows(data, steps=val_steps, **some, **cut)
    seen = model.evaluate(same, verbose=0)
    rows = [
        ["训练时报告的损失（有 dropout）", f"{history['loss'][-1]:.4f}"],
        ["训练段，不丢单元", f"{seen:.4f}"],
        ["验证段，不丢单元", f"{history['val_loss'][-1]:.4f}"],
    ]
    lab.table("末轮：训练损失为什么可能更高", ["", "MAE"], rows)
    lab.result(train_mae=seen, last_val_mae=history["val_loss"][-1])
