"""Hardware: every figure degrades by itself, and a missing or lost GPU is said, never guessed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import psutil
import pytest

from dlwp_tui.cli import doctor
from dlwp_tui.core import gpu_reasons, hardware, hardware_lines
from dlwp_tui.core.errors import RunError
from dlwp_tui.core.hardware import Gpu, GpuProcess, Hardware, Sampler
from dlwp_tui.engine import slots

GIB = 2**30


class NVMLError(Exception):
    def __init__(self, value: int) -> None:
        super().__init__({9: "Driver Not Loaded", 15: "GPU is lost"}.get(value, f"error {value}"))
        self.value = value


class FakeNvml(ModuleType):
    """Stands for the pynvml module: one GPU whose calls fail with the codes in `fail`."""

    NVMLError = NVMLError
    NVML_ERROR_UNINITIALIZED = 1
    NVML_ERROR_NOT_SUPPORTED = 3
    NVML_ERROR_LIBRARY_NOT_FOUND = 12
    NVML_ERROR_GPU_IS_LOST = 15
    NVML_TEMPERATURE_GPU = 0

    def __init__(self) -> None:
        super().__init__("pynvml")
        self.fail: dict[str, int] = {}
        self.mig = 0
        self.count = 1
        self.loads = [37] * 8
        self.lost: set[int] = set()
        self.opened = 0
        self.shut = 0

    def _answer(self, name: str, value: object) -> object:
        if name in self.fail:
            raise NVMLError(self.fail[name])
        return value

    def nvmlInit(self) -> object:
        self.opened += 1
        return self._answer("init", None)

    def nvmlShutdown(self) -> object:
        self.shut += 1
        return self._answer("shutdown", None)

    def nvmlDeviceGetCount(self) -> object:
        return self._answer("count", self.count)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> object:
        if index in self.lost:
            raise NVMLError(15)
        return self._answer("handle", index + 100)

    def nvmlDeviceGetName(self, handle: int) -> object:
        return self._answer("name", "NVIDIA H200")

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> object:
        return self._answer("memory", SimpleNamespace(used=12 * GIB, total=141 * GIB))

    def nvmlDeviceGetMigMode(self, handle: int) -> object:
        return self._answer("mig", [self.mig, self.mig])

    def nvmlDeviceGetUtilizationRates(self, handle: int) -> object:
        return self._answer("load", SimpleNamespace(gpu=self.loads[handle - 100], memory=5))

    def nvmlDeviceGetPowerUsage(self, handle: int) -> object:
        return self._answer("power", 210_400)

    def nvmlDeviceGetEnforcedPowerLimit(self, handle: int) -> object:
        return self._answer("limit", 700_000)

    def nvmlDeviceGetTemperature(self, handle: int, sensor: int) -> object:
        return self._answer("temperature", 54)

    def nvmlDeviceGetComputeRunningProcesses(self, handle: int) -> object:
        return self._answer(
            "processes", [SimpleNamespace(pid=7, usedGpuMemory=GIB), SimpleNamespace(pid=8, usedGpuMemory=None)]
        )


@pytest.fixture
def nvml(monkeypatch: pytest.MonkeyPatch) -> FakeNvml:
    """NVML with one good GPU, on a machine whose TensorFlow can use it and which has none on its own bus."""
    monkeypatch.setattr(gpu_reasons, "without_libraries", lambda: ("", ""))
    monkeypatch.setattr(gpu_reasons, "_on_the_bus", lambda: False)
    return FakeNvml()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_good_gpu(nvml: FakeNvml) -> None:
    sampler = Sampler(lambda: nvml)
    (gpu,) = sampler.sample().gpus
    assert gpu == Gpu(
        0, "NVIDIA H200", 12 * GIB, 141 * GIB, 37, 54, 210.4, 700.0, (GpuProcess(7, GIB), GpuProcess(8, None))
    )
    sampler.sample()
    assert nvml.opened == 1


@pytest.mark.parametrize(
    ("call", "field"),
    [
        ("memory", "memory_used"),
        ("memory", "memory_total"),
        ("load", "utilisation"),
        ("temperature", "temperature"),
        ("power", "power"),
        ("limit", "power_limit"),
        ("processes", "processes"),
    ],
)
@pytest.mark.parametrize("code", [3, 4])  # NotSupported, NoPermission
def test_each_field_degrades_alone(nvml: FakeNvml, call: str, field: str, code: int) -> None:
    whole = Sampler(lambda: nvml).sample().gpus[0]
    nvml.fail[call] = code
    (gpu,) = Sampler(lambda: nvml).sample().gpus
    assert getattr(gpu, field) is None
    missing = {name for name in vars(gpu) if getattr(gpu, name) is None}
    assert missing == {"memory_used", "memory_total"} if call == "memory" else missing == {field}
    assert gpu.name == whole.name
    assert hardware_lines.gpu_line(gpu).startswith("GPU0 H200")


def test_mig_has_no_load_and_says_why(nvml: FakeNvml) -> None:
    nvml.mig = 1
    (gpu,) = Sampler(lambda: nvml).sample().gpus
    assert gpu.utilisation is None and "MIG" in gpu.note
    assert "MIG" in hardware_lines.gpu_line(gpu) and "%" not in hardware_lines.gpu_line(gpu)


def test_missing_library_and_driver_are_asked_again_only_every_30_seconds(nvml: FakeNvml) -> None:
    clock = Clock()
    nvml.fail["init"] = 12
    sampler = Sampler(lambda: nvml, clock)
    assert sampler.sample().gpu_reason == "no GPU"
    clock.now = 29.9
    sampler.sample()
    assert nvml.opened == 1
    nvml.fail["init"] = 9
    clock.now = 30.0
    assert sampler.sample().gpu_reason == "NVIDIA driver not loaded"
    assert nvml.opened == 2
    del nvml.fail["init"]
    clock.now = 60.0
    found = sampler.sample()
    assert len(found.gpus) == 1 and found.gpu_reason == ""


def test_package_not_installed() -> None:
    def load() -> ModuleType:
        raise ImportError("pynvml")

    sample = Sampler(load).sample()
    assert sample.gpus == () and "nvidia-ml-py" in sample.gpu_reason


@pytest.mark.parametrize("call", ["memory", "handle", "temperature", "count"])
def test_a_gpu_lost_in_the_middle_is_said_and_looked_for_again(nvml: FakeNvml, call: str) -> None:
    clock = Clock()
    sampler = Sampler(lambda: nvml, clock)
    assert len(sampler.sample().gpus) == 1
    nvml.fail[call] = 15
    nvml.fail["shutdown"] = 15
    lost = sampler.sample()
    assert lost.gpus == () and "lost" in lost.gpu_reason
    nvml.fail.clear()
    assert sampler.sample().gpus == ()
    clock.now = 31
    assert len(sampler.sample().gpus) == 1


def test_processor_and_memory_are_real() -> None:
    sampler = Sampler(FakeNvml)
    first, second = sampler.sample(), sampler.sample()
    assert first.cpu_percent is None  # psutil's first figure is 0.0 by definition
    assert second.cpu_percent is not None and 0 <= second.cpu_percent <= 100
    assert 0 < second.ram_used < second.ram_total
    assert 0 < second.cores <= len(os.sched_getaffinity(0))


def test_container_limits_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner, outer = tmp_path / "a" / "b", tmp_path / "a"
    inner.mkdir(parents=True)
    (inner / "cpu.max").write_text("max 100000\n")
    (outer / "cpu.max").write_text("50000 100000\n")
    (inner / "memory.max").write_text(f"{4 * GIB}\n")
    (inner / "memory.current").write_text(f"{3 * GIB}\n")
    (inner / "memory.stat").write_text(f"anon 5\ninactive_file {GIB}\n")
    (outer / "memory.max").write_text("max\n")
    monkeypatch.setattr(hardware, "_cgroup_folders", lambda: [inner, outer])
    assert hardware.cores() == 0.5
    assert hardware._container_memory() == (2 * GIB, 4 * GIB)


def test_unreadable_limits_are_no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "_cgroup_folders", lambda: [Path("/nonexistent")])
    assert hardware.cores() == len(os.sched_getaffinity(0))
    assert hardware._container_memory() is None


def test_line_keeps_its_width_and_drops_what_does_not_fit() -> None:
    gpu = Gpu(0, "NVIDIA H200", 12 * GIB, 141 * GIB, 7, 54, 90.0)
    low = hardware_lines.line(Hardware(1.0, 2, 5 * GIB, 24 * GIB, (gpu,)))
    high = hardware_lines.line(
        Hardware(100.0, 2, 23 * GIB, 24 * GIB, (Gpu(0, "NVIDIA H200", 140 * GIB, 141 * GIB, 100, 60, 700.0),))
    )
    assert len(low) == len(high)
    assert low == "CPU   1%  RAM  5.0/24G  GPU0 H200   7%  12/141G 54°C  90W"
    assert hardware_lines.line(Hardware(1.0, 2, 5 * GIB, 24 * GIB)) == "CPU   1%  RAM  5.0/24G  no GPU"
    for room in range(9, 80):
        assert len(hardware_lines.line(Hardware(1.0, 2, 5 * GIB, 24 * GIB, (gpu, gpu)), room)) <= room


@pytest.mark.parametrize(
    ("code", "reason", "hint"),
    [
        (18, "driver and its library differ", "restart"),
        (9, "NVIDIA driver not loaded", "modprobe"),
        (4, "no permission", "/dev/nvidia"),
        (15, "GPU lost", "dmesg"),
        (999, "error 999", "nvidia-smi"),
    ],
)
def test_why_there_is_no_gpu_is_said_everywhere(
    nvml: FakeNvml, monkeypatch: pytest.MonkeyPatch, code: int, reason: str, hint: str
) -> None:
    nvml.fail["init"] = code
    sample = Sampler(lambda: nvml).sample()
    assert sample.gpu_reason == reason and hint in sample.gpu_hint
    assert f"no GPU: {reason}" in hardware_lines.line(sample)
    assert "GPU: fault" in hardware_lines.line(sample, 36), "short of room: that something is wrong is still said"
    assert hardware_lines.lines(sample)[1:] == [reason, sample.gpu_hint]
    monkeypatch.setattr(hardware, "_SAMPLER", Sampler(lambda: nvml))
    monkeypatch.setitem(sys.modules, "pynvml", nvml)
    item = doctor._gpu()
    assert reason in item.found and item.hint == sample.gpu_hint
    with pytest.raises(RunError, match=reason) as refused:
        slots.take("gpu")
    assert sample.gpu_hint in refused.value.hint


def test_a_machine_without_a_gpu_is_in_order(nvml: FakeNvml, monkeypatch: pytest.MonkeyPatch) -> None:
    nvml.fail["init"] = 12
    monkeypatch.setattr(hardware, "_SAMPLER", Sampler(lambda: nvml))
    item = doctor._gpu()
    assert item.ok and item.hint == "" and item.found.startswith("no GPU; lessons train on ")


def test_a_gpu_without_its_driver_is_said(nvml: FakeNvml, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu_reasons, "_on_the_bus", lambda: True)
    nvml.fail["init"] = 12
    sample = Sampler(lambda: nvml).sample()
    assert sample.gpu_reason == "no NVIDIA driver" and "install its driver" in sample.gpu_hint


def test_a_tensorflow_without_cuda_is_said(nvml: FakeNvml, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu_reasons, "without_libraries", lambda: ("TensorFlow has no CUDA libraries", "Install"))
    monkeypatch.setattr(hardware, "_SAMPLER", Sampler(lambda: nvml))
    sample = hardware.sample()
    assert "TensorFlow has no CUDA libraries" in hardware_lines.line(sample)
    assert hardware_lines.lines(sample)[-2:] == ["TensorFlow has no CUDA libraries", "Install"]
    assert "TensorFlow has no CUDA libraries" in doctor._gpu().hint


def test_hidden_gpus_are_named_in_the_refusal(nvml: FakeNvml, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "_SAMPLER", Sampler(lambda: nvml))
    monkeypatch.setattr(slots, "gpus", lambda: ())
    with pytest.raises(RunError, match="CUDA_VISIBLE_DEVICES hides every GPU"):
        slots.take("gpu")


def test_eight_gpus_fit_eighty_columns(nvml: FakeNvml) -> None:
    """And one that is lost takes the others with it neither from the line nor from the list."""
    nvml.count, nvml.loads = 8, [90, 0, 0, 100, 7, 0, 0, 0]
    sample = Sampler(lambda: nvml).sample()
    shown = hardware_lines.line(sample, 42)
    assert shown.endswith("GPU 3/8 busy") and shown.startswith("CPU ") and "RAM" in shown
    assert hardware_lines.line(sample, 30) == f"{shown[:8]}  GPU 3/8 busy"
    assert len([line for line in hardware_lines.lines(sample) if line.startswith("GPU")]) == 8
    nvml.lost = {3}
    sampler = Sampler(lambda: nvml)
    for _sample in range(2):
        sample = sampler.sample()
        assert hardware_lines.line(sample, 42).endswith("GPU 2/7 busy 1?")
        assert "GPU3 GPU lost" in hardware_lines.lines(sample)


def test_unknown_is_never_zero(nvml: FakeNvml) -> None:
    """Of GPUs that report no load, no memory and no processes nothing is claimed."""
    nvml.count = 2
    nvml.fail = {"load": 3, "memory": 3, "processes": 4}
    sample = Sampler(lambda: nvml).sample()
    assert [gpu.busy for gpu in sample.gpus] == [None, None]
    assert hardware_lines.line(sample, 32).endswith("2 GPU")
    text = "\n".join(hardware_lines.lines(sample)[1:])
    assert " 0" not in text.replace("GPU0", "") and "processes: not reported" in text
    nvml.fail = {"handle": 999}
    assert hardware_lines.lines(Sampler(lambda: nvml).sample())[1] == "GPU0 error 999"


def test_whose_processes_hold_memory_is_shown(nvml: FakeNvml, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = SimpleNamespace(pid=os.getpid(), usedGpuMemory=12 * GIB)
    gone = SimpleNamespace(pid=2**22 + 1, usedGpuMemory=2**64 - 1)
    monkeypatch.setattr(nvml, "nvmlDeviceGetComputeRunningProcesses", lambda handle: [mine, gone])
    _machine, _gpu, first, second = hardware_lines.lines(Sampler(lambda: nvml).sample())
    assert first.startswith("     12 G  ") and psutil.Process().username() in first and str(os.getpid()) in first
    assert second == "  memory unknown  a process that is not seen from here  (4194305)"


def test_a_lost_gpu_takes_no_slot(nvml: FakeNvml, monkeypatch: pytest.MonkeyPatch) -> None:
    nvml.count, nvml.lost = 3, {1}
    monkeypatch.setattr(nvml, "nvmlDeviceGetUUID", lambda handle: f"GPU-{handle}", raising=False)
    monkeypatch.setitem(sys.modules, "pynvml", nvml)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert [gpu.index for gpu in slots.gpus()] == [0, 2]
    nvml.fail["count"] = 15
    assert slots.gpus() == ()


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("NVIDIA A100-SXM4-80GB", "A100"),
        ("NVIDIA GeForce RTX 4090", "RTX 4090"),
        ("Tesla T4", "T4"),
        ("NVIDIA H100 80GB HBM3", "H100"),
        ("NVIDIA H200", "H200"),
        ("NVIDIA RTX A6000", "RTX A6000"),
    ],
)
def test_short_names(name: str, short: str) -> None:
    assert hardware_lines.short_name(name) == short
