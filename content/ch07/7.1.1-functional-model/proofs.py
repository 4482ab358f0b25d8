"""7.1.1 节里可以验证的话：两种写法的参数，连不上时报的错，笔误少了一层。"""

import keras

from dlwp_tui.lab import Lab
from lesson import build


def prove(
    lab: Lab,
    *,
    model: keras.Model,
    sequential: keras.Model,
    error: str,
    difference: float,
) -> None:
    units = lab.params["units"]
    second = 0 if lab.params["slip"] else (units + 1) * units
    total = 785 * units + second + (units + 1) * 10
    got = [model.count_params(), sequential.count_params()]
    lab.check(f"两种写法都是 {total:,} 个参数", claim="C219", got=got, want=[total, total])
    book = build(64).count_params()
    lab.check("书里的 784–64–64–10 有 55,050 个参数", claim="C219", got=book, want=55_050)
    slip = build(64, slip=True).count_params()
    lab.check("误写成 (inputs)，第一个 Dense 不在模型里，剩 50,890 个", got=slip, want=50_890)
    lab.check("权重相同，两种写法的预测最多相差", got=difference, want=0, tolerance=1e-5)
    said = "is not connected to" in error
    lab.check("输入和输出不相干，建模型时报 ValueError", claim="C220", got=said, want=True)
    kinds = [type(layer).__name__ for layer in model.layers]
    lab.check("函数式的表多一行 InputLayer，它没有参数", got=kinds[0], want="InputLayer")
