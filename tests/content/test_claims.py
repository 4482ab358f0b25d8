"""Every statement of the notes is put to the test somewhere, or it is said why it cannot be."""

from __future__ import annotations

import pytest

from dlwp_tui.course import claims as claims_file
from dlwp_tui.course import lesson_code
from dlwp_tui.course.check import warnings
from dlwp_tui.course.claims import Claim
from dlwp_tui.course.reader import Course

CLAIMS = 291
PROVED = 280
"""How many claims a lesson's checks or an experiment prove. It only goes up; 250 is what was set out for."""

Places = dict[str, list[str]]
"""By claim, the places that prove it: `check:3.4`, `experiment:3.4/overfits-early`."""


@pytest.fixture(scope="module")
def places() -> Places:
    from dlwp_tui.course import reader

    found: Places = {}
    for section in reader.load().sections:
        if not section.has_lesson:
            continue
        for claim in sorted(lesson_code.checked(section.folder, section.content)):
            found.setdefault(claim, []).append(f"check:{section.id}")
        for experiment in section.lesson().experiments:
            for claim in experiment.claims:
                found.setdefault(claim, []).append(f"experiment:{section.id}/{experiment.id}")
    return found


@pytest.fixture
def claims(course: Course) -> tuple[Claim, ...]:
    return claims_file.load(course.content).claims


def test_every_claim_is_there_once(claims: tuple[Claim, ...]) -> None:
    assert sorted(claim.id for claim in claims) == [f"C{number:03d}" for number in range(1, CLAIMS + 1)]


def test_every_claim_is_proved_or_says_why_not(claims: tuple[Claim, ...], places: Places) -> None:
    left = [
        f"{claim.id} ({claim.section}, {claim.status}): {claim.statement}"
        for claim in claims
        if claim.id not in places and not (claim.status == "qualitative" and claim.note)
    ]
    assert not left, f"{len(left)} claims without a check or an experiment, or a reason:\n" + "\n".join(left)


def test_how_many_are_proved(places: Places) -> None:
    assert len(places) >= PROVED, "a claim has lost what proves it"


def test_every_experiment_names_the_figures_of_its_claims(course: Course) -> None:
    assert [str(warning) for warning in warnings(course)] == []
