"""Which runs are drawn: the rules, without a screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlwp_tui.runs.view import RunView
from dlwp_tui.tui.bench.comparison import Comparison
from tests.runs.conftest import make_run
from tests.runs.fake_run import FakeRun

__all__ = ["make_run"]
pytestmark = pytest.mark.usefixtures("course_dir")


@pytest.fixture
def views(make_run: Callable[..., FakeRun]) -> list[RunView]:
    """Three settings of one lesson, the first with two seeds."""
    made = []
    for number, (units, seed) in enumerate(((16, 1), (16, 2), (64, 1), (4, 1)), 1):
        run = make_run(lesson="9.9", number=number, params={"units": units}, seed=seed).epochs("loss", 1.0, 0.5)
        made.append(run.view())
    return made


def drawn(comparison: Comparison) -> list[str]:
    return [member.name for member in comparison.members()]


def test_runs_laid_over_the_shown_one(views: list[RunView]) -> None:
    comparison = Comparison()
    comparison.show(views[0])
    comparison.lay_over(views[2:])
    comparison.lay_over(views[2:3])
    assert drawn(comparison) == ["units 16", "units 64", "units 4"]
    assert [member.focused for member in comparison.members()] == [True, False, False]
    comparison.show(views[3])
    assert [member.focused for member in comparison.members()] == [False, False, True], "the others stay"
    comparison.take_away(views[3].folder.id)
    assert len(drawn(comparison)) == 3, "the shown one stays"
    comparison.only_shown()
    assert drawn(comparison) == ["units 4"]


def test_another_run_takes_the_place_of_the_shown_one(views: list[RunView]) -> None:
    comparison = Comparison()
    comparison.show(views[0])
    comparison.lay_over([views[2]])
    comparison.show(views[3])
    assert drawn(comparison) == ["units 4", "units 64"]
    comparison.show(None)
    assert comparison.runs == [] and comparison.shown is None


def test_hide_alone_order_and_reference(views: list[RunView]) -> None:
    comparison = Comparison()
    comparison.show(views[0])
    comparison.lay_over(views[2:])
    ids = [view.folder.id for view in comparison.runs]
    comparison.toggle_hidden(ids[1])
    assert drawn(comparison) == ["units 16", "units 4"]
    comparison.toggle_alone(ids[1])
    assert len(drawn(comparison)) == 1
    comparison.toggle_alone(ids[1])
    comparison.toggle_hidden(ids[1])
    comparison.move(ids[2], -1)
    comparison.move(ids[0], -1)
    assert drawn(comparison) == ["units 16", "units 4", "units 64"]
    assert comparison.name_of_reference(comparison.members()) == "units 16"
    comparison.toggle_reference(ids[2])
    assert comparison.name_of_reference(comparison.members()) == "units 4"
    comparison.forget(ids[2])
    assert comparison.reference is None and drawn(comparison) == ["units 16", "units 64"]


def test_seeds_of_one_setting_fold_and_unfold(views: list[RunView]) -> None:
    comparison = Comparison()
    comparison.show(views[0])
    comparison.lay_over(views[1:3])
    assert drawn(comparison) == ["units 16 · seed 1", "units 16 · seed 2", "units 64"]
    comparison.toggle_folded()
    assert drawn(comparison) == ["units 16 × 2", "units 64"]
    assert len(comparison.members()[0].views) == 2 and comparison.members()[0].focused


def test_each_change_is_noticed(views: list[RunView]) -> None:
    comparison = Comparison()
    seen = {comparison.version}
    change: Callable[[], None]
    for change in (
        lambda: comparison.show(views[0]),
        lambda: comparison.lay_over(views[2:]),
        lambda: comparison.toggle_hidden(views[2].folder.id),
        comparison.toggle_folded,
        lambda: comparison.move(views[2].folder.id, 1),
    ):
        change()
        assert comparison.version not in seen
        seen.add(comparison.version)
