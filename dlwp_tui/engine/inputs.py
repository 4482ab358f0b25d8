"""The learner's own pictures of a run: copied into its folder, so that it stays whole when the file is moved."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dlwp_tui.core import paths
from dlwp_tui.core.types import Value
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.runs.folder import RunFolder


def absolute(lesson: Lesson, values: Mapping[str, Value]) -> dict[str, Value]:
    """`values` with paths as absolute ones: a worker stands in its own folder."""
    found = dict(values)
    for name, value in values.items():
        if value and lesson.params[name].is_path:
            found[name] = str(paths.expanded(str(value)).absolute())
    return found


def check(lesson: Lesson, values: Mapping[str, Value], kept: Mapping[str, Path]) -> dict[str, Path]:
    """The picture files of a run with these values, by param: of `kept` copies of an earlier run those.

    DataError for a picture that cannot be used.
    """
    pictures = {
        name: kept.get(name, Path(str(value)))
        for name, value in values.items()
        if value and lesson.params[name].type == "image"
    }
    if pictures:
        from dlwp_tui.data import pixels  # only where it is needed: it stays out of start-up

        for path in pictures.values():
            pixels.check(path)
    return pictures


def keep(folder: RunFolder, pictures: Mapping[str, Path]) -> None:
    """Copy what was checked (at most 100 MB each) as `inputs/<param>/<name>`, for the learner's eyes. StorageError."""
    for name, path in pictures.items():
        target = paths.ensure(folder.inputs / name) / path.name
        try:
            body = path.read_bytes()
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as out:
                out.write(body)
        except OSError as error:
            raise paths.storage_error(target, error) from error


def kept(folder: RunFolder) -> dict[str, Path]:
    """The copies in a run's folder, by param; none in that of an older version."""
    return dict(_copies(folder))


def values(folder: RunFolder, params: Mapping[str, Value]) -> dict[str, Any]:
    """The params as the lesson gets them: of pictures the copies."""
    return {**params, **{name: str(path) for name, path in kept(folder).items() if name in params}}


def _copies(folder: RunFolder) -> Iterator[tuple[str, Path]]:
    try:
        for inside in sorted(folder.inputs.iterdir()):
            for path in inside.iterdir():
                yield inside.name, path
    except OSError:  # there are none
        return
