"""Arithmetic over params: what may stand in it, and what it comes to."""

from __future__ import annotations

import pytest

from dlwp_tui.core.errors import ContentError
from dlwp_tui.core.types import Value
from dlwp_tui.course import arithmetic

PARAMS: dict[str, Value] = {"lookback": 180, "step": 6, "kernel": 9, "kind": "conv", "whole": True}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("(ceil(lookback / 7) - kernel + 1) // 3", 6),
        ("2 ** 3 % 5 - -1", 4),
        ("max(1, kernel) * whole + min(step, 2)", 11),
        ("10 if kind == 'conv' and not step > 6 else 20", 10),
        ("step / 0", 0),
        ("2 ** 9999", 0),
        ("gone + 1", 0),
        ("kind * 2", 0),
        ("(0 - 8) ** 0.5", 0),
    ],
)
def test_what_it_comes_to(text: str, wanted: float) -> None:
    assert arithmetic.number(text, PARAMS) == wanted
    assert arithmetic.holds(f"{text} == {wanted}", PARAMS) == (wanted != 0)


def test_the_params_it_names() -> None:
    assert arithmetic.names("kernel + lookback / step >= kernel or kind != 'gru'") == (
        "kernel", "lookback", "step", "kind",
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "", "step +", "a.b", "a[0]", "open('x')", "__import__('os')", "lambda: 1", "1 < step < 3", "step in (1, 2)",
        "min()", "min(step, key=step)", "ceil(*step)", "[step]", "True", "1j", "~step", "step := 1", "f'{step}'",
        "rows()", "rows(1)", "rows(step, step)", "cuts(array=step)", "elements(step, 2)",
        "step" + " + step" * 200,
        "(" * 300 + "1" + ")" * 300,
    ],
)  # fmt: skip
def test_nothing_else_is_taken(text: str) -> None:
    with pytest.raises(ContentError):
        arithmetic.names(text)


def test_functions_of_texts() -> None:
    params: dict[str, Value] = {"a": "1 2 3; 4 5 6", "x": "2, 1", "array": "12", "slices": "0"}
    assert arithmetic.holds("rows(a) == 2 and columns(a) == 3 and elements(x, x) == 2", params)
    assert not arithmetic.holds("cuts(slices, array)", params)
    assert list(arithmetic.texts("cuts(slices, array) or rows(a) > 1")) == [
        ("slices", "slice"), ("array", "array"), ("a", "matrix"),
    ]  # fmt: skip
