"""笔记 3.4 里说得准的话，训练之后逐条核对。"""

import math

import numpy as np
from keras import layers

from dlwp_tui.lab import Lab
from lesson import WORDS, prepare


def prove(lab: Lab, *, imdb, x_train, batches, model, p, **_) -> None:
    (train_data, _y), (test_data, _y) = imdb
    sizes = [len(train_data), len(test_data)]
    lab.check("训练和测试各 25,000 条影评", claim="C048", got=sizes, want=[25_000, 25_000])
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
    inside = bool(p.min() >= 0 and p.max() <= 1)
    lab.check("sigmoid 的输出都在 0 与 1 之间", claim="C052", got=inside, want=True)
