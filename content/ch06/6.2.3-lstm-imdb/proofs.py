"""6.2.3 节里可以验证的话：validation_split 怎样分，LSTM 有多少参数；6.3.9 节的注意力和掩码。"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab


def prove(lab: Lab, *, model: keras.Model, **_: object) -> None:
    # 0–9 十个数，永远猜 0，损失就是平均绝对误差：验证 8.5 = (8 + 9) / 2，训练 3.5
    zero = keras.Sequential([keras.Input((1,)), layers.Dense(1, kernel_initializer="zeros")])
    zero.compile(optimizer=keras.optimizers.SGD(0.0), loss="mae")
    x, y = np.zeros((10, 1)), np.arange(10.0)[:, None]
    history = zero.fit(x, y, epochs=3, validation_split=0.2, shuffle=True, verbose=0).history
    train, val = history["loss"], history["val_loss"]
    lab.check("validation_split=0.2 取的是最后 20%", claim="C175", got=val[0], want=8.5)
    lab.check("先分出验证集，再打乱：每轮验证的都一样", claim="C176", got=val, want=[8.5] * 3)
    statement = "其余的 80% 每轮都在训练"
    lab.check(statement, claim="C176", got=train, want=[3.5] * 3, tolerance=1e-5)

    layer, dim, units = (lab.params[name] for name in ("layer", "dim", "units"))
    if layer in ("lstm", "simple_rnn"):
        gates = 4 if layer == "lstm" else 1  # LSTM 有四组权重，所以正好四倍
        want = gates * (dim * units + units * units + units)
        got = model.layers[1].count_params()
        lab.check(f"循环层有 {gates} 组权重，一共 {want:,} 个参数", got=got, want=want)
    attention(lab)
    masks(lab)


def attention(lab: Lab) -> None:
    """6.3.9 节的自注意力：三个词的例子，多头有多少参数，看不看次序。"""
    x = np.array([[1, 0], [0, 1], [1, 1]], "float32")
    _, weights = layers.Attention()([x[None] / np.sqrt(2), x[None]], return_attention_scores=True)
    want = [[0.401, 0.198, 0.401], [0.198, 0.401, 0.401], [0.248, 0.248, 0.503]]
    lab.check("三个词互相看的权重", got=np.round(weights[0], 3), want=want, tolerance=1e-6)
    got = np.round(weights[0] @ x, 3)
    want = [[0.802, 0.599], [0.599, 0.802], [0.752, 0.752]]
    lab.check("按权重加起来，三个新的向量", got=got, want=want, tolerance=1e-6)

    heads = layers.MultiHeadAttention(num_heads=2, key_dim=16)
    text = np.random.default_rng(lab.seed).normal(size=(1, 5, 32)).astype("float32")
    order = [3, 1, 4, 0, 2]
    before, after = np.array(heads(text, text)), np.array(heads(text[:, order], text[:, order]))
    lab.check("两个头、接 32 维，共 4,224 个参数", got=heads.count_params(), want=4_224)
    gap = float(np.abs(before[:, order] - after).max())
    lab.check("打乱词序，每个词的向量不变，只是换了位置", got=gap, want=0, tolerance=1e-5)
    changed = text.copy()
    changed[0, 4] += 1  # 只改最后一个词
    pair = [np.array(heads(one, one, use_causal_mask=True)) for one in (text, changed)]
    gap = float(np.abs(pair[0] - pair[1])[0, :4].max())
    lab.check("use_causal_mask：改最后一个词，前面的都不变", got=gap, want=0, tolerance=1e-6)


def masks(lab: Lab) -> None:
    """6.3.9 节的掩码：跳过填充，与没有填充一样。"""
    for cell in (layers.LSTM, layers.GRU):
        embed, read = layers.Embedding(10, 4, mask_zero=True), cell(3, use_cudnn=False)
        short = np.array(read(embed(np.array([[3, 5]]))))
        for padded in ([0, 0, 3, 5], [3, 5, 0, 0]):
            gap = float(np.abs(np.array(read(embed(np.array([padded])))) - short).max())
            statement = f"有掩码的 {cell.__name__}，读 {padded} 与读 [3, 5] 一样"
            lab.check(statement, got=gap, want=0, tolerance=1e-6)
