"""Epochs folded many at once: the same run as when each is folded singly, whatever the lines are."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dlwp_tui.runs import alike
from dlwp_tui.runs.alike import Alike
from dlwp_tui.runs.events import encode
from dlwp_tui.runs.view import RunView
from tests.runs.fake_run import T0, FakeRun

Make = Callable[..., FakeRun]


def everything(value: Any, depth: int = 0) -> Any:
    """All that an object holds, as text."""
    if hasattr(value, "dump") and hasattr(value, "xs"):
        return repr(value.dump())
    if isinstance(value, dict):
        return {str(key): everything(one, depth + 1) for key, one in value.items()}
    if hasattr(value, "__dict__") and depth < 4:
        return everything(vars(value), depth + 1)
    return repr(value)


def assert_same(run: FakeRun, limit: int = 1 << 20) -> None:
    """The run read in slices, many lines at once, is the run read line by line."""
    quick, slow = RunView.open(run.folder), RunView.open(run.folder)
    while quick.update(limit) or quick.behind:
        pass
    slow.update(on_event=lambda _event: None)
    left_out = ("_tail", "version", "folder", "spec", "read")
    found, expected = (
        {name: everything(value) for name, value in vars(view).items() if name not in left_out}
        for view in (quick, slow)
    )
    assert found == expected


NUMBERS = st.one_of(
    st.floats(-2, 2), st.integers(-3, 3), st.sampled_from(["nan", "inf", 1e300, -4e305, 10**40, True, None, 1e-320])
)
FIELDS = st.fixed_dictionaries(
    {
        "label": st.sampled_from(["", "", "", "", "", None, "第 1 折", 'a"b:1,']),
        "epochs": st.sampled_from([40, 40, 40, None]),
        "metrics": st.sampled_from([("loss",), ("loss",), ("loss", "w[0]"), ()]),
        "step": st.sampled_from([1, 1, 2, 0, -1]),
        "e": st.sampled_from([*["epoch"] * 20, "progress", "batch", "started", "paused", "resumed", "ended"]),
        "unit": st.sampled_from([None, None, "步"]),
    }
)


GROUPS = st.lists(st.tuples(FIELDS, st.integers(1, 40)), min_size=2, max_size=8)


@given(GROUPS, st.randoms(use_true_random=False), NUMBERS)
@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_the_same_for_any_lines(
    make_run: Make,
    monkeypatch: pytest.MonkeyPatch,
    groups: list[tuple[dict[str, Any], int]],
    rng: random.Random,
    odd: object,
) -> None:
    monkeypatch.setattr(alike, "LEAST", 2)
    run, t, epoch = make_run(), 0.0, 0
    run.say("started", 0, device="cpu", pid=1)
    lines = []
    for fields, count in groups:
        for _ in range(count):
            t += rng.choice([0.01, 0.3, 30, -1])
            epoch += fields["step"]
            figures = {name: odd if rng.random() < 0.01 else rng.gauss(0, 1) for name in fields["metrics"]}
            event = {"v": 1, "t": T0 + t, "e": fields["e"], "label": fields["label"], "epoch": epoch}
            event |= {"epochs": fields["epochs"], "step": 3, "steps": 9, "metrics": figures, "seconds": rng.random()}
            event |= {"done": max(0, epoch), "total": 50, "state": "finished"} if fields["e"] != "epoch" else {}
            lines.append(encode(event | ({"unit": fields["unit"]} if fields["unit"] else {})))
    with run.folder.events.open("ab") as file:
        file.writelines(lines)
    assert_same(run)
    assert_same(run, limit=700)


def test_a_long_loop_is_read_at_once(make_run: Make) -> None:
    run, rng = make_run(), random.Random(1)
    run.say("started", 0, device="cpu", pid=1)
    with run.folder.events.open("ab") as file:
        for n in range(1, 9001):
            figures = {"loss": rng.random() if n % 7 else n, "w": rng.gauss(0, 1e-9)}
            file.write(encode({"v": 1, "t": T0 + n / 10, "e": "epoch", "label": "动量 0.9", "epoch": n, "epochs": None,
                               "metrics": figures, "seconds": None, "unit": "步"}))  # fmt: skip
    view = RunView.open(run.folder)
    view._tail.read(200)
    (many,) = view._tail.read_alike()
    assert isinstance(many, Alike) and len(many.epochs) > 5000
    assert_same(run, limit=1 << 16)


@pytest.mark.parametrize(
    "other",
    [
        b'{"v":1,"t":2.5,"e":"epoch","epoch":7,"epochs":9,"metrics":{"loss":1.5,"w":2}}',
        b'{"v":1,"t":2.5,"e":"epoch","epoch":07,"epochs":9,"metrics":{"loss":1.5}}',
        b'{"v":1,"t":2.5,"e":"epoch","epoch":7,"epochs":8,"metrics":{"loss":1.5}}',
        b'{"v":1,"t":2.5,"e":"epoch","epoch":7,"epochs":9,"metrics":{"loss":"nan"}}',
        b'{"v":1,"t":2.5,"e":"epoch","epoch":7,"epochs":9,"metrics":{"loss":.5}}',
        b'{"v":1,"t":2.5,"e":"epoch","epoch":7,"epochs":9,"metrics":{"loss":1.5},"epoch":8}',
        b'{"v":1,"t":2,"e":"epoch","epoch":7,"epochs":9,"metrics":{"loss":1.5}}',
        b"",
    ],
)
def test_a_line_that_is_not_like_the_others_is_read_singly(other: bytes) -> None:
    lines = [
        json.dumps({"v": 1, "t": n + 0.5, "e": "epoch", "epoch": n, "epochs": 9, "metrics": {"loss": 1.5}},
                   separators=(",", ":")).encode()
        for n in range(1, 100)
    ]  # fmt: skip
    assert alike.alike(b"\n".join([*lines, b""])) is not None
    assert alike.alike(b"\n".join([*lines, other, b""])) is None
    assert alike.alike(b"\n".join([other, *lines, b""])) is None
    assert alike.alike(b"\n".join([*lines[:50], b""])) is None
