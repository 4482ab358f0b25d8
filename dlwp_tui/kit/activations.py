"""What each layer of a network makes of one picture, channel by channel: a walk through the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras

CHANNELS = 64
"""Channels shown of a layer at most: the first ones. VGG16's last layers have 512."""


class Activations:
    """`Activations(model)(batch)`: the outputs of every layer that still is a picture, for the first of a batch."""

    def __init__(self, model: keras.Model) -> None:
        """`model` is built. Layers with an output (n, h, w, channels) of more than one pixel count, inputs do not."""
        import keras

        kept = [layer for layer in model.layers if _is_picture(layer)]
        self._names = [layer.name for layer in kept]
        inputs = model.inputs[0] if len(model.inputs) == 1 else model.inputs
        self._model = keras.Model(inputs, [layer.output for layer in kept]) if kept else None

    def __call__(self, batch: Any) -> dict[str, np.ndarray]:
        """For the answer's `grids` of a demo, or `lab.picture_grid`: {"conv2d 26×26×32": (32, 26, 26), ...}."""
        if self._model is None:
            return {}
        outputs = self._model(batch, training=False)
        found = {}
        for name, output in zip(self._names, outputs if isinstance(outputs, list | tuple) else [outputs], strict=True):
            maps = np.asarray(output)[0]
            shape = "×".join(map(str, maps.shape))
            found[f"{name}  {shape}"] = maps[:, :, :CHANNELS].transpose(2, 0, 1)
        return found


def _is_picture(layer: keras.Layer) -> bool:
    import keras

    if isinstance(layer, keras.layers.InputLayer):
        return False
    shape: tuple[int | None, ...] = getattr(layer.output, "shape", ())
    return len(shape) == 4 and (shape[1], shape[2]) != (1, 1)
