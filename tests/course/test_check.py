"""`dlwp check`: one broken copy of the tiny course for each kind of problem, and nothing else reported."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dlwp_tui.core import paths
from dlwp_tui.core.errors import Problem
from dlwp_tui.course import reader
from dlwp_tui.course.check import check, warnings
from tests.course.conftest import Copy

SIGNATURE = "def run(lab: Lab, *, epochs: int, rate: float, mode: str, noisy: bool) -> dict:"
LESSON, CODE, NOTE = "ch01/1.1-fake/lesson.toml", "ch01/1.1-fake/lesson.py", "ch01/1.1-fake/note.md"
PROOFS = "ch01/1.1-fake/proofs.py"
EXPECT = "experiments.more-rate-more-loss.expect"
CHOICES = 'choices = ["ok", "raise", "nan", "hang"]'
EXPRESSION = "last(big.loss) > last(base.loss)"


def test_the_fixture_is_sound(course_dir: Path) -> None:
    assert check(datasets=[]) == []


def test_the_real_course_is_readable_by_the_linter() -> None:
    problems = check(paths.content())
    assert not [problem for problem in problems if problem.file in ("book.toml", "glossary.toml")]


def edit(name: str, old: str, new: str) -> Callable[[Copy], object]:
    return lambda copy: copy.edit(name, old, new)


def add(name: str, text: str) -> Callable[[Copy], object]:
    return lambda copy: copy.append(name, text)


def remove(name: str) -> Callable[[Copy], object]:
    return lambda copy: (copy / name).unlink()


def write(name: str, text: str | bytes) -> Callable[[Copy], object]:
    return lambda copy: copy.write(name, text)


def rename(old: str, new: str) -> Callable[[Copy], object]:
    return lambda copy: (copy / old).rename(copy / new)


BREAKS: dict[str, tuple[Callable[[Copy], object], str, str, str]] = {
    "section twice": (write("ch01/1.1-z/note.md", "# 1.1 x\n"), "ch01/1.1-z", "", "exists already"),
    "misnamed folder": (write("ch01/x/note.md", "# x\n"), "ch01/x", "", "<id>-<slug>"),
    "wrong chapter": (write("ch01/2.1-b/note.md", "# 2.1 x\n"), "ch01/2.1-b", "", "chapter 1"),
    "unlisted chapter": (write("ch02/2.1-b/note.md", "# 2.1 x\n"), "ch02", "", "does not list"),
    "note missing": (remove("ch01/1.2-reading/note.md"), "ch01/1.2-reading/note.md", "", "missing"),
    "note not UTF-8": (
        write("ch01/1.2-reading/note.md", b"# 1.2 a\n\n\xff\n"), "ch01/1.2-reading/note.md", "line 3", "0xff"
    ),
    "note of another number": (
        edit("ch01/1.2-reading/note.md", "# 1.2", "# 1.20"), "ch01/1.2-reading/note.md", "line 1", "section's number"
    ),
    "lesson.py missing": (
        lambda copy: (remove(CODE)(copy), copy.edit("claims.toml", '"check:1.1", ', "")), CODE, "", "missing"
    ),
    "lesson.toml missing": (
        lambda copy: (shutil.copy(copy / CODE, copy / "ch01/1.2-reading/lesson.py"),),
        "ch01/1.2-reading/lesson.toml", "", "missing",
    ),
    "lesson.toml broken": (edit(LESSON, "ram_mb = 50", "ram_mb = 0"), LESSON, "ram_mb", "out of range"),
    "lesson.py broken": (add(CODE, "\ndef f(:\n"), CODE, "line 36", "not valid Python: def f(:"),
    "no run": (edit(CODE, "def run(", "def walk("), CODE, "", "no function run"),
    "run lacks a param": (edit(CODE, ", noisy: bool", ""), CODE, "line 8", "does not take the param noisy"),
    "run takes more": (edit(CODE, "noisy: bool", "noisy: bool, unit: int"), CODE, "line 8", "takes unit"),
    "run with a default": (edit(CODE, "noisy: bool", "noisy: bool = True"), CODE, "line 8", "default of its own"),
    "run by position": (edit(CODE, "lab: Lab, *, epochs: int", "lab: Lab, x, *, epochs: int"), CODE, "line 8", ", x"),
    "run with **rest": (edit(CODE, "noisy: bool)", "noisy: bool, **rest)"), CODE, "line 8", "rest"),
    "no demo": (edit(CODE, "def demo(", "def prob("), CODE, "", "no function demo"),
    "long lesson": (add(CODE, "\n# x" * 70), CODE, "line 101", "105 lines, 100 fit"),
    "check in a lesson": (add(CODE, '\n\ndef f(lab):\n    lab.check("x")\n'), CODE, "line 38", "does not belong"),
    "no prove": (edit(PROOFS, "def prove(", "def proof("), PROOFS, "", "no function prove"),
    "prove by position": (edit(PROOFS, "lab: Lab, *", "lab: Lab, x, *"), PROOFS, "line 8", "prove takes lab, x"),
    "proofs.py broken": (
        lambda copy: (add(PROOFS, "\ndef f(:\n")(copy), copy.edit("claims.toml", '"check:1.1", ', "")),
        PROOFS, "line 11", "not valid Python",
    ),
    "path in proofs.py": (add(PROOFS, '\nX = "/tmp/x"\n'), PROOFS, "line 11", "/tmp/x"),
    "claim of proofs.py": (
        lambda copy: (edit(PROOFS, '"C001"', '"C009"')(copy), copy.edit("claims.toml", '"check:1.1", ', "")),
        PROOFS, "line 9", "'C009'",
    ),
    "claim of a check": (
        lambda copy: copy.write(CODE, (copy / CODE).read_text(encoding="utf-8") + '\ncheck("x", claim="C002")\n'),
        CODE, "line 36", "C002",
    ),
    "claim of an experiment": (
        edit(LESSON, 'claims = ["C001"]', 'claims = ["C001", "C1"]'),
        LESSON, "experiments.more-rate-more-loss.claims", "C1",
    ),
    "expect unreadable": (edit(LESSON, EXPRESSION, "lst(big.loss) > 1"), LESSON, EXPECT, "lst"),
    "expect of an unknown run": (edit(LESSON, EXPRESSION, "last(bag.loss) > 1"), LESSON, EXPECT, "bag"),
    "expect of a preset": (
        edit(LESSON, "epochs = 3", 'epochs = 3\nexpect = "last(rum.loss) > 1"'), LESSON, "presets.quick.expect", "rum",
    ),
    "unknown dataset of a choice": (
        edit(LESSON, CHOICES, CHOICES + "\ndatasets = { ok = { imbd = {} } }"), LESSON,
        "params.mode.datasets.ok", "imbd",
    ),
    "unknown choice of datasets": (
        edit(LESSON, CHOICES, CHOICES + "\ndatasets = { okk = { imdb = {} } }"), LESSON,
        "params.mode.datasets.okk", "okk",
    ),
    "unknown dataset": (edit(LESSON, "ram_mb = 50", 'ram_mb = 50\ndatasets = ["imbd"]'), LESSON, "datasets", "imbd"),
    "empty label": (edit(LESSON, 'zh = "打印"', 'zh = ""'), LESSON, "params.noisy.label", "empty"),
    "link to a section": (edit(NOTE, "sec:1.2", "sec:1.3"), NOTE, "line 7", "1.3"),
    "link to a term": (edit(NOTE, "term:过拟合", "term:欠拟合"), NOTE, "line 7", "欠拟合"),
    "link in an alert": (edit(NOTE, "原文说错了。", "甲\n> 乙 [x](sec:8)"), NOTE, "line 11", "8"),
    "missing picture": (add(NOTE, "\n![x](figures/x.png)\n"), NOTE, "line 36", "figures/x.png"),
    "picture outside": (add(NOTE, "\n![x](../../book.toml)\n"), NOTE, "line 36", "book.toml"),
    "run card preset": (edit(NOTE, "preset=quick", "preset=quik"), NOTE, "line 12", "quik"),
    "run card param": (edit(NOTE, "rate=2.0", "rat=2.0"), NOTE, "line 12", "rat"),
    "run card value": (edit(NOTE, "rate=2.0", "rate=200"), NOTE, "line 12", "rate = 200"),
    "run card lesson": (edit(NOTE, "```run 1.1", "```run 1.9"), NOTE, "line 12", "1.9"),
    "run card without lesson": (edit(NOTE, "```run 1.1 ", "```run "), NOTE, "line 12", "no lesson"),
    "experiment card": (edit(NOTE, "```experiment more-rate-more-loss", "```experiment more"), NOTE, "line 15", "more"),
    "promise of a run": (
        add("ch01/1.2-reading/note.md", "\n## 运行之前\n\n想。\n"), "ch01/1.2-reading/note.md", "line 5", "no run card"
    ),
    "quiz without a right answer": (edit(NOTE, "- [x]", "- [ ]"), NOTE, "line 25", "No answer"),
    "quiz without explanation": (edit(NOTE, " :: 与运气无关。", ""), NOTE, "line 26", "explanation"),
    "unknown alert": (edit(NOTE, "[!WARNING]", "[!WARN]"), NOTE, "line 9", "WARN"),
    "crooked diagram": (edit(NOTE, "│输入│", "│输 入│"), NOTE, "line 32", "7 columns"),
    "long page": (edit(NOTE, "\n开头一段", "\n" + "字" * 1700 + "\n开头一段"), NOTE, "line 1", "5 fit"),
    "empty page": (add(NOTE, "\n## 空\n"), NOTE, "line 36", "no text"),
    "wide code in a note": (add(NOTE, "\n```python\nok\nx = '" + "字" * 32 + "'\n```\n"), NOTE, "line 38", "68 fit"),
    "wide code in a remark": (add(NOTE, "\n> [!NOTE]\n> ```\n> " + "x" * 66 + "\n> ```\n"), NOTE, "line 38", "65 fit"),
    "wide diagram": (add(NOTE, "\n```diagram\n" + "─" * 69 + "\n```\n"), NOTE, "line 37", "69 columns wide, 68 fit"),
    "wide code in a lesson": (add(CODE, "\n# " + "字" * 50 + "\n"), CODE, "line 36", "102"),
    "path in a note": (add(NOTE, "\n放在 /home/me/data 里\n"), NOTE, "line 36", "/home/me/data"),
    "Windows path in a note": (add(NOTE, "\n放在 `D:\\data\\x` 里\n"), NOTE, "line 36", "D:\\data\\x"),
    "path in a lesson": (add(CODE, '\nX = "/tmp/x"\n'), CODE, "line 36", "/tmp/x"),
    "path in lesson.toml": (edit(LESSON, '"训练几轮"', "'见 C:\\a'"), LESSON, "line 11", "C:\\a"),
    "path with slashes": (add(NOTE, "\n放在 D:/data 里\n"), NOTE, "line 36", "D:/data"),
    "code without end": (add(NOTE, "\n```python\nx = 1\n"), NOTE, "line 36", "does not end"),
    "control character": (add(NOTE, "\n响\x1b[2J\n"), NOTE, "line 36", "U+001B"),
    "formula that cannot be laid out": (add(NOTE, "\n$$\n\\frac{a\n$$\n"), NOTE, "line 36", ""),
    "formula in a line": (add(NOTE, "\n即 $\\nosuch{a}$。\n"), NOTE, "line 36", "nosuch"),
    "wide formula": (add(NOTE, "\n$$\n" + "abcdef + " * 9 + "x\n$$\n"), NOTE, "line 36", "68 fit"),
    "dead API in lesson.toml": (edit(LESSON, '"训练几轮"', '"用 fit_generator"'), LESSON, "line 11", "fit_generator"),
    "link of a term": (
        edit("glossary.toml", 'text = "', 'text = "[x](sec:9.9)'), "glossary.toml", "terms.过拟合.text", "9.9"
    ),
    "link of a term to a term": (
        edit("glossary.toml", 'text = "', 'text = "[x](term:无)'), "glossary.toml", "terms.过拟合.text", "'无'"
    ),
    "formula of a term": (
        edit("glossary.toml", 'text = "', 'text = "$\\\\nosuch{a}$'), "glossary.toml", "terms.过拟合.text", "nosuch"
    ),
    "path in a term": (edit("glossary.toml", 'text = "', 'text = "/home/me/x '), "glossary.toml", "line 5", "/home/me"),
    "dead API in a note": (add(NOTE, "\n`model.fit_generator(x)`\n"), NOTE, "line 36", "fit_generator"),
    "dead API in code": (add(CODE, "\nf = dict(lr=1)\n"), CODE, "line 36", "lr="),
    "unit8": (add(NOTE, "\n```python\nx.astype('unit8')\n```\n"), NOTE, "line 37", "unit8"),
    "glossary broken": (
        lambda copy: copy.edit("glossary.toml", 'zh = "过拟合"\n', 'zh = "过拟合"\nx = 1\n'),
        "glossary.toml", "terms.过拟合.x", "no such key",
    ),
    "section of a term": (add("glossary.toml", 'section = "7"\n'), "glossary.toml", "terms.过拟合.section", "'7'"),
    "section of a claim": (
        edit("claims.toml", 'section = "1.1"', 'section = "1.7"'), "claims.toml", "claims.C001.section", "1.7"
    ),
    "proof without a check": (
        lambda copy: (
            copy.edit("claims.toml", "check:1.1", "check:1.2"),
            copy.write("ch01/1.2-reading/lesson.py", "def run(lab, *, x):\n    pass\n"),
            copy.write(
                "ch01/1.2-reading/lesson.toml",
                'format = 2\ntitle = "x"\npresets = { book = {}, quick = {} }\n'
                '[params.x]\ntype = "int"\ndefault = 1\nlabel = "x"\n'.replace('label = "x"', 'label = { zh = "x" }')
                .replace('title = "x"', 'title = { zh = "x" }'),
            ),
        ),
        "claims.toml", "claims.C001.proved", "no check of C001",
    ),
    "proof in a section without lesson": (
        edit("claims.toml", "check:1.1", "check:1.2"), "claims.toml", "claims.C001.proved", "no lesson"
    ),
    "proof by an unknown experiment": (
        edit("claims.toml", "more-rate-more-loss", "more"), "claims.toml", "claims.C001.proved", "'more'"
    ),
    "proof by an experiment of another claim": (
        edit(LESSON, 'claims = ["C001"]\n', ""), "claims.toml", "claims.C001.proved", "does not name C001"
    ),
    "proof in an unknown note": (
        edit("claims.toml", "check:1.1", "note:9.1"), "claims.toml", "claims.C001.proved", "9.1"
    ),
    "no course": (lambda copy: shutil.rmtree(copy.folder), "course", "", "does not exist"),
    "compares what is not read": (
        edit(LESSON, 'compares = ["loss"]', 'compares = ["val_loss"]'), LESSON,
        "experiments.more-rate-more-loss.compares", "does not read val_loss",
    ),
    "broken book": (write("book.toml", "format = 1"), "book.toml", "title", "title is missing"),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_one_break_one_problem(copy: Copy, name: str) -> None:
    break_it, file, where, part = BREAKS[name]
    break_it(copy)
    problems = check(copy.folder, datasets=["imdb"])
    found = [problem for problem in problems if problem.where == where and problem.file.endswith(file)]
    assert found, [str(problem) for problem in problems]
    assert part in found[0].message
    assert found[0].hint
    if name != "broken book":
        assert len(problems) == 1, [str(problem) for problem in problems]


def test_figures_that_no_run_has(copy: Copy) -> None:
    copy.edit(LESSON, EXPRESSION, "gap(big.los) > 1 and seconds(big) > last(base.loss)")
    copy.edit(LESSON, 'see = "看损失下降"', 'see = "看损失下降"\nexpect = "last(run.mae) < 1"')
    copy.edit(LESSON, 'compares = ["loss"]', 'compares = ["los", "seconds", "loss"]')
    assert check(copy.folder) == [] == check(copy.folder, figures=lambda _lesson: None), "no run of its code of now"
    problems = check(copy.folder, figures=lambda lesson: {"loss", "val_loss"} if lesson.id == "1.1" else None)
    run_it = "If it is new, run it once: dlwp run 1.1"
    assert [(problem.where, problem.message, problem.hint) for problem in problems] == [
        ("presets.book.expect", "No run of the lesson has recorded mae.", f"Its figures: loss, val_loss {run_it}"),
        (EXPECT, "No run of the lesson has recorded los.", f"Did you mean loss? {run_it}"),
        (EXPECT, "No run of the lesson has recorded val_los.", f"Did you mean val_loss? {run_it}"),
    ]


def test_sides_without_names_and_claims_without_what_they_are_about_are_warnings(copy: Copy) -> None:
    (warning,) = warnings(reader.load(copy.folder))
    assert warning.where == "experiments.more-rate-more-loss" and warning.hint == 'Add names = { base = "…", … }.'
    assert warning.message == "Its sides have no names: base, big"
    copy.edit(LESSON, 'compares = ["loss"]\n', 'compares = ["loss"]\nnames = { base = "1", big = "2" }\n')
    assert list(warnings(reader.load(copy.folder))) == []
    copy.edit(LESSON, 'compares = ["loss"]\n', "")
    assert check(copy.folder) == []
    (warning,) = warnings(reader.load(copy.folder))
    assert warning.where == "experiments.more-rate-more-loss" and warning.hint.endswith("with some of: loss")
    copy.edit(LESSON, EXPRESSION, "x")
    assert list(warnings(reader.load(copy.folder))) == [], "the expectation is the problem then"


def test_never_stops_at_the_first(copy: Copy) -> None:
    for break_it in (
        edit(LESSON, EXPRESSION, "x"), edit(CODE, "def run(", "def walk("), edit(NOTE, "sec:1.2", "sec:1.3"),
        edit(NOTE, "- [x]", "- [ ]"), remove("ch01/1.2-reading/note.md"), edit("claims.toml", "check:1.1", "note:9.1"),
    ):  # fmt: skip
        break_it(copy)
    problems = check(copy.folder)
    assert [Path(problem.file).name for problem in problems] == [
        "note.md", "note.md", "lesson.toml", "lesson.py", "note.md", "claims.toml"
    ]  # fmt: skip


def test_lesson_code_is_never_run(copy: Copy, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    copy.append(CODE, f"\nopen({mark.name!r}, 'w')\nraise SystemExit\n")
    assert check(copy.folder) == []
    assert not mark.exists() and not Path(mark.name).exists()


def test_errata_and_formulas_may_quote_what_is_wrong(copy: Copy) -> None:
    copy.append(
        NOTE,
        "\n> [!WARNING] 勘误\n> 写 `unit8` 和 `lr=0.1`，在 D:\\data。\n\n$f:\\mathbb{R}$\n\n$$\nf:\\Omega\n$$\n",
    )
    assert check(copy.folder) == []


def test_a_table_of_old_names_may_quote_them(copy: Copy) -> None:
    rows = "\n|---|---|\n| `fit_generator`，`unit8` | `fit` |\n| `lr=0.1` | `learning_rate=0.1` |\n"
    copy.append(NOTE, f"\n| 旧写法 | 新写法 |{rows}")
    assert check(copy.folder) == []
    copy.append(NOTE, f"\n| 写法 | 旧写法吗 |{rows}\n`lr=0.2`\n")
    assert len(check(copy.folder)) == 4


def test_what_only_looks_like_a_path(copy: Copy) -> None:
    copy.append(
        NOTE, "\n`~/.keras/datasets` train/val https://x.org/home/y 1/2 `learning_rate=0.1` `lr == 1` color=1\n"
    )
    assert check(copy.folder) == []


def test_a_problem_is_one_line() -> None:
    assert str(Problem("a/b.toml", "x.y", "Is wrong.", "Mend it.")) == "a/b.toml, x.y: Is wrong. Mend it."
    assert str(Problem("a", "", "Is wrong.")) == "a: Is wrong."
