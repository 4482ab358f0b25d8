"""可视化中间激活：把一张照片送进网络，把每一层的输出都画出来。

关键的一步是造一个有许多输出的新模型：输入不变，输出是每一层的激活。不用训练。
"""

from pathlib import Path

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


def recovered(channels: np.ndarray, photo: np.ndarray) -> float:
    """用这些通道（放大到原图那么大）的加权和去拼原图的灰度，能拼回几成：R²，1 是全部。"""
    grey = Image.fromarray(photo).convert("L").resize((96, 96), Image.Resampling.BOX)
    large = [Image.fromarray(one).resize((96, 96), Image.Resampling.BILINEAR) for one in channels]
    x = np.stack([np.asarray(one).ravel() for one in large] + [np.ones(96 * 96)], axis=1)
    y = np.asarray(grey, dtype="float64").ravel()
    rest = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    return float(1 - rest.var() / y.var())


def run(lab: Lab, *, base: str, number: int, image: Path | None, side: int) -> dict[str, object]:
    # 1. 训练好的网络和一张它没见过的照片
    model, prepare, _names = vision.network(lab, base, side)
    size = model.inputs[0].shape[1:3]
    (photo,) = vision.photos(lab, image, number, size)
    lab.picture("照片", photo)
    lab.summary(model)

    # 2. 一个输入、许多输出的新模型：卷积层和池化层的激活
    shown = vision.shown(model)
    outputs = [layer.output for layer in shown]
    activation_model = keras.Model(model.inputs[0], outputs)
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
        black, share = dead / len(channels), recovered(channels, photo)
        lab.log(i, black=black, recovered=share)
        rows.append([layer.name, shape, dead, f"{black:.0%}", f"{share:.0%}"])
        if i == 1:
            lab.result(black_first=black, recovered_first=share)
    lab.result(black_last=black, recovered_last=share)
    columns = ["层", "激活的形状", "全黑的通道", "占几成", "拼得回原图几成"]
    lab.table("从浅到深", columns, rows)
    return {"model": model, "activation_model": activation_model, "shown": shown}
