"""Completion: what fits each place of a command line, and the shells' own scripts, run by the shells."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dlwp_tui.cli import commands, completion
from dlwp_tui.cli.completion import complete
from tests.cli.conftest import Cli
from tests.terminal import Terminal
from tests.tui.bench.bench_runs import finished

pytestmark = pytest.mark.usefixtures("course_dir")


def words(line: str) -> list[str]:
    """The candidates for the last word of a line, which is being typed."""
    typed = line.split(" ")
    return [word for word, _meaning in complete(typed, len(typed) - 1)]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """`dlwp` as a command of its own, first on the path of the shell."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "dlwp"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -m dlwp_tui "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    return script


def shell(program: Path, name: str, script: str) -> list[str]:
    """Lines a shell prints for a script, with the completion of `dlwp` loaded."""
    argv = {"bash": ["bash", "--norc", "-c"], "zsh": ["zsh", "-f", "-c"], "fish": ["fish", "--no-config", "-c"]}[name]
    env = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "DLWP_LANG": "en"}
    done = subprocess.run([*argv, script], env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    return done.stdout.splitlines()


def needs(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(name) is None, reason=f"{name} is not installed")


def test_commands_and_options() -> None:
    assert words("dlwp ") == list(commands.NAMES)
    assert set(words("dlwp re")) == {"rerun", "resume", "report"}
    assert {"--section", "--content", "--version", "--help"} == set(words("dlwp --"))
    assert words("dlwp --section 1.") == words("dlwp show 1.") == ["1.1", "1.2"]
    assert words("dlwp runs --a") == ["--active", "--archived"]
    assert words("dlwp runs --active --a") == ["--archived"], "it is there already"
    assert words("dlwp completion ") == ["bash", "zsh", "fish"]
    assert words("dlwp nothing ") == list(commands.NAMES), "a word in its place would be a mistake"


def test_lessons_their_params_and_presets() -> None:
    assert words("dlwp run ") == words("dlwp run --preset quick ") == ["1.1"]
    offered = words("dlwp run 1.1 --")
    assert offered[:5] == ["--epochs", "--rate", "--mode", "--noisy", "--no-noisy"]
    assert {"--preset", "--seed", "--data", "--device", "--estimate", "--help"} <= set(offered)
    assert words("dlwp run 1.1 --preset ") == ["book", "quick"]
    assert words("dlwp run 1.1 --preset=q") == ["--preset=quick"]
    assert words("dlwp run 1.1 --mode n") == ["nan"]
    assert words("dlwp run 1.1 --data ") == ["auto", "real", "synthetic"]
    assert words("dlwp run 1.1 --epochs ") == [], "any number"
    assert "--epochs" not in words("dlwp run 1.1 --epochs 3 --")
    assert words("dlwp run 9.9 --") == ["--help"]


def test_what_is_proved() -> None:
    assert words("dlwp prove ") == ["1", "1.1"] and words("dlwp prove 1.1 ") == ["C001"]
    assert words("dlwp claims C") == ["C001"] and words("dlwp claims --chapter ") == ["1"]


def test_bash_gives_an_equals_sign_as_a_word() -> None:
    assert complete(["dlwp", "run", "1.1", "--preset", "="], 4, joins=True)[1][0] == "quick"
    assert [word for word, _text in complete(["dlwp", "run", "1.1", "--preset", "=", "q"], 5, joins=True)] == ["quick"]


def test_runs_datasets_and_files() -> None:
    run = finished().id
    assert words("dlwp watch ") == words("dlwp compare last ") == ["last", run]
    assert words("dlwp report 1") == ["1", "1.1"]
    assert words("dlwp data ") == ["list", "get", "import", "verify"]
    assert "imdb" in words("dlwp data get ") and words("dlwp data verify imd") == ["imdb"]
    assert "imdb" in words("dlwp data import file.npz --name ")
    assert words("dlwp data import ") == words("dlwp export last --out ") == [], "the shell offers files"
    assert words("dlwp predict last --demo ") == words("dlwp new ") == []


def test_what_a_candidate_means_is_said_in_the_learners_language(monkeypatch: pytest.MonkeyPatch) -> None:
    assert dict(complete(["dlwp", "runs"], 1))["runs"] == "List runs, newest first."
    monkeypatch.setenv("DLWP_LANG", "zh")
    assert dict(complete(["dlwp", "run", "1."], 2)) == {"1.1": "假的一课"}
    assert "训练几轮" in dict(complete(["dlwp", "run", "1.1", "--e"], 3))["--epochs"]


def test_the_shells_get_their_own_form(cli: Cli) -> None:
    ask = ("2", "dlwp", "run", "")
    assert cli(*ask, _DLWP_COMPLETE="bash").stdout == "1.1\n"
    assert cli(*ask, _DLWP_COMPLETE="fish").stdout == "1.1\t假的一课\n"
    assert cli(*ask, _DLWP_COMPLETE="zsh").stdout == "1.1:假的一课\n"
    for name in completion.SCRIPTS:
        assert cli("completion", name).stdout == cli(_DLWP_COMPLETE=f"{name}_source").stdout != ""


def test_what_cannot_be_completed_is_refused(cli: Cli) -> None:
    done = cli("completion", "tcsh")
    assert done.returncode == 2 and "bash, zsh, fish" in done.stderr
    for asked in ("bash", "complete_bash", "bash_complete"):
        assert cli(_DLWP_COMPLETE=asked).returncode == 2


def test_bash_completes_with_the_script(program: Path) -> None:
    def completed(*line: str) -> list[str]:
        array = " ".join(f"'{word}'" for word in line)
        return shell(
            program,
            "bash",
            f"source <(dlwp completion bash); COMP_WORDS=({array}); COMP_CWORD={len(line) - 1}; "
            '_dlwp_completion dlwp; printf "%s\\n" "${COMPREPLY[@]}"; complete -p dlwp',
        )

    lines = completed("dlwp", "run", "1.1", "--preset", "")
    assert lines[:-1] == ["book", "quick"]
    assert lines[-1].endswith("-F _dlwp_completion dlwp")
    assert completed("dlwp", "run", "1.1", "--ra")[:-1] == ["--rate"]


def test_tab_completes_in_bash(program: Path) -> None:
    env = {"PATH": f"{program.parent}:{os.environ['PATH']}", "PS1": "> ", "BASH_SILENCE_DEPRECATION_WARNING": "1"}
    with Terminal(["bash", "--norc", "--noprofile", "-i"], (100, 20), env) as terminal:
        terminal.send("eval \"$(dlwp completion bash)\"; echo read''y\n")
        terminal.wait_for("ready")
        terminal.send("dlwp run 1.1 --no-\t")
        terminal.wait_for("dlwp run 1.1 --no-noisy")
        terminal.send("--pre\tq\t")
        terminal.wait_for("--no-noisy --preset quick")
        terminal.send("\x15exit\n")
        terminal.wait()


@needs("fish")
def test_fish_completes_with_the_script(program: Path) -> None:
    script = "dlwp completion fish | source; complete -C 'dlwp run 1.1 --preset '; complete -C 'dlwp run '"
    assert [line.split("\t")[0] for line in shell(program, "fish", script)] == ["book", "quick", "1.1"]


@needs("zsh")
def test_zsh_completes_with_the_script(program: Path) -> None:
    env = {"PATH": f"{program.parent}:{os.environ['PATH']}", "PS1": "> "}
    with Terminal(["zsh", "-f", "-i"], (100, 20), env) as terminal:
        terminal.send("autoload -Uz compinit; compinit -u -D; eval \"$(dlwp completion zsh)\"; echo read''y\n")
        terminal.wait_for("ready")
        terminal.send("dlwp run 1.1 --no-\t")
        terminal.wait_for("dlwp run 1.1 --no-noisy")
        terminal.send("--pre\tq\t")
        terminal.wait_for("--no-noisy --preset quick")
        terminal.send("\x15exit\n")
        terminal.wait()
