"""Texts of Nietzsche in English: what the character model of lesson 8.1 learns to continue."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dlwp_tui.core import paths
from dlwp_tui.core.errors import DataError
from dlwp_tui.core.language import Text, _
from dlwp_tui.data import npz, shape
from dlwp_tui.data.dataset import S3, DataFile, Dataset
from dlwp_tui.data.texts import Texts

if TYPE_CHECKING:
    from dlwp_tui.data.dataset import Arrays

SHORTEST, LONGEST = 2000, 20 << 20
"""Bytes of a text; shorter ones give a model nothing to learn, a letter needs about 100 bytes while it trains."""
BEGINS = b"SUPPOSING that Truth is a woman"
"""Stands in the first lines of the book."""


def read(path: Path) -> Arrays:
    """A UTF-8 text -> text_utf8, its bytes as uint8, lines ending in a newline alone. Another text is no error."""
    import numpy as np

    size = path.stat().st_size
    if not SHORTEST <= size <= LONGEST:
        raise DataError(
            _("{path} has {size} bytes; a text of {low} to {high} bytes is needed.").format(
                path=path, size=size, low=SHORTEST, high=LONGEST
            ),
            _("Get the file again, compare its size with the one `dlwp data list` shows, then import it."),
        )
    try:
        text = paths.read_bytes(path, LONGEST).decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        if "\0" in text or text.lstrip()[:16].lower().startswith(("<!doctype", "<html")):
            raise ValueError
    except ValueError as error:
        raise DataError(
            _("{path} {what}; a plain UTF-8 text is needed.").format(path=path, what=npz.what_is(path)),
            _("Save it as UTF-8, or get the file again."),
        ) from error
    return {"text_utf8": np.frombuffer(bytearray(text.encode()), np.uint8)}


def as_text(arrays: Arrays) -> shape.Shaped:
    """One text in train, with y = 0; nothing in test."""
    import numpy as np

    utf8 = arrays["text_utf8"]
    whole = shape.Split(Texts(utf8, np.array([0, len(utf8)])), np.zeros(1, np.int64))
    return shape.Shaped(whole, shape.Split(Texts.of([]), np.zeros(0, np.int64)))


def recognise(path: Path) -> str | None:
    """The file's name for a text that begins like the book."""
    with paths.open_buffered(path) as file:
        return NAME if BEGINS in file.read(4096) else None


NAME = "nietzsche.txt"

DATASET = Dataset(
    name="nietzsche",
    title=Text("尼采文选（英译）", "Nietzsche, in English"),
    what=Text(
        "《善恶的彼岸》和《人性的，太人性的》的英译，60 万个字符：看前面的字符，猜下一个",
        "Beyond Good and Evil and a part of Human, All Too Human, 600,893 characters; which one comes next",
    ),
    origin="translated by Helen Zimmern and Alexander Harvey; Project Gutenberg no. 4363 and 38145; Keras' examples",
    files=(
        DataFile(
            NAME,
            (
                S3 + "text-datasets/nietzsche.txt",
                "https://raw.githubusercontent.com/rupeshbharambe24/DL-Practical/"
                "77c4feae1a4e1c7e7b682826608f64e75d0c3c2d/nietzsche.txt",
            ),
            600_901,
            licence="public domain (Project Gutenberg, outside the United States see your country's law)",
        ),
    ),
    read=read,
    shape=as_text,
    twin_what=Text(
        "按语法规则随机造的 60 万个字符的英文：拼写、单复数和标点都对，没有意思，也不是尼采写的",
        "600,893 characters of English made by a grammar: spelling, number and punctuation are right, nobody wrote it",
    ),
    full={"text_utf8": 600_901},
    recognise=recognise,
    single=True,
)
