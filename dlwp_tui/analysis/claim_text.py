"""One claim with all that is known of it, as lines of text: what the command prints and the page shows."""

from __future__ import annotations

from collections.abc import Iterator

from dlwp_tui.analysis import claims
from dlwp_tui.analysis.claims import ClaimRow, Proof
from dlwp_tui.core import formats
from dlwp_tui.core.language import _


def lines(row: ClaimRow) -> Iterator[str]:
    """The statement, its caveat, the recorded figures, and each proof with what runs here and the course's own show."""
    claim = row.claim
    yield f"{claim.id}  {claim.section}  {claims.status_word(claim)}  {claims.word(row.state)}"
    yield claim.statement
    if claim.note:
        yield _("Note: {text}").format(text=claim.note)
    if claim.recorded:
        yield _("Recorded: {text}").format(text=claim.recorded)
    if not row.proofs:
        derived = [proof.section for proof in claim.proofs if proof.kind == "note"]
        where = _("The note derives it: {names}").format(names=", ".join(derived))
        yield where if derived else _("Nothing in the course can test it.")
    for proof in row.proofs:
        yield ""
        yield from _proof(proof)
        for recorded in row.course:
            if recorded.place == proof.place:
                yield from _recorded(recorded)


def commands(row: ClaimRow) -> list[str]:
    """The commands that would settle what is open of a claim."""
    open_ = [proof.lesson for proof in row.proofs if proof.state in ("not tried", "stale", "undecided")]
    return [f"dlwp prove {lesson} {row.claim.id}" for lesson in dict.fromkeys(open_)]


def _proof(proof: Proof) -> Iterator[str]:
    head = [proof.place, claims.word(proof.state), formats.source_word(proof.source)]
    if proof.runs:
        head.append(_("{count} runs, {time}").format(count=len(proof.runs), time=formats.duration(proof.seconds)))
    yield "  ".join(filter(None, head))
    recorded = _("Recorded: {text}").format(text=proof.recorded) if proof.recorded else ""
    yield from (f"    {text}" for text in (proof.statement, *proof.words, *proof.why, recorded) if text)


def _recorded(proof: Proof) -> Iterator[str]:
    """What the course's authors measured."""
    when = _("judged on {date}").format(date=proof.date)
    time = formats.duration(proof.seconds)
    head = [when, claims.word(proof.state), formats.source_word(proof.source), time, proof.machine]
    yield "    " + "  ".join(filter(None, head))
    yield from (f"      {text}" for text in (*proof.words, *proof.why))
