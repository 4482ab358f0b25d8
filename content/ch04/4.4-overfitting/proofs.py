"""4.4 节里可以验证的话：权重的惩罚怎样算、什么时候在；dropout 丢掉什么、放大多少。"""

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
        penalty(lab, model, name, validation)
    if lab.params["variant"] in ("dropout", "main", "all") and lab.params["rate"]:
        dropout(lab, lab.params["rate"])


def penalty(lab: Lab, model: keras.Model, name: str, validation: tf.data.Dataset) -> None:
    """惩罚项 = 系数 × Σ|w| 或系数 × Σw²，只算两个隐藏层的核；evaluate 报告的损失里也有它。"""
    kernels = [layer.kernel.numpy() for layer in model.layers if isinstance(layer, layers.Dense)][
        :2
    ]
    total = 0.0
    if name in ("l1", "l1_l2"):
        total += sum(float(np.abs(kernel).sum()) for kernel in kernels)
    if name in ("l2", "l1_l2"):
        total += sum(float((kernel**2).sum()) for kernel in kernels)
    want = lab.params["coefficient"] * total
    got = sum(float(loss) for loss in model.losses)
    statement = f"{NAMES[name]} 的惩罚项，与按公式手算的相同"
    lab.check(statement, claim="C100", got=got, want=want, tolerance=1e-4)
    scores = model.evaluate(validation, return_dict=True, verbose=0)
    got = scores["loss"] - scores["binary_crossentropy"]
    statement = f"{NAMES[name]} 的惩罚项测试时也在：evaluate 的损失减去交叉熵就是它"
    lab.check(statement, claim="C101", got=got, want=want, tolerance=1e-4)


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
