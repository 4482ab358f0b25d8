"""Memory: what a run needs against what is free. The app and the command line decide nothing of it themselves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dlwp_tui.analysis import estimates
from dlwp_tui.core import hardware
from dlwp_tui.core.errors import RunError
from dlwp_tui.core.language import _
from dlwp_tui.core.types import Value
from dlwp_tui.course.lesson import Lesson

_AMPLE = 4  # times what the lesson declares: no run was ever seen to need that, so the history is not read


class MemoryShort(RunError):
    """A run was not started because memory is short; `force` starts it all the same."""


def free_mb() -> int:
    """Memory a new process may take, MB of 2^20 bytes."""
    return hardware.ram_free() >> 20


def shortage(need_mb: int) -> str:
    """The sentence that says that `need_mb` is more than is free now; empty where it is not."""
    free = free_mb()
    if need_mb <= free:
        return ""
    return _("This run needs about {need} MB of memory, {free} MB are free: it may be slow, or be ended.").format(
        need=need_mb, free=free
    )


def require(lesson: Lesson, params: Mapping[str, Value], *, force: bool = False) -> int:
    """The MB a run will hold at its peak. Raises MemoryShort when that is more than is free, unless `force`."""
    need_mb = lesson.needs_mb(params)
    if free_mb() < _AMPLE * need_mb:
        need_mb = estimates.needed_mb(lesson, params)
    if not force and (short := shortage(need_mb)):
        raise MemoryShort(short, _("Close other programs, or choose a smaller preset."))
    return need_mb


def peak_mb(pid: int | str = "self") -> int | None:
    """The most memory a process has held, MB of 2^20 bytes; None when it is gone or the system does not show it.

    Not getrusage's ru_maxrss: that of a new Python begins with its parent's figure.
    """
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) >> 10 for line in lines if line.startswith("VmHWM:")), None)
