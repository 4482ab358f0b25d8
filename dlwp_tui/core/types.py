"""Types that the course, the data and the runs share."""

from __future__ import annotations

from typing import Literal

Value = int | float | bool | str
"""The value of one param of a lesson."""

Source = Literal["auto", "real", "synthetic"]
"""Which data are asked for; `auto`: real where the file is there, else synthetic."""

UsedSource = Literal["real", "unverified", "synthetic"]
"""Which data were used; `unverified`: a real file that is not the publisher's, byte for byte."""

USED_SOURCES: tuple[UsedSource, ...] = ("real", "unverified", "synthetic")
"""From best to worst."""
