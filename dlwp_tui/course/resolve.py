"""Checks that a note's cards name lessons, presets, params and experiments that exist: for reader and linter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlwp_tui.core.errors import ContentError, Problem, UsageError
from dlwp_tui.core.language import _
from dlwp_tui.course.blocks import Block, ExperimentCard, RunCard
from dlwp_tui.course.problem import at_line

if TYPE_CHECKING:
    from dlwp_tui.course.markdown import Resolve
    from dlwp_tui.course.reader import Course, Section


def resolver(course: Course, section: Section, *, broken: bool = True) -> Resolve:
    """A function for `markdown.parser` that finds what is wrong with a card of this section's note.

    broken: False leaves out cards whose lesson.toml cannot be read: the linter reports that file once, not per card.
    """

    def resolve(block: Block, line: int) -> Problem | None:
        try:
            if isinstance(block, RunCard):
                course.lesson(block.lesson).values(block.preset, block.params)
            elif isinstance(block, ExperimentCard):
                lesson = section.lesson() if block.lesson is None else course.lesson(block.lesson)
                lesson.experiment(block.id)
        except ContentError as error:
            return at_line(line, error.message, error.hint) if broken else None
        except UsageError as error:
            return at_line(line, error.message, error.hint or _("Change the value on the card."))
        return None

    return resolve
