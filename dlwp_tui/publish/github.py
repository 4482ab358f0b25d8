"""A note as markdown that GitHub shows well: our own blocks become fences, lists and `<details>`, links lead to files.

Works on the source's lines: everything that is not ours stays as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _
from dlwp_tui.course import blocks
from dlwp_tui.course.markdown import link, parser
from dlwp_tui.render import command
from dlwp_tui.render.note import LETTERS, Judged, alert_head

if TYPE_CHECKING:
    from dlwp_tui.course.lesson import Lesson

Href = Callable[[str, str], "str | None"]
"""(`sec`, "3.4") or (`term`, "过拟合") -> the relative address of it; None where there is none."""

_INLINE = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`))"
    r"|\]\(<?(?P<href>(?:sec|term):(?:[^()<>]|\([^()<>]*\))*)>?\)"
    r"|(?<![\\$])(?P<math>\$(?![\s$])(?:\\.|[^$`\\\n])+?(?<!\s)\$)(?![\d$])"
)
_WIDE = re.compile(r"[\u3400-\u9fff\w]")


def convert(
    source: str,
    section_id: str,
    href: Href,
    lessons: Callable[[str], Lesson],
    judged: Judged | None = None,
) -> str:
    """A note's source for GitHub. A card that cannot be resolved stays as it is written."""
    lines = source.split("\n")
    out: list[str] = []
    done = 0
    for token in parser().parse(source):
        own = token.type.startswith("x_")
        if token.map is None or token.map[0] < done or not (own or token.type in ("fence", "code_block")):
            continue
        start, end = token.map
        data = token.meta.get("data")
        if isinstance(data, blocks.Quiz):
            end += 1  # the closing ::: is not in the map
        out += _inline(lines[done:start], href)
        made = _block(data, section_id, href, lessons, judged) if own else None
        if made is None:
            label = token.meta["python"].label if token.level == 0 and "python" in token.meta else ""
            if label:
                out += [*_inline([label, ""], href), "```python", *lines[start + 1 : end]]
            else:
                out += lines[start:end]
        else:
            indent = re.match(r"[\s>]*" if not isinstance(data, blocks.Alert) else r"\s*", lines[start])
            before = indent[0] if indent else ""
            out += [before + line if line else before.rstrip() for line in made]
            if end < len(lines) and lines[end].strip() and lines[end - 1].strip():
                out.append(before.rstrip())
        done = end
    return "\n".join([*out, *_inline(lines[done:], href)])


def _inline(lines: Sequence[str], href: Href) -> list[str]:
    """Lines of text with links that lead somewhere, and formulas GitHub recognises.

    GitHub takes `$` for a formula's only when no letter touches it, and Chinese characters are letters to it.
    """
    text = "\n".join(lines)

    def change(found: re.Match[str]) -> str:
        if found["href"] is not None:
            target = link(found["href"])
            address = href(target.kind, target.target)
            return found[0] if address is None else f"]({address})"
        if found["math"] is not None:
            before, after = text[: found.start()][-1:], text[found.end() :][:1]
            return (" " if _WIDE.match(before) else "") + found[0] + (" " if _WIDE.match(after) else "")
        return found[0]

    return _INLINE.sub(change, text).split("\n") if lines else []


def _block(
    data: object, section_id: str, href: Href, lessons: Callable[[str], Lesson], judged: Judged | None
) -> list[str] | None:
    match data:
        case blocks.RunCard():
            return _shell([command.run(data.lesson, data.preset, data.params)])
        case blocks.ExperimentCard():
            return _experiment(data, section_id, href, lessons, judged)
        case blocks.Diagram(text=text):
            return ["```text", *text.split("\n"), "```"]
        case blocks.Quiz():
            return _quiz(data, href)
        case blocks.Alert():
            body = convert(data.body, section_id, href, lessons, judged).strip("\n").split("\n")
            title = data.title if data.title and data.title != alert_head(data.kind)[1] else ""
            head = [f"**{_one(title, href)}**", ""] if title else []  # GitHub allows no title behind [!WARNING]
            return [f"> [!{data.kind.upper()}]", *(f"> {line}".rstrip() for line in (*head, *body))]
    return None


def _experiment(
    card: blocks.ExperimentCard, section_id: str, href: Href, lessons: Callable[[str], Lesson], judged: Judged | None
) -> list[str] | None:
    lesson_id = card.lesson or section_id
    try:
        lesson = lessons(lesson_id)
        experiment = lesson.experiment(card.id)
    except DlwpError:
        return None  # the linter reports it; the reader sees the card's source
    rows = [_labelled(_("Experiment"), str(experiment.statement), href), ""]
    if str(experiment.recorded):
        word = _("Recorded:")
        rows += [f"*{word}* {_one(str(experiment.recorded), href)}", ""]
    rows += [line for text in (judged(lesson, experiment) if judged else ()) for line in (_one(text, href), "")]
    commands = [
        f"{command.run(lesson_id, experiment.preset, values, lesson)}  # {name}"
        for name, values in experiment.runs.items()
    ]
    return rows + _shell(commands)


def _quiz(quiz: blocks.Quiz, href: Href) -> list[str]:
    rows = [_labelled(_("Question"), quiz.question, href), ""]
    answers = list(zip(LETTERS, quiz.shuffled().options, strict=False))
    rows += [f"- {letter}. {_one(option.text, href)}" for letter, option in answers]
    summary = _("Answer")
    rows += ["", "<details>", f"<summary>{summary}</summary>", ""]
    rows += [f"- {'✓' if option.right else '✗'} {letter}. {_one(option.why, href)}" for letter, option in answers]
    return [*rows, "", "</details>"]


def _labelled(label: str, text: str, href: Href) -> str:
    return f"**{label}** · {_one(text, href)}"


def _one(text: str, href: Href) -> str:
    """Inline markdown as one line."""
    return " ".join(_inline(text.split("\n"), href))


def _shell(commands: Sequence[str]) -> list[str]:
    return ["```sh", *commands, "```"]
