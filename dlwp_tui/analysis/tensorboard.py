"""Runs as logs that TensorBoard reads: each curve a scalar, the lesson's own log (7.2.2) beside it.

Needs the extra `tensorboard`; TensorFlow is not imported.
"""

from __future__ import annotations

import importlib.util
import math
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from dlwp_tui.core import paths
from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _
from dlwp_tui.runs.series import Curve, CurveKey
from dlwp_tui.runs.view import RunView

VALIDATION = "val_"
"""What Keras puts before a metric of the validation data."""
OWN = "tensorboard"
"""The folder in a run's artifacts where a lesson keeps a log of its own."""


def require() -> None:
    """Raises UsageError where TensorBoard is not installed."""
    if importlib.util.find_spec("tensorboard") is None:
        raise UsageError(
            _("TensorBoard is not installed."),
            _("Install it: pip install 'dlwp-tui[tensorboard]'"),
        )


def export(views: Sequence[RunView], into: Path) -> list[str]:
    """Write a folder a run below `into`, in the place of one written before, and return their names.

    `val_loss` becomes the scalar `loss` of a run `<name>/validation`, beside `<name>/train`, as Keras' own callback
    does it: so both lie in one chart. A label of the lesson becomes a folder between. Figures that are not finite are
    left out. Raises UsageError without TensorBoard, StorageError where the folder cannot be written.
    """
    require()
    names = []
    for view in views:
        name = f"{view.spec.lesson}-{view.folder.id.rsplit('-', 1)[-1]}"
        target = into / name
        try:
            shutil.rmtree(target, ignore_errors=True)
            paths.ensure(target)
            _scalars(view, target)
            own = view.folder.artifacts / OWN
            if own.is_dir():
                (target / OWN).symlink_to(own.resolve(), target_is_directory=True)
        except OSError as error:
            raise paths.storage_error(target, error) from error
        names.append(name)
    return names


def _scalars(view: RunView, target: Path) -> None:
    # TensorBoard imports TensorFlow where it finds one, 4 s and 300 MB, unless a module of this name is there
    sys.modules.setdefault("tensorboard.compat.notf", ModuleType("tensorboard.compat.notf"))
    from tensorboard.summary import Writer

    writers: dict[str, Writer] = {}
    start = view.started_at or view.spec.created
    for key, curve in view.curves.items():
        part, tag = _place(key)
        writer = writers.setdefault(part, Writer(str(paths.ensure(target / part))))
        for at, (x, y) in enumerate(_points(curve)):
            writer.add_scalar(tag, y, round(x), wall_time=start + at)
    for writer in writers.values():
        writer.close()


def _points(curve: Curve) -> list[tuple[float, float]]:
    return [(x, y) for x, y in curve.pairs() if math.isfinite(y)]


def _place(key: CurveKey) -> tuple[str, str]:
    """The folder of a curve and the name of its scalar."""
    validation = key.metric.startswith(VALIDATION)
    label = re.sub(r"[^\w.-]+", "-", key.label).strip("-.")
    part = "validation" if validation else "train"
    return (f"{label}/{part}" if label else part), key.metric.removeprefix(VALIDATION)
