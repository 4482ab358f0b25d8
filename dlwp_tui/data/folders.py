"""Finds the folder that holds a dataset, in or around the one that the learner named."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from dlwp_tui.core.errors import DataError
from dlwp_tui.core.language import _
from dlwp_tui.data.dataset import Dataset

MAX_FOLDERS = 2000
"""Folders that are looked into."""
DEPTH = 3
"""How deep in the given folder a dataset may lie."""


def below(folder: Path, wanted: set[str], packed: Sequence[Dataset]) -> list[Path]:
    """The folders below `folder` that hold a file called like a dataset's, or the layout of an unpacked one."""
    found: list[Path] = []
    level, seen = [folder], 0
    for _depth in range(DEPTH):
        inside = []
        for parent in level:
            with contextlib.suppress(OSError), os.scandir(parent) as entries:  # what may not be read holds nothing
                inside += [Path(e.path) for e in entries if e.is_dir(follow_symlinks=False) and e.name[0] != "."]
        level = []
        for one in sorted(inside)[: MAX_FOLDERS - seen]:
            names = _names(one)
            holds = not wanted.isdisjoint(names) or any(_has_layout(one, d) for d in packed)
            (found if holds else level).append(one)
        seen += len(inside)
    return found


def none_in(folder: Path, datasets: Sequence[Dataset], wanted: set[str]) -> DataError:
    """The error for a folder without a dataset; where it is a part of one, with what is missing."""
    here = folder.absolute()
    for dataset in datasets:
        parts = {part for inner in dataset.layout for part in (inner, *PurePosixPath(inner).parts)}
        if here.name not in parts and not any((here / part).is_dir() for part in parts):
            continue
        for whole in (here.parent, here.parent.parent):
            if _has_layout(whole, dataset):
                return DataError(
                    _("{path} is only a part of {name}.").format(path=folder, name=dataset.name),
                    _("Import all of it: `dlwp data import {path}`.").format(path=whole),
                )
        return DataError(
            _("{path} looks like a part of {name}.").format(path=folder, name=dataset.name),
            _("The folder to import has these in it: {folders}.").format(folders=", ".join(dataset.layout)),
        )
    return nothing_in(_("There is no dataset file in {path}.").format(path=folder), wanted)


def nothing_in(message: str, wanted: set[str]) -> DataError:
    """The error for a folder or archive without a dataset, with the names of files that were looked for."""
    return DataError(message, _("Files by name: {names}.").format(names=", ".join(sorted(wanted))))


def _names(folder: Path) -> set[str]:
    try:
        return {path.name for path in folder.iterdir()}
    except OSError:
        return set()


def _has_layout(folder: Path, dataset: Dataset) -> bool:
    return bool(dataset.layout) and all((folder / inner).is_dir() for inner in dataset.layout)
