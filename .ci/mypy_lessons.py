"""Checks the types of lessons: mypy takes no files of one name in folders that are no identifiers, so it gets copies.

`python .ci/mypy_lessons.py [FOLDER]`, by default of `content/` and of the template of `dlwp new`.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEMPLATE = ROOT / "dlwp_tui" / "course" / "template"
OPTIONS = [
    "--config-file",
    "",
    "--ignore-missing-imports",
    "--check-untyped-defs",
    "--allow-redefinition-old",
    "--explicit-package-bases",
    "--cache-dir",
    str(ROOT / ".mypy_cache"),
]


def main() -> int:
    """Run mypy once over all lessons; its messages name the real files. Returns its exit code."""
    given = [Path(argument).resolve() for argument in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as folder:
        copies = dict(_copied(given or [ROOT / "content", TEMPLATE], Path(folder)))
        done = subprocess.run(
            [sys.executable, "-m", "mypy", *OPTIONS, "--cache-dir", str(ROOT / ".mypy_cache"), *copies],
            cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
    text = done.stdout + done.stderr
    print(re.sub(r"^[^:\n]+\.py(?=:)", lambda found: copies.get(found[0], found[0]), text, flags=re.MULTILINE), end="")
    return done.returncode


def _copied(folders: list[Path], into: Path) -> Iterator[tuple[str, str]]:
    """Copies of the Python files in packages of their own: the copy's name and the file's."""
    files = sorted(file for folder in folders for kind in ("*.py", "*.py.txt") for file in folder.rglob(kind))
    for file in files:
        package = re.sub(r"\W", "_", f"s{file.parent.name}")
        copy = Path(package) / file.name.removesuffix(".txt")
        (into / package).mkdir(exist_ok=True)
        (into / package / "__init__.py").touch()
        text = file.read_text(encoding="utf-8")
        (into / copy).write_text(re.sub(r"^from lesson import", "from .lesson import", text, flags=re.MULTILINE))
        yield str(copy), str(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file)


if __name__ == "__main__":
    sys.exit(main())
