"""从原始文本到词嵌入：读文件、分词、截断、打乱、装入 GloVe、训练、测试。

只有 200 条训练影评。把别人学好的词向量（GloVe）装进 Embedding 层，冻结起来，帮得上多少忙？
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit.reviews import show_vocabulary
from dlwp_tui.lab import Lab

WORDS = 10_000  # 词表大小：0 是填充，1 是词表外 [UNK]，2–9999 是最常见的词
CHUNK = 1000  # 一次分词这么多条：一条影评平均 230 个词，全部一起要占几百 MB
ASKED = ["good", "bad", "film", "war", "funny"]


def encode(vectorize: layers.TextVectorization, texts, maxlen: int) -> np.ndarray:
    """英文影评 → (影评数, maxlen) 的编号：留最后 maxlen 个词，短的在前面补 0。"""
    chunks = [list(texts[start : start + CHUNK]) for start in range(0, len(texts), CHUNK)]
    sequences = (vectorize(chunk).to_list() for chunk in chunks)  # 长短不一
    return np.concatenate([keras.utils.pad_sequences(chunk, maxlen=maxlen) for chunk in sequences])


def build(dim: int, maxlen: int) -> keras.Model:
    """(n, maxlen) 的编号 → 好评的概率 (n, 1)。"""
    return keras.Sequential([
        keras.Input((maxlen,), dtype="int32"),
        layers.Embedding(WORDS, dim),
        layers.Flatten(),  # (maxlen × dim,)
        layers.Dense(32, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ])  # fmt: skip


def run(lab: Lab, *, embedding: str, dim: str, training_samples: int, validation_samples: int,
        test_samples: int, reviews: int, maxlen: int, epochs: int,
        batch_size: int) -> None:  # fmt: skip
    # 1. 读影评和词向量。第 5 步提前到这里：先打乱下标，再用同一组下标去取影评和标签
    lab.phase("读文件")
    imdb, glove = lab.datasets(aclimdb={}, glove={"dim": int(dim)})
    (texts, labels), (test_texts, test_labels) = imdb
    lab.check("训练影评有几条", claim="C161", got=len(texts), want=25_000)
    lab.check("没打乱：前 200 条的标签之和", got=int(labels[:200].sum()), want=0)  # 全是差评
    rng = np.random.default_rng(lab.seed)
    indices = np.arange(len(texts))
    lab.check("shuffle 就地打乱，返回", claim="C164", got=str(rng.shuffle(indices)), want="None")
    used = training_samples + validation_samples
    need = max(reviews, used)
    texts, labels = [texts[i] for i in indices[:need]], labels[indices[:need]]

    # 2. 分词器：最常见的 10,000 个词；3. 影评 → 编号；4. 截断
    lab.phase("建词表")
    vectorize = layers.TextVectorization(WORDS, ragged=True)
    vectorize.adapt(list(texts[:reviews]), batch_size=CHUNK)
    vocabulary = vectorize.get_vocabulary()
    lab.artifact("vocabulary.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    lab.phase("分词")
    data = encode(vectorize, texts[:used], maxlen)
    lab.check("影评数，词数", claim="C163", got=list(data.shape), want=[used, maxlen])
    kept = keras.utils.pad_sequences([[1, 2, 3, 4, 5], [6]], maxlen=3).tolist()
    lab.check("留下的是最后几个词", claim="C162", got=kept, want=[[3, 4, 5], [0, 0, 6]])
    lab.text("第一条影评的原文", texts[0])

    # 6. 划分
    x_train, y_train = data[:training_samples], labels[:training_samples]
    x_val, y_val = data[training_samples:], labels[training_samples:used]

    # 7–8. 词表里的每个词，去 GloVe 里查它的向量；查不到的，那一行全是 0
    vectors = glove.vectors
    matrix, known = vectors.for_words(vocabulary)
    matrix = np.pad(matrix, ((0, WORDS - len(matrix)), (0, 0)))  # 词不够一万个时
    lab.check("权重矩阵的形状", claim="C166", got=list(matrix.shape), want=[WORDS, int(dim)])
    if glove.source != "synthetic" and int(dim) == 100:
        shape = list(vectors.matrix.shape)
        lab.check("GloVe 的词数和维数", claim="C165", got=shape, want=[400_000, 100])
    show_vocabulary(lab, vocabulary, known, data)
    near = {word: vectors.nearest(word, 5) for word in ASKED if word in vectors}
    rows = [[word, "、".join(f"{other} {cosine:.2f}" for other, cosine in found)]
            for word, found in near.items()]  # fmt: skip
    lab.table("GloVe 里最近的五个词", ["词", "近邻和夹角的余弦"], rows)

    # 9–10. 网络
    model = build(int(dim), maxlen)
    if embedding != "random":
        model.layers[0].set_weights([matrix])
    model.layers[0].trainable = embedding != "frozen"  # 编译之前设
    model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"], steps_per_execution=4)
    lab.summary(model)
    frozen = sum(int(np.prod(w.shape)) for w in model.non_trainable_weights)
    want = WORDS * int(dim) if embedding == "frozen" else 0
    lab.check("冻结的参数", claim="C166", got=frozen, want=want)
    count = WORDS * int(dim) + (maxlen * int(dim) + 1) * 32 + 33
    lab.check("全部参数", claim="C166", got=model.count_params(), want=count)

    # 11. 训练
    lab.phase("训练")
    train = lab.batches(x_train, y_train, batch_size)
    val = lab.batches(x_val, y_val, 1000, shuffle=False)
    model.fit(train, epochs=epochs, validation_data=val, callbacks=lab.callbacks(), verbose=0)
    lab.save(model)

    # 测试：用同一个分词器，不能重新 adapt
    lab.phase("测试")
    chosen = np.sort(rng.permutation(len(test_texts))[:test_samples])
    x_test = encode(vectorize, [test_texts[i] for i in chosen], maxlen)
    unseen = lab.batches(x_test, test_labels[chosen], 1000, shuffle=False)
    scores = model.evaluate(unseen, return_dict=True, verbose=0)
    lab.result(**{f"test_{name}": value for name, value in scores.items()})


def demo(lab: Lab):
    """输入一条英文影评，得到好评与差评的概率，以及模型不认识的词。"""
    vocabulary = lab.artifact("vocabulary.txt").read_text(encoding="utf-8").split("\n")
    vectorize = layers.TextVectorization(vocabulary=vocabulary[2:], ragged=True)
    model = lab.load()
    table = model.layers[0].get_weights()[0]

    def ask(review: str) -> dict:
        words = review.split() or ["?"]
        ids = dict(zip(words, vectorize(words).to_list(), strict=True))  # 只有标点的词：[]
        sequence = [i for word in words for i in ids[word]]
        p = float(model(keras.utils.pad_sequences([sequence], lab.params["maxlen"]))[0, 0])
        # 词表外的是 1；词表里、却没有向量的，它那一行全是 0
        unknown = [w for w, row in ids.items() if row == [1] or (row and not table[row[0]].any())]
        return {"bars": {"好评": p, "差评": 1 - p}, "unknown": unknown}

    return ask
