"""`dlwp claims`: the list, one claim whole, and what it refuses."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Cli
from tests.cli.test_prove import make_run, runs

__all__ = ["make_run", "runs"]


def test_the_list_before_anything_was_run(cli: Cli) -> None:
    done = cli("claims")
    assert done.returncode == 0
    head, row = done.stdout.splitlines()
    assert head.split()[0] == "claim" and row.split()[:4] == ["C001", "1.1", "true", "·"]
    assert "1.1/more-rate-more-loss, check:1.1" in row and row.endswith("损失等于速率除以步数")
    assert done.stderr == "Claims: 1 of 1 · · not tried: 1\n"
    assert cli("claims", "--chapter", "1", "--status", "true", "--verdict", "not tried").stdout == done.stdout
    none = cli("claims", "--verdict", "holds")
    assert none.stdout == "" and none.stderr == "Claims: 0 of 1\n" and none.returncode == 0


@pytest.mark.usefixtures("runs")
def test_one_claim_whole(cli: Cli) -> None:
    done = cli("claims", "c001")
    assert done.stdout.splitlines() == [
        "C001  1.1  true  ✗ does not hold",
        "损失等于速率除以步数",
        "",
        "1.1/more-rate-more-loss  ✓ holds  6 runs, 24 s",
        "    速率越大，损失越大",
        "    ✓ last training loss: rate 2 is 1 above rate 1, the same with every seed",
        "    Recorded: 1 比 2",
        "",
        "check:1.1  ✗ does not hold  1 runs, 4 s",
        "    ✗ loss falls (1 / 2)",
    ]
    facts = json.loads(cli("claims", "C001", "--json").stdout)
    assert (facts["verdict"], facts["course_verdict"], facts["seconds"]) == ("does not hold", None, 28.0)
    assert [proof["state"] for proof in facts["proofs"]] == ["holds", "does not hold"]
    assert [json.loads(line) for line in cli("claims", "--json").stdout.splitlines()] == [facts]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("C999",), "There is no claim 'C999'."),
        (("--chapter", "12"), "There is no chapter '12'.\nThe chapters: 1"),
        (("--status", "wrong"), "--status wrong is not allowed: true | false | caveat | training | qualitative."),
        (("--verdict", "maybe"), "--verdict maybe is not allowed: does not hold | running | stale"),
    ],
)
def test_what_it_refuses(cli: Cli, args: tuple[str, ...], says: str) -> None:
    done = cli("claims", *args)
    assert done.returncode == 2 and says in done.stderr and not done.stdout
