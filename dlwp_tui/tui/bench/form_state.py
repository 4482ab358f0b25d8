"""What a lesson's form holds, and what it begins with: the values typed last, else those of the first preset."""

from __future__ import annotations

from dataclasses import dataclass

from dlwp_tui.core import last_values, settings
from dlwp_tui.core.types import Source
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.tui.bench import field as fields


@dataclass
class FormState:
    """What a form holds, as typed."""

    raw: dict[str, str]
    seed: str = ""
    source: Source = "auto"
    device: str = "auto"


def remembered(lesson: Lesson) -> FormState:
    """What was typed last for a lesson, as far as its params still allow it."""
    chosen = settings.load().default_preset
    raw = fields.all_shown(lesson.values(chosen if chosen in lesson.presets else "book"))
    kept = last_values.load(lesson.id)
    typed = kept.get("raw")
    for name, value in typed.items() if isinstance(typed, dict) else ():
        if name in raw and isinstance(value, str) and fields.allowed(lesson.params[name], name, value):
            raw[name] = value
    seed, source, device = (kept.get(key) for key in ("seed", "source", "device"))
    return FormState(
        raw,
        seed if isinstance(seed, str) else "",
        source if source in ("real", "synthetic") else "auto",
        device if device in ("cpu", "gpu") else "auto",
    )
