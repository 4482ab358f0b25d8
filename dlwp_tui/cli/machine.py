"""`dlwp gpu` and `dlwp doctor`: what this machine has, and whether everything a lesson needs is in place."""

from __future__ import annotations

import threading
from typing import Annotated

import typer

from dlwp_tui.cli import output
from dlwp_tui.cli.options import Json
from dlwp_tui.core.language import _


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("gpu", help=_("GPUs and whose processes are on them, CPU and memory now."))(gpu)
    app.command("doctor", help=_("Check the installation, and say what to do about what is missing."))(doctor)


def gpu(
    watch: Annotated[bool, typer.Option("--watch", "-w", help=_("Every second, until Ctrl-C."))] = False,
    json: Json = False,
) -> None:
    from dataclasses import asdict

    from dlwp_tui.core import hardware, hardware_lines

    pause = threading.Event()
    hardware.sample()  # CPU load is measured between two samples
    while True:
        pause.wait(1.0 if watch else 0.2)
        now = hardware.sample()
        if json:
            output.json_line(asdict(now))
        else:
            for text in hardware_lines.lines(now):
                output.line(text)
        if not watch:
            return


def doctor(json: Json = False) -> None:
    from dataclasses import asdict

    from dlwp_tui.cli import doctor as examination

    items = examination.examine()
    for item in items:
        if json:
            output.json_line(asdict(item))
        else:
            sign = "✗" if not item.ok else "!" if item.hint else "✓"
            output.line(f"{sign} {item.name}: {item.found}")
            if item.hint:
                output.line(f"    {item.hint}")
    if not all(item.ok for item in items):
        raise typer.Exit(1)
