"""2.2 节里可以验证的话：几个轴、什么形状、每种类型占几个字节、装得下什么。"""

import keras
import numpy as np

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
    lab.check("气温序列有 3 个轴：样本、时间步、特征", claim="C021", got=len(temperatures), want=3)
    lab.check("图像有 4 个轴：样本、高、宽、通道", claim="C021", got=len(pictures), want=4)
    lab.check("视频有 5 个轴：样本、帧、高、宽、通道", claim="C021", got=len(videos), want=5)
    megabytes = float(np.prod(videos)) * 4 / 2**20
    lab.check("4 段视频存成 float32，一共 405 MB", got=megabytes, want=405)
    layout = keras.config.image_data_format()
    lab.check("Keras 里图像的通道放在最后", claim="C022", got=layout, want="channels_last")


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
    lab.check("float32 占 4 字节", claim="C016", got=np.dtype("float32").itemsize, want=4)
    lab.check("float32 约有 7.22 位有效数字", claim="C016", got=digits("float32"), want=7.22)
    lab.check("float64 占 8 字节", claim="C017", got=np.dtype("float64").itemsize, want=8)
    lab.check("float64 约有 15.95 位有效数字", claim="C017", got=digits("float64"), want=15.95)
    limits = [np.iinfo("uint8").min, np.iinfo("uint8").max]
    lab.check("uint8 只装 0～255", claim="C018", got=limits, want=[0, 255])
    wrapped = np.array([250], "uint8") + np.array([10], "uint8")
    lab.check("uint8 的 250 + 10 绕回去，得 4", got=int(wrapped[0]), want=4)


def digits(name: str) -> float:
    """浮点数有几位有效数字：尾数有 n 位（连同省去不存的那个 1），就是 log10(2ⁿ) 位。"""
    return round((np.finfo(name).nmant + 1) * float(np.log10(2)), 2)
