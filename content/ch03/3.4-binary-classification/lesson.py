"""IMDB 影评二分类：一条影评是好评还是差评？

数据是 25,000 + 25,000 条影评，每条是一串词的编号（按词频，只留最常见的 10,000 个词）。
模型只看“出现过哪些词”：每条影评变成一个 10,000 维的 0/1 向量（multi-hot），再经过全连接层。
最后一层只有 1 个输出单元，sigmoid 把它压到 0–1，读作“好评的概率”。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit import reviews
from dlwp_tui.lab import Lab

WORDS = 10_000  # 词表大小：编号 0–9999


def prepare(texts: list[np.ndarray]) -> np.ndarray:
    """长短不一的影评 → 一个整数矩阵，每行是一条影评的词的编号。

    书里在这里就做成 float64 的 multi-hot，占 2 GB；这里只存编号，45 MB，模型的第一层按批转换。
    同一个词出现几次，multi-hot 都一样。所以长的可以去重，短的可以用 1（每条都有的开头标记）补齐。
    """
    words = [np.unique(text) if len(text) > 500 else text for text in texts]
    return keras.utils.pad_sequences(words, dtype="int16", padding="post", value=1)


def build(hidden_layers: int, units: int, activation: str, dropout: float) -> keras.Model:
    """词的编号 (n, 长度) → 好评的概率 (n, 1)。"""
    model = keras.Sequential([keras.Input((None,), dtype="int32")])
    model.add(layers.CategoryEncoding(WORDS, output_mode="multi_hot"))
    for _ in range(hidden_layers):
        model.add(layers.Dense(units, activation=activation))
        if dropout:
            model.add(layers.Dropout(dropout))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def run(
    lab: Lab,
    *,
    hidden_layers: int,
    units: int,
    activation: str,
    loss: str,
    optimizer: str,
    dropout: float,
    epochs: int,
    batch_size: int,
    validate: bool,
) -> dict:
    # x 是长短不一的编号序列，y 是 0（差评）或 1（好评）
    imdb = lab.dataset("imdb", num_words=WORDS)
    (train_data, y_train), (test_data, y_test) = imdb
    no_index = "没有词典 imdb_word_index.json"
    review = imdb.decode(train_data[0]) if imdb.index is not None else no_index
    lab.text("第一条训练影评，从编号还原", review)

    lab.phase("准备数据")
    x_train = prepare(train_data)
    if validate:  # 留出 10,000 条挑轮次
        x_held, y_held = x_train[:10_000], y_train[:10_000]
        x_train, y_train = x_train[10_000:], y_train[10_000:]
    else:  # 25,000 条全部训练，在测试集上只评一次
        x_held, y_held = prepare(test_data), y_test
    batches = lab.batches(x_train, y_train, batch_size)  # 每轮换一个新的顺序
    held = lab.batches(x_held, y_held, batch_size, shuffle=False)

    model = build(hidden_layers, units, activation, dropout)
    steps = lab.steps_per_execution(model, batches)
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"], steps_per_execution=steps)
    lab.summary(model)

    lab.phase("训练")
    val = held if validate else None
    model.fit(batches, epochs=epochs, validation_data=val, callbacks=lab.callbacks(), verbose=0)
    lab.save(model)

    lab.phase("评估")
    scores = model.evaluate(held, return_dict=True, verbose=0)
    which = "val" if validate else "test"
    lab.result(**{f"{which}_{name}": value for name, value in scores.items()})
    p = np.concatenate([model.predict_on_batch(x) for x, _ in held])[:, 0]  # (n, 1) → (n,)
    guess, names = (p > 0.5).astype(int), ["差评", "好评"]
    rows = [[i, f"{p[i]:.4f}", names[guess[i]], names[y_held[i]]] for i in range(10)]
    lab.table("前 10 条的预测（分界是 0.5）", ["编号", "好评概率", "预测", "标签"], rows)
    rows, sure = [], {"> 0.99": p > 0.99, "< 0.01": p < 0.01, "其余": abs(p - 0.5) <= 0.49}
    for band, chosen in sure.items():
        right = f"{(guess == y_held)[chosen].mean():.1%}" if chosen.any() else "–"
        rows.append([band, f"{chosen.mean():.1%}", right])
    lab.table("有多确定？", ["好评概率", "占比", "其中预测正确"], rows)
    made = {"imdb": imdb, "x_train": x_train, "y_held": y_held, "batches": batches}
    return {**made, "model": model, "p": p}


def demo(lab: Lab):
    """输入一条英文影评，得到好评与差评的概率，以及模型不认识的词。"""
    return reviews.demo(lab, lambda ids: np.array([ids], dtype="int32"), WORDS)
