"""神经网络的数据表示：标量、向量、矩阵、更高维的张量，切片，样本轴，真实数据的形状。"""

import keras
import numpy as np

from dlwp_tui.kit import drawing, forms
from dlwp_tui.lab import Lab

HEAD = ["", "ndim", "shape", "dtype", "几个数", "字节"]
REAL = [
    ("房价（向量）", "样本，特征", (404, 13)),
    ("气温（序列）", "样本，时间步，特征", (128, 240, 14)),
    ("手写数字（图像）", "样本，高，宽，通道", (60_000, 28, 28, 1)),
    ("4 段视频", "样本，帧，高，宽，通道", (4, 240, 144, 256, 3)),
]


def row(name: str, x: np.ndarray) -> list:
    return [name, x.ndim, str(x.shape), str(x.dtype), x.size, x.nbytes]


def run(lab: Lab, *, array: str, slices: str, dtype: str, batch_size: int, batch: int) -> None:
    # 1. 你写的数组
    x = forms.array(array)
    x = x if dtype == "auto" else x.astype(dtype)
    lab.table("你的数组", HEAD, [row("x", x)])
    lab.text("x", str(x))
    where = forms.slices(slices)
    try:
        part = x[where]
    except IndexError as error:
        lab.refuse(f"x[{slices}] 取不出来：x 的形状是 {x.shape}。NumPy 说：{error}。",
                   "切片的段数不能多于轴数，下标不能超出那个轴的长度。")  # fmt: skip
    lab.table(f"x[{slices}]", HEAD, [row("切片", np.asarray(part))])
    lab.text(f"x[{slices}]", str(part))
    chosen = np.zeros(x.shape)
    chosen[where] = 1
    flat = np.where(chosen, 1, -0.5).reshape(-1, x.shape[-1] if x.ndim else 1)
    caption = "橙色是切片取出的，蓝色是剩下的；高维的一块接一块往下排"
    lab.picture("取了哪些数", drawing.heat(flat, 1, cell=4), caption)
    lab.result(ndim=x.ndim, numbers=x.size, sliced=np.size(part))

    # 2. 从标量到 4D
    matrix = [[5, 78, 2, 34, 0], [6, 79, 3, 35, 1], [7, 80, 4, 36, 2]]
    cube = np.array([matrix, matrix, matrix])
    stacked, longer = np.stack([cube, cube]), np.concatenate([cube, cube])
    scalar, vector = np.array(12), np.array([12, 3, 6, 14, 7])
    lab.table("从标量到 4D", HEAD, [
        row("标量", scalar), row("向量", vector), row("矩阵", np.array(matrix)),
        row("3D 张量", cube), row("两个 3D 叠成 4D", stacked), row("两个 3D 接长，还是 3D", longer),
    ])  # fmt: skip
    lab.check("标量没有轴", claim="C011", got=[scalar.ndim, *scalar.shape], want=[0])
    lab.check("五个数的向量：1 个轴，轴上 5 个数", claim="C012",
              got=[vector.ndim, *vector.shape], want=[1, 5])  # fmt: skip
    lab.check("三个矩阵组成 3D 张量", claim="C013", got=[cube.ndim, *cube.shape], want=[3, 3, 3, 5])
    lab.check("两个 3D 叠成 4D", claim="C014", got=list(stacked.shape), want=[2, 3, 3, 5])
    lab.check("只是接长，仍是 3D", claim="C015", got=list(longer.shape), want=[6, 3, 5])
    numbers, listed = np.arange(10), list(range(10))
    tries = slice(2, 7), slice(-3, None), slice(None, None, -1)  # [2:7]、[-3:]、[::-1]
    same = [numbers[one].tolist() == listed[one] for one in tries]
    lab.check("切片与列表的写法相同，可以用负数", claim="C019", got=all(same), want=True)
    numbers[2:4][0] = 99
    lab.check("切片是视图：改了切片，原数组也变", got=int(numbers[2]), want=99)
    try:
        np.array([[1, 2], [3]])
    except ValueError as error:
        lab.text("几行长短不一：np.array([[1, 2], [3]])", f"NumPy 报错：{error}")

    # 3. 数据类型
    rows = []
    for name in ("uint8", "int32", "float32", "float64"):
        kind = np.dtype(name)
        limit = np.iinfo(kind) if kind.kind in "iu" else np.finfo(kind)
        stored = [str(np.array(value).astype(kind)) for value in (0.1, 260, 16_777_217)]
        rows.append([name, kind.itemsize, f"{limit.min:.3g}～{limit.max:.3g}", *stored])
    lab.table("同一个数存成不同的类型", ["dtype", "字节", "范围", "0.1", "260", "2²⁴ + 1"], rows)
    digits = [np.dtype("float32").itemsize, round(float(np.log10(2.0**24)), 2)]
    lab.check("float32 占 4 字节，约 7 位有效数字", claim="C016", got=digits, want=[4, 7.22])
    digits = [np.dtype("float64").itemsize, round(float(np.log10(2.0**53)), 2)]
    lab.check("float64 占 8 字节，约 16 位有效数字", claim="C017", got=digits, want=[8, 15.95])
    limits = [np.iinfo("uint8").min, np.iinfo("uint8").max]
    lab.check("uint8 从 0 到 255", claim="C018", got=limits, want=[0, 255])
    wrapped = np.array([250], "uint8") + np.array([10], "uint8")
    lab.check("uint8 的 250 + 10 绕回去，得 4", got=int(wrapped[0]), want=4)

    # 4. 一批一批的图片：0 轴是样本轴
    (images, labels), _ = lab.dataset("mnist")
    (houses, _), _ = lab.dataset("boston_housing")
    batches = -(-len(images) // batch_size)
    if batch >= batches:
        sentence = f"没有第 {batch} 批：{len(images)} 个样本，每批 {batch_size} 个，"
        lab.refuse(f"{sentence}只有第 0～{batches - 1} 批。", "把“第几批”或“批大小”改小。")
    left = len(images) - batch_size * batch
    one = images[batch_size * batch : batch_size * (batch + 1)]
    lab.check("一批的 0 轴是样本，其余的轴不变", claim="C020",
              got=list(one.shape), want=[min(batch_size, left), 28, 28])  # fmt: skip
    lab.table("MNIST 的切片", ["取法", "形状"], [
        ["x", str(images.shape)], ["x[10:100]", str(images[10:100].shape)],
        ["x[5]", str(images[5].shape)], ["x[:, 14:, 14:]", str(images[:, 14:, 14:].shape)],
        ["x[:, 7:-7, 7:-7]", str(images[:, 7:-7, 7:-7].shape)], [f"第 {batch} 批", str(one.shape)],
    ])  # fmt: skip
    shown = one[:6]
    caption = f"标签 {labels[batch_size * batch :][:6].tolist()}"
    lab.picture(f"第 {batch} 批的前几张", np.hstack(list(shown)), caption)
    lab.picture("x[:, 7:-7, 7:-7]：只留正中间", np.hstack(list(shown[:, 7:-7, 7:-7])))

    # 5. 真实数据的形状
    rows = []
    for name, axes, shape in REAL:
        rows.append([name, axes, str(shape), len(shape), f"{np.prod(shape) * 4 / 2**20:,.1f}"])
    lab.table("真实数据的形状", ["数据", "各轴", "形状", "维数", "float32 占 MB"], rows)
    got = [houses.ndim, np.expand_dims(images[:1], -1).ndim, len(REAL[1][2]), len(REAL[3][2])]
    lab.check("房价 2D、图像 4D、序列 3D、视频 5D", claim="C021", got=got, want=[2, 4, 3, 5])
    layout = keras.config.image_data_format()
    lab.check("通道在最后", claim="C022", got=layout, want="channels_last")
    lab.check("4 段视频一共 405 MB", got=float(np.prod(REAL[3][2]) * 4 / 2**20), want=405)
