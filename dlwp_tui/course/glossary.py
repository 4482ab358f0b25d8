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
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, model_validator

from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _
from dlwp_tui.course.files import read_toml, relative
from dlwp_tui.course.problem import at_key, refuse
from dlwp_tui.course.validate import validate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dlwp_tui.core.errors import Problem


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

    def search(self, text: str) -> list[Term]:
        """The terms `text` occurs in: those it begins a name of first, then within a name, then within the text.

        An empty `text` gives all, in the file's order.
        """
        wanted = _folded(text)
        ranked = sorted(((_rank(term, wanted), index) for index, term in enumerate(self.terms)))
        return [self.terms[index] for rank, index in ranked if rank < _NOWHERE]

    def named_like(self, text: str) -> list[Term]:
        """The terms with `text` in one of their names, in the order of `search`."""
        return [term for term in self.search(text) if _rank(term, _folded(text)) <= _WITHIN_A_NAME]

    def get(self, name: str) -> Term:
        """Like `find`, but raises UsageError with "did you mean"."""
        if term := self.find(name):
            return term
        raise UsageError(_("The glossary has no term {name!r}.").format(name=name), self.near(name))

    def near(self, name: str) -> str:
        """`Did you mean 过拟合?`, or an empty text when no name resembles this one."""
        known = {_folded(other): other for term in self.terms for other in term.names}
        close = get_close_matches(_folded(name), known, n=1, cutoff=0.6)
        return _("Did you mean {name}?").format(name=known[close[0]]) if close else ""

    @model_validator(mode="after")
    def _each_name_once(self) -> Glossary:
        refuse(self._doubled())
        return self

    def _doubled(self) -> Iterator[Problem]:
        owner: dict[str, Term] = {}
        for term in self.terms:
            for name in dict.fromkeys(_folded(name) for name in term.names):
                if name in owner:
                    yield at_key(
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


_WITHIN_A_NAME, _NOWHERE = 2, 4


def _rank(term: Term, wanted: str) -> int:
    """0: is a name, 1: begins one, 2: within one, 3: within the text, 4: nowhere."""
    names = [_folded(name) for name in term.names]
    if not wanted:
        return 1
    if wanted in names:
        return 0
    if any(name.startswith(wanted) for name in names):
        return 1
    if any(wanted in name for name in names):
        return 2
    return 3 if wanted in _folded(term.text) else _NOWHERE


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).casefold()
