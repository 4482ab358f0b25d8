"""Filtering and sorting the history by a line of words: `3.4 finished units=64 val_loss<0.3 #best sort:val_loss`.

A lesson's id, a state, `name=value` (also `!=`, `<`, `>`, `<=`, `>=`) for a param, a metric's best figure or a fact
(`seed`, `seconds`, `disk` in MB, `data`, `preset`, ...), `#tag`, `since:2d` or `since:2026-11-01`, `until:` the same
(a day belongs to both), `sort:name` or `sort:-name` (any of these names, `created`, `lesson`), `archived` for what was
put away too. Any other word must stand in the run's name, id or preset.
"""

from __future__ import annotations

import operator
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from dlwp_tui.analysis.history import HistoryRow
from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _, sentences
from dlwp_tui.course.problem import did_you_mean
from dlwp_tui.runs.series import higher_is_better
from dlwp_tui.runs.state import RunState, word

SORT, SINCE, UNTIL = "sort:", "since:", "until:"
SORTED = 3
"""Metrics to walk through at most."""
_COMPARISON = re.compile(r"^([A-Za-z_][\w.]*)(!=|<=|>=|=|<|>)(.*)$")
_LESSON = re.compile(r"^\d+(\.\d+)+$")
_AGE = re.compile(r"^(\d{1,4})([mhdw])$")
_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip


@dataclass
class Filter:
    """What a row must be, and the order of those that are."""

    tests: list[Callable[[HistoryRow], bool]] = field(default_factory=list)
    sort: str = ""
    """A metric, a param or a fact; "": newest first."""
    backwards: bool = False
    archived: bool = False
    names: list[str] = field(default_factory=list)
    """The metrics, params and facts that it asks for."""

    def apply(self, rows: Iterable[HistoryRow]) -> list[HistoryRow]:
        """The rows that pass, in order. With a metric the best come first, rows without it last."""
        found = [row for row in rows if (self.archived or not row.labels.archived) and all(t(row) for t in self.tests)]
        if not self.sort:
            return found
        known = [row for row in found if _value(row, self.sort) is not None]
        unknown = [row for row in found if _value(row, self.sort) is None]
        descending = higher_is_better(self.sort) is True and any(row.figure(self.sort) for row in known)
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
        elif lowered.startswith(SINCE):
            begin = _moment(one, SINCE, time.time() if now is None else now)
            made.tests.append(lambda row, begin=begin: row.created >= begin)  # type: ignore[misc]
        elif lowered.startswith(UNTIL):
            end = _moment(one, UNTIL, time.time() if now is None else now)
            made.tests.append(lambda row, end=end: row.created < end)  # type: ignore[misc]
        elif lowered.startswith(SORT):
            made.sort, made.backwards = one[len(SORT) :].removeprefix("-"), one[len(SORT) :].startswith("-")
            made.names += [made.sort] if made.sort else []
        elif match := _COMPARISON.match(one):
            made.tests.append(_comparison(*match.groups()))
            made.names.append(match[1])
        else:
            made.tests.append(lambda row, wanted=lowered: wanted in _words(row))  # type: ignore[misc]
    return made


def settled(text: str, rows: Iterable[HistoryRow]) -> str:
    """What is typed so far, without a last word that may be the beginning of a longer one: `rat` of `rate=2`."""
    *before, last = text.split(" ")
    if not last:
        return text
    whole = {*map(str, RunState), *map(word, RunState), "archived", _("archived")}
    begun = {name for row in rows for name in (*row.params, *row.metrics)} | FACTS.keys()
    longer = any(one.startswith(last) for one in (*begun, *whole, SORT, SINCE, UNTIL))
    return " ".join(before) if longer and last not in whole else text


def unknown(made: Filter, rows: Iterable[HistoryRow]) -> str:
    """A sentence where the filter asks for something that none of `rows` has; "" where there is nothing to say."""
    rows = list(rows)
    there = {name for row in rows for name in (*row.params, *row.metrics)} | FACTS.keys()
    for name in made.names:
        if rows and name not in there and all(_value(row, name) is None for row in rows):
            return sentences(_("No run has {name}.").format(name=name), did_you_mean(name, sorted(there)))
    return ""


def sorts(rows: Iterable[HistoryRow]) -> list[str]:
    """The orders worth walking through, as `sort:` names them; the first, "", is newest first."""
    counts = Counter(name for row in rows for name in row.metrics)
    validation = [name for name in counts if name.startswith("val_")] or list(counts)
    common = [name for name, _times in counts.most_common() if name in validation]
    return ["", *common[:SORTED], "-seconds", "-disk", "created"]


def resorted(text: str, sort: str) -> str:
    """A filter's words with another order."""
    words = [one for one in text.split() if not one.lower().startswith(SORT)]
    return " ".join([*words, *([f"{SORT}{sort}"] if sort else [])])


def sort_of(text: str) -> str:
    """The order that a filter's words name, as in `sorts`; "" for none."""
    return next((one[len(SORT) :] for one in reversed(text.split()) if one.lower().startswith(SORT)), "")


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


FACTS: dict[str, Callable[[HistoryRow], Any]] = {
    "created": lambda row: row.created,
    "seconds": lambda row: row.seconds,
    "lesson": lambda row: row.lesson,
    "seed": lambda row: row.seed,
    "preset": lambda row: row.preset,
    "source": lambda row: row.source,
    "data": lambda row: row.source,
    "state": lambda row: str(row.state),
    "disk": lambda row: row.disk / 1e6,
}
"""What a run can be asked for besides its params and metrics."""


def _value(row: HistoryRow, name: str) -> Any:
    """A param, a metric's best figure, or a fact of the row, by name; None where there is none."""
    if name in row.params:
        return row.params[name]
    if (best := row.figure(name)) is not None:
        return best.value
    return FACTS[name](row) if name in FACTS else None


def _order(value: Any) -> tuple[int, Any]:
    """Numbers before words; sections by their numbers."""
    if isinstance(value, int | float):
        return (0, float(value))
    if isinstance(value, str) and _LESSON.match(value):
        return (1, tuple(int(part) for part in value.split(".")))
    return (2, str(value))


def _moment(one: str, kind: str, now: float) -> float:
    """Seconds since the epoch of `since:2d` or `until:2026-11-01`: the begin of that day, with `until:` its end."""
    text = one[len(kind) :]
    if match := _AGE.match(text):
        return now - int(match[1]) * _SECONDS[match[2]]
    try:
        day = time.strptime(text, "%Y-%m-%d")
        return time.mktime((day.tm_year, day.tm_mon, day.tm_mday + (kind == UNTIL), 0, 0, 0, 0, 0, -1))
    except (ValueError, OverflowError):
        raise UsageError(
            _("{word} is no date.").format(word=one), _("For example: since:2d or until:2026-11-01")
        ) from None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _words(row: HistoryRow) -> str:
    return " ".join(filter(None, (row.labels.name, row.id, row.preset or ""))).lower()
