"""What lesson 8.1 shows of a model that writes: its samples, how much they repeat and invent, a demo that writes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from dlwp_tui.lab.lab import Lab

TEMPERATURES = (0.2, 0.5, 1.0, 1.2)
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


class Writer:
    """Lets a model write on from places of its corpus, at four temperatures.

    write(seed, temperature) -> characters without end, one after the other.
    """

    def __init__(self, lab: Lab, corpus: str, write: Callable[[str, float], Iterator[str]]) -> None:
        self._lab, self._corpus, self._write = lab, corpus, write
        self._rng = np.random.default_rng(lab.seed)

    def after_epochs(self, length: int, last: int) -> keras.callbacks.Callback:
        """Writes after epochs 1, 2, 4, 8, ... before the `last`: texts after each of 59 nobody would read."""

        def write(epoch: int, _logs: object) -> None:
            if (epoch + 1) & epoch == 0 and epoch + 1 < last:
                self.texts(epoch + 1, length)

        return keras.callbacks.LambdaCallback(on_epoch_end=write)

    def texts(self, epoch: int, length: int) -> dict[float, str]:
        """Show `length` characters at each temperature, written on from one random place; returns them."""
        size = int(self._lab.params["maxlen"])
        start = int(self._rng.integers(len(self._corpus) - size))
        seed = self._corpus[start : start + size]
        written = {t: "".join(islice(self._write(seed, t), length)) for t in TEMPERATURES}
        parts = [_("Begins with: {seed}").format(seed=_line(seed))]
        parts += [
            _("Temperature {temperature}: {text}").format(temperature=t, text=_line(text))
            for t, text in written.items()
        ]
        self._lab.text(_("After epoch {epoch}").format(epoch=epoch), "\n\n".join(parts))
        return written

    def judge(self, epoch: int, length: int) -> None:
        """A table and results: of the words at each temperature, how many are different, and not in the corpus.

        Results `distinct_02`, `new_02`, ... are shares of the words written, by ten times the temperature. The first
        and the last word are left out: they may be halves.
        """
        self._lab.phase(_("Writing"))
        known = set(_words(self._corpus))
        rows = []
        for temperature, text in self.texts(epoch, length).items():
            words = _words(text)[1:-1]
            distinct = len(set(words)) / max(1, len(words))
            new = sum(word not in known for word in words) / max(1, len(words))
            key = f"{round(10 * temperature):02d}"
            self._lab.result(None, **{f"distinct_{key}": distinct, f"new_{key}": new})
            rows.append([temperature, len(words), f"{distinct:.0%}", f"{new:.0%}"])
        columns = [_("temperature"), _("words"), _("different ones"), _("not in the corpus")]
        self._lab.table(_("Low temperatures repeat, high ones invent"), columns, rows)


def demo(lab: Lab, model: keras.Model, chars: str, generate: Generate, most: int = 400) -> Callable[..., Any]:
    """For the lesson's `demo`: writes a text on, one character after the other, with a slider `temperature`."""
    rng = np.random.default_rng(lab.seed)

    def ask(text: str, *, temperature: float) -> Iterator[dict[str, Any]]:
        text = text.lower()
        unknown = sorted(set(text) - set(chars))
        seed = "".join(letter for letter in text if letter in chars)
        if not seed:
            raise UsageError(_("Type a few English words to begin with."))
        for letter in islice(generate(model, chars, seed, temperature, rng), most):
            text += letter
            yield {"text": text, "unknown": unknown}

    return ask


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalpha() or letter == "'" else " " for letter in text).split()


def _line(text: str) -> str:
    """On one line: the book's own line breaks fall anywhere in a pane of another width."""
    return " ".join(text.split())
