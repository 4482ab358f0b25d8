"""8.5 节里可以验证的话：形状和参数、取值范围、冻结的陷阱、稀疏的梯度、棋盘。"""

import warnings

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from dlwp_tui.lab import Lab
from lesson import GAN, build_discriminator, build_generator


def prove(
    lab: Lab, *, model: keras.Model, real: np.ndarray, before: list[np.ndarray], **_: object
) -> None:
    shapes(lab, model)
    ranges(lab, model.generator, real)
    frozen(lab, model.discriminator, before)
    books_way(lab)
    sparse(lab)
    checkerboard(lab)
    only_points(lab)
    saturation(lab)


def shapes(lab: Lab, model: keras.Model) -> None:
    """参数按公式手算；书里的宽度 256 是 6,264,579 和 790,913。"""
    d, w = lab.params["latent_dim"], lab.params["width"]
    h = w // 2
    made = (d + 1) * 256 * h + (25 * h + 1) * w + (16 * w + 1) * w + 2 * (25 * w + 1) * w
    made += (49 * w + 1) * 3
    judged = (27 + 1) * h + 3 * (16 * h + 1) * h + (4 * h + 1)
    got = [model.generator.count_params(), model.discriminator.count_params()]
    statement = f"生成器 {made:,} 个参数，判别器 {judged:,} 个"
    lab.check(statement, claim="C276", got=got, want=[made, judged])
    if (d, w) != (32, 256):
        book = [
            build_generator(32, 256, 0.3).count_params(),
            build_discriminator(256, 0.3, 0.4).count_params(),
        ]
        statement = "书里的大小：6,264,579 和 790,913"
        lab.check(statement, claim="C276", got=book, want=[6_264_579, 790_913])
    z = np.random.default_rng(lab.seed).normal(size=(4, d)).astype("float32")
    images = model.generator(z)
    lab.check("生成器的输出", claim="C276", got=images.shape[1:], want=(32, 32, 3))
    off = float(np.abs(model(z) - model.discriminator(images)).max())
    statement = "gan(x) = discriminator(generator(x))，最多相差"
    lab.check(statement, claim="C276", got=off, want=0, tolerance=1e-6)


def ranges(lab: Lab, generator: keras.Model, real: np.ndarray) -> None:
    """tanh 的输出在 −1 与 1 之间；真图的范围看选的是哪一种。"""
    z = np.random.default_rng(lab.seed).normal(size=(64, generator.input_shape[-1]))
    fake = np.asarray(generator(z.astype("float32")))
    lab.check("生成的像素都在 −1 与 1 之间", claim="C277", got=bool(np.abs(fake).max() <= 1))
    book = lab.params["wrong"] == "pixels"
    low = 0.0 if book else -1.0
    statement = f"真图的最小值（{'照书，0 到 1' if book else '−1 到 1'}）"
    lab.check(statement, claim="C277", got=float(real.min()), want=low, tolerance=0.05)


def frozen(lab: Lab, discriminator: keras.Model, before: list[np.ndarray]) -> None:
    """判别器的权重在训练前后是否一样。"""
    now = discriminator.get_weights()
    same = all(np.array_equal(a, b) for a, b in zip(now, before, strict=True))
    book = lab.params["wrong"] == "freeze"
    statement = "照书冻结：判别器的权重一个也没有变" if book else "判别器的权重变了"
    lab.check(statement, claim="C281", got=same, want=book)


def books_way(lab: Lab) -> None:
    """书的写法原样放进 Keras 3：编译判别器，冻结，编译 gan，再单独训练判别器一步。"""
    generator, discriminator = build_generator(8, 4, 0.3), build_discriminator(8, 0.3, 0.4)
    discriminator.compile("rmsprop", "binary_crossentropy")
    discriminator.trainable = False
    z = keras.Input((8,))
    keras.Model(z, discriminator(generator(z))).compile("rmsprop", "binary_crossentropy")
    x, before = np.ones((4, 32, 32, 3), "float32"), discriminator.get_weights()
    with warnings.catch_warnings():  # Keras 只警告一句：没有可训练的权重
        warnings.simplefilter("ignore")
        discriminator.train_on_batch(x, np.ones((4, 1)))
    changed = not all(
        np.array_equal(a, b) for a, b in zip(discriminator.get_weights(), before, strict=True)
    )
    statement = "书的写法在 Keras 3 里：单独训练判别器一步，权重变了吗"
    lab.check(statement, claim="C281", got=changed, want=False)


def sparse(lab: Lab) -> None:
    """以 0 为中心的随机输入，各种运算传回的梯度有多少是 0。"""
    x = tf.constant(np.random.default_rng(lab.seed).normal(size=(1, 64, 64, 4)), tf.float32)
    kinds = {
        "最大池化": (layers.MaxPooling2D(2), 0.75, 0.001),
        "relu": (layers.ReLU(), 0.5, 0.02),
        "步幅为 2 的卷积": (layers.Conv2D(4, 4, strides=2, padding="same"), 0.0, 0.0),
        "LeakyReLU": (layers.LeakyReLU(), 0.0, 0.0),
    }
    for name, (layer, want, tolerance) in kinds.items():
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(layer(x))
        share = float(np.mean(np.asarray(tape.gradient(y, x)) == 0))
        statement = f"{name}：梯度为 0 的占"
        lab.check(statement, claim="C279", got=share, want=want, tolerance=tolerance)
    slope = layers.LeakyReLU().negative_slope
    lab.check("LeakyReLU 默认的斜率", claim="C279", got=float(slope), want=0.3, tolerance=1e-6)


def checkerboard(lab: Lab) -> None:
    """一维、步幅 2 的转置卷积，输入和核全是 1：每个输出像素被盖几次。"""
    for kernel, want in ((3, [1, 2]), (4, [2]), (5, [2, 3])):
        layer = layers.Conv1DTranspose(1, kernel, strides=2, kernel_initializer="ones")
        covered = np.rint(np.asarray(layer(np.ones((1, 12, 1), "float32")))).ravel()
        middle = sorted({int(times) for times in covered[kernel:-kernel]})
        statement = f"核 {kernel}、步幅 2，中间的像素各被盖几次"
        lab.check(statement, claim="C280", got=middle, want=want)


def only_points(lab: Lab) -> None:
    """训练生成器的一步：真图换成别的，生成器的损失一点不变（判别器冻结，两边从同样的点出发）。"""

    def losses(value: float) -> list[float]:
        keras.utils.set_random_seed(1)
        parts = build_generator(8, 4, 0.3), build_discriminator(8, 0.3, 0.0)
        parts[1].trainable = False
        model = GAN(*parts, 0.0, keras.random.normal)
        model.seed = keras.random.SeedGenerator(1)
        model.g_optimizer = keras.optimizers.SGD(0.01)
        logs = model.train_step(tf.fill((4, 32, 32, 3), value))
        return [float(logs["d_loss"]), float(logs["a_loss"])]

    one, other = losses(-1.0), losses(1.0)
    apart = abs(one[0] - other[0]) > 1e-4
    lab.check("真图换了，判别器的损失变了", claim="C282", got=apart, want=True)
    off = abs(one[1] - other[1])
    lab.check("生成器的损失没有变，最多差", claim="C282", got=off, want=0, tolerance=1e-7)


def saturation(lab: Lab) -> None:
    """D = 0.01 时，两种损失对 sigmoid 之前的分数的梯度。"""
    score = tf.constant(np.log(0.01 / 0.99), tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(score)
        d = tf.sigmoid(score)
        saturating, other = tf.math.log(1 - d), -tf.math.log(d)
    got = [abs(float(tape.gradient(loss, score))) for loss in (saturating, other)]
    lab.check("一眼看穿时，log(1−D) 与 −log D 的梯度", got=got, want=[0.01, 0.99], tolerance=1e-9)
