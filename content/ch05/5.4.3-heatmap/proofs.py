"""5.4.3 节里可以验证的话：VGG16 的大小，np.max 与 np.maximum，饱和的 softmax 没有梯度。"""

import keras
import numpy as np
import tensorflow as tf

from dlwp_tui.core.errors import DataError
from dlwp_tui.kit import bases, vision
from dlwp_tui.lab import Lab


def prove(lab: Lab, *, model: keras.Model, x, heatmap: np.ndarray, class_index: int) -> None:
    conv = keras.applications.VGG16(weights=None, include_top=False, input_shape=(224, 224, 3))
    got = list(conv.get_layer("block5_conv3").output.shape[1:])
    statement = "输入 224×224，最后一个卷积层 block5_conv3 给出 14×14×512"
    lab.check(statement, claim="C150", got=got, want=[14, 14, 512])
    last = [layer.name for layer in conv.layers if isinstance(layer, keras.layers.Conv2D)][-1]
    lab.check("它是 VGG16 的最后一个卷积层", claim="C150", got=last, want="block5_conv3")
    flat = int(np.prod(conv.output.shape[1:]))
    dense = (flat + 1) * 4096 + (4096 + 1) * 4096 + (4096 + 1) * 1000  # 三个 Dense
    got = conv.count_params() + dense
    statement = "完整的 VGG16 有 138,357,544 个参数：卷积基加三个 Dense"
    lab.check(statement, claim="C151", got=got, want=138_357_544)
    try:
        name = bases.classes("vgg16")[259]
    except DataError:  # ImageNet 的类别表是单独的文件，没有就不查
        pass
    else:
        statement = "ImageNet 的第 259 类是博美犬"
        lab.check(statement, claim="C149", got=name, want="Pomeranian")
    lab.check("np.max([1, -5, 3])", got=int(np.max([1, -5, 3])), want=3)
    lab.check("np.maximum([1, -5, 3], 0)", got=np.maximum([1, -5, 3], 0), want=[1, 0, 3])
    inside = bool(heatmap.min() >= 0 and heatmap.max() <= 1)
    lab.check("热力图的值在 0～1 之间", got=inside)
    if lab.params["before"] and lab.params["layer"] == 1:
        again = vision.heat_map(model, x, class_index)
        off = float(np.abs(again - heatmap).max())
        lab.check("再算一遍，一模一样", got=off, want=0, tolerance=1e-6)
    saturated(lab)


def saturated(lab: Lab) -> None:
    """得分 20、0、0：概率四舍五入成 1，梯度就消失了。"""
    z = tf.constant([20.0, 0.0, 0.0])
    with tf.GradientTape() as tape:
        tape.watch(z)
        first = tf.nn.softmax(z)[0]
    after = float(tape.gradient(first, z)[0])
    statement = "得分 20、0、0，softmax 之后的概率对第一个得分的梯度（float32）"
    lab.check(statement, got=after, want=0, tolerance=1e-7)
    with tf.GradientTape() as tape:
        tape.watch(z)
        first = z[0]
    lab.check("softmax 之前的得分，梯度是", got=float(tape.gradient(first, z)[0]), want=1)
