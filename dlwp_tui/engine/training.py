"""Training one run in this process: takes a slot, runs the lesson's code, writes how it ended.

The run's lock is already held, so there is no moment in which the run looks dead.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import sys
import time
import traceback
from functools import partial
from pathlib import Path
from typing import Any

from dlwp_tui.core import content, parsed, paths
from dlwp_tui.core.errors import DlwpError, RunError
from dlwp_tui.core.language import _
from dlwp_tui.core.versions import versions
from dlwp_tui.engine import failures, inputs, memory, signals, slots
from dlwp_tui.engine.code import load_code, run_lesson
from dlwp_tui.engine.cold import go_on_in_child
from dlwp_tui.engine.exits import FAILED, FINISHED, TAKEN, write_exit
from dlwp_tui.engine.job import Job
from dlwp_tui.lab import Lab, StopRun, device
from dlwp_tui.lab.stop import Stop
from dlwp_tui.runs import kinds, log, packed, state, store
from dlwp_tui.runs.events import EventWriter
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.spec import RunSpec
from dlwp_tui.runs.view import RunView


def work(job: Job, lock_fd: int, *, cold: bool = False) -> int:
    """Train the run; returns the process' exit code. Must be called in the main thread, once a process.

    cold: nothing is imported yet; with TensorFlow it is a child of this process that trains, and returns.
    """
    stop = Stop(begun=False)
    signals.install(stop)
    _limit(job)  # waiting for a slot counts
    if not _claim(lock_fd):
        return TAKEN  # a dying zygote had started a worker, too, which the launcher could not see
    folder = job.folder
    began = time.monotonic()
    pauser: signals.Pauser | None = None
    error: BaseException | None = None
    lab: Lab | None = None
    slot: slots.Slot | None = None
    try:
        stop.begun = True
        stop.check()
        store.reserve(folder)
        events = EventWriter(folder.events)
        spec = store.read_spec(folder)
        content.use_datasets(Path(spec.content))
        lab = _lab(job, spec, events, stop)
        slot = slots.take(spec.device)
        began = time.monotonic()
        _set_device(slot)
        if cold and go_on_in_child(job, lambda child: state.write_owner(lock_fd, child)):
            _own(lock_fd)
            _limit(job)  # a timer is not the child's
            stop.check()
        signals.disown_children(lock_fd, slots.held)
        pauser = signals.Pauser(
            events, partial(log.bound, job.log)
        )  # a thread, so not before the fork; a waiting run cannot be paused
        slot = _train(job, spec, lab, slot)
        lab.recorder.flush()
        stop.check()  # a lesson may have caught StopRun and gone on
        stop.settled = True
    except BaseException as caught:  # noqa: BLE001 - whatever a lesson raises goes into the event and the log
        stop.settled = True  # no call: a signal's handler, which may raise StopRun again, runs between calls
        error = caught
    stop.settle()
    how, failure = "finished", None
    if error is not None and stop.requested:  # TensorFlow makes a TypeError, SystemError or RuntimeError of StopRun
        how = "stopped"
        _keep_weights(job, lab)
    elif error is not None:
        how, failure = "failed", failures.describe(error, Path(job.code))
    if pauser is not None:
        pauser.go_on()
    seconds = time.monotonic() - began - (pauser.seconds if pauser is not None else 0.0)
    written = _end(folder, how, seconds, failure)
    if error is not None and not isinstance(error, StopRun):
        _print(f"\n{folder.id}:", error)  # after the event: on a full disk only that has room reserved
    signals.end_children()
    _tidy(job, slot)
    return FINISHED if written and how != "failed" else FAILED


def _limit(job: Job) -> None:
    """A dry run ends by itself, should its watcher have died: SIGALRM stops it as SIGTERM does."""
    if job.limit_s:
        signal.setitimer(signal.ITIMER_REAL, job.limit_s)


def _train(job: Job, spec: RunSpec, lab: Lab, slot: slots.Slot) -> slots.Slot:
    """Import the lesson, run it; returns the slot that was used."""
    if slot.kind == "cpu":
        _started(job, lab, slot)
    worker = os.getpid()
    try:
        code = load_code(Path(job.code))
        if slot.kind == "gpu":
            slot = _usable(slot, spec, lab)
            _started(job, lab, slot)
        on_cpu = slot.kind == "cpu"
        device.seed_everything(spec.seed, deterministic=on_cpu if spec.deterministic is None else spec.deterministic)
        _warn_of_memory(job, lab)
        lab.recorder.waits("working")
        run_lesson(code, lab, lab.params)
    finally:
        if os.getpid() != worker:  # a child that the lesson forked and let return: the run is its parent's
            os._exit(FINISHED)
    return slot


def _set_device(slot: slots.Slot) -> None:
    """What TensorFlow reads when it first touches a device."""
    os.environ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
    os.environ["CUDA_VISIBLE_DEVICES"] = slot.visible
    os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] = "true"  # else TensorFlow takes the whole of a GPU that others share


def _usable(slot: slots.Slot, spec: RunSpec, lab: Lab) -> slots.Slot:
    """The GPU slot, or a CPU slot when TensorFlow was installed without what it needs for the GPU."""
    if device.tensorflow_sees_gpu():
        return slot
    message = _("{device} is there, but this TensorFlow cannot use it.").format(device=slot.device)
    hint = _('Install the GPU libraries: python -m pip install "tensorflow[and-cuda]"')
    slot.give_back()
    if spec.device == "gpu":
        raise RunError(message, hint)
    lab.recorder.warn("gpu", " ".join((message, _("The run trains on the CPU."), hint)))
    return slots.take("cpu")


def _started(job: Job, lab: Lab, slot: slots.Slot) -> None:
    lab.recorder.event(
        kinds.STARTED,
        pid=os.getpid(),
        device=slot.device,
        versions=versions(),
        resumed=job.resume,
        initial_epoch=initial_epoch(job.folder) if job.resume else 0,
    )


def initial_epoch(folder: RunFolder) -> int | None:
    """The epoch (from 0) at which the last checkpointed fit goes on; None when there is no checkpoint."""
    found = sorted((folder.artifacts / "backup").glob("*/training_metadata.json"))
    if not found:
        return None
    try:
        return int(parsed.read_json(found[-1])["epoch"])
    except (ValueError, KeyError, TypeError):  # torn by a crash: Keras itself falls back to the epoch before
        return None


def _warn_of_memory(job: Job, lab: Lab) -> None:
    """The run may have waited for hours since its start was allowed, or was started all the same."""
    if short := memory.shortage(job.ram_mb):
        lab.recorder.warn("ram", short)


def _lab(job: Job, spec: RunSpec, events: EventWriter, stop: Stop) -> Lab:
    artifacts = paths.ensure(job.folder.artifacts)
    return Lab(
        artifacts,
        events.write,
        seed=spec.seed,
        params=inputs.values(job.folder, spec.params),
        source=spec.source,
        checkpoint=job.checkpoint,
        stop=stop,
    )


def _claim(lock_fd: int) -> bool:
    """Make sure that one process works on a run, once: False when another one does or did.

    The flock does not show that: all processes that were given the descriptor share it. A record lock is not shared;
    under it the owner is written into the file, which the launcher had emptied.
    """
    try:
        fcntl.lockf(lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    if os.pread(lock_fd, 1, 0):
        return False
    state.write_owner(lock_fd, os.getpid())
    return True


def _own(lock_fd: int) -> None:
    """Take the record lock over from the parent, which has released it and written this process into the file.

    Another worker that found it free for a moment has read that name, and ends.
    """
    fcntl.lockf(lock_fd, fcntl.LOCK_EX)
    state.write_owner(lock_fd, os.getpid())


def _keep_weights(job: Job, lab: Lab | None) -> None:
    """After a stop inside `fit`: the weights as they were at the last finished step. A dry run's are of no use."""
    if lab is None or lab.recorder.fitting is None or job.limit_s:
        return
    try:
        lab.recorder.event(kinds.PHASE, name=_("stopping: keeping the weights"), code="saving")
        lab.summary(lab.recorder.fitting)
        lab.save(lab.recorder.fitting, "stopped.weights.h5")
        lab.recorder.flush()
    except Exception as error:  # noqa: BLE001 - a model in the middle of a step may raise anything; the run is stopped
        _print("The weights could not be kept:", error)


def _end(folder: RunFolder, how: str, seconds: float, error: dict[str, Any] | None) -> bool:
    """Write the last event, True; where that cannot be written, exit.json and the log report it, False."""
    store.free_reserve(folder)
    try:
        with EventWriter(folder.events) as events:  # opened anew: it mends a line that a full disk tore
            events.write(kinds.ENDED, state=how, seconds=seconds, error=error, peak_mb=memory.peak_mb())
        return True
    except DlwpError as problem:
        _print(f"The end of the run ({how}) could not be written:", problem)
        write_exit(folder, {"code": FAILED, "error": problem.message})
        return False


def _tidy(job: Job, slot: slots.Slot | None) -> None:
    """Bound the log. Pack a long run, so that nobody need read it all to open it; the next run begins meanwhile."""
    log.bound(job.log)
    folder = job.folder
    try:
        if packed.worth(folder):
            if slot is not None:
                slot.give_back()
            RunView.whole(folder)
    except (DlwpError, OSError, MemoryError) as problem:  # then it is read as it is
        _print("The run could not be packed:", problem)


def _print(sentence: str, error: BaseException) -> None:
    """Write an error with its traceback into the log, where there is room for it."""
    with contextlib.suppress(OSError, ValueError):  # a full disk; a lesson that closed its stderr
        print(sentence, file=sys.stderr)
        traceback.print_exception(error)
