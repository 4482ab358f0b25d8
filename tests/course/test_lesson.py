"""lesson.toml: what is wrong is said with file, key and hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import Text
from dlwp_tui.course import reader
from dlwp_tui.course.param import Param, ParamError
from dlwp_tui.course.problem import BrokenFile
from tests.course.conftest import Copy

EPOCHS = "default = 5\nmin = 1\nmax = 100000"


def test_the_fixture_lesson(course_dir: Path) -> None:
    lesson = reader.load().lesson("1.1")
    assert lesson.id == "1.1"
    assert lesson.values("quick") == {"epochs": 3, "rate": 1.0, "mode": "ok", "noisy": True}
    assert lesson.matching_preset(lesson.values()) == "book"
    assert lesson.params["rate"].range == "0 < x ≤ 10"
    assert Param(type="int", default=5, min=1, max=2_000_000, label=Text(zh="数")).range == "1–2000000"
    assert str(lesson.params["epochs"].why) == "训练几轮"
    assert lesson.experiment("more-rate-more-loss").preset == "quick"
    assert lesson.presets["book"].see == Text(zh="看损失下降")


def test_what_a_run_loads_follows_its_choices() -> None:
    lesson = reader.load().lesson("6.3.8")
    assert lesson.needs(lesson.values("book")) == {"imdb": {}}
    assert lesson.needs(lesson.values("temperature_quick")) == {"jena_climate": {}}
    raw = reader.load().lesson("6.1.3")
    assert raw.needs(raw.values("quick")) == {"aclimdb": {}, "glove": {"dim": 50}}
    heat = reader.load().lesson("5.4.3")
    assert heat.needs(heat.values("book", {"base": "mini"})) == {"cats_and_dogs_small": {}}
    assert heat.needs(heat.values("book", {"base": "vgg16"}))["vgg16"] == {"top": True}


# old text, new text, key, a part of the message or hint
BROKEN = [
    ("format = 2\n", "", "format", "missing"),
    ("format = 2\n", "format = 3\n", "format", "It takes: 2"),
    ("format = 2\n", "", "format", "Add it"),
    ("format = 2\n", "format = 1\n", "format", "move every lab.check"),
    ("ram_mb = 50", 'ram_mb = "50"', "ram_mb", "whole number without quotation marks"),
    ("ram_mb = 50", "ram_mb = 0", "ram_mb", "≥ 1"),
    ("ram_mb = 50", "ram_mb = 50.5", "ram_mb", "whole number"),
    ("ram_mb = 50", "ram_mb = 50\nchekpoint = true", "chekpoint", "Did you mean checkpoint?"),
    ("ram_mb = 50", 'ram_mb = 50\ncheckpoint = "yes"', "checkpoint", "true or false"),
    ("ram_mb = 50", 'ram_mb = 50\ndatasets = "imdb"', "datasets", "a list in [ ]"),
    ("ram_mb = 50", 'ram_mb = 50\nid = "1.1"', "id", "folder's name says it"),
    ("ram_mb = 50", 'ram_mb = 50\nram_growth = "2 * epoch"', "ram_growth", "Did you mean epochs?"),
    ("ram_mb = 50", 'ram_mb = 50\nlimits = [{ needs = "rate <", why = "x" }]', "limits.#1.needs", "made of params"),
    ("ram_mb = 50", 'ram_mb = 50\nlimits = [{ needs = "rows(epochs) > 3", why = "x" }]', "limits.#1.needs", "matrix"),
    ("ram_mb = 50", 'ram_mb = 50\nlimits = [{ needs = "epochs > 3", why = "x" }]', "presets.quick", "epochs = 3 do"),
    ('title = { zh = "假课", en = "A fake lesson" }', "title = 3", "title", "{ zh ="),
    ('title = { zh = "假课", en = "A fake lesson" }', 'title = { en = "x" }', "title.zh", "missing"),
    (
        'title = { zh = "假课", en = "A fake lesson" }',
        'title = { zh = "x", eng = "x" }',
        "title.eng",
        "Did you mean en?",
    ),
    (EPOCHS, 'default = 5\nmin = "a"\nmax = 9', "params.epochs.min", "a number without quotation marks"),
    (EPOCHS, 'default = 5\nmin = "1"\nmax = 9', "params.epochs.min", "a number without quotation marks"),
    (EPOCHS, "default = 5\nmni = 1\nmax = 9", "params.epochs.mni", "Did you mean min?"),
    (EPOCHS, "default = 0\nmin = 1\nmax = 9", "params.epochs.default", "1–9"),
    (EPOCHS, "default = 5.5\nmin = 1\nmax = 9", "params.epochs.default", "type int"),
    (EPOCHS, 'default = "5"\nmin = 1\nmax = 9', "params.epochs.default", "type int"),
    (EPOCHS, "default = true\nmin = 1\nmax = 9", "params.epochs.default", "type int"),
    (EPOCHS, "default = [5]\nmin = 1\nmax = 9", "params.epochs.default", "a number, a text"),
    (EPOCHS, "default = 5\nmin = 9\nmax = 1", "params.epochs.min", "above max"),
    (EPOCHS, "min = 1\nmax = 9", "params.epochs.default", "missing"),
    ('why = "训练几轮"', "why = 7", "params.epochs.why", "{ zh ="),
    ('type = "bool"', 'type = "bolean"', "params.noisy.type", "Did you mean bool?"),
    ("default = true", "default = true\nmin = 0", "params.noisy.min", "Only int and float"),
    ("default = true", 'default = true\nchoices = ["a"]', "params.noisy.choices", "Only type"),
    ('choices = ["ok", "raise", "nan", "hang"]', "", "params.mode.choices", "lists its choices"),
    ('choices = ["ok", "raise", "nan", "hang"]', 'choices = ["raise"]', "params.mode.default", "one of the choices"),
    ("[params.noisy]", "[params.seed]", "params.seed", "reserved"),
    ("[params.noisy]", "[params.lambda]", "params.lambda", "reserved"),
    ("[params.noisy]", "[params.see]", "params.see", "reserved"),
    ("[params.noisy]", "[params.Noisy]", "params.Noisy", "lower-case"),
    ("[presets.quick]\nepochs = 3\n", "", "presets.quick", "missing"),
    ("[presets.quick]\nepochs = 3\n", "[presets]\nquick = 3\n", "presets.quick", "a table"),
    ("[presets.quick]\nepochs = 3", "[presets.quick]\nepoch = 3", "presets.quick.epoch", "Did you mean epochs?"),
    ("[presets.quick]\nepochs = 3", "[presets.quick]\nepochs = [3]", "presets.quick.epochs", "type int"),
    ("[presets.quick]\nepochs = 3", "[presets.quick]\nepochs = 0", "presets.quick.epochs", "1–100000"),
    ('preset = "quick"', 'preset = "quik"', "experiments.more-rate-more-loss.preset", "book, quick"),
    ("seeds = 3", "seeds = 0", "experiments.more-rate-more-loss.seeds", "≥ 1"),
    ("seeds = 3", "seed = 3", "experiments.more-rate-more-loss.seed", "Did you mean seeds?"),
    ("big = { rate = 2.0 }", "big = { rat = 2.0 }", "experiments.more-rate-more-loss.runs.big.rat", "mean rate?"),
    ("big = { rate = 2.0 }", "big = { rate = 99 }", "experiments.more-rate-more-loss.runs.big.rate", "0 < x ≤ 10"),
    (
        "big = { rate = 2.0 }",
        "big = { rate = [1] }",
        "experiments.more-rate-more-loss.runs.big.rate",
        "a number, a text",
    ),
    ("runs = { base = {}, big = { rate = 2.0 } }", "runs = {}", "experiments.more-rate-more-loss.runs", "empty"),
    ("seeds = 3", 'seeds = 3\nnames = { bg = "快" }', "experiments.more-rate-more-loss.names.bg", "base, big"),
    (
        "seeds = 3",
        'seeds = 3\nnames = { base = "快", big = "快" }',
        "experiments.more-rate-more-loss.names",
        "Two sides are called '快'.",
    ),
    ('id = "more-rate-more-loss"', 'id = "More Rate"', "experiments.More Rate.id", "form"),
    ('id = "more-rate-more-loss"', "", "experiments.#1.id", "missing"),
    ('input = "text"', 'input = "txt"', "demos.reverse.input", "Did you mean text?"),
    ("format = 2\n", "format 2\n", "line 1", "key = value"),
    ("ram_mb = 50", "ram_mb = 50\nram_mb = 60", "line 4", "twice"),
    ("[presets.quick]\n", "[presets.book]\n", "line 35", "same table"),
    ("ram_mb = 50", "ram_mb = fifty", "line 3", "quotation marks"),
    ("ram_mb = 50", 'ram_mb = 50\nx = "a\\q"', "line 4", "backslashes"),
]


@pytest.mark.parametrize(("old", "new", "key", "part"), BROKEN)
def test_broken_lesson(copy: Copy, old: str, new: str, key: str, part: str) -> None:
    text = (copy / copy.lesson).read_text(encoding="utf-8")
    assert old in text
    copy.write(copy.lesson, text.replace(old, new, 1))
    with pytest.raises(BrokenFile) as caught:
        reader.read(copy.folder).lesson("1.1")
    found = [problem for problem in caught.value.problems if problem.where == key]
    assert found, [str(problem) for problem in caught.value.problems]
    assert found[0].file == "ch01/1.1-fake/lesson.toml"
    assert part in f"{found[0].message} {found[0].hint}"
    assert found[0].hint
    assert not any(word in str(caught.value) for word in ("pydantic", "Input should", "validation error"))


def test_values_that_do_not_go_together(copy: Copy) -> None:
    needs = "epochs >= rate or mode != 'ok'"
    why = '{ zh = "不行。", en = "Train longer." }'
    copy.edit(
        copy.lesson,
        "ram_mb = 50",
        f"ram_mb = 50\nram_growth = '10 * epochs'\nlimits = [{{ needs = \"{needs}\", why = {why} }}]",
    )
    lesson = reader.read(copy.folder).lesson("1.1")
    assert lesson.needs_mb(lesson.values("quick")) == 50 + 10 * 3
    with pytest.raises(
        ParamError, match=r"epochs = 3, rate = 5\.0, mode = ok do not go together: Train longer"
    ) as error:
        lesson.values("quick", {"rate": "5"})
    assert error.value.name == "epochs"
    assert lesson.values("quick", {"rate": "5", "mode": "nan"})["epochs"] == 3


def test_all_problems_at_once(copy: Copy) -> None:
    copy.edit(copy.lesson, "ram_mb = 50", 'ram_mb = "x"')
    copy.edit(copy.lesson, "seeds = 3", "seeds = 99")
    copy.edit(copy.lesson, EPOCHS, "default = 500\nmin = 9\nmax = 1")
    with pytest.raises(BrokenFile) as caught:
        reader.read(copy.folder).lesson("1.1")
    keys = [problem.where for problem in caught.value.problems]
    experiment = "experiments.more-rate-more-loss"
    assert keys == ["ram_mb", "params.epochs.min", "params.epochs.default", f"{experiment}.seeds"]
    assert "dlwp check" in caught.value.hint and "4" in caught.value.hint


def test_a_file_of_format_1_says_what_to_change(copy: Copy) -> None:
    text = (copy / copy.lesson).read_text(encoding="utf-8")
    copy.write(copy.lesson, text.replace("format = 2", "format = 1").replace("[[demos]]", "[[probes]]"))
    with pytest.raises(BrokenFile) as caught:
        reader.read(copy.folder).lesson("1.1")
    first, second = map(str, caught.value.problems)
    assert first.startswith("ch01/1.1-fake/lesson.toml, format: ") and "format = 2" in first and "proofs.py" in first
    assert second.startswith("ch01/1.1-fake/lesson.toml, probes: ") and "[[demos]]" in second


def test_same_ids_twice(copy: Copy) -> None:
    text = (copy / copy.lesson).read_text(encoding="utf-8")
    experiments = text[text.index("[[experiments]]") :]
    copy.append(copy.lesson, "\n" + experiments)
    with pytest.raises(BrokenFile) as caught:
        reader.read(copy.folder).lesson("1.1")
    keys = {problem.where for problem in caught.value.problems}
    assert keys == {"experiments.more-rate-more-loss", "demos.reverse"}


def test_unreadable_lesson(copy: Copy) -> None:
    (copy / copy.lesson).write_bytes('format = 2\ntitle = "中文"\n'.encode("gbk"))
    with pytest.raises(BrokenFile) as caught:
        reader.read(copy.folder).lesson("1.1")
    assert "line 2" in caught.value.message and "UTF-8" in caught.value.message and "iconv" in caught.value.hint


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("int", "7", 7),
        ("int", " 7 ", 7),
        ("int", "1e1", 10),
        ("float", "1e-3", 0.001),
        ("bool", "是", True),
        ("bool", "off", False),
    ],
)
def test_text_from_a_form_becomes_a_value(kind: str, raw: str, value: object) -> None:
    default = {"int": 1, "float": 1.0, "bool": True}[kind]
    parsed = Param.model_validate({"type": kind, "default": default, "label": {"zh": "x"}}).parse("x", raw)
    assert parsed == value and type(parsed) is type(value)


@pytest.mark.parametrize(
    ("kind", "raw"), [("int", "a"), ("int", "1.5"), ("int", "nan"), ("float", "inf"), ("float", ""), ("bool", "maybe")]
)
def test_text_that_is_no_value(kind: str, raw: str) -> None:
    default = {"int": 1, "float": 1.0, "bool": True}[kind]
    param = Param.model_validate({"type": kind, "default": default, "label": {"zh": "x"}})
    with pytest.raises(ParamError):
        param.parse("x", raw)


def test_unknown_names_list_the_known(course_dir: Path) -> None:
    lesson = reader.load().lesson("1.1")
    for ask in (
        lambda: lesson.values("bok"),
        lambda: lesson.experiment("x"),
        lambda: lesson.values(None, {"epoch": 1}),
    ):
        with pytest.raises(UsageError) as caught:
            ask()
        assert caught.value.hint


def test_a_picture_param() -> None:
    param = Param(type="image", default="", label=Text(zh="图"))
    assert param.free and param.range == "" and param.parse("image", " a b.jpg ") == "a b.jpg"
    with pytest.raises(ValueError, match="A picture has no default"):
        Param(type="image", default="/home/me/cat.jpg", label=Text(zh="图"))
