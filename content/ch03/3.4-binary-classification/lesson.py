"""IMDB 影评二分类：一条影评是好评还是差评？

数据是 25,000 + 25,000 条影评，每条是一串词的编号（按词频，只留最常见的 10,000 个词）。
模型只看“出现过哪些词”：每条影评变成一个 10,000 维的 0/1 向量（multi-hot），再经过全连接层。
最后一层只有 1 个输出单元，sigmoid 把它压到 0–1，读作“好评的概率”。
"""

import math

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab

WORDS = 10_000  # 词表大小：编号 0–9999
VALIDATION = 10_000  # 书中的划分：前 10,000 条验证，后 15,000 条训练


def build(hidden_layers: int, units: int, activation: str, dropout: float) -> keras.Model:
    """词的编号 (n, 长度) → 好评的概率 (n, 1)。"""
    model = keras.Sequential([keras.Input((None,), dtype="int32")])
    # 书里先把影评变成 float64 矩阵，训练集、测试集各占 2 GB。这里按批转换，结果完全相同
    model.add(layers.CategoryEncoding(WORDS, output_mode="multi_hot"))
    for _ in range(hidden_layers):
        model.add(layers.Dense(units, activation=activation))
        if dropout:
            model.add(layers.Dropout(dropout))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def run(lab: Lab, *, hidden_layers: int, units: int, activation: str, loss: str, optimizer: str,
        dropout: float, epochs: int, batch_size: int, validate: bool) -> None:  # fmt: skip
    # 1. 数据：x 是长短不一的编号序列，y 是 0（差评）或 1（好评）
    imdb = lab.dataset("imdb", num_words=WORDS)
    (train_data, y_train), (test_data, y_test) = imdb
    sizes = [len(train_data), len(test_data)]
    lab.check("25,000 条训练、25,000 条测试", claim="C048", got=sizes, want=[25_000, 25_000])
    # 0、1、2 留给填充、开头、未知词，所以编号减 3 才是词典里的序号；查不到的写成 ?
    review = imdb.decode(train_data[0]) if imdb.index is not None else ""
    lab.text("第一条训练影评，从编号还原", review or "没有词典 imdb_word_index.json")
    if imdb.source != "synthetic":
        lab.check("第一条影评有 218 个编号", claim="C048", got=len(train_data[0]), want=218)
        start = "? this film was just brilliant casting"
        if review:
            lab.check("编号减 3 才查得到词", claim="C049", got=review[: len(start)], want=start)

    # 2. 准备：每条影评只留出现过的词。凑成一批时，短的重复自己的一个词来补齐，不改变结果
    lab.phase("准备数据")
    x_train = train_data.sets()
    by_hand = np.zeros(WORDS)
    by_hand[train_data[0]] = 1.0  # 书里的 results[i, sequence] = 1.
    encode = layers.CategoryEncoding(WORDS, output_mode="multi_hot")
    same = np.array_equal(encode(x_train[0].astype("int32")), by_hand)
    lab.check("按批转换与手写的向量化逐项相同", claim="C050", got=same, want=True)

    # 3. 网络
    model = build(hidden_layers, units, activation, dropout)
    # 每 5 步才回到 Python 一次（约 50 毫秒）：结果不变，每轮省下约五分之一的时间
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"], steps_per_execution=5)
    lab.summary(model)
    count = (WORDS + 1) * units + (hidden_layers - 1) * (units + 1) * units + units + 1
    lab.check("参数 = Σ(输入 + 1) × 单元", claim="C051", got=model.count_params(), want=count)

    # 4. 训练。validate：留出 10,000 条挑轮次；否则 25,000 条全部训练，在测试集上只评一次
    held = VALIDATION if validate else 0
    x_val, y_val = x_train[:held], y_train[:held]
    batches = lab.batches(x_train[held:], y_train[held:], batch_size)  # 每轮换一个新的顺序
    samples = len(x_train) - held
    steps = math.ceil(samples / batch_size)
    statement = f"{samples:,} 条，每批 {batch_size} 条：每轮 {steps} 步"
    lab.check(statement, claim="C053", got=len(batches), want=steps)
    lab.phase("训练")
    model.fit(
        batches,
        epochs=epochs,
        validation_data=lab.batches(x_val, y_val, batch_size, shuffle=False) if validate else None,
        callbacks=lab.callbacks(),
        verbose=0,
    )
    lab.save(model)

    # 5. 评估与预测
    lab.phase("评估")
    if not validate:
        x_val, y_val = test_data.sets(), y_test
    unseen = lab.batches(x_val, y_val, batch_size, shuffle=False)
    scores = model.evaluate(unseen, return_dict=True, verbose=0)
    which = "val" if validate else "test"
    lab.result(**{f"{which}_{name}": value for name, value in scores.items()})
    # 按批预测，内存里始终只有一批 multi-hot；(n, 1) → (n,)
    p = np.concatenate([model.predict_on_batch(x) for x, _ in unseen])[:, 0]
    inside = bool(p.min() >= 0 and p.max() <= 1)
    lab.check("sigmoid 的输出都在 0 与 1 之间", claim="C052", got=inside, want=True)
    names, guess = ["差评", "好评"], (p > 0.5).astype(int)
    rows = [[i, f"{p[i]:.4f}", names[guess[i]], names[y_val[i]]] for i in range(10)]
    lab.table("前 10 条的预测（分界是 0.5）", ["编号", "好评概率", "预测", "标签"], rows)
    rows = []
    sure = {"> 0.99": p > 0.99, "< 0.01": p < 0.01, "其余": abs(p - 0.5) <= 0.49}
    for band, chosen in sure.items():
        right = f"{(guess == y_val)[chosen].mean():.1%}" if chosen.any() else "–"
        rows.append([band, f"{chosen.mean():.1%}", right])
    lab.table("有多确定？", ["好评概率", "占比", "其中预测正确"], rows)


def demo(lab: Lab):
    """输入一条英文影评，得到好评与差评的概率，以及模型不认识的词。"""
    words = lab.dataset("imdb", num_words=WORDS).words
    model = lab.load()

    def ask(review: str) -> dict:
        encoded = words.encode(review, num_words=WORDS)  # 与训练数据同样处理：1 开头，2 词表之外
        p = float(model(np.array([encoded.ids], dtype="int32"))[0, 0])
        return {"bars": {"好评": p, "差评": 1 - p}, "unknown": list(encoded.unknown)}

    return ask
