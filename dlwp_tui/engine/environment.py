"""The environment of workers and of the zygote."""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib import util
from pathlib import Path

from dlwp_tui.core import paths


def for_worker() -> dict[str, str]:
    """This process' environment, changed so that a worker starts fast, quiet and repeatable."""
    env = dict(os.environ)
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # without .pyc every TensorFlow import costs 5 s instead of 1.6 s
    if not env.get("PYTHONPYCACHEPREFIX"):
        env.pop("PYTHONPYCACHEPREFIX", None)
        # With a prefix Python ignores the .pyc files an installer made, and the first start compiles 2600 modules.
        if not _tensorflow_is_compiled():
            env["PYTHONPYCACHEPREFIX"] = str(paths.cache() / "pycache")
    env["KERAS_BACKEND"] = "tensorflow"
    env.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # oneDNN stays on, noisy as it is: convnets cost 1.65x without
    # A process is forked safely only with one thread; and NumPy's sums are the same cold or forked. TensorFlow has its
    # own threads.
    env["OPENBLAS_NUM_THREADS"] = "1"
    env["PYTHONHASHSEED"] = "0"  # a lesson that walks a set of words does it in the same order at each run
    env["PYTHONUTF8"] = "1"
    env["PYTHONUNBUFFERED"] = "1"
    if env.get("DLWP_HOME"):
        env["DLWP_HOME"] = str(paths.home())  # absolute: a worker's working directory is its own folder
    return env


@cache
def _tensorflow_is_compiled() -> bool:
    """Whether the .pyc files of the installed TensorFlow lie beside it. Imports nothing."""
    spec = util.find_spec("tensorflow")
    if spec is None or spec.origin is None:
        return False
    folder = Path(spec.origin).parent / "python" / "framework"  # deep inside: an import that was broken off left few
    return (folder / "__pycache__" / f"ops.{sys.implementation.cache_tag}.pyc").exists()
