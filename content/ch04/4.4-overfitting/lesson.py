"""过拟合与欠拟合：同一个影评网络的七种变化，画在一张图上。

原网络就是 3.4 的两个 16 单元的隐藏层。小网络、大网络只改单元数；L1、L2 在损失里加上权重的惩罚；
dropout 在训练时随机丢掉一部分输出。看三件事：验证损失在第几轮见底、之后爬多快、训练损失能降到多低。
"""

import keras
import numpy as np
from keras import layers, regularizers

from dlwp_tui.kit.models import show_small_weights
from dlwp_tui.kit.texts import word_sets
from dlwp_tui.lab import Lab

WORDS = 10_000  # 词表大小：编号 0–9999
NAMES = {
    "original": "原网络",
    "smaller": "小网络",
    "bigger": "大网络",
    "l1": "L1",
    "l2": "L2",
    "l1_l2": "L1 + L2",
    "dropout": "dropout",
}
MAIN = ["original", "smaller", "bigger", "l2", "dropout"]  # 每种办法一个


def build(n: int, units: int, penalty: keras.Regularizer | None, rate: float) -> keras.Model:
    """词的编号 (条, 长度) → n 个隐藏层 → 好评的概率 (条, 1)。"""
    model = keras.Sequential([keras.Input((None,), dtype="int32")])
    model.add(layers.CategoryEncoding(WORDS, output_mode="multi_hot"))  # 同 3.4
    for _ in range(n):  # 惩罚只加在 W（kernel）上，不加在偏置上
        model.add(layers.Dense(units, activation="relu", kernel_regularizer=penalty))
        if rate:
            model.add(layers.Dropout(rate))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def run(
    lab: Lab,
    *,
    variant: str,
    hidden_layers: int,
    units: int,
    smaller_units: int,
    bigger_units: int,
    coefficient: float,
    rate: float,
    samples: int,
    validation: int,
    epochs: int,
    batch_size: int,
) -> dict[str, object]:
    # 1. 数据：测试集当验证集用（书里这样做，只为看现象；真要挑网络得另留）
    (train_data, train_labels), (test_data, test_labels) = lab.dataset("imdb", num_words=WORDS)
    lab.phase("准备数据")
    x, y = word_sets(train_data[:samples]), train_labels[:samples, None]  # y 与输出一样 (n, 1)
    x_test, y_test = word_sets(test_data[:validation]), test_labels[:validation, None]
    unseen = lab.batches(x_test, y_test, batch_size, shuffle=False)

    # 2. 各个网络轮流训练。单元数相同的，从完全相同的权重出发
    sizes = {"smaller": smaller_units, "bigger": bigger_units}
    penalties = {
        "l1": regularizers.L1(coefficient),
        "l2": regularizers.L2(coefficient),
        "l1_l2": regularizers.L1L2(l1=coefficient, l2=coefficient),
    }
    chosen = {"all": list(NAMES), "main": MAIN}.get(variant, [variant])
    rows, penalised = [], {}
    for i, name in enumerate(chosen):
        label = NAMES[name] if len(chosen) > 1 else None
        lab.phase(NAMES[name])
        keras.utils.set_random_seed(lab.seed)
        dropout = rate if name == "dropout" else 0.0
        model = build(hidden_layers, sizes.get(name, units), penalties.get(name), dropout)
        batches = lab.batches(x, y, batch_size)
        metrics = ["accuracy", "binary_crossentropy"]  # 损失含惩罚项，这个指标不含：比它才公平
        steps = lab.steps_per_execution(model, batches)  # 约 50 毫秒的步数一次执行完，结果不变
        model.compile("rmsprop", "binary_crossentropy", metrics=metrics, steps_per_execution=steps)
        lab.summary(model, label)
        callbacks = lab.callbacks(label, part=(i, len(chosen)))
        history = model.fit(
            batches, epochs=epochs, validation_data=unseen, callbacks=callbacks, verbose=0
        ).history

        # 3. 第几轮见底，之后爬了多少：比不含惩罚项的交叉熵
        entropy, trained = history["val_binary_crossentropy"], history["binary_crossentropy"][-1]
        best = int(np.argmin(entropy))
        figures = [min(history["val_loss"]), entropy[best], entropy[-1], trained]
        shown = [f"{figure:.3f}" for figure in figures]
        rows.append([NAMES[name], model.count_params(), best + 1, *shown])
        rise = entropy[-1] - entropy[best]
        lab.result(None, **{f"{name}_best_epoch": best + 1, f"{name}_rise": rise})
        if name in penalties:
            show_small_weights(lab, model, NAMES[name])
            penalised[name] = model
    columns = ["网络", "参数", "见底轮次", "最低验证损失", "最低交叉熵", "末轮交叉熵", "末轮训练"]
    lab.table("谁先过拟合？（交叉熵不含惩罚项）", columns, rows)
    return {"penalised": penalised, "validation": unseen}
