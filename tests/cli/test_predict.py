"""`dlwp predict`: a finished run's model asked with a text or a picture; what cannot be asked, in a sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from dlwp_tui.cli import predict
from dlwp_tui.core.errors import RunError
from tests.cli.conftest import Cli
from tests.runs.conftest import make_run  # noqa: F401
from tests.runs.fake_run import FakeRun

LESSON = """
from PIL import Image

from dlwp_tui.lab import Lab


def run(lab: Lab, *, epochs: int) -> None:
    lab.result(loss=1.0)


def demo(lab: Lab):
    def weigh(text):
        if text == "boom":
            raise ValueError("this word is too much")
        words = text.split()
        good = words.count("good") / len(words)
        return {"bars": {"好评": good, "差评": 1 - good}, "unknown": [w for w in words if w.startswith("z")]}

    def write(text, *, temperature):
        for number in range(3):
            text += f" {number}"
            yield {"text": text}
        yield {"text": f"{text}, at {temperature}"}

    def turn(*, angle):
        return {"text": f"{angle} degrees", "pictures": {"turned": Image.new("L", (4, 4))}}

    return {
        "weigh": weigh, "plane": lambda at: {"text": str(at)}, "echo": lambda text: {"text": text[::-1]},
        "write": write, "turn": turn,
    }
"""
DEMOS = """
[[demos]]
id = "plane"
input = "plane"
output = "text"
label = { zh = "走一走", en = "Walk" }

[[demos]]
id = "weigh"
input = "text"
output = "bars"
label = { zh = "称一称", en = "Weigh" }

[[demos]]
id = "echo"
input = "text"
output = "text"
label = { zh = "倒过来", en = "Backwards" }

[[demos]]
id = "turn"
input = "slider"
output = "picture"
label = { zh = "转一转", en = "Turn" }

[demos.sliders.angle]
min = 0
max = 360
default = 90
label = { zh = "角度", en = "Angle" }

[[demos]]
id = "write"
input = "text"
output = "text"
label = { zh = "写下去", en = "Write on" }
example = "once upon"

[demos.sliders.temperature]
min = 0.1
max = 1.5
default = 0.5
label = { zh = "温度", en = "Temperature" }
"""


@pytest.fixture
def weighing(playground_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The playground's course with another lesson: three demos, one of them for the app only."""
    folder = tmp_path / "weighing"
    section = folder / "ch01" / "1.1-draw"
    section.mkdir(parents=True)
    here = playground_dir / "ch01" / "1.1-draw"
    (folder / "book.toml").write_text((playground_dir / "book.toml").read_text(encoding="utf-8"), encoding="utf-8")
    (section / "note.md").write_text((here / "note.md").read_text(encoding="utf-8"), encoding="utf-8")
    (section / "lesson.py").write_text(LESSON, encoding="utf-8")
    params = '[params.epochs]\ntype = "int"\ndefault = 1\nmin = 1\nlabel = { zh = "轮次", en = "Epochs" }\n'
    head = (
        f'format = 2\ntitle = {{ zh = "称", en = "Weigh" }}\nram_mb = 50\n{params}\n[presets.book]\n[presets.quick]\n'
    )
    (section / "lesson.toml").write_text(head + DEMOS, encoding="utf-8")
    monkeypatch.setenv("DLWP_CONTENT", str(folder))
    return folder


def test_bars_are_aligned_and_unknown_words_named(cli: Cli, weighing: Path) -> None:
    run = cli("run", "1.1", "--json")
    assert run.returncode == 0, run.stderr
    done = cli("predict", "last", "good good bad zzqx")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "好评   50.0%  " + "█" * 15,
        "差评   50.0%  " + "█" * 15,
        "Words it does not know: zzqx",
    ]
    assert done.stderr == ""
    run_id = json.loads(run.stdout.splitlines()[-1])["run"]
    shown = json.loads(cli("predict", run_id[-4:], "good", "--json").stdout)
    assert shown["bars"] == {"好评": 1.0, "差评": 0.0} and shown["unknown"] == []
    assert (shown["run"], shown["lesson"], shown["demo"], shown["source"]) == (run_id, "1.1", "weigh", None)
    assert cli("predict", "last", "abc", "--demo", "echo").stdout == "cba\n"


def test_planes_and_sliders(cli: Cli, weighing: Path) -> None:
    cli("run", "1.1")
    assert cli("predict", "last", "0.5,-1", "--demo", "plane").stdout == "[0.5, -1.0]\n"
    assert cli("predict", "last", "--demo", "plane", stdin="0.5 2\n").stdout == "[0.5, 2.0]\n"
    lines = cli("predict", "last", "--demo", "turn").stdout.splitlines()
    assert lines[0] == "90.0 degrees" and Path(lines[1].removeprefix("turned: ")).is_file()
    assert cli("predict", "last", "--demo", "turn", "--set", "angle=8").stdout.startswith("8.0 degrees")


def test_a_text_is_written_on(cli: Cli, weighing: Path) -> None:
    cli("run", "1.1")
    done = cli("generate", "last", "--demo", "write", "--temperature", "0.2", "--seed-text", "a fox")
    assert done.stdout == "a fox 0 1 2, at 0.2\n", done.stderr
    assert cli("generate", "last", "--demo", "write").stdout == "once upon 0 1 2, at 0.5\n"
    assert cli("generate", "last", "--seed-text", "fox").stdout == "xof\n"
    assert "0.1–1.5" in cli("generate", "last", "--demo", "write", "-t", "9").stderr
    assert "no slider temperature" in cli("generate", "last", "-t", "1").stderr
    assert "Write one" in cli("generate", "last").stderr


def test_the_text_may_come_from_a_pipe(cli: Cli, weighing: Path) -> None:
    cli("run", "1.1")
    piped = cli("predict", "last", "--json", stdin="good\nbad\n")
    assert json.loads(piped.stdout)["bars"]["好评"] == 0.5, piped.stderr


@pytest.mark.parametrize(
    ("args", "said", "code"),
    [
        (("last", "  "), "The text is empty", 2),
        (("last",), "The text is empty", 2),  # nothing on standard input
        (("last", "good", "--demo", "tast"), "Its demos: plane, weigh, echo, turn, write", 2),
        (("last", "1 2 3", "--demo", "plane"), "is no point", 2),
        (("last", "1,nan", "--demo", "plane"), "is no point", 2),
        (("last", "1,9", "--demo", "plane"), "9 is outside the plane, -3–3", 2),
        (("last", "x", "--demo", "turn"), "takes no text", 2),
        (("last", "--demo", "turn", "--set", "angle"), "sets nothing", 2),
        (("last", "--demo", "turn", "--set", "angel=3"), "Did you mean angle?", 2),
        (("last", "--demo", "turn", "--set", "angle=400"), "0–360", 2),
        (("last", "boom"), "this word is too much", 1),
        (("zzzz", "good"), "zzzz", 2),
    ],
)
def test_what_cannot_be_asked(cli: Cli, weighing: Path, args: tuple[str, ...], said: str, code: int) -> None:
    cli("run", "1.1")
    done = cli("predict", *args)
    assert done.returncode != 0 and said in done.stderr, done.stderr
    assert "Traceback" not in done.stderr and done.stdout == ""
    if said != "zzzz":
        assert done.returncode == code


def test_last_is_the_newest_finished_run(make_run: Callable[..., FakeRun], weighing: Path) -> None:  # noqa: F811
    content = str(weighing)
    done = make_run("1.1", content=content)
    done.say("ended", 1, state="finished", seconds=1)
    stopped = make_run("1.1", content=content)
    stopped.say("ended", 1, state="stopped", seconds=1)
    training = make_run("1.1", content=content).hold()
    training.say("started", pid=1)
    assert predict._trained("last")[0] == done.folder
    with pytest.raises(RunError, match="is not finished"):
        predict._trained(stopped.folder.id)


@pytest.mark.parametrize("handling", ["strict", "surrogateescape"])
def test_a_pipe_of_no_text_is_refused_and_no_control_sign_comes_back(
    cli: Cli, weighing: Path, tmp_path: Path, handling: str
) -> None:
    assert cli("run", "1.1").returncode == 0

    def piped(body: bytes) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "dlwp_tui", "predict", "last", "--demo", "weigh"],
            input=body, capture_output=True, timeout=60, check=False,
            env={**os.environ, "PYTHONIOENCODING": f"utf-8:{handling}"},
        )  # fmt: skip

    gbk = piped("一部好电影".encode("gbk"))
    assert gbk.returncode == 2 and b"not UTF-8" in gbk.stderr and b"Traceback" not in gbk.stderr
    hostile = piped(b"z\x1b[31mred good")
    assert hostile.returncode == 0 and b"\x1b" not in hostile.stdout and b"[31mred" not in hostile.stdout


def test_a_lesson_without_a_demo(cli: Cli, weighing: Path) -> None:
    path = weighing / "ch01" / "1.1-draw" / "lesson.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(DEMOS, ""), encoding="utf-8")
    cli("run", "1.1")
    done = cli("predict", "last", "good")
    assert done.returncode == 2 and "nothing to ask its model with" in done.stderr


def test_a_run_that_is_not_finished(cli: Cli, playground_dir: Path, tmp_path: Path) -> None:
    run = cli("run", "1.1", "--epochs", "1000", "--pause", "0.2", "--detach")
    assert run.returncode == 0, run.stderr
    try:
        going = cli("predict", "last", "x")
        assert going.returncode == 1 and "is not finished" in going.stderr and "dlwp watch" in going.stderr
    finally:
        cli("stop", "last")
    stopped = cli("predict", "last", "x")
    assert stopped.returncode == 1 and "(stopped)" in stopped.stderr and "dlwp rerun" in stopped.stderr


def _picture(path: Path, size: tuple[int, int], paper: int, ink: int, mode: str = "L") -> Path:
    """A thick upright stroke left of the middle: in the third of ten bands."""
    image = Image.new("L", size, paper)
    side, (width, height) = max(size), size
    left = (width - side) // 2 + side * 0.2
    ImageDraw.Draw(image).rectangle((left, height * 0.2, left + side * 0.1 - 1, height * 0.8), fill=ink)
    image.convert(mode).save(path)
    return path


@pytest.mark.parametrize(
    ("size", "paper", "ink", "mode"),
    [
        ((28, 28), 0, 255, "L"),
        ((280, 280), 255, 0, "L"),
        ((300, 300), 240, 30, "RGB"),
        ((1000, 800), 20, 220, "RGBA"),
        ((140, 140), 255, 0, "1"),
        ((10, 10), 255, 0, "P"),
    ],
)
def test_a_drawn_digit(  # noqa: PLR0917
    cli: Cli, playground_dir: Path, tmp_path: Path, size: tuple[int, int], paper: int, ink: int, mode: str
) -> None:
    cli("run", "1.1")
    path = _picture(tmp_path / "digit.png", size, paper, ink, mode)
    done = cli("predict", "last", str(path), "--json")
    assert done.returncode == 0, done.stderr
    bars = json.loads(done.stdout)["bars"]
    assert max(bars, key=bars.get) == "2"
    assert bars["8"] + bars["9"] < 0.02, "the paper is blank, whatever its grey"


def test_transparent_paper(cli: Cli, playground_dir: Path, tmp_path: Path) -> None:
    cli("run", "1.1")
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((20, 20, 29, 80), fill=(0, 0, 0, 255))
    image.save(tmp_path / "digit.png")
    bars = json.loads(cli("predict", "last", "digit.png", "--json").stdout)["bars"]
    assert bars["2"] > 0.6


def test_pictures_that_are_none(cli: Cli, playground_dir: Path, tmp_path: Path) -> None:
    cli("run", "1.1")
    (tmp_path / "text.png").write_text("no picture", encoding="utf-8")
    whole = _picture(tmp_path / "whole.png", (200, 200), 255, 0).read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    Image.new("L", (50, 50), 200).save(tmp_path / "blank.png")
    for name, said in (
        ("text.png", "cannot be read as a picture"),
        ("cut.png", "cannot be read as a picture"),
        ("blank.png", "is blank"),
        ("nowhere.png", "is no file"),
        ("", "is no file"),
        (".", "is no file"),
    ):
        done = cli("predict", "last", name)
        assert done.returncode == 1 and said in done.stderr, (name, done.stderr)
        assert "Traceback" not in done.stderr


def test_a_run_from_elsewhere_does_not_run_the_code_that_it_names(cli: Cli, weighing: Path, tmp_path: Path) -> None:
    """Somebody else's run folder, put among the learner's, names a folder of lessons of theirs."""
    run = cli("run", "1.1", "--json")
    run_id = json.loads(run.stdout.splitlines()[-1])["run"]
    spec = tmp_path / "home" / "dlwp" / "runs" / run_id / "run.json"
    theirs = tmp_path / "theirs"
    weighing.rename(theirs)
    lesson = theirs / "ch01" / "1.1-draw" / "lesson.py"
    lesson.write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n" + lesson.read_text(encoding="utf-8"), encoding="utf-8")
    spec.write_text(spec.read_text(encoding="utf-8").replace(str(weighing), str(theirs)), encoding="utf-8")
    for command in (("predict", "last", "good"), ("rerun", "last")):
        done = cli(*command, DLWP_CONTENT=str(Path(__file__).parents[1] / "fixtures" / "playground"))
        assert done.returncode == 2 and f"DLWP_CONTENT={theirs} dlwp" in done.stderr, done.stderr
    assert not (tmp_path / "ran").exists()
    assert cli("predict", "last", "good", DLWP_CONTENT=str(theirs)).returncode == 0  # trusted by the learner
    assert (tmp_path / "ran").exists()


def test_a_folder_whose_lesson_was_started_here_stays_known(cli: Cli, weighing: Path) -> None:
    cli("run", "1.1")
    elsewhere = str(Path(__file__).parents[1] / "fixtures" / "playground")
    assert cli("predict", "last", "good", DLWP_CONTENT=elsewhere).returncode == 0
