"""4.4 和 4.5 节里可以验证的话：权重的惩罚怎样算、何时在；dropout 放大多少；最后一层配什么损失。"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from dlwp_tui.lab import Lab
from lesson import NAMES


def prove(
    lab: Lab, *, penalised: dict[str, keras.Model], validation: tf.data.Dataset, **_: object
) -> None:
    for name, model in penalised.items():
        trained(lab, model, name, validation)
    for name in ("l1", "l2"):
        penalty(lab, name)
    for rate in sorted({0.2, 0.5, lab.params["rate"]} - {0.0}):
        dropout(lab, rate)
    for row in TABLE_4_1:
        last_layer(lab, row)


def by_hand(name: str, kernels: list[np.ndarray]) -> float:
    """Σ|w| 加上 Σw²，只要 name 里有的。"""
    total = 0.0
    if name in ("l1", "l1_l2"):
        total += sum(float(np.abs(kernel).sum()) for kernel in kernels)
    if name in ("l2", "l1_l2"):
        total += sum(float((kernel**2).sum()) for kernel in kernels)
    return total


def trained(lab: Lab, model: keras.Model, name: str, validation: tf.data.Dataset) -> None:
    """惩罚项 = 系数 × Σ|w| 或系数 × Σw²，只算两个隐藏层的核；evaluate 报告的损失里也有它。"""
    dense = [layer for layer in model.layers if isinstance(layer, layers.Dense)]
    want = lab.params["coefficient"] * by_hand(name, [layer.kernel.numpy() for layer in dense[:-1]])
    got = sum(float(loss) for loss in model.losses)
    statement = f"{NAMES[name]} 的惩罚项，与按公式手算的相同"
    lab.check(statement, claim="C100", got=got, want=want, tolerance=1e-4)
    scores = model.evaluate(validation, return_dict=True, verbose=0)
    got = scores["loss"] - scores["binary_crossentropy"]
    statement = f"{NAMES[name]} 的惩罚项测试时也在：evaluate 的损失减去交叉熵就是它"
    lab.check(statement, claim="C101", got=got, want=want, tolerance=1e-4)


def penalty(lab: Lab, name: str) -> None:
    """权重都变成两倍：L1 的惩罚也变成 2 倍，L2 的变成 4 倍；偏置变大，惩罚不变。"""
    kind = {"l1": keras.regularizers.L1, "l2": keras.regularizers.L2}[name]
    dense = layers.Dense(8, kernel_regularizer=kind(0.001), bias_initializer="ones")
    dense.build((None, 5))
    once, kernel = float(dense.losses[0]), dense.kernel.numpy()
    statement = f"{NAMES[name]}：惩罚项只算核，等于 0.001 乘以手算的和"
    want = 0.001 * by_hand(name, [kernel])
    lab.check(statement, claim="C100", got=once, want=want, tolerance=1e-7)
    dense.kernel.assign(2 * kernel)
    ratio = {"l1": 2, "l2": 4}[name]
    statement = f"{NAMES[name]}：权重变成 2 倍，惩罚变成 {ratio} 倍"
    got = float(dense.losses[0]) / once
    lab.check(statement, claim="C100", got=got, want=ratio, tolerance=1e-4)
    dense.bias.assign(10 * dense.bias)
    lab.check("偏置变大，惩罚不变", got=float(dense.losses[0]) / once, want=ratio, tolerance=1e-4)
    model = keras.Sequential([keras.Input((5,)), dense, layers.Dense(1, activation="sigmoid")])
    model.compile("rmsprop", "binary_crossentropy", metrics=["binary_crossentropy"])
    x, y = np.eye(5, dtype="float32"), np.ones((5, 1), "float32")
    scores = model.evaluate(x, y, return_dict=True, verbose=0)
    extra = scores["loss"] - scores["binary_crossentropy"]
    statement = f"{NAMES[name]}：evaluate 的损失比交叉熵大，大的正是惩罚项"
    lab.check(statement, claim="C101", got=extra / (ratio * once), want=1, tolerance=1e-3)


def dropout(lab: Lab, rate: float) -> None:
    """训练时丢掉 rate 那么多，留下的除以 1 − rate；预测时原样通过。"""
    ones = np.ones((200, 200), "float32")
    dropped = layers.Dropout(rate, seed=lab.seed)(ones, training=True).numpy()
    kept = sorted({round(float(value), 4) for value in np.unique(dropped)})
    scale = round(1 / (1 - rate), 4)
    statement = f"全是 1 的输入经过 Dropout({rate})，只剩 0 和 {scale}：留下的除以 1 − 比率"
    lab.check(statement, claim="C103", got=kept, want=[0.0, scale], tolerance=1e-3)
    zero = float((dropped == 0).mean())
    lab.check(f"变成 0 的占比就是比率 {rate}", claim="C104", got=zero, want=rate, tolerance=0.01)
    unchanged = float((layers.Dropout(rate)(ones, training=False).numpy() == 1).mean())
    lab.check("预测时什么都不丢：原样通过的占比是 1", got=unchanged, want=1)


TABLE_4_1 = [
    ("二分类", 1, "sigmoid", "binary_crossentropy", [1], True),
    ("多分类、单标签", 3, "softmax", "categorical_crossentropy", [0, 1, 0], True),
    ("多分类、多标签", 3, "sigmoid", "binary_crossentropy", [1, 1, 0], True),
    ("回归到任意值", 1, None, "mse", [-7.5], True),
    ("回归到 0～1 之间的值", 1, "sigmoid", "mse", [0.3], True),
    ("多标签却用 softmax", 3, "softmax", "categorical_crossentropy", [1, 1, 0], False),
    ("任意值却用 sigmoid", 1, "sigmoid", "mse", [-7.5], False),
]
"""书的表 4-1 的五行：问题、输出几个数、激活、损失、一个目标、够得着吗。最后两行是配错了的。"""


def last_layer(lab: Lab, row: tuple[str, int, str | None, str, list[float], bool]) -> None:
    """沿损失的梯度调整最后一层，看输出走到目标没有：激活决定输出能到哪里，损失指出方向。"""
    problem, units, activation, loss, target, fits = row
    z, function = tf.Variable(tf.zeros((1, units))), keras.activations.get(activation)
    y, measure = tf.constant([target], tf.float32), keras.losses.get(loss)
    for _step in range(100):
        with tf.GradientTape() as tape:
            value = tf.reduce_sum(measure(y, function(z)))
        z.assign_sub(0.3 * units * tape.gradient(value, z))
    off = float(tf.reduce_max(tf.abs(function(z) - y)))
    word = "输出走得到目标" if fits else "输出走不到目标"
    statement = f"{problem}，{activation or '无激活'} 配 {loss}：{word}，最后相差 {off:.2f}"
    lab.check(statement, claim="C107", got=off < 0.1, want=fits)
