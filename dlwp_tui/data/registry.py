"""All datasets by name. Importing this loads no numpy, so `dlwp data list` starts at once."""

from __future__ import annotations

import difflib

from dlwp_tui.data.dataset import DataFile, Dataset
from dlwp_tui.data.sets import aclimdb, boston_housing, glove, imdb, jena_climate, mnist, reuters
from dlwp_tui.errors import UsageError
from dlwp_tui.i18n import _

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
