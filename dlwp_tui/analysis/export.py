"""A run's figures for other programs: CSV for a spreadsheet, JSON with everything."""

from __future__ import annotations

import csv
import io
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dlwp_tui.core.errors import StorageError, UsageError
from dlwp_tui.core.language import _
from dlwp_tui.runs.events import plain
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.series import Curve, CurveKey
from dlwp_tui.runs.view import RunView, summary


def to_csv(folder: RunFolder) -> str:
    """One row per label and epoch, one column per metric; NaN and infinity are written as `nan`, `inf`, `-inf`."""
    rows = _epoch_rows(RunView.whole(folder))
    metrics = list(dict.fromkeys(metric for _place, figures in rows for metric in figures))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["label", "epoch", *metrics])
    for place, figures in rows:
        writer.writerow([*place, *(repr(figures[metric]) if metric in figures else "" for metric in metrics)])
    return out.getvalue()


def to_json(folder: RunFolder) -> str:
    """Spec, summary, all curves and everything else the run reported, as one JSON object."""
    view = RunView.whole(folder)
    content = {
        "run": view.spec.model_dump(mode="json"),
        "summary": summary(view),
        "device": view.device,
        "curves": [_curve(key, curve) for key, curve in view.curves.items()],
        "batch_curves": [_curve(key, curve) for key, curve in view.batch_curves.items()],
        "baselines": [{"label": key.label, "metric": key.metric, "y": y} for key, y in view.baselines.items()],
        "results": view.results,
        **{
            name: [asdict(item) for item in getattr(view, name)]
            for name in ("datasets", "models", "tables", "texts", "checks", "pictures")
        },
    }
    return json.dumps(plain(content), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def save(content: str | bytes, path: Path) -> None:
    """Write `content` to a file of the learner's choice, whole or not at all. Raises UsageError or StorageError."""
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise UsageError(
            _("{path} cannot be written: it is a folder.").format(path=path)
            if path.is_dir()
            else _("{path} cannot be written: there is no folder {folder}.").format(path=path, folder=path.parent),
            _("Give a file name in a folder that exists."),
        )
    special = path.exists() and not path.is_file()  # /dev/stdout, a pipe: written into, not replaced
    path = path if special else path.resolve()  # a link stays a link
    part = path if special else path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
        if not special:
            part.replace(path)
    except OSError as error:
        if not special:
            part.unlink(missing_ok=True)
        raise StorageError(
            _("Cannot write {path}: {reason}.").format(path=path, reason=error.strerror or error),
            _("Choose another place with --out."),
        ) from error


def _epoch_rows(view: RunView) -> list[tuple[tuple[str, int], dict[str, float]]]:
    rows: dict[tuple[str, int], dict[str, float]] = {}
    labels = {label: index for index, label in enumerate(dict.fromkeys(key.label for key in view.curves))}
    for key, curve in view.curves.items():
        for x, y in zip(curve.all_xs, curve.values, strict=True):
            rows.setdefault((key.label, int(x)), {})[key.metric] = y
    return sorted(rows.items(), key=lambda row: (labels[row[0][0]], row[0][1]))


def _curve(key: CurveKey, curve: Curve) -> dict[str, Any]:
    return {"label": key.label, "metric": key.metric, "x": curve.all_xs, "y": curve.values}
