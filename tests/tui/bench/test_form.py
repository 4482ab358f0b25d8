"""The form: built from the lesson, checked while typing, never a run with a bad value."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from dlwp_tui.core.language import Text
from dlwp_tui.course.lesson import Limit
from dlwp_tui.course.param import ParamError
from dlwp_tui.tui.bench.chips import Chips
from dlwp_tui.tui.bench.field import FieldInput
from dlwp_tui.tui.bench.form import ParamsForm
from tests.tui.bench.bench_runs import BenchApp, rows, until

pytestmark = pytest.mark.usefixtures("course_dir")
SIZE = (64, 34)


def field(app: BenchApp, name: str) -> FieldInput:
    return app.bench.query_one(f"#param-{name}", FieldInput)


async def test_form_shows_labels_ranges_and_the_help_of_the_focused_field() -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.bench.tabs.action_open("params")
        await until(pilot, lambda: app.focused is field(app, "epochs"), "the first field to be focused")
        await until(pilot, lambda: "训练几轮" in "\n".join(rows(app)), "its help")
        text = "\n".join(rows(app))
        assert "Epochs" in text and "1–100000" in text and "0 < x ≤ 10" in text
        assert app.bench.tabs.params.values() == {"epochs": 3, "rate": 1.0, "mode": "ok", "noisy": True}


async def test_a_request_has_checked_values() -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        field(app, "epochs").value = "3"
        await pilot.pause()
        assert app.bench.query_one("#form-preset", Chips).value == "quick"
        asked = app.bench.tabs.params.request()
        assert asked is not None and asked.lesson.matching_preset(asked.values) == "quick"
        assert (asked.lesson.id, asked.seed, asked.source, asked.device) == ("1.1", None, "auto", "auto")
        assert asked.values == {"epochs": 3, "rate": 1.0, "mode": "ok", "noisy": True}
        assert type(asked.values["epochs"]) is int


@pytest.mark.parametrize("bad", ["0", "", "x", "1.5", "1e9", "-3"])
async def test_a_bad_value_is_marked_at_its_field_and_nothing_is_asked(bad: str) -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.bench.tabs.show_tab("params")
        field(app, "epochs").value = bad
        await pilot.pause()
        form = app.bench.query_one(ParamsForm)
        assert set(form.problems) == {"epochs"} and "1–100000" in form.problems["epochs"]
        assert form.request() is None
        await until(pilot, lambda: app.focused is field(app, "epochs"), "focus on the bad field")
        assert "is not allowed" in "\n".join(rows(app))
        with pytest.raises(ParamError):
            form.values()
        field(app, "epochs").value = "4"
        await pilot.pause()
        assert not form.problems and "is not allowed" not in "\n".join(rows(app))
        assert form.request() is not None


async def test_values_that_do_not_go_together_are_a_problem_of_the_first_of_them() -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        form = app.bench.tabs.params
        assert form.lesson is not None
        limit = Limit(needs="epochs >= rate", why=Text(zh="x", en="Train longer."))
        form.lesson = form.lesson.model_copy(update={"limits": (limit,)})
        field(app, "rate").value = "9"
        await pilot.pause()
        assert form.problems == {"epochs": "epochs = 3, rate = 9.0 do not go together: Train longer."}
        assert form.request() is None
        field(app, "rate").value = "2"
        await pilot.pause()
        assert form.request() is not None


async def test_letters_in_a_number_field_stay_keys_of_the_screen() -> None:
    app = BenchApp()
    app.bind("r", "note('r')")
    async with app.run_test(size=SIZE) as pilot:
        app.set_focus(field(app, "epochs"))
        await pilot.press("7", "r")
        assert app.keys == ["r"]
        assert field(app, "epochs").value == "7"  # the old value was selected, so typing replaced it


async def test_arrows_walk_the_form_and_choose() -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        mode = app.bench.query_one("#param-mode", Chips)
        await until(pilot, lambda: mode.region.height, "the form on the screen")
        app.set_focus(field(app, "epochs"))
        await pilot.press("down", "down")
        assert app.focused is mode
        await pilot.press("right", "right")
        await pilot.pause()
        assert app.bench.tabs.params.values()["mode"] == "nan"
        await pilot.press("left", "left", "left")
        await pilot.pause()
        assert app.bench.tabs.params.values()["mode"] == "hang"  # round the end
        await pilot.press("down", "space")
        await pilot.pause()
        assert app.bench.tabs.params.values()["noisy"] is False


async def test_presets_fill_the_form_and_changes_are_told() -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        for epochs in (5, 3):  # it begins with quick
            app.do("run.preset")
            await pilot.pause()
            assert app.bench.tabs.params.values()["epochs"] == epochs
        field(app, "rate").value = "2.5"
        await pilot.pause()
        assert app.bench.query_one("#form-preset", Chips).value is None
        text = "\n".join(rows(app))
        assert "Changed from quick: rate 1 → 2.5" in text
        app.do("run.preset")
        await pilot.pause()
        assert app.bench.tabs.params.values()["epochs"] == 5 and "看损失下降" in "\n".join(rows(app))


@pytest.mark.parametrize(("typed", "seed"), [("", None), ("42", 42), ("0", 0)])
async def test_seed_data_and_device_are_passed_on(typed: str, seed: int | None) -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.bench.query_one("#form-seed", FieldInput).value = typed
        app.bench.query_one("#form-source", Chips).value = "synthetic"
        app.bench.query_one("#form-device", Chips).value = "cpu"
        await pilot.pause()
        asked = app.bench.tabs.params.request()
        assert asked is not None
        assert (asked.seed, asked.source, asked.device) == (seed, "synthetic", "cpu")


async def test_a_bad_seed_is_refused() -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.bench.query_one("#form-seed", FieldInput).value = str(2**40)
        await pilot.pause()
        assert app.bench.tabs.params.request() is None
        assert "seed" in app.bench.tabs.params.problems


async def test_data_status_stands_in_the_form() -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        form = app.bench.tabs.params
        assert form.lesson is not None
        form.set_data_status("mnist: synthetic data", {"mnist": {}})  # of the lesson that was open before
        form.set_data_status("imdb: synthetic data", form.lesson.needs(form.values()))
        await pilot.pause()
        assert "imdb: synthetic data" in "\n".join(rows(app)) and "mnist" not in "\n".join(rows(app))


async def test_values_are_kept_when_another_section_was_open() -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        from dlwp_tui.course import reader

        field(app, "epochs").value = "77"
        await pilot.pause()
        app.bench.show(reader.load().section("1.2"))
        await pilot.pause()
        assert "reading" in "\n".join(str(s.content) for s in app.bench.query(Static))
        assert app.bench.tabs.params.request() is None
        app.bench.show(reader.load().section("1.1"))
        await pilot.pause()
        assert app.bench.tabs.params.values()["epochs"] == 77


@pytest.mark.parametrize("size", [(50, 14), (50, 24), (80, 24)])
async def test_every_field_can_be_reached_on_a_small_terminal(size: tuple[int, int]) -> None:
    app = BenchApp()
    async with app.run_test(size=size) as pilot:
        app.bench.tabs.action_open("params")
        await until(pilot, lambda: app.focused is not None, "a focus")
        seen = set()
        for _step in range(8):
            await pilot.press("down")
            assert app.focused is not None
            seen.add(app.focused.id)
            assert app.focused.region.height >= 1 and app.screen.region.contains_region(app.focused.region)
        assert {"form-seed", "form-device", "form-source"} <= seen


async def test_fields_of_numbers_and_signs_leave_letters_to_the_keys() -> None:
    async with BenchApp().run_test(size=SIZE):
        shape = FieldInput("64, 3", kind="form", id="shape")
        text = FieldInput("a film", kind="text", id="text")
        assert all(shape.check_consume_key(key, key) for key in "0129,;:-()[]. e×，；")
        assert not any(shape.check_consume_key(key, key) for key in "rsdpn/?<>")
        assert all(text.check_consume_key(key, key) for key in "rsdpn/?<>")


async def test_the_form_is_entered_where_letters_stay_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A learner who opens the form and presses `r` wants a run, not an r in place of the sentences."""
    monkeypatch.delenv("DLWP_CONTENT")  # the book's own lesson: its first field is of sentences
    app = BenchApp("6.1.1")
    async with app.run_test(size=SIZE) as pilot:
        app.bench.tabs.action_open("params")
        await until(pilot, lambda: isinstance(app.focused, FieldInput), "a field to be focused")
        assert isinstance(app.focused, FieldInput) and app.focused.kind == "number"
        sentences = field(app, "samples")
        sentences.focus()
        await until(pilot, lambda: app.focused is sentences, "the field of sentences")
        await until(pilot, lambda: "Esc leaves the field." in " ".join(" ".join(rows(app)).split()), "the whole help")
        await pilot.press("r", "escape")
        assert sentences.value == "r"
        await until(pilot, lambda: isinstance(app.focused, FieldInput) and app.focused.kind == "number", "a way out")
