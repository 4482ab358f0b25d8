"""5.4.2 节里可以验证的话：层的输出，梯度归一化，权重没有动，图的颜色没有颠倒。"""

import keras
import numpy as np
import tensorflow as tf

from dlwp_tui.kit import bases
from dlwp_tui.lab import Lab
from lesson import gradient, noise


def prove(lab: Lab, *, conv: keras.Model, extractor: keras.Model, **_: object) -> None:
    base = lab.params["base"]
    vgg16 = keras.applications.VGG16(weights=None, include_top=False, input_shape=(150, 150, 3))
    got = list(vgg16.get_layer("block3_conv1").output.shape[1:])
    statement = "输入 150×150，VGG16 的 block3_conv1 输出 37×37×256：最后是过滤器的个数"
    lab.check(statement, claim="C145", got=got, want=[37, 37, 256])
    images = tf.constant(bases.preprocess(base, noise(1, 1, 64)))
    activation = extractor(images, training=False)
    loss, grads = gradient(extractor, images, tf.constant([lab.params["filter"]]))
    mean = float(tf.reduce_mean(activation[..., lab.params["filter"]]))
    statement = "损失就是这个通道的平均激活"
    lab.check(statement, claim="C145", got=float(loss[0]), want=mean, tolerance=1e-4)
    rms = float(tf.sqrt(tf.reduce_mean(tf.square(grads))))
    lab.check("归一化之后，梯度的均方根是 1", claim="C146", got=rms, want=1, tolerance=0.02)
    outside = bool(tf.reduce_min(grads) < 0) and bool(tf.reduce_max(grads) > 1)
    lab.check("它的分量有负的，也有大于 1 的：不在 [0, 1] 之间", claim="C146", got=outside)
    fresh = bases.load(lab, base, include_top=False)
    pairs = zip(conv.get_weights(), fresh.get_weights(), strict=True)
    lab.check("权重没有动", got=all(np.array_equal(one, other) for one, other in pairs))
    red = np.zeros((1, 2, 2, 3), "uint8")
    red[..., 0] = 200
    got = bases.deprocess(base, bases.preprocess(base, red))[0, 0, 0]
    lab.check("红色预处理之后再换回来，还是红色", got=got.tolist(), want=[200, 0, 0], tolerance=1)
