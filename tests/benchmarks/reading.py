"""How quick reading is: opening and switching sections, turning pages, searching; in the real app in a real terminal.

A page counts as painted when the beginning of its own text has arrived in the terminal, not only its title: the title
answers the key at once, the body follows.
"""

from __future__ import annotations

import os
import re
import select
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dlwp_tui.course import reader, search, search_files
from dlwp_tui.course.reader import Section
from dlwp_tui.course.search_text import page_text
from tests.benchmarks.measure import Figure, ahead, interleaved, median_ratio, spread
from tests.terminal import Terminal

SIZE = (120, 40)
ESCAPES = re.compile(rb"\x1b(?:\[[0-9;:<=>?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>78])")
QUERIES = ("过拟合", "卷积", "overfitting", "LSTM", "损失函数", "np.stack", "验证损失", "dropout", "梯度下降", "VAE")
INDEX = """
import time
from dlwp_tui.course import glossary, lesson, reader, search  # pydantic and TOML are there before, as in the app
course = reader.load()
began = time.perf_counter()
index = search.load(course)
print(time.perf_counter() - began, len(index.documents), len(index.skipped))
"""
LONGEST_S = 10.0
STILL_S = 0.4
"""The screen has come to rest when nothing arrives for so long: the bench's form follows the note by 0.12 s and takes
0.25 s. The hardware bar writes once a second."""


def measure(*, short: bool) -> Iterator[Figure]:
    """Every figure of the reading room; `short` walks through chapter 3 only."""
    ahead("self")  # who looks at the clock must not wait either
    sections = reader.load().sections
    if short:
        sections = tuple(section for section in sections if section.id.startswith("3."))
    yield from _walk(sections)
    yield _index(3 if short else 7)
    yield from _queries()
    yield _command(3 if short else 7)


@dataclass(frozen=True)
class Painted:
    """One page and how long it took."""

    seconds: float
    what: str


def _walk(sections: Sequence[Section]) -> Iterator[Figure]:
    """Through every page by `n` and `]`, nothing of which was read before; then back by `N`, section by section."""
    opened: list[Painted] = []
    turned: list[Painted] = []
    back: list[Painted] = []
    with Terminal.dlwp("--section", sections[0].id, size=SIZE, env={"DLWP_NO_WARM_UP": "1"}) as terminal:
        ahead(terminal.process.pid)
        terminal.wait_for(sections[0].title[:8])
        _rest(terminal, 1.0)
        for number, section in enumerate(sections):
            if number:
                opened.append(_timed(terminal, "n", section, 0))
            for page in section.note().pages[1:]:
                turned.append(_timed(terminal, "]", section, page.index))
        for section in reversed(sections[:-1]):
            back.append(_timed(terminal, "N", section, 0))
    yield _figure("opening a section for the first time, p95", opened, 0.4)
    yield _figure("switching back to a section, p95", back, 0.3)
    yield _figure("turning a page, p95", turned, 0.3)


def _figure(name: str, times: Sequence[Painted], limit: float) -> Figure:
    slowest = sorted(times, key=lambda painted: painted.seconds)
    p95 = slowest[int(len(slowest) * 0.95)]
    median = statistics.median(painted.seconds for painted in times)
    worst = ", ".join(f"{painted.what} {painted.seconds:.2f}" for painted in slowest[:-4:-1])
    return Figure(name, p95.seconds, limit, "s", detail=f"median {median:.3f} s (n={len(times)}); slowest {worst}")


def _timed(terminal: Terminal, key: str, section: Section, page: int) -> Painted:
    """Press a key that opens a page; the time until the beginning of its text has arrived."""
    what = f"{section.id} p{page + 1}"
    marks = _marks(section, page)
    seen = b""
    began = time.perf_counter()
    terminal.send(key)
    while time.perf_counter() - began < LONGEST_S:
        seen += _take(terminal, 0.5)
        text = ESCAPES.sub(b"", seen).decode(errors="replace")
        if any(mark in text for mark in marks):
            painted = Painted(time.perf_counter() - began, what)
            _rest(terminal)
            return painted
    raise AssertionError(f"{what} is not painted after {key!r}: none of {marks} in what arrived:\n{text}")


def _marks(section: Section, page: int) -> list[str]:
    """Beginnings of the page's first lines that stand nowhere else on the screen: in no title, no form, no page beside.

    What is shown beside the note, and on the page before, is the same words quite often.
    """
    pages = section.note().pages
    headings, lines = page_text(pages[page].markdown)
    elsewhere = " ".join([section.title, str(section.chapter.title), *(one.title for one in pages)])
    if section.has_lesson:
        elsewhere += (section.folder / "lesson.toml").read_text(encoding="utf-8")
    starts = [line.split("  ")[0][:8].strip() for line in (*headings[:1], *lines[:8])]
    return [start for start in starts if len(start) >= 3 and start not in elsewhere]


def _take(terminal: Terminal, timeout: float) -> bytes:
    """What has arrived. Not through the emulator, which takes up to 100 ms a screen."""
    ready, _w, _x = select.select([terminal.master], [], [], timeout)
    return os.read(terminal.master, 1 << 16) if ready else b""


def _rest(terminal: Terminal, still: float = STILL_S) -> None:
    """Let the screen come to rest."""
    deadline = time.perf_counter() + 3
    while _take(terminal, still) and time.perf_counter() < deadline:
        pass


def _index(count: int) -> Figure:
    """The whole course's index, made anew in a new process."""
    course = reader.load()
    times = []
    for _number in range(count):
        search_files.cache_file(course.content).unlink(missing_ok=True)
        done = _process("-c", INDEX)
        seconds, documents, skipped = done.split()
        assert int(documents) > 500 and int(skipped) == 0, done
        times.append(float(seconds))
    return Figure("index of the whole course, made anew", statistics.median(times), 0.5, "s", detail=spread(times))


def _queries() -> Iterator[Figure]:
    """The search alone for each beginning of each query, and from the key to the results on the screen."""
    index = search.load(reader.load())
    alone: list[float] = []
    for text in (query[:length] for query in QUERIES for length in range(1, len(query) + 1)):
        began = time.perf_counter()
        index.search(text)
        alone.append((time.perf_counter() - began) * 1000)
    yield Figure("a search, p95", _p95(alone), 50, "ms", detail=f"slowest {max(alone):.0f} ms (n={len(alone)})")
    shown: list[float] = []
    with Terminal.dlwp("--section", "3.4", size=SIZE, env={"DLWP_NO_WARM_UP": "1"}) as terminal:
        ahead(terminal.process.pid)
        terminal.wait_for("3.4")
        _rest(terminal, 1.0)
        terminal.send("/")
        _rest(terminal, 1.0)
        for query in QUERIES:
            for length in range(1, len(query) + 1):
                shown.append(_listed(terminal, query[length - 1], index.search(query[:length])) * 1000)
            terminal.send("\x7f" * len(query))
            _rest(terminal, 0.3)
    detail = f"median {statistics.median(shown):.0f} ms, slowest {max(shown):.0f} ms (n={len(shown)})"
    yield Figure("key to results on the screen, p95", _p95(shown), 150, "ms", detail=detail)


def _listed(terminal: Terminal, key: str, results: Sequence[search.Result]) -> float:
    """Type a character; the time until the first result stands in the terminal."""
    [first] = results[:1]
    mark = (first.snippet or first.heading)[:6]
    seen = b""
    began = time.perf_counter()
    terminal.send(key)
    while time.perf_counter() - began < LONGEST_S:
        seen += _take(terminal, 0.5)
        if mark in ESCAPES.sub(b"", seen).decode(errors="replace"):
            taken = time.perf_counter() - began
            _rest(terminal)
            return taken
    raise AssertionError(f"{mark!r} is not listed after {key!r}")


def _command(count: int) -> Figure:
    """`dlwp search` as a process against `dlwp list`, which reads the course and searches nothing."""
    found, listed = interleaved(lambda: _seconds("search", "过拟合"), lambda: _seconds("list"), count)
    detail = f"{statistics.median(found):.2f} s / {statistics.median(listed):.2f} s"
    return Figure("dlwp search / dlwp list", median_ratio(found, listed), 1.6, detail=detail)


def _seconds(*args: str) -> float:
    began = time.perf_counter()
    _process("-m", "dlwp_tui", *args)
    return time.perf_counter() - began


def _process(*args: str) -> str:
    """What a Python process prints."""
    with subprocess.Popen(
        [sys.executable, *args], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        ahead(process.pid)
        printed, _nothing = process.communicate()
    assert process.returncode == 0, printed
    return printed


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]
