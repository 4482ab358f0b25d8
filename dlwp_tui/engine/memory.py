"""Memory: what a run needs against what is free. The one place that decides; the app and the command line ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dlwp_tui.analysis import estimates
from dlwp_tui.core import hardware
from dlwp_tui.core.errors import RunError
from dlwp_tui.core.language import _
from dlwp_tui.core.types import Value
from dlwp_tui.course.lesson import Lesson

_AMPLE = 4  # times what the lesson declares: no run of it was ever seen to need that, so its history is not read
_MIB = 1 << 20


@dataclass(frozen=True)
class Shortage:
    """A run needs more memory than is free."""

    need_mb: int
    free_mb: int

    def __str__(self) -> str:
        return _("This run needs about {need} MB of memory, {free} MB are free: it may be slow, or be ended.").format(
            need=self.need_mb, free=self.free_mb
        )


class MemoryShort(RunError):
    """A run was not started because memory is short; whoever asked may start it all the same."""

    def __init__(self, short: Shortage) -> None:
        super().__init__(str(short), _("Close other programs, or choose a smaller preset."))
        self.short = short


def free_mb() -> int:
    """Memory a new process may take, MB of 2^20 bytes."""
    return hardware.ram_free() // _MIB


def shortage(need_mb: int) -> Shortage | None:
    """The shortage, if `need_mb` is more than is free now."""
    free = free_mb()
    return Shortage(need_mb, free) if need_mb > free else None


def needed_mb(lesson: Lesson, params: Mapping[str, Value]) -> int:
    """What a run with these params will hold at its peak: as its earlier runs did, else what the lesson declares."""
    if free_mb() >= _AMPLE * lesson.ram_mb:
        return lesson.ram_mb
    return estimates.ram(lesson, params, estimates.samples(lesson.id)).mb


def require(lesson: Lesson, params: Mapping[str, Value]) -> None:
    """Raise MemoryShort when a run with these params needs more than is free."""
    if (short := shortage(needed_mb(lesson, params))) is not None:
        raise MemoryShort(short)


def peak_mb(pid: int | str = "self") -> int | None:
    """The most memory a process has held, MB of 2^20 bytes; None when it is gone, or the system does not tell.

    Not getrusage's ru_maxrss: that of a new Python begins with its parent's figure.
    """
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) >> 10 for line in lines if line.startswith("VmHWM:")), None)
