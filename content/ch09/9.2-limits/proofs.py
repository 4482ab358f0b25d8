"""9.1 和 9.2 节里可以验证的话：预测不改权重，Dense 与卷积看多远，什么数据配什么层。"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab


def prove(
    lab: Lab, *, model: keras.Model, x_test: np.ndarray, nudged: np.ndarray, **_: object
) -> None:
    before, weights = model.predict(x_test[:100], verbose=0), model.get_weights()
    model.predict(nudged, 500, verbose=0)
    after = model.predict(x_test[:100], verbose=0)
    off = float(np.abs(after - before).max())
    lab.check("喂过对抗样本，对其他图片的预测最多变", claim="C290", got=off, want=0)
    pairs = zip(weights, model.get_weights(), strict=True)
    same = all(np.array_equal(a, b) for a, b in pairs)
    lab.check("权重一个也没有变", claim="C290", got=same)
    biggest = float(np.abs(nudged - x_test).max())
    statement = "对抗样本的每个像素最多动了"
    lab.check(statement, claim="C290", got=biggest, want=lab.params["epsilon"], tolerance=1e-6)
    reach(lab)
    choices(lab)
    recurrent(lab)


def reach(lab: Lab) -> None:
    """8×8 的图里改一个像素，几个输出跟着变。"""
    x = np.random.default_rng(lab.seed).normal(size=(1, 8, 8, 1)).astype("float32")
    one = x.copy()
    one[0, 3, 4] += 1
    dense, conv = layers.Dense(64), layers.Conv2D(1, 3, padding="same")
    moved = np.abs(np.asarray(dense(one.reshape(1, 64)) - dense(x.reshape(1, 64)))) > 1e-6
    lab.check("Dense(64)：改一个像素，变了几个输出", claim="C286", got=int(moved.sum()), want=64)
    moved = np.abs(np.asarray(conv(one) - conv(x))) > 1e-6
    lab.check("3×3 卷积：64 个输出里变了几个", claim="C286", got=int(moved.sum()), want=9)
    where = np.argwhere(moved[0, ..., 0])
    near = np.abs(where - [3, 4]).max()
    lab.check("变的都在那个像素一格之内", claim="C286", got=int(near), want=1)


def choices(lab: Lab) -> None:
    """八类数据，各用一批那样形状的数，看表里首选的层接不接得上，换成 Conv2D 呢。"""
    rows = {
        "向量": ((20,), layers.Dense(4)),
        "图像": ((16, 16, 3), layers.Conv2D(4, 3)),
        "声音": ((160, 1), layers.Conv1D(4, 7)),
        "文本": ((50, 8), layers.Conv1D(4, 7)),
        "时间序列": ((24, 14), layers.GRU(4)),
        "其他序列": ((24, 5), layers.GRU(4)),
        "视频": ((6, 16, 16, 3), layers.Conv3D(4, 3)),
        "立体": ((8, 16, 16, 1), layers.Conv3D(4, 3)),
    }
    fit = [accepts(layer, shape) for shape, layer in rows.values()]
    lab.check("八类数据，首选的层都接得上", claim="C287", got=fit, want=[True] * 8)
    other = [accepts(layers.Conv2D(4, 3), shape) for shape, _layer in rows.values()]
    want = [name == "图像" for name in rows]
    lab.check("二维卷积只接得上图像", claim="C287", got=other, want=want)


def accepts(layer: keras.Layer, shape: tuple[int, ...]) -> bool:
    try:
        layer(np.zeros((2, *shape), "float32"))
    except ValueError:
        return False
    return True


def recurrent(lab: Lab) -> None:
    """32 维输入、32 个单元，三种循环层各有多少参数。"""
    kinds = [
        layers.SimpleRNN(32),
        layers.GRU(32),
        layers.LSTM(32),
        layers.GRU(32, reset_after=False),
    ]
    for layer in kinds:
        layer.build((None, 10, 32))
    counts = [layer.count_params() for layer in kinds]
    statement = "SimpleRNN、GRU、LSTM 的参数：越强大越贵"
    lab.check(statement, claim="C288", got=counts[:3], want=[2_080, 6_336, 8_320])
    lab.check("GRU 写 reset_after=False", claim="C288", got=counts[3], want=6_240)
