"""`dlwp prove`: what it says before, what it prints, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dlwp_tui.analysis import provenance, verdict
from dlwp_tui.core.versions import versions
from dlwp_tui.course import reader
from tests.cli.conftest import Cli
from tests.runs.conftest import make_run
from tests.runs.fake_run import Make

__all__ = ["make_run"]


@pytest.fixture
def runs(course_dir: Path, make_run: Make) -> None:
    """Every run of the fixture's experiment, made before; those of the first side have checked C001."""
    lesson = reader.load(course_dir).lesson("1.1")
    for run in verdict.plan(lesson, lesson.experiment("more-rate-more-loss")):
        made = {"depends": provenance.depends(lesson), "versions": versions()}
        fake = make_run("1.1", params=run.params, seed=run.seed, **made).hold().say("started")
        fake.epochs("loss", 5.0, float(run.params["rate"]) + run.seed / 10)
        fake.say("check", statement="loss falls", claim="C001", got=1, want=2, ok=False)
        fake.say("ended", 4, state="finished").release()


def test_it_says_first_what_is_missing(cli: Cli) -> None:
    done = cli("prove", "1", "--estimate")
    assert done.returncode == 0 and not done.stderr
    assert done.stdout.splitlines() == [
        "1.1: 1 experiments, 1 exact claims, runs still to be made: 6 · ?",
        "runs still to be made: 6 · of 6 the time is not known",
    ]
    lines = [json.loads(line) for line in cli("prove", "--all", "--estimate", "--json").stdout.splitlines()]
    assert lines == [
        {"lesson": "1.1", "experiments": 1, "claims": ["C001"], "missing": 6, "seconds": None},
        {"missing": 6, "seconds": 0.0, "unknown": 6},
    ]


@pytest.mark.usefixtures("runs")
def test_it_prints_the_verdicts(cli: Cli) -> None:
    done = cli("prove", "1.1")
    assert done.returncode == 0 and done.stderr == "runs still to be made: 0\n"
    assert done.stdout.splitlines() == [
        "1.1 more-rate-more-loss  ✓ holds  速率越大，损失越大",
        "    ✓ last training loss: rate 2 is 1 above rate 1, the same with every seed",
        "    Recorded: 1 比 2",
        "1.1 C001  ✗ does not hold",
        "    ✗ loss falls (1 / 2)",
    ]
    one, claim = [json.loads(line) for line in cli("prove", "1.1", "C001", "--json").stdout.splitlines()]
    assert (one["verdict"], one["seconds"], len(one["runs"]), one["stale"]) == ("holds", 24.0, 6, [])
    assert one["comparisons"][0]["comparison"] == "last(big.loss) > last(base.loss)"
    assert (claim["claim"], claim["verdict"], claim["words"]) == ("C001", "does not hold", ["✗ loss falls (1 / 2)"])


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ((), "What is to be proved?"),
        (("1.1", "C999"), "There is no claim 'C999'."),
        (("1.1", "more-rate"), "There is no experiment 'more-rate'."),
        (("7.7",), "There is no section '7.7'."),
        (("1.2",), "1.2"),
        (("1.1", "--data", "fake"), "--data fake is not allowed: auto | real | synthetic."),
        (("1.1", "--device", "tpu"), "--device tpu is not allowed"),
        (("1.1", "C001", "--all"), "--all and an ID exclude each other."),
        (("1.1", "--seeds", "101"), "--seeds"),
    ],
)
def test_what_it_refuses(cli: Cli, args: tuple[str, ...], says: str) -> None:
    done = cli("prove", *args)
    assert done.returncode == 2 and says in done.stderr and not done.stdout
