"""All datasets by name, found by folder: `sets/<name>/` beside this file, `datasets/<name>/` in a folder of lessons.

Such a folder has `reader.py` with a `DATASET` called like the folder, and, if there is a synthetic twin, `twin.py` with
`make(**read_options)`. The reader is imported when datasets are listed, also by the app, so it may not import NumPy or
anything else that is slow before one of its functions is called. Files beside it are imported relatively:
`from .labels import LABELS`.
"""

from __future__ import annotations

import difflib
import hashlib
import sys
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from dlwp_tui.core import content
from dlwp_tui.core.errors import ContentError, DataError, DlwpError, UsageError
from dlwp_tui.core.language import _
from dlwp_tui.data.dataset import DataFile, Dataset

if TYPE_CHECKING:
    from dlwp_tui.data.dataset import Read, Twin

SETS = Path(__file__).parent / "sets"


def all_sets() -> dict[str, Dataset]:
    """Every dataset by name: those of the package, then those of the folders of lessons."""
    found = dict(DATASETS)
    for folder in content.dataset_folders():
        found = {**_read(folder)[0], **found}  # of two with one name the first counts
    return {name: found[name] for name in sorted(found)}


def get(name: str) -> Dataset:
    """The dataset called `name`. UsageError with the nearest names, or ContentError where its reader is broken."""
    known = all_sets()
    if found := known.get(name):
        return found
    for file, error in broken():
        if file.parent.name == name:
            raise error
    near = difflib.get_close_matches(name.lower(), known, n=2, cutoff=0.5)
    hint = (
        _("Did you mean {names}?").format(names=", ".join(near))
        if near
        else _("Known datasets: {names}.").format(names=", ".join(known))
    )
    raise UsageError(_("There is no dataset called {name}.").format(name=repr(name)), hint)


def owner_of(file_name: str) -> tuple[Dataset, DataFile] | None:
    """The dataset and file that go by `file_name`, or None."""
    for dataset in all_sets().values():
        if file := dataset.file(file_name):
            return dataset, file
    return None


def broken() -> list[tuple[Path, ContentError]]:
    """The reader.py files of folders of lessons that cannot be used, and why."""
    found, names = [], dict.fromkeys(DATASETS, SETS)
    for folder in content.dataset_folders():
        sets, errors = _read(folder)
        found += errors
        for name in sets:
            if name in names:
                message = _("Dataset {name} exists already, in {folder}.").format(name=name, folder=names[name])
                hint = _("Give one of the two another name.")
                found.append((folder / name / "reader.py", ContentError(message, hint)))
            names.setdefault(name, folder)
    return found


@cache
def _read(folder: Path) -> tuple[dict[str, Dataset], list[tuple[Path, ContentError]]]:
    """The datasets in the folders inside `folder`, and what is wrong with the others."""
    sets, errors = {}, []
    for file in sorted(folder.glob("*/reader.py")):
        try:
            sets[file.parent.name] = _load(file.parent)
        except ContentError as error:
            errors.append((file, error))
    return sets, errors


def _load(folder: Path) -> Dataset:
    """The dataset in `folder`. ContentError, whatever its code raises."""
    file = folder / "reader.py"
    try:
        dataset = _module(folder, "reader").DATASET
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise ContentError(
            _("The dataset in {file} cannot be loaded: {reason}.").format(file=file, reason=reason),
            _("Correct it; it needs DATASET = Dataset(...)."),
        ) from error
    if not isinstance(dataset, Dataset) or dataset.name != folder.name:
        raise ContentError(
            _("DATASET in {file} is no Dataset called {name}.").format(file=file, name=repr(folder.name)),
            _("Call it like its folder."),
        )
    read = _guarded(dataset, (OSError, MemoryError) if folder.parent == SETS else (Exception,))
    return replace(dataset, folder=folder, twin=dataset.twin or _twin(folder), read=read)


def _guarded(dataset: Dataset, errors: tuple[type[Exception], ...]) -> Read:
    """`dataset.read` with these errors as a DataError: the reader of a folder of lessons need not know ours."""

    def read(path: Path, **options: Any) -> Any:
        try:
            return dataset.read(path, **options)
        except DlwpError:
            raise
        except OSError as error:
            raise DataError(
                _("{path} cannot be read: {reason}.").format(path=path, reason=error.strerror or error),
                _("Check that it is a file and that its permissions let you read it."),
            ) from error
        except errors as error:
            reason = f"{type(error).__name__}: {error}"
            raise DataError(
                _("{path} cannot be read as {name}: {reason}.").format(path=path, name=dataset.name, reason=reason),
                _("Compare it with what datasets/{name}/reader.py expects.").format(name=dataset.name),
            ) from error

    return read


def _twin(folder: Path) -> Twin | None:
    """`make` of the folder's twin.py, imported when it is called; None without such a file."""
    if not (folder / "twin.py").is_file():
        return None

    def make(**options: Any) -> Any:
        return _module(folder, "twin").make(**options)

    return make


def _module(folder: Path, name: str) -> ModuleType:
    """`folder/name.py`, as a module of a package of its own."""
    if folder.parent == SETS:
        return import_module(f"dlwp_tui.data.sets.{folder.name}.{name}")
    package = f"dlwp_dataset_{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    if package not in sys.modules:
        sys.modules[package] = ModuleType(package)
        sys.modules[package].__path__ = [str(folder)]
    return import_module(f"{package}.{name}")


DATASETS: dict[str, Dataset] = {file.parent.name: _load(file.parent) for file in sorted(SETS.glob("*/reader.py"))}
"""The package's own datasets."""
