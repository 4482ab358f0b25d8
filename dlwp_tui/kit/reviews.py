"""Film reviews as lessons show them: what of a review a network sees, which it got wrong, and one typed just now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from dlwp_tui.core.language import _
from dlwp_tui.data.words import OOV, PAD

if TYPE_CHECKING:
    import numpy as np

    from dlwp_tui.data import Loaded, WordVectors
    from dlwp_tui.lab.lab import Lab

Answer = Callable[[str], dict[str, Any]]
"""What a lesson's `demo` returns: a typed review -> its `bars` (name: probability) and `unknown` (unusable words)."""

_PADDING_SIGN = "·"  # `?` is taken: `decode` writes it for words beyond num_words
_UNKNOWN = 1  # TextVectorization's [UNK]; 0 is its padding
_MISSING = 20  # words without a vector that are listed
_WRONG, _ENDING = 5, 12  # mistakes that are listed, each with so many of its last words


def show_input(lab: Lab, imdb: Loaded, reviews: Sequence[np.ndarray], x: np.ndarray) -> None:
    """The first review as the network reads it, and what cutting, padding and the vocabulary leave of all of them.

    `reviews` are n arrays of ids as the dataset gives them; `x` (n, maxlen) the same, cut and padded with 0. Without
    the word index (real data, its file missing) there is no text, only the table.
    """
    import numpy as np

    if imdb.index is not None:
        read = " ".join(_PADDING_SIGN if i == PAD else imdb.decode([i]) for i in x[0])
        lab.text(_("The first review as the model sees it (· padding, ? beyond the vocabulary)"), read)
    lengths = np.array([len(review) for review in reviews])
    rows = [
        [_("Median length"), _("{count} words").format(count=f"{np.median(lengths):.0f}")],
        [_("Longer than what is kept, so cut"), f"{(lengths > x.shape[1]).mean():.1%}"],
        [_("Words that are kept, of all"), f"{np.count_nonzero(x) / lengths.sum():.1%}"],
        [_("Zeros of padding, of the input"), f"{(x == PAD).mean():.1%}"],
        [_("Words the vocabulary knows"), f"{(np.concatenate(reviews) != OOV).mean():.1%}"],
    ]
    lab.table(_("Reviews and vocabulary"), [_("what"), _("value")], rows)


def show_mistakes(lab: Lab, imdb: Loaded, x: np.ndarray, y: np.ndarray, p: np.ndarray) -> None:
    """How the five reviews end that a network got most wrong, as a table.

    `x` (n, maxlen) ids padded with 0, `y` (n,) labels 0 and 1, `p` (n,) its probabilities of a positive review. Nothing
    is shown without the word index.
    """
    import numpy as np

    if imdb.index is None:
        return
    rows = []
    for i in np.argsort(-np.abs(p - y))[:_WRONG]:
        label = _("positive") if y[i] else _("negative")
        rows.append([f"{p[i]:.3f}", label, imdb.decode(x[i][x[i] > 0][-_ENDING:])])
    title = _("The {count} most wrong (their last {words} words)").format(count=_WRONG, words=_ENDING)
    lab.table(title, [_("probability of positive"), _("label"), _("ending")], rows)


def show_vocabulary(lab: Lab, vocabulary: Sequence[str], matrix: np.ndarray, data: np.ndarray) -> None:
    """The first review as a network reads it that has GloVe's vectors, and how much of the reviews the vectors cover.

    `vocabulary` as TextVectorization gives it (padding, [UNK], then words, the most frequent first); row i of `matrix`
    is the vector of word i, all 0 where GloVe has none; `data` (n, maxlen) are the ids of the reviews, padded with 0.
    """
    import numpy as np

    read = " ".join(vocabulary[i] if i else _PADDING_SIGN for i in data[0].tolist())
    lab.text(_("The first review as the model sees it (· padding, [UNK] beyond the vocabulary)"), read)
    known = np.asarray(matrix[: len(vocabulary)].any(axis=1))
    words = data[data > 0]
    shares = {
        _("Words of the vocabulary that have a vector in GloVe"): known[2:],
        _("Words of the reviews beyond the vocabulary, [UNK]"): words == _UNKNOWN,
        _("Words of the reviews that have a vector"): known[words],
    }
    rows = [[what, f"{which.mean():.1%}"] for what, which in shares.items()]
    lab.table(_("How much GloVe knows"), ["", _("share")], rows)
    missing = [vocabulary[i] for i in np.flatnonzero(~known).tolist() if i > _UNKNOWN][:_MISSING]
    none = _("None: all words of the vocabulary have a vector.")
    lab.text(_("The most frequent words without a vector"), ", ".join(missing) or none)


def show_nearest(lab: Lab, vectors: WordVectors, words: Sequence[str]) -> None:
    """Of each of `words` that has a vector, the five words whose vectors point most in its direction, as a table."""
    rows = []
    for word in words:
        if word in vectors:
            near = (f"{other} {cosine:.2f}" for other, cosine in vectors.nearest(word, 5))
            rows.append([word, " · ".join(near)])
    lab.table(_("The five nearest words in GloVe"), [_("word"), _("neighbours, with the cosine")], rows)


def demo(lab: Lab, as_input: Callable[[Sequence[int]], Any], num_words: int) -> Answer:
    """For a lesson's `demo`: takes an English review, gives the run's model's answer and the words it cannot use.

    `as_input` turns the ids of one review (sign of the start first, words beyond `num_words` as 2) into what the saved
    model takes, a batch of one. Its single output is the probability of a positive review, cut to 0..1 where a network
    without a sigmoid leaves that range.
    """
    words = lab.dataset("imdb", num_words=num_words).words
    model = lab.load()

    def ask(review: str) -> dict[str, Any]:
        encoded = words.encode(review, num_words=num_words)
        return _answer(model(as_input(encoded.ids)), encoded.unknown)

    return ask


def demo_of_words(lab: Lab, maxlen: int) -> Answer:
    """The same for a network whose vocabulary the lesson built: `vocabulary.txt` of the run, a word a line.

    The network reads the last `maxlen` ids. It cannot use words beyond the vocabulary, nor those whose vector is 0.
    """
    from keras import layers
    from keras.utils import pad_sequences

    vocabulary = lab.artifact("vocabulary.txt").read_text(encoding="utf-8").split("\n")
    vectorize = layers.TextVectorization(vocabulary=vocabulary[2:], ragged=True)
    model = lab.load()
    table = model.layers[0].get_weights()[0]

    def ask(review: str) -> dict[str, Any]:
        words = review.split() or ["?"]
        ids = dict(zip(words, vectorize(words).to_list(), strict=True))  # [] for a word of punctuation alone
        sequence = [i for word in words for i in ids[word]]
        unknown = [word for word, row in ids.items() if row == [_UNKNOWN] or (row and not table[row[0]].any())]
        return _answer(model(pad_sequences([sequence], maxlen)), unknown)

    return ask


def _answer(output: Any, unknown: Sequence[str]) -> dict[str, Any]:
    """A model's output for one review, its probability of a positive one, as a demo's answer."""
    import numpy as np

    p = float(np.clip(np.ravel(output)[0], 0, 1))
    return {"bars": {_("positive"): p, _("negative"): 1 - p}, "unknown": list(unknown)}
