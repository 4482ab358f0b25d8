"""一维卷积网络读影评：卷积、池化、卷积、全局池化，最后一个 Dense。

卷积的窗口滑过整条影评，认的是几个词的短语；各个位置可以同时算，所以比 LSTM 快得多。
"""

import keras
import numpy as np
from keras import layers, ops

from dlwp_tui.kit import reviews
from dlwp_tui.lab import Lab

WORDS = 10_000  # 词表大小：编号 0–9999


def build(*, maxlen: int, dim: int, filters: int, kernel: int, pool: int,
          sigmoid: bool) -> keras.Model:  # fmt: skip
    """词的编号 (n, maxlen) → 好评的概率 (n, 1)。"""
    return keras.Sequential([
        keras.Input((maxlen,), dtype="int32"),
        layers.Embedding(WORDS, dim),  # 每个词 dim 个特征
        layers.Conv1D(filters, kernel, activation="relu"),  # 长度减少 kernel − 1
        layers.MaxPooling1D(pool),  # 每 pool 步留最大的 1 个
        layers.Conv1D(filters, kernel, activation="relu"),
        layers.GlobalMaxPooling1D(),  # 整条只留最大的 1 个：3D 变 2D
        layers.Dense(1, activation="sigmoid" if sigmoid else None),  # 书里漏了 sigmoid
    ])  # fmt: skip


@keras.saving.register_keras_serializable("dlwp")  # 保存的网络要能找回这个函数
def rounded_accuracy(y_true, y_pred):
    """Keras 2 的精度：先四舍五入再比。输出 1.7 会变成 2，哪一类都不是，一律算错。"""
    return ops.mean(ops.cast(ops.equal(y_true, ops.round(y_pred)), "float32"), axis=-1)


def run(lab: Lab, *, kernel: int, pool: int, filters: int, dim: int, maxlen: int, sigmoid: bool,
        learning_rate: float, samples: int, epochs: int, batch_size: int) -> None:  # fmt: skip
    # 1. 数据：留最后 maxlen 个词，短的在前面补 0
    imdb = lab.dataset("imdb", num_words=WORDS)
    train_data, y = imdb.train.x[:samples], imdb.train.y[:samples, None].astype("float32")
    x = keras.utils.pad_sequences(train_data, maxlen)
    reviews.show_input(lab, imdb, train_data, x)

    # 2. 网络
    model = build(maxlen=maxlen, dim=dim, filters=filters, kernel=kernel, pool=pool,
                  sigmoid=sigmoid)  # fmt: skip
    model.compile(
        optimizer=keras.optimizers.RMSprop(learning_rate),
        loss="binary_crossentropy",
        metrics=["accuracy"] if sigmoid else ["accuracy", rounded_accuracy],
    )
    lab.summary(model)
    first = maxlen - kernel + 1  # 卷积少 kernel − 1 步，池化除以 pool：500 → 494 → 98 → 92
    pooled = first // pool
    want = [maxlen, first, pooled, pooled - kernel + 1, filters]
    got = [layer.output.shape[1] for layer in model.layers[:5]]
    lab.check(" → ".join(map(str, want)), claim="C204", got=got, want=want)
    got, want = list(model.layers[1].kernel.shape), [kernel, dim, filters]
    lab.check("卷积核（窗口, 输入特征, 输出通道）", claim="C205", got=got, want=want)
    check_facts(lab)

    # 3. 训练：前 80% 训练，最后 20% 验证
    lab.phase("训练")
    split = samples * 4 // 5
    validation = lab.batches(x[split:], y[split:], 250, shuffle=False)
    model.fit(
        lab.batches(x[:split], y[:split], batch_size),
        epochs=epochs,
        validation_data=validation,
        callbacks=lab.callbacks(),
        verbose=0,
    )
    lab.save(model)
    scores = model.evaluate(validation, return_dict=True, verbose=0)
    lab.result(**{f"val_{name}": value for name, value in scores.items()})

    # 4. 输出落在哪里：没有 sigmoid，就会跑到 0 与 1 之外，那里的梯度是 0
    p = model.predict(x[:split], batch_size=250, verbose=0)
    rows = []
    for name, inside in [("小于 0", p < 0), ("0 到 1", (p >= 0) & (p <= 1)), ("大于 1", p > 1)]:
        wrong = f"{((p > 0.5) != (y[:split] > 0.5))[inside].mean():.1%}" if inside.any() else "–"
        rows.append([name, f"{inside.mean():.1%}", wrong])
    lab.table("训练影评的输出", ["输出", "占比", "其中判错"], rows)


def check_facts(lab: Lab) -> None:
    """池化几选一；输出越出 0 到 1 时的损失。"""
    row = np.arange(10.0)
    one = layers.MaxPooling1D(5)(row.reshape(1, 10, 1)).numpy().ravel().tolist()
    lab.check("MaxPooling1D(5)：每 5 个留 1 个", claim="C206", got=one, want=[4.0, 9.0])
    two = layers.MaxPooling2D((2, 2))(row[:4].reshape(1, 2, 2, 1)).numpy().ravel().tolist()
    lab.check("MaxPooling2D((2, 2))：四选一", claim="C206", got=two, want=[3.0])
    loss = keras.losses.binary_crossentropy
    right, left = loss(np.zeros(1), np.full(1, 1.7)), loss(np.ones(1), np.full(1, -0.4))
    statement, outside = "标签 0 输出 1.7、标签 1 输出 −0.4：损失", [float(right), float(left)]
    lab.check(statement, got=outside, want=[15.94, 16.12], tolerance=0.3)
    seen = rounded_accuracy(np.ones((2, 1)), np.array([[0.9], [1.7]])).numpy().tolist()
    lab.check("标签 1，四舍五入后再比：0.9 对，1.7 却算错", claim="C208", got=seen, want=[1.0, 0.0])


def demo(lab: Lab):
    """输入一条英文影评，得到好评与差评的概率，以及模型不认识的词。"""
    maxlen = lab.params["maxlen"]
    # 没有 sigmoid 时输出会越界：小于 0 算 0，大于 1 算 1
    return reviews.demo(lab, lambda ids: keras.utils.pad_sequences([ids], maxlen=maxlen), WORDS)
