"""DCGAN：生成器凭空画青蛙，判别器分辨真假，每一步两个网络先后各学一次。"""

import keras
import tensorflow as tf
from keras import layers, ops

from dlwp_tui.kit import gan
from dlwp_tui.lab import Lab


def build_generator(latent_dim: int, width: int, slope: float) -> keras.Model:
    """潜在空间的点 (n, latent_dim) → 图像 (n, 32, 32, 3)，值在 −1 到 1。书里 width 是 256。"""
    model = keras.Sequential([keras.Input((latent_dim,))])
    model.add(layers.Dense(16 * 16 * (width // 2)))
    model.add(layers.LeakyReLU(slope))
    model.add(layers.Reshape((16, 16, width // 2)))
    for kernel, strides in ((5, 1), (4, 2), (5, 1), (5, 1)):  # 核 4、步幅 2：16 → 32，能整除
        kind = layers.Conv2DTranspose if strides == 2 else layers.Conv2D
        model.add(kind(width, kernel, strides=strides, padding="same"))
        model.add(layers.LeakyReLU(slope))
    model.add(layers.Conv2D(3, 7, padding="same", activation="tanh"))
    return model


def build_discriminator(width: int, slope: float, dropout: float) -> keras.Model:
    """图像 (n, 32, 32, 3) → 是真图的概率 (n, 1)。下采样靠步幅，不用池化。"""
    model = keras.Sequential([keras.Input((32, 32, 3))])
    for kernel, strides in ((3, 1), (4, 2), (4, 2), (4, 2)):
        model.add(layers.Conv2D(width // 2, kernel, strides=strides))
        model.add(layers.LeakyReLU(slope))
    model.add(layers.Flatten())
    model.add(layers.Dropout(dropout))  # 技巧 3：给判别器添一点随机
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


class GAN(keras.Model):
    def __init__(self, generator, discriminator, noise, draw):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.noise, self.draw, self.seed = noise, draw, keras.random.SeedGenerator()
        self.bce = keras.losses.BinaryCrossentropy()
        self.d_loss, self.a_loss = keras.metrics.Mean("d_loss"), keras.metrics.Mean("a_loss")

    def call(self, z, training=False):
        return self.discriminator(self.generator(z), training=training)

    def train_step(self, real):
        n = ops.shape(real)[0]
        points = [self.draw((n, self.generator.input_shape[-1]), seed=self.seed) for _ in (1, 2)]
        images = ops.concatenate([self.generator(points[0]), real], axis=0)  # 混放在一批里
        labels = ops.concatenate([ops.zeros((n, 1)), ops.ones((n, 1))], axis=0)  # 噪声往里走
        labels = ops.abs(labels - self.noise * keras.random.uniform((2 * n, 1), seed=self.seed))
        with tf.GradientTape() as tape:
            d_loss = self.bce(labels, self.discriminator(images, training=True))
        if weights := self.discriminator.trainable_variables:  # 照书那样冻结了，这里是空的
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
        with tf.GradientTape() as tape:
            a_loss = self.bce(ops.ones((n, 1)), self(points[1], training=True))  # 说成真的
        weights = self.generator.trainable_variables  # 只有生成器的，判别器不会动
        self.g_optimizer.apply(tape.gradient(a_loss, weights), weights)
        return {"d_loss": self.d_loss(d_loss), "a_loss": self.a_loss(a_loss)}  # 一轮里的平均


def run(
    lab: Lab,
    *,
    latent_dim: int,
    width: int,
    dropout: float,
    label_noise: float,
    wrong: str,
    d_rate: float,
    g_rate: float,
    steps: int,
    batch_size: int,
) -> dict[str, object]:
    low = 0.0 if wrong == "pixels" else -1.0  # 生成器画 −1 到 1；书里的真图却是 0 到 1
    real = low + (1 - low) * lab.dataset("cifar10_frogs").astype("float32") / 255
    slope = 0.0 if wrong == "relu" else 0.3
    draw = keras.random.uniform if wrong == "points" else keras.random.normal
    generator = build_generator(latent_dim, width, slope)
    discriminator = build_discriminator(width, slope, dropout)
    discriminator.trainable = wrong != "freeze"  # 书里先编译再冻结；在 Keras 3 里，它从此不学
    model = GAN(generator, discriminator, label_noise, draw)
    model.d_optimizer = keras.optimizers.RMSprop(d_rate, clipvalue=1.0)
    model.g_optimizer = keras.optimizers.RMSprop(g_rate, clipvalue=1.0)
    model.compile()
    every = max(1, min(100, steps // 20))  # 每这么多步算一轮：画一次图，存一次检查点
    watch = gan.Watch(lab, model, real, low, every)
    batches, epochs = lab.batches(real, batch_size=batch_size).repeat(), steps // every
    callbacks = [*lab.callbacks(), watch]
    model.fit(batches, epochs=epochs, steps_per_epoch=every, callbacks=callbacks, verbose=0)
    lab.save(generator, "generator")
    return {"model": model, "real": real, "before": watch.before}


def demo(lab: Lab):
    """在潜在空间里切一个平面，走到哪里就画哪里的青蛙。"""
    return gan.demo(lab, lab.load("generator"))
