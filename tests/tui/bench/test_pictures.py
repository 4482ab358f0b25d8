"""Pictures of a run: sharp in the pane, and on the whole screen as large as fits or pixel by pixel."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from rich.cells import cell_len
from textual.pilot import Pilot

from dlwp_tui.core import paths
from dlwp_tui.render.tiles import Tiles, cells
from dlwp_tui.runs.facts import Picture
from dlwp_tui.tui.bench import output_text
from dlwp_tui.tui.bench.output import OutputView
from dlwp_tui.tui.bench.output_blocks import BlockView
from dlwp_tui.tui.bench.pictures import PictureScreen, Pixels
from tests.tui.bench.bench_runs import BenchApp, LiveRun, rows, until

pytestmark = pytest.mark.usefixtures("course_dir")
SIZE = (64, 40)


def sheet(run: LiveRun, name: str, size: tuple[int, int]) -> None:
    """A picture with a white pixel in each corner."""
    run.folder.artifacts.mkdir(exist_ok=True)
    image = Image.new("L", size, 40)
    ImageDraw.Draw(image).point([(x, y) for x in (0, size[0] - 1) for y in (0, size[1] - 1)], 255)
    image.save(run.folder.artifacts / f"{name}.png")
    run.events.write("picture", name=name, file=f"{name}.png", width=size[0], height=size[1], caption=f"of {name}")


@asynccontextmanager
async def opened(*sheets: tuple[str, tuple[int, int]]) -> AsyncIterator[tuple[BenchApp, Pilot[None], LiveRun]]:
    """The bench's output with these sheets of an ended run on it."""
    run = LiveRun()
    for name, size in sheets:
        sheet(run, name, size)
    run.end()
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.show(run.folder, "output")
        last = f"of {sheets[-1][0]}"
        await until(pilot, lambda: last in app.bench.query_one(OutputView).text, "the pictures")
        yield app, pilot, run


async def enlarge(app: BenchApp, pilot: Pilot[None]) -> None:
    """Enter on the output: the first picture on the whole screen."""
    app.bench.tabs.focus_tab()
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, PictureScreen), "the picture")


@pytest.mark.parametrize(
    ("picture", "room", "wanted"),
    [
        ((28, 28), (60, 24), (28, 14)),  # 1.7 times does not fit a whole number: every pixel as large as the next
        ((28, 28), (60, 28), (56, 28)),
        ((28, 28), (400, 200), (224, 112)),  # no larger than eight times
        ((10, 5), (400, 200), (80, 20)),
        ((280, 140), (60, 24), (60, 15)),
        ((280, 140), (158, 40), (158, 40)),
        ((1, 1), (1, 1), (1, 1)),
        ((500, 3), (60, 24), (60, 1)),
    ],
)
def test_small_pictures_grow_by_whole_numbers_and_large_ones_fit(
    picture: tuple[int, int], room: tuple[int, int], wanted: tuple[int, int]
) -> None:
    assert cells(*picture, *room) == wanted


def test_a_picture_in_the_pane_keeps_to_its_width_and_says_how_to_see_more(tmp_path: Path) -> None:
    Image.new("L", (280, 40), 255).save(tmp_path / "a.png")
    for width in (20, 58, 300):
        text = output_text.picture(Picture("a", "a.png", 280, 40), tmp_path / "a.png", width, False, True)
        assert max(cell_len(line) for line in text.plain.split("\n")) <= max(width, 28)
        assert ("Enter" in text.plain) is (width < 280)


def test_a_grid_in_the_pane_shows_one_page_and_which(tmp_path: Path) -> None:
    Image.new("L", (8 * 27 - 1, 4 * 27 - 1), 255).save(tmp_path / "a.png")
    captions = tuple(f"channel {number}" for number in range(32))
    made = Picture("maps", "a.png", 215, 107, "of layer 1", Tiles(32, 8, 26, 26, 1, captions))
    text = output_text.picture(made, tmp_path / "a.png", 58, False, True).plain
    assert text.startswith("maps  1–2 of 32\n") and text.endswith("of layer 1")
    assert "channel 0" in text and "channel 2" not in text
    later = output_text.picture(made, tmp_path / "a.png", 58, False, True, across=4, shown=30).plain
    assert later.startswith("maps  25–32 of 32") and "channel 30" in later
    gone = output_text.picture(made, tmp_path / "b.png", 58, False, True).plain
    assert "cannot be read" in gone


def test_a_picture_that_changed_has_a_slider(tmp_path: Path) -> None:
    (tmp_path / "GAN").mkdir()
    frames = []
    for number in range(1, 6):
        Image.new("L", (10, 10), 255 if number == 1 else 0).save(tmp_path / f"GAN/{number}.png")
        frames.append((100 * number, f"GAN/{number}.png"))
    made = Picture("GAN", "GAN/5.png", 10, 10, "digits", frames=tuple(frames), unit="epoch")
    last = output_text.picture(made, tmp_path / made.file, 58, True, True).plain.split("\n")
    assert last[0] == "GAN" and last[-2].startswith("epoch 500  ----") and last[-2].endswith("O  5/5")
    assert last[-1] == "digits" and set(last[1]) == {" "}
    first = output_text.picture(made, tmp_path / made.file, 58, True, True, shown=0).plain.split("\n")
    assert set(first[1]) == {"@"} and first[-2].startswith("epoch 100  O---")


async def test_enter_shows_it_large_and_again_every_pixel() -> None:
    async with opened(("first", (28, 28)), ("second", (280, 140))) as (app, pilot, _run):
        await enlarge(app, pilot)
        pixels = app.screen.query_one(Pixels)
        await until(pilot, lambda: pixels.virtual_size == (56, 28), "twice as large")
        assert "first  1/2  28×28" in "\n".join(rows(app)) and "of first" in "\n".join(rows(app))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: pixels.virtual_size == (64, 16), "the next, shrunk to the screen")
        assert pixels.virtual_size.width < 280 and "280×140" in "\n".join(rows(app))
        await pilot.press("enter")
        await until(pilot, lambda: pixels.virtual_size == (280, 70), "every pixel")
        assert pixels.virtual_size.width == 280
        await pilot.press("end", *["right"] * 3)
        await until(pilot, lambda: pixels.scroll_offset.y > 0 and pixels.scroll_offset.x >= 3, "the view to move")
        assert {cell_len(row) for row in rows(app)} == {SIZE[0]}
        await pilot.press("right_square_bracket")
        screen = app.screen
        assert isinstance(screen, PictureScreen)
        await until(pilot, lambda: screen.number == 0, "round the end")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, PictureScreen), "the bench")


async def test_a_click_enlarges_the_picture_under_it() -> None:
    async with opened(("first", (12, 4)), ("second", (12, 6))) as (app, pilot, _run):
        await pilot.pause()
        (block,) = [b for b in app.bench.query(BlockView) if b.block.picture and b.block.picture.name == "second"]
        await pilot.click(block, offset=(2, 1))
        await until(pilot, lambda: isinstance(app.screen, PictureScreen) and app.screen.number == 1, "the second")


async def test_a_picture_that_is_gone_says_so_and_nothing_to_enlarge_does_nothing() -> None:
    async with opened(("first", (12, 4))) as (app, pilot, run):
        (run.folder.artifacts / "first.png").unlink()
        app.bench.tabs.focus_tab()
        await pilot.press("enter")
        await until(pilot, lambda: "cannot be read" in "\n".join(rows(app)), "the sentence")
        await pilot.press("escape")
        app.show(LiveRun().end().folder, "output")
        await until(pilot, lambda: "has no output" in app.bench.query_one(OutputView).text, "another run")
        await pilot.press("enter")
        await pilot.pause()
        assert not isinstance(app.screen, PictureScreen)


async def test_characters_do_where_there_are_no_blocks() -> None:
    paths.ensure(paths.home())
    paths.settings_file().write_text("ascii = true\n", encoding="utf-8")
    async with opened(("first", (12, 8))) as (app, pilot, _run):
        await enlarge(app, pilot)
        await until(pilot, lambda: "......" in "\n".join(rows(app)), "its dark in characters")
        assert "▀" not in "\n".join(rows(app))
