from __future__ import annotations

from pathlib import Path

import pytest

from dlwp_tui.core.errors import UsageError
from dlwp_tui.course import claims, glossary
from dlwp_tui.course.problem import BrokenFile
from tests.course.conftest import Copy


@pytest.mark.parametrize("name", ["过拟合", "overfitting", "Over-Fitting", "over fitting", "过度拟合", " 过拟合 "])
def test_a_term_by_any_of_its_names(course_dir: Path, name: str) -> None:
    assert glossary.load(course_dir).get(name).zh == "过拟合"


def test_unknown_term(copy: Copy) -> None:
    copy.append("glossary.toml", '\n[[terms]]\nzh = "损失函数"\nen = "loss function"\ntext = "x"\n')
    found = glossary.load(copy.folder)
    assert found.find("losses") is None
    with pytest.raises(UsageError) as caught:
        found.get("los-functions")
    assert caught.value.hint == "Did you mean loss function?"


def test_files_may_be_absent(tmp_path: Path) -> None:
    assert glossary.load(tmp_path).terms == ()
    assert claims.load(tmp_path).claims == ()


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('[[terms]]\nzh = "a"\nen = "b"\n', "terms.a.text"),
        ('[[terms]]\nzh = ""\nen = "b"\ntext = "c"\n', "terms..zh"),
        ('[[terms]]\nzh = "a"\nen = "b"\ntext = "c"\nalso = "d"\n', "terms.a.also"),
        ('[[terms]]\nzh = "a"\nen = "b"\ntext = "c"\n[[terms]]\nzh = "A"\nen = "d"\ntext = "c"\n', "terms.A"),
        ('[[term]]\nzh = "a"\n', "term"),
        ("[[terms]\n", "line 1"),
    ],
)
def test_broken_glossary(copy: Copy, text: str, where: str) -> None:
    copy.write("glossary.toml", text)
    with pytest.raises(BrokenFile) as caught:
        glossary.load(copy.folder)
    assert caught.value.problems[0].where == where
    assert caught.value.hint


def test_claims_of_the_fixture(course_dir: Path) -> None:
    found = claims.load(course_dir)
    claim = found.find("C001")
    assert claim is not None and claim.section == "1.1"
    assert [(proof.kind, proof.section, proof.experiment) for proof in claim.proofs] == [
        ("check", "1.1", ""), ("experiment", "1.1", "more-rate-more-loss")
    ]  # fmt: skip
    assert found.find("C01") is None


@pytest.mark.parametrize(
    ("old", "new", "where", "part"),
    [
        ('"C001"', '"1"', "claims.1.id", "form"),
        ('"true"', '"ture"', "claims.C001.status", "Did you mean true?"),
        ('"check:1.1"', '"test:1.1"', "claims.C001.proved", "check:3.4"),
        ('"check:1.1"', '"check:one"', "claims.C001.proved", "check:3.4"),
        ('statement = "损失等于速率除以步数"', "", "claims.C001.statement", "Add it"),
        ('status = "true"', 'status = "true"\nnumber = 3', "claims.C001.number", "remove"),
    ],
)
def test_broken_claims(copy: Copy, old: str, new: str, where: str, part: str) -> None:
    copy.edit("claims.toml", old, new)
    with pytest.raises(BrokenFile) as caught:
        claims.load(copy.folder)
    found = caught.value.problems[0]
    assert found.where == where and part in found.hint


def test_a_claim_twice(copy: Copy) -> None:
    copy.append("claims.toml", "\n" + (copy / "claims.toml").read_text(encoding="utf-8"))
    with pytest.raises(BrokenFile, match=r"claims\.C001: This id is used twice"):
        claims.load(copy.folder)


TWO = '\n[[terms]]\nzh = "损失函数"\nen = "loss function"\ntext = "过拟合时它在验证数据上回升。"\nsection = "1.1"\n'


@pytest.mark.parametrize(
    ("text", "found", "named"),
    [
        ("", ["过拟合", "损失函数"], ["过拟合", "损失函数"]),
        ("LOSS-f", ["损失函数"], ["损失函数"]),
        ("函数", ["损失函数"], ["损失函数"]),
        ("过拟合", ["过拟合", "损失函数"], ["过拟合"]),
        ("过度", ["过拟合"], ["过拟合"]),
        ("回升", ["损失函数"], []),
        ("xyz", [], []),
    ],
)
def test_search_ranks_names_before_texts(copy: Copy, text: str, found: list[str], named: list[str]) -> None:
    copy.append("glossary.toml", TWO)
    terms = glossary.load(copy.folder)
    assert [term.zh for term in terms.search(text)] == found
    assert [term.zh for term in terms.named_like(text)] == named


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_term_meant_is_written_as_in_the_glossary(
    copy: Copy, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("DLWP_LANG", language)
    copy.append("glossary.toml", TWO)
    assert "loss function" in glossary.load(copy.folder).near("los-functions")
    assert glossary.load(copy.folder).near("zzz") == ""
