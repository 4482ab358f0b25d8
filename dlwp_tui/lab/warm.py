"""Imports TensorFlow and Keras, and everything else a lesson meets first, for the zygote. Touches no device.

Nothing here may build a tensor or a layer: both start thread pools, which a fork does not copy (the child hangs).
"""

from __future__ import annotations


def warm() -> None:
    """Import what a worker needs. Raises ImportError where TensorFlow is not installed."""
    import keras  # 1.6 s with .pyc; Keras imports TensorFlow

    # Keras and NumPy load parts of themselves at first use.
    import numpy.ma
    import numpy.random  # noqa: F401
    import PIL.PngImagePlugin  # noqa: F401
    from keras import callbacks, layers  # noqa: F401

    import dlwp_tui.data.loader
    import dlwp_tui.lab.batches
    import dlwp_tui.lab.first_step
    import dlwp_tui.lab.live
    import dlwp_tui.lab.models
    import dlwp_tui.lab.pictures
    import dlwp_tui.lab.step_cost

    dlwp_tui.lab.live.define()
    assert keras.config.backend() == "tensorflow", keras.config.backend()
