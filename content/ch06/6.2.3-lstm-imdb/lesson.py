"""LSTM 读影评：只换一层，其余与 SimpleRNN 那一课相同。

LSTM 多了一条“携带轨道”，前面读到的东西可以原样传到最后。layer 可以换成别的读法，
在同一批影评上比：SimpleRNN、双向 LSTM、一维卷积、按位置投票的 Dense、不看次序的词袋。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit import reviews
from dlwp_tui.lab import Lab

WORDS = 10_000  # 词表大小：编号 0–9999


def build(layer: str, maxlen: int, dim: int, units: int, dropout: float) -> keras.Model:
    """词的编号 (n, maxlen) → 好评的概率 (n, 1)。"""
    model = keras.Sequential([keras.Input((maxlen,), dtype="int32")])
    if layer == "bag":  # 3.4 的网络：只看出现过哪些词
        model.add(layers.CategoryEncoding(WORDS, output_mode="multi_hot"))
        model.add(layers.Dense(16, activation="relu"))
        model.add(layers.Dense(16, activation="relu"))
    else:
        model.add(layers.Embedding(WORDS, dim))
    if layer == "lstm":
        model.add(layers.LSTM(units, dropout=dropout))
    elif layer == "bidirectional":  # 正着、倒着各读一遍，两个结果接在一起
        model.add(layers.Bidirectional(layers.LSTM(units, dropout=dropout)))
    elif layer == "simple_rnn":
        model.add(layers.SimpleRNN(units, dropout=dropout))
    elif layer == "conv":
        model.add(layers.Conv1D(units, 7, activation="relu"))
        model.add(layers.GlobalMaxPooling1D())
    elif layer == "flatten":  # 6.1.2 的网络：每个位置各投一票
        model.add(layers.Flatten())
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def run(lab: Lab, *, layer: str, maxlen: int, dim: int, units: int, dropout: float, samples: int,
        epochs: int, batch_size: int) -> None:  # fmt: skip
    # 1. validation_split：先分出最后 20%，再打乱其余的
    split_comes_first(lab)

    # 2. 数据：留最后 maxlen 个词，短的在前面补 0
    imdb = lab.dataset("imdb", num_words=WORDS)
    train_data, y = imdb.train.x[:samples], imdb.train.y[:samples]
    x = keras.utils.pad_sequences(train_data, maxlen)
    reviews.show_input(lab, imdb, train_data, x)

    # 3. 网络
    model = build(layer, maxlen, dim, units, dropout)
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    lab.summary(model)
    if layer in ("lstm", "simple_rnn"):
        gates = 4 if layer == "lstm" else 1  # LSTM 有四组权重，所以正好四倍
        want = gates * (dim * units + units * units + units)
        lab.check("循环层的参数", got=model.layers[1].count_params(), want=want)

    # 4. 训练：前 80% 训练，最后 20% 验证
    lab.phase("训练")
    split = samples * 4 // 5
    validation = lab.batches(x[split:], y[split:], 250, shuffle=False)
    model.fit(
        lab.batches(x[:split], y[:split], batch_size),
        epochs=epochs,
        validation_data=validation,
        callbacks=lab.callbacks(),
        verbose=0,
    )
    lab.save(model)
    scores = model.evaluate(validation, return_dict=True, verbose=0)
    lab.result(**{f"val_{name}": value for name, value in scores.items()})
    if imdb.index is not None:
        show_mistakes(lab, imdb, model, x[split:], y[split:])


def split_comes_first(lab: Lab) -> None:
    """0–9 十个数，永远猜 0，损失是平均绝对误差：验证 8.5 = (8 + 9) / 2，训练 3.5。"""
    zero = keras.Sequential([keras.Input((1,)), layers.Dense(1, kernel_initializer="zeros")])
    zero.compile(optimizer=keras.optimizers.SGD(0.0), loss="mae")
    x, y = np.zeros((10, 1)), np.arange(10.0)[:, None]
    history = zero.fit(x, y, epochs=3, validation_split=0.2, shuffle=True, verbose=0).history
    train, val = history["loss"], history["val_loss"]
    lab.check("validation_split=0.2 取最后 20%：8 和 9", claim="C175", got=val[0], want=8.5)
    lab.check("先分后打乱：验证集每轮都一样", claim="C176", got=val, want=[8.5] * 3)
    lab.check("其余的在训练：0 到 7", claim="C176", got=train, want=[3.5] * 3, tolerance=1e-5)


def show_mistakes(lab: Lab, imdb, model: keras.Model, x: np.ndarray, y: np.ndarray) -> None:
    """最自信的错判：看看是模型读错了，还是影评话里有话。"""
    p = model.predict(x[:1000], batch_size=250, verbose=0)[:, 0]
    wrong = np.argsort(-np.abs(p - y[:1000]))[:5]
    rows = []
    for i in wrong:
        label = "好评" if y[i] else "差评"
        rows.append([f"{p[i]:.3f}", label, imdb.decode(x[i][x[i] > 0][-12:])])
    lab.table("错得最自信的五条（最后 12 个词）", ["好评概率", "标签", "结尾"], rows)


def demo(lab: Lab):
    """输入一条英文影评，得到好评与差评的概率，以及模型不认识的词。"""
    maxlen = lab.params["maxlen"]
    return reviews.demo(lab, lambda ids: keras.utils.pad_sequences([ids], maxlen=maxlen), WORDS)
