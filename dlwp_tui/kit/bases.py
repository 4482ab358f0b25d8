"""Pretrained bases for lessons 5.3, 5.4, 8.2 and 8.3: networks whose convolutions were trained on other pictures.

`vgg16` and `mobilenet_v2` need their weights: `dlwp data get vgg16`, or a file carried over by hand. `mini` has VGG16's
layers by name, far fewer filters, and needs nothing: it is pretrained here on drawn pictures, once.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

import keras
import numpy as np

from dlwp_tui import data
from dlwp_tui.core.language import _
from dlwp_tui.kit import mini, shapes
from dlwp_tui.runs import kinds

if TYPE_CHECKING:
    from dlwp_tui.lab.lab import Lab

Name = Literal["mini", "vgg16", "mobilenet_v2"]
NAMES: tuple[Name, ...] = ("mini", "vgg16", "mobilenet_v2")
CAFFE = np.array([103.939, 116.779, 123.68], np.float32)
"""The means of blue, green and red over ImageNet, which VGG16 takes off, in this order of channels."""


def load(
    lab: Lab, name: Name, include_top: bool = False, input_shape: tuple[int | None, int | None, int] | None = None
) -> keras.Model:
    """The base with its pretrained weights, built; its layers have the names they have in Keras, or in the book.

    include_top: with the classifier it was trained with, which ends in a softmax; VGG16's and MobileNetV2's then take
    pictures of 224 x 224 alone. input_shape: (height, width, 3), None for sides that may vary; by default 224 x 224
    with the classifier, else any. The run's log says which weights they are. Raises DataError where they are not there.
    """
    if input_shape is None:
        input_shape = (224, 224, 3) if include_top and name != "mini" else (None, None, 3)
    if name == "mini":
        model = mini.build(input_shape, include_top)
        found: Any = mini.weights(lab)
        detail = _(
            "Base mini: a small VGG-like net pretrained on drawn shapes and parts of animals, here; no photographs."
        )
        lab.recorder.event(kinds.DATASET, name="mini", source="synthetic", detail=detail)
    else:
        build = keras.applications.VGG16 if name == "vgg16" else keras.applications.MobileNetV2
        model = build(weights=None, include_top=include_top, input_shape=input_shape)
        used = data.load(name, source="real", top=include_top)
        found = used.plain
        lab.recorder.event(kinds.DATASET, name=name, source=used.source, detail=used.detail)
    _fill(model, found)
    return model


def preprocess(name: Name, x: Any) -> np.ndarray:
    """RGB pictures of 0 to 255, (..., h, w, 3), as the base takes them, float32."""
    x = np.asarray(x, np.float32)
    if name == "vgg16":
        return np.asarray(x[..., ::-1] - CAFFE)
    return np.asarray(x / 127.5 - 1)


def deprocess(name: Name, x: Any) -> np.ndarray:
    """What `preprocess` made, or a dream of the base, as RGB pictures to look at, uint8."""
    x = np.asarray(x, np.float32)
    x = (x + CAFFE)[..., ::-1] if name == "vgg16" else (x + 1) * 127.5
    levels: np.ndarray = np.clip(np.rint(x), 0, 255)
    return levels.astype(np.uint8)


def classes(name: Name) -> tuple[str, ...]:
    """What the outputs of the classifier stand for: 12 figures of `mini`, 1,000 things of ImageNet, in English.

    Raises DataError where the list of ImageNet's names is not there.
    """
    if name == "mini":
        return tuple(map(str, shapes.KINDS))
    return tuple(data.load("imagenet_classes", source="real").train.x)


def _fill(model: keras.Model, found: Any) -> None:
    """Set the weights of each layer that has any, by its name, or by the place among its kind of layers."""
    seen: Counter[str] = Counter()
    for layer in model.layers:
        kind = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(layer).__name__).lower().replace("2_d", "2d")
        place = f"{kind}_{seen[kind]}" if seen[kind] else kind
        seen[kind] += 1
        if layer.weights:
            by = layer.name if f"{layer.name}.0" in found else place
            layer.set_weights([found[f"{by}.{i}"] for i in range(len(layer.weights))])
