"""可视化过滤器：什么样的图让它反应最强？从灰色的噪声出发，沿梯度一点点改图。

权重固定不动，改的是输入：往平均激活增大的方向走，叫梯度上升。
"""

import keras
import numpy as np
import tensorflow as tf

from dlwp_tui.kit import bases, vision
from dlwp_tui.lab import Lab


@tf.function
def gradient(
    extractor: keras.Model, images: tf.Tensor, indices: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """每张图自己那个过滤器的平均激活 (n,)，和归一化的梯度 (n, 高, 宽, 3)：均方根是 1。"""
    with tf.GradientTape() as tape:
        tape.watch(images)
        activation = extractor(images, training=False)  # (n, 高, 宽, 过滤器的个数)
        means = tf.reduce_mean(activation, axis=(1, 2))
        loss = tf.gather(means, indices, axis=1, batch_dims=1)
    grads = tape.gradient(loss, images)
    rms = tf.sqrt(tf.reduce_mean(tf.square(grads), axis=(1, 2, 3), keepdims=True))
    return loss, grads / (rms + 1e-8)


def noise(seed: int, count: int, size: int) -> np.ndarray:
    """起点：128 是灰色，random * 20 才是噪声。count 张图从同一张噪声出发。"""
    rng = np.random.default_rng(seed)
    image = rng.random((1, size, size, 3)) * 20 + 128
    return np.repeat(image, count, axis=0)


def to_pictures(base: str, images: tf.Tensor) -> np.ndarray:
    """变成能看的图：换回 RGB，减均值，除以标准差，压到 128 附近，截到 0～255。"""
    pictures = bases.deprocess(base, images).astype("float32")
    pictures -= pictures.mean(axis=(1, 2, 3), keepdims=True)
    pictures /= pictures.std(axis=(1, 2, 3), keepdims=True) + 1e-5
    return np.clip((pictures * 0.15 + 0.5) * 255, 0, 255).astype("uint8")


def run(
    lab: Lab,
    *,
    base: str,
    block: str,
    filter: int,
    count: int,
    size: int,
    steps: int,
    step: float,
) -> dict[str, object]:
    conv = bases.load(lab, base, include_top=False)
    lab.summary(conv)
    scale = 1.0 if base == "vgg16" else 1 / 127.5  # 有的卷积基把像素缩到 −1～1

    def extractor(part: str) -> keras.Model:
        """只到这一块的第一个卷积层为止的模型。"""
        return keras.Model(conv.inputs[0], conv.get_layer(vision.first_layer(base, part)).output)

    # 1. 一个过滤器，看图案怎样长出来
    one = extractor(block)
    name = f"{vision.first_layer(base, block)} 第 {filter} 个过滤器"
    images = tf.constant(bases.preprocess(base, noise(lab.seed, 1, size)))
    index = tf.constant([filter])
    lab.frames(name, 0, to_pictures(base, images)[0], unit="步")
    history = [gradient(one, images, index)[0].numpy().item()]
    for i in lab.steps(steps, unit="步"):
        loss, grads = gradient(one, images, index)
        images += step * scale * grads
        history.append(gradient(one, images, index)[0].numpy().item())
        lab.log(i, activation=history[-1])
        lab.frames(name, i, to_pictures(base, images)[0], unit="步")
    lab.result(activation_first=history[0], activation_last=history[-1])

    # 2. 前四块，各画 count 个过滤器；一批图一起走
    for part in ("block1", "block2", "block3", "block4"):
        lab.phase(f"{part} 的过滤器")
        model = extractor(part)
        found = min(count, model.output.shape[-1])
        indices = tf.range(found)
        images = tf.constant(bases.preprocess(base, noise(lab.seed, found, size)))
        for _step in range(steps):
            loss, grads = gradient(model, images, indices)
            images += step * scale * grads
        names = [f"第 {i} 个：平均激活 {loss[i]:.2f}" for i in range(found)]
        layer = vision.first_layer(base, part)
        lab.picture_grid(layer, to_pictures(base, images), names, columns=8)
    return {"conv": conv, "extractor": one, "images": images[:1], "grads": grads}
