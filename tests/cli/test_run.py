"""`dlwp run`, `watch`, `rerun`, `runs`, `stop`, `pause`, `resume`, `export`, `delete`."""

from __future__ import annotations

import csv
import io
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dlwp_tui.core import paths
from tests.cli.conftest import Cli
from tests.conftest import wait_for
from tests.terminal import Terminal


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_pipe_gets_plain_lines(cli: Cli) -> None:
    done = cli("run", "1.1", "--rate", "2", "--epochs", "3")
    assert done.returncode == 0, done.stderr
    assert "epoch 3/3  loss 0.6667  val_loss 0.7667" in done.stdout
    assert "✓ loss falls" in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


def test_a_long_loop_prints_a_hundred_lines(cli: Cli) -> None:
    lines = [line for line in cli("run", "1.1", "--epochs", "1000").stdout.splitlines() if line.startswith("epoch ")]
    assert len(lines) == 101 and lines[0].startswith("epoch 1/1000") and lines[-1].startswith("epoch 1000/1000")


def test_json_is_the_events_and_last_the_summary(cli: Cli) -> None:
    done = cli("run", "1.1", "--preset", "quick", "--seed", "7", "--json")
    assert done.returncode == 0, done.stderr
    *events, summary = lines(done.stdout)
    kinds = [event["e"] for event in events]
    assert kinds[:2] == ["queued", "started"] and kinds[-1] == "ended" and kinds.count("epoch") == 3
    assert {"run", "lesson", "state", "source", "seed", "params", "result", "best", "seconds"} <= summary.keys()
    assert (summary["lesson"], summary["state"], summary["seed"], summary["preset"]) == ("1.1", "finished", 7, "quick")
    assert summary["params"] == {"epochs": 3, "rate": 1.0, "mode": "ok", "noisy": True}
    assert summary["result"] == {"loss": pytest.approx(1 / 3)}


def test_a_presets_promise_is_judged_at_the_end(cli: Cli, playground_dir: Path) -> None:
    done = cli("run", "1.1", "--preset", "quick")
    assert done.returncode == 0, done.stderr
    assert "✓ seen here: 第 3 轮损失最低\n  epoch of the lowest training loss: 3\n" in done.stdout
    kept = lines(cli("run", "1.1", "--preset", "quick", "--json").stdout)[-1]
    other = lines(cli("run", "1.1", "--preset", "quick", "--units", "8", "--json").stdout)[-1]
    assert kept["seen"] is True and other["seen"] is None


@pytest.mark.parametrize(
    "args",
    [
        ["--preset", "quick", "1.1"],
        ["--epochs", "1.1", "1.1"],
        ["--estimate", "1.1"],
        ["--no-noisy", "1.1"],
        ["--rate=2", "1.1"],
    ],
)
def test_the_lesson_may_stand_behind_options(args: list[str]) -> None:
    from dlwp_tui.cli import run

    assert run.place(args) == len(args) - 1


def test_a_reader_that_has_enough_leaves_the_run_at_work(course_dir: Path, cli: Cli) -> None:
    script = f"{sys.executable} -m dlwp_tui run 1.1 --mode hang --json | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=False)
    event, code = done.stdout.splitlines()
    assert json.loads(event)["e"] == "queued" and code == "0"
    assert "goes on" in done.stderr and "Traceback" not in done.stderr
    assert cli("stop", "last").returncode == 0


def test_an_estimate_makes_one_dry_run_and_runs_nothing(cli: Cli, playground_dir: Path) -> None:
    args = ("run", "1.1", "--epochs", "300", "--pause", "0.2", "--estimate")
    first = cli(*args)
    assert first.returncode == 0, first.stderr
    time, ram = first.stdout.splitlines()
    assert time.startswith("about ") and "(after a dry run)" in time
    assert ram.startswith("memory: needs up to 50 MB, ")
    assert "Trying" in first.stderr
    again = cli(*args, "--json")
    assert again.stderr == ""  # remembered
    (facts,) = lines(again.stdout)
    assert facts["basis"] == "dry run" and 50 < float(str(facts["seconds"])) < 100
    assert facts["lesson"] == "1.1" and facts["ram_mb"] == 50 and facts["failure"] is None
    assert not paths.runs().exists()


def test_an_estimate_that_cannot_be_had_says_why(cli: Cli) -> None:
    done = cli("run", "1.1", "--mode", "raise", "--estimate")
    assert done.returncode == 0 and done.stdout.startswith("time: not known yet\n")
    assert "told to fail" in done.stderr


@pytest.fixture
def greedy(course_dir: Path, playground_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A course whose lesson says that it needs 100 TB, in force instead of the tiny one."""
    assert course_dir != playground_dir
    course = tmp_path / "greedy"
    shutil.copytree(playground_dir, course)
    file = course / "ch01" / "1.1-draw" / "lesson.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("ram_mb = 50", "ram_mb = 100_000_000"), encoding="utf-8")
    monkeypatch.setenv("DLWP_CONTENT", str(course))


@pytest.mark.usefixtures("greedy")
def test_too_little_memory_is_refused_in_a_pipe_and_forced_with_a_word(cli: Cli) -> None:
    done = cli("run", "1.1")
    assert done.returncode == 1 and done.stdout == ""
    assert "100000000 MB of memory" in done.stderr and "--force" in done.stderr and "Traceback" not in done.stderr
    assert not paths.runs().exists()
    assert "! This run needs" in cli("run", "1.1", "--estimate").stdout
    done = cli("run", "1.1", "--force")
    assert done.returncode == 0 and "! This run needs" in done.stdout


@pytest.mark.serial
@pytest.mark.usefixtures("greedy")
@pytest.mark.parametrize(("answer", "code", "runs"), [("\r", 1, 0), ("n\r", 1, 0), ("y\r", 0, 1)])
def test_too_little_memory_is_asked_about_on_a_terminal(answer: str, code: int, runs: int) -> None:
    with Terminal.dlwp("run", "1.1") as terminal:
        terminal.wait_for("Start it all the same?")
        terminal.send(answer)
        assert terminal.wait() == code
    assert len(list(paths.runs().iterdir()) if paths.runs().exists() else []) == runs


def test_a_lessons_params_are_options_with_range_default_and_meaning(cli: Cli) -> None:
    done = cli("run", "1.1", "--help", COLUMNS="120")
    assert done.returncode == 0
    text = " ".join(done.stdout.split())
    assert "--epochs INT Epochs · 1–100000 · default 5 · 训练几轮" in text
    assert "--rate NUMBER Rate · 0 < x ≤ 10 · default 1.0" in text
    assert "--mode ok|raise|nan|hang" in text
    assert "--noisy / --no-noisy" in text
    assert "--data auto|real|synthetic" in text


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["1.1", "--ratee", "2"], "--rate"),
        (["1.1", "--rate", "0"], "0 < x ≤ 10"),
        (["1.1", "--epochs", "many"], "a whole number (1–100000)"),
        (["1.1", "--mode", "x"], "ok | raise | nan | hang"),
        (["1.1", "--preset", "nope"], "book, quick"),
        (["1.1", "--data", "nope"], "auto, real or synthetic"),
        (["1.1", "--seed", "-1"], "0"),
        (["1.2"], "no lesson"),
        (["1.11"], "Did you mean 1.1?"),
        ([], "Which lesson?"),
    ],
)
def test_what_cannot_be_run_is_said_and_nothing_starts(cli: Cli, args: list[str], said: str) -> None:
    done = cli("run", *args)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not paths.runs().exists()


def test_a_lesson_that_raises_fails_with_its_last_lines_and_where_the_log_is(cli: Cli) -> None:
    done = cli("run", "1.1", "--mode", "raise")
    assert done.returncode == 1
    assert "ValueError: told to fail" in done.stderr
    log = Path(done.stderr.rsplit("The whole log: ", 1)[1].strip())
    assert "a line for the log" in log.read_text(encoding="utf-8")
    assert "a line for the log" not in done.stdout


@pytest.mark.parametrize(
    "event",
    [
        {"e": "model", "params": "many"},
        {"e": "model", "params": 2**70},
        {"e": "table", "title": 1, "columns": [], "rows": [[1, 2]]},
        {"e": "table", "columns": ["a", "b"], "rows": [[1], [1, 2, 3], 7, None]},
        {"e": "table", "columns": None, "rows": 3},
        {"e": "epoch", "metrics": {"loss": "zz", "accuracy": [1]}},
        {"e": "text", "body": None},
        {"e": "check"},
    ],
)
def test_an_event_of_another_version_or_damaged_is_printed_as_far_as_it_goes(
    tmp_path: Path, event: dict[str, object]
) -> None:
    from dlwp_tui.cli.follow import PlainPrinter
    from dlwp_tui.runs.folder import RunFolder
    from dlwp_tui.runs.scan import scan

    folder = RunFolder(tmp_path / "20261123-0231-1.1-k7qf")
    folder.path.mkdir()
    after = {"v": 1, "t": 1, "e": "phase", "name": "after it"}
    folder.events.write_text(f"{json.dumps({'v': 1, 't': 1, **event})}\n{json.dumps(after)}\n", encoding="utf-8")
    printed: list[str] = []
    printer = PlainPrinter(printed.append)
    for one in scan(folder.events):
        printer.event(one)
    assert printed[-1] == "— after it"


def test_a_check_of_long_arrays_is_one_short_line() -> None:
    from dlwp_tui.cli.follow import PlainPrinter

    printed: list[str] = []
    printer = PlainPrinter(printed.append)
    printer.event({"e": "check", "statement": "equal", "got": list(range(2000)), "want": 2, "ok": False})
    assert printed[0].startswith("✗ equal  ([0, 1, 2,") and printed[0].endswith("… / 2)") and len(printed[0]) < 80
    printer.event({"e": "check", "statement": "so it is", "got": True, "want": True, "ok": True})
    assert printed[1] == "✓ so it is"


def test_a_large_table_is_printed_from_its_beginning() -> None:
    from dlwp_tui.cli.follow import PlainPrinter

    printed: list[str] = []
    rows = [[f"{row}.{column}" for column in range(50)] for row in range(5000)]
    PlainPrinter(printed.append).event({"e": "table", "title": "t", "columns": list(range(50)), "rows": rows})
    assert len(printed) == 103 and max(map(len, printed)) < 200
    assert printed[2].split()[:2] == ["0.0", "0.1"] and "5,000 rows of 50 columns" in printed[-1]


def test_nan_is_noticed_and_said(cli: Cli) -> None:
    done = cli("run", "1.1", "--mode", "nan")
    assert done.returncode == 0
    assert any(line.startswith("! ") for line in done.stdout.splitlines())
    [*_events, summary] = lines(cli("rerun", "last", "--json").stdout)
    assert summary["warnings"]


def test_detach_watch_pause_resume_stop_export_delete(cli: Cli) -> None:
    run = cli("run", "1.1", "--mode", "hang", "--epochs", "3", "--detach").stdout.strip()
    wait_for(lambda: "training" in cli("runs", "--active").stdout, what="the run at work")
    wait_for(lambda: cli("export", run, "--csv").stdout.splitlines()[1:], what="its first epoch")
    assert cli("pause", run).returncode == 0
    assert "paused" in cli("runs").stdout
    assert cli("delete", run, "--yes").returncode == 1  # at work
    assert cli("resume", run[-4:]).returncode == 0
    stopped = cli("stop", "last")
    assert stopped.returncode == 0 and run in stopped.stderr
    watched = cli("watch", run, "--json")
    assert watched.returncode == 130
    assert lines(watched.stdout)[-1]["state"] == "stopped"
    rows = list(csv.DictReader(io.StringIO(cli("export", run, "--csv").stdout)))
    assert rows[0]["epoch"] == "1" and float(rows[0]["loss"]) == 1.0
    assert json.loads(cli("export", run, "--json").stdout)["run"]["id"] == run
    assert cli("export", run).returncode == 2
    assert json.loads(cli("runs", "--json").stdout)["state"] == "stopped"
    assert cli("delete", run, "--yes").returncode == 0
    assert "No runs yet" in cli("runs").stderr


def test_unknown_and_ambiguous_runs(cli: Cli) -> None:
    assert "There are no runs yet" in cli("watch", "last").stderr
    first, second = (cli("run", "1.1", "--epochs", "1", "--detach").stdout.strip() for _ in range(2))
    for run in (first, second):
        cli("watch", run)
    shared = first[:8]
    several = cli("watch", shared)
    assert several.returncode == 2
    assert first in several.stderr and second in several.stderr
    near = cli("watch", first[:-1] + "?")
    assert near.returncode == 2 and "Did you mean" in near.stderr


def test_the_same_seed_gives_the_same_figures(cli: Cli) -> None:
    *_e, first = lines(cli("run", "1.1", "--json").stdout)
    *_e, again = lines(cli("rerun", str(first["run"]), "--json").stdout)
    assert (again["seed"], again["result"], again["params"]) == (first["seed"], first["result"], first["params"])


@pytest.mark.serial
@pytest.mark.parametrize(("answer", "state"), [("s", "stopped"), ("l", None)])
def test_ctrl_c_asks_once(course_dir: Path, cli: Cli, answer: str, state: str | None) -> None:
    with Terminal.dlwp("run", "1.1", "--mode", "hang") as terminal:
        terminal.wait_for("training")
        terminal.send("\x03")
        terminal.wait_for("[s]top / [l]eave")
        terminal.send(answer + "\r")
        assert terminal.wait() == 130
    run = next(paths.runs().iterdir()).name
    if state is None:
        assert "training" in cli("runs", "--active").stdout
        assert cli("stop", run).returncode == 0
    else:
        assert "stopped" in cli("runs").stdout


@pytest.mark.serial
def test_ctrl_c_without_a_terminal_stops_the_run(course_dir: Path, cli: Cli) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "dlwp_tui", "run", "1.1", "--mode", "hang"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_for(lambda: "training" in cli("runs", "--active").stdout, what="the run at work")
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Stopped" in err
