"""`dlwp data verify`: every byte of a dataset's files read again, whatever is remembered about them."""

from __future__ import annotations

from dataclasses import replace

from dlwp_tui.core.errors import DataError
from dlwp_tui.data import checksum, locate, registry
from dlwp_tui.data.locate import FileStatus, State


def verify(name: str) -> list[FileStatus]:
    """Read all files of the dataset `name` again: checksums, and the content of the main file. UsageError: unknown."""
    dataset = registry.get(name)
    for file in dataset.files:
        checksum.forget(file.name)
    status = locate.status(name)
    forms = status.forms(dataset.main)
    return [
        _content(one) if one in forms else one
        for one in status.each
        # a form that is missing is left out where the samples are there in another form, or would come in the main one
        if not (one in forms and one.state is State.MISSING and one is not status.main)
    ]


def _content(one: FileStatus) -> FileStatus:
    if not one.usable:
        return one
    owner = registry.owner_of(one.file.name)
    assert owner is not None and one.path is not None  # it came from the registry, and is usable
    try:
        owner[0].read(one.path)
    except DataError as error:
        return replace(one, state=State.DAMAGED, detail=error.message)
    return one
