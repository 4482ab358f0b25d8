"""What a note is made of, each block as its widget; how it wraps and scrolls; a note that is broken."""

from __future__ import annotations

from pathlib import Path

import pytest
import textual._wrap
from rich.cells import cell_len
from textual.widgets import Static

from dlwp_tui.course.reader import Course
from dlwp_tui.render import wrap
from dlwp_tui.tui.reader import stops
from dlwp_tui.tui.reader.blocks import (
    AlertBlock,
    AlertText,
    DiagramBlock,
    MathBlock,
    NoteList,
    NoteTable,
    ProblemBlock,
    Scroller,
)
from dlwp_tui.tui.reader.text import NoteText
from tests.tui.reader.note_reader import Reader, own_course

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
        assert len(app.query(ProblemBlock)) == 1


@pytest.mark.parametrize("width", [40, 62, 100])
async def test_rows_are_exactly_as_wide_as_the_screen(tmp_path: Path, width: int) -> None:
    app = Reader(own_course(tmp_path, MIXED))
    async with app.run_test(size=(width, 60)) as pilot:
        for section, pages in (("1.2", 1), ("1.1", 3)):
            for page in range(pages):
                await app.open(pilot, section, page)
                for stop in stops.of(app.pane):
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
        for stop in stops.of(app.pane):
            if not isinstance(stop, NoteText) or not stop.targets:  # a link is reversed instead, which is no character
                app.set_focus(stop)
                await pilot.pause()
                assert app.rows() != before, stop
        link = next(stop for stop in stops.of(app.pane) if isinstance(stop, NoteText) and stop.targets)
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
        assert not app.pane.turn_page(1)
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
