"""Texts that have to be a matrix, an array, a shape or a slice: what passes, and what is said of the rest."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlwp_tui.core.language import Text
from dlwp_tui.course import forms
from dlwp_tui.course.forms import FormError
from dlwp_tui.course.param import Param, ParamError


@pytest.mark.parametrize(
    ("form", "text", "want"),
    [
        ("", " as it is ", " as it is "),
        ("matrix", "1 2 3; 4 5 6", "1 2 3; 4 5 6"),
        ("matrix", " 1,2,,3 ;4  5 6; ", "1 2 3; 4 5 6"),
        ("matrix", "1，2；－3 4.5", "1 2; -3 4.5"),
        ("matrix", "7", "7"),
        ("array", "12", "12"),
        ("array", " [[1, 2], [3, 4.5]] ", "[[1, 2], [3, 4.5]]"),
        ("array", "【1，－2】", "[1, -2]"),
        ("shape", "64,3,32,10", "64, 3, 32, 10"),
        ("shape", "（5，）", "5"),
        ("shape", "(2, 3)", "2, 3"),
        ("shape", "2×3", "2, 3"),
        ("shape", "()", "()"),
        ("slice", "7:-7, ::2 ,0", "7:-7, ::2, 0"),
        ("slice", "[:, 1：3]", ":, 1:3"),
        ("texts", " The  cat sat. |The dog，ate（it）", "The cat sat. | The dog，ate（it）"),
        ("texts", "一｜二", "一 | 二"),
    ],
)
def test_texts_of_their_form(form: forms.Form, text: str, want: str) -> None:
    assert forms.canonical(form, text) == want
    assert forms.canonical(form, want) == want


@pytest.mark.parametrize(
    ("form", "text", "said"),
    [
        ("matrix", "", "empty"),
        ("matrix", " ; ", "empty"),
        ("matrix", "1 2; 3", "Row 2 has 1 numbers, row 1 has 2"),
        ("matrix", "1 x; 3 4", "'x' in row 1"),
        ("matrix", "1 nan", "'nan'"),
        ("matrix", "; ".join(["1"] * 13), "more than 12"),
        ("array", "", "empty"),
        ("array", "[1, 2", "cannot be read"),
        ("array", "[1, 'a']", "'a' is not a number"),
        ("array", "[True]", "True is not a number"),
        ("array", "__import__('os')", "cannot be read"),
        ("array", "[]", "[] is empty"),
        ("array", "[[1], []]", "[1] is empty"),
        ("array", "[[1, 2], [3]]", "[1] has shape (1,), [0] has shape (2,)"),
        ("array", "[1, 1e999]", "too large"),
        ("array", "[[[[[[[1]]]]]]]", "more than 6 axes"),
        ("array", str([1] * 2001), "more than 2000 numbers"),
        ("shape", "", "empty"),
        ("shape", "3, x", "'x' is not a size"),
        ("shape", "3, 0", "'0' is not a size"),
        ("shape", "-3", "'-3' is not a size"),
        ("shape", "3,,4", "'' is not a size"),
        ("shape", "2.5", "'2.5'"),
        ("shape", "1,1,1,1,1,1,1", "more than 6 axes"),
        ("shape", "9999, 9999", "99,980,001 elements"),
        ("slice", "", "empty"),
        ("slice", "1, a", "'a' is neither"),
        ("slice", "1,,2", "'' is neither"),
        ("slice", "1:2:3:4", "neither"),
        ("slice", "::0", "cannot be 0"),
        ("texts", " \t", "empty. Write a text"),
        ("texts", "|", "empty. Write a text"),
        ("texts", "one || two", "Text 2 is empty"),
        ("texts", "one |", "Text 2 is empty"),
        ("texts", "|".join("a" * 21), "more than 20 texts"),
        ("texts", "a" * 10_001, "longer than"),
    ],
)
def test_what_is_said_of_other_texts(form: forms.Form, text: str, said: str) -> None:
    with pytest.raises(FormError, match=r".") as caught:
        forms.canonical(form, text)
    assert said in str(caught.value)


@given(st.text(max_size=60), st.sampled_from(["matrix", "array", "shape", "slice", "texts"]))
def test_any_text_is_read_or_refused(text: str, form: forms.Form) -> None:
    try:
        once = forms.canonical(form, text)
    except FormError as error:
        assert str(error)
    else:
        assert forms.canonical(form, once) == once


def test_a_typed_array_is_what_python_reads() -> None:
    assert ast.literal_eval(forms.canonical("array", "[[5, 78], [6, 79]]")) == [[5, 78], [6, 79]]


def test_a_param_refuses_by_name() -> None:
    param = Param(type="text", default="1 2; 3 4", form="matrix", label=Text(zh="a"))
    assert param.parse("a", "1 2;3 4") == "1 2; 3 4"
    with pytest.raises(ParamError, match=r"a = 1 2; 3 is not allowed: Row 2") as caught:
        param.parse("a", "1 2; 3")
    assert caught.value.name == "a"


def test_only_a_text_has_a_form() -> None:
    with pytest.raises(ValueError, match=r"has a form"):
        Param(type="int", default=1, form="shape", label=Text(zh="a"))
