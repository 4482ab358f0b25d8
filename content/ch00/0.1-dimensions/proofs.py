"""0.1 节里可以验证的话：新轴插在哪里，同一个数就到了哪里。"""

import numpy as np

from dlwp_tui.lab import Lab


def prove(lab: Lab, *, parts: list[np.ndarray], result: np.ndarray, **_: object) -> None:
    # 笔记里的两个数组
    a = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    b = np.array([[9, 8, 7], [6, 5, 4], [3, 2, 1]])
    shapes = [list(a.shape), list(b.shape)]
    lab.check(
        "笔记里的 a、b 都是 3 行 3 列的二维数组", claim="C001", got=shapes, want=[[3, 3], [3, 3]]
    )
    lab.check("笔记里的 b，就是 a 上下、左右都倒过来", claim="C001", got=a[::-1, ::-1], want=b)

    # 这次运行的数组，三种叠法
    count, (rows, columns) = len(parts), parts[0].shape
    c, d, e = (np.stack(parts, axis=axis) for axis in (0, 1, 2))
    statement = f"axis=0 得到 {count} 个 {rows} 行 {columns} 列：新轴在最前面"
    lab.check(statement, claim="C002", got=c.shape, want=(count, rows, columns))
    statement = f"axis=1 得到 {rows} 个 {count} 行 {columns} 列：行与行配对"
    lab.check(statement, claim="C003", got=d.shape, want=(rows, count, columns))
    statement = f"axis=2 得到 {rows} 个 {columns} 行 {count} 列：元素与元素配对"
    lab.check(statement, claim="C004", got=e.shape, want=(rows, columns, count))

    # 第 k 个数组原样躺在结果里，只是切法不同：数一数有几个对得上
    same = sum(np.array_equal(c[k], part) for k, part in enumerate(parts))
    lab.check(f"axis=0：c[k] 就是第 k 个数组，{count} 个都是", claim="C002", got=same, want=count)
    same = sum(np.array_equal(d[:, k], part) for k, part in enumerate(parts))
    lab.check(
        f"axis=1：d[:, k] 就是第 k 个数组，{count} 个都是", claim="C003", got=same, want=count
    )
    same = sum(np.array_equal(e[:, :, k], part) for k, part in enumerate(parts))
    lab.check(
        f"axis=2：e[:, :, k] 就是第 k 个数组，{count} 个都是", claim="C004", got=same, want=count
    )

    k, i, j = count - 1, rows - 1, columns - 1
    statement = f"最后一个数，在三种叠法里是 c[{k}, {i}, {j}]、d[{i}, {k}, {j}]、e[{i}, {j}, {k}]"
    lab.check(statement, got=[c[k, i, j], d[i, k, j], e[i, j, k]], want=[parts[k][i, j]] * 3)

    text = str(result)
    lab.check("三维数组打印出来，最外面一共三层方括号", got=text[:3] + text[-3:], want="[[[]]]")
