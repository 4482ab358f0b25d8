"""The learner's own notes: one plain markdown file per section, `$DLWP_HOME/notes/<id>.md`.

A file that was changed outside (a second app, $EDITOR) is never overwritten: the text then goes to
`<id>.conflict-<n>.md` beside it, and `join` puts such copies below the note again. A file that cannot be read or is not
UTF-8 raises and is left alone. An emptied note is removed.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from dlwp_tui.core import paths
from dlwp_tui.core.errors import StorageError
from dlwp_tui.core.language import _

ID = re.compile(r"\d+(?:\.\d+)*")
_FILE = re.compile(rf"({ID.pattern})(?:\.conflict-(\d+))?\.md")
MISSING = ""
"""The stamp of a file that does not exist."""


@dataclass(frozen=True)
class MyNote:
    """One file as it was read or written; `stamp` is a hash of its bytes."""

    section_id: str
    path: Path
    text: str = ""
    stamp: str = MISSING


@dataclass(frozen=True)
class Saved:
    """The result of a write: the file that now holds the text; `conflict`: it is a copy beside the note."""

    note: MyNote
    conflict: bool = False


def folder() -> Path:
    """Where the notes lie."""
    return paths.home() / "notes"


def file(section_id: str) -> Path:
    """The note of a section, whether it exists or not."""
    if not ID.fullmatch(section_id):
        raise ValueError(section_id)
    return folder() / f"{section_id}.md"


def read(section_id: str) -> MyNote:
    """A section's own note; empty where none was written. Raises StorageError for one that cannot be read."""
    return _read(section_id, file(section_id))


def read_again(note: MyNote) -> MyNote:
    """The same file as it is now. Raises StorageError."""
    return _read(note.section_id, note.path)


def write(before: MyNote, text: str) -> Saved:
    """Replace the file `before` by `text`; where it was changed since, write a copy instead. Raises StorageError."""
    with paths.locked(folder() / ".lock"):
        now = _stamp(before.path)
        raw = text.encode("utf-8", errors="replace")  # a lone surrogate from a paste becomes "?"
        if now == _digest(raw) or (now == before.stamp and text == before.text):
            return Saved(MyNote(before.section_id, before.path, text, now))
        if now in (before.stamp, MISSING):
            return Saved(_put(before, before.path, raw))
        return Saved(_put(before, _free(before.section_id), raw), conflict=True)


def changed(note: MyNote) -> bool:
    """True when the file is no longer what `note` read or wrote. Raises StorageError where it cannot be read."""
    return _stamp(note.path) != note.stamp


def conflicts(section_id: str) -> list[Path]:
    """The copies kept beside a section's note, oldest first."""
    return sorted((path for name, number, path in _files() if name == section_id and number), key=_number)


def join(section_id: str) -> MyNote:
    """Append every copy to the note, each under a rule, and remove the copies. Raises StorageError."""
    with paths.locked(folder() / ".lock"):
        note = _read(section_id, file(section_id))
        copies = [_read(section_id, path) for path in conflicts(section_id)]
        if not copies:
            return note
        text = "\n\n---\n\n".join(part.text.strip("\n") for part in (note, *copies) if part.text.strip()) + "\n"
        joined = _put(note, note.path, text.encode("utf-8"))
        for copy in copies:
            _remove(copy.path)
        return joined


def all() -> list[MyNote]:
    """Every note and every copy, in the sections' order. Raises StorageError, naming the file that cannot be read."""
    found = sorted(_files(), key=lambda one: ([int(part) for part in one[0].split(".")], one[1]))
    return [_read(name, path) for name, _number_, path in found]


def _files() -> list[tuple[str, int, Path]]:
    """Section id, number of the copy (0: the note itself) and path of each note file."""
    try:
        names = list(folder().iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _unreadable(folder(), error) from error
    matches = [(_FILE.fullmatch(path.name), path) for path in names]
    return [(match[1], int(match[2] or 0), path) for match, path in matches if match]


def _number(path: Path) -> int:
    match = _FILE.fullmatch(path.name)
    assert match is not None
    return int(match[2] or 0)


def _free(section_id: str) -> Path:
    number = 1
    while (path := folder() / f"{section_id}.conflict-{number}.md").exists():
        number += 1
    return path


def _read(section_id: str, path: Path) -> MyNote:
    raw = _bytes(path)
    if raw is None:
        return MyNote(section_id, path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StorageError(
            _("Your note {path} is not UTF-8; it was left alone.").format(path=path),
            _("Save it as UTF-8; for a GBK file: iconv -f GBK -t UTF-8."),
        ) from error
    return MyNote(section_id, path, text, _digest(raw))


def _bytes(path: Path) -> bytes | None:
    try:
        return paths.read_bytes(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> StorageError:
    return StorageError(
        _("Your note {path} cannot be read: {reason}.").format(path=path, reason=error.strerror or error),
        _("Check that it is a file and that its permissions let you read it."),
    )


def _stamp(path: Path) -> str:
    raw = _bytes(path)
    return MISSING if raw is None else _digest(raw)


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _put(before: MyNote, path: Path, raw: bytes) -> MyNote:
    text = raw.decode("utf-8")
    if not text.strip():
        _remove(path)
        return MyNote(before.section_id, path, text, MISSING)
    paths.atomic_write(path.resolve(), text)  # a note linked to elsewhere stays a link
    return MyNote(before.section_id, path, text, _digest(raw))


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise paths.storage_error(path, error) from error
