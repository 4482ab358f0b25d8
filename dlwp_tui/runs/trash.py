"""Deleted runs that can still be brought back: hidden folders beside the runs, until they are purged.

A deleted run is renamed to `.deleted-<id>-<pid>-<seconds since the epoch>`, which no list shows. Whoever deleted it
purges it when its program ends; what a crash left behind goes a day later, with `purge_old`.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from dlwp_tui.core import paths
from dlwp_tui.core.errors import RunError
from dlwp_tui.core.language import _
from dlwp_tui.runs import packed, state
from dlwp_tui.runs.folder import RUN_ID, RunFolder

KEPT_S = 86400
"""Seconds after which a deleted run is purged by whichever program looks next."""
_DELETED = re.compile(rf"^\.deleted-(?P<id>{RUN_ID.pattern.strip('^$')})-\d+(-(?P<when>\d+))?$")
"""Without a time: left behind by a version that purged at once."""


@dataclass(frozen=True)
class Deleted:
    """A run that was deleted and not yet purged."""

    path: Path
    """Where it lies now."""
    folder: RunFolder
    """Where it was."""
    when: float
    """Seconds since the epoch."""
    size: int
    """Bytes that purging it frees."""


def take(folder: RunFolder) -> Deleted:
    """Delete a run so that it can be brought back. Raises RunError while it is at work or where it is gone already."""
    if state.locked(folder):
        raise RunError(
            _("Run {run} is still at work.").format(run=folder.id),
            _("Stop it first: dlwp stop {run}").format(run=folder.id),
        )
    now = time.time()
    path = folder.path.with_name(f".deleted-{folder.id}-{os.getpid()}-{now:.0f}")
    deleted = Deleted(path, folder, now, folder.size)
    try:
        folder.path.rename(deleted.path)
    except FileNotFoundError as error:
        raise RunError(_("Run {run} is gone already.").format(run=folder.id)) from error
    except OSError as error:
        raise paths.storage_error(folder.path, error) from error
    packed.forget(folder)
    return deleted


def bring_back(deleted: Deleted) -> RunFolder:
    """Undo `take`. Raises RunError where the run was purged meanwhile."""
    try:
        deleted.path.rename(deleted.folder.path)
    except FileNotFoundError as error:
        raise RunError(
            _("Run {run} cannot be brought back: its files are gone.").format(run=deleted.folder.id)
        ) from error
    except OSError as error:
        raise paths.storage_error(deleted.folder.path, error) from error
    return deleted.folder


def purge(deleted: Deleted) -> None:
    """Remove a deleted run for good; one that is gone already is no error. Raises StorageError."""
    try:
        shutil.rmtree(deleted.path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise paths.storage_error(deleted.path, error) from error


def kept() -> list[Deleted]:
    """The deleted runs that still take up room, the oldest first."""
    try:
        entries = list(paths.runs().iterdir())
    except OSError:
        return []
    made = [
        Deleted(entry, RunFolder(entry.with_name(match["id"])), float(match["when"] or 0), RunFolder(entry).size)
        for entry in entries
        if (match := _DELETED.match(entry.name))
    ]
    return sorted(made, key=lambda one: one.when)


def purge_old(now: float | None = None) -> list[Deleted]:
    """Remove for good what was deleted more than `KEPT_S` ago; returns it. Raises StorageError."""
    limit = (time.time() if now is None else now) - KEPT_S
    old = [one for one in kept() if one.when < limit]
    for one in old:
        purge(one)
    return old
