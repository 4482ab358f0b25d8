"""What a learner typed, from the text of a param to NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlwp_tui.course.forms import canonical, columns, cuts, elements, rows
from dlwp_tui.kit import forms


@pytest.mark.parametrize(
    ("text", "shape", "dtype"),
    [("12", (), "int64"), ("[1，2.5]", (2,), "float64"), ("[[1, 2, 3], [-4, 5, 6]]", (2, 3), "int64")],
)
def test_array(text: str, shape: tuple[int, ...], dtype: str) -> None:
    read = forms.array(canonical("array", text))
    assert read.shape == shape and read.dtype == dtype


@pytest.mark.parametrize(
    ("text", "want", "dtype"),
    [("1 2 3; 4，5,6", [[1, 2, 3], [4, 5, 6]], "int64"), ("-1 2.5", [[-1, 2.5]], "float64"), ("2.0", [[2]], "int64")],
)
def test_matrix(text: str, want: list[list[float]], dtype: str) -> None:
    read = forms.matrix(canonical("matrix", text))
    assert read.tolist() == want and read.dtype == dtype


def test_array_keeps_its_numbers() -> None:
    assert forms.array(canonical("array", "[[1, 2], [3, -4]]")).tolist() == [[1, 2], [3, -4]]


@pytest.mark.parametrize(
    ("text", "want"), [("64， 3,32 ,10", (64, 3, 32, 10)), ("(5,)", (5,)), ("（）", ()), ("()", ()), ("2×3", (2, 3))]
)
def test_shape(text: str, want: tuple[int, ...]) -> None:
    assert forms.shape(canonical("shape", text)) == want


BOUND = st.none() | st.integers(-9, 9)
INDEX = st.integers(-9, 9) | st.builds(slice, BOUND, BOUND, BOUND.filter(lambda step: step != 0))


def written(index: int | slice) -> str:
    if isinstance(index, int):
        return str(index)
    return ":".join("" if bound is None else str(bound) for bound in (index.start, index.stop, index.step))


@given(st.lists(INDEX, min_size=1, max_size=6))
def test_slices_are_read_as_python_reads_them(indices: list[int | slice]) -> None:
    text = ", ".join(map(written, indices))
    assert list(forms.slices(canonical("slice", text))) == indices


def test_slices_take_what_the_brackets_take() -> None:
    x = np.arange(60).reshape(3, 4, 5)
    assert np.array_equal(x[forms.slices(canonical("slice", "[0, 1：3, ::-1]"))], x[0, 1:3, ::-1])


SIZES = st.lists(st.integers(1, 4), max_size=4)


@given(SIZES, SIZES)
def test_how_many_elements_a_broadcast_has(one: list[int], other: list[int]) -> None:
    texts = [canonical("shape", ", ".join(map(str, sizes)) or "()") for sizes in (one, other)]
    try:
        want = int(np.prod(np.broadcast_shapes(tuple(one), tuple(other))))
    except ValueError:
        want = 0
    assert elements(*texts) == want


@given(SIZES, st.lists(st.sampled_from(["0", "2", "-3", ":", "1:9", "::-1"]), min_size=1, max_size=4))
def test_whether_an_array_can_be_sliced(sizes: list[int], parts: list[str]) -> None:
    x, text = np.zeros(sizes, int), canonical("slice", ", ".join(parts))
    try:
        x[forms.slices(text)]
        fits = True
    except IndexError:
        fits = False
    assert cuts(text, canonical("array", str(x.tolist()))) == fits


@given(st.integers(1, 12), st.integers(1, 12))
def test_rows_and_columns(height: int, width: int) -> None:
    text = canonical("matrix", "; ".join([" ".join(["1"] * width)] * height))
    assert (rows(text), columns(text)) == (height, width) == forms.matrix(text).shape
