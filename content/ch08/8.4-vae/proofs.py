"""8.4.3 节里可以验证的话：形状和参数、采样用的标准差、KL 散度。"""

import keras
import numpy as np
from keras import ops

from dlwp_tui.lab import Lab
from lesson import VAE, Sampling


def prove(
    lab: Lab, *, encoder: keras.Model, decoder: keras.Model, x_test: np.ndarray, **_: object
) -> None:
    shapes(lab, encoder, decoder)
    standard_deviation(lab)
    divergence(lab, encoder, decoder, x_test)
    lower_bound(lab)


def shapes(lab: Lab, encoder: keras.Model, decoder: keras.Model) -> None:
    """编码器和解码器的参数，按公式手算；书里的大小是 494,244 和 56,385。"""
    w, d = lab.params["width"], lab.params["latent_dim"]
    convolutions = (9 + 1) * w + (9 * w + 1) * 2 * w + 2 * (9 * 2 * w + 1) * 2 * w
    coding = convolutions + (14 * 14 * 2 * w + 1) * 32 + 2 * (32 + 1) * d
    decoding = (d + 1) * 14 * 14 * 2 * w + (9 * 2 * w + 1) * w + (9 * w + 1)
    got, want = [encoder.count_params(), decoder.count_params()], [coding, decoding]
    statement = f"编码器 {coding:,} 个参数，解码器 {decoding:,} 个，合计 {coding + decoding:,}"
    lab.check(statement, claim="C273", got=got, want=want)
    sides = [decoder.layers[i].output.shape[1] for i in (2, 3, 4)]
    lab.check("解码器把 14×14 还原成 28×28", claim="C273", got=sides, want=[14, 28, 28])


def standard_deviation(lab: Lab) -> None:
    """方差是 4，标准差就是 2：两种写法各抽 20 万个样本，量一量。"""
    zero, log_var = np.zeros((200_000, 1), "float32"), np.full((200_000, 1), np.log(4), "float32")
    right, book = (float(np.std(Sampling(half)(zero, log_var))) for half in (0.5, 1.0))
    statement = "方差 4：exp(0.5·log 4) 抽出的样本，标准差"
    lab.check(statement, claim="C270", got=right, want=2, tolerance=0.02)
    statement = "书里漏了 0.5：exp(log 4) 抽出的样本，标准差却是"
    lab.check(statement, claim="C270", got=book, want=4, tolerance=0.04)


def divergence(lab: Lab, encoder: keras.Model, decoder: keras.Model, x: np.ndarray) -> None:
    """损失里的 KL 与公式 −½ Σ(1 + log σ² − μ² − σ²) 核对：书对各维取平均，又没有 ½。"""
    mean, log_var = (np.asarray(part) for part in encoder(x[:64]))
    formula = -0.5 * (1 + log_var - mean**2 - np.exp(log_var)).sum(axis=1).mean()
    weight, dimensions = lab.params["kl_weight"], lab.params["latent_dim"]
    vae = VAE(encoder, decoder, weight, 0.5)
    vae(x[:64])
    added = float(ops.convert_to_numpy(vae.losses[0]))
    want = weight * 2 / dimensions * float(formula)
    statement = "加进损失的那一项 = 权重 × 2 / 维数 × KL 散度"
    lab.check(statement, got=added, want=want, tolerance=1e-5 * (1 + abs(want)))
    table = [784 * 0.0005 * 2 / d for d in (2, 10, 20)]
    statement = "0.0005 折算到公式里：2、10、20 维时的权重"
    lab.check(statement, got=table, want=[0.392, 0.0784, 0.0392], tolerance=5e-5)


def lower_bound(lab: Lab) -> None:
    """z 只有两种的例子：编码器说 z = 1 的概率是 0.5、8/9、1 时的 ELBO，与 log p(x)。"""
    likelihood, prior = np.array([0.1, 0.8]), np.array([0.5, 0.5])
    found = []
    for q1 in (0.5, 8 / 9, 1.0):
        q = np.array([1 - q1, q1])
        kl = sum(p * np.log(p / r) for p, r in zip(q, prior, strict=True) if p)
        found.append(float((q * np.log(likelihood)).sum() - kl))
    lab.check("三个 ELBO", got=found, want=[-1.263, -0.799, -0.916], tolerance=6e-4)
    evidence = float(np.log(likelihood @ prior))
    statement = "都不超过 log p(x)，等于后验概率时取到"
    lab.check(statement, got=max(found), want=evidence, tolerance=1e-9)
