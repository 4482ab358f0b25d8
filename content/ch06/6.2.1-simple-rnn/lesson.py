"""SimpleRNN 读影评：一个词接一个词，按次序读。

每读一个词，新状态 = tanh(W·词向量 + U·旧状态 + b)；读完最后一个词，用最后的状态判断好评差评。
看次序，却不擅长长序列：读到末尾，开头已经冲淡。
"""

import keras
from keras import layers

from dlwp_tui.kit import reviews
from dlwp_tui.lab import Lab


def build(dim: int, units: int, stack: int) -> keras.Model:
    """词的编号 (n, 长度) → 好评的概率 (n, 1)。"""
    model = keras.Sequential([keras.Input((None,), dtype="int32")])  # 没有 Input，网络就还没建好
    model.add(layers.Embedding(10_000, dim))  # 编号 0–9999，每个词换成 dim 个数
    for level in range(stack):
        # 除了最后一层，都要交出每一步的输出：下一个循环层要吃一条序列
        model.add(layers.SimpleRNN(units, return_sequences=level < stack - 1))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def run(
    lab: Lab,
    *,
    maxlen: int,
    dim: int,
    units: int,
    stack: int,
    samples: int,
    epochs: int,
    batch_size: int,
) -> dict[str, object]:
    # 1. 数据：留最后 maxlen 个词，短的在前面补 0，这样真正的词排在最后
    imdb = lab.dataset("imdb", num_words=10_000)
    (train_data, train_labels), _test = imdb
    train_data, y = train_data[:samples], train_labels[:samples]
    x = keras.utils.pad_sequences(train_data, maxlen=maxlen)  # (影评数, maxlen)
    reviews.show_input(lab, imdb, train_data, x)
    split = samples * 4 // 5  # 最后 20% 作验证
    train = lab.batches(x[:split], y[:split], batch_size)  # 每轮换一个新的顺序
    val = lab.batches(x[split:], y[split:], 250, shuffle=False)

    # 2. 网络。不用 XLA（jit_compile）：它要关掉确定性运算，同一个种子两次训练的权重就不再相同
    model = build(dim, units, stack)
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    lab.summary(model)

    # 3. 训练
    lab.phase("训练")
    model.fit(
        train,
        epochs=epochs,
        validation_data=val,
        callbacks=lab.callbacks(),
        verbose=0,
    )
    lab.save(model)
    scores = model.evaluate(val, return_dict=True, verbose=0)
    lab.result(**{f"val_{name}": value for name, value in scores.items()})
    return {"model": model}


def demo(lab: Lab) -> reviews.Answer:
    """输入一条英文影评，得到好评与差评的概率，以及模型不认识的词。"""
    maxlen = lab.params["maxlen"]
    return reviews.demo(lab, lambda ids: keras.utils.pad_sequences([ids], maxlen=maxlen), 10_000)
