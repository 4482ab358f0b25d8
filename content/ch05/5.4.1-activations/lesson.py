"""可视化中间激活：把一张照片送进网络，把每一层的输出都画出来。

关键的一步是造一个有许多输出的新模型：输入不变，输出是每一层的激活。不用训练。
"""

import keras
import numpy as np
from PIL import Image

from dlwp_tui.kit import vision
from dlwp_tui.lab import Lab


def to_grey(channel: np.ndarray) -> np.ndarray:
    """一个通道的响应图 (高, 宽) → 看得清的灰度图；毫无反应的通道全黑，不能除以 0。"""
    spread = channel.std()
    if spread == 0:
        return np.zeros(channel.shape, dtype="uint8")
    grey = (channel - channel.mean()) / spread * 64 + 128
    return np.clip(grey, 0, 255).astype("uint8")


def likeness(channels: np.ndarray, photo: np.ndarray) -> float:
    """各通道与缩小的原图（灰度）的相关系数，取绝对值最大的：1 是一模一样。"""
    height, width = channels.shape[1:]
    small = Image.fromarray(photo).convert("L").resize((width, height), Image.Resampling.BOX)
    small = np.asarray(small, dtype="float64").ravel()
    alive = [channel.ravel() for channel in channels if channel.std() > 0]
    return max((abs(np.corrcoef(one, small)[0, 1]) for one in alive), default=0.0)


def run(lab: Lab, *, base: str, number: int, image: str, side: int) -> dict[str, object]:
    # 1. 训练好的网络和一张它没见过的照片
    model, prepare, _names = vision.network(lab, base, side)
    size = model.inputs[0].shape[1:3]
    photo = vision.photo(lab, image, number, size)
    lab.picture("照片", photo)
    lab.summary(model)

    # 2. 一个输入、许多输出的新模型：卷积层和池化层的激活
    shown = vision.shown(model)
    outputs = [layer.output for layer in shown]
    activation_model = keras.Model(model.inputs, outputs)
    activations = activation_model.predict(prepare(photo[None]), verbose=0)

    # 3. 每层一张网格，每格一个通道
    rows = []
    for i in lab.steps(len(shown), unit="层"):
        layer, activation = shown[i - 1], activations[i - 1]
        channels = activation[0].transpose(2, 0, 1)  # (通道, 高, 宽)
        names = [f"通道 {k}" for k in range(len(channels))]
        pictures = np.stack([to_grey(channel) for channel in channels])
        shape = str(activation.shape)
        lab.picture_grid(layer.name, pictures, names, columns=16, caption=shape)
        dead = int((channels.max(axis=(1, 2)) <= 0).sum())
        zeros, like = float((channels <= 0).mean()), likeness(channels, photo)
        lab.log(i, zeros=zeros, likeness=like)
        rows.append([layer.name, shape, dead, f"{zeros:.0%}", f"{like:.2f}"])
    columns = ["层", "激活的形状", "全黑的通道", "0 的占比", "与原图最像的通道"]
    lab.table("从浅到深", columns, rows)

    # 4. 第一个和最后一个卷积层比一比
    first, last = rows[0], [row for row in rows if "pool" not in row[0]][-1]
    for place, row in (("first", first), ("last", last)):
        activation = activations[rows.index(row)]
        channels = activation[0].transpose(2, 0, 1)
        figures = {"zeros": (channels <= 0).mean(), "likeness": likeness(channels, photo)}
        lab.result(**{f"{name}_{place}": value for name, value in figures.items()})
        lab.result(**{f"dead_{place}": row[2]})
    return {"model": model, "activation_model": activation_model, "shown": shown}
