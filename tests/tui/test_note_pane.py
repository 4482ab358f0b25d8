"""The note pane on the fixture course: what it posts, what it shows, by keyboard alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import textual._wrap
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Static

from dlwp_tui.course import reader
from dlwp_tui.course.reader import Course
from dlwp_tui.render import wrap
from dlwp_tui.runs.verdict import Verdict, Vote
from dlwp_tui.tui.widgets.note import NotePane
from dlwp_tui.tui.widgets.note_blocks import (
    AlertBlock,
    AlertText,
    DiagramBlock,
    MathBlock,
    NoteList,
    NoteTable,
    Scroller,
    TroubleBlock,
)
from dlwp_tui.tui.widgets.note_cards import ExperimentBlock, RunBlock
from dlwp_tui.tui.widgets.note_quiz import QuizBlock
from dlwp_tui.tui.widgets.note_stops import Turn
from dlwp_tui.tui.widgets.note_text import NoteText


class Reader(App[None]):
    """A pane and nothing else; `said` are the messages it posted."""

    CSS = "NotePane { border: round $primary; }"

    def __init__(self, course: Course) -> None:
        super().__init__()
        self.course = course
        self.said: list[Message] = []

    def compose(self) -> ComposeResult:
        yield NotePane(lessons=self.course.lesson, id="note")

    @property
    def pane(self) -> NotePane:
        return self.query_one(NotePane)

    def _say(self, message: Message) -> None:
        self.said.append(message)

    on_note_pane_page_changed = _say
    on_note_pane_run_card_pressed = _say
    on_note_pane_experiment_pressed = _say
    on_note_pane_link_pressed = _say
    on_note_pane_quiz_answered = _say

    async def open(self, pilot: Pilot[None], section: str, page: int = 0) -> None:
        await self.pane.show(self.course.section(section), page)
        await pilot.pause()

    def rows(self) -> list[str]:
        return ["".join(part.text for part in strip) for strip in self.screen._compositor.render_strips()]

    def text(self) -> str:
        return "\n".join(self.rows())


@pytest.fixture
def course(course_dir: Path) -> Course:
    return reader.read(course_dir)


def own_course(tmp_path: Path, note: str) -> Course:
    """The fixture course with another note for 1.2 (no lesson) and the same 1.1."""
    folder = tmp_path / "course"
    shutil.copytree(Path(__file__).parent.parent / "fixtures" / "course", folder)
    (folder / "ch01" / "1.2-reading" / "note.md").write_text(note, encoding="utf-8")
    return reader.read(folder)


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
        assert app.pane.action_next_page()
        await pilot.pause()
        await app.workers.wait_for_complete()
        while len(app.said) < 2:
            await pilot.pause()
        assert "2/3" in app.text()
        await app.open(pilot, "1.1", -1)
        assert app.pane.page == 2
        assert not app.pane.action_next_page()
        assert [(m.section_id, m.page, m.pages) for m in app.said if isinstance(m, NotePane.PageChanged)] == [
            ("1.1", 0, 3), ("1.1", 1, 3), ("1.1", 2, 3),
        ]  # fmt: skip


async def test_only_the_page_asked_for_last_is_shown(course: Course) -> None:
    app = Reader(course)
    async with app.run_test(size=(62, 30)) as pilot:
        await app.open(pilot, "1.1")
        app.said.clear()
        for page in (1, 2, 0, 2):
            last = app.pane.show(course.section("1.1"), page)
        await last
        await pilot.pause()
        assert [m.page for m in app.said if isinstance(m, NotePane.PageChanged)] == [2]
        assert len(app.query(QuizBlock)) == 1
        assert not app.query(RunBlock)


async def test_a_page_is_found_again_where_it_was_left(tmp_path: Path) -> None:
    long = "\n\n".join(f"第 {number} 段，有一些字。" for number in range(40))
    course = own_course(tmp_path, f"# 1.2 长\n\n{long}\n\n## 另一页\n\n{long}\n")
    app = Reader(course)
    async with app.run_test(size=(62, 20)) as pilot:
        await app.open(pilot, "1.2")
        assert app.pane.scroll_page(1)
        assert app.pane.scroll_page(1)
        await pilot.pause()
        left = app.pane.scroll_offset.y
        assert left > 20
        await app.open(pilot, "1.2", 1)
        await pilot.pause()
        assert app.pane.scroll_offset.y == 0
        await app.open(pilot, "1.2", 0)
        await pilot.pause()
        assert app.pane.scroll_offset.y == left
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
        app.said.clear()
        await pilot.press("enter", "r", "e")
        await pilot.pause()
        pressed = [m for m in app.said if isinstance(m, NotePane.RunCardPressed)]
        assert [(m.lesson, m.preset, m.params, m.start) for m in pressed] == [
            ("1.1", "quick", {"rate": "2.0"}, True),
            ("1.1", "quick", {"rate": "2.0"}, True),
            ("1.1", "quick", {"rate": "2.0"}, False),
        ]
        app.pane.set_run_state("1.1", "quick", {"rate": "2.0"}, "● training 2/3")
        await pilot.pause()
        assert "● training 2/3" in app.text()
        await app.open(pilot, "1.1", 0)
        await app.open(pilot, "1.1", 1)
        assert "● training 2/3" in app.text()


async def test_a_run_card_with_a_bad_value_says_so_and_starts_nothing(tmp_path: Path) -> None:
    course = own_course(tmp_path, "# 1.2 卡\n\n```run 1.1 rate=99\n```\n\n```run 7.7\n```\n")
    app = Reader(course)
    async with app.run_test(size=(80, 40)) as pilot:
        await app.open(pilot, "1.2")
        app.said.clear()
        for card in app.query(RunBlock):
            app.set_focus(card)
            await pilot.press("enter", "e")
        await pilot.pause()
        assert app.said == []
        assert "✗" in app.text()
        assert "99" in app.text()
        assert "7.7" in app.text()


async def test_the_experiment_card_shows_what_is_known(course: Course) -> None:
    app = Reader(course)
    async with app.run_test(size=(62, 44)) as pilot:
        await app.open(pilot, "1.1", 1)
        card = app.query_one(ExperimentBlock)
        assert "not measured yet" in app.text()
        app.set_focus(card)
        await pilot.press("enter")
        await pilot.pause()
        pressed = [m for m in app.said if isinstance(m, NotePane.ExperimentPressed)]
        assert [(m.lesson, m.id) for m in pressed] == [("1.1", "more-rate-more-loss")]

        app.pane.set_progress("more-rate-more-loss", 2, 6)
        await pilot.pause()
        assert "2/6" in app.text()
        await pilot.press("enter")  # already going on
        await pilot.pause()
        assert len([m for m in app.said if isinstance(m, NotePane.ExperimentPressed)]) == 1

        app.pane.set_verdict("more-rate-more-loss", verdict())
        await pilot.pause()
        shown = app.text()
        for part in ("1 比 2", "last(big.loss) 0.6667", "last(base.loss) 4", "✓ holds", "2 of 3 seeds", "Measured"):
            assert part in shown
        await app.open(pilot, "1.1", 0)
        await app.open(pilot, "1.1", 1)
        assert "✓ holds" in app.text()


async def test_synthetic_figures_are_never_shown_as_equal(course: Course) -> None:
    app = Reader(course)
    async with app.run_test(size=(62, 44)) as pilot:
        app.pane.set_verdict("more-rate-more-loss", verdict(source="synthetic"), lesson="1.1")
        await app.open(pilot, "1.1", 1)
        assert "Synthetic data here" in app.text()
        assert "(on synthetic data)" in app.text()
        assert "Measured here" not in app.text()


async def test_a_quiz_can_be_answered_wrong_then_right(course: Course) -> None:
    app = Reader(course)
    async with app.run_test(size=(62, 40)) as pilot:
        await app.open(pilot, "1.1", 2)
        app.set_focus(app.query_one(QuizBlock))
        await pilot.press("enter")
        await pilot.pause()
        assert "✗ Not quite. 与运气无关。" in app.text()
        assert "✓" not in app.text()
        await pilot.press("down", "enter")
        await pilot.pause()
        assert "✓ Right. 对，见代码。" in app.text()
        await pilot.press("a")  # the same wrong answer again says nothing new
        await pilot.pause()
        answers = [m for m in app.said if isinstance(m, NotePane.QuizAnswered)]
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
        answers = [m for m in app.said if isinstance(m, NotePane.QuizAnswered)]
        assert [(m.index, m.right) for m in answers] == [(2, True)]


# -- links -----------------------------------------------------------------------------------------------------------


async def test_links_by_keyboard_and_by_click(course: Course) -> None:
    app = Reader(course)
    async with app.run_test(size=(62, 40)) as pilot:
        await app.open(pilot, "1.1", 1)
        app.said.clear()
        app.set_focus(app.pane)
        app.pane.action_focus_next_card()
        await pilot.pause()
        assert isinstance(app.focused, NoteText)
        await pilot.press("enter")
        app.pane.action_focus_next_card()
        await pilot.press("enter")
        app.pane.action_focus_next_card()  # no further link: the run card
        await pilot.pause()
        assert isinstance(app.focused, RunBlock)
        app.pane.action_focus_previous_card()
        await pilot.pause()
        await pilot.press("tab", "tab")
        assert isinstance(app.focused, RunBlock)
        row = next(number for number, text in enumerate(app.rows()) if "先读" in text)
        await pilot.click(offset=(8, row))
        await pilot.pause()
        links = [m for m in app.said if isinstance(m, NotePane.LinkPressed)]
        assert [(m.kind, m.target) for m in links] == [("sec", "1.2"), ("term", "过拟合"), ("sec", "1.2")]


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
        links = [m for m in app.said if isinstance(m, NotePane.LinkPressed)]
        assert [(m.kind, m.target) for m in links] == [("url", "https://example.org/a?b=1")]
        assert opened == []


# -- blocks and errors -----------------------------------------------------------------------------------------------


MIXED = """# 1.2 各种

一段 `code`、**重点**、$x_i^2$ 和 $\\nope$，后面是中文逗号，还有 relu。

> [!WARNING] 勘误
> 原文 `a` 错了，见 [1.1](sec:1.1)。

> [!NOTE]
> 只是说明：
>
> - 含[列表](sec:1.1)

1. 一
2. 二，是很长的一项，要折成两行以上才放得下，所以第二行应当与第一行的字对齐，而不是顶到最左边。
   - 里层

| 符号 | 说明 |
|---|---|
| $x$ | 很长的一段说明，足够在窄的地方折成好几行，而且里面有标点。 |

```python
very_long_line_of_code = call(with_some, arguments, that_do, not_fit, into, forty, columns)
```

```diagram
┌──────────────────────────────────────────────────────────────────────┐
│ 很宽的图                                                             │
└──────────────────────────────────────────────────────────────────────┘
```

$$
\\frac{a}{b}
$$

$$
\\nope{x}
$$

```run
```

![图一](figures/a.png)
"""


async def test_every_block_has_its_widget(tmp_path: Path) -> None:
    app = Reader(own_course(tmp_path, MIXED))
    async with app.run_test(size=(62, 70)) as pilot:
        await app.open(pilot, "1.2")
        shown = app.text()
        for part in ("! 勘误", "i Note", "xᵢ²", "$\\nope$", "\\nope{x}", "───", "[picture] 图一", "1. 一", "✗ "):
            assert part in shown, shown
        assert len(app.query(AlertText)) == len(app.query(AlertBlock)) == 1
        assert "   ◦ 里层" in shown
        assert len(app.query(NoteList)) == 2
        assert len(app.query(NoteTable)) == 1
        assert len(app.query(MathBlock)) == 2
        assert len(app.query(TroubleBlock)) == 1


@pytest.mark.parametrize("width", [40, 62, 100])
async def test_rows_are_exactly_as_wide_as_the_screen(tmp_path: Path, width: int) -> None:
    app = Reader(own_course(tmp_path, MIXED))
    async with app.run_test(size=(width, 60)) as pilot:
        for section, pages in (("1.2", 1), ("1.1", 3)):
            for page in range(pages):
                await app.open(pilot, section, page)
                for stop in app.pane.stops:
                    app.set_focus(stop)
                    await pilot.pause()
                    assert {cell_len(row) for row in app.rows()} == {width}


async def test_wide_lines_scroll_sideways_by_keyboard(tmp_path: Path) -> None:
    app = Reader(own_course(tmp_path, MIXED))
    async with app.run_test(size=(40, 60)) as pilot:
        await app.open(pilot, "1.2")
        diagram = app.query_one(DiagramBlock)
        assert diagram.focusable
        app.set_focus(diagram)
        await pilot.press("right", "right", "right")
        await pilot.pause()
        assert diagram.scroll_offset.x > 0
        assert not any(block.focusable for block in app.query(MathBlock).results(Scroller))


async def test_the_focus_shows_without_colour(course: Course) -> None:
    app = Reader(course)
    async with app.run_test(size=(62, 60)) as pilot:
        await app.open(pilot, "1.1", 1)
        app.set_focus(app.pane)
        await pilot.pause()
        before = app.rows()
        for stop in app.pane.stops:
            if not isinstance(stop, NoteText) or not stop.targets:  # a link is reversed instead, which is no character
                app.set_focus(stop)
                await pilot.pause()
                assert app.rows() != before, stop
        link = next(stop for stop in app.pane.stops if isinstance(stop, NoteText) and stop.targets)
        app.set_focus(link)
        await pilot.pause()
        assert any(segment.style and segment.style.reverse for segment in link.render_line(0))


async def test_a_broken_note_is_a_notice(tmp_path: Path) -> None:
    course = own_course(tmp_path, "# 1.2 好\n\n正文\n")
    app = Reader(course)
    async with app.run_test(size=(62, 30)) as pilot:
        await app.open(pilot, "1.2")
        course.section("1.2").note_file.write_bytes(b"\xff\xfe broken")
        await app.open(pilot, "1.2")
        assert app.query_one("#note-notice", Static).display
        assert "This note cannot be shown." in app.text()
        assert "note.md" in app.text()
        assert "正文" not in app.text()
        assert not app.pane.action_next_page()
        await app.open(pilot, "1.1")
        assert not app.query_one("#note-notice", Static).display
        assert "开头一段" in app.text()


async def test_text_can_be_selected(course: Course) -> None:
    app = Reader(course)
    async with app.run_test(size=(62, 40)) as pilot:
        await app.open(pilot, "1.1", 1)
        app.screen.text_select_all()
        selected = app.screen.get_selected_text() or ""
        for part in ("先读下一节，再看过拟合。", "原文说错了。", "速率越大，损失越大"):
            assert part in selected


async def test_a_page_costs_few_widgets(tmp_path: Path) -> None:
    table = "| a | b | c |\n|---|---|---|\n" + "| 一 | 二 | 三 |\n" * 20 + "\n" + "- 一\n" * 20
    app = Reader(own_course(tmp_path, f"# 1.2 表\n\n{table}\n\n{table}\n"))
    async with app.run_test(size=(62, 40)) as pilot:
        await app.open(pilot, "1.2")
        assert len(app.query_one("NoteMarkdown").query("*")) == 4


async def test_chinese_wrapping_is_in_force(tmp_path: Path) -> None:
    text = "两个 Dense 层（各 16 个单元），激活函数用 relu，最后一层输出一个概率，" * 6
    app = Reader(own_course(tmp_path, f"# 1.2 长\n\n{text}\n"))
    async with app.run_test(size=(40, 40)) as pilot:
        await app.open(pilot, "1.2")
        assert textual._wrap.chunks is wrap.chunks
        lines = [row.strip("│ ") for row in app.rows()[2:-2] if row.strip("│ ")]
        assert len(lines) > 8
        assert not any(line[0] in wrap.CLOSING for line in lines)
        assert all(cell_len(line) > 26 for line in lines[:-1])
