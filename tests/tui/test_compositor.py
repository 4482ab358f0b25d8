"""Wide characters stay whole where a widget that cannot be seen begins or ends behind them."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from dlwp_tui.tui.compositor import keep_whole
from tests.tui.bench.bench_runs import rows


class Layers(Screen[None]):
    """Eight Chinese characters over a widget that ends in the middle of one of them."""

    CSS = """
    Layers { layers: back front; }
    #back { layer: back; width: 5; height: 3; }
    #front { layer: front; width: 16; height: 1; }
    #notice { layer: front; width: 4; height: 1; offset: 3 1; }
    """

    def __init__(self, *, whole: bool) -> None:
        super().__init__()
        if whole:
            keep_whole(self)

    def compose(self) -> ComposeResult:
        yield Static("后面\n后面\n后面", id="back")
        yield Static("前面的八个汉字啊", id="front")


@pytest.mark.parametrize("whole", [True, False])
async def test_what_lies_behind_cuts_nothing(whole: bool) -> None:
    app: App[None] = App()
    async with app.run_test(size=(20, 4)) as pilot:
        await app.push_screen(Layers(whole=whole))
        await pilot.pause()
        assert (rows(app)[0].rstrip() == "前面的八个汉字啊") is whole, "Textual itself would do: drop this compositor"


async def test_a_partial_update_is_as_whole_as_a_full_one() -> None:
    app: App[None] = App()
    async with app.run_test(size=(20, 4)) as pilot:
        screen = Layers(whole=True)
        await app.push_screen(screen)
        await pilot.pause()
        screen.query_one("#front", Static).update("另外的八个汉字呀")
        await pilot.pause()
        assert rows(app)[0].rstrip() == "另外的八个汉字呀"
        assert rows(app)[1].rstrip() == "后面"
