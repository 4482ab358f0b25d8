"""路透社新闻多分类：46 个主题中选一个。

与 3.4 同样的向量化；不同的是最后一层有 46 个单元，softmax 让它们成为总和为 1 的概率。
中间层若比 46 窄得多，就成了“瓶颈”：丢掉的信息后面的层再也找不回来。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab

WORDS = 10_000
TOPICS = 46
VALIDATION = 1_000  # 书中的划分：前 1,000 条验证，后 7,982 条训练


def build(hidden_layers: int, units: int, bottleneck: int) -> keras.Model:
    """词的编号 (n, 长度) → 46 个主题的概率 (n, 46)。bottleneck 大于 0 时是中间一层的宽度。"""
    widths = [units] * hidden_layers
    if bottleneck:
        widths[hidden_layers // 2] = bottleneck  # 两层时是第二层：64 → 4 → 46
    model = keras.Sequential([keras.Input((None,), dtype="int32")])
    model.add(layers.CategoryEncoding(WORDS, output_mode="multi_hot"))
    for width in widths:
        model.add(layers.Dense(width, activation="relu"))
    model.add(layers.Dense(TOPICS, activation="softmax"))
    return model


def prepare(texts: list[np.ndarray]) -> np.ndarray:
    """同 3.4：每行是一条的词的编号，长的去重，短的用 1（开头标记）补齐。"""
    words = [np.unique(text) if len(text) > 500 else text for text in texts]
    return keras.utils.pad_sequences(words, dtype="int16", padding="post", value=1)


def run(lab: Lab, *, hidden_layers: int, units: int, bottleneck: int, epochs: int,
        batch_size: int, label_coding: str) -> None:  # fmt: skip
    # 1. 数据
    reuters = lab.dataset("reuters", num_words=WORDS)
    (train_data, train_labels), (test_data, test_labels) = reuters
    topics = reuters.meta["labels"]
    if reuters.index is not None:
        news = reuters.decode(train_data[0])
        lab.text(f"第一条训练新闻，从编号还原（主题：{topics[train_labels[0]]}）", news)
    sizes = [len(train_data), len(test_data), len(np.unique(train_labels))]
    lab.check("训练、测试的条数与主题数", claim="C061", got=sizes, want=[8982, 2246, TOPICS])
    if reuters.source != "synthetic":
        lab.check("第一条新闻有 87 个编号", claim="C061", got=len(train_data[0]), want=87)
        lab.check("train_data[10] 的主题是 3 号", claim="C061", got=int(train_labels[10]), want=3)

    # 2. 准备：x 同 3.4；标签有两种编码，损失函数要跟着换，其余代码完全相同
    lab.phase("准备数据")
    x_train, x_test = prepare(train_data), prepare(test_data)
    one_hot = keras.utils.to_categorical(train_labels, TOPICS)
    one_hot_test = keras.utils.to_categorical(test_labels, TOPICS)
    by_hand = np.zeros((len(train_labels), TOPICS))
    by_hand[np.arange(len(train_labels)), train_labels] = 1.0
    same = np.array_equal(one_hot, by_hand)
    lab.check("to_categorical 与手写的 one-hot 相同", claim="C062", got=same, want=True)
    if label_coding == "onehot":
        y_train, y_test, loss = one_hot, one_hot_test, "categorical_crossentropy"
    else:
        y_train, y_test, loss = train_labels, test_labels, "sparse_categorical_crossentropy"
    softmax = np.asarray(keras.ops.softmax(np.array([1.0, 2, 3, 4, 1, 2, 3]))).round(3)
    known = [0.024, 0.064, 0.175, 0.475, 0.024, 0.064, 0.175]
    lab.check("softmax([1,2,3,4,1,2,3]) 突出最大的一项", claim="C064",
              got=softmax.tolist(), want=known, tolerance=1e-6)  # fmt: skip

    # 3. 网络
    model = build(hidden_layers, units, bottleneck)
    # 每 4 步才回到 Python 一次：结果不变，更快
    model.compile(optimizer="rmsprop", loss=loss, metrics=["accuracy"], steps_per_execution=4)
    lab.summary(model)

    # 4. 训练
    lab.phase("训练")
    x_val, y_val = x_train[:VALIDATION], y_train[:VALIDATION]
    model.fit(
        lab.batches(x_train[VALIDATION:], y_train[VALIDATION:], batch_size),
        epochs=epochs,
        validation_data=lab.batches(x_val, y_val, batch_size, shuffle=False),
        callbacks=lab.callbacks(),
        verbose=0,
    )
    lab.save(model)

    # 5. 评估。挑轮次、挑宽度只看上面的验证曲线；拿测试集来挑，它的分数就不再可信
    lab.phase("评估")
    test = lab.batches(x_test, y_test, batch_size, shuffle=False)
    scores = model.evaluate(test, return_dict=True, verbose=0)
    lab.result(**{f"test_{name}": value for name, value in scores.items()})
    # 打乱真实标签再对答案：期望是 Σpᵢ²（各主题占比的平方和），比均匀瞎猜的 1/46 高得多
    shuffled = np.random.default_rng(lab.seed).permutation(test_labels)
    share = np.bincount(test_labels, minlength=TOPICS) / len(test_labels)
    baseline, expected = float(np.mean(shuffled == test_labels)), float((share**2).sum())
    lab.check("打乱标签，正确率约 Σpᵢ²", claim="C069", got=baseline, want=expected, tolerance=0.03)
    guesses = {"均匀瞎猜": 1 / TOPICS, "打乱标签": baseline, "永远猜最大的一类": share.max()}
    rows = [[name, f"{value:.1%}"] for name, value in guesses.items()]
    rows.append(["这个模型", f"{scores['accuracy']:.1%}"])
    lab.table("与基准相比", ["方法", "测试精度"], rows)

    # 6. 预测：每条新闻得到 46 个概率
    p = np.concatenate([model.predict_on_batch(x) for x, _ in test])
    lab.check("predictions[0] 有 46 个元素", claim="C070", got=list(p[0].shape), want=[TOPICS])
    total = float(p[0].sum())
    lab.check("它们的和是 1", claim="C065", got=total, want=1.0, tolerance=1e-5)
    dense = float(np.mean(keras.losses.categorical_crossentropy(one_hot_test, p)))
    sparse = float(np.mean(keras.losses.sparse_categorical_crossentropy(test_labels, p)))
    lab.check("两种标签编码的损失相等", claim="C066", got=dense, want=sparse, tolerance=1e-5)
    best = p.argmax(axis=1)
    rows = [[i, topics[best[i]], f"{p[i].max():.3f}", topics[test_labels[i]]] for i in range(10)]
    lab.table("前 10 条的预测（argmax）", ["编号", "预测", "概率", "标签"], rows)
