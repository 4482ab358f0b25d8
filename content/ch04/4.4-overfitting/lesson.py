"""过拟合与欠拟合：同一个影评网络的七种变化，画在一张图上。

原网络就是 3.4 的两个 16 单元的隐藏层。小网络、大网络只改单元数；L1、L2 在损失里加上权重的惩罚；
dropout 在训练时随机丢掉一部分输出。看三件事：验证损失在第几轮见底、之后爬多快、训练损失能降到多低。
"""

import keras
import numpy as np
from keras import layers, regularizers

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


def build(units: int, penalty: keras.Regularizer | None, rate: float) -> keras.Model:
    """词的编号 (n, 长度) → 好评的概率 (n, 1)。"""
    model = keras.Sequential([keras.Input((None,), dtype="int32")])
    model.add(layers.CategoryEncoding(WORDS, output_mode="multi_hot"))  # 同 3.4
    for _ in range(2):
        # 惩罚只加在 W（kernel）上，不加在偏置上
        model.add(layers.Dense(units, activation="relu", kernel_regularizer=penalty))
        if rate:
            model.add(layers.Dropout(rate))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def prepare(texts: list[np.ndarray]) -> np.ndarray:
    """同 3.4：每行是一条的词的编号，长的去重，短的用 1（开头标记）补齐。"""
    words = [np.unique(text) if len(text) > 500 else text for text in texts]
    return keras.utils.pad_sequences(words, dtype="int16", padding="post", value=1)


def run(lab: Lab, *, variant: str, units: int, smaller_units: int, bigger_units: int,
        coefficient: float, rate: float, samples: int,
        epochs: int, batch_size: int) -> None:  # fmt: skip
    # 1. 数据：测试集当验证集用（书里这样做，只为看现象；真要挑网络得另留）
    (x_train, y_train), (x_test, y_test) = lab.dataset("imdb", num_words=WORDS)
    lab.phase("准备数据")
    x_train, x_test = prepare(x_train[:samples]), prepare(x_test[:samples])
    y_train, y_test = y_train[:samples, None], y_test[:samples, None]  # 与输出一样 (n, 1)
    validation = lab.batches(x_test, y_test, batch_size, shuffle=False)

    # 2. 各个网络轮流训练。单元数相同的，从完全相同的权重出发
    penalties = {
        "l1": regularizers.L1(coefficient),
        "l2": regularizers.L2(coefficient),
        "l1_l2": regularizers.L1L2(l1=coefficient, l2=coefficient),
    }
    sizes = {"smaller": smaller_units, "bigger": bigger_units}
    chosen = {"all": list(NAMES), "main": MAIN}.get(variant, [variant])
    rows = []
    for i, name in enumerate(chosen):
        label = NAMES[name] if len(chosen) > 1 else None
        lab.phase(NAMES[name])
        keras.utils.set_random_seed(lab.seed)
        wide = sizes.get(name, units)
        model = build(wide, penalties.get(name), rate if name == "dropout" else 0.0)
        model.compile(
            optimizer="rmsprop",
            loss="binary_crossentropy",
            metrics=["accuracy", "binary_crossentropy"],  # 损失含惩罚项，指标不含：比它才公平
            steps_per_execution=1 if wide > 64 else 5,  # 一次执行约 50 毫秒
        )
        lab.summary(model, label)
        history = model.fit(
            lab.batches(x_train, y_train, batch_size),
            epochs=epochs,
            validation_data=validation,
            callbacks=lab.callbacks(label, part=(i, len(chosen))),
            verbose=0,
        ).history

        # 3. 第几轮见底，之后爬了多少：比不含惩罚项的交叉熵
        entropy, trained = history["val_binary_crossentropy"], history["binary_crossentropy"][-1]
        best = int(np.argmin(entropy))
        figures = [min(history["val_loss"]), entropy[best], entropy[-1], trained]
        shown = [f"{figure:.3f}" for figure in figures]
        rows.append([NAMES[name], model.count_params(), best + 1, *shown])
        lab.result(**{f"{name}_best_epoch": best + 1, f"{name}_rise": entropy[-1] - entropy[best]})
        if name in penalties:
            check_penalty(lab, model, name, coefficient, validation)
        if name == "dropout" and rate:
            check_dropout(lab, rate)
    columns = ["网络", "参数", "见底轮次", "最低验证损失", "最低交叉熵", "末轮交叉熵", "末轮训练"]
    lab.table("谁先过拟合？（交叉熵不含惩罚项）", columns, rows)


def check_penalty(lab: Lab, model: keras.Model, name: str, coefficient: float, validation) -> None:
    """惩罚项 = 系数 × Σ|w| 或系数 × Σw²，而且 evaluate 报告的损失里也有它。"""
    dense = [layer for layer in model.layers if isinstance(layer, layers.Dense)]
    kernels = [layer.kernel.numpy() for layer in dense[:2]]
    by_hand = 0.0
    if name in ("l1", "l1_l2"):
        by_hand += coefficient * sum(float(np.abs(w).sum()) for w in kernels)
    if name in ("l2", "l1_l2"):
        by_hand += coefficient * sum(float((w**2).sum()) for w in kernels)
    penalty = sum(float(loss) for loss in model.losses)
    lab.check(f"{NAMES[name]}：惩罚项与手算的相同", claim="C100",
              got=penalty, want=by_hand, tolerance=1e-4)  # fmt: skip
    scores = model.evaluate(validation, return_dict=True, verbose=0)
    lab.check(f"{NAMES[name]}：evaluate 的损失 = 交叉熵 + 惩罚项，测试时也在", claim="C101",
              got=scores["loss"] - scores["binary_crossentropy"], want=penalty,
              tolerance=1e-4)  # fmt: skip
    zeros = [float((abs(w) < 0.001).mean()) for w in kernels]
    rows = [[i, f"{share:.1%}"] for i, share in enumerate(zeros, 1)]
    lab.table(f"{NAMES[name]}：绝对值不到 0.001 的权重", ["层", "占比"], rows)


def check_dropout(lab: Lab, rate: float) -> None:
    """训练时丢掉 rate 那么多，留下的除以 1 − rate；预测时原样通过。"""
    ones = np.ones((200, 200), "float32")
    dropped = layers.Dropout(rate, seed=lab.seed)(ones, training=True).numpy()
    kept = sorted({round(float(value), 4) for value in np.unique(dropped)})
    want = [0.0, round(1 / (1 - rate), 4)]
    lab.check("留下的值放大为 1 ÷ (1 − 比率)", claim="C103", got=kept, want=want, tolerance=1e-3)
    zero = float((dropped == 0).mean())
    lab.check("丢掉的占比就是比率", claim="C104", got=zero, want=rate, tolerance=0.01)
    same = np.array_equal(layers.Dropout(rate)(ones, training=False), ones)
    lab.check("预测时什么都不丢", got=same, want=True)
