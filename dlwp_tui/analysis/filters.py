"""Filtering and sorting the history by a line of words: `3.4 finished units=64 val_loss<0.3 #best sort:val_loss`.

A lesson's id, a state, `name=value` (also `!=`, `<`, `>`, `<=`, `>=`) for a param or a metric's best figure, `#tag`,
`since:2d` or `since:2026-11-01`, `sort:name` or `sort:-name` (a metric, a param, `created`, `seconds`, `lesson`),
`archived` for what was put away too. Any other word must stand in the run's name, id or preset.
"""

from __future__ import annotations

import operator
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from dlwp_tui.analysis.history import HistoryRow
from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _
from dlwp_tui.runs.series import higher_is_better
from dlwp_tui.runs.state import RunState, word

_COMPARISON = re.compile(r"^([A-Za-z_][\w.]*)(!=|<=|>=|=|<|>)(.*)$")
_LESSON = re.compile(r"^\d+(\.\d+)+$")
_AGE = re.compile(r"^(\d+)([mhdw])$")
_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip


@dataclass
class Filter:
    """What a row must be, and the order of those that are."""

    tests: list[Callable[[HistoryRow], bool]] = field(default_factory=list)
    sort: str = ""
    """A metric, a param, `created`, `seconds` or `lesson`; "": newest first."""
    backwards: bool = False
    archived: bool = False

    def apply(self, rows: Iterable[HistoryRow]) -> list[HistoryRow]:
        """The rows that pass, in order. With a metric the best come first, rows without it last."""
        found = [row for row in rows if (self.archived or not row.labels.archived) and all(t(row) for t in self.tests)]
        if not self.sort:
            return found
        known = [row for row in found if _value(row, self.sort) is not None]
        unknown = [row for row in found if _value(row, self.sort) is None]
        descending = higher_is_better(self.sort) is True and any(self.sort in row.best for row in known)
        known.sort(key=lambda row: _order(_value(row, self.sort)), reverse=descending != self.backwards)
        return known + unknown


def parse(text: str, now: float | None = None) -> Filter:
    """The filter that `text` asks for. Raises UsageError for a comparison or a date that makes no sense."""
    made = Filter()
    for one in text.split():
        lowered = one.lower()
        states = [state for state in RunState if lowered in (str(state), word(state).lower())]
        if states:
            made.tests.append(lambda row, wanted=states[0]: row.state is wanted)  # type: ignore[misc]
        elif lowered in ("archived", _("archived")):
            made.archived = True
        elif _LESSON.match(one):
            made.tests.append(lambda row, wanted=one: row.lesson == wanted)  # type: ignore[misc]
        elif one.startswith("#") and len(one) > 1:
            made.tests.append(lambda row, wanted=one[1:]: wanted in row.labels.tags)  # type: ignore[misc]
        elif lowered.startswith("since:"):
            begin = _since(one[6:], time.time() if now is None else now)
            made.tests.append(lambda row, begin=begin: row.created >= begin)  # type: ignore[misc]
        elif lowered.startswith("sort:"):
            made.sort, made.backwards = one[5:].removeprefix("-"), one[5:].startswith("-")
        elif match := _COMPARISON.match(one):
            made.tests.append(_comparison(*match.groups()))
        else:
            made.tests.append(lambda row, wanted=lowered: wanted in _words(row))  # type: ignore[misc]
    return made


def _comparison(name: str, sign: str, text: str) -> Callable[[HistoryRow], bool]:
    if not text:
        raise UsageError(
            _("{comparison} lacks a value.").format(comparison=f"{name}{sign}"),
            _("For example: {example}").format(example=f"{name}{sign}0.5"),
        )
    compare = _OPERATORS[sign]
    number = _number(text)
    if number is None and sign not in ("=", "!="):
        raise UsageError(
            _("{text} is no number, so nothing can be larger or smaller.").format(text=text),
            _("Compare words with = or !=."),
        )

    def test(row: HistoryRow) -> bool:
        value = _value(row, name)
        if value is None:
            return False
        if number is not None and isinstance(value, int | float) and not isinstance(value, bool):
            return compare(float(value), number)
        return sign in ("=", "!=") and compare(str(value).lower(), text.lower())

    return test


def _value(row: HistoryRow, name: str) -> Any:
    """A param, a metric's best figure, or a fact of the row, by name; None where there is none."""
    if name in row.params:
        return row.params[name]
    if name in row.best:
        return row.best[name].value
    facts: dict[str, Any] = {
        "created": row.created,
        "seconds": row.seconds,
        "lesson": row.lesson,
        "seed": row.seed,
        "preset": row.preset,
        "source": row.source,
        "data": row.source,
        "state": str(row.state),
    }
    return facts.get(name)


def _order(value: Any) -> tuple[int, Any]:
    """Numbers before words; sections by their numbers."""
    if isinstance(value, int | float):
        return (0, float(value))
    if isinstance(value, str) and _LESSON.match(value):
        return (1, tuple(int(part) for part in value.split(".")))
    return (2, str(value))


def _since(text: str, now: float) -> float:
    if match := _AGE.match(text):
        return now - int(match[1]) * _SECONDS[match[2]]
    try:
        return time.mktime(time.strptime(text, "%Y-%m-%d"))
    except (ValueError, OverflowError):
        raise UsageError(
            _("since:{text} is no date.").format(text=text), _("For example: since:2d or since:2026-11-01")
        ) from None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _words(row: HistoryRow) -> str:
    return " ".join(filter(None, (row.labels.name, row.id, row.preset or ""))).lower()
