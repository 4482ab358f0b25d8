"""6.3.8 节里可以验证的话：双向让什么翻倍，回归有没有精度。"""

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

    if lab.params["task"] == "temperature" and history:  # 从最后一轮的存档接着跑时，没有新的一轮
        statement = "预测气温是回归，没有精度可言，曲线只有损失"
        lab.check(statement, claim="C201", got=sorted(history), want=["loss", "val_loss"])
