"""Datasets found by folder: those of the package, and those of a folder of lessons, with and without a twin."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from dlwp_tui import data
from dlwp_tui.core import content, paths
from dlwp_tui.core.errors import ContentError, DataError, UsageError
from dlwp_tui.data import convert, import_, locate, registry
from dlwp_tui.data.loader import load_together, require
from dlwp_tui.data.locate import State

READER = '''"""Twenty days of a shop."""

from __future__ import annotations

from pathlib import Path

from dlwp_tui.data.dataset import DataFile, Dataset, Text
from dlwp_tui.data.shape import Shaped, Split
from .labels import COLUMNS


def read(path: Path):
    import numpy as np

    return {"x": np.loadtxt(path, delimiter=",", ndmin=2)}


def shape(arrays):
    x = arrays["x"]
    return Shaped(Split(x[:15, :1], x[:15, 1]), Split(x[15:, :1], x[15:, 1]), {"columns": COLUMNS})


DATASET = Dataset(
    name="shop",
    title=Text("小店", "A shop"),
    what=Text("二十天", "twenty days"),
    origin="the owner",
    files=(DataFile("shop.csv"SHA),),
    read=read,
    shape=shape,
    full={"x": 20},
    TWIN
)
'''
TWIN = "from .reader import read\n\ndef make():\n    import numpy as np\n    return {'x': np.zeros((20, 2))}\n"


def write(folder: Path, *, twin: bool, sha256: str = "") -> Path:
    """A folder of lessons with the dataset `shop`."""
    place = folder / "datasets" / "shop"
    place.mkdir(parents=True)
    source = READER.replace("SHA", f', sha256="{sha256}"' if sha256 else "")
    source = source.replace("TWIN", 'twin_what=Text("零", "zeros"),' if twin else "")
    (place / "reader.py").write_text(source, encoding="utf-8")
    (place / "labels.py").write_text('COLUMNS = ("weekday", "sold")\n')
    if twin:
        (place / "twin.py").write_text(TWIN)
    return folder


@pytest.fixture
def table() -> str:
    return "".join(f"{day % 7},{day}\n" for day in range(20))


@pytest.fixture
def lessons(course_dir: Path, tmp_path: Path) -> Path:
    """A folder of lessons that is in force."""
    folder = tmp_path / "mine"
    folder.mkdir()
    content.add(folder)
    return folder


def test_the_packages_own_are_found_by_folder() -> None:
    names = sorted(path.name for path in registry.SETS.iterdir() if path.is_dir() and path.name[0] != "_")
    assert list(registry.all_sets()) == names == sorted(registry.DATASETS)
    for name, dataset in registry.DATASETS.items():
        assert dataset.name == name and bool(dataset.twin) == bool(str(dataset.twin_what))
        assert dataset.twin or name in {"imagenet_classes", "mobilenet_v2", "vgg16"}  # nobody trains on these


def test_a_dataset_of_a_folder_of_lessons_is_loaded_like_any_other(lessons: Path, table: str) -> None:
    write(lessons, twin=True)
    assert data.load("shop").source == "synthetic" and data.load("shop").train.x.max() == 0
    (paths.ensure(paths.data()) / "shop.csv").write_text(table)
    assert locate.status("shop").state is State.DAMAGED  # not checked yet
    import_.import_path(paths.data() / "shop.csv")
    loaded = data.load("shop")
    assert loaded.source == "unverified" and loaded.columns == ("weekday", "sold")
    assert loaded.train.y.tolist() == list(range(15)) and len(loaded.test) == 5


@pytest.mark.parametrize("checked", [False, True])
def test_its_file_may_lie_beside_the_reader(lessons: Path, table: str, checked: bool) -> None:
    place = write(lessons, twin=False, sha256=hashlib.sha256(table.encode()).hexdigest() if checked else "")
    (place / "datasets" / "shop" / "shop.csv").write_text(table)
    assert data.load("shop").source == ("real" if checked else "unverified")
    assert data.load("shop").train.y.tolist() == list(range(15))


def test_without_twin_and_file_it_is_refused_with_the_way_to_get_it(lessons: Path) -> None:
    write(lessons, twin=False)
    for refuse in (lambda: data.load("shop"), lambda: require({"imdb": {}, "shop": {}}, "auto")):
        with pytest.raises(DataError, match="not on this computer") as caught:
            refuse()
        assert "shop.csv" in caught.value.hint and "the owner" in caught.value.hint
    for refuse in (lambda: data.load("shop", "synthetic"), lambda: require({"shop": {}}, "synthetic")):
        with pytest.raises(DataError, match="no synthetic data"):
            refuse()
    with pytest.raises(DataError, match="not on this computer"):
        load_together({"boston_housing": {}, "shop": {}})
    require({"imdb": {}}, "auto")
    require({"imdb": {}}, "synthetic")


def test_a_run_of_a_folder_that_is_not_in_force_finds_its_datasets(
    course_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "_used", [])
    write(tmp_path / "elsewhere", twin=True)
    with pytest.raises(UsageError, match="no dataset called 'shop'"):
        registry.get("shop")
    content.use_datasets(tmp_path / "elsewhere")
    assert registry.get("shop").folder == tmp_path / "elsewhere" / "datasets" / "shop"


def test_broken_ones_are_reported_and_the_others_work(lessons: Path, tmp_path: Path) -> None:
    write(lessons, twin=True)
    for name, source in (
        ("mnist", (registry.SETS / "mnist" / "reader.py").read_text()), ("a", "1 / 0"), ("b", "x = 1"),
        ("c", "from dlwp_tui.data.registry import DATASETS\nDATASET = DATASETS['imdb']"), ("d", "def f(:"),
    ):  # fmt: skip
        (lessons / "datasets" / name).mkdir()
        (lessons / "datasets" / name / "reader.py").write_text(source, encoding="utf-8")
    found = {file.parent.name: error.message for file, error in registry.broken()}
    assert sorted(found) == ["a", "b", "c", "d", "mnist"]
    assert "ZeroDivisionError" in found["a"] and "SyntaxError" in found["d"]
    assert "exists already" in found["mnist"] and registry.get("mnist").folder == registry.SETS / "mnist"
    assert registry.get("shop").name == "shop"
    with pytest.raises(ContentError, match="ZeroDivisionError"):
        registry.get("a")


def test_a_file_that_its_reader_cannot_read(lessons: Path) -> None:
    place = write(lessons, twin=False)
    (place / "datasets" / "shop" / "shop.csv").write_text("no numbers\n")
    with pytest.raises(DataError, match="cannot be read as shop: ValueError") as caught:
        data.load("shop")
    assert "reader.py" in caught.value.hint


def test_a_training_has_the_twin_of_a_folder_made_by_another_process(
    lessons: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(lessons, twin=True)
    monkeypatch.setitem(sys.modules, "tensorflow", ModuleType("tensorflow"))
    dataset = replace(registry.get("shop"), twin=lambda: pytest.fail("it was made here"))
    assert convert.twin(dataset)["x"].shape == (20, 2)
