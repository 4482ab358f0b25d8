"""One table says which module has which command, so that a call imports no other."""

from __future__ import annotations

from importlib import import_module

import pytest
import typer

from dlwp_tui.cli import commands
from dlwp_tui.core.errors import UsageError


@pytest.mark.parametrize("module", commands.COMMANDS)
def test_the_table_names_what_the_module_registers(module: str) -> None:
    app = typer.Typer()
    import_module(f"dlwp_tui.cli.{module}").register(app)
    registered = [one.name for one in app.registered_commands] + [one.name for one in app.registered_groups]
    assert tuple(registered) == commands.COMMANDS[module]


def test_an_unknown_command_knows_all_others() -> None:
    with pytest.raises(UsageError) as caught:
        commands.invoke(["lst"])
    assert "'lst'" in caught.value.message and "Did you mean list?" in caught.value.hint


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--nope"], "没有选项 --nope。"),
        (["runs", "--limt", "3"], "没有选项 --limt。"),
        (["nope"], "没有命令 'nope'。"),
        (["runs", "--limit"], "选项 '--limit' 需要一个值。"),
        (["runs", "--json=1"], "选项 '--json' 不带值。"),
        (["runs", "--limit", "x"], "'--limit' / '-n' = x 不合要求：应为整数。"),
        (["runs", "--limit", "0"], "'--limit' / '-n' = 0 不合要求：x>=1。"),
        (["show"], "缺少参数 'ID'。"),
        (["data", "list", "a", "b"], "多余的内容：a b"),
    ],
)
def test_what_typer_refuses_is_told_in_the_learners_language(
    monkeypatch: pytest.MonkeyPatch, args: list[str], message: str
) -> None:
    """Also says whether a new typer words its messages otherwise: then they would be shown in English."""
    monkeypatch.setenv("DLWP_LANG", "zh")
    with pytest.raises(UsageError) as caught:
        commands.invoke(args)
    assert (caught.value.message, caught.value.exit_code) == (message, 2)
    assert "--help" in caught.value.hint


def test_help_is_in_the_learners_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """typer has no catalogue: its own words are put into ours."""
    from dlwp_tui.cli import usage

    words = {
        "Usage:": "用法：",
        "[OPTIONS]": "[选项]",
        "Options:": "选项：",
        "Arguments:": "参数：",
        "[required]": "[必填]",
    }
    words["Show this message and exit."] = "显示这段说明。"
    monkeypatch.setattr(usage, "_", lambda text: words.get(text, text))
    options = "Options:\n  --help  Show this message and exit."
    text = f"Usage: dlwp show [OPTIONS] ID\n\n  Options: none.\n\nArguments:\n  ID  [required]\n\n{options}"
    assert usage.in_words(text) == (
        "用法： dlwp show [选项] ID\n\n  Options: none.\n\n参数：\n  ID  [必填]\n\n选项：\n  --help  显示这段说明。"
    )
