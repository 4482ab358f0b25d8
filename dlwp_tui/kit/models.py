"""Training one model many times over, each time from the same start."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


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
