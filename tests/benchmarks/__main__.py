"""Runs the measurements one after the other and prints a table; exits with 1 when a limit is missed.

The machine may be shared and noisy, so each figure is a median of interleaved repetitions, and where the limit is a
ratio both sides are measured in turn.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import curves, history, reading, screen, startup, training
from tests.benchmarks.measure import Figure

GROUPS = {
    "startup": startup,
    "screen": screen,
    "history": history,
    "reading": reading,
    "curves": curves,
    "training": training,
}


def main() -> int:
    """Measure, print, and say whether every limit holds."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer repetitions")
    parser.add_argument("--only", choices=list(GROUPS), help="one group")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="dlwp-bench-") as folder:
        os.environ.update(DLWP_HOME=str(Path(folder) / "home"), DLWP_LANG="en", KERAS_HOME=str(Path(folder) / "keras"))
        for name, group in GROUPS.items():
            if options.only in (None, name):
                for figure in group.measure(short=options.short):
                    print(figure.line(), flush=True)
                    figures.append(figure)
    missed = [figure for figure in figures if not figure.holds]
    print(f"{len(figures) - len(missed)} of {len(figures)} limits hold")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
