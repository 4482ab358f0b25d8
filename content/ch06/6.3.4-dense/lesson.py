"""最便宜的网络：把过去的天气压平，接两个 Dense，预测 24 小时之后的气温。

它完全表示得出“和现在一样”这个答案，却未必学得到：压平之后，网络不知道哪些数在时间上挨着、
哪个更近，840 个或 3,360 个数一视同仁。
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


def build(steps: int, hidden_layers: int, units: int, last_activation: str) -> keras.Model:
    """(n, 步数, 14) → 气温 (n, 1)。"""
    model = keras.Sequential([keras.Input((steps, 14)), layers.Flatten()])
    for _ in range(hidden_layers):
        model.add(layers.Dense(units, activation="relu"))
    # 回归的最后一层不加激活：标准化之后的气温有正有负，relu 永远给不出负数
    model.add(layers.Dense(1, activation=last_activation))
    return model


def run(lab: Lab, *, hidden_layers: int, units: int, last_activation: str, loss: str,
        lookback: int, step: int, delay: int, epochs: int, steps_per_epoch: int,
        val_steps: int) -> None:  # fmt: skip
    data, celsius = prepare(lab)
    cut = {"lookback": lookback, "step": step, "delay": delay}
    train = lab.windows(data, max_index=TRAIN, steps=steps_per_epoch, shuffle=True, **cut)
    checked = {"min_index": TRAIN + 1, "max_index": VALIDATION, "steps": val_steps, **cut}
    val = lab.windows(data, **checked)
    naive = baseline(lab, data, checked)
    lines = {"val_mae": naive, "val_loss": naive} if loss == "mae" else {"val_mae": naive}
    lab.baseline("基准", **lines)  # 曲线图上的一条水平线
    steps = train.element_spec[0].shape[1]

    book = build(240, 1, 32, "linear")
    lab.check("书中的网络：107,585 个参数", claim="C185", got=book.count_params(), want=107_585)
    model = build(steps, hidden_layers, units, last_activation)
    lab.summary(model)
    # 不管用哪种损失训练，都看 MAE：它与基准的单位相同
    model.compile(optimizer="rmsprop", loss=loss, metrics=["mae"], steps_per_execution=10)
    lab.phase("训练")
    live = lab.callbacks()  # 曲线、停止、存档
    fitted = model.fit(train, epochs=epochs, validation_data=val, callbacks=live, verbose=0)
    lab.save(model)

    x, _targets = next(iter(val))
    p = model.predict_on_batch(x)[:, 0]
    lowest = float(p.min())
    says = "relu：预测不了低于平均的气温" if last_activation == "relu" else "没有激活：负数也给得出"
    lab.check(says, claim="C185", got=lowest >= 0, want=last_activation == "relu")
    report(lab, "Dense", fitted.history, naive, celsius)


def report(lab: Lab, name: str, history: dict, naive: float, celsius: float) -> None:
    """网络与基准并排：表格和结果。"""
    val_mae = history["val_mae"]
    best = int(np.argmin(val_mae))
    figures = {
        "基准：和现在一样": naive,
        f"{name}，最低（第 {best + 1} 轮）": val_mae[best],
        f"{name}，末轮": val_mae[-1],
    }
    rows = [[what, f"{mae:.4f}", f"{mae * celsius:.2f}"] for what, mae in figures.items()]
    lab.table("验证 MAE", ["方法", "MAE", "合 °C"], rows)
    lab.result(val_mae=val_mae[best], baseline=naive, degrees=val_mae[best] * celsius)
