"""Pictures of a run: sharp in the pane, and on the whole screen as large as fits or pixel by pixel."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from rich.cells import cell_len
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widgets import Static

from dlwp_tui.core import paths
from dlwp_tui.render import tiles
from dlwp_tui.render.kitty import PLACEHOLDER
from dlwp_tui.render.look import Look
from dlwp_tui.render.sixel import cell_size
from dlwp_tui.render.tiles import Tiles, cells
from dlwp_tui.runs.facts import Picture
from dlwp_tui.tui.bench import picture_text
from dlwp_tui.tui.bench.block_view import BlockView
from dlwp_tui.tui.bench.output import OutputView
from dlwp_tui.tui.bench.picture_views import FramesView, GridView
from dlwp_tui.tui.bench.pictures import PictureScreen, Pixels
from dlwp_tui.tui.look import look_of
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
        text = picture_text.picture(Picture("a", "a.png", 280, 40), tmp_path, width, Look())
        assert max(cell_len(line) for line in text.plain.split("\n")) <= max(width, 28)
        assert ("Enter" in text.plain) is (width < 280)


def test_a_grid_in_the_pane_shows_one_page_and_which(tmp_path: Path) -> None:
    Image.new("L", (8 * 27 - 1, 4 * 27 - 1), 255).save(tmp_path / "a.png")
    captions = tuple(f"channel {number}" for number in range(32))
    made = Picture("maps", "a.png", 215, 107, "of layer 1", Tiles(32, 8, 26, 26, 1, captions))
    text = picture_text.picture(made, tmp_path, 58, Look()).plain
    assert text.startswith("maps  1–6 of 32\n") and text.endswith("of layer 1")
    assert "channel 0" in text and "channel 6" not in text
    assert made.tiles is not None
    page = tiles.page(made.tiles, 58, picture_text.ROWS, across=4, shown=30)
    later = picture_text.grid(made, tmp_path, 58, Look(), page).plain
    assert later.startswith("maps  25–32 of 32") and "channel 30" in later
    gone = picture_text.picture(made, tmp_path / "none", 58, Look()).plain
    assert "cannot be read" in gone


def test_a_picture_that_changed_has_a_slider(tmp_path: Path) -> None:
    (tmp_path / "GAN").mkdir()
    frames = []
    for number in range(1, 6):
        Image.new("L", (10, 10), 255 if number == 1 else 0).save(tmp_path / f"GAN/{number}.png")
        frames.append((100 * number, f"GAN/{number}.png"))
    made = Picture("GAN", "GAN/5.png", 10, 10, "digits", frames=tuple(frames), unit="epoch")
    last = picture_text.picture(made, tmp_path, 58, Look(ascii=True)).plain.split("\n")
    assert last[0] == "GAN" and last[-2].startswith("epoch 500  ----") and last[-2].endswith("O  5/5")
    assert last[-1] == "digits" and set(last[1]) == {" "}
    first = picture_text.frame(made, tmp_path, 58, Look(ascii=True), 0).plain.split("\n")
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


def changing(run: LiveRun, *steps: int) -> None:
    """A picture of ten pixels, brighter with every step, and the event of all its states."""
    folder = run.folder.artifacts / "GAN"
    folder.mkdir(parents=True, exist_ok=True)
    frames = []
    for number, step in enumerate(steps):
        Image.new("L", (10, 10), 25 * number).save(folder / f"{step}.png")
        frames.append([step, f"GAN/{step}.png"])
    run.events.write("frames", name="GAN", frames=frames, width=10, height=10, caption="digits", unit="epoch")


def grid(run: LiveRun, count: int) -> None:
    """A grid of white squares, eight in a row."""
    run.folder.artifacts.mkdir(exist_ok=True)
    tiles = {"count": count, "columns": 8, "width": 26, "height": 26, "gap": 1}
    size = (8 * 27 - 1, -(-count // 8) * 27 - 1)
    Image.new("L", size, 255).save(run.folder.artifacts / "maps.png")
    tiles["captions"] = [f"channel {number}" for number in range(count)]  # type: ignore[assignment]
    run.events.write("picture", name="maps", file="maps.png", width=size[0], height=size[1], caption="c", tiles=tiles)


async def test_a_grid_turns_its_pages_and_zooms() -> None:
    run = LiveRun()
    grid(run, 32)
    run.end()
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.show(run.folder, "output")
        output = app.bench.query_one(OutputView)
        await until(pilot, lambda: "1–6 of 32" in output.text, "the first page")
        view = app.bench.query_one(GridView)
        view.focus()
        await pilot.press("right", "right", "left")
        await until(pilot, lambda: "7–12 of 32" in output.text and "channel 11" in output.text, "the second page")
        await pilot.press("-")
        await until(pilot, lambda: "1–12 of 32" in output.text, "four in a row, the page with the seventh")
        await pilot.press("right", *"+++")
        await until(pilot, lambda: "13–13 of 32" in output.text, "one in a row")
        await pilot.press("left", "home", "left", "end")
        await until(pilot, lambda: "32–32 of 32" in output.text, "the last")
        assert {cell_len(row) for row in rows(app)} == {SIZE[0]}
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PictureScreen), "the screen")
        large = app.screen.query_one(GridView)
        await until(pilot, lambda: "1–9 of 32" in "\n".join(rows(app)), "a page of the screen's size")
        await pilot.press("right")
        await until(pilot, lambda: "10–18 of 32" in "\n".join(rows(app)), "the next")
        assert large.large and "channel 17" in "\n".join(rows(app))
        await pilot.press("x")
        await until(pilot, lambda: app.screen.query_one(Pixels).display, "all of it as one picture")
        assert {cell_len(row) for row in rows(app)} == {SIZE[0]}


async def test_a_changing_picture_follows_until_the_learner_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlwp_tui.tui.bench.picture_views.PLAY_S", 0.02)
    run = LiveRun()
    changing(run, 1, 2)
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.show(run.folder, "output")
        output = app.bench.query_one(OutputView)
        await until(pilot, lambda: "epoch 2" in output.text, "the newest")
        view = app.bench.query_one(FramesView)
        view.focus()
        changing(run, 1, 2, 3)
        await until(pilot, lambda: "epoch 3" in output.text and "3/3" in output.text, "the newest again")
        await pilot.press("left", "left", "left")
        await until(pilot, lambda: "epoch 1" in output.text, "the first")
        changing(run, 1, 2, 3, 4)
        await until(pilot, lambda: "1/4" in output.text, "one more, and still the first")
        assert app.bench.query_one(FramesView) is view and app.focused is view
        await pilot.press("space")
        await until(pilot, lambda: "epoch 4" in output.text and view.step is None, "played to the last")
        await pilot.press("home", "end", "left")
        await until(pilot, lambda: "epoch 3" in output.text, "one back from the last")
        changing(run, 1, 4, 5)
        await until(pilot, lambda: "epoch 4" in output.text and "2/3" in output.text, "the next that is kept")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PictureScreen), "the screen")
        await until(pilot, lambda: "epoch 5" in "\n".join(rows(app)) and "3/3" in "\n".join(rows(app)), "the newest")
        await pilot.press("left")
        await until(pilot, lambda: "epoch 4" in "\n".join(rows(app)), "the step before")
    run.end()


async def test_a_click_takes_the_focus_and_the_next_enlarges() -> None:
    run = LiveRun()
    grid(run, 32)
    run.end()
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.show(run.folder, "output")
        await until(pilot, lambda: "1–6 of 32" in app.bench.query_one(OutputView).text, "the grid")
        view = app.bench.query_one(GridView)
        await pilot.click(view, offset=(4, 4))
        await until(pilot, lambda: app.focused is view, "the focus")
        await pilot.click(view, offset=(4, 4))
        await until(pilot, lambda: isinstance(app.screen, PictureScreen), "the screen")


async def test_characters_do_where_there_are_no_blocks() -> None:
    paths.ensure(paths.home())
    paths.settings_file().write_text("ascii = true\n", encoding="utf-8")
    async with opened(("first", (12, 8))) as (app, pilot, _run):
        await enlarge(app, pilot)
        await until(pilot, lambda: "......" in "\n".join(rows(app)), "its dark in characters")
        assert "▀" not in "\n".join(rows(app))


@pytest.mark.parametrize("where", ["pane", "screen"])
async def test_kittys_placeholders_stand_where_the_picture_is(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    paths.ensure(paths.home())
    paths.settings_file().write_text('pictures = "kitty"\n', encoding="utf-8")
    sent: list[str] = []
    monkeypatch.setattr("dlwp_tui.tui.look.write", lambda _app, sequence: sent.append(sequence))
    monkeypatch.setattr("rich.console.Console.color_system", property(lambda _self: "truecolor"))
    async with opened(("first", (12, 8))) as (app, pilot, _run):
        if where == "screen":
            await enlarge(app, pilot)
        await until(pilot, lambda: PLACEHOLDER in "\n".join(rows(app)), "the placeholders")
        assert {cell_len(row) for row in rows(app)} == {SIZE[0]}
        numbers = {int(number) for sequence in sent for number in re.findall(r"a=T.*?i=(\d+)", sequence)}
        strips = app.screen._compositor.render_strips()
        colours = {
            segment.style.color.triplet
            for strip in strips
            for segment in strip
            if PLACEHOLDER in segment.text and segment.style is not None and segment.style.color is not None
        }
        assert {red << 16 | green << 8 | blue for red, green, blue in filter(None, colours)} <= numbers and colours


async def test_a_picture_the_terminal_no_longer_has_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    paths.ensure(paths.home())
    paths.settings_file().write_text('pictures = "kitty"\n', encoding="utf-8")
    sent: list[str] = []
    monkeypatch.setattr("dlwp_tui.tui.look.write", lambda _app, sequence: sent.append(sequence))
    monkeypatch.setattr("rich.console.Console.color_system", property(lambda _self: "truecolor"))
    async with opened(("first", (12, 8))) as (app, pilot, _run):
        await until(pilot, lambda: "a=T" in "".join(sent), "the picture")
        monkeypatch.setattr("dlwp_tui.render.kitty.KEPT", 1)
        look_of(app).draw(Image.new("L", (3, 3)), 4, 4)  # one of many others
        assert "a=d" in sent[-1]
        sent.clear()
        await until(pilot, lambda: "a=T" in "".join(sent), "the picture again")


async def test_sixels_follow_each_frame_that_writes_their_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlwp_tui.tui.bench.pictures.uses_sixels", lambda _app: True)
    async with opened(("first", (12, 8)), ("second", (20, 20))) as (app, pilot, _run):
        await enlarge(app, pilot)
        compositor = app.screen._compositor

        def frame() -> str:
            return compositor.render_full_update().render_segments(app.console)

        def part(row: int) -> str:
            compositor._dirty_regions.add(Region(0, row, 10, 1))
            update = compositor.render_partial_update()
            assert update is not None
            return update.render_segments(app.console)

        await until(pilot, lambda: "\x1bP0;1;0q" in frame(), "the picture")
        first = frame()[frame().index("\x1b7") :]
        assert first.endswith("\x1b\\\x1b8") and "▀" not in "\n".join(rows(app))
        room = app.screen.query_one(Pixels).region
        assert part(room.y + 1).endswith(first) and "\x1bP" not in part(0), "only where its rows are written"
        await pilot.press("]")
        await until(pilot, lambda: "\x1bP" in frame() and not frame().endswith(first), "the next one")
        notice = Static("a notice")
        notice.styles.layer, notice.styles.dock, notice.styles.height = "_toastrack", "bottom", 20
        await app.screen.mount(notice)
        await until(pilot, lambda: notice.region.height == 20, "the notice")
        found = re.search(r'\x1b7\x1b\[(\d+);\d+H\x1bP0;1;0q"1;1;\d+;(\d+)', frame())
        assert found is not None
        assert int(found[1]) - 1 + int(found[2]) / cell_size()[1] == notice.region.y, "the notice stays readable"


async def test_what_changes_behind_a_picture_does_not_send_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(("first", (12, 8))) as (app, pilot, _run):
        await enlarge(app, pilot)
        await pilot.pause()
        frames: list[object] = []
        monkeypatch.setattr(app, "_display", lambda _screen, update: frames.append(update))
        app.screen_stack[0].query_one(OutputView).refresh()
        await pilot.pause()
        assert not [update for update in frames if update is not None]
        app.screen.refresh()
        await until(pilot, lambda: [update for update in frames if update is not None], "a frame of its own")
