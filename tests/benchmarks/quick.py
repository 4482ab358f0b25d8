"""Does `quick` show what it promises? `python -m tests.benchmarks.quick [ID...]`.

Runs each lesson's quick preset with several seeds through the real engine, judges `expect`, and keeps what was seen in
content/quick-presets.json: best epoch, best and last validation figure, seconds, memory. Estimates take the CPU seconds
from there (`dlwp_tui.analysis.estimates`); content/quick-presets.md is the same as a table. Other lessons' records stay
as they are. With `--real` the real data must be there (`dlwp data import`), else the synthetic twin is used. Exits with
1 when a promise is not kept: what the preset's `expect` says, a minute, 2 GB. A minute holds on a machine that does
nothing else.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from dlwp_tui.analysis import verdict
from dlwp_tui.analysis.seen import seen
from dlwp_tui.core import speed
from dlwp_tui.core.types import Source
from dlwp_tui.course import reader
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine import control, launch
from dlwp_tui.engine.zygote import Zygote
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView

FIGURES = Path(__file__).parents[2] / "content" / "quick-presets.json"
TABLE = FIGURES.with_suffix(".md")
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
SOURCES = {"synthetic": "合成", "real": "真实", None: "–"}
Record = dict[str, Any]
"""What was seen of one preset on one kind of data; lists have an item for each seed."""


def main() -> int:
    """Run, print each row, keep the records."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.quick", description=__doc__)
    parser.add_argument("lessons", nargs="*", metavar="ID", help="lessons; all when none is named")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--real", action="store_true", help="on the real data")
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--dry", action="store_true", help="keep nothing")
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
            record = seen_of(lesson, options.preset, [view for view, _ in runs], [cpu for _, cpu in runs])
            kept = kept and False not in record["seen"]
            print(row(record), flush=True)
            if any(view.elapsed_s >= MINUTE or (view.peak_mb or 0) >= MEMORY_MB for view, _ in runs):
                print(f"{lesson.id}: over {MINUTE:.0f} s or {MEMORY_MB} MB", file=sys.stderr, flush=True)
                kept = False
            if not options.dry:
                keep(record)
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


def seen_of(lesson: Lesson, preset: str, views: list[RunView], cpu: list[float]) -> Record:
    """The record of a preset's runs. `seen` is whether each kept the promise, null where it makes none."""
    figures = [verdict.figures_of(view) for view in views]
    metric = next((name for name in ("val_loss", "val_mae", "val_accuracy", "loss") if name in figures[0]), None)
    pick = max if metric == "val_accuracy" else min
    series = [one[metric] for one in figures] if metric else []
    judged = [seen(view, lesson) for view in views]
    return {
        "lesson": lesson.id,
        "preset": preset,
        "source": "real" if views[0].source == "unverified" else views[0].source,
        "metric": metric,
        "best_epoch": [values.index(pick(values)) + 1 for values in series],
        "best": [float(f"{pick(values):.4g}") for values in series],
        "last": [float(f"{values[-1]:.4g}") for values in series],
        "seconds": [round(view.elapsed_s, 1) for view in views],
        "cpu_seconds": [round(seconds, 1) for seconds in cpu],
        "benchmark_s": round(speed.benchmark(), 4),
        "peak_mb": max(view.peak_mb or 0 for view in views),
        "seen": [None if one is None else one.holds for one in judged],
    }


def row(record: Record) -> str:
    """A record as a row of the table."""
    cells = [
        record["lesson"],
        SOURCES[record["source"]],
        record["metric"] or "–",
        *(" / ".join(f"{value:.4g}" for value in record[name]) or "–" for name in ("best_epoch", "best", "last")),
        *(" / ".join(f"{value:.0f}" for value in record[name]) for name in ("seconds", "cpu_seconds")),
        str(record["peak_mb"]),
        " ".join("–" if one is None else "✓" if one else "✗" for one in record["seen"]),
    ]
    return "| " + " | ".join(cells) + " |"


def table(records: list[Record]) -> str:
    """content/quick-presets.md."""
    return HEAD + "".join(row(record) + "\n" for record in records if record["preset"] == "quick")


def keep(record: Record) -> None:
    """Put the record in place of that of the same lesson, preset and data, and write the table anew."""
    with FIGURES.parent.joinpath("book.toml").open("rb") as lock:  # several of these may be at work
        fcntl.flock(lock, fcntl.LOCK_EX)
        records = {_place(one): one for one in json.loads(FIGURES.read_bytes())} | {_place(record): record}
        ordered = [records[place] for place in sorted(records)]
        lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in ordered)  # a record a line: short diffs
        FIGURES.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
        TABLE.write_text(table(ordered), encoding="utf-8")


def _place(record: Record) -> tuple[tuple[int, ...], str, int]:
    """In the order of the sections."""
    section = tuple(int(part) for part in record["lesson"].split("."))
    return section, record["preset"], list(SOURCES).index(record["source"])


if __name__ == "__main__":
    sys.exit(main())
