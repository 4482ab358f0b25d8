"""6.3.8 节里可以验证的话：双向让什么翻倍，回归有没有精度。"""

import numpy as np

from dlwp_tui.lab import Lab
from lesson import build


def prove(lab: Lab, *, history: dict[str, list[float]], **_: object) -> None:
    # 双向让循环层的参数翻倍；整个影评网络只多 2.5%，因为绝大部分在嵌入表里
    one, both = build("text", "forward", 32), build("text", "bidirectional", 32)
    got = [one.layers[1].count_params(), both.layers[1].count_params()]
    statement = "双向让 LSTM 层的参数翻倍：8,320 变成 16,640"
    lab.check(statement, claim="C199", got=got, want=[8_320, 16_640])
    got = [one.count_params(), both.count_params()]
    statement = "整个影评网络只从 328,353 变成 336,705"
    lab.check(statement, claim="C199", got=got, want=[328_353, 336_705])
    shape = str(both.layers[1].output.shape)
    lab.check("两个方向的 32 维接成 64 维", got=shape, want="(None, 64)")

    degrees = build("temperature", "bidirectional", 32)
    degrees.compile(optimizer="rmsprop", loss="mae", metrics=["accuracy"])
    rng = np.random.default_rng(lab.seed)
    x, y = rng.normal(size=(64, 5, 14)), rng.normal(size=(64, 1))
    scores = degrees.evaluate(x, y, return_dict=True, verbose=0)
    statement = "预测气温是回归：硬要算精度，一个也不对，不可能是 0.9611 或 0.8500"
    lab.check(statement, claim="C201", got=scores["accuracy"], want=0)
    lab.check("双向 GRU 预测气温的网络有 9,281 个参数", got=degrees.count_params(), want=9_281)
    if lab.params["task"] == "temperature" and history:  # 从最后一轮的存档接着跑时，没有新的一轮
        lab.check("气温的曲线只有损失", got=sorted(history), want=["loss", "val_loss"])
