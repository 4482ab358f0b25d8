"""字符级的 LSTM 语言模型：看前面的 60 个字符，猜下一个；再让它自己一个字符一个字符地往下写。

每次都按概率抽取下一个字符。抽之前用温度给概率重新加权：低温稳妥，高温大胆。
"""

import json
from collections.abc import Iterator

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit import writing
from dlwp_tui.lab import Lab


def build(maxlen: int, characters: int, units: int) -> keras.Model:
    """字符的编号 (n, maxlen) → 下一个字符的概率 (n, characters)。"""
    model = keras.Sequential([keras.Input((maxlen,), dtype="uint8")])
    model.add(layers.CategoryEncoding(characters, "one_hot"))  # (n, maxlen, characters)
    model.add(layers.LSTM(units))
    model.add(layers.Dense(characters, activation="softmax"))
    return model


def reweight(p: np.ndarray, temperature: float) -> np.ndarray:
    """概率的 1/T 次方，再归一化。T = 1 时不变。"""
    log_p = np.log(np.maximum(p.astype("float64"), 1e-12)) / temperature
    q = np.exp(log_p - log_p.max())  # 减最大值，防溢出
    return q / q.sum()


def generate(
    model: keras.Model, chars: str, seed: str, temperature: float, rng: np.random.Generator
) -> Iterator[str]:
    """从 seed 往下写，每次交出一个字符，没有尽头。"""
    maxlen = model.input_shape[1]
    window = [chars.index(c) for c in seed.rjust(maxlen)[-maxlen:]]  # 太短就在前面补空格
    while True:
        p = model.predict_on_batch(np.array([window], "uint8"))[0]
        chosen = int(rng.choice(len(chars), p=reweight(p, temperature)))  # 抽取，不是取最大的
        window = [*window[1:], chosen]
        yield chars[chosen]


def run(
    lab: Lab,
    *,
    maxlen: int,
    step: int,
    units: int,
    learning_rate: float,
    epochs: int,
    batch_size: int,
    characters: int,
    length: int,
) -> dict[str, object]:
    # 1. 数据：每隔 step 个字符截一段，它后面的那个字符就是标签
    text = lab.dataset("nietzsche").lower()[:characters]
    chars = "".join(sorted(set(text)))
    ids = np.array([chars.index(c) for c in text], "uint8")
    windows = np.lib.stride_tricks.sliding_window_view(ids, maxlen + 1)[::step]
    x, y = windows[:, :-1], windows[:, -1]
    lab.artifact("chars.json").write_text(json.dumps(chars), encoding="utf-8")

    # 2. 网络；“下一个字符”是整数编号，所以用 sparse 的交叉熵，数值与 one-hot 的一样
    model = build(maxlen, len(chars), units)
    optimizer = keras.optimizers.RMSprop(learning_rate)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    lab.summary(model)
    writing.baselines(lab, ids)

    # 3. 训练；第 1、2、4、8……轮之后，从语料里随机取一段作开头，用四个温度各续写一段
    rng = np.random.default_rng(lab.seed)
    writer = writing.Writer(lab, text, lambda seed, t: generate(model, chars, seed, t, rng))
    held = len(x) // 20  # 书没有验证集；这里留出最后 5%，只为在没见过的文字上算困惑度
    train = lab.batches(x[:-held], y[:-held], batch_size)
    unseen = lab.batches(x[-held:], y[-held:], 512, shuffle=False)
    callbacks = [*lab.callbacks(), writer.after_epochs(length // 4, epochs)]
    model.fit(train, validation_data=unseen, epochs=epochs, callbacks=callbacks, verbose=0)
    lab.save(model)

    # 4. 写得怎样：困惑度，重复和生造的词
    lab.result(perplexity=np.exp(model.evaluate(unseen, verbose=0)))
    writer.judge(epochs, length)
    return {"model": model, "text": text, "x": x, "chars": chars}


def demo(lab: Lab):
    """开头一段文字，温度 → 往下写，边写边显示。"""
    chars = json.loads(lab.artifact("chars.json").read_text(encoding="utf-8"))
    return writing.demo(lab, lab.load(), chars, generate)
