"""A model's layers drawn as text: one row a call of a layer, lines on the left for the tensors between them.

○     text         (None, None)
●     LSTM 32      (None, 32)     12,416
│ ○   question     (None, None)
│ ●   LSTM 16      (None, 16)      3,136
├─╯
◎     Concatenate  (None, 48)          0
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len, set_cell_size

from dlwp_tui.core.language import _
from dlwp_tui.core.layer_graph import Graph, Node

MAX_LANES = 12
"""Tensors side by side; a graph that needs more is shown as a list, in the order of its calls."""
NARROW = 12
"""The least cells for a layer's name; where even that does not fit, its shape is left out."""


def lines(graph: Graph, width: int, ascii: bool = False) -> list[str]:
    """The drawing in at most `width` cells: lines, layer, shape, parameters; then the models used as layers."""
    out: list[str] = []
    for name, found in graph.flat():
        if name:
            out += ["", _("inside {name}:").format(name=name)]
        out += _columns(rows(found.nodes, ascii), width)
    if graph.branches:
        marks = "o*@" if ascii else "○●◎"
        legend = _("{input} input   {layer} layer   {output} output")
        out.append(legend.format(input=marks[0], layer=marks[1], output=marks[2]))
    return out


def _columns(drawn: Sequence[tuple[str, Node | None]], width: int) -> list[str]:
    rail = max(len(left) for left, _node in drawn)
    nodes = [node for _left, node in drawn if node is not None]
    calls = [sum(node.name == earlier.name for earlier in nodes[: at + 1]) for at, node in enumerate(nodes)]
    titles = [_title(node, call) for node, call in zip(nodes, calls, strict=True)]
    shapes = [node.shape for node in nodes]
    params = [_params(node, call) for node, call in zip(nodes, calls, strict=True)]
    last, title = max(map(cell_len, params)), max(map(cell_len, titles))
    if rail + title + max(map(len, shapes)) + last + 6 > width:
        shapes = [_compact(shape) for shape in shapes]
        titles = [text.replace(" stride ", " /") for text in titles]
        title = max(map(cell_len, titles))
    shape = max(map(len, shapes))
    room = width - rail - shape - last - 6
    if room < min(title, NARROW):
        shape, shapes, room = 0, [""] * len(nodes), width - rail - last - 4
    title = max(1, min(title, room))
    texts = iter(zip(titles, shapes, params, strict=True))
    out = []
    for left, node in drawn:
        if node is None:
            out.append(left)
            continue
        name, sizes, count = next(texts)
        if cell_len(name) > title:
            name = set_cell_size(name, title - 1) + "…"
        cells = [
            left.ljust(rail),
            set_cell_size(name, title),
            sizes.ljust(shape),
            " " * (last - cell_len(count)) + count,
        ]
        out.append("  ".join(cell for cell, size in zip(cells, (1, 1, shape, 1), strict=True) if size).rstrip())
    return out


def _compact(shape: str) -> str:
    """`(None, 28, 28, 128)` as `28×28×128`: the batch's axis is the same everywhere; `?` is any length."""
    if shape.count("(") != 1:
        return shape
    return "×".join(shape.strip("()").split(", ")[1:]).replace("None", "?")


def _title(node: Node, call: int) -> str:
    return f"{node.title} ({call}/{node.calls})" if node.calls > 1 else node.title


def _params(node: Node, call: int) -> str:
    """Weights count once, at the first call of their layer that is drawn."""
    if call > 1 and node.params:
        return _("shared")
    return f"{node.params:,}" if node.inputs else ""


def rows(nodes: Sequence[Node], ascii: bool = False) -> list[tuple[str, Node | None]]:
    """The drawing: lines on the left, and the node of that row; None in a row that only splits or joins lines."""
    drawn = list(_rails(nodes))
    if any(len(rail) > 2 * MAX_LANES for rail, _node in drawn):
        drawn = [(_glyph(node), node) for node in nodes]
    if ascii:
        table = str.maketrans("○●◎│─├┬╮┴╯", "o*@|-+++++")
        drawn = [(rail.translate(table), node) for rail, node in drawn]
    return drawn


def _rails(nodes: Sequence[Node]) -> Iterator[tuple[str, Node | None]]:
    consumers: list[list[int]] = [[] for _node in nodes]
    level: list[int] = []
    for index, node in enumerate(nodes):
        level.append(1 + max((level[source] for source in node.inputs), default=-1))
        for source in dict.fromkeys(node.inputs):
            consumers[source].append(index)
    lanes: list[tuple[int, int] | None] = []  # the tensor (source, consumer) that runs in each column
    waiting = set(range(len(nodes)))
    while waiting:
        index, taken = _next(nodes, lanes, waiting)
        waiting.remove(index)
        if len(taken) > 1:
            yield _across(lanes, taken, "├┴╯"), None
        at = taken[0] if taken else _free(lanes, 0)
        for lane in taken:
            lanes[lane] = None
        yield _row(lanes, {at: _glyph(nodes[index])}), nodes[index]
        # The nearest consumer goes on in this column, so that a short cut runs beside what it cuts short
        ends = sorted(consumers[index], key=lambda consumer: level[consumer])
        columns = []
        for consumer in ends:
            column = _free(lanes, at)
            lanes[column] = (index, consumer)
            columns.append(column)
        if len(columns) > 1:
            yield _across(lanes, columns, "├┬╮"), None
        while lanes and lanes[-1] is None:
            lanes.pop()


def _next(nodes: Sequence[Node], lanes: Sequence[tuple[int, int] | None], waiting: set[int]) -> tuple[int, list[int]]:
    """The node to draw now and the columns it takes: the leftmost that has all its tensors, else the next input."""
    columns: dict[int, list[int]] = {}
    for column, lane in enumerate(lanes):
        if lane is not None:
            columns.setdefault(lane[1], []).append(column)
    for index, taken in columns.items():
        if len(taken) == len(set(nodes[index].inputs)):
            return index, taken
    return min(index for index in waiting if not nodes[index].inputs), []


def _free(lanes: list[tuple[int, int] | None], start: int) -> int:
    """The first free column from `start` on; `lanes` grows to have it."""
    for column in range(start, len(lanes)):
        if lanes[column] is None:
            return column
    lanes.extend([None] * max(1, start + 1 - len(lanes)))
    return len(lanes) - 1


def _glyph(node: Node) -> str:
    return "◎" if node.output else "●" if node.inputs else "○"


def _row(lanes: Sequence[tuple[int, int] | None], marks: dict[int, str]) -> str:
    width = max([len(lanes), *(column + 1 for column in marks)])
    cells = [marks.get(i) or ("│" if i < len(lanes) and lanes[i] is not None else " ") for i in range(width)]
    return " ".join(cells).rstrip()


def _across(lanes: Sequence[tuple[int, int] | None], columns: Sequence[int], ends: str) -> str:
    """A row that joins `columns` into the first of them, or splits it into them; other columns pass through."""
    first, last = min(columns), max(columns)
    out = []
    for column in range(max(len(lanes), last + 1)):
        inside = first < column < last
        if column in columns:
            out.append(ends[0] if column == first else ends[2] if column == last else ends[1])
        elif column < len(lanes) and lanes[column] is not None:
            out.append("│")
        else:
            out.append("─" if inside else " ")
        out.append("─" if first <= column < last else " ")
    return "".join(out).rstrip()
