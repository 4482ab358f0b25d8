"""Handwritten digits: a drawing prepared like MNIST's pictures, and what networks get wrong in the test set.

In MNIST a digit fills a box of 20 x 20 pixels, with its centre of mass in the middle of 28 x 28, and a network learns
only such digits. Of 200 digits drawn with pens of 1 to 3 pixels, lesson 2.1's network, trained on the real set,
recognised 30 % as they were (24 pixels high) or 8 % (9 and 12 pixels, in a corner), and 100 % and 95 % after
`centred`. Its steps are those of MNIST's makers (http://yann.lecun.com/exdb/mnist/).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _
from dlwp_tui.kit.activations import Activations
from dlwp_tui.kit.pictures import overlay, sheet

if TYPE_CHECKING:
    import keras

    from dlwp_tui.lab.lab import Lab

Demo = Callable[[Any], dict[str, Any]]
"""What a lesson's `demo` returns: a function from the learner's drawing to an answer."""
SIDE, BOX = 28, 20
"""Pixels of a picture's side, and of the box that a digit fills."""
_INK = 0.1  # a drawing whose strongest pixel is weaker counts as empty
SHIFTS = 2, 4, 6
"""By how many pixels `examine` moves pictures."""
_EVERY = 20  # one test picture in 20 is moved: 4 x 500 of MNIST's, a standard error of 1 % at most
_BATCH = 500
_LEAST = 1e-7  # Keras raises probabilities to this before it takes the logarithm
_COLUMNS = 4  # of a contact sheet: 60 terminal cells leave 15 for a digit


def centred(drawn: Any) -> np.ndarray:
    """A digit drawn anywhere and at any size, prepared like MNIST's: (28, 28) float32 in 0..1, 0 being empty.

    `drawn` is a table (h, w) of numbers, 0 empty and 1 ink. Raises UsageError for anything else, and when it is empty.
    """
    picture = _checked(drawn)
    rows, columns = (np.flatnonzero(picture.any(axis=axis)) for axis in (1, 0))
    digit = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return _on_a_page(_scaled(digit))


def _checked(drawn: Any) -> np.ndarray:
    try:
        picture = np.asarray(drawn, dtype=np.float32)
    except (TypeError, ValueError):
        picture = np.zeros(0, np.float32)
    if picture.ndim != 2 or not picture.size or not np.isfinite(picture).all():
        raise UsageError(_("A drawing is a table of numbers from 0 (empty) to 1 (ink), with rows of equal length."))
    picture = np.clip(picture, 0, 1)
    if picture.max() < _INK:
        raise UsageError(_("Nothing is drawn yet."))
    return picture


def _scaled(digit: np.ndarray) -> np.ndarray:
    """`digit` (h, w) scaled to 20 pixels at its longer side, smoothed where it shrinks, its strongest pixel 1."""
    longer = max(digit.shape)
    if longer != BOX:
        height, width = (max(1, round(side * BOX / longer)) for side in digit.shape)
        digit = np.asarray(Image.fromarray(digit).resize((width, height), Image.Resampling.BILINEAR))
    scaled: np.ndarray = digit / digit.max()
    return scaled


def _on_a_page(digit: np.ndarray) -> np.ndarray:
    """`digit` on 28 x 28 empty pixels, moved by whole pixels until its centre of mass is nearest to (14, 14)."""
    page = np.zeros((SIDE, SIDE), np.float32)
    places = []
    for axis, size in enumerate(digit.shape):
        ink = digit.sum(axis=1 - axis)
        middle = float((ink * np.arange(size)).sum() / ink.sum())
        places.append(min(max(round(SIDE / 2 - middle), 0), SIDE - size))
    top, left = places
    page[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
    return page


def demo(
    lab: Lab, as_input: Callable[[np.ndarray], Any], model: Callable[[Any], Any] | None = None, *, layers: bool = False
) -> Demo:
    """For a lesson's `demo`: a function from a drawing, as `centred` takes it, to the model's ten probabilities.

    The model is the one the run saved, if none is given. `as_input` turns the prepared page (28, 28) in 0..1 into a
    batch of one.
    layers: the answer has `grids` too, what the network sees and what each layer of a Keras model makes of it, and a
    heat map of where it looks.
    """
    model = model or lab.load()
    walk = Activations(model) if layers else None

    def ask(drawing: Any) -> dict[str, Any]:
        page = centred(drawing)
        batch = as_input(page)
        p = np.asarray(model(batch))[0]
        answer: dict[str, Any] = {"bars": {str(digit): float(p[digit]) for digit in range(10)}}
        if walk is not None:
            from dlwp_tui.kit import vision  # with Keras, which lesson 2.5 does without

            seen = {_("what the network sees"): {"images": page[None], "each": False}}
            answer["grids"] = seen | walk(batch)
            answer["pictures"] = {_("where it looks"): overlay(page, vision.heat_map(model, batch))}
        return answer

    return ask


def show_mistakes(lab: Lab, pictures: Any, labels: Any, p: Any, *, title: str = "", count: int = 12) -> np.ndarray:
    """Show the test digits a network got wrong: a contact sheet, a table of those in it, the most frequent confusions.

    `pictures` (n, 28, 28) bytes, `labels` (n,), `p` (n, 10) probabilities; the sheet holds the `count` digits that the
    network was surest of. Returns the indices of all wrong ones, the surest first. A text instead if none is wrong.
    """
    title = title or _("Digits it got wrong")
    labels, p = np.asarray(labels).astype(int), np.asarray(p)
    guess, sure = p.argmax(axis=1), p.max(axis=1)
    wrong: np.ndarray = np.flatnonzero(guess != labels)
    wrong = wrong[np.argsort(-sure[wrong], kind="stable")]
    if not len(wrong):
        lab.text(title, _("All {count} are right.").format(count=f"{len(labels):,}"))
        return wrong
    shown = wrong[:count]
    caption = _("{wrong} of {all} are wrong; here are the {shown} it was surest of, listed in a table too").format(
        wrong=len(wrong), all=f"{len(labels):,}", shown=len(shown)
    )
    lab.picture(title, sheet(np.asarray(pictures)[shown], _COLUMNS), caption)
    columns = [_("row, column"), _("number"), _("label"), _("taken for"), _("how sure"), _("share of the label")]
    rows = []
    for place, i in enumerate(shown):
        where = f"{place // _COLUMNS + 1}, {place % _COLUMNS + 1}"
        shares = [f"{sure[i]:.1%}", f"{p[i, labels[i]]:.1%}"]
        rows.append([where, int(i), int(labels[i]), int(guess[i]), *shares])
    lab.table(_("{title}: those in the picture").format(title=title), columns, rows)
    pairs, times = np.unique(labels[wrong] * 10 + guess[wrong], return_counts=True)
    usual = np.argsort(-times, kind="stable")[:5]
    counts = [[int(pairs[k] // 10), int(pairs[k] % 10), int(times[k])] for k in usual]
    lab.table(_("{title}: most often").format(title=title), [_("label"), _("taken for"), _("times")], counts)
    return wrong


@dataclass(frozen=True, eq=False)
class Score:
    """How a network does on n pictures it was not trained on."""

    p: np.ndarray
    """(n, 10) probabilities."""
    loss: float
    """The mean of -log of the right digit's probability."""
    accuracy: float
    shifted: tuple[float, ...]
    """Accuracy on a twentieth of the pictures, moved by each of SHIFTS."""

    def figures(self, kind: str) -> dict[str, float]:
        """For `lab.result`: `<kind>_accuracy`, `<kind>_loss`, and `<kind>_shift_accuracy` after the smallest shift."""
        figures = {"accuracy": self.accuracy, "loss": self.loss, "shift_accuracy": self.shifted[0]}
        return {f"{kind}_{name}": value for name, value in figures.items()}


def examine(lab: Lab, networks: Mapping[str, keras.Model], x: np.ndarray, labels: np.ndarray) -> dict[str, Score]:
    """Evaluate networks by name on pictures `x` (n, 28, 28, ...) with `labels` (n,), also moved by some pixels.

    Shows a table with a row for each network; for two networks a second one that counts the pictures which only one
    of them got wrong, or both. Returns the scores by name.
    """
    labels = np.asarray(labels).astype(int)
    some, their_labels = x[::_EVERY], np.tile(labels[::_EVERY], 4)
    moved = [shifted(some, pixels) for pixels in SHIFTS]
    scores, rows = {}, []
    for name, network in networks.items():
        p = network.predict(x, batch_size=_BATCH, verbose=0)
        loss = float(-np.log(np.maximum(p[np.arange(len(p)), labels], _LEAST)).mean())
        accuracy = float((p.argmax(axis=1) == labels).mean())
        guesses = [network.predict(pictures, batch_size=_BATCH, verbose=0).argmax(axis=1) for pictures in moved]
        scores[name] = score = Score(p, loss, accuracy, tuple(float((g == their_labels).mean()) for g in guesses))
        shares = [f"{share:.1%}" for share in score.shifted]
        rows.append([name, f"{network.count_params():,}", f"{accuracy:.2%}", f"{1 - accuracy:.2%}", *shares])
    columns = [_("network"), _("parameters"), _("test accuracy"), _("error rate")]
    columns += [_("moved by {pixels}").format(pixels=pixels) for pixels in SHIFTS]
    lab.table(_("Test accuracy, and after moving the pictures by some pixels"), columns, rows)
    if len(scores) == 2:
        one, two = (score.p.argmax(axis=1) != labels for score in scores.values())
        first, second = (_("only {name}").format(name=name) for name in scores)
        wrong = {first: one & ~two, second: two & ~one, _("both"): one & two}
        counts = [[who, int(these.sum())] for who, these in wrong.items()]
        lab.table(_("Who is wrong"), [_("which"), _("pictures")], counts)
    return scores


def shifted(pictures: Any, pixels: int) -> np.ndarray:
    """`pictures` (n, h, w, ...) moved right, then left, down and up: (4n, h, w, ...), filled with 0 at the edge."""
    array = np.asarray(pictures)
    height, width = array.shape[1:3]
    wide = np.pad(array, ((0, 0), (pixels, pixels), (pixels, pixels), *(((0, 0),) * (array.ndim - 3))))
    windows = ((pixels, 0), (pixels, 2 * pixels), (0, pixels), (2 * pixels, pixels))
    return np.concatenate([wide[:, y : y + height, x : x + width] for y, x in windows])
