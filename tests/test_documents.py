"""The documents in the root say what is so: commands, options, files and links exist, the reference is up to date."""

from __future__ import annotations

import pkgutil
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from dlwp_tui.cli import commands
from dlwp_tui.cli import run as run_command
from dlwp_tui.core.errors import UsageError
from dlwp_tui.course import reader
from tests import reference

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(path.name for path in ROOT.glob("*.md"))
COMMAND = re.compile(r"(?<![\w./-])(?<!-D )dlwp(?= |$)(.*?)(?=\s#|\s\||\s&&|\s{2,}|\s…|$)", re.MULTILINE)
"""`dlwp run 3.4 --units 32` up to a comment, a pipe or two spaces; not the `-D dlwp` of pybabel."""
ROOMS = "|".join(sorted(path.parent.name for path in (ROOT / "dlwp_tui").glob("*/__init__.py")))
FILE = re.compile(rf"(?<![\w./~-])(?:(?:content|dlwp_tui|tests|screenshots|\.ci)/[\w./-]*|(?:{ROOMS})/[\w/]+\.\w+)")
"""A file of the repository, or of a room of the program."""


def code(text: str) -> Iterator[str]:
    """The code of a document: each fenced block, then each span."""
    fence = re.compile(r"^(`{3,})\w*\n(.*?)^\1$", re.DOTALL | re.MULTILINE)
    yield from (found[2] for found in fence.finditer(text))
    yield from (found[1] for found in re.finditer(r"`([^`\n]+)`", fence.sub("", text)))


def problems(line: str) -> list[str]:
    """What is wrong with a command line after `dlwp`; arguments are not looked at."""
    words = shlex.split(line)
    command: Any = get_command(commands.build())
    known, wrong = _options(command), []
    while words:
        word = words.pop(0)
        name, equals, _value = word.partition("=")
        if word.startswith("-"):
            if name not in known:
                wrong.append(f"no option {name}")
            elif known[name] and not equals:  # its value is no command
                words[:1] = []
        elif word == "run":
            command = _lesson([word for word in words if not word.startswith("-")])
            known = _options(command)
        elif hasattr(command, "commands"):
            if word not in command.commands:
                return [*wrong, f"no command {word}"]
            command = command.commands[word]
            known = _options(command)
    return wrong


def _options(command: Any) -> dict[str, bool]:
    """The options of a command, and whether each takes a value."""
    found = {"--help": False}
    for param in command.params:
        found |= dict.fromkeys((*param.opts, *param.secondary_opts), not getattr(param, "is_flag", False))
    return found


def _lesson(arguments: list[str]) -> Any:
    """The command of the lesson that is named; of 3.4 for a lesson that the reader is about to write."""
    course = reader.load()
    try:
        return get_command(run_command.command(course.lesson(arguments[0] if arguments else "3.4")))
    except UsageError:
        return get_command(run_command.command(course.lesson("3.4")))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_exists_with_its_options(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = {found[1].strip() for part in code(text) for found in COMMAND.finditer(part)}
    assert {line: wrong for line in sorted(lines) if (wrong := problems(line))} == {}


def test_a_wrong_command_is_found() -> None:
    assert problems("run 3.4 --units 32 --preset=quick --no-validate") == problems("data import x --accept") == []
    assert problems("--content DIR check") == problems("-s 3.4") == problems("") == []
    assert problems("run 3.4 --unit 32") == ["no option --unit"]
    assert problems("data fetch imdb") == ["no command fetch"]
    assert problems("--contents check") == ["no option --contents"]
    assert [found[1].strip() for found in COMMAND.finditer("dlwp gpu --watch   dlwp doctor  # why\n$ dlwp")] == [
        "gpu --watch", "doctor", ""
    ]  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    prose = re.sub(r"^(`{3,})\w*\n.*?^\1$|`[^`\n]+`", "", text, flags=re.DOTALL | re.MULTILINE)
    anchors = {_anchor(title) for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        file, _hash, anchor = target.partition("#")
        if re.match(r"[a-z]+:", file):
            continue
        assert not file or (ROOT / file).exists(), target
        if file.endswith(".md"):
            other = (ROOT / file).read_text(encoding="utf-8")
            assert not anchor or anchor in {_anchor(title) for title in re.findall(r"^#+ (.+)$", other, re.M)}, target
        elif not file:
            assert anchor in anchors, target


def _anchor(title: str) -> str:
    """The anchor that GitHub gives a heading."""
    plain = re.sub(r"[`*]|\[([^]]*)\]\([^)]*\)", r"\1", title).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name != "CHANGELOG.md"])
def test_every_file_it_names_is_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    files = {found for part in code(text) for found in FILE.findall(part)}
    assert [file for file in sorted(files) if not any((at / file).exists() for at in (ROOT, ROOT / "dlwp_tui"))] == []
    names = {found for part in code(text) for found in re.findall(r"\b(?:dlwp_tui|tests)\.\w[\w.]*\w", part)}
    assert [name for name in sorted(names) if not _importable(name)] == []


def test_the_readmes_count_the_lessons_right() -> None:
    count = sum(section.has_lesson for section in reader.load().sections)
    assert f"{count} lessons" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"{count} 课" in (ROOT / "README.zh.md").read_text(encoding="utf-8")


def _importable(name: str) -> bool:
    """Whether `name` is a module, or something in one."""
    try:
        return bool(pkgutil.resolve_name(name))
    except (ImportError, AttributeError):
        return False


def test_the_reference_is_up_to_date() -> None:
    text = reference.DOCUMENT.read_text(encoding="utf-8")
    assert text == reference.written(text), "LESSONS.md is out of date. Run: python -m tests.reference"
