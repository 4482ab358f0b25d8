"""6.2.3 节里可以验证的话：validation_split 怎样分，LSTM 有多少参数。"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab


def prove(lab: Lab, *, model: keras.Model, **_: object) -> None:
    # 0–9 十个数，永远猜 0，损失就是平均绝对误差：验证 8.5 = (8 + 9) / 2，训练 3.5
    zero = keras.Sequential([keras.Input((1,)), layers.Dense(1, kernel_initializer="zeros")])
    zero.compile(optimizer=keras.optimizers.SGD(0.0), loss="mae")
    x, y = np.zeros((10, 1)), np.arange(10.0)[:, None]
    history = zero.fit(x, y, epochs=3, validation_split=0.2, shuffle=True, verbose=0).history
    train, val = history["loss"], history["val_loss"]
    lab.check("validation_split=0.2 取的是最后 20%", claim="C175", got=val[0], want=8.5)
    lab.check("先分出验证集，再打乱：每轮验证的都一样", claim="C176", got=val, want=[8.5] * 3)
    statement = "其余的 80% 每轮都在训练"
    lab.check(statement, claim="C176", got=train, want=[3.5] * 3, tolerance=1e-5)

    layer, dim, units = (lab.params[name] for name in ("layer", "dim", "units"))
    if layer in ("lstm", "simple_rnn"):
        gates = 4 if layer == "lstm" else 1  # LSTM 有四组权重，所以正好四倍
        want = gates * (dim * units + units * units + units)
        got = model.layers[1].count_params()
        lab.check(f"循环层有 {gates} 组权重，一共 {want:,} 个参数", got=got, want=want)
