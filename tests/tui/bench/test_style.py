"""The colours of curves: each can be read on the background of every theme, and told from the others."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.constants import DIM_FACTOR
from textual.theme import BUILTIN_THEMES, Theme

from dlwp_tui.core import settings
from dlwp_tui.course import reader
from dlwp_tui.tui import app as tui
from dlwp_tui.tui import terminal, themes
from dlwp_tui.tui.bench import style

FULL = [theme for theme in (*themes.OWN, *BUILTIN_THEMES.values()) if not theme.ansi]
NAMES = [
    f"ansi_{bright}{name}"
    for bright in ("", "bright_")
    for name in ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
]
TERMINALS = {
    "VGA": "000 a00 0a0 a50 00a a0a 0aa aaa 555 f55 5f5 ff5 55f f5f 5ff fff",
    "GNOME": "171421 c01c28 26a269 a2734c 12488b a347ba 2aa1b3 d0cfcc"
    " 5e5c64 f66151 33da7a e9ad0c 2a7bde c061cb 33c7de ffffff",
    "Windows": "0c0c0c c50f1f 13a10e c19c00 0037da 881798 3a96dd cccccc"
    " 767676 e74856 16c60c f9f1a5 3b78ff b4009e 61d6d6 f2f2f2",
}


def contrast(one: Color, other: Color) -> float:
    """As WCAG 2 defines it: 1 for equal colours, 21 for black and white."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(color: Color) -> float:
    r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("theme", FULL, ids=lambda theme: theme.name)
def test_every_curve_is_seen_on_every_theme(theme: Theme) -> None:
    made = theme.to_color_system().generate()
    background = Color.parse(made["background"])
    for name in style.palette(theme.name, theme.dark):
        color = Color.parse(name)
        assert contrast(color, background) >= 3 and contrast(color, Color.parse(made["surface"])) >= 3
        if theme in themes.OWN:
            assert contrast(background.blend(color, DIM_FACTOR), background) >= 3, "a faint one"


@pytest.mark.parametrize("terminal", TERMINALS)
@pytest.mark.parametrize("dark", [True, False])
def test_every_curve_is_seen_in_16_colors(terminal: str, dark: bool) -> None:
    shades = dict(zip(NAMES, (Color.parse(f"#{code}") for code in TERMINALS[terminal].split()), strict=True))
    black, white = Color.parse("#000"), Color.parse("#fff")
    shades["ansi_default"] = white if dark else black
    names = style.palette(themes.FEW[not dark], dark)
    assert len({shades[name] for name in names}) == 8
    assert all(contrast(shades[name], black if dark else white) >= 3 for name in names)


@pytest.mark.parametrize(
    ("term", "chosen", "opened"),
    [
        ("xterm-256color", "dlwp-dark", "dlwp-dark"),
        ("linux", "dlwp-dark", "ansi-dark"),
        ("xterm", "dlwp-light", "ansi-light"),
        ("xterm", "ansi-light", "ansi-light"),
        ("xterm", "nord", "ansi-dark"),
    ],
)
def test_16_colors_are_the_terminals_own(term: str, chosen: str, opened: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[tui.DlwpApp] = []
    monkeypatch.setenv("TERM", term)
    monkeypatch.delenv("COLORTERM", raising=False)
    monkeypatch.setattr(settings, "load", lambda: settings.Settings(theme=chosen))
    monkeypatch.setattr(terminal, "before_run", lambda: None)
    monkeypatch.setattr(tui.DlwpApp, "run", lambda app: found.append(app))  # noqa: PLW0108 - bound to the app
    tui.run(reader.load())
    assert found[0].theme == opened


async def test_the_theme_key_stays_in_the_terminals_colors() -> None:
    app = tui.DlwpApp(reader.load(), warm_up=False)
    async with app.run_test():
        app.use_few_colors()
        seen = [app.theme]
        for _ in range(2):
            app.action_next_theme()
            seen.append(app.theme)
    assert seen == ["ansi-dark", "ansi-light", "ansi-dark"]
