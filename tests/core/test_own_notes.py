"""The learner's own notes as files: nothing is ever overwritten that this app did not know."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlwp_tui.core import editor, own_notes
from dlwp_tui.core.errors import DlwpError, StorageError, UsageError


def put(section_id: str, text: str | bytes) -> Path:
    path = own_notes.file(section_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_written_and_read_again_as_plain_markdown(home: Path) -> None:
    assert own_notes.read("3.4").text == ""
    assert own_notes.all() == []
    saved = own_notes.write(own_notes.read("3.4"), "# 过拟合\n\n第 4 轮见底\n")
    assert not saved.conflict
    path = home / "dlwp" / "notes" / "3.4.md"
    assert path.read_text(encoding="utf-8") == "# 过拟合\n\n第 4 轮见底\n"
    assert own_notes.read("3.4") == saved.note
    assert path.parent.stat().st_mode & 0o077 == 0, "private on a shared server"
    assert not list(path.parent.glob("*.part"))


def test_in_the_order_of_the_sections_and_other_files_are_not_notes() -> None:
    for name in ("10.1", "5.2.10", "5.2.9", "3.4"):
        put(name, f"text {name}")
    put("3.4.conflict-2".removesuffix(".conflict-2"), "text 3.4")
    (own_notes.folder() / "3.4.conflict-2.md").write_text("copy", encoding="utf-8")
    (own_notes.folder() / "shopping.md").write_text("milk", encoding="utf-8")
    assert [note.text for note in own_notes.all()] == ["text 3.4", "copy", "text 5.2.9", "text 5.2.10", "text 10.1"]


def test_a_change_outside_is_kept_and_so_is_the_text_here() -> None:
    before = own_notes.write(own_notes.read("3.4"), "old").note
    path = put("3.4", "from vim")
    assert own_notes.changed(before)
    saved = own_notes.write(before, "from the app")
    assert saved.conflict
    assert path.read_text(encoding="utf-8") == "from vim"
    assert saved.note.path.name == "3.4.conflict-1.md"
    assert saved.note.path.read_text(encoding="utf-8") == "from the app"
    again = own_notes.write(saved.note, "from the app, more")  # goes on in its own file: no copy per save
    assert not again.conflict
    assert [path.name for path in own_notes.conflicts("3.4")] == ["3.4.conflict-1.md"]
    other = own_notes.write(before, "a third one")
    assert other.note.path.name == "3.4.conflict-2.md"
    joined = own_notes.join("3.4")
    assert joined.text == "from vim\n\n---\n\nfrom the app, more\n\n---\n\na third one\n"
    assert path.read_text(encoding="utf-8") == joined.text
    assert own_notes.conflicts("3.4") == []


def test_two_apps_that_write_the_same_are_no_conflict() -> None:
    before = own_notes.read("3.4")
    put("3.4", "the same")
    assert not own_notes.write(before, "the same").conflict


def test_nothing_typed_here_overwrites_nothing_there() -> None:
    before = own_notes.write(own_notes.read("3.4"), "old").note
    put("3.4", "new")
    assert own_notes.write(before, "other").conflict
    assert own_notes.read("3.4").text == "new"


def test_a_note_removed_outside_is_written_again() -> None:
    before = own_notes.write(own_notes.read("3.4"), "old").note
    before.path.unlink()
    assert not own_notes.write(before, "old and new").conflict
    assert own_notes.read("3.4").text == "old and new"


def test_an_emptied_note_is_gone() -> None:
    note = own_notes.write(own_notes.read("3.4"), "text").note
    own_notes.write(note, "  \n")
    assert not note.path.exists()


def test_a_file_that_is_not_utf8_is_named_and_left_alone() -> None:
    raw = "过拟合".encode("gbk")
    path = put("3.4", raw)
    with pytest.raises(StorageError, match=r"3\.4\.md is not UTF-8") as caught:
        own_notes.read("3.4")
    assert "iconv" in caught.value.hint
    saved = own_notes.write(own_notes.MyNote("3.4", path), "text")
    assert saved.conflict
    assert path.read_bytes() == raw
    with pytest.raises(StorageError):
        own_notes.join("3.4")
    assert saved.note.path.exists()


def test_a_folder_in_the_place_of_a_note_is_said() -> None:
    own_notes.file("3.4").mkdir(parents=True)
    with pytest.raises(StorageError, match=r"3\.4\.md cannot be read"):
        own_notes.read("3.4")
    with pytest.raises(StorageError):
        own_notes.write(own_notes.MyNote("3.4", own_notes.file("3.4")), "text")


def test_notes_cannot_be_written_where_the_home_is_a_file(home: Path) -> None:
    (home / "dlwp").write_text("", encoding="utf-8")
    with pytest.raises(StorageError) as caught:
        own_notes.write(own_notes.MyNote("3.4", own_notes.file("3.4")), "text")
    assert caught.value.hint


def test_a_linked_note_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "vault.md"
    real.write_text("old", encoding="utf-8")
    own_notes.folder().mkdir(parents=True)
    own_notes.file("3.4").symlink_to(real)
    own_notes.write(own_notes.read("3.4"), "new")
    assert own_notes.file("3.4").is_symlink()
    assert real.read_text(encoding="utf-8") == "new"


def test_an_id_that_is_a_path_is_refused() -> None:
    with pytest.raises(ValueError, match="passwd"):
        own_notes.file("../../passwd")


def test_the_editor_gets_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    script = tmp_path / "my editor"
    script.write_text('#!/bin/sh\nprintf "%s" "$1" >> "$2"\n', encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("EDITOR", f"'{script}' typed")
    editor.edit(own_notes.file("3.4"))
    assert own_notes.read("3.4").text == "typed"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("", "No editor is set"),
        ("no-such-editor-anywhere", "cannot be started"),
        ("'vim", "quotation"),
        ("false", "code 1"),
    ],
)
def test_an_editor_that_does_not_work_is_said(command: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", command)
    with pytest.raises(DlwpError, match=said) as caught:
        editor.edit(own_notes.file("3.4"))
    if said != "code 1":
        assert isinstance(caught.value, UsageError)
        assert "export EDITOR" in caught.value.hint
