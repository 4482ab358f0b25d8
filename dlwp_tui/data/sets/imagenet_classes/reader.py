"""The names of ImageNet's 1,000 classes, which a pretrained classifier's outputs stand for (lesson 5.4.3)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dlwp_tui.core import parsed, paths
from dlwp_tui.core.errors import DataError
from dlwp_tui.core.language import Text, _
from dlwp_tui.data import npz, shape
from dlwp_tui.data.dataset import DataFile, Dataset
from dlwp_tui.data.texts import Texts

if TYPE_CHECKING:
    from dlwp_tui.data.dataset import Arrays

NAME = "imagenet_class_index.json"
CLASSES = 1000
LARGEST = 1 << 20
"""Bytes; the real file has 35,363."""


def read(path: Path) -> Arrays:
    """imagenet_class_index.json, {"0": ["n01440764", "tench"], ...} -> names_utf8, names_offsets."""
    try:
        found = parsed.json_value(paths.read_bytes(path, LARGEST))
        names = [found[str(i)][1].replace("_", " ") for i in range(CLASSES)]
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise DataError(
            _("{path} {what}; a list of ImageNet's 1,000 classes is needed.").format(path=path, what=npz.what_is(path)),
            _("Get the file again, compare its size with the one `dlwp data list` shows, then import it."),
        ) from error
    texts = Texts.of(names)
    return {"names_utf8": texts.values, "names_offsets": texts.offsets}


def as_names(arrays: Arrays) -> shape.Shaped:
    """train.x: the names in the order of the outputs; nothing in test."""
    import numpy as np

    names = Texts(arrays["names_utf8"], arrays["names_offsets"])
    return shape.Shaped(shape.Split(names, np.arange(CLASSES)), shape.Split(Texts.of([]), np.zeros(0, np.int64)))


DATASET = Dataset(
    name="imagenet_classes",
    title=Text("ImageNet 的类名", "ImageNet's class names"),
    what=Text("ImageNet 一千个类的英文名", "the English names of ImageNet's 1,000 classes"),
    origin="Deng et al. 2009, ImageNet; the list of Keras",
    files=(
        DataFile(
            NAME,
            (
                "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json",
                "https://s3.amazonaws.com/deep-learning-models/image-models/imagenet_class_index.json",
            ),
            35_363,
            md5="c2c37ea517e94d9795004a39431a14cb",
            licence="Apache 2.0, Keras",
        ),
    ),
    read=read,
    shape=as_names,
)
