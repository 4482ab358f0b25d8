"""Reads and checks what is inside a dataset's file, wherever it comes from."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlwp_tui.core import paths
from dlwp_tui.core.errors import DataError
from dlwp_tui.core.language import _
from dlwp_tui.data import apart, locate, npz
from dlwp_tui.data.dataset import DataFile, Dataset

if TYPE_CHECKING:
    from dlwp_tui.data.dataset import Arrays


@dataclass(frozen=True)
class Content:
    """A file that was read and fits its dataset."""

    arrays: Arrays | None
    """What `dataset.read` returned; None for a file without samples."""
    checks: tuple[str, ...]
    """What was checked, one line each."""
    whole: bool
    """True where size and number of samples are those of the publisher's file, as far as they are known."""


def judge(path: Path, dataset: Dataset, file: DataFile, *, packed: bool = False) -> Content:
    """Read the file at `path` as `file` of `dataset`. DataError, with what is wrong, when its content does not fit.

    packed: it was made of the learner's folder, and its size means nothing to anybody.
    """
    size = path.stat().st_size
    fits = file.exact_size in (0, size)
    if file not in dataset.forms:
        if dataset.check_extra:
            dataset.check_extra(path)
        return Content(None, (_("the words have ranks from 1"),), fits)
    try:
        apart.require_readable(path, dataset)
        arrays = dataset.read(path)
    except DataError as error:
        if not packed and file.size and size < file.size and npz.keys(path) is None:
            error.hint = _("It has {got} of {want} bytes. {hint}").format(got=size, want=file.size, hint=error.hint)
        raise
    for key, count in () if file.part else dataset.samples.items():
        if len(arrays[key]) != count:
            raise DataError(
                _("{path}: {key} has {got} samples, {name} has {want}.").format(
                    path=path, key=key, got=len(arrays[key]), name=dataset.name, want=count
                ),
                _("The file was cut or made for something else; get the original."),
            )
    for key, count in () if file.part else dataset.classes.items():
        if (got := len(set(arrays[key].tolist()))) != count:
            raise DataError(
                _("{path}: {key} has {got} classes, {name} has {want}.").format(
                    path=path, key=key, got=got, name=dataset.name, want=count
                ),
                _("The file was cut or made for something else; get the original."),
            )
    fits = fits and not file.part and all(len(arrays[key]) == count for key, count in dataset.full.items())
    # without a known size and a known number of samples, the file cannot be called whole
    checks = [
        *_summaries(arrays),
        *(_("{key}: {count} classes").format(key=k, count=n) for k, n in dataset.classes.items()),
    ]
    return Content(arrays, tuple(checks), fits and bool(file.exact_size or dataset.full or dataset.samples))


def record(path: Path, sha256: str, size: int, content: Content, origin: str = "") -> None:
    """Write beside `path` what was checked in its content: it counts as usable from then on. Raises StorageError."""
    facts: dict[str, Any] = {
        "sha256": sha256,
        "size": size,
        "checks": content.checks,
        "whole": content.whole,
        "accepted_at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }
    if origin:
        facts["from"] = origin
    paths.atomic_write(locate.record_of(path), json.dumps(facts, ensure_ascii=False, indent=1))


def _summaries(arrays: Arrays) -> list[str]:
    numbers = [
        f"{key}: {'x'.join(map(str, a.shape))} {a.dtype}, {a.min()}..{a.max()}"
        for key, a in arrays.items()
        if a.size and not key.endswith(("_offsets", "_utf8"))
    ]
    return numbers or [_("{count} bytes of UTF-8 text").format(count=sum(a.size for a in arrays.values()))]
