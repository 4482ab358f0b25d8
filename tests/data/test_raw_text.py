"""Raw reviews and word vectors: texts as bytes and offsets, archives and folders of reviews, files of vectors."""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dlwp_tui import data
from dlwp_tui.core import paths
from dlwp_tui.core.errors import DataError
from dlwp_tui.data import archive, cache, convert, locate, registry
from dlwp_tui.data.import_ import import_path
from dlwp_tui.data.locate import State
from dlwp_tui.data.sets import table
from dlwp_tui.data.sets.aclimdb import reader as aclimdb
from dlwp_tui.data.sets.glove import reader as glove
from dlwp_tui.data.sets.imdb import twin as imdb_twin
from dlwp_tui.data.texts import Texts
from dlwp_tui.data.verify import verify
from dlwp_tui.data.words import tokenise
from tests.conftest import SHARED_DATA
from tests.data.conftest import mapped_from_a_file

REVIEWS = {
    "train/neg/0_3.txt": "Bad.<br /><br />Very bad.",
    "train/neg/10_1.txt": "Worse, na\u00efve.",
    "train/pos/1_9.txt": "Good!",
    "train/pos/0_10.txt": "Better \U0001f600",
    "train/unsup/5_0.txt": "nobody knows",
    "test/neg/3_1.txt": "no",
    "test/pos/4_8.txt": "yes",
}


def _tar(path: Path, changes: dict[str, bytes] | None = None, root: str = "aclImdb/") -> Path:
    bodies = {name: text.encode() for name, text in REVIEWS.items()} | (changes or {})
    with tarfile.open(path, "w:gz") as tar:
        for name, body in bodies.items():
            member = tarfile.TarInfo(root + name)
            member.size = len(body)
            tar.addfile(member, io.BytesIO(body))
    return path


# -- texts ------------------------------------------------------------------------------------------------------


def test_texts_give_back_what_they_were_made_of() -> None:
    plain = ["", "na\u00efve", "\U0001f600 two", "end"]
    texts = Texts.of(plain)
    assert len(texts) == 4 and list(texts) == plain
    assert texts.values.dtype == np.uint8 and np.diff(texts.offsets).tolist() == [0, 6, 8, 3]
    assert len(Texts.of([])) == 0 and list(Texts.of([])) == []


# -- reviews ----------------------------------------------------------------------------------------------------


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let four training and two test reviews pass for 50,000."""
    monkeypatch.setitem(registry.DATASETS, "aclimdb", replace(registry.DATASETS["aclimdb"], samples={}))


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("root", ["aclImdb/", "./aclImdb/", ""])
def test_reviews_come_in_the_notes_order(tmp_path: Path, root: str) -> None:
    (done,) = import_path(_tar(tmp_path / "reviews from a friend.tgz", root=root), accept=True)
    assert (done.file, done.state) == ("aclImdb_v1.tar.gz", State.UNVERIFIED)
    (x_train, y_train), (x_test, y_test) = data.load("aclimdb", "real")
    names = ["train/neg/0_3.txt", "train/neg/10_1.txt", "train/pos/0_10.txt", "train/pos/1_9.txt"]
    assert list(x_train) == [REVIEWS[name] for name in names], "neg before pos, each by file name; none of unsup"
    assert y_train.tolist() == [0, 0, 1, 1] and list(x_test) == ["no", "yes"] and y_test.tolist() == [0, 1]
    assert y_train.dtype == np.int64


@pytest.mark.usefixtures("few")
def test_the_second_load_maps_the_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import_path(_tar(tmp_path / "aclImdb_v1.tar.gz"), accept=True)
    first = data.load("aclimdb")
    monkeypatch.setattr(convert, "converted", lambda *_: pytest.fail("the archive was read again"))
    again = data.load("aclimdb")
    assert [split.x for split in first] == [split.x for split in again] and type(again.train.x) is list
    assert again.meta == first.meta
    (folder,) = (paths.cache() / "datasets").glob("aclimdb-shaped-*")
    kept = cache.load(folder)
    assert kept is not None and mapped_from_a_file(kept["train_values"])


@pytest.mark.usefixtures("few")
def test_an_unpacked_folder(tmp_path: Path) -> None:
    root = tmp_path / "somewhere" / "aclImdb"
    for name, text in REVIEWS.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / "train/pos/7_7.txt").symlink_to("/etc/hostname")
    (root / "train/pos/notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(DataError, match="checksum"):
        import_path(root)
    for given in (root, root.parent):
        (done,) = import_path(given, accept=True)
        assert done.dataset == "aclimdb" and done.state is State.UNVERIFIED
        assert len(data.load("aclimdb").train) == 4, "the link and the foreign file are left out"
    assert (root / "train/pos/1_9.txt").exists()
    assert sorted(p.name for p in paths.data().iterdir()) == ["aclImdb_v1.tar.gz", "aclImdb_v1.tar.gz.accepted.json"]


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"train/neg/0_3.txt": b""}, "train/neg/0_3.txt is no review: it is empty"),
        ({"test/pos/4_8.txt": b"caf\xe9"}, "not UTF-8 at byte 3"),
        ({"test/pos/4_8.txt": b"x" * (aclimdb.MAX_REVIEW + 1)}, "has 1048577 bytes"),
        ({"../train/neg/0_3.txt": b"out"}, "outside the folder"),
    ],
)
def test_reviews_that_are_none(tmp_path: Path, changes: dict[str, bytes], said: str) -> None:
    with pytest.raises(DataError, match=said):
        import_path(_tar(tmp_path / "aclImdb_v1.tar.gz", changes), accept=True)
    assert not paths.data().exists() or list(paths.data().iterdir()) == []


def test_archives_that_are_not_all_of_it(tmp_path: Path) -> None:
    path = _tar(tmp_path / "aclImdb_v1.tar.gz")
    with pytest.raises(DataError, match="4 samples, aclimdb has 25000"):
        import_path(path, accept=True)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DataError, match=r"damaged or cut off|holds no reviews") as cut:
        import_path(path, accept=True)
    assert str(path) in cut.value.message and "of 84125825 bytes" in cut.value.hint
    with tarfile.open(path, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("train/neg/1_1.txt"))
    with pytest.raises(DataError, match="is empty"):
        import_path(path, accept=True)
    path.write_bytes(b"<html>log in</html>")
    with pytest.raises(DataError, match="web page"):
        import_path(path, accept=True)


def test_a_damaged_header_does_not_pass_for_the_end(tmp_path: Path) -> None:
    """tarfile ends its list there without a word: what followed would be missing unseen."""
    path = _tar(tmp_path / "a.tgz", {"x.txt": b"x" * 1000})
    plain = bytearray(gzip.decompress(path.read_bytes()))
    plain[plain.index(b"aclImdb/test/neg/") + 150] ^= 0x55  # in the header's checksum
    path.write_bytes(gzip.compress(bytes(plain)))
    with pytest.raises(DataError, match="damaged or cut off"), archive.members(path, lambda _name: True) as members:
        list(members)
    with pytest.raises(DataError, match="damaged or cut off"):
        archive.unpack(path, tmp_path / "out", lambda _name: True)
    assert not (tmp_path / "out").exists()


def test_an_error_names_what_the_learner_brought(tmp_path: Path) -> None:
    for name, text in REVIEWS.items():
        (tmp_path / "mine" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "mine" / name).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="4 samples") as caught:
        import_path(tmp_path / "mine", accept=True)
    assert caught.value.message.startswith(f"{tmp_path / 'mine'}: y_train")
    with zipfile.ZipFile(tmp_path / "carried.zip", "w") as zipped:
        zipped.writestr("keras/imdb.npz", b"<html>")
    with pytest.raises(DataError, match="web page") as caught:
        import_path(tmp_path / "carried.zip")
    assert caught.value.message.startswith(f"{tmp_path}/carried.zip/keras/imdb.npz ")


def test_a_tar_bomb_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", 20)
    with pytest.raises(DataError, match="would unpack to"):
        import_path(_tar(tmp_path / "aclImdb_v1.tar.gz"), accept=True)


def test_looking_at_the_first_names_reads_no_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LOOK", 9000)
    path = _tar(tmp_path / "a.tgz", {"big.bin": bytes(10_000), "test/pos/9_9.txt": b"after it"})
    assert archive.first_names(path)[-1] == "aclImdb/big.bin"
    assert archive.first_names(path, 2) == ["aclImdb/train/neg/0_3.txt", "aclImdb/train/neg/10_1.txt"]
    path.write_bytes(path.read_bytes()[:60])
    assert archive.first_names(path) == []
    assert archive.first_names(tmp_path / "nowhere") == []


def test_the_twin_is_the_imdb_twin_written_out() -> None:
    source = imdb_twin.make()
    words = source["words_utf8"].tobytes().decode().split("\n")
    loaded = data.load("aclimdb", "synthetic")
    (x_train, y_train), (x_test, y_test) = loaded
    assert [len(x_train), len(x_test)] == [25_000, 25_000] and loaded.source == "synthetic"
    for labels in (y_train, y_test):
        assert labels.tolist() == [0] * 12_500 + [1] * 12_500
    places = np.flatnonzero(source["y_train"] == 1)[:20]
    for text, place in zip(x_train[12_500:12_520], places, strict=True):
        start, end = source["x_train_offsets"][place : place + 2]
        assert tokenise(text.replace("<br />", " ")) == [
            words[rank - 1] for rank in source["x_train_values"][start:end]
        ]
        assert text[0].isupper() and text[-1] in ".!?"
        assert not re.search(r"\bi\b", text) and not re.search(r"[.!?] [a-z]", text)
    some = "".join(x_train[:200])
    assert "<br /><br />" in some and ", " in some and "! " in some


@pytest.mark.real_data
@pytest.mark.skipif(not (SHARED_DATA / "aclImdb_v1_train_test.tar.gz").exists(), reason="no real data here")
def test_the_real_archive(tmp_path: Path) -> None:
    (done,) = import_path(SHARED_DATA / "aclImdb_v1_train_test.tar.gz", accept=True)
    assert done.state is State.UNVERIFIED
    (x_train, y_train), (x_test, _y) = data.load("aclimdb", "real")
    assert [len(x_train), len(x_test), int(y_train.sum())] == [25_000, 25_000, 12_500]
    bromwell = next(text for text in x_train if text.startswith("Bromwell High is a cartoon comedy."))
    assert "Teachers" in bromwell
    lengths = [len(text.encode()) for text in x_train]
    assert min(lengths) > 0 and max(lengths) < aclimdb.MAX_REVIEW


# -- vectors ----------------------------------------------------------------------------------------------------

ROWS = {"the": 0.5, ",": -0.25, "\u00e9t\u00e9": 1e-5, "film": 2.0, "movie": 1.9}


def _row(word: str, value: float, dim: int) -> str:
    return " ".join([word, *(f"{value + i / 100:.5f}" for i in range(dim))])


def _vectors(path: Path, dim: int = 50, rows: dict[str, float] | None = None) -> Path:
    path.write_text("\n".join(_row(w, v, dim) for w, v in (rows or ROWS).items()) + "\n", encoding="utf-8")
    return path


def test_a_part_of_the_vectors_under_another_name(tmp_path: Path) -> None:
    path = _vectors(tmp_path / "my words.txt")
    with pytest.raises(DataError, match="not all that its publisher offers"):
        import_path(path)
    (done,) = import_path(path, accept=True)
    assert (done.dataset, done.file) == ("glove", "glove.6B.50d.txt")
    loaded = data.load("glove", "real", dim=50)
    vectors = loaded.vectors
    assert loaded.source == "unverified" and vectors.words == list(ROWS) and vectors.matrix.shape == (5, 50)
    assert vectors.matrix.dtype == np.float32
    assert vectors["\u00e9t\u00e9"][3] == pytest.approx(1e-5 + 0.03)
    assert "film" in vectors and "zzz" not in vectors
    (nearest, cosine), *others = vectors.nearest("film", 3)
    assert nearest == "movie" and 0.99 < cosine <= 1.0001 and len(others) == 2
    assert len(vectors.nearest("film", 99)) == 4
    with pytest.raises(KeyError):
        vectors.nearest("zzz")
    with pytest.raises(DataError, match="has no word vectors"):
        data.load("boston_housing", "synthetic").vectors  # noqa: B018
    assert [row.file.name for row in verify("glove")] == ["glove.6B.50d.txt"]


def test_a_byte_order_mark_is_no_part_of_the_first_word(tmp_path: Path) -> None:
    path = _vectors(tmp_path / "glove.6B.50d.txt")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    import_path(path, accept=True)
    assert data.load("glove", "real", dim=50).vectors.words == list(ROWS)


def test_another_dimension_than_the_one_that_is_there(tmp_path: Path) -> None:
    import_path(_vectors(tmp_path / "glove.6B.50d.txt"), accept=True)
    assert locate.status("glove").only == "dim = 50"
    other = data.load("glove", dim=100)
    assert other.source == "synthetic" and other.vectors.dim == 100
    assert "of 100 numbers are not there; those of 50 are (glove.6B.50d.txt)" in other.detail
    with pytest.raises(DataError, match="those of 50 are") as error:
        data.load("glove", "real", dim=100)
    assert "dim = 50" in error.value.hint
    import_path(_vectors(tmp_path / "glove.6B.50d.txt", dim=100), accept=True)  # the content decides, not the name
    assert data.load("glove", "real", dim=100).vectors.dim == 100
    assert data.load("glove", "real", dim=50).vectors.dim == 50


def test_the_zip_with_more_than_one_dimension(tmp_path: Path) -> None:
    path = tmp_path / "glove.6B.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        for dim in (50, 300):
            zipped.write(_vectors(tmp_path / "x", dim), f"glove.6B.{dim}d.txt")
    with pytest.raises(DataError, match="the original 862182613"):
        import_path(path)
    import_path(path, accept=True)
    assert [data.load("glove", "real", dim=dim).vectors.dim for dim in (50, 300)] == [50, 300]
    with pytest.raises(DataError, match="those of 50, 300 are"):
        data.load("glove", "real", dim=200)
    assert data.load("glove").source == "synthetic"
    assert locate.status("glove").only == "dim = 50, 300"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda rows: [*rows[:2], rows[2] + " 0.5", *rows[3:]], "line 3: 51 numbers after its word instead of 50"),
        (lambda rows: [*rows[:4], rows[4][:-20]], "line 5: .* instead of 50"),
        (lambda rows: [rows[0], rows[1].replace("-0.25000", "oops"), *rows[2:]], "line 2: 'oops' where a number"),
        (lambda rows: [*rows[:3], rows[3].replace("2.00000", "nan"), rows[4]], "line 4: 'nan' where a number"),
        (lambda rows: [*rows, ""], "line 6: 0 numbers"),
        (lambda rows: [*rows[:2], rows[2][rows[2].index(" ") :], *rows[3:]], "line 3: .*instead|line 3"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, spoil: Callable[[list[str]], list[str]], said: str) -> None:
    rows = [_row(word, value, 50) for word, value in ROWS.items()]
    path = tmp_path / "glove.6B.50d.txt"
    path.write_text("\n".join(spoil(rows)) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=said):
        import_path(path, accept=True)
    assert locate.status("glove").state is State.MISSING


def test_vectors_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "glove.6B.100d.txt"
    bodies = [b"", b"hello world\n", b"x" * (glove.MAX_LINE + 5), b"<html>\n", b"the 1 2 3\n", b"\xff" + b" 1" * 100]
    for body in bodies:
        path.write_bytes(body)
        with pytest.raises(DataError, match=str(path)):
            import_path(path, accept=True)
    zipped = tmp_path / "glove.6B.zip"
    with zipfile.ZipFile(zipped, "w") as made:
        made.writestr("readme.txt", "nothing")
    with pytest.raises(DataError, match=r"without glove\.6B\.100d\.txt"):
        import_path(zipped, accept=True)


def test_the_vectors_blocks_join(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "BLOCK", 700)  # ends inside a line, and now and then inside a character
    rows = {f"\u00e9{i}": i / 10 for i in range(40)}
    arrays = glove.read(_vectors(tmp_path / "a.txt", 50, rows))
    assert arrays["vectors"][:, 0] == pytest.approx(np.arange(40) / 10)
    assert list(Texts(arrays["terms_utf8"], arrays["terms_offsets"])) == list(rows)


def test_the_twin_has_groups_as_directions() -> None:
    vectors = data.load("glove", "synthetic", dim=50).vectors
    assert vectors.matrix.shape == (len(vectors.words), 50) and len(set(vectors.words)) == len(vectors.words)
    share = len(vectors) / imdb_twin.WORDS
    assert 0.92 < share < 0.95, "some made-up words have no vector"

    def cosine(one: str, other: str) -> float:
        a, b = vectors[one], vectors[other]
        return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))

    def mean(left: list[str], right: list[str]) -> float:
        return float(np.mean([cosine(a, b) for a in left for b in right if a != b]))

    good, bad = ["good", "excellent", "wonderful", "superb"], ["bad", "awful", "boring", "waste"]
    assert mean(good, good) > mean(good, ["series", "room", "camera"]) > mean(good, bad)


@pytest.mark.real_data
@pytest.mark.skipif(not (SHARED_DATA / "glove.6B.50d.top5k-subset.txt").exists(), reason="no real data here")
def test_the_real_subset() -> None:
    import_path(SHARED_DATA / "glove.6B.50d.top5k-subset.txt", accept=True)
    vectors = data.load("glove", "real", dim=50).vectors
    assert vectors.matrix.shape == (5050, 50) and vectors.words[:3] == ["the", ",", "."]
    assert vectors["the"][:2] == pytest.approx([0.418, 0.24968])
    assert "queen" in [word for word, _cosine in vectors.nearest("king", 10)]


def test_nothing_is_said_of_dimensions_when_all_or_none_are_there(tmp_path: Path) -> None:
    assert locate.status("glove").only == ""
    for dim in glove.DIMS:
        import_path(_vectors(tmp_path / f"{dim}", dim=dim), accept=True)
    assert locate.status("glove").only == "" and locate.status("mnist").only == ""
