"""`dlwp prove`: put the notes' statements to the test, as ordinary runs in the queue."""

from __future__ import annotations

import signal
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dlwp_tui.cli import output
from dlwp_tui.cli.options import Data, Device, Json
from dlwp_tui.core import formats
from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from dlwp_tui.engine.prove import Judged, Prover, Step, Target
    from dlwp_tui.engine.zygote import Zygote
    from dlwp_tui.runs.folder import RunFolder

LINE_S = 60.0
"""Seconds between two lines of progress where stderr is no terminal."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("prove", help=_("Put statements of the notes to the test: dlwp prove 4.4 [ID]. Ctrl-C leaves it."))(
        prove
    )


def prove(
    what: Annotated[str, typer.Argument(metavar="WHAT", help=_("A lesson (4.4) or a chapter (4)."))] = "",
    wanted: Annotated[str, typer.Argument(metavar="ID", help=_("An experiment's id, or a claim's: C095."))] = "",
    *,
    all_: Annotated[bool, typer.Option("--all", help=_("All of it; without WHAT the whole course."))] = False,
    seeds: Annotated[
        int, typer.Option("--seeds", min=0, max=100, help=_("Seeds of each experiment, instead of its own number."))
    ] = 0,
    source: Data = "auto",
    device: Device = "auto",
    estimate: Annotated[bool, typer.Option("--estimate", help=_("Say what is missing and how long it takes."))] = False,
    detach: Annotated[bool, typer.Option("--detach", help=_("Leave it running; `dlwp stop prove` stops it."))] = False,
    json: Json = False,
) -> None:
    from dlwp_tui.course import reader
    from dlwp_tui.engine import prove as engine
    from dlwp_tui.engine.zygote import Zygote

    for value, allowed, option in (
        (source, ("auto", "real", "synthetic"), "--data"),
        (device, ("auto", "cpu", "gpu"), "--device"),
    ):
        if value not in allowed:
            message = _("{option} {value} is not allowed: {allowed}.")
            raise UsageError(message.format(option=option, value=value, allowed=" | ".join(allowed)))
    if not what and not all_:
        raise UsageError(_("What is to be proved?"), _("A lesson: dlwp prove 4.4; the whole course: dlwp prove --all"))
    if all_ and wanted:
        raise UsageError(_("--all and an ID exclude each other."), _("Give one of the two."))
    if detach and estimate:
        raise UsageError(_("--detach and --estimate exclude each other."), _("Give one of the two."))
    targets = engine.targets(reader.load(), what, wanted, seeds)
    zygote = Zygote()
    prover = engine.Prover(targets, source, device, zygote)  # type: ignore[arg-type]  # checked above
    shown = _Shown(prover, zygote, json)
    shown.announce(estimate)
    if estimate:
        return
    if detach:
        options = [f"--seeds={seeds}", f"--data={source}", f"--device={device}", *["--all"] * all_, *["--json"] * json]
        _leave(what, wanted, options)
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # leaves it as Ctrl-C does
    try:
        raise typer.Exit(shown.follow())
    finally:
        zygote.close()
        signal.signal(signal.SIGTERM, before)


def _leave(what: str, wanted: str, options: list[str]) -> None:
    """Let the same command run by itself, and say how it is followed and stopped."""
    from dlwp_tui.engine import detached

    places = list(filter(None, (what, wanted)))
    log = detached.start("-".join(places) or "all", ["prove", *places, *options])
    output.line(str(log))
    again = " ".join(["dlwp prove", *(places or ["--all"])])
    output.say(_("It goes on by itself. What it writes: tail -f {file}").format(file=log))
    output.say(_("What is left: {command}. Stop it: dlwp stop prove").format(command=f"{again} --estimate"))


class _Shown:
    """What the learner sees of a proving: sentences and progress on stderr, verdicts on stdout."""

    def __init__(self, prover: Prover, zygote: Zygote, json: bool) -> None:
        self._prover = prover
        self._zygote = zygote
        self._json = json
        self._left: dict[tuple[str, str, str], float | None] = {}
        """Seconds of each run that was missing when it began, by its step."""
        self._of: dict[str, int] = {}
        self._live = sys.stderr.isatty()
        self._said = 0.0
        self._done = 0

    def announce(self, estimate: bool) -> None:
        """How many runs are missing, and how long they take here."""
        total, unknown, count = 0.0, 0, 0
        for target in self._prover.targets:
            steps = self._prover.steps(target)
            seconds = [self._prover.seconds(step) for step in steps]
            self._left |= {step.key: time_ for step, time_ in zip(steps, seconds, strict=True)}
            known = sum(one for one in seconds if one is not None)
            total, unknown, count = total + known, unknown + seconds.count(None), count + len(steps)
            if estimate:
                self._of_lesson(target, steps, None if steps and None in seconds else known)
        if estimate and self._json:
            output.json_line({"missing": count, "seconds": round(total, 1), "unknown": unknown})
            return
        parts = [_("runs still to be made: {count}").format(count=count)]
        if count > unknown:
            parts.append(_("about {time} here").format(time=formats.rough_duration(total)))
        if unknown:
            parts.append(_("of {count} the time is not known").format(count=unknown))
        (output.line if estimate else output.say)(" · ".join(parts))

    def _of_lesson(self, target: Target, steps: list[Step], seconds: float | None) -> None:
        experiments, claims = len(target.experiments), len(target.claims)
        if self._json:
            facts = {"experiments": experiments, "claims": list(target.claims), "missing": len(steps)}
            output.json_line({"lesson": target.lesson.id, **facts, "seconds": seconds and round(seconds, 1)})
            return
        counts = _("{lesson}: {experiments} experiments, {claims} exact claims, runs still to be made: {count}").format(
            lesson=target.lesson.id, experiments=experiments, claims=claims, count=len(steps)
        )
        time_ = "" if not steps else "?" if seconds is None else formats.rough_duration(seconds)
        output.line(" · ".join(filter(None, (counts, time_))))

    def follow(self) -> int:
        """Prove until it is done, or interrupted; returns the exit code."""
        from dlwp_tui.engine.prove import Judged, Refused

        good = True
        try:
            if self._left:
                self._zygote.start()
            for event in self._prover.run():
                if event is None:
                    self._progress()
                elif isinstance(event, Judged):
                    self._clear()
                    good = self._verdict(event) and good
                elif isinstance(event, Refused):
                    self._clear()
                    output.say(f"{_name(event.step)}: {event.error}")
                    good = False
                else:
                    good = self._ended(event) and good
        except KeyboardInterrupt:
            self._clear()
            self._prover.stop()
            output.say(_("Left; what has finished stays, and the same command goes on with it."))
            return 130
        self._clear()
        return 0 if good else 1

    def _ended(self, folder: RunFolder) -> bool:
        """Count a run; a sentence where it did not finish."""
        from dlwp_tui.runs import state
        from dlwp_tui.runs.view import RunView

        step = self._prover.started[folder]
        self._left.pop(step.key, None)
        self._done += 1
        if state.current(folder) is state.RunState.FINISHED:
            return True
        self._clear()
        view = RunView.whole(folder)
        why = view.error.text if view.error is not None else ""
        output.say(f"{_name(step)}: {state.label(view.state)} {why}".rstrip() + f"  (dlwp watch {folder.id})")
        return False

    def _progress(self) -> None:
        """One line that is written over on a terminal; in a pipe a line a minute."""
        now = time.monotonic()
        if not self._live and now - self._said < LINE_S:
            return
        self._said = now
        left = sum(seconds for seconds in self._left.values() if seconds is not None)
        parts = [f"{self._done}/{self._done + len(self._left)}", *map(_name, self._prover.active.values())]
        if left:
            parts.append(_("{time} left").format(time=formats.rough_duration(left)))
        text = " · ".join(parts)
        if self._live:
            import shutil

            from rich.cells import set_cell_size

            width = shutil.get_terminal_size((80, 24)).columns
            sys.stderr.write("\r\x1b[K" + set_cell_size(text, min(width - 1, 200)).rstrip())
            sys.stderr.flush()
        else:
            output.say(text)

    def _clear(self) -> None:
        if self._live:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _verdict(self, event: Judged) -> bool:
        """Print what an experiment or a lesson's exact claims have shown; False where something is not decided."""
        found = facts_of(event)
        for facts, lines in found:
            if self._json:
                output.json_line(facts)
            else:
                for text in lines:
                    output.line(text)
        return all(facts["verdict"] != "not tried" for facts, _lines in found)


def facts_of(event: Judged) -> list[tuple[dict[str, Any], list[str]]]:
    """What was judged, as JSON values and as lines."""
    if event.experiment is not None:
        return [_of_experiment(event)]
    return _of_claims(event)


def _of_experiment(event: Judged) -> tuple[dict[str, Any], list[str]]:
    from dlwp_tui.analysis import verdict

    lesson, experiment, found = event.lesson, event.experiment, event.verdict
    assert experiment is not None and found is not None
    sizes = verdict.effects_in_words(found, lesson, experiment)
    tried = bool(found.runs)
    facts = {
        "lesson": lesson.id,
        "experiment": experiment.id,
        "claims": list(experiment.claims),
        "statement": str(experiment.statement),
        "verdict": found.kind if tried else "not tried",
        "source": found.source,
        "stale": list(found.stale),
        "comparisons": [effect.as_json() for effect in found.effects],
        "words": list(sizes),
        "figures": found.figures,
        "recorded": str(experiment.recorded),
        "seeds": len(found.votes),
        "seeds_needed": found.seeds_needed,
        "why": list(found.why),
        "seconds": round(found.seconds, 1),
        "runs": list(found.runs),
    }
    head = f"{lesson.id} {experiment.id}  {found.label if tried else _('not tried')}  {experiment.statement}"
    lines = [head, *(f"    {text}" for text in (*sizes, *found.why, *found.stale))]
    if str(experiment.recorded):
        lines.append("    " + _("Recorded: {text}").format(text=experiment.recorded))
    return facts, lines


def _of_claims(event: Judged) -> list[tuple[dict[str, Any], list[str]]]:
    from dlwp_tui.analysis import exact, verdict

    found = event.exact
    assert found is not None
    made: list[tuple[dict[str, Any], list[str]]] = []
    for claim in found.claims:
        checked = found.checked.get(claim)
        if checked is None:
            facts: dict[str, Any] = {"lesson": event.lesson.id, "claim": claim, "verdict": "not tried"}
            made.append((facts, [f"{event.lesson.id} {claim}  " + _("no preset's run has checked it")]))
            continue
        words = exact.in_words(checked)
        facts = {
            "lesson": event.lesson.id,
            "claim": claim,
            "verdict": checked.kind,
            "source": checked.source,
            "stale": list(checked.stale),
            "words": list(words),
            "seconds": round(checked.seconds, 1),
            "runs": [checked.run],
        }
        label = " ".join(filter(None, (verdict.word(checked.kind), _("(out of date)") if checked.stale else "")))
        made.append((facts, [f"{event.lesson.id} {claim}  {label}", *(f"    {text}" for text in words)]))
    return made


def _name(step: Step) -> str:
    """`4.4 smaller-overfits-later small 2`, `4.4 quick`."""
    if step.experiment is None:
        return f"{step.lesson.id} {step.preset}"
    return f"{step.lesson.id} {step.experiment.id} {step.side} {step.seed}"
