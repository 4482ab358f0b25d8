"""The settings file: what can be used is used, what cannot is named, and it sets the language of the process."""

from __future__ import annotations

import pytest

from dlwp_tui.core import language, paths, settings
from dlwp_tui.core.errors import Problem
from dlwp_tui.core.settings import Settings


def written(text: str) -> str:
    paths.ensure(paths.home())
    paths.settings_file().write_text(text, encoding="utf-8")
    return str(paths.settings_file())


def test_no_file_means_defaults() -> None:
    assert settings.load() == Settings() and settings.problems() == ()


def test_what_is_saved_is_loaded() -> None:
    chosen = Settings(language="en", cpu_slots=3, keys={"run.start": "x"})
    settings.save(chosen)
    assert settings.load() == chosen and settings.problems() == ()


def test_what_cannot_be_used_is_named_and_left_out() -> None:
    file = written('theme = 3\ncpu_slots = 65\nascii = true\nfont = "big"\n')
    assert settings.load() == Settings(ascii=True)
    known = "Known keys: language, theme, cpu_slots, default_preset, ascii, pictures, content, keys"
    assert settings.problems() == (
        Problem(file, "theme", "3 has the wrong type.", "Write a value of type str."),
        Problem(file, "cpu_slots", "65 is outside 1–64."),
        Problem(file, "font", "There is no such key.", known),
    )
    assert str(settings.problems()[0]) == f"{file}, theme: 3 has the wrong type. Write a value of type str."


@pytest.mark.parametrize("text", ["theme = \n", "\udcff"])
def test_a_file_that_is_no_toml_means_defaults(text: str) -> None:
    file = written("")
    paths.settings_file().write_bytes(text.encode("utf-8", "surrogateescape"))
    assert settings.load() == Settings()
    (problem,) = settings.problems()
    assert problem.place == file and problem.message.startswith("It cannot be read: ")


def test_problems_are_named_in_the_language_that_the_file_itself_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DLWP_LANG")
    monkeypatch.setattr(language, "_chosen", "zh")
    written('language = "en"\ncolour = "red"\n')
    language.use_language(settings.load().language)
    assert settings.problems()[0].message == "There is no such key."


def test_the_environment_goes_before_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_chosen", "en")
    for value, shown in (("zh", "zh"), ("en_US", "en"), ("", "en"), ("fr", "zh")):
        monkeypatch.setenv("DLWP_LANG", value)
        assert language.language() == shown


def test_a_text_without_english_is_chinese_in_both(monkeypatch: pytest.MonkeyPatch) -> None:
    assert str(language.Text("损失", "Loss")) == "Loss" and str(language.Text("损失")) == "损失"
    monkeypatch.setenv("DLWP_LANG", "zh")
    assert str(language.Text("损失", "Loss")) == "损失"
    assert language.sentences("没有。", "", "请改。") == "没有。请改。"
