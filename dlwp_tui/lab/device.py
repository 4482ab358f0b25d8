"""What must be set in TensorFlow before the first tensor. Called in the worker, never before a fork."""

from __future__ import annotations

import random
import sys

_GRAPH = 60
"""Nodes; TensorFlow optimises only larger graphs. A training step has hundreds. The functions of a tf.data pipeline
have ten, and optimising them took 2 ms of CPU at every epoch."""


def seed_everything(seed: int, *, deterministic: bool) -> None:
    """Seed Python, NumPy and TensorFlow, those that are loaded; `deterministic` makes TensorFlow's ops repeatable too.

    Without op determinism an LSTM gives other weights at each run even when seeded (4 of 4); with it the cost is
    1.0-1.1x CPU, and XLA is off.
    """
    if "tensorflow" in sys.modules:
        import keras
        import tensorflow as tf

        keras.utils.set_random_seed(seed)
        tf.config.optimizer.set_experimental_options({"min_graph_nodes": _GRAPH})
        if deterministic:
            tf.config.experimental.enable_op_determinism()
        return
    random.seed(seed)
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed(seed % 2**32)


def tensorflow_sees_gpu() -> bool:
    """Whether TensorFlow can use a visible GPU; touches the device. True when the lesson does not use TensorFlow."""
    if "tensorflow" not in sys.modules:
        return True
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))
