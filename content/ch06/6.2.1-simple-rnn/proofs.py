"""6.2.1 节里可以验证的话：return_sequences 决定交出多少，参数有多少。"""

import keras
from keras import layers

from dlwp_tui.lab import Lab
from lesson import build


def prove(lab: Lab, *, model: keras.Model, **_: object) -> None:
    steps = keras.Input((None, 32))  # 一条序列，多长都行，每步 32 个数
    last, every = layers.SimpleRNN(32), layers.SimpleRNN(32, return_sequences=True)
    shape = str(last(steps).shape)
    lab.check("循环层默认只交出最后一步", claim="C172", got=shape, want="(None, 32)")
    shape = str(every(steps).shape)
    statement = "return_sequences=True 交出每一步"
    lab.check(statement, claim="C172", got=shape, want="(None, None, 32)")
    counts = [last.count_params(), every.count_params()]
    statement = "两种的参数一样多：32×32 + 32×32 + 32"
    lab.check(statement, claim="C172", got=counts, want=[2080, 2080])

    four = build(32, 32, 4).count_params() - 33  # 减去输出层
    lab.check("嵌入加四个循环层有 328,320 个参数", claim="C173", got=four, want=328_320)
    try:
        layers.SimpleRNN(32)(last(steps))
        refused = False
    except ValueError:  # expected ndim=3, found ndim=2
        refused = True
    statement = "漏写 return_sequences，下一个循环层不收"
    lab.check(statement, claim="C173", got=refused, want=True)

    dim, units, stack = (lab.params[name] for name in ("dim", "units", "stack"))
    recurrent = dim * units + units * units + units + (stack - 1) * (2 * units + 1) * units
    count = 10_000 * dim + recurrent + units + 1
    statement = "这个网络的参数 = 嵌入 + 循环层 + 输出层"
    lab.check(statement, got=model.count_params(), want=count)
