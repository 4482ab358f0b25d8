"""The note's Markdown: markdown-it "gfm-like" with `$…$` and our own blocks, each folded into ONE token.

Token types `x_run x_experiment x_diagram x_quiz x_alert x_math` carry their block (see `blocks`) in
`token.meta["data"]`; `x_problem` carries a Problem (without its file): a block that cannot be used, to be shown in its
place. Folding is necessary: Textual's Markdown pops its stack at any `*_close` token, so a container may not leave one.
Inline formulas stay `math_inline`; Textual drops that type silently, so its renderer must turn it into text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import dedent
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

from dlwp_tui.core.errors import Problem
from dlwp_tui.core.language import _
from dlwp_tui.course import blocks, note_code
from dlwp_tui.course.blocks import Alert, Block, Diagram, Math, Quiz
from dlwp_tui.course.problem import at_line

if TYPE_CHECKING:
    from markdown_it.rules_core import StateCore

MARKS = 40
"""Bold, links and the like inside one another."""
Resolve = Callable[[Block, int], "Problem | None"]
"""Block and its line -> what is wrong with it in this course: a card may name no lesson (see `resolve.resolver`)."""


@dataclass(frozen=True)
class Link:
    """A link: `sec` to a section, `term` to the glossary, `url` outside, `file` beside the note (also for images)."""

    kind: Literal["sec", "term", "url", "file"]
    target: str
    text: str = ""
    line: int = 0
    """From 1."""


def parser(resolve: Resolve | None = None) -> MarkdownIt:
    """A parser for notes. With `resolve`, a card that names something unknown becomes `x_problem` too."""
    md = MarkdownIt("gfm-like").use(dollarmath_plugin, double_inline=False).use(container_plugin, name="quiz")
    if md.linkify is not None:  # .py is a top-level domain: without this every `lesson.py` in the text becomes a link
        md.linkify.set({"fuzzy_link": False, "fuzzy_email": False})

    def fold(state: StateCore) -> None:
        above = state.env.get("above", 0)
        state.tokens = list(_folded(state.tokens, state.src.split("\n"), resolve, above, md))

    md.core.ruler.push("dlwp_blocks", fold)
    return md


def link(href: str, text: str = "", line: int = 0) -> Link:
    """What a link leads to."""
    scheme, colon, rest = unquote(href).partition(":")
    if colon and scheme in ("sec", "term"):
        return Link("sec" if scheme == "sec" else "term", rest.strip(), text, line)
    outside = re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", href) or href.startswith("#")
    return Link("url" if outside else "file", href if outside else unquote(href), text, line)


def links(markdown: str, above: int = 0) -> list[Link]:
    """All links and images of a text, those inside alerts and quizzes included; lines are counted as in `tokens`."""
    found: list[Link] = []
    for first, token in tokens(markdown, above=above):
        children = token.children or []
        line = first
        for index, child in enumerate(children):
            line += child.type in ("softbreak", "hardbreak") or child.meta.get("glued", False)
            if child.type == "link_open":
                end = next(i for i in range(index, len(children)) if children[i].type == "link_close")
                words = "".join(inner.content for inner in children[index:end])
                found.append(link(str(child.attrs["href"]), words, line))
            elif child.type == "image":
                found.append(link(str(child.attrs["src"]), child.content, line))
    return found


def plain(markdown: str) -> str:
    """A text without its markup, a line per block; formulas stay TeX, cards (which hold no prose) are left out."""
    lines: list[str] = []
    for _line, token in tokens(markdown):
        if token.type == "inline":
            lines.append(_inline_text(token))
        elif token.type in ("fence", "code_block", "x_math", "x_diagram"):
            lines.append(token.content)
    return "\n".join(text for line in lines if (text := line.strip("\n")).strip())


def tokens(markdown: str, resolve: Resolve | None = None, above: int = 0) -> Iterator[tuple[int, Token]]:
    """Each token with its line, and after an alert or a quiz the tokens of the Markdown inside it.

    above: lines of the file before this text; the first line of the text has the number `above + 1`.
    """
    yield from _walk(parser(resolve), markdown, above)


def _walk(md: MarkdownIt, markdown: str, above: int) -> Iterator[tuple[int, Token]]:
    line = 1
    for token in md.parse(markdown, {"above": above}):
        line = token.map[0] + 1 if token.map else line
        yield above + line, token
        data = token.meta.get("data")
        if isinstance(data, Alert):
            if data.title:
                yield from _walk(md, data.title, above + line - 1)
            yield from _walk(md, data.body, above + line)
        elif isinstance(data, Quiz):
            for text in (data.question, *(part for option in data.options for part in (option.text, option.why))):
                yield from _walk(md, text, above + line)


def _inline_text(token: Token) -> str:
    return "".join(
        "\n" if child.type in ("softbreak", "hardbreak") else child.content for child in token.children or []
    )


def _folded(
    old: list[Token], source: list[str], resolve: Resolve | None, above: int, md: MarkdownIt
) -> Iterator[Token]:
    index = 0
    while index < len(old):
        token = old[index]
        line = above + (token.map[0] + 1 if token.map else 1)
        end, made = _own(old, index, source, line)
        if made:
            for data in made:
                problem = resolve(data, line) if resolve and not isinstance(data, Problem) else None
                yield _token(problem or data, token)
            index = end
            continue
        if token.type == "html_block":
            yield from _html_block(token)
        elif token.type == "fence":
            yield from _code(token, md)
        else:
            if token.type == "inline":
                _tidy(token)
            yield token
        index += 1


def _own(old: list[Token], index: int, source: list[str], line: int) -> tuple[int, list[Block | Problem]]:
    """The own block that begins at `index` and at `line`, and the index after it; an empty list where there is none."""
    token = old[index]
    if token.type == "fence":
        word, _space, rest = token.info.strip().partition(" ")
        match word:
            case "run":
                return index + 1, [blocks.run_card(rest, token.content, line)]
            case "experiment":
                return index + 1, [blocks.experiment_card(rest, token.content, line)]
            case "diagram":
                return index + 1, [Diagram(token.content.rstrip("\n"))]
    elif token.type in ("math_block", "math_block_label"):
        return index + 1, [Math(token.content.strip(), token.info if token.type.endswith("label") else "")]
    elif token.type == "container_quiz_open":
        end = _close(old, index, "container_quiz_close")
        inside = dedent("\n".join(_lines(token, source))).split("\n")  # indented when it stands in a list
        assert token.map is not None
        after = source[token.map[1]] if token.map[1] < len(source) else ""  # the closing line is not in the map
        if not re.fullmatch(r"\W*:{3,}\s*", after):
            return end, [at_line(line, _("The quiz is not closed."), _("Write ::: on a line of its own after it."))]
        made = blocks.quiz(inside[1:], line + 1)
        return end, [made] if isinstance(made, Quiz) else list(made)
    elif token.type == "blockquote_open":
        made_alert = blocks.alert([re.sub(r"^\s*> ?", "", text) for text in _lines(token, source)], line)
        if made_alert is not None:
            return _close(old, index, "blockquote_close"), [made_alert]
    elif token.type == "paragraph_open" and (stray := re.match(r":{3,}\s*(\w*)", old[index + 1].content)):
        return index + 3, [
            at_line(
                line,
                _("There is no block {name!r}.").format(name=f":::{stray[1]}"),
                _("The only one is :::quiz, closed by ::: on a line of its own."),
            )
        ]
    return index, []


_TOKENS = {
    "RunCard": ("run", ""), "ExperimentCard": ("experiment", ""), "Diagram": ("diagram", "text"),
    "Quiz": ("quiz", "question"), "Alert": ("alert", "body"), "Math": ("math", "tex"),
    "Problem": ("problem", "message"),
}  # fmt: skip
"""Class of a block -> the end of its token's type, and the attribute that is the token's content."""


def _token(data: Block | Problem, old: Token) -> Token:
    kind, attribute = _TOKENS[type(data).__name__]
    meta: dict[str, Any] = {"data": data}
    text = getattr(data, attribute) if attribute else ""
    return Token(f"x_{kind}", "", 0, content=text, info=old.info, map=old.map, level=old.level, block=True, meta=meta)


def _tidy(token: Token) -> None:
    """Links without %-escapes, no HTML, no space where a line ends between ideographs, no mark nested without end."""
    children = token.children = list(_shallow(token.children or []))
    texts = [child.content if child.type == "text" else "" for child in children]
    for index, child in enumerate(children):
        if child.type == "link_open" and str(child.attrs.get("href", "")).startswith(("sec:", "term:")):
            child.attrs["href"] = unquote(str(child.attrs["href"]))
        elif child.type == "html_inline":
            child.type = "text"
            child.content = "" if child.content.startswith("<!--") else child.content
        elif child.type == "softbreak":
            before, after = _beside(children, texts, index)
            if before and after and blocks.glued(before, after):
                child.type, child.content, child.tag = "text", "", ""
                child.meta["glued"] = True  # still a line of the source


def _shallow(children: list[Token]) -> Iterator[Token]:
    """The marks of a text without those inside `MARKS` others: who lays them out calls itself for each."""
    depth = 0
    for child in children:
        before, depth = depth, depth + child.nesting
        if not child.nesting or max(before, depth) <= MARKS:
            yield child


def _beside(children: list[Token], texts: list[str], index: int) -> tuple[str, str]:
    """The texts before and after `index`, looking through `**` and link marks; empty next to code or a formula."""

    def nearest(indices: range) -> str:
        for i in indices:
            if texts[i]:
                return texts[i]
            if children[i].type != "text" and children[i].nesting == 0:
                return ""
        return ""

    return nearest(range(index - 1, -1, -1)), nearest(range(index + 1, len(children)))


def _code(token: Token, md: MarkdownIt) -> Iterator[Token]:
    """A block of code, below a line for the reader where its info says more than the language."""
    try:
        kind = note_code.kind(token.info)
    except ValueError as error:
        message = _("{words!r} after ```python means nothing.").format(words=str(error))
        hint = _("Write ```python, ```python fragment or ```python after 3.4.")
        yield _token(at_line(token.map[0] + 1 if token.map else 1, message, hint), token)
        return
    if kind is not None:
        if kind.label:
            (inline,) = md.parseInline(kind.label)
            yield from _paragraph(inline.children or [], kind.label, token)
        token.info = "python"
        token.meta["python"] = kind
    yield token


def _html_block(token: Token) -> Iterator[Token]:
    """A comment disappears; other HTML is shown as it stands, because a terminal would drop it silently."""
    if re.fullmatch(r"\s*<!--.*?-->\s*", token.content, re.DOTALL):
        return
    child = Token("text", "", 0, content=token.content.strip())
    yield from _paragraph([child], child.content, token)


def _paragraph(children: list[Token], text: str, place: Token) -> Iterator[Token]:
    """A paragraph that stands where `place` does."""
    level = place.level
    yield Token("paragraph_open", "p", 1, map=place.map, level=level, block=True)
    yield Token("inline", "", 0, content=text, map=place.map, level=level + 1, children=children, block=True)
    yield Token("paragraph_close", "p", -1, level=level, block=True)


def _lines(token: Token, source: list[str]) -> list[str]:
    assert token.map is not None
    return source[token.map[0] : token.map[1]]


def _close(old: list[Token], index: int, kind: str) -> int:
    """The index after the token that closes the block opened at `index`."""
    level = old[index].level
    return next(i for i in range(index, len(old)) if old[i].type == kind and old[i].level == level) + 1
