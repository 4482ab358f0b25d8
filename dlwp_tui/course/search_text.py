"""A page's text for searching: its headings and its lines, without markup, as the learner sees them.

By lines and one regular expression, not by the Markdown parser: the 600 KB of notes take 0.1 s instead of 2.5 s. Cards hold no
prose and are left out; of a quiz the reasons are left out, because a result would give the answer away.
"""

from __future__ import annotations

import re
from functools import lru_cache

from dlwp_tui.course.blocks import glued

_INLINE = re.compile(
    r"(?P<fence>`+)(?P<code>.+?)(?P=fence)"
    r"|\$(?P<tex>[^$\n]+)\$"
    r"|!?\[(?P<link>(?:`[^`]*`|[^\[\]`])*)\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)"
    r"|<(?P<address>https?://[^>\s]+)>"
    r"|<!--.*?-->"
    r"|\*\*(?P<strong>(?:[^*]|\*(?!\*))+)\*\*"
    r"|(?<!\*)\*(?=\S)(?P<em>[^*\n]+?)(?<=\S)\*(?!\*)"
    r"|\\(?P<escaped>[!-/:-@\[-`{-~])"
)
_FENCE = re.compile(r"\s*(?:> ?)*\s*(`{3,}|~{3,})\s*(\S*)")
_PREFIX = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?")
_ALERT = re.compile(r"\[!\w+\]\s*")
_RULE = re.compile(r"[-*_\s|:=]+")


def page_text(markdown: str) -> tuple[list[str], list[str]]:
    """The headings inside a page (not its own, the first line) and its other text, a line per block."""
    headings: list[str] = []
    lines: list[str] = []
    open_block: list[str] = []
    fence = kind = ""
    quiz = False

    def close() -> None:
        if text := _joined(open_block):
            lines.append(text)
        open_block.clear()

    for number, raw in enumerate(markdown.split("\n")):
        found = _FENCE.match(raw)
        if found and (not fence or (found[1].startswith(fence) and not found[2])):
            close()
            fence, kind = ("", "") if fence else (found[1], found[2])
            continue
        if fence:
            if kind not in ("run", "experiment") and raw.strip():
                lines.append(raw.strip())
            continue
        line = re.sub(r"^\s*(?:> ?)+", "", raw).strip()
        if line.startswith(":::"):
            close()
            quiz = line == ":::quiz"
        elif line == "$$" or (line.startswith("$$") and line.endswith("$$") and len(line) > 4):
            close()
            if line != "$$":
                lines.append(formula(line[2:-2].strip()))
        elif heading := re.match(r"#{1,6}\s+(.*?)\s*#*$", line):
            close()
            if number:
                headings.append(plain_line(heading[1]))
        elif not line or _RULE.fullmatch(line):
            close()
        elif line.startswith("|"):
            close()
            cells = (plain_line(cell.strip()) for cell in re.split(r"(?<!\\)\|", line.strip("|")))
            lines.append("  ".join(cell for cell in cells if cell))
        else:
            item = _PREFIX.match(line)
            alert = _ALERT.match(line)
            if item or alert:
                close()
                line = line[(item or alert).end() :]  # type: ignore[union-attr]
            if quiz and item:
                line = line.partition(" :: ")[0]
            open_block.append(line)
            if alert:
                close()  # its title is a line of its own
    close()
    return [text for text in headings if text], [text for text in lines if text]


def plain_line(text: str) -> str:
    """One line without markup."""
    return _INLINE.sub(_shown, text).strip()


@lru_cache(maxsize=2048)
def formula(tex: str) -> str:
    """A formula on one line as the note shows it; its source where it cannot be laid out."""
    from dlwp_tui.render import formula as layout

    try:
        return layout.inline(tex)
    except layout.FormulaError:
        return tex


def _shown(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "code":
            return found["code"].strip()
        case "tex":
            return formula(found["tex"])
        case "link" | "strong" | "em" as group:
            return plain_line(found[group])
        case "address" | "escaped" as group:
            return found[group]
    return ""


def _joined(parts: list[str]) -> str:
    """A paragraph's lines as one: no space between ideographs."""
    text = ""
    for part in parts:
        text = f"{text}{part}" if glued(text, part) else f"{text} {part}"
    return plain_line(text)
