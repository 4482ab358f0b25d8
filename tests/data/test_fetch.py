"""Downloads from a server of our own that can be cut off, lie, be missing, or ignore Range."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dlwp_tui import data
from dlwp_tui.core import paths
from dlwp_tui.core.errors import DataError, StorageError
from dlwp_tui.data import fetch, locate, registry
from dlwp_tui.data.locate import State
from tests.data.conftest import Official, write_boston


@dataclass
class Route:
    """How the server answers one path."""

    body: bytes = b""
    status: int = 200
    cut: list[int] = field(default_factory=list)
    """The connection is closed after so many bytes: one entry per request, then none is cut."""
    ranges: bool = True
    length: int | None = None
    """A Content-Length other than the true one."""
    lies_about_range: bool = False
    silent: bool = False
    """Accepts the connection and never answers."""
    stops_after: int = 0
    """Sends so many bytes of each answer, then no more, and keeps the connection."""
    is_html: bool = False


class Server:
    """A web server on 127.0.0.1 with the given routes; keeps the requests it got."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.requests: list[tuple[str, str | None]] = []
        self.ending = threading.Event()
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def url(self, path: str, route: Route) -> str:
        self.routes[path] = route
        return f"http://127.0.0.1:{self.http.server_address[1]}{path}"

    def close(self) -> None:
        self.ending.set()
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, server: Server, *args: object) -> None:
        self.owner = server
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.owner.requests.append((self.path, asked))
        route = self.owner.routes.get(self.path, Route(status=404))
        if route.silent:
            self.owner.ending.wait(30)
            return
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and route.ranges else 0
        if start and start >= len(route.body):
            self.send_error(416)
            return
        part = route.status < 400 and (bool(start) or (bool(asked) and route.lies_about_range))
        body = b"" if route.status >= 400 else route.body[start:]
        self.send_response(206 if part else route.status)
        if part:
            shown = 0 if route.lies_about_range else start
            self.send_header("Content-Range", f"bytes {shown}-{len(route.body) - 1}/{len(route.body)}")
        self.send_header("Content-Length", str(route.length if route.length is not None else len(body)))
        if route.is_html:
            self.send_header("Content-Type", "text/html")
        self.end_headers()
        if route.stops_after:
            self.wfile.write(body[: route.stops_after])
            self.wfile.flush()
            self.owner.ending.wait(30)
            return
        self.wfile.write(body[: route.cut.pop(0)] if route.cut else body)

    def log_message(self, *_args: object) -> None:
        """Quiet."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    started = Server()
    yield started
    started.close()


@pytest.fixture
def body(tmp_path: Path) -> bytes:
    return write_boston(tmp_path / "original.npz").read_bytes()


@pytest.fixture
def offer(server: Server, body: bytes, official: Official) -> Callable[..., None]:
    """Offer the tiny boston_housing.npz at the given routes, tried in order."""

    def make(*routes: Route) -> None:
        urls = tuple(server.url(f"/{i}/boston_housing.npz", r) for i, r in enumerate(routes))
        official("boston_housing", body, urls)

    return make


def target() -> Path:
    return paths.data() / "boston_housing.npz"


def part() -> Path:
    return locate.part_of(target())


def test_a_download_is_verified_reported_and_usable(offer: Callable[..., None], body: bytes) -> None:
    offer(Route(body))
    seen: list[tuple[str, int, int]] = []
    assert fetch.get("boston_housing", lambda *p: seen.append(p)) == [target()]
    assert locate.status("boston_housing").state is State.REAL
    assert target().read_bytes() == body
    assert [p.name for p in paths.data().iterdir()] == ["boston_housing.npz"]
    assert seen[-1] == ("boston_housing.npz", len(body), len(body))
    assert data.load("boston_housing").source == "real"


def test_a_second_get_asks_nobody(offer: Callable[..., None], body: bytes, server: Server) -> None:
    offer(Route(body))
    fetch.get("boston_housing")
    fetch.get("boston_housing")
    assert len(server.requests) == 1


def test_a_cut_connection_goes_on_where_it_stopped(offer: Callable[..., None], body: bytes, server: Server) -> None:
    offer(Route(body, cut=[100, 200]))
    fetch.get("boston_housing")
    assert target().read_bytes() == body
    assert [r for _p, r in server.requests] == [None, "bytes=100-", "bytes=300-"]


def test_a_half_download_is_kept_and_finished_by_the_next_get(
    offer: Callable[..., None], body: bytes, server: Server
) -> None:
    offer(Route(body, cut=[70, 0]))
    with pytest.raises(DataError, match=f"broke off after 70 of {len(body)} bytes"):
        fetch.get("boston_housing")
    assert part().read_bytes() == body[:70]
    assert locate.status("boston_housing").state is State.HALF_DOWNLOADED
    assert not target().exists()
    fetch.get("boston_housing")
    assert server.requests[-1][1] == "bytes=70-"
    assert target().read_bytes() == body


def test_a_server_that_ignores_range_sends_all_again(offer: Callable[..., None], body: bytes) -> None:
    offer(Route(body, ranges=False))
    paths.ensure(paths.data())
    part().write_bytes(body[:50])
    fetch.get("boston_housing")
    assert target().read_bytes() == body


def test_a_server_that_answers_another_range(offer: Callable[..., None], body: bytes) -> None:
    offer(Route(body, ranges=False, lies_about_range=True))
    paths.ensure(paths.data())
    part().write_bytes(body[:50])
    fetch.get("boston_housing")
    assert target().read_bytes() == body


def test_a_spoilt_beginning_is_thrown_away(offer: Callable[..., None], body: bytes, server: Server) -> None:
    offer(Route(body))
    paths.ensure(paths.data())
    part().write_bytes(b"x" * 50)
    fetch.get("boston_housing")
    assert target().read_bytes() == body
    assert [r for _p, r in server.requests] == ["bytes=50-", None]


@pytest.mark.parametrize("extra", [b"", b"more"])
def test_a_part_that_is_already_whole_or_longer(
    offer: Callable[..., None], body: bytes, server: Server, extra: bytes
) -> None:
    offer(Route(body))
    paths.ensure(paths.data())
    part().write_bytes(body + extra)
    fetch.get("boston_housing")
    assert target().read_bytes() == body
    if not extra:
        assert server.requests == [], "a whole part only has to be checked"


def test_a_missing_file_is_taken_from_the_mirror(offer: Callable[..., None], body: bytes, server: Server) -> None:
    offer(Route(status=404), Route(b"<html>please log in</html>"), Route(body))
    fetch.get("boston_housing")
    assert target().read_bytes() == body
    assert [p[1] for p, _r in server.requests] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("route", "said"),
    [
        (lambda body: Route(status=404), "answers 404"),
        (lambda body: Route(status=500), "answers 500"),
        (lambda body: Route(b"<html>" + b" " * (len(body) - 6)), "web page"),
        (lambda body: Route(body + b"more"), "instead of"),
        (lambda body: Route(body[:-9]), "instead of"),
        (lambda body: Route(b"y" * len(body)), "checksum differs"),
    ],
)
def test_a_wrong_answer_leaves_nothing_and_says_what_to_do(
    offer: Callable[..., None], body: bytes, route: Callable[[bytes], Route], said: str
) -> None:
    offer(route(body))
    with pytest.raises(DataError, match=said) as error:
        fetch.get("boston_housing")
    assert list(paths.data().iterdir()) == []
    for needed in ("http://127.0.0.1", "dlwp data import", str(target())):
        assert needed in error.value.hint
    assert locate.status("boston_housing").state is State.MISSING


def test_no_server_at_all(official: Official, body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    official("boston_housing", body, ("http://127.0.0.1:9/a", "http://127.0.0.1:9/b"))
    with pytest.raises(DataError) as error:
        fetch.get("boston_housing")
    assert error.value.message.count("cannot be reached") == 2
    assert "dlwp data import" in error.value.hint


def test_a_silent_server_times_out(offer: Callable[..., None], body: bytes) -> None:
    offer(Route(body, silent=True))
    with pytest.raises(DataError, match=r"cannot be reached .*timed out"):
        fetch.get("boston_housing", timeout=0.2)


def test_a_server_that_falls_silent_is_left_for_the_next(
    offer: Callable[..., None], body: bytes, server: Server
) -> None:
    offer(Route(body, stops_after=18), Route(body))
    notices: list[str] = []
    fetch.get("boston_housing", timeout=0.2, notice=notices.append)
    assert f"fell silent after 18 of {len(body)} bytes. Next: http" in notices[0]
    assert [r for _p, r in server.requests] == [None, "bytes=18-"], "asked once, and what came is kept"


@pytest.mark.parametrize("is_html", [True, False])
@pytest.mark.parametrize("have", [0, 60])
def test_a_login_page_is_called_one_and_costs_nothing(
    offer: Callable[..., None], body: bytes, have: int, is_html: bool
) -> None:
    offer(Route(b"<!doctype html>please log in", ranges=False, is_html=is_html))
    if have:
        paths.ensure(paths.data())
        part().write_bytes(body[:have])
    with pytest.raises(
        DataError, match=r"a web page of 127\.0\.0\.1 came instead of the file \(a login page or a proxy\?"
    ):
        fetch.get("boston_housing")
    assert (part().read_bytes() if have else b"") == body[:have]


def test_what_is_there_outlives_sources_that_cannot_be_had(
    offer: Callable[..., None], body: bytes, server: Server
) -> None:
    offer(Route(body, status=503), Route(body, silent=True), Route(body))
    paths.ensure(paths.data())
    part().write_bytes(body[:90])
    fetch.get("boston_housing", timeout=0.2)
    assert target().read_bytes() == body
    assert [r for _p, r in server.requests] == ["bytes=90-"] * 3


def test_every_source_is_named_when_all_fail(offer: Callable[..., None]) -> None:
    offer(Route(status=404), Route(status=500))
    with pytest.raises(
        DataError, match=r"/0/boston_housing\.npz: answers 404.*; .*/1/boston_housing\.npz: answers 500"
    ) as e:
        fetch.get("boston_housing")
    assert "/0/boston_housing.npz or http" in e.value.hint and "/1/boston_housing.npz, copy" in e.value.hint


def test_an_uncertain_size_is_no_reason_to_refuse(
    offer: Callable[..., None], body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(Route(body))
    dataset = registry.get("boston_housing")
    guessed = replace(dataset.main, size=len(body) + 7, size_certain=False)
    monkeypatch.setitem(registry.DATASETS, "boston_housing", replace(dataset, files=(guessed,)))
    fetch.get("boston_housing")
    assert locate.status("boston_housing").state is State.REAL


def test_two_downloads_of_one_file(offer: Callable[..., None], body: bytes) -> None:
    offer(Route(body))
    paths.ensure(paths.data())
    with fetch._alone(part()), pytest.raises(DataError, match="another dlwp"):
        fetch.get("boston_housing")


def test_a_full_disk(offer: Callable[..., None], body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(out: object, block: bytes) -> None:
        raise paths.storage_error(part(), OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))

    offer(Route(body))
    monkeypatch.setattr(fetch, "_write", full)
    with pytest.raises(StorageError, match="disk is full"):
        fetch.get("boston_housing")
    assert not target().exists()


def test_an_official_download_replaces_an_unverified_file(offer: Callable[..., None], body: bytes) -> None:
    offer(Route(body))
    paths.ensure(paths.data())
    target().write_bytes(b"mine")
    locate.record_of(target()).write_text("{}", encoding="utf-8")
    fetch.get("boston_housing")
    assert locate.status("boston_housing").state is State.REAL
    assert [p.name for p in paths.data().iterdir()] == ["boston_housing.npz"]
