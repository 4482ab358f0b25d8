r"""Formulas as text: `layout` in two dimensions for $$...$$, `inline` on one line for $...$.

    L = -\frac{1}{N}\sum_{i=1}^{N} y_i \log \hat{y}_i        1   N
                                                       L = −─── ∑  yᵢ log ŷᵢ
                                                             N  i=1

Text can be selected, copied and tested, and looks the same in every terminal.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rich.cells import cell_len

from dlwp_tui.tex import symbols
from dlwp_tui.tex.box import Box, Cells, beside, bracket, centre, grid, left, stack
from dlwp_tui.tex.parse import Accent, Fence, FormulaError, Frac, Grid, Node, Root, Row, Scripts, Symbol, parse

__all__ = ["FormulaError", "inline", "layout"]

_FENCES = {
    "pmatrix": "()", "bmatrix": "[]", "Bmatrix": "{}", "vmatrix": "||", "Vmatrix": "‖‖", "cases": "{",
}  # fmt: skip
_ALIGNED = {"aligned", "align", "split"}


@lru_cache(maxsize=512)
def layout(tex: str) -> list[str]:
    """`tex` as lines of text, without trailing spaces; raises FormulaError. Each line's width is in terminal cells."""
    rows = [row.rstrip() for row in _box(parse(tex)).rows]
    while len(rows) > 1 and not rows[-1]:
        rows.pop()
    while len(rows) > 1 and not rows[0]:
        rows.pop(0)
    return rows


@lru_cache(maxsize=2048)
def inline(tex: str) -> str:
    """`tex` on one line; raises FormulaError."""
    return re.sub(r"\s+", " ", _flat(parse(tex))).strip()


# -- spacing, the same for both --------------------------------------------------------------------------------------


def _kind(node: Node) -> str:
    if isinstance(node, Symbol):
        return node.kind
    if isinstance(node, Scripts):
        return _kind(node.body)
    return "ord"


def _spaces(items: tuple[Node, ...], tight: bool) -> list[tuple[str, Node, str]]:
    """Each item with the spaces before and after it: around relations and operators, after commas and functions."""
    spaced = []
    before = ""
    items = tuple(item for item in items if item != Row(()))
    for at, item in enumerate(items):
        kind = _kind(item)
        after = _kind(items[at + 1]) if at + 1 < len(items) else ""
        if kind == "bin" and (before in ("", "bin", "rel", "open", "punct", "func") or not after):
            kind = "ord"  # a sign, as in -1
        lead = trail = ""
        if not tight:
            if kind in ("bin", "rel"):
                lead = trail = " "
            elif kind == "punct":
                trail = " "
        if kind == "func" and after in ("ord", "func", "big") and not _is_fence(items[at + 1]):
            trail = " "
        if kind == "func" and before in ("ord", "close"):
            lead = " "
        if kind == "big" and not tight:
            trail = " "
            lead = " " if before in ("ord", "close") else ""
        spaced.append((lead, item, trail))
        before = kind
    return spaced


def _is_fence(node: Node) -> bool:
    return isinstance(node, Fence) or (isinstance(node, Scripts) and isinstance(node.body, Fence))


def _script(node: Node, table: dict[str, str]) -> str | None:
    """`node` in small Unicode letters, or None where a letter has none."""
    text = _flat(node, tight=True).strip()
    return "".join(table[char] for char in text) if text and all(char in table for char in text) else None


# -- two dimensions --------------------------------------------------------------------------------------------------


def _box(node: Node, tight: bool = False) -> Box:
    match node:
        case Symbol(text=text):
            return Box((text,))
        case Row(items=items):
            return _row_box(items, tight)
        case Frac(above=above, below=below, bar=bar):
            top, bottom = _box(above), _box(below)
            width = max(top.width, bottom.width) + (2 if bar else 0)
            return Box((*centre(top, width), "─" * width if bar else " " * width, *centre(bottom, width)), top.height)
        case Root(body=body, index=index):
            return _root_box(body, index)
        case Scripts():
            return _scripts_box(node, tight)
        case Accent(name=name, body=body):
            return _accent_box(name, body)
        case Fence(left=opening, body=body, right=closing):
            return bracket(_box(body), opening, closing)
        case Grid():
            return _grid_box(node)


def _row_box(items: tuple[Node, ...], tight: bool) -> Box:
    boxes: list[Box] = []
    spaced = _spaces(items, tight)
    for at, (before, item, after) in enumerate(spaced):
        lead, trail = before, after
        box = _box(item, tight)
        if isinstance(item, Frac):  # a bar that touches a minus or another bar would read as one
            touches = at > 0 and not spaced[at - 1][2] and not isinstance(spaced[at - 1][1], Frac)
            lead = " " if touches and _kind(spaced[at - 1][1]) != "space" else lead
            following = spaced[at + 1] if at + 1 < len(spaced) else None
            if following and not following[0] and _kind(following[1]) not in ("punct", "space", "close"):
                trail = " "
        elif box.height > 1 and not trail and isinstance(item, Scripts) and _kind(item) in ("big", "func"):
            trail = " "
        boxes += [Box((lead,)), box, Box((trail,))]
    return beside(boxes)


def _root_box(body: Node, index: Node | None) -> Box:
    box = _box(body)
    small = _script(index, symbols.SUPERSCRIPTS) or _flat(index) if index is not None else ""
    if box.height == 1 and _is_atom(body):
        return Box((f"{small}√{box.rows[0]}",))
    pad = " " * cell_len(small)
    rows = [f"{pad} ┌{'─' * box.width}"]
    for at, row in enumerate(box.rows):
        last = at == box.height - 1
        rows.append(f"{small if last else pad}{'√' if last else ' '}│{row}")
    return Box(tuple(rows), box.base + 1)


def _scripts_box(node: Scripts, tight: bool) -> Box:
    body = _box(node.body, tight)
    over, under = node.sup, node.sub
    if _takes_limits(node.body):
        parts = [_box(part, True) if part is not None else None for part in (over, under)]
        return stack(parts[0], body, parts[1])
    sup = _script(over, symbols.SUPERSCRIPTS) if over is not None else ""
    sub = _script(under, symbols.SUBSCRIPTS) if under is not None else ""
    if body.height == 1 and sup is not None and sub is not None:
        return beside([body, Box((sub + sup,))])
    if body.height == 1 and sub:
        body, under = beside([body, Box((sub,))]), None  # the sub fits on the line, the sup goes above
    up = None if over is None else Box((sup,)) if sup else _box(over, True)
    down = None if under is None else Box((sub,)) if sub else _box(under, True)
    return _corners(body, up, down)


def _corners(body: Box, up: Box | None, down: Box | None) -> Box:
    """`body` with boxes at its upper and lower right. On a one-line body they stand a line above and below."""
    width = max(box.width for box in (up, down) if box is not None)
    column = [" " * width] * body.height
    base = body.base
    above: list[str] = []
    if up is not None:
        rows = left(up, width)
        if body.height > 1:
            column[0] = rows[-1]
            rows = rows[:-1]
        above = rows
    if down is not None:
        rows = left(down, width)
        if body.height > 1:
            column[-1] = rows[0]
            rows = rows[1:]
        column += rows
    return beside([body, Box(tuple(above + column), base + len(above))])


def _takes_limits(body: Node) -> bool:
    if isinstance(body, Symbol):
        return body.limits
    return isinstance(body, Accent) and body.name in ("stack", "overbrace", "underbrace")


def _accent_box(name: str, body: Node) -> Box:
    box = _box(body)
    if name == "stack":
        return box
    if name == "underline":
        return Box((*box.rows, "‾" * box.width), box.base)
    if name in ("overbrace", "underbrace"):
        ends = "╭╮" if name == "overbrace" else "╰╯"
        middle = "┴" if name == "overbrace" else "┬"
        span = max(box.width - 2, 1)
        brace = ends[0] + "─" * ((span - 1) // 2) + middle + "─" * (span - 1 - (span - 1) // 2) + ends[1]
        wide = max(box.width, span + 2)
        rows = centre(box, wide)
        return Box((brace, *rows), box.base + 1) if name == "overbrace" else Box((*rows, brace), box.base)
    if box.height == 1 and (marked := _accented(name, box.rows[0])):
        return Box((marked,))
    marks = {"overline": "─", "bar": "─", "vec": "→", "overrightarrow": "→", "tilde": "~", "widetilde": "~"}
    mark = marks.get(name, "^")
    line = mark * box.width if mark == "─" else mark.center(box.width)
    return Box((line, *box.rows), box.base + 1)


def _accented(name: str, text: str) -> str:
    """`text` with the accent as combining characters: one letter, or a line over a few; empty where it cannot be."""
    mark = symbols.ACCENTS[name]
    if cell_len(text) == len(text) == 1 and not text.isspace():
        return unicodedata.normalize("NFC", text + mark)
    if name in ("overline", "bar") and text.isalnum() and text.isascii():
        return "".join(char + "\u0305" for char in text)
    return ""


def _grid_box(node: Grid) -> Box:
    cells: Cells = [[_box(cell) for cell in row] for row in node.rows]
    if node.name in _ALIGNED:
        return grid(cells, "rl", gap=0)
    if node.name in ("gathered", "gather", "equation"):
        return grid(cells, "c", gap=0)
    if node.name == "cases":
        return bracket(grid(cells, "l", gap=3, airy=len(cells) == 2), "{", "")
    pair = _FENCES.get(node.name, "")
    return bracket(grid(cells, "c", gap=2), pair[:1], pair[1:])


# -- one line --------------------------------------------------------------------------------------------------------


def _flat(node: Node, tight: bool = False) -> str:
    match node:
        case Symbol(text=text):
            return text
        case Row(items=items):
            return _flat_row(items, tight)
        case Frac(above=above, below=below, bar=bar):
            top, bottom = _flat(above, tight).strip(), _flat(below, tight).strip()
            if not bar:
                return f"{top}; {bottom}"
            return f"{_grouped(top)}/{_grouped(bottom, product=len(_items(below)) > 1)}"
        case Root(body=body, index=index):
            small = (_script(index, symbols.SUPERSCRIPTS) or _flat(index)) if index is not None else ""
            text = _flat(body).strip()
            return f"{small}√{text}" if _is_atom(body) else f"{small}√({text})"
        case Scripts(body=body, sub=sub, sup=sup):
            small = _flat_script(sub, symbols.SUBSCRIPTS, "_") + _flat_script(sup, symbols.SUPERSCRIPTS, "^")
            return _flat(body, tight) + small
        case Accent(name=name, body=body):
            text = _flat(body, tight).strip()
            if name in ("stack", "overbrace", "underbrace", "underline"):
                return text
            return _accented(name, text) or f"{name}({text})"
        case Fence(left=opening, body=body, right=closing):
            return opening + _flat(body, tight).strip() + closing
        case Grid(name=name, rows=rows):
            gap = "" if name in _ALIGNED else " "
            text = "; ".join(gap.join(_flat(cell).strip() if gap else _flat(cell) for cell in row) for row in rows)
            pair = _FENCES.get(name, "")
            return pair[:1] + text.strip() + pair[1:]


def _flat_row(items: tuple[Node, ...], tight: bool) -> str:
    spaced = _spaces(items, tight)
    parts = []
    for at, (lead, item, after) in enumerate(spaced):
        trail = after
        text = _flat(item, tight)
        following = spaced[at + 1] if at + 1 < len(spaced) else None
        if following and not (trail or following[0]) and _kind(following[1]) in ("ord", "big", "func"):
            # 1/2 d, a/b c/d and ∇_θ L would be read wrongly without a space
            loose = isinstance(item, Frac) or isinstance(following[1], Frac)
            if (loose and _kind(item) == "ord" and text != "−") or re.search(r"[_^]\w+$", text):
                trail = " "
        parts.append(lead + text + trail)
    return "".join(parts)


def _items(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, Row) else (node,)


def _is_atom(node: Node) -> bool:
    """One letter or number, with or without scripts and accents: nothing a root or a slash could tear apart."""
    items = _items(node)
    if all(isinstance(item, Symbol) and item.text.isdigit() for item in items):
        return True
    if len(items) != 1:
        return False
    only = items[0]
    if isinstance(only, Scripts | Accent):
        return _is_atom(only.body)
    return isinstance(only, Symbol) or (isinstance(only, Row) and _is_atom(only))


def _flat_script(node: Node | None, table: dict[str, str], mark: str) -> str:
    if node is None:
        return ""
    if (small := _script(node, table)) is not None:
        return small
    text = _flat(node, tight=True).strip()
    return f"{mark}{text}" if text.isalnum() else f"{mark}({text})"


def _grouped(text: str, product: bool = False) -> str:
    """`text` in brackets where a slash would tear it apart: sums, fractions, and products below the slash."""
    depth = 0
    for at, char in enumerate(text):
        depth += (char in "([{") - (char in ")]}")
        if depth == 0 and (char in " /+" or (char == "−" and at)):
            return f"({text})"
    if product and not re.fullmatch(r"[\d.]+|[∂d]\w|\w+\(.*\)", text):
        return f"({text})"
    return text
