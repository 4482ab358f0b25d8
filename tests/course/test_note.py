"""Pages, and the blocks, links and text inside them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlwp_tui.core import paths
from dlwp_tui.core.errors import Problem
from dlwp_tui.course import markdown, note, note_code, reader
from dlwp_tui.course.blocks import Alert, Diagram, ExperimentCard, Math, Option, Quiz, RunCard
from dlwp_tui.course.markdown import Link
from dlwp_tui.course.resolve import resolver
from tests.course.conftest import Copy


def data(text: str) -> list[object]:
    """The own blocks of a text; also makes sure that none of their tokens would break Textual's stack."""
    tokens = markdown.parser().parse(text)
    opened = [token.type.removesuffix("_open") for token in tokens if token.nesting == 1]
    closed = [token.type.removesuffix("_close") for token in tokens if token.nesting == -1]
    assert sorted(opened) == sorted(closed)
    assert not any(token.type.startswith(("container_", "math_")) for token in tokens)
    return [token.meta["data"] for token in tokens if token.type.startswith("x_")]


def inline(text: str) -> list[tuple[str, str]]:
    token = next(token for token in markdown.parser().parse(text) if token.type == "inline")
    return [(child.type, child.content) for child in token.children or []]


def test_pages_of_the_fixture(course_dir: Path) -> None:
    found = reader.load().section("1.1").note()
    assert found.title == "假的一课"
    assert [(page.index, page.title, page.line) for page in found.pages] == [
        (0, "假的一课", 1), (1, "第一页", 5), (2, "第二页", 18)
    ]  # fmt: skip
    assert found.pages[1].markdown.startswith("## 第一页\n")
    assert "".join(page.markdown for page in found.pages).count("##") == 2


def test_blocks_of_the_fixture(course_dir: Path) -> None:
    pages = reader.load().section("1.1").note().pages
    assert data(pages[1].markdown) == [
        Alert("warning", "勘误", "原文说错了。"),
        RunCard("1.1", "quick", {"rate": "2.0"}),
        ExperimentCard("more-rate-more-loss"),
    ]
    assert data(pages[2].markdown) == [
        Math("y = \\frac{1}{x}"),
        Quiz(
            "损失为什么下降？",
            (Option("因为运气", False, "与运气无关。"), Option("因为除以步数", True, "对，见代码。")),
        ),
        Diagram("┌────┐\n│输入│\n└────┘"),
    ]


def test_headings_inside_fences_do_not_cut() -> None:
    text = "# t\n\n## a\n\n```md\n## not\n~~~\n```\n\n~~~~\n## not\n~~~\n```\n## not\n~~~~\n\n## b\n\n### c\n"
    assert [page.title for page in note.pages(text, "t")] == ["a", "b"]


def test_first_part_of_only_a_title_is_left_out_unless_it_is_all() -> None:
    assert [page.title for page in note.pages("# t\n\n## a\n\nx\n", "t")] == ["a"]
    assert [page.title for page in note.pages("# t\n", "t")] == ["t"]
    own = "x" * note.SHORT_BEGINNING
    assert [page.title for page in note.pages(f"# t\n\n{own}\n\n## `a` **b** ##\n", "t")] == ["t", "a b"]


def test_a_short_beginning_shares_its_page_with_the_first_part_where_it_fits() -> None:
    [page] = note.pages("# t\n\nx\n\n## a\n\ny\n", "t")
    assert (page.title, page.line) == ("t", 1)
    assert "x" in page.markdown and "## a" in page.markdown
    large = "y" * note.LARGEST_PAGE
    assert [page.title for page in note.pages(f"# t\n\nx\n\n## a\n\n{large}\n", "t")] == ["t", "a"]


@given(
    st.lists(st.sampled_from(["# t", "## a", "text", "", "```", "~~~", "> q", "$$", ":::quiz", ":::", "- [x] a :: b"]))
)
def test_no_line_is_lost_and_no_note_crashes(lines: list[str]) -> None:
    text = "# t\n\nfirst\n" + "\n".join(lines)
    pages = note.pages(text, "t")
    kept = [line for page in pages for line in page.markdown.splitlines() if line]
    assert kept == [line for line in text.splitlines() if line]
    source = text.splitlines()
    for page in pages:
        assert source[page.line - 1] == page.markdown.splitlines()[0]
        data(page.markdown)
        markdown.plain(page.markdown)
        page.links()


@given(st.text(alphabet="#`~:>[]!$-x*_|()<&\n 中，quizrun=.\\", max_size=80))
def test_no_text_crashes_the_parser(text: str) -> None:
    data(text)
    markdown.plain(text)
    markdown.links(text)


@pytest.mark.parametrize(
    ("text", "card"),
    [
        ("```run 3.4\n```", RunCard("3.4")),
        ("```run 3.4 preset=book\n```", RunCard("3.4", "book")),
        ('```run 3.4 units=4 text="a b"\n```', RunCard("3.4", None, {"units": "4", "text": "a b"})),
        ("~~~run   3.4\n~~~", RunCard("3.4")),
        ("```experiment 3.4/x\n```", ExperimentCard("x", "3.4")),
        ("- item\n\n  ```run 3.4\n  ```", RunCard("3.4")),
        ("$$\nx\n$$ (eq1)", Math("x", "eq1")),
        ("```diagram\n a \n\n```", Diagram(" a ")),
        ("> [!note]\n> a\n>\n> - b\nlazy", Alert("note", "", "a\n\n- b\nlazy")),
        (">[!TIP] x y\n>z", Alert("tip", "x y", "z")),
    ],
)
def test_cards_and_other_blocks(text: str, card: object) -> None:
    assert data(text) == [card]


def test_quiz_with_several_lines() -> None:
    text = ":::quiz\n第一行\n第二行 `x`\n\n- [X] 答案\n  续行 :: 理由\n  也续\n* [ ] no :: a :: b\n:::\n\nafter"
    assert data(text) == [
        Quiz("第一行\n第二行 `x`", (Option("答案续行", True, "理由也续"), Option("no", False, "a :: b")))
    ]
    in_list = "- a\n\n  :::quiz\n  q\n  - [x] a :: b\n  - [ ] c :: d\n  :::\n"
    assert data(in_list) == [Quiz("q", (Option("a", True, "b"), Option("c", False, "d")))]


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("\n```run\n```", 2, "names no lesson"),
        ("```run units=4\n```", 1, "names no lesson"),
        ("```run 3.4 quick\n```", 1, "'quick'"),
        ("```run 3.4 units=\n```", 1, "'units='"),
        ("```run 3.4 a=1 a=2\n```", 1, "a twice"),
        ('```run 3.4 a="1\n```', 1, "quotation mark"),
        ("```run 3.4\ntext\n```", 2, "no text inside"),
        ("```experiment\n```", 1, "exactly one"),
        ("```experiment a b\n```", 1, "exactly one"),
        ("```experiment a\nb\n```", 2, "no text inside"),
        ("> [!WARN] x\n> y", 1, "[!WARN]"),
        ("> [!NOTE] x", 1, "no text"),
        (":::quiz\nq\n- [x] a :: b\n- [ ] c :: d", 1, "not closed"),
        (":::quiz\n- [x] a :: b\n- [ ] c :: d\n:::", 2, "no question"),
        (":::quiz\nq\n- [x] a :: b\n:::", 2, "two answers"),
        (":::quiz\nq\n- [ ] a :: b\n- [ ] c :: d\n:::", 2, "No answer"),
        (":::quiz\nq\n- [x] a :: b\n- [ ] c\n:::", 4, "no explanation"),
        (":::quiz\nq\n- [x] a :: b\n- [ ] :: d\n- [ ] e :: f\n:::", 4, "is empty"),
        (":::quiz\nq\n- [x] a :: b\n- c :: d\n- [ ] e :: f\n:::", 4, "no [ ] or [x]"),
        (":::qiuz\nq\n:::", 1, ":::qiuz"),
        ("text\n\n:::", 3, ":::"),
        ("text\n\n```python fragments\nx\n```", 3, "'fragments'"),
    ],
)
def test_unusable_blocks_stay_in_place_as_problems(text: str, line: int, part: str) -> None:
    problems = [found for found in data(text) if isinstance(found, Problem)]
    assert [(problem.where, problem.hint != "") for problem in problems] == [(f"line {line}", True)]
    assert part in problems[0].message


def test_what_runs_before_a_block_of_code_stands_above_it() -> None:
    text = "```python after 1.1 2.3\nx = 1\n```\n```python fragment\ny\n```\n```python\nz\n```"
    kinds = [(line, kind.fragment, kind.after) for line, kind, _code in note_code.blocks(markdown.tokens(text))]
    assert kinds == [(1, False, ("1.1", "2.3")), (4, True, ()), (7, False, ())]
    assert markdown.plain(text).splitlines()[0].startswith("Goes on after the code of 1.1 · 2.3.")
    assert [one.target for one in markdown.links(text)] == ["1.1", "2.3"]
    assert {token.info for _line, token in markdown.tokens(text) if token.type == "fence"} == {"python"}


def test_every_problem_of_a_quiz_is_shown() -> None:
    assert len(data(":::quiz\n- [ ] a\n- [ ] b\n:::")) == 4


def test_resolver_finds_cards_that_lead_nowhere(course_dir: Path) -> None:
    course = reader.load()
    cards = ["run 1.1 preset=quik", "run 1.1 epoch=3", "run 1.1 epochs=0", "run 9.9", "run 1.2"]
    cards += ["experiment more", "experiment 9.9/x"]
    text = "\n\n".join(f"```{card}\n```" for card in [*cards, "run 1.1 epochs=3", "experiment 1.1/more-rate-more-loss"])
    tokens = markdown.parser(resolver(course, course.section("1.1"))).parse(text)
    assert [token.type for token in tokens] == ["x_problem"] * 7 + ["x_run", "x_experiment"]
    messages = [token.content for token in tokens]
    for message, part in zip(messages, ["quik", "epoch", "epochs = 0", "9.9", "1.2", "more", "9.9"], strict=False):
        assert part in message
    assert tokens[1].meta["data"].where == "line 4"


def test_a_card_of_a_broken_lesson_is_a_problem_in_its_place(copy: Copy) -> None:
    copy.write(copy.lesson, "x")
    course = reader.read(copy.folder)
    for broken, kind in ((True, "x_problem"), (False, "x_run")):
        resolve = resolver(course, course.section("1.2"), broken=broken)
        assert [token.type for token in markdown.parser(resolve).parse("```run 1.1\n```")] == [kind]


def test_links_of_the_fixture(course_dir: Path) -> None:
    page = reader.load().section("1.1").note().pages[1]
    assert page.links() == [Link("sec", "1.2", "下一节", 7), Link("term", "过拟合", "过拟合", 7)]


def test_links_everywhere() -> None:
    text = (
        "[a `b`](https://x.org/%E4) ![p](figures/a%20b.png)\n\n> [!NOTE] [t](term:x)\n> 中\n> [s](sec:1.1)\n\n"
        ":::quiz\n[q](sec:2)\n- [x] [o](sec:3) :: [w](<term:loss function>)\n- [ ] b :: c\n:::\n\n[x](#y)\n"
    )
    assert [(link.kind, link.target) for link in markdown.links(text)] == [
        ("url", "https://x.org/%E4"), ("file", "figures/a b.png"), ("term", "x"), ("sec", "1.1"),
        ("sec", "2"), ("sec", "3"), ("term", "loss function"), ("url", "#y"),
    ]  # fmt: skip
    assert [link.line for link in markdown.links(text)][:4] == [1, 1, 3, 5]


def test_link_targets_reach_the_renderer_unescaped() -> None:
    token = next(token for token in markdown.parser().parse("[a](term:过拟合)") if token.type == "inline")
    assert token.children and token.children[0].attrs["href"] == "term:过拟合"


def test_file_names_do_not_become_links() -> None:
    assert markdown.links("lesson.py 与 note.md, a@b.cn, https://x.org") == [
        Link("url", "https://x.org", "https://x.org", 1)
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("中文\n中文", "中文中文"),
        ("中文，\n中文", "中文，中文"),
        ("中文”\n中文", "中文”中文"),
        ("**中文**\n[中文](sec:1)", "中文中文"),
        ("中文\nabc", "中文\nabc"),
        ("abc\n中文", "abc\n中文"),
        ("中文\n`code`", "中文\ncode"),
        ("`代码`\n中文", "代码\n中文"),
        ("“a”\n“b”", "“a”\n“b”"),
    ],
)
def test_line_break_between_ideographs_is_no_space(text: str, shown: str) -> None:
    joined = "".join("\n" if kind == "softbreak" else content for kind, content in inline(text))
    assert joined == shown


def test_inline_formula_stays_for_the_renderer() -> None:
    assert inline("价 $x_i^2$ 元") == [("text", "价 "), ("math_inline", "x_i^2"), ("text", " 元")]


def test_html_is_shown_and_comments_are_not() -> None:
    assert markdown.plain("a <sos> b <!-- c -->\n\n<!-- d\ne -->\n\n<div>f</div>") == "a <sos> b \n<div>f</div>"


def test_plain_text_for_searching() -> None:
    text = (
        "## 标题 `x`\n\n**重** $y^2$ [链](sec:1)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\nx = 1\n```\n\n"
        "> [!NOTE] 注\n> *内容*\n\n:::quiz\n问\n- [x] 对 :: 因\n- [ ] 错 :: 果\n:::\n\n```run 1.1\n```\n\n$$\nz\n$$\n"
    )
    assert markdown.plain(text).split("\n") == [
        "标题 x", "重 y^2 链", "a", "b", "1", "2", "x = 1", "注", "内容", "问", "对", "因", "错", "果", "z",
    ]  # fmt: skip


def test_counted_quizzes_are_the_parsers() -> None:
    """`Page.quizzes` counts lines: over the whole course it must agree with the Markdown parser."""
    total = 0
    for section in reader.load(paths.content()).sections:
        for page in section.note().pages:
            parsed = sum(token.type == "x_quiz" for _line, token in markdown.tokens(page.markdown))
            assert page.quizzes == parsed, f"{section.id}, {page.title}"
            total += parsed
    assert total > 100


def test_a_quiz_in_a_fence_is_none() -> None:
    quiz = ":::quiz\n问？\n- [x] 是\n- [ ] 否\n:::\n"
    assert note.pages(f"# 1.1 标题\n\n{quiz}\n```\n{quiz}```\n\n{quiz}", "标题")[0].quizzes == 2
