"""Checksums of data files, remembered by path, size and modification time: a second status reads no file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from dlwp_tui.core import parsed, paths
from dlwp_tui.core.errors import StorageError

_memory: dict[str, str] = {}


def of(path: Path, algorithm: str = "sha256") -> str:
    """The hexadecimal `algorithm` checksum of the file at `path`. OSError when it cannot be read."""
    stat = path.stat()
    key = f"{algorithm}:{path.absolute()}:{stat.st_size}:{stat.st_mtime_ns}"
    if key not in _memory:
        stored = _stored()
        if key not in stored:
            with paths.open_file(path) as file:
                stored[key] = hashlib.file_digest(file, algorithm).hexdigest()
            _store(stored)
        _memory[key] = stored[key]
    return _memory[key]


def forget(file_name: str) -> None:
    """Drop what is remembered of files called `file_name`, so that the next `of` reads them again."""

    def about(key: str) -> bool:
        return f"/{file_name}:" in key

    for key in [k for k in _memory if about(k)]:
        del _memory[key]
    stored = _stored()
    kept = {k: v for k, v in stored.items() if not about(k)}
    if kept != stored:
        _store(kept)


def _file() -> Path:
    return paths.cache() / "datasets" / "checksums.json"


def _stored() -> dict[str, str]:
    try:
        read = parsed.read_json(_file())
    except (OSError, ValueError):
        return {}  # nothing remembered yet, or a broken file: checksums are computed again
    return {k: v for k, v in read.items() if isinstance(v, str)} if isinstance(read, dict) else {}


def _store(checksums: dict[str, str]) -> None:
    newest = dict(list(checksums.items())[-200:])
    try:
        paths.atomic_write(_file(), json.dumps(newest, indent=0))
    except StorageError:
        return  # reading a status must work where nothing can be written; the price is reading the file again
