"""The glossary, `content/glossary.toml`:

    [[terms]]
    zh = "过拟合"
    en = "overfitting"
    also = ["过度拟合"]            # optional: other names it is looked up by, in either language
    text = "模型记住了训练数据……"    # inline Markdown
    section = "4.4"               # optional: where the course explains it

A course without the file has an empty glossary. Names are looked up without regard to case, spaces, `-` and `_`, so
that a link may say `term:loss-function`.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, model_validator

from dlwp_tui.course.files import read_toml, relative
from dlwp_tui.course.problem import did_you_mean
from dlwp_tui.course.unsound import Fault, Unsound
from dlwp_tui.course.validate import validate
from dlwp_tui.errors import UsageError
from dlwp_tui.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Term(BaseModel):
    """One entry."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    also: tuple[str, ...] = ()
    text: str = Field(min_length=1)
    section: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Everything it is looked up by."""
        return (self.zh, self.en, *self.also)


class Glossary(BaseModel):
    """All terms, in the file's order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    terms: tuple[Term, ...] = ()

    @cached_property
    def _by_name(self) -> dict[str, Term]:
        return {_folded(name): term for term in self.terms for name in term.names}

    def find(self, name: str) -> Term | None:
        """The term with this Chinese, English or other name, or None."""
        return self._by_name.get(_folded(name))

    def get(self, name: str) -> Term:
        """Like `find`, but raises UsageError with "did you mean"."""
        if term := self.find(name):
            return term
        known = {_folded(other): other for term in self.terms for other in term.names}
        near = did_you_mean(_folded(name), known)
        for folded, written in known.items():
            near = near.replace(f" {folded}?", f" {written}?")
        raise UsageError(_("The glossary has no term {name!r}.").format(name=name), near)

    @model_validator(mode="after")
    def _each_name_once(self) -> Glossary:
        faults = list(self._doubled())
        if faults:
            raise Unsound(faults)
        return self

    def _doubled(self) -> Iterator[Fault]:
        owner: dict[str, Term] = {}
        for term in self.terms:
            for name in dict.fromkeys(_folded(name) for name in term.names):
                if name in owner:
                    yield Fault(
                        f"terms.{term.zh}",
                        _("The name {name!r} belongs to {other} already.").format(name=name, other=owner[name].zh),
                        _("Remove it from one of the two."),
                    )
                owner[name] = term


def load(content: Path) -> Glossary:
    """The course's glossary; raises BrokenFile when glossary.toml cannot be used."""
    file = content / "glossary.toml"
    if not file.exists():
        return Glossary()
    return validate(Glossary, read_toml(file, content), relative(file, content))


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).casefold()
