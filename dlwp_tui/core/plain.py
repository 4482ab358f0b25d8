"""Text that is not ours, made safe for a terminal: without signs that command it, turn its lines round or hide.

Output of lessons, params, titles, notes, file names and logs may hold escape sequences (a window's title, the
clipboard, a reset), the C1 signs that some terminals obey alike, signs of direction, and signs of no width that make
two names look the same. All such text passes here last, on its way out: in the command line `cli/output.py`, in the app
the line filter of `tui/plain_lines.py`.
"""

from __future__ import annotations

import json
import re

_HIDDEN = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
"""C0 but tab and line feed, DEL, C1, soft hyphen, direction, no width, separators, surrogates, tags. None is seen."""


def plain(text: str) -> str:
    """`text` without those signs. Lines and tabs stay, and every sign that takes room."""
    return text if text.isprintable() else _HIDDEN.sub("", text)


def escaped(json_text: str) -> str:
    """JSON in which those signs are written as `\\u…`: safe to look at, and the same data."""
    return json_text if json_text.isprintable() else _HIDDEN.sub(lambda sign: json.dumps(sign[0])[1:-1], json_text)
