"""The screen that searches a lesson's params, over a search that does what the test lets it do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input, Static

from dlwp_tui.core.errors import RunError, UsageError
from dlwp_tui.course.reader import Course
from dlwp_tui.engine import tune
from dlwp_tui.engine.tune import Outcome, Search, Trial
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.screens.study import StudyScreen
from dlwp_tui.tui.screens.tuning import TuneScreen
from tests.tui.bench.bench_runs import until


class FakeSearch:
    """Two trials, the second one open until `go` is set or it is cancelled."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go, self.cancelled = threading.Event(), threading.Event()
        self.searches: list[Search] = []
        self.error: Exception | None = None
        monkeypatch.setattr(tune, "require", lambda: None)
        monkeypatch.setattr(tune, "run", self.run)
        monkeypatch.setattr(tune, "conclude", self.conclude)

    def run(self, search: Search, _count: int, _zygote: object, cancelled: Callable[[], bool]) -> Iterator[Trial]:
        self.searches.append(search)
        if self.error is not None:
            raise self.error
        yield Trial(1, {"epochs": 3}, "one", "done", 0.25, 3)
        yield Trial(2, {"epochs": 7}, "two", "running", None, 1)
        while not self.go.wait(0.01):
            if cancelled():
                self.cancelled.set()
                return
        yield Trial(2, {"epochs": 7}, "two", "pruned", 0.5, 3)

    def conclude(self, _search: Search, _confirm: int, _zygote: object, _cancelled: Callable[[], bool]) -> Outcome:
        trials = [Trial(1, {"epochs": 3}, "one", "done", 0.25, 3), Trial(2, {"epochs": 7}, "two", "pruned", 0.5, 3)]
        return Outcome(trials, trials[0], {"epochs": 1.0}, [0.3, 0.4], {"test_loss": 0.5})


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeSearch:
    return FakeSearch(monkeypatch)


async def opened(pilot: Pilot[None], app: DlwpApp) -> TuneScreen:
    await until(pilot, lambda: isinstance(app.screen, StudyScreen), "the study screen")
    await pilot.press("S")
    await until(pilot, lambda: isinstance(app.screen, TuneScreen), "the search's screen")
    assert isinstance(app.screen, TuneScreen)
    return app.screen


def text(screen: TuneScreen, name: str) -> str:
    return str(screen.query_one(f"#tune-{name}", Static).content)


async def begun(pilot: Pilot[None], screen: TuneScreen) -> None:
    screen.query_one("#tune-over", Input).value = "epochs=2..9"
    await pilot.press("enter")
    await until(pilot, lambda: "Trial 2 of 20" in text(screen, "hint"), "the second trial")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_trials_come_in_and_the_end_says_what_to_make_of_them(
    course: Course, fake: FakeSearch, size: tuple[int, int]
) -> None:
    app = DlwpApp(course, "1.1", warm_up=False)
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot, app)
        await begun(pilot, screen)
        assert "epochs=7 · epoch 2" in text(screen, "hint")
        assert "0.25" in text(screen, "found") and "0.5" not in text(screen, "found")
        assert not screen.query_one("#tune-stop", Button).disabled
        fake.go.set()
        await until(pilot, lambda: "Importance: epochs 100%" in text(screen, "found"), "the conclusions")
        found = text(screen, "found").splitlines()
        assert [line[:1] for line in found[1:3]] == ["*", "-"], "the best first, what was pruned last"
        assert any("part of it is luck" in line for line in found)
        (search,) = fake.searches
        assert search.lesson.id == "1.1" and search.preset == "quick"


async def test_what_cannot_be_searched_is_said_and_nothing_starts(course: Course, fake: FakeSearch) -> None:
    app = DlwpApp(course, "1.1", warm_up=False)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        screen.query_one("#tune-over", Input).value = "epochs=2..9"
        for name, value, part in (
            ("over", "epochs=9..2", "cannot be read"),
            ("over", "", "names no param"),
            ("trials", "many", "'many'"),
            ("preset", "huge", "huge"),
            ("metric", "learning_rate", "a high learning_rate is good"),
        ):
            field = screen.query_one(f"#tune-{name}", Input)
            good, field.value = field.value, value
            await pilot.press("enter")
            await until(pilot, lambda part=part: part in text(screen, "hint"), part)  # type: ignore[misc]
            assert screen.query_one("#tune-hint").has_class("-wrong")
            field.value = good
        assert not fake.searches


async def test_it_goes_on_behind_the_closed_screen_until_it_is_stopped(course: Course, fake: FakeSearch) -> None:
    app = DlwpApp(course, "1.1", warm_up=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await begun(pilot, await opened(pilot, app))
        await pilot.press("escape")
        again = await opened(pilot, app)
        await until(pilot, lambda: "Trial 2 of 20" in text(again, "hint"), "the search at work")
        assert again.query_one("#tune-over", Input).value == "epochs=2..9"
        await pilot.press("enter")
        await until(
            pilot,
            lambda: any("stop it first" in one.message for one in app._notifications),
            "the refusal of a second one",
        )
        again.query_one("#tune-stop", Button).press()
        await until(pilot, fake.cancelled.is_set, "the stop")
        await until(pilot, lambda: again.query_one("#tune-stop", Button).disabled, "the end")
        assert len(fake.searches) == 1


async def test_what_goes_wrong_is_said_in_the_screen(course: Course, fake: FakeSearch) -> None:
    fake.error = RunError("Three trials failed.", "See why.")
    app = DlwpApp(course, "1.1", warm_up=False)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        screen.query_one("#tune-over", Input).value = "epochs=2..9"
        await pilot.press("enter")
        await until(pilot, lambda: "Three trials failed." in text(screen, "hint"), "the error")


async def test_without_optuna_a_notice_says_what_to_install(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise UsageError("Optuna is not installed.", "Install it.")

    monkeypatch.setattr(tune, "require", missing)
    app = DlwpApp(course, "1.1", warm_up=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StudyScreen), "the study screen")
        await pilot.press("S")
        await until(pilot, lambda: any("Install it." in notice.message for notice in app._notifications), "the notice")
        assert isinstance(app.screen, StudyScreen)
