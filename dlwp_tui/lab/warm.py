"""Imports TensorFlow and Keras, and everything else a lesson meets first, for the zygote. Touches no device.

Nothing here may build a tensor or a layer: both start thread pools, which a fork does not copy (the child hangs).
"""

from __future__ import annotations


def warm() -> None:
    """Import what a worker needs. Raises ImportError where TensorFlow is not installed."""
    import keras  # 1.6 s with .pyc; Keras imports TensorFlow

    # Keras loads parts of itself at first use; callbacks and datasets are used by every lesson.
    from keras import callbacks, layers  # noqa: F401

    import dlwp_tui.lab.batches
    import dlwp_tui.lab.live

    dlwp_tui.lab.live.define()
    assert keras.config.backend() == "tensorflow", keras.config.backend()
