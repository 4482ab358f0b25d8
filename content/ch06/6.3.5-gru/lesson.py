"""第一个胜过基准的网络：GRU 按次序读过去的天气，预测 24 小时之后的气温。

循环层每一步用同一组权重，带着状态往前走，把“时间有先后、近的更要紧”写进了结构。
倒着读同样的数据（go_backwards），最近的天气最先读、最后忘，成绩就差得多。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab

CELLS = {"gru": layers.GRU, "lstm": layers.LSTM, "simple_rnn": layers.SimpleRNN}
TRAIN, VALIDATION = 200_000, 300_000  # 书中的划分


def prepare(lab: Lab, standardise: bool) -> tuple[np.ndarray, float]:
    """标准化的天气 (420551, 14)，以及标准化之后的 1 合多少度。"""
    data = lab.dataset("jena_climate").series
    mean, std = data[:TRAIN].mean(axis=0), data[:TRAIN].std(axis=0)
    if not standardise:  # 忘了标准化：各列的单位原样送进网络
        mean, std = 0 * mean, 0 * std + 1
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


def build(cell: str, units: int, backwards: bool = False) -> keras.Model:
    """(n, 步数, 14) → 气温 (n, 1)。步数写 None：每一步用同样的权重，多少步都能算。"""
    recurrent = CELLS[cell](units, go_backwards=backwards)
    return keras.Sequential([keras.Input((None, 14)), recurrent, layers.Dense(1)])


def run(lab: Lab, *, cell: str, units: int, direction: str, standardise: bool,
        stride: int, lookback: int, step: int, delay: int, epochs: int,
        steps_per_epoch: int, val_steps: int) -> None:  # fmt: skip
    exact(lab)
    data, celsius = prepare(lab, standardise)
    cut = {"lookback": lookback, "step": step, "delay": delay}
    some = {"max_index": TRAIN, "stride": stride}
    train = lab.windows(data, steps=steps_per_epoch, shuffle=True, **some, **cut)
    checked = {"min_index": TRAIN + 1, "max_index": VALIDATION, "steps": val_steps, **cut}
    val = lab.windows(data, **checked)
    naive = baseline(lab, data, checked)
    lab.baseline("基准", val_loss=naive)  # 曲线图上的一条水平线
    model = build(cell, units, backwards=direction == "reversed")
    lab.summary(model)
    model.compile(optimizer="rmsprop", loss="mae", steps_per_execution=2)
    lab.phase("训练")
    live = lab.callbacks()  # 曲线、停止、存档
    fitted = model.fit(train, epochs=epochs, validation_data=val, callbacks=live, verbose=0)
    lab.save(model)
    report(lab, cell, fitted.history, naive, celsius)


def exact(lab: Lab) -> None:
    """参数个数，和 input_shape 里的 None。"""
    model = build("gru", 32)
    got = [build(cell, 32).layers[0].count_params() for cell in CELLS]
    lab.check("GRU、LSTM、SimpleRNN 层的参数", claim="C188", got=got, want=[4_608, 6_016, 1_504])
    old = layers.GRU(32, reset_after=False)
    old.build((None, None, 14))
    lab.check("Keras 2（书）的 GRU 少一组偏置", claim="C188", got=old.count_params(), want=4_512)
    lab.check("整个网络 4,641 个参数", got=model.count_params(), want=4_641)
    shapes = [list(model(keras.Input(batch_shape=(2, steps, 14))).shape) for steps in (10, 240)]
    lab.check("(2, 10, 14) 与 (2, 240, 14) 都能读", claim="C189", got=shapes, want=[[2, 1], [2, 1]])
    kernel = list(model.layers[0].cell.kernel.shape)  # 与步数无关；特征数一变，形状就对不上
    lab.check("输入的权重 W：14 个特征，3 × 32 列", claim="C189", got=kernel, want=[14, 96])
