"""Chinese line breaking: nothing lost, no line too wide, no line starting with a comma."""

from __future__ import annotations

import types

import rich._wrap
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from dlwp_tui.render import wrap

ALPHABET = "过拟合的网络层数据训练" + "abXY019_.-%/" + " " + wrap.OPENING + wrap.CLOSING + "()[],:;!?"
texts = st.text(alphabet=ALPHABET, max_size=80)


def broken(text: str, width: int) -> list[str]:
    assert wrap.install()
    offsets = rich._wrap.divide_line(text, width)
    return [line.plain for line in Text(text).divide(offsets)]


@settings(max_examples=400, deadline=None)
@given(text=texts, width=st.integers(2, 50))
def test_nothing_is_lost_and_the_width_holds(text: str, width: int) -> None:
    lines = broken(text, width)
    assert "".join(lines) == text
    assert all(cell_len(line.rstrip()) <= width for line in lines)


@settings(max_examples=400, deadline=None)
@given(text=texts, width=st.integers(2, 50))
def test_kinsoku_holds_where_every_unit_fits(text: str, width: int) -> None:
    if any(cell_len(unit.rstrip()) > width for _, _, unit in wrap.words(text)):
        return
    lines = [line.strip() for line in broken(text, width)]
    for line in lines[1:]:
        assert line[:1] not in tuple(wrap.CLOSING), lines
    for line in lines[:-1]:
        assert line[-1:] not in tuple(wrap.OPENING), lines


@settings(max_examples=300, deadline=None)
@given(text=texts)
def test_units_tile_the_text(text: str) -> None:
    for split in (wrap.words, wrap.chunks):
        units = list(split(text))
        if split is wrap.words and not text.strip():
            assert units == []
            continue
        assert "".join(unit for _, _, unit in units) == text
        assert all(text[start:end] == unit for start, end, unit in units)


@settings(max_examples=300, deadline=None)
@given(parts=st.lists(st.sampled_from(["relu", "3.14", "val_loss", "字", "网络", " "]), max_size=20))
def test_latin_words_and_numbers_are_not_split(parts: list[str]) -> None:
    text = "".join(parts).strip()
    lines = broken(text, 10)
    for word in text.replace("字", " ").replace("网络", " ").split():
        if cell_len(word) <= 10:
            assert any(word in line for line in lines)


def test_a_paragraph() -> None:
    text = "两个 Dense 层（各16个单元），激活函数用relu，最后一层输出一个概率。"
    assert broken(text, 20) == ["两个 Dense 层（各16", "个单元），激活函数用", "relu，最后一层输出一", "个概率。"]


def test_ascii_brackets_cling_to_ideographs() -> None:
    assert [unit for _, _, unit in wrap.words("见(图)了")] == ["见", "(图)", "了"]
    assert [unit for _, _, unit in wrap.words("放在.keras里,然后")] == ["放", "在", ".keras", "里,", "然", "后"]
    assert [unit for _, _, unit in wrap.words("f(x)与don’t")] == ["f(x)", "与", "don’t"]


def test_install_leaves_unknown_shapes_alone() -> None:
    odd = types.SimpleNamespace(words=lambda text, width: iter(()), chunks=lambda text: iter([text]))
    before = (odd.words, odd.chunks)
    assert not wrap.replace(odd, "words", wrap.words)
    assert not wrap.replace(odd, "chunks", wrap.chunks)
    assert not wrap.replace(odd, "gone", wrap.words)
    assert (odd.words, odd.chunks) == before


def test_install_is_idempotent() -> None:
    assert wrap.install()
    assert wrap.install()
    assert rich._wrap.words is wrap.words
