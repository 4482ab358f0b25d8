"""The Chinese catalogue fits the code: every message, every placeholder, and the .mo is what the .po compiles to."""

from __future__ import annotations

import ast
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import IO

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from dlwp_tui.core import language

PACKAGE = Path(language.__file__).parents[1]
PO = language.LOCALE_DIR / "zh_CN" / "LC_MESSAGES" / "dlwp.po"
MO = PO.with_suffix(".mo")
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
"""The functions of `dlwp_tui.core.language` and which of their arguments are messages."""
HINT = """Bring the catalogue up to date:
    pybabel extract -k N_ -k ngettext:1,2 --no-location --sort-output --project=dlwp-tui -o dlwp.pot dlwp_tui
    pybabel update -N --ignore-obsolete -D dlwp -d dlwp_tui/locale -l zh_CN -i dlwp.pot
    (translate what is new in dlwp_tui/locale/zh_CN/LC_MESSAGES/dlwp.po, delete dlwp.pot)
    pybabel compile -D dlwp -d dlwp_tui/locale"""
ENGLISH_ALIKE = {"Enter", "中文 / English", "✗ {reason}", "{detail} ({what})"}
"""Messages that may be the same in Chinese: the name of a key, both languages at once, nothing but a fact."""

Key = tuple[str | None, tuple[str, ...]]
"""Context, then the message: two forms where it has a plural."""


@pytest.fixture(scope="module")
def catalogue() -> dict[Key, Message]:
    with PO.open("rb") as file:
        read = read_po(file, locale="zh_CN", domain="dlwp")
    assert not read.obsolete, f"Obsolete entries: {sorted(map(str, read.obsolete))}\n{HINT}"
    return {(message.context, _forms(message.id)): message for message in read if message.id}


def test_the_catalogue_has_exactly_the_messages_of_the_code(catalogue: dict[Key, Message]) -> None:
    found = extract_from_dir(PACKAGE, method_map=[("**.py", "python")], keywords=KEYWORDS)
    extracted = {(context, _forms(message)) for _file, _line, message, _comments, context in found}
    assert len(extracted) > 500, "the extraction found next to nothing: are the keywords right?"
    missing, obsolete = extracted - set(catalogue), set(catalogue) - extracted
    assert not missing, f"Not in the catalogue: {sorted(map(str, missing))}\n{HINT}"
    assert not obsolete, f"No longer in the code: {sorted(map(str, obsolete))}\n{HINT}"


def test_every_message_is_translated(catalogue: dict[Key, Message]) -> None:
    untranslated = [str(key) for key, message in catalogue.items() if not all(_forms(message.string))]
    assert not untranslated, f"Without a translation: {untranslated}\n{HINT}"
    fuzzy = [str(key) for key, message in catalogue.items() if message.fuzzy]
    assert not fuzzy, f"Marked as guesses: {fuzzy}\nRead them, then remove `fuzzy`.\n{HINT}"
    english = {
        source[0]
        for (_context, source), message in catalogue.items()
        if not all(re.search("[\u4e00-\u9fff]", form) for form in _forms(message.string))
    } - ENGLISH_ALIKE
    assert not english, f"Still without a Chinese character: {english}"


def test_placeholders_and_line_breaks_are_the_same_in_both_languages(catalogue: dict[Key, Message]) -> None:
    for (_context, source), message in catalogue.items():
        for form in _forms(message.string):
            assert _placeholders(form) == _placeholders(source[-1]), f"{source[-1]!r} -> {form!r}"
            assert form.count("\n") == source[-1].count("\n"), f"{source[-1]!r} -> {form!r}"
            # Words to type must survive: `dlwp data get {name}`, ```run 3.4, DLWP_HOME, --accept.
            for word in re.findall(r"DLWP_[A-Z]+|(?<![\w-])--[a-z]+|\bdlwp [a-z]+\b|\w+\.toml", source[-1]):
                if word not in ("dlwp needs", "dlwp again", "dlwp reads", "dlwp on", "dlwp to"):
                    assert word in form, f"{word} is gone: {source[-1]!r} -> {form!r}"


def test_chinese_sentences_end_with_chinese_punctuation(catalogue: dict[Key, Message]) -> None:
    for (_context, source), message in catalogue.items():
        for form in _forms(message.string):
            assert not re.search("[\u4e00-\u9fff][,.;:?!]", form), f"half-width punctuation: {source[0]!r} -> {form!r}"


def test_the_compiled_catalogue_is_up_to_date() -> None:
    with PO.open("rb") as file:
        read = read_po(file, locale="zh_CN", domain="dlwp")
    compiled = io.BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    assert _compiled(MO.open("rb")) == _compiled(compiled), f"dlwp.mo is not what dlwp.po compiles to.\n{HINT}"


def _compiled(file: IO[bytes]) -> dict[Key, tuple[str, ...]]:
    """The messages of a .mo file, without its header: that names the Babel that wrote it, and the next one differs."""
    with file:
        return {
            (message.context, _forms(message.id)): _forms(message.string) for message in read_mo(file) if message.id
        }


def test_messages_are_constants_the_extraction_can_see(catalogue: dict[Key, Message]) -> None:
    """Also catches a call inside an f-string, which babel does not look into on every Python."""
    known = {form for _context, forms in catalogue for form in forms}
    constants = 0
    for place, call in _calls():
        assert not call.keywords, f"{place}: the extraction sees positional arguments only."
        for argument in call.args[:2] if _name(call) in ("ngettext", "pgettext") else call.args:
            if _name(call) == "_" and _is_variable(argument):
                continue  # `_(key.text)`: its constants are marked with N_ where they are written
            assert isinstance(argument, ast.Constant), f"{place}: not a constant; format after the call, not inside it."
            assert isinstance(argument.value, str), f"{place}: not a text."
            constants += 1
            if _name(call) != "pgettext" or argument is call.args[1]:  # the first is the context
                assert argument.value in known, f"{place}: {argument.value!r} is not in the catalogue.\n{HINT}"
    assert constants > 500


@pytest.mark.parametrize(("lang", "word"), [("zh", "实验台"), ("en", "Bench")])
def test_the_language_follows_the_environment(lang: str, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLWP_LANG", lang)
    assert language._("Bench") == word
    assert language.ngettext("{count} more metric", "{count} more metrics", 2) == (
        "另有 {count} 个指标" if lang == "zh" else "{count} more metrics"
    )
    assert language.pgettext("curve", "training") == ("训练" if lang == "zh" else "training")
    assert language._("training") == ("训练中" if lang == "zh" else "training")


def test_chinese_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DLWP_LANG", raising=False)
    assert language._("Bench") == "实验台"


def test_the_footer_has_short_labels() -> None:
    from dlwp_tui.tui.keys import KEYS

    with PO.open("rb") as file:
        read = read_po(file, locale="zh_CN", domain="dlwp")
    for key in KEYS:
        if key.footer:
            shown = getattr(key, "short", "") or key.text
            message = read.get(shown)
            assert message is not None
            assert 2 <= len(str(message.string)) <= 4, f"{key.id}: {message.string}"


def _forms(message: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    if message is None:
        return ()
    return (message,) if isinstance(message, str) else tuple(message)


def _placeholders(text: str) -> Counter[tuple[str, str, str]]:
    """How often each field stands there, with its conversion and format."""
    parts = Formatter().parse(text) if not re.search(r"\{[ }]", text) else _simple_fields(text)
    return Counter((name, conversion or "", form or "") for _text, name, form, conversion in parts if name)


def _simple_fields(text: str) -> Iterator[tuple[str, str, str, str]]:
    """The fields of a message that shows braces of TOML and is never formatted, or only with plain names."""
    for name in re.findall(r"\{(\w+)\}", text):
        yield "", name, "", ""


def _calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of a translating function in the package, with `file:line`."""
    for file in sorted(PACKAGE.rglob("*.py")):
        if file.name == "language.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node) in KEYWORDS:
                yield f"{file.relative_to(PACKAGE.parent)}:{node.lineno}", node


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _is_variable(argument: ast.expr) -> bool:
    """A name, an attribute, or one of several: nothing that is put together here."""
    if isinstance(argument, ast.BoolOp):
        return all(_is_variable(value) for value in argument.values)
    return isinstance(argument, ast.Attribute | ast.Name)
