"""What several tests of the screen start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlwp_tui.course import reader
from dlwp_tui.course.reader import Course


@pytest.fixture
def course(course_dir: Path) -> Course:
    """The fixture course, read."""
    return reader.read(course_dir)
