"""A dry run: the first steps of a run, to learn how long the whole will take. Its folder lies in the cache.

It does not begin beside a run, makes way for one that is started, and ends by itself should its watcher die.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlwp_tui.analysis import estimates
from dlwp_tui.core import paths
from dlwp_tui.core.errors import RunError
from dlwp_tui.core.language import _
from dlwp_tui.core.types import Source, Value
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine import control, launch
from dlwp_tui.runs import state
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView

if TYPE_CHECKING:
    from dlwp_tui.engine.zygote import Zygote

LONGEST = 40.0
"""Seconds it may take; reading a large dataset the first time is a part of that."""
SOON = 10.0
"""Seconds to the end of an epoch's training that it waits for, to see how long the validation takes."""
STEADY = 3.0
"""Seconds that are watched for a pace."""
SLOW = 8.0
"""Seconds of a first epoch from which the building of graphs, about one, no longer counts in its pace."""


def measure(
    lesson: Lesson,
    values: Mapping[str, Value],
    *,
    source: Source = "auto",
    device: str = "auto",
    zygote: Zygote | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> estimates.Timing | None:
    """Run the first steps of `lesson` with `values`, keep what they show of the whole, and return it. Blocks.

    None when `cancelled()` became true, or a run was started meanwhile. Raises RunError when a run is going on, when
    the lesson fails or shows no step in LONGEST seconds; UsageError, MemoryShort and StorageError as `launch.start`.
    """
    if control.active():
        raise RunError(
            _("A run is going on: a dry run beside it would slow it down and measure wrongly."),
            _("Try again when it has ended."),
        )
    root = paths.ensure(paths.cache() / "dry-runs")
    for left in map(RunFolder, root.iterdir()):  # their watchers were killed
        if not state.locked(left):
            shutil.rmtree(left.path, ignore_errors=True)
    folder = launch.start(
        lesson, values, seed=1, source=source, device=device, zygote=zygote, root=root, limit_s=LONGEST + 5
    )
    try:
        timing = _watch(RunView.open(folder), cancelled)
    finally:
        _discard(folder)
    if timing is not None:
        estimates.keep_dry_run(lesson.id, timing)
    return timing


def _watch(view: RunView, cancelled: Callable[[], bool]) -> estimates.Timing | None:
    """Follow the dry run until it shows how long the whole takes; None when it is to make way."""
    deadline = time.monotonic() + LONGEST
    warm: _Point | None = None
    while not cancelled() and not control.active():
        view.update()
        setup = min(view.elapsed_s, view.first_step_s or 0.0)
        if warm is None and view.setup_s is not None and view.fraction:
            warm = _Point(view.elapsed_s, view.fraction)
        late = time.monotonic() > deadline
        if view.state is RunState.FINISHED or _enough(view, setup, warm) or (late and view.epochs and view.step):
            return _timing(view, setup, warm)
        if late or not view.state.active:
            reason = view.error.message or view.error.type if view.error is not None else str(view.state)
            if late:
                reason = _("no step within {seconds:.0f} s").format(seconds=LONGEST)
            message = _("The dry run of lesson {lesson} failed: {reason}")
            raise RunError(message.format(lesson=view.spec.lesson, reason=reason))
        time.sleep(0.2)
    return None


@dataclass(frozen=True)
class _Point:
    """The end of the first epoch: all later ones take as long, it alone builds the graphs of training and validation.

    That takes about a second, where epochs of small lessons take 0.1 s: with it in the rate, 3.6 seemed to need
    seven minutes instead of two.
    """

    seconds: float
    fraction: float

    def whole(self, view: RunView) -> float | None:
        """Seconds that the whole run takes at the pace since then; None before it can be seen."""
        if view.fraction is None or view.fraction <= self.fraction or view.elapsed_s - self.seconds < STEADY:
            return None
        return (view.elapsed_s - self.seconds) / (view.fraction - self.fraction)


def _timing(view: RunView, setup: float, warm: _Point | None) -> estimates.Timing:
    """What the dry run showed of the whole."""
    whole = warm.whole(view) if warm is not None else None
    if warm is not None and whole is not None and view.state is not RunState.FINISHED:
        setup = max(0.0, warm.seconds - warm.fraction * whole)
        return estimates.Timing("dry run", view.spec.params, setup + whole, setup, view.device or "cpu")
    left = view.eta_s
    if left is None and view.epochs and view.state is not RunState.FINISHED:  # in the first validation still
        left = (view.elapsed_s - setup) * (view.epochs - 1)
    return estimates.Timing("dry run", view.spec.params, view.elapsed_s + (left or 0.0), setup, view.device or "cpu")


def _enough(view: RunView, setup: float, warm: _Point | None) -> bool:
    """Whether what was seen shows how long the whole takes.

    3 s inside the first epoch are thirty samples of a rate, whose median moves by 5 %. But they hold no validation, so
    an epoch that is soon over is seen to its end; and one that was short tells nothing, so more of them are seen.
    """
    if view.eta_s is None:
        return False
    trained = view.elapsed_s - setup
    if warm is not None:
        return warm.seconds - setup >= SLOW or warm.whole(view) is not None
    soon = view.rate and view.steps and view.step is not None and (view.steps - view.step) / view.rate <= SOON
    return trained >= STEADY and not soon


def _discard(folder: RunFolder) -> None:
    """End the process at once and remove its folder."""
    with contextlib.suppress(RunError):  # it has ended already
        control.kill(folder)
    control.wait(folder, LONGEST)
    deadline = time.monotonic() + 1.0
    while not folder.reaped.exists() and time.monotonic() < deadline:  # written later, it would bring the folder back
        time.sleep(0.01)
    shutil.rmtree(folder.path, ignore_errors=True)
