"""Load of the machine: processor, memory, GPUs. One sample costs about 1 ms and never raises.

NVML refuses single figures with NotSupported or NoPermission (utilisation under MIG, power on some boards, processes in
containers): such a figure is None, never 0, and the others are there.
"""

from __future__ import annotations

import os
import platform
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from rich.cells import cell_len

from dlwp_tui.core.formats import gib
from dlwp_tui.core.language import _

RETRY = 30.0
"""Seconds between two attempts to reach the GPU driver."""


@dataclass(frozen=True)
class GpuProcess:
    """A process that uses a GPU; `memory` in bytes, None where the driver does not report it."""

    pid: int
    memory: int | None


@dataclass(frozen=True)
class Gpu:
    """One GPU; None for what the driver does not report, with the reason in `note` where it is known."""

    index: int
    name: str
    memory_used: int | None = None
    """Bytes."""
    memory_total: int | None = None
    utilisation: int | None = None
    """Percent of the last sampling period in which a kernel ran."""
    temperature: int | None = None
    """Degrees Celsius."""
    power: float | None = None
    """Watts."""
    power_limit: float | None = None
    processes: tuple[GpuProcess, ...] | None = None
    note: str = ""


@dataclass(frozen=True)
class Hardware:
    """One sample."""

    cpu_percent: float | None
    """Mean load of the cores this process may use; None in the first sample."""
    cores: float
    """Cores this process may use, by affinity and cgroup quota."""
    ram_used: int
    """Bytes; both are those of the container, where one has a memory limit."""
    ram_total: int
    gpus: tuple[Gpu, ...] = ()
    gpu_reason: str = ""
    """Why `gpus` is empty."""


def sample() -> Hardware:
    """One sample. Call it about once a second, from a thread: CPU load is measured between two calls."""
    return _SAMPLER.sample()


class Sampler:
    """Keeps the driver open between samples. Thread safe."""

    def __init__(
        self, load: Callable[[], ModuleType] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._load = load or _pynvml
        self._clock = clock
        self._nvml: Any = None
        self._retry_at = float("-inf")
        self._reason = ""
        self._first = True
        self._lock = threading.Lock()

    def sample(self) -> Hardware:
        """One sample, without GPUs but with the reason while the driver cannot be reached."""
        import psutil  # 9 ms, not needed to start

        with self._lock:
            loads = psutil.cpu_percent(interval=None, percpu=True)
            mine = [load for number, load in enumerate(loads) if number in _affinity()] or loads
            cpu = None if self._first or not mine else sum(mine) / len(mine)
            self._first = False
            memory = psutil.virtual_memory()
            used, total = _container_memory() or (memory.total - memory.available, memory.total)
            gpus = self._gpus()
        return Hardware(cpu, cores(), used, min(total, memory.total), gpus, "" if gpus else self._reason)

    def _gpus(self) -> tuple[Gpu, ...]:
        if self._nvml is None and not self._open():
            return ()
        nvml = self._nvml
        try:
            count = nvml.nvmlDeviceGetCount()
        except nvml.NVMLError as error:
            self._close(_text(error))
            return ()
        if not count:
            self._reason = _("no GPU")
        gpus = tuple(self._gpu(nvml, index) for index in range(count))
        if any(gpu is None for gpu in gpus):
            self._close(_("the GPU was lost"))
        return tuple(gpu for gpu in gpus if gpu is not None)

    def _gpu(self, nvml: Any, index: int) -> Gpu | None:
        """GPU number `index`; None when it fell off the bus."""
        lost = False

        def ask(question: Callable[[], Any]) -> Any:
            nonlocal lost
            try:
                return question()
            except nvml.NVMLError as error:
                lost = lost or error.value in (nvml.NVML_ERROR_GPU_IS_LOST, nvml.NVML_ERROR_UNINITIALIZED)
                return None

        handle = ask(lambda: nvml.nvmlDeviceGetHandleByIndex(index))
        if lost:
            return None
        if handle is None:
            return Gpu(index, "GPU", note=_("no permission"))
        name = ask(lambda: nvml.nvmlDeviceGetName(handle)) or "GPU"
        memory = ask(lambda: nvml.nvmlDeviceGetMemoryInfo(handle))
        mig = bool((ask(lambda: nvml.nvmlDeviceGetMigMode(handle)) or [0])[0])
        load = None if mig else ask(lambda: nvml.nvmlDeviceGetUtilizationRates(handle))
        power = ask(lambda: nvml.nvmlDeviceGetPowerUsage(handle))
        limit = ask(lambda: nvml.nvmlDeviceGetEnforcedPowerLimit(handle))
        found = ask(lambda: nvml.nvmlDeviceGetComputeRunningProcesses(handle))
        temperature = ask(lambda: nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU))
        return (
            None
            if lost
            else Gpu(
                index=index,
                name=name.decode() if isinstance(name, bytes) else str(name),
                memory_used=None if memory is None else int(memory.used),
                memory_total=None if memory is None else int(memory.total),
                utilisation=None if load is None else int(load.gpu),
                temperature=None if temperature is None else int(temperature),
                power=None if power is None else power / 1000,  # NVML counts milliwatts
                power_limit=None if limit is None else limit / 1000,
                processes=None if found is None else tuple(GpuProcess(int(p.pid), p.usedGpuMemory) for p in found),
                note=_("MIG: load is not measured") if mig else "",
            )
        )

    def _open(self) -> bool:
        if self._clock() < self._retry_at:
            return False
        self._retry_at = self._clock() + RETRY
        try:
            nvml = self._load()
        except ImportError:
            self._reason = _("nvidia-ml-py is not installed")
            return False
        try:
            nvml.nvmlInit()
        except nvml.NVMLError as error:
            no_library = error.value == nvml.NVML_ERROR_LIBRARY_NOT_FOUND
            self._reason = _("no GPU") if no_library else _text(error)
            return False
        self._nvml = nvml
        return True

    def _close(self, reason: str) -> None:
        nvml, self._nvml = self._nvml, None
        self._reason = reason
        self._retry_at = self._clock() + RETRY
        try:
            nvml.nvmlShutdown()
        except nvml.NVMLError as error:  # the driver is gone already; `_open` tries again later
            self._reason = f"{reason} ({_text(error)})"


def cores() -> float:
    """Cores this process may use: affinity, and the cgroup's quota where it is smaller (1.5 is possible)."""
    allowed = float(len(_affinity()) or os.cpu_count() or 1)
    quotas = []
    for folder in _cgroup_folders():
        words = _words(folder / "cpu.max")
        if len(words) == 2 and words[0].isdigit() and int(words[1]) > 0:
            quotas.append(int(words[0]) / int(words[1]))
    return min([allowed, *quotas])


def host() -> str:
    """Platform and processors this process may use, e.g. `Linux x86_64, 2 cores`."""
    return f"{platform.system()} {platform.machine()}, {len(os.sched_getaffinity(0))} cores"


def ram_free() -> int:
    """Bytes a new process may take, at most what a container's memory limit leaves."""
    import psutil

    free = int(psutil.virtual_memory().available)
    limited = _container_memory()
    return free if limited is None else min(free, max(0, limited[1] - limited[0]))


def line(hardware: Hardware, room: int = 200) -> str:
    """The sample in one line of at most `room` cells, its figures with a constant width; the last parts go first."""
    cpu = "  –" if hardware.cpu_percent is None else f"{hardware.cpu_percent:3.0f}"
    ram = f"RAM {gib(hardware.ram_used):>4}/{gib(hardware.ram_total)}G"
    base = [f"CPU {cpu}%", ram]
    if not hardware.gpus:
        parts = [*base, _("no GPU")]
    else:
        parts = base + [gpu_line(gpu) for gpu in hardware.gpus]
        if cell_len("  ".join(parts)) > room:
            parts = base + [gpu_line(gpu, brief=True) for gpu in hardware.gpus]
    while len(parts) > 1 and cell_len("  ".join(parts)) > room:
        parts.pop()
    return "  ".join(parts)


def gpu_line(gpu: Gpu, brief: bool = False) -> str:
    """`GPU0 H200  37%  12/141G 54°C 210W`, without what the driver does not report."""
    parts = [f"GPU{gpu.index}"] if brief else [f"GPU{gpu.index} {short_name(gpu.name)}"]
    if gpu.utilisation is not None:
        parts.append(f"{gpu.utilisation:3d}%")
    elif gpu.note.startswith("MIG"):
        parts.append("MIG")
    if gpu.memory_used is not None and gpu.memory_total is not None:
        parts.append(f"{gib(gpu.memory_used):>3}/{gib(gpu.memory_total)}G")
    if gpu.temperature is not None and not brief:
        parts.append(f"{gpu.temperature}°C")
    if gpu.power is not None and not brief:
        parts.append(f"{gpu.power:3.0f}W")
    return " ".join(parts)


def short_name(name: str) -> str:
    """`NVIDIA A100-SXM4-80GB` is `A100`, `NVIDIA GeForce RTX 4090` is `RTX 4090`."""
    bare = re.sub(r"^(NVIDIA|GeForce|Tesla|Quadro)\s+", "", re.sub(r"^(NVIDIA|AMD)\s+", "", name.strip()))
    bare = re.sub(r"[ -](SXM|PCIe|PCIE|HBM|NVL|\d+ ?GB).*$", "", bare)
    return bare or name


def _pynvml() -> ModuleType:
    import pynvml

    module: ModuleType = pynvml
    return module


def _text(error: Exception) -> str:
    return str(error) or type(error).__name__


def _affinity() -> set[int]:
    """Numbers of the cores this process may run on; empty where the system has no such call (macOS)."""
    return set(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else set()


def _cgroup_folders() -> list[Path]:
    """This process' cgroup (version 2) and its parents: the tightest of their limits holds."""
    root = Path("/sys/fs/cgroup")
    for words in (line.split(":", 2) for line in _lines(Path("/proc/self/cgroup"))):
        if len(words) == 3 and words[0] == "0":
            own = root / words[2].lstrip("/")
            return [own, *(parent for parent in own.parents if parent == root or root in parent.parents)]
    return []


def _container_memory() -> tuple[int, int] | None:
    """(used, limit) in bytes of the tightest cgroup memory limit; None without one. File cache is not counted."""
    best: tuple[int, int] | None = None
    for folder in _cgroup_folders():
        limit, current = _words(folder / "memory.max"), _words(folder / "memory.current")
        if not (limit and current and limit[0].isdigit() and current[0].isdigit()):
            continue
        stat = dict(line.split() for line in _lines(folder / "memory.stat") if len(line.split()) == 2)
        cache = int(stat.get("inactive_file", 0))
        if best is None or int(limit[0]) < best[1]:
            best = max(0, int(current[0]) - cache), int(limit[0])
    return best


def _words(path: Path) -> list[str]:
    return (_lines(path) or [""])[0].split()


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:  # another system or cgroup version, which has no limit we know
        return []


_SAMPLER = Sampler()
