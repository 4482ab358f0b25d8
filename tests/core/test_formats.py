"""Numbers, durations, sizes and sources as people read them."""

from __future__ import annotations

import math

import pytest

from dlwp_tui.core import formats
from dlwp_tui.core.types import UsedSource


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.871234, "0.8712"), (16.0, "16"), (-3.0, "-3"), (0.0, "0"), (1e-9, "1e-09"), (123456.7, "1.235e+05"),
        (999_999.0, "999999"), (1_000_000.0, "1e+06"), (math.nan, "nan"), (-math.inf, "-inf"),
    ],
)  # fmt: skip
def test_numbers_have_four_digits_and_whole_ones_are_whole(value: float, text: str) -> None:
    assert formats.number(value) == text


def test_a_number_may_have_more_digits_and_longer_whole_ones() -> None:
    assert formats.number(0.123456789, digits=6) == "0.123457"
    assert formats.number(25_000_000, whole=1e9) == "25000000"
    assert formats.numbers({"loss": 0.5, "accuracy": 1.0}) == "loss 0.5  accuracy 1"
    assert formats.numbers({}) == ""


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("value", [0.0, 0.9, 1.23456, 99.994, 999.996, 9999.96, 1e5, 1.5e6, 1e-4, 1e-5, 1e-120, 1e200])
def test_fixed_numbers_have_seven_cells(value: float, sign: int) -> None:
    text = formats.fixed(sign * value)
    assert len(text) == 7
    assert float(text) == pytest.approx(sign * value, rel=0.35, abs=1e-4 * (value >= 1e-4))


def test_what_is_no_number_has_seven_cells_too() -> None:
    assert [formats.fixed(value) for value in (math.nan, math.inf, -math.inf)] == ["    nan", "    inf", "   -inf"]


@pytest.mark.parametrize(
    ("seconds", "text", "tenths"),
    [
        (0.0, "0 s", "0.0 s"), (-1.0, "0 s", "0.0 s"), (8.24, "8 s", "8.2 s"), (59.4, "59 s", "59.4 s"),
        (59.6, "1:00", "1:00"), (125, "2:05", "2:05"), (3725, "1:02:05", "1:02:05"),
    ],
)  # fmt: skip
def test_measured_times(seconds: float, text: str, tenths: str) -> None:
    assert formats.duration(seconds) == text
    assert formats.duration(seconds, tenths=True) == tenths


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "1 s"), (9.4, "9 s"), (43, "45 s"), (89, "90 s"), (100, "2 min"), (4800, "1 h 20 min")]
)
def test_estimated_times_are_as_exact_as_an_estimate_can_be(seconds: float, text: str) -> None:
    assert formats.rough_duration(seconds) == text


def test_sizes() -> None:
    assert [formats.memory(mb) for mb in (460, 999, 1843)] == ["460 MB", "999 MB", "1.8 GB"]
    assert [formats.gib(size) for size in (0, 5 * 2**30, int(9.97 * 2**30))] == ["0.0", "5.0", "10"]
    assert [formats.file_size(size) for size in (0, 17_464_789, 2_100_000_000)] == ["0.0 MB", "17.5 MB", "2.1 GB"]
    assert [formats.disk_used(size) for size in (0, 48_400, 17_464_789)] == ["0 kB", "48 kB", "17.5 MB"]


@pytest.mark.parametrize(
    ("source", "word", "label", "short"),
    [
        ("real", "real", "", ""),
        ("unverified", "unverified", "real data (unverified file)", "unverified file"),
        ("synthetic", "synthetic", "synthetic data", "synthetic"),
        (None, "", "", ""),
    ],
)
def test_all_but_real_data_are_labelled(source: UsedSource | None, word: str, label: str, short: str) -> None:
    assert formats.source_word(source) == word
    assert formats.source_label(source) == label and formats.source_label(source, short=True) == short


def test_words_follow_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLWP_LANG", "zh")
    assert formats.source_label("synthetic") == "合成数据" and formats.rough_duration(100) == "2 分钟"


def test_of_a_large_table_the_beginning_is_shown() -> None:
    small = (["a", "b"], [[1, 2], [3, 4]])
    assert formats.beginning(*small) == (*small, "")
    columns, rows, more = formats.beginning([str(n) for n in range(50)], [list(range(50))] * 5000)
    assert (len(columns), len(rows), {len(row) for row in rows}) == (20, 100, {20})
    assert "5,000 rows of 50 columns" in more
