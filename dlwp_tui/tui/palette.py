"""The command palette: what every key does, the open lesson's presets, bookmarks and sections, found by typing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content, Span

from dlwp_tui.core import progress
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench.style import fit
from dlwp_tui.tui.keys import KEYS, STUDY

if TYPE_CHECKING:
    from dlwp_tui.course.note import Page
    from dlwp_tui.course.reader import Section
    from dlwp_tui.tui.screens.study import StudyScreen

Command = tuple[str, str, str, Callable[[], object]]
KEY_CELLS = 8
"""Cells for a command's key."""


class CourseCommands(Provider):
    """The commands for the open section; none while no study screen is there."""

    @property
    def _study(self) -> StudyScreen | None:
        from dlwp_tui.tui.screens.study import StudyScreen

        return self.screen if isinstance(self.screen, StudyScreen) else None

    async def discover(self) -> Hits:
        """What the empty palette shows: the actions, then the course."""
        for key, text, about, run in self._commands():
            yield DiscoveryHit(_line(key, Content(text), about), run, text=text)

    async def search(self, query: str) -> Hits:
        """Fuzzy matches over actions, presets and sections."""
        matcher = self.matcher(query)
        for key, text, about, run in self._commands():
            score, found = matcher.fuzzy_search.match(query, text)
            if score > 0:
                spans = [Span(at, at + 1, matcher.match_style) for at in found if not text[at].isspace()]
                yield Hit(score, _line(key, Content(text, spans), about), run, text=text)

    def _commands(self) -> list[Command]:
        """Key, text, what about it, and what it does."""
        study = self._study
        if study is None:
            return []
        lesson = study.panes.lesson
        commands: list[Command] = [
            (keys.label(key.id), _(key.text).capitalize(), _(key.group), partial(study.action_do, key.id))
            for key in KEYS
            if key.where == STUDY and key.id != "app.palette" and (lesson is not None or not key.lesson)
        ]
        if lesson is not None:
            commands += [
                (
                    "",
                    _("Run {lesson} with preset {preset}").format(lesson=lesson.id, preset=name),
                    str(preset.see),
                    partial(study.runs.run_preset, name),
                )
                for name, preset in lesson.presets.items()
            ]
        commands += self._bookmarks(study)
        commands += [
            ("", f"{section.id} {section.title}", _("Open the section"), partial(study.panes.open_section, section))
            for section in study.session.course.sections
        ]
        return commands

    def _bookmarks(self, study: StudyScreen) -> list[Command]:
        """The bookmarks in reading order; one whose page is gone from the note is left out."""
        seen = progress.load()
        found: list[Command] = []
        for section in study.session.course.sections:
            for page in _pages(section, seen):
                name = _("Bookmark: {page}").format(page=f"{section.id} {section.title} › {page.title}")
                found.append(("", name, _("Go to this page"), partial(study.panes.open_section, section, page.index)))
        return found


def _line(key: str, text: Content, about: str) -> Content:
    """One row a command: its key, what it does, and the group it belongs to or what it shows."""
    return Content.assemble((fit(key, KEY_CELLS), "bold"), " ", text, (f"  {about}" if about else "", "dim"))


def _pages(section: Section, seen: progress.Progress) -> list[Page]:
    """The bookmarked pages of a section."""
    marked = seen.of(section.id).bookmarks
    if not marked:
        return []
    try:
        return [page for page in section.note().pages if page.index in marked]
    except DlwpError:
        return []  # opening the section shows what is wrong with its note
