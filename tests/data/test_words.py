"""Words to ids and back, as the Keras text datasets have them."""

from __future__ import annotations

import pytest

from dlwp_tui.data.words import WordIndex, tokenise

INDEX = WordIndex(lambda: {"the": 1, "film": 2, "was": 3, "great": 40, "don't": 5, "like": 6})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The film WAS great!!!", ["the", "film", "was", "great"]),
        ("I don't like it...", ["i", "don't", "like", "it"]),
        ("don\u2019t", ["don't"]),
        ("good/bad,(ugly)\nnew-line", ["good", "bad", "ugly", "new", "line"]),
        ("  ", []),
        ("好看 film", ["好看", "film"]),
    ],
)
def test_tokens(text: str, words: list[str]) -> None:
    assert tokenise(text) == words


def test_ids_are_rank_plus_3_and_every_word_is_accounted_for() -> None:
    done = INDEX.encode("The 'film' was GREAT, blorp don't", num_words=20)
    # great has rank 40, id 43: beyond num_words, so 2; blorp is in no review, so nothing
    assert done.ids == (1, 4, 5, 6, 2, 8)
    assert done.unknown == ("great", "blorp")
    assert [t.kind for t in done.tokens] == ["known", "known", "known", "rare", "unknown", "known"]
    assert INDEX.encode("great").ids == (1, 43)


def test_the_edge_of_num_words_is_that_of_the_loader() -> None:
    # the loader keeps w < num_words, so id 43 is in for 44 and out for 43
    assert INDEX.encode("great", num_words=44).ids == (1, 43)
    assert INDEX.encode("great", num_words=43).ids == (1, 2)


def test_decode() -> None:
    assert INDEX.decode([1, 4, 5, 2, 0, 43, 9999]) == "? the film ? ? great ?"


def test_the_index_is_read_at_the_first_use_only() -> None:
    calls: list[int] = []

    def read() -> dict[str, int]:
        calls.append(1)
        return {"the": 1}

    index = WordIndex(read)
    assert not calls
    assert index.decode([4, 4]) == "the the" and index.encode("the").ids == (1, 4)
    assert len(calls) == 1
