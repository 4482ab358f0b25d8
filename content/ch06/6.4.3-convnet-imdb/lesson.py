"""一维卷积网络读影评：卷积、池化、卷积、全局池化，最后一个 Dense。

卷积的窗口滑过整条影评，认的是几个词的短语；各个位置可以同时算，所以比 LSTM 快得多。
"""

import keras
from keras import layers, ops

from dlwp_tui.kit import reviews
from dlwp_tui.lab import Lab


def build(
    *, maxlen: int, dim: int, filters: int, kernel: int, pool: int, sigmoid: bool
) -> keras.Model:
    """词的编号 (n, maxlen) → 好评的概率 (n, 1)。"""
    return keras.Sequential(
        [
            keras.Input((maxlen,), dtype="int32"),
            layers.Embedding(10_000, dim),  # 编号 0–9999，每个词 dim 个特征
            layers.Conv1D(filters, kernel, activation="relu"),  # 长度减少 kernel − 1
            layers.MaxPooling1D(pool),  # 每 pool 步留最大的 1 个
            layers.Conv1D(filters, kernel, activation="relu"),
            layers.GlobalMaxPooling1D(),  # 整条只留最大的 1 个：3D 变 2D
            layers.Dense(1, activation="sigmoid" if sigmoid else None),  # 书里漏了 sigmoid
        ]
    )


@keras.saving.register_keras_serializable("dlwp")  # 保存的网络要能找回这个函数
def rounded_accuracy(y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
    """Keras 2 的精度：先四舍五入再比。输出 1.7 会变成 2，哪一类都不是，一律算错。"""
    return ops.mean(ops.cast(ops.equal(y_true, ops.round(y_pred)), "float32"), axis=-1)


def run(
    lab: Lab,
    *,
    kernel: int,
    pool: int,
    filters: int,
    dim: int,
    maxlen: int,
    sigmoid: bool,
    learning_rate: float,
    samples: int,
    epochs: int,
    batch_size: int,
) -> dict[str, object]:
    # 1. 数据：留最后 maxlen 个词，短的在前面补 0
    imdb = lab.dataset("imdb", num_words=10_000)
    (train_data, train_labels), _test = imdb
    train_data, y = train_data[:samples], train_labels[:samples, None].astype("float32")
    x = keras.utils.pad_sequences(train_data, maxlen=maxlen)  # (影评数, maxlen)
    reviews.show_input(lab, imdb, train_data, x)
    split = samples * 4 // 5  # 最后 20% 作验证
    val = lab.batches(x[split:], y[split:], 250, shuffle=False)
    train = lab.batches(x[:split], y[:split], batch_size)  # 每轮换一个新的顺序

    # 2. 网络
    sizes = {"maxlen": maxlen, "dim": dim, "filters": filters, "kernel": kernel, "pool": pool}
    model = build(**sizes, sigmoid=sigmoid)
    model.compile(
        optimizer=keras.optimizers.RMSprop(learning_rate),
        loss="binary_crossentropy",
        metrics=["accuracy"] if sigmoid else ["accuracy", rounded_accuracy],
    )
    lab.summary(model)

    # 3. 训练
    lab.phase("训练")
    live = lab.callbacks()  # 曲线、停止、存档
    model.fit(train, epochs=epochs, validation_data=val, callbacks=live, verbose=0)
    lab.save(model)
    scores = model.evaluate(val, return_dict=True, verbose=0)
    lab.result(**{f"val_{name}": value for name, value in scores.items()})

    # 4. 输出落在哪里：没有 sigmoid，就会跑到 0 与 1 之外，那里的梯度是 0
    p = model.predict(x[:split], batch_size=250, verbose=0)
    rows = []
    for name, inside in [("小于 0", p < 0), ("0 到 1", (p >= 0) & (p <= 1)), ("大于 1", p > 1)]:
        wrong = f"{((p > 0.5) != (y[:split] > 0.5))[inside].mean():.1%}" if inside.any() else "–"
        rows.append([name, f"{inside.mean():.1%}", wrong])
    lab.table("训练影评的输出", ["输出", "占比", "其中判错"], rows)
    return {"model": model}


def demo(lab: Lab) -> reviews.Answer:
    """输入一条英文影评，得到好评与差评的概率，以及模型不认识的词。"""
    maxlen = lab.params["maxlen"]
    # 没有 sigmoid 时输出会越界：小于 0 算 0，大于 1 算 1
    return reviews.demo(lab, lambda ids: keras.utils.pad_sequences([ids], maxlen=maxlen), 10_000)
