"""Looking into convolutional networks: what each layer makes of a picture, and where a network looks (Grad-CAM).

Every function takes a model whose layers lie side by side, as `joined` makes them; layers that only augment may be
nested, since they do nothing after training.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

from dlwp_tui.core.errors import DataError
from dlwp_tui.core.language import _
from dlwp_tui.kit import bases, mini, shapes
from dlwp_tui.kit.pictures import overlay, read_picture
from dlwp_tui.runs import kinds, state, store
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.state import RunState

if TYPE_CHECKING:
    from dlwp_tui.lab.lab import Lab

Demo = Callable[[str], dict[str, Any]]
"""What a lesson's `demo` returns: from the path of a picture to an answer."""
Prepare = Callable[[np.ndarray], np.ndarray]
"""From RGB pictures of 0 to 255 to what a network takes."""
Part = tuple[np.ndarray, np.ndarray]
"""Pictures (n, h, w, 3) and labels (n,)."""
NETS = ("5.2", "5.2.5", "5.3.1", "5.3.2")
"""The lessons whose runs keep a network for cats and dogs."""
_TOP = ("block5", "block_14", "block_15", "block_16", "Conv_1")
_NEXT = ("block4", "block_10", "block_11", "block_12", "block_13")
PARTS = {
    "block5": _TOP,
    "block4": _TOP + _NEXT,
    "all": ("",),
    "block1": ("block1_", "Conv1", "expanded_conv", "block_1_"),
}
"""What to unfreeze of a base -> how the names of these layers begin, in VGG16 and `mini`, or in MobileNetV2."""
SIDE, SAMPLES, EPOCHS = 64, 600, 20
"""Of the small network that is trained where there is none yet."""
FIGURES_SIDE = 2 * mini.SIDE
"""Pixels of a side of `four_figures`."""
BLOCKS = ("block1", "block2", "block3", "block4", "block5")
_MOBILENET = ("Conv1_relu", "block_2_expand_relu", "block_4_expand_relu", "block_8_expand_relu", "block_14_expand_relu")
MOST = 24
"""Layers that are shown one by one; of a deeper network only the last of each size."""


def first_layer(base: str, block: str) -> str:
    """The first convolution of `block1` to `block5` of a base; of MobileNetV2 an activation at that size."""
    if base != "mobilenet_v2":
        return f"{block}_conv1"
    return dict(zip(BLOCKS, _MOBILENET, strict=True))[block]


def joined(base: keras.Model, head: keras.Model) -> keras.Model:
    """`base` and behind it the layers of `head`, as one model that shares their weights."""
    x = base.outputs[0]
    for layer in head.layers:
        x = layer(x)
    return keras.Model(base.inputs[0], x)


def shown(model: keras.Model) -> list[keras.Layer]:
    """The layers whose outputs are worth a look: convolutions and poolings, in the order in which they come.

    Where activations are layers of their own, as in MobileNetV2, it is those; of more than MOST the last of each size.
    """
    own = [layer for layer in model.layers if isinstance(layer, keras.layers.ReLU)]
    convolutions = (keras.layers.Conv2D, keras.layers.MaxPooling2D, keras.layers.AveragePooling2D)
    found = own or [layer for layer in model.layers if isinstance(layer, convolutions)]
    if len(found) <= MOST:
        return found
    return list({layer.output.shape[1]: layer for layer in found}.values())


def maps(model: keras.Model, x: Any) -> dict[str, np.ndarray]:
    """What every layer of `shown` makes of the one picture in the batch `x`: name -> (channels, h, w) float32."""
    layers = shown(model)
    outputs = keras.Model(model.inputs[0], [layer.output for layer in layers])(x, training=False)
    outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
    return {layer.name: np.asarray(out)[0].transpose(2, 0, 1) for layer, out in zip(layers, outputs, strict=True)}


def maps_and_scores(model: keras.Model, layer: str = "") -> keras.Model:
    """The same network with two outputs: the maps of a layer, (n, h, w, channels), and its scores, (n, classes).

    layer: its name, by default the last of `shown` that is a convolution or an activation. The scores are what goes
    into the last layer's activation, since where a softmax or a sigmoid is saturated its gradient is 0. Of a single
    output, the probability of the second class, scores of both are made: -z/2 and z/2, whose softmax is that again.
    """
    pools = (keras.layers.MaxPooling2D, keras.layers.AveragePooling2D)
    where = model.get_layer(layer) if layer else [one for one in shown(model) if not isinstance(one, pools)][-1]
    last = model.layers[-1]
    if isinstance(model, keras.Sequential):  # its layers were called once for each that was added: walk them again
        inputs = x = keras.Input(model.input_shape[1:])
        for one in model.layers[:-1]:
            x = one(x)
            if one is where:
                found = x
    else:
        inputs, x, found = model.inputs[0], last.input, where.output
    z = keras.ops.matmul(x, last.kernel) + last.bias
    if z.shape[-1] == 1:
        z = keras.ops.concatenate([-z / 2, z / 2], axis=-1)
    return keras.Model(inputs, [found, z])


def heat_map(model: keras.Model, x: Any, class_index: int | None = None, layer: str = "") -> np.ndarray:
    """Grad-CAM of lesson 5.4.3: how much each place of the picture in `x` speaks for a class, (h, w) from 0 to 1.

    class_index: by default the class with the highest score.
    """
    with tf.GradientTape() as tape:
        found, scores = maps_and_scores(model, layer)(x, training=False)
        index = int(np.argmax(scores[0])) if class_index is None else class_index
        score = scores[:, index]
    weights = tf.reduce_mean(tape.gradient(score, found), axis=(0, 1, 2))
    heat = np.maximum(np.asarray(tf.reduce_sum(found[0] * weights, axis=-1)), 0)
    return np.asarray(heat / (heat.max() + 1e-12))


def covered(photo: np.ndarray, heat: np.ndarray, hottest: bool) -> np.ndarray:
    """The picture (H, W, 3) with a square of a third of its height painted over in its mean colour.

    It is where a heat map (h, w) is hottest, or coldest.
    """
    height, width = photo.shape[:2]
    large = np.asarray(Image.fromarray(np.asarray(heat, np.float32)).resize((width, height), Image.Resampling.BILINEAR))
    side = height // 3
    sums = np.pad(large.astype(np.float64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    within = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    y, x = np.unravel_index(within.argmax() if hottest else within.argmin(), within.shape)
    painted = photo.copy()
    painted[y : y + side, x : x + side] = photo.mean(axis=(0, 1)).astype(np.uint8)
    return painted


def answer(model: keras.Model, photo: np.ndarray, x: Any) -> dict[str, Any]:
    """For a demo: the picture (h, w, 3) of bytes, where the network looks, and what every layer makes of it.

    x: the picture as the network takes it, a batch of one.
    """
    over = overlay(photo, heat_map(model, x))
    return {"pictures": {_("picture"): photo, _("where it looks"): over}, "grids": maps(model, x)}


def augmentation() -> keras.Sequential:
    """The five random changes of lesson 5.2.5 with the book's ranges; no parameters, active in training only."""
    layers = keras.layers
    return keras.Sequential(
        [
            layers.RandomRotation(40 / 360, fill_mode="nearest"),
            layers.RandomTranslation(0.2, 0.2, fill_mode="nearest"),
            layers.RandomShear((0, 0.2), (0, 0), fill_mode="nearest"),
            layers.RandomZoom(0.2, fill_mode="nearest"),
            layers.RandomFlip("horizontal"),
        ],
        name="augment",
    )


def small_network(shape: tuple[int, ...]) -> keras.Model:
    """The network of lesson 5.2 with half the filters and a quarter of the units, compiled."""
    model = keras.Sequential([keras.Input(shape), keras.layers.Rescaling(1 / 255)])
    for filters in (16, 32, 64, 64):
        model.add(keras.layers.Conv2D(filters, 3, activation="relu"))
        model.add(keras.layers.MaxPooling2D())
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(128, activation="relu"))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(keras.optimizers.RMSprop(1e-3), "binary_crossentropy", metrics=["accuracy"])
    return model


def from_scratch(lab: Lab, train: Part, validation: Part, epochs: int, part: tuple[int, int]) -> None:
    """Train a small network like that of lesson 5.2 on the same pictures, to compare; its best validation accuracy.

    Its curves are labelled. part: which fit of how many in the run it is.
    """
    label = _("from scratch")
    lab.phase(_("Training a network from scratch"))
    model = small_network(train[0].shape[1:])
    lab.summary(model, label)
    fitted = model.fit(
        lab.batches(*train, 20),
        validation_data=lab.batches(*validation, 100, shuffle=False),
        epochs=epochs,
        callbacks=lab.callbacks(label, part=part),
        verbose=0,
    )
    lab.result(scratch_val_accuracy=max(fitted.history["val_accuracy"]))


def cat_or_dog(lab: Lab, prepare: Prepare = np.asarray) -> Demo:
    """For a lesson's `demo`: a picture of the learner's own -> cat or dog, where the run's network looks, its maps."""
    model = lab.load()
    side: int = model.inputs[0].shape[1]

    def ask(path: str) -> dict[str, Any]:
        photo = read_picture(Path(path), (side, side))
        x = np.asarray(prepare(photo[None]), np.float32)
        dog = float(np.asarray(model(x, training=False))[0, 0])
        return {"bars": {_("cat"): 1 - dog, _("dog"): dog}} | answer(model, photo, x)

    return ask


def show_mistakes(lab: Lab, pictures: np.ndarray, labels: Any, p: Any, count: int = 16) -> None:
    """A grid of the pictures (n, h, w, 3) that a network got most wrong. p: the probabilities of a dog."""
    p, labels = np.ravel(p), np.asarray(labels)
    sure = np.where(labels == 1, 1 - p, p)  # that it is the other one
    worst = np.argsort(-sure, kind="stable")[:count]
    worst = worst[sure[worst] > 0.5]
    if not len(worst):
        lab.text(_("Pictures it got wrong"), _("All {count} are right.").format(count=f"{len(labels):,}"))
        return
    names = (_("cat"), _("dog"))
    captions = [
        _("a {label}; {share} sure of a {other}").format(
            label=names[int(labels[i])], other=names[1 - int(labels[i])], share=f"{sure[i]:.0%}"
        )
        for i in worst
    ]
    caption = _("{wrong} of {all} are wrong; here are the {shown} it was surest of").format(
        wrong=int((sure > 0.5).sum()), all=f"{len(labels):,}", shown=len(worst)
    )
    lab.picture_grid(_("Pictures it got wrong"), pictures[worst], captions, columns=4, caption=caption)


def trained(lab: Lab) -> tuple[keras.Model, dict[str, Any]]:
    """The network for cats and dogs that the learner trained last, in one of the lessons of NETS, and its run's params.

    The run's log says which it is. Where there is none yet, a small one is trained now, in a minute.
    """
    for folder in store.all():
        if folder.id.split("-")[2] in NETS and (folder.artifacts / "model.keras").exists():
            if state.current(folder) is not RunState.FINISHED:
                continue
            spec = store.read_spec(folder)
            detail = _("The network of run {run}, trained in {lesson}.").format(run=folder.id, lesson=spec.lesson)
            lab.recorder.event(kinds.DATASET, name=spec.lesson, source=_source(folder), detail=detail)
            return keras.models.load_model(folder.artifacts / "model.keras"), dict(spec.params)
    lab.phase(_("No network for cats and dogs has been trained yet: training a small one"))
    pets = lab.dataset("cats_and_dogs_small", size=(SIDE, SIDE))
    model = small_network((SIDE, SIDE, 3))
    train = lab.batches(pets.train.x[:SAMPLES], pets.train.y[:SAMPLES], 20)
    model.fit(train, epochs=EPOCHS, callbacks=lab.callbacks(_("from scratch")), verbose=0)
    return model, {}


def network(lab: Lab, base: Any, side: int, top: bool = False) -> tuple[keras.Model, Prepare, list[str]]:
    """A network to look into: how pictures are prepared for it, and what its outputs are called (without top: none).

    base: "own", the one of `trained`, or one of `bases`. side: of the pictures, where the network does not decide it.
    """
    if base == "own":
        model, params = trained(lab)
        name: Any = params.get("base")
        prepare: Prepare = partial(bases.preprocess, name) if name else np.asarray
        return model, prepare, [_("cat"), _("dog")]
    classifies = top and base != "mini"
    model = bases.load(lab, base, top, (224, 224, 3) if classifies else (side, side, 3))
    names: list[str] = []
    if top:
        try:
            names = list(bases.classes(base))
        except DataError:  # the list of ImageNet's names is a file of its own
            names = [str(i) for i in range(model.output.shape[-1])]
    return model, partial(bases.preprocess, base), names


def photos(lab: Lab, image: Path | None, number: int, size: tuple[int, int], count: int = 1) -> list[np.ndarray]:
    """Pictures (h, w, 3) of bytes: the learner's own alone, or `count` of the test pictures of cats and dogs.

    number: the first one's, of 1,000; even numbers are cats, odd ones dogs.
    """
    if image is not None:
        return [read_picture(image, size)]
    pictures = lab.dataset("cats_and_dogs_small", size=size).test.x
    return [np.array(pictures[(number + i) % len(pictures)]) for i in range(count)]


def four_figures(number: int) -> np.ndarray:
    """A picture, FIGURES_SIDE wide, with a figure in each quarter, such as `mini` was pretrained on: (h, w, 3), bytes.

    The four are of different kinds; `number` chooses them.
    """
    pictures, labels = shapes.draw(np.random.RandomState(number), 200, mini.SIDE)
    first = {int(kind): i for i, kind in reversed(list(enumerate(labels["kind"])))}
    kinds_of = sorted(first, key=first.__getitem__)[:4]
    one, two, three, four = (pictures[first[kind]] for kind in kinds_of)
    return np.concatenate([np.concatenate([one, two], 1), np.concatenate([three, four], 1)])


def _source(folder: RunFolder) -> str:
    """Where the data of a run came from."""
    from dlwp_tui.runs.scan import scan

    return next((str(event.get("source", "")) for event in scan(folder.events, kinds.DATASET)), "synthetic")
