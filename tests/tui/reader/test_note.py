"""The note pane on the fixture course: what it posts, what it shows, by keyboard alone. Blocks: test_note_blocks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from textual.app import App
from textual.widgets.markdown import Markdown

from dlwp_tui.analysis import judged
from dlwp_tui.analysis.verdict import Verdict, Vote
from dlwp_tui.course.reader import Course
from dlwp_tui.tui.reader import stops
from dlwp_tui.tui.reader.blocks import NoteTable
from dlwp_tui.tui.reader.cards import ExperimentBlock, RunBlock, run_key
from dlwp_tui.tui.reader.note import NotePane
from dlwp_tui.tui.reader.quiz import QuizBlock
from dlwp_tui.tui.reader.stops import Turn
from dlwp_tui.tui.reader.text import NoteText
from tests.tui.bench.bench_runs import until
from tests.tui.reader.note_reader import Reader, own_course


def verdict(kind: str = "holds", source: str = "real") -> Verdict:
    votes = (Vote(0, True, {}), Vote(1, True, {}), Vote(2, False, {}))
    return Verdict(kind, votes, {"last(big.loss)": 0.66666, "last(base.loss)": 4.0}, source)  # type: ignore[arg-type]


# -- pages -----------------------------------------------------------------------------------------------------------


async def test_pages_turn_and_say_so(course: Course) -> None:
    app = Reader(course)
    async with app.run_test(size=(62, 30)) as pilot:
        await app.open(pilot, "1.1")
        assert "1/3" in app.text()
        assert "假的一课" in app.text()
        assert app.pane.turn_page(1)
        await pilot.pause()
        await app.workers.wait_for_complete()
        while len(app.posted) < 2:
            await pilot.pause()
        assert "2/3" in app.text()
        await app.open(pilot, "1.1", -1)
        assert app.pane.page == 2
        assert not app.pane.turn_page(1)
        assert [(m.section_id, m.page, m.pages) for m in app.posted if isinstance(m, NotePane.PageChanged)] == [
            ("1.1", 0, 3), ("1.1", 1, 3), ("1.1", 2, 3),
        ]  # fmt: skip


async def test_only_the_page_asked_for_last_is_shown(course: Course) -> None:
    app = Reader(course)
    async with app.run_test(size=(62, 30)) as pilot:
        await app.open(pilot, "1.1")
        app.posted.clear()
        for page in (1, 2, 0, 2):
            last = app.pane.show(course.section("1.1"), page)
        await last
        await pilot.pause()
        assert [m.page for m in app.posted if isinstance(m, NotePane.PageChanged)] == [2]
        assert len(app.query(QuizBlock)) == 1
        assert not app.query(RunBlock)


async def test_a_page_is_found_again_where_it_was_left(tmp_path: Path) -> None:
    long = "\n\n".join(f"第 {number} 段，有一些字。" for number in range(40))
    course = own_course(tmp_path, f"# 1.2 长\n\n{long}\n\n## 另一页\n\n{long}\n")
    app = Reader(course)
    async with app.run_test(size=(62, 20)) as pilot:
        await app.open(pilot, "1.2")
        await until(pilot, lambda: app.pane.max_scroll_y > 40, "the whole page laid out")
        assert app.pane.scroll_page(1)
        assert app.pane.scroll_page(1)
        await until(pilot, lambda: app.pane.scroll_offset.y > 20, "two pages down")
        left = app.pane.scroll_offset.y
        await app.open(pilot, "1.2", 1)
        await until(pilot, lambda: app.pane.scroll_offset.y == 0, "the top of the other page")
        await app.open(pilot, "1.2", 0)
        await until(pilot, lambda: app.pane.scroll_offset.y == left, "the place it was left at")
        while app.pane.scroll_page(1):
            await pilot.pause()
        assert app.pane.scroll_offset.y == app.pane.max_scroll_y


async def test_the_turn_line_turns_by_enter_and_by_click(course: Course) -> None:
    app = Reader(course)
    async with app.run_test(size=(62, 40)) as pilot:
        await app.open(pilot, "1.1")
        app.set_focus(app.query_one(Turn))
        await pilot.press("enter")
        while app.pane.page != 1:
            await pilot.pause()
        await pilot.pause()
        assert await pilot.click(Turn)
        while app.pane.page != 2:
            await pilot.pause()
        await pilot.pause()
        assert not app.query_one(Turn).display


# -- cards -----------------------------------------------------------------------------------------------------------


async def test_a_run_card_by_keyboard_alone(course: Course) -> None:
    app = Reader(course)
    async with app.run_test(size=(62, 40)) as pilot:
        await app.open(pilot, "1.1", 1)
        card = app.query_one(RunBlock)
        while app.focused is not card:
            await pilot.press("tab")
        app.posted.clear()
        await pilot.press("enter", "r", "e")
        await pilot.pause()
        pressed = [m for m in app.posted if isinstance(m, RunBlock.Pressed)]
        assert [(m.card.lesson, m.card.preset, m.card.params, m.start) for m in pressed] == [
            ("1.1", "quick", {"rate": "2.0"}, True),
            ("1.1", "quick", {"rate": "2.0"}, True),
            ("1.1", "quick", {"rate": "2.0"}, False),
        ]
        assert card.lesson is not None
        app.pane.set_run_state(run_key("1.1", card.lesson.values("quick", {"rate": "2.0"})), "● 2/3")
        app.pane.set_run_state(run_key("1.1", card.lesson.values("quick")), "● 1/3")
        await pilot.pause()
        assert "● 2/3" in app.text() and "● 1/3" not in app.text()
        await app.open(pilot, "1.1", 0)
        await app.open(pilot, "1.1", 1)
        assert "● 2/3" in app.text()


async def test_a_run_card_with_a_bad_value_says_so_and_starts_nothing(tmp_path: Path) -> None:
    course = own_course(tmp_path, "# 1.2 卡\n\n```run 1.1 rate=99\n```\n\n```run 7.7\n```\n")
    app = Reader(course)
    async with app.run_test(size=(80, 40)) as pilot:
        await app.open(pilot, "1.2")
        app.posted.clear()
        for card in app.query(RunBlock):
            app.set_focus(card)
            await pilot.press("enter", "e")
        await pilot.pause()
        assert app.posted == []
        assert "✗" in app.text()
        assert "99" in app.text()
        assert "7.7" in app.text()


async def test_the_experiment_card_shows_what_is_known(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judged, "sentences", lambda _lesson, experiment: (f"course: {experiment.id}",))
    app = Reader(course)
    async with app.run_test(size=(62, 44)) as pilot:
        await app.open(pilot, "1.1", 1)
        card = app.query_one(ExperimentBlock)
        assert "not measured yet" in app.text() and "course: more-rate-more-loss" in app.text()
        app.set_focus(card)
        await pilot.press("enter")
        await pilot.pause()
        pressed = [m for m in app.posted if isinstance(m, ExperimentBlock.Pressed)]
        assert [(m.lesson.id, m.experiment.id) for m in pressed] == [("1.1", "more-rate-more-loss")]

        app.pane.set_verdict("1.1", "more-rate-more-loss", replace(verdict("pending"), ended=2))
        await pilot.pause()
        assert "2/6" in app.text()
        assert "3 of 3 seeds have voted" in app.text()
        await pilot.press("r")  # already going on
        await pilot.press("enter")
        await pilot.pause()
        assert len([m for m in app.posted if isinstance(m, ExperimentBlock.Pressed)]) == 1
        assert len([m for m in app.posted if isinstance(m, ExperimentBlock.CurvesAsked)]) == 1

        app.pane.set_verdict("1.1", "more-rate-more-loss", verdict())
        await pilot.pause()
        shown = " ".join(app.text().split())
        for part in ("1 比 2", "last training loss:", "→ 4,", "→ 0.6667", "✓ holds", "2 of 3 seeds", "Measured"):
            assert part in shown
        assert "(base.loss)" not in shown and "median of 3 seeds" in shown
        await pilot.press("enter", "c", "r")
        await pilot.pause()
        assert len([m for m in app.posted if isinstance(m, ExperimentBlock.CurvesAsked)]) == 3
        assert len([m for m in app.posted if isinstance(m, ExperimentBlock.Pressed)]) == 2
        await app.open(pilot, "1.1", 0)
        await app.open(pilot, "1.1", 1)
        assert "✓ holds" in app.text()


async def test_synthetic_figures_are_never_shown_as_equal(course: Course) -> None:
    app = Reader(course)
    async with app.run_test(size=(62, 44)) as pilot:
        app.pane.set_verdict("1.1", "more-rate-more-loss", verdict(source="synthetic"))
        await app.open(pilot, "1.1", 1)
        assert "Synthetic data here" in app.text()
        assert "(on synthetic data)" in app.text()
        assert "Measured here" not in app.text()


async def test_a_quiz_can_be_answered_wrong_then_right(course: Course) -> None:
    app = Reader(course)
    async with app.run_test(size=(62, 40)) as pilot:
        await app.open(pilot, "1.1", 2)
        app.set_focus(app.query_one(QuizBlock))
        wrong = "ab"[app.query_one(QuizBlock).quiz.options[0].right]
        await pilot.press(wrong)
        await pilot.pause()
        assert "✗ Not quite. 与运气无关。" in app.text()
        assert "✓" not in app.text()
        await pilot.press("down", "enter")
        await pilot.pause()
        assert "✓ Right. 对，见代码。" in app.text()
        await pilot.press(wrong)  # the same wrong answer again says nothing new
        await pilot.pause()
        answers = [m for m in app.posted if isinstance(m, NotePane.QuizAnswered)]
        assert [(m.section_id, m.index, m.right) for m in answers] == [("1.1", 0, False), ("1.1", 0, True)]
        await app.open(pilot, "1.1", 0)
        await app.open(pilot, "1.1", 2)
        assert "✓ Solved" in app.text()


async def test_a_quiz_counts_those_on_earlier_pages_and_takes_clicks(tmp_path: Path) -> None:
    quiz = ":::quiz\n哪个？\n- [ ] 甲 :: 不是。\n- [x] 乙 :: 是。\n:::\n"
    course = own_course(tmp_path, f"# 1.2 考\n\n## 一\n\n{quiz}\n{quiz}\n## 二\n\n{quiz}")
    app = Reader(course)
    async with app.run_test(size=(62, 40)) as pilot:
        await app.open(pilot, "1.2", 1)
        row = next(number for number, text in enumerate(app.rows()) if "乙" in text)
        await pilot.click(offset=(app.rows()[row].index("乙") - 2, row))
        await pilot.pause()
        answers = [m for m in app.posted if isinstance(m, NotePane.QuizAnswered)]
        assert [(m.index, m.right) for m in answers] == [(2, True)]


async def test_answers_stand_in_a_learners_own_order_and_stay_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = "".join(f"- [{'x' if word == '丁' else ' '}] {word} :: 因为{word}。\n" for word in "甲乙丙丁")
    course = own_course(tmp_path, f"# 1.2 考\n\n## 一\n\n:::quiz\n哪个？\n{options}:::\n\n## 二\n\n空")
    orders = []
    for home in ("anna", "anna", "bob", "carl", "dora", "emil"):
        monkeypatch.setenv("DLWP_HOME", str(tmp_path / home))
        app = Reader(course)
        async with app.run_test(size=(62, 40)) as pilot:
            await app.open(pilot, "1.2", 0)
            app.set_focus(app.query_one(QuizBlock))
            order = "".join(option.text for option in app.query_one(QuizBlock).quiz.options)
            shown = [
                row[row.index(" ", row.index(f" {letter} ") + 2) :]
                for letter in "abcd"
                for row in app.rows()
                if f" {letter} " in row
            ]
            assert [row.strip(" │▌") for row in shown] == list(order)
            await pilot.press("abcd"[order.index("丙")], "abcd"[order.index("丁")])
            await pilot.pause()
            answers = [m.right for m in app.posted if isinstance(m, NotePane.QuizAnswered)]
            assert answers == [False, True]
            await app.open(pilot, "1.2", 1)
            await app.open(pilot, "1.2", 0)
            rows = app.rows()
            for word in "丙丁":  # the reasons come back under the answers that were chosen
                at = next(number for number, row in enumerate(rows) if f"  {word}" in row)
                assert f"因为{word}" in rows[at + 1]
        orders.append(order)
    assert orders[0] == orders[1], "after a restart"
    assert len(set(orders)) > 2
    assert all(sorted(order) == sorted("甲乙丙丁") for order in orders)


# -- links -----------------------------------------------------------------------------------------------------------


async def test_links_by_keyboard_and_by_click(course: Course) -> None:
    app = Reader(course)
    async with app.run_test(size=(62, 40)) as pilot:
        await app.open(pilot, "1.1", 1)
        app.posted.clear()
        app.set_focus(app.pane)
        stops.focus(app.pane, 1)
        await pilot.pause()
        assert isinstance(app.focused, NoteText)
        await pilot.press("enter")
        stops.focus(app.pane, 1)
        await pilot.press("enter")
        stops.focus(app.pane, 1)  # no further link: the run card
        await pilot.pause()
        assert isinstance(app.focused, RunBlock)
        stops.focus(app.pane, -1)
        await pilot.pause()
        await pilot.press("tab", "tab")
        assert isinstance(app.focused, RunBlock)
        row = next(number for number, text in enumerate(app.rows()) if "先读" in text)
        await pilot.click(offset=(8, row))
        await pilot.pause()
        links = [m for m in app.posted if isinstance(m, Markdown.LinkClicked)]
        assert [unquote(m.href) for m in links] == ["sec:1.2", "term:过拟合", "sec:1.2"]


async def test_a_web_link_is_posted_and_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(App, "open_url", lambda self, url, **_: opened.append(url))
    course = own_course(tmp_path, "# 1.2 外\n\n| a |\n|---|\n| [网](https://example.org/a?b=1) |\n")
    app = Reader(course)
    async with app.run_test(size=(62, 40)) as pilot:
        await app.open(pilot, "1.2")
        app.set_focus(app.query_one(NoteTable))
        await pilot.press("enter")
        await pilot.pause()
        links = [m for m in app.posted if isinstance(m, Markdown.LinkClicked)]
        assert [m.href for m in links] == ["https://example.org/a?b=1"]
        assert opened == []
