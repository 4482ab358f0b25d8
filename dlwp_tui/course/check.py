"""`dlwp check`: every problem of the course's files, each with file, place and hint. Never stops at the first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from dlwp_tui.core import content as contents
from dlwp_tui.core.errors import ContentError, Problem, UsageError
from dlwp_tui.core.language import _
from dlwp_tui.course import check_lesson, check_note, lesson_code, markdown, reader, style
from dlwp_tui.course import claims as claims_file
from dlwp_tui.course import glossary as glossary_file
from dlwp_tui.course.claims import Claims
from dlwp_tui.course.files import read_text, relative
from dlwp_tui.course.problem import BrokenFile, at_key, names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from dlwp_tui.course.check_lesson import Figures
    from dlwp_tui.course.claims import Proof
    from dlwp_tui.course.glossary import Glossary, Term
    from dlwp_tui.course.reader import Course

T = TypeVar("T")


def check(
    content: Path | None = None, datasets: Iterable[str] | None = None, figures: Figures | None = None
) -> list[Problem]:
    """All problems of the course in `content`, or of the one in force with its further folders, in reading order.

    `datasets` are the names lessons may use, `figures` those that a lesson's runs have; None leaves them unchecked.
    Lesson code is parsed, never imported.
    """
    content, *further = (content.absolute(),) if content else contents.folders()
    try:
        course = reader.read(content, *further)
    except BrokenFile as error:
        return list(error.problems)
    except ContentError as error:
        return [Problem(str(content), "", error.message, error.hint)]
    problems = [*course.problems, *_tree(course)]
    glossary = _read(glossary_file.load, content, problems)
    claims = _read(claims_file.load, content, problems)
    known = None if datasets is None else frozenset(datasets)
    for section in course.sections:
        problems += check_note.check(course, section, glossary)
        problems += check_lesson.check(section, claims or Claims(), known, figures)
    if glossary is not None:
        found = list(style.rules(enumerate(_lines(content / "glossary.toml"), 1)))
        for term in glossary.terms:
            found += _term(course, glossary, term)
        problems += (replace(problem, file="glossary.toml") for problem in found)
    if claims is not None:
        problems += (replace(problem, file="claims.toml") for problem in _claims(course, claims))
    return problems


def warnings(course: Course) -> Iterator[Problem]:
    """What is not wrong, but leaves an experiment unproved or hard to read.

    Claims without the figures that they are about, and sides without a name, which sentences then call by their params.
    """
    for section in course.sections:
        try:
            experiments = section.lesson().experiments if section.has_lesson else ()
            read = {experiment.id: names(sorted(check_lesson.compared(experiment))) for experiment in experiments}
        except ContentError:
            continue  # `check` reports it
        file = relative(section.folder / "lesson.toml", section.content)
        for experiment in experiments:
            where = f"experiments.{experiment.id}"
            unnamed = [side for side in experiment.runs if side not in experiment.names]
            if unnamed and len(experiment.runs) > 1:
                message = _("Its sides have no names: {sides}").format(sides=names(unnamed))
                yield Problem(file, where, message, _('Add names = {{ {side} = "…", … }}.').format(side=unnamed[0]))
            if experiment.claims and not experiment.compares:
                yield Problem(
                    file,
                    where,
                    _("It names claims, but not the figures that they are about."),
                    _("Add compares = [...] with some of: {names}").format(names=read[experiment.id]),
                )


def _read(load: Callable[[Path], T], content: Path, problems: list[Problem]) -> T | None:
    try:
        return load(content)
    except BrokenFile as error:
        problems += error.problems
        return None


def _tree(course: Course) -> Iterator[Problem]:
    """Sections in the wrong chapter, and folders book.toml does not list."""
    for section in course.sections:
        chapter = section.chapter.id
        if chapter.isdigit() and section.id.split(".")[0] != chapter:
            message = _("Section {id} lies in the folder of chapter {chapter}.").format(id=section.id, chapter=chapter)
            yield Problem(relative(section.folder, course.content), "", message, _("Move it, or correct its number."))
    listed = {chapter.folder for chapter in course.chapters}
    for folder in sorted(course.content.iterdir()):
        if folder in listed or not folder.is_dir() or folder.name[0] in "._":
            continue
        if any(reader.FOLDER.match(inner.name) and inner.is_dir() for inner in folder.iterdir()):
            hint = _("Add [[chapters]] with its id, folder and title.")
            yield Problem(folder.name, "", _("book.toml does not list this chapter."), hint)


def _term(course: Course, glossary: Glossary, term: Term) -> Iterator[Problem]:
    """A term's section, and the links and formulas of its text."""
    where = f"terms.{term.zh}"
    if term.section:
        yield from _section_exists(course, f"{where}.section", term.section)
    for link in markdown.links(term.text):
        if link.kind == "sec":
            yield from _section_exists(course, f"{where}.text", link.target)
        elif link.kind == "term" and glossary.find(link.target) is None:
            message = _("The glossary has no term {name!r}.").format(name=link.target)
            hint = glossary.near(link.target) or _("Remove the link.")
            yield at_key(f"{where}.text", message, hint)
    for _line, token in markdown.tokens(term.text):
        for child in token.children or ():
            if child.type == "math_inline" and (wrong := check_note.formula(child.content)):
                yield at_key(f"{where}.text", *wrong)


def _lines(file: Path) -> list[str]:
    return read_text(file, file.parent).split("\n") if file.exists() else []


def _claims(course: Course, claims: Claims) -> Iterator[Problem]:
    chapters = {chapter.id for chapter in course.chapters}
    for claim in claims.claims:
        where = f"claims.{claim.id}"
        if claim.section.split(".")[0] in chapters:  # claims of chapters still to be written may stand there already
            yield from _section_exists(course, f"{where}.section", claim.section)
        for proof in claim.proofs:
            try:
                missing = _missing_proof(course, proof, claim.id)
            except BrokenFile:
                continue  # reported with the file itself
            except UsageError as error:
                missing = (error.message, error.hint)
            if missing:
                yield at_key(f"{where}.proved", *missing)


def _missing_proof(course: Course, proof: Proof, claim: str) -> tuple[str, str] | None:
    """Message and hint where the place that `proof` names does not prove the claim."""
    section = course.section(proof.section)
    if proof.kind == "note":
        section.note()
        return None
    lesson = section.lesson()
    if proof.kind == "experiment":
        message = _("Experiment {id} of lesson {lesson} does not name {claim}.")
        hint = _("Add it to the experiment's claims, or remove the reference.")
        proved = claim in lesson.experiment(proof.experiment).claims
    else:
        message = _("Lesson {lesson} has no check of {claim}.")
        hint = _('Add lab.check(..., claim="{claim}") there, or remove the reference.')
        proved = claim in lesson_code.checked(section.folder, course.content)
    if proved:
        return None
    return message.format(id=proof.experiment, lesson=section.id, claim=claim), hint.format(claim=claim)


def _section_exists(course: Course, where: str, section_id: str) -> Iterator[Problem]:
    try:
        course.section(section_id)
    except UsageError as error:
        yield at_key(where, error.message, error.hint)
