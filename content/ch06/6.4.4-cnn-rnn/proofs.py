"""6.4.4 节里可以验证的话：书中的网络每层剩几步，有多少参数。"""

from keras import layers

from dlwp_tui.lab import Lab
from lesson import build


def prove(lab: Lab, **_: object) -> None:
    book = build("conv_gru", 240, 32, 5)
    lengths = [240, *(layer.output.shape[1] for layer in book.layers[:3])]
    statement = "卷积和池化把序列剪短：240 → 236 → 78 → 74"
    lab.check(statement, claim="C214", got=lengths, want=[240, 236, 78, 74])

    count = book.count_params()
    lab.check("卷积 + GRU 有 13,793 个参数", claim="C217", got=count, want=13_793)
    old = layers.GRU(32, reset_after=False)
    old.build((None, None, 32))
    without = count - book.layers[3].count_params() + old.count_params()
    statement = "书用的 Keras 2，GRU 少一组偏置，整个网络少 96 个参数"
    lab.check(statement, claim="C217", got=without, want=13_697)
    conv = build("conv", 240, 32, 5)
    lab.check("只有卷积的网络有 12,609 个参数", got=conv.count_params(), want=12_609)

    same = build("conv_pool", 240, 32, 5)
    got = [layer.count_params() for layer in same.layers[:3]]
    want = [layer.count_params() for layer in book.layers[:3]]
    lab.check("conv_pool 与 conv_gru 的卷积和池化相同", got=got, want=want)

    steps = [1440 // 6, 720 // 3, 1440 // 3]
    statement = "1440/6 与 720/3 一样多步，1440/3 才是两倍"
    lab.check(statement, claim="C216", got=steps, want=[240, 240, 480])
