"""A figure told as recorded stands in the source notes or the book: no figure of this course passes for one of theirs.

The sources lie beside the checkout (`../shared/seed`), where there are any; without them these tests are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from dlwp_tui.course import claims as claims_file
from dlwp_tui.course.reader import Course, Section

SEED = Path(__file__).parents[3] / "shared" / "seed"
NOTES, BOOK, OURS = "notes", "book", "ours"
MARKS = {
    OURS: re.compile(r"本课|这里(实)?[测跑算训]|实测|推算|算得|理论|[算核]|默认|现在|Keras [23]"),
    NOTES: re.compile(r"笔记(?!本)|原文"),
    BOOK: re.compile(r"(?<![图证读])书(?![写籍签])|notebook"),
}
_WORDS = {"nb": BOOK, "py": NOTES, "notes": NOTES, "note-taker": NOTES}
NUMBER = re.compile(
    r"(?<![\w.])[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)*(?:e[-+]?\d+)?(?![\w.]*\d)[ ]?[%万]?", re.IGNORECASE
)
SKIPPED = re.compile(
    r"\]\([^)]*\)|`[^`]*`|(?<!\w)P ?\d+(?:[–～、-]P?\d+)*|[EC]\d{3}|\d+(?:\.\d+)+(?: ?节|[、到和]\d+\.\d+ ?节)|"
    r"\[?\d+\.\d+(?:\.\d+)*(?=\]| ?节| 的?课)|第 ?\d+ ?章|\b(?:19|20)\d\d\b|(?:Keras|版|Python) ?\d[\d.]*"
)


def numbers(text: str) -> set[tuple[Decimal, Decimal]]:
    """The numbers of a text, each with half a unit of its last digit."""
    found = set()
    for raw in NUMBER.findall(text):
        digits = raw.replace(",", "").replace("−", "-").rstrip("%万 ")
        if digits.count(".") > 1:  # a version or a section
            continue
        value = Decimal(digits)
        half = Decimal(5).scaleb(int(value.as_tuple().exponent) - 1)
        factor = Decimal("0.01") if raw.endswith("%") else Decimal(10_000) if raw.endswith("万") else Decimal(1)
        found.add((abs(value) * factor, half * factor))
    return found


@pytest.fixture(scope="module")
def sources() -> dict[str, set[Decimal]]:
    """The figures that the source notes and the book hold."""
    if not SEED.is_dir():
        pytest.skip(f"the source notes are not there: {SEED}")
    texts = {NOTES: [(SEED / "notes-source.txt").read_text(encoding="utf-8")], BOOK: [""]}
    for name in ("10-lessons.md", "20-claims.md", "80-results.md"):
        for line in (SEED / name).read_text(encoding="utf-8").splitlines():
            if name.startswith("80") and line.count("|") == 5:
                cells = line.split("|")
                texts[NOTES].append(cells[2] + " " + cells[3])
                texts[BOOK].append(cells[2] + " " + cells[4])
                continue
            for cell in line.split("|"):
                whose = {NOTES} if name.startswith("20") else {NOTES, BOOK}
                for piece in re.split(r"[;()]|\. ", cell):
                    marks = {_WORDS[word] for word in re.findall(r"(?<![.\w-])(nb|py|notes|note-taker)\b", piece)}
                    whose = marks or whose
                    for one in whose:
                        texts[one].append(re.sub(r"\be(?=\d)", "", piece))
    return {
        name: {value for text in parts for one in (text, text.replace(",", " ")) for value, _half in numbers(one)}
        for name, parts in texts.items()
    }


def told(text: str, mark: str = "") -> Iterator[tuple[str, str]]:
    """Each clause of a text with whose figures it tells: those of the last mark before it, in the same sentence."""
    for sentence in re.split(r"[。！？\n|]", text):
        whose = mark
        for clause in re.split(r"[；，,：:（）()](?!\d{3})", SKIPPED.sub(" ", sentence)):
            found = [name for name, words in MARKS.items() if words.search(clause)]
            whose = found[0] if OURS in found else ("+".join(found) or whose)
            yield whose, clause


def unknown(text: str, sources: dict[str, set[Decimal]], mark: str = "") -> list[str]:
    """The clauses that tell a figure which its source does not hold."""
    gaps = []
    for whose, clause in told(text, mark):
        if whose in ("", OURS):
            continue
        known = {value for name in whose.split("+") for value in sources[name]}
        for value, half in numbers(clause):
            if not any(abs(one - value) <= half for one in known):
                gaps.append(f"{value.normalize():f} [{whose}] {clause.strip()}")
    return gaps


def recorded(section: Section) -> Iterator[tuple[str, str]]:
    lesson = section.lesson()
    for experiment in lesson.experiments:
        yield f"{section.id}/{experiment.id}", str(experiment.recorded)


def test_what_experiments_show_as_recorded_was_recorded(course: Course, sources: dict[str, set[Decimal]]) -> None:
    gaps = [
        f"{where}: {gap}"
        for section in course.sections
        if section.has_lesson
        for where, text in recorded(section)
        for gap in unknown(text, sources, f"{NOTES}+{BOOK}")
    ]
    assert not gaps, "\n".join(gaps)


def test_what_claims_show_as_recorded_was_recorded(course: Course, sources: dict[str, set[Decimal]]) -> None:
    gaps = [
        f"{claim.id} ({claim.section}): {gap}"
        for claim in claims_file.load(course.content).claims
        for gap in unknown(str(claim.recorded), sources, f"{NOTES}+{BOOK}")
    ]
    assert not gaps, "\n".join(gaps)


def test_what_presets_and_notes_tell_as_recorded_was_recorded(
    course: Course, notes: dict[str, str], sources: dict[str, set[Decimal]]
) -> None:
    gaps = []
    for section in course.sections:
        plain = re.sub(
            r"(?ms)^ *(```+).*?^ *\1 *$|\$\$.*?\$\$|\$[^$\n]+\$|^:::quiz.*?^:::|^# [\d.]+", " ", notes[section.id]
        )
        gaps += [f"{section.id}, note: {gap}" for gap in unknown(plain, sources)]
        if section.has_lesson:
            for name, preset in section.lesson().presets.items():
                for text in (preset.see, preset.why):
                    gaps += [f"{section.id}, preset {name}: {gap}" for gap in unknown(str(text or ""), sources)]
    assert not gaps, "\n".join(gaps)
