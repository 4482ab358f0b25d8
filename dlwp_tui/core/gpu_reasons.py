"""Why no GPU can be used, in a few words for the status bar, and what to do about it in a sentence.

A machine without a GPU has a reason ("no GPU") and no hint: nothing is wrong with it.
"""

from __future__ import annotations

import ctypes.util
import importlib.metadata
import importlib.util
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

from dlwp_tui.core.language import _

Reason = tuple[str, str]
"""The words, and what to do."""


def of(error: Any) -> Reason:
    """Why NVML failed: an NVMLError, whose `value` is NVML's return code."""
    restart = _("Restart the machine; `nvidia-smi` and `dmesg` say more.")
    match error.value:
        case 12:  # LIBRARY_NOT_FOUND
            return none()
        case 9:  # DRIVER_NOT_LOADED
            return _("NVIDIA driver not loaded"), _("Load it: sudo modprobe nvidia. Or restart the machine.")
        case 18:  # LIB_RM_VERSION_MISMATCH
            return (
                _("driver and its library differ"),
                _("The NVIDIA driver was updated while in use: restart the machine."),
            )
        case 4:  # NO_PERMISSION
            return (
                _("no permission"),
                _("Ask for access to /dev/nvidia*; a container has to be started with --gpus all."),
            )
        case 15:  # GPU_IS_LOST
            return lost()
    return str(error) or type(error).__name__, restart


def lost() -> Reason:
    """A GPU fell off the bus."""
    return _("GPU lost"), _("Restart the machine; `nvidia-smi` and `dmesg` say more.")


def none() -> Reason:
    """No driver's library: without a GPU all is well, with one the driver is missing."""
    if not _on_the_bus():
        return _("no GPU"), ""
    return _("no NVIDIA driver"), _("There is an NVIDIA GPU: install its driver, then start again.")


def no_package() -> Reason:
    """The package that asks the driver is missing."""
    return _("nvidia-ml-py missing"), _("Install it: python3 -m pip install nvidia-ml-py")


def hidden() -> Reason:
    """CUDA_VISIBLE_DEVICES leaves none of the GPUs."""
    return (
        _("CUDA_VISIBLE_DEVICES hides every GPU"),
        _("Unset CUDA_VISIBLE_DEVICES, or name a GPU that is there."),
    )


def without_libraries() -> Reason:
    """Why TensorFlow cannot use a GPU that is there; ("", "") where its libraries were found."""
    if _has_libraries():
        return "", ""
    return (
        _("TensorFlow has no CUDA libraries"),
        _('Install the GPU libraries: python -m pip install "tensorflow[and-cuda]"'),
    )


@cache
def _has_libraries() -> bool:
    return importlib.util.find_spec("tensorflow") is None or _cudnn()


@cache
def _on_the_bus() -> bool:
    """Whether an NVIDIA display device is plugged in, with or without a driver. Looked at once."""
    for vendor in Path("/sys/bus/pci/devices").glob("*/vendor"):
        try:
            if vendor.read_text().strip() == "0x10de" and vendor.with_name("class").read_text().startswith("0x03"):
                return True
        except OSError:  # unplugged meanwhile
            continue
    return False


def _cudnn() -> bool:
    """Whether cuDNN, which TensorFlow opens at run time, lies in a package, a library folder or the linker's list."""
    if any(str(one.name).lower().startswith("nvidia-cudnn") for one in importlib.metadata.distributions()):
        return True
    folders = [*os.environ.get("LD_LIBRARY_PATH", "").split(":"), f"{sys.prefix}/lib", "/usr/local/cuda/lib64"]
    if any(next(Path(folder).glob("libcudnn*.so*"), None) for folder in folders if folder):
        return True
    return ctypes.util.find_library("cudnn") is not None
