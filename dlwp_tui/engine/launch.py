"""Starts runs. Returns at once: the worker queues, trains and ends by itself."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlwp_tui.analysis import provenance
from dlwp_tui.core import content, hardware, paths
from dlwp_tui.core.errors import ContentError, RunError
from dlwp_tui.core.language import _
from dlwp_tui.core.types import Source, Value
from dlwp_tui.core.versions import versions
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine import inputs, memory, spawn
from dlwp_tui.engine.job import Job
from dlwp_tui.runs import kinds, state, store
from dlwp_tui.runs.events import EventWriter
from dlwp_tui.runs.folder import RunFolder, new_id
from dlwp_tui.runs.scan import scan
from dlwp_tui.runs.spec import ExperimentVote, RunSpec, SearchTrial

if TYPE_CHECKING:
    from dlwp_tui.engine.zygote import Zygote

_IDS = 5  # tries for a fresh id; two of one minute meet once in 900 000


def start(
    lesson: Lesson,
    values: Mapping[str, Value],
    *,
    preset: str | None = None,
    seed: int | None = None,
    source: Source = "auto",
    device: str = "auto",
    zygote: Zygote | None = None,
    rerun_of: str | None = None,
    experiment: ExperimentVote | None = None,
    search: SearchTrial | None = None,
    force: bool = False,
    root: Path | None = None,
    limit_s: float = 0.0,
    pictures: Mapping[str, Path] | None = None,
) -> RunFolder:
    """Start one run of `lesson`; params missing in `values` take the preset's value or their default.

    `root` is where its folder is made, instead of among the learner's runs; with `limit_s` it ends itself after so many
    seconds and keeps no checkpoint. Both are for dry runs.

    pictures: copies to take instead of the learner's picture files, by param.

    Raises UsageError or ParamError for values that are not allowed, ContentError when the lesson has no code,
    DataError when real data are needed and not there, MemoryShort when too little memory is
    free (`force` starts it all the same), StorageError or RunError when the run cannot be started; then nothing of it
    is left.
    """
    params = inputs.absolute(lesson, lesson.values(preset, dict(values)))
    given = inputs.check(lesson, params, pictures or {})
    _require_data(lesson, params, source)
    need_mb = memory.require(lesson, params, force=force)
    content.remember(lesson.content)
    spec = _spec(
        lesson,
        params,
        preset=preset if preset is not None and lesson.values(preset) == params else lesson.matching_preset(params),
        seed=secrets.randbelow(1 << 31) if seed is None else seed,
        source=source,
        device=device,
        rerun_of=rerun_of,
        experiment=experiment,
        search=search,
    )
    folder = _create(spec, root)
    job = _job(folder, lesson, need_mb)
    if limit_s:
        job = replace(job, checkpoint=False, limit_s=limit_s)
    try:
        inputs.keep(folder, given)
        _hand_over(folder, job, device, zygote)
    except BaseException:
        shutil.rmtree(folder.path, ignore_errors=True)
        raise
    return folder


def rerun(folder: RunFolder, zygote: Zygote | None = None, *, force: bool = False) -> RunFolder:
    """Start the same run again: params, seed, source and device. Its figures are the same on the same machine.

    Where the source was left open, the one that was really used is asked for. When the lesson's code has changed
    since, the new run carries a warning.
    """
    spec = store.read_spec(folder)
    content.require_known(Path(spec.content))
    lesson = lesson_of(spec)
    again = start(
        lesson,
        spec.params,
        preset=None,
        seed=spec.seed,
        source=_used_source(folder, spec),
        device=spec.device,
        zygote=zygote,
        rerun_of=spec.id,
        force=force,
        pictures=inputs.kept(folder),
    )
    if hash_code(lesson) != spec.code_hash:
        _warn_of_changed_code(again, spec)
    return again


def resume(folder: RunFolder, zygote: Zygote | None = None, *, force: bool = False) -> RunFolder:
    """Let a paused run go on, or continue a stopped, failed or dead one from its last kept epoch, in its own folder.

    Raises RunError when it is still training, finished, or has kept nothing to go on from; MemoryShort as `start`.
    """
    from dlwp_tui.engine import control

    now = state.current(folder)
    if now is state.RunState.PAUSED:
        control.unpause(folder)
        return folder
    spec = store.read_spec(folder)
    again = _("Start it anew with: dlwp rerun {run}").format(run=folder.id)
    if now.active:
        raise RunError(_("Run {run} is {state} already.").format(run=folder.id, state=state.word(now)))
    if now is state.RunState.FINISHED:
        raise RunError(_("Run {run} is finished; there is nothing to continue.").format(run=folder.id), again)
    content.require_known(Path(spec.content))
    lesson = lesson_of(spec)
    if not lesson.checkpoint or not any((folder.artifacts / "backup").glob("*/latest.weights.h5")):
        raise RunError(_("Run {run} has kept no epoch to continue from.").format(run=folder.id), again)
    need_mb = memory.require(lesson, spec.params, force=force)
    folder.reaped.unlink(missing_ok=True)
    _hand_over(folder, _job(folder, lesson, need_mb, resume=True), spec.device, zygote)
    if hash_code(lesson) != spec.code_hash:
        _warn_of_changed_code(folder, spec)
    return folder


def hash_code(lesson: Lesson) -> str:
    """sha256 of lesson.py, its first 16 digits. Raises ContentError when it cannot be read."""
    try:
        return hashlib.sha256(paths.read_bytes(lesson.code_file)).hexdigest()[:16]
    except OSError as error:
        raise ContentError(
            _("Lesson {lesson} has no code: {file}: {reason}.").format(
                lesson=lesson.id, file=lesson.code_file, reason=error.strerror or error
            ),
            _("Install the course again, or run `dlwp check`."),
        ) from error


def lesson_of(spec: RunSpec) -> Lesson:
    """The lesson of a run, as it is now: from the folder it was started from, else from the course in force."""
    from dlwp_tui.course import reader

    return reader.lesson_from(Path(spec.content), spec.lesson)


def _spec(lesson: Lesson, params: dict[str, Value], **fields: Any) -> RunSpec:
    """The spec of a run that starts now, without its id."""
    return RunSpec(
        id="",
        lesson=lesson.id,
        number=store.next_number(lesson.id),
        params=params,
        created=time.time(),
        content=str(lesson.content),
        code_hash=hash_code(lesson),
        versions=versions(),
        depends=provenance.depends(lesson),
        host=hardware.host(),
        **fields,
    )


def _require_data(lesson: Lesson, params: Mapping[str, Value], source: Source) -> None:
    """Refuse a run that could only fail for lack of data."""
    if not (needed := lesson.needs(params)):
        return
    from dlwp_tui.data import loader  # only where it is needed: it stays out of start-up

    content.use_datasets(lesson.content)
    loader.require({name: options for name, options in needed.items() if name in lesson.datasets}, source)
    loader.require({name: options for name, options in needed.items() if name not in lesson.datasets}, "real")


def _create(spec: RunSpec, root: Path | None) -> RunFolder:
    for left in reversed(range(_IDS)):
        named = spec.model_copy(update={"id": new_id(spec.lesson, spec.created)})
        try:
            return store.create(named, root)
        except RunError:
            if not left:
                raise
    raise AssertionError


def _hand_over(folder: RunFolder, job: Job, device: str, zygote: Zygote | None) -> None:
    """Take the run's lock, write `queued`, give the lock to a worker."""
    lock = state.take_lock(folder)
    try:
        os.ftruncate(lock, 0)  # a resumed run's file still names the worker before
        store.reserve(folder)
        with EventWriter(folder.events) as events:
            events.write(kinds.QUEUED, device=device)
        spawn.process(job, lock, zygote)
    finally:
        os.close(lock)


def _job(folder: RunFolder, lesson: Lesson, need_mb: int, *, resume: bool = False) -> Job:
    return Job(
        path=str(folder.path),
        code=str(lesson.code_file.absolute()),
        checkpoint=lesson.checkpoint,
        resume=resume,
        ram_mb=need_mb,
    )


def _used_source(folder: RunFolder, spec: RunSpec) -> Source:
    """`spec.source`; where that is `auto`, what the run's datasets really came from, if from one kind of source."""
    if spec.source != "auto":
        return spec.source
    used = {event.get("source") for event in scan(folder.events, kinds.DATASET)}
    if used == {"synthetic"}:
        return "synthetic"
    return "real" if used and used <= {"real", "unverified"} else "auto"


def _warn_of_changed_code(folder: RunFolder, spec: RunSpec) -> None:
    with EventWriter(folder.events) as events:
        events.write(
            kinds.WARNING,
            code="code",
            message=_("The lesson's code has changed since run {run}; the figures may differ.").format(run=spec.id),
        )
