"""IMDB film reviews as their authors wrote them, one file each (lesson 6.1.3)."""

from __future__ import annotations

import gzip
import io
import re
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dlwp_tui.core.errors import DataError
from dlwp_tui.core.language import Text, _
from dlwp_tui.data import archive, npz, shape
from dlwp_tui.data.dataset import DataFile, Dataset
from dlwp_tui.data.texts import Texts

if TYPE_CHECKING:
    from dlwp_tui.data.dataset import Arrays

NAME = "aclImdb_v1.tar.gz"
REVIEW = re.compile(r"(?:^|/)(train|test)/(neg|pos)/(\d+_\d+\.txt)$")
"""A labelled review: `12_7.txt` is number 12 with 7 of 10 stars. The 50,000 without a label lie in train/unsup."""
LABELS = ("neg", "pos")
MAX_REVIEW = 1 << 20
"""Bytes of one review; the longest real one has 14,000."""


def read(path: Path) -> Arrays:
    """aclImdb_v1.tar.gz (or a tar or zip of the folder) -> x_train_utf8, x_train_offsets, y_train, the same for test.

    In the order of the note's code: neg, then pos, each sorted by file name.
    """
    import numpy as np

    if not archive.is_archive(path):
        raise DataError(
            _("{path} {what}; an archive with aclImdb/train/pos/ and so on is needed.").format(
                path=path, what=npz.what_is(path)
            ),
            _("Get the file again, compare its size with the one `dlwp data list` shows, then import it."),
        )
    found: dict[tuple[str, str], list[tuple[str, bytes]]] = defaultdict(list)
    with archive.members(path, lambda name: REVIEW.search(name) is not None) as members:
        for name, stream, size in members:
            place = REVIEW.search(name)
            assert place is not None  # only such members are given
            found[place[1], place[2]].append((place[3], _review(path, name, stream.read(MAX_REVIEW + 1), size)))
    arrays: Arrays = {}
    for part in ("train", "test"):
        for label in LABELS:
            if not found[part, label]:
                raise DataError(
                    _("{path} holds no reviews in {folder}.").format(path=path, folder=f"{part}/{label}"),
                    _("The folders train and test with neg and pos in each are needed."),
                )
        texts = Texts.of(text for label in LABELS for _name, text in sorted(found[part, label]))
        arrays[f"x_{part}_utf8"], arrays[f"x_{part}_offsets"] = texts.values, texts.offsets
        arrays[f"y_{part}"] = np.repeat(np.arange(2), [len(found[part, label]) for label in LABELS])
    return arrays


def as_texts(arrays: Arrays) -> shape.Shaped:
    """x as Texts, y int64 of 0 (neg) and 1 (pos)."""
    train, test = (
        shape.Split(Texts(arrays[f"x_{part}_utf8"], arrays[f"x_{part}_offsets"]), arrays[f"y_{part}"])
        for part in ("train", "test")
    )
    return shape.Shaped(train, test, {"labels": LABELS})


def recognise(path: Path) -> str | None:
    """The main file's name for an archive that begins with reviews."""
    return NAME if any(REVIEW.search(name) for name in archive.first_names(path, 200)) else None


def pack(folder: Path, into: Path) -> Path | None:
    """The unpacked aclImdb (or the folder around it) as an archive in `into`; None where there are no reviews."""
    root = next((f for f in (folder, folder / "aclImdb") if (f / "train" / "pos").is_dir()), None)
    if root is None:
        return None
    target = into / NAME
    try:
        # level 1: 66 MB in 2 s, and the packed file is read back only once
        with gzip.open(target, "wb", compresslevel=1) as packed, tarfile.open(fileobj=packed, mode="w|") as tar:
            for path in _reviews(root):
                body = path.read_bytes()
                if wrong := _wrong(body):
                    raise _no_review(str(path), wrong, _("Correct or remove it, or import the publisher's archive."))
                member = tarfile.TarInfo(f"aclImdb/{path.relative_to(root).as_posix()}")
                member.size = len(body)
                tar.addfile(member, io.BytesIO(body))
    except OSError as error:
        raise DataError(
            _("{path} cannot be packed: {reason}.").format(path=root, reason=error.strerror or error),
            _("Check the permissions of its files and the free space."),
        ) from error
    return target


def _reviews(root: Path) -> Iterator[Path]:
    for part in ("train", "test"):
        for label in LABELS:
            for path in sorted((root / part / label).glob("*.txt")):
                wanted = REVIEW.search(path.relative_to(root).as_posix())
                if wanted and path.is_file() and not path.is_symlink() and path.stat().st_size <= MAX_REVIEW:
                    yield path


def _review(path: Path, name: str, body: bytes, size: int) -> bytes:
    if size <= MAX_REVIEW and len(body) != size:
        raise EOFError(f"{name}: {len(body)} of {size} bytes")
    if wrong := _("it has {size} bytes").format(size=size) if size > MAX_REVIEW else _wrong(body):
        hint = _("The archive was damaged or made for something else; get the original.")
        raise _no_review(f"{path}: {name}", wrong, hint)
    return body


def _wrong(body: bytes) -> str:
    """What is wrong with a review, or nothing."""
    if not body.strip():
        return _("it is empty")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return _("it is not UTF-8 at byte {place}").format(place=error.start)
    return ""


def _no_review(member: str, wrong: str, hint: str) -> DataError:
    return DataError(_("{member} is no review: {what}.").format(member=member, what=wrong), hint)


DATASET = Dataset(
    name="aclimdb",
    title=Text("IMDB 影评原文", "IMDB film reviews, raw text"),
    what=Text(
        "25,000 条训练、25,000 条测试影评（英文原文），判断正面或负面",
        "25,000 training and 25,000 test reviews as English text; positive or negative",
    ),
    origin="Maas et al. 2011, https://ai.stanford.edu/~amaas/data/sentiment/",
    files=(
        DataFile(
            NAME,
            (
                "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
                "https://dataset.bj.bcebos.com/imdb%2FaclImdb_v1.tar.gz",  # PaddlePaddle's mirror, the same checksum
            ),
            84_125_825,
            md5="7c2ac02c03563afcf9b574c7e56c153a",
            licence="research use; Maas et al., https://ai.stanford.edu/~amaas/data/sentiment/",
        ),
    ),
    read=read,
    shape=as_texts,
    twin_what=Text(
        "按词频和情感词规则生成的影评，加上大小写、标点和换行标记，但不是真人写的评论",
        "generated reviews with capitals, punctuation and line breaks; nobody wrote them",
    ),
    options={},
    samples={"y_train": 25_000, "y_test": 25_000},
    recognise=recognise,
    pack=pack,
    layout=("train/neg", "train/pos", "test/neg", "test/pos"),
)
