"""Handwritten digits: one that was drawn just now made like MNIST's, and those a network got wrong.

MNIST's digits fill a box of 20 x 20 pixels, their centre of mass in the middle of 28 x 28, and a network knows no
others. Of 200 digits drawn with pens of 1 to 3 pixels, lesson 2.1's network, trained on the real set, knew 30 % as
they were (24 pixels high) or 8 % (9 and 12 pixels, in a corner), and 100 % and 95 % once `centred` had prepared them.
The steps are those of MNIST's makers (http://yann.lecun.com/exdb/mnist/).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _
from dlwp_tui.lab.pictures import sheet

if TYPE_CHECKING:
    import keras
    import numpy as np

    from dlwp_tui.lab.lab import Lab

SIDE, BOX = 28, 20
"""Pixels of a picture's side, and of the box a digit fills."""
_INK = 0.1  # a drawing without a pixel as strong as this is taken for an empty one
SHIFTS = 2, 4, 6
"""By how many pixels `examine` moves pictures."""
_EVERY = 20  # of the test pictures one in so many is moved: 4 x 500 of MNIST's, a standard error of 1 % at most
_BATCH = 500
_LEAST = 1e-7  # what Keras cuts probabilities to before it takes the logarithm
_COLUMNS = 4  # of a contact sheet: at 60 cells' width a digit has 15 of them


def centred(drawn: Any) -> np.ndarray:
    """(28, 28) float32 in 0..1, 0 being empty, of a digit drawn anywhere and at any size on (h, w) numbers in 0..1.

    Raises UsageError when nothing is drawn, or when `drawn` is no such picture.
    """
    import numpy as np

    picture = _checked(drawn)
    rows, columns = (np.flatnonzero(picture.any(axis=axis)) for axis in (1, 0))
    digit = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return _on_a_page(_scaled(digit))


def _checked(drawn: Any) -> np.ndarray:
    import numpy as np

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
    """`digit` with 20 pixels at its longer side, smoothed where it shrinks as MNIST's edges are, its strongest 1."""
    import numpy as np
    from PIL import Image

    longer = max(digit.shape)
    if longer != BOX:
        height, width = (max(1, round(side * BOX / longer)) for side in digit.shape)
        digit = np.asarray(Image.fromarray(digit).resize((width, height), Image.Resampling.BILINEAR))
    scaled: np.ndarray = digit / digit.max()
    return scaled


def _on_a_page(digit: np.ndarray) -> np.ndarray:
    """`digit` on 28 x 28 empty pixels, moved by whole pixels until its centre of mass is nearest to (14, 14)."""
    import numpy as np

    page = np.zeros((SIDE, SIDE), np.float32)
    places = []
    for axis, size in enumerate(digit.shape):
        ink = digit.sum(axis=1 - axis)
        middle = float((ink * np.arange(size)).sum() / ink.sum())
        places.append(min(max(round(SIDE / 2 - middle), 0), SIDE - size))
    top, left = places
    page[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
    return page


def demo(lab: Lab, as_input: Callable[[np.ndarray], Any]) -> Callable[[Any], dict[str, Any]]:
    """For a lesson's `demo`: takes a drawing as `centred` does, gives the ten probabilities of the run's model.

    `as_input` turns the prepared page (28, 28) in 0..1 into what the saved model takes, a batch of one.
    """
    import numpy as np

    model = lab.load()

    def ask(drawing: Any) -> dict[str, Any]:
        p = np.asarray(model(as_input(centred(drawing))))[0]
        return {"bars": {str(digit): float(p[digit]) for digit in range(10)}}

    return ask


def show_mistakes(lab: Lab, pictures: Any, labels: Any, p: Any, *, title: str = "", count: int = 12) -> np.ndarray:
    """The test digits a network got wrong: a contact sheet of the `count` it was surest of, a table, the usual pairs.

    `pictures` (n, 28, 28) bytes, `labels` (n,), `p` (n, 10) probabilities. Returns the numbers of all that are wrong,
    the surest first. Where none is wrong, a text says so.
    """
    import numpy as np

    title = title or _("Digits it got wrong")
    labels, p = np.asarray(labels).astype(int), np.asarray(p)
    guess, sure = p.argmax(axis=1), p.max(axis=1)
    wrong: np.ndarray = np.flatnonzero(guess != labels)
    wrong = wrong[np.argsort(-sure[wrong], kind="stable")]
    if not len(wrong):
        lab.text(title, _("All {count} are right.").format(count=f"{len(labels):,}"))
        return wrong
    shown = wrong[:count]
    caption = _("{wrong} of {all} are wrong; here are the {shown} it was surest of, with the table below").format(
        wrong=len(wrong), all=f"{len(labels):,}", shown=len(shown)
    )
    lab.picture(title, sheet(np.asarray(pictures)[shown], _COLUMNS), caption)
    columns = [_("row, column"), _("number"), _("label"), _("taken for"), _("how sure"), _("share of the label")]
    rows = [
        [f"{k // _COLUMNS + 1}, {k % _COLUMNS + 1}", int(i), int(labels[i]), int(guess[i]), f"{sure[i]:.1%}",
         f"{p[i, labels[i]]:.1%}"]
        for k, i in enumerate(shown)
    ]  # fmt: skip
    lab.table(_("{title}: those in the picture").format(title=title), columns, rows)
    pairs, times = np.unique(labels[wrong] * 10 + guess[wrong], return_counts=True)
    usual = np.argsort(-times, kind="stable")[:5]
    rows = [[int(pairs[k] // 10), int(pairs[k] % 10), int(times[k])] for k in usual]
    lab.table(_("{title}: most often").format(title=title), [_("label"), _("taken for"), _("times")], rows)
    return wrong


@dataclass(frozen=True, eq=False)
class Score:
    """What a network makes of n pictures it never saw."""

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
    """Networks by name on pictures `x` (n, 28, 28, ...) with `labels` (n,): a table of all, with moved pictures too.

    Where there are two networks, a second table says how many pictures only one of them, or both, got wrong.
    """
    import numpy as np

    labels = np.asarray(labels).astype(int)
    some, theirs = x[::_EVERY], np.tile(labels[::_EVERY], 4)
    moved = [shifted(some, pixels) for pixels in SHIFTS]
    scores, rows = {}, []
    for name, network in networks.items():
        p = network.predict(x, batch_size=_BATCH, verbose=0)
        loss = float(-np.log(np.maximum(p[np.arange(len(p)), labels], _LEAST)).mean())
        after = (network.predict(pictures, batch_size=_BATCH, verbose=0).argmax(axis=1) == theirs for pictures in moved)
        accuracy = float((p.argmax(axis=1) == labels).mean())
        scores[name] = score = Score(p, loss, accuracy, tuple(float(right.mean()) for right in after))
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
    """(4n, h, w, ...) of `pictures` (n, h, w, ...): all moved right, then left, down and up; what comes in is 0."""
    import numpy as np

    array = np.asarray(pictures)
    height, width = array.shape[1:3]
    wide = np.pad(array, ((0, 0), (pixels, pixels), (pixels, pixels), *(((0, 0),) * (array.ndim - 3))))
    windows = ((pixels, 0), (pixels, 2 * pixels), (0, pixels), (2 * pixels, pixels))
    return np.concatenate([wide[:, y : y + height, x : x + width] for y, x in windows])
