"""2.2 节里可以验证的话：几个轴、什么形状、每种类型占几个字节、装得下什么。"""

from decimal import Decimal

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab


def prove(
    lab: Lab, *, images: np.ndarray, one: np.ndarray, real: list[tuple[int, ...]], **_: object
) -> None:
    tensors(lab)
    types(lab)

    # 样本轴在最前面
    batch_size, batch = lab.params["batch_size"], lab.params["batch"]
    size = min(batch_size, len(images) - batch_size * batch)
    statement = f"第 {batch} 批的 0 轴是 {size} 个样本，其余的轴不变"
    lab.check(statement, claim="C020", got=one.shape, want=(size, 28, 28))

    # 真实数据
    houses, temperatures, pictures, videos = real
    lab.check("房价是 2D 张量：404 个样本，13 个特征", claim="C021", got=houses, want=(404, 13))
    windows = np.lib.stride_tricks.sliding_window_view(np.zeros((300, 14)), 240, axis=0)
    got = np.moveaxis(windows, 2, 1)[:7].shape  # 每个窗口是连续的 240 行，每行 14 项
    statement = "从 300 行记录里切 7 段，每段 240 行：序列有 3 个轴，样本、时间步、特征"
    lab.check(statement, claim="C021", got=got, want=(7, *temperatures[1:]))
    for layer, shape, what in (
        (layers.LSTM(2), temperatures, "LSTM 收 3D 的序列，少一个轴、多一个轴都不收"),
        (layers.Conv2D(2, 3), pictures, "Conv2D 收 4D 的图像，少一个轴、多一个轴都不收"),
        (layers.Conv3D(2, 3), videos, "Conv3D 收 5D 的视频，少一个轴、多一个轴都不收"),
    ):
        got = [takes(layer, shape[:-1]), takes(layer, shape), takes(layer, (2, *shape))]
        lab.check(what, claim="C021", got=got, want=[False, True, False])
    six = np.ones((2, 2, 2, 2, 2, 3), "float32")
    got = tuple(layers.Dense(4)(six).shape)
    statement = "视频的 5D 不是上限：6 个轴的张量也能经过 Dense(4)"
    lab.check(statement, claim="C023", got=got, want=(2, 2, 2, 2, 2, 4))
    megabytes = float(np.prod(videos)) * 4 / 2**20
    lab.check("4 段视频存成 float32，一共 405 MB", got=megabytes, want=405)
    layout = keras.config.image_data_format()
    lab.check("Keras 里图像的通道放在最后", claim="C022", got=layout, want="channels_last")


def takes(layer: keras.Layer, shape: tuple[int, ...]) -> bool:
    """新的一层收不收这个形状（第一个数是样本数）的输入。"""
    try:
        type(layer).from_config(layer.get_config())(keras.Input(shape[1:]))
    except ValueError:
        return False
    return True


def tensors(lab: Lab) -> None:
    """从标量到 4D，切片和视图。"""
    scalar, vector = np.array(12), np.array([12, 3, 6, 14, 7])
    lab.check("标量没有轴：ndim 是 0", claim="C011", got=scalar.ndim, want=0)
    lab.check("标量的形状是空的元组 ()", claim="C011", got=scalar.shape, want=())
    lab.check("五个数的向量只有 1 个轴：ndim 是 1", claim="C012", got=vector.ndim, want=1)
    lab.check("这个轴上有 5 个数，所以也叫 5 维向量", claim="C012", got=vector.shape, want=(5,))
    matrix = [[5, 78, 2, 34, 0], [6, 79, 3, 35, 1], [7, 80, 4, 36, 2]]
    cube = np.array([matrix, matrix, matrix])
    lab.check("三个矩阵组成 3D 张量：ndim 是 3", claim="C013", got=cube.ndim, want=3)
    lab.check("它的形状是 (3, 3, 5)", claim="C013", got=cube.shape, want=(3, 3, 5))
    stacked, longer = np.stack([cube, cube]), np.concatenate([cube, cube])
    lab.check("两个 3D 张量叠成 4D", claim="C014", got=stacked.shape, want=(2, 3, 3, 5))
    lab.check("两个 3D 张量只是接长，仍是 3D", claim="C015", got=longer.shape, want=(6, 3, 5))

    numbers, listed = np.arange(10), list(range(10))
    slices = {"2:7": slice(2, 7), "-3:": slice(-3, None), "::-1": slice(None, None, -1)}
    for text, where in slices.items():
        statement = f"x[{text}] 取出的数，与列表的 [{text}] 相同"
        lab.check(statement, claim="C019", got=numbers[where], want=listed[where])
    numbers[2:4][0] = 99
    lab.check("切片是视图：x[2:4][0] 改成 99，x[2] 也变成 99", got=int(numbers[2]), want=99)


def types(lab: Lab) -> None:
    """一个数占几个字节，有几位有效数字，装得下多大的数。"""
    got = precision("float32")
    statement = "float32：4 字节，2²⁴ 以内的整数存得下（7.22 位），保证不走样的只有 6 位"
    lab.check(statement, claim="C016", got=got, want=[4, 7.22, 6])
    got = precision("float64")
    statement = "float64：8 字节，2⁵³ 以内的整数存得下（15.95 位），保证不走样的只有 15 位"
    lab.check(statement, claim="C017", got=got, want=[8, 15.95, 15])
    limits = [np.iinfo("uint8").min, np.iinfo("uint8").max]
    lab.check("uint8 只装 0～255", claim="C018", got=limits, want=[0, 255])
    wrapped = np.array([250], "uint8") + np.array([10], "uint8")
    lab.check("uint8 的 250 + 10 绕回去，得 4", got=int(wrapped[0]), want=4)


def precision(name: str) -> list[float]:
    """一个数占几个字节；存得下的连续整数有几位；存成它再取出来，保证不变的有几位。"""
    sure = next(places for places in range(6, 20) if not kept(name, places + 1))
    return [
        np.zeros(1000, name).nbytes / 1000,
        round(float(np.log10(largest_exact(name))), 2),
        sure,
    ]


def largest_exact(name: str) -> int:
    """加 1 还能变的最大的 2 的幂：从 1 起翻倍，直到 x + 1 == x。"""
    x = np.ones(1, name)
    while x[0] + np.ones(1, name)[0] != x[0]:
        x = x * 2
    return int(x[0])


def kept(name: str, places: int) -> bool:
    """有 places 位有效数字的数存成 name 再取出来，是不是原来的数：试 18,000 个。"""
    form, more = f".{places - 1}e", 10 ** (places - 4)
    heads = [lead * more + lead * 7919 % more for lead in range(1000, 10_000)]
    numbers = [Decimal(f"{head}e{e}") for head in heads for e in (0, 3)]
    stored = np.array([float(number) for number in numbers]).astype(name)
    return all(Decimal(f"{x:{form}}") == n for x, n in zip(stored, numbers, strict=True))
