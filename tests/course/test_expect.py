from __future__ import annotations

import ast
import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlwp_tui.core.errors import ContentError
from dlwp_tui.course import expect

RUNS: dict[str, dict[str, list[Any]]] = {
    "base": {"loss": [3.0, 2.0, 1.0], "val_loss": [3.0, 1.5, 2.5], "accuracy": [0.5, 0.9], "val_accuracy": [0.5, 0.7]},
    "small": {"loss": [4.0, 3.0], "val_loss": [9.0, 9.0], "accuracy": [0.1, 0.2]},
    "odd": {"nan": [1.0, math.nan], "inf": [math.inf], "none": [None], "empty": [], "text": ["1"]},
}
SCALARS = {"base": {"seconds": 2.0, "params": 100.0}, "small": {"seconds": 1.0, "params": float("nan")}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("min(base.val_loss)", 1.5),
        ("max(base.val_loss)", 3.0),
        ("last(base.val_loss)", 2.5),
        ("mean(base.loss)", 2.0),
        ("argmin(base.val_loss)", 2.0),
        ("argmax(base.val_loss)", 1.0),
        ("argmin(small.val_loss)", 1.0),  # the first of equals
        ("gap(base.accuracy)", pytest.approx(0.2)),
        ("seconds(base)", 2.0),
        ("params(base)", 100.0),
    ],
)
def test_each_function(text: str, value: float) -> None:
    outcome = expect.parse(f"{text} > -5").evaluate(RUNS, SCALARS)
    assert outcome.holds is True
    assert outcome.figures == {text: value}
    assert outcome.missing == ()


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("last(base.loss) < last(small.loss)", True),
        ("last(base.loss) > last(small.loss)", False),
        ("last(base.loss) <= 1 and last(base.loss) >= 1 and last(base.loss) == 1", True),
        ("last(base.loss) != 1", False),
        ("last(small.loss) - last(base.loss) == 2", True),
        ("last(small.loss) < last(base.loss) * 2 + 2", True),
        ("2 * (last(base.loss) + 1) == 4", True),
        ("-last(base.loss) < +0", True),
        ("1 + 2 * 3 == 7 * last(base.loss)", True),
        (" last( base.loss )\n  < 2 ", True),
    ],
)
def test_comparisons(text: str, holds: bool) -> None:
    assert expect.parse(text).evaluate(RUNS).holds is holds


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("last(big.loss) > 1", "There is no run big."),
        ("last(base.mae) > 1", "base recorded no mae"),
        ("last(odd.empty) > 1", "odd recorded no empty"),
        ("min(odd.nan) > 1", "odd.nan is not a number at epoch 2"),
        ("last(odd.inf) > 1", "epoch 1"),
        ("last(odd.none) > 1", "epoch 1"),
        ("last(odd.text) > 0", "epoch 1"),
        ("gap(small.accuracy) > 0", "small recorded no val_accuracy"),
        ("seconds(odd) > 0", "seconds(odd) is unknown"),
        ("params(small) > 0", "params(small) is unknown"),
    ],
)
def test_what_is_missing_leaves_it_undecided(text: str, reason: str) -> None:
    outcome = expect.parse(text).evaluate(RUNS, SCALARS)
    assert outcome.holds is None
    assert len(outcome.missing) == 1 and reason in outcome.missing[0]


def test_one_false_term_decides_even_when_another_is_missing() -> None:
    text = "last(big.loss) > 1 and last(base.loss) > 99"
    outcome = expect.parse(text).evaluate(RUNS)
    assert outcome.holds is False and outcome.missing
    assert expect.parse("last(big.loss) > 1 and last(base.loss) < 99").evaluate(RUNS).holds is None


def test_arithmetic_that_overflows_is_undecided() -> None:
    assert expect.parse("last(base.loss) * 1e308 * 10 > 0").evaluate(RUNS).holds is None


def test_runs_and_figures_of_an_expression() -> None:
    expression = expect.parse("argmin(small.val_loss) > argmin(base.val_loss) and seconds(small) < seconds(base)")
    assert expression.runs == ("small", "base")
    assert [str(figure) for figure in expression.figures] == [
        "argmin(small.val_loss)",
        "argmin(base.val_loss)",
        "seconds(small)",
        "seconds(base)",
    ]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("last(base.loss)", "is not a comparison"),
        ("1 < 2", "looks at no run"),
        ("True < last(base.loss)", "vocabulary"),
        ("last(base.loss) < 1 or last(base.loss) > 2", "or"),
        ("not last(base.loss) < 1", "is not a comparison"),
        ("1 < last(base.loss) < 2", "more than two"),
        ("last(base.loss) in last(base.loss)", "one of"),
        ("last(base.loss) is 1", "one of"),
        ("last(base.loss) / 2 < 1", "'/'"),
        ("last(base.loss) ** 2 < 1", "vocabulary"),
        ("lst(base.loss) < 1", "Did you mean last?"),
        ("last(base) < 1", "last(base.loss)"),
        ("last(base.loss.x) < 1", "last(base.loss)"),
        ("seconds(base.loss) < 1", "seconds(base)"),
        ("last() < 1", "does not fit"),
        ("last(base.loss, base.loss) < 1", "','"),
        ("last(*base.loss) < 1", "does not fit"),
        ("last(x=base.loss) < 1", "does not fit"),
        ("last(base.loss)(base) < 1", "no function"),
        ("gap(base.val_accuracy) < 1", "gap(base.accuracy)"),
        ("base.loss < 1", "vocabulary"),
        ("base < 1", "vocabulary"),
        ("__import__('os') < 1", "'"),
        ("last(base.loss) < 1e999", "too large"),
        ("last(base.loss) < 1j", "vocabulary"),
        ("last(base.loss) < " + "9" * 400, "too large"),
        ("last(base.loss) < (1", "is not a comparison"),
        ("last(base.loss) < 1 and", "is not a comparison"),
        ("(" * 240 + "1" + ")" * 240, "is not a comparison"),
        ("last(base.loss) < " + "-" * 200 + "1", "nested"),
        ("last(base.loss) < 1" + " + 1" * 200, "longer than"),
        ("last(base.loss) < 1" + " + 1" * 60, "nested"),
        ("last(base.loss) < 中", "中"),
        ("last(base.loss) < 1\x00", "means nothing"),
    ],
)
def test_anything_else_is_refused_in_words(text: str, part: str) -> None:
    with pytest.raises(ContentError) as caught:
        expect.parse(text)
    assert part in str(caught.value)
    assert "argmin" in caught.value.hint


def test_a_long_and_is_fine() -> None:
    text = " and ".join(["last(base.loss) < 9"] * 15)
    assert expect.parse(text).evaluate(RUNS).holds is True


WORDS = st.sampled_from(
    [
        *expect.OF_METRIC,
        *expect.OF_RUN,
        "base",
        "small",
        ".",
        "(",
        ")",
        "loss",
        "val_loss",
        " and ",
        " or ",
        " not ",
        "<",
        ">",
        "==",
        "+",
        "-",
        "*",
        "**",
        "1",
        "2.5",
        "1e9",
        " ",
        "_",
        "__class__",
        "lambda ",
        " if ",
        " else ",
        " in ",
        "True",
        "None",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=25).map("".join)))
def test_no_text_crashes_or_leaves_the_vocabulary(text: str) -> None:
    try:
        expression = expect.parse(text)
    except ContentError:
        return
    tree = ast.parse(" ".join(text.split()), mode="eval")
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert called and called <= {*expect.OF_METRIC, *expect.OF_RUN}
    assert all(re.fullmatch(r"\w+", figure.run) for figure in expression.figures)
    outcome = expression.evaluate(RUNS, SCALARS)
    assert outcome.holds in (True, False, None)
    assert all(math.isfinite(value) for value in outcome.figures.values())


SIDES = st.recursive(
    st.one_of(
        st.integers(-50, 50).map(str),
        st.builds(
            lambda f, r, m: f"{f}({r}.{m})",
            st.sampled_from(expect.OF_METRIC[:6]),
            st.sampled_from(["base", "small"]),
            st.sampled_from(["loss", "val_loss"]),
        ),
    ),
    lambda inner: st.builds(lambda a, op, b: f"({a} {op} {b})", inner, st.sampled_from("+-*"), inner),
    max_leaves=6,
)


@given(SIDES, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), SIDES)
def test_agrees_with_python(left: str, sign: str, right: str) -> None:
    text = f"{left} {sign} {right} + 0 * last(base.loss)"

    class Run:
        def __init__(self, metrics: dict[str, list[Any]]) -> None:
            self.__dict__ |= metrics

    names = {
        "min": min, "max": max, "last": lambda v: v[-1], "mean": lambda v: math.fsum(v) / len(v),
        "argmin": lambda v: v.index(min(v)) + 1, "argmax": lambda v: v.index(max(v)) + 1,
        "base": Run(RUNS["base"]), "small": Run(RUNS["small"]),
    }  # fmt: skip
    assert expect.parse(text).evaluate(RUNS).holds is eval(text, {"__builtins__": {}}, names)
