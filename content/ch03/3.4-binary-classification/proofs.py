"""笔记 3.4 里说得准的话，训练之后逐条核对。"""

import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from dlwp_tui.lab import Lab
from lesson import WORDS, prepare


def prove(lab: Lab, *, imdb, x_train, y_held, batches, model, p, **_) -> None:
    (train_data, y_train), (test_data, _y) = imdb
    sizes = [len(train_data), len(test_data)]
    lab.check("训练和测试各 25,000 条影评", claim="C048", got=sizes, want=[25_000, 25_000])
    if imdb.index is not None:
        found = np.array([imdb.words.ranks["excellent"] + 3 in text for text in train_data])
        bad, good = (int(found[y_train == label].sum()) for label in (0, 1))
        statement = f"标签 1 是好评：excellent 在 {good:,} 条里出现，在标签 0 的 {bad:,} 条里"
        lab.check(statement, claim="C048", got=good > 1.5 * bad)
    if imdb.source != "synthetic":
        lab.check("第一条影评有 218 个编号", claim="C048", got=len(train_data[0]), want=218)
        if imdb.index is not None:
            start = "? this film was just brilliant casting"
            review = imdb.decode(train_data[0])
            lab.check("编号减 3 才查得到词", claim="C049", got=review[: len(start)], want=start)

    few = train_data[:20]
    by_hand = np.zeros((len(few), WORDS))
    for i, sequence in enumerate(few):
        by_hand[i, sequence] = 1.0  # 书里的 vectorize_sequences
    encode = layers.CategoryEncoding(WORDS, output_mode="multi_hot")
    same = np.array_equal(encode(prepare(few).astype("int32")), by_hand)
    lab.check("按批转换与手写的向量化逐项相同", claim="C050", got=same, want=True)

    units, hidden_layers = lab.params["units"], lab.params["hidden_layers"]
    count = (WORDS + 1) * units + (hidden_layers - 1) * (units + 1) * units + units + 1
    statement = f"参数共 {count:,} 个：每层 (输入 + 1) × 单元，再相加"
    lab.check(statement, claim="C051", got=model.count_params(), want=count)
    samples, size = 15_000 if lab.params["validate"] else 25_000, lab.params["batch_size"]
    steps = math.ceil(samples / size)
    statement = f"{samples:,} 条训练样本，每批 {size} 条：每轮 {steps} 步"
    lab.check(statement, claim="C053", got=[len(x_train), len(batches)], want=[samples, steps])
    far = np.array([-30.0, -5, -1, 0, 1, 5, 30])
    squeezed = keras.ops.convert_to_numpy(keras.ops.sigmoid(far))
    ends = [float(min(squeezed.min(), p.min())) >= 0, float(max(squeezed.max(), p.max())) <= 1]
    lab.check("−30 到 30 都被 sigmoid 压到 0 与 1 之间", claim="C052", got=ends, want=[True, True])
    between = (p > 0.01) & (p < 0.99)
    y = y_held[between]
    right = float(np.mean((p[between] > 0.5) == y))
    statement = f"0.01 到 0.99 之间的 {between.sum():,} 条，以 0.5 为界判对 {right:.1%}：多于一半"
    lab.check(statement, claim="C057", got=right > 0.5)
    slopes(lab)


def slopes(lab: Lab) -> None:
    """似然与交叉熵；一条差评，模型说好评的概率是 0.999：两种损失推它的力气。"""
    y, p = np.array([1.0, 0, 1]), np.array([0.9, 0.2, 0.6])
    entropy = float(keras.losses.binary_crossentropy(y, p))
    statement = "似然 0.9 × 0.8 × 0.6 = 0.432，交叉熵是 −ln 0.432 / 3 = 0.280"
    lab.check(statement, got=entropy, want=-math.log(0.432) / 3, tolerance=1e-5)
    z, got = tf.Variable(math.log(0.999 / 0.001)), []
    for loss in (tf.nn.sigmoid_cross_entropy_with_logits, lambda y, z: (tf.sigmoid(z) - y) ** 2):
        with tf.GradientTape() as tape:
            value = loss(0.0, z)
        got.append(round(float(tape.gradient(value, z)), 3))
    lab.check(
        "ŷ = 0.999、y = 0：交叉熵的斜率 0.999，均方误差的 0.002", got=got, want=[0.999, 0.002]
    )
