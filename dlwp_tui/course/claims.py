"""The claims, `content/claims.toml`: every statement of the notes that can be true or false, and where it is proved.

    [[claims]]
    id = "C054"
    section = "3.4"
    statement = "验证损失在第 4 轮最低，之后过拟合"
    status = "training"       # see Status
    recorded = "第 4 轮"       # optional: the figure the original notes give
    note = ""                 # optional: the caveat or the correction
    proved = ["experiment:3.4/overfits-early"]

`proved` lists places in the course: `check:3.4` (that section's lesson has `lab.check(..., claim="C054")`),
`experiment:3.4/ID` (that experiment names the claim) or `note:3.4` (the note derives it). It may be empty.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from dlwp_tui.core.language import _
from dlwp_tui.course.files import read_toml, relative
from dlwp_tui.course.problem import at_key, refuse
from dlwp_tui.course.validate import validate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dlwp_tui.core.errors import Problem

Status = Literal["true", "false", "caveat", "training", "qualitative"]
"""True; false as stated; true with a caveat; shown only by training; nothing that code can test."""


class Proof(BaseModel):
    """Where a claim is proved; `experiment` only for the kind of that name."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["check", "experiment", "note"]
    section: str
    experiment: str = ""


class Claim(BaseModel):
    """One statement."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^C\d{3}$")
    section: str
    statement: str = Field(min_length=1)
    status: Status
    recorded: str = ""
    note: str = ""
    proved: tuple[str, ...] = ()

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """`proved`, taken apart."""
        return tuple(proof for text in self.proved if (proof := parse_proof(text)))

    @model_validator(mode="after")
    def _proofs_readable(self) -> Claim:
        refuse(
            at_key(
                "proved",
                _("{text!r} names no place.").format(text=text),
                _("Write check:3.4, experiment:3.4/its-id or note:3.4."),
            )
            for text in self.proved
            if parse_proof(text) is None
        )
        return self


class Claims(BaseModel):
    """All claims, in the file's order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    claims: tuple[Claim, ...] = ()

    @cached_property
    def _by_id(self) -> dict[str, Claim]:
        return {claim.id: claim for claim in self.claims}

    def find(self, claim_id: str) -> Claim | None:
        """The claim with this id, or None."""
        return self._by_id.get(claim_id)

    @model_validator(mode="after")
    def _ids_once(self) -> Claims:
        refuse(self._doubled())
        return self

    def _doubled(self) -> Iterator[Problem]:
        seen: set[str] = set()
        for claim in self.claims:
            if claim.id in seen:
                yield at_key(f"claims.{claim.id}", _("This id is used twice."), _("Give each claim an id of its own."))
            seen.add(claim.id)


def load(content: Path) -> Claims:
    """The course's claims (none without the file); raises BrokenFile when claims.toml cannot be used."""
    file = content / "claims.toml"
    if not file.exists():
        return Claims()
    return validate(Claims, read_toml(file, content), relative(file, content))


def parse_proof(text: str) -> Proof | None:
    """The Proof in `check:3.4`, `note:3.4` or `experiment:3.4/its-id`; None for any other text."""
    if found := re.fullmatch(r"(check|note):(\d+(?:\.\d+)*)", text):
        return Proof(kind="check" if found[1] == "check" else "note", section=found[2])
    if found := re.fullmatch(r"experiment:(\d+(?:\.\d+)*)/([a-z0-9-]+)", text):
        return Proof(kind="experiment", section=found[1], experiment=found[2])
    return None
