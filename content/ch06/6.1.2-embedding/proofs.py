"""6.1.2 节里可以验证的话：补齐之后的形状，查表就是矩阵乘法，词嵌入是稠密的。"""

import keras
import numpy as np

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
    dense = [int((one_hot != 0).sum()), int((vector != 0).sum())]
    statement = "one-hot 只有 1 个数不是 0，词嵌入全不是 0"
    lab.check(statement, claim="C157", got=dense, want=[1, dim])
