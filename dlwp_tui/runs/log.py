"""The end of a worker's output, and how its process ended."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from typing import Any

from dlwp_tui.core import parsed, paths
from dlwp_tui.core.language import _, sentences
from dlwp_tui.runs.facts import DIED, Failure
from dlwp_tui.runs.folder import RunFolder, unreadable

MOST = 8 << 20
"""Bytes from which a log is cut: its first and its last megabyte stay."""
_KEPT = 1 << 20
_BLOCK = 1 << 16  # bytes read from the end of the log
_SHOWN = 12  # lines of the log shown when a run died
_OF_TENSORFLOW = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWE] |[IWE]0000 |WARNING: All log messages before absl::Init"
    r"|To enable the following instructions:|Skipping registering GPU devices"
)
"""What TensorFlow prints when it starts, about CUDA also where there is none: not why a run died."""
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)|[\x00-\x08\x0b-\x1f\x7f]")


def tail(folder: RunFolder, n: int) -> list[str]:
    """The last `n` lines of the worker's output, as a terminal would have left them; [] when it wrote none."""
    try:
        with paths.open_file(folder.log) as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _BLOCK))
            data = file.read(_BLOCK)
    except FileNotFoundError:
        return []
    except OSError as error:
        return [unreadable(folder, folder.log, error).message]
    lines = data.decode("utf-8", "replace").rstrip("\r\n").split("\n")
    if size > _BLOCK and len(lines) > 1:
        del lines[0]  # began before the block
    # A progress bar rewrites its line after each carriage return: its last state is what a terminal shows.
    shown = [_ESCAPES.sub("", line.rstrip("\r").rpartition("\r")[2]).rstrip() for line in lines]
    return shown[-n:] if any(shown) and n > 0 else []


def bound(path: Path) -> None:
    """Cut the middle out of a log longer than `MOST`. All who write to it append; what they write just now may be lost.

    For the worker, which calls it every second: a lesson may print without end.
    """
    try:
        fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    except OSError:  # deleted, or no file
        return
    try:
        size = os.fstat(fd).st_size
        if size > MOST:
            end = os.pread(fd, _KEPT, size - _KEPT)
            os.ftruncate(fd, _KEPT)
            left_out = _("[{size} MB of output were left out here]").format(size=(size - 2 * _KEPT) >> 20)
            os.write(fd, f"\n{left_out}\n".encode() + end)
    except OSError:  # a full disk: the beginning is there
        pass
    finally:
        os.close(fd)


def death(folder: RunFolder) -> Failure:
    """Why a worker ended without an `ended` event: from `exit.json` where its parent wrote one, with the log's end."""
    how = _reaped(folder)
    killed_by, code, error = how.get("signal"), how.get("code"), how.get("error")
    if isinstance(error, str):  # its last event could not be written
        message = error
    elif isinstance(killed_by, int):
        try:
            name = signal.Signals(killed_by).name
        except ValueError:
            name = "?"
        message = _("The worker was killed by signal {number} ({name}).").format(number=killed_by, name=name)
        if killed_by == signal.SIGKILL:
            message = sentences(message, _("The system does that when memory runs out."))
    elif isinstance(code, int):
        message = _("The worker ended with exit code {code} and without a word.").format(code=code)
    else:
        message = _("The worker ended without a word: killed, out of memory, or the machine went down.")
    lines = [line for line in tail(folder, 10 * _SHOWN) if not _OF_TENSORFLOW.match(line)]
    return Failure(DIED, message, tuple(lines[-_SHOWN:]))


def _reaped(folder: RunFolder) -> dict[str, Any]:
    try:
        how = parsed.read_json(folder.reaped)
    except (OSError, ValueError):  # no parent was left to write it, the disk was full, not ours to read
        return {}
    return how if isinstance(how, dict) else {}
