"""A run's figures for other programs: CSV for a spreadsheet, JSON with everything."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from dlwp_tui.core.errors import StorageError, UsageError
from dlwp_tui.core.language import _
from dlwp_tui.runs.events import plain
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.series import Curve, CurveKey
from dlwp_tui.runs.view import RunView, summary

_PART = 1 << 16  # characters


def to_csv(folder: RunFolder) -> Iterator[str]:
    """One row per label and epoch, one column per metric; NaN and infinity are written as `nan`, `inf`, `-inf`.

    In parts: a million epochs are no text to hold.
    """
    return _csv(RunView.whole(folder).curves)


def _csv(curves: Mapping[CurveKey, Curve]) -> Iterator[str]:
    metrics = list(dict.fromkeys(key.metric for key in curves))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["label", "epoch", *metrics])
    for label in dict.fromkeys(key.label for key in curves):
        own = [_points(key.metric, curve) for key, curve in curves.items() if key.label == label]
        for epoch, points in groupby(merge(*own, key=itemgetter(0)), key=itemgetter(0)):
            figures = {metric: repr(y) for _epoch, metric, y in points}
            writer.writerow([label, epoch, *(figures.get(metric, "") for metric in metrics)])
            if out.tell() > _PART:
                yield out.getvalue()
                out.seek(0)
                out.truncate()
    yield out.getvalue()


def to_json(folder: RunFolder) -> Iterator[str]:
    """Spec, summary, all curves and everything else the run reported, as one JSON object; part by part."""
    return _json(RunView.whole(folder))


def _json(view: RunView) -> Iterator[str]:
    content = {
        "run": view.spec.model_dump(mode="json"),
        "summary": summary(view),
        "device": view.device,
        "baselines": [{"label": key.label, "metric": key.metric, "y": y} for key, y in view.baselines.items()],
        "results": view.results,
        **{
            name: [asdict(item) for item in getattr(view, name)]
            for name in ("datasets", "models", "tables", "texts", "checks", "pictures")
        },
    }
    yield json.dumps(plain(content), ensure_ascii=False, allow_nan=False, indent=1).removesuffix("\n}")
    for name, curves in (("curves", view.curves), ("batch_curves", view.batch_curves)):
        yield f',\n "{name}": ['
        for number, (key, curve) in enumerate(curves.items()):
            yield "," * bool(number) + "\n  " + json.dumps(_curve(key, curve), ensure_ascii=False, allow_nan=False)
        yield "\n ]"
    yield "\n}\n"


def save(content: str | bytes | Iterable[str], path: Path) -> None:
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
        with part.open("wb") as file:
            for one in [content] if isinstance(content, str | bytes) else content:
                file.write(one.encode() if isinstance(one, str) else one)
        if not special:
            part.replace(path)
    except OSError as error:
        if not special:
            part.unlink(missing_ok=True)
        raise StorageError(
            _("Cannot write {path}: {reason}.").format(path=path, reason=error.strerror or error),
            _("Choose another place with --out."),
        ) from error


def _points(metric: str, curve: Curve) -> Iterator[tuple[int, str, float]]:
    return ((int(x), metric, y) for x, y in curve.pairs())


def _curve(key: CurveKey, curve: Curve) -> dict[str, Any]:
    ys = plain(curve.values) if curve.gaps else curve.values
    return {"label": key.label, "metric": key.metric, "x": curve.all_xs, "y": ys}
