"""Datasets: registry, look-up, download, import, verification, and synthetic twins.

`load(name)` is all a lesson needs. Importing this package imports no NumPy; its functions do when they are called.
"""

from dlwp_tui.data.loader import Loaded, load, load_together
from dlwp_tui.data.shape import Split
from dlwp_tui.data.vectors import WordVectors

__all__ = ["Loaded", "Split", "WordVectors", "load", "load_together"]
