"""张量运算：逐元素、广播、点积、变形与转置，还有为什么不用 Python 循环。"""

from collections.abc import Callable
from functools import partial
from itertools import zip_longest
from timeit import repeat
from typing import Any

import numpy as np

from dlwp_tui.kit import drawing, forms
from dlwp_tui.lab import Lab

Shape = tuple[int, ...]
Function = Callable[..., Any]


def broadcast(x: Shape, y: Shape) -> tuple[list[list[object]], Shape | None]:
    """广播的规则：从最后一个轴往前对。返回每个轴怎么配，以及结果的形状（配不上是 None）。"""
    rows: list[list[object]] = []
    sizes: list[Any] = []
    for back, (a, b) in enumerate(zip_longest(x[::-1], y[::-1]), start=1):
        if a is None or b is None:
            size, how = a or b, f"{'x' if a is None else 'y'} 没有这个轴：添上，重复"
        elif a == b:
            size, how = a, "相等"
        elif a == 1 or b == 1:
            size, how = a * b, f"{'x' if a == 1 else 'y'} 是 1：重复"
        else:
            size, how = None, "✗ 既不相等，也没有一边是 1"
        rows.append([-back, a or "–", b or "–", size or "–", how])
        sizes.insert(0, size)
    return rows, None if None in sizes else tuple(sizes)


def attempt(f: Function, x: Shape, y: Shape) -> str:
    """算一算，只要结果的形状；算不了，就看 NumPy 怎么说。"""
    try:
        return str(np.shape(f(np.zeros(x), np.zeros(y))))
    except (ValueError, IndexError) as error:
        return f"报错：{error}"


def relu_loop(numbers: list[float]) -> list[float]:
    """Python 循环：一个数一个数来。"""
    return [max(number, 0.0) for number in numbers]


def fastest(f: Function, numbers: Any) -> float:
    """跑三次取最快的，毫秒：慢的那几次是别的程序在抢。"""
    return 1000 * min(repeat(partial(f, numbers), number=1, repeat=3))


def run(lab: Lab, *, x: str, y: str, elements: int) -> dict[str, object]:
    # 1. 广播：你选的两个形状
    x_shape, y_shape = forms.shape(x), forms.shape(y)
    rows, result = broadcast(x_shape, y_shape)
    lab.table(f"广播：{x_shape} 与 {y_shape}", ["第几位", "x", "y", "结果", "怎么配"], rows)
    lab.text("np.maximum(x, y) 的形状", attempt(np.maximum, x_shape, y_shape))
    if result is not None and len(result) <= 2 and max(result, default=1) <= 24:
        a = np.linspace(0.2, 0.6, int(np.prod(x_shape))).reshape(x_shape)
        b = np.linspace(-0.6, -0.2, int(np.prod(y_shape))).reshape(y_shape)
        wide = np.broadcast_to(b, result)
        for name, values in {"x": a, "y": b, "y 撑开": wide, "x + y": a + b}.items():
            lab.picture(name, drawing.heat(values, 0.6, cell=3), f"{name}：{np.shape(values)}")

    # 2. 点积：同样的两个形状。几种写法，看的轴不一样
    products: dict[str, tuple[Function, Shape, Shape]] = {
        "np.dot(x, y)": (np.dot, x_shape, y_shape),
        "np.dot(y, x)": (np.dot, y_shape, x_shape),
        "x @ y": (np.matmul, x_shape, y_shape),
        "np.tensordot(x, y, 1)": (partial(np.tensordot, axes=1), x_shape, y_shape),
    }
    large = np.prod(x_shape) * np.prod(y_shape) > 5e7
    dots = [[way, "太大，不算" if large else attempt(*dot)] for way, dot in products.items()]
    lab.table(f"点积：{x_shape} 与 {y_shape}", ["写法", "结果的形状"], dots)

    # 3. 变形与转置：形状可以相同，内容不同
    seven = drawing.seven()
    lab.picture("原图", seven, "(24, 36)")
    lab.picture("转置", seven.T, "(36, 24)：行和列互换")
    lab.picture("变形", seven.reshape(36, 24), "(36, 24)：形状与转置相同，内容全乱了")

    # 4. Python 循环与 NumPy：同样的 relu，数越来越多
    rng, rows = np.random.default_rng(lab.seed), []
    sizes = [1000 * 2**k for k in range(11) if 1000 * 2**k <= elements]
    for done, size in enumerate(sizes, start=1):
        values = rng.normal(size=size)
        loop = fastest(relu_loop, values.tolist())
        numpy = fastest(partial(np.maximum, 0.0), values)
        lab.log(size // 1000, "Python 循环", unit="千个数", milliseconds=loop)
        lab.log(size // 1000, "NumPy", unit="千个数", milliseconds=numpy)
        rows.append([f"{size:,}", f"{loop:.3f}", f"{numpy:.3f}", f"{loop / numpy:.0f}"])
        lab.progress(done, len(sizes))
    lab.table("relu 用时（毫秒）", ["几个数", "Python 循环", "NumPy", "快几倍"], rows)
    axes = -1 if result is None else len(result)
    lab.result(axes=axes, fits=result is not None, speedup=loop / numpy)
    return {"x_shape": x_shape, "y_shape": y_shape, "result": result}
