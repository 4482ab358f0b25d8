"""词嵌入：每个词一个 8 维的向量，与任务一起学出来。

每条影评只留最后 20 个词。Embedding 把 20 个编号换成 20 个向量，接成 160 个数，再由一个 Dense 投票。
训练之后看一看学到的表：与 great、bad 这些词最近的，是哪些词。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit import reviews
from dlwp_tui.lab import Lab

WORDS = 10_000  # 词表大小：编号 0–9999
COMMON = 3_000  # 找近邻时只看最常见的词：生僻词的向量几乎没有更新过
ASKED = ["great", "excellent", "wonderful", "bad", "awful", "boring", "the"]


def build(maxlen: int, dim: int) -> keras.Model:
    """词的编号 (n, maxlen) → 好评的概率 (n, 1)。"""
    return keras.Sequential([
        keras.Input((maxlen,), dtype="int32"),
        layers.Embedding(WORDS, dim),  # (maxlen,) → (maxlen, dim)
        layers.Flatten(),  # (maxlen, dim) → (maxlen × dim,)
        layers.Dense(1, activation="sigmoid"),
    ])  # fmt: skip


def run(lab: Lab, *, maxlen: int, dim: int, samples: int, epochs: int, batch_size: int) -> None:
    # 1. 数据：长的留最后 maxlen 个词，短的在前面补 0
    imdb = lab.dataset("imdb", num_words=WORDS)
    (train_data, y), (test_data, y_test) = imdb
    train_data, y = train_data[:samples], y[:samples]
    x = keras.utils.pad_sequences(train_data, maxlen)
    want = [samples, maxlen]
    lab.check("补齐后是二维张量（影评数，最大长度）", claim="C159", got=list(x.shape), want=want)
    few = keras.utils.pad_sequences([list(review) for review in train_data[:100]], maxlen=maxlen)
    lab.check("与 keras.utils.pad_sequences 相同", got=np.array_equal(few, x[:100]), want=True)
    reviews.show_input(lab, imdb, train_data, x)
    if imdb.index is not None:
        rows = [[place, int(i), imdb.decode([i])] for place, i in enumerate(x[0][-10:], -10)]
        lab.table("它的最后 10 个词", ["位置", "编号", "词"], rows)

    # 2. 网络
    model = build(maxlen, dim)
    model.compile(
        optimizer="rmsprop",
        loss="binary_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=25,  # 一步才 1 毫秒：25 步才回到 Python 一次
    )
    lab.summary(model)
    count = WORDS * dim + maxlen * dim + 1
    lab.check("参数 = 词数 × 维 + 长度 × 维 + 1", got=model.count_params(), want=count)

    # 3. 训练。validation_split=0.2 取的是最后 20%
    lab.phase("训练")
    split = samples * 4 // 5
    model.fit(
        lab.batches(x[:split], y[:split], batch_size),
        epochs=epochs,
        validation_data=lab.batches(x[split:], y[split:], 1000, shuffle=False),
        callbacks=lab.callbacks(),
        verbose=0,
    )
    lab.save(model)
    x_test = keras.utils.pad_sequences(test_data, maxlen)
    unseen = lab.batches(x_test, y_test, 1000, shuffle=False)
    scores = model.evaluate(unseen, return_dict=True, verbose=0)
    lab.result(**{f"test_{name}": value for name, value in scores.items()})

    # 4. 学到的表
    table = model.layers[0].embeddings.numpy()  # (10000, dim)
    one_hot = np.zeros(WORDS, "float32")
    one_hot[x[0, -1]] = 1
    vector = model.layers[0](x[:1])[0, -1].numpy()  # 第一条影评的最后一个词
    lab.check("查表 = one-hot 乘以矩阵", got=np.allclose(vector, one_hot @ table), want=True)
    dense = [int((one_hot != 0).sum()), int((vector != 0).sum())]
    lab.check("one-hot 只有 1 个数不是 0；词嵌入全不是 0", claim="C157", got=dense, want=[1, dim])
    if imdb.index is not None:
        show_neighbours(lab, imdb, table)


def show_neighbours(lab: Lab, imdb, table: np.ndarray) -> None:
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


def demo(lab: Lab):
    """输入一条英文影评，得到好评与差评的概率，以及模型不认识的词。只看最后 maxlen 个词。"""
    maxlen = lab.params["maxlen"]
    return reviews.demo(lab, lambda ids: keras.utils.pad_sequences([ids], maxlen=maxlen), WORDS)
