"""变分自编码器（VAE）：编码器给出一个正态分布，从中取一点，解码器再把它还原成数字。"""

import keras
import numpy as np
from keras import layers, ops

from dlwp_tui.kit import latent
from dlwp_tui.lab import Lab


def build_encoder(width: int, latent_dim: int) -> keras.Model:
    """图片 (n, 28, 28, 1) → 均值和方差的对数，各 (n, latent_dim)。"""
    same = {"padding": "same", "activation": "relu"}
    image = keras.Input((28, 28, 1))
    x = layers.Conv2D(width, 3, **same)(image)
    x = layers.Conv2D(2 * width, 3, strides=2, **same)(x)  # 28 → 14，不用池化
    x = layers.Conv2D(2 * width, 3, **same)(x)
    x = layers.Conv2D(2 * width, 3, **same)(x)
    x = layers.Dense(32, activation="relu")(layers.Flatten()(x))
    mean, log_var = layers.Dense(latent_dim)(x), layers.Dense(latent_dim)(x)
    return keras.Model(image, [mean, log_var])


def build_decoder(width: int, latent_dim: int) -> keras.Model:
    """空间里的点 (n, latent_dim) → 图片 (n, 28, 28, 1)。"""
    z = keras.Input((latent_dim,))
    x = layers.Dense(14 * 14 * 2 * width, activation="relu")(z)
    x = layers.Reshape((14, 14, 2 * width))(x)
    x = layers.Conv2DTranspose(width, 3, strides=2, padding="same", activation="relu")(x)
    return keras.Model(z, layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x))


class Sampling(layers.Layer):
    """均值 + 标准差 × 标准正态的随机数。half 是方差的对数前面那个 0.5；书里漏了，等于 1。"""

    def __init__(self, half: float = 0.5):
        super().__init__()
        self.half, self.seed = half, keras.random.SeedGenerator()

    def call(self, mean, log_var):
        noise = keras.random.normal(ops.shape(mean), seed=self.seed)
        return mean + ops.exp(self.half * log_var) * noise


class VAE(keras.Model):
    def __init__(self, encoder, decoder, kl_weight: float, half: float):
        super().__init__()
        self.encoder, self.decoder, self.sampling = encoder, decoder, Sampling(half)
        self.kl_weight, self.kl = kl_weight, keras.metrics.Mean(name="kl")

    def call(self, image):
        mean, log_var = self.encoder(image)
        kl = -ops.mean(1 + log_var - mean**2 - ops.exp(log_var))
        self.add_loss(self.kl_weight * kl)  # 正则化损失
        self.kl.update_state(kl)
        return self.decoder(self.sampling(mean, log_var))


def run(
    lab: Lab,
    *,
    latent_dim: int,
    kl_weight: float,
    sigma: str,
    width: int,
    epochs: int,
    batch_size: int,
    samples: int,
) -> dict[str, object]:
    # 1. 数据：标签不用来训练，目标就是图片自己；书里 60,000 张，测试 10,000 张
    (train_images, _), (test_images, test_labels) = lab.dataset("mnist")
    x = train_images[:samples, :, :, None] / np.float32(255)
    x_test = test_images[: samples // 6, :, :, None] / np.float32(255)

    # 2. 网络：重构损失是逐像素的交叉熵，KL 由模型自己加上
    encoder, decoder = build_encoder(width, latent_dim), build_decoder(width, latent_dim)
    vae = VAE(encoder, decoder, kl_weight, half=0.5 if sigma == "right" else 1.0)
    reconstruction = keras.metrics.BinaryCrossentropy(name="reconstruction")
    vae.compile("rmsprop", loss="binary_crossentropy", metrics=[reconstruction])
    vae(x[:1])

    # 3. 训练：每一轮结束，把平面上的 15×15 个点解码成一张大图
    callbacks = [*lab.callbacks(), latent.Watch(lab, encoder, decoder)]
    batches = lab.batches(x, x, batch_size)
    validation = lab.batches(x_test, x_test, 256, shuffle=False)
    vae.fit(batches, validation_data=validation, epochs=epochs, callbacks=callbacks, verbose=0)
    lab.save(encoder, "encoder")
    lab.save(decoder, "decoder")

    # 4. 测试图片各在平面的哪里，重构得怎样，空间够不够平滑
    lab.result(**latent.examine(lab, vae, x_test, test_labels))
    return {"encoder": encoder, "decoder": decoder, "x_test": x_test}


def demo(lab: Lab):
    """在平面上走：一点 → 数字。画一个数字：它的位置，和解码回来的样子。"""
    return latent.demo(lab.load("encoder"), lab.load("decoder"))
