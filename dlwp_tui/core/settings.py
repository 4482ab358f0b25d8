"""The learner's settings: one small TOML file under the data home, every field with a default."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from dlwp_tui.core import parsed, paths
from dlwp_tui.core.errors import Problem
from dlwp_tui.core.language import _

PICTURES = ("blocks", "kitty", "sixel")
"""How pictures may be drawn."""


@dataclass(frozen=True)
class Settings:
    """What the learner may set. Unknown keys and values that are not allowed are left out; `problems` lists them."""

    language: str = "zh"
    """`zh` or `en`."""
    theme: str = "dlwp-dark"
    """A theme: `dlwp-dark`, `dlwp-light`, or any of Textual's, such as `ansi-dark` for 16 colours."""
    cpu_slots: int = 1
    """Runs that may train at the same time on the CPU."""
    default_preset: str = "quick"
    """The preset a lesson's form starts with. `quick` shows the same in under a minute; the book's own sizes may take
    an hour, and how long is not known before the first run."""
    ascii: bool = False
    """Draw borders and charts with ASCII, for terminals that show box characters two cells wide."""
    pictures: str = "blocks"
    """How pictures are drawn: `blocks` everywhere; `kitty` (kitty, Ghostty) or `sixel` where the terminal has it."""
    content: list[str] = field(default_factory=list)
    """Further folders of lessons; relative ones are relative to DLWP_HOME."""
    keys: dict[str, str] = field(default_factory=dict)
    """Remapped keys: `{binding id: key}`; `dlwp doctor` lists the ids."""


def load() -> Settings:
    """The settings in force: defaults for a missing or broken file, and for each key that cannot be used."""
    path = paths.settings_file()
    try:
        stamp = path.stat()
    except OSError:
        return Settings()
    return _read(path, stamp.st_mtime_ns, stamp.st_size)


def problems() -> tuple[Problem, ...]:
    """What is wrong in the file, in the language in force: that is known only after `load`."""
    path = paths.settings_file()
    return _parse(path)[1] if path.exists() else ()


def save(settings: Settings) -> None:
    """Store `settings` atomically. Raises StorageError."""
    import tomli_w

    paths.atomic_write(paths.settings_file(), tomli_w.dumps(asdict(settings)))


@lru_cache(maxsize=4)
def _read(path: Path, _mtime: int, _size: int) -> Settings:
    return _parse(path)[0]


def _parse(path: Path) -> tuple[Settings, tuple[Problem, ...]]:
    file = str(path)
    try:
        raw = parsed.toml_table(paths.read_text(path))
    except parsed.Unfit as error:
        return Settings(), (Problem(file, error.where, str(error)),)
    except (OSError, ValueError) as error:
        return Settings(), (Problem(file, "", _("It cannot be read: {reason}.").format(reason=error)),)
    known = {f.name: type(getattr(Settings(), f.name)) for f in fields(Settings)}
    good: dict[str, Any] = {}
    found: list[Problem] = []
    for key, value in raw.items():
        if key not in known:
            hint = _("Known keys: {names}").format(names=", ".join(known))
            found.append(Problem(file, key, _("There is no such key."), hint))
        elif type(value) is not known[key]:
            hint = _("Write a value of type {type}.").format(type=known[key].__name__)
            found.append(Problem(file, key, _("{value!r} has the wrong type.").format(value=value), hint))
        elif key == "content" and not all(isinstance(part, str) for part in value):
            hint = _("Write a list of folders, each in quotation marks.")
            found.append(Problem(file, key, _("{value!r} has the wrong type.").format(value=value), hint))
        elif key == "pictures" and value not in PICTURES:
            hint = _("Write one of: {names}").format(names=", ".join(PICTURES))
            found.append(Problem(file, key, _("{value!r} is not known.").format(value=value), hint))
        elif key == "cpu_slots" and not 1 <= value <= 64:
            found.append(Problem(file, key, _("{value} is outside 1–64.").format(value=value)))
        else:
            good[key] = value
    return Settings(**good), tuple(found)
