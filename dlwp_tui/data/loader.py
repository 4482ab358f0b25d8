"""`load`: a dataset as the Keras loader returns it, from the real file or from its synthetic twin, always labelled."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, get_args

from dlwp_tui.core.errors import DataError, UsageError
from dlwp_tui.core.language import _, sentences
from dlwp_tui.core.types import Source, UsedSource
from dlwp_tui.data import convert, locate, registry
from dlwp_tui.data.dataset import Dataset
from dlwp_tui.data.locate import FileStatus, State, Status
from dlwp_tui.data.sequences import Sequences
from dlwp_tui.data.shape import Shaped, Split
from dlwp_tui.data.texts import Texts
from dlwp_tui.data.vectors import WordVectors
from dlwp_tui.data.words import WordIndex, read_index

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Loaded:
    """A dataset ready to train on. Unpacks as `(x_train, y_train), (x_test, y_test)`, or with validation between.

    x is an array, or for texts a list: of 1-D int32 arrays (word ids, as in `keras.datasets.imdb`), or of str.
    """

    name: str
    source: UsedSource
    detail: str
    """Where the data comes from, one sentence for the learner."""
    train: Split
    test: Split
    meta: dict[str, Any] = field(default_factory=dict)
    """What else is known, e.g. `labels` (class names), `columns`, `num_words`."""
    index: WordIndex | None = None
    validation: Split | None = None
    """None for a set that is published in two parts."""
    warning: str = ""
    """Why it is synthetic although a real file is there; "" otherwise."""

    def __iter__(self) -> Iterator[Split]:
        return iter((self.train, self.test) if self.validation is None else (self.train, self.validation, self.test))

    @property
    def plain(self) -> Any:
        """What `lab.dataset` gives: this; of a set that is one thing (`Dataset.single`) the text or the array."""
        if not registry.get(self.name).single:
            return self
        return self.train.x[0] if isinstance(self.train.x, list) else self.train.x

    @cached_property
    def words(self) -> WordIndex:
        """The word index of a text dataset. DataError where its file is missing (real data without its index)."""
        if self.index is None:
            raise DataError(
                _("The word index of {name} is not there, so ids cannot be turned into words.").format(name=self.name),
                _("`dlwp data get {name}` fetches it, or import {name}_word_index.json.").format(name=self.name),
            )
        return self.index

    @cached_property
    def vectors(self) -> WordVectors:
        """Words and their matrix, of a dataset of word vectors. DataError for any other."""
        if not isinstance(self.train.x, list) or self.train.y.ndim != 2:
            raise DataError(_("{name} has no word vectors.").format(name=self.name))
        return WordVectors(self.train.x, self.train.y)

    @property
    def series(self) -> NDArray[Any]:
        """The measurements of a time series, (rows, columns) float64, in the order of time. DataError for no series."""
        if not self.columns or self.train.y.dtype.kind != "M":
            raise DataError(_("{name} is no time series.").format(name=self.name))
        return self.train.x  # type: ignore[no-any-return]  # a split's x may be anything

    @property
    def times(self) -> NDArray[Any]:
        """When each row of `series` was measured, (rows,) datetime64[s]."""
        return self.train.y

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns of a table or series; () where they have none."""
        return tuple(self.meta.get("columns", ()))

    def decode(self, ids: Any) -> str:
        """Ids of this dataset -> text (`?` for reserved ids)."""
        return self.words.decode(ids)


def load_together(wanted: Mapping[str, Mapping[str, Any]], source: Source = "auto") -> tuple[Loaded, ...]:
    """Datasets that mean something only together, as `{name: options}`: all real, or all synthetic.

    Where the real files of one are missing, `auto` takes the twins of all, and each detail has the reason.
    """
    if source == "auto":
        missing = [why for name, options in wanted.items() if (why := not_real(name, options)) is not None]
        if missing and all(registry.get(name).twin for name in wanted):
            made = [load(name, "synthetic", **options) for name, options in wanted.items()]
            why = sentences(*missing)
            warning = why if any(_is_there(name) for name in wanted) else ""
            return tuple(replace(one, detail=_because(one.detail, why), warning=warning) for one in made)
        source = "real"
    return tuple(load(name, source, **options) for name, options in wanted.items())


def _is_there(name: str) -> bool:
    """Whether there is any file of the dataset, be it damaged or only a part."""
    return bool(locate.status(name).places)


def _because(detail: str, reason: str) -> str:
    return _("{detail}. The reason: {reason}").format(detail=detail, reason=reason) if reason else detail


def not_real(name: str, options: Mapping[str, Any]) -> str | None:
    """Why the real files cannot be used with these options; None when they can."""
    dataset, found = registry.get(name), locate.status(name)
    if not found.usable:
        return found.detail or _("The real data of {name} is not on this computer.").format(name=name)
    try:
        _chosen(dataset, found, _options(dataset, dict(options)))
    except NotInFile as missing:
        return missing.message
    return None


def load(name: str, source: Source = "auto", **options: Any) -> Loaded:
    """The dataset `name`.

    source: `real` needs the file (DataError with what to do when it is missing or damaged), `synthetic` the twin,
    `auto` takes the file where there is one, else the twin. options: those of the Keras loader (`num_words=...`,
    `test_split=...`). Raises UsageError for an unknown name, source or option.
    """
    dataset = registry.get(name)
    if source not in get_args(Source):
        raise UsageError(
            _("Unknown data source {source}.").format(source=repr(source)), _("Use auto, real or synthetic.")
        )
    settled = _options(dataset, options)
    if source == "synthetic":
        return _synthetic(dataset, settled, "")
    found = locate.status(name)
    if found.usable:
        try:
            return _real(dataset, found, _chosen(dataset, found, settled), settled)
        except NotInFile as missing:
            if source == "real" or dataset.twin is None:
                raise
            return _synthetic(dataset, settled, missing.message)
    if source == "real" or dataset.twin is None:
        raise not_usable(dataset, found)
    return _synthetic(dataset, settled, found.detail)


def require(wanted: Mapping[str, Mapping[str, Any]], source: Source) -> None:
    """Refuse a run on these datasets, as `{name: options}`, that could only fail. Raises what `load` would."""
    for name, options in wanted.items():
        dataset = registry.get(name)
        if source != "real" and dataset.twin is not None:
            continue
        if source == "synthetic":
            raise _no_twin(dataset)
        found = locate.status(name)
        if not found.usable:
            raise not_usable(dataset, found)
        _chosen(dataset, found, _options(dataset, dict(options)))


def _no_twin(dataset: Dataset) -> DataError:
    return DataError(
        _("{name} has no synthetic data.").format(name=dataset.name), _("Run on the real data: --data real.")
    )


def not_usable(dataset: Dataset, found: Status) -> DataError:
    """The error for real data that is needed and cannot be had, with the ways to get it."""
    if found.state is State.MISSING:
        message = _("The real data of {name} is not on this computer.").format(name=dataset.name)
    else:
        message = _("The real data of {name} cannot be used. {detail}").format(name=dataset.name, detail=found.detail)
    if dataset.main.urls:
        hint = _("Download it with `dlwp data get {name}`, or import a copy: `dlwp data import FILE`.")
    else:
        hint = _("Get {file} by hand ({origin}) and run: dlwp data import FILE --name {name}")
    return DataError(message, hint.format(name=dataset.name, file=dataset.main.name, origin=dataset.origin))


class NotInFile(DataError):
    """The files are usable, but do not have what the options ask for."""


def _chosen(dataset: Dataset, found: Status, options: dict[str, Any]) -> FileStatus:
    if dataset.pick is None:
        return found.main
    usable = {s.path: s for s in found.forms(dataset.main) if s.path and s.usable}
    try:
        return usable[dataset.pick(list(usable), options)]
    except DataError as error:
        raise NotInFile(error.message, error.hint) from error


def _real(dataset: Dataset, found: Status, main: FileStatus, options: dict[str, Any]) -> Loaded:
    assert main.path is not None  # a usable file has a path
    path = main.path
    verified = main.state is State.REAL
    detail = (
        _("Real data: {path}").format(path=path)
        if verified
        else _("Real data from an unverified file: {path}").format(path=path)
    )
    if str(main.file.what):
        detail = _("{detail} ({what})").format(detail=detail, what=main.file.what)
    shaped, _words = convert.shaped(
        dataset, main.checksum, options, lambda: convert.converted(dataset, path, main.checksum, options)
    )
    source: UsedSource = "real" if verified else "unverified"
    return _loaded(dataset, source, detail, shaped, _real_index(found))


def _synthetic(dataset: Dataset, options: dict[str, Any], reason: str) -> Loaded:
    if dataset.twin is None:
        raise _no_twin(dataset)
    detail = _("Synthetic data: {what}").format(what=dataset.twin_what)
    shaped, words = convert.shaped(dataset, "twin", options, lambda: convert.twin(dataset, options))
    made = _loaded(dataset, "synthetic", _because(detail, reason), shaped, _twin_index(words))
    return replace(made, warning=reason)


def _loaded(dataset: Dataset, source: UsedSource, detail: str, shaped: Shaped, index: WordIndex | None) -> Loaded:
    train, test = (
        Split(list(split.x), split.y) if isinstance(split.x, Sequences | Texts) else split
        for split in (shaped.train, shaped.test)
    )
    return Loaded(dataset.name, source, detail, train, test, shaped.meta, index, shaped.validation)


def _real_index(found: Status) -> WordIndex | None:
    usable = (s for s in found.each if s.file.name.endswith("_word_index.json") and s.usable)
    if (index := next(usable, None)) is None or (path := index.path) is None:
        return None
    return WordIndex(lambda: read_index(path), in_order=lambda: convert.words(path, index.checksum))


def _twin_index(words: NDArray[Any] | None) -> WordIndex | None:
    if words is None:
        return None

    def in_order() -> list[str]:
        return convert.split_words(words)

    return WordIndex(lambda: {word: rank for rank, word in enumerate(in_order(), 1)}, in_order=in_order)


def _options(dataset: Dataset, given: dict[str, Any]) -> dict[str, Any]:
    for name in given:
        if name not in dataset.options:
            near = difflib.get_close_matches(name, dataset.options, n=1)
            hint = (
                _("Did you mean {names}?").format(names=near[0])
                if near
                else _("It takes: {names}.").format(names=", ".join(dataset.options))
            )
            raise UsageError(_("{dataset} has no option {name}.").format(dataset=dataset.name, name=repr(name)), hint)
    return {**dataset.options, **given}
