"""多输入：一段文本、一个问题，各走一条路，各变成一个向量，接起来再分类。

书里的数据是随机的，网络只能死记；另有一份有解的数据，回答由文本和问题一起决定，缺一个就答不上来。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit import people
from dlwp_tui.lab import Lab

ANSWERS = 500  # 候选的回答


def build(words: int, inputs: str = "both") -> keras.Model:
    """文本和问题，各是词的编号 (n, 步数) → 500 个回答的概率 (n, 500)。"""
    text = keras.Input((None,), dtype="int32", name="text")
    question = keras.Input((None,), dtype="int32", name="question")

    a = layers.Embedding(words, 64)(text)
    a = layers.LSTM(32)(a)
    b = layers.Embedding(words, 32)(question)
    b = layers.LSTM(16)(b)

    merged = {"both": layers.concatenate([a, b], axis=-1), "text": a, "question": b}[inputs]
    answer = layers.Dense(ANSWERS, activation="softmax", name="answer")(merged)
    used = {"both": [text, question], "text": [text], "question": [question]}[inputs]
    return keras.Model(used, answer)


def run(
    lab: Lab,
    *,
    data_kind: str,
    inputs: str,
    feed: str,
    samples: int,
    length: int,
    words: int,
    learning_rate: float,
    epochs: int,
    batch_size: int,
) -> dict[str, object]:
    # 1. 数据：词的编号，两个输入都是 (样本, 长度)
    rng = np.random.default_rng(lab.seed)
    if data_kind == "random":
        quiz = people.random_quiz(rng, samples, length, words, ANSWERS)
    else:
        quiz = people.related_quiz(rng, samples, length, words)
    shown = [" ".join(map(str, row[0, :12])) for row in (quiz.text, quiz.question)]
    lab.text("第一个样本的编号", f"文本 {shown[0]} …\n问题 {shown[1]} …\n回答 {quiz.answer[0]}")

    # 2. 网络
    model = build(words, inputs)

    # 3. 喂法：字典按名字，列表按次序
    by_name = {"text": quiz.text, "question": quiz.question}
    names = [tensor.name for tensor in model.inputs]
    x: object = {name: by_name[name] for name in names}
    if feed == "list":
        x = tuple(by_name[name] for name in names)
    elif feed == "swapped":  # 写反了，不报错
        x = tuple(by_name[name] for name in reversed(names))
    cut = samples * 4 // 5
    first = keras.tree.map_structure(lambda ids: ids[:cut], x)
    rest = keras.tree.map_structure(lambda ids: ids[cut:], x)
    train = lab.batches(first, quiz.answer[:cut], batch_size)
    val = lab.batches(rest, quiz.answer[cut:], batch_size, shuffle=False)

    # 4. 训练
    model.compile(
        optimizer=keras.optimizers.RMSprop(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=lab.steps_per_execution(model, train),
    )
    lab.summary(model)
    lab.baseline("瞎猜", val_accuracy=1 / ANSWERS, val_loss=np.log(ANSWERS))
    model.fit(train, epochs=epochs, validation_data=val, callbacks=lab.callbacks(), verbose=0)
    lab.save(model)
    return {"model": model, "train": train}
