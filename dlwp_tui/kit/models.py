"""Models of which a lesson trains several: going back to the same start, a look at their weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlwp_tui.core.language import _

if TYPE_CHECKING:
    import keras

    from dlwp_tui.lab.lab import Lab


class StartingPoint:
    """The weights and the optimizer's state of a compiled model, to go back to.

    A model that is built anew instead is traced anew by TensorFlow: half a second each, more than a small one trains.
    """

    def __init__(self, model: keras.Model) -> None:
        model.optimizer.build(model.trainable_variables)  # its state comes into being at the first step otherwise
        self._variables = [*model.variables, *model.optimizer.variables]
        self._values = [variable.numpy() for variable in self._variables]

    def restore(self) -> None:
        """Set every variable back."""
        for variable, value in zip(self._variables, self._values, strict=True):
            variable.assign(value)


def show_small_weights(lab: Lab, model: keras.Model, name: str, below: float = 0.001) -> None:
    """A table of the hidden Dense layers: the share of their weights whose absolute value is less than `below`."""
    kernels = [layer.kernel.numpy() for layer in model.layers if hasattr(layer, "kernel")][:-1]
    rows = [[number, f"{float((abs(kernel) < below).mean()):.1%}"] for number, kernel in enumerate(kernels, start=1)]
    title = _("{name}: weights smaller than {below}").format(name=name, below=below)
    lab.table(title, [_("layer"), _("share")], rows)
