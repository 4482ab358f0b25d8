"""从原始文本到词嵌入：读文件、分词、截断、打乱、装入 GloVe、训练、测试。

只有 200 条训练影评。把别人学好的词向量（GloVe）装进 Embedding 层，冻结起来，帮得上多少忙？
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit import reviews as kit
from dlwp_tui.lab import Lab


def encode(vectorize: layers.TextVectorization, texts: list[str], maxlen: int) -> np.ndarray:
    """英文影评 → (影评数, maxlen) 的编号：留最后 maxlen 个词，短的在前面补 0。"""
    parts = []
    for start in range(0, len(texts), 1000):  # 一次 1000 条：全部一起要占几百 MB
        sequences = vectorize(texts[start : start + 1000]).to_list()  # 长短不一
        parts.append(keras.utils.pad_sequences(sequences, maxlen=maxlen))
    return np.concatenate(parts)


def build(dim: int, maxlen: int) -> keras.Model:
    """词的编号 (n, maxlen) → 好评的概率 (n, 1)。"""
    model = keras.Sequential([keras.Input((maxlen,), dtype="int32")])
    model.add(layers.Embedding(10_000, dim))  # 编号 0–9999，每个词换成 dim 个数：(maxlen, dim)
    model.add(layers.Flatten())  # (maxlen × dim,)
    model.add(layers.Dense(32, activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def run(
    lab: Lab,
    *,
    embedding: str,
    dim: str,
    training_samples: int,
    validation_samples: int,
    test_samples: int,
    reviews: int,
    maxlen: int,
    epochs: int,
    batch_size: int,
) -> dict[str, object]:
    # 1. 读影评和词向量。第 5 步提前到这里：先打乱下标，再用同一组下标去取影评和标签
    lab.phase("读文件")
    imdb, glove = lab.datasets(aclimdb={}, glove={"dim": int(dim)})
    (texts, labels), (test_texts, test_labels) = imdb
    used, rng = training_samples + validation_samples, np.random.default_rng(lab.seed)
    indices = rng.permutation(len(texts))[: max(reviews, used)]  # 文件里前一半全是差评
    texts, labels = [texts[i] for i in indices], labels[indices]

    # 2. 分词器：0 是填充，1 是词表外 [UNK]，2–9999 是最常见的词；3. 影评 → 编号；4. 截断
    lab.phase("分词")
    vectorize = layers.TextVectorization(10_000, ragged=True)
    vectorize.adapt(texts[:reviews], batch_size=1000)
    vocabulary = vectorize.get_vocabulary()
    lab.artifact("vocabulary.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    data = encode(vectorize, texts[:used], maxlen)
    lab.text("第一条影评的原文", texts[0])

    # 6. 划分
    train = lab.batches(data[:training_samples], labels[:training_samples], batch_size)
    val = lab.batches(data[training_samples:], labels[training_samples:used], 1000, shuffle=False)

    # 7–8. 词表里的每个词，去 GloVe 里查它的向量；查不到的，那一行全是 0
    vectors, matrix = glove.vectors, np.zeros((10_000, int(dim)), "float32")
    for i, word in enumerate(vocabulary):
        if word in vectors:
            matrix[i] = vectors[word]
    kit.show_vocabulary(lab, vocabulary, matrix, data)
    kit.show_nearest(lab, vectors, ["good", "bad", "film", "war", "funny"])

    # 9–11. 网络，训练
    lab.phase("训练")
    model = build(int(dim), maxlen)
    if embedding != "random":
        model.layers[0].set_weights([matrix])
    model.layers[0].trainable = embedding != "frozen"  # 编译之前设
    every = lab.steps_per_execution(model, train)  # 几步才回到 Python 一次
    model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"], steps_per_execution=every)
    lab.summary(model)
    model.fit(train, epochs=epochs, validation_data=val, callbacks=lab.callbacks(), verbose=0)
    lab.save(model)

    # 测试：用同一个分词器，不能重新 adapt
    lab.phase("测试")
    some = np.sort(rng.permutation(len(test_texts))[:test_samples])
    x_test = encode(vectorize, [test_texts[i] for i in some], maxlen)
    unseen = lab.batches(x_test, test_labels[some], 1000, shuffle=False)
    scores = model.evaluate(unseen, return_dict=True, verbose=0)
    lab.result(**{f"test_{name}": value for name, value in scores.items()})
    return {"imdb": imdb, "glove": glove, "data": data, "matrix": matrix, "model": model}


def demo(lab: Lab) -> kit.Answer:
    """输入一条英文影评，得到好评与差评的概率，以及模型不认识的词。"""
    return kit.demo_of_words(lab, lab.params["maxlen"])
