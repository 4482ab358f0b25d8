"""Lesson 3.4 on the real IMDB reviews, where they lie beside the checkout.

Measured on 2 shared cores, paired with the same network on dense float32 input (`fit` on arrays, validation included):
0.78x the time and 0.98x the CPU per epoch; worker's peak 380-460 MB, cold or forked, against 2 GB.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from dlwp_tui.data import import_
from dlwp_tui.engine.demo import Demo
from dlwp_tui.engine.zygote import Zygote
from dlwp_tui.runs.folder import RunFolder
from tests.conftest import SHARED_DATA
from tests.lessons.conftest import MB, claims, curve, finished_with_peak

FILES = ("imdb.npz", "imdb_word_index.json")

pytestmark = [
    pytest.mark.keras,
    pytest.mark.real_data,
    pytest.mark.skipif(
        not all((SHARED_DATA / name).is_file() for name in FILES), reason=f"no real IMDB files in {SHARED_DATA}"
    ),
]


@pytest.fixture(autouse=True)
def _imported() -> None:
    for name in FILES:
        import_.import_path(SHARED_DATA / name, accept=True)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_four_epochs_reach_86_percent(start: Callable[..., RunFolder], warm: Zygote, seed: int) -> None:
    view, peak = finished_with_peak(start("3.4", preset="final", seed=seed, source="real"))
    assert view.source == "unverified"  # the files are repacked
    assert claims(view) == {"C048", "C049", "C050", "C051", "C052", "C053", "C057"}
    assert len(curve(view, "loss")) == 4
    assert view.results[""]["test_accuracy"] >= 0.86
    assert peak < MB
    if seed != 1:
        return
    demo = Demo(view.folder, "review", zygote=warm)
    try:
        praise = demo.ask("A wonderful film: brilliant, moving, superb acting. One of the best!", timeout=60)
        scorn = demo.ask("Terrible. A boring waste of time, awful acting, the worst film, xqzzq")
    finally:
        demo.close()
    assert praise["bars"]["positive"] > 0.6 and scorn["bars"]["positive"] < 0.4
    assert praise["unknown"] == [] and scorn["unknown"] == ["xqzzq"]


def test_the_book_overfits_early_and_stays_small(start: Callable[..., RunFolder]) -> None:
    view, peak = finished_with_peak(start("3.4", preset="book", seed=1, source="real", zygote=None))
    val_loss, loss = curve(view, "val_loss"), curve(view, "loss")
    assert len(val_loss) == 20
    assert val_loss.index(min(val_loss)) + 1 <= 6
    assert val_loss[-1] > min(val_loss) + 0.1
    assert sum(after < before for before, after in pairwise(loss)) >= 17 and loss[-1] < 0.05
    assert peak < MB
