"""What a form begins with: what was typed last, as far as it is still allowed."""

from __future__ import annotations

import pytest

from dlwp_tui.core import last_values, paths, settings
from dlwp_tui.course import reader
from dlwp_tui.tui.bench.field import FieldInput
from dlwp_tui.tui.bench.form_state import FormState, remembered
from tests.tui.bench.bench_runs import BenchApp

pytestmark = pytest.mark.usefixtures("course_dir")


def test_without_anything_typed_the_form_begins_with_the_preset_of_the_settings() -> None:
    lesson = reader.load().lesson("1.1")
    assert remembered(lesson).raw["epochs"] == str(lesson.values("quick")["epochs"])
    paths.ensure(paths.home())
    paths.settings_file().write_text('default_preset = "book"\n', encoding="utf-8")
    assert settings.load().default_preset == "book"
    assert remembered(lesson).raw["epochs"] == str(lesson.values("book")["epochs"])


def test_what_is_no_longer_allowed_is_left_out() -> None:
    lesson = reader.load().lesson("1.1")
    raw = {"epochs": "0", "rate": "2.5", "mode": "gone", "unknown": "1"}
    last_values.save("1.1", {"raw": raw, "seed": 7, "source": "synthetic", "device": "tpu"})
    state, first = remembered(lesson), remembered(lesson.model_copy(update={"id": "1.2"}))
    assert state == FormState({**first.raw, "rate": "2.5"}, "", "synthetic", "auto")


@pytest.mark.parametrize(
    "text", ["", "[]", '{"v": 1, "lessons": []}', '{"lessons": {"1.1": 3}}', '{"lessons": {"1.1": {"raw": 1}}}']
)
def test_a_broken_file_is_no_memory(text: str) -> None:
    lesson = reader.load().lesson("1.1")
    plain = remembered(lesson)
    paths.ensure(paths.home())
    (paths.home() / "forms.json").write_text(text, encoding="utf-8")
    assert remembered(lesson) == plain


async def test_values_come_back_in_the_next_app() -> None:
    for value in ("7", "9"):
        app = BenchApp()
        async with app.run_test(size=(64, 34)) as pilot:
            epochs = app.bench.query_one("#param-epochs", FieldInput)
            assert epochs.value == ("3" if value == "7" else "7")
            epochs.value = value
            await pilot.pause()
    assert last_values.load("1.1")["raw"]["epochs"] == "9"


async def test_a_form_that_was_only_looked_at_keeps_nothing() -> None:
    async with BenchApp().run_test(size=(64, 34)) as pilot:
        await pilot.pause()
    assert last_values.load("1.1") == {}
