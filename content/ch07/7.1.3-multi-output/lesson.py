"""多输出：看一个人的帖子，同时预测年龄、收入、性别。

前面的层共用，最后分成三个“头”，各有各的损失；梯度下降只能让一个数变小，所以加权相加。
帖子是造的：有些词随年龄、收入、性别用得多些少些，其余的词什么也不说。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit import people
from dlwp_tui.lab import Lab


def build(words: int, filters: int) -> keras.Model:
    """帖子 (n, 步数) → 年龄 (n, 1)、收入的十档 (n, 10)、性别 (n, 1)。"""
    posts = keras.Input((None,), dtype="int32", name="posts")
    x = layers.Embedding(words, 2 * filters)(posts)  # 词表在前，维数在后；书里写反了
    x = layers.Conv1D(filters, 5, activation="relu")(x)
    x = layers.MaxPooling1D(5)(x)
    x = layers.Conv1D(2 * filters, 5, activation="relu")(x)
    x = layers.Conv1D(2 * filters, 5, activation="relu")(x)
    x = layers.MaxPooling1D(5)(x)
    x = layers.Conv1D(2 * filters, 5, activation="relu")(x)
    x = layers.Conv1D(2 * filters, 5, activation="relu")(x)
    x = layers.GlobalMaxPooling1D()(x)
    x = layers.Dense(filters, activation="relu")(x)

    age = layers.Dense(1, name="age")(x)
    income = layers.Dense(10, activation="softmax", name="income")(x)
    gender = layers.Dense(1, activation="sigmoid", name="gender")(x)
    return keras.Model(posts, [age, income, gender])


def run(
    lab: Lab,
    *,
    age_weight: float,
    income_weight: float,
    gender_weight: float,
    standardise: bool,
    words: int,
    filters: int,
    samples: int,
    length: int,
    epochs: int,
    batch_size: int,
) -> dict[str, object]:
    # 1. 数据：一个输入，三份标签，按输出层的名字配对
    posts = people.posts(np.random.default_rng(lab.seed), samples, length, words)
    mean, std = (posts.age.mean(), posts.age.std()) if standardise else (0, 1)
    y = {"age": (posts.age - mean) / std, "income": posts.income, "gender": posts.gender}
    cut = samples * 4 // 5
    train = lab.batches(posts.words[:cut], {k: v[:cut] for k, v in y.items()}, batch_size)
    val = lab.batches(
        posts.words[cut:], {k: v[cut:] for k, v in y.items()}, batch_size, shuffle=False
    )

    # 2. 网络：每个输出一个损失，一个权重
    model = build(words, filters)
    model.compile(
        optimizer="rmsprop",
        loss={
            "age": "mse",
            "income": "sparse_categorical_crossentropy",
            "gender": "binary_crossentropy",
        },
        loss_weights={"age": age_weight, "income": income_weight, "gender": gender_weight},
        metrics={"age": "mae", "income": "accuracy", "gender": "accuracy"},
        steps_per_execution=lab.steps_per_execution(model, train),
    )
    lab.summary(model)
    first = model.evaluate(val, return_dict=True, verbose=0)  # 训练之前，各个损失有多大

    # 3. 训练
    lab.phase("训练")
    model.fit(train, epochs=epochs, validation_data=val, callbacks=lab.callbacks(), verbose=0)
    lab.save(model)

    # 4. 看每个输出自己的成绩，不看总损失：换了权重，它的含义就变了
    last = model.evaluate(val, return_dict=True, verbose=0)
    weights = {"age": age_weight, "income": income_weight, "gender": gender_weight}
    total = sum(weight * first[f"{name}_loss"] for name, weight in weights.items())
    rows = []
    for name, title in [("age", "年龄"), ("income", "收入"), ("gender", "性别")]:
        before, after = first[f"{name}_loss"], last[f"{name}_loss"]
        share = weights[name] * before / max(total, 1e-9)
        rows.append([title, f"{before:.4g}", weights[name], f"{share:.1%}", f"{after:.4g}"])
    lab.table("三个损失", ["输出", "训练之前", "权重", "占总损失", "训练之后"], rows)
    naive = float(np.abs(posts.age[cut:] - posts.age[:cut].mean()).mean())
    lab.result(
        age_mae=last["age_mae"] * std,
        naive_mae=naive,
        income_accuracy=last["income_accuracy"],
        gender_accuracy=last["gender_accuracy"],
    )
    return {"model": model, "val": val}
