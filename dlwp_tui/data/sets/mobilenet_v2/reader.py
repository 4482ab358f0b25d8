"""MobileNetV2's weights: a small pretrained base (lessons 5.3 and 5.4)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dlwp_tui.core.language import Text
from dlwp_tui.data.dataset import DataFile, Dataset
from dlwp_tui.data.sets import weights

if TYPE_CHECKING:
    from dlwp_tui.data.dataset import Arrays

NAME = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"
TOP = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"
DEQUANTISED = "mobilenet_v2_1.0_224_dequantised.weights.h5"
RELEASE = "https://github.com/JonathanCMitchell/mobilenet_v2_keras/releases/download/v1.1/"
"""Keras' older home of the same files."""
LICENCE = "Apache 2.0, Google"


def read(path: Path) -> Arrays:
    """The weights of its convolutions and normalisations, and of the classifier where the file has it."""
    arrays = weights.read(path)
    first, last = ("Conv1.0", "Conv_1.0") if "Conv1.0" in arrays else ("conv2d.0", "conv2d_34.0")
    return weights.checked(arrays, path, {first: (3, 3, 3, 32), last: (1, 1, 320, 1280)})


DATASET = Dataset(
    name="mobilenet_v2",
    title=Text("MobileNetV2 的权重", "MobileNetV2's weights"),
    what=Text(
        "在 ImageNet 的 120 万张照片上训练好的小网络，拿来当基座",
        "a small network trained on the 1.2 million photographs of ImageNet, to build upon",
    ),
    origin="Sandler et al. 2018; converted for Keras, https://keras.io/api/applications/mobilenet/",
    files=(
        DataFile(
            NAME,
            (f"{weights.KERAS}mobilenet_v2/{NAME}", RELEASE + NAME),
            9_406_464,
            licence=LICENCE,
        ),
        DataFile(TOP, (), 14_536_120, form_of=NAME, required=False, licence=LICENCE),
        DataFile(
            DEQUANTISED,
            size=14_579_240,
            licence=LICENCE,
            required=False,
            form_of=NAME,
            what=Text("由 8 位整数模型换算回来的权重，归一化已并入卷积", "computed back from a model of 8-bit numbers"),
        ),
    ),
    read=read,
    shape=weights.as_weights,
    twin_what=Text("", ""),
    options={"top": False},
    pick=weights.pick("_1.0_224"),
    single=True,
)
