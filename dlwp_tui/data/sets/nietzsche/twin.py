"""The synthetic twin of nietzsche.txt: a text that a small grammar writes, as long and with the same characters.

What a network can learn comes in the order in which it learns it on the book: letters and spaces, then the 500 words,
then their order, then what agrees over a distance (`the spirit that the priests despise deceives itself`), brackets
and quotation marks that must close, lines that break near 72 columns, numbered sections. Words are as unequally
frequent as in English. What the sentences say is chance, so a rest of the uncertainty never goes.

Measured in bits a character, this twin / the book: of any character 4.31 / 4.35, after one known
3.35 / 3.50, after two 2.3 / 2.8, after three 1.6 / 2.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from dlwp_tui.data.dataset import Arrays

SEED = 18_860_804
CHARACTERS, BYTES = 600_893, 600_901
"""As many as in the book; eight of them take two bytes."""
COLUMNS = 72
"""The longest line."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FOREIGN = _words("Händel æsthetic Mädchen décadent Cæsar Gelächter cliché Noël")
"""Foreign words for notes, each with one letter of two bytes, as often as the book has them."""

NOUNS = _words("""
man philosopher soul spirit instinct moral thought truth woman people god life world truth value virtue art taste
priest nation genius artist poet scholar friend enemy slave master prejudice passion conscience feeling doctrine belief
history century power will body heart eye word book sentiment danger desire law idea ideal mask music opinion question
problem problem skeptic soldier race class culture event habit judgment language lie love pride pity religion science
sense state suspicion system temptation thinker tyrant vanity victory wisdom animal child custom dogma error faith
fear force form freedom future ground hand herd honour hope horizon hour idol jesuit joke judge knowledge light logic
lover memory mind mistake mob mother mountain mystery need night noble nobleman novice orator origin pain path peasant
plant play pleasure prophet proof punishment purpose rank reason remedy riddle right root ruler sacrifice saint secret
servant shadow sign silence sin solitude step stone stranger strength style superstition teacher theory tongue torture
tragedy valuation vice voice wanderer war way weakness wound writer year youth
""")
PLURALS = {
    "man": "men", "woman": "women", "people": "peoples", "life": "lives", "child": "children", "memory": "memories",
    "virtue": "virtues", "century": "centuries", "history": "histories", "enemy": "enemies", "class": "classes",
    "body": "bodies", "vanity": "vanities", "victory": "victories", "mystery": "mysteries", "theory": "theories",
    "nobleman": "noblemen", "remedy": "remedies", "tragedy": "tragedies", "weakness": "weaknesses", "joke": "jokes",
}  # fmt: skip
ADJECTIVES = _words("""
great good free new human old strong puzzled noble German lazy deep common evil certain long dangerous European modern
high false strange fine bad pure subtle secret whole cold cruel bold coarse delicate eternal foolish former gentle happy
hard higher historical honest immoral involuntary lonely metaphysical narrow nervous patient popular practical profound
proud religious rare sacred severe sick silent simple sublime superficial superior tired tyrannical uncertain unknown
vain vulgar weak wicked wild young
""")
VERBS = _words("""
love need seek want despise fear know deceive believe understand create destroy forget command obey praise suffer
conceal overcome interpret feel serve reveal betray endure desire invent judge justify trust honour flatter tempt
affirm deny possess preserve question regard require sacrifice teach tolerate mistrust wound conquer demand
""")
THIRD = {"despise": "despises", "deny": "denies", "justify": "justifies", "preserve": "preserves", "teach": "teaches"}
VERBAL = _words("that how why")
PERSONS = _words("""
man philosopher woman god priest artist poet scholar friend enemy slave master skeptic soldier thinker tyrant child
jesuit judge lover mother noble nobleman novice orator peasant prophet ruler saint servant stranger teacher wanderer
writer
""")
ADVERBS = _words("""
always perhaps only never still also often almost certainly finally even fundamentally hitherto involuntarily
nowadays probably really secretly seldom too well entirely gladly hardly slowly once again
""")
PREPOSITIONS = _words("of of of of in in with for to from by against under upon without among beyond behind between")
SINGULAR = _words("the the the a a every this his our its such-a no")
PLURAL = _words("the the the these all our their many some most his no few")
OPENINGS = ("it is true that", "one must admit that", "I believe that", "who knows whether", "it may be that",
            "let us suppose that", "we know that", "in the end,", "in short,", "to speak seriously,", "for example,",
            "at bottom", "on the contrary,", "above all,", "as a matter of fact,")  # fmt: skip
LINKS = (", and", ", but", ", for", "; and", "; but", ", while", ", because", ", and therefore", "--and", ": for",
         ", as if")  # fmt: skip


def make() -> Arrays:
    """text_utf8, shape (600901,), uint8: 600,893 characters, 57 different ones after `lower()`."""
    import numpy as np

    writer = _Writer(np.random.RandomState(SEED))
    return {"text_utf8": np.frombuffer(bytearray(_cut(writer.book()).encode()), np.uint8)}


def _cut(text: str) -> str:
    """The beginning of `text` that has as many characters and bytes as the book."""
    text = text[: CHARACTERS - 1].rstrip("\n").ljust(CHARACTERS, "\n")
    assert len(text.encode()) == BYTES
    return text


class _Writer:
    """Writes sentence after sentence. Every choice takes one number of `rng`, drawn some thousand at once."""

    def __init__(self, rng: np.random.RandomState) -> None:
        self._rng = rng
        self._drawn: list[float] = []

    def book(self) -> str:
        """Numbered sections under a title, a little longer than the book."""
        parts, length, number = ["PREFACE\n\n\n"], 0, 0
        while length < CHARACTERS + 2000:
            number += 1
            section = (f"{number}. " if number > 1 else "") + " ".join(
                self.sentence() for _turn in range(3 + int(9 * self.chance()))
            )
            if number % 25 == 0 and number // 25 <= len(FOREIGN):
                section += f' [{number // 25}] _{FOREIGN[number // 25 - 1]}_ ="{self.one(ADJECTIVES)}"='
            parts.append(_folded(section) + "\n\n\n")
            length += len(parts[-1])
        return "".join(parts)

    def chance(self) -> float:
        """A number from 0 to 1."""
        if not self._drawn:
            self._drawn = self._rng.random_sample(4096).tolist()
        return self._drawn.pop()

    def one(self, words: Sequence[str]) -> str:
        """A word of a list that runs from frequent to rare: the power makes the first tenth a quarter of all."""
        return words[int(len(words) * self.chance() ** 1.7)]

    def sentence(self) -> str:
        """A sentence with its capital and its end."""
        text = self.clause()
        if self.chance() < 0.25:
            text = f"{self.one(OPENINGS)} {text}"
        while self.chance() < 0.42:
            text += f"{self.one(LINKS)} {self.clause()}"
        luck = self.chance()
        if luck < 0.07:
            text += f" ({self.clause()})"
        elif luck < 0.12:
            text = f'{text}: "{self.clause().rstrip(",")}"'
        elif luck < 0.15:
            text = f"{self.subject()[0]}--{self.subject()[0]}--{text}"
        end = self.chance()
        ending = "?" if end < 0.1 else "!" if end < 0.2 else "..." if end < 0.22 else "."
        text = text.rstrip(",") + ending
        return text[0].upper() + text[1:].replace(",,", ",").replace(",;", ";").replace(",:", ":").replace(",)", ")")

    def clause(self) -> str:
        """A subject, what it does, and to whom; now and then a subject that is something."""
        subject, many = self.subject()
        own = "themselves" if many else "himself" if subject.split()[-1] in PERSONS else "itself"
        adverb = f" {self.one(ADVERBS)}" if self.chance() < 0.3 else ""
        luck = self.chance()
        if luck < 0.3:
            what = self.one(ADJECTIVES) if self.chance() < 0.5 else self.subject(many=many, short=True)[0]
            return f"{subject} {'are' if many else 'is'}{adverb} {what}"
        if luck < 0.4:
            return f"{subject}{adverb} {self.verb(many)} {self.one(VERBAL)} {self.clause()}"
        if luck < 0.5:
            return f"{subject}{adverb} {self.verb(many)} {own}"
        return f"{subject}{adverb} {self.verb(many)} {self.subject()[0]}"

    def subject(self, many: bool | None = None, short: bool = False) -> tuple[str, bool]:
        """A noun with what belongs to it, and whether it is more than one: the verb must agree with that."""
        if many is None:
            many = self.chance() < 0.4
        noun = self.one(NOUNS)
        article = self.one(PLURAL if many else SINGULAR).replace("-", " ")
        adjective = f"{self.one(ADJECTIVES)} " if self.chance() < 0.35 else ""
        text = adjective + (_plural(noun) if many else noun)
        if article.endswith("a") and text[0] in "aeiou" and article != "no":
            article += "n"
        text = f"{article} {text}"
        if self.chance() < 0.04:
            text = f"{text}'{'' if text.endswith('s') else 's'} {self.one(NOUNS)}"
            many = False
        if short or self.chance() < 0.55:
            return text, many
        if self.chance() < 0.6:
            return f"{text} {self.one(PREPOSITIONS)} {self.subject(short=True)[0]}", many
        other, others = self.subject(short=True)
        if self.chance() < 0.5:
            return f"{text} that {other} {self.verb(others)}", many
        return f"{text}, which {self.verb(many)} {other},", many

    def verb(self, many: bool) -> str:
        """A verb in the present, with an s after one subject."""
        verb = self.one(VERBS)
        if many:
            return verb
        return THIRD.get(verb) or verb + ("es" if verb.endswith(("s", "ch", "sh", "x")) else "s")


def _plural(noun: str) -> str:
    return PLURALS.get(noun) or noun + ("es" if noun.endswith(("s", "ch", "sh", "x")) else "s")


def _folded(text: str) -> str:
    """Lines of at most COLUMNS characters, broken at spaces."""
    import textwrap

    return textwrap.fill(text, COLUMNS, break_long_words=False, break_on_hyphens=False)
