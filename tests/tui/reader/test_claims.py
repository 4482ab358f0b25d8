"""The page of the notes' statements, by keyboard alone, over claims that the test makes."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from dlwp_tui.analysis import claims
from dlwp_tui.analysis.claims import ClaimRow, Proof
from dlwp_tui.course.claims import Claim
from dlwp_tui.course.reader import Course
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.reader.claims import ClaimsScreen, counts, fitting
from dlwp_tui.tui.screens.study import StudyScreen
from tests.tui.bench.bench_runs import until

ROWS = [
    ClaimRow(
        Claim(id="C001", section="1.1", statement="小网络过拟合得晚", status="training", recorded="第 4 轮"),
        (Proof("1.1", "later", "undecided", "小的晚", ("晚 1 轮，种子之间相差 2",), seeds=3, seeds_needed=9),),
        (),
    ),
    ClaimRow(
        Claim(id="C002", section="1.1", statement="标量是 0 维张量", status="true"),
        (Proof("1.1", "", "holds", words=("✓ ndim 是 0",), runs=("one",), seconds=2.0),),
        (Proof("1.1", "", "holds", date="2026-11-30", machine="2 cores"),),
    ),
    ClaimRow(Claim(id="C010", section="1.2", statement="一句空话", status="qualitative"), (), ()),
]


@pytest.fixture(autouse=True)
def _claims(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "rows", lambda _course: ROWS)


async def opened(pilot: Pilot[None], app: DlwpApp) -> ClaimsScreen:
    await until(pilot, lambda: isinstance(app.screen, StudyScreen), "the study screen")
    await pilot.press("V")
    await until(pilot, lambda: isinstance(app.screen, ClaimsScreen), "the claims")
    screen = app.screen
    assert isinstance(screen, ClaimsScreen)
    await until(pilot, lambda: bool(screen.shown), "the list")
    return screen


def whole(screen: ClaimsScreen) -> str:
    return str(screen.query_one("#claim", Static).content)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_sections_claims_and_all_that_is_known_of_one(course: Course, size: tuple[int, int]) -> None:
    app = DlwpApp(course, "1.1", warm_up=False)
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot, app)
        assert [row.claim.id for row in screen.shown] == ["C001", "C002"], "those of the open section"
        assert "晚 1 轮，种子之间相差 2" in whole(screen)
        assert "dlwp prove 1.1 C001" in whole(screen), "what would settle it"
        await pilot.press("down")
        await until(pilot, lambda: "✓ ndim 是 0" in whole(screen), "the next one")
        assert "2 cores" in whole(screen) and "dlwp prove" not in whole(screen)
        screen.query_one(Input).value = "一句"
        await until(pilot, lambda: [row.claim.id for row in screen.shown] == ["C010"], "what was typed")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, StudyScreen), "the study screen again")
        assert app.screen.panes.section.id == "1.2"  # type: ignore[attr-defined]


async def test_a_section_that_states_nothing_shows_all(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "rows", lambda _course: ROWS[2:])
    app = DlwpApp(course, "1.1", warm_up=False)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        assert screen.query_one(Input).value == "" and len(screen.shown) == 1
        screen.query_one(Input).value = "nothing like it"
        await until(pilot, lambda: "No statement fits" in whole(screen), "the sentence")
        await pilot.press("enter")
        assert isinstance(app.screen, ClaimsScreen)


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("", ["C001", "C002", "C010"]),
        ("1", ["C001", "C002", "C010"]),
        ("1.1", ["C001", "C002"]),
        ("11", []),
        ("c00", ["C001", "C002"]),
        ("undecided", ["C001"]),
        ("1.1 holds", ["C002"]),
        ("qualitative", ["C010"]),
        ("张量", ["C002"]),
    ],
)
def test_a_filter_takes_numbers_verdicts_and_words(words: str, ids: list[str]) -> None:
    assert [row.claim.id for row in fitting(ROWS, words)] == ids


def test_counts_name_each_verdict_once() -> None:
    text = counts(ROWS, 9)
    assert text.startswith("3 of 9") and "holds 1" in text and "undecided 1" in text and "not testable 1" in text
