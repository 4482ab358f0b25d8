"""`dlwp list`, `show`, `check`, `doctor`, `gpu`, `data`, and how all of them fail."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Cli


def test_list(cli: Cli) -> None:
    done = cli("list")
    assert done.stdout.splitlines()[0] == "1 Chapter one"
    assert "dlwp run 1.1" in done.stdout
    rows = [json.loads(line) for line in cli("list", "--json").stdout.splitlines()]
    assert rows[0] == {"id": "1.1", "chapter": "1", "title": "假的一课", "lesson": True}


def test_show_in_a_pipe_has_no_colour(cli: Cli) -> None:
    done = cli("show", "1.1")
    assert done.returncode == 0
    assert "dlwp run 1.1 --preset quick" in done.stdout
    assert "\x1b" not in done.stdout
    assert [page["title"] for page in json.loads(cli("show", "1.1", "--json").stdout)["pages"]][1] == "第一页"


def test_show_lists_the_pages_and_prints_one(cli: Cli) -> None:
    assert cli("show", "1.1", "--contents").stdout.splitlines() == [
        "1.1 假的一课", "   1  假的一课", "   2  第一页", "   3  第二页",
    ]  # fmt: skip
    second = cli("show", "1.1", "--page", "2")
    assert "第一页" in second.stdout and "dlwp run 1.1 --preset quick" in second.stdout
    assert "第二页" not in second.stdout and "开头一段" not in second.stdout
    pages = json.loads(cli("show", "1.1", "--page", "3", "--json").stdout)["pages"]
    assert [(page["page"], page["title"]) for page in pages] == [(3, "第二页")]
    for wrong in ("0", "4"):
        done = cli("show", "1.1", "--page", wrong)
        assert done.returncode == 2 and "it has 3" in done.stderr and "--contents" in done.stderr


def test_a_gbk_locale_changes_nothing(process: Cli) -> None:
    assert "假的一课" in process("list", LC_ALL="zh_CN.GBK", PYTHONIOENCODING="gbk:strict").stdout


def test_check_names_file_place_and_hint(cli: Cli, tmp_path: Path, course_dir: Path) -> None:
    assert cli("check").returncode == 0
    copy = tmp_path / "course"
    shutil.copytree(course_dir, copy)
    toml = copy / "ch01" / "1.1-fake" / "lesson.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("default = 5", "default = 0"), encoding="utf-8")
    done = cli("check", DLWP_CONTENT=str(copy))
    assert done.returncode == 1
    assert "lesson.toml" in done.stdout and "epochs" in done.stdout
    broken = cli("run", "1.1", DLWP_CONTENT=str(copy))
    assert broken.returncode == 1 and "epochs" in broken.stderr and "Traceback" not in broken.stderr


def test_doctor_and_gpu(cli: Cli) -> None:
    done = cli("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✓ Python" in done.stdout and "TensorFlow" in done.stdout
    found = [json.loads(line) for line in cli("doctor", "--json").stdout.splitlines()]
    assert all(row["ok"] for row in found)
    machine = json.loads(cli("gpu", "--json").stdout)
    assert machine["ram_total"] > 0 and isinstance(machine["gpus"], list)


def test_doctor_says_what_to_do_about_an_unwritable_home(cli: Cli, tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    done = cli("doctor", DLWP_HOME=str(blocker))
    assert done.returncode == 1
    assert "DLWP_HOME" in done.stdout
    run = cli("run", "1.1", DLWP_HOME=str(blocker))
    assert run.returncode == 1 and "DLWP_HOME" in run.stderr and "Traceback" not in run.stderr


def test_data_list_and_a_wrong_file(cli: Cli, tmp_path: Path) -> None:
    rows = {row["name"]: row for row in map(json.loads, cli("data", "list", "--json").stdout.splitlines())}
    assert rows["imdb"]["state"] == "missing" and rows["imdb"]["bytes"] > 17e6
    page = tmp_path / "imdb.npz"
    page.write_text("<html>please log in</html>")
    done = cli("data", "import", str(page))
    assert done.returncode == 1
    assert "imdb.npz" in done.stderr and "Traceback" not in done.stderr
    assert "Did you mean imdb" in cli("data", "verify", "imbd").stderr


def test_data_list_tells_the_size_of_the_file_that_is_there(cli: Cli, tmp_path: Path) -> None:
    vectors = tmp_path / "mine.txt"
    vectors.write_text("".join(f"word{n} {' '.join(['0.5'] * 50)}\n" for n in range(300)), encoding="utf-8")
    assert cli("data", "import", str(vectors), "--accept").returncode == 0
    rows = {row["name"]: row for row in map(json.loads, cli("data", "list", "--json").stdout.splitlines())}
    assert rows["glove"]["bytes"] == vectors.stat().st_size
    assert next(line for line in cli("data", "list").stdout.splitlines() if line.startswith("glove")).count("0.1 MB")


def test_no_course_at_all(cli: Cli, tmp_path: Path) -> None:
    done = cli("list", DLWP_CONTENT=str(tmp_path / "nowhere"))
    assert done.returncode == 1
    assert "nowhere" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["list", "show 1.1", "runs", "doctor --json"])
def test_a_closed_pipe_is_no_error(course_dir: Path, command: str) -> None:
    script = f"{sys.executable} -m dlwp_tui {command} | head -c 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr and "Broken" not in done.stderr
    assert done.stdout.endswith("0\n")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("list >/dev/full", 1),
        ("list >&-", 0),
        ("list <&- >&- 2>&-", 0),
        ("run 1.1 <&- >&- 2>&-", 0),
        ("show 9.9 2>&-", 2),
        ("show 9.9 2>/dev/full", 2),
    ],
)
def test_streams_that_are_closed_or_full(course_dir: Path, command: str, code: int) -> None:
    script = f"{sys.executable} -m dlwp_tui {command}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (code, "")
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr
    assert ("No space left" in done.stderr) == (command == "list >/dev/full")


def test_the_wheel_finds_its_content_outside_the_repository(tmp_path: Path) -> None:
    """Built, unpacked as pip does, and run far from the checkout."""
    root = Path(__file__).parents[2]
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")],
        cwd=root, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    [wheel] = (tmp_path / "dist").glob("*.whl")
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    assert not any(name.startswith(("tests/", "content/")) for name in zipfile.ZipFile(wheel).namelist())
    script = f"import sys; sys.path.insert(0, {str(site)!r}); from dlwp_tui.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-P", "-c", script, "list"], cwd=tmp_path, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "dlwp run 3.4" in done.stdout
    shown = subprocess.run(
        [sys.executable, "-P", "-c", script, "show", "3.4"], cwd=tmp_path, capture_output=True, text=True,
        timeout=60, check=False, env={**__import__("os").environ, "DLWP_LANG": "zh"},
    )  # fmt: skip
    assert "电影评论" in shown.stdout
    assert (site / "dlwp_tui" / "locale" / "zh_CN" / "LC_MESSAGES" / "dlwp.mo").exists()
