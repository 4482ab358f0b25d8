"""What lesson 8.4 shows of a latent space: the digits of its plane, where real digits lie, how smooth it is."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from dlwp_tui.core.language import N_, _
from dlwp_tui.kit.digits import centred
from dlwp_tui.kit.pictures import sheet

if TYPE_CHECKING:
    from dlwp_tui.kit.digits import Demo
    from dlwp_tui.lab.lab import Lab

CELLS = 15
"""Points on a side of the plane's grid, as in the book."""
_SIDE, _REACH = 144, 4.0  # pixels of the map's side; it covers -4..4 on both axes
_PAIRS = 500
COLOURS = {
    N_("red"): (230, 60, 60), N_("orange"): (245, 150, 40), N_("yellow"): (240, 225, 70), N_("green"): (70, 190, 80),
    N_("cyan"): (70, 210, 215), N_("blue"): (75, 120, 245), N_("violet"): (165, 85, 230), N_("pink"): (250, 150, 200),
    N_("white"): (245, 245, 245), N_("brown"): (160, 105, 65),
}  # fmt: skip
"""A colour for each of the digits 0 to 9 on the map."""


def legend() -> str:
    """Which digit has which colour on the map."""
    return "  ".join(f"{digit} {_(name)}" for digit, name in enumerate(COLOURS))


def grid(dimensions: int, cells: int = CELLS) -> np.ndarray:
    """Points (cells², dimensions) float32, row by row from the top: equal steps in probability of a normal, not in z.

    The first two dimensions go from -1.645 to 1.645 (the middle 90 %), the second upwards; all others are 0.
    """
    steps = [NormalDist().inv_cdf(p) for p in np.linspace(0.05, 0.95, cells)]
    points = np.zeros((cells * cells, dimensions), np.float32)
    plane = np.array([(x, y) for y in reversed(steps) for x in steps])
    points[:, :2] = plane[:, : min(2, dimensions)]
    return points


def plane(decoder: keras.Model) -> np.ndarray:
    """The digits of `grid`, decoded and put together: one picture (15 · 28, 15 · 28)."""
    digits = np.asarray(decoder(grid(decoder.input_shape[-1])))
    return sheet(digits, columns=CELLS, gap=0)


class Watch(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
    """Shows both networks, and draws the plane after each epoch; the screen has a slider over the epochs."""

    def __init__(self, lab: Lab, encoder: keras.Model, decoder: keras.Model) -> None:
        super().__init__()
        self._lab, self._decoder = lab, decoder
        lab.summary(encoder, _("encoder"))
        lab.summary(decoder, _("decoder"))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 - Keras' signature
        self._lab.frames(_("The latent plane"), epoch + 1, plane(self._decoder), unit=_("epoch"))


def examine(lab: Lab, vae: Any, x: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Show where the pictures `x` (n, 28, 28, 1) lie, and eight of them decoded again; returns `smoothness`.

    `vae` has an encoder, a decoder, and a sampling layer with `half`, the factor of the log variance.
    """
    mean, log_var = vae.encoder.predict(x, verbose=0)
    lab.picture(_("Where test pictures lie"), scatter(mean, labels[: len(mean)]), legend())
    rebuilt = vae.decoder.predict(mean[:8], verbose=0)
    lab.picture_grid(_("Pictures, and decoded again below"), np.concatenate([x[:8], rebuilt]), columns=8)
    return smoothness(vae.decoder, mean, np.exp(vae.sampling.half * log_var), lab.seed)


def demo(encoder: keras.Model, decoder: keras.Model) -> dict[str, Demo]:
    """For the lesson's `demo`: `plane` decodes a point, `digit` says where a drawing lies and what comes back of it."""

    def walk(point: Any) -> dict[str, Any]:
        z = np.zeros((1, decoder.input_shape[-1]), np.float32)
        z[0, :2] = np.asarray(point, np.float32)[: z.shape[1]]
        return {"picture": np.asarray(decoder(z))[0, ..., 0]}

    def draw(drawing: Any) -> dict[str, Any]:
        page = centred(drawing)
        mean = np.asarray(encoder(page[None, :, :, None])[0])
        place = ", ".join(f"{value:.2f}" for value in mean[0])
        back = np.asarray(decoder(mean))[0, ..., 0]
        text = _("It lies at ({place}).").format(place=place)
        return {"pictures": {_("as drawn"): page, _("decoded again"): back}, "text": text}

    return {"plane": walk, "digit": draw}


def scatter(points: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """A map (144, 144, 3) uint8 of -4..4 on the first two axes: a dot for each point, in its digit's colour.

    points (n, dimensions), labels (n,) 0 to 9. Points outside lie on the edge. The grey cross is the origin.
    """
    image = np.full((_SIDE, _SIDE, 3), 16, np.uint8)
    image[_SIDE // 2], image[:, _SIDE // 2] = 70, 70
    at = np.clip((points[:, :2] / _REACH + 1) / 2, 0, 1) * (_SIDE - 2)
    x = at[:, 0].astype(int)
    y = _SIDE - 2 - (at[:, 1].astype(int) if points.shape[1] > 1 else np.full(len(at), _SIDE // 2))
    colours = np.array(list(COLOURS.values()), np.uint8)[labels]
    for down in (0, 1):
        for right in (0, 1):
            image[y + down, x + right] = colours
    return image


def smoothness(decoder: keras.Model, mean: np.ndarray, std: np.ndarray, seed: int) -> dict[str, float]:
    """How much pictures differ, as the mean absolute difference of their pixels (0 to 1), and where the codes lie.

    mean, std (n, dimensions): the distributions of n pictures. `near`: a point drawn from a picture's distribution
    against its middle; `far`: the middles of two different pictures; `neighbours`: cells side by side on the grid;
    `spread`: the standard deviation of all codes, 1 for a standard normal; `noise`: the mean of `std`.
    """
    rng = np.random.default_rng(seed)
    middle, std = mean[:_PAIRS], std[:_PAIRS]
    drawn = (middle + std * rng.normal(size=middle.shape)).astype(np.float32)
    own = _decoded(decoder, middle)
    cells = _decoded(decoder, grid(mean.shape[1])).reshape(CELLS, CELLS, -1)
    codes = mean[: len(std)] + std * rng.normal(size=std.shape)
    return {
        "near": _apart(own, _decoded(decoder, drawn)),
        "far": _apart(own, np.roll(own, 1, axis=0)),
        "neighbours": _apart(cells[:, 1:], cells[:, :-1]),
        "spread": float(codes.std(axis=0).mean()),
        "noise": float(std.mean()),
    }


def _decoded(decoder: keras.Model, points: np.ndarray) -> np.ndarray:
    made: np.ndarray = np.asarray(decoder(points))
    return made


def _apart(one: Any, other: Any) -> float:
    return float(np.abs(one - other).mean())
