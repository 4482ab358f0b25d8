"""Files without a published checksum, in two forms, in archives, in folders: checked by content, never called real."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from dlwp_tui import data
from dlwp_tui.core import paths
from dlwp_tui.core.errors import DataError
from dlwp_tui.core.language import Text
from dlwp_tui.data import archive, fetch, locate, registry, shape
from dlwp_tui.data.dataset import DataFile, Dataset
from dlwp_tui.data.import_ import import_path
from dlwp_tui.data.locate import State
from dlwp_tui.data.verify import verify
from tests.data.test_fetch import Route, Server, server  # noqa: F401  (the fixture)

HEADER = "when,t"
ROWS = 20


def _csv(rows: int = ROWS, header: str = HEADER) -> str:
    return "\n".join([header, *(f"{i},{i / 2}" for i in range(rows))]) + "\n"


def _zip(path: Path, text: str) -> Path:
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("tide.csv", text)
    return path


def _read(path: Path) -> dict[str, Any]:
    if zipfile.is_zipfile(path):
        with archive.members(path, lambda name: name == "tide.csv") as members:
            lines = next(stream.read().decode() for _name, stream, _size in members).splitlines()
    else:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    if not lines or lines[0] != HEADER:
        raise DataError(f"{path}: no tide table.")
    return {"x": np.array([[float(n) for n in line.split(",")] for line in lines[1:]])}


def _shape(arrays: Mapping[str, Any]) -> shape.Shaped:
    x = arrays["x"]
    return shape.Shaped(shape.Split(x[:10], x[:10, 1]), shape.Split(x[10:], x[10:, 1]))


def _recognise(path: Path) -> str | None:
    with path.open("rb") as file:
        return "tide.csv" if file.read(len(HEADER)) == HEADER.encode() else None


def _pack(folder: Path, into: Path) -> Path | None:
    parts = [p for p in sorted(folder.glob("day*.txt")) if p.is_file() and not p.is_symlink()]
    if not parts:
        return None
    return _zip(into / "tide.zip", "\n".join([HEADER, *(p.read_text(encoding="utf-8") for p in parts)]))


@pytest.fixture
def tide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """A dataset whose publisher states no checksum: a zip with one table, or the table itself."""
    size = _zip(tmp_path / "measure.zip", _csv()).stat().st_size
    made = Dataset(
        name="tide",
        title=Text("潮汐", "Tide"),
        what=Text("二十行", "twenty rows"),
        origin="nobody",
        files=(
            DataFile("tide.zip", ("https://example.org/tide.zip",), size),
            DataFile("tide.csv", (), 0, form_of="tide.zip", required=False),
            DataFile("tide_places.json", (), 0, required=False),
        ),
        read=_read,
        shape=_shape,
        twin=lambda: {"x": np.zeros((ROWS, 2))},
        twin_what=Text("零", "zeros"),
        options={},
        full={"x": ROWS},
        recognise=_recognise,
        pack=_pack,
    )
    monkeypatch.setitem(registry.DATASETS, "tide", made)
    return made


Offer = Callable[..., None]


@pytest.fixture
def offer(tide: Dataset, server: Server, monkeypatch: pytest.MonkeyPatch) -> Offer:  # noqa: F811
    def make(body: bytes, **changes: Any) -> None:
        url = server.url("/tide.zip", Route(body, **changes))
        files = (replace(tide.main, urls=(url,)), *tide.files[1:-1])
        monkeypatch.setitem(registry.DATASETS, "tide", replace(tide, files=files))

    return make


def _kept() -> list[str]:
    return sorted(p.name for p in paths.data().iterdir()) if paths.data().exists() else []


def test_a_download_is_checked_by_content_and_stays_unverified(tmp_path: Path, offer: Offer, server: Server) -> None:  # noqa: F811
    offer((tmp_path / "measure.zip").read_bytes())
    assert fetch.get("tide") == [paths.data() / "tide.zip"]
    status = locate.status("tide")
    assert status.state is State.UNVERIFIED and status.main.whole
    record = json.loads(locate.record_of(paths.data() / "tide.zip").read_text(encoding="utf-8"))
    assert record["from"].startswith("http://127.0.0.1") and "x: 20x2" in record["checks"][0]
    loaded = data.load("tide", "real")
    assert loaded.source == "unverified" and "unverified" in loaded.detail and len(loaded.train) == 10
    fetch.get("tide")
    assert len(server.requests) == 1, "a whole file is not downloaded again"
    (row,) = verify("tide")
    assert row.usable and row.file.checksum == "" and row.checksum == record["sha256"]


def test_a_download_that_is_cut_goes_on(tmp_path: Path, offer: Offer) -> None:
    body = (tmp_path / "measure.zip").read_bytes()
    offer(body, cut=[40, 0])
    with pytest.raises(DataError, match=f"broke off after 40 of {len(body)} bytes"):
        fetch.get("tide")
    assert locate.status("tide").state is State.HALF_DOWNLOADED
    assert data.load("tide").source == "synthetic"
    fetch.get("tide")
    assert (paths.data() / "tide.zip").read_bytes() == body


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda body: body.replace(b"when,t", b"what,t"), "damaged|no tide table"),
        (lambda body: b"<html>" + b" " * (len(body) - 6), "a web page of 127.0.0.1 came instead"),
        (lambda body: body[:-3], "instead of"),
        (lambda body: body + b"more", "instead of"),
    ],
)
def test_a_wrong_download_leaves_nothing(
    tmp_path: Path, offer: Offer, spoil: Callable[[bytes], bytes], said: str
) -> None:
    offer(spoil((tmp_path / "measure.zip").read_bytes()))
    with pytest.raises(DataError, match=said) as error:
        fetch.get("tide")
    assert _kept() == [] and "dlwp data import" in error.value.hint


def test_a_file_without_an_address(tide: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    files = (replace(tide.main, urls=()), *tide.files[1:])
    monkeypatch.setitem(registry.DATASETS, "tide", replace(tide, files=files))
    with pytest.raises(DataError, match="cannot be downloaded by a program") as error:
        fetch.get("tide")
    assert "dlwp data import FILE" in error.value.hint


def test_an_address_that_leads_out_of_https(tide: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    class Answer(io.BytesIO):
        url, status, headers = "http://example.org/tide.zip", 200, MappingProxyType[str, str]({})

    monkeypatch.setattr("urllib.request.urlopen", lambda *_args, **_more: Answer(b"x"))
    with pytest.raises(DataError, match="anybody on the way could change"):
        fetch.get("tide")
    assert _kept() == []


def test_the_publishers_size_and_content_need_no_accept(tmp_path: Path, tide: Dataset) -> None:
    (done,) = import_path((tmp_path / "measure.zip").rename(tmp_path / "tide.zip"))
    assert done.state is State.UNVERIFIED and "no checksum to compare" in done.message
    assert _kept() == ["tide.zip", "tide.zip.accepted.json"]


def test_another_size_needs_accept(tmp_path: Path, tide: Dataset) -> None:
    path = _zip(tmp_path / "tide.zip", _csv(ROWS - 1))
    with pytest.raises(DataError, match="the original") as refused:
        import_path(path)
    assert "--accept" in refused.value.hint and _kept() == []
    import_path(path, accept=True)
    assert locate.status("tide").state is State.UNVERIFIED and not locate.status("tide").main.whole


def test_the_other_form_under_any_name(tmp_path: Path, tide: Dataset) -> None:
    path = tmp_path / "from a friend"
    path.write_text(_csv(), encoding="utf-8")
    (done,) = import_path(path)
    assert (done.file, done.state) == ("tide.csv", State.UNVERIFIED)
    status = locate.status("tide")
    assert status.state is State.UNVERIFIED and status.main.file.name == "tide.csv"
    assert data.load("tide").source == "unverified"
    assert [row.file.name for row in verify("tide")] == ["tide.csv", "tide_places.json"], "the absent zip is no row"
    assert fetch.get("tide") == [paths.data() / "tide.csv"], "all is there: nobody is asked"


def test_a_part_of_the_other_form(tmp_path: Path, offer: Offer) -> None:
    offer((tmp_path / "measure.zip").read_bytes())
    path = tmp_path / "tide.csv"
    path.write_text(_csv(7), encoding="utf-8")
    with pytest.raises(DataError, match="not all that its publisher offers"):
        import_path(path)
    import_path(path, accept=True)
    assert data.load("tide").source == "unverified"
    fetch.get("tide")
    assert _kept()[-2:] == ["tide.zip", "tide.zip.accepted.json"], "a part does not keep get from fetching the whole"


def test_an_accepted_file_that_was_changed(tmp_path: Path, tide: Dataset) -> None:
    import_path((tmp_path / "measure.zip").rename(tmp_path / "tide.zip"))
    path = paths.data() / "tide.zip"
    path.write_bytes(path.read_bytes()[::-1])
    assert locate.status("tide").state is State.DAMAGED and "was changed" in locate.status("tide").detail
    assert data.load("tide").source == "synthetic"
    with pytest.raises(DataError, match="was changed"):
        data.load("tide", "real")


def test_keras_cache_counts_by_size(tmp_path: Path, tide: Dataset) -> None:
    folder = locate.keras_folders()[0]
    folder.mkdir(parents=True)
    (tmp_path / "measure.zip").rename(folder / "tide.zip")
    assert data.load("tide").source == "unverified"
    _zip(folder / "tide.zip", _csv(3))
    assert locate.status("tide").state is State.DAMAGED
    assert f"dlwp data import {folder / 'tide.zip'}" in locate.status("tide").detail


def test_a_folder_is_packed(tmp_path: Path, tide: Dataset) -> None:
    folder = tmp_path / "days"
    folder.mkdir()
    with pytest.raises(DataError, match="no dataset file"):
        import_path(folder)
    for i in range(5):
        (folder / f"day{i}.txt").write_text(f"{i},1", encoding="utf-8")
    with pytest.raises(DataError, match="not all that its publisher offers") as refused:
        import_path(folder)
    assert str(folder) in refused.value.message and _kept() == []
    (done,) = import_path(folder, accept=True)
    assert done.file == "tide.zip" and _kept() == ["tide.zip", "tide.zip.accepted.json"]
    assert len(data.load("tide").train) == 5


def test_members_are_judged_while_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.gz"
    for name in ("../out.txt", "/out.txt"):
        with tarfile.open(path, "w:gz") as tar:
            for member in ("good.txt", name):
                info = tarfile.TarInfo(member)
                info.size = 3
                tar.addfile(info, io.BytesIO(b"abc"))
        got = []
        with pytest.raises(DataError, match="outside the folder"), archive.members(path, lambda _: True) as members:
            got = [stream.read() for _name, stream, _size in members]
        assert got == []
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match="damaged or cut off"), archive.members(path, lambda _: False) as members:
        list(members)


def test_options_that_choose_a_part(tmp_path: Path, tide: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(path: Path, column: int = 1) -> dict[str, Any]:
        return {"x": _read(path)["x"][:, [0, column]]}

    def pick(files: Sequence[Path], options: Mapping[str, Any]) -> Path:
        if options["column"] > 1:
            raise DataError("tide has the columns 0 and 1.", "Ask for one of them.")
        return files[0]

    changed = replace(
        tide,
        read=read,
        twin=lambda column: {"x": np.full((ROWS, 2), float(column))},
        shape=lambda arrays, column: _shape(arrays),
        options={"column": 1},
        read_options=("column",),
        pick=pick,
    )
    monkeypatch.setitem(registry.DATASETS, "tide", changed)
    import_path((tmp_path / "measure.zip").rename(tmp_path / "tide.zip"))
    for _ in range(2):  # the second time from the cache
        assert data.load("tide").train.x[4].tolist() == [4, 2]
        assert data.load("tide", column=0).train.x[4].tolist() == [4, 4]
        assert data.load("tide", "synthetic", column=7).train.x[4].tolist() == [7, 7]
    other = data.load("tide", column=2)
    assert other.source == "synthetic" and "columns 0 and 1" in other.detail
    with pytest.raises(DataError, match="columns 0 and 1"):
        data.load("tide", "real", column=2)
