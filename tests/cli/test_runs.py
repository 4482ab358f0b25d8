"""`dlwp runs`: which runs, in what order, and a table that fits; `dlwp delete` and `doctor` on deleted runs."""

from __future__ import annotations

import json
import time
from time import process_time

import pytest
from rich.cells import cell_len

from dlwp_tui.analysis import history
from dlwp_tui.cli import doctor
from dlwp_tui.runs import labels, store, trash
from dlwp_tui.runs.labels import Labels
from tests.cli.conftest import Cli
from tests.terminal import Terminal
from tests.tui.bench.bench_runs import LiveRun, finished

pytestmark = pytest.mark.usefixtures("course_dir")


@pytest.fixture
def three() -> tuple[str, str, str]:
    """Ids of runs: `rate=2`, tagged and named; `book`; `rate=3`, put away. The newest last."""
    two, book, three = finished({"rate": 2.0}, 2, ago=500), finished(ago=50), finished({"rate": 3.0}, 3, ago=5)
    labels.write(two, Labels("名字", ("good",)))
    labels.write(three, Labels(archived=True))
    return two.id, book.id, three.id


def listed(cli: Cli, *words: str) -> list[str]:
    """Ids of the runs that `dlwp runs WORDS` prints; the first word of each line."""
    return [line.split()[0] for line in cli("runs", *words).stdout.splitlines()[1:]]


def test_words_choose_and_order_the_runs(cli: Cli, three: tuple[str, str, str]) -> None:
    two, book, away = three
    assert listed(cli) == [book, two]
    assert listed(cli, "1.1", "finished", "val_loss<0.5") == [book]
    assert listed(cli, "1.1 finished", "val_loss<0.5") == [book], "several words may come as one"
    assert listed(cli, "#good") == listed(cli, "名字") == listed(cli, "rate=2") == [two]
    assert listed(cli, "--archived") == listed(cli, "archived") == [away, book, two]
    assert listed(cli, "sort:-val_loss") == [two, book] and listed(cli, "sort:created") == [two, book]
    assert listed(cli, "since:1m") == [book]
    assert listed(cli, "-n", "1") == [book]


def test_what_is_listed_says_how_much_there_is(cli: Cli, three: tuple[str, str, str]) -> None:
    size = sum(folder.size for folder in store.all())
    assert cli("runs").stderr.strip() == f"Runs: 2 of 3 · {size / 1e3:.0f} kB"
    assert cli("runs", "--json").stderr == ""


def test_json_has_the_same_filters(cli: Cli, three: tuple[str, str, str]) -> None:
    (line,) = cli("runs", "1.1", "finished", "val_loss<0.5", "--json").stdout.splitlines()
    row = json.loads(line)
    assert row["run"] == three[1] and row["last"]["val_loss"] == {"value": pytest.approx(0.3), "epoch": 5}
    assert row["disk"] > 0 and row["archived"] is False


def test_names_signs_and_tags_are_printed(cli: Cli, three: tuple[str, str, str]) -> None:
    head, book, two = cli("runs").stdout.splitlines()
    assert "best val_loss" in head and "book" in book and "0.3000" in book
    assert "名字" in two and two.endswith("#good") and two.split()[1] in "•×+▴◦▪◆*"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["9.9"], "There is no section '9.9'"),
        (["rate="], "rate= lacks a value."),
        (["since:soon"], "since:soon is no date."),
    ],
)
def test_a_mistake_is_a_sentence(cli: Cli, three: tuple[str, str, str], words: list[str], message: str) -> None:
    done = cli("runs", *words)
    assert done.returncode == 2 and message in done.stderr and done.stdout == ""


def test_nothing_to_list(cli: Cli) -> None:
    assert "No runs yet" in cli("runs").stderr
    finished(ago=5)
    assert "No run is going on" in cli("runs", "--active").stderr
    assert "No run fits" in cli("runs", "failed").stderr
    assert "No run has ratez. Did you mean rate?" in cli("runs", "ratez=3").stderr


@pytest.mark.parametrize("columns", [80, 100, 140])
def test_a_terminal_gets_the_columns_that_fit(three: tuple[str, str, str], columns: int) -> None:
    run = LiveRun({"rate": 2.5, "epochs": 77, "mode": "nan"})
    run.epoch(1)
    run.end()
    with Terminal.dlwp("runs", size=(columns, 24)) as terminal:
        terminal.wait_for("Runs: ")
        terminal.wait()
        head, *rows = (line.rstrip() for line in terminal.text().splitlines() if line.strip())
    assert all(cell_len(line) <= columns for line in [head, *rows]) and "Runs: 3 of 4" in rows[-1]
    assert [row.split()[0] for row in rows[:3]] == [run.folder.id, three[1], three[0]], "a line each, ids whole"
    assert "0.3000" in rows[1] and "book" in rows[1] and ("seed" in head) == (columns == 140)


def test_a_pipe_gets_every_column_whole(cli: Cli, three: tuple[str, str, str]) -> None:
    labels.write(store.find(three[0]), Labels("a name " * 8))
    head, _book, two = cli("runs").stdout.splitlines()
    assert ("a name " * 8).strip() in two and head.split()[-1] == "seed"


def test_a_thousand_runs_are_listed_in_little_time(cli: Cli) -> None:
    template = finished(ago=5)
    spec, events = store.read_spec(template), template.events.read_bytes()
    for number in range(999):
        run_id = f"20260102-{number // 60:02d}{number % 60:02d}-1.1-aaaa"
        made = store.create(spec.model_copy(update={"id": run_id, "created": spec.created - number, "seed": number}))
        made.events.write_bytes(events)
    cli("runs")
    history._known.clear()  # as in the next process
    began = process_time()
    assert len(listed(cli, "-n", "1000")) == 1000
    assert process_time() - began < 0.5, "0.08 s on a quiet machine"


def test_delete_is_final_and_says_what_it_frees(cli: Cli, three: tuple[str, str, str]) -> None:
    folder = store.find(three[1])
    folder.artifacts.mkdir()
    (folder.artifacts / "weights").write_bytes(b"x" * 3_000_000)
    assert "that frees 3.0 MB" in cli("delete", three[1], "--yes").stderr
    assert trash.kept() == [] and listed(cli) == [three[0]]


def test_what_a_crashed_app_left_goes_with_the_next_delete_and_with_doctor(
    cli: Cli, three: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    trash.take(store.find(three[0]))
    assert doctor._deleted().found.startswith("1 on the disk, ")
    cli("delete", three[1], "--yes")
    assert len(trash.kept()) == 1, "it may be brought back for a day"
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + trash.KEPT_S + 5)
    assert doctor._deleted().found == "none on the disk" and trash.kept() == []


def test_the_help_of_runs_names_the_words(cli: Cli) -> None:
    text = " ".join(cli("runs", "--help").stdout.split())
    assert "val_loss<0.3" in text and "--archived" in text
