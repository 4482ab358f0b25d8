"""A trial: the first steps of a run, to learn how long the whole will take. It is thrown away at once.

It is an ordinary run in an ordinary worker, but its folder lies in the cache and never among the learner's runs. It
does not begin while a run is going on, ends as soon as one is started, and ends by itself should whoever watches it
die. How long the whole takes is read as the run strip reads it: from the run's own events.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from dlwp_tui.analysis import dry_runs, estimates
from dlwp_tui.core import paths
from dlwp_tui.core.errors import RunError
from dlwp_tui.core.language import _
from dlwp_tui.core.types import Source, Value
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine import control, environment, launch
from dlwp_tui.runs import state
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView

if TYPE_CHECKING:
    from dlwp_tui.engine.zygote import Zygote

LONGEST = 40.0
"""Seconds a trial may take; reading a large dataset the first time is a part of it."""
_ENOUGH = 3.0  # s of steps inside the first epoch: thirty samples of a rate whose median moves by 5 %
_EPOCH_ENOUGH = 1.0  # s of work when at least one epoch, with its validation, is through
_LOOK = 0.1  # s between two looks
_REAPED = 1.0  # s for whoever started the process to write how it ended


def measure(
    lesson: Lesson,
    values: Mapping[str, Value],
    *,
    source: Source = "auto",
    device: str = "auto",
    zygote: Zygote | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> estimates.Sample | None:
    """Run the first steps of `lesson` with `values`, remember what they say of the whole, and return it. Blocks.

    None when `cancelled()` became true, or a run was started meanwhile. Raises RunError when a run is going on, when
    the lesson fails or shows no step in LONGEST seconds; UsageError, MemoryShort and StorageError as `launch.start`.
    """
    _refuse_beside_a_run()
    root = paths.ensure(paths.cache() / "trials")
    _sweep(root)
    folder = launch.start_trial(lesson, values, root, limit_s=LONGEST + 5, source=source, device=device, zygote=zygote)
    try:
        view = RunView.open(folder)
        if not _watch(view, cancelled):
            return None
        sample = _sample(view)
    finally:
        _throw_away(folder)
    dry_runs.add(lesson.id, environment.host(), asdict(sample))
    return sample


def _watch(view: RunView, cancelled: Callable[[], bool]) -> bool:
    """Follow the trial until enough is known: True; False when it is to make way."""
    deadline = time.monotonic() + LONGEST
    looked = 0.0
    while True:
        view.update()
        if view.state is RunState.FINISHED or (view.state.active and _is_enough(view)):
            return True
        if not view.state.active:
            error = view.error
            raise RunError(
                _("The trial of lesson {lesson} ended early: {reason}").format(
                    lesson=view.spec.lesson, reason=error.message or error.type if error is not None else view.state
                )
            )
        if cancelled():
            return False
        now = time.monotonic()
        if now - looked >= 4 * _LOOK:  # one lock a run of the history
            looked = now
            if control.active():
                return False
        if now > deadline:
            raise RunError(
                _("Lesson {lesson} came to no step within {seconds:.0f} s.").format(
                    lesson=view.spec.lesson, seconds=LONGEST
                )
            )
        time.sleep(_LOOK)


def _is_enough(view: RunView) -> bool:
    """Whether the rest can be told from what was done."""
    if view.eta_s is None or not view.fraction or view.first_step_s is None:
        return False
    return view.elapsed_s - view.first_step_s >= (_ENOUGH if view.setup_s is None else _EPOCH_ENOUGH)


def _sample(view: RunView) -> estimates.Sample:
    """What the trial says of the whole run."""
    elapsed = view.elapsed_s
    # Building the graph, inside the first step, happens once: it is no work that grows with the epochs.
    setup = min(elapsed, view.first_step_s or 0.0)
    return estimates.Sample(
        params=dict(view.spec.params),
        setup_s=round(setup, 3),
        work_s=round(elapsed + (view.eta_s or 0.0) - setup, 3),
        created=view.spec.created,
        device="cpu" if view.device in (None, "cpu") else "gpu",
        source=view.source,
        steps=_steps(view),
    )


def _steps(view: RunView) -> int:
    """Steps of the fit at hand; of an own loop its rounds; at least one, for a run without either."""
    before = ((view.epoch or 1) - 1) * (view.steps or 0)
    return before + (view.step or 0) or view.epoch or 1


def _refuse_beside_a_run() -> None:
    if control.active():
        raise RunError(
            _("A run is going on: a trial beside it would slow it down and measure wrongly."),
            _("Try again when it has ended."),
        )


def _throw_away(folder: RunFolder) -> None:
    """End the trial's process at once, nothing of it is worth keeping, and remove its folder."""
    if state.locked(folder):
        try:
            control.kill(folder)
        except RunError:
            control.wait(folder, LONGEST)  # it ended in this moment, or its own limit ends it
    deadline = time.monotonic() + _REAPED
    while not folder.reaped.exists() and time.monotonic() < deadline:  # written later, it would bring the folder back
        time.sleep(_LOOK / 10)
    shutil.rmtree(folder.path, ignore_errors=True)


def _sweep(root: Path) -> None:
    """Remove what trials left whose watcher was killed."""
    for path in root.iterdir():
        if not state.locked(RunFolder(path)):
            shutil.rmtree(path, ignore_errors=True)
