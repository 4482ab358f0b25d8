"""6.4.3 节里可以验证的话：每层的形状，池化几选一，输出越出 0 到 1 会怎样。"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab
from lesson import rounded_accuracy


def prove(lab: Lab, *, model: keras.Model, **_: object) -> None:
    maxlen, dim, filters = (lab.params[name] for name in ("maxlen", "dim", "filters"))
    kernel, pool = lab.params["kernel"], lab.params["pool"]
    first = maxlen - kernel + 1  # 卷积少 kernel − 1 步，池化除以 pool：500 → 494 → 98 → 92
    pooled = first // pool
    want = [maxlen, first, pooled, pooled - kernel + 1, filters]
    got = [layer.output.shape[1] for layer in model.layers[:5]]
    statement = f"序列一层层变短：{' → '.join(map(str, want[:4]))}，最后剩 {filters} 个特征"
    lab.check(statement, claim="C204", got=got, want=want)
    got = list(model.layers[1].kernel.shape)
    statement = "卷积核的形状是（窗口，输入特征，输出通道）"
    lab.check(statement, claim="C205", got=got, want=[kernel, dim, filters])

    row = np.arange(10.0)
    one = layers.MaxPooling1D(5)(row.reshape(1, 10, 1)).numpy().ravel().tolist()
    lab.check("MaxPooling1D(5) 每 5 个留 1 个", claim="C206", got=one, want=[4.0, 9.0])
    two = layers.MaxPooling2D((2, 2))(row[:4].reshape(1, 2, 2, 1)).numpy().ravel().tolist()
    lab.check("MaxPooling2D((2, 2)) 四选一", claim="C206", got=two, want=[3.0])

    loss = keras.losses.binary_crossentropy
    outside = [float(loss(np.zeros(1), np.full(1, 1.7))), float(loss(np.ones(1), np.full(1, -0.4)))]
    statement = "输出越出 0 到 1 又错了（标签 0 输出 1.7，标签 1 输出 −0.4），损失约 16"
    lab.check(statement, got=outside, want=[15.94, 16.12], tolerance=0.3)
    right = rounded_accuracy(np.ones((2, 1)), np.array([[0.9], [1.7]])).numpy().tolist()
    statement = "标签都是 1，四舍五入后再比：0.9 算对，1.7 却算错"
    lab.check(statement, claim="C208", got=right, want=[1.0, 0.0])
