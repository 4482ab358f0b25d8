"""The course as a reader meets it: sound files, formulas and drawings that come out, pages and code that fit."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from markdown_it.token import Token
from rich.cells import cell_len

from dlwp_tui.core.errors import DlwpError
from dlwp_tui.course import check, markdown
from dlwp_tui.course import glossary as glossary_file
from dlwp_tui.course.blocks import Diagram, Math, Quiz
from dlwp_tui.course.glossary import Glossary
from dlwp_tui.course.note import Page
from dlwp_tui.course.reader import Course, Section
from dlwp_tui.data.registry import DATASETS
from dlwp_tui.tex import formula

PAGE_BYTES = 5 * 1024
"""A page of this size is on the screen in 0.24 s; the cost grows quadratically."""
CODE_COLUMNS = 80
DRAWING_COLUMNS = 70
"""What a note's pane has at 80 columns, its border and indentation taken off."""
FORMULA_COLUMNS = 74

Tokens = list[tuple[str, Token]]


@pytest.fixture(scope="module")
def cache() -> dict[str, Tokens]:
    return {}


@pytest.fixture
def tokens(course: Course, cache: dict[str, Tokens]) -> Tokens:
    """Every token of every note with its section, inside alerts and quizzes too; parsed once, it takes seconds."""
    if not cache:
        cache["all"] = [
            (section.id, token) for section, page in pages(course) for _line, token in markdown.tokens(page.markdown)
        ]
    return cache["all"]


@pytest.fixture
def glossary(course: Course) -> Glossary:
    return glossary_file.load(course.content)


def pages(course: Course) -> Iterator[tuple[Section, Page]]:
    return ((section, page) for section in course.sections for page in section.note().pages)


def test_the_linter_finds_nothing(course: Course) -> None:
    assert [str(problem) for problem in check.check(course.content, datasets=DATASETS)] == []


def test_every_formula_comes_out(tokens: Tokens, glossary: Glossary) -> None:
    shown = [(section, token.meta["data"].tex) for section, token in tokens if isinstance(token.meta.get("data"), Math)]
    inside = [
        (section, child.content)
        for section, token in tokens
        for child in token.children or []
        if child.type == "math_inline"
    ]
    inside += [
        (term.zh, child.content)
        for term in glossary.terms
        for _line, token in markdown.tokens(term.text)
        for child in token.children or []
        if child.type == "math_inline"
    ]
    assert len(shown) > 100 and len(inside) > 200
    broken, wide = [], []
    for section, tex in shown:
        try:
            width = max(cell_len(row) for row in formula.layout(tex))
        except DlwpError as error:
            broken.append((section, tex, str(error)))
        else:
            if width > FORMULA_COLUMNS:
                wide.append((section, tex, width))
    for section, tex in inside:
        try:
            assert formula.inline(tex)
        except DlwpError as error:
            broken.append((section, tex, str(error)))
    assert broken == []
    assert wide == []


def test_no_formula_is_left_as_source(course: Course) -> None:
    """A `$$` or a TeX command outside formulas and code: the parser did not see a formula there."""
    left = []
    for section, page in pages(course):
        for line, token in markdown.tokens(page.markdown):
            for child in token.children or []:
                if child.type == "text" and re.search(r"\$\$|\\(?:frac|sum|mathrm|times|cdot)\b", child.content):
                    left.append((section, page.line + line, child.content))
    assert left == []


def test_every_row_of_a_drawing_is_equally_wide_and_fits(tokens: Tokens) -> None:
    drawings = [
        (section, token.meta["data"].text) for section, token in tokens if isinstance(token.meta.get("data"), Diagram)
    ]
    assert len(drawings) > 80
    uneven = [(section, text) for section, text in drawings if len({cell_len(row) for row in text.split("\n")}) > 1]
    wide = [(section, text) for section, text in drawings if cell_len(text.split("\n")[0]) > DRAWING_COLUMNS]
    assert uneven == []
    assert wide == []


def test_no_page_is_too_long_or_empty(course: Course) -> None:
    sizes = [(section, page.title, len(page.markdown.encode())) for section, page in pages(course)]
    assert [row for row in sizes if row[2] > PAGE_BYTES] == []
    assert [row for row in sizes if row[2] < 100] == []


def test_no_line_of_code_is_wider_than_a_terminal(tokens: Tokens) -> None:
    code = [(section, row) for section, token in tokens if token.type == "fence" for row in token.content.split("\n")]
    assert len(code) > 1000
    assert [(section, row) for section, row in code if cell_len(row.expandtabs(4)) > CODE_COLUMNS] == []


def test_code_in_the_notes_is_python_of_today(tokens: Tokens) -> None:
    """Every Python fence compiles on its own: what a reader copies at least parses."""
    broken = []
    for section, token in tokens:
        if token.type == "fence" and token.info.strip() == "python":
            try:
                compile(token.content, section, "exec", dont_inherit=True)
            except SyntaxError as error:
                broken.append((section, error.lineno, error.msg, token.content))
    assert broken == []


OLD = re.compile(
    r"[A-Za-z]:\\|\bfit_generator\b|\blr\s*=(?!=)|\bunit8\b|\bkeras\.backend\.(?:mean|gradients)|\bK\.\w+\("
)
"""A folder of one machine, and names Keras 3 does not know."""


def test_old_names_stand_only_where_an_erratum_quotes_them(notes: dict[str, str]) -> None:
    """In a box (`> `) or in the appendix that maps old to new, nowhere else: not in code, text, quizzes or tables."""
    left = [
        (section, number, line)
        for section, text in notes.items()
        for number, line in enumerate(text.split("\n"), 1)
        if OLD.search(re.sub(r"\$[^$]+\$", "", line)) and not line.startswith("> ") and section != "10.2"
    ]
    assert left == []


def test_in_the_appendix_old_names_are_the_left_column(notes: dict[str, str]) -> None:
    rows = [row for row in notes["10.2"].split("\n") if OLD.search(row)]
    assert len(rows) > 10
    loose = [row for row in rows if not row.startswith("| ") and "from keras import backend as K" not in row]
    assert loose == []
    today = [row for row in rows if row.startswith("| ") and OLD.search(row.rstrip(" |").rsplit(" | ", 1)[1])]
    assert today == []


def test_every_glossary_term_parses_and_there_are_two_hundred(course: Course, glossary: Glossary) -> None:
    assert len(glossary.terms) >= 200
    faulty: list[tuple[str, object]] = []
    for term in glossary.terms:
        kinds = {token.type for _line, token in markdown.tokens(term.text)}
        if not kinds <= {"paragraph_open", "paragraph_close", "inline"}:
            faulty.append((term.zh, kinds))
        if term.section and term.section not in {section.id for section in course.sections}:
            faulty.append((term.zh, term.section))
        if not re.search(r"[\u4e00-\u9fff]", term.text) or len(term.text) < 8:
            faulty.append((term.zh, term.text))
    assert faulty == []


def test_every_link_of_the_course_leads_somewhere(course: Course, glossary: Glossary) -> None:
    texts: list[tuple[object, str]] = [(section, page.markdown) for section, page in pages(course)]
    texts += [(term.zh, term.text) for term in glossary.terms]
    sections = {section.id for section in course.sections}
    links = [(where, link) for where, text in texts for link in markdown.links(text)]
    kinds = {kind: [link for _where, link in links if link.kind == kind] for kind in ("sec", "term", "url")}
    assert len(kinds["sec"]) > 200 and len(kinds["term"]) > 200 and len(kinds["url"]) > 30
    lost = [
        (where, link)
        for where, link in links
        if (link.kind == "sec" and link.target not in sections)
        or (link.kind == "term" and glossary.find(link.target) is None)
        or (link.kind == "url" and not re.match(r"https?://", link.target))
        or link.kind == "file"
    ]
    assert lost == []


def test_sections_with_a_lesson_ask_questions(course: Course) -> None:
    few = [
        (section.id, count)
        for section in course.sections
        if section.has_lesson and (count := sum(page.quizzes for page in section.note().pages)) < 2
    ]
    assert few == []


def test_every_quiz_has_one_right_answer_and_explains_the_others(tokens: Tokens) -> None:
    quizzes = [(section, token.meta["data"]) for section, token in tokens if isinstance(token.meta.get("data"), Quiz)]
    assert len(quizzes) > 150
    odd = [
        (section, quiz.question)
        for section, quiz in quizzes
        if sum(option.right for option in quiz.options) != 1 or not all(len(option.why) >= 2 for option in quiz.options)
    ]
    assert odd == []
    for learner in ("", "/home/a", "/home/b"):
        shown = [quiz.shuffled(learner).options for _section, quiz in quizzes]
        places = [next(i for i, option in enumerate(options) if option.right) for options in shown]
        assert max(places.count(place) for place in set(places)) < 0.5 * len(places)  # no place gives it away
