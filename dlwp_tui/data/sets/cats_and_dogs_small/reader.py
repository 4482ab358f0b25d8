"""Photographs of cats and dogs (lessons 5.2, 5.3 and 5.4): the book's 4,000 of Kaggle's 25,000."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlwp_tui.core.errors import DataError, UsageError
from dlwp_tui.core.language import Text, _
from dlwp_tui.data import archive, npz, pixels, shape
from dlwp_tui.data.dataset import DataFile, Dataset

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dlwp_tui.data.dataset import Arrays

NAME = "cats_and_dogs_small.zip"
KINDS = ("cat", "dog")
PARTS = {"train": 1000, "validation": 500, "test": 500}
"""Pictures of each kind."""
BOOK = re.compile(r"(?:^|/)(train|validation|test)/(cat|dog)s/([^/.][^/]*)\.jpe?g$", re.IGNORECASE)
"""The book's folders: train/cats/cat.0.jpg."""
FLAT = re.compile(r"(?:^|/)(cat|dog)(?:\.|/)(\d+)\.jpg$", re.IGNORECASE)
"""Kaggle's train/cat.0.jpg, and PetImages/Cat/0.jpg as Microsoft offers the same pictures."""
FAST_AI = re.compile(r"(?:^|/)dogscats/(?:train|valid)/(?:cat|dog)s/[^/]+$")
"""fast.ai's own split of all 25,000, in folders like the book's: read by the numbers, as if it were flat."""
SPARE = 50
"""Flat pictures with the numbers from 2000 on that stand in for broken ones; Microsoft's cat 666 is empty."""
MAX_PHOTO = 4 << 20
"""Bytes of one picture; the largest of Kaggle's has 250,000."""
SIDES = (16, 512)
"""The least and the most pixels of a side that the pictures may be resized to."""

Photos = dict[str, list[tuple[str, bytes]]]
"""JPEG files of a kind, each with its name."""


def read(path: Path, size: tuple[int, int] = (150, 150)) -> Arrays:
    """A zip or tar of the book's folders, or Kaggle's flat one -> x_train (2000, h, w, 3) uint8, y_train (2000,) int64,

    and the same for validation and test (1000 each). Cats (0) and dogs (1) take turns, so that the first pictures of a
    part are as many of each. size: (height, width) that every picture is stretched to, as Keras does by default.
    """
    import numpy as np

    size = checked(size)
    if not archive.is_archive(path):
        raise DataError(
            _("{path} {what}; a zip or tar archive with pictures of cats and dogs is needed.").format(
                path=path, what=npz.what_is(path)
            ),
            _needed(),
        )
    photos = _photos(path)
    arrays: Arrays = {}
    for part in PARTS:
        count = min(len(photos[part, kind]) for kind in KINDS)
        if not count:
            raise DataError(_("{path} holds no pictures for {part}.").format(path=path, part=part), _needed())
        pictures = np.empty((2 * count, *size, 3), np.uint8)
        turns = [photos[part, kind][i] for i in range(count) for kind in KINDS]
        for i, picture in enumerate(_decoded(path, turns, size)):
            pictures[i] = picture
        arrays |= {f"x_{part}": pictures, f"y_{part}": np.arange(2 * count) % 2}
    return arrays


def as_arrays(arrays: Arrays, *, size: tuple[int, int]) -> shape.Shaped:
    """Train, validation and test: x (n, h, w, 3) uint8, y (n,) int64 of 0 (cat) and 1 (dog)."""
    checked(size)
    train, validation, test = (shape.Split(arrays[f"x_{part}"], arrays[f"y_{part}"]) for part in PARTS)
    return shape.Shaped(train, test, {"labels": KINDS, "size": tuple(size)}, validation)


def checked(size: Any) -> tuple[int, int]:
    """`size` as (height, width). UsageError where it is none, or too small or too large."""
    sides = tuple(size) if isinstance(size, list | tuple) else ()
    if len(sides) != 2 or not all(isinstance(side, int) and SIDES[0] <= side <= SIDES[1] for side in sides):
        raise UsageError(
            _("size = {size} is no size for pictures.").format(size=size),
            _("Give (height, width), each from {low} to {high} pixels.").format(low=SIDES[0], high=SIDES[1]),
        )
    return sides


def recognise(path: Path) -> str | None:
    """The main file's name for an archive that begins with pictures of cats or dogs."""
    return NAME if any(BOOK.search(name) or FLAT.search(name) for name in archive.first_names(path, 200)) else None


def pack(folder: Path, into: Path) -> Path | None:
    """A folder of pictures in one of the two layouts as an archive in `into`; None where there are none."""
    import zipfile

    try:
        found = sorted(_files(folder))
        if not found:
            return None
        target = into / NAME
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
            for path in found:
                packed.writestr(path.relative_to(folder).as_posix(), path.read_bytes())
    except OSError as error:
        raise DataError(
            _("{path} cannot be packed: {reason}.").format(path=folder, reason=error.strerror or error),
            _("Check the permissions of its files and the free space."),
        ) from error
    return target


def _files(folder: Path) -> Iterator[Path]:
    """The pictures in `folder`, at most three folders deep, that `read` would take."""
    for path in (found for depth in range(4) for found in folder.glob("*/" * depth + "*.[jJ][pP]*[gG]")):
        if _place(path.relative_to(folder.parent).as_posix()) and path.is_file() and not path.is_symlink():
            yield path


def _place(name: str) -> tuple[str, str, int] | None:
    """Part, kind and number of the picture that a member called `name` holds; None for one that is not needed.

    In the flat layout the book's split: of each kind 0 to 999 train, 1000 to 1499 validate, 1500 to 1999 test.
    """
    if not FAST_AI.search(name) and (found := BOOK.search(name)):
        digits = re.search(r"\d+", found[3])
        return found[1].lower(), found[2].lower(), int(digits[0]) if digits else 0
    if (found := FLAT.search(name)) is None:
        return None
    number = int(found[2])
    parts = [part for part, count in PARTS.items() for _ in range(count)]
    if number >= len(parts) + SPARE:
        return None
    return parts[number] if number < len(parts) else "spare", found[1].lower(), number


def _photos(path: Path) -> dict[tuple[str, str], list[tuple[str, bytes]]]:
    """The pictures of each part and kind in the order of their numbers, broken flat ones replaced."""
    found: dict[tuple[str, str], list[tuple[int, str, bytes]]] = defaultdict(list)
    with archive.members(path, lambda name: _place(name) is not None) as members:
        for name, stream, size in members:
            place = _place(name)
            assert place is not None  # only such members are given
            body = stream.read(MAX_PHOTO + 1)
            if size > MAX_PHOTO:
                raise _broken(path, name, _("it has {size} bytes").format(size=size))
            if len(body) != size:
                raise EOFError(f"{name}: {len(body)} of {size} bytes")
            found[place[0], place[1]].append((place[2], name, body))
    photos = {key: [(name, body) for _number, name, body in sorted(group)] for key, group in found.items()}
    for kind in KINDS:
        spare = iter(photos.pop(("spare", kind), []))
        for part in PARTS:
            group = photos.setdefault((part, kind), [])
            photos[part, kind] = [one if _starts(one) else next(spare, one) for one in group]
    return photos


def _starts(photo: tuple[str, bytes]) -> bool:
    """Whether a picture begins and ends as a JPEG file does."""
    return photo[1].startswith(b"\xff\xd8")


def _decoded(path: Path, photos: Iterable[tuple[str, bytes]], size: tuple[int, int]) -> Iterator[NDArray[np.uint8]]:
    """The pictures as arrays (h, w, 3). Pillow lets go of the interpreter's lock, so threads share the work."""

    def decode(photo: tuple[str, bytes]) -> NDArray[np.uint8]:
        try:
            return pixels.jpeg(photo[1], size)
        except pixels.NotAPicture as error:
            raise _broken(path, photo[0], str(error)) from error

    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as threads:
        yield from threads.map(decode, photos)


def _broken(path: Path, name: str, what: str) -> DataError:
    return DataError(
        _("{path}: {member} is no picture: {what}.").format(path=path, member=name, what=what),
        _("The archive was damaged or made for something else; get it again."),
    )


def _needed() -> str:
    return _(
        "It takes the book's folders (train/cats/cat.0.jpg ..., also validation and test, with dogs in each) or "
        "Kaggle's flat one (train/cat.0.jpg ...), as a folder, zip or tar."
    )


DATASET = Dataset(
    name="cats_and_dogs_small",
    title=Text("猫和狗（小）", "Cats and dogs, small"),
    what=Text(
        "4,000 张猫和狗的照片（2,000 训练，1,000 验证，1,000 测试，猫狗各半），认出是猫还是狗",
        "4,000 photographs, half cats and half dogs (2,000 to train, 1,000 to validate, 1,000 to test); which is it",
    ),
    origin="Elson et al. 2007, Asirra; Kaggle's Dogs vs. Cats, https://www.kaggle.com/c/dogs-vs-cats/data",
    files=(
        DataFile(
            NAME,
            (
                "https://download.microsoft.com/download/3/E/1/3E1C3F21-ECDB-4869-8368-6DEBA77B919F/"
                "kagglecatsanddogs_5340.zip",
                "https://files.fast.ai/data/examples/dogscats.tgz",  # fast.ai's split of Kaggle's 25,000
            ),
            licence="research use; Microsoft Research and Petfinder.com",
        ),
    ),
    read=read,
    shape=as_arrays,
    twin_what=Text(
        "画出来的 4,000 只猫和狗：耳朵、口鼻、眼睛、毛色、姿势、背景和光线各不相同，不是照片",
        "4,000 drawn cats and dogs with ears, muzzles, eyes, coats, poses, backgrounds and light of all kinds",
    ),
    options={"size": (150, 150)},
    samples={"y_train": 2000},
    full={"y_validation": 1000, "y_test": 1000},
    recognise=recognise,
    pack=pack,
    layout=tuple(f"{part}/{kind}s" for part in PARTS for kind in KINDS),
    read_options=("size",),
)
