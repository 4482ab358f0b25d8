"""Nothing of the original notes is lost: headings, claims, errata, open points, drawings, references and terms.

The tables are data of the tests. What they promise is looked for in the notes themselves, so that neither an empty note
nor an entry in content/claims.toml alone satisfies them.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from dlwp_tui.course import claims as claims_file
from dlwp_tui.course import glossary as glossary_file
from dlwp_tui.course import lesson_code
from dlwp_tui.course.claims import Claims
from dlwp_tui.course.reader import Course
from tests.content.conftest import table

Lacking = Callable[[str, str, list[str]], list[str]]
Vague = Callable[[str, list[str]], list[str]]

CLAIMS = {f"C{number:03}" for number in range(1, 292)}
"""Those of the original notes. A lesson may add others, from C292 on, to the list and to the table."""
ERRATA = [f"E{number:03}" for number in range(1, 194)] + [f"B{number:02}" for number in range(1, 32)]
UNPROVED_FACTS = {
    "C149": "what VGG16 makes of a photo depends on the photo, which is not kept",
    "C181": "the Jena file has 420,551 rows: only the file itself shows it",
}
"""Facts that neither a note can derive nor a lesson of today checks; every other claim code can decide is proved."""


@pytest.fixture
def claims(course: Course) -> Claims:
    return claims_file.load(course.content)


# -- headings --------------------------------------------------------------------------------------------------------


def test_every_heading_of_the_notes_has_its_section(course: Course) -> None:
    titles = {section.id: section.title for section in course.sections}
    rows = table("sections")["sections"]
    assert len(rows) > 100
    assert [row for row in rows if row[2] not in titles] == []
    assert [(row, titles[row[2]]) for row in rows if row[3] not in titles[row[2]]] == []


def test_the_sections_keep_the_order_of_the_notes(course: Course) -> None:
    order = [section.id for section in course.sections]
    places = [order.index(row[2]) for row in table("sections")["sections"]]
    assert places == sorted(places)


@pytest.mark.parametrize("group", ["open", "summaries"])
def test_open_points_are_answered_and_summaries_kept(group: str, lacking: Lacking) -> None:
    assert [
        gap for what, (section, *words) in table("sections")[group].items() for gap in lacking(what, section, words)
    ] == []


def test_the_drawings_that_carry_meaning_are_drawn_again(notes: dict[str, str]) -> None:
    gone = []
    for what, (section, *words) in table("sections")["drawings"].items():
        drawings = re.findall(r"^```diagram\n(.*?)\n```$", notes[section], re.DOTALL | re.MULTILINE)
        if not any(all(word in drawing for word in words) for drawing in drawings):
            gone.append((what, section, words))
    assert gone == []


# -- claims ----------------------------------------------------------------------------------------------------------


def test_every_claim_stands_once_in_the_list_and_in_the_table(claims: Claims) -> None:
    ids = [claim.id for claim in claims.claims]
    assert sorted(ids) == sorted(table("claims"))
    assert sorted(CLAIMS.difference(ids)) == []


def test_every_claim_is_carried_by_the_note_of_its_section(claims: Claims, lacking: Lacking) -> None:
    rows = table("claims")
    moved = [
        (claim.id, claim.section, rows[claim.id][0]) for claim in claims.claims if claim.section != rows[claim.id][0]
    ]
    assert moved == []
    assert [gap for claim, (section, *words) in rows.items() for gap in lacking(claim, section, words)] == []


def test_the_words_of_a_claim_point_at_its_note(vague: Vague) -> None:
    assert [weak for claim, (_section, *words) in table("claims").items() for weak in vague(claim, words)] == []


def test_every_proof_exists(course: Course, claims: Claims) -> None:
    missing = []
    for claim in claims.claims:
        assert len(claim.proofs) == len(claim.proved)
        for text, proof in zip(claim.proved, claim.proofs, strict=True):
            section = course.section(proof.section)
            if proof.kind == "check":
                found = claim.id in lesson_code.checked(section.folder, course.content)
            elif proof.kind == "experiment":
                found = claim.id in section.lesson().experiment(proof.experiment).claims
            else:
                found = bool(section.note().pages)
            if not found:
                missing.append((claim.id, text))
    assert missing == []


def test_what_lessons_prove_is_written_in_the_list(course: Course, claims: Claims) -> None:
    unlisted = []
    for section in course.sections:
        if not section.has_lesson:
            continue
        checked = lesson_code.checked(section.folder, course.content)
        proofs = {(claim, f"check:{section.id}") for claim in checked}
        for experiment in section.lesson().experiments:
            proofs |= {(claim, f"experiment:{section.id}/{experiment.id}") for claim in experiment.claims}
        unlisted += [
            (claim, proof)
            for claim, proof in proofs
            if (found := claims.find(claim)) is None or proof not in found.proved
        ]
    assert sorted(unlisted) == []


def test_facts_are_proved_and_training_alone_is_left_to_lessons(claims: Claims) -> None:
    """A claim code can decide has its proof; an empty list is for what only training, or only judgement, can tell."""
    unproved = {claim.id for claim in claims.claims if claim.status in ("true", "false", "caveat") and not claim.proved}
    assert unproved <= UNPROVED_FACTS.keys()
    only_told = [
        claim.id
        for claim in claims.claims
        if claim.status == "training" and claim.proved and all(proof.kind == "note" for proof in claim.proofs)
    ]
    assert only_told == []


# -- errata ----------------------------------------------------------------------------------------------------------


def places(entry: dict[str, list[str]]) -> dict[str, list[str]]:
    """The sections of an erratum with the words that stand there."""
    return {key: words for key, words in entry.items() if key[0].isdigit()}


def test_every_erratum_is_in_the_table_and_says_what_is_done() -> None:
    rows = table("errata")
    assert sorted(rows) == sorted(ERRATA)
    assert {key for entry in rows.values() for key in entry if not key[0].isdigit()} <= {"absent", "except", "why"}
    assert [
        name for name, entry in rows.items() if not places(entry) and not (entry.get("absent") and entry.get("why"))
    ] == []


def test_every_erratum_is_put_right_in_its_note(lacking: Lacking) -> None:
    gaps = [
        gap
        for name, entry in table("errata").items()
        for section, words in places(entry).items()
        for gap in lacking(name, section, words)
    ]
    assert gaps == []


def test_the_words_of_an_erratum_point_at_its_note(vague: Vague) -> None:
    weak = [
        sentence
        for name, entry in table("errata").items()
        for words in places(entry).values()
        for sentence in vague(name, words)
    ]
    assert weak == []


def test_slips_of_the_pen_are_gone(course: Course, notes: dict[str, str]) -> None:
    texts = dict(notes)
    for file in ("claims.toml", "glossary.toml"):
        texts[file] = (course.content / file).read_text(encoding="utf-8")
    quoted_in_claims = {"unit8"}  # C018 says that the notes misspell it
    left = [
        (name, word, where)
        for name, entry in table("errata").items()
        for word in entry.get("absent", [])
        for where, text in texts.items()
        if word in text and where not in entry.get("except", [])
        if not (word in quoted_in_claims and where.endswith(".toml"))
    ]
    assert left == []


def test_old_interfaces_are_in_one_table(notes: dict[str, str]) -> None:
    """E153-E193 are the obsolete interfaces: the appendix maps each to today's."""
    rows = table("errata")
    assert [name for name in ERRATA if "E153" <= name <= "E193" and "10.2" not in rows[name]] == []
    assert notes["10.2"].count("| 旧写法 | ") >= 8


# -- references and terms --------------------------------------------------------------------------------------------


def test_every_page_of_the_book_is_named_in_its_chapter(course: Course, notes: dict[str, str]) -> None:
    missing = []
    for chapter, pages in table("references")["pages"].items():
        text = "\n".join(notes[section.id] for section in course.sections if section.id.split(".")[0] == chapter)
        missing += [(chapter, page) for page in pages if not re.search(rf"{re.escape(page)}(?!\d)", text)]
    assert missing == []


@pytest.mark.parametrize(("group", "key"), [("web", "pages"), ("code", "files")])
def test_every_link_and_code_file_of_the_notes_is_kept(group: str, key: str, notes: dict[str, str]) -> None:
    everything = "\n".join(notes.values())
    names = table("references")[group][key]
    assert len(names) > 25
    assert [name for name in names if name not in everything] == []


def test_every_term_of_the_notes_is_in_the_glossary(course: Course) -> None:
    glossary = glossary_file.load(course.content)
    terms = table("references")["glossary"]["terms"]
    assert len(terms) > 200
    assert [term for term in terms if glossary.find(term) is None] == []
