"""神经网络的数据表示：标量、向量、矩阵、更高维的张量，切片，样本轴，真实数据的形状。"""

import numpy as np

from dlwp_tui.kit import drawing, forms
from dlwp_tui.lab import Lab

HEAD = ["", "ndim", "shape", "dtype", "几个数", "字节"]


def row(name: str, x: np.ndarray) -> list[object]:
    """一个数组的轴数、形状、类型、元素个数和字节数。"""
    return [name, x.ndim, str(x.shape), str(x.dtype), x.size, x.nbytes]


def run(
    lab: Lab, *, array: str, slices: str, dtype: str, batch_size: int, batch: int
) -> dict[str, object]:
    # 1. 你写的数组，和它的切片：每个轴写一段，x[0, :, 1:4] 这样
    x = forms.array(array)
    if dtype != "auto":
        x = x.astype(dtype)
    lab.table("你的数组", HEAD, [row("x", x)])
    lab.text("x", str(x))
    where = forms.slices(slices)
    part = np.asarray(x[where])
    lab.table(f"x[{slices}]", HEAD, [row("切片", part)])
    lab.text(f"x[{slices}]", str(part))
    chosen = np.full(x.shape, -0.5)
    chosen[where] = 1
    rows_below = chosen.reshape(-1, x.shape[-1] if x.ndim else 1)
    caption = "橙色是切片取出的，蓝色是剩下的；高维的一块接一块往下排"
    lab.picture("取了哪些数", drawing.heat(rows_below, 1, cell=4), caption)
    lab.result(ndim=x.ndim, numbers=x.size, sliced=part.size)

    # 2. 从标量到 4D：几层方括号就是几个轴。stack 多一个轴，concatenate 只是接长
    matrix = np.array([[5, 78, 2, 34, 0], [6, 79, 3, 35, 1], [7, 80, 4, 36, 2]])
    cube = np.array([matrix, matrix, matrix])
    tensors = {
        "标量": np.array(12),
        "向量": np.array([12, 3, 6, 14, 7]),
        "矩阵": matrix,
        "3D 张量": cube,
        "两个 3D 叠成 4D": np.stack([cube, cube]),
        "两个 3D 接长，还是 3D": np.concatenate([cube, cube]),
    }
    lab.table("从标量到 4D", HEAD, [row(name, tensor) for name, tensor in tensors.items()])
    try:
        np.array([[1, 2], [3]])
    except ValueError as error:
        lab.text("几行长短不一：np.array([[1, 2], [3]])", f"NumPy 报错：{error}")

    # 3. 数据类型：范围越大、位数越多，占的字节也越多
    rows: list[list[object]] = []
    for name in ("uint8", "int32", "float32", "float64"):
        kind = np.dtype(name)
        limit = np.iinfo(kind) if kind.kind in "iu" else np.finfo(kind)
        stored = [str(np.array(value).astype(kind)) for value in (0.1, 260, 16_777_217)]
        rows.append([name, kind.itemsize, f"{limit.min:.3g}～{limit.max:.3g}", *stored])
    lab.table("同一个数存成不同的类型", ["dtype", "字节", "范围", "0.1", "260", "2²⁴ + 1"], rows)

    # 4. 一批一批的图片：0 轴是样本轴，所以一批就是 0 轴上的一段切片
    (images, labels), _ = lab.dataset("mnist")
    one = images[batch_size * batch : batch_size * (batch + 1)]  # 除不尽时，最后一批不满
    taken = {
        "x": images,
        "x[10:100]": images[10:100],
        "x[5]": images[5],
        "x[:, 14:, 14:]": images[:, 14:, 14:],
        "x[:, 7:-7, 7:-7]": images[:, 7:-7, 7:-7],
        f"第 {batch} 批": one,
    }
    rows = [[name, str(part.shape)] for name, part in taken.items()]
    lab.table("MNIST 的切片", ["取法", "形状"], rows)
    caption = f"标签 {labels[batch_size * batch :][:6].tolist()}"
    lab.picture(f"第 {batch} 批的前几张", np.hstack(list(one[:6])), caption)
    lab.picture("x[:, 7:-7, 7:-7]：只留正中间", np.hstack(list(one[:6, 7:-7, 7:-7])))

    # 5. 真实数据的形状：第一个轴总是样本
    (houses, _prices), _ = lab.dataset("boston_housing")
    real = {
        "房价（向量）": ("样本，特征", houses.shape),
        "气温（序列）": ("样本，时间步，特征", (128, 240, 14)),
        "手写数字（图像）": ("样本，高，宽，通道", images[..., None].shape),
        "4 段视频": ("样本，帧，高，宽，通道", (4, 240, 144, 256, 3)),
    }
    rows = []
    for name, (axes, shape) in real.items():
        rows.append([name, axes, str(shape), len(shape), f"{np.prod(shape) * 4 / 2**20:,.1f}"])
    lab.table("真实数据的形状", ["数据", "各轴", "形状", "维数", "float32 占 MB"], rows)
    return {"images": images, "one": one, "real": [shape for _axes, shape in real.values()]}
