"""cats_and_dogs_small, cifar10_frogs and nietzsche: readers on small files and broken ones, and the twins."""

from __future__ import annotations

import io
import pickle
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlwp_tui import data
from dlwp_tui.core.errors import DataError, UsageError
from dlwp_tui.data import locate, pixels, registry
from dlwp_tui.data.import_ import import_path
from dlwp_tui.data.sets.cats_and_dogs_small import reader as pets
from dlwp_tui.data.sets.cats_and_dogs_small import twin as pets_twin
from dlwp_tui.data.sets.cifar10_frogs import reader as frogs
from dlwp_tui.data.sets.cifar10_frogs import twin as frogs_twin
from dlwp_tui.data.sets.nietzsche import reader as nietzsche
from dlwp_tui.data.sets.nietzsche import twin as nietzsche_twin
from tests.conftest import SHARED_DATA

# -- cats and dogs ------------------------------------------------------------------------------------------------


def _jpeg(value: int, size: tuple[int, int] = (40, 30)) -> bytes:
    """A plain grey picture; `value` can be read from it."""
    out = io.BytesIO()
    Image.new("RGB", size, (value, value, value)).save(out, "JPEG", quality=95)
    return out.getvalue()


def _book(root: str = "cats_and_dogs_small/") -> dict[str, bytes]:
    """The book's folders with two pictures of each kind: cats are dark, dogs light."""
    names = {"train": 0, "validation": 1000, "test": 1500}
    return {
        f"{root}{part}/{kind}s/{kind}.{first + i}.jpg": _jpeg(10 * i + first // 100 + (100 if kind == "dog" else 0))
        for part, first in names.items()
        for kind in ("cat", "dog")
        for i in (0, 1)
    }


def _zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return path


def _tar(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, body in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            tar.addfile(member, io.BytesIO(body))
    return path


def _folder(path: Path, files: dict[str, bytes]) -> Path:
    for name, body in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(body)
    return path


def _greys(pictures: np.ndarray) -> list[int]:
    return [round(float(picture.mean())) for picture in pictures]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let four pictures pass as the whole set."""
    dataset = replace(registry.DATASETS["cats_and_dogs_small"], samples={}, full={})
    monkeypatch.setitem(registry.DATASETS, "cats_and_dogs_small", dataset)


@pytest.mark.parametrize("make", [_zip, _tar])
def test_the_books_folders_are_read_in_turns(tmp_path: Path, make: Callable[..., Path]) -> None:
    arrays = pets.read(make(tmp_path / "pets", _book()), size=(20, 24))
    assert arrays["x_train"].shape == (4, 20, 24, 3) and arrays["x_train"].dtype == np.uint8
    assert arrays["y_train"].tolist() == [0, 1, 0, 1] and arrays["y_train"].dtype == np.int64
    assert _greys(arrays["x_train"]) == [0, 100, 10, 110]
    assert _greys(arrays["x_validation"]) == [10, 110, 20, 120]
    assert _greys(arrays["x_test"]) == [15, 115, 25, 125]


@pytest.mark.parametrize("name", ["train/{kind}.{n}.jpg", "PetImages/{Kind}/{n}.jpg", "{kind}.{n}.jpg"])
def test_a_flat_archive_is_split_as_in_the_book(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pets, "PARTS", {"train": 2, "validation": 1, "test": 1})
    files = {
        name.format(kind=kind, Kind=kind.capitalize(), n=n): _jpeg(10 * n + (100 if kind == "dog" else 0))
        for kind in ("cat", "dog")
        for n in range(6)
    }
    broken = name.format(kind="cat", Kind="Cat", n=1)
    arrays = pets.read(_zip(tmp_path / "flat.zip", files | {broken: b""}), size=(16, 16))
    assert _greys(arrays["x_train"]) == [0, 100, 40, 110]  # cat 4 stands in for the empty cat 1
    assert _greys(arrays["x_validation"]) == [20, 120]
    assert _greys(arrays["x_test"]) == [30, 130]


def test_a_folder_is_packed_and_found_again(tmp_path: Path, few: None) -> None:
    files = _book("") | {"train/cats/notes.txt": b"no picture", "train/cats/big.JPG": _jpeg(200)}
    (found,) = import_path(_folder(tmp_path / "cats_and_dogs_small", files), accept=True)
    assert found.dataset == "cats_and_dogs_small"
    train, validation, test = data.load("cats_and_dogs_small", "real", size=(16, 16))
    assert len(train) == 4 and len(validation) == 4 and len(test) == 4
    assert locate.status("cats_and_dogs_small").usable


def test_an_archive_is_recognised_by_its_first_members(tmp_path: Path, few: None) -> None:
    (found,) = import_path(_tar(tmp_path / "download.tar", _book()), accept=True)
    assert found.dataset == "cats_and_dogs_small"


def test_what_is_not_the_set_is_refused_with_the_reason(tmp_path: Path, few: None) -> None:
    files = _book("")
    with pytest.raises(DataError, match="holds no pictures for test"):
        pets.read(_zip(tmp_path / "a.zip", {n: b for n, b in files.items() if not n.startswith("test")}))
    with pytest.raises(DataError, match=r"cat\.0\.jpg is no picture: it is damaged"):
        pets.read(_zip(tmp_path / "b.zip", files | {"train/cats/cat.0.jpg": _jpeg(1)[:200]}))
    with pytest.raises(DataError, match="it is no JPEG picture"):
        pets.read(_zip(tmp_path / "c.zip", files | {"train/cats/cat.0.jpg": b"\xff\xd8\xff but no more"}))
    (tmp_path / "page.zip").write_bytes(b"<html>log in</html>")
    with pytest.raises(DataError, match="is a web page") as error:
        pets.read(tmp_path / "page.zip")
    assert "validation" in error.value.hint


def test_a_size_must_be_two_numbers_of_pixels(tmp_path: Path) -> None:
    for wrong in ((150,), 150, (8, 100), (100, 4000), (10.5, 20)):
        with pytest.raises(UsageError, match="is no size for pictures"):
            data.load("cats_and_dogs_small", "synthetic", size=wrong)


def test_the_drawn_animals_do_not_depend_on_the_size() -> None:
    grain = np.zeros((1, 256, 256, 1), np.float32)
    small, large = (
        [pets_twin.picture(rng, i % 2, size, grain).astype(float) for i in range(6)]
        for rng, size in ((np.random.RandomState(3), (48, 48)), (np.random.RandomState(3), (96, 96)))
    )
    for one, other in zip(small, large, strict=True):
        assert one.shape == (48, 48, 3) and other.shape == (96, 96, 3)
        coarse = other.reshape(48, 2, 48, 2, 3).mean((1, 3))
        assert np.corrcoef(one.ravel(), coarse.ravel())[0, 1] > 0.85


def test_the_twin_has_three_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pets_twin, "PARTS", {"train": 8, "validation": 4, "test": 4})
    shaped = pets.as_arrays(pets_twin.make(size=(32, 40)), size=(32, 40))
    assert shaped.validation is not None
    (x_train, y_train), (x_val, y_val), (x_test, y_test) = shaped.train, shaped.validation, shaped.test
    assert x_train.shape == (8, 32, 40, 3) and x_val.shape == x_test.shape == (4, 32, 40, 3)
    assert y_train.tolist() == [0, 1] * 4 and y_val.tolist() == y_test.tolist() == [0, 1] * 2


@pytest.mark.real_data
def test_the_real_cats_and_dogs() -> None:
    arrays = pets.read(SHARED_DATA / "cats_and_dogs_small.tar", size=(32, 32))
    assert [len(arrays[f"y_{part}"]) for part in pets.PARTS] == [2000, 1000, 1000]
    assert 90 < arrays["x_train"].mean() < 130


# -- frogs --------------------------------------------------------------------------------------------------------


def _batch(number: int) -> tuple[list[int], np.ndarray]:
    """Twenty pictures, two of them frogs whose pixels are all `100 + number` and `200 + number`."""
    labels = [frogs.FROG if i in (3, 11) else i % 6 for i in range(20)]
    planes = np.zeros((20, 3072), np.uint8)
    planes[3], planes[11] = 100 + number, 200 + number
    return labels, planes


def _python_2(labels: list[int], planes: np.ndarray) -> bytes:
    """The pickle as Python 2 wrote CIFAR-10's own: protocol 2, byte strings, numpy's old module names."""
    numbers = b"".join(b"K" + bytes([label]) for label in labels)
    raw = planes.tobytes()
    rows = b"K" + bytes([len(labels)]) + b"M" + struct.pack("<H", 3072) + b"\x86"
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\nq\x07cnumpy\nndarray\nq\x08K\x00\x85U\x01b\x87Rq\x09(K\x01" + rows
        + b"cnumpy\ndtype\nq\nU\x02u1K\x00K\x01\x87Rq\x0b(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T"
        + struct.pack("<I", len(raw)) + raw + b"tb"
    )  # fmt: skip
    return (
        b"\x80\x02}q\x01(U\x0bbatch_labelq\x02U\x15training batch 1 of 5q\x03U\x06labelsq\x04]q\x05("
        + numbers + b"eU\x04dataq\x06" + array + b"U\tfilenamesq\x0c]q\r(U\x05a.pngU\x05b.pngeu."
    )  # fmt: skip


def _cifar(path: Path, form: str) -> Path:
    files = {"cifar-10-batches-py/batches.meta": b"no matter"}
    for number in range(1, 6):
        labels, planes = _batch(number)
        if form == "binary":
            rows = b"".join(bytes([label]) + row.tobytes() for label, row in zip(labels, planes, strict=True))
            files[f"cifar-10-batches-bin/data_batch_{number}.bin"] = rows
        elif form == "python 2":
            files[f"cifar-10-batches-py/data_batch_{number}"] = _python_2(labels, planes)
        else:
            body = pickle.dumps({"labels": labels, "data": planes}, protocol=4)
            files[f"cifar-10-batches-py/data_batch_{number}"] = body
    return _tar(path, files)


@pytest.mark.parametrize("form", ["binary", "python 2", "python 3"])
def test_frogs_of_an_archive(tmp_path: Path, form: str) -> None:
    x = frogs.read(_cifar(tmp_path / "cifar.tar", form))["x"]
    assert x.shape == (10, 32, 32, 3) and x.dtype == np.uint8
    assert _greys(x) == [101, 201, 102, 202, 103, 203, 104, 204, 105, 205]


def test_channels_stand_last(tmp_path: Path) -> None:
    plane = np.repeat(np.array([10, 20, 250], np.uint8), 1024)
    bodies = {f"data_batch_{n}.bin": bytes([frogs.FROG]) + plane.tobytes() for n in range(1, 6)}
    x = frogs.read(_tar(tmp_path / "a.tar", bodies))["x"]
    assert x[0, 0, 0].tolist() == [10, 20, 250] and x[0, 31, 31].tolist() == [10, 20, 250]


def test_a_hostile_batch_runs_nothing(tmp_path: Path) -> None:
    for body, found in (
        (pickle.dumps(print, protocol=4), "call of|instruction"),
        (b"cos\nsystem\n(U\x04trueq\x00tR.", "os.system"),
        (pickle.dumps([1]), "list instead of a dictionary"),
        (pickle.dumps({"labels": [6], "data": [1]}, protocol=4), "no labels and as many pictures"),
        (pickle.dumps({"labels": ["6"], "data": np.zeros(3072, np.uint8)}, protocol=4), "no labels and as many"),
        (b"\x80\x02}q\x01(U\x06labelsq\x02]q\x03(T\xff\xff\xff\x7f", "breaks off"),
    ):
        bodies = {f"cifar-10-batches-py/data_batch_{n}": body for n in range(1, 6)}
        with pytest.raises(DataError, match=found):
            frogs.read(_tar(tmp_path / "bad.tar", bodies))


def test_other_frogs_are_refused(tmp_path: Path) -> None:
    files = {f"data_batch_{n}.bin": bytes(3073) for n in range(1, 5)}
    with pytest.raises(DataError, match="4 of the 5 batches"):
        frogs.read(_tar(tmp_path / "few.tar", files))
    with pytest.raises(DataError, match="has 3000 bytes"):
        frogs.read(_tar(tmp_path / "cut.tar", files | {"data_batch_5.bin": bytes(3000)}))
    for name, x, wrong in (
        ("dark", np.zeros((3, 32, 32, 3), np.uint8), "dark"),
        ("grey", np.full((3, 32, 32), 200, np.uint8), "shape"),
        ("floats", np.full((3, 32, 32, 3), 200.0), "float64"),
    ):
        np.savez(tmp_path / f"{name}.npz", x=x)
        with pytest.raises(DataError, match=wrong):
            frogs.read(tmp_path / f"{name}.npz")
    np.savez(tmp_path / "other.npz", y=np.zeros(3))
    with pytest.raises(DataError, match="no array x"):
        frogs.read(tmp_path / "other.npz")


def test_an_npz_is_recognised_by_its_shape(tmp_path: Path) -> None:
    np.savez(tmp_path / "mine.npz", x=np.full((7, 32, 32, 3), 200, np.uint8))
    with pytest.raises(DataError, match="not all that its publisher offers"):
        import_path(tmp_path / "mine.npz")
    (found,) = import_path(tmp_path / "mine.npz", accept=True)
    assert (found.dataset, found.file) == ("cifar10_frogs", "cifar10_frogs.npz")
    assert data.load("cifar10_frogs", "real").plain.shape == (7, 32, 32, 3)


def test_the_drawn_frogs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frogs_twin, "COUNT", 60)
    x = frogs_twin.make()["x"]
    assert x.shape == (60, 32, 32, 3) and x.dtype == np.uint8
    assert 90 < x.mean() < 120 and 50 < x.std() < 70  # photographs: 107 and 58
    assert len({picture.tobytes() for picture in x}) == 60


@pytest.mark.real_data
def test_the_real_frogs() -> None:
    x = frogs.read(SHARED_DATA / "cifar10_frog_train_from_jpg.npz")["x"]
    assert x.shape == (5000, 32, 32, 3)


# -- Nietzsche ----------------------------------------------------------------------------------------------------


def test_a_text_is_one_string(tmp_path: Path) -> None:
    path = tmp_path / "nietzsche.txt"
    path.write_bytes(b"\xef\xbb\xbfPREFACE\r\n\r\n" + "Fräulein ".encode() * 300)
    with pytest.raises(DataError, match="not the file its publisher offers") as error:
        import_path(path)
    assert "bytes of UTF-8 text" in error.value.hint
    import_path(path, accept=True)
    assert data.load("nietzsche", "real").plain == "PREFACE\n\n" + "Fräulein " * 300


def test_the_book_is_recognised_by_its_first_words(tmp_path: Path) -> None:
    path = tmp_path / "download"
    path.write_bytes(b"PREFACE\n\n\n" + nietzsche.BEGINS + b" what then? " * 300)
    assert import_path(path, accept=True)[0].file == "nietzsche.txt"


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (b"short", "has 5 bytes"),
        (b"\xff\xfe" + "ä".encode("utf-16-le") * 2000, "UTF-8 text is needed"),
        (b"a\0" * 2000, "UTF-8 text is needed"),
        (b"<html>" + b"please log in " * 200, "is a web page"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, body: bytes, wrong: str) -> None:
    path = tmp_path / "nietzsche.txt"
    path.write_bytes(body)
    with pytest.raises(DataError, match=wrong):
        nietzsche.read(path)


@pytest.fixture(scope="module")
def generated() -> Iterator[str]:
    yield nietzsche_twin.make()["text_utf8"].tobytes().decode()


def test_the_twin_has_the_books_size_and_characters(generated: str) -> None:
    assert len(generated) == 600_893 and len(generated.encode()) == 600_901
    assert len(set(generated.lower())) == 57  # as the book's listing prints
    assert max(map(len, generated.split("\n"))) <= 72


def test_the_twins_grammar_holds(generated: str) -> None:
    for wrong in (",.", ",,", " a a", "a old ", " an man", "  ", " ,", "mans ", "itselfs"):
        assert wrong not in generated, wrong
    assert abs(generated.count("(") - generated.count(")")) <= 1  # the text is cut off at its end
    assert generated.count("[") == generated.count("]") == 8


@pytest.mark.real_data
def test_the_twin_is_as_unpredictable_as_the_book(generated: str) -> None:
    book = nietzsche.read(SHARED_DATA / "nietzsche.txt")["text_utf8"].tobytes().decode()
    assert len(book) == 600_893 and set(book.lower()) == set(generated.lower())
    for order, apart in ((0, 0.1), (1, 0.25), (2, 0.6)):
        assert abs(_bits(book.lower(), order) - _bits(generated.lower(), order)) < apart


def _bits(text: str, order: int) -> float:
    """Bits a character that knowing the last `order` ones leaves open."""
    codes = np.frombuffer(text.encode("latin-1"), np.uint8).astype(np.int64)
    before = np.zeros(len(codes) - order, np.int64)
    for i in range(order):
        before = before * 256 + codes[i : len(codes) - order + i]
    return _entropy(before * 256 + codes[order:]) - (_entropy(before) if order else 0)


def _entropy(codes: np.ndarray) -> float:
    counts = np.unique(codes, return_counts=True)[1] / len(codes)
    return float(-(counts * np.log2(counts)).sum())


# -- pictures of the learner --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_fitted_or_keeps_its_proportions(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "mine"
    Image.new("RGB", (80, 40), (250, 10, 10)).save(path, kind)
    assert pixels.check(path) == (40, 80)
    for size, shape in (
        ((None, None), (40, 80, 3)), ((20, None), (20, 40, 3)), ((None, 20), (10, 20, 3)), ((30, 30), (30, 30, 3)),
    ):  # fmt: skip
        array = pixels.picture(path, size)
        assert array.shape == shape and array.dtype == np.uint8
        assert abs(int(array[0, 0, 0]) - 250) < 12 and array[0, 0, 1] < 30


def test_crop_keeps_the_middle_and_stretch_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "bars.png"
    bars = np.zeros((40, 120, 3), np.uint8)
    bars[:, 40:80] = 255
    Image.fromarray(bars).save(path)
    assert pixels.picture(path, (40, 40)).min() == 255
    assert abs(pixels.picture(path, (40, 40), "stretch").mean() - 85) < 3


def test_a_picture_is_turned_as_the_camera_was_held(tmp_path: Path) -> None:
    path = tmp_path / "turned.jpg"
    picture = np.zeros((40, 80, 3), np.uint8)
    picture[:, :40] = 255
    exif = Image.Exif()
    exif[pixels.EXIF_ORIENTATION] = 6
    Image.fromarray(picture).save(path, exif=exif)
    assert pixels.check(path) == (80, 40)
    upright = pixels.picture(path)
    assert upright.shape == (80, 40, 3) and upright[:30].mean() > 240 and upright[50:].mean() < 15
    assert pixels.picture(path, (16, 8)).shape == (16, 8, 3)


def test_grey_alpha_palette_cmyk_and_16_bits_become_rgb(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    palette = Image.new("P", (20, 20), 1)
    palette.putpalette([0, 0, 0, 0, 200, 0])
    for name, picture, wanted in (
        ("grey.png", Image.new("L", (20, 20), 77), (77, 77, 77)),
        ("clear.png", clear, pixels.PAPER),
        ("clear.webp", clear, pixels.PAPER),
        ("grey-alpha.png", Image.new("LA", (20, 20), (0, 0)), pixels.PAPER),
        ("palette.png", palette, (0, 200, 0)),
        ("bits.png", Image.new("1", (20, 20), 1), (255, 255, 255)),
        ("deep.png", Image.fromarray(np.full((20, 20), 77 * 257, np.uint16)), (77, 77, 77)),
        ("print.jpg", Image.new("CMYK", (20, 20), (0, 0, 0, 0)), (255, 255, 255)),
    ):
        picture.save(tmp_path / name)
        array = pixels.picture(tmp_path / name, (16, 16))
        assert array.shape == (16, 16, 3)
        assert np.abs(array.astype(int) - wanted).max() <= 2, name


def test_what_is_no_picture_is_refused_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tmp_path / "whole.jpg"
    Image.effect_noise((200, 200), 60).convert("RGB").save(whole)
    (tmp_path / "cut.jpg").write_bytes(whole.read_bytes()[:2000])
    whole_png = tmp_path / "whole.png"
    Image.effect_noise((64, 64), 60).save(whole_png)
    broken = bytearray(whole_png.read_bytes())
    broken[60:80] = bytes(20)
    (tmp_path / "broken.png").write_bytes(broken)
    (tmp_path / "text.jpg").write_text("no picture")
    (tmp_path / "empty.png").touch()
    Image.new("RGB", (40, 40)).save(tmp_path / "moving.gif")
    Image.new("RGB", (15, 40)).save(tmp_path / "tiny.png")
    bomb = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    png = whole_png.read_bytes()
    import zlib

    header = b"IHDR" + bomb
    body = png[:8] + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + png[33:]
    (tmp_path / "bomb.png").write_bytes(body)
    for name, wrong in {
        "cut.jpg": "damaged", "broken.png": "damaged", "text.jpg": "no JPEG, PNG, WEBP picture",
        "empty.png": "no JPEG, PNG, WEBP", "moving.gif": "no JPEG, PNG, WEBP", "tiny.png": "15 x 40 pixels",
        "bomb.png": "damaged|pixels", "gone.png": "not there", ".": "no file",
    }.items():  # fmt: skip
        with pytest.raises(DataError, match=wrong) as error:
            pixels.picture(tmp_path / name)
        assert "JPEG, PNG or WebP" in error.value.hint
    with monkeypatch.context() as small:
        small.setattr(pixels, "MAX_BYTES", 100)
        with pytest.raises(DataError, match="bytes"):
            pixels.picture(whole)
    monkeypatch.setattr(pixels, "MAX_PIXELS", 30_000)
    with pytest.raises(DataError, match="200 x 200 pixels"):
        pixels.check(whole)
