"""Make the pictures of the README from the real app and the real engine: `uv run python screenshots/make.py [NAME...]`.

Trains on synthetic twins in a data home of its own, so that everybody gets the same pictures; all of them take about
ten minutes. A NAME is a scene (see SCENES); without one all are played. Needs rsvg-convert (librsvg2-bin) and the fonts
fonts-noto-cjk and fonts-dejavu-core.
"""

from __future__ import annotations

import asyncio
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.cells import get_character_cell_size

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from dlwp_tui.tui.app import DlwpApp

HERE = Path(__file__).parent
CELL = 12.2
"""Width of a cell in Rich's SVG: 20 px high characters of 0.61 em."""
NARROW = '"DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace'
WIDE = '"Noto Sans Mono CJK SC", "Noto Sans CJK SC", sans-serif'
TEXT = re.compile(r'<text class="([^"]*)" x="([\d.]+)" y="([\d.]+)" textLength="[\d.]+"([^>]*)>(.*?)</text>', re.DOTALL)


@dataclass(frozen=True)
class Curves:
    """The curves of one run on the whole screen."""

    section: str
    options: str = "--preset quick --seed 1"
    """Of `dlwp run`."""
    keys: tuple[str, ...] = ("v", "x")
    size: tuple[int, int] = (160, 45)


CURVES = {
    "curves-overfitting": Curves("3.4", keys=("v", "x", "3", "home", *["right"] * 4)),
    "curves-folds": Curves("3.6", keys=("v", "x", "g")),
    "curves-momenta": Curves("2.4", keys=("v", "x", "g")),
    "curves-networks": Curves("4.4", "--preset quick --variant all --seed 1", ("v", "x", "g")),
    "curves-training-only": Curves("5.1"),
}


@dataclass(frozen=True)
class Output:
    """One picture of a run's output, on the whole screen."""

    section: str
    name: str
    """What the picture's name begins with; the first such picture."""
    options: str = "--preset quick --seed 1"
    keys: tuple[str, ...] = ()
    """Pressed with the picture focused."""
    size: tuple[int, int] = (120, 40)


OUTPUTS = {
    "feature-maps": Output("5.4.1", "conv"),
    "filters": Output("5.4.2", "block"),
    "grad-cam": Output("5.4.3", "第一名"),
    "deepdream": Output("8.2", "梦"),
    "style-transfer": Output("8.3", ""),
    "gan": Output("8.5", "生成"),
}


async def study() -> None:
    """Section 3.4: training, two runs compared, output, other sizes, the light theme."""
    train("3.4", "--preset small --epochs 20 --seed 1")
    app = new_app("3.4")
    async with app.run_test(size=(160, 45)) as pilot:
        await until(pilot, lambda: app.session is not None and app.session.zygote.state == "ready")
        await press(pilot, "]", "]", "]", "r")
        await until(pilot, lambda: epoch(app) >= 7)
        picture(app, "training")
        await until(pilot, lambda: not going_on(app))
        await press(pilot, "c", "2", "]")
        picture(app, "compare")
        await press(pilot, "o")
        picture(app, "output")
        await pilot.resize_terminal(120, 40)
        await press(pilot, "h")
        picture(app, "medium")
        await pilot.resize_terminal(80, 24)
        await press(pilot, "v")
        picture(app, "narrow-curves")
        await press(pilot, "2")
        picture(app, "narrow-note")
        await pilot.resize_terminal(160, 45)
        await press(pilot, "D", "v")
        picture(app, "light")


async def digit(name: str, section: str, size: tuple[int, int]) -> None:
    """A seven drawn with the keys, and what a lesson's network makes of it: the answer, in 5.1 layer by layer."""
    train(section, "--preset quick --seed 1")
    app = new_app(section)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.session is not None and app.session.zygote.state == "ready")
        await show_newest(app, pilot)
        await press(pilot, "i")
        await pilot.press(*["left"] * 6, *["up"] * 8, "space", *["right"] * 11)
        await pilot.press(*["left", "down", "down"] * 7, "space")
        await until(pilot, lambda: "▶" in "".join(strip.text for strip in app.screen._compositor.render_strips()))
        await pilot.pause(1)
        picture(app, name)


async def latent_plane() -> None:
    """The latent plane of lesson 8.4, a few steps from its middle."""
    train("8.4", "--preset quick --seed 1")
    app = new_app("8.4")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.session is not None and app.session.zygote.state == "ready")
        await show_newest(app, pilot)
        await press(pilot, "x", "i", "right", "right", "up")
        await pilot.pause(2)
        picture(app, "latent-plane")


async def output(name: str) -> None:
    """One of OUTPUTS."""
    from dlwp_tui.tui.bench.picture_views import PictureView

    scene = OUTPUTS[name]
    train(scene.section, scene.options)
    app = new_app(scene.section)
    async with app.run_test(size=scene.size) as pilot:
        await show_newest(app, pilot)
        await press(pilot, "o", "x")

        def found() -> list[PictureView]:
            return [
                view
                for view in app.screen.query(PictureView)
                if view.block.picture and view.block.picture.name.startswith(scene.name)
            ]

        await until(pilot, lambda: bool(found()))
        found()[0].focus()
        found()[0].scroll_visible(animate=False, top=True)
        await press(pilot, *scene.keys)
        await pilot.pause(1)
        picture(app, name)


async def layer_graph() -> None:
    """Lesson 7.1.4: Inception's branches, and residual connections, as the output shows them."""
    train("7.1.4", "--preset quick --samples 1000 --epochs 1 --depth 10 --trained-depth 4 --seed 1")
    app = new_app("7.1.4")
    async with app.run_test(size=(160, 45)) as pilot:
        await show_newest(app, pilot)
        await press(pilot, "o")
        picture(app, "layer-graph")


async def curves(name: str) -> None:
    """One of CURVES."""
    scene = CURVES[name]
    train(scene.section, scene.options)
    app = new_app(scene.section)
    async with app.run_test(size=scene.size) as pilot:
        await show_newest(app, pilot)
        await press(pilot, *scene.keys)
        picture(app, name)


async def tune() -> None:
    """A search over lesson 2.5's width and learning rate, through to its end."""
    from textual.widgets import Input, Static

    from dlwp_tui.tui.screens.tuning import TuneScreen

    app = new_app("2.5")
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        await press(pilot, "S")
        await until(pilot, lambda: isinstance(app.screen, TuneScreen))
        screen = app.screen
        screen.query_one("#tune-trials", Input).value = "12"
        await press(pilot, "enter")
        await until(pilot, lambda: "●" in str(screen.query_one("#tune-found", Static).content))
        await until(pilot, lambda: not screen.searching.at_work and screen.searching.outcome is not None, 600)
        await pilot.pause(1.5)
        picture(app, "tune")


async def claims() -> None:
    """What section 6.2.2 states, after it was put to the test."""
    from dlwp_tui.tui.reader.claims import ClaimsScreen

    subprocess.run([sys.executable, "-m", "dlwp_tui", "prove", "6.2.2"], check=False)
    app = new_app("6.2.2")
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        await press(pilot, "V")
        await until(pilot, lambda: isinstance(app.screen, ClaimsScreen) and bool(app.screen.shown))
        await pilot.pause(0.5)
        picture(app, "claims")


SCENES: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
    "study": study,
    "digit": partial(digit, "digit", "2.1", (120, 40)),
    "digit-walk": partial(digit, "digit-walk", "5.1", (160, 45)),
    "layer-graph": layer_graph,
    "latent-plane": latent_plane,
    "tune": tune,
    "claims": claims,
    **{name: partial(output, name) for name in OUTPUTS},
    **{name: partial(curves, name) for name in CURVES},
}


async def main() -> None:
    """Play the scenes that the command line names."""
    with tempfile.TemporaryDirectory(prefix="dlwp-pictures-") as folder:
        os.environ.update(DLWP_HOME=str(Path(folder) / "home"), KERAS_HOME=str(Path(folder) / "keras"), DLWP_LANG="zh")
        from dlwp_tui.render import wrap

        wrap.install()
        for name in sys.argv[1:] or SCENES:
            await SCENES[name]()


def new_app(section: str) -> DlwpApp:
    """The app in the dark theme, whatever an earlier scene chose."""
    from dlwp_tui.course import reader
    from dlwp_tui.tui import themes
    from dlwp_tui.tui.app import DlwpApp

    app = DlwpApp(reader.load(), section)
    app.theme = themes.DARK.name
    return app


def train(section: str, options: str) -> None:
    """Run a lesson to its end, without the app."""
    command = [sys.executable, "-m", "dlwp_tui", "run", section, *options.split(), "--json"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


async def opened(app: DlwpApp, pilot: Pilot[None]) -> None:
    """Wait until the section's lesson is on the bench."""
    from dlwp_tui.tui.screens.study import StudyScreen

    await until(pilot, lambda: isinstance(app.screen, StudyScreen) and app.screen.panes.lesson is not None)


async def show_newest(app: DlwpApp, pilot: Pilot[None]) -> None:
    """Show the newest run on the bench."""
    from dlwp_tui.runs import store
    from dlwp_tui.tui.bench.pane import BenchPane

    await opened(app, pilot)
    bench = app.screen.query_one(BenchPane)
    bench.show_run(max(store.all(), key=lambda folder: store.read_spec(folder).created))
    await until(pilot, lambda: bench.shown is not None and bench.shown.read)
    await pilot.pause(0.6)


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys, letting the screen come to rest after each."""
    for key in keys:
        await pilot.press(key)
        await pilot.pause(0.6)


async def until(pilot: Pilot[None], condition: Callable[[], bool], timeout: float = 180) -> None:
    """Let the app run until `condition` holds."""
    for _ in range(int(timeout / 0.1)):
        await pilot.pause(0.1)
        if condition():
            return
    raise TimeoutError(f"{condition} did not come true")


def epoch(app: DlwpApp) -> int:
    """The shown run's epoch."""
    from dlwp_tui.tui.bench.pane import BenchPane

    shown = app.screen.query_one(BenchPane).shown
    return (shown.epoch or 0) if shown is not None else 0


def going_on(app: DlwpApp) -> bool:
    """Whether the shown run is at work."""
    from dlwp_tui.tui.bench.pane import BenchPane

    return app.screen.query_one(BenchPane).running is not None


def picture(app: DlwpApp, name: str) -> None:
    """The screen now as `name.png`."""
    app.clear_notifications()
    app.screen.refresh(repaint=True)
    svg = right_widths(app.export_screenshot(title="dlwp"))
    target = HERE / f"{name}.png"
    subprocess.run(
        ["rsvg-convert", "--zoom", "0.8", "-o", str(target)], input=svg.encode(), check=True, stdout=subprocess.PIPE
    )
    print(target.name)


def right_widths(svg: str) -> str:
    """Rich counts a wide character as one cell, and browsers squeeze Chinese: put each wide one into its own cells."""
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)  # no font from the network
    svg = re.sub(r"font-family:\s*Fira Code[^;]*;", f"font-family: {NARROW};", svg)
    svg = re.sub(r"font-size:\s*20px", f"font-size: {20 * CELL / 12.04:.2f}px", svg)  # DejaVu advances 0.602 em
    svg = svg.replace("</style>", f".wide {{ font-family: {WIDE}; font-size: 20px; }}\n</style>", 1)
    return TEXT.sub(_split, svg)


def _split(match: re.Match[str]) -> str:
    style, y, rest = match[1], match[3], match[4]
    x = float(match[2])
    out: list[str] = []
    for run in re.findall(r"[\u1100-\uffef]|[^\u1100-\uffef]+", html.unescape(match[5])):
        cells = sum(get_character_cell_size(character) for character in run)
        lead = len(run) - len(run.lstrip(" \xa0"))  # rsvg drops outer spaces
        text = run.strip(" \xa0")
        if text and cells == 2 * len(run):
            place = x + (2 * CELL - 20) / 2
            out.append(f'<text class="{style} wide" x="{place:.1f}" y="{y}"{rest}>{html.escape(text)}</text>')
        elif text:
            length = CELL * sum(get_character_cell_size(character) for character in text)
            shown = html.escape(text).replace(" ", "&#160;").replace("\xa0", "&#160;")
            place = x + CELL * lead
            out.append(f'<text class="{style}" x="{place:.1f}" y="{y}" textLength="{length:.1f}"{rest}>{shown}</text>')
        x += CELL * cells
    return "".join(out)


if __name__ == "__main__":
    if shutil.which("rsvg-convert") is None:
        sys.exit("rsvg-convert is missing: apt-get install librsvg2-bin fonts-noto-cjk fonts-dejavu-core")
    asyncio.run(main())
