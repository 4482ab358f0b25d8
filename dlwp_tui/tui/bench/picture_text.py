"""A run's pictures as text of a given width: one, a page of a grid, one state of a picture that changed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from dlwp_tui.core.language import _
from dlwp_tui.render import grid as grids
from dlwp_tui.render import picture as pictures
from dlwp_tui.render import tiles
from dlwp_tui.render.look import Look
from dlwp_tui.runs.facts import Picture
from dlwp_tui.tui import keys

if TYPE_CHECKING:
    from PIL.Image import Image

ROWS = 24
"""The most rows a picture takes in the pane; wider ones are scaled down to the pane's width."""
GROWTH = 4
"""Cells a pixel of a small picture takes in the pane at most."""
SLIDER = 40
"""Cells of a slider at most."""


def picture(made: Picture, folder: Path, width: int, look: Look) -> Text:
    """A picture under its name, its caption under it. `folder`: the run's artifacts."""
    if made.frames:
        return frame(made, folder, width, look)
    if made.tiles is not None:
        return grid(made, folder, width, look)
    text = Text().append(made.name, "bold").append("\n").append_text(_body(made, folder / made.file, width, look))
    if made.caption:
        text.append(f"\n{made.caption}", "dim")
    if made.width > width:
        text.append("\n" + _("{key} shows it larger").format(key=keys.label("pictures.large")), "dim")
    return text


def grid(made: Picture, folder: Path, width: int, look: Look, page: tiles.Page | None = None) -> Text:
    """One page of a grid, the first without `page`, with its name, which pictures are on it, and the caption."""
    assert made.tiles is not None
    page = page or tiles.page(made.tiles, width, ROWS)
    text = Text().append(made.name, "bold")
    if page.count > 1:
        text.append("  " + page_label(made.tiles, page), "dim")
    text.append("\n").append_text(grid_body(made, folder, page, look))
    if made.caption:
        text.append(f"\n{made.caption}", "dim")
    return text


def grid_body(made: Picture, folder: Path, page: tiles.Page, look: Look) -> Text:
    """The pictures of one page and their captions, or why they cannot be shown."""
    assert made.tiles is not None
    try:
        return grids.draw(pictures.open_picture(folder / made.file), made.tiles, page, look)
    except pictures.PictureError as error:
        return Text(error.message, "dim")


def page_label(of: tiles.Tiles, page: tiles.Page) -> str:
    """`1–16 of 64`."""
    return _("{first}–{last} of {count}").format(first=page.first + 1, last=min(page.last, of.count), count=of.count)


def frame(made: Picture, folder: Path, width: int, look: Look, number: int = -1, *, rows: int = ROWS) -> Text:
    """State number `number` of a picture that changed, and a slider that says which."""
    text = Text().append(made.name, "bold").append("\n")
    text.append_text(frame_body(made, folder, width, look, number=number, rows=rows))
    if made.caption:
        text.append(f"\n{made.caption}", "dim")
    return text


def frame_body(
    made: Picture, folder: Path, width: int, look: Look, *, number: int, rows: int = ROWS, growth: int = GROWTH
) -> Text:
    """One state without name and caption: the picture in `rows` rows, the slider under it."""
    number %= len(made.frames)
    body = _body(made, folder / made.frames[number][1], width, look, rows=rows, growth=growth)
    return body.append("\n").append_text(slider(made, number, width, look))


def slider(made: Picture, number: int, width: int, look: Look) -> Text:
    """`步 120  ──────●───  5/12`: where among the states of a picture number `number` is."""
    label = step_label(made.unit, made.frames[number][0])
    count = f"{number + 1}/{len(made.frames)}"
    room = max(2, min(SLIDER, width - cell_len(label) - cell_len(count) - 4))
    bar = track(number / max(1, len(made.frames) - 1), room, look)
    return Text(f"{label}  ", no_wrap=True).append_text(bar).append(f"  {count}", "dim")


def track(share: float, room: int, look: Look) -> Text:
    """A line of `room` cells with a knob at a share of it."""
    place = round(share * (room - 1))
    line, knob = ("-", "O") if look.ascii else ("─", "●")
    text = Text(no_wrap=True).append(line * place, "$text-accent").append(knob, "bold $text-accent")
    return text.append(line * (room - 1 - place), "dim")


def step_label(unit: str, step: int) -> str:
    """`epoch 12`, or 第 12 轮."""
    return _("{unit} {step}").format(unit=unit or _("step"), step=step)


def _body(made: Picture, path: Path, width: int, look: Look, *, rows: int = ROWS, growth: int = GROWTH) -> Text:
    columns = width
    if made.width and made.height:
        columns, rows = tiles.cells(made.width, made.height, width, rows, growth)
    try:
        return look.draw(pictures.open_picture(path), max(1, columns), rows)
    except pictures.PictureError as error:
        return Text(error.message, "dim")


def middle(text: Text, width: int) -> Text:
    """`text` as a whole in the middle of `width` cells, its lines still aligned at the left."""
    lines = text.split("\n")
    left = " " * ((width - max(cell_len(line.plain) for line in lines)) // 2)
    return Text("\n", no_wrap=True).join(Text(left, no_wrap=True).append_text(line) for line in lines)


def side_by_side(shown: Sequence[Mapping[str, Any]], width: int, rows: int, look: Look) -> Text:
    """Pictures {name, file} of an answer beside each other, under their names; in rows where they are larger so."""
    images = []
    for one in shown:
        try:
            images.append((str(one["name"]), pictures.open_picture(Path(one["file"]))))
        except pictures.PictureError as error:
            return Text(error.message, "dim")
    if not images:
        return Text()
    across = max(range(1, len(images) + 1), key=lambda number: (_widest(images, number, width, rows), number))
    wide, room = _room(len(images), across, width, rows)
    parts = []
    for first in range(0, len(images), across):
        drawn = []
        for name, image in images[first : first + across]:
            columns, lines = tiles.cells(image.width, image.height, wide, room)
            body = look.draw(image, columns, lines).split("\n")
            title = [Text(set_cell_size(name, min(wide, max(columns, cell_len(name)))), "bold")] if name else []
            drawn.append([*title, *body])
        parts.append(_beside(drawn))
    return Text("\n\n", no_wrap=True).join(parts)


def _room(count: int, across: int, width: int, rows: int) -> tuple[int, int]:
    """Cells each way for one of `count` pictures with a name, `across` in a row."""
    return max(1, (width + 2) // across - 2), max(2, (rows + 1) // -(-count // across) - 2)


def _widest(images: Sequence[tuple[str, Image]], across: int, width: int, rows: int) -> int:
    """Cells across that the pictures would have."""
    room = _room(len(images), across, width, rows)
    return max(tiles.cells(image.width, image.height, *room)[0] for _name, image in images)


def _beside(columns: Sequence[Sequence[Text]]) -> Text:
    """Columns of lines beside each other, two cells apart."""
    high = max(map(len, columns))
    widths = [max(cell_len(line.plain) for line in column) for column in columns]
    lines = []
    for row in range(high):
        cells = []
        for column, wide in zip(columns, widths, strict=True):
            line = column[row].copy() if row < len(column) else Text()
            line.append(" " * (wide - cell_len(line.plain)))
            cells.append(line)
        lines.append(Text("  ", no_wrap=True).join(cells))
    return Text("\n", no_wrap=True).join(lines)
