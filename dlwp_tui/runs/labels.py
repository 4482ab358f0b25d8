"""What the learner wrote on a run: a name, tags, a note, and whether it is put away. `labels.json` in its folder."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from dlwp_tui.core import parsed, paths
from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _
from dlwp_tui.runs.folder import RunFolder

LONGEST_NAME, LONGEST_TAG, LONGEST_NOTE = 60, 24, 2000
"""Characters."""
MOST_TAGS = 12


@dataclass(frozen=True)
class Labels:
    """Nothing of it changes what the run is."""

    name: str = ""
    """Shown instead of what differs from other runs."""
    tags: tuple[str, ...] = ()
    note: str = ""
    archived: bool = False
    """Left out of lists unless it is asked for."""


def read(folder: RunFolder) -> Labels:
    """The labels of a run; none where there is no file, or one that cannot be read."""
    try:
        stored = parsed.read_json(folder.labels)
    except (OSError, ValueError):
        return Labels()
    return of_json(stored) if isinstance(stored, dict) else Labels()


def write(folder: RunFolder, labels: Labels) -> Labels:
    """Keep labels; returns them as they are kept. Raises UsageError for what is too long, StorageError."""
    checked = Labels(
        _clean(labels.name, LONGEST_NAME),
        tuple(dict.fromkeys(tag for one in labels.tags if (tag := _tag(one)))),
        _clean(labels.note, LONGEST_NOTE, lines=True),
        labels.archived,
    )
    if len(checked.tags) > MOST_TAGS:
        raise UsageError(_("A run has at most {count} tags.").format(count=MOST_TAGS), _("Remove one first."))
    if checked == Labels():
        folder.labels.unlink(missing_ok=True)
    else:
        paths.atomic_write(folder.labels, json.dumps({"v": 1, **asdict(checked)}, ensure_ascii=False) + "\n")
    return checked


def of_json(stored: Mapping[str, Any]) -> Labels:
    """Labels from what is stored; a field that is none of ours, or of another type, is passed over."""
    name, tags, note = stored.get("name"), stored.get("tags"), stored.get("note")
    return Labels(
        name[:LONGEST_NAME] if isinstance(name, str) else "",
        tuple(tag[:LONGEST_TAG] for tag in tags if isinstance(tag, str))[:MOST_TAGS] if isinstance(tags, list) else (),
        note[:LONGEST_NOTE] if isinstance(note, str) else "",
        stored.get("archived") is True,
    )


def _tag(text: str) -> str:
    tag = _clean(text.removeprefix("#"), LONGEST_TAG)
    if any(character.isspace() for character in tag):
        raise UsageError(_("A tag is one word: {tag}").format(tag=tag), _("Join its words with a dash."))
    return tag


def _clean(text: str, longest: int, *, lines: bool = False) -> str:
    """`text` without signs that move the cursor or hide others."""
    kept = "".join(sign for sign in text if (lines and sign == "\n") or unicodedata.category(sign)[0] != "C").strip()
    if len(kept) > longest:
        raise UsageError(
            _("That is {count} characters long; at most {most} fit.").format(count=len(kept), most=longest),
            _("Make it shorter."),
        )
    return kept
