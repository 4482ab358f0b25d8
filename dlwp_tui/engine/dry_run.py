"""A dry run: the first steps of a run, to learn how long the whole will take. Its folder lies in the cache.

It does not begin beside a run, makes way for one that is started, and ends by itself should its watcher die.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Mapping
from typing import Any

from dlwp_tui.analysis import estimates
from dlwp_tui.analysis.estimates import Timing
from dlwp_tui.core import paths
from dlwp_tui.core.errors import RunError
from dlwp_tui.core.language import _
from dlwp_tui.core.types import Value
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine import control, launch
from dlwp_tui.runs import state
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView

LONGEST = 40.0  # seconds it may take; reading a large dataset the first time is a part of that
STEADY = 3.0  # seconds that are watched for a pace: thirty samples, whose median moves by 5 %
LONG = 8.0  # seconds of an epoch, or left of it, from which it is not worth waiting for another, or for its end


def measure(
    lesson: Lesson, values: Mapping[str, Value], *, cancelled: Callable[[], bool] = lambda: False, **how: Any
) -> Timing | None:
    """Run the first steps of `lesson` with `values`, keep what they show of the whole, and return it. Blocks.

    `how` goes to `launch.start`. None when `cancelled()` became true, or a run was started meanwhile. Raises RunError
    when a run is going on, when the lesson fails or shows no step in LONGEST seconds; and what `launch.start` raises.
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
    folder = launch.start(lesson, values, seed=1, root=root, limit_s=LONGEST + 5, **how)
    try:
        timing = _watch(RunView.open(folder), cancelled)
    finally:
        _discard(folder)
    if timing is not None:
        estimates.keep_dry_run(lesson.id, timing)
    return timing


def _watch(view: RunView, cancelled: Callable[[], bool]) -> Timing | None:
    """Follow the dry run until it shows how long the whole takes; None when it is to make way."""
    deadline = time.monotonic() + LONGEST
    first: tuple[float, float] | None = None  # seconds and share of the whole at the end of the first epoch
    while not cancelled() and not control.active():
        view.update()
        late = time.monotonic() > deadline
        if first is None and view.setup_s is not None and view.fraction:
            first = view.elapsed_s, view.fraction
        if (timing := _timing(view, first, late=late)) is not None:
            return timing
        if late or not view.state.active:
            reason = view.error.message or view.error.type if view.error is not None else str(view.state)
            if late:
                reason = _("no step within {seconds:.0f} s").format(seconds=LONGEST)
            message = _("The dry run of lesson {lesson} failed: {reason}")
            raise RunError(message.format(lesson=view.spec.lesson, reason=reason))
        time.sleep(0.2)
    return None


def _timing(view: RunView, first: tuple[float, float] | None, *, late: bool) -> Timing | None:
    """What was seen of the whole run; None where that is too little and it is not `late`.

    All epochs take as long but the first, which alone builds the graphs: about a second, where epochs of small lessons
    take 0.1 s. Inside the first epoch nothing is known of its validation, so one that is soon over is seen to its end.
    """
    now, done, left = view.elapsed_s, view.fraction or 0.0, view.eta_s
    setup = min(now, view.first_step_s or 0.0)
    if view.state is RunState.FINISHED:
        left = 0.0
    elif first is not None and done > first[1] and now - first[0] >= STEADY:
        whole = (now - first[0]) / (done - first[1])
        left, setup = (1 - done) * whole, max(0.0, now - done * whole)
    elif late and view.epochs and view.step:
        left = (now - setup) * (view.epochs - 1) if left is None else left  # None: in the first validation still
    elif first is not None:
        left = left if first[0] - setup >= LONG else None
    elif now - setup < STEADY or (view.rate and view.steps and (view.steps - (view.step or 0)) / view.rate <= LONG):
        left = None
    return None if left is None else Timing("dry run", view.spec.params, now + left, setup, view.device or "cpu")


def _discard(folder: RunFolder) -> None:
    """End the process at once and remove its folder."""
    with contextlib.suppress(RunError):  # it has ended already
        control.kill(folder)
    control.wait(folder, LONGEST)
    deadline = time.monotonic() + 1.0
    while not folder.reaped.exists() and time.monotonic() < deadline:  # written later, it would bring the folder back
        time.sleep(0.01)
    shutil.rmtree(folder.path, ignore_errors=True)
