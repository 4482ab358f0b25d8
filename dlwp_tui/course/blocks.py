"""The note's own blocks as typed data: run and experiment cards, diagrams, quizzes, alerts, formulas.

A block that cannot be used becomes a Problem, shown in its place.

Syntax:
    ```run 3.4 preset=quick units=4        starts lesson 3.4 with these values; the fence is empty
    ```experiment smaller-overfits-later   an experiment of this section's lesson, or `3.4/smaller-overfits-later`
    ```diagram                             text drawn with box characters, all rows of one width
    :::quiz … :::                          the question, then `- [ ] wrong :: why` and `- [x] right :: why`
    > [!WARNING] 勘误                       an alert: NOTE, TIP, IMPORTANT, WARNING or CAUTION, with an optional title
    $$ … $$                                a formula
"""

from __future__ import annotations

import hashlib
import re
import shlex
from dataclasses import dataclass, field, replace

from dlwp_tui.core.errors import Problem
from dlwp_tui.core.language import _, sentences
from dlwp_tui.course.problem import at_line, did_you_mean, names

ALERTS = ("note", "tip", "important", "warning", "caution")


@dataclass(frozen=True)
class RunCard:
    """A button in the text that runs a lesson; `params` are as written, the lesson's `values` checks them."""

    lesson: str
    preset: str | None = None
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ExperimentCard:
    """An experiment of a lesson; `lesson` None means the section's own."""

    id: str
    lesson: str | None = None


@dataclass(frozen=True)
class Diagram:
    """A drawing in characters, shown as it is."""

    text: str


@dataclass(frozen=True)
class Option:
    """One answer of a quiz, and why it is right or wrong."""

    text: str
    right: bool
    why: str


@dataclass(frozen=True)
class Quiz:
    """A question with answers; texts are inline Markdown."""

    question: str
    options: tuple[Option, ...]

    def shuffled(self, learner: str = "") -> Quiz:
        """The quiz with its answers in another order, which is always the same for `learner` and this question."""

        def place(option: Option) -> bytes:
            return hashlib.sha256("\n".join((learner, self.question, option.text)).encode()).digest()

        return replace(self, options=tuple(sorted(self.options, key=place)))


@dataclass(frozen=True)
class Alert:
    """A set-off remark: `kind` is one of ALERTS, `title` may be empty, `body` is Markdown."""

    kind: str
    title: str
    body: str


@dataclass(frozen=True)
class Math:
    """A displayed formula in TeX."""

    tex: str
    label: str = ""


Block = RunCard | ExperimentCard | Diagram | Quiz | Alert | Math


def run_card(info: str, body: str, line: int) -> RunCard | Problem:
    """A run fence; `info` is what follows the word `run`, `line` the number of its first line."""
    try:
        words = shlex.split(info)
    except ValueError:
        return at_line(line, _("A quotation mark in the run card is not closed."), _("Close it."))
    example = _("Write it like: ```run 3.4 preset=quick units=4")
    if not words or "=" in words[0]:
        return at_line(line, _("The run card names no lesson."), example)
    if body.strip():
        return at_line(line + 1, _("A run card has no text inside."), _("Put the text before the card."))
    values: dict[str, str] = {}
    for word in words[1:]:
        key, equals, value = word.partition("=")
        if not equals or not key or not value:
            return at_line(line, _("{word!r} in the run card is not name=value.").format(word=word), example)
        if key in values:
            return at_line(line, _("The run card sets {name} twice.").format(name=key), _("Remove one of them."))
        values[key] = value
    preset = values.pop("preset", None)
    return RunCard(words[0], preset, values)


def experiment_card(info: str, body: str, line: int) -> ExperimentCard | Problem:
    """An experiment fence; `info` is what follows the word `experiment`."""
    words = info.split()
    if len(words) != 1:
        return at_line(
            line, _("An experiment card names exactly one experiment."), _("Write it like: ```experiment its-id")
        )
    if body.strip():
        return at_line(line + 1, _("An experiment card has no text inside."), _("Put the text before the card."))
    lesson, slash, experiment = words[0].rpartition("/")
    return ExperimentCard(experiment, lesson if slash else None)


def quiz(lines: list[str], line: int) -> Quiz | list[Problem]:
    """A quiz from its lines; `line` is the number of the first. Indented lines continue an answer."""
    question: list[str] = []
    rows: list[tuple[int, bool, str]] = []
    problems: list[Problem] = []
    form = _("Write answers as `- [ ] wrong :: why` or `- [x] right :: why`.")
    for number, text in enumerate(lines, line):
        if option := re.match(r"[-*] \[([ xX])\]\s+(.*)$", text):
            rows.append((number, option[1] != " ", option[2]))
        elif re.match(r"[-*]\s", text):
            problems.append(at_line(number, _("This answer has no [ ] or [x]."), form))
        elif rows and text.strip():
            last, right, so_far = rows[-1]
            rows[-1] = (last, right, join(so_far, text.strip()))
        elif not rows:
            question.append(text)
    options: list[Option] = []
    for number, right, text in rows:
        answer, _sep, why = text.partition("::")
        if not answer.strip():
            problems.append(at_line(number, _("This answer is empty."), form))
        if not why.strip():
            problems.append(at_line(number, _("This answer has no explanation."), _("Add ` :: why` after it.")))
        options.append(Option(answer.strip(), right, why.strip()))
    if not "".join(question).strip():
        problems.append(at_line(line, _("The quiz has no question."), _("Write it above the answers.")))
    if len(options) < 2:
        problems.append(at_line(line, _("A quiz needs at least two answers."), form))
    elif not any(option.right for option in options):
        problems.append(at_line(line, _("No answer of the quiz is right."), _("Mark one with [x].")))
    return problems or Quiz("\n".join(question).strip(), tuple(options))


def alert(lines: list[str], line: int) -> Alert | Problem | None:
    """A quotation, its `>` removed, as an alert; None when it is an ordinary quotation."""
    first = re.match(r"\[!(\w+)\]\s*(.*)$", lines[0].strip()) if lines else None
    if not first:
        return None
    kind = first[1].lower()
    if kind not in ALERTS:
        known = [name.upper() for name in ALERTS]
        return at_line(
            line,
            _("There is no alert [!{kind}].").format(kind=first[1]),
            sentences(did_you_mean(first[1].upper(), known), _("Known: {names}").format(names=names(known))),
        )
    body = "\n".join(lines[1:]).strip("\n")
    if not body.strip():
        return at_line(line, _("The alert has no text."), _("Continue it on the next line, after `> `."))
    return Alert(kind, first[2].strip(), body)


def join(before: str, after: str) -> str:
    """Two lines of one paragraph as one: with a space, but not between ideographs."""
    return before + ("" if glued(before, after) else " ") + after


def glued(before: str, after: str) -> bool:
    """True when a line break between the two texts is no space: Chinese is written without."""
    from unicodedata import east_asian_width

    if not before or not after:
        return True
    wide = [east_asian_width(char) in "WF" for char in (before[-1], after[0])]
    quotes = [char in "“”‘’…—·" for char in (before[-1], after[0])]  # of ambiguous width, and used in Chinese text
    return any(wide) and all(w or q for w, q in zip(wide, quotes, strict=True))
