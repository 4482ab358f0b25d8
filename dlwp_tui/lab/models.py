"""A Keras model described, kept and loaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlwp_tui.core.errors import RunError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    import keras

    from dlwp_tui.lab.lab import Lab

_WEIGHTS = ".weights.h5"


def summary(model: keras.Model) -> dict[str, Any]:
    """`layers` [[name, kind, output shape, parameters], ...], `params` and `trainable`; None for what is not built.

    And `graph`, which layer takes which tensors, as `lab.graph.graph` makes it.
    """
    import math

    from dlwp_tui.lab.graph import graph

    layers = [[layer.name, type(layer).__name__, _shape(layer), _params(layer)] for layer in model.layers]
    built = all(row[3] is not None for row in layers)
    trainable = sum(math.prod(weight.shape) for weight in model.trainable_weights)
    counts = {"params": _params(model) if built else None, "trainable": trainable if built else None}
    return {"layers": layers, **counts, "graph": graph(model)}


def save(lab: Lab, model: keras.Model, name: str) -> Path:
    """Keep `model` under the run's artifacts; a reader, or a crash, sees the old file or the new one."""
    suffix = _WEIGHTS if name.endswith(_WEIGHTS) else ".keras"
    path = lab.artifact(name if name.endswith(suffix) else name + suffix)
    part = path.with_name(f".part-{path.name}")
    with lab.recorder.stop.hold():
        if suffix == _WEIGHTS:
            model.save_weights(part, overwrite=True)
        else:
            model.save(part, overwrite=True)
        part.replace(path)
    return path


def load(lab: Lab, name: str, into: keras.Model | None) -> keras.Model:
    """The model, or the weights `into` a model, kept under `name`. FileNotFoundError lists what is there."""
    suffix = _WEIGHTS if name.endswith(_WEIGHTS) else ".keras"
    path = lab.artifact(name if name.endswith(suffix) else name + suffix)
    if not path.exists():
        there = ", ".join(sorted(p.name for p in lab.artifacts.iterdir())) or "nothing"
        raise FileNotFoundError(f"the run has kept no {path.name} (there is {there})")
    if suffix == _WEIGHTS and into is None:
        raise ValueError(f"load({name!r}) needs the model to load the weights into: load({name!r}, into=model)")
    return read(path, into if suffix == _WEIGHTS else None)


def read(path: Path, into: keras.Model | None = None) -> keras.Model:
    """The model in a .keras file, or `into` with the weights in a .weights.h5 file. RunError where it is damaged."""
    from keras.saving import load_model

    try:
        if into is None:
            return load_model(path)
        into.load_weights(path)
    except Exception as error:  # Keras', h5py's and zipfile's, without a common kind
        raise unreadable(path, error) from error
    return into


def unreadable(path: Path, error: Exception) -> RunError:
    """What to raise where a run's file does not load."""
    reason = str(error).strip().partition("\n")[0].removesuffix(".") or type(error).__name__
    return RunError(
        _("{path} cannot be loaded: {reason}.").format(path=path, reason=reason),
        _("It is damaged, or of another network. Start the run anew with `dlwp rerun`."),
    )


def _shape(layer: Any) -> str:
    try:
        output = layer.output
    except (AttributeError, ValueError):  # a layer that was never called has none
        return "?"
    shapes = [output] if hasattr(output, "shape") else list(output)
    return ", ".join("(" + ", ".join(str(size) for size in one.shape) + ")" for one in shapes)


def _params(layer: Any) -> int | None:
    try:
        return int(layer.count_params())
    except ValueError:  # not built yet
        return None
