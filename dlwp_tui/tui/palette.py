"""The command palette: what every key does, the open lesson's presets, bookmarks and sections, found by typing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider

from dlwp_tui.core import progress
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _
from dlwp_tui.tui.keys import KEYS, STUDY

if TYPE_CHECKING:
    from dlwp_tui.course.note import Page
    from dlwp_tui.course.reader import Section
    from dlwp_tui.tui.screens.study import StudyScreen


class CourseCommands(Provider):
    """The commands for the open section; none while no study screen is there."""

    @property
    def _study(self) -> StudyScreen | None:
        from dlwp_tui.tui.screens.study import StudyScreen

        return self.screen if isinstance(self.screen, StudyScreen) else None

    async def discover(self) -> Hits:
        """What the empty palette shows: the actions, then the course."""
        for text, help_text, run in self._commands():
            yield DiscoveryHit(text, run, help=help_text)

    async def search(self, query: str) -> Hits:
        """Fuzzy matches over actions, presets and sections."""
        matcher = self.matcher(query)
        for text, help_text, run in self._commands():
            score = matcher.match(text)
            if score > 0:
                yield Hit(score, matcher.highlight(text), run, text=text, help=help_text)

    def _commands(self) -> list[tuple[str, str, Callable[[], object]]]:
        study = self._study
        if study is None:
            return []
        lesson = study.panes.lesson
        commands: list[tuple[str, str, Callable[[], object]]] = [
            (_(key.text).capitalize(), _(key.group), partial(study.action_do, key.id))
            for key in KEYS
            if key.where == STUDY and key.id != "app.palette" and (lesson is not None or not key.lesson)
        ]
        if lesson is not None:
            commands += [
                (
                    _("Run {lesson} with preset {preset}").format(lesson=lesson.id, preset=name),
                    str(preset.see),
                    partial(study.runs.run_preset, name),
                )
                for name, preset in lesson.presets.items()
            ]
        commands += self._bookmarks(study)
        commands += [
            (f"{section.id} {section.title}", _("Open the section"), partial(study.panes.open_section, section))
            for section in study.session.course.sections
        ]
        return commands

    def _bookmarks(self, study: StudyScreen) -> list[tuple[str, str, Callable[[], object]]]:
        """The bookmarks in reading order; one whose page is gone from the note is left out."""
        seen = progress.load()
        found: list[tuple[str, str, Callable[[], object]]] = []
        for section in study.session.course.sections:
            for page in _pages(section, seen):
                name = _("Bookmark: {page}").format(page=f"{section.id} {section.title} › {page.title}")
                found.append((name, _("Go to this page"), partial(study.panes.open_section, section, page.index)))
        return found


def _pages(section: Section, seen: progress.Progress) -> list[Page]:
    """The bookmarked pages of a section."""
    marked = seen.of(section.id).bookmarks
    if not marked:
        return []
    try:
        return [page for page in section.note().pages if page.index in marked]
    except DlwpError:
        return []  # opening the section shows what is wrong with its note
