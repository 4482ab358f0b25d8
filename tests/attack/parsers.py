"""Every parser of the program as a function of bytes, with good input to begin from: what tests/attack fuzzes.

A parser takes any bytes: it returns, or raises a DlwpError (FormError where a form is asked for).
"""

from __future__ import annotations

import gzip
import io
import json
import pickle
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from dlwp_tui.core import content, last_values, own_notes, paths, progress, settings
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.runs.folder import RunFolder
from tests.conftest import FIXTURES

COURSE = FIXTURES / "course"
LESSON = COURSE / "ch01/1.1-fake/lesson.toml"
REAL = sorted((Path(__file__).parents[2] / "content").glob("ch0[568]/*/lesson.toml"))[::6]
RUN = "20261123-0231-1.1-k7qf"
NOTE = """# 1.1 标题

## 一页

文字 `code` $x^2$ [1.2](sec:1.2) [词](term:过拟合)

$$\\frac{a}{b}$$

```run 1.1 preset=quick
```

```experiment more-rate-more-loss
```

> [!WARNING] 勘误
> 文字

| a | b |
|---|---|
| 1 | 2 |

:::quiz
问？
- [ ] 甲
- [x] 乙：对
:::

```diagram
a -> b
```
"""
EVENTS: list[dict[str, Any]] = [
    {"e": "queued"},
    {"e": "started", "device": "cpu", "pid": 1},
    {"e": "phase", "name": "training"},
    {"e": "wait", "name": "loading", "done": 1, "total": 3, "began": 1.0},
    {"e": "dataset", "name": "imdb", "source": "synthetic", "detail": "d"},
    {"e": "model", "label": "m", "layers": [["a", "Dense", "(None, 1)", 3]], "params": 3, "trainable": 3},
    {"e": "batch", "epoch": 1, "step": 1, "steps": 2, "metrics": {"loss": 1.0}},
    {"e": "epoch", "epoch": 1, "epochs": 2, "seconds": 0.5, "metrics": {"loss": 1.0, "val_loss": "nan"}},
    {"e": "baseline", "label": "b", "metrics": {"loss": 0.5}},
    {"e": "progress", "done": 1, "total": 2, "label": "p"},
    {"e": "picture", "name": "p", "file": "p.png", "width": 1, "height": 1, "caption": "c"},
    {"e": "text", "title": "t", "body": "b"},
    {"e": "table", "title": "t", "columns": ["a", "b"], "rows": [["x", 1]]},
    {"e": "check", "statement": "s", "claim": "C001", "got": 1, "want": 1, "ok": True},
    {"e": "result", "metrics": {"acc": 1.0}, "label": ""},
    {"e": "warning", "code": "ram", "message": "m"},
    {"e": "paused"},
    {"e": "resumed"},
    {"e": "ended", "state": "failed", "seconds": 3.0, "error": {"type": "E", "message": "m", "lines": ["l"]}},
]
SPEC = {
    "v": 1, "id": RUN, "lesson": "1.1", "number": 1, "params": {"epochs": 2, "rate": 1.0, "mode": "ok", "noisy": True},
    "preset": "quick", "seed": 1, "created": 1.8e9, "content": str(COURSE), "code_hash": "0", "versions": {"dlwp": "1"},
    "experiment": {"id": "more-rate-more-loss", "batch": "b", "side": "big", "vote": 1},
}  # fmt: skip
FORMS = ("", "matrix", "array", "shape", "slice", "texts")


@dataclass(frozen=True)
class Parser:
    """One parser and input that it takes."""

    parse: Callable[[bytes], object]
    good: tuple[bytes, ...]


PARSERS: dict[str, Parser] = {}


def parser(name: str, *good: bytes | str) -> Callable[[Callable[[bytes], object]], Callable[[bytes], object]]:
    """Enter a parser into the table."""

    def enter(parse: Callable[[bytes], object]) -> Callable[[bytes], object]:
        PARSERS[name] = Parser(parse, tuple(one.encode() if isinstance(one, str) else one for one in good))
        return parse

    return enter


def text(data: bytes) -> str:
    """The bytes as a text that was typed or pasted; lone surrogates for what is not UTF-8."""
    return data.decode("utf-8", "surrogateescape")


def shown(source: str) -> None:
    """Lay a page out as `dlwp show` does."""
    from rich.console import Console

    from dlwp_tui.course.note import Page
    from dlwp_tui.render import note as rendering

    page = Page(0, "t", source, 1)
    Console(file=io.StringIO(), width=60).print(rendering.render(page, 60))


def put(path: Path, data: bytes) -> Path:
    """Write a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def scratch(name: str, data: bytes) -> Path:
    """A file somewhere, named so that a dataset would know it."""
    return put(paths.home() / "scratch" / name, data)


def run_folder(**files: bytes) -> RunFolder:
    """A run that ended, with other content in some of its files."""
    folder = RunFolder(paths.runs() / RUN)
    events = "".join(json.dumps({"v": 1, "t": 1.8e9 + at, **one}) + "\n" for at, one in enumerate(EVENTS))
    there = {"spec": json.dumps(SPEC).encode(), "events": events.encode()} | files
    for name, data in there.items():
        put(getattr(folder, name), data)
    return folder


# -- the course --------------------------------------------------------------------------------------------------------


@parser(
    "expect",
    "argmin(small.val_loss) > argmin(base.val_loss)",
    "mean(a.loss) + 3 * (2 - gap(b.acc)) >= -0.5 and last(a.loss) != 1 and seconds(a) < params(b)",
)
def _expect(data: bytes) -> None:
    from dlwp_tui.analysis.effects import Effect
    from dlwp_tui.course import expect

    made = expect.parse(text(data))
    curves = {"loss": [1e308, 1e308, -1e308], "val_loss": [1.0, 1e308], "acc": [1.0], "val_acc": [-1e308]}
    runs = dict.fromkeys(("a", "b", "small", "base"), curves)
    scalars = {name: {"seconds": 1e308, "params": 1e308} for name in runs}
    values = made.evaluate(runs, scalars).figures
    made.evaluate({})
    for term in made.terms:
        margins = tuple(margin for margin in [term.margin(values)] if margin is not None)
        Effect(term, (*margins, *margins, 1.0), 3).as_json()
        str(term.linear)


@parser("lesson.toml", LESSON.read_bytes(), *(file.read_bytes() for file in REAL))
def _lesson(data: bytes) -> None:
    from dlwp_tui.course import parse

    lesson = parse.lesson(put(paths.home() / "course/1.1-a/lesson.toml", data), paths.home(), paths.home(), "1.1")
    for preset in lesson.presets:
        lesson.matching_preset(lesson.values(preset))
    for param in lesson.params.values():
        str(param.range)


@parser("book.toml", (COURSE / "book.toml").read_bytes())
def _book(data: bytes) -> None:
    from dlwp_tui.course import reader

    folder = put(paths.home() / "course/book.toml", data).parent
    for section in reader.read(folder).sections:
        section.note()


@parser("glossary.toml", (COURSE / "glossary.toml").read_bytes())
def _glossary(data: bytes) -> None:
    from dlwp_tui.course import check, glossary, reader

    terms = glossary.load(put(paths.home() / "course/glossary.toml", data).parent)
    terms.search("过")
    course = reader.load(COURSE)
    for term in terms.terms:
        list(check._term(course, terms, term))


@parser("claims.toml", (COURSE / "claims.toml").read_bytes())
def _claims(data: bytes) -> None:
    from dlwp_tui.course import claims

    for claim in claims.load(put(paths.home() / "course/claims.toml", data).parent).claims:
        str(claim.proofs)


@parser("note.md", NOTE)
def _note(data: bytes) -> None:
    from dlwp_tui.course import markdown, note, search_text

    for page in note.read(put(paths.home() / "course/1.1-a/note.md", data), paths.home(), "1.1").pages:
        list(markdown.tokens(page.markdown))
        search_text.page_text(page.markdown)
        shown(page.markdown)


@parser(
    "formulas",
    r"\frac{a_1^2}{\sqrt[3]{b}} + \sum_{i=1}^{n} \left( x_i \right) \cdot \hat{y}",
    r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}^\top \text{若} x \geq 0",
)
def _formula(data: bytes) -> None:
    from dlwp_tui.tex import formula

    formula.layout(text(data))
    formula.inline(text(data))


@parser("a lesson's code", (COURSE / "ch01/1.1-fake/lesson.py").read_bytes())
def _code(data: bytes) -> None:
    from dlwp_tui.course import lesson_code

    lesson_code.read(put(paths.home() / "course/1.1-a/lesson.py", data), paths.home())


# -- what is typed -----------------------------------------------------------------------------------------------------


@parser(
    "params", "12", "0.5", "-1e-3", "true", "relu", "1 2 3; 4 5 6", "[[1, 2], [3, 4]]", "(64, 3)", "7:-7, ::2", "a | b"
)
def _params(data: bytes) -> None:
    from dlwp_tui.core.language import Text
    from dlwp_tui.course.param import Param

    label = Text("a")
    texts = [Param(type="text", default=good, form=form, label=label) for form, good in zip(
        FORMS, ("", "1", "1", "1", "1", "a"), strict=True)]  # fmt: skip
    numbers = [Param(type="int", default=1, min=0, max=9, label=label), Param(type="float", default=1, label=label)]
    others = [Param(type="bool", default=True, label=label), Param(type="file", default="", label=label)]
    for one in (*texts, *numbers, *others):
        for raw in (text(data), text(data).strip()):
            with_error(one.parse, "x", raw)


def with_error(call: Callable[..., object], *args: object) -> None:
    """Call, and let a DlwpError pass: the next of several parsers has its turn as well."""
    try:
        call(*args)
    except DlwpError as error:
        str(error)


@parser("a search's space", "epochs=1..5,rate=0.1..1:log,mode=ok|nan", "rate=0.1..1:step=0.1,noisy")
def _space(data: bytes) -> None:
    from dlwp_tui.course import axes, parse

    for axis in axes.read(parse.lesson(LESSON, COURSE, COURSE, "1.1"), text(data)):
        axis.share(axis.choices[0] if axis.choices else axis.low)


@parser("a search", "过拟合 loss", "3.4", "IMDB影评 GRU")
def _search(data: bytes) -> None:
    from dlwp_tui.course import glossary, reader, search

    found = search.load(reader.load(COURSE))
    found.search(text(data), own=[("1.1", text(data))])
    terms = glossary.load(COURSE)
    terms.search(text(data))
    terms.near(text(data))
    with_error(reader.load(COURSE).section, text(data))


@parser("a filter", "3.4 finished #tag since:2d until:2026-11-01 sort:-val_loss rate>=0.5 mode=ok", "archived seed<7")
def _filter(data: bytes) -> None:
    from dlwp_tui.analysis import filters, history

    run_folder()
    rows = history.history()
    made = filters.parse(text(data))
    made.apply(rows)
    filters.unknown(made, rows)
    filters.settled(text(data), rows)
    filters.resorted(text(data), filters.sort_of(text(data)))


@parser("a search's journal", b'{"op_code":0,"worker_id":"e8","study_name":"a","directions":[1]}\n')
def _journal(data: bytes) -> None:
    from dlwp_tui.course import axes, parse
    from dlwp_tui.engine import tune

    lesson = parse.lesson(LESSON, COURSE, COURSE, "1.1")
    put(paths.home() / "searches/a.journal", data)
    tune.study(tune.Search(lesson, axes.read(lesson, "epochs=1..5"), metric="loss", name="a"))


# -- the learner's files -----------------------------------------------------------------------------------------------


@parser(
    "settings.toml",
    'language = "en"\ntheme = "dlwp-dark"\ncpu_slots = 2\nascii = false\npictures = "blocks"\ncontent = ["a"]\n'
    '[keys]\n"bench.curves" = "v"\n',
)
def _settings(data: bytes) -> None:
    put(paths.settings_file(), data)
    settings._read.cache_clear()
    found = settings.load()
    for problem in settings.problems():
        str(problem).encode()
    settings.save(found)
    content.folders()


@parser(
    "progress.json",
    '{"v": 1, "last": {"section": "3.4", "page": 2}, "sections": {"3.4": {"pages": [0, 1], "quiz": {"0": true}, '
    '"bookmarks": [1], "read": 1764000000.0}}}',
)
def _progress(data: bytes) -> None:
    for change in (progress.load, lambda: progress.visit("3.4", 0), lambda: progress.answer("3.4", 0, True),
                   lambda: progress.bookmark("3.4", 1), lambda: progress.reset("3.4")):  # fmt: skip
        put(paths.progress_file(), data)
        change()
        str(progress.load().bookmarks)


@parser("forms.json", '{"v": 1, "lessons": {"3.4": {"raw": {"units": "64"}, "seed": "", "source": "auto"}}}')
def _forms(data: bytes) -> None:
    put(paths.home() / "forms.json", data)
    last_values.load("3.4")
    last_values.save("3.5", {"raw": {}})


@parser("lesson-folders.json", '{"v": 1, "folders": ["/home/me/lessons"]}')
def _folders(data: bytes) -> None:
    put(paths.home() / "lesson-folders.json", data)
    content.remember(Path("/home/me/others"))


@parser("an own note", "# 笔记\n\n文字 $x$\n")
def _own_note(data: bytes) -> None:
    put(own_notes.file("1.1"), data)
    for one in own_notes.all():
        shown(one.text)
    own_notes.write(own_notes.read("1.1"), text(data))


# -- runs --------------------------------------------------------------------------------------------------------------


@parser("run.json", json.dumps(SPEC))
def _spec(data: bytes) -> None:
    from dlwp_tui.analysis import history
    from dlwp_tui.runs import store
    from dlwp_tui.runs.view import RunView, summary

    folder = run_folder(spec=data)
    for problem in store.problems():
        str(problem).encode("utf-8", "surrogateescape")
    history.history()
    json.dumps(summary(RunView.whole(folder)))


@parser("events.jsonl", *(json.dumps({"v": 1, "t": 1.8e9, **one}) + "\n" for one in EVENTS))
def _events(data: bytes) -> None:
    from dlwp_tui.analysis import history
    from dlwp_tui.runs.scan import scan
    from dlwp_tui.runs.view import RunView, summary

    start = json.dumps({"v": 1, "t": 1.8e9, "e": "started", "device": "cpu", "pid": 1}).encode() + b"\n"
    folder = run_folder(events=start + data)
    view = RunView.whole(folder)
    json.dumps(summary(view))
    str((view.eta_s, view.rate, view.fraction, view.waiting, view.warnings, view.tables, view.checks))
    history.history()
    list(scan(folder.events, newest_first=True))


@parser("exit.json", '{"signal": 9}', '{"code": 1}', '{"error": "full"}')
def _exit(data: bytes) -> None:
    from dlwp_tui.runs import log

    log.death(run_folder(reaped=data)).message.encode()


@parser("labels.json", '{"v": 1, "name": "n", "tags": ["t"], "note": "x", "archived": true}')
def _labels(data: bytes) -> None:
    from dlwp_tui.runs import labels

    folder = run_folder(labels=data)
    labels.write(folder, labels.read(folder))


@cache
def packed_example() -> bytes:
    """A run as it is packed."""
    from dlwp_tui.runs import packed
    from dlwp_tui.runs.view import RunView

    folder = run_folder()
    view = RunView.open(folder)
    view.update()
    least, packed.WORTH = packed.WORTH, 0
    view.pack()
    packed.WORTH = least
    return packed._path(folder).read_bytes()


@parser("a packed run")
def _packed(data: bytes) -> None:
    """Its stamp and checksum are made to fit: else nothing further would be read."""
    from dlwp_tui.runs import packed
    from dlwp_tui.runs.view import RunView, summary

    folder = run_folder()
    begin = len(packed._MAGIC)
    size = int.from_bytes(data[begin : begin + 8], "little")
    text, rest = data[begin + 12 :][:size], data[begin + 12 :][size:]
    before, found, after = text.partition(b'"stamp": [')
    if found:
        text = before + b'"stamp": ' + json.dumps(packed._stamp(folder)).encode() + after.partition(b"]")[2]
    crc = zlib.crc32(text).to_bytes(4, "little")
    put(packed._path(folder), data[:begin] + len(text).to_bytes(8, "little") + crc + text + rest)
    json.dumps(summary(RunView.whole(folder)))


@parser("a dry run", '{"basis": "dry run", "params": {"epochs": 5}, "seconds": 3.5, "setup_s": 1.0, "peak_mb": 300}')
def _dry_run(data: bytes) -> None:
    from dlwp_tui.analysis import estimates
    from dlwp_tui.course import parse

    lesson = parse.lesson(LESSON, COURSE, COURSE, "1.1")
    put(estimates._dry_run_file(lesson.id), data)
    str(estimates.read(lesson).of({"epochs": 9}))


@parser(
    "quick-presets.json",
    '[{"lesson": "1.1", "preset": "quick", "metric": "loss", "cpu_seconds": [1.5, 2.0], "benchmark_s": 0.03}]',
)
def _presets(data: bytes) -> None:
    from dlwp_tui.analysis import estimates
    from dlwp_tui.course import parse

    folder = put(paths.home() / "course/quick-presets.json", data).parent
    lesson = parse.lesson(LESSON, COURSE, folder, "1.1")
    str(estimates.read(lesson).of(lesson.values("quick")))


@parser(
    "caches",
    '{"format": 1, "files": {"glossary.toml": {"stamp": [0, 0], "terms": []}}}',
    '{"format": 2, "fields": ["a"], "rows": {"r": [[1, 2], {"a": 1}]}}',
    '{"1.1": [["0", "f", 1, 2], {"quick": {"epochs": 3}}]}',
    '{"sha256:/a:1:2": "00"}',
)
def _caches(data: bytes) -> None:
    from dlwp_tui.analysis import history, presets, row_cache
    from dlwp_tui.course import reader, search, search_files
    from dlwp_tui.data import checksum

    course = reader.load(COURSE)
    search._loaded.clear()
    put(search_files.cache_file(course.content), data)
    search.load(course).search("过")
    put(row_cache._path("history"), data)
    run_folder()
    history.history()
    presets._known.clear()
    put(presets._path(), data)
    presets.of("1.1")
    put(checksum._file(), data)
    checksum._memory.clear()
    checksum.of(LESSON)


# -- data --------------------------------------------------------------------------------------------------------------


def _npz(**arrays: Any) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def _lists(count: int) -> Any:
    array = np.empty(count, object)
    array[:] = [[1, 2 + i, 70_000] for i in range(count)]
    return array


@parser("npz", _npz(x=np.arange(6.0).reshape(2, 3), y=np.arange(2)), _npz(x_train=_lists(3), y_train=np.arange(3)))
def _npz_file(data: bytes) -> None:
    from dlwp_tui.data import npz

    path = scratch("a.npz", data)
    npz.keys(path)
    npz.what_is(path)
    with_error(npz.shapes, path)
    npz.read(path)


@parser("pickles", *(pickle.dumps(_lists(3), protocol=protocol) for protocol in (3, 4)),
        pickle.dumps({"labels": [6, 1], "data": np.zeros((2, 4), np.uint8)}, protocol=2))  # fmt: skip
def _pickle(data: bytes) -> None:
    from dlwp_tui.data import unpickle

    with_error(unpickle.sequences, data, 3, Path("a.npz"), "x")
    with_error(unpickle.batch, data, Path("a.tar"), "b", 1 << 20)


@cache
def _pictures() -> tuple[bytes, ...]:
    from PIL import Image

    picture = Image.fromarray(np.arange(20 * 24 * 3, dtype=np.uint8).reshape(20, 24, 3))
    made = []
    for kind in ("PNG", "JPEG", "WEBP"):
        out = io.BytesIO()
        picture.save(out, kind, exif=b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0")
        made.append(out.getvalue())
    return (*made, b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 20 20\n%%EndComments\nshowpage\n")


@parser("pictures", *_pictures())
def _picture(data: bytes) -> None:
    from dlwp_tui.cli import demo_input
    from dlwp_tui.data import pixels
    from dlwp_tui.render import picture

    path = scratch("a.png", data)
    with_error(pixels.check, path)
    with_error(pixels.picture, path, (16, 16))
    with_error(demo_input._drawing, str(path))
    with_error(picture.half_blocks, path, 20, 20)
    try:
        pixels.jpeg(data, (16, 16))
    except pixels.NotAPicture:
        return


def _tar(mode: str = "w:gz") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=tarfile.GNU_FORMAT) as tar:  # type: ignore[call-overload]
        for name in ("aclImdb/train/pos/0_9.txt", "aclImdb/" + "n" * 120, "boston_housing.csv"):
            member = tarfile.TarInfo(name)
            member.size = 6
            tar.addfile(member, io.BytesIO(b"a good"))
    return out.getvalue()


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("train/cats/cat.0.jpg", b"\xff\xd8")
        packed.writestr("jena_climate_2009_2016.csv", "a,b\n1,2\n")
        packed.writestr("boston_housing.csv", "1,2\n")
    return out.getvalue()


@parser("archives", _tar(), _tar("w"), _tar("w:xz"), _zip())
def _archive(data: bytes) -> None:
    from dlwp_tui.data import archive

    path = scratch("a.archive", data)
    archive.is_archive(path)
    archive.first_names(path)
    into = paths.ensure(paths.home() / "unpacked")
    try:
        archive.unpack(path, into, lambda _name: True)
    finally:
        shutil.rmtree(into)


NAMES = ("aclImdb_v1.tar.gz", "jena_climate_2009_2016.csv.zip", "boston_housing.npz", "cats_and_dogs_small.zip", "some")


@parser(
    "import", _tar(), _zip(), _npz(x=np.zeros((3, 13)), y=np.ones(3)), _npz(x=np.full((2, 32, 32, 3), 200, np.uint8))
)
def _import(data: bytes) -> None:
    from dlwp_tui.data import import_

    for name in NAMES:
        with_error(import_.import_path, scratch(name, data), None, True)
    shutil.rmtree(paths.data(), ignore_errors=True)


JENA = (
    b'"Date Time","p (mbar)","T (degC)","Tpot (K)","Tdew (degC)","rh (%)","VPmax (mbar)","VPact (mbar)","VPdef (mbar)",'
    b'"sh (g/kg)","H2OC (mmol/mol)","rho (g/m**3)","wv (m/s)","max. wv (m/s)","wd (deg)"\n'
    + b"01.01.2009 00:10:00,996.52,-8.02,265.40,-8.90,93.30,3.33,3.11,0.22,1.94,3.12,1307.75,1.03,1.75,152.30\n"
    * 3
)


@parser(
    "tables",
    JENA,
    b"the 0.1 -0.2" + b" 0.5" * 48 + b"\n",
    b"0.1," * 13 + b"5\n",
    gzip.compress(b"0," * 784 + b"1"),
    '{"the": 1, "a": 2}',
    json.dumps({str(i): ["n", "tench"] for i in range(1000)}),
    b"PREFACE\n" * 20_000,
    b"\x89HDF\r\n\x1a\n" + b"\0" * 300,
)
def _tables(data: bytes) -> None:
    from dlwp_tui.data import content as contents
    from dlwp_tui.data import registry, words
    from dlwp_tui.data.sets import weights

    path = scratch("a.csv", data)
    with_error(words.read_index, path)
    for dataset in registry.all_sets().values():
        if dataset.recognise:
            with_error(dataset.recognise, path)
        if weights.is_hdf5(path):  # a process each otherwise: see test_hdf5.py
            with_error(dataset.read, path)
        else:
            with_error(contents.judge, path, dataset, dataset.main)


@parser("a record", '{"sha256": "0", "size": 6, "checks": ["a"], "whole": true, "accepted_at": "2026"}')
def _record(data: bytes) -> None:
    from dlwp_tui.data import checksum, locate, registry

    file = registry.get("boston_housing").main
    path = put(locate.target(file), b"a file")
    checksum._memory.clear()
    put(locate.record_of(path), data)
    str(locate.status("boston_housing"))
