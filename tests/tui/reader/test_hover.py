"""What a link leads to is shown beside the pointer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Tooltip

from dlwp_tui.course import reader
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.reader.links import LinkPreviews
from dlwp_tui.tui.reader.text import NoteText
from tests.tui.bench.bench_runs import rows, settled, until
from tests.tui.reader.test_reading import TERMS, at, note

NOTE = """# 1.2 链接

先读[上一节](sec:1.1)，再看[过拟合](term:overfitting)，以及[网页](https://example.org/a?b=1)；[没有](sec:9.9)。

> [!NOTE]
> - 提示里也有[损失函数](term:损失函数)。
"""


@pytest.fixture
def course(course_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> reader.Course:
    folder = tmp_path / "course"
    shutil.copytree(course_dir, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "glossary.toml").write_text(TERMS, encoding="utf-8")
    (folder / "ch01/1.2-reading/note.md").write_text(NOTE, encoding="utf-8")
    monkeypatch.setenv("DLWP_CONTENT", str(folder))
    return reader.load(folder)


async def over(pilot: Pilot[None], app: DlwpApp, text: str) -> None:
    """Put the pointer over a text of the note, by way of the title: what is shown beside it may cover the text."""
    await pilot.hover(offset=(1, 0))
    await until(pilot, lambda: not tip(app), "nothing beside the pointer")
    for y, row in enumerate(rows(app)):
        if text in row:
            from rich.cells import cell_len

            await pilot.hover(offset=(cell_len(row[: row.index(text)]) + 1, y))
            return
    raise AssertionError(f"{text} is not on the screen")


def tip(app: DlwpApp) -> str:
    tooltip = app.screen.get_child_by_type(Tooltip)
    return str(tooltip.render()) if tooltip.display else ""


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_terms_sections_and_addresses(course: reader.Course, size: tuple[int, int]) -> None:
    app = DlwpApp(course, "1.2", warm_up=False)
    async with app.run_test(size=size, tooltips=True) as pilot:
        await at(pilot, app, "1.2", 0)
        await over(pilot, app, "过拟合")
        await until(pilot, lambda: tip(app), "the term's meaning")
        assert tip(app) == "过拟合  overfitting\n模型记住了训练数据，而不是规律；看 val_loss。"
        await over(pilot, app, "上一节")
        await until(pilot, lambda: tip(app) == "1.1 假的一课\n1 Chapter one", "the section's title")
        await over(pilot, app, "网页")
        await until(pilot, lambda: "https://example.org/a?b=1" in tip(app), "the address")
        await over(pilot, app, "损失函数")
        await until(pilot, lambda: "衡量预测离目标多远。" in tip(app), "the meaning of a term in a remark")
        await over(pilot, app, "先读")
        await until(pilot, lambda: not tip(app), "nothing over plain text")
        await over(pilot, app, "没有")
        await settled(pilot)
        assert not tip(app), "what does not exist has no title"


async def test_moving_within_a_link_asks_once(course: reader.Course, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    original = LinkPreviews.of

    def counted(previews: LinkPreviews, href: str) -> Content | None:
        asked.append(href)
        return original(previews, href)

    monkeypatch.setattr(LinkPreviews, "of", counted)
    app = DlwpApp(course, "1.2", warm_up=False)
    async with app.run_test(size=(120, 40), tooltips=True) as pilot:
        await at(pilot, app, "1.2", 0)
        block = next(block for block in note(app).query(NoteText) if block.targets)
        row = block.region.y
        for x in range(block.region.x, block.region.right):
            await pilot.hover(offset=(x, row))
        await until(pilot, lambda: len(asked) >= 4)
        assert asked == ["sec:1.1", "term:overfitting", "https://example.org/a?b=1", "sec:9.9"]


def test_a_broken_glossary_gives_no_hint_and_a_mended_one_does(course: reader.Course) -> None:
    hints = LinkPreviews(course)
    file = course.content / "glossary.toml"
    file.write_text("[[terms]\n", encoding="utf-8")
    assert hints.of("term:过拟合") is None
    file.write_text(TERMS, encoding="utf-8")
    assert "模型记住了" in str(hints.of("term:过拟合"))
    assert hints.of("term:没有的词") is None
