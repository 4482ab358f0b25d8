"""循环层堆叠：过拟合压住之后，加单元、加层，加大容量。

除了最后一个循环层，都要 return_sequences=True，每一步都有输出，下一层才有序列可读。
"""

import keras
from keras import layers

from dlwp_tui.kit import weather
from dlwp_tui.lab import Lab


def build(
    depth: int,
    units: int,
    last_units: int,
    last_activation: str,
    *,
    dropout: float = 0.0,
    recurrent_dropout: float = 0.0,
) -> keras.Model:
    """过去的天气 (n, 步数, 14) → 一天后的气温 (n, 1)。"""
    rates = {"dropout": dropout, "recurrent_dropout": recurrent_dropout}
    model = keras.Sequential([keras.Input((None, 14))])
    for _ in range(depth - 1):  # 每一步都输出：(n, 步数, units)
        model.add(layers.GRU(units, return_sequences=True, **rates))
    model.add(layers.GRU(last_units, activation=last_activation, **rates))  # 只输出最后一步
    model.add(layers.Dense(1))
    return model


def run(
    lab: Lab,
    *,
    depth: int,
    units: int,
    last_units: int,
    last_activation: str,
    dropout: float,
    recurrent_dropout: float,
    stride: int,
    lookback: int,
    step: int,
    delay: int,
    epochs: int,
    steps_per_epoch: int,
    val_steps: int,
) -> dict[str, object]:
    # 1. 数据：八年的天气 (420551, 14)，每 10 分钟一行；标准化之后的 1 合 celsius 度
    data, celsius = weather.standardised(lab.dataset("jena_climate").series)
    window = weather.Window(lookback, step, delay)
    # 训练的窗口随机抽，每轮不同；验证的按时间均匀取，每轮一样
    train = weather.windows(
        lab, data, weather.TRAINING, window, steps=steps_per_epoch, stride=stride, shuffle=True
    )
    val = weather.windows(lab, data, weather.VALIDATION, window, steps=val_steps)
    naive = weather.baseline(val)  # 不用学习的基准（6.3.3）：和现在一样
    lab.baseline("基准", val_loss=naive)  # 曲线图上的一条水平线

    # 2. 网络
    model = build(
        depth,
        units,
        last_units,
        last_activation,
        dropout=dropout,
        recurrent_dropout=recurrent_dropout,
    )
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
    weather.report(lab, f"{depth} 层 GRU", fitted, naive, celsius)
    if fitted.epoch:  # 从最后一轮的存档接着跑时，没有新的一轮
        lab.result(train_mae=fitted.history["loss"][-1])
    return {"model": model}
