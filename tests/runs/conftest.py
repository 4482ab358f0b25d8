"""`make_run` makes runs in this test's home."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dlwp_tui.runs import store
from dlwp_tui.runs.spec import RunSpec
from tests.runs.fake_run import T0, FakeRun


@pytest.fixture
def make_run() -> Iterator[Callable[..., FakeRun]]:
    """Makes runs with ascending creation times; `spec` fields may be given."""
    made: list[FakeRun] = []
    numbers = itertools.count()

    def make(lesson: str = "3.4", **fields: Any) -> FakeRun:
        number = next(numbers)
        letters = "abcdefghjk"
        suffix = "".join(letters[int(digit)] for digit in f"{number:04d}")
        values: dict[str, Any] = {
            "id": f"20260101-{number // 60:02d}{number % 60:02d}-{lesson}-{suffix}",
            "lesson": lesson,
            "params": {},
            "seed": 1,
            "created": T0 + number,
            "content": "",
            "code_hash": "",
        }
        run = FakeRun(store.create(RunSpec(**(values | fields))))
        made.append(run)
        return run

    yield make
    for run in made:
        run.release()
        run.events.close()
