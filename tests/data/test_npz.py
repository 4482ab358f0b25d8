"""The safe npz reader: what is genuine comes through, what is hostile or broken is a sentence and nothing else."""

from __future__ import annotations

import os
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlwp_tui.core.errors import DataError
from dlwp_tui.data import npz, unpickle
from dlwp_tui.data.sequences import Sequences
from tests.data.conftest import LISTS, objects, write_imdb, write_npz


def header(shape: str = "(3,)", descr: str = "'|O'") -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


def pickled(value: Any, protocol: int = 4) -> bytes:
    return pickle.dumps(value, protocol=protocol)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])  # 2: as Python 2 and numpy 1 wrote it
def test_object_arrays_of_every_numpy_generation(tmp_path: Path, protocol: int) -> None:
    rows = [[1, 200, 70_000], list(range(3000)), [5]]
    body = pickled(objects(rows), max(protocol, 3))
    if protocol == 2:
        assert body.startswith(b"\x80\x03") and b"C\x01b" in body
        body = body.replace(b"\x80\x03", b"\x80\x02", 1).replace(b"C\x01b", b"U\x01b")
        body = body.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    number = header("(1,)", "'<i8'") + b"\7" + b"\0" * 7
    found = npz.read(write_npz(tmp_path / "a.npz", {"x.npy": header() + body, "y.npy": number}))
    assert isinstance(found["x"], Sequences)
    assert [r.tolist() for r in found["x"]] == rows
    assert found["y"].tolist() == [7]  # type: ignore[union-attr]


def test_protocol_2_as_python_3_writes_it(tmp_path: Path) -> None:
    rows = [[1, 200], [3]]
    body = pickled(objects(rows), 2)
    assert b"_codecs" in body
    found = npz.read(write_npz(tmp_path / "a.npz", {"x.npy": header("(2,)") + body}))
    assert [r.tolist() for r in found["x"]] == rows


def test_files_numpy_itself_writes(tmp_path: Path) -> None:
    found = npz.read(write_imdb(tmp_path / "imdb.npz"))
    assert [r.tolist() for r in found["x_train"]] == LISTS["x_train"]
    assert found["x_train"].values.dtype == np.int32  # type: ignore[union-attr]


class _Runs:
    """Creates a file when unpickled."""

    def __init__(self, flag: Path) -> None:
        self.flag = flag

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.flag),)


@pytest.mark.parametrize("protocol", [0, 1, 2, 4, 5])
@pytest.mark.parametrize("deep", [False, True])
def test_a_pickle_that_runs_code_is_refused_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, protocol: int, deep: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    flag = Path("ran")
    hostile = objects([[1], [2, _Runs(flag)], [3]]) if deep else _Runs(flag)
    path = write_npz(tmp_path / "imdb.npz", {"x_train.npy": header() + pickled(hostile, protocol)})
    with pytest.raises(DataError) as refused:
        npz.read(path)
    assert not flag.exists()
    assert str(path) in refused.value.message and "x_train" in refused.value.message
    if protocol >= 4 or (protocol == 2 and not deep):
        assert "mkdir" in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ([[1, 2], [3.5], [1]], "BINFLOAT"),
        ([[1], ["word"], [1]], "other than whole numbers"),
        ([[1], [True], [1]], "other than whole numbers"),
        ([[1], [[2]], [1]], "other than whole numbers"),
        ([[1], None, [1]], "NoneType as item 1"),
        ([[1], [2**40], [1]], "LONG1"),
        ([[1], {"a": 1}, [1]], "EMPTY_DICT"),
        ([[1], [2]], "2 lists instead of 3"),
    ],
)
def test_anything_but_lists_of_numbers_is_refused(tmp_path: Path, value: list[Any], found: str) -> None:
    with pytest.raises(DataError, match=found):
        npz.read(write_npz(tmp_path / "a.npz", {"x.npy": header() + pickled(objects(value))}))


def test_a_pickle_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="list instead of an array"):
        npz.read(write_npz(tmp_path / "a.npz", {"x.npy": header() + pickled([[1], [2], [3]])}))


@pytest.mark.parametrize(
    "stream",
    [
        b"\x80\x04]r\xff\xff\xff\x7f.",  # a memo of two thousand million places
        b"\x80\x04\x95\xff\xff\xff\xff\xff\x00\x00\x00].",  # a frame of a terabyte
        b"\x80\x04C\xffab.",  # a string that is not there
        b"\x80\x04B\xff\xff\xff\x7fab.",  # the same, 2 GB long
        b"\x80\x04](K\x01",  # no end
        b"",
    ],
)
def test_pickles_made_to_exhaust_memory_or_cut_off(stream: bytes) -> None:
    with pytest.raises(DataError):
        unpickle.sequences(stream, 1, Path("a.npz"), "x")


def test_one_list_used_a_thousand_times_cannot_swell(tmp_path: Path) -> None:
    row = list(range(2000))
    body = pickled(objects([row] * 1000))
    assert len(body) < 20_000, "the list is stored once"
    with pytest.raises(DataError, match="exhaust the memory"):
        npz.read(write_npz(tmp_path / "a.npz", {"x.npy": header("(1000,)") + body}))


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (header("(1000000000000000,)", "'<f8'") + b"\0" * 8, "announces"),
        (header("(-1,)", "'<f8'"), "announces"),
        (header("(2,)", "'<f8'") + b"\0" * 8, "announces"),
        (header("(1,)", "'|S8'") + b"\0" * 8, "of the type"),
        (header("(1,)", "[('a', '|O')]") + b"\0" * 8, "of the type"),
        (header("(2, 2)"), "has the shape"),
        (header("__import__('os')"), "header"),
        (b"\x93NUMPY\x01\x00\xff\xff{", "header"),
        (b"\x93NUMPY\x01\x00\x10\x00{'descr': (\n     ", "header"),  # NumPy raises tokenize's own error
        (b"\x93NUMPY\x09\x00" + b"\0" * 64, "header"),
        (b"", "header"),
        (b"GIF89a", "header"),
    ],
)
def test_absurd_headers(tmp_path: Path, body: bytes, found: str) -> None:
    path = write_npz(tmp_path / "a.npz", {"x.npy": body})
    with pytest.raises(DataError, match=found) as refused:
        npz.read(path)
    assert str(path) in refused.value.message
    assert npz.shapes(path).keys() <= {"x"}


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npz, "MAX_MEMBER", 1 << 20)
    bomb = write_npz(tmp_path / "a.npz", {"x.npy": b"\0" * (3 << 20)})
    assert bomb.stat().st_size < 10_000
    with pytest.raises(DataError, match="3145728 bytes"):
        npz.read(bomb)


def test_a_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "a.npz", {"x.npy": b"\0" * (3 << 20)})
    body = path.read_bytes().replace(struct.pack("<I", 3 << 20), struct.pack("<I", 100))
    path.write_bytes(body)
    with pytest.raises(DataError):
        npz.read(path)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"<!DOCTYPE html><html>Please log in</html>", "web page"),
        (b"  <HTML>404</HTML>", "web page"),
        (b"", "is empty"),
        (b"hello", "text file"),
        (b'{"the": 1}', "JSON"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"PK\3\4" + b"\0" * 50, "breaks off"),
        (b"\0\1\2", "unknown kind"),
    ],
)
def test_wrong_files_are_called_by_their_name(tmp_path: Path, body: bytes, what: str) -> None:
    path = tmp_path / "imdb.npz"
    path.write_bytes(body)
    with pytest.raises(DataError, match=what) as refused:
        npz.read(path)
    assert str(path) in refused.value.message and refused.value.hint


def test_a_cut_off_npz(tmp_path: Path) -> None:
    path = write_imdb(tmp_path / "imdb.npz")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError, match="breaks off"):
        npz.read(path)


def test_a_flipped_byte(tmp_path: Path) -> None:
    path = write_imdb(tmp_path / "imdb.npz")
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("x_train.npy")
    body = bytearray(path.read_bytes())
    body[info.header_offset + 100] ^= 0xFF
    path.write_bytes(bytes(body))
    with pytest.raises(DataError):
        npz.read(path)
