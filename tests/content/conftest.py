"""The real course and the tables, written by hand beside these tests, of what it must hold."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dlwp_tui.core import paths
from dlwp_tui.course import reader
from dlwp_tui.course.reader import Course

HERE = Path(__file__).parent


def table(name: str) -> dict[str, Any]:
    """The table `name`.toml."""
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


@pytest.fixture
def course() -> Course:
    return reader.read(paths.content().absolute())


@pytest.fixture
def notes(course: Course) -> dict[str, str]:
    """Every note's source, by the section's id."""
    return {section.id: section.note_file.read_text(encoding="utf-8") for section in course.sections}


@pytest.fixture
def lacking(notes: dict[str, str]) -> Callable[[str, str, list[str]], list[str]]:
    """What a note lacks of the words a table promises, as sentences; none when it has them all."""

    def sentences(what: str, section: str, words: list[str]) -> list[str]:
        if section not in notes:
            return [f"{what}: there is no section {section}"]
        if not words:
            return [f"{what}: the table names no words, so nothing is checked"]
        return [f"{what}: {word!r} is not in the note of {section}" for word in words if word not in notes[section]]

    return sentences


@pytest.fixture
def vague(notes: dict[str, str]) -> Callable[[str, list[str]], list[str]]:
    """A sentence when words stand together in more than two notes: they would prove nothing about one of them."""

    def sentences(what: str, words: list[str]) -> list[str]:
        found = [section for section, text in notes.items() if all(word in text for word in words)]
        return [f"{what}: {words} stand in {found}"] if len(found) > 2 else []

    return sentences
