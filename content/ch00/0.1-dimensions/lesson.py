"""维度：把几个形状相同的数组叠成一个，新轴插在第几个位置，结果就是什么样子。"""

import numpy as np

from dlwp_tui.kit import drawing
from dlwp_tui.lab import Lab


def read(text: str) -> np.ndarray:
    """ "1 2 3; 4 5 6" → 2 行 3 列的数组。"""
    array = np.array([[float(x) for x in row.split()] for row in text.split(";")])
    return array.astype(int) if (array == array.round()).all() else array


def run(lab: Lab, *, a: str, b: str, axis: int, arrays: int) -> None:
    a, b = read(a), read(b)
    if a.shape != b.shape:
        lab.refuse(f"a 的形状是 {a.shape}，b 的形状是 {b.shape}：np.stack 要求形状完全相同。",
                   "把两个数组改成一样的行数和列数，再运行。")  # fmt: skip
    rows, columns = a.shape
    parts = [(a, b)[k % 2] for k in range(arrays)]  # a、b、a、b……
    names = ["ab"[k % 2] + ("" if arrays <= 2 else f"（第 {k} 个）") for k in range(arrays)]

    # 三种叠法：装的是同样的数，只是新轴插在不同的位置
    c, d, e = (np.stack(parts, axis=position) for position in (0, 1, 2))
    lab.check(f"axis=0：{arrays} 个 {rows} 行 {columns} 列，第 k 块就是第 k 个数组", claim="C002",
              got=[*c.shape, all((c[k] == part).all() for k, part in enumerate(parts))],
              want=[arrays, rows, columns, True])  # fmt: skip
    lab.check(f"axis=1：{rows} 个 {arrays} 行 {columns} 列，行与行配对", claim="C003",
              got=[*d.shape, all((d[:, k] == part).all() for k, part in enumerate(parts))],
              want=[rows, arrays, columns, True])  # fmt: skip
    lab.check(f"axis=2：{rows} 个 {columns} 行 {arrays} 列，元素与元素配对", claim="C004",
              got=[*e.shape, all((e[:, :, k] == part).all() for k, part in enumerate(parts))],
              want=[rows, columns, arrays, True])  # fmt: skip
    i, j, k = rows - 1, columns - 1, arrays - 1
    lab.check(f"同一个数：c[{k}, {i}, {j}]、d[{i}, {k}, {j}]、e[{i}, {j}, {k}]",
              got=[c[k, i, j], d[i, k, j], e[i, j, k]], want=[parts[k][i, j]] * 3)  # fmt: skip
    book = np.arange(1, 10).reshape(3, 3)
    lab.check("笔记里的 a 与 b 都是 (3, 3)，b 是 a 上下、左右倒过来", claim="C001",
              got=book[::-1, ::-1].tolist(), want=[[9, 8, 7], [6, 5, 4], [3, 2, 1]])  # fmt: skip

    # 选定的那一种：逐块看
    result = np.stack(parts, axis=axis)
    axis %= 3  # −1 就是 2
    lab.table("形状", ["做法", "形状", "维数"], [
        *[[f"np.stack(axis={n})" + (" ←" if n == axis else ""), str(made.shape), made.ndim]
          for n, made in enumerate((c, d, e))],
        *[[f"np.concatenate(axis={n})", str(np.concatenate(parts, n).shape), 2] for n in (0, 1)],
    ])  # fmt: skip
    for block, values in enumerate(result):
        if axis == 0:  # 一块是一个数组
            of, left = names[block], [f"第 {n} 行" for n in range(rows)]
        elif axis == 1:  # 一块里是各个数组的同一行
            of, left = f"各数组的第 {block} 行", names
        else:  # 一块的每一行是各个数组同一位置的数
            of, left = f"第 {block} 行的各个位置", [f"第 {n} 列" for n in range(columns)]
        head = names if axis == 2 else [f"第 {n} 列" for n in range(columns)]
        cells = [[name, *row.tolist()] for name, row in zip(left, values, strict=True)]
        lab.table(f"结果[{block}]，形状 {values.shape}：{of}", ["", *head], cells)
    text = str(result)
    lab.text("打印出来", text)
    lab.check("最外面一共三层方括号", got=text[:3] + text[-3:], want="[[[]]]")
    # 一块一块自上而下；来自 b 的取负号，好画成另一种颜色
    low, high = min(a.min(), b.min()), max(a.max(), b.max())
    shade = [0.3 + 0.7 * (p - low) / (high - low or 1) for p in parts]
    signed = np.stack([s * (-1) ** n for n, s in enumerate(shade)], axis=axis)
    gap = np.zeros((1, signed.shape[2]))
    sheet = np.vstack([np.vstack([block, gap]) for block in signed])[:-1]
    caption = "橙色来自 a，蓝色来自 b，越亮数越大；黑线分开各块"
    lab.picture("从哪里来", drawing.heat(sheet, 1, cell=8), caption)
    lab.result(**{f"size_{n}": size for n, size in enumerate(result.shape)}, axis=axis)
