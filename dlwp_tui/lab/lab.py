"""The object a lesson's code talks to: metrics, pictures, text, results. It knows of no terminal and no process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _
from dlwp_tui.core.types import Source
from dlwp_tui.lab import values
from dlwp_tui.lab.clock import Clock
from dlwp_tui.lab.stop import Stop
from dlwp_tui.runs import kinds

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from dlwp_tui.data import Loaded

THROTTLE = 0.05  # s between two events of one fast kind: not measurable in CPU, and faster than any chart redraws
_EVERY_STEP = 1000  # own loops up to this many steps write every `log`, longer ones at most one in THROTTLE


class Lab:
    """One run, seen from its lesson. Every `label` tells curves of one run apart (folds, variants)."""

    def __init__(
        self,
        artifacts: Path,
        write: Callable[..., None],
        *,
        seed: int,
        params: Mapping[str, Any],
        source: Source = "auto",
        checkpoint: bool = False,
        stop: Stop | None = None,
    ) -> None:
        self.artifacts = artifacts
        """The run's folder for files; `artifact(name)` gives paths in it."""
        self.seed = seed
        self.params = dict(params)
        self.source = source
        self.checkpoint = checkpoint
        """True when each epoch's state is kept so that the run can be continued."""
        self.stop = stop or Stop()
        self.clock = Clock()
        self.fitting: keras.Model | None = None
        """The model inside `fit` just now."""
        self._write = write
        self._fits = 0
        self._streams = 0
        self._nan_said = False
        self._loop_steps = 0
        self._loop_unit = ""
        self._logs = _LogThrottle()
        self._progress_at = float("-inf")

    # -- data ---------------------------------------------------------------------------------------------------

    def dataset(self, name: str, **options: Any) -> Loaded:
        """What `keras.datasets` would return: unpacks as `(x_train, y_train), (x_test, y_test)`, plain arrays."""
        from dlwp_tui import data

        loaded = data.load(name, source=self.source, **options)
        self.event(kinds.DATASET, name=loaded.name, source=loaded.source, detail=loaded.detail)
        return loaded

    def datasets(self, **wanted: Mapping[str, Any]) -> tuple[Loaded, ...]:
        """Datasets that mean something only together, as `name={options}`: all real, or all synthetic."""
        from dlwp_tui import data

        loaded = data.load_together(wanted, source=self.source)
        for one in loaded:
            self.event(kinds.DATASET, name=one.name, source=one.source, detail=one.detail)
        return loaded

    def batches(self, x: Any, y: Any = None, batch_size: int = 32, shuffle: bool = True) -> tf.data.Dataset:
        """A tf.data.Dataset for `fit`: seeded, in a new order each epoch, the same orders at each run of a seed.

        `x` and `y` are arrays, or tuples or dicts of arrays, with equal first dimensions; without `y` it yields `x`
        alone. (`fit` on arrays repeats one order every epoch once `set_random_seed` was called.)
        """
        from dlwp_tui.lab.batches import batches

        self._streams += 1
        return batches(x, y, batch_size, seed=(self.seed, self._streams) if shuffle else None, clock=self.clock)

    # -- training -----------------------------------------------------------------------------------------------

    def callbacks(
        self, label: str | None = None, part: tuple[int, int] | None = None
    ) -> list[keras.callbacks.Callback]:
        """For `fit(callbacks=...)`: live metrics, stop, and a checkpoint where the lesson asks for one.

        `part=(i, n)`: this is fit number i (from 0) of n equal ones in the run, for the progress of the whole.
        """
        from dlwp_tui.lab.live import checkpoint, live

        if part is not None and not 0 <= part[0] < part[1]:
            raise ValueError(f"part={part!r}: the first number counts from 0 and is below the second")
        self._fits += 1
        made = [live(self, label, part, self._fits)]
        if self.checkpoint:  # first, so that the model is restored before anything else looks at it
            made.insert(0, checkpoint(self, self.artifact(f"backup/{self._fits:03d}")))
        return made

    def steps_per_execution(self, model: keras.Model, batches: tf.data.Dataset) -> int:  # noqa: ARG002
        """For `compile(steps_per_execution=...)`: how many steps TensorFlow runs between two returns to Python."""
        return max(1, min(8, len(batches)))

    def steps(self, n: int, label: str | None = None, unit: str = "") -> Iterator[int]:
        """1, 2, ... n for a lesson's own loop, with progress; ends early when the run is stopped.

        unit: what is counted, in the learner's words, where it is not epochs; `log` inside the loop takes it over.
        """
        if n < 0:
            raise ValueError(f"steps({n}): the number of steps cannot be negative")
        self._loop_steps, self._loop_unit = n, unit
        self._logs.begin()
        for step in range(1, n + 1):
            self.stop.check()
            yield step
            self.progress(step, n, label)
        self._flush_logs()
        self._loop_steps, self._loop_unit = 0, ""

    def log(self, step: int, label: str | None = None, unit: str = "", **metrics: Any) -> None:
        """One point of each curve of a lesson's own loop, at `step` (from 1).

        unit: what `step` counts, the word under the chart's axis: "hours"; where it is not epochs, and not told to
        `steps`. Every call is kept in loops of up to 1000 steps; longer loops keep one in 50 ms, and the last.
        """
        plain = values.figures(metrics)
        if (bad := values.not_finite(plain)) is not None:
            self.say_nan(_("{name} became {value} at step {step}.").format(name=bad, value=plain[bad], step=step))
        now = time.monotonic()
        fields = {
            "label": label,
            "epoch": step,
            "epochs": self._loop_steps or None,
            "metrics": plain,
            "seconds": self._logs.since_last(label, now),
        }
        if unit := unit or self._loop_unit:
            fields["unit"] = unit
        if self._logs.due(label, now, always=self._loop_steps <= _EVERY_STEP, fields=fields):
            self.event(kinds.EPOCH, **fields)

    def baseline(self, label: str, **metrics: Any) -> None:
        """Constants to compare the curves with, a horizontal line in the chart of each metric: `val_loss=baseline`.

        Tell it before the first step: the line is there from the first point on. It is no curve and no epoch.
        """
        self.event(kinds.BASELINE, label=label, metrics=values.figures(metrics))

    def progress(self, done: float, total: float, label: str | None = None) -> None:
        """How much of the whole run is done; at most one event in 50 ms, and the last."""
        now = time.monotonic()
        if done >= total or now - self._progress_at >= THROTTLE:
            self._progress_at = now
            self.event(kinds.PROGRESS, done=done, total=total, label=label)

    def phase(self, name: str) -> None:
        """What the lesson is doing now, in the learner's words."""
        self.event(kinds.PHASE, name=name)

    # -- what a run shows ---------------------------------------------------------------------------------------

    def summary(self, model: keras.Model, label: str | None = None) -> None:
        """The model's layers, shapes and parameter counts, as `model.summary()` prints them."""
        from dlwp_tui.lab.models import summary

        self.event(kinds.MODEL, label=label, **summary(model))

    def text(self, title: str, body: str) -> None:
        """A text to read: a decoded review, a generated paragraph."""
        self.event(kinds.TEXT, title=title, body=str(body))

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """A table; every row has as many cells as there are columns."""
        listed = [list(row) for row in rows]
        for row in listed:
            if len(row) != len(columns):
                raise ValueError(f"table {title!r}: a row of {len(row)} cells under {len(columns)} columns: {row!r}")
        self.event(kinds.TABLE, title=title, columns=list(columns), rows=listed)

    def picture(self, name: str, image: Any, caption: str = "") -> Path:
        """A picture: an array (h, w), (h, w, 1), (h, w, 3) or (h, w, 4), or a PIL image. Returns the PNG's path.

        Integers and floats in 0..1 are shown as they are; other floats are scaled from their minimum to their maximum.
        """
        from dlwp_tui.lab.pictures import save_png

        path, width, height = save_png(self, name, image)
        file = path.relative_to(self.artifacts).as_posix()
        self.event(kinds.PICTURE, name=name, file=file, width=width, height=height, caption=caption)
        return path

    def check(self, statement: str, claim: str = "", got: Any = True, want: Any = True, tolerance: float = 0) -> bool:
        """An exact statement of the note, proved here: a ✓ when `got` is `want` within `tolerance`."""
        ok = values.agrees(got, want, tolerance)
        self.event(kinds.CHECK, statement=statement, claim=claim, got=got, want=want, ok=ok)
        return ok

    def result(self, label: str | None = None, **metrics: Any) -> None:
        """What the run came to: the figures on the test set, say."""
        self.event(kinds.RESULT, metrics=values.figures(metrics), label=label)

    def warn(self, code: str, message: str) -> None:
        """Something the learner should know that does not end the run."""
        self.event(kinds.WARNING, code=code, message=message)

    def refuse(self, message: str, hint: str = "") -> NoReturn:
        """End the run: its params cannot be used together. The learner reads the sentence, and no traceback."""
        raise UsageError(message, hint)

    # -- files --------------------------------------------------------------------------------------------------

    def artifact(self, name: str) -> Path:
        """A path in the run's folder, its parent made. Raises ValueError when `name` would lead out of it."""
        root = self.artifacts.resolve()
        path = (root / name.replace("\0", "")).resolve()
        if not name.strip() or "\0" in name or path == root or not path.is_relative_to(root):
            raise ValueError(f"artifact({name!r}): the name must stay inside the run's folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def save(self, model: keras.Model, name: str = "model") -> Path:
        """Keep the model as `<name>.keras`, or its weights alone when `name` ends in `.weights.h5`."""
        from dlwp_tui.lab.models import save

        return save(self, model, name)

    def load(self, name: str = "model", into: keras.Model | None = None) -> keras.Model:
        """The model that `save` kept under `name`; `.weights.h5` needs the built model to load them `into`."""
        from dlwp_tui.lab.models import load

        return load(self, name, into)

    # -- for the other modules of this package ------------------------------------------------------------------

    def event(self, kind: str, **fields: Any) -> None:
        """Write one event of the run."""
        if kind in (kinds.RESULT, kinds.ENDED):
            self._flush_logs()
        self._write(kind, **fields)

    def say_nan(self, message: str) -> None:
        """Warn of a loss that is no number, once a run."""
        if not self._nan_said:
            self._nan_said = True
            self.warn("nan", message)

    def flush(self) -> None:
        """Write what the throttle still holds back: the last point of each curve."""
        self._flush_logs()

    def _flush_logs(self) -> None:
        for fields in self._logs.take_pending():
            self._write(kinds.EPOCH, **fields)


class _LogThrottle:
    """Keeps back points of long loops, one pending point a label, so that the last is never lost."""

    def __init__(self) -> None:
        self._written: dict[str | None, float] = {}
        self._pending: dict[str | None, dict[str, Any]] = {}
        self._seen: dict[str | None, float] = {}
        self._born = time.monotonic()

    def begin(self) -> None:
        """A loop begins now: its first point took from here on, not from the data's loading."""
        self._born = time.monotonic()
        self._seen.clear()

    def since_last(self, label: str | None, now: float) -> float:
        before = self._seen.get(label, self._born)
        self._seen[label] = now
        return now - before

    def due(self, label: str | None, now: float, *, always: bool, fields: dict[str, Any]) -> bool:
        if always or now - self._written.get(label, float("-inf")) >= THROTTLE:
            self._written[label] = now
            self._pending.pop(label, None)
            return True
        self._pending[label] = fields
        return False

    def take_pending(self) -> list[dict[str, Any]]:
        pending, self._pending = list(self._pending.values()), {}
        return pending
