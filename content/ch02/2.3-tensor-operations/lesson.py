"""张量运算：逐元素、广播、点积、变形与转置，还有为什么不用 Python 循环。"""

from collections.abc import Callable
from functools import partial
from itertools import zip_longest
from timeit import repeat

import numpy as np
from keras import layers

from dlwp_tui.kit import drawing, forms
from dlwp_tui.lab import Lab

tensordot = partial(np.tensordot, axes=1)
DOTS = {
    "np.dot(x, y)": np.dot,
    "np.dot(y, x)": lambda x, y: np.dot(y, x),
    "x @ y": np.matmul,
    "np.tensordot(x, y, 1)": tensordot,
}


def align(x: tuple, y: tuple) -> tuple[list[list], tuple | None]:
    """广播的规则：从最后一个轴往前对。返回每个轴怎么配，以及结果的形状（配不上是 None）。"""
    rows = []
    for back, (a, b) in enumerate(zip_longest(x[::-1], y[::-1]), start=1):
        if a is None or b is None:
            how = f"{'x' if a is None else 'y'} 没有这个轴：添上，重复"
        elif a == b:
            how = "相等"
        elif a == 1 or b == 1:
            how = f"{'x' if a == 1 else 'y'} 是 1：重复"
        else:
            how = "✗ 既不相等，也没有一边是 1"
        rows.append([-back, a or "–", b or "–", "–" if "✗" in how else max(a or 1, b or 1), how])
    sizes = tuple(row[3] for row in reversed(rows))
    return rows, None if "–" in sizes else sizes


def attempt(f: Callable, x: tuple, y: tuple) -> str:
    """算一算，只要结果的形状；算不了，就看 NumPy 怎么说。"""
    try:
        return str(np.shape(f(np.zeros(x), np.zeros(y))))
    except (ValueError, IndexError) as error:
        return f"报错：{error}"


def fastest(f: Callable, x: object) -> float:
    """跑三次取最快的，毫秒：慢的那几次是别的程序在抢。"""
    return 1000 * min(repeat(lambda: f(x), number=1, repeat=3))


def run(lab: Lab, *, x: str, y: str, elements: int) -> None:
    x, y = forms.shape(x), forms.shape(y)
    # 1. 广播：你选的两个形状
    rows, result = align(x, y)
    lab.table(f"广播：{x} 与 {y}", ["第几位", "x", "y", "结果", "怎么配"], rows)
    if result is not None and np.prod(result) > 4e6:
        lab.refuse(f"广播成 {result}，一共 {np.prod(result):,} 个数，太大。", "把其中一个轴改小。")
    got, want = attempt(np.maximum, x, y), "报错" if result is None else str(result)
    lab.text("np.maximum(x, y) 的形状", got)
    lab.check("按规则推出的结果，与 NumPy 的相同", got=got.partition("：")[0], want=want)
    if result is not None and len(result) <= 2 and max(result, default=1) <= 24:
        a = np.linspace(0.2, 0.6, int(np.prod(x))).reshape(x)
        b = np.linspace(-0.6, -0.2, int(np.prod(y))).reshape(y)
        wide = np.broadcast_to(b, result)
        for name, values in {"x": a, "y": b, "y 撑开": wide, "x + y": a + b}.items():
            lab.picture(name, drawing.heat(values, 0.6, cell=3), f"{name}：{np.shape(values)}")

    # 2. 点积：同样的两个形状；再看笔记里的例子
    large = np.prod(x) * np.prod(y) > 5e7
    rows = [[name, "太大，不算" if large else attempt(f, x, y)] for name, f in DOTS.items()]
    lab.table(f"点积：{x} 与 {y}", ["写法", "结果的形状"], rows)

    def example(what, f: Callable, x: tuple, *, y: tuple, gives: tuple, bad: tuple, claim: str):
        """笔记里的例子：x 与 y 能算，结果的形状是 gives；x 与 bad 不能算。"""
        got = [attempt(f, x, other).partition("：")[0] for other in (y, bad)]
        shown = f"{what}。{x} 与 {y} 行，与 {bad} 不行"
        lab.check(shown, claim=claim, got=got, want=[str(gives), "报错"])

    big, four, three = (64, 3, 32, 10), (2, 3, 4, 5), (2, 3, 4)
    example("末尾的轴要对得上", np.add, (32, 10), y=(10,), gives=(32, 10), bad=(32,), claim="C026")
    example("y 添两个轴", np.maximum, big, y=(32, 10), gives=big, bad=(3, 32), claim="C027")
    example("向量·向量是标量", np.dot, (3,), y=(3,), gives=(), bad=(4,), claim="C028")
    example("矩阵·向量是向量", np.dot, (2, 3), y=(3,), gives=(2,), bad=(2,), claim="C029")
    example("换过来就不同", np.dot, (3,), y=(3, 2), gives=(2,), bad=(2, 3), claim="C029")
    example("(a, b)·(b, c)", np.dot, (2, 3), y=(3, 4), gives=(2, 4), bad=(4, 3), claim="C030")
    example("(a, b, c, d)·(d,)", np.dot, four, y=(5,), gives=three, bad=(4,), claim="C031")
    example("(…, c, d)·(d, e)", np.dot, four, y=(5, 6), gives=(*three, 6), bad=(4, 6), claim="C032")
    four, first, middle = (2, 3, 5, 6), (4, 5, 6), (5, 4, 6)  # y 的 4 在第 0 位，在倒数第二位
    example("dot 看倒数第二位", np.dot, three, y=middle, gives=four, bad=first, claim="C033")
    example("tensordot 看第 0 位", tensordot, three, y=first, gives=four, bad=middle, claim="C033")

    # 3. Dense 的三个运算：点积、加、relu
    rng = np.random.default_rng(lab.seed)
    inputs = rng.normal(size=(512, 20)).astype("float32")
    dense = layers.Dense(16, activation="relu")
    output = np.array(dense(inputs))
    w, b = dense.get_weights()
    by_hand = np.maximum(inputs @ w + b, 0)
    lab.check("Dense 就是 relu(dot(input, W) + b)，自己写的最多差", claim="C024",
              got=np.abs(output - by_hand).max(), want=0, tolerance=1e-5)  # fmt: skip
    relu = np.maximum([-2, -0.5, 0, 3], 0)
    lab.check("relu 是逐元素运算：负数变成 0", claim="C025", got=relu, want=[0, 0, 0, 3])

    # 4. 变形与转置：形状可以相同，内容不同
    small = np.array([[0, 1, 2], [3, 4, 5]])
    reshaped, turned = small.reshape(3, 2), small.T
    lab.check("变形不改变总数和次序", claim="C034", got=reshaped, want=[[0, 1], [2, 3], [4, 5]])
    lab.check("转置：形状相同，内容不同", claim="C035", got=turned, want=[[0, 3], [1, 4], [2, 5]])
    turned = np.zeros((300, 20)).T
    lab.check("(300, 20) 转置成 (20, 300)", claim="C035", got=turned.shape, want=[20, 300])
    seven = np.zeros((24, 36))  # 一个“7”：一横，一撇，都是三格宽
    seven[3:6, 8:28] = 1
    seven[6:22, 11:29] = np.fliplr(np.tri(16, 18, 2) - np.tri(16, 18, -1))
    lab.picture("原图", seven, "(24, 36)")
    lab.picture("转置", seven.T, "(36, 24)：行和列互换")
    lab.picture("变形", seven.reshape(36, 24), "(36, 24)：形状与转置相同，内容全乱了")

    # 5. Python 循环与 NumPy：同样的 relu
    sizes, times, rows = [1000 * 2**k for k in range(11) if 1000 * 2**k <= elements], [], []
    for step in lab.steps(len(sizes)):
        values = rng.normal(size=sizes[step - 1])
        loop = fastest(lambda xs: [max(x, 0.0) for x in xs], values.tolist())  # 一个数一个数来
        times.append((loop, fastest(lambda xs: np.maximum(xs, 0.0), values)))
    for size, (loop, numpy) in zip(sizes, times, strict=True):  # 横轴：几千个数
        lab.log(size // 1000, "Python 循环", unit="千个数", milliseconds=loop)
        lab.log(size // 1000, "NumPy", unit="千个数", milliseconds=numpy)
        rows.append([f"{size:,}", f"{loop:.3f}", f"{numpy:.3f}", f"{loop / numpy:.0f}"])
    lab.table("relu 用时（毫秒）", ["几个数", "Python 循环", "NumPy", "快几倍"], rows)
    axes = -1 if result is None else len(result)
    lab.result(axes=axes, fits=result is not None, speedup=loop / numpy)
