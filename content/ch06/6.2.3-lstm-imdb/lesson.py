"""LSTM 读影评：只换一层，其余与 SimpleRNN 那一课相同。

LSTM 多了一条“携带轨道”，前面读到的东西可以原样传到最后。layer 可以换成别的读法，
在同一批影评上比：SimpleRNN、双向 LSTM、一维卷积、按位置投票的 Dense、不看次序的词袋。
"""

import keras
from keras import layers

from dlwp_tui.kit import reviews
from dlwp_tui.lab import Lab


def build(layer: str, maxlen: int, dim: int, units: int, dropout: float = 0.0) -> keras.Model:
    """词的编号 (n, maxlen) → 好评的概率 (n, 1)。"""
    model = keras.Sequential([keras.Input((maxlen,), dtype="int32")])
    if layer == "bag":  # 3.4 的网络：只看出现过哪些词
        model.add(layers.CategoryEncoding(10_000, output_mode="multi_hot"))
        model.add(layers.Dense(16, activation="relu"))
        model.add(layers.Dense(16, activation="relu"))
    else:
        model.add(layers.Embedding(10_000, dim))
    if layer == "lstm":
        model.add(layers.LSTM(units, dropout=dropout))
    elif layer == "bidirectional":  # 正着、倒着各读一遍，两个结果接在一起
        model.add(layers.Bidirectional(layers.LSTM(units, dropout=dropout)))
    elif layer == "simple_rnn":
        model.add(layers.SimpleRNN(units, dropout=dropout))
    elif layer == "conv":  # 6.4.3 的网络；太短，放不下第二个窗口的话，就只卷一次
        model.add(layers.Conv1D(units, 7, activation="relu"))
        if model.output_shape[1] >= 5 * 7:
            model.add(layers.MaxPooling1D(5))
            model.add(layers.Conv1D(units, 7, activation="relu"))
        model.add(layers.GlobalMaxPooling1D())
    elif layer == "flatten":  # 6.1.2 的网络：每个位置各投一票
        model.add(layers.Flatten())
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def run(
    lab: Lab,
    *,
    layer: str,
    maxlen: int,
    dim: int,
    units: int,
    dropout: float,
    samples: int,
    epochs: int,
    batch_size: int,
) -> dict[str, object]:
    # 1. 数据：留最后 maxlen 个词，短的在前面补 0
    imdb = lab.dataset("imdb", num_words=10_000)
    (train_data, train_labels), _test = imdb
    train_data, y = train_data[:samples], train_labels[:samples]
    x = keras.utils.pad_sequences(train_data, maxlen=maxlen)  # (影评数, maxlen)
    reviews.show_input(lab, imdb, train_data, x)
    split = samples * 4 // 5  # 最后 20% 作验证
    val = lab.batches(x[split:], y[split:], 250, shuffle=False)
    train = lab.batches(x[:split], y[:split], batch_size)  # 每轮换一个新的顺序

    # 2. 网络
    model = build(layer, maxlen, dim, units, dropout)
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    lab.summary(model)

    # 3. 训练
    lab.phase("训练")
    model.fit(
        train,
        epochs=epochs,
        validation_data=val,
        callbacks=lab.callbacks(),
        verbose=0,
    )
    lab.save(model)
    scores = model.evaluate(val, return_dict=True, verbose=0)
    lab.result(**{f"val_{name}": value for name, value in scores.items()})

    # 4. 最自信的错判：是模型读错了，还是影评话里有话？
    p = model.predict(x[split:][:1000], batch_size=250, verbose=0)[:, 0]  # (n, 1) → (n,)
    reviews.show_mistakes(lab, imdb, x[split:][:1000], y[split:][:1000], p)
    return {"model": model}


def demo(lab: Lab) -> reviews.Answer:
    """输入一条英文影评，得到好评与差评的概率，以及模型不认识的词。"""
    maxlen = lab.params["maxlen"]
    return reviews.demo(lab, lambda ids: keras.utils.pad_sequences([ids], maxlen=maxlen), 10_000)
