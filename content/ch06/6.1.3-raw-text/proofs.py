"""6.1.3 节里可以验证的话：有多少影评，留下的是哪些词，GloVe 有多大，冻结了多少参数。"""

import keras
import numpy as np

from dlwp_tui.data import Loaded
from dlwp_tui.lab import Lab
from lesson import build


def prove(
    lab: Lab,
    *,
    imdb: Loaded,
    glove: Loaded,
    data: np.ndarray,
    matrix: np.ndarray,
    model: keras.Model,
    **_: object,
) -> None:
    params = lab.params
    (texts, labels), _test = imdb
    lab.check("训练影评有 25,000 条", claim="C161", got=len(texts), want=25_000)
    statement = "没打乱的时候，前 200 条全是差评"
    lab.check(statement, got=int(labels[:200].sum()), want=0)
    order, rng = np.arange(len(texts)), np.random.default_rng(lab.seed)
    returned = str(rng.shuffle(np.arange(len(texts))))  # 打乱一个马上就丢掉的数组
    statement = "shuffle 返回 None：不存下来的话，前 200 条还是差评"
    got = [returned, int(labels[:200].sum())]
    lab.check(statement, claim="C164", got=got, want=["None", 0])
    rng.shuffle(order)
    mixed = bool(60 < labels[order][:200].sum() < 140)
    lab.check("存下打乱的下标再去取，前 200 条好评差评约各一半", claim="C164", got=mixed)

    used, maxlen = params["training_samples"] + params["validation_samples"], params["maxlen"]
    statement = "编号的形状是（影评数，词数）"
    lab.check(statement, got=list(data.shape), want=[used, maxlen])
    whole = keras.utils.pad_sequences([range(len(text.split())) for text in texts], maxlen=100)
    statement = "25,000 条各留 100 个词：(25000, 100)"
    lab.check(statement, claim="C163", got=list(whole.shape), want=[25_000, 100])
    kept = keras.utils.pad_sequences([[1, 2, 3, 4, 5], [6]], maxlen=3).tolist()
    statement = "截断之后留下的是最后几个词"
    lab.check(statement, claim="C162", got=kept, want=[[3, 4, 5], [0, 0, 6]])

    dim = int(params["dim"])
    book = build(100, 100)
    book.layers[0].trainable = False
    frozen = sum(int(np.prod(w.shape)) for w in book.non_trainable_weights)
    got = [*book.layers[0].get_weights()[0].shape, frozen, book.count_params()]
    statement = "书中的大小：矩阵 (10000, 100)，冻结 1,000,000 个，共 1,320,065 个参数"
    lab.check(statement, claim="C166", got=got, want=[10_000, 100, 1_000_000, 1_320_065])
    statement = "权重矩阵的形状是（10,000，维数）"
    lab.check(statement, got=list(matrix.shape), want=[10_000, dim])
    if glove.source != "synthetic" and dim == 100:
        words, numbers = glove.vectors.matrix.shape
        lab.check("GloVe 每个词 100 维", claim="C165", got=numbers, want=100)
        if words >= 400_000:  # 只有一部分词的文件，导入时要加 --accept
            lab.check("GloVe 有 400,000 个词", claim="C165", got=words, want=400_000)
    frozen = sum(int(np.prod(w.shape)) for w in model.non_trainable_weights)
    want = 10_000 * dim if params["embedding"] == "frozen" else 0
    lab.check(f"冻结的参数有 {want:,} 个", got=frozen, want=want)
    count = 10_000 * dim + (maxlen * dim + 1) * 32 + 33
    lab.check(f"全部参数有 {count:,} 个", got=model.count_params(), want=count)
