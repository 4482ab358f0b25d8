"""What lesson 8.1 shows of a model that writes: its samples, how much they repeat and invent, a demo that writes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from dlwp_tui.lab.lab import Lab

Generate = Callable[[keras.Model, str, str, float, np.random.Generator], Iterator[str]]
"""(model, characters, seed, temperature, generator) -> characters, one after the other."""


def baselines(lab: Lab, ids: np.ndarray) -> None:
    """Draw the losses of two guesses that need no network: every character alike, and by how frequent it is.

    ids (n,): the text as numbers of characters from 0.
    """
    shares = np.bincount(ids) / len(ids)
    lab.baseline(_("every character alike"), loss=float(np.log(len(shares))))
    frequent = -float((shares[shares > 0] * np.log(shares[shares > 0])).sum())
    lab.baseline(_("by frequency alone"), loss=frequent)


class AfterEpochs(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
    """Calls `do(epoch)` after epochs 1, 2, 4, 8, ... before the `last`: a text after each of 59 nobody reads."""

    def __init__(self, do: Callable[[int], Any], last: int) -> None:
        super().__init__()
        self._do, self._last = do, last

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 - Keras' signature
        done = epoch + 1
        if done & epoch == 0 and done < self._last:
            self._do(done)


def show(lab: Lab, title: str, seed: str, written: Mapping[float, str]) -> None:
    """A text: what it began with, and what was written at each temperature."""
    parts = [_("Begins with: {seed}").format(seed=_line(seed))]
    parts += [
        _("Temperature {temperature}: {text}").format(temperature=t, text=_line(text)) for t, text in written.items()
    ]
    lab.text(title, "\n\n".join(parts))


def judge(lab: Lab, written: Mapping[float, str], corpus: str) -> None:
    """A table and results: of the words at each temperature, how many are different, and not in the corpus.

    Results `distinct_02`, `new_02`, ... are shares of the words written, by ten times the temperature. The first and
    the last word are left out: they may be halves.
    """
    known = set(_words(corpus))
    rows = []
    for temperature, text in written.items():
        words = _words(text)[1:-1]
        distinct = len(set(words)) / max(1, len(words))
        new = sum(word not in known for word in words) / max(1, len(words))
        key = f"{round(10 * temperature):02d}"
        lab.result(**{f"distinct_{key}": distinct, f"new_{key}": new})
        rows.append([temperature, len(words), f"{distinct:.0%}", f"{new:.0%}"])
    columns = [_("temperature"), _("words"), _("different ones"), _("not in the corpus")]
    lab.table(_("Low temperatures repeat, high ones invent"), columns, rows)


def demo(lab: Lab, model: keras.Model, chars: str, generate: Generate, most: int = 400) -> Callable[..., Any]:
    """For the lesson's `demo`: writes a text on, one character after the other, with a slider `temperature`."""
    rng = np.random.default_rng(lab.seed)

    def ask(text: str, *, temperature: float) -> Iterator[dict[str, Any]]:
        text = text.lower()
        unknown = sorted(set(text) - set(chars))
        seed = "".join(letter for letter in text if letter in chars)
        if not seed:
            raise UsageError(_("Type a few English words to begin with."))
        for _number, letter in zip(range(most), generate(model, chars, seed, temperature, rng), strict=False):
            text += letter
            yield {"text": text, "unknown": unknown}

    return ask


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalpha() or letter == "'" else " " for letter in text).split()


def _line(text: str) -> str:
    """On one line: the book's own line breaks fall anywhere in a pane of another width."""
    return " ".join(text.split())
