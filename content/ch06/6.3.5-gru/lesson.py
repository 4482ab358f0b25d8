"""第一个胜过基准的网络：GRU 按次序读过去的天气，预测 24 小时之后的气温。

循环层每一步用同一组权重，带着状态往前走，把“时间有先后、近的更要紧”写进了结构。
倒着读同样的数据（go_backwards），最近的天气最先读、最后忘，成绩就差得多。
"""

import keras
from keras import layers

from dlwp_tui.kit import weather
from dlwp_tui.lab import Lab


def build(cell: str, units: int, backwards: bool = False, steps: int | None = None) -> keras.Model:
    """过去的天气 (n, 步数, 14) → 一天后的气温 (n, 1)。"""
    if cell == "dense":  # 6.3.4 的网络，拿来比：压平之后步数就定死了
        model = keras.Sequential([keras.Input((steps, 14)), layers.Flatten()])
        model.add(layers.Dense(units, activation="relu"))
        model.add(layers.Dense(1))
        return model
    cells = {"gru": layers.GRU, "lstm": layers.LSTM, "simple_rnn": layers.SimpleRNN}
    return keras.Sequential(
        [
            keras.Input((None, 14)),  # 步数写 None：每一步用同样的权重，多少步都能算
            cells[cell](units, go_backwards=backwards),  # 读完全部，交出最后的状态 (n, units)
            layers.Dense(1),
        ]
    )


def run(
    lab: Lab,
    *,
    cell: str,
    units: int,
    direction: str,
    standardise: bool,
    stride: int,
    lookback: int,
    step: int,
    delay: int,
    epochs: int,
    steps_per_epoch: int,
    val_steps: int,
) -> dict[str, object]:
    # 1. 数据：八年的天气 (420551, 14)，每 10 分钟一行；标准化之后的 1 合 celsius 度
    data, celsius = lab.dataset("jena_climate").series, 1.0
    if standardise:  # 否则就是忘了标准化：各列的单位原样送进网络
        data, celsius = weather.standardised(data)
    window = weather.Window(lookback, step, delay)
    # 训练的窗口随机抽，每轮不同；验证的按时间均匀取，每轮一样
    train = weather.windows(
        lab, data, weather.TRAINING, window, steps=steps_per_epoch, stride=stride, shuffle=True
    )
    val = weather.windows(lab, data, weather.VALIDATION, window, steps=val_steps)
    naive = weather.baseline(val)  # 不用学习的基准（6.3.3）：和现在一样
    lab.baseline("基准", val_loss=naive)  # 曲线图上的一条水平线

    # 2. 网络
    model = build(cell, units, direction == "reversed", window.steps)
    model.compile(
        optimizer="rmsprop",
        loss="mae",
        steps_per_execution=lab.steps_per_execution(model, train),  # 几步才回到 Python 一次
    )
    lab.summary(model)

    # 3. 训练
    lab.phase("训练")
    fitted = model.fit(
        train,
        epochs=epochs,
        validation_data=val,
        callbacks=lab.callbacks(),
        verbose=0,
    )
    lab.save(model)
    weather.report(lab, cell, fitted, naive, celsius)
    return {"model": model}
