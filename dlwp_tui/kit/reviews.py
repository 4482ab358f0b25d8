"""Film reviews as lessons show them: what of a review a network sees, and one that was typed just now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from dlwp_tui.core.language import _
from dlwp_tui.data.words import OOV, PAD

if TYPE_CHECKING:
    import numpy as np

    from dlwp_tui.data import Loaded
    from dlwp_tui.lab.lab import Lab

_PADDING_SIGN = "·"  # `?` is taken: `decode` writes it for words beyond num_words

_UNKNOWN = 1  # TextVectorization's [UNK]; 0 is its padding
_MISSING = 20  # words without a vector that are listed


def show_input(lab: Lab, imdb: Loaded, reviews: Sequence[np.ndarray], x: np.ndarray) -> None:
    """The first review as the network reads it, and what cutting, padding and the vocabulary leave of all of them.

    `reviews` are n sequences of ids as the dataset gives them; `x` (n, maxlen) the same, cut and padded with 0. Without
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


def show_vocabulary(lab: Lab, vocabulary: Sequence[str], known: np.ndarray, data: np.ndarray) -> None:
    """The first review as a network reads it that has GloVe's vectors, and how much of the reviews the vectors cover.

    `vocabulary` as TextVectorization gives it (padding, [UNK], then words, the most frequent first); `known`
    (len(vocabulary),) says which have a vector; `data` (n, maxlen) are the ids of the reviews, padded with 0.
    """
    import numpy as np

    read = " ".join(vocabulary[i] if i else _PADDING_SIGN for i in data[0].tolist())
    lab.text(_("The first review as the model sees it (· padding, [UNK] beyond the vocabulary)"), read)
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


def demo(lab: Lab, as_input: Callable[[Sequence[int]], Any], num_words: int) -> Callable[[str], dict[str, Any]]:
    """For a lesson's `demo`: takes an English review, gives the run's model's answer and the words it cannot use.

    `as_input` turns the ids of one review (sign of the start first, words beyond `num_words` as 2) into what the saved
    model takes, a batch of one. Its single output is the probability of a positive review, cut to 0..1 where a network
    without a sigmoid leaves that range.
    """
    import numpy as np

    words = lab.dataset("imdb", num_words=num_words).words
    model = lab.load()

    def ask(review: str) -> dict[str, Any]:
        encoded = words.encode(review, num_words=num_words)
        p = float(np.clip(np.ravel(model(as_input(encoded.ids)))[0], 0, 1))
        return {"bars": {_("positive"): p, _("negative"): 1 - p}, "unknown": list(encoded.unknown)}

    return ask
