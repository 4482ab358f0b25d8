"""`dlwp tensorboard`: chosen runs in TensorBoard, on this machine's loopback address alone."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from dlwp_tui.cli import output
from dlwp_tui.core import paths
from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _

HOST = "127.0.0.1"
PORT = 6006
PORTS = 20
"""How many ports from PORT on are tried."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("tensorboard", help=_("Show runs in TensorBoard, all of them where none is named."))(tensorboard)


def tensorboard(
    runs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[RUN]...", help=_("Ids of runs, their ends or `last`; all without one.")),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option("--export", metavar="DIR", help=_("Write the logs to this folder and start nothing.")),
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=1024, max=65535, help=_("The port; the first free one from 6006 on."))
    ] = None,
) -> None:
    from dlwp_tui.analysis import tensorboard as logs
    from dlwp_tui.runs import store
    from dlwp_tui.runs.view import RunView

    logs.require()
    folders = [store.find(run) for run in runs] if runs else store.folders()
    if not folders:
        raise UsageError(_("There is no run yet."), _("Run a lesson first: dlwp run ID"))
    into = export if export is not None else _fresh(paths.cache() / "tensorboard")
    names = logs.export([RunView.whole(folder) for folder in dict.fromkeys(folders)], into)
    output.say(_("{count} runs are in {path}.").format(count=len(names), path=into))
    if export is None:
        _serve(into, port or _free_port())


def _fresh(folder: Path) -> Path:
    """The folder without what earlier calls left in it."""
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
    return paths.ensure(folder)


def _serve(folder: Path, port: int) -> None:
    """Run TensorBoard until Ctrl-C."""
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(folder), "--host", HOST, "--port", str(port)]
    output.say(_("TensorBoard: http://{host}:{port}  (Ctrl-C ends it)").format(host="localhost", port=port))
    output.say(_("From another machine: ssh -L {port}:localhost:{port} HOST").format(port=port))
    with subprocess.Popen(command) as server:
        try:
            code = server.wait()
        except KeyboardInterrupt:
            server.terminate()
            code = 0
    if code:
        raise UsageError(
            _("TensorBoard ended with code {code}.").format(code=code), _("Another port may be free: --port 7007")
        )


def _free_port() -> int:
    for port in range(PORT, PORT + PORTS):
        with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise UsageError(
        _("No port from {first} to {last} is free.").format(first=PORT, last=PORT + PORTS - 1),
        _("Name one: --port 7007"),
    )
