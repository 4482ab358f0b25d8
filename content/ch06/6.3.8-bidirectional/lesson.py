"""正着读、倒着读、两个方向一起读：影评和气温各做一遍。

先正着训练一次，再倒着训练一次：只有正序好，就用正序（气温）；两个方向一样好，双向才值得
一试（影评）。还可以打乱：颠倒之后相邻的词仍然相邻，打乱之后连相邻也没有了。
"""

import keras
import numpy as np
from keras import layers, ops

from dlwp_tui.kit import reviews, weather
from dlwp_tui.lab import Lab


def build(task: str, direction: str, units: int, dim: int = 32, dropout: float = 0) -> keras.Model:
    """影评的编号 (n, 词数) → 好评的概率 (n, 1)；天气 (n, 步数, 14) → 一天后的气温 (n, 1)。"""
    if task == "text":
        before = [keras.Input((None,), dtype="int32"), layers.Embedding(10_000, dim)]
        recurrent, output = layers.LSTM(units, dropout=dropout), layers.Dense(1, "sigmoid")
    else:
        before = [keras.Input((None, 14))]
        recurrent, output = layers.GRU(units, dropout=dropout), layers.Dense(1)
    if direction == "bidirectional":  # 复制一份来读逆序，两个输出接在一起，维度加倍
        recurrent = layers.Bidirectional(recurrent)
    return keras.Sequential([*before, recurrent, output])


def order(direction: str, steps: int, rng: np.random.Generator) -> np.ndarray:
    """steps 步按什么次序读：第 0 个数是最先读的那一步。"""
    if direction == "shuffled":
        return rng.permutation(steps)
    return np.arange(steps)[::-1].copy() if direction == "reversed" else np.arange(steps)


def ordered(
    texts: list[np.ndarray], direction: str, maxlen: int, cut_first: bool, seed: int
) -> np.ndarray:
    """影评 → (n, maxlen)。先颠倒、后填充：填充的 0 总在前面，最后读到的总是真正的词。"""
    rng = np.random.default_rng(seed)
    texts = [text[-maxlen:] if cut_first else text for text in texts]
    texts = [text[order(direction, len(text), rng)] for text in texts]
    padded: np.ndarray = keras.utils.pad_sequences(texts, maxlen=maxlen)
    return padded


def run(
    lab: Lab,
    *,
    task: str,
    direction: str,
    units: int,
    dropout: float,
    epochs: int,
    batch_size: int,
    dim: int,
    maxlen: int,
    cut_first: bool,
    samples: int,
    lookback: int,
    step: int,
    steps_per_epoch: int,
    val_steps: int,
    stride: int,
) -> dict[str, object]:
    model = build(task, direction, units, dim, dropout)
    if task == "text":
        imdb = lab.dataset("imdb", num_words=10_000)
        texts, y = imdb.train.x[:samples], imdb.train.y[:samples]
        x = ordered(texts, direction, maxlen, cut_first, lab.seed)
        reviews.show_input(lab, imdb, texts, x)
        split = samples * 4 // 5  # 最后 20% 作验证
        train = lab.batches(x[:split], y[:split], batch_size)
        val = lab.batches(x[split:], y[split:], 250, shuffle=False)
        model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    else:
        data, _celsius = weather.standardised(lab.dataset("jena_climate").series)
        window = weather.Window(lookback, step, delay=144)  # 预测一天之后
        rows, few = (lab, data, weather.TRAINING), {"stride": stride, "shuffle": True}
        train = weather.windows(*rows, window, batch_size, steps=steps_per_epoch, **few)
        val = weather.windows(lab, data, weather.VALIDATION, window, batch_size, steps=val_steps)
        naive = weather.baseline(val)  # 不用学习的基准（6.3.3）：明天此刻和现在一样热
        lab.baseline("基准", val_loss=naive)  # 曲线图上的一条水平线
        lab.result(baseline=naive)
        if direction in ("reversed", "shuffled"):  # 每个窗口都按这个次序读，目标不变
            turn = order(direction, window.steps, np.random.default_rng(lab.seed))
            train, val = (b.map(lambda x, y: (ops.take(x, turn, axis=1), y)) for b in (train, val))
        model.compile(optimizer="rmsprop", loss="mae")
    lab.summary(model)
    lab.phase("训练")
    live = lab.callbacks()  # 曲线、停止、存档
    curves = model.fit(train, epochs=epochs, validation_data=val, callbacks=live, verbose=0).history
    lab.save(model)
    lab.result(**{name: values[-1] for name, values in curves.items() if "val_" in name})
    return {"history": curves}


def demo(lab: Lab) -> reviews.Answer:
    """输入一条英文影评，按训练时的方向读，得到好评与差评的概率，以及模型不认识的词。"""
    reading = [lab.params[name] for name in ("direction", "maxlen", "cut_first")] + [lab.seed]
    return reviews.demo(lab, lambda ids: ordered([np.array(ids)], *reading), 10_000)
