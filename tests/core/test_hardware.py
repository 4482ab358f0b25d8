"""Hardware: every figure degrades by itself, and a missing or lost GPU is said, never guessed."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from dlwp_tui.core import hardware
from dlwp_tui.core.hardware import Gpu, GpuProcess, Hardware, Sampler

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
        return self._answer("count", 1)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> object:
        return self._answer("handle", index + 100)

    def nvmlDeviceGetName(self, handle: int) -> object:
        return self._answer("name", "NVIDIA H200")

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> object:
        return self._answer("memory", SimpleNamespace(used=12 * GIB, total=141 * GIB))

    def nvmlDeviceGetMigMode(self, handle: int) -> object:
        return self._answer("mig", [self.mig, self.mig])

    def nvmlDeviceGetUtilizationRates(self, handle: int) -> object:
        return self._answer("load", SimpleNamespace(gpu=37, memory=5))

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
def nvml() -> FakeNvml:
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
    assert hardware.gpu_line(gpu).startswith("GPU0 H200")


def test_mig_has_no_load_and_says_why(nvml: FakeNvml) -> None:
    nvml.mig = 1
    (gpu,) = Sampler(lambda: nvml).sample().gpus
    assert gpu.utilisation is None and "MIG" in gpu.note
    assert "MIG" in hardware.gpu_line(gpu) and "%" not in hardware.gpu_line(gpu)


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
    assert sampler.sample().gpu_reason == "Driver Not Loaded"
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
    low = hardware.line(Hardware(1.0, 2, 5 * GIB, 24 * GIB, (gpu,)))
    high = hardware.line(
        Hardware(100.0, 2, 23 * GIB, 24 * GIB, (Gpu(0, "NVIDIA H200", 140 * GIB, 141 * GIB, 100, 60, 700.0),))
    )
    assert len(low) == len(high)
    assert low == "CPU   1%  RAM  5.0/24G  GPU0 H200   7%  12/141G 54°C  90W"
    assert hardware.line(Hardware(1.0, 2, 5 * GIB, 24 * GIB)) == "CPU   1%  RAM  5.0/24G  no GPU"
    for room in range(9, 80):
        assert len(hardware.line(Hardware(1.0, 2, 5 * GIB, 24 * GIB, (gpu, gpu)), room)) <= room


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
    assert hardware.short_name(name) == short
