"""8.2.1 节里可以验证的话：尺寸、标准化的梯度、推断方式、InceptionV3 的大小。"""

import keras
import numpy as np
import tensorflow as tf

from dlwp_tui.kit import bases
from dlwp_tui.lab import Lab
from lesson import LAYERS, dream_loss, normalise, octave_shapes


def prove(
    lab: Lab,
    *,
    extractor: keras.Model,
    shapes: list[tuple[int, int]],
    photo: np.ndarray,
    **_: object,
) -> None:
    sizes = [height for height, _width in octave_shapes((350, 350), 3, 1.4)]
    lab.check("350 除以 1.4 再除以 1.4：三个尺寸", claim="C261", got=sizes, want=[178, 250, 350])
    lab.check("最大的尺寸就是照片的", claim="C261", got=shapes[-1], want=photo.shape[:2])
    gradient(lab, extractor, photo)
    inference(lab)
    inception(lab)


def gradient(lab: Lab, extractor: keras.Model, photo: np.ndarray) -> None:
    """标准化之后，梯度的平均绝对值是 1，方向不变。"""
    x = tf.constant(bases.preprocess(lab.params["base"], photo[None, :96, :96]))
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = dream_loss(extractor, LAYERS[lab.params["focus"]], x)
    raw = np.asarray(tape.gradient(loss, x))
    scaled = np.asarray(normalise(raw))
    size = float(np.abs(raw).mean())
    lab.check("标准化之前不是 1", claim="C260", got=0.5 < size < 2, want=False)
    twice = np.asarray(normalise(1000 * raw))
    off = float(np.abs(twice - scaled).max())
    statement = "损失放大 1,000 倍，一步还是同样大，最多差"
    lab.check(statement, claim="C260", got=off, want=0, tolerance=1e-3)
    statement = "标准化之后，梯度的平均绝对值"
    lab.check(statement, claim="C260", got=float(np.abs(scaled).mean()), want=1, tolerance=1e-4)
    lab.check("正负号一个也没变", claim="C260", got=bool((np.sign(raw) == np.sign(scaled)).all()))
    zero = np.asarray(normalise(np.zeros((1, 2, 2, 3), "float32")))
    lab.check("梯度全是 0 时也不会除以 0", claim="C260", got=float(np.abs(zero).max()), want=0)


def inference(lab: Lab) -> None:
    """training=False 只管 dropout 和批标准化怎样算，禁止不了训练。"""
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dropout(0.5), keras.layers.Dense(1)])
    x = tf.ones((8, 4))
    same = np.array_equal(
        np.asarray(model(x, training=False)), np.asarray(model(x, training=False))
    )
    lab.check("推断方式下 dropout 不丢：两次结果相同", claim="C258", got=same)
    before = model.get_weights()[0]
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x, training=False) ** 2)
    weights = model.trainable_variables
    keras.optimizers.SGD(0.1).apply(tape.gradient(loss, weights), weights)
    changed = not np.array_equal(before, model.get_weights()[0])
    lab.check("推断方式下照样能训练：权重变了", claim="C258", got=changed)


def inception(lab: Lab) -> None:
    """书用的网络，不带分类器；只建起来数一数，不要权重。"""
    model = keras.applications.InceptionV3(weights=None, include_top=False)
    got = sum(isinstance(layer, keras.layers.Conv2D) for layer in model.layers)
    lab.check("InceptionV3 有几个 Conv2D 层", claim="C262", got=got, want=94)
    lab.check("不带分类器的参数", claim="C262", got=model.count_params(), want=21_802_784)
