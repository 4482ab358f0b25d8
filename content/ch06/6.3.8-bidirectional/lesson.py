"""正着读、倒着读、两个方向一起读：影评和气温各做一遍。

先正着训练一次，再倒着训练一次：只有正序好，就用正序（气温）；两个方向一样好，双向才值得
一试（影评）。还可以打乱：颠倒之后相邻的词仍然相邻，打乱之后连相邻也没有了。
"""

import keras
import numpy as np
from keras import layers, ops

from dlwp_tui.kit import reviews
from dlwp_tui.lab import Lab

WORDS = 10_000  # 词表大小：编号 0–9999
DAY = 144  # 一天的行数：预测的是 24 小时之后


def one_or_both(layer: keras.Layer, direction: str) -> keras.Layer:
    """双向：复制一份来读逆序，两个输出接在一起，维度加倍。"""
    return layers.Bidirectional(layer) if direction == "bidirectional" else layer


def build_text(recurrent: keras.Layer, dim: int) -> keras.Model:
    """词的编号 (n, 长度) → 好评的概率 (n, 1)。"""
    return keras.Sequential([
        keras.Input((None,), dtype="int32"),
        layers.Embedding(WORDS, dim),
        recurrent,
        layers.Dense(1, activation="sigmoid"),
    ])  # fmt: skip


def build_temperature(recurrent: keras.Layer) -> keras.Model:
    """过去的天气 (n, 步数, 14) → 一天后的气温 (n, 1)。"""
    return keras.Sequential([keras.Input((None, 14)), recurrent, layers.Dense(1)])


def ordered(texts: list, direction: str, maxlen: int, cut_first: bool, seed: int) -> np.ndarray:
    """影评 → (n, maxlen)。先颠倒、后填充：填充的 0 总在前面，最后读到的总是真正的词。"""
    if cut_first:
        texts = [text[-maxlen:] for text in texts]
    if direction == "reversed":
        texts = [text[::-1] for text in texts]
    if direction == "shuffled":
        rng = np.random.default_rng(seed)
        texts = [rng.permutation(text) for text in texts]
    return keras.utils.pad_sequences(texts, maxlen=maxlen)


def run(lab: Lab, *, task: str, direction: str, units: int, dropout: float, epochs: int,
        batch_size: int, dim: int, maxlen: int, cut_first: bool, samples: int, lookback: int,
        step: int, steps_per_epoch: int, val_steps: int) -> None:  # fmt: skip
    exact(lab)
    if task == "text":
        imdb = lab.dataset("imdb", num_words=WORDS)
        texts, y = imdb.train.x[:samples], imdb.train.y[:samples]
        x = ordered(list(texts), direction, maxlen, cut_first, lab.seed)
        reviews.show_input(lab, imdb, texts, x)
        split = samples * 4 // 5  # 最后 20% 作验证
        train = lab.batches(x[:split], y[:split], batch_size)
        val = lab.batches(x[split:], y[split:], 250, shuffle=False)
        model = build_text(one_or_both(layers.LSTM(units, dropout=dropout), direction), dim)
        model.compile("rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    else:
        z = weather(lab)
        cut = {"lookback": lookback, "step": step, "delay": DAY, "batch_size": batch_size}
        later = {"min_index": 200_001, "max_index": 300_000, "steps": val_steps, **cut}
        train = lab.windows(z, max_index=200_000, steps=steps_per_epoch, shuffle=True, **cut)
        val = lab.windows(z, **later)
        now, tomorrow = lab.ends(z, **later)  # 每个窗口的最后一行，一天后的气温
        naive = np.abs(now[:, 1] - tomorrow).mean()  # 不用学习的基准（6.3.3）：明天此刻和现在一样热
        lab.baseline("基准", val_loss=naive)  # 曲线图上的一条水平线
        lab.result(baseline=naive)
        if direction in ("reversed", "shuffled"):
            train, val = (turned(data, direction, lab.seed) for data in (train, val))
        model = build_temperature(one_or_both(layers.GRU(units, dropout=dropout), direction))
        model.compile(optimizer="rmsprop", loss="mae")
    lab.summary(model)
    lab.phase("训练")
    live = lab.callbacks()  # 曲线、停止、存档
    fit = model.fit(train, epochs=epochs, validation_data=val, callbacks=live, verbose=0)
    lab.save(model)
    history = fit.history
    lab.result(**{name: values[-1] for name, values in history.items() if "val_" in name})
    if task == "temperature" and history:  # 从最后一轮的存档接着跑时，没有新的一轮
        keys = sorted(history)
        lab.check("回归没有精度可言", claim="C201", got=keys, want=["loss", "val_loss"])


def exact(lab: Lab) -> None:
    """双向让循环层的参数翻倍；整个影评网络只多 2.5%，因为绝大部分在嵌入表里。"""
    one = build_text(layers.LSTM(32), 32)
    both = build_text(layers.Bidirectional(layers.LSTM(32)), 32)
    got = [one.layers[1].count_params(), both.layers[1].count_params()]
    lab.check("LSTM 层：8,320 变成 16,640", claim="C199", got=got, want=[8_320, 16_640])
    got = [one.count_params(), both.count_params()]
    lab.check("整个网络：328,353 变成 336,705", claim="C199", got=got, want=[328_353, 336_705])
    shape = str(both.layers[1].output.shape)
    lab.check("两个 32 维接成 64 维", got=shape, want="(None, 64)")


def weather(lab: Lab) -> np.ndarray:
    """标准化的天气 (420551, 14)，每 10 分钟一行；均值和标准差只来自训练的前 200,000 行。"""
    series = lab.dataset("jena_climate").series
    mean, std = series[:200_000].mean(axis=0), series[:200_000].std(axis=0)
    return ((series - mean) / std).astype("float32")


def turned(data, direction: str, seed: int):
    """每个窗口沿时间轴颠倒，或按同一个次序打乱；目标不变。"""
    steps = data.element_spec[0].shape[1]
    order = np.arange(steps)[::-1]
    if direction == "shuffled":
        order = np.random.default_rng(seed).permutation(steps)
    return data.map(lambda x, y: (ops.take(x, order.copy(), axis=1), y))


def demo(lab: Lab):
    """输入一条英文影评，按训练时的方向读，得到好评与差评的概率，以及模型不认识的词。"""
    params = lab.params
    reading = params["direction"], params["maxlen"], params["cut_first"], lab.seed
    return reviews.demo(lab, lambda ids: ordered([list(ids)], *reading), WORDS)
