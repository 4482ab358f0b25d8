"""Does `quick` show what it promises? `python -m tests.benchmarks.quick [ID...]`, table in content/quick-presets.md.

Runs each lesson's quick preset with several seeds through the real engine, judges `expect`, and keeps what was seen:
best epoch, best and last validation figure, seconds, memory. Rows of other lessons stay as they are. With `--real` the
real data must be there (`dlwp data import`), else the synthetic twin is used. Exits with 1 when a promise is not kept:
what the preset's `expect` says, a minute, 2 GB. A minute holds on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import re
import sys
import time
from pathlib import Path

from dlwp_tui.analysis import verdict
from dlwp_tui.analysis.seen import seen
from dlwp_tui.core.types import Source
from dlwp_tui.course import reader
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine import control, launch
from dlwp_tui.engine.zygote import Zygote
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView

TABLE = Path(__file__).parents[2] / "content" / "quick-presets.md"
LONGEST = 900.0
"""Seconds for one run on a machine that does other things too."""
MINUTE, MEMORY_MB = 60.0, 2048
"""What every `quick` must stay under."""
HEAD = """# 快速预设看到了什么

每一课的 `quick` 预设要在两个 CPU 核上、一分钟之内显示与书中相同的现象。下面是实测：同一预设用几个种子各跑一次，
每格依次是各个种子的数字。“看到”一栏按 `lesson.toml` 里该预设的 `expect` 判断：✓ 看到了，✗ 没有看到，– 没有要判断的。
“合成”是仿造的数据，数字不能与书中的相比。“秒”是一次运行从开始到结束的实际用时，机器忙的时候会变长；“CPU 秒”是训练
进程自己用掉的处理器时间，与机器忙不忙无关。

由 `python -m tests.benchmarks.quick` 生成，不要手改。

| 课 | 数据 | 指标 | 最好的轮 | 最好 | 最后 | 秒 | CPU 秒 | 内存 MB | 看到 |
|---|---|---|---|---|---|---|---|---|---|
"""
SOURCES = {"synthetic": "合成", "real": "真实", "unverified": "真实", None: "–"}


def main() -> int:
    """Run, print each row, write the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.quick", description=__doc__)
    parser.add_argument("lessons", nargs="*", metavar="ID", help="lessons; all when none is named")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--real", action="store_true", help="on the real data")
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--dry", action="store_true", help="leave the table as it is")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    course = reader.load()
    lessons = [course.lesson(name) for name in options.lessons] or [s.lesson() for s in course.sections if s.has_lesson]
    zygote, kept = Zygote(), True
    zygote.start()
    try:
        for lesson in lessons:
            source: Source = "real" if options.real else "synthetic"
            runs = [run(lesson, options.preset, seed, source, zygote) for seed in range(1, options.seeds + 1)]
            cells, ok = row(lesson, [view for view, _ in runs], [cpu for _, cpu in runs])
            kept = kept and ok
            print(" | ".join(cells), flush=True)
            if any(view.elapsed_s >= MINUTE or (view.peak_mb or 0) >= MEMORY_MB for view, _ in runs):
                print(f"{lesson.id}: over {MINUTE:.0f} s or {MEMORY_MB} MB", file=sys.stderr, flush=True)
                kept = False
            if not options.dry:
                keep(cells)
    finally:
        zygote.close()
    return 0 if kept else 1


def run(lesson: Lesson, preset: str, seed: int, source: Source, zygote: Zygote) -> tuple[RunView, float]:
    """One finished run, and the CPU seconds its worker used. Raises RuntimeError with the log's end otherwise."""
    deadline = time.monotonic() + 60
    while zygote.state == "warming" and time.monotonic() < deadline:
        time.sleep(0.05)
    before = buried(zygote)
    folder = launch.start(lesson, {}, preset=preset, seed=seed, source=source, device="cpu", zygote=zygote)
    control.wait(folder, LONGEST)
    view = RunView.open(folder)
    view.update()
    if view.state is not RunState.FINISHED:
        raise RuntimeError(f"{lesson.id}, seed {seed}: {view.state}: {view.error}\n" + "\n".join(view.log_tail(20)))
    while (cpu := buried(zygote) - before) == 0 and time.monotonic() < deadline + LONGEST:
        time.sleep(0.02)
    return view, cpu


def buried(zygote: Zygote) -> float:
    """CPU seconds of all workers that the zygote has forked and buried: `cutime` and `cstime` of proc(5)."""
    fields = Path(f"/proc/{zygote.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def row(lesson: Lesson, views: list[RunView], cpu: list[float]) -> tuple[list[str], bool]:
    """The cells of a lesson's row, and whether every seed kept the promise."""
    figures = [verdict.figures_of(view) for view in views]
    metric = next((name for name in ("val_loss", "val_mae", "val_accuracy", "loss") if name in figures[0]), "")
    best, lowest, last = ["–"], ["–"], ["–"]
    if metric:
        pick = max if metric.endswith("accuracy") else min
        series = [one[metric] for one in figures]
        best = [str(values.index(pick(values)) + 1) for values in series]
        lowest = [f"{pick(values):.4g}" for values in series]
        last = [f"{values[-1]:.4g}" for values in series]
    judged = [seen(view, lesson) for view in views]
    signs = ["–" if one is None else "✓" if one.holds else "✗" for one in judged]
    cells = [
        lesson.id,
        SOURCES[views[0].source],
        metric or "–",
        *(" / ".join(values) for values in (best, lowest, last)),
        " / ".join(f"{view.elapsed_s:.0f}" for view in views),
        " / ".join(f"{seconds:.0f}" for seconds in cpu),
        str(max(view.peak_mb or 0 for view in views)),
        " ".join(signs),
    ]
    return cells, "✗" not in signs


def keep(cells: list[str]) -> None:
    """Put the row into the table, in the order of the sections, in place of the row of the same lesson and data."""
    with TABLE.parent.joinpath("book.toml").open("rb") as lock:  # several of these may be at work on one table
        fcntl.flock(lock, fcntl.LOCK_EX)
        _write(cells)


def _write(cells: list[str]) -> None:
    rows: dict[tuple[str, str], list[str]] = {}
    if TABLE.exists():
        for line in TABLE.read_text(encoding="utf-8").splitlines():
            found = [cell.strip() for cell in line.strip("|").split("|")]
            if re.match(r"\|\s*\d", line):
                rows[found[0], found[1]] = found
    rows[cells[0], cells[1]] = cells
    ordered = sorted(rows.values(), key=lambda one: ([int(part) for part in one[0].split(".")], one[1]))
    text = HEAD + "".join("| " + " | ".join(one) + " |\n" for one in ordered)
    part = TABLE.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(TABLE)


if __name__ == "__main__":
    sys.exit(main())
