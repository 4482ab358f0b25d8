"""Packs a long run whose worker was killed before it could: `python -m dlwp_tui.runs.packing FOLDER`."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

from dlwp_tui.core.errors import DlwpError
from dlwp_tui.runs import packed
from dlwp_tui.runs.folder import RunFolder

_LOWEST = 19  # nice value: it takes what nobody else wants


def later(folder: RunFolder) -> None:
    """Pack a long run in a process of its own, which outlives this one. For whoever finds that its worker is gone."""
    if not packed.worth(folder):
        return
    # Through a shell that ends at once: a zygote reaps every child, and knows only those of runs.
    command = ["/bin/sh", "-c", '"$@" &', "sh", sys.executable, "-P", "-m", __name__, str(folder.path)]
    nothing = subprocess.DEVNULL
    with contextlib.suppress(OSError):  # where no process can be started, whoever opens the run reads it
        subprocess.run(command, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True, check=False)


def main(path: str) -> None:
    """Pack the run in this folder, behind everything else."""
    from dlwp_tui.runs.view import RunView

    os.nice(_LOWEST)
    with contextlib.suppress(DlwpError, OSError, MemoryError):
        RunView.whole(RunFolder(Path(path)))


if __name__ == "__main__":
    main(sys.argv[1])
