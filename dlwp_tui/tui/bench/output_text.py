"""The parts of a run's report, each as text for a given width. Pure functions: nothing here is a widget."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from dlwp_tui.analysis.seen import Seen
from dlwp_tui.core.formats import beginning, fixed, source_label
from dlwp_tui.core.language import _
from dlwp_tui.render import layer_graph
from dlwp_tui.render import table as tables
from dlwp_tui.runs.facts import Check, DatasetUse, Failure, Model, RunWarning, Table, TextBlock
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench.style import bar, fit, metric_name

ERROR_LINES = 6
"""Lines of a traceback worth showing; the whole is in the log."""
TEXT_LINES = 1000
"""Of a text that a lesson reports: 20,000 took two seconds at each new width."""
UNKNOWN_WORDS = 20


def failure(error: Failure, log: Path, width: int) -> Text:
    """What went wrong: the sentence first, then the last lines, then where the whole log is."""
    text = Text()
    text.append(f"✗ {error.text}", "bold $text-error")
    for line in [line for line in error.lines if line.strip()][-ERROR_LINES:]:
        text.append("\n").append(_cut(line, width), "dim")
    text.append("\n" + _("Whole log: {path}").format(path=log), "dim")
    return text


def warning(notice: RunWarning, _width: int) -> Text:
    """A warning's sentence."""
    return Text(f"⚠ {notice.message}", "$text-warning")


def results(figures: Mapping[str, Mapping[str, float]], width: int, words: Mapping[str, str] | None = None) -> Text:
    """Final figures; one row a label where there are several. `words`: the lesson's for its own metrics."""
    labels = list(figures)
    if labels == [""]:
        text = _title(_("Result"))
        named = {metric_name(name, words) or name: value for name, value in figures[""].items()}
        cells = max((cell_len(name) for name in named), default=0)
        for name, value in named.items():
            text.append(f"\n{fit(name, cells)}  ").append(_final(value), "bold")
        return text
    columns = list(dict.fromkeys(name for row in figures.values() for name in row))
    rows = [
        [label or "–", *(_final(row[name]) if name in row else "–" for name in columns)]
        for label, row in figures.items()
    ]
    heads = [(words or {}).get(name) or name for name in columns]
    return _titled(_("Result"), _grid(["", *heads], rows, width))


def _final(value: float) -> str:
    """A result: counts (an epoch, the words that collided) have no fraction."""
    whole = math.isfinite(value) and value == round(value) and abs(value) < 1e6
    return f"{value:.0f}" if whole else fixed(value).strip()


def seen(found: Seen, _width: int) -> Text:
    """Whether the run showed what its preset promised, with the figures that decide it."""
    style = {True: "$text-success", False: "bold $text-error", None: "$text-warning"}[found.holds]
    text = Text().append(found.label, style)
    if found.promise:
        text.append(f"  {found.promise}")
    if found.sentences:
        text.append("\n" + " · ".join(found.sentences), "dim")
    for why in found.missing:
        text.append(f"\n{why}", "$text-warning")
    return text


def proofs(checks: Sequence[Check], width: int, *, folded: bool = False) -> Text:
    """The exact claims: how many hold, then each; `folded` only those that do not hold."""
    text = Text()
    if bad := sum(not check.ok for check in checks):
        text.append(_("✗ {bad} of {count} checks do not hold").format(bad=bad, count=len(checks)), "bold $text-error")
    else:
        text.append(_("✓ all checks hold ({count})").format(count=len(checks)), "$text-success")
    if folded and bad < len(checks):
        text.append("   " + _("{key} shows each").format(key=keys.label("proofs.fold")), "dim")
    for check in checks:
        if check.ok and folded:
            continue
        text.append("\n✓ " if check.ok else "\n✗ ", "$text-success" if check.ok else "bold $text-error")
        text.append(check.statement)
        if isinstance(check.got, bool) or check.got is None:
            continue  # the statement itself is what came true or not
        found = _("here {got}").format(got=cell_text(check.got))
        if not check.ok:
            found = _("here {got}, expected {want}").format(got=cell_text(check.got), want=cell_text(check.want))
        text.append("\n  " + _cut(found, width - 2), "dim" if check.ok else "$text-error")
    return text


def table(made: Table, width: int) -> Text:
    """A table of the lesson; columns are wrapped or folded to the width."""
    columns, rows, more = beginning(made.columns, made.rows)
    text = _titled(made.title, _grid(columns, [[cell_text(cell) for cell in row] for row in rows], width))
    return text.append(f"\n{more}", "dim") if more else text


def text_block(block: TextBlock, _width: int) -> Text:
    """A text with its title; of a very long one the first lines."""
    lines = block.body.split("\n")
    text = _titled(block.title, Text("\n".join(lines[:TEXT_LINES])))
    if len(lines) > TEXT_LINES:
        more = _("… in all {count} lines: dlwp export RUN --json").format(count=f"{len(lines):,}")
        text.append(f"\n{more}", "dim")
    return text


def model(made: Model, width: int, ascii: bool = False) -> Text:
    """A model's layers and their parameters: the graph, or a table where the run recorded none."""
    title = " ".join(part for part in (_("Model"), made.label) if part)
    if made.graph is not None:
        text = _titled(title, Text("\n".join(layer_graph.lines(made.graph, width, ascii)), no_wrap=True))
    else:
        rows = [[name, kind, shape, f"{params:,}"] for name, kind, shape, params in made.layers]
        text = _titled(title, _grid([_("layer"), _("kind"), _("shape"), _("params")], rows, width))
    text.append("\n" + _("{count} params in all").format(count=f"{made.params:,}"), "dim")
    return text


def dataset(use: DatasetUse, _width: int) -> Text:
    """Which data a run used; the word for it only where the loader's details do not begin with it."""
    word = source_label(use.source) or _("real data")
    plain = _("synthetic data") if use.source == "synthetic" else _("real data")
    named = use.detail.casefold().startswith(plain.casefold())
    what = use.detail if named else " · ".join(filter(None, (word, use.detail)))
    return Text(_("Data {name} · {what}").format(name=use.name, what=what), "dim")


def answer(given: Mapping[str, Any], width: int, ascii: bool) -> Text:
    """A demo's answer but for its pictures: bars of shares, a text, unknown words, or an error's sentence."""
    text = Text()
    if "error" in given:
        return Text(f"✗ {given['error']}", "$text-error")
    bars = given.get("bars")
    if isinstance(bars, Mapping) and bars:
        _bars(text, {str(name): float(value) for name, value in bars.items()}, width, ascii)
    if given.get("text") is not None:
        text.append(("\n" if text else "") + str(given["text"]))
    unknown = [str(word) for word in given.get("unknown", ())]
    if unknown:
        shown = "  ".join(unknown[:UNKNOWN_WORDS]) + ("  …" if len(unknown) > UNKNOWN_WORDS else "")
        sentence = _("Unknown to the model: {words}").format(words=shown)
        text.append("\n" if text else "").append(sentence, "$text-warning")
    return text


def _bars(text: Text, shares: Mapping[str, float], width: int, ascii: bool) -> None:
    cells = max(cell_len(name) for name in shares)
    best = max(shares.values())
    for number, (name, share) in enumerate(shares.items()):
        done, rest = bar(share, max(4, min(40, width - cells - 10)), ascii)
        text.append("\n" if number else "").append(fit(name, cells) + "  ")
        text.append(done, "bold" if share == best else "").append(rest, "dim").append(f" {share:6.1%}")


def wrapped(text: Text, width: int) -> Text:
    """`text` broken into lines of at most `width` cells; what is laid out already (`no_wrap`) stays as it is."""
    if text.no_wrap or all(cell_len(line) <= width for line in text.plain.split("\n")):
        return text
    console = Console(file=StringIO(), width=width, color_system=None)  # Rich needs one; nothing is printed
    lines = text.wrap(console, width)
    for line in lines:
        line.rstrip()
    return Text("\n").join(lines)


def _grid(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Text:
    made = tables.layout(
        tables.Table(tuple(map(Text, columns)), tuple(tuple(map(Text, row)) for row in rows), (None,) * len(columns)),
        width,
    )
    styles = {"head": "bold", "rule": "dim"}  # marks of the notes' tables
    made.spans = [span._replace(style=styles.get(str(span.style), span.style)) for span in made.spans]
    return made


def _title(title: str) -> Text:
    return Text().append(title, "bold")


def _titled(title: str, body: Text) -> Text:
    if not title:
        return body
    return _title(title).append("\n").append_text(body)


def cell_text(value: object) -> str:
    """A JSON value as a table's cell shows it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return fixed(value).strip()
    if isinstance(value, list):
        inside = ", ".join("None" if one is None else cell_text(one) for one in value)
        return f"({inside},)" if len(value) == 1 else f"({inside})"  # a shape of one axis, as Python writes it
    return "–" if value is None else str(value)


def _cut(line: str, width: int) -> str:
    return fit(line, width).rstrip() if cell_len(line) > width else line
