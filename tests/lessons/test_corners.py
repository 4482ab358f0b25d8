"""The corners of every lesson's params: the model builds, or the values are refused before anything starts."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from inspect import signature
from types import ModuleType
from typing import Any

import keras
import pytest

from dlwp_tui.core.types import Value
from dlwp_tui.course import reader
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.course.param import Param, ParamError
from dlwp_tui.engine.code import load_code
from dlwp_tui.kit.convnets import by_hand, sizes
from dlwp_tui.kit.weather import Window

Params = dict[str, Value]
LARGEST_MB = 900
"""Models that need more are not built here: a run of them is the memory forecast's business."""


WINDOWS = ("kernel", "pool", "strides", "maxlen", "length", "lookback", "step", "side")
"""Params that decide how often a window fits."""


def _steps(params: Params) -> int:
    return Window(int(params["lookback"]), int(params["step"]), 0).steps


GIVEN: dict[str, Callable[[Params], dict[str, Any]]] = {
    "5.1": lambda p: {"side": 28},
    "5.2.5": lambda p: {"augment": None},
    "6.1.3": lambda p: {"dim": int(p["dim"])},
    "6.3.4": lambda p: {"steps": _steps(p)},
    "6.3.5": lambda p: {"steps": _steps(p) if p["cell"] == "dense" else None},
    "6.4.4": lambda p: {"steps": _steps(p)},
    "4.4": lambda p: {"n": int(p["hidden_layers"]), "penalty": None},
    "7.1.4": lambda p: {"residual": True},
    "7.3.1": lambda p: {"shape": (28, 28, 1), "batch_norm": True, "separable": True},
    "8.1": lambda p: {"characters": 60},
    "8.5": lambda p: {"slope": 0.3},
}
"""Arguments of `build` that are no params, or not as they are."""
SEEN: dict[str, Callable[[Params], tuple[int, ...]]] = {
    "6.2.1": lambda p: (int(p["maxlen"]),),
    "6.3.5": lambda p: (_steps(p), 14),
    "6.3.6": lambda p: (_steps(p), 14),
    "6.3.7": lambda p: (_steps(p), 14),
    "7.1.3": lambda p: (int(p["length"]),),
}
"""What a model whose input may vary is really given."""
WITHOUT = [
    "0.1", "2.2", "2.3", "2.4", "2.5", "6.1.1", "6.2", "6.2.2", "6.3", "6.3.3",  # no model, or one of NumPy
    "4.2", "4.3", "5.3.1", "5.3.2", "5.4.1", "5.4.2", "5.4.3", "8.2", "8.3",  # a given one
]  # fmt: skip
LESSONS = [section.lesson() for section in reader.load().sections if section.has_lesson]
BUILDING = [lesson for lesson in LESSONS if lesson.id not in WITHOUT]


def _ends(param: Param) -> list[Value]:
    if param.type == "choice":
        return list(param.choices)
    if param.type == "bool":
        return [False, True]
    if param.type not in ("int", "float"):
        return [param.default]
    found = [param.min if not param.min_open else param.default, param.max if not param.max_open else param.default]
    return [param.parse("", one) for one in found if one is not None]


def _built(lesson: Lesson, code: ModuleType, params: Params) -> None:
    """Build each model of the lesson once, without training it."""
    given = params | (GIVEN[lesson.id](params) if lesson.id in GIVEN else {})
    for name, build in vars(code).items():
        if not name.startswith("build") or "eye" in signature(build).parameters:
            continue
        model = build(**{name: given[name] for name in signature(build).parameters if name in given})
        if lesson.id in SEEN:
            model(keras.Input(SEEN[lesson.id](params), dtype=model.inputs[0].dtype))


def _names(lesson: Lesson, code: ModuleType) -> list[str]:
    """The params that shape a model: arguments of `build`, and those of the windows it sees."""
    taken = {
        name for key, build in vars(code).items() if key.startswith("build") for name in signature(build).parameters
    }
    windows = {"lookback", "step", "maxlen", "length"} if lesson.id in (*GIVEN, *SEEN) else set()
    return [name for name in lesson.params if name in taken | windows]


def _corners(lesson: Lesson, names: list[str], *, every: bool) -> Iterator[Params]:
    """Each combination of the ends of what moves windows and of the choices, all else as small as may be.

    `every`: also each end of each param beside each end of each other one, all else as in the quick preset.
    """
    moving = [name for name in names if name in WINDOWS or lesson.params[name].type in ("choice", "bool")]
    small = {name: _ends(lesson.params[name])[0] for name in names}
    for ends in itertools.product(*(_ends(lesson.params[name]) for name in moving)):
        yield small | dict(zip(moving, ends, strict=True))
    if every:
        for together in itertools.combinations(names, min(2, len(names))):
            for ends in itertools.product(*(_ends(lesson.params[name]) for name in together)):
                yield dict(zip(together, ends, strict=True))


@pytest.mark.parametrize("lesson", BUILDING, ids=lambda lesson: lesson.id)
def test_every_corner_builds_or_is_refused(lesson: Lesson, request: pytest.FixtureRequest) -> None:
    code = load_code(lesson.code_file)
    names = _names(lesson, code)
    assert names
    for values in _corners(lesson, names, every=request.config.getoption("--long")):
        try:
            params = lesson.values("quick", values)
        except ParamError as refused:
            assert refused.name in lesson.params and str(refused)
            continue
        if lesson.needs_mb(params) > LARGEST_MB:
            continue
        try:
            _built(lesson, code, params)
        except ValueError as error:
            pytest.fail(f"{lesson.id} {values}: {error}")
    keras.backend.clear_session()


@pytest.mark.parametrize(("kernel", "lookback"), [(4, 180), (9, 204), (9, 205)])
def test_a_limit_refuses_no_more_than_it_must(kernel: int, lookback: int) -> None:
    """The network of 6.4.4 at its limit: what is refused cannot be built."""
    lesson = reader.load().lesson("6.4.4")
    code = load_code(lesson.code_file)
    params = lesson.values("quick") | {"kernel": kernel, "lookback": lookback, "step": 6, "filters": 1}
    try:
        lesson.values(None, params)
    except ParamError:
        with pytest.raises(ValueError, match="zero or negative"):
            _built(lesson, code, params)
    else:
        _built(lesson, code, params)


def test_the_limit_of_the_convnet_is_the_arithmetic_of_its_section() -> None:
    lesson = reader.load().lesson("5.1")
    names = ("kernel", "padding", "strides", "pooling")
    every = [range(1, 8), ("valid", "same"), range(1, 4), ("max", "average", "none")]
    for values in itertools.product(*every):
        params = lesson.values() | dict(zip(names, values, strict=True))
        fits = min(output.side for output in by_hand(28, **sizes(params))) > 0
        try:
            lesson.values(None, params)
        except ParamError as refused:
            assert not fits and "kernel = " in str(refused)
        else:
            assert fits
