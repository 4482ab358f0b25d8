"""Fuzzers: each parser takes any bytes, made of good ones, and raises only our own error.

In CI some dozen inputs a parser, always the same ones; with `--long` 20,000.
"""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dlwp_tui.core.errors import DlwpError
from tests.attack import parsers
from tests.attack.parsers import PARSERS

LONG, SHORT = 20_000, 30
SLOW_S = 5.0
"""CPU seconds that no input of these sizes may take."""
VALUES = re.compile(rb'"[^"\n]*"|[-+]?\d[\d.eE+-]*|\btrue\b|\bfalse\b')
WORDS = re.compile(rb'"[^"\n]*"|[\w.]+|[^\s\w]')
NASTY = [
    b"9" * 5000, b"-" + b"9" * 400, b"0x" + b"f" * 5000, b"1e400", b"1e308", b"-0", b"0", b"inf", b"nan", b"-nan",
    b"NaN", b"-Infinity", b"true", b"null", b"[]", b"{}", b'""', b'"x"', b"[1]", b"{ a = 1 }", b'"\\ud800"',
    b'"\\u0000"', b'"\\u00b2"', b"\xc2\xb2", b"[" * 3000, b'{"a":' * 3000, b"[" * 200 + b"]" * 200,
    b"a." * 3000 + b"a=1", b"(" * 3000, b"-" * 3000, b"{" * 3000, b"> " * 500, b"\\frac" * 300, b"^{" * 500,
    b"*" * 2000, b"x" * 70_000, b'"' + b"k" * 70_000 + b'"', b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\x1b]0;x\x07",
    "\u202e猫".encode(), b"\n", b"\n\n[a]\n", b"'''", b"1979-05-27T07:32:00Z", b"1-1", b"..", b"~nobody/x",
    b"\x7f\xff\xff\xff", b"\xff" * 8,
]  # fmt: skip
"""What takes the place of a word of a good input: numbers, names, nesting and signs that parsers stumble over."""


@st.composite
def broken(draw: st.DrawFn, good: tuple[bytes, ...]) -> bytes:
    """A good input, changed in one to four places."""
    data = draw(st.sampled_from(good))
    for _change in range(draw(st.integers(1, 3))):
        kind, place, size = draw(st.integers(0, 9)), draw(st.integers(0, 1 << 16)), draw(st.integers(1, 255))
        at = place % (len(data) + 1)
        if kind == 0:  # bytes flipped
            data = data[:at] + bytes(byte ^ size for byte in data[at : at + 1]) + data[at + 1 :]
        elif kind == 1:  # cut off
            data = data[:at]
        elif kind == 2:  # a piece repeated elsewhere, or of another good input
            other = draw(st.sampled_from(good))
            start = place % (len(other) + 1)
            data = data[:at] + other[start : start + size] + data[at:]
        elif kind == 3:  # a piece left out
            data = data[:at] + data[at + size :]
        elif words := list((VALUES if kind > 5 else WORDS).finditer(data)):  # a word replaced
            word = words[place % len(words)]
            data = data[: word.start()] + draw(st.sampled_from(NASTY)) + data[word.end() :]
    return data


def refused(name: str, data: bytes) -> bool:
    """Whether a parser raises our error, which can be shown and printed; any other one passes through."""
    began = time.process_time()
    try:
        PARSERS[name].parse(data)
    except DlwpError as error:
        str(error).encode("utf-8", "surrogateescape")
        return True
    finally:
        assert time.process_time() - began < SLOW_S, f"slow: {data[:2000]!r}"
    return False


def good_input(name: str) -> tuple[bytes, ...]:
    """What a parser takes."""
    return PARSERS[name].good or (parsers.packed_example(),)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", PARSERS)
def test_any_bytes_raise_nothing_but_our_error(name: str, home: Path, request: pytest.FixtureRequest) -> None:
    good = good_input(name)
    long = bool(request.config.getoption("--long"))

    @settings(
        max_examples=LONG if long else SHORT,
        derandomize=not long,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(broken(good))
    def attack(data: bytes) -> None:
        refused(name, data)

    for one in good:
        refused(name, one)
    attack()
