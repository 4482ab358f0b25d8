"""The object that a lesson's code uses: data, metrics, pictures, text, results. No terminal and no process here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn, overload

from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.types import Source
from dlwp_tui.lab import values
from dlwp_tui.lab.recorder import Recorder
from dlwp_tui.lab.stop import Stop
from dlwp_tui.runs import kinds

if TYPE_CHECKING:
    import keras
    import numpy as np
    import tensorflow as tf
    from numpy.typing import NDArray

    from dlwp_tui.data import Loaded
    from dlwp_tui.lab.pictures import Frames


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
        """The run's seed, for a lesson's own random numbers: `np.random.default_rng(lab.seed)`."""
        self.params = dict(params)
        """The run's params by name; `run` gets them as arguments, `prove` and `demo` read them here."""
        self.source = source
        """The source of data that was asked for: auto, real or synthetic."""
        self.checkpoint = checkpoint
        """True where each epoch's state is kept so that the run can be continued (`checkpoint` in lesson.toml)."""
        self.recorder = Recorder(write, stop)
        """For the callback and the engine, not for lessons."""
        self._fits = 0
        self._streams = 0
        self._frames: dict[str, Frames] = {}

    # -- data ---------------------------------------------------------------------------------------------------

    @overload
    def dataset(self, name: Literal["nietzsche"]) -> str: ...  # type: ignore[overload-overlap]
    @overload
    def dataset(self, name: Literal["cifar10_frogs"]) -> NDArray[np.uint8]: ...  # type: ignore[overload-overlap]
    @overload
    def dataset(self, name: str, **options: Any) -> Loaded: ...
    def dataset(self, name: str, **options: Any) -> Any:
        """What `keras.datasets` would return: unpacks as `(x_train, y_train), (x_test, y_test)`.

        x is an array, or of texts a list: of 1-D int32 arrays (imdb, reuters), of str (aclimdb). options are those of
        the Keras loader. The result also has `.source` (real, unverified or synthetic), `.meta`, and of texts `.index`,
        `.words` and `.decode(ids)`. cats_and_dogs_small unpacks as train, validation, test; nietzsche is a str,
        cifar10_frogs an array (5000, 32, 32, 3). Raises DataError where the data cannot be had, UsageError for a wrong
        name or option.

        Example: `(train_data, y_train), (test_data, y_test) = lab.dataset("imdb", num_words=10_000)`
        """
        from dlwp_tui import data

        self.recorder.waits("loading", name=name)
        return self._used(data.load(name, source=self.source, **options)).plain

    def datasets(self, **wanted: Mapping[str, Any]) -> tuple[Loaded, ...]:
        """Datasets that mean something only together, as `name={options}`: all real, or all synthetic.

        Example: `imdb, glove = lab.datasets(aclimdb={}, glove={"dim": 100})`
        """
        from dlwp_tui import data

        self.recorder.waits("loading", name=", ".join(wanted))
        return tuple(map(self._used, data.load_together(wanted, source=self.source)))

    def _used(self, loaded: Loaded) -> Loaded:
        self.recorder.event(kinds.DATASET, name=loaded.name, source=loaded.source, detail=loaded.detail)
        if loaded.warning:
            self.recorder.warn("data", loaded.warning)
        self.recorder.waits("working")
        return loaded

    def batches(self, x: Any, y: Any = None, batch_size: int = 32, shuffle: bool = True) -> tf.data.Dataset:
        """A tf.data.Dataset for `fit`: seeded, in a new order each epoch, the same orders at each run of a seed.

        `x` and `y` are arrays, or tuples or dicts of arrays, with equal first dimensions; without `y` it yields `x`
        alone. The last batch may be smaller. shuffle=False keeps the order, for validation. (`fit` on arrays repeats
        one order every epoch once `set_random_seed` was called.)
        Raises ValueError for lengths that differ or a batch size below 1, TypeError for what is no array.

        Example: `model.fit(lab.batches(x_train, y_train, 128), epochs=5, callbacks=lab.callbacks())`
        """
        from dlwp_tui.lab.batches import batches

        self._streams += 1
        seed = (self.seed, self._streams) if shuffle else None
        return batches(x, y, batch_size, seed=seed, clock=self.recorder.clock)

    # -- training -----------------------------------------------------------------------------------------------

    def steps_per_execution(self, model: keras.Model, batches: tf.data.Dataset) -> int:
        """For `compile`: how many steps TensorFlow runs between two returns to Python. Results do not depend on it.

        About 50 ms of work, at most an epoch of `batches`, so that small steps do not pay for the way back to Python
        and curves still move. Estimated from the layers of the built `model` and one batch; nothing is trained.
        Call it before `compile`, for each fit of a new model: `fit` on these batches then begins its curve sooner.

        Example: `model.compile("rmsprop", "mse", steps_per_execution=lab.steps_per_execution(model, batches))`
        """
        from dlwp_tui.lab import first_step, step_cost

        cost = step_cost.milliseconds(model, next(iter(batches)))
        steps = step_cost.steps_per_execution(cost, len(batches))
        eager = steps > 1 and not any(map(step_cost.is_recurrent, step_cost.leaves(model)))
        self.recorder.expected = first_step.Expected(model, batches, eager)
        return steps

    def callbacks(
        self, label: str | None = None, part: tuple[int, int] | None = None
    ) -> list[keras.callbacks.Callback]:
        """For `fit(callbacks=...)`: live metrics, stop, and a checkpoint where lesson.toml has `checkpoint = true`.

        `part=(i, n)`: this is fit number i (from 0) of n equal ones in the run, for the progress of the whole.
        Raises ValueError for a part that is none. Ask for new callbacks for each fit.

        Example: `model.fit(batches, epochs=20, callbacks=lab.callbacks(label=f"fold {i}", part=(i, 4)), verbose=0)`
        """
        from dlwp_tui.lab.live import checkpoint, live

        if part is not None and not 0 <= part[0] < part[1]:
            raise ValueError(f"part={part!r}: the first number counts from 0 and is below the second")
        self._fits += 1
        made = [live(self.recorder, label, part, self._fits)]
        if self.checkpoint:  # first, so that the model is restored before anything else looks at it
            made.insert(0, checkpoint(self.recorder, self.artifact(f"backup/{self._fits:03d}")))
        return made

    def steps(self, n: int, label: str | None = None, unit: str = "") -> Iterator[int]:
        """1, 2, ... n for a lesson's own loop, with progress; ends early when the run is stopped.

        unit: what is counted, in the learner's words, where it is not epochs; `log` inside the loop takes it over.
        Raises ValueError for n below 0.

        Example: `for step in lab.steps(100, unit="次"): lab.log(step, loss=train_step())`
        """
        if n < 0:
            raise ValueError(f"steps({n}): the number of steps cannot be negative")
        self.recorder.begin_loop(n, unit)
        for step in range(1, n + 1):
            self.recorder.stop.check()
            yield step
            self.recorder.progress(step, n, label)
        self.recorder.end_loop()

    def progress(self, done: float, total: float) -> None:
        """Say how much of the whole run is done: for lessons of many small fits, and for loops that log seldom."""
        self.recorder.progress(done, total)

    def log(self, step: int, label: str | None = None, unit: str = "", **metrics: Any) -> None:
        """One point of each curve of a lesson's own loop, at `step` (from 1).

        metrics: numbers, NumPy scalars or scalar tensors by name; TypeError for others. unit: what `step` counts, the
        word under the chart's axis, where it is not epochs and not given to `steps`. Every call is kept in loops of up
        to 1000 steps; longer loops keep one in 50 ms, and the last.

        Example: `lab.log(epoch, loss=loss, val_loss=val_loss)`
        """
        self.recorder.point(step, label, unit, values.figures(metrics))

    def baseline(self, label: str, **metrics: Any) -> None:
        """Constants to compare the curves with: a horizontal line in the chart of each metric. It is no epoch.

        Call it before the first step, so that the line is there from the first point on.

        Example: `lab.baseline("永远猜均值", val_mae=0.29)`
        """
        self.recorder.event(kinds.BASELINE, label=label, metrics=values.figures(metrics))

    def phase(self, name: str) -> None:
        """What the lesson is doing from now on, in the learner's words: `lab.phase("准备数据")`."""
        self.recorder.event(kinds.PHASE, name=name)

    # -- what a run shows ---------------------------------------------------------------------------------------

    def summary(self, model: keras.Model, label: str | None = None) -> None:
        """The model's layers, shapes and parameter counts, drawn as a graph: branches, merges, shared layers."""
        from dlwp_tui.lab.models import summary

        self.recorder.event(kinds.MODEL, label=label, **summary(model))

    def text(self, title: str, body: str) -> None:
        """A text to read: a decoded review, a generated paragraph."""
        self.recorder.event(kinds.TEXT, title=title, body=str(body))

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """A table, of which 100 rows and 20 columns are shown. Raises ValueError for a row of another length.

        Example: `lab.table("测试集", ["方法", "MAE"], [["猜均价", "6.533"], ["这个模型", f"{mae:.3f}"]])`
        """
        listed = [list(row) for row in rows]
        for row in listed:
            if len(row) != len(columns):
                raise ValueError(f"table {title!r}: a row of {len(row)} cells under {len(columns)} columns: {row!r}")
        self.recorder.event(kinds.TABLE, title=title, columns=list(columns), rows=listed)

    def picture(self, name: str, image: Any, caption: str = "") -> Path:
        """A picture: an array (h, w), (h, w, 1), (h, w, 3) or (h, w, 4), or a PIL image. Returns the PNG's path.

        Integers and floats in 0..1 are shown as they are; other floats are scaled from their minimum to their maximum.
        For many pictures see `picture_grid`, for one that changes `frames`. Raises ValueError for other shapes.
        """
        from dlwp_tui.lab.pictures import save_png

        path, width, height = save_png(self, name, image)
        file = path.relative_to(self.artifacts).as_posix()
        self.recorder.event(kinds.PICTURE, name=name, file=file, width=width, height=height, caption=caption)
        return path

    def picture_grid(
        self,
        name: str,
        images: Any,
        captions: Sequence[str] = (),
        columns: int = 8,
        *,
        caption: str = "",
        each: bool = False,
    ) -> Path:
        """Many pictures of one size: (n, h, w), (n, h, w, 1) or (n, h, w, 3). One PNG, whose path it returns.

        On the screen they are paged and zoomed, each with its own caption: what to say of one picture, or nothing.
        Floats are scaled together where one leaves 0..1; with each=True every picture from its own minimum to its own
        maximum, as for the channels of a layer. Raises ValueError for other shapes, or another number of captions.

        Example: `lab.picture_grid("第 1 层的响应", maps.transpose(2, 0, 1), [f"{i}" for i in range(32)], each=True)`
        """
        from dlwp_tui.lab.pictures import grid, save_png

        whole, tiles = grid(name, images, captions, columns=columns, each=each)
        path, width, height = save_png(self, name, whole)
        fields = {"file": path.relative_to(self.artifacts).as_posix(), "width": width, "height": height}
        self.recorder.event(kinds.PICTURE, name=name, **fields, caption=caption, tiles=tiles)
        return path

    def frames(self, name: str, step: int, image: Any, caption: str = "", unit: str = "") -> Path:
        """One state of a picture that changes while the run works: on the screen a slider goes through its steps.

        Call it with the same name and a growing `step`, from 0. `image` is what `picture` takes; `unit` what `step`
        counts, in the learner's words. Up to 60 states are kept, spread evenly, the first and the last always.
        Returns the PNG's path. Raises ValueError for what is no picture.

        Example: `lab.frames("生成的数字", epoch, sheet(decoder(z)), unit="轮")`
        """
        from dlwp_tui.lab.pictures import Frames

        frames = self._frames.setdefault(name, Frames(self, name))
        kept, width, height = frames.add(int(step), image)
        listed = [[one, path.relative_to(self.artifacts).as_posix()] for one, path in kept]
        fields = {"name": name, "frames": listed, "width": width, "height": height, "caption": caption}
        self.recorder.event(kinds.FRAMES, **fields, **({"unit": unit} if unit else {}))
        return kept[-1][1]

    def check(self, statement: str, claim: str = "", got: Any = True, want: Any = True, tolerance: float = 0) -> bool:
        """For proofs.py: an exact statement of the note, ✓ when `got` is `want` within `tolerance`. Returns that.

        claim: its number in claims.toml, where it has one. Arrays must have equal shapes, and each number must fit.

        Example: `lab.check("第一条影评有 218 个编号", claim="C048", got=len(train_data[0]), want=218)`
        """
        ok = values.agrees(got, want, tolerance)
        got, want = values.shown(got), values.shown(want)
        self.recorder.event(kinds.CHECK, statement=statement, claim=claim, got=got, want=want, ok=ok)
        return ok

    def result(self, label: str | None = None, **metrics: Any) -> None:
        """The figures the run ends with, such as those on the test set: `lab.result(test_accuracy=0.87)`."""
        self.recorder.event(kinds.RESULT, metrics=values.figures(metrics), label=label)

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
        """Keep the model as `<name>.keras`; its weights alone when `name` ends in `.weights.h5`. Returns the path."""
        from dlwp_tui.lab.models import save

        self.recorder.waits("saving")
        path = save(self, model, name)
        self.recorder.waits("working")
        return path

    def load(self, name: str = "model", into: keras.Model | None = None) -> keras.Model:
        """The model that `save` kept under `name`; `.weights.h5` needs the built model to load them `into`.

        Raises FileNotFoundError where nothing was kept under that name.
        """
        from dlwp_tui.lab.models import load

        return load(self, name, into)
