"""The learner's settings: one small TOML file under the data home, every field with a default."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from dlwp_tui.core import paths
from dlwp_tui.core.language import N_, _


@dataclass(frozen=True)
class Complaint:
    """What is wrong in the settings file. `str()` says it in the interface's language, which the file itself names."""

    path: Path
    message: str
    facts: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.path}: {_(self.message).format(**dict(self.facts))}"


@dataclass(frozen=True)
class Settings:
    """What the learner may set. Unknown keys and values of a wrong type are reported by `problems`, never fatal."""

    language: str = "zh"
    """`zh` or `en`."""
    theme: str = "dlwp-dark"
    """A theme: `dlwp-dark`, `dlwp-light`, or any of Textual's, such as `ansi-dark` for 16 colours."""
    cpu_slots: int = 1
    """Runs that may train at the same time on the CPU."""
    default_preset: str = "book"
    """The preset a lesson's form starts with."""
    ascii: bool = False
    """Draw borders and charts with ASCII, for terminals that show box characters two cells wide."""
    content: list[str] = field(default_factory=list)
    """Further folders of lessons; relative ones are relative to DLWP_HOME."""
    keys: dict[str, str] = field(default_factory=dict)
    """Remapped keys: `{binding id: key}`; `dlwp doctor` lists the ids."""
    problems: tuple[Complaint, ...] = ()
    """What was wrong in the file, one sentence each. Not stored."""


def load() -> Settings:
    """The settings in force. A missing file means defaults; a broken one, defaults and a sentence in `problems`."""
    path = paths.settings_file()
    try:
        stamp = path.stat()
    except OSError:
        return Settings()
    return _read(path, stamp.st_mtime_ns, stamp.st_size)


def save(settings: Settings) -> None:
    """Store `settings` atomically. Raises StorageError."""
    import tomli_w

    values = asdict(settings)
    del values["problems"]
    paths.atomic_write(paths.settings_file(), tomli_w.dumps(values))


@lru_cache(maxsize=4)
def _read(path: Path, _mtime: int, _size: int) -> Settings:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return Settings(problems=(_complaint(path, N_("cannot be read: {reason}"), reason=error),))
    return _checked(path, raw)


def _checked(path: Path, raw: dict[str, Any]) -> Settings:
    known = {f.name: type(getattr(Settings(), f.name)) for f in fields(Settings) if f.name != "problems"}
    good: dict[str, Any] = {}
    problems: list[Complaint] = []
    for key, value in raw.items():
        if key not in known:
            message = N_("unknown key {key}; known keys: {known}")
            problems.append(_complaint(path, message, key=repr(key), known=", ".join(known)))
        elif type(value) is not known[key]:
            message = N_("{key} = {value} should be of type {type}")
            problems.append(_complaint(path, message, key=key, value=repr(value), type=known[key].__name__))
        elif key == "content" and not all(isinstance(part, str) for part in value):
            message = N_("{key} = {value} should be of type {type}")
            problems.append(_complaint(path, message, key=key, value=repr(value), type="list of str"))
        elif key == "cpu_slots" and not 1 <= value <= 64:
            problems.append(_complaint(path, N_("cpu_slots = {value} is outside 1–64"), value=value))
        else:
            good[key] = value
    return Settings(**good, problems=tuple(problems))


def _complaint(path: Path, message: str, **facts: object) -> Complaint:
    return Complaint(path, message, tuple((name, str(fact)) for name, fact in facts.items()))
