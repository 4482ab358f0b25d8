"""词嵌入：每个词一个 8 维的向量，与任务一起学出来。

每条影评只留最后 20 个词。Embedding 把 20 个编号换成 20 个向量，接成 160 个数，再由一个 Dense 投票。
训练之后看一看学到的表：与 great、bad 这些词最近的，是哪些词。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.data import Loaded
from dlwp_tui.kit import reviews
from dlwp_tui.lab import Lab

COMMON = 3_000  # 找近邻时只看最常见的词：生僻词的向量几乎没有更新过
ASKED = ["great", "excellent", "wonderful", "bad", "awful", "boring", "the"]


def build(maxlen: int, dim: int) -> keras.Model:
    """词的编号 (n, maxlen) → 好评的概率 (n, 1)。"""
    return keras.Sequential(
        [
            keras.Input((maxlen,), dtype="int32"),
            layers.Embedding(10_000, dim),  # 编号 0–9999，每个词换成 dim 个数：(maxlen, dim)
            layers.Flatten(),  # (maxlen, dim) → (maxlen × dim,)
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def run(
    lab: Lab, *, maxlen: int, dim: int, samples: int, epochs: int, batch_size: int
) -> dict[str, object]:
    # 1. 数据：长的留最后 maxlen 个词，短的在前面补 0
    imdb = lab.dataset("imdb", num_words=10_000)
    (train_data, train_labels), (test_data, y_test) = imdb
    train_data, y = train_data[:samples], train_labels[:samples]
    x = keras.utils.pad_sequences(train_data, maxlen=maxlen)  # (影评数, maxlen)
    reviews.show_input(lab, imdb, train_data, x)
    if imdb.index is not None:
        rows = [[place, int(i), imdb.decode([i])] for place, i in enumerate(x[0][-10:], -10)]
        lab.table("它的最后 10 个词", ["位置", "编号", "词"], rows)
    split = samples * 4 // 5  # validation_split=0.2 取的是最后 20%
    train = lab.batches(x[:split], y[:split], batch_size)  # 每轮换一个新的顺序
    val = lab.batches(x[split:], y[split:], 1000, shuffle=False)

    # 2. 网络
    model = build(maxlen, dim)
    model.compile(
        optimizer="rmsprop",
        loss="binary_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=lab.steps_per_execution(model, train),  # 几步才回到 Python 一次
    )
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
    x_test = keras.utils.pad_sequences(test_data, maxlen=maxlen)
    unseen = lab.batches(x_test, y_test, 1000, shuffle=False)
    scores = model.evaluate(unseen, return_dict=True, verbose=0)
    lab.result(**{f"test_{name}": value for name, value in scores.items()})
    if imdb.index is not None:
        show_neighbours(lab, imdb, model.layers[0].get_weights()[0])  # 学到的表 (10000, dim)
    return {"train_data": train_data, "x": x, "model": model}


def show_neighbours(lab: Lab, imdb: Loaded, table: np.ndarray) -> None:
    """夹角最小的词：意思（对好评差评来说）相近的，学完之后应当靠在一起。"""
    unit = table / np.linalg.norm(table, axis=1, keepdims=True)
    rows = []
    for word in ASKED:
        ids = imdb.words.encode(word, num_words=COMMON).ids[1:]
        if not ids or ids[0] < 4:
            continue  # 这份词典里没有，或不常见
        cosine = unit[4:COMMON] @ unit[ids[0]]
        near = [i + 4 for i in np.argsort(-cosine) if i + 4 != ids[0]][:5]
        rows.append([word, "、".join(f"{imdb.decode([i])} {cosine[i - 4]:.2f}" for i in near)])
    lab.table("学到的近邻（夹角的余弦）", ["词", "最近的五个"], rows)


def demo(lab: Lab) -> reviews.Answer:
    """输入一条英文影评，得到好评与差评的概率，以及模型不认识的词。只看最后 maxlen 个词。"""
    maxlen = lab.params["maxlen"]
    return reviews.demo(lab, lambda ids: keras.utils.pad_sequences([ids], maxlen=maxlen), 10_000)
