"""`dlwp note` and `dlwp export-notes` from outside, and the exported tree: every link in it leads somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt

from dlwp_tui.__main__ import run
from dlwp_tui.core import own_notes
from dlwp_tui.course import markdown, reader
from dlwp_tui.course.markdown import links
from dlwp_tui.publish import github


def write_mine(section_id: str, text: str) -> None:
    own_notes.write(own_notes.read(section_id), text)


def broken_links(root: Path) -> list[str]:
    """Every relative link of the tree that leads to no file, or to no anchor in it; sec: and term: count too."""
    anchors = {
        path: set(re.findall(r'<a id="([^"]+)">', path.read_text(encoding="utf-8"))) for path in root.rglob("*.md")
    }
    found = []
    for path in anchors:
        for link in links(path.read_text(encoding="utf-8")):
            if link.kind == "url":
                continue
            name, _sharp, anchor = link.target.partition("#")
            target = (path.parent / unquote(name)).resolve()
            if link.kind != "file" or not target.is_file() or (anchor and anchor not in anchors.get(target, set())):
                found.append(f"{path.relative_to(root)}: {link.kind} {link.target}")
    return found


# -- the real course -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from dlwp_tui.publish import tree

    folder = tmp_path_factory.mktemp("export") / "course"
    tree.write(tree.build(reader.load()), folder)
    return folder


def test_every_link_of_the_exported_course_leads_somewhere(exported: Path) -> None:
    assert broken_links(exported) == []
    count = sum(link.kind == "file" for path in exported.rglob("*.md") for link in links(path.read_text("utf-8")))
    assert count > 900, "the notes have over 600 links to sections and terms, the pages their own"


def test_every_section_is_there_and_nothing_of_ours_is_left(exported: Path) -> None:
    course = reader.load()
    for section in course.sections:
        text = (exported / section.folder.relative_to(course.content) / "README.md").read_text(encoding="utf-8")
        assert text.startswith(f"# {section.id} ")
        plain = re.sub(r"(?ms)^(```+).*?^\1$", "", text)
        assert ":::" not in plain, section.id
        assert not re.search(r"(?m)^```(run|experiment|diagram)\b", text), section.id
        assert not re.search(r"(?m)^> \[!\w+\][ \t]*\S", text), f"{section.id}: GitHub knows no titles of alerts"
        assert (
            text.count("<details>")
            == text.count("</details>")
            == sum(
                token.type == "x_quiz"
                for page in section.note().pages
                for _line, token in markdown.tokens(page.markdown)
            )
        )


def test_formulas_are_the_same_and_no_letter_touches_one(exported: Path) -> None:
    def formulas(text: str) -> list[str]:
        """In the order of the text, quizzes apart: there the answers stand after all of the options."""
        return sorted(
            child.content
            for _line, token in markdown.tokens(text)
            for child in token.children or []
            if child.type == "math_inline"
        )

    course = reader.load()
    count = 0
    for section in course.sections:
        text = (exported / section.folder.relative_to(course.content) / "README.md").read_text(encoding="utf-8")
        source = "\n\n".join(page.markdown for page in section.note().pages)
        assert formulas(text) == formulas(source), section.id
        count += len(formulas(text))
        for _line, token in markdown.tokens(text):
            children = token.children or []
            for at, child in enumerate(children):
                if child.type == "math_inline":
                    before = children[at - 1].content[-1:] if at and children[at - 1].type == "text" else ""
                    after = children[at + 1 : at + 2]
                    touching = before + (after[0].content[:1] if after and after[0].type == "text" else "")
                    assert not re.search(r"[\u4e00-\u9fffA-Za-z]", touching), f"{section.id}: {child.content}"
    assert count > 100


def test_code_and_diagrams_stay_as_they_are(exported: Path) -> None:
    course = reader.load()
    section = course.section("3.4")
    text = (exported / section.folder.relative_to(course.content) / "README.md").read_text(encoding="utf-8")
    fences = [token for token in MarkdownIt("gfm-like").parse(text) if token.type == "fence"]
    source = [token for page in section.note().pages for _line, token in markdown.tokens(page.markdown)]
    code = [token.content for token in source if token.type == "fence"]
    assert code
    assert [fence.content for fence in fences if fence.info == "python"] == code
    drawings = [token.meta["data"].text for token in source if token.type == "x_diagram"]
    assert [fence.content.rstrip("\n") for fence in fences if fence.info == "text"] == drawings
    assert "dlwp run 3.4 --preset quick" in [line for f in fences if f.info == "sh" for line in f.content.splitlines()]
    lesson = exported / section.folder.relative_to(course.content) / "lesson.py"
    assert lesson.read_bytes() == (section.folder / "lesson.py").read_bytes()


# -- one block each --------------------------------------------------------------------------------------------------


def convert(source: str) -> str:
    def href(kind: str, target: str) -> str | None:
        return None if target == "nowhere" else f"{kind}.md#{target}"

    return github.convert(source, "1.1", href, reader.load().lesson)


def test_blocks_one_by_one(course_dir: Path) -> None:
    assert convert("a\n```run 1.1 preset=quick\n```\nb") == "a\n```sh\ndlwp run 1.1 --preset quick\n```\n\nb"
    assert convert("> [!WARNING] 勘误\n> 见 [x](sec:1.2)") == "> [!WARNING]\n> **勘误**\n>\n> 见 [x](sec.md#1.2)"
    assert convert("a\n\n```python fragment\nx\n```") == (
        "a\n\n*A fragment: it does not run alone.*\n\n```python\nx\n```"
    )
    assert convert("> [!NOTE]\n> text") == "> [!NOTE]\n> text"
    quiz = convert(":::quiz\nWhy?\n- [ ] a :: no\n- [x] b :: yes\n:::\nafter")
    assert quiz == (
        "**Question** · Why?\n\n- a. a\n- b. b\n\n<details>\n<summary>Answer</summary>\n\n"
        "- ✗ a. no\n- ✓ b. yes\n\n</details>\n\nafter"
    )
    assert convert("[y](term:a(b)) `[z](sec:1)` [n](term:nowhere)") == (
        "[y](term.md#a(b)) `[z](sec:1)` [n](term:nowhere)"
    )
    assert convert("值$x$是 $5 `$a$`字") == "值 $x$ 是 $5 `$a$`字"
    assert convert("```python\n[a](sec:1) 值$x$是\n```") == "```python\n[a](sec:1) 值$x$是\n```"
    assert (
        convert("1. item\n\n   ```run 1.1\n   ```\n\n2. next")
        == "1. item\n\n   ```sh\n   dlwp run 1.1\n   ```\n\n2. next"
    )
    assert convert("```experiment nobody-knows\n```") == "```experiment nobody-knows\n```"


# -- the commands ----------------------------------------------------------------------------------------------------


def test_the_note_is_printed_and_kept(course_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["note", "1.1"]) == 0
    assert "nothing" in capsys.readouterr().err
    write_mine("1.1", "# 我的\n\n一句话\n")
    assert run(["note", "1.1"]) == 0
    assert capsys.readouterr().out == "# 我的\n\n一句话\n"
    write_mine("1.2", "二")
    assert run(["note", "--all"]) == 0
    assert capsys.readouterr().out == "<!-- 1.1.md -->\n# 我的\n\n一句话\n\n<!-- 1.2.md -->\n二\n\n"
    assert run(["note", "--all", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["id"], row["markdown"]) for row in rows] == [("1.1", "# 我的\n\n一句话\n"), ("1.2", "二")]


@pytest.mark.parametrize("args", [[], ["1.1", "--all"], ["--all", "--edit"], ["1.1", "--edit", "--join"], ["7.7"]])
def test_wrong_words_are_usage_errors(course_dir: Path, args: list[str]) -> None:
    assert run(["note", *args]) == 2


def test_editing_and_joining(
    course_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    assert run(["note", "1.1", "--edit"]) == 2
    assert "export EDITOR" in capsys.readouterr().err
    monkeypatch.setenv("EDITOR", "sh -c 'echo typed > \"$0\"'")
    assert run(["note", "1.1", "--edit"]) == 0
    assert own_notes.read("1.1").text == "typed\n"
    own_notes.write(own_notes.MyNote("1.1", own_notes.file("1.1"), "", "older"), "copy")
    capsys.readouterr()
    assert run(["note", "1.1"]) == 0
    said = capsys.readouterr()
    assert said.out == "typed\n"
    assert "1.1.conflict-1.md" in said.err
    assert run(["note", "1.1", "--join"]) == 0
    assert own_notes.read("1.1").text == "typed\n\n---\n\ncopy\n"


def test_exporting_again_replaces_only_what_was_exported(
    course_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    assert run(["export-notes", str(folder)]) == 0
    page = folder / "ch01" / "1.1-fake" / "README.md"
    assert "My note" not in page.read_text(encoding="utf-8")
    assert broken_links(folder) == []
    write_mine("1.1", "看 [1.2](sec:1.2)，$x$是")
    write_mine("9.9", "of a section that is gone")
    (folder / ".git").mkdir()
    assert run(["export-notes", str(folder), "--mine"]) == 0
    assert "看 [1.2](../1.2-reading/README.md)， $x$ 是" in page.read_text(encoding="utf-8").replace("，$", "， $")
    assert "of a section that is gone" in (folder / "README.md").read_text(encoding="utf-8")
    assert broken_links(folder) == []
    assert (folder / ".git").is_dir()
    page.write_text("edited by hand", encoding="utf-8")
    before = (folder / "README.md").read_bytes()
    capsys.readouterr()
    assert run(["export-notes", str(folder)]) == 2
    assert str(page) in capsys.readouterr().err
    assert page.read_text(encoding="utf-8") == "edited by hand"
    assert (folder / "README.md").read_bytes() == before


def test_a_file_no_longer_exported_goes_away(tmp_path: Path) -> None:
    from dlwp_tui.publish import tree

    tree.write({"a.md": b"a", "sub/b.md": b"b"}, tmp_path / "out")
    tree.write({"a.md": b"new"}, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").rglob("*.md")) == ["a.md"]
    assert (tmp_path / "out" / "a.md").read_bytes() == b"new"


def test_foreign_folders_are_refused(course_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "thesis.md").write_text("mine", encoding="utf-8")
    assert run(["export-notes", str(full)]) == 2
    assert [path.name for path in full.iterdir()] == ["thesis.md"]
    assert run(["export-notes", str(full / "thesis.md")]) == 2
    for manifest in ('{"files": {"../../thesis.md": ["x"]}}', '{"files": {"/etc/passwd": []}}', "{", '{"files": 3}'):
        (full / ".dlwp-export.json").write_text(manifest, encoding="utf-8")
        assert run(["export-notes", str(full)]) == 2, manifest
    assert (full / "thesis.md").read_text(encoding="utf-8") == "mine"


def test_a_link_out_of_the_folder_is_not_followed(course_dir: Path, tmp_path: Path) -> None:
    import shutil

    from dlwp_tui.core.errors import ContentError
    from dlwp_tui.publish import tree

    course = tmp_path / "course"
    shutil.copytree(course_dir, course)
    note = course / "ch01" / "1.2-reading" / "note.md"
    note.write_text("# 1.2 x\n\n![x](../../../../secret.png)\n", encoding="utf-8")
    with pytest.raises(ContentError, match="outside its folder"):
        tree.build(reader.read(course))
