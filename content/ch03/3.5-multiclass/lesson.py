"""路透社新闻多分类：46 个主题中选一个。

与 3.4 同样的向量化；不同的是最后一层有 46 个单元，softmax 让它们成为总和为 1 的概率。
中间层若比 46 窄得多，就成了“瓶颈”：丢掉的信息后面的层再也找不回来。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit.texts import word_sets
from dlwp_tui.lab import Lab

WORDS = 10_000  # 词表大小：编号 0–9999
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


def run(
    lab: Lab,
    *,
    hidden_layers: int,
    units: int,
    bottleneck: int,
    epochs: int,
    batch_size: int,
    label_coding: str,
) -> dict[str, object]:
    # 1. 数据
    reuters = lab.dataset("reuters", num_words=WORDS)
    (train_data, train_labels), (test_data, test_labels) = reuters
    topics = reuters.meta["labels"]
    if reuters.index is not None:
        news = reuters.decode(train_data[0])
        lab.text(f"第一条训练新闻，从编号还原（主题：{topics[train_labels[0]]}）", news)

    # 2. 准备：x 同 3.4；标签有两种编码，损失函数要跟着换，其余代码完全相同
    lab.phase("准备数据")
    x_train, x_test = word_sets(train_data), word_sets(test_data)  # 每行是一条里出现过的词
    if label_coding == "onehot":
        loss = "categorical_crossentropy"
        y_train = keras.utils.to_categorical(train_labels, TOPICS)
        y_test = keras.utils.to_categorical(test_labels, TOPICS)
    else:
        loss = "sparse_categorical_crossentropy"
        y_train, y_test = train_labels, test_labels

    # 3. 网络
    model = build(hidden_layers, units, bottleneck)
    batches = lab.batches(x_train[VALIDATION:], y_train[VALIDATION:], batch_size)
    steps = lab.steps_per_execution(model, batches)  # 约 50 毫秒的步数一次执行完，结果不变
    model.compile(optimizer="rmsprop", loss=loss, metrics=["accuracy"], steps_per_execution=steps)
    lab.summary(model)

    # 4. 训练
    lab.phase("训练")
    x_val, y_val = x_train[:VALIDATION], y_train[:VALIDATION]
    val = lab.batches(x_val, y_val, batch_size, shuffle=False)
    model.fit(batches, epochs=epochs, validation_data=val, callbacks=lab.callbacks(), verbose=0)
    lab.save(model)

    # 5. 评估。挑轮次、挑宽度只看上面的验证曲线；拿测试集来挑，它的分数就不再可信
    lab.phase("评估")
    test = lab.batches(x_test, y_test, batch_size, shuffle=False)
    scores = model.evaluate(test, return_dict=True, verbose=0)
    lab.result(test_accuracy=scores["accuracy"], test_loss=scores["loss"])
    # 打乱真实标签再对答案：期望是 Σpᵢ²（各主题占比的平方和），比均匀瞎猜的 1/46 高得多
    shuffled = np.random.default_rng(lab.seed).permutation(test_labels)
    right = float(np.mean(shuffled == test_labels))
    largest = np.bincount(test_labels).max() / len(test_labels)
    guesses = {"均匀瞎猜": 1 / TOPICS, "打乱标签": right, "永远猜最大的一类": largest}
    rows = [[name, f"{value:.1%}"] for name, value in guesses.items()]
    rows.append(["这个模型", f"{scores['accuracy']:.1%}"])
    lab.table("与基准相比", ["方法", "测试精度"], rows)

    # 6. 预测：每条新闻得到 46 个概率
    p = np.concatenate([model.predict_on_batch(x) for x, _ in test])  # (2246, 46)
    best = p.argmax(axis=1)
    first = [[i, topics[best[i]], f"{p[i].max():.3f}", topics[test_labels[i]]] for i in range(10)]
    lab.table("前 10 条的预测（argmax）", ["编号", "预测", "概率", "标签"], first)
    return {"reuters": reuters, "p": p, "shuffled_right": right}
