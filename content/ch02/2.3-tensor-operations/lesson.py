"""张量运算：逐元素、广播、点积、变形与转置，还有为什么不用 Python 循环。"""

import time
from collections.abc import Callable

import numpy as np
from keras import layers

from dlwp_tui.lab import Lab, drawing

Shape = tuple[int, ...]


def read(text: str) -> Shape:
    return tuple(int(size) for size in text.strip("()").split(",") if size)


def align(x: Shape, y: Shape) -> tuple[list[list[str]], Shape | None]:
    """广播的规则：从最后一个轴往前对。返回每个轴怎么配，以及结果的形状（配不上是 None）。"""
    rows, result = [], []
    for back in range(1, max(len(x), len(y)) + 1):
        a = x[-back] if back <= len(x) else None
        b = y[-back] if back <= len(y) else None
        if a is None or b is None:
            how = f"{'x' if a is None else 'y'} 没有这个轴：添上，重复"
        elif a == b:
            how = "相等"
        elif a == 1 or b == 1:
            how = f"{'x' if a == 1 else 'y'} 是 1：重复"
        else:
            how = "✗ 既不相等，也没有一边是 1"
        size = max(a or 1, b or 1)
        result.insert(0, size)
        rows.append([-back, a or "–", b or "–", "–" if "✗" in how else size, how])
    return rows, None if any("✗" in row[-1] for row in rows) else tuple(result)


def attempt(f: Callable, x: Shape, y: Shape) -> str:
    """算一算，只要结果的形状；算不了，就看 NumPy 怎么说。"""
    if f is not np.maximum and np.prod(x) * np.prod(y) > 5e7:
        return "太大，不算"
    try:
        return str(np.shape(f(np.zeros(x), np.zeros(y))))
    except (ValueError, IndexError) as error:
        return f"报错：{error}"


def naive_relu(x: list[float]) -> list[float]:
    """不用 NumPy 的 relu：一个数一个数来。"""
    result = []
    for value in x:
        result.append(max(value, 0.0))
    return result


def fastest(f: Callable, x: object) -> float:
    """跑三次取最快的，毫秒：慢的那几次是别的程序在抢。"""
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        f(x)
        times.append(1000 * (time.perf_counter() - begin))
    return min(times)


def run(lab: Lab, *, x: str, y: str, elements: int) -> None:
    x, y = read(x), read(y)
    # 1. 广播：你选的两个形状
    rows, result = align(x, y)
    lab.table(f"广播：{x} 与 {y}", ["第几位", "x", "y", "结果", "怎么配"], rows)
    if result is not None and np.prod(result) > 4e6:
        lab.refuse(f"{x} 与 {y} 广播成 {result}，一共 {np.prod(result):,} 个数，太大了。",
                   "把其中一个轴改小。")  # fmt: skip
    got = attempt(np.maximum, x, y)
    lab.text("np.maximum(x, y)", got if result is None else f"结果的形状 {got}")
    lab.check("按规则推出的结果，与 NumPy 的相同", got=got[:2] if result is None else got,
              want=str(result if result is not None else "报错"))  # fmt: skip
    if result is not None and len(result) <= 2 and max(result, default=1) <= 24:
        a = np.linspace(0.2, 0.6, int(np.prod(x))).reshape(x)
        b = np.linspace(-0.6, -0.2, int(np.prod(y))).reshape(y)
        wide = np.broadcast_to(b, result)
        for name, values in (("x", a), ("y", b), ("y 撑开", wide), ("x + y", a + b)):
            lab.picture(name, drawing.heat(values, 0.6, cell=3), f"{name}：{np.shape(values)}")
    got = attempt(np.maximum, (64, 3, 32, 10), (32, 10))
    lab.check("笔记的例子：结果有 4 个轴", claim="C027", got=got, want="(64, 3, 32, 10)")
    got = [attempt(np.add, (32, 10), (10,)), attempt(np.add, (32, 10), (32,))[:2]]
    lab.check("(32, 10) 加 (10,) 行，加 (32,) 不行", claim="C026",
              got=got, want=["(32, 10)", "报错"])  # fmt: skip

    # 2. 点积：同样的两个形状
    lab.phase("点积")
    ways = {"np.dot(x, y)": np.dot, "np.dot(y, x)": lambda a, b: np.dot(b, a), "x @ y": np.matmul,
            "np.tensordot(x, y, 1)": lambda a, b: np.tensordot(a, b, 1)}  # fmt: skip
    rows = [[name, attempt(f, x, y)] for name, f in ways.items()]
    lab.table(f"点积：{x} 与 {y}", ["写法", "结果的形状"], rows)
    dot, last_first = np.dot, ways["np.tensordot(x, y, 1)"]
    got = [attempt(dot, (3,), (3,)), attempt(dot, (3,), (4,))[:2]]
    lab.check("向量·向量是标量，元素个数要相同", claim="C028", got=got, want=["()", "报错"])
    got = [attempt(dot, (2, 3), (3,)), attempt(dot, (3,), (2, 3))[:2]]
    lab.check("矩阵·向量是向量；反过来对不上", claim="C029", got=got, want=["(2,)", "报错"])
    got = [attempt(dot, (2, 3), (3, 4)), attempt(dot, (2, 3), (4, 3))[:2]]
    lab.check("(a, b)·(b, c) 得 (a, c)", claim="C030", got=got, want=["(2, 4)", "报错"])
    got = attempt(dot, (2, 3, 4, 5), (5,))
    lab.check("(a, b, c, d)·(d,) 得 (a, b, c)", claim="C031", got=got, want="(2, 3, 4)")
    got = attempt(dot, (2, 3, 4, 5), (5, 6))
    lab.check("(a, b, c, d)·(d, e) 得 (a, b, c, e)", claim="C032", got=got, want="(2, 3, 4, 6)")
    got = [attempt(dot, (2, 3, 4), (5, 4, 6)), attempt(dot, (2, 3, 4), (4, 5, 6))[:2]]
    lab.check("高维：np.dot 看后者的倒数第二位", claim="C033",
              got=got, want=["(2, 3, 5, 6)", "报错"])  # fmt: skip
    pairs = [((2, 3, 4), (4, 5, 6)), ((2, 3, 4), (5, 4, 6))]
    got = [attempt(last_first, *pairs[0]), attempt(last_first, *pairs[1])[:2]]
    lab.check("高维：tensordot 才看后者的第 0 位", claim="C033",
              got=got, want=["(2, 3, 5, 6)", "报错"])  # fmt: skip

    # 3. Dense 的三个运算：点积、加、relu
    lab.phase("Dense")
    rng = np.random.default_rng(lab.seed)
    inputs = rng.normal(size=(512, 20)).astype("float32")
    dense = layers.Dense(16, activation="relu")
    output = np.array(dense(inputs))
    w, bias = (np.array(weight) for weight in dense.weights)
    by_hand = np.maximum(inputs @ w + bias, 0)
    lab.check("Dense 就是 relu(dot(input, W) + b)，自己写的最多差", claim="C024",
              got=float(np.abs(output - by_hand).max()), want=0, tolerance=1e-5)  # fmt: skip
    lab.check("relu 是逐元素运算：负数变成 0", claim="C025",
              got=np.maximum([-2, -0.5, 0, 3], 0).tolist(), want=[0, 0, 0, 3])  # fmt: skip

    # 4. 变形与转置：形状可以相同，内容不同
    lab.phase("变形与转置")
    small = np.array([[0, 1, 2], [3, 4, 5]])
    lab.check("变形不改变元素的总数和次序", claim="C034",
              got=small.reshape(3, 2).tolist(), want=[[0, 1], [2, 3], [4, 5]])  # fmt: skip
    lab.check("转置会打乱次序：形状相同，内容不同", claim="C035",
              got=small.T.tolist(), want=[[0, 3], [1, 4], [2, 5]])  # fmt: skip
    lab.check("(300, 20) 转置成 (20, 300)", claim="C035",
              got=list(np.transpose(np.zeros((300, 20))).shape), want=[20, 300])  # fmt: skip
    seven = np.zeros((24, 36))  # 一个“7”
    seven[3:6, 8:28] = 1
    for line in range(6, 22):
        seven[line, 32 - line : 35 - line] = 1
    lab.picture("原图", seven, "(24, 36)")
    lab.picture("转置", seven.T, "(36, 24)：行和列互换")
    lab.picture("变形", seven.reshape(36, 24), "(36, 24)：形状与转置相同，内容全乱了")

    # 5. Python 循环与 NumPy：同样的 relu
    lab.phase("计时")
    sizes = [1000 * 2**k for k in range(11) if 1000 * 2**k <= elements]
    rows, times, ratio = [], [], 0.0
    for step in lab.steps(len(sizes)):
        size = sizes[step - 1]
        values = rng.normal(size=size)
        slow = fastest(naive_relu, values.tolist())
        fast = fastest(lambda v: np.maximum(v, 0), values)
        ratio = slow / fast
        times.append((slow, fast))
        rows.append([f"{size:,}", f"{slow:.3f}", f"{fast:.3f}", f"{ratio:.0f}"])
    for size, (slow, fast) in zip(sizes, times, strict=True):  # 横轴：几千个数
        lab.log(size // 1000, "Python 循环", milliseconds=slow)
        lab.log(size // 1000, "NumPy", milliseconds=fast)
    lab.table("relu 用时（毫秒）", ["几个数", "Python 循环", "NumPy", "快几倍"], rows)
    axes = -1 if result is None else len(result)
    lab.result(axes=axes, fits=result is not None, speedup=ratio)
