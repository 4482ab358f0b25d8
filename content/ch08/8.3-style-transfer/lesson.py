"""神经风格迁移：权重不动，改照片的像素，保住它的构图，换上一幅画的纹理和颜色。"""

from pathlib import Path

import keras
import tensorflow as tf
from keras import ops

from dlwp_tui.kit import bases, scenes
from dlwp_tui.lab import Lab

CONTENT = "block5_conv2"
STYLE = [f"block{i}_conv1" for i in range(1, 6)]


def gram_matrix(x):
    """特征图 (高, 宽, 通道) → 通道两两的点积 (通道, 通道)，与位置无关。"""
    rows = ops.reshape(ops.transpose(x, (2, 0, 1)), (x.shape[-1], -1))
    return ops.matmul(rows, ops.transpose(rows))


def content_loss(target, generated):
    """激活之差的平方和；除以目标自己的平方和，换个网络也不必重找权重。"""
    return ops.sum(ops.square(generated - target)) / ops.sum(ops.square(target))


def style_loss(style, generated):
    """Gram 矩阵之差的平方和。书除以 4 · 3² · N²，这里除以参考图自己的。"""
    size = ops.size(style[..., 0]) / ops.size(generated[..., 0])  # 两张图可以不一样大
    s, g = gram_matrix(style), gram_matrix(generated) * ops.cast(size, "float32")
    return ops.sum(ops.square(s - g)) / ops.sum(ops.square(s))


def total_variation_loss(x):
    """相邻像素的差别；x 是 (1, 高, 宽, 3)，值在 −1 到 1 左右。"""
    down = x[:, :-1, :-1] - x[:, 1:, :-1]
    right = x[:, :-1, :-1] - x[:, :-1, 1:]
    return ops.mean((ops.square(down) + ops.square(right)) ** 1.25)


def run(
    lab: Lab,
    *,
    base: str,
    style_weight: float,
    content_weight: float,
    tv_weight: float,
    rate: float,
    steps: int,
    height: int,
    image: Path | None,
    style: Path | None,
) -> dict[str, object]:
    # 1. 照片、参考画和网络
    photo, painting = scenes.photo(lab, image, height), scenes.art(lab, style, height)
    net = bases.load(lab, base)
    net.trainable = False
    extractor = keras.Model(net.input, {n: net.get_layer(n).output for n in [CONTENT, *STYLE]})

    # 2. 照片和画的激活是常数，只算一次
    target, reference = (bases.preprocess(base, x[None]) for x in (photo, painting))
    content = extractor(target, training=False)[CONTENT]
    styles = extractor(reference, training=False)
    unit = 127.5 if base == "vgg16" else 1.0  # VGG16 的像素有 255 级，mini 的在 −1 到 1

    def losses(generated):
        features = extractor(generated, training=False)
        parts = [style_loss(styles[name][0], features[name][0]) for name in STYLE]
        return {
            "style": style_weight * sum(parts) / len(STYLE),
            "content": content_weight * content_loss(content, features[CONTENT]),
            "variation": tv_weight * total_variation_loss(generated / unit),
        }

    # 3. 从照片开始，一步步改像素。书用 SciPy 的 L-BFGS，这里用 Adam
    generated = keras.Variable(target)
    optimizer = keras.optimizers.Adam(rate * unit)
    optimizer.build([generated])

    @tf.function
    def improve():
        with tf.GradientTape() as tape:
            parts = losses(generated.value)
            loss = sum(parts.values())
        optimizer.apply([tape.gradient(loss, generated.value)], [generated])
        return {"loss": loss, **parts}

    lab.frames("风格迁移", 0, photo)
    for step in lab.steps(steps, unit="步"):
        now = improve()
        lab.log(step, **now)
        lab.frames("风格迁移", step, bases.deprocess(base, generated.numpy()[0]), unit="步")
    lab.result(**{f"last_{name}": value for name, value in now.items()})
    return {"losses": losses, "target": target, "styles": styles, "extractor": extractor}
