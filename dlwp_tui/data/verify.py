"""`dlwp data verify`: every byte of a dataset's files read again, whatever is remembered about them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path

from dlwp_tui.core.errors import DataError
from dlwp_tui.data import checksum, locate, registry
from dlwp_tui.data.locate import FileStatus, State


@dataclass(frozen=True)
class Verified:
    """One file after verification."""

    file: str
    """Its name."""
    state: State
    path: Path | None
    checksum: str
    """As it is now; empty when there is no file."""
    expected: str
    """The publisher's; empty where it states none."""
    algorithm: str
    detail: str = ""
    """What is wrong, in words."""

    @property
    def good(self) -> bool:
        """True for a file that can be trained on."""
        return self.state in locate.USABLE

    def as_json(self) -> dict[str, str | bool | None]:
        """The same as one JSON object."""
        return {**asdict(self), "state": str(self.state), "path": self.path and str(self.path), "good": self.good}


def verify(name: str) -> list[Verified]:
    """Read all files of the dataset `name` again: checksums, and the content of the main file. UsageError: unknown."""
    dataset = registry.get(name)
    for file in dataset.files:
        checksum.forget(file.name)
    results = []
    status = locate.status(name)
    for one in status.each:
        others = status.forms(dataset.main)
        if one in others and one.state is State.MISSING and one is not status.main:
            continue  # the samples are there in another form, or would come in the main one
        found = _content(one) if one in others and one.state in locate.USABLE else one
        results.append(
            Verified(
                found.file.name,
                found.state,
                found.path,
                found.checksum,
                found.file.checksum,
                found.file.algorithm,
                found.detail,
            )
        )
    return results


def _content(one: FileStatus) -> FileStatus:
    owner = registry.owner_of(one.file.name)
    assert owner is not None and one.path is not None  # it came from the registry, and is usable
    try:
        owner[0].read(one.path)
    except DataError as error:
        return replace(one, state=State.DAMAGED, detail=error.message)
    return one
