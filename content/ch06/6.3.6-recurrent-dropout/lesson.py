"""循环 dropout：同一条序列的每一步用同一个掩码，既丢得掉单元，又留得住记忆。

dropout 丢的是这一层的输入，recurrent_dropout 丢的是从上一步传来的状态。丢掉的单元让网络学得慢，
所以轮次加倍；换来的是训练与验证不再分家，停在哪一轮都差不多。
"""

import keras
from keras import layers

from dlwp_tui.kit import weather
from dlwp_tui.lab import Lab


def build(units: int, dropout: float, recurrent_dropout: float) -> keras.Model:
    """过去的天气 (n, 步数, 14) → 一天后的气温 (n, 1)。"""
    return keras.Sequential(
        [
            keras.Input((None, 14)),
            layers.GRU(units, dropout=dropout, recurrent_dropout=recurrent_dropout),
            layers.Dense(1),
        ]
    )


def run(
    lab: Lab,
    *,
    units: int,
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
    model = build(units, dropout, recurrent_dropout)
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
    weather.report(lab, "GRU", fitted, naive, celsius)

    # 4. 训练损失是带着残缺、在一轮中途算的，与验证损失不是一回事：不丢单元，再算一次训练段
    same = weather.windows(lab, data, weather.TRAINING, window, steps=val_steps, stride=stride)
    seen = model.evaluate(same, verbose=0)
    if fitted.epoch:  # 从最后一轮的存档接着跑时，没有新的一轮
        last = {name: values[-1] for name, values in fitted.history.items()}
        rows = [
            ["训练时报告的损失（有 dropout）", f"{last['loss']:.4f}"],
            ["训练段，不丢单元", f"{seen:.4f}"],
            ["验证段，不丢单元", f"{last['val_loss']:.4f}"],
        ]
        lab.table("末轮：训练损失为什么可能更高", ["", "MAE"], rows)
        lab.result(train_mae=seen, last_val_mae=last["val_loss"])
    return {"model": model}
