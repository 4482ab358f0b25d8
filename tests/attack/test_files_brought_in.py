"""Files that somebody else made: bombs, cut and misnamed archives, pipes and huge files in the place of small ones.

Nothing takes more memory than it should, nothing outside its folder is touched, no program is started. The bombs are
small here: their sizes are announced only, or their files sparse.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from dlwp_tui.core import content, last_values, own_notes, paths, progress, settings
from dlwp_tui.core.errors import DataError, DlwpError, UsageError
from dlwp_tui.course import claims, files, glossary, lesson_code, note, parse, reader
from dlwp_tui.data import apart, archive, import_, npz, pixels, registry, unpickle, words
from dlwp_tui.render import picture
from dlwp_tui.runs import labels, log, packed, store
from dlwp_tui.runs.folder import RunFolder
from tests.attack.parsers import RUN, run_folder

NEVER = 32 << 20
"""Bytes that no refusal may take; a bomb announces a gigabyte."""
GB = 1 << 30


@contextlib.contextmanager
def in_little_memory(most: int = NEVER) -> Iterator[None]:
    """Python's own memory stays below `most` bytes."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()


def sparse(path: Path, start: bytes, size: int) -> Path:
    """A file of `size` bytes that takes no room: `start`, then zeros."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(start)
    os.truncate(path, size)
    return path


def tar(path: Path, *names: str, mode: str = "w:gz") -> Path:
    """A tar archive of files with these names."""
    with tarfile.open(path, mode) as packed_:  # type: ignore[call-overload]
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = 3
            packed_.addfile(member, io.BytesIO(b"abc"))
    return path


def header(kind: bytes, size: int) -> bytes:
    """One tar header of this kind that announces so many bytes."""
    member = tarfile.TarInfo("x")
    member.type, member.size = kind, size
    return member.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE])
def test_a_header_of_a_gigabyte_is_not_read(tmp_path: Path, kind: bytes) -> None:
    path = sparse(tmp_path / "aclImdb_v1.tar", header(kind, GB), GB + 4096)
    with in_little_memory():
        assert archive.is_archive(path)
        assert archive.first_names(path) == []
        with pytest.raises(DataError, match="headers is endless"), archive.members(path, lambda _name: True) as found:
            list(found)
        with pytest.raises(DlwpError):
            import_.import_path(path)


def test_many_headers_in_a_row_are_no_recursion(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(header(tarfile.XGLTYPE, 0) * 5000 + bytes(1024))
    with pytest.raises(DataError), archive.members(path, lambda _name: True) as found:
        list(found)


def test_folders_without_end_count_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_FILES", 100)
    path = tmp_path / "a.tar"
    path.write_bytes(header(tarfile.DIRTYPE, 0) * 200 + bytes(1024))
    with pytest.raises(DataError, match="101 files"), archive.members(path, lambda _name: True) as found:
        list(found)
    path.write_bytes(header(tarfile.DIRTYPE, GB) + bytes(1024))
    with pytest.raises(DataError, match="bytes"), archive.members(path, lambda _name: True) as found:
        list(found)


@pytest.mark.parametrize("name", [".", "", "n" * 300, "猫" * 90, "a/../../b", "c:x"])
@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_no_odd_name_is_more_than_a_sentence(tmp_path: Path, name: str, kind: str) -> None:
    path = tmp_path / f"data.{kind}"
    if kind == "tar":
        tar(path, name)
    else:
        with zipfile.ZipFile(path, "w") as zipped:
            zipped.writestr(name or ".", b"abc")
    with pytest.raises(DataError, match="not unpacked"):
        archive.unpack(path, tmp_path / "into", lambda _name: True)
    with pytest.raises(DlwpError):
        import_.import_path(path)
    assert not (tmp_path / "into").exists()


def test_a_member_inside_another_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a file and a folder"):
        archive.unpack(tar(tmp_path / "a.tar", "a", "a/b"), tmp_path / "into", lambda _name: True)


@pytest.mark.parametrize("mode", ["gz", "bz2", "xz"])
def test_a_cut_archive_is_called_one(tmp_path: Path, mode: str) -> None:
    path = tar(tmp_path / "aclImdb_v1.tar.gz", *map(str, range(50)), mode=f"w:{mode}")
    path.write_bytes(path.read_bytes()[:40])
    assert archive.is_archive(path) and archive.first_names(path) == []
    with pytest.raises(DataError, match="damaged or cut off"):
        registry.get("aclimdb").read(path)
    with pytest.raises(DlwpError):
        import_.import_path(path)


def test_a_small_archive_that_grows_is_refused_before_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "SMALL", 1 << 20)
    body = bytes(3 << 20)
    with zipfile.ZipFile(tmp_path / "data.zip", "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("boston_housing.csv", body)
    with tarfile.open(tmp_path / "data.tar.gz", "w:gz") as packed_:
        member = tarfile.TarInfo("boston_housing.csv")
        member.size = len(body)
        packed_.addfile(member, io.BytesIO(body))
    for name in ("data.zip", "data.tar.gz"):
        with pytest.raises(DataError, match="would unpack to"):
            archive.unpack(tmp_path / name, tmp_path / "into", lambda _name: True)
        with pytest.raises(DataError, match="would unpack to"):
            import_.import_path(tmp_path / name)
    assert not (tmp_path / "into").exists() and not list(paths.data().glob(".import*"))


def test_a_disk_that_fills_up_while_unpacking_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tar(tmp_path / "a.tar", "b")
    monkeypatch.setattr(Path, "open", lambda *_args: open("/dev/full", "wb", buffering=0))  # noqa: PTH123, SIM115
    with pytest.raises(DlwpError, match="disk is full"):
        archive.unpack(path, tmp_path / "into", lambda _name: True)


def test_a_zip_of_a_million_members_is_not_listed(tmp_path: Path) -> None:
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 200 << 20, 0, 0)
    path = sparse(tmp_path / "a.zip", b"PK\1\2", 200 << 20)
    with path.open("ab") as file:
        file.write(end)
    with in_little_memory(2 * archive.ZIP_DIRECTORY + NEVER):
        with pytest.raises(DataError, match="endless"), archive.members(path, lambda _name: True) as found:
            list(found)
        assert npz.keys(path) is None
        with pytest.raises(DataError):
            npz.read(path)


def grown(path: Path, size: int) -> Path:
    """An npz whose three arrays announce `size` bytes each."""
    with zipfile.ZipFile(path, "w") as zipped:
        for name in "abc":
            zipped.writestr(f"{name}.npy", b"\x93NUMPY")
    data, at = bytearray(path.read_bytes()), 0
    while (at := data.find(b"PK\1\2", at)) >= 0:
        data[at + 24 : at + 28] = struct.pack("<L", size)
        at += 4
    path.write_bytes(data)
    return path


def test_the_arrays_of_an_npz_are_judged_together(tmp_path: Path) -> None:
    with in_little_memory(), pytest.raises(DataError, match="would unpack to"):
        npz.read(grown(tmp_path / "a.npz", npz.MAX_MEMBER // 2))


def test_lists_in_an_npz_may_be_less_than_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npz, "MAX_LISTS", 20)
    lists = np.empty(2, object)
    lists[:] = [[1], [2]]
    np.savez(tmp_path / "a.npz", x=lists)
    with pytest.raises(DataError, match="would unpack to"):
        npz.read(tmp_path / "a.npz")


def test_a_key_of_tuples_without_end_is_never_hashed() -> None:
    """Hashing it would overflow the C stack, which no exception ends."""
    stream = b"\x80\x04}(" + b")" + b"\x85" * 100_000 + b"K\x01u."
    with pytest.raises(DataError, match="instruction"):
        unpickle.batch(stream, Path("a"), "b", 100)


def test_a_file_that_is_read_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HDF5's library does that with one damaged file of 2,000, and Python cannot end it. A reader stands for it."""
    folder = tmp_path / "lessons/datasets/endless"
    folder.mkdir(parents=True)
    code = (registry.SETS / "boston_housing/reader.py").read_text(encoding="utf-8")
    code = code.replace('"boston_housing"', '"endless"').replace("boston_housing.", "endless.")
    code = code.replace("    import numpy as np\n", "    while True:\n        pass\n", 1)
    (folder / "reader.py").write_text(code, encoding="utf-8")
    monkeypatch.setattr(apart, "PATIENCE", 1)
    monkeypatch.setattr(content, "_used", [tmp_path / "lessons"])
    path = tmp_path / "endless.npz"
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    with pytest.raises(DataError, match="does not end"):
        import_.import_path(path, "endless", accept=True)


def png(width: int, height: int) -> bytes:
    """A PNG of black pixels of which only the first row is there."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

    size = struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1 + 3 * width))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def drawing(path: Path) -> object:
    """What `dlwp predict` reads of a digit."""
    from dlwp_tui.cli import demo_input

    return demo_input._drawing(str(path))


LOOK: list[Callable[[Path], object]] = [pixels.check, pixels.picture, picture.open_picture, drawing]


@pytest.mark.parametrize("look", LOOK)
def test_a_large_picture_is_refused_by_its_size(tmp_path: Path, look: Callable[[Path], object]) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png(10_000, 10_000))
    with pytest.raises(DlwpError, match="10000 x 10000 pixels"):
        look(path)


@pytest.mark.parametrize("look", LOOK)
def test_no_program_decodes_a_picture(
    tmp_path: Path, look: Callable[[Path], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    gs = tmp_path / "bin" / "gs"
    gs.parent.mkdir()
    gs.write_text(f"#!/bin/sh\necho ran >> {tmp_path}/ran\n")
    gs.chmod(0o755)
    monkeypatch.setenv("PATH", f"{gs.parent}:{os.environ['PATH']}")
    path = tmp_path / "a.png"
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 40 40\n%%EndComments\nshowpage\n")
    with pytest.raises(DlwpError):
        look(path)
    assert not (tmp_path / "ran").exists()


def judge(name: str) -> Callable[[Path], object]:
    """The reader of a dataset's file."""
    return lambda path: registry.get(name).read(path)


READERS: dict[str, Callable[[Path], object]] = {
    "a course file": lambda path: files.read_text(path, path.parent),
    "lesson.toml": lambda path: parse.lesson(path, path.parent, path.parent, "1.1"),
    "note.md": lambda path: note.read(path, path.parent, "1.1"),
    "a title": lambda path: reader._note_title(path, "1.1"),
    "lesson.py": lambda path: lesson_code.read(path, path.parent),
    "a word index": words.read_index,
    "class names": judge("imagenet_classes"),
    "a table": judge("boston_housing"),
    "a text": judge("nietzsche"),
    "weights": judge("vgg16"),
    "reviews": judge("aclimdb"),
    "arrays": judge("mnist"),
    **{f"a picture, {look.__name__}": look for look in LOOK},
}
"""What reads a file at a path of its own."""
AT_HOME: dict[str, tuple[Callable[[], Path], Callable[[], object]]] = {
    "glossary.toml": (lambda: paths.home() / "c/glossary.toml", lambda: glossary.load(paths.home() / "c")),
    "claims.toml": (lambda: paths.home() / "c/claims.toml", lambda: claims.load(paths.home() / "c")),
    "book.toml": (lambda: paths.home() / "c/book.toml", lambda: reader.read(paths.home() / "c")),
    "settings.toml": (paths.settings_file, lambda: (settings.load(), settings.problems())),
    "progress.json": (paths.progress_file, progress.load),
    "forms.json": (lambda: paths.home() / "forms.json", lambda: last_values.load("3.4")),
    "lesson-folders.json": (lambda: paths.home() / "lesson-folders.json", content._remembered),
    "an own note": (lambda: own_notes.file("1.1"), own_notes.all),
    "run.json": (lambda: run_folder().spec, lambda: (store.problems(), store.read_spec(run_folder_()))),
    "labels.json": (lambda: run_folder().labels, lambda: labels.read(run_folder_())),
    "exit.json": (lambda: run_folder().reaped, lambda: log.death(run_folder_())),
    "log.txt": (lambda: run_folder().log, lambda: log.tail(run_folder_(), 10)),
    "a packed run": (lambda: packed._path(run_folder()), lambda: packed.load(run_folder_())),
}
"""Where a file of the learner's lies, and what reads it."""


def run_folder_() -> RunFolder:
    """The run that `run_folder` made."""
    return RunFolder(paths.runs() / RUN)


def places(path: Path) -> dict[str, tuple[Path, Callable[[], object]]]:
    """All of them: where the file lies, and what to call."""
    found = {name: (where(), read) for name, (where, read) in AT_HOME.items()}
    return found | {name: (path, lambda read=read: read(path)) for name, read in READERS.items()}


def test_a_pipe_or_device_is_never_waited_for(tmp_path: Path) -> None:
    for name, (path, read) in places(tmp_path / "a file").items():
        path.parent.mkdir(parents=True, exist_ok=True)
        for make in (os.mkfifo, lambda path: path.symlink_to("/dev/zero"), Path.mkdir):
            path.unlink(missing_ok=True)
            make(path)
            with contextlib.suppress(DlwpError), in_little_memory():
                read()
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        if path.parent != tmp_path:
            path.with_name(path.name + ".broken").unlink(missing_ok=True)
        assert name


def test_a_file_of_two_gigabytes_where_a_small_one_belongs_is_not_read(tmp_path: Path) -> None:
    for name, (path, read) in places(tmp_path / "a file").items():
        sparse(path, b"{", 2 * GB)
        with contextlib.suppress(DlwpError), in_little_memory(100 << 20):
            read()
        path.unlink(missing_ok=True)
        assert name


@pytest.mark.parametrize("path", ["~nobody-here/x", "n" * 300, "a/" * 3000, "\udcff"])
def test_no_path_is_more_than_a_sentence(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dlwp_tui import __main__

    monkeypatch.chdir(tmp_path)
    asked = [["data", "import", path], ["--content", path, "list"], ["predict", path, path], ["export", path]]
    for args in asked:
        assert __main__.run(args) in (1, 2), args
        assert capsys.readouterr().err.strip()
    for wrong in (path, "\0"):
        with pytest.raises(DlwpError):
            import_.import_path(wrong)
    with monkeypatch.context() as patch:
        patch.setenv("DLWP_HOME", path)
        assert __main__.run(["runs"]) in (0, 1, 2)
        assert __main__.run(["run", "3.4", "--preset", "quick", "--estimate"]) in (0, 1, 2)
    with monkeypatch.context() as patch:
        patch.setenv("DLWP_CONTENT", path)
        assert __main__.run(["list"]) in (1, 2)
    assert not list(tmp_path.glob("~*"))


def test_a_user_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="~nobody-here"):
        paths.expanded("~nobody-here/x")
    with monkeypatch.context() as patch, pytest.raises(UsageError, match="~nobody-here"):
        patch.setenv("DLWP_HOME", "~nobody-here/dlwp")
        paths.home()


def test_too_little_memory_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from dlwp_tui import __main__

    def full(_args: list[str]) -> int:
        raise MemoryError

    monkeypatch.setattr(__main__, "_dispatch", full)
    assert __main__.run([]) == 1
    assert "not enough memory" in capsys.readouterr().err
