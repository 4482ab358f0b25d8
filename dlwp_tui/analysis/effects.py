"""Whether a comparison of an expectation is true beyond what seeds differ, and the same in words.

Each seed gives a margin: by how much the comparison is true. Their mean is the effect, their standard deviation (n-1)
the spread. The sign of the effect decides where it is at least as large as the spread, or where so many seeds were run
that its 95 % confidence interval leaves 0 out (which needs seven or more). Else nothing is decided.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev
from typing import Literal

from dlwp_tui.analysis import wording
from dlwp_tui.core.formats import number
from dlwp_tui.core.language import _, language
from dlwp_tui.course.expect import Comparison, Figure

Decision = Literal["holds", "does not hold", "undecided"]
MOST_SEEDS = 100
"""More are not counted out."""
_MARKS: dict[Decision, str] = {"does not hold": "✗", "undecided": "?", "holds": "✓"}  # the worst first
_OPPOSITE = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


@dataclass(frozen=True)
class Effect:
    """One comparison over the seeds of an experiment."""

    comparison: Comparison
    margins: tuple[float, ...]
    """One for each seed that has all its figures; an effect of more than half of them is left undecided."""
    seeds: int
    """How many seeds there should be."""

    @property
    def size(self) -> float | None:
        """The mean of the margins; None without any."""
        return fmean(self.margins) if self.margins else None

    @property
    def spread(self) -> float | None:
        """Their standard deviation; None for fewer than two."""
        return stdev(self.margins) if len(self.margins) > 1 else None

    @property
    def decision(self) -> Decision:
        """What the margins decide."""
        if 2 * len(self.margins) <= self.seeds:
            return "undecided"
        size, spread, count = fmean(self.margins), self.spread or 0.0, len(self.margins)
        if len(set(self.margins)) > 1 and abs(size) < spread * min(1.0, _quantile(count) / math.sqrt(count)):
            return "undecided"
        return "holds" if self.comparison.met(size) else "does not hold"

    @property
    def seeds_needed(self) -> int | None:
        """About how many seeds would decide it; over `MOST_SEEDS` for more than that, None where it cannot be told."""
        if self.decision != "undecided" or not self.spread or self.size is None:
            return None
        ratio = abs(self.size) / self.spread
        enough = (count for count in range(2, MOST_SEEDS + 1) if ratio >= _quantile(count) / math.sqrt(count))
        return next(enough, MOST_SEEDS + 1)

    def as_json(self) -> dict[str, object]:
        """Plain JSON values."""
        return {
            "comparison": self.comparison.text,
            "verdict": self.decision,
            "effect": self.size,
            "spread": self.spread,
            "margins": list(self.margins),
            "seeds_needed": self.seeds_needed,
        }


def in_words(
    effects: Sequence[Effect],
    figures: Sequence[Mapping[str, float]],
    sides: Mapping[str, str],
    own: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """A sentence for each difference that the comparisons are about: ✓, ✗ or ?, its size, how far seeds differ in it.

    figures: the figures of each seed, by their text. sides, own: as for `wording.sentences`.
    """
    found: dict[tuple[tuple[Figure, float], ...], list[str]] = {}
    decisions: dict[tuple[tuple[Figure, float], ...], set[Decision]] = {}
    for effect in effects:
        if (linear := effect.comparison.linear) is None or not linear[0]:
            continue
        factors, constant = linear
        first = next(iter(factors.values()))
        symbol = effect.comparison.symbol if first > 0 else _OPPOSITE[effect.comparison.symbol]
        terms = tuple((figure, factor / first) for figure, factor in factors.items())
        bound = -constant / first
        found.setdefault(terms, []).append(f"{symbol} {number(bound)}" if bound or len(terms) < 2 else "")
        decisions.setdefault(terms, set()).add(effect.decision)
    sentences = []
    for terms, bounds in found.items():
        texts = [(str(figure), factor) for figure, factor in terms]
        whole = [seed for seed in figures if all(text in seed for text, _factor in texts)]
        if values := [math.fsum(factor * seed[text] for text, factor in texts) for seed in whole]:
            asked = [bound for bound in dict.fromkeys(bounds) if bound]
            mark = next(mark for decision, mark in _MARKS.items() if decision in decisions[terms])
            sentences.append(f"{mark} {_sentence(terms, values, asked, sides, own or {})}")
    return tuple(sentences)


def _sentence(
    terms: Sequence[tuple[Figure, float]],
    values: Sequence[float],
    bounds: Sequence[str],
    sides: Mapping[str, str],
    own: Mapping[str, str],
) -> str:
    size = fmean(values)
    parts = [_pair(terms, size, sides, own) or _sum(terms, size, sides, own)]
    if bounds:
        parts[0] += _(" (asked for: {bounds})").format(bounds=", ".join(bounds))
    if len(values) < 2:
        parts.append(_("a single seed: how far seeds differ is not known"))
    elif math.isclose(min(values), max(values), rel_tol=1e-12):
        parts.append(_("the same with every seed"))
    else:
        shown = f"{stdev(values):.1f}" if _in_epochs(terms) and stdev(values) >= 0.05 else number(stdev(values), 2)
        parts.append(_("seeds differ by {spread}").format(spread=shown))
    return ("，" if language() == "zh" else ", ").join(parts)


def _pair(terms: Sequence[tuple[Figure, float]], size: float, sides: Mapping[str, str], own: Mapping[str, str]) -> str:
    """One figure of two sides: `epoch of the lowest validation loss: small is 3.0 epochs later than original`."""
    if len(terms) != 2 or terms[1][1] != -1:
        return ""
    first, second = (figure for figure, _factor in terms)
    if (first.function, first.metric) != (second.function, second.metric):
        return ""
    if size == 0:
        phrase = _("{figure}: {a} and {b} are equal")
    elif first.function in ("argmin", "argmax"):
        later, earlier = (
            _("{figure}: {a} is {x} epochs later than {b}"),
            _("{figure}: {a} is {x} epochs earlier than {b}"),
        )
        phrase = later if size > 0 else earlier
    else:
        more, less = _("{figure}: {a} is {x} above {b}"), _("{figure}: {a} is {x} below {b}")
        phrase = more if size > 0 else less
    shown = f"{abs(size):.1f}" if _in_epochs(terms) else number(abs(size), 3)
    a, b = (sides.get(figure.run) or figure.run for figure in (first, second))
    return phrase.format(figure=wording.figure(first, own), a=a, b=b, x=shown)


def _sum(terms: Sequence[tuple[Figure, float]], size: float, sides: Mapping[str, str], own: Mapping[str, str]) -> str:
    """Anything else: `final test accuracy: 0.979`, `final a (base) − 2 × final b (base): 0.1`."""
    text = ""
    for figure, factor in terms:
        words, side = wording.figure(figure, own), sides.get(figure.run, "")
        name = _("{figure} of {side}").format(figure=words, side=side) if side and len(sides) > 1 else words
        times = "" if abs(factor) == 1 else f"{number(abs(factor), 3)} × "
        text += (" − " if factor < 0 else " + ") * bool(text) + times + name
    shown = f"{size:.1f}" if _in_epochs(terms) and len(terms) == 1 and size != int(size) else number(size, 3, whole=1e9)
    return f"{text}{'：' if language() == 'zh' else ': '}{shown}"


def _in_epochs(terms: Sequence[tuple[Figure, float]]) -> bool:
    return all(figure.function in ("argmin", "argmax") for figure, _factor in terms)


def _quantile(count: int) -> float:
    """The 97.5 % quantile of Student's t for so many seeds; 0.02 too low for seven, closer for more.

    For fewer it does not matter how exact it is: over the root of their number it is above 1.
    """
    z, freedom = NormalDist().inv_cdf(0.975), count - 1
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
