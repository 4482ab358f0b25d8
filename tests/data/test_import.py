"""Files carried over by hand: taken, or refused with a sentence, and nothing half-imported."""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dlwp_tui import data
from dlwp_tui.__main__ import run
from dlwp_tui.core import paths
from dlwp_tui.core.errors import DataError, StorageError, UsageError
from dlwp_tui.data import archive, locate, registry
from dlwp_tui.data.import_ import import_path
from dlwp_tui.data.locate import State
from dlwp_tui.data.verify import verify
from tests.conftest import SHARED_DATA
from tests.data.conftest import Official, objects, write_boston, write_imdb, write_npz, write_reuters
from tests.data.test_npz import header, pickled


def kept() -> list[str]:
    """What lies in DLWP_HOME/data."""
    return sorted(p.name for p in paths.data().iterdir()) if paths.data().exists() else []


def test_the_official_file_under_any_name(tmp_path: Path, official: Official) -> None:
    path = write_boston(tmp_path / "download (1)")
    official("boston_housing", path.read_bytes())
    (done,) = import_path(path)
    assert (done.dataset, done.file, done.state) == ("boston_housing", "boston_housing.npz", State.REAL)
    assert kept() == ["boston_housing.npz"]
    assert "original file" in done.message
    assert path.exists(), "the learner's file stays where it is"
    assert data.load("boston_housing").source == "real"


@pytest.mark.usefixtures("small")
def test_another_file_is_refused_and_told_how_then_accepted(tmp_path: Path) -> None:
    path = write_imdb(tmp_path / "imdb.npz")
    with pytest.raises(DataError, match="not the file its publisher offers") as refused:
        import_path(path)
    assert "--accept" in refused.value.hint
    assert kept() == []
    (done,) = import_path(path, accept=True)
    assert done.state is State.UNVERIFIED and done.checks and "unverified" in done.message
    assert kept() == ["imdb.npz", "imdb.npz.accepted.json"]
    loaded = data.load("imdb")
    assert loaded.source == "unverified"
    assert "unverified" in loaded.detail
    assert verify("imdb")[0].state is State.UNVERIFIED


@pytest.mark.usefixtures("small")
def test_a_changed_file_is_no_longer_accepted(tmp_path: Path) -> None:
    import_path(write_imdb(tmp_path / "imdb.npz"), accept=True)
    with (paths.data() / "imdb.npz").open("ab") as file:
        file.write(b"x")
    status = locate.status("imdb")
    assert status.state is State.DAMAGED
    assert "was changed since it was accepted" in status.detail


@pytest.mark.usefixtures("small")
def test_the_converted_copy_is_made_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import_path(write_imdb(tmp_path / "imdb.npz"), accept=True)
    monkeypatch.setattr("dlwp_tui.data.npz.read", lambda path: pytest.fail("the pickle was read again"))
    assert len(data.load("imdb").train) == 3


def test_too_few_samples_are_refused_even_with_accept(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="3 samples, imdb has 25000"):
        import_path(write_imdb(tmp_path / "imdb.npz"), accept=True)
    assert kept() == []


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"y_train": np.array([0, 1, 2])}, "labels in y_train"),
        ({"y_train": np.array([0.0, 1.0, 1.0])}, "labels in y_train"),
        ({"y_train": np.array([0, 1])}, "y_train has the shape"),
        ({"x_train": objects([[1], [2], [5_000_000]])}, "ids in x_train"),
        ({"x_train": objects([[1], [], [5]])}, "empty sequence"),
        ({"x_train": objects([[1], [-2], [5]])}, "ids in x_train"),
        ({"x_train": np.zeros((3, 28, 28), np.uint8)}, "should hold lists"),  # mnist.npz called imdb.npz
    ],
)
def test_content_that_does_not_fit(tmp_path: Path, changes: dict[str, np.ndarray], said: str) -> None:
    with pytest.raises(DataError, match=said):
        import_path(write_imdb(tmp_path / "imdb.npz", **changes), accept=True)
    assert kept() == []


@pytest.mark.parametrize("name", ["imdb.npz", "reuters.npz", "boston_housing.npz", "imdb_word_index.json"])
@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<!DOCTYPE html><title>Login</title>", "web page|not valid JSON"),
        (b"", "is empty|not valid JSON"),
        (b"PK\3\4 cut off", "breaks off|not valid JSON"),
        (b"\xff\xfe\x00garbage\x00", "unknown kind|not valid JSON"),
    ],
)
def test_wrong_and_broken_files(tmp_path: Path, name: str, body: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(body)
    with pytest.raises(DataError, match=said) as error:
        import_path(path, accept=True)
    assert str(path) in error.value.message
    assert kept() == []


def test_a_cut_off_file_is_told_its_size(tmp_path: Path) -> None:
    path = write_imdb(tmp_path / "imdb.npz")
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(DataError, match="breaks off") as error:
        import_path(path)
    assert "200 of 17464789 bytes" in error.value.hint


def test_a_half_download(tmp_path: Path) -> None:
    path = write_imdb(tmp_path / "imdb.npz.part")
    with pytest.raises(DataError, match="half-finished"):
        import_path(path, accept=True)


def test_a_hostile_pickle_is_not_run_even_when_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Runs:
        def __reduce__(self) -> tuple[object, ...]:
            return os.mkdir, ("ran",)

    monkeypatch.chdir(tmp_path)
    path = write_npz(
        tmp_path / "imdb.npz",
        {f"{k}.npy": header() + pickled(Runs()) for k in ("x_train", "x_test", "y_train", "y_test")},
    )
    with pytest.raises(DataError, match="mkdir"):
        import_path(path, accept=True)
    assert not (tmp_path / "ran").exists()
    assert kept() == []


def test_another_datasets_file_under_this_name(tmp_path: Path) -> None:
    path = write_reuters(tmp_path / "imdb.npz")
    with pytest.raises(DataError, match="is not imdb: it holds x, y"):
        import_path(path, accept=True)


def test_the_wrong_name(tmp_path: Path, official: Official) -> None:
    path = write_boston(tmp_path / "boston_housing.npz")
    with pytest.raises(DataError, match="called like a file of boston_housing, not of imdb"):
        import_path(path, "imdb")
    official("boston_housing", path.read_bytes())
    with pytest.raises(DataError, match="is boston_housing, not imdb"):
        import_path(path, "imdb")
    with pytest.raises(UsageError, match="no dataset called"):
        import_path(path, "bostn")


@pytest.mark.usefixtures("small")
def test_recognised_by_content(tmp_path: Path) -> None:
    assert import_path(write_reuters(tmp_path / "a.npz"), accept=True)[0].dataset == "reuters"
    assert import_path(write_boston(tmp_path / "b.npz"), accept=True)[0].dataset == "boston_housing"
    assert import_path(write_imdb(tmp_path / "c.npz"), accept=True)[0].dataset == "imdb"


def test_something_unknown(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hello", encoding="utf-8")
    with pytest.raises(DataError, match="no dataset this course knows") as error:
        import_path(path)
    assert "--name" in error.value.hint


def test_word_index_checks(tmp_path: Path) -> None:
    path = tmp_path / "imdb_word_index.json"
    for text in ('{"the": "first"}', '["the"]', "{}", '{"the": 0}', '{"the": true}', "[" * 100_000):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(DataError, match="is not a word index"):
            import_path(path, accept=True)
    path.write_text('{"the": 1, "film": 2}', encoding="utf-8")
    assert import_path(path, accept=True)[0].state is State.UNVERIFIED


def test_a_healthy_npz_with_other_keys_is_called_one(tmp_path: Path) -> None:
    np.savez(tmp_path / "mine.npz", first=np.zeros(3), second=np.ones(2))
    with pytest.raises(DataError, match="It is an npz archive of the arrays first, second") as error:
        import_path(tmp_path / "mine.npz")
    assert "x, y (boston_housing, reuters)" in error.value.hint and "--name" not in error.value.hint
    np.savez(tmp_path / "boston_housing.npz", x=np.zeros((9, 13)), y=np.ones(9))
    cut = bytearray((tmp_path / "boston_housing.npz").read_bytes())
    cut[200] ^= 1
    (tmp_path / "boston_housing.npz").write_bytes(bytes(cut))
    with pytest.raises(DataError, match="is damaged: its list of arrays is there"):
        import_path(tmp_path / "boston_housing.npz")


def test_a_class_that_is_missing_is_refused_even_with_accept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.DATASETS, "reuters", replace(registry.get("reuters"), samples={}))
    rows = objects([[1, 2] for _ in range(92)])
    np.savez(tmp_path / "folded.npz", x=rows, y=np.arange(92) % 40)
    with pytest.raises(DataError, match="y has 40 classes, reuters has 46"):
        import_path(tmp_path / "folded.npz", "reuters", accept=True)
    np.savez(tmp_path / "whole.npz", x=rows, y=np.arange(92) % 46)
    (done,) = import_path(tmp_path / "whole.npz", "reuters", accept=True)
    assert "y: 46 classes" in done.message, "it says what was checked"


def _reviews(root: Path, parts: tuple[str, ...] = ("train", "test")) -> Path:
    """An unpacked aclImdb of a review in each folder."""
    for part in parts:
        for label in ("neg", "pos"):
            folder = root / part / label
            folder.mkdir(parents=True)
            (folder / "0_3.txt").write_text("a film", encoding="utf-8")
    return root


def test_a_folder_with_one_bad_review_names_it(tmp_path: Path) -> None:
    bad = _reviews(tmp_path / "aclImdb") / "train" / "pos" / "1_9.txt"
    bad.write_bytes(b"caf\xe9")
    with pytest.raises(DataError, match="is no review: it is not UTF-8 at byte 3") as error:
        import_path(tmp_path / "aclImdb", accept=True)
    assert str(bad) in error.value.message and "bytes" not in error.value.hint


@pytest.mark.usefixtures("small")
def test_folders_above_and_below_the_right_one(tmp_path: Path) -> None:
    root = _reviews(tmp_path / "a" / "b" / "aclImdb")
    with pytest.raises(DataError, match="is only a part of aclimdb") as error:
        import_path(root / "train" / "pos")
    assert f"dlwp data import {root}`" in error.value.hint
    stages: list[str] = []
    assert [
        done.dataset for done in import_path(tmp_path, accept=True, doing=lambda what, _file: stages.append(what))
    ] == ["aclimdb"]
    assert "packing its files" in stages and "copying aclImdb_v1.tar.gz" in stages
    (tmp_path / "c").mkdir()
    write_boston(tmp_path / "c" / "boston_housing.npz")
    with pytest.raises(DataError, match="several folders"):
        import_path(tmp_path, accept=True)
    alone = _reviews(tmp_path / "alone", ("train",)) / "train"
    with pytest.raises(DataError, match="looks like a part of aclimdb") as error:
        import_path(alone)
    assert "train/neg, train/pos, test/neg, test/pos" in error.value.hint


@pytest.mark.usefixtures("small")
def test_of_a_packed_folder_no_bytes_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a folder: there is no checksum to compare") as error:
        import_path(_reviews(tmp_path / "aclImdb"))
    assert "--accept" in error.value.hint


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is not there"):
        import_path(tmp_path / "nowhere.npz")
    fifo = tmp_path / "imdb.npz"
    os.mkfifo(fifo)
    with pytest.raises(DataError, match="not a regular file"):
        import_path(fifo)


@pytest.mark.usefixtures("small")
def test_a_folder_takes_all_or_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "carried"
    folder.mkdir()
    with pytest.raises(DataError, match="no dataset file"):
        import_path(folder)
    write_boston(folder / "boston_housing.npz")
    (folder / "imdb.npz").write_bytes(b"<html>")
    (folder / "readme.txt").write_text("x", encoding="utf-8")
    with pytest.raises(DataError, match="web page"):
        import_path(folder, accept=True)
    assert kept() == []
    write_imdb(folder / "imdb.npz")
    assert [i.dataset for i in import_path(folder, accept=True)] == ["boston_housing", "imdb"]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_an_archive(tmp_path: Path, kind: str) -> None:
    inner = write_boston(tmp_path / "boston_housing.npz")
    path = tmp_path / f"data.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as zipped:
            zipped.write(inner, "keras/boston_housing.npz")
            zipped.writestr("keras/readme.txt", "x")
    else:
        with tarfile.open(path, "w:gz") as tar:
            tar.add(inner, "keras/boston_housing.npz")
    (done,) = import_path(path, accept=True)
    assert done.path == paths.data() / "boston_housing.npz"
    assert kept() == ["boston_housing.npz", "boston_housing.npz.accepted.json"]


def _tar(path: Path, *members: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w") as tar:
        for member in members:
            tar.addfile(member, io.BytesIO(b"x" * member.size))
    return path


def _member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    member.size = 3 if kind == tarfile.REGTYPE else 0
    return member


@pytest.mark.parametrize(
    ("member", "said"),
    [
        (_member("../imdb.npz"), "outside the folder"),
        (_member("/etc/imdb.npz"), "outside the folder"),
        (_member("a/../../imdb.npz"), "outside the folder"),
        (_member("..\\imdb.npz"), "outside the folder"),
        (_member("imdb.npz", tarfile.SYMTYPE, "/etc/passwd"), "link or a device"),
        (_member("imdb.npz", tarfile.LNKTYPE, "../x"), "link or a device"),
        (_member("imdb.npz", tarfile.FIFOTYPE), "link or a device"),
    ],
)
def test_hostile_tar_members(tmp_path: Path, member: tarfile.TarInfo, said: str) -> None:
    path = _tar(tmp_path / "data.tar", _member("good.txt"), member)
    with pytest.raises(DataError, match=said):
        import_path(path, accept=True)
    assert kept() == []
    assert not (tmp_path / "imdb.npz").exists()


def test_hostile_zip_members(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("imdb.npz")
    link.external_attr = 0o120777 << 16
    for name, said in (("../../imdb.npz", "outside"), ("/imdb.npz", "outside"), (link, "link")):
        path = tmp_path / "data.zip"
        with zipfile.ZipFile(path, "w") as zipped:
            zipped.writestr(name, "/etc/passwd")
        with pytest.raises(DataError, match=said):
            import_path(path, accept=True)
    assert kept() == []


def test_archive_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", 1000)
    path = tmp_path / "data.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("imdb.npz", b"\0" * 5000)
    with pytest.raises(DataError, match="5000 bytes"):
        import_path(path, accept=True)


def test_a_cut_off_archive(tmp_path: Path) -> None:
    path = tmp_path / "data.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        member = tarfile.TarInfo("imdb.npz")
        member.size = 200_000
        tar.addfile(member, io.BytesIO(os.urandom(200_000)))
    path.write_bytes(path.read_bytes()[:100_000])
    with pytest.raises(DataError, match="damaged or cut off"):
        import_path(path, accept=True)
    assert kept() == []


@pytest.mark.usefixtures("small")
def test_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    paths.home().parent.mkdir(parents=True, exist_ok=True)
    paths.home().write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(StorageError):
        import_path(write_imdb(tmp_path / "imdb.npz"), accept=True)


@pytest.mark.usefixtures("small")
def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    import_path(write_boston(tmp_path / "boston_housing.npz"), accept=True)
    before = {p.name: p.read_bytes() for p in paths.data().iterdir()}
    bigger = tmp_path / "other.npz"
    arrays = dict(np.load(tmp_path / "boston_housing.npz"))
    np.savez(bigger, **{**arrays, "more": np.zeros(4000)})
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bigger.stat().st_size - 1000, limit[1]))
    try:
        with pytest.raises(StorageError, match=r"boston_housing\.npz"):
            import_path(bigger, "boston_housing", accept=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, handler)
    assert {p.name: p.read_bytes() for p in paths.data().iterdir()} == before
    assert locate.status("boston_housing").state is State.UNVERIFIED


def test_an_absurdly_large_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "boston_housing.npz"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(DataError, match="this is another file"):
        import_path(path, accept=True)


def test_verify_reads_again_whatever_is_remembered(
    tmp_path: Path, official: Official, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_boston(tmp_path / "boston_housing.npz")
    official("boston_housing", path.read_bytes())
    assert [v.state for v in verify("boston_housing")] == [State.MISSING]
    import_path(path)
    (good,) = verify("boston_housing")
    assert good.usable and good.checksum == good.file.checksum == registry.get("boston_housing").main.sha256
    target = paths.data() / "boston_housing.npz"
    stamp = target.stat().st_mtime_ns
    body = bytearray(target.read_bytes())
    body[-1] ^= 1
    target.write_bytes(bytes(body))
    os.utime(target, ns=(stamp, stamp))
    assert locate.status("boston_housing").state is State.REAL, "same size and time: the remembered checksum"
    (bad,) = verify("boston_housing")
    assert run(["data", "verify", "boston_housing", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["state"] == "damaged"
    assert bad.state is State.DAMAGED and "checksum differs" in bad.detail
    assert locate.status("boston_housing").places == [target]
    assert run(["data", "list"]) == 0
    assert str(target) in capsys.readouterr().out  # where the damaged file lies


def test_verify_without_a_name_takes_all_that_is_there(
    tmp_path: Path, official: Official, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["data", "verify"]) == 1, "there is nothing"
    path = write_boston(tmp_path / "boston_housing.npz")
    official("boston_housing", path.read_bytes())
    assert run(["data", "verify", "boston_housing"]) == 1
    import_path(path)
    capsys.readouterr()
    assert run(["data", "verify"]) == run(["data", "verify", "boston_housing"]) == 0
    seen = capsys.readouterr()
    assert seen.out.count("boston_housing.npz  real") == 2 and "imdb" not in seen.out
    assert "Not on this computer: aclimdb, cats_and_dogs_small," in seen.err
    (paths.data() / "reuters.npz").write_bytes(b"x")
    assert run(["data", "verify"]) == 1


def test_what_only_a_person_can_bring_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", "list"]) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("vgg16: vgg16_weights_tf_dim_ordering_tf_kernels.h5 (with the classifier")
    vectors = paths.ensure(paths.data()) / "glove.6B.50d.txt"
    vectors.write_text("the " + " ".join(["0.5"] * 50) + "\n", encoding="utf-8")
    import_path(vectors, accept=True)
    assert run(["data", "list"]) == 0
    assert "real (unverified file) (for dim = 50 only)" in capsys.readouterr().out


def test_weights_lie_in_keras_cache_of_models(official: Official) -> None:
    official("vgg16", b"weights")
    folder = locate.keras_folders()[-1]
    assert folder.parts[-2:] == (".keras", "models")
    folder.mkdir(parents=True)
    (folder / registry.get("vgg16").main.name).write_bytes(b"weights")
    assert locate.status("vgg16").state is State.REAL


@pytest.mark.real_data
@pytest.mark.skipif(not (SHARED_DATA / "mnist.npz").exists(), reason="no real data beside the checkout")
def test_real_files_under_wrong_names(tmp_path: Path) -> None:
    link = tmp_path / "imdb.npz"
    link.symlink_to(SHARED_DATA / "mnist.npz")
    with pytest.raises(DataError, match="should hold lists"):
        import_path(link, accept=True)
    (index,) = import_path(SHARED_DATA / "imdb_word_index.json")
    assert index.state is State.REAL, "its md5 is Keras' own"
    assert json.loads(index.path.read_text(encoding="utf-8"))["the"] == 1
