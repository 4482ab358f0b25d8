"""Effect and spread of a comparison, how many seeds would decide it, and the sentences."""

from __future__ import annotations

import pytest

from dlwp_tui.analysis import effects
from dlwp_tui.analysis.effects import Effect
from dlwp_tui.course import expect


def effect(margins: tuple[float, ...], text: str = "last(a.loss) > last(b.loss)", seeds: int = 0) -> Effect:
    return Effect(expect.parse(text).terms[0], margins, seeds or len(margins))


@pytest.mark.parametrize(
    ("margins", "decision"),
    [
        ((3.0, 3.6, 2.4), "holds"),
        ((-3.0, -3.6, -2.4), "does not hold"),
        ((1.0, -2.0, 3.0), "undecided"),
        ((0.1, 0.2, 1.5), "undecided"),  # each seed for it, and yet: seeds differ by more than the effect
        ((0.0, 0.0, 0.0), "does not hold"),  # > is not true by 0
        ((0.5,), "holds"),
        ((-0.5,), "does not hold"),
        ((), "undecided"),
        ((1.0, -1.0), "undecided"),
    ],
)
def test_the_sign_decides_beyond_the_spread(margins: tuple[float, ...], decision: str) -> None:
    assert effect(margins).decision == decision


def test_half_of_the_seeds_are_too_few() -> None:
    assert effect((1.0,), seeds=2).decision == "undecided" and effect((1.0,), seeds=2).seeds_needed is None
    assert effect((1.0, 1.1), seeds=3).decision == "holds"


def test_equality_holds_only_by_nothing() -> None:
    same = "last(a.loss) == last(b.loss)"
    assert effect((0.0, 0.0), same).decision == "holds" and effect((-1.0, -1.0), same).decision == "does not hold"
    assert effect((0.0, 0.0), "last(a.loss) >= last(b.loss)").decision == "holds"
    assert effect((0.0, 0.0), "last(a.loss) != last(b.loss)").decision == "does not hold"


def test_margins_of_every_sign() -> None:
    values = {"last(a.x)": 5.0, "last(b.x)": 3.0}
    margins = {}
    for sign in ("<", "<=", ">", ">=", "==", "!="):
        margins[sign] = expect.parse(f"last(a.x) {sign} 2 * last(b.x)").terms[0].margin(values)
    assert margins == {"<": 1.0, "<=": 1.0, ">": -1.0, ">=": -1.0, "==": -1.0, "!=": 1.0}
    assert expect.parse("last(a.y) > 1").terms[0].margin(values) is None


def test_the_seeds_that_would_decide_are_those_that_do() -> None:
    """With as many seeds of the same effect and spread as it asks for, the interval leaves 0 out."""
    three = effect((1.6, 0.2, -0.6))
    assert three.decision == "undecided" and three.seeds_needed is not None
    count = three.seeds_needed
    assert three.size is not None and three.spread is not None
    assert 30 < count < 40, "Student's t: (1.97 * 1.11 / 0.4) ** 2 = 30 and a few more"
    half = (count - 1) // 2  # as many on each side, so that mean and spread are those of the three
    reach = three.spread * ((count - 1) / (2 * half)) ** 0.5
    many = [three.size + reach] * half + [three.size - reach] * half + [three.size] * (count - 2 * half)
    assert effect(tuple(many)).decision == "holds" and effect(tuple(many[: count // 2 * 2 : 4])).decision == "undecided"


def words(text: str, *seeds: dict[str, float], sides: dict[str, str] | None = None) -> tuple[str, ...]:
    found = expect.parse(text)
    each = tuple(
        Effect(term, tuple(m for seed in seeds if (m := term.margin(seed)) is not None), len(seeds))
        for term in found.terms
    )
    return effects.in_words(each, seeds, {"a": "small net", "b": "large net"} if sides is None else sides)


def test_a_difference_in_words() -> None:
    seeds = [{"argmin(a.val_loss)": a, "argmin(b.val_loss)": b} for a, b in ((7.0, 4.0), (8.0, 4.0), (6.0, 4.0))]
    assert words("argmin(a.val_loss) > argmin(b.val_loss)", *seeds) == (
        "✓ epoch of the lowest validation loss: small net is 3.0 epochs later than large net, seeds differ by 1.0",
    )
    assert words("argmin(b.val_loss) < argmin(a.val_loss)", *seeds) == (
        "✓ epoch of the lowest validation loss: large net is 3.0 epochs earlier than small net, seeds differ by 1.0",
    )
    equal = {"argmin(a.val_loss)": 4.0, "argmin(b.val_loss)": 4.0}
    assert words("argmin(a.val_loss) > argmin(b.val_loss)", equal) == (
        "✗ epoch of the lowest validation loss: small net and large net are equal, "
        "a single seed: how far seeds differ is not known",
    )


def test_two_bounds_of_one_difference_are_one_sentence() -> None:
    text = "max(a.val_accuracy) > max(b.val_accuracy) - 0.02 and max(a.val_accuracy) < max(b.val_accuracy) + 0.02"
    seeds = [{"max(a.val_accuracy)": a, "max(b.val_accuracy)": 0.9} for a in (0.905, 0.907)]
    assert words(text, *seeds) == (
        "✓ highest validation accuracy: small net is 0.006 above large net (asked for: > -0.02, < 0.02), "
        "seeds differ by 0.0014",
    )


def test_a_bound_and_a_sum() -> None:
    seed = {"last(a.result_test_accuracy)": 0.979, "last(b.result_test_accuracy)": 0.5}
    assert words("last(a.result_test_accuracy) > 0.975", seed, seed, sides={"a": ""}) == (
        "✓ test accuracy: 0.979 (asked for: > 0.975), the same with every seed",
    )
    (sum_,) = words("1 > 2 * last(b.result_test_accuracy) - last(a.result_test_accuracy)", seed, seed)
    assert sum_.startswith("✓ test accuracy of large net − 0.5 × test accuracy of small net: 0.0105 (asked for: < 0.5)")


def test_a_product_of_figures_has_no_sentence() -> None:
    seed = {"last(a.loss)": 2.0, "last(b.loss)": 3.0}
    assert words("last(a.loss) * last(b.loss) > 1", seed) == ()
    assert words("last(a.loss) - last(a.loss) < 1", seed) == ()
