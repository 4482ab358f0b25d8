"""Text that is not ours reaches a terminal without one sign that commands it, and is never read as markup.

Every kind of string that a lesson, a note or a file's name may hold is sent, full of such signs, through the command
line and the app; what is looked at are the bytes that a terminal gets. Each kind has a word of its own, to be found
again on the screen: that it was left out would be no cure.
"""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from dlwp_tui.core import own_notes
from tests.cli.conftest import Cli, cli, process
from tests.conftest import FIXTURES
from tests.runs.conftest import make_run
from tests.runs.fake_run import FakeRun
from tests.terminal import Terminal

__all__ = ["cli", "make_run", "process"]

SIGNS = {
    "a title": "\x1b]0;PWNED\x07",
    "the clipboard": "\x1b]52;c;UFdORUQ=\x1b\\",
    "a link": "\x1b]8;;http://evil.invalid\x1b\\",
    "a move": "\x1b[987;986H",
    "erasing": "\x1b[2J\x1b[3J",
    "a reset": "\x1bc",
    "a C1 sequence": "\x9b987;986H",
    "a C1 title": "\x9d0;PWNED\x9c",
    "other controls": "\x07\b\x0e\x7f",
    "direction": "\u202e\u2066\u200f",
    "no width": "\u200b\u2060\ufeff\u200d",
}
MARKUP = "[/b][unk][bold][on red][$accent][@click=app.bell]"
HOSTILE = "".join(SIGNS.values())
FORBIDDEN = {
    name: sign.encode()
    for name, sign in SIGNS.items()
    if name not in ("other controls", "direction", "no width", "erasing")
} | {
    f"U+{ord(sign):04X}": sign.encode()
    for sign in "\x07\b\x0e\x7f\x9b\x9c\x9d\u202e\u2066\u200f\u200b\u2060\ufeff\u200d"
}


def bad(word: str) -> str:
    """A string of the kind `word`: its word, all signs, markup, and an end by which to know that nothing was cut."""
    return f"{word}{HOSTILE}{MARKUP}{word}-end"


def assert_clean(raw: bytes) -> None:
    """No sign of ours reached the terminal."""
    found = [name for name, sign in FORBIDDEN.items() if sign in raw]
    assert not found, f"{found} in {raw[max(0, raw.find(FORBIDDEN[found[0]]) - 200) :][:400]!r}"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny course with hostile titles, labels, choices, notes and terms, in a folder with a hostile name."""
    folder = tmp_path / ("course\x1b]0;PWNED\x9b\u202e")
    shutil.copytree(FIXTURES / "course", folder)

    def toml(word: str) -> str:
        return json.dumps(bad(word)).replace("\\u007f", "\\u007F").replace("\x7f", "\\u007F")

    replaced = {
        "book.toml": {
            '"小课程"': toml("book"),
            '"第一章"': toml("chapter"),
            '"Chapter one"': toml("chapter"),
            '"A tiny course"': toml("book"),
        },
        "glossary.toml": {
            '"模型记住了训练数据，而不是规律。"': toml("meaning"),
            '"overfitting"': toml("english"),
        },
        "ch01/1.1-fake/lesson.toml": {
            '"A fake lesson"': toml("title"),
            '"假课"': toml("title"),
            '"Epochs"': toml("label"),
            '"训练几轮"': toml("why"),
            '"看损失下降"': toml("see"),
            '"Reverse"': toml("demo"),
            '"速率越大，损失越大"': toml("statement"),
        },
        "ch01/1.1-fake/note.md": {"假的一课": bad("heading"), "开头一段，": bad("prose"), "第一页": bad("page")},
        "ch01/1.1-fake/lesson.py": {'"""A lesson without TensorFlow: ': '"""' + bad("source").replace("\\", "/")},
    }
    for name, changes in replaced.items():
        file = folder / name
        text = file.read_text(encoding="utf-8")
        for before, after in changes.items():
            assert before in text, (name, before)
            text = text.replace(before, after)
        file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("DLWP_CONTENT", str(folder))
    return folder


@pytest.fixture
def run(make_run: Callable[..., FakeRun], course: Path) -> FakeRun:
    """A failed run that said something hostile in every field that holds text."""
    made = make_run(
        lesson="1.1",
        number=1,
        params={"epochs": 2, "rate": 1.0, "mode": bad("param"), "noisy": True},
        content=str(course),
    ).hold()
    made.say("started", device=bad("device"), pid=1).say("phase", name=bad("phase"))
    made.say("dataset", name=bad("dataset"), source="synthetic", detail=bad("detail"))
    made.say("model", label=bad("model"), layers=[[bad("layer"), bad("kind"), bad("shape"), 3]], params=3, trainable=3)
    for epoch in (1, 2):
        made.say("epoch", epoch, epoch=epoch, epochs=2, label=bad("curve"), metrics={bad("metric"): 1 / epoch})
    made.say("epoch", 3, epoch=1, epochs=1, unit=bad("unit"), metrics={"loss": 1.0})
    made.say("baseline", label=bad("baseline"), metrics={"loss": 0.5})
    made.say("progress", done=1, total=2, label=bad("part"))
    made.say("picture", name=bad("picture"), file="missing.png", width=1, height=1, caption=bad("caption"))
    made.say("text", title=bad("texttitle"), body=bad("body"))
    made.say("table", title=bad("tabletitle"), columns=[bad("column"), "b"], rows=[[bad("cell"), 1]])
    made.say("check", statement=bad("check"), claim=bad("claim"), got=bad("got"), want=bad("want"), ok=False)
    made.say("result", metrics={bad("result"): 1.0}, label=bad("resultlabel"))
    made.say("warning", code="ram", message=bad("warning"))
    made.folder.log.write_text(bad("log"), encoding="utf-8")
    error = {"type": bad("type"), "message": bad("error"), "lines": [bad("line")]}
    made.say("ended", 9, state="failed", seconds=3.0, error=error, peak_mb=10).release()
    labels = {"name": bad("name"), "tags": [bad("tag")], "note": bad("remark")}
    made.folder.labels.write_text(json.dumps(labels), encoding="utf-8")
    return made


def test_the_filter_keeps_text_and_takes_every_sign() -> None:
    from dlwp_tui.core.plain import escaped, plain

    text = "一行\n\t另一行 é 👍 \u00a0[x] e\u0301 ①　全角"
    assert plain(text) == text
    assert plain(bad("a")).isprintable() and "PWNED" in plain(bad("a")) and MARKUP in plain(bad("a"))
    every = "".join(map(chr, range(0x110000)))
    left = [sign for sign in plain(every) if not sign.isprintable()]
    assert {unicodedata.category(sign) for sign in left} <= {"Cc", "Cf", "Co", "Cn", "Zs"}
    assert [sign for sign in left if unicodedata.category(sign) == "Cc"] == ["\t", "\n"]
    line = json.dumps({"a": bad("a")}, ensure_ascii=False)
    assert json.loads(escaped(line)) == {"a": bad("a")} and escaped(line).isprintable()


COMMANDS = {
    "list": ["list"],
    "show": ["show", "1.1"],
    "pages": ["show", "1.1", "--pages"],
    "help": ["run", "1.1", "--help"],
    "search": ["search", "prose"],
    "glossary": ["glossary"],
    "term": ["glossary", "过拟合"],
    "progress": ["progress"],
    "note": ["note", "1.1"],
    "watch": ["watch", "RUN"],
    "watch --json": ["watch", "RUN", "--json"],
    "runs": ["runs"],
    "runs --json": ["runs", "--json"],
    "compare": ["compare", "RUN"],
    "compare --csv": ["compare", "RUN", "--csv"],
    "export": ["export", "RUN", "--csv"],
    "predict": ["predict", "RUN", bad("asked")],
    "delete": ["delete", "RUN"],
    "a wrong lesson": ["run", bad("lesson")],
    "a wrong run": ["watch", bad("runid")],
    "a wrong value": ["run", "1.1", "--mode", bad("mode")],
    "a wrong option": ["run", "1.1", "--" + bad("option")],
    "a wrong command": [bad("command")],
    "a wrong folder": ["--content", bad("folder"), "list"],
    "a wrong file": ["data", "import", bad("file")],
    "check": ["check"],
    "doctor": ["doctor"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_command_line_prints_no_such_sign(name: str, cli: Cli, run: FakeRun, course: Path) -> None:
    if name == "note":
        own_notes.write(own_notes.read("1.1"), bad("mine"))
    args = [run.folder.id if arg == "RUN" else arg for arg in COMMANDS[name]]
    done = cli(*args, DLWP_CONTENT=str(course))
    printed = done.stdout + done.stderr
    assert printed and "Traceback" not in printed
    assert_clean(printed.encode())
    assert "\x1b" not in printed


@pytest.mark.serial
def test_a_terminal_gets_no_such_sign_from_watch(run: FakeRun) -> None:
    with Terminal.dlwp("watch", run.folder.id, size=(400, 60)) as terminal:
        assert terminal.wait() == 1
        assert_clean(terminal.raw)
        assert b"\x1b]" not in terminal.raw
        shown = terminal.raw.decode()
        for word in ("phase", "dataset", "body", "cell", "check", "warning", "result", "error", "line"):
            assert f"{word}-end" in shown, word
        assert MARKUP in shown


def test_a_line_of_the_app_keeps_its_width() -> None:
    """A zero-width joiner makes one sign of two: without it they would push the border out."""
    from rich.cells import cell_len
    from rich.segment import ControlType, Segment
    from textual.color import Color

    from dlwp_tui.tui.plain_lines import PLAIN_LINES

    picture = Segment("\x1b_Gsomething\x1b\\", None, [(ControlType.BELL,)])
    given = [Segment("a\u200d[b"), Segment("👨\u200d👩\u200d👧│"), picture, Segment(bad("x"))]
    made = PLAIN_LINES.apply(given, Color(0, 0, 0))
    assert made[2] is picture
    for before, after in zip(given, made, strict=True):
        assert cell_len(after.text) == cell_len(before.text)
    assert "".join(segment.text for segment in made if not segment.control).isprintable()
    assert PLAIN_LINES.apply(given[2:3], Color(0, 0, 0)) == [picture]


@pytest.mark.serial
def test_the_app_draws_no_such_sign(run: FakeRun) -> None:
    """Through every view that shows foreign text. The joiner at its end takes the room of a cell with it."""
    own_notes.write(own_notes.read("1.1"), bad("mine"))
    with Terminal.dlwp("--section", "1.1", size=(300, 60), env={"DLWP_NO_WARM_UP": "1"}) as app:

        def look(keys: str, *words: str) -> None:
            app.send(keys)
            for word in words:
                app.wait_for(word)

        def leave(dialog: str) -> None:
            app.send("\x1b")
            app.wait_for(lambda shown: dialog not in shown)

        look("", "heading-en", "prose", "chapter]0;PWNED", "mine-en", "Bench 1.1")
        look("P", "page]0;PWNED", "closes")
        leave("closes")
        look("G", "english]0;PWNED")
        leave("Glossary")
        look("/", "Search the course")
        look("prose", "[unk]")
        leave("Search the course")
        look(":", "Find a section")
        look("quick", "preset quick")
        leave("🔎")
        look("w", "saved as you type")
        leave("saved as you type")
        look("p", "label", "why")
        look("v", "metric", "curve")
        look("o", "type", "warning", "body", "cell", "layer")
        look("l", "log987;986H")  # sequences are taken out of a log whole
        look("u", "source]0;PWNED")
        look("h", "failed", "name]0;PWNED")
        look("R", "Name of the run")
        leave("Name of the run")
        app.send("q")
        assert app.wait() == 0
        pointer = rb"\x1b\]22;[a-z-]*\x07"  # Textual's own
        assert_clean(re.sub(pointer, b"", app.raw))
        assert MARKUP in app.raw.decode()
