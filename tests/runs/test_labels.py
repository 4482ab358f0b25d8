"""Names, tags and notes of runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlwp_tui.core.errors import UsageError
from dlwp_tui.runs import labels
from dlwp_tui.runs.labels import Labels, of_json
from tests.runs.fake_run import Make


def test_what_is_written_is_read(make_run: Make) -> None:
    folder = make_run().folder
    assert labels.read(folder) == Labels()
    kept = labels.write(folder, Labels(" my\x1b[2Jbest ", ("#good", "good", "seed-2"), "first line\nsecond", True))
    assert kept == Labels("my[2Jbest", ("good", "seed-2"), "first line\nsecond", True) == labels.read(folder)
    assert folder.labels.stat().st_mode & 0o777 in (0o600, 0o644)
    labels.write(folder, Labels())
    assert not folder.labels.exists()


@pytest.mark.parametrize(
    "bad", [Labels("x" * 61), Labels(tags=("two words",)), Labels(note="x" * 2001), Labels(tags=tuple("abcdefghijklm"))]
)
def test_what_is_too_long_is_refused_and_nothing_changes(make_run: Make, bad: Labels) -> None:
    folder = make_run().folder
    labels.write(folder, Labels("old"))
    with pytest.raises(UsageError):
        labels.write(folder, bad)
    assert labels.read(folder) == Labels("old")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"name": 3, "tags": "a"}', '{"tags": [1, "ok"]}', "\xff"])
def test_a_broken_file_is_no_label(make_run: Make, text: str) -> None:
    folder = make_run().folder
    folder.labels.write_text(text, encoding="latin-1")
    assert labels.read(folder) in (Labels(), Labels(tags=("ok",)))


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(), lambda of: st.lists(of) | st.dictionaries(st.text(), of)
)


@given(st.dictionaries(st.sampled_from(["name", "tags", "note", "archived"]) | st.text(), json_values))
def test_any_json_gives_labels(stored: dict[str, object]) -> None:
    assert isinstance(of_json(stored), Labels)
