"""A page's text for searching: its headings and its lines, without markup, as the learner sees them.

By lines and one regular expression, not by the Markdown parser, which is ten times slower. Cards hold no prose and are
left out; of a quiz the reasons are left out, because a result would give the answer away.
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
_MARKUP = re.compile(r"[`$!\[<*\\]")
"""What every match of _INLINE holds; most lines hold none of it, and looking for one of these is ten times quicker."""
_QUOTE = re.compile(r"\s*(?:> ?)+")
_HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*$")
_FENCE = re.compile(r"\s*(?:> ?)*\s*(`{3,}|~{3,})\s*(\S*)")
_PREFIX = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?")
_ALERT = re.compile(r"\[!\w+\]\s*")
_RULE = re.compile(r"[-*_\s|:=]+")


def page_text(markdown: str) -> tuple[list[str], list[str]]:
    """The headings inside a page (not its own, the first line) and its other text, a line per block."""
    collected = _Collected()
    first, _newline, rest = markdown.partition("\n")
    for line in (rest if first.startswith("#") else markdown).split("\n"):
        if not collected.fenced(line):
            quoted = _QUOTE.match(line) if ">" in line else None
            collected.take((line[quoted.end() :] if quoted else line).strip())
    collected.close()
    return [text for text in collected.headings if text], [text for text in collected.lines if text]


class _Collected:
    """What a page's lines have given so far."""

    def __init__(self) -> None:
        self.headings: list[str] = []
        self.lines: list[str] = []
        self._block: list[str] = []
        self._fence = self._kind = ""
        self._quiz = False
        self._math: list[str] | None = None
        """The lines so far of a displayed formula that is still open."""

    def close(self) -> None:
        """A paragraph or an item ends here."""
        self.lines.append(_joined(self._block))
        self._block.clear()

    def fenced(self, raw: str) -> bool:
        """Take a line that opens, closes or stands in a fence; False for any other."""
        found = _FENCE.match(raw) if "```" in raw or "~~~" in raw else None
        if found and (not self._fence or (found[1].startswith(self._fence) and not found[2])):
            self.close()
            self._fence, self._kind = ("", "") if self._fence else (found[1], found[2])
            return True
        if self._fence and self._kind not in ("run", "experiment"):
            self.lines.append(raw.strip())
        return bool(self._fence)

    def take(self, line: str) -> None:
        """A line outside fences, without the marks of a quotation."""
        if self._math is not None or line.startswith("$$"):
            self._formula(line)
        elif line.startswith(":::"):
            self.close()
            self._quiz = line == ":::quiz"
        elif line.startswith("#") and (heading := _HEADING.match(line)):
            self.close()
            self.headings.append(plain_line(heading[1]))
        elif not line or _RULE.fullmatch(line):
            self.close()
        elif line.startswith("|"):
            self.close()
            cells = (plain_line(cell.strip()) for cell in re.split(r"(?<!\\)\|", line.strip("|")))
            self.lines.append("  ".join(cell for cell in cells if cell))
        else:
            self._prose(line)

    def _formula(self, line: str) -> None:
        if self._math is None:
            self.close()
            self._math, line = [], line[2:]
        text, closed, _rest = line.partition("$$")
        self._math.append(text)
        if closed:
            self.lines.append(formula(" ".join(self._math).strip()))
            self._math = None

    def _prose(self, line: str) -> None:
        item, alert = _PREFIX.match(line), _ALERT.match(line)
        if mark := item or alert:
            self.close()
            line = line[mark.end() :]
        self._block.append(line.partition(" :: ")[0] if self._quiz and item else line)
        if alert:
            self.close()  # its title is a line of its own


def plain_line(text: str) -> str:
    """One line without markup."""
    return (_INLINE.sub(_shown, text) if _MARKUP.search(text) else text).strip()


@lru_cache(maxsize=2048)
def formula(tex: str) -> str:
    """A formula on one line as the note shows it; its source where it cannot be laid out."""
    from dlwp_tui.tex import formula as layout

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
