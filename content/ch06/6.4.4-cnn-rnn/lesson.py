"""先卷积、后循环：一维卷积提取特征、剪短序列，循环层按次序读剪短了的序列。

卷积只在窗口之内看得到次序，全局池化更是只问有没有、不问在哪里，所以单用卷积预测气温不行；
接上 GRU，次序就回来了，而要走的步数只剩三分之一。
"""

import keras
from keras import layers

from dlwp_tui.kit import weather
from dlwp_tui.lab import Lab


def build(
    model_kind: str,
    steps: int,
    filters: int,
    kernel: int,
    *,
    dropout: float = 0.0,
    recurrent_dropout: float = 0.0,
) -> keras.Model:
    """过去的天气 (n, 步数, 14) → 一天后的气温 (n, 1)。"""
    model = keras.Sequential([keras.Input((steps, 14))])
    if model_kind != "gru":  # 240 步 → 236 → 78 → 74：卷积少 kernel − 1 步，池化剩三分之一
        model.add(layers.Conv1D(filters, kernel, activation="relu"))
        model.add(layers.MaxPooling1D(3))
        model.add(layers.Conv1D(filters, kernel, activation="relu"))
    if model_kind == "conv" and model.output_shape[1] >= 3 * kernel:
        model.add(layers.MaxPooling1D(3))  # 书中单用卷积的网络再来一次，放得下一个窗口的话
        model.add(layers.Conv1D(filters, kernel, activation="relu"))
    if model_kind in ("conv", "conv_pool"):
        model.add(layers.GlobalMaxPooling1D())  # 时间轴到此为止
    else:
        model.add(layers.GRU(32, dropout=dropout, recurrent_dropout=recurrent_dropout))
    model.add(layers.Dense(1))
    return model


def run(
    lab: Lab,
    *,
    model_kind: str,
    filters: int,
    kernel: int,
    dropout: float,
    recurrent_dropout: float,
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
        lab, data, weather.TRAINING, window, steps=steps_per_epoch, shuffle=True
    )
    val = weather.windows(lab, data, weather.VALIDATION, window, steps=val_steps)
    naive = weather.baseline(val)  # 不用学习的基准（6.3.3）：和现在一样
    lab.baseline("基准", val_loss=naive)  # 曲线图上的一条水平线

    # 2. 网络
    rates = {"dropout": dropout, "recurrent_dropout": recurrent_dropout}
    model = build(model_kind, window.steps, filters, kernel, **rates)
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
    names = {"conv_gru": "卷积 + GRU", "gru": "只有 GRU"}
    weather.report(lab, names.get(model_kind, "只有卷积"), fitted, naive, celsius)
    return {"model": model}
