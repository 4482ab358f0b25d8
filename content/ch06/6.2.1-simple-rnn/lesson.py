"""SimpleRNN 读影评：一个词接一个词，按次序读。

每读一个词，新状态 = tanh(W·词向量 + U·旧状态 + b)；读完最后一个词，用最后的状态判断好评差评。
看次序，却不擅长长序列：读到末尾，开头已经冲淡。
"""

import keras
from keras import layers

from dlwp_tui.kit import reviews
from dlwp_tui.lab import Lab

WORDS = 10_000  # 词表大小：编号 0–9999


def build(dim: int, units: int, stack: int) -> keras.Model:
    """词的编号 (n, 长度) → 好评的概率 (n, 1)。"""
    model = keras.Sequential([keras.Input((None,), dtype="int32")])  # 没有 Input，网络就还没建好
    model.add(layers.Embedding(WORDS, dim))
    for level in range(stack):
        # 除了最后一层，都要交出每一步的输出：下一个循环层要吃一条序列
        model.add(layers.SimpleRNN(units, return_sequences=level < stack - 1))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def run(lab: Lab, *, maxlen: int, dim: int, units: int, stack: int, samples: int, epochs: int,
        batch_size: int) -> None:  # fmt: skip
    # 1. 两种输出：最后一步的，或每一步的；参数一样多
    shapes(lab)

    # 2. 数据：留最后 maxlen 个词，短的在前面补 0，这样真正的词排在最后
    imdb = lab.dataset("imdb", num_words=WORDS)
    train_data, y = imdb.train.x[:samples], imdb.train.y[:samples]
    x = keras.utils.pad_sequences(train_data, maxlen)
    reviews.show_input(lab, imdb, train_data, x)

    # 3. 网络
    model = build(dim, units, stack)
    # 不用 XLA（jit_compile）：它要关掉确定性运算，同一个种子两次训练的权重就不再相同
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    lab.summary(model)
    recurrent = dim * units + units * units + units + (stack - 1) * (2 * units + 1) * units
    count = WORDS * dim + recurrent + units + 1
    lab.check("参数 = 嵌入 + 循环层 + 输出层", got=model.count_params(), want=count)

    # 4. 训练：最后 20% 作验证
    lab.phase("训练")
    split = samples * 4 // 5
    train = lab.batches(x[:split], y[:split], batch_size)
    validation = lab.batches(x[split:], y[split:], 250, shuffle=False)
    model.fit(
        train,
        epochs=epochs,
        validation_data=validation,
        callbacks=lab.callbacks(),
        verbose=0,
    )
    lab.save(model)
    scores = model.evaluate(validation, return_dict=True, verbose=0)
    lab.result(**{f"val_{name}": value for name, value in scores.items()})


def shapes(lab: Lab) -> None:
    """return_sequences 决定交出多少；堆叠时除最后一层都要写，漏写会报错。"""
    steps = keras.Input((None, 32))
    last, every = layers.SimpleRNN(32), layers.SimpleRNN(32, return_sequences=True)
    shape = str(last(steps).shape)
    lab.check("默认只交出最后一步", claim="C172", got=shape, want="(None, 32)")
    shape = str(every(steps).shape)
    lab.check("return_sequences=True 交出每一步", claim="C172", got=shape, want="(None, None, 32)")
    counts = [last.count_params(), every.count_params()]
    lab.check("两种的参数都是 32×32 + 32×32 + 32", claim="C172", got=counts, want=[2080, 2080])
    four = build(32, 32, 4).count_params() - 33  # 减去输出层
    lab.check("嵌入加四个循环层：328,320 个参数", claim="C173", got=four, want=328_320)
    try:
        layers.SimpleRNN(32)(last(steps))
        refused = False
    except ValueError:  # expected ndim=3, found ndim=2
        refused = True
    lab.check("漏写 return_sequences，下一层不收", claim="C173", got=refused, want=True)


def demo(lab: Lab):
    """输入一条英文影评，得到好评与差评的概率，以及模型不认识的词。"""
    maxlen = lab.params["maxlen"]
    return reviews.demo(lab, lambda ids: keras.utils.pad_sequences([ids], maxlen=maxlen), WORDS)
