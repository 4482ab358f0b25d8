"""What an experiment expects: `argmin(small.val_loss) > argmin(base.val_loss)`, parsed with `ast` and never executed.

Grammar: comparisons (`< <= > >= == !=`, one sign each) joined by `and`. Their sides are made of numbers, `+ - *`,
parentheses and these functions of one run's figures:

    min max mean last     of a metric's values, one per epoch: `last(base.val_loss)`
    argmin argmax         the first epoch, from 1, with the lowest or highest value
    gap(base.accuracy)    training value minus validation value (`accuracy`, `val_accuracy`) in the last epoch with both
    seconds(base)         how long the run trained
    params(base)          the model's number of parameters
"""

from __future__ import annotations

import ast
import math
import operator
import re
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from dlwp_tui.core.errors import ContentError
from dlwp_tui.core.language import _, sentences
from dlwp_tui.course.problem import did_you_mean, names

OF_METRIC = ("min", "max", "last", "argmin", "argmax", "mean", "gap")
OF_RUN = ("seconds", "params")
MAX_LENGTH = 500
MAX_DEPTH = 30
HUGE = 1e100
"""A margin that is none: its square, as the spread over seeds takes it, would leave the numbers."""


class Values(list[float]):
    """A metric's values, and the epochs that they belong to: 1, 2, 3 where nothing else is said."""

    def __init__(self, values: Iterable[float], epochs: Iterable[float] = ()) -> None:
        super().__init__(values)
        self.epochs = list(epochs) or list(range(1, len(self) + 1))


Runs = Mapping[str, Mapping[str, Sequence[float]]]
Scalars = Mapping[str, Mapping[str, float]]

_COMPARE: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


SYMBOLS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """The result of an expectation on the figures of runs."""

    holds: bool | None
    """None when a figure that decides is missing (see `missing`)."""
    figures: dict[str, float]
    """The value of each function that could be computed, by its text: `{"last(base.loss)": 0.31}`."""
    missing: tuple[str, ...] = ()
    """Why figures are missing, a sentence each."""


@dataclass(frozen=True)
class Expression:
    """A parsed expectation."""

    text: str
    terms: tuple[Comparison, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every function call in it, in order, each once."""
        found = [figure for term in self.terms for side in (term.left, term.right) for figure in _figures(side)]
        return tuple(dict.fromkeys(found))

    @property
    def runs(self) -> tuple[str, ...]:
        """The names of the runs it compares."""
        return tuple(dict.fromkeys(figure.run for figure in self.figures))

    def evaluate(self, runs: Runs, scalars: Scalars | None = None) -> Outcome:
        """Compare the figures of `runs` (run → metric → value per epoch) and `scalars` (run → seconds, params).

        A run, metric or value that is absent, NaN or infinite leaves its term undecided; one false term decides.
        """
        return self.outcome({figure: figure.value(runs, scalars or {}) for figure in self.figures})

    def outcome(self, figures: Mapping[Figure, float | str]) -> Outcome:
        """The same of figures, or of sentences why there is none; one that is not given is missing without a word."""
        values: dict[str, float] = {}
        missing: list[str] = []
        for figure, value in figures.items():
            if isinstance(value, str):
                missing.append(value)
            else:
                values[str(figure)] = value
        decided = [term.holds(values) for term in self.terms]
        holds = False if False in decided else None if None in decided else True
        return Outcome(holds, values, tuple(dict.fromkeys(missing)))


@dataclass(frozen=True)
class Figure:
    """One function of one run: `argmin(base.val_loss)`, or `seconds(base)` without a metric."""

    function: str
    run: str
    metric: str = ""

    def __str__(self) -> str:
        return f"{self.function}({self.run}.{self.metric})" if self.metric else f"{self.function}({self.run})"

    def value(self, runs: Runs, scalars: Scalars) -> float | str:
        """The figure, or a sentence why there is none."""
        if self.function in OF_RUN:
            return _finite(scalars.get(self.run, {}).get(self.function), str(self))
        values = _series(runs, self.run, self.metric)
        if isinstance(values, str):
            return values
        if self.function == "gap":
            validation = _series(runs, self.run, f"val_{self.metric}")
            return validation if isinstance(validation, str) else _gap(values, validation, str(self))
        if self.function == "last":
            return values[-1]
        if self.function == "mean":
            return _mean(values)
        best = max(values) if self.function in ("max", "argmax") else min(values)
        return best if self.function in ("min", "max") else float(values.epochs[values.index(best)])


@dataclass(frozen=True)
class Sum:
    """`left + right`, `left - right` or `left * right`."""

    sign: type[ast.operator]
    left: Side
    right: Side


Side = float | Figure | Sum


@dataclass(frozen=True)
class Comparison:
    """One term of an expectation."""

    sign: type[ast.cmpop]
    left: Side
    right: Side
    text: str = ""

    @property
    def symbol(self) -> str:
        """`<`, `>=` and so on."""
        return SYMBOLS[self.sign]

    def holds(self, values: Mapping[str, float]) -> bool | None:
        """Whether it is true; None when a figure is not in `values`."""
        left, right = _number(self.left, values), _number(self.right, values)
        return None if left is None or right is None else _COMPARE[self.sign](left, right)

    def margin(self, values: Mapping[str, float]) -> float | None:
        """By how much it is true, negative where it is false; None when a figure is not in `values`.

        `left == right` is never true by more than 0, `left != right` never false by more than 0.
        """
        left, right = _number(self.left, values), _number(self.right, values)
        if left is None or right is None:
            return None
        difference = left - right
        if self.sign in (ast.Eq, ast.NotEq):
            difference = abs(difference) if self.sign is ast.NotEq else -abs(difference)
        elif self.sign in (ast.Lt, ast.LtE):
            difference = -difference
        return difference if abs(difference) < HUGE else None

    def met(self, margin: float) -> bool:
        """Whether it is true by this margin: `>` is not by 0, `>=` is."""
        return margin > 0 or (margin == 0 and self.sign in (ast.LtE, ast.GtE, ast.Eq))

    @property
    def linear(self) -> tuple[dict[Figure, float], float] | None:
        """`left - right` as (factor of each figure, constant); None where figures are multiplied with each other."""
        return _linear(Sum(ast.Sub, self.left, self.right))


def parse(text: str) -> Expression:
    """The expectation in `text`; raises ContentError that names the part that is not in the vocabulary."""
    text = text.strip()
    if not text:
        _refuse(_("It is empty."))
    if len(text) > MAX_LENGTH:
        _refuse(_("It is longer than {count} characters.").format(count=MAX_LENGTH))
    if strange := re.search(r"[^A-Za-z0-9_.+\-*()<>=! \t\r\n]", text):
        _refuse(_("The character {char!r} means nothing here.").format(char=strange[0]))
    try:
        with warnings.catch_warnings():  # "1and 2" warns; it is parsed as meant
            warnings.simplefilter("ignore")
            tree = ast.parse(" ".join(text.split()), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        _refuse(_("{text!r} is not a comparison.").format(text=text[:80]))
    terms = tree.body.values if isinstance(tree.body, ast.BoolOp) else [tree.body]
    if isinstance(tree.body, ast.BoolOp) and not isinstance(tree.body.op, ast.And):
        _refuse(_("`or` is not in the vocabulary; terms are joined by `and`."))
    return Expression(text, tuple(_comparison(term) for term in terms))


def _comparison(node: ast.expr) -> Comparison:
    if not isinstance(node, ast.Compare):
        _refuse(_("{text!r} is not a comparison.").format(text=_source(node)))
    if len(node.ops) != 1:
        _refuse(_("{text!r} compares more than two things.").format(text=_source(node)))
    sign = type(node.ops[0])
    if sign not in _COMPARE:
        _refuse(_("A comparison uses one of {signs}.").format(signs="< <= > >= == !="))
    comparison = Comparison(sign, _side(node.left, 0), _side(node.comparators[0], 0), _source(node))
    if not _figures(comparison.left) + _figures(comparison.right):
        _refuse(_("{text!r} looks at no run.").format(text=_source(node)))
    return comparison


def _side(node: ast.expr, depth: int) -> Side:
    if depth > MAX_DEPTH:
        _refuse(_("It is nested too deeply."))
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return _literal(value)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            inner = _side(operand, depth + 1)
            return Sum(ast.Sub if isinstance(node.op, ast.USub) else ast.Add, 0.0, inner)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            return Sum(type(op), _side(left, depth + 1), _side(right, depth + 1))
        case ast.Call():
            return _call(node)
    _refuse(_("{text!r} is not in the vocabulary.").format(text=_source(node)))


def _call(node: ast.Call) -> Figure:
    function = node.func.id if isinstance(node.func, ast.Name) else ""
    if function not in OF_METRIC + OF_RUN:
        _refuse(
            _("There is no function {name!r}.").format(name=_source(node.func)),
            did_you_mean(function, OF_METRIC + OF_RUN),
        )
    of_run = function in OF_RUN
    wanted = f"{function}(base)" if of_run else f"{function}(base.loss)"
    if len(node.args) == 1 and not node.keywords:
        match node.args[0]:
            case ast.Name(id=run) if of_run:
                return Figure(function, run)
            case ast.Attribute(value=ast.Name(id=run), attr=metric) if not of_run:
                if function == "gap" and metric.startswith("val_"):
                    _refuse(
                        _("{text!r} names the validation metric.").format(text=_source(node)),
                        _("Write gap({run}.{metric}).").format(run=run, metric=metric[4:]),
                    )
                return Figure(function, run, metric)
    _refuse(
        _("{text!r} does not fit its function.").format(text=_source(node)),
        _("Write it like {example}.").format(example=wanted),
    )


def _literal(value: int | float) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        _refuse(_("A number is too large."))
    return number


def _refuse(message: str, hint: str = "") -> NoReturn:
    grammar = _("It is made of {functions} of run.metric, numbers, + - *, one comparison per term, and `and`.")
    raise ContentError(
        _("The expectation cannot be read: {message}").format(message=message),
        sentences(hint, grammar.format(functions=names(OF_METRIC + OF_RUN))),
    )


def _source(node: ast.AST) -> str:
    try:
        text = ast.unparse(node)
    except RecursionError:
        text = "…"
    return text if len(text) <= 60 else text[:59] + "…"


def _figures(side: Side) -> list[Figure]:
    if isinstance(side, Sum):
        return _figures(side.left) + _figures(side.right)
    return [side] if isinstance(side, Figure) else []


def _number(side: Side, values: Mapping[str, float]) -> float | None:
    """The value of one side; None when a figure is missing, or the arithmetic leaves the finite numbers."""
    if isinstance(side, Figure):
        return values.get(str(side))
    if isinstance(side, Sum):
        left, right = _number(side.left, values), _number(side.right, values)
        if left is None or right is None:
            return None
        result = _ARITHMETIC[side.sign](left, right)
        return result if math.isfinite(result) else None
    return side


def _mean(values: Sequence[float]) -> float:
    try:
        return math.fsum(values) / len(values)
    except OverflowError:  # their sum leaves the finite numbers
        return math.fsum(value / len(values) for value in values)


def _linear(side: Side) -> tuple[dict[Figure, float], float] | None:
    """A side as (factor of each figure, constant), figures that cancel out left away; None where it is not linear."""
    if isinstance(side, Figure):
        return {side: 1.0}, 0.0
    if not isinstance(side, Sum):
        return {}, side
    left, right = _linear(side.left), _linear(side.right)
    if left is None or right is None:
        return None
    if side.sign is ast.Mult:
        if left[0] and right[0]:
            return None
        (factors, constant), by = (left, right[1]) if not right[0] else (right, left[1])
        return {figure: factor * by for figure, factor in factors.items()}, constant * by
    sign = -1 if side.sign is ast.Sub else 1
    both = {figure: left[0].get(figure, 0.0) + sign * right[0].get(figure, 0.0) for figure in {**left[0], **right[0]}}
    return {figure: factor for figure, factor in both.items() if factor}, left[1] + sign * right[1]


def _gap(training: Values, validation: Values, name: str) -> float | str:
    """Training minus validation in the last epoch that has both, or a sentence that none has."""
    of_training = dict(zip(training.epochs, training, strict=True))
    both = [
        (of_training[epoch], y) for epoch, y in zip(validation.epochs, validation, strict=True) if epoch in of_training
    ]
    return _finite(both[-1][0] - both[-1][1] if both else None, name)


def _series(runs: Runs, run: str, metric: str) -> Values | str:
    """The values of a metric, or a sentence why they cannot be used."""
    if run not in runs:
        return _("There is no run {run}.").format(run=run)
    values = runs[run].get(metric)
    if values is None or not len(values):
        return _("Run {run} recorded no {metric}.").format(run=run, metric=metric)
    numbers: list[float] = []
    epochs = values.epochs if isinstance(values, Values) else list(range(1, len(values) + 1))
    for epoch, value in zip(epochs, values, strict=True):
        number = _finite(value, f"{run}.{metric}")
        if isinstance(number, str):
            return _("{name} is not a number at epoch {epoch}.").format(name=f"{run}.{metric}", epoch=f"{epoch:g}")
        numbers.append(number)
    return Values(numbers, epochs)


def _finite(value: object, name: str) -> float | str:
    """`value` as a finite float (NumPy scalars too), or a sentence that it is none."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if isinstance(value, str) or not math.isfinite(number):
        return _("{name} is unknown.").format(name=name)
    return number
