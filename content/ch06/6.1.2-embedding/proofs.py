"""6.1.2 节里可以验证的话：补齐的形状，两种向量的维度和疏密，投票看不到词与词的关系。"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab


def prove(
    lab: Lab, *, train_data: list[np.ndarray], x: np.ndarray, model: keras.Model, **_: object
) -> None:
    maxlen, dim, samples = (lab.params[name] for name in ("maxlen", "dim", "samples"))
    shape = list(x.shape)
    statement = "补齐之后是二维张量（影评数，最大长度）"
    lab.check(statement, claim="C159", got=shape, want=[samples, maxlen])
    by_hand = np.zeros((100, maxlen))
    for i, review in enumerate(train_data[:100]):
        kept = review[-maxlen:]
        by_hand[i, maxlen - len(kept) :] = kept
    statement = "留下的是最后几个词，不够的在前面补 0"
    lab.check(statement, got=np.array_equal(x[:100], by_hand), want=True)
    count = 10_000 * dim + maxlen * dim + 1
    lab.check("参数 = 词数 × 维 + 长度 × 维 + 1", got=model.count_params(), want=count)

    table = model.layers[0].get_weights()[0]  # (10000, dim)
    one_hot = np.zeros(10_000, "float32")
    one_hot[x[0, -1]] = 1
    vector = model.layers[0](x[:1])[0, -1].numpy()  # 第一条影评的最后一个词
    same = np.allclose(vector, one_hot @ table)
    lab.check("查表就是 one-hot 乘以矩阵", got=same, want=True)
    statement = "这一课的向量：one-hot 10,000 维只有一个 1，词嵌入每一维都不是 0"
    got = [len(one_hot), int((one_hot != 0).sum()), len(vector), int((vector != 0).sum())]
    lab.check(statement, claim="C157", got=got, want=[10_000, 1, dim, dim])
    two_vectors(lab)
    votes(lab, model, x[:1])


def two_vectors(lab: Lab) -> None:
    """20,000 个词的词表，同样的两个词：one-hot 和词嵌入各是什么样的数。"""
    words = np.array([3, 19_999])
    hot = keras.utils.to_categorical(words, 20_000)
    got = [*hot.shape, *np.unique(hot).tolist(), float(hot.sum(axis=1).max())]
    statement = "one-hot：20,000 个词就有 20,000 维，只有 0 和 1，每个词一个 1"
    lab.check(statement, claim="C157", got=got, want=[2, 20_000, 0, 1, 1])
    for size in (256, 512, 1024):
        embedded = np.array(layers.Embedding(20_000, size)(words))
        fractions = int((embedded != np.round(embedded)).sum())
        statement = f"词嵌入：同样的词只要 {size} 维，每个数都是带小数的浮点数"
        got = [*embedded.shape, fractions]
        lab.check(statement, claim="C157", got=got, want=[2, size, 2 * size])


def votes(lab: Lab, model: keras.Model, review: np.ndarray) -> None:
    """最后两个词各换一次：按位置投票的网络，换一个词的影响与另一个词是什么无关。"""
    if review.shape[1] < 2:
        return
    reviews = np.repeat(review, 4, axis=0)
    reviews[:, -2] = [20, 20, 500, 500]
    reviews[:, -1] = [30, 900, 30, 900]
    together = keras.Model(model.inputs, model.layers[-2].output)  # (4, 长度 × 维)，还没有 sigmoid
    scores = np.array(together(reviews)) @ model.layers[-1].get_weights()[0]
    effect = float(abs((scores[1] - scores[0]) - (scores[3] - scores[2]))[0])
    statement = "换掉最后一个词，分数的变化与倒数第二个词无关：学不到“not good”这样的关系"
    lab.check(statement, claim="C158", got=effect, want=0, tolerance=1e-4)
