"""Tables fit the width they get, whatever it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.cells import cell_len
from rich.text import Text

from dlwp_tui.render import table
from dlwp_tui.render.inline import links


def parsed(source: str) -> table.Table:
    return table.from_tokens(MarkdownIt("gfm-like", {"linkify": False}).parse(source))


NUMBERS = """
| 数据 | 损失 | 精度 |
|---|---|---|
| 训练集 | 0.0098 | 99.79% |
| 验证集 | 0.6984 | 86.6% |
"""


def test_columns_are_as_wide_as_their_cells_and_numbers_stand_right() -> None:
    assert table.layout(parsed(NUMBERS), 60).plain == (
        "数据      损失    精度\n──────────────────────\n训练集  0.0098  99.79%\n验证集  0.6984   86.6%"
    )


def test_about_a_number_and_a_dash_are_numbers() -> None:
    text = table.layout(parsed("| 模型 | 损失 |\n|---|---|\n| a | 0.1 |\n| b | 约 0.34 |\n| c | – |\n"), 40).plain
    assert text.splitlines()[2:] == ["a         0.1", "b     约 0.34", "c           –"]


def test_alignment_is_honoured() -> None:
    text = table.layout(parsed("| a | bbbbb | c |\n|---|:-:|--:|\n| 1 | x | 中 |\n"), 40).plain
    assert text.splitlines()[2] == "1    x    中"


def test_wide_cells_wrap_and_rows_stand_apart() -> None:
    source = "| 名 | 说明 |\n|---|---|\n| a | 一二三四五六七八九十一二三四五，六 |\n| b | 短 |\n"
    assert table.layout(parsed(source), 20).plain == (
        "名  说明\n────────────────────\na   一二三四五六七八\n    九十一二三四五，\n    六\n\nb   短"
    )


def test_too_narrow_becomes_a_block_a_row() -> None:
    source = "| 层 | averylongcolumnname | 输出 |\n|---|---|---|\n| dense | 16 | (None, 16) |\n| out | 1 | |\n"
    assert table.layout(parsed(source), 24).plain == (
        "dense\naverylongcolumnname: 16\n输出：(None, 16)\n────────────────────\nout\naverylongcolumnname: 1"
    )


def test_a_link_in_a_cell_stays_a_link_when_the_cell_wraps() -> None:
    text = table.layout(parsed("| a |\n|---|\n| [一二三四五六七八九十](sec:3.4) |\n"), 10)
    assert {href for _start, _end, href in links(text)} == {"sec:3.4"}
    assert len(links(text)) == 2


cells = st.text(alphabet="过拟合，。（）ab1 .", max_size=30)


@settings(max_examples=200, deadline=None)
@given(rows=st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=4), width=st.integers(12, 80))
def test_no_line_is_wider_than_the_width(rows: list[list[str]], width: int) -> None:
    made = table.Table(
        tuple(Text(name) for name in ("符号", "what", "值")),
        tuple(tuple(Text(cell) for cell in row) for row in rows),
        ("left", "center", None),
    )
    text = table.layout(made, width)
    assert max(cell_len(line) for line in text.plain.split("\n")) <= width
    squeezed = text.plain.replace(" ", "").replace("\n", "")
    for row in rows:
        assert all(char in squeezed for cell in row for char in cell if char != " ")


@pytest.mark.parametrize("width", [1, 5, 9])
def test_an_absurd_width_does_not_break_it(width: int) -> None:
    assert table.layout(parsed(NUMBERS), width).plain
