"""Lesson 6.1.2 on its synthetic twin: padding, the table and its neighbours, the demo."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlwp_tui.course import reader
from dlwp_tui.course.param import ParamError
from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve, table
from tests.lessons.demos import demo_of

pytestmark = pytest.mark.keras


def test_learns_which_words_praise(study: Callable[..., RunView]) -> None:
    view = study("6.1.2", samples=10_000, epochs=6, seed=2)
    assert claims(view) == {"C157", "C158", "C159"}
    assert view.models[0].params == 80_161
    assert [row[2] for row in view.models[0].layers] == ["(None, 20, 8)", "(None, 160)", "(None, 1)"]
    assert view.steps == 250  # 8,000 of 10,000 reviews, 32 at a time
    assert curve(view, "val_accuracy")[-1] > 0.65
    assert set(view.results[""]) == {"test_loss", "test_accuracy"}
    near = {row[0]: row[1] for row in table(view, "学到的近邻（夹角的余弦）")}
    # "great" and "bad" are the most frequent words of praise and blame: each lies by its own kind.
    assert set(near) >= {"great", "bad"}
    assert "worst" in near["bad"] or "awful" in near["bad"] or "boring" in near["bad"] or "waste" in near["bad"]

    ask = demo_of(view)
    praise = ask("great wonderful excellent best superb brilliant")
    blame = ask("worst awful boring waste terrible poor zzqx")
    assert praise["bars"]["positive"] > blame["bars"]["positive"]
    assert sum(blame["bars"].values()) == pytest.approx(1)
    assert blame["unknown"] == ["zzqx"]


def test_what_the_model_sees(study: Callable[..., RunView]) -> None:
    view = study("6.1.2", samples=500, epochs=1, maxlen=600, dim=2)
    (shown,) = [text.body for text in view.texts]
    words = shown.split()
    assert len(words) == 600 and words[0] == "·" and words[-1] != "·"  # zeros stand in front
    shares = {row[0]: row[1] for row in table(view, "Reviews and vocabulary")}
    assert float(shares["Words the vocabulary knows"].rstrip("%")) > 85
    assert view.models[0].params == 10_000 * 2 + 600 * 2 + 1
    again = study("6.1.2", samples=500, epochs=1, maxlen=600, dim=2)
    assert curve(again, "val_loss") == curve(view, "val_loss")


@pytest.mark.parametrize(("name", "value"), [("dim", 0), ("maxlen", 0), ("batch_size", 0), ("samples", 30_000)])
def test_refuses(name: str, value: object) -> None:
    with pytest.raises(ParamError, match=name):
        reader.load().lesson("6.1.2").params[name].parse(name, value)  # type: ignore[arg-type]
