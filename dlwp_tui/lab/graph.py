"""Which layer takes which tensors: a built Keras model as the nodes of `core.layer_graph`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

INNER = 40
"""The most layers of a model used as a layer that is drawn itself: Xception's 132 would fill five screens."""


def graph(model: keras.Model) -> dict[str, Any] | None:
    """`nodes` [{name, kind, detail, shape, params, inputs, calls, output}, ...] and `inner` {name: the same}.

    From the public `get_config` alone. None for a model that has no graph: a subclass of `keras.Model` with a `call`
    of its own, one that is not built, or one whose layers cannot be described.
    """
    import keras

    if not model.built:
        return None
    try:
        nodes = _chain(model) if isinstance(model, keras.Sequential) else _functional(model)
    except (AttributeError, KeyError, NotImplementedError, TypeError, ValueError):
        return None  # a layer of the lesson's own that has no get_config
    inner = {
        layer.name: found
        for layer in model.layers
        if isinstance(layer, keras.Model) and len(layer.layers) <= INNER and (found := graph(layer))
    }
    return {"nodes": nodes, "inner": inner}


def _chain(model: keras.Sequential) -> list[dict[str, Any]]:
    (tensor,) = model.inputs
    nodes = [_node("input", "InputLayer", tensor.shape, [])]
    for at, layer in enumerate(model.layers):
        nodes.append(_of(layer, layer.output.shape if _single(layer) else None, [at]))
    nodes[-1]["output"] = True
    nodes[-1]["shape"] = _shape(model.outputs[0].shape)
    return nodes


def _functional(model: keras.Model) -> list[dict[str, Any]]:
    config = model.get_config()
    layers = {layer.name: layer for layer in model.layers}
    calls: dict[tuple[str, int], list[tuple[str, int]]] = {}
    kinds: dict[str, str] = {}
    shapes: dict[tuple[str, int], Any] = {}
    for entry in config["layers"]:
        name = entry["name"]
        kinds[name] = entry["class_name"]
        calls.update(((name, at), []) for at in range(max(1, len(entry["inbound_nodes"]))))
        for at, node in enumerate(entry["inbound_nodes"]):
            for tensor in _tensors(node):
                source = (tensor["keras_history"][0], tensor["keras_history"][1])
                calls[name, at].append(source)
                shapes[source] = tensor["shape"]
    ends = list(_ends(config["output_layers"]))
    for end, tensor in zip(ends, model.outputs, strict=True):
        shapes[end] = tensor.shape
    for name, tensor in zip((end[0] for end in _ends(config["input_layers"])), model.inputs, strict=True):
        shapes[name, 0] = tensor.shape
    order = _sorted(calls)
    index = {call: at for at, call in enumerate(order)}
    nodes = []
    for name, at in order:
        inputs = [index[source] for source in dict.fromkeys(calls[name, at])]
        shape = shapes.get((name, at))
        layer = layers.get(name)  # an operation such as `a + b` is none
        node = _of(layer, shape, inputs) if layer is not None else _node(name, kinds[name], shape, inputs)
        times = sum(call[0] == name for call in order)
        nodes.append(node | {"calls": times, "output": (name, at) in ends})
    return nodes


def _sorted(calls: Mapping[tuple[str, int], list[tuple[str, int]]]) -> list[tuple[str, int]]:
    """Every call after those it takes tensors from, else in the order of the configuration."""
    done: dict[tuple[str, int], None] = {}
    while len(done) < len(calls):
        ready = [call for call, sources in calls.items() if call not in done and all(one in done for one in sources)]
        if not ready:
            raise ValueError("the model's graph has a circle")
        done.update(dict.fromkeys(ready))
    return list(done)


def _tensors(value: Any) -> Iterator[Mapping[str, Any]]:
    """The tensors in the arguments of a call, as `get_config` writes them."""
    if isinstance(value, Mapping):
        if value.get("class_name") == "__keras_tensor__":
            yield value["config"]
            return
        value = list(value.values())
    if isinstance(value, list | tuple):
        for one in value:
            yield from _tensors(one)


def _ends(value: Any) -> Iterator[tuple[str, int]]:
    """(layer, call) of each input or output: `get_config` writes one, a list or a dict of [layer, call, tensor]."""
    if isinstance(value, Mapping):
        value = [value[key] for key in sorted(value)]  # the order of `model.inputs` and `model.outputs`
    if len(value) == 3 and isinstance(value[0], str) and isinstance(value[1], int):
        yield value[0], value[1]
        return
    for one in value:
        yield from _ends(one)


def _of(layer: Any, shape: Any, inputs: list[int]) -> dict[str, Any]:
    node = _node(layer.name, type(layer).__name__, shape, inputs)
    return node | {"detail": _detail(layer), "params": int(layer.count_params())}


def _node(name: str, kind: str, shape: Any, inputs: list[int]) -> dict[str, Any]:
    return {
        "name": name, "kind": kind, "detail": "", "shape": _shape(shape), "params": 0, "inputs": inputs, "calls": 1,
        "output": False,
    }  # fmt: skip


def _shape(shape: Any) -> str:
    return "?" if shape is None else "(" + ", ".join(str(size) for size in shape) + ")"


def _single(layer: Any) -> bool:
    try:
        return hasattr(layer.output, "shape")
    except (AttributeError, ValueError):
        return False


def _detail(layer: Any) -> str:
    """Sizes, strides, padding and activation: what tells one Dense or Conv2D from another."""
    import keras

    if isinstance(layer, keras.Model):
        return ""
    config = layer.get_config()
    inside = getattr(layer, "forward_layer", None) or getattr(layer, "layer", None)  # Bidirectional, TimeDistributed
    if inside is not None:
        return f"{type(inside).__name__} {_detail(inside)}".strip()
    parts = []
    if "input_dim" in config and "output_dim" in config:
        parts.append(f"{config['input_dim']}→{config['output_dim']}")
    parts += [str(config[key]) for key in ("units", "filters", "rate") if config.get(key) is not None]
    parts += [_sides(config[key]) for key in ("kernel_size", "pool_size") if config.get(key) is not None]
    strides = config.get("strides")
    if strides is not None and strides != config.get("pool_size") and math.prod(_tuple(strides)) > 1:
        parts.append(f"stride {_sides(strides, same=True)}")
    usual = ("linear", "tanh") if "recurrent_initializer" in config else ("linear",)
    activation = config.get("activation")
    if isinstance(activation, str) and activation not in usual:
        parts.append(activation)
    if config.get("padding") == "same":
        parts.append("same")
    return " ".join(parts)


def _tuple(value: Any) -> tuple[int, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _sides(value: Any, same: bool = False) -> str:
    """(3, 3) as "3×3"; with `same` one number where all are equal."""
    sides = _tuple(value)
    return str(sides[0]) if same and len(set(sides)) == 1 else "×".join(map(str, sides))
