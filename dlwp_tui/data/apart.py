"""A synthetic twin made in a process of its own, so that a training does not hold the memory of making it.

Reuters' twin takes 750 MB for two seconds, IMDB's 190 MB: more than the lessons themselves, which hold 400 to 500 MB.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dlwp_tui.core import content
from dlwp_tui.data import convert, registry
from dlwp_tui.data.dataset import Dataset

_MAIN = "from dlwp_tui.data.apart import main; main()"
_LONGEST = 600  # s; twins take 1 to 6 s, a laden machine stretches that


def twin(dataset: Dataset, options: Mapping[str, Any] | None = None) -> None:
    """Have the twin of `dataset` in the cache; where that fails, whoever loads it makes it in its own process."""
    if convert.has_twin(dataset, options):
        return
    asked = {name: value for name, value in (options or {}).items() if name in dataset.read_options}
    lessons = str(dataset.folder.parents[1]) if dataset.folder else ""
    command = [sys.executable, "-P", "-c", _MAIN, dataset.name, json.dumps(asked), lessons]
    subprocess.run(command, stdin=subprocess.DEVNULL, check=False, timeout=_LONGEST)


def main() -> None:
    """Make the twin that the command line names and keep it in the cache."""
    name, asked, lessons = sys.argv[1:]
    content.use_datasets(Path(lessons))
    dataset = registry.get(name)
    convert.twin(dataset, {**dataset.options, **json.loads(asked)})
