"""The line under the form's data field: what a run with the form's params would train on."""

from __future__ import annotations

from pathlib import Path

from dlwp_tui.course import reader
from dlwp_tui.data.import_ import import_path
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.bench.form import ParamsForm
from dlwp_tui.tui.session import Session
from tests.tui.bench.bench_runs import rows, until


def test_only_what_the_params_need_and_what_belongs_together(tmp_path: Path) -> None:
    course = reader.load()
    lesson, session = course.lesson("6.1.3"), Session(course)

    def shown(dim: str) -> str:
        return session.data_status(lesson, lesson.needs(lesson.values("quick", {"dim": dim})))

    assert shown("50").count("real file not found") == 2
    words = (f"word{n} " + " ".join(f"{n / 7:.3f}" for _ in range(50)) for n in range(1, 400))
    (tmp_path / "mine.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    import_path(tmp_path / "mine.txt", accept=True)
    assert "glove: synthetic data, as aclimdb is: they belong together" in shown("50")
    other = shown("100").partition("glove: ")[2]
    assert other.startswith("synthetic data – ") and "100" in other, "the file has other vectors"
    needs = course.lesson("5.4.3").needs
    values = course.lesson("5.4.3").values
    assert "vgg16" not in session.data_status(lesson, needs(values("quick")))
    assert "vgg16: not here" in session.data_status(lesson, needs(values("book")))


async def test_the_form_asks_anew_when_a_choice_needs_other_data() -> None:
    app = DlwpApp(reader.load(), "5.4.3", warm_up=False)
    async with app.run_test(size=(80, 45)) as pilot:
        await until(pilot, lambda: len(app.screen_stack) > 1 and bool(app.screen.query(ParamsForm)), "the screen")
        await pilot.press("p")
        await until(pilot, lambda: "cats_and_dogs_small:" in "\n".join(rows(app)), "the data line")
        assert "vgg16:" not in "\n".join(rows(app))
        app.screen.query_one(ParamsForm).set_values({"base": "vgg16"})
        await until(pilot, lambda: "vgg16:" in "\n".join(rows(app)), "the weights' line")
