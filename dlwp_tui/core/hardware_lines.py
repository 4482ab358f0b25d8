"""The machine's figures as text: one line for the status bar, and a line for each GPU and each process on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from dlwp_tui.core.formats import gib
from dlwp_tui.core.hardware import Gpu, GpuProcess, Hardware
from dlwp_tui.core.language import _


def line(hardware: Hardware, room: int = 200) -> str:
    """The sample in at most `room` cells, its figures with a constant width: the fullest form that fits.

    Of several GPUs, where all have no room, how many are busy; where there is none, why.
    """
    unusable = [hardware.gpu_reason] if hardware.gpus and hardware.gpu_reason else []
    cpu, ram = _machine(hardware)
    forms = list(_gpu_forms(hardware))
    whole = [[cpu, ram, *gpus, *more] for gpus in forms for more in ((unusable, []) if unusable else ([],))]
    without_ram = [[cpu, *gpus] for gpus in forms] if hardware.gpus or hardware.gpu_hint else []
    for parts in (*whole, *without_ram, [cpu, ram], [cpu]):
        if cell_len(text := "  ".join(parts)) <= room:
            return text
    return ""


def _machine(hardware: Hardware) -> tuple[str, str]:
    cpu = "  –" if hardware.cpu_percent is None else f"{hardware.cpu_percent:3.0f}"
    return f"CPU {cpu}%", f"RAM {gib(hardware.ram_used):>4}/{gib(hardware.ram_total)}G"


def _gpu_forms(hardware: Hardware) -> Iterator[list[str]]:
    """What is said of the GPUs, from the longest form to the shortest."""
    if not hardware.gpus:
        if hardware.gpu_hint:
            yield [_("no GPU: {reason}").format(reason=hardware.gpu_reason)]
            yield [_("GPU: fault")]
        else:
            yield [hardware.gpu_reason or _("no GPU")]
        return
    yield [gpu_line(gpu) for gpu in hardware.gpus]
    yield [gpu_line(gpu, brief=True) for gpu in hardware.gpus]
    if len(hardware.gpus) > 1:
        yield [_busy(hardware.gpus)]


def _busy(gpus: Sequence[Gpu]) -> str:
    """`GPU 3/8 busy`; `GPU 3/7 busy 1?` where one does not report it, which is not the same as idle."""
    known = [gpu.busy for gpu in gpus if gpu.busy is not None]
    if not known:
        return f"{len(gpus)} GPU"
    text = _("GPU {busy}/{all} busy").format(busy=sum(known), all=len(known))
    return text if len(known) == len(gpus) else f"{text} {len(gpus) - len(known)}?"


def lines(hardware: Hardware) -> list[str]:
    """All there is to say: processor and memory, each GPU, and whose processes hold its memory."""
    out = ["  ".join(_machine(hardware))]
    for gpu in hardware.gpus:
        out.append(gpu_line(gpu))
        out += [f"  {_holder(process)}" for process in gpu.processes or ()]
        if gpu.processes is None and not gpu.lost:
            out.append("  " + _("processes: not reported"))
    return [*out, *filter(None, [hardware.gpu_reason, hardware.gpu_hint])]


def gpu_line(gpu: Gpu, brief: bool = False) -> str:
    """`GPU0 H200  37%  12/141G 54°C 210W`, without what the driver does not report."""
    parts = [f"GPU{gpu.index}"] if brief else [f"GPU{gpu.index} {short_name(gpu.name)}".removesuffix(" GPU")]
    if gpu.utilisation is not None:
        parts.append(f"{gpu.utilisation:3d}%")
    elif gpu.note.startswith("MIG"):
        parts.append("MIG")
    else:
        parts.append(gpu.note or "  –%")
    if gpu.memory_used is not None and gpu.memory_total is not None:
        parts.append(f"{gib(gpu.memory_used):>3}/{gib(gpu.memory_total)}G")
    if gpu.temperature is not None and not brief:
        parts.append(f"{gpu.temperature}°C")
    if gpu.power is not None and not brief:
        parts.append(f"{gpu.power:3.0f}W")
    return " ".join(parts)


def _holder(process: GpuProcess) -> str:
    """`12.0 G  anna  python  (1234)`: how much it holds, whose it is, what it is."""
    import psutil

    memory = _("memory unknown") if process.memory is None else f"{gib(process.memory):>5} G"
    try:
        running = psutil.Process(process.pid)
        who = f"{running.username()}  {running.name()}"
    except psutil.Error:  # it has ended, or runs in another container
        who = _("a process that is not seen from here")
    return f"{memory}  {who}  ({process.pid})"


def short_name(name: str) -> str:
    """`NVIDIA A100-SXM4-80GB` is `A100`, `NVIDIA GeForce RTX 4090` is `RTX 4090`."""
    bare = re.sub(r"^(NVIDIA|GeForce|Tesla|Quadro)\s+", "", re.sub(r"^(NVIDIA|AMD)\s+", "", name.strip()))
    bare = re.sub(r"[ -](SXM|PCIe|PCIE|HBM|NVL|\d+ ?GB).*$", "", bare)
    return bare or name
