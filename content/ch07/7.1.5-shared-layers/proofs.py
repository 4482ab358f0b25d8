"""7.1.5 节里可以验证的话：参数只算一次，梯度相加，交换左右。"""

import keras
import numpy as np
import tensorflow as tf

from dlwp_tui.lab import Lab
from lesson import build


def prove(lab: Lab, *, model: keras.Model, difference: float, lstms: int) -> None:
    shared, units = lab.params["shared"], lab.params["units"]
    one = 4 * (128 + units + 1) * units
    total = (1 if shared else 2) * one + 2 * units + 1
    lab.check(f"这个网络有 {total:,} 个参数", claim="C234", got=model.count_params(), want=total)
    statement = "共享：LSTM 只有一个" if shared else "不共享：LSTM 有两个"
    lab.check(statement, claim="C234", got=lstms, want=1 if shared else 2)
    counts = [build(32).count_params(), build(32, shared=False).count_params()]
    statement = "书里的网络 20,673 个参数，各用各的 41,281 个"
    lab.check(statement, claim="C234", got=counts, want=[20_673, 41_281])
    distance = build(32, merge="distance").count_params()
    lab.check("换成差和乘积，还是 20,673 个", got=distance, want=20_673)
    if shared and lab.params["merge"] == "distance":
        lab.check("交换左右，得分最多相差", got=difference, want=0, tolerance=1e-5)
    gradients(lab)


def gradients(lab: Lab) -> None:
    """共享层的梯度，是每次使用得到的梯度之和。"""
    layer = keras.layers.Dense(1, use_bias=False)
    rng = np.random.default_rng(lab.seed)
    left, right = (tf.constant(rng.normal(size=(4, 3)), "float32") for _ in range(2))
    layer.build((None, 3))
    weight = layer.trainable_variables[0].value

    def gradient(with_left: bool, with_right: bool) -> np.ndarray:
        with tf.GradientTape() as tape:
            a = layer(left) if with_left else 0.0
            b = layer(right) if with_right else 0.0
            loss = tf.reduce_sum(a + b)
        found: np.ndarray = tape.gradient(loss, weight).numpy()
        return found

    both = gradient(True, True)
    parts = gradient(True, False) + gradient(False, True)
    statement = "共享层的梯度是两次使用的梯度之和"
    lab.check(statement, claim="C234", got=both, want=parts, tolerance=1e-5)
