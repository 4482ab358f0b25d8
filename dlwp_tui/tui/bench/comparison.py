"""Which runs the curves tab draws, in what order, which are hidden, and which one the others are compared with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dlwp_tui.analysis import names, seeds
from dlwp_tui.analysis.charting import Member
from dlwp_tui.runs import labels
from dlwp_tui.runs.view import RunView


@dataclass
class Comparison:
    """State without a widget; the bench changes it, curves and picker read it."""

    runs: list[RunView] = field(default_factory=list)
    """In the order of the legend."""
    shown: str | None = None
    """The id of the run whose output, training and progress are shown."""
    reference: str | None = None
    """The id of the run that others are compared with; None: the shown one."""
    hidden: set[str] = field(default_factory=set)
    alone: str | None = None
    """The id of the one run to draw; None: all that are not hidden."""
    folded: bool = False
    """Whether runs that differ in their seed alone are one band."""
    sides: dict[str, str] = field(default_factory=dict)
    """By run id: what the side of an experiment is called to which the run belongs."""
    version: int = 0
    """Goes up with each change of what is drawn."""

    def show(self, view: RunView | None) -> None:
        """Another run is the shown one. Runs laid over the one before stay."""
        before = self.shown
        self.shown = view.folder.id if view is not None else None
        if view is not None and all(one.folder != view.folder for one in self.runs):
            at = next((n for n, one in enumerate(self.runs) if one.folder.id == before), 0)
            self.runs[at : at + (before is not None)] = [view]
        if view is None:
            self.runs = []
        self.hidden.discard(self.shown or "")
        self._tidy()

    def lay_over(self, views: Iterable[RunView]) -> None:
        """Add runs behind those there are."""
        known = {one.folder.id for one in self.runs}
        self.runs += [view for view in views if view.folder.id not in known]
        self._tidy()

    def show_experiment(self, arms: Mapping[str, str], views: Sequence[RunView]) -> None:
        """Draw the runs of an experiment and no others, their seeds folded; `arms` names the side of each by run id."""
        self.runs, self.sides = list(views), dict(arms)
        self.hidden, self.alone, self.folded = set(), None, True
        self.shown = self.reference = views[0].folder.id if views else None
        self._tidy()

    def take_away(self, run_id: str) -> None:
        """Draw a run no longer; the shown one stays."""
        self.runs = [one for one in self.runs if one.folder.id != run_id or run_id == self.shown]
        self._tidy()

    def forget(self, run_id: str) -> None:
        """A run was deleted."""
        self.runs = [one for one in self.runs if one.folder.id != run_id]
        self.shown = None if self.shown == run_id else self.shown
        self._tidy()

    def only_shown(self) -> None:
        """Take away everything laid over the shown run."""
        self.runs = [one for one in self.runs if one.folder.id == self.shown]
        self.folded = False
        self._tidy()

    def move(self, run_id: str, step: int) -> None:
        """Up or down in the legend."""
        at = next((n for n, one in enumerate(self.runs) if one.folder.id == run_id), None)
        if at is not None and 0 <= at + step < len(self.runs):
            self.runs.insert(at + step, self.runs.pop(at))
            self.version += 1

    def toggle_hidden(self, run_id: str) -> None:
        """Hide a run, or show it again."""
        self.hidden ^= {run_id}
        self._tidy()

    def toggle_alone(self, run_id: str) -> None:
        """Draw one run alone, or all again."""
        self.alone = None if self.alone == run_id else run_id
        self.version += 1

    def toggle_reference(self, run_id: str) -> None:
        """Compare with this run, or with the shown one again."""
        self.reference = None if self.reference == run_id else run_id
        self.version += 1

    def toggle_folded(self) -> None:
        """Fold the seeds of each setting into a band, or unfold them."""
        self.folded = not self.folded
        self.version += 1

    @property
    def overlays(self) -> list[RunView]:
        """All runs but the shown one."""
        return [one for one in self.runs if one.folder.id != self.shown]

    @property
    def reference_id(self) -> str | None:
        """The reference in force."""
        return self.reference or self.shown

    def drawn(self, run_id: str) -> bool:
        """Whether a run's curves are drawn."""
        return run_id == self.alone if self.alone is not None else run_id not in self.hidden

    def members(self) -> list[Member]:
        """What charts draw, in the order of the legend. Names tell apart what is drawn.

        A run that waits has nothing to draw yet, and no place in the legend.
        """
        views = [one for one in self.runs if self.drawn(one.folder.id) and (one.folder.id == self.shown or _begun(one))]
        grouped = seeds.groups(views) if self.folded else [[one] for one in views]
        firsts = [group[0] for group in grouped]
        bands = {group[0].folder.id for group in grouped if len(group) > 1}
        own = {run_id: name for run_id, name in given_names(firsts).items() if name and run_id not in self.sides}
        called = names.of_views(firsts, self.sides | own, bands)
        members = []
        for name, group in zip(called, grouped, strict=True):
            ids = {one.folder.id for one in group}
            words = f"{name} × {len(group)}" if len(group) > 1 else name
            members.append(Member(tuple(group), words, focused=self.shown in ids))
        return members

    def name_of_reference(self, members: Iterable[Member]) -> str:
        """The name under which the reference is drawn; "" where it is not."""
        wanted = self.reference_id
        return next((m.name for m in members if any(view.folder.id == wanted for view in m.views)), "")

    def _tidy(self) -> None:
        """Drop what names runs that are gone."""
        ids = {one.folder.id for one in self.runs}
        self.hidden &= ids
        self.sides = {run_id: name for run_id, name in self.sides.items() if run_id in ids}
        self.alone = self.alone if self.alone in ids else None
        self.reference = self.reference if self.reference in ids else None
        self.version += 1


def _begun(view: RunView) -> bool:
    return bool(view.curves or view.batch_curves)


def given_names(views: Iterable[RunView]) -> dict[str, str]:
    """The learner's own names of runs, by id."""
    return {view.folder.id: labels.read(view.folder).name for view in views}
