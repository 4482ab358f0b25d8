"""The Python blocks of every note run, in order, in a fresh namespace; see `dlwp_tui.course.note_code`.

What they read is made here: small arrays behind `keras.datasets`, small files in the working folder. Training,
evaluating and long loops are cut to a step, downloads of weights to random ones.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlwp_tui.core import paths
from dlwp_tui.course import markdown, note_code, reader

CONTENT = paths.content().absolute()
SECTIONS = {section.id: section.note_file for section in reader.read(CONTENT).sections}
LONG = 16
"""A longer `range` in a note is cut to three rounds: its loop trains, generates or fills."""


def code(section: str) -> list[tuple[int, note_code.Kind, str]]:
    """The Python blocks of a note."""
    return list(note_code.blocks(markdown.tokens(SECTIONS[section].read_text(encoding="utf-8"))))


WITH_CODE = [section for section in SECTIONS if any(not kind.fragment for _line, kind, _code in code(section))]


def few(value: Any, count: int) -> Any:
    """The first samples of arrays, in whatever lists and dictionaries; the first batch of a dataset."""
    import keras
    import tensorflow as tf

    if isinstance(value, tf.data.Dataset):
        return value.take(1)
    if hasattr(value, "shape"):
        return value[:count]
    return keras.tree.map_structure(lambda one: one[:count] if hasattr(one, "shape") else one, value)


def shorter(start: int, *rest: int) -> range:
    """`range`, at most three long where it would be over LONG."""
    whole = builtins.range(start, *rest)
    return whole[:3] if len(whole) > LONG else whole


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the notes read."""
    from PIL import Image

    folder = tmp_path_factory.mktemp("files")
    rng = np.random.default_rng(0)
    rows = rng.random((5_000, 14))
    lines = ["date,p,T,Tpot,Tdew,rh,VPmax,VPact,VPdef,sh,H2OC,rho,wv,max. wv,wd"]
    lines += ["01.01.2009 00:10:00," + ",".join(f"{value:.2f}" for value in row) for row in rows]
    (folder / "jena_climate_2009_2016.csv").write_text("\n".join(lines) + "\n")
    glove = [f"{word} " + " ".join(["0.1"] * 100) for word in ("the", "film", "good")]
    (folder / "glove.6B.100d.txt").write_text("\n".join(glove) + "\n")
    (folder / "nietzsche.txt").write_text("Supposing that truth is a woman, what then? " * 40)
    for part, sentiment, number in itertools.product(("train", "test"), ("neg", "pos"), range(150)):
        (folder / "aclImdb" / part / sentiment).mkdir(parents=True, exist_ok=True)
        (folder / "aclImdb" / part / sentiment / f"{number}_1.txt").write_text(f"the film was {sentiment} {number}")
    picture = Image.fromarray(rng.integers(0, 255, (160, 170, 3)).astype("uint8"))
    for part, kind, number in itertools.product(("train", "validation", "test"), ("cats", "dogs"), range(2)):
        (folder / "cats_and_dogs_small" / part / kind).mkdir(parents=True, exist_ok=True)
        picture.save(folder / "cats_and_dogs_small" / part / kind / f"{kind[:-1]}.{number}.jpg")
    for name in ("cat.1700.jpg", "dog.jpg", "tiger.jpg", "photo.jpg", "style.jpg"):
        picture.save(folder / name)
    return folder


@pytest.fixture
def small_world(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A working folder with those files; data, training and weights as small as they can be."""
    import keras
    import tensorflow as tf

    work = tmp_path / "work"
    work.mkdir()
    for path in kept.iterdir():
        (work / path.name).symlink_to(path)
    monkeypatch.chdir(work)
    monkeypatch.setenv("MPLBACKEND", "agg")
    rng = np.random.default_rng(0)

    def sequences(train: int, test: int, classes: int) -> Callable[..., Any]:
        def load_data(num_words: int = 10_000, **_more: Any) -> Any:
            def part(count: int) -> Any:
                lists = [
                    [1, *map(int, rng.integers(4, num_words, rng.integers(3, 20)))] for _i in builtins.range(count)
                ]
                x = np.empty(count, dtype=object)
                x[:] = lists
                return x, np.arange(count) % classes

            return part(train), part(test)

        return load_data

    def arrays(train: tuple[int, ...], test: tuple[int, ...], kind: str) -> Callable[[], Any]:
        def load_data() -> Any:
            def part(shape: tuple[int, ...]) -> Any:
                labels = (np.arange(shape[0]) % 10).astype("float64" if kind == "float64" else "uint8")
                x = np.zeros(shape, dtype=kind)
                x[:64] = rng.integers(0, 255, (64, *shape[1:]))
                return x, labels[:, None] if len(shape) == 4 else labels

            return part(train), part(test)

        return load_data

    data = keras.datasets
    monkeypatch.setattr(data.mnist, "load_data", arrays((60_000, 28, 28), (10_000, 28, 28), "uint8"))
    monkeypatch.setattr(data.cifar10, "load_data", arrays((50_000, 32, 32, 3), (10_000, 32, 32, 3), "uint8"))
    monkeypatch.setattr(data.boston_housing, "load_data", arrays((404, 13), (102, 13), "float64"))
    monkeypatch.setattr(data.imdb, "load_data", sequences(10_200, 64, 2))
    monkeypatch.setattr(data.imdb, "get_word_index", lambda: {"the": 1, "film": 2})
    monkeypatch.setattr(data.reuters, "load_data", sequences(1_200, 64, 46))

    fit, evaluate, predict = keras.Model.fit, keras.Model.evaluate, keras.Model.predict

    def one_step(self: Any, x: Any = None, y: Any = None, *rest: Any, **given: Any) -> Any:
        assert not rest, "name the arguments of fit after x and y"
        for name in ("sample_weight", "validation_data"):
            if given.get(name) is not None:
                given[name] = few(given[name], 8)
        given |= {"epochs": 1, "verbose": 0, "steps_per_epoch": None, "validation_steps": None}
        return fit(self, few(x, 8), few(y, 8), **given)

    def evaluate_few(self: Any, x: Any = None, y: Any = None, **given: Any) -> Any:
        return evaluate(self, few(x, 8), few(y, 8), **{**given, "verbose": 0})

    def predict_few(self: Any, x: Any, **given: Any) -> Any:
        return predict(self, few(x, 256), **{**given, "verbose": 0})

    monkeypatch.setattr(keras.Model, "fit", one_step)
    monkeypatch.setattr(keras.Model, "evaluate", evaluate_few)
    monkeypatch.setattr(keras.Model, "predict", predict_few)
    for name in ("VGG16", "VGG19", "InceptionV3", "Xception", "MobileNetV2", "ResNet50"):
        monkeypatch.setattr(keras.applications, name, _random(getattr(keras.applications, name)))
    for module, name in (("vgg16", "VGG16"), ("vgg19", "VGG19")):
        monkeypatch.setattr(getattr(keras.applications, module), name, getattr(keras.applications, name))
    monkeypatch.setattr(keras.applications.vgg16, "decode_predictions", lambda _p, top=5: [[("n0", "cat", 0.5)] * top])
    eagerly = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)  # tracing takes longer than the one step that is run
    yield
    tf.config.run_functions_eagerly(eagerly)
    keras.backend.clear_session()


def _random(build: Callable[..., Any]) -> Callable[..., Any]:
    """The network with random weights: nothing is fetched."""

    def without_weights(*args: Any, **given: Any) -> Any:
        return build(*args, **{**given, "weights": None})

    return without_weights


def blocks_of(section: str, seen: tuple[str, ...] = ()) -> Iterator[tuple[str, int, str]]:
    """(section, line, code) of what has to run, the blocks of the sections it goes on after first."""
    assert section not in seen, f"{section} goes on after itself"
    assert section in SECTIONS, f"there is no section {section}"
    done: set[str] = set()
    for line, kind, text in code(section):
        for before in kind.after:
            if before not in done:
                done.add(before)
                yield from blocks_of(before, (*seen, section))
        if not kind.fragment:
            yield section, line, text


@pytest.mark.parametrize("section", WITH_CODE)
def test_the_code_of_a_note_runs(section: str, small_world: None) -> None:
    """Names come from the note's own imports, or from those of the sections it goes on after."""
    namespace: dict[str, Any] = {"__name__": "__note__", "range": shorter}
    for at, line, text in blocks_of(section):
        out = io.StringIO()
        compiled = compile(text, f"note {at}, line {line}", "exec")
        with contextlib.redirect_stdout(out):
            exec(compiled, namespace)
        if at == "6.3.1":  # the file here is short; the sections that go on after it split the rows of the real one
            namespace["data"] = np.resize(namespace["data"], (420_551, 14))


def test_words_after_the_language_are_checked() -> None:
    assert note_code.kind("python") == note_code.Kind()
    assert note_code.kind("python fragment") == note_code.Kind(fragment=True)
    assert note_code.kind("python after 5.2.3 5.3") == note_code.Kind(after=("5.2.3", "5.3"))
    assert note_code.kind("sh") is None
    for wrong in ("python fragments", "python after", "python after x", "python 3"):
        with pytest.raises(ValueError, match=r"\w"):
            note_code.kind(wrong)
