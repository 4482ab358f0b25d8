"""6.3.5 节里可以验证的话：循环层有多少参数，input_shape 里的 None 是什么意思。"""

import keras
from keras import layers

from dlwp_tui.lab import Lab
from lesson import build


def prove(lab: Lab, **_: object) -> None:
    model = build("gru", 32)
    got = [build(cell, 32).layers[0].count_params() for cell in ("gru", "lstm", "simple_rnn")]
    want = [4_608, 6_016, 1_504]
    statement = "32 个单元的 GRU、LSTM、SimpleRNN 层各有 4,608、6,016、1,504 个参数"
    lab.check(statement, claim="C188", got=got, want=want)
    old = layers.GRU(32, reset_after=False)
    old.build((None, None, 14))
    statement = "书用的 Keras 2，GRU 少一组偏置，只有 4,512 个参数"
    lab.check(statement, claim="C188", got=old.count_params(), want=4_512)
    lab.check("整个网络有 4,641 个参数", got=model.count_params(), want=4_641)

    shapes = [list(model(keras.Input(batch_shape=(2, steps, 14))).shape) for steps in (10, 240)]
    statement = "同一个网络，10 步的序列读得，240 步的也读得"
    lab.check(statement, claim="C189", got=shapes, want=[[2, 1], [2, 1]])
    wrong = ""
    try:
        model(keras.Input(batch_shape=(2, 10, 13)))
    except ValueError as error:
        wrong = type(error).__name__
    statement = "特征数必须是 14：13 个特征的序列，Keras 不收"
    lab.check(statement, claim="C189", got=wrong, want="ValueError")
    kernel = list(model.layers[0].cell.kernel.shape)  # 与步数无关；特征数一变，形状就对不上
    statement = "读输入的权重 W，形状只由 14 个特征和 3 × 32 列决定"
    lab.check(statement, claim="C189", got=kernel, want=[14, 96])
