"""All datasets by name. Importing this loads no numpy, so `dlwp data list` starts at once."""

from __future__ import annotations

import difflib

from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _
from dlwp_tui.data.dataset import DataFile, Dataset
from dlwp_tui.data.sets.aclimdb import reader as aclimdb
from dlwp_tui.data.sets.boston_housing import reader as boston_housing
from dlwp_tui.data.sets.glove import reader as glove
from dlwp_tui.data.sets.imdb import reader as imdb
from dlwp_tui.data.sets.jena_climate import reader as jena_climate
from dlwp_tui.data.sets.mnist import reader as mnist
from dlwp_tui.data.sets.reuters import reader as reuters

DATASETS: dict[str, Dataset] = {
    d.name: d
    for d in (
        imdb.DATASET,
        reuters.DATASET,
        boston_housing.DATASET,
        mnist.DATASET,
        aclimdb.DATASET,
        glove.DATASET,
        jena_climate.DATASET,
    )
}


def get(name: str) -> Dataset:
    """The dataset called `name`; UsageError with the nearest names when there is none."""
    if found := DATASETS.get(name):
        return found
    near = difflib.get_close_matches(name.lower(), DATASETS, n=2, cutoff=0.5)
    hint = (
        _("Did you mean {names}?").format(names=", ".join(near))
        if near
        else _("Known datasets: {names}.").format(names=", ".join(DATASETS))
    )
    raise UsageError(_("There is no dataset called {name}.").format(name=repr(name)), hint)


def owner_of(file_name: str) -> tuple[Dataset, DataFile] | None:
    """The dataset and file that go by `file_name`, or None."""
    for dataset in DATASETS.values():
        if file := dataset.file(file_name):
            return dataset, file
    return None
