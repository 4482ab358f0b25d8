"""DeepDream：权重不动，改照片，让几层的激活越来越大；由小到大在几个尺寸上做。"""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from dlwp_tui.kit import bases, scenes
from dlwp_tui.lab import Lab

LAYERS = {  # 层名 → 它在损失里的权重；VGG16 和 mini 的层名相同
    "shallow": {"block1_conv2": 1.0, "block2_conv2": 1.0},
    "middle": {"block3_conv3": 1.0},
    "deep": {"block4_conv3": 1.0, "block5_conv3": 1.0},
    "mixed": {"block2_conv2": 0.2, "block3_conv3": 3.0, "block4_conv3": 2.0, "block5_conv3": 1.5},
}


def dream_loss(extractor: keras.Model, coefficients: dict[str, float], image):
    """各层激活的平方，加权求和，除以元素个数；边缘 2 个像素不算。"""
    features = extractor(image, training=False)
    loss = 0.0
    for name, coefficient in coefficients.items():
        inner = features[name][:, 2:-2, 2:-2, :]
        size = ops.cast(ops.size(features[name]), "float32")
        loss += coefficient * ops.sum(ops.square(inner)) / size
    return loss


def normalise(grads, smooth: int = 1):
    """除以平均绝对值：一步改动多大，只由步长决定。smooth > 1：先在这么大的窗口里求平均。"""
    grads = ops.average_pool(grads, smooth, 1, "same")
    return grads / ops.maximum(ops.mean(ops.abs(grads)), 1e-7)


def make_step(extractor: keras.Model, coefficients: dict[str, float], rate: float, smooth: int):
    """梯度上升的一步：图像 → 现在的损失，改过的图像。"""

    @tf.function
    def step(image):
        with tf.GradientTape() as tape:
            tape.watch(image)
            loss = dream_loss(extractor, coefficients, image)
        return loss, image + rate * normalise(tape.gradient(loss, image), smooth)

    return step


def octave_shapes(shape: tuple[int, int], octaves: int, ratio: float) -> list[tuple[int, int]]:
    """由小到大的尺寸，相邻的差 ratio 倍：350×350 得到 178、250、350。"""
    height, width = shape
    powers = [ratio**i for i in reversed(range(octaves))]
    return [(int(height / power), int(width / power)) for power in powers]


def run(
    lab: Lab,
    *,
    base: str,
    focus: str,
    rate: float,
    smooth: int,
    octaves: int,
    ratio: float,
    iterations: int,
    max_gain: float,
    height: int,
    image: Path | None,
) -> dict[str, object]:
    # 1. 照片，和一个训练好的网络：这一课不训练任何权重
    photo = scenes.photo(lab, image, height)
    net, coefficients = bases.load(lab, base), LAYERS[focus]
    extractor = keras.Model(net.input, {n: net.get_layer(n).output for n in coefficients})
    unit = 127.5 if base == "vgg16" else 1.0  # VGG16 的像素有 255 级，mini 的在 −1 到 1
    step = make_step(extractor, coefficients, rate * unit, smooth)

    # 2. 由小到大：放大，梯度上升，补回细节
    original = ops.convert_to_tensor(bases.preprocess(base, photo[None]))
    shapes = octave_shapes(photo.shape[:2], octaves, ratio)
    dream = shrunk = ops.image.resize(original, shapes[0])
    done = 0
    for shape in shapes:
        dream, losses = ops.image.resize(dream, shape), []
        for i in lab.steps(iterations, label=f"{shape[0]}×{shape[1]}", unit="步"):
            loss, changed = step(dream)
            losses.append(float(loss))
            lab.log(i, label=f"{shape[0]}×{shape[1]}", loss=loss)
            if losses[-1] > max_gain * losses[0]:
                break
            dream, done = changed, done + 1
            lab.frames("梦", done, bases.deprocess(base, dream[0]), unit="步")
        sharp, blurred = (ops.image.resize(x, shape) for x in (original, shrunk))
        dream, shrunk = dream + sharp - blurred, sharp  # 补回缩小时丢掉的细节

    result = bases.deprocess(base, dream[0])
    lab.picture("成品", result)
    lab.result(gain=losses[-1] / losses[0], changed=np.abs(result - photo.astype(float)).mean())
    return {"extractor": extractor, "shapes": shapes, "photo": photo}
