"""模型集成：几个模型各给出概率，平均、加权平均，或者投票。

成员要好，更要不同：两个结构不同的网络加一个朴素贝叶斯，与只换种子的三个网络比较。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit import ensembles
from dlwp_tui.kit.texts import word_sets
from dlwp_tui.lab import Lab

WORDS = 10_000  # 词表大小
TOPICS = 46
VALIDATION = 1_000


def build(units: int, kind: str = "dense") -> keras.Model:
    """新闻里出现过的词 (n, 长度) → 46 个主题的概率 (n, 46)。"""
    inputs = keras.Input((None,), dtype="int32")
    x = layers.CategoryEncoding(WORDS, output_mode="multi_hot")(inputs)
    if kind == "wide and deep":  # 宽的一边是线性的，善于记住；深的一边善于概括
        deep = layers.Dense(units, activation="relu")(x)
        deep = layers.Dense(units, activation="relu")(deep)
        x = layers.concatenate([x, deep])
    else:
        x = layers.Dense(units, activation="relu")(x)
        x = layers.Dropout(0.5)(x)
    outputs = layers.Dense(TOPICS, activation="softmax")(x)
    return keras.Model(inputs, outputs)


def run(
    lab: Lab, *, members: str, units: int, samples: int, epochs: int, batch_size: int
) -> dict[str, object]:
    # 1. 数据：前 1,000 条验证，后面的训练
    reuters = lab.dataset("reuters", num_words=WORDS)
    (train_data, train_labels), (test_data, test_labels) = reuters
    words = word_sets([*train_data, *test_data])
    x_val, x_test = words[:VALIDATION], words[len(train_data) :]
    x, y = (part[VALIDATION : VALIDATION + samples] for part in (words, train_labels))
    y_val = train_labels[:VALIDATION]

    # 2. 成员：种类不同，或者只有种子不同
    kinds = {"一个隐藏层": "dense", "宽且深": "wide and deep"}
    if members == "seeds":
        kinds = {f"种子 {lab.seed + i}": "dense" for i in range(3)}
    p_val, p_test = {}, {}
    for i, (name, kind) in enumerate(kinds.items()):
        lab.phase(f"训练：{name}")
        keras.utils.set_random_seed(lab.seed + i)
        model = build(units, kind)
        batches = lab.batches(x, y, batch_size)
        model.compile(
            optimizer="rmsprop",
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
            steps_per_execution=lab.steps_per_execution(model, batches),
        )
        lab.summary(model, name)
        val = lab.batches(x_val, y_val, 500, shuffle=False)
        callbacks = lab.callbacks(name, part=(i, len(kinds)))
        model.fit(batches, epochs=epochs, validation_data=val, callbacks=callbacks, verbose=0)
        p_val[name] = model.predict(x_val, 500, verbose=0)
        p_test[name] = model.predict(x_test, 500, verbose=0)
    if members == "kinds":  # 不是神经网络，看问题的角度不同
        bayes = ensembles.NaiveBayes(x, y, WORDS, TOPICS)
        p_val["朴素贝叶斯"], p_test["朴素贝叶斯"] = bayes.predict(x_val), bayes.predict(x_test)

    # 3. 三种合法。权重在验证集上随机试，不能用测试集
    lab.phase("合起来")
    rng = np.random.default_rng(lab.seed)
    weights = ensembles.best_weights(rng, list(p_val.values()), y_val)
    parts = np.stack(list(p_test.values()))  # (成员, n, 46)
    votes = np.stack([np.eye(TOPICS)[p.argmax(axis=1)] for p in parts])
    together = {
        "平均": parts.mean(axis=0),
        "加权平均": np.tensordot(weights, parts, 1),
        "投票": votes.mean(axis=0) + 1e-6 * parts.mean(axis=0),  # 一样多时，看谁更肯定
    }
    right = {name: p.argmax(axis=1) == test_labels for name, p in {**p_test, **together}.items()}
    accuracy = {name: float(hits.mean()) for name, hits in right.items()}
    rows = [[name, f"{value:.2%}"] for name, value in accuracy.items()]
    lab.table("测试精度", ["模型", "精度"], rows)
    lab.table("验证集上找到的权重", list(p_val), [[f"{w:.2f}" for w in weights]])
    singles = [accuracy[name] for name in p_test]
    lab.result(mean_member=np.mean(singles), best_member=max(singles))
    lab.result(average=accuracy["平均"], weighted=accuracy["加权平均"], vote=accuracy["投票"])
    lab.result(all_wrong=float((~np.stack([right[name] for name in p_test])).all(axis=0).mean()))
    return {"parts": parts, "labels": test_labels}
