"""Lesson 6.3.8 on the synthetic twins: directions, what the network reads, parameters, the demo."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlwp_tui.course import reader
from dlwp_tui.course.param import ParamError
from dlwp_tui.runs.series import CurveKey
from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve
from tests.lessons.demos import demo_of

pytestmark = pytest.mark.keras
TEXT = {"task": "text", "maxlen": 20, "samples": 500, "epochs": 2, "dim": 8, "units": 6}
EMBEDDING = 10_000 * 8
LSTM = 4 * (8 * 6 + 6 * 6 + 6)


def shown(view: RunView) -> list[str]:
    (text,) = [text.body for text in view.texts]
    return text.split()


def test_text_in_every_direction(study: Callable[..., RunView]) -> None:
    read = {}
    for direction in ("forward", "reversed", "shuffled", "bidirectional"):
        view = study("6.3.8", direction=direction, cut_first=True, **TEXT)
        layer = LSTM * 2 if direction == "bidirectional" else LSTM
        assert view.models[0].params == EMBEDDING + layer + (13 if direction == "bidirectional" else 7)
        assert claims(view) == {"C199", "C201"}
        assert curve(view, "loss")[1] < curve(view, "loss")[0]
        read[direction] = shown(view)
    assert read["reversed"] == read["forward"][::-1]
    assert read["bidirectional"] == read["forward"]
    assert sorted(read["shuffled"]) == sorted(read["forward"]) and read["shuffled"] != read["forward"]


def test_reversed_as_in_the_book_keeps_the_first_words(study: Callable[..., RunView]) -> None:
    """Reversed first and cut afterwards, what is left are the first words of the review."""
    whole = shown(study("6.3.8", direction="forward", **(TEXT | {"maxlen": 2500, "epochs": 1})))
    start = [word for word in whole if word != "·"][:20]
    view = study("6.3.8", direction="reversed", **TEXT)
    assert shown(view) == start[::-1]
    again = study("6.3.8", direction="reversed", **TEXT)
    assert curve(again, "val_loss") == curve(view, "val_loss")
    answer = demo_of(view)("At first I was bored zzqx")
    assert sum(answer["bars"].values()) == pytest.approx(1)
    assert answer["unknown"] == ["zzqx"]


@pytest.mark.parametrize(("name", "value"), [("units", 0), ("dropout", 1), ("direction", "sideways"), ("maxlen", 1)])
def test_refuses(name: str, value: object) -> None:
    with pytest.raises(ParamError, match=name):
        reader.load().lesson("6.3.8").params[name].parse(name, value)  # type: ignore[arg-type]


def test_temperature_in_every_direction(study: Callable[..., RunView]) -> None:
    curves = {}
    options = {"task": "temperature", "step": 144, "steps_per_epoch": 2, "val_steps": 2, "epochs": 2, "units": 6}
    for direction in ("forward", "reversed", "shuffled", "bidirectional"):
        view = study("6.3.8", direction=direction, **options)
        assert claims(view) == {"C199", "C201"}
        gru = 3 * (14 * 6 + 6 * 6 + 2 * 6)
        assert view.models[0].params == (2 * gru + 13 if direction == "bidirectional" else gru + 7)
        assert {key.metric for key in view.curves} == {"loss", "val_loss"}
        assert view.baselines == {CurveKey("基准", "val_loss"): view.results[""]["baseline"]}
        assert 0.2 < view.results[""]["baseline"] < 0.4  # real: 0.29
        curves[direction] = curve(view, "val_loss")
    # Same seed, same windows, same weights at the start: what differs is the order in which they are read.
    assert len({tuple(values) for values in curves.values()}) == 4
