"""Which folders the course is made of: the course itself, then further folders of lessons that are added to it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from dlwp_tui.core import parsed, paths, settings
from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _


def folders() -> tuple[Path, ...]:
    """The course's own folder, then the further ones, each once and absolute; a folder need not exist.

    Further folders are, in this order: the rest of `$DLWP_CONTENT` (which `--content` extends), the `content` of
    settings.toml (relative to DLWP_HOME), and `own()` where there is one.
    """
    further = [_further(part) for part in _variable()[1:] if part]
    further += [paths.home() / _further(part) for part in settings.load().content]
    if own().is_dir():
        further.append(own())
    return tuple(dict.fromkeys((paths.content(), *(folder.absolute() for folder in further))))


def own() -> Path:
    """The learner's own folder of lessons, where `dlwp new` writes when nothing else is said."""
    return paths.home() / "lessons"


def add(folder: Path) -> None:
    """Add a folder of lessons for this process and those it starts. Raises UsageError when it does not exist."""
    folder = paths.expanded(folder).absolute()
    if not (paths.is_there(folder) and folder.is_dir()):
        raise UsageError(
            _("There is no folder {name}.").format(name=folder),
            _("`dlwp new` makes a lesson, and its folder of lessons."),
        )
    os.environ["DLWP_CONTENT"] = os.pathsep.join([*_variable(), str(folder)])


def remember(folder: Path) -> None:
    """Note that the learner has started a lesson of this folder: its code may run again. Raises StorageError."""
    if str(folder) in (before := _remembered()):
        return
    with paths.locked(_file().with_suffix(".lock")):
        content = {"v": 1, "folders": [*before, str(folder)]}
        paths.atomic_write(_file(), json.dumps(content, ensure_ascii=False, indent=1))


def require_known(folder: Path) -> None:
    """Raise UsageError for a folder whose code the learner never ran: a run brought here from elsewhere names it.

    Known are the folders in force and those of lessons that were started here. One that is gone has no code.
    """
    if not folder.is_absolute() or folder in folders() or str(folder) in _remembered() or not folder.is_dir():
        return
    whole = (folder / "book.toml").exists()
    raise UsageError(
        _("The run names lessons in {folder}, of which none was ever started here.").format(folder=folder),
        _("Their code would run. If you trust it, begin the command with: {begin}").format(
            begin=f"DLWP_CONTENT={folder} dlwp" if whole else f"dlwp --content {folder}"
        ),
    )


def _file() -> Path:
    """`{"v": 1, "folders": ["/home/me/lessons"]}`."""
    return paths.home() / "lesson-folders.json"


def _remembered() -> list[str]:
    try:
        raw = parsed.read_json(_file())
    except (OSError, ValueError):
        return []
    kept = raw.get("folders") if isinstance(raw, dict) else None
    return [one for one in kept if isinstance(one, str)] if isinstance(kept, list) else []


def use_datasets(folder: Path) -> None:
    """Use the datasets of a folder of lessons too, in this process: of a run whose folder is not in force."""
    if folder.is_absolute() and folder not in _used:
        _used.append(folder)


def dataset_folders() -> tuple[Path, ...]:
    """The folders of datasets that there are: `datasets/` of each folder of lessons."""
    found = (folder / "datasets" for folder in dict.fromkeys((*folders(), *_used)))
    return tuple(folder for folder in found if folder.is_dir())


_used: list[Path] = []


def _further(part: str) -> Path:
    """A further folder; one of a user that is not known stays as it is, and is reported as missing."""
    try:
        return paths.expanded(part)
    except UsageError:
        return Path(part)


def _variable() -> list[str]:
    """The parts of `$DLWP_CONTENT`, apart by `:`; the first replaces the course unless it is empty."""
    return os.environ.get("DLWP_CONTENT", "").split(os.pathsep)
