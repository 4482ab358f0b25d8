"""Words and ids of the Keras text datasets: reading a review, and turning typed text into ids for a trained model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from dlwp_tui.core import parsed, paths
from dlwp_tui.core.errors import DataError
from dlwp_tui.core.language import _

PAD, START, OOV, INDEX_FROM = 0, 1, 2, 3
"""Ids the Keras datasets reserve, and by how much a word's id is higher than its rank."""
FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n\r'
"""What Keras' tokenizer takes out of the text; the apostrophe stays (`don't` is one word)."""
MAX_INDEX_BYTES = 16 << 20


@dataclass(frozen=True)
class Token:
    """One typed word: `known` has an id of its own, `rare` is beyond num_words, `unknown` is in no review."""

    text: str
    rank: int
    """1 for the most frequent word; 0 when unknown."""
    kind: Literal["known", "rare", "unknown"]


@dataclass(frozen=True)
class Encoded:
    """A typed text as ids (start sign first), with what became of each word."""

    ids: tuple[int, ...]
    tokens: tuple[Token, ...]

    @property
    def unknown(self) -> tuple[str, ...]:
        """Words the model cannot use: not in the index, or beyond num_words."""
        return tuple(t.text for t in self.tokens if t.kind != "known")


class WordIndex:
    """Rank of each word (1 = most frequent), as in Keras' `*_word_index.json`; ids in the data are rank + 3."""

    def __init__(
        self,
        read: Callable[[], Mapping[str, int]],
        index_from: int = INDEX_FROM,
        in_order: Callable[[], list[str]] | None = None,
    ) -> None:
        """`read` is called at the first use: 88,584 words cost 40 ms that a plain training run does not need.

        in_order: gives all words, the first in rank first; then ids are turned into words without the whole index.
        """
        self._read = read
        self._in_order = in_order
        self.index_from = index_from

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """Word -> rank."""
        return self._read()

    @cached_property
    def _by_rank(self) -> Mapping[int, str]:
        return {rank: word for word, rank in self.ranks.items()}

    @cached_property
    def _words(self) -> list[str]:
        return self._in_order() if self._in_order is not None else []

    def __len__(self) -> int:
        return len(self.ranks)

    def word(self, word_id: int) -> str:
        """The word of an id of the data; `?` for the reserved ids and unknown ones, as in the book."""
        rank = int(word_id) - self.index_from
        if self._words:
            return self._words[rank - 1] if 1 <= rank <= len(self._words) else "?"
        return self._by_rank.get(rank, "?")

    def decode(self, ids: Iterable[int]) -> str:
        """Ids of the data -> text."""
        return " ".join(map(self.word, ids))

    def encode(self, text: str, num_words: int | None = None) -> Encoded:
        """Text -> ids, prepared as the data was: lower case, punctuation out, rank + 3.

        As in the data, a word beyond `num_words` becomes 2, and a word that is not in the index is left out.
        """
        tokens = tuple(self._token(word, num_words) for word in tokenise(text))
        ids = [t.rank + self.index_from if t.kind == "known" else OOV for t in tokens if t.kind != "unknown"]
        return Encoded((START, *ids), tokens)

    def _token(self, word: str, num_words: int | None) -> Token:
        rank = self.ranks.get(word) or self.ranks.get(word.strip("'"), 0)
        if not rank:
            return Token(word, 0, "unknown")
        return Token(word, rank, "rare" if num_words is not None and rank + self.index_from >= num_words else "known")


def tokenise(text: str) -> list[str]:
    """Text -> words as in the Keras datasets: lower case, punctuation is a gap, the apostrophe belongs to its word."""
    plain = text.lower().replace("\u2019", "'").replace("\u2018", "'")
    return re.sub(f"[{re.escape(FILTERS)}]", " ", plain).split()


def read_index(path: Path) -> dict[str, int]:
    """The word index in the JSON file at `path`, checked: words to ranks 1..n. DataError otherwise."""
    try:
        if path.stat().st_size > MAX_INDEX_BYTES:
            raise DataError(_("{path} is too large for a word index.").format(path=path))
        ranks = parsed.json_value(paths.read_bytes(path, MAX_INDEX_BYTES))
    except ValueError as error:
        raise DataError(
            _("{path} is not a word index: it is not valid JSON ({reason}).").format(path=path, reason=error),
            _("Get it again with `dlwp data get`, or import a good copy."),
        ) from error
    except OSError as error:
        raise DataError(
            _("{path} cannot be read: {reason}.").format(path=path, reason=error.strerror or error)
        ) from error
    if not isinstance(ranks, dict) or not ranks or any(type(r) is not int or r < 1 for r in ranks.values()):
        raise DataError(_("{path} is not a word index: words with their ranks from 1 are needed.").format(path=path))
    return ranks
