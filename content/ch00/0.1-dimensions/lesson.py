"""维度：把几个形状相同的数组叠成一个，新轴插在第几个位置，结果就是什么样子。"""

import numpy as np

from dlwp_tui.kit import drawing, forms
from dlwp_tui.lab import Lab


def describe(
    axis: int, block: int, names: list[str], shape: tuple[int, ...]
) -> tuple[str, list[str], list[str]]:
    """第 block 块是什么，它的各行、各列又是什么。names 是各数组的名字，shape 是叠之前的形状。"""
    rows = [f"第 {n} 行" for n in range(shape[0])]
    columns = [f"第 {n} 列" for n in range(shape[1])]
    if axis == 0:  # 一块就是一个数组
        return names[block], rows, columns
    if axis == 1:  # 一块里是各个数组的同一行
        return f"各数组的第 {block} 行", names, columns
    return f"第 {block} 行的各个位置", columns, names  # 一块的每一行，是各个数组同一位置的数


def run(lab: Lab, *, a: str, b: str, axis: int, arrays: int) -> dict[str, object]:
    first, second = forms.matrix(a), forms.matrix(b)

    # 1. 叠起来：a、b 轮流用，一共 arrays 个。每个是 (行, 列)，结果多一个长度为 arrays 的轴
    parts = [first if k % 2 == 0 else second for k in range(arrays)]
    result = np.stack(parts, axis=axis)
    lab.text("打印出来", str(result))

    # 2. 形状：三种叠法装的是同样的数，只是新轴的位置不同。concatenate 是接长，不加轴
    axis %= 3  # −1 就是 2
    rows = []
    for n in (0, 1, 2):
        stacked = np.stack(parts, axis=n)
        mark = " ←" if n == axis else ""
        rows.append([f"np.stack(axis={n}){mark}", str(stacked.shape), stacked.ndim])
    for n in (0, 1):
        longer = np.concatenate(parts, axis=n)
        rows.append([f"np.concatenate(axis={n})", str(longer.shape), longer.ndim])
    lab.table("形状", ["做法", "形状", "维数"], rows)

    # 3. 选定的那一种，沿着最前面的轴一块一块看
    names = ["ab"[k % 2] + ("" if arrays <= 2 else f"（第 {k} 个）") for k in range(arrays)]
    for block, values in enumerate(result):
        what, left, head = describe(axis, block, names, first.shape)
        cells = [[name, *row.tolist()] for name, row in zip(left, values, strict=True)]
        lab.table(f"结果[{block}]，形状 {values.shape}：{what}", ["", *head], cells)
    caption = "橙色来自 a，蓝色来自 b，越亮数越大；黑线分开各块"
    lab.picture("从哪里来", drawing.stacked(parts, axis), caption)

    lab.result(**{f"size_{n}": size for n, size in enumerate(result.shape)}, axis=axis)
    return {"parts": parts, "result": result}
