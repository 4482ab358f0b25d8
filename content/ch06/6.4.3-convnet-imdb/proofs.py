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

    flat = layers.Flatten()(np.zeros((2, 92, 32))).shape
    whole = layers.GlobalMaxPooling1D()(np.zeros((2, 92, 32))).shape
    statement = "3D 变 2D：Flatten 全留下，全局池化每个通道只留一个数"
    lab.check(statement, claim="C204", got=[*flat, *whole], want=[2, 92 * 32, 2, 32])
    pooling(lab)
    padding(lab)

    loss = keras.losses.binary_crossentropy
    outside = [float(loss(np.zeros(1), np.full(1, 1.7))), float(loss(np.ones(1), np.full(1, -0.4)))]
    statement = "输出越出 0 到 1 又错了（标签 0 输出 1.7，标签 1 输出 −0.4），损失约 16"
    lab.check(statement, got=outside, want=[15.94, 16.12], tolerance=0.3)
    right = rounded_accuracy(np.ones((2, 1)), np.array([[0.9], [1.7]])).numpy().tolist()
    statement = "标签都是 1，四舍五入后再比：0.9 算对，1.7 却算错"
    lab.check(statement, claim="C208", got=right, want=[1.0, 0.0])


def pooling(lab: Lab) -> None:
    """6.4.2 节的一维池化：缩短多少，各留下什么。"""
    x = np.array([1, 5, 2, 8, 3, 4, 0, 7], "float32").reshape(1, 8, 1)
    most, mean = layers.MaxPooling1D(3)(x), layers.AveragePooling1D(3)(x)
    got = [np.ravel(most).tolist(), np.round(np.ravel(mean), 2).tolist()]
    statement = "段长 3：8 步变成 2 步，最大 5、8，平均 2.67、5；末尾不满一段的丢掉"
    lab.check(statement, claim="C203", got=got[0] + got[1], want=[5, 8, 2.67, 5], tolerance=1e-6)
    flat, spike = [3, 3, 3], [0, 9, 0]  # 一段平的背景，一段突出的纹理，平均一样
    x = np.array([flat, spike], "float32").reshape(2, 3, 1)
    most = np.ravel(layers.GlobalMaxPooling1D()(x))
    mean = np.ravel(layers.GlobalAveragePooling1D()(x))
    lab.check("平均池化只看整体的高低：平的和突出的都得 3", claim="C203", got=mean, want=[3, 3])
    lab.check("最大池化只看最突出的：得 3 和 9", claim="C203", got=most, want=[3, 9])


def padding(lab: Lab) -> None:
    """6.4.1 节的填充和空洞：输出多长，看得到哪几步。"""
    x = np.zeros((1, 8, 1), "float32")
    lengths = [layers.Conv1D(1, 3, padding=how)(x).shape[1] for how in ("valid", "same", "causal")]
    lab.check("长 8、窗口 3：valid 6 步，same 和 causal 8 步", got=lengths, want=[6, 8, 8])
    pulse = x.copy()
    pulse[0, 3] = 1  # 只有第 3 步有输入：哪些输出看得到它
    reach = {}
    for how, rate in (("same", 1), ("causal", 1), ("causal", 2)):
        conv = layers.Conv1D(1, 3, padding=how, dilation_rate=rate, kernel_initializer="ones")
        reach[how, rate] = np.flatnonzero(np.ravel(conv(pulse))).tolist()
    got = list(reach.values())
    statement = "第 3 步的输入影响：same 2–4 步，causal 3–5 步，空洞 2 的 causal 第 3、5、7 步"
    lab.check(statement, got=str(got), want="[[2, 3, 4], [3, 4, 5], [3, 5, 7]]")
    seen = [1]
    for rate in (1, 2, 4, 8):
        seen.append(seen[-1] + 2 * rate)
    lab.check("窗口 3，空洞 1、2、4、8 各一层：看得到 31 步", got=seen[-1], want=31)
