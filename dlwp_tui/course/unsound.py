"""What a model's own rules find wrong: several faults at once, each with its key and hint."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """One broken rule; `where` is a dotted key relative to the model that found it."""

    where: str
    message: str
    hint: str = ""


class Unsound(ValueError):
    """Raised inside a validator; `validate` turns each fault into a Problem."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.where}: {fault.message}".lstrip(": ") for fault in faults))
        self.faults = faults
