"""Load of the machine: processor, memory, GPUs. One sample costs about 1 ms and never raises.

NVML refuses single figures with NotSupported or NoPermission (utilisation under MIG, power on some boards, processes in
containers): such a figure is None, never 0, and the others are there.
"""

from __future__ import annotations

import contextlib
import os
import platform
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from dlwp_tui.core import gpu_reasons
from dlwp_tui.core.language import _

RETRY = 30.0
"""Seconds between two attempts to reach the GPU driver."""
_UNKNOWN = 2**63
"""NVML's "not available" is a number of bytes of 2^64 - 1 in some releases."""


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
    lost: bool = False
    """It fell off the bus."""

    @property
    def busy(self) -> bool | None:
        """Whether something computes on it; where the load is not measured, whether a process is on it; else None."""
        if self.utilisation is not None:
            return self.utilisation > 0
        return None if self.processes is None else bool(self.processes)


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
    """Why `gpus` is empty, or why TensorFlow cannot use them."""
    gpu_hint: str = ""
    """What to do about that; empty where nothing is wrong: this machine has no GPU."""


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
        self._reason: Callable[[], gpu_reasons.Reason] = gpu_reasons.none
        """Gives the words anew for each sample: the learner may switch the language."""
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
        reason, hint = gpu_reasons.without_libraries() if gpus else self._reason()
        return Hardware(cpu, cores(), used, min(total, memory.total), gpus, reason, hint)

    def _gpus(self) -> tuple[Gpu, ...]:
        if self._nvml is None and not self._open():
            return ()
        nvml = self._nvml
        try:
            count = nvml.nvmlDeviceGetCount()
        except nvml.NVMLError as error:
            self._close(partial(gpu_reasons.of, error))
            return ()
        if not count:
            self._reason = gpu_reasons.none
        gpus = tuple(self._gpu(nvml, index) for index in range(count))
        if gpus and all(gpu.lost for gpu in gpus):
            self._close(gpu_reasons.lost)
            return ()
        return gpus

    def _gpu(self, nvml: Any, index: int) -> Gpu:
        """GPU number `index`; one that fell off the bus, or may not be looked at, with the reason alone."""
        lost, refused = False, ""

        def ask(question: Callable[[], Any]) -> Any:
            nonlocal lost, refused
            try:
                return question()
            except nvml.NVMLError as error:
                lost = lost or error.value in (nvml.NVML_ERROR_GPU_IS_LOST, nvml.NVML_ERROR_UNINITIALIZED)
                refused = gpu_reasons.of(error)[0]
                return None

        handle = ask(lambda: nvml.nvmlDeviceGetHandleByIndex(index))
        if handle is None:
            return Gpu(index, "GPU", note=gpu_reasons.lost()[0] if lost else refused, lost=lost)
        name = ask(lambda: nvml.nvmlDeviceGetName(handle)) or "GPU"
        memory = ask(lambda: nvml.nvmlDeviceGetMemoryInfo(handle))
        mig = bool((ask(lambda: nvml.nvmlDeviceGetMigMode(handle)) or [0])[0])
        load = None if mig else ask(lambda: nvml.nvmlDeviceGetUtilizationRates(handle))
        power = ask(lambda: nvml.nvmlDeviceGetPowerUsage(handle))
        limit = ask(lambda: nvml.nvmlDeviceGetEnforcedPowerLimit(handle))
        found = ask(lambda: nvml.nvmlDeviceGetComputeRunningProcesses(handle))
        temperature = ask(lambda: nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU))
        if lost:
            return Gpu(index, "GPU", note=gpu_reasons.lost()[0], lost=True)
        return Gpu(
            index=index,
            name=name.decode() if isinstance(name, bytes) else str(name),
            memory_used=None if memory is None else int(memory.used),
            memory_total=None if memory is None else int(memory.total),
            utilisation=None if load is None else int(load.gpu),
            temperature=None if temperature is None else int(temperature),
            power=None if power is None else power / 1000,  # NVML counts milliwatts
            power_limit=None if limit is None else limit / 1000,
            processes=None if found is None else tuple(_process(one) for one in found),
            note=_("MIG: load is not measured") if mig else "",
        )

    def _open(self) -> bool:
        if self._clock() < self._retry_at:
            return False
        self._retry_at = self._clock() + RETRY
        try:
            nvml = self._load()
        except ImportError:
            self._reason = gpu_reasons.no_package
            return False
        try:
            nvml.nvmlInit()
        except nvml.NVMLError as error:
            self._reason = partial(gpu_reasons.of, error)
            return False
        self._nvml = nvml
        return True

    def _close(self, reason: Callable[[], gpu_reasons.Reason]) -> None:
        nvml, self._nvml = self._nvml, None
        self._reason = reason
        self._retry_at = self._clock() + RETRY
        with contextlib.suppress(nvml.NVMLError):  # the driver is gone already; `_open` tries again later
            nvml.nvmlShutdown()


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


def _pynvml() -> ModuleType:
    import pynvml

    module: ModuleType = pynvml
    return module


def _process(one: Any) -> GpuProcess:
    """A process as NVML names it. Of one in another container, or where it is not measured, the memory is unknown."""
    memory = one.usedGpuMemory
    return GpuProcess(int(one.pid), None if memory is None or memory >= _UNKNOWN else int(memory))


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
