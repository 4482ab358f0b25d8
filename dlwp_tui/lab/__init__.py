"""What lessons import. The only package that imports Keras and TensorFlow, and only inside its functions:

`import dlwp_tui.lab` is cheap, so that a lesson which needs no TensorFlow starts without it.
"""

from __future__ import annotations

from dlwp_tui.lab.lab import Lab
from dlwp_tui.lab.stop import StopRun

__all__ = ["Lab", "StopRun"]
