"""最便宜的网络：把过去的天气压平，接两个 Dense，预测 24 小时之后的气温。

它完全表示得出“和现在一样”这个答案，学起来却很慢：压平之后，网络不知道哪些数在时间上挨着、
哪个更近，840 个或 3,360 个数一视同仁。
"""

import keras
from keras import layers

from dlwp_tui.kit import weather
from dlwp_tui.lab import Lab


def build(steps: int, hidden_layers: int, units: int, last_activation: str) -> keras.Model:
    """过去的天气 (n, 步数, 14) → 一天后的气温 (n, 1)。"""
    model = keras.Sequential([keras.Input((steps, 14))])
    model.add(layers.Flatten())  # (步数, 14) → (步数 × 14,)，时间的先后到此为止
    for _ in range(hidden_layers):
        model.add(layers.Dense(units, activation="relu"))
    # 回归的最后一层不加激活：标准化之后的气温有正有负，relu 永远给不出负数
    model.add(layers.Dense(1, activation=last_activation))
    return model


def run(
    lab: Lab,
    *,
    hidden_layers: int,
    units: int,
    last_activation: str,
    loss: str,
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
    lines = {"val_mae": naive, "val_loss": naive} if loss == "mae" else {"val_mae": naive}
    lab.baseline("基准", **lines)  # 曲线图上的一条水平线

    # 2. 网络。不管用哪种损失训练，都看 MAE：它与基准的单位相同
    model = build(window.steps, hidden_layers, units, last_activation)
    model.compile(
        optimizer="rmsprop",
        loss=loss,
        metrics=["mae"],
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
    weather.report(lab, "Dense", fitted, naive, celsius)
    return {"model": model, "val": val}
