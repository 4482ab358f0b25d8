"""What became of every experiment and exact claim, as a table: `python -m tests.benchmarks.judged [--into DIR]`.

Makes content/judged.json and content/judged.md from the runs there are (`dlwp prove --all` makes them) that would come
out the same today. An experiment without such runs keeps its record of before; the table says where its code has
changed since, and lists what was never run.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from dlwp_tui.analysis import claims, evidence, judged
from dlwp_tui.analysis.judged import Judged, Record
from dlwp_tui.course import reader
from dlwp_tui.course.lesson import Experiment, Lesson

HEAD = """# 论断判得怎样

笔记里每条可以检验的论断，在课程里都有实验或精确检验。下面是实测。**判定**：✓ 成立，✗ 不成立，? 未定（种子之间的
差别比效应还大）。**效应**是几个种子的平均，后面是种子之间相差多少（标准差）。“合成”是仿造的数据，那些数字不能与
书中的比。“秒”是一个实验的全部运行一共用的时间。“记录”是原笔记和书里的数字。

由 `python -m tests.benchmarks.judged` 生成，不要手改；`dlwp prove 4.4` 在你的机器上重做。

"""
SOURCES = {"real": "真实", "unverified": "真实（未核对）", "synthetic": "合成", None: "–"}


def main() -> int:
    """Collect, write, and print what is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.judged", description=__doc__)
    parser.add_argument("--into", type=Path, default=Path(__file__).parents[2] / "content", metavar="DIR")
    options = parser.parse_args()
    os.environ["DLWP_LANG"] = "zh"
    course = reader.load()
    lessons = [section.lesson() for section in course.sections if section.has_lesson]
    found = judged.collect(evidence.read(), lessons, judged.read(options.into))
    (options.into / judged.FILE).write_text(judged.dumps(found), encoding="utf-8")
    (options.into / judged.FILE).with_suffix(".md").write_text(table(found, lessons), encoding="utf-8")
    tried = {place[:2] for place in found.experiments}
    for lesson in lessons:
        for experiment in lesson.experiments:
            if (lesson.id, experiment.id) not in tried:
                print(f"{lesson.id} {experiment.id}: not run", file=sys.stderr)
    return 0


def table(found: Judged, lessons: list[Lesson]) -> str:
    """content/judged.md."""
    return "".join(
        f"{line}\n"
        for line in (HEAD.rstrip("\n"), "", *_made(found), *_experiments(found, lessons), *_exact(found, lessons))
    )


def _made(found: Judged) -> Iterator[str]:
    """On what machines, with what versions and when."""
    records = [*found.experiments.values(), *found.claims.values()]
    if not records:
        return
    dates = sorted(record["date"] for record in records)
    yield f"- 日期：{dates[0]}" + (f" 到 {dates[-1]}" if dates[-1] != dates[0] else "")
    machines = {f"{record['machine']}，{_device(record['device'])}" for record in records}
    yield f"- 机器：{'；'.join(sorted(machines))}"
    for package in ("keras", "tensorflow", "numpy", "python"):
        versions = sorted({record["versions"].get(package, "?") for record in records})
        yield f"- {package} {' / '.join(versions)}"
    yield ""


def _device(device: str) -> str:
    return "没有用 GPU" if device == "cpu" else device


def _experiments(found: Judged, lessons: list[Lesson]) -> Iterator[str]:
    yield "## 实验"
    yield ""
    yield "| 课 | 实验 | 论断 | 数据 | 种子 | 判定 | 效应与种子之间的差别 | 秒 | 记录 |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for lesson in lessons:
        for experiment in lesson.experiments:
            records = found.of(lesson.id, experiment.id)
            for record in records:
                yield _row(record, lesson, experiment)
            if not records:
                yield _line(lesson, experiment, "–", str(experiment.seeds), "没有跑", "–", "–")
    yield ""


def _row(record: Record, lesson: Lesson, experiment: Experiment) -> str:
    words = "<br>".join(map(_cell, judged.in_words(record, lesson, experiment))) or "–"
    label = claims.word(claims.KINDS[record["verdict"]])
    whys = (label, *map(_cell, judged.changed(record, lesson, experiment)))
    cells = (SOURCES[record["source"]], str(record["seeds"]), "<br>".join(whys), words, f"{record['seconds']:.0f}")
    return _line(lesson, experiment, *cells)


def _line(lesson: Lesson, experiment: Experiment, *cells: str) -> str:
    """Data, seeds, verdict, effects and seconds between what the experiment is and what is recorded of it."""
    name = f"`{experiment.id}`：{_cell(str(experiment.statement))}"
    claims_ = ", ".join(experiment.claims) or "–"
    return "| " + " | ".join([lesson.id, name, claims_, *cells, _cell(str(experiment.recorded)) or "–"]) + " |"


def _exact(found: Judged, lessons: list[Lesson]) -> Iterator[str]:
    """Exact claims: how many of each lesson came true, and those that did not."""
    yield "## 精确的论断"
    yield ""
    yield "| 课 | 数据 | 成立 | 不成立 |"
    yield "|---|---|---|---|"
    for lesson in lessons:
        for data in ("real", "synthetic", ""):
            records = {p[1]: r for p, r in found.claims.items() if p[0] == lesson.id and p[2] == data}
            if not records:
                continue
            good = [claim for claim, record in sorted(records.items()) if record["verdict"] == "holds"]
            bad = [claim for claim, record in sorted(records.items()) if record["verdict"] != "holds"]
            yield f"| {lesson.id} | {SOURCES[data or None]} | {', '.join(good) or '–'} | {', '.join(bad) or '–'} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
