"""Metrics, figures and the sides of experiments in words: one place for cards, output, reports and the command line.

A learner reads `epoch of the lowest validation loss: small → 7, original → 4`, never `argmin(base.val_loss)`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from dlwp_tui.analysis import compare
from dlwp_tui.analysis.names import SEPARATOR, pair
from dlwp_tui.core.formats import number
from dlwp_tui.core.language import _, language
from dlwp_tui.course import expect
from dlwp_tui.course.lesson import Experiment, Lesson

RESULT = "result_"
"""How `expect` names a final result: `result_accuracy`."""
_SEAM = re.compile(r"(?<=[\u4e00-\u9fff])(?=\w)|(?<=\w)(?=[\u4e00-\u9fff])", re.ASCII)
"""Between a Chinese character and a letter or digit, either way round."""


def metric(name: str, own: Mapping[str, str] | None = None) -> str:
    """A metric or result in words, `validation loss` for `val_loss`; "" where there are no words for it.

    own: the lesson's words for its own metrics. Without `val_` or `test_` it is the bare word: `loss`.
    """
    if own and name in own:
        return own[name]
    words = {
        "loss": _("loss"),
        "binary_crossentropy": _("crossentropy"),
        "accuracy": _("accuracy"),
        "acc": _("accuracy"),
        "mae": _("mean absolute error"),
        "mean_absolute_error": _("mean absolute error"),
        "mse": _("mean squared error"),
    }
    for start, which in (("test_", _("test {metric}")), ("val_", _("validation {metric}"))):
        if name.startswith(start) and (bare := words.get(name.removeprefix(start))):
            return which.format(metric=bare)
    return words.get(name, "")


def figure(wanted: expect.Figure, own: Mapping[str, str] | None = None) -> str:
    """What one figure of an expectation is: `argmin(run.val_loss)` as `epoch of the lowest validation loss`."""
    name = wanted.metric
    if name.startswith(RESULT):  # one value, whatever the function
        name = name.removeprefix(RESULT)
        known = metric(name, own)
        plain = not known or not (name in (own or {}) or name.startswith(("test_", "val_")))
        return _spaced(_("final {metric}").format(metric=known or name) if plain else known)
    known = metric(name, own)
    if known and wanted.function != "gap" and name not in (own or {}) and not name.startswith(("test_", "val_")):
        known = _("training {metric}").format(metric=known)
    phrase = {
        "argmin": _("epoch of the lowest {metric}"),
        "argmax": _("epoch of the highest {metric}"),
        "min": _("lowest {metric}"),
        "max": _("highest {metric}"),
        "last": _("last {metric}"),
        "mean": _("mean {metric}"),
        "gap": _("training {metric} minus that of validation at the end"),
        "seconds": _("seconds of training"),
        "params": _("parameters of the network"),
    }[wanted.function]
    return _spaced(phrase.format(metric=known or name))


def sentences(
    values: Mapping[expect.Figure, float], sides: Mapping[str, str], own: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """A sentence for each kind of figure, with its value of each side: `lowest validation loss: units 4 → 0.31, ...`.

    sides: what each run of the expectation is called (see `side_names`), in their order. A single one goes unnamed.
    """
    colon, comma = ("：", "，") if language() == "zh" else (": ", ", ")
    order = list(sides)
    found: dict[str, list[tuple[int, str]]] = {}
    for one, value in values.items():
        side, shown = sides[one.run] if len(sides) > 1 else "", number(value, whole=1e9)
        of_side = (order.index(one.run), f"{side} → {shown}" if side else shown)
        found.setdefault(figure(one, own), []).append(of_side)
    return tuple(f"{what}{colon}{comma.join(text for _at, text in sorted(of))}" for what, of in found.items())


def joined(parts: Sequence[str]) -> str:
    """Sentences of figures as one text."""
    return ("；" if language() == "zh" else "; ").join(parts)


def side_names(lesson: Lesson, experiment: Experiment) -> dict[str, str]:
    """What to call each side of an experiment: as lesson.toml names it, else by what differs from the other sides.

    "" for a single side without a name.
    """
    preset = lesson.preset(experiment.preset).values
    values = [lesson.values(overrides=preset | changed) for changed in experiment.runs.values()]
    differing = compare.diff_params(values)
    found = {}
    for at, side in enumerate(experiment.runs):
        made = SEPARATOR.join(pair(name, of[at]) for name, of in differing.items())
        found[side] = str(experiment.names.get(side, "")) or made or (side if len(experiment.runs) > 1 else "")
    return found


def _spaced(text: str) -> str:
    """A space between Chinese and a name in Latin letters: `最低 val_auc`."""
    return _SEAM.sub(" ", text)
