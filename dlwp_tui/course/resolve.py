"""Do a note's cards name lessons, presets, params and experiments that exist? Used by the reader and by the linter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlwp_tui.course.blocks import Block, ExperimentCard, RunCard, Trouble
from dlwp_tui.errors import DlwpError

if TYPE_CHECKING:
    from dlwp_tui.course.lesson import Value
    from dlwp_tui.course.markdown import Resolve
    from dlwp_tui.course.reader import Course, Section


def resolver(course: Course, section: Section) -> Resolve:
    """A function for `markdown.parser` that finds what is wrong with a card of this section's note."""

    def resolve(block: Block, line: int) -> Trouble | None:
        try:
            if isinstance(block, RunCard):
                overrides: dict[str, Value] = dict(block.params)
                course.lesson(block.lesson).values(block.preset, overrides)
            elif isinstance(block, ExperimentCard):
                lesson = section.lesson() if block.lesson is None else course.lesson(block.lesson)
                lesson.experiment(block.id)
        except DlwpError as error:
            return Trouble(line, error.message, error.hint)
        return None

    return resolve
