"""One table says which module has which command, so that a call imports no other."""

from __future__ import annotations

from importlib import import_module

import pytest
import typer

from dlwp_tui.cli import commands


@pytest.mark.parametrize("module", commands.COMMANDS)
def test_the_table_names_what_the_module_registers(module: str) -> None:
    app = typer.Typer()
    import_module(f"dlwp_tui.cli.{module}").register(app)
    registered = [one.name for one in (*app.registered_commands, *app.registered_groups)]
    assert tuple(registered) == commands.COMMANDS[module]


def test_an_unknown_command_knows_all_others(capfd: pytest.CaptureFixture[str]) -> None:
    assert commands.invoke(["lst"]) == 2
    assert "'list'" in capfd.readouterr().err
