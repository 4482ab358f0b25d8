"""Search over the course: what is found, in which order, and how fast."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from dlwp_tui.core import paths
from dlwp_tui.course import markdown, reader, search, search_files
from dlwp_tui.course.search_match import Spans
from dlwp_tui.course.search_text import page_text, plain_line
from tests.course.conftest import Copy

NOTE = """# 1.2 只读的一节

这一页说明过拟合
是什么。Overfitting 会让验证损失上升。

PADDING

## 数据标准化

均值为 0，标准差为 1：`StandardScaler`，公式 $\\frac{a}{b}$ 与 [丢弃法](term:dropout)。

### 为什么要先看训练集

| 方法 | 效果 |
|---|---|
| 早停 | 少训几轮 |

```python
model.compile(optimizer="rmsprop")
```

```run 1.1 preset=quick units=4
```

:::quiz
验证损失什么时候上升？
- [ ] 开始就上升 :: 秘密原因甲
- [x] 过拟合之后 :: 秘密原因乙
:::
""".replace("PADDING", "别处的话。" * 80)  # a shorter beginning shares its page with the first part


@pytest.fixture(autouse=True)
def _forget() -> None:
    search._loaded.clear()


@pytest.fixture
def found(copy: Copy) -> search.Index:
    copy.write("ch01/1.2-reading/note.md", NOTE)
    return search.load(reader.read(copy.folder))


def only(index: search.Index, text: str) -> search.Result:
    results = index.search(text)
    assert len(results) == 1, results
    return results[0]


def marked(text: str, spans: Spans) -> list[str]:
    return [text[start:end] for start, end in spans]


def test_chinese_is_found_without_word_boundaries_across_a_line_break_of_the_source(found: search.Index) -> None:
    result = only(found, "拟合是什")
    assert (result.kind, result.section, result.page) == ("text", "1.2", 0)
    assert result.snippet.startswith("这一页说明过拟合是什么。")
    assert marked(result.snippet, result.snippet_spans) == ["拟合是什"]


@pytest.mark.parametrize("text", ["standardscaler", "STANDARDSCALER", "ＳｔａｎｄａｒｄＳｃａｌｅｒ", "dScal"])
def test_english_is_found_in_any_case_and_width_and_in_part(found: search.Index, text: str) -> None:
    result = only(found, text)
    assert (result.section, result.heading) == ("1.2", "数据标准化")
    assert marked(result.snippet, result.snippet_spans)[0].lower() in "standardscaler"


def test_markup_is_not_text_but_formulas_tables_code_and_questions_are(found: search.Index) -> None:
    for text in ("早停", "model.compile", "什么时候上升", "a/b", "丢弃法"):
        assert found.search(text)[0].section == "1.2", text
    for text in ("term:", "units=4", "秘密原因", "frac", ":::", "|---"):
        assert found.search(text) == [], text


def test_a_heading_inside_a_page_is_found_as_a_heading(found: search.Index) -> None:
    result = only(found, "先看训练集")
    assert (result.kind, result.page, result.heading) == ("heading", 1, "为什么要先看训练集")


def test_titles_come_before_headings_terms_params_and_text(copy: Copy) -> None:
    copy.write(
        "ch01/1.2-reading/note.md",
        "# 1.2 量子\n\n序。\n" + "序言。\n" * 400 + "\n## 量子的来历\n\n讲。\n\n## 别的\n\n量子。\n",
    )
    copy.append("glossary.toml", '\n[[terms]]\nzh = "量子数"\nen = "quantum number"\ntext = "数。"\n')
    copy.edit(
        copy.lesson,
        "[params.epochs]",
        '[params.quantum]\ntype = "int"\ndefault = 1\nmin = 0\nmax = 3\nlabel = { zh = "量子个数" }\n[params.epochs]',
    )
    results = search.load(reader.read(copy.folder)).search("量子")
    assert [result.kind for result in results] == ["title", "heading", "term", "param", "text"]
    assert [result.section for result in results] == ["1.2", "1.2", "", "1.1", "1.2"]
    assert results[3].name == "quantum"


def test_words_together_come_before_words_apart(copy: Copy) -> None:
    copy.write(
        "ch01/1.2-reading/note.md",
        "# 1.2 读\n\n"
        + "序言。\n" * 400
        + "\n## 甲\n\nzeta 在前，eta9 在后，zeta eta9x 没有。\n\n## 乙\n\nzeta 与 eta9。\n\n## 丙\n\nzeta  eta9\n",
    )
    results = search.load(reader.read(copy.folder)).search("zeta eta9")
    assert [result.heading for result in results] == ["丙", "甲", "乙"]
    assert marked(results[0].snippet, results[0].snippet_spans) == ["zeta", "eta9"]


def test_the_sections_title_counts_for_its_pages_but_not_alone(found: search.Index) -> None:
    assert [result.page for result in found.search("1.2 StandardScaler")] == [1]
    assert [result.kind for result in found.search("只读的一节")] == ["title"]


def test_chinese_and_english_need_no_space_between_them(found: search.Index) -> None:
    assert found.search("标准差为1")[0].page == 1


def test_a_question_nobody_wrote_finds_the_pages_with_most_of_its_pairs(found: search.Index) -> None:
    result = found.search("标准化的数据是什么")[0]
    assert (result.section, result.page) == ("1.2", 1)
    assert found.search("完全无关词句") == []


@pytest.mark.parametrize("text", ["", "   ", "\u3000", "\n"])
def test_an_empty_query_finds_nothing(found: search.Index, text: str) -> None:
    assert found.search(text) == []


@pytest.mark.parametrize("text", ["(", "[a", "\\", "*", ".", "🙂", "İ", "ß", "a" * 5000])
def test_any_text_may_be_searched_for(found: search.Index, text: str) -> None:
    for result in found.search(text):
        assert all(0 <= start < end <= len(result.snippet) for start, end in result.snippet_spans)


def test_the_learners_own_notes_are_searched_too(found: search.Index) -> None:
    result = found.search("备忘", own=[("1.1", "第一行\n这是我的备忘\n")])[0]
    assert (result.kind, result.section, result.snippet) == ("own", "1.1", "这是我的备忘")


def test_a_broken_note_is_skipped_and_named(copy: Copy) -> None:
    copy.write("ch01/1.2-reading/note.md", b"# 1.2 \xff\xfe")
    copy.write(copy.lesson, "no toml at all")
    index = search.load(reader.read(copy.folder))
    assert [name for name, _why in index.skipped] == [copy.lesson, "ch01/1.2-reading/note.md"]
    assert all(why for _name, why in index.skipped)
    assert index.search("1.1")[0].section == "1.1"


def test_the_cache_is_used_and_only_a_changed_file_is_read_again(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    search.load(reader.read(copy.folder))
    read: list[str] = []
    original = search_files._read

    def spy(course: reader.Course, name: str, stamp: search_files.Stamp) -> dict[str, object]:
        read.append(name)
        return original(course, name, stamp)

    monkeypatch.setattr(search_files, "_read", spy)
    search._loaded.clear()  # as in another process
    search.load(reader.read(copy.folder))
    assert read == []
    copy.write("ch01/1.2-reading/note.md", "# 1.2 只读的一节\n\n全新的内容\n")
    index = search.load(reader.read(copy.folder))
    assert read == ["ch01/1.2-reading/note.md"]
    assert only(index, "全新的内容").section == "1.2"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 0}', '{"format": 1, "files": {"glossary.toml": 3}}'])
def test_a_damaged_cache_is_made_anew(copy: Copy, text: str) -> None:
    course = reader.read(copy.folder)
    file = search_files.cache_file(course.content)
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    assert search.load(course).search("1.2")[0].section == "1.2"
    assert json.loads(file.read_text(encoding="utf-8"))["format"] == search_files.FORMAT


def test_a_cache_that_cannot_be_written_is_said_and_the_search_works(copy: Copy) -> None:
    paths.home().mkdir(parents=True)
    paths.cache().write_text("a file where the folder should be", encoding="utf-8")
    index = search.load(reader.read(copy.folder))
    assert index.unsaved is not None
    assert index.search("1.2")


def test_a_term_or_a_param_shows_its_meaning() -> None:
    course = reader.load()
    index = search.load(course)
    term = next(result for result in index.search("overfitting") if result.kind == "term")
    assert term.name == "过拟合"
    assert term.snippet
    param = next(result for result in index.search("units") if result.kind == "param")
    assert course.section(param.section).lesson().params[param.name]


def test_every_word_of_the_real_notes_survives_the_markup() -> None:
    """The light way of taking the markup away and the Markdown parser see the same words."""
    import re

    missing = []
    for section in reader.load().sections:
        for page in section.note().pages:
            headings, lines = page_text(page.markdown)
            text = " ".join([page.title, section.title, *headings, *lines])
            reasons = re.findall(r"^- \[[ x]\].*? :: (.*)$", page.markdown, re.MULTILINE)
            words = re.findall(r"[\u4e00-\u9fff]{4,}", markdown.plain(page.markdown))
            missing += [
                f"{section.id} {page.title}: {word}"
                for word in words
                if word not in text and not any(word in plain_line(reason) for reason in reasons)
            ]
    assert missing == []


def test_the_whole_course_is_indexed_and_searched_quickly() -> None:
    """0.3 s and 3–10 ms of CPU; the bounds leave room for a slow machine."""
    course = reader.load()
    for section in course.sections:
        section.note()  # the pages in the file cache of the system, as after the first start

    def build() -> float:
        search._loaded.clear()
        search_files.cache_file(course.content).unlink(missing_ok=True)
        return seconds(lambda: search.load(course))

    def seconds(work: object) -> float:
        start = time.process_time()
        work()  # type: ignore[operator]
        return time.process_time() - start

    assert min(build() for _ in range(2)) <= 1.5
    index = search.load(course)
    search._loaded.clear()
    assert seconds(lambda: search.load(course)) <= 0.75, "from the cache"
    for text in ("过拟合", "dropout", "的", "e", "交叉熵损失函数", "学习率 优化器", "没有这样的一句话"):
        assert min(seconds(lambda text=text: index.search(text)) for _ in range(2)) <= 0.15, text
    assert search_files.cache_file(course.content).stat().st_size < 5_000_000


@pytest.mark.parametrize(("number", "found"), [("6.3", "6.3"), ("7.1", "7.1"), ("8.4", "8.4"), ("８.4 ", "8.4")])
def test_a_sections_number_finds_that_section_first(number: str, found: str) -> None:
    course = reader.read(Path(__file__).parents[2] / "content")
    assert search.load(course).search(number)[0].section == found
