from __future__ import annotations

from dlwp_tui.tui.reader.trail import LONGEST, Place, Trail


def visited(count: int) -> Trail:
    trail = Trail()
    for page in range(count):
        trail.visit(Place("1.1", page))
    return trail


def test_nothing_was_opened() -> None:
    trail = Trail()
    assert trail.place is None
    assert trail.go(-1) is None
    assert trail.go(1) is None


def test_back_and_forward() -> None:
    trail = visited(3)
    assert trail.go(1) is None
    assert trail.go(-1) == Place("1.1", 1)
    assert trail.go(-1) == Place("1.1", 0)
    assert trail.go(-1) is None
    assert trail.place == Place("1.1", 0)
    assert trail.go(1) == Place("1.1", 1)


def test_the_page_shown_again_changes_nothing() -> None:
    trail = visited(3)
    trail.go(-1)
    trail.visit(Place("1.1", 1))
    assert trail.go(1) == Place("1.1", 2)


def test_another_page_forgets_what_lay_ahead() -> None:
    trail = visited(3)
    trail.go(-1)
    trail.visit(Place("2.1", 0))
    assert trail.go(1) is None
    assert trail.go(-1) == Place("1.1", 1)


def test_the_oldest_pages_are_forgotten() -> None:
    trail = visited(LONGEST + 5)
    steps = 0
    while trail.go(-1) is not None:
        steps += 1
    assert steps == LONGEST - 1
    assert trail.place == Place("1.1", 5)
