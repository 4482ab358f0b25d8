"""Two calm themes with one accent each. For 16 colours there are Textual's own `ansi-dark` and `ansi-light`.

In 16 colours ours cannot be used: four of the eight curve colours would be the same white.
"""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="dlwp-dark",
    dark=True,
    primary="#7aa2f7",
    secondary="#7dcfff",
    accent="#7aa2f7",
    foreground="#c8ccd4",
    background="#16181d",
    surface="#1b1e24",
    panel="#22262e",
    success="#9ece6a",
    warning="#e0af68",
    error="#f7768e",
    variables={"border": "#7aa2f7", "border-blurred": "#343a46", "footer-key-foreground": "#7aa2f7"},
)

LIGHT = Theme(
    name="dlwp-light",
    dark=False,
    primary="#2f5bb7",
    secondary="#1b7a94",
    accent="#2f5bb7",
    foreground="#2b2f38",
    background="#fbfbf9",
    surface="#f4f4f1",
    panel="#e9e9e4",
    success="#3f7a1f",
    warning="#96600f",
    error="#b3263f",
    variables={"border": "#2f5bb7", "border-blurred": "#cfcfc8", "footer-key-foreground": "#2f5bb7"},
)

OWN = (DARK, LIGHT)
FEW = ("ansi-dark", "ansi-light")
CYCLE = (DARK.name, LIGHT.name, *FEW)
"""The themes that the theme key walks through, in 16 colours only FEW; the palette offers all of Textual's."""
