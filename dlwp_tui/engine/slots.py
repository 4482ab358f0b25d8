"""The queue: one slot a GPU, some for the CPU. A slot is a file whose flock a worker holds while it trains.

The kernel keeps the queue: it survives every crash and is shared by all apps and command lines of the user. A waiting
worker first locks the file `<kind>.turn`, which keeps the order of arrival. Only its holder looks for a free slot: with
one slot it blocks there too, with several it looks ten times a second.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dlwp_tui.core import gpu_reasons, hardware, paths, settings
from dlwp_tui.core.errors import RunError
from dlwp_tui.core.language import _, sentences

_LOOK = 0.1  # s between two looks of the first in the queue, where there are several slots


@dataclass(frozen=True)
class Gpu:
    """One GPU that this user may train on."""

    index: int
    """As nvidia-smi counts."""
    uuid: str
    name: str


@dataclass
class Slot:
    """A slot that is held. `give_back` frees it; so does the end of the process."""

    kind: Literal["cpu", "gpu"]
    device: str
    """`cpu` or `GPU 0: NVIDIA H200`."""
    visible: str
    """What CUDA_VISIBLE_DEVICES must be: a GPU's uuid, or -1 to hide them all."""
    fd: int

    def give_back(self) -> None:
        """Free the slot for the next in the queue."""
        held.discard(self.fd)
        os.close(self.fd)


held: set[int] = set()
"""Descriptors of the slots that this process holds."""


def take(device: str) -> Slot:
    """Wait for a slot and hold it. `device`: "cpu", "gpu", or "auto" (a GPU where there is one).

    Blocks without using the CPU; a signal handler may raise out of it. Raises RunError when there is no GPU and
    `device` is "gpu", StorageError when the slots' folder cannot be used.
    """
    found = gpus() if device in ("auto", "gpu") else ()
    if device == "gpu" and not found:
        reason, hint = _why_none()
        message = _("There is no GPU that can be used here.")
        if hint:
            message = _("There is no GPU that can be used here: {reason}.").format(reason=reason)
        raise RunError(message, sentences(hint, _("Start the run on the CPU, or look at `dlwp gpu`.")))
    folder = paths.ensure(paths.slots())
    try:
        if found:
            number, fd = _first_free(folder, "gpu", [f"gpu-{gpu.uuid}" for gpu in found])
            gpu = found[number]
            held.add(fd)
            return Slot("gpu", f"GPU {gpu.index}: {gpu.name}", gpu.uuid, fd)
        _number, fd = _first_free(folder, "cpu", [f"cpu-{k}" for k in range(settings.load().cpu_slots)])
        held.add(fd)
        return Slot("cpu", "cpu", "-1", fd)
    except OSError as error:
        raise paths.storage_error(folder, error) from error


def gpus() -> tuple[Gpu, ...]:
    """The GPUs of this machine that CUDA_VISIBLE_DEVICES leaves visible; () without a driver.

    NVML, unlike CUDA, is safe in any process and can be closed again; still it is never used before a fork.
    """
    import pynvml

    found = []
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return ()  # no driver, or one that does not fit its library: nothing to train on
    try:
        for index in range(pynvml.nvmlDeviceGetCount()):
            with contextlib.suppress(pynvml.NVMLError):  # lost, or not this user's: the others can be used
                handle = pynvml.nvmlDeviceGetHandleByIndex(index)
                uuid, name = pynvml.nvmlDeviceGetUUID(handle), pynvml.nvmlDeviceGetName(handle)
                found.append(Gpu(index, _text(uuid), _text(name)))
    except pynvml.NVMLError:
        pass  # lost with all its GPUs
    finally:
        with contextlib.suppress(pynvml.NVMLError):
            pynvml.nvmlShutdown()
    return _visible(found, os.environ.get("CUDA_VISIBLE_DEVICES"))


def _why_none() -> gpu_reasons.Reason:
    """Why `gpus` is empty, and what to do about it."""
    now = hardware.sample()
    if not now.gpus:
        return now.gpu_reason, now.gpu_hint
    if all(gpu.memory_total is None for gpu in now.gpus):
        return now.gpus[0].note, ""
    return gpu_reasons.hidden()


def _visible(found: Sequence[Gpu], chosen: str | None) -> tuple[Gpu, ...]:
    """Those of `found` that CUDA would show: indexes or uuid prefixes, up to the first that does not exist."""
    if chosen is None:
        return tuple(found)
    visible: list[Gpu] = []
    for word in (part.strip() for part in chosen.split(",")):
        by_uuid = word.startswith(("GPU-", "MIG-"))
        match = [gpu for gpu in found if str(gpu.index) == word or (by_uuid and gpu.uuid.startswith(word))]
        if not match:
            break
        visible += [gpu for gpu in match if gpu not in visible]
    return tuple(visible)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _first_free(folder: Path, kind: str, names: list[str]) -> tuple[int, int]:
    """The number and the locked descriptor of a free slot among `names`."""
    files = [folder / f"{name}.lock" for name in names]
    with _opened(folder / f"{kind}.turn") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # Python tries again after a signal, unless the handler raised
        while True:
            for number, file in enumerate(files):
                fd = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                try:
                    fcntl.flock(fd, fcntl.LOCK_EX | (0 if len(files) == 1 else fcntl.LOCK_NB))
                    return number, fd
                except BlockingIOError:
                    os.close(fd)
                except BaseException:
                    os.close(fd)
                    raise
            time.sleep(_LOOK)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield fd
    finally:
        os.close(fd)
