"""The Jena table: read by column name from csv or zip, refused with what is missing or broken; its twin."""

from __future__ import annotations

import time
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dlwp_tui import data
from dlwp_tui.core.errors import DataError
from dlwp_tui.data import locate, registry
from dlwp_tui.data.import_ import import_path
from dlwp_tui.data.locate import State
from dlwp_tui.data.sets import table
from dlwp_tui.data.sets.jena_climate import reader as jena_climate
from dlwp_tui.data.sets.jena_climate.reader import COLUMNS, CSV, DATE, ROWS, ZIP

SHARED = Path("/work/shared/data/jena_climate_first4000rows.csv")
FIRST = "01.01.2009 00:10:00,996.52,-8.02,265.40,-8.90,93.30,3.33,3.11,0.22,1.94,3.12,1307.75,1.03,1.75,152.30"


def _rows(count: int, start: str = "2009-01-01T00:10") -> list[str]:
    times = np.datetime64(start, "s") + np.arange(count) * np.timedelta64(600, "s")
    said = [f"{t[8:10]}.{t[5:7]}.{t[:4]} {t[11:]}" for t in np.datetime_as_string(times)]
    cells = FIRST.split(",")[1:]
    return [",".join([when, *cells[:1], f"{i % 30:.2f}", *cells[2:]]) for i, when in enumerate(said)]


def _write(path: Path, rows: list[str], names: tuple[str, ...] = (DATE, *COLUMNS), quote: str = '"') -> Path:
    header = ",".join(f"{quote}{name}{quote}" for name in names)
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a table of 100 rows be long enough."""
    monkeypatch.setattr(jena_climate, "NEEDED", 100)


@pytest.mark.usefixtures("few")
def test_values_and_times_are_those_of_the_file(tmp_path: Path) -> None:
    found = jena_climate.read(_write(tmp_path / CSV, [FIRST, *_rows(150)]))
    assert found["values"].shape == (151, 14) and found["values"].dtype == np.float64
    assert list(found["values"][0]) == [float(cell) for cell in FIRST.split(",")[1:]]
    times = jena_climate.as_series(found).train.y
    assert str(times[0]) == "2009-01-01T00:10:00" and str(times[-1]) == "2009-01-02T01:00:00"


@pytest.mark.usefixtures("few")
def test_columns_are_found_by_name_wherever_they_stand(tmp_path: Path) -> None:
    rows = _rows(120)
    plain = jena_climate.read(_write(tmp_path / "a.csv", rows))
    turned = [",".join([*row.split(",")[1:][::-1], "spare", row.split(",")[0]]) for row in rows]
    names = (*COLUMNS[::-1], "CO2 (ppm)", DATE)
    other = jena_climate.read(_write(tmp_path / "b.csv", turned, names, quote=""))
    assert np.array_equal(plain["values"], other["values"]) and np.array_equal(plain["seconds"], other["seconds"])


@pytest.mark.usefixtures("few")
def test_a_zip_is_read_like_the_table_in_it_and_empty_lines_do_not_matter(tmp_path: Path) -> None:
    table = _write(tmp_path / CSV, [*_rows(60), "", *_rows(60), "", ""])
    with zipfile.ZipFile(tmp_path / ZIP, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(table, CSV)
    from_zip, from_csv = jena_climate.read(tmp_path / ZIP), jena_climate.read(table)
    assert len(from_csv["values"]) == 120
    assert all(np.array_equal(from_zip[key], from_csv[key]) for key in from_csv)


@pytest.mark.usefixtures("few")
def test_windows_line_ends_and_a_missing_last_newline(tmp_path: Path) -> None:
    table = _write(tmp_path / CSV, _rows(110))
    other = tmp_path / "crlf.csv"
    other.write_bytes(table.read_bytes().replace(b"\n", b"\r\n").removesuffix(b"\r\n"))
    assert np.array_equal(jena_climate.read(table)["values"], jena_climate.read(other)["values"])


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("broken", "what"),
    [
        (FIRST.replace("-8.02", "oops"), "'oops' under T (degC) is no number"),
        (FIRST.replace("-8.02", ""), "'' under T (degC) is no number"),
        (FIRST.replace("-8.02", "nan"), "'nan' under T (degC) is no number"),
        (FIRST.replace("-8.02", "-802"), "'-802' under T (degC) lies outside -60 to 60"),
        (FIRST.replace("01.01.2009", "31.02.2009"), "'31.02.2009 00:10:00' is no time like 01.01.2009 00:10:00"),
        (FIRST.replace("00:10:00", "00:10"), "'01.01.2009 00:10' is no time like 01.01.2009 00:10:00"),
        (FIRST.rpartition(",")[0], "it has 14 cells instead of 15"),
        (FIRST + ",7", "it has 16 cells instead of 15"),
        (FIRST[:30], "it has 3 cells instead of 15"),
    ],
)
def test_a_broken_row_is_named(tmp_path: Path, broken: str, what: str) -> None:
    rows = _rows(150)
    rows[119] = broken
    path = _write(tmp_path / CSV, rows)
    with pytest.raises(DataError) as caught:
        jena_climate.read(path)
    assert caught.value.message == f"{path}, line 121: {what}."


@pytest.mark.usefixtures("few")
def test_a_broken_row_is_named_in_the_file_not_in_the_block_it_was_read_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "BLOCK", 1000)
    rows = _rows(300)
    rows[250] = "x" + rows[250]
    with pytest.raises(DataError, match="line 252:"):
        jena_climate.read(_write(tmp_path / CSV, rows))


@pytest.mark.usefixtures("few")
def test_the_mark_of_a_failed_instrument_is_kept(tmp_path: Path) -> None:
    rows = _rows(120)
    rows[5] = rows[5].replace(",1.03,1.75,", ",-9999.00,-9999.00,")
    assert jena_climate.read(_write(tmp_path / CSV, rows))["values"].min() == -9999


def test_missing_columns_are_named_and_rows_counted(tmp_path: Path) -> None:
    rows = [row.rsplit(",", 3)[0] for row in _rows(200)]
    path = _write(tmp_path / CSV, rows, (DATE, *COLUMNS[:-3]))
    with pytest.raises(DataError) as caught:
        jena_climate.read(path)
    assert "lacks 3 of the 14 columns: wv (m/s), max. wv (m/s), wd (deg)" in caught.value.message
    assert "200 rows of 420,551" in caught.value.message


def test_too_few_rows_are_counted(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="only a part of the series: it has 300 rows of 420,551"):
        jena_climate.read(_write(tmp_path / CSV, _rows(300)))


@pytest.mark.parametrize("content", [b"", b"<html>login</html>", b"a,b\n1,2\n", b"\x00\xff" * 100])
def test_something_else_is_called_by_what_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CSV).write_bytes(content)
    with pytest.raises(DataError, match="a table with the columns Date Time, p"):
        jena_climate.read(tmp_path / CSV)


@pytest.mark.parametrize(("sign", "called"), [(";", "semicolons"), ("\t", "tabs")])
def test_other_signs_between_the_columns_are_named(tmp_path: Path, sign: str, called: str) -> None:
    text = _write(tmp_path / CSV, [FIRST]).read_text(encoding="utf-8")
    for told in (text.replace(",", sign), text.replace(",", sign).replace(".", ",")):  # with a decimal comma, too
        (tmp_path / CSV).write_text(told, encoding="utf-8")
        with pytest.raises(DataError, match=f"the columns are apart by {called}; commas are needed"):
            import_path(tmp_path / CSV, accept=True)


def test_a_zip_without_the_table_says_so(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / ZIP, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(DataError, match="is a zip archive without"):
        jena_climate.read(tmp_path / ZIP)


def test_a_cut_zip_is_damaged(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "whole.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(CSV, "\n".join(_rows(3000)))
    body = bytearray((tmp_path / "whole.zip").read_bytes())
    body[200:2000] = bytes(1800)
    (tmp_path / ZIP).write_bytes(body)
    with pytest.raises(DataError):
        jena_climate.read(tmp_path / ZIP)


@pytest.mark.skipif(not SHARED.exists(), reason="the real excerpt is not on this machine")
def test_the_real_excerpt_is_refused_with_what_it_lacks() -> None:
    with pytest.raises(DataError) as caught:
        import_path(SHARED, "jena_climate", accept=True)
    assert "wv (m/s), max. wv (m/s), wd (deg)" in caught.value.message
    assert "4,000 rows of 420,551" in caught.value.message
    assert locate.status("jena_climate").state is State.MISSING


@pytest.mark.skipif(not SHARED.exists(), reason="the real excerpt is not on this machine")
def test_the_real_excerpt_is_recognised_under_another_name(tmp_path: Path) -> None:
    (tmp_path / "weather.txt").write_bytes(SHARED.read_bytes()[:100_000])
    assert jena_climate.recognise(tmp_path / "weather.txt") == CSV


@pytest.mark.usefixtures("few")
def test_an_imported_table_is_a_series_called_unverified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = replace(registry.DATASETS["jena_climate"], full={"values": 120})
    monkeypatch.setitem(registry.DATASETS, "jena_climate", full)
    table = _write(tmp_path / "carried.csv", _rows(120))
    (taken,) = import_path(table)
    assert (taken.dataset, taken.file, taken.state) == ("jena_climate", CSV, State.UNVERIFIED)
    loaded = data.load("jena_climate")
    assert loaded.source == "unverified" and loaded.columns == COLUMNS
    assert loaded.series.shape == (120, 14) and loaded.times.dtype == np.dtype("datetime64[s]")


@pytest.mark.usefixtures("few")
def test_fewer_rows_than_the_publisher_s_need_accept(tmp_path: Path) -> None:
    table = _write(tmp_path / CSV, _rows(120))
    with pytest.raises(DataError, match="not all that its publisher offers"):
        import_path(table)
    (taken,) = import_path(table, accept=True)
    assert taken.state is State.UNVERIFIED


def test_other_datasets_are_no_series() -> None:
    with pytest.raises(DataError, match="no time series"):
        _ = data.load("boston_housing", "synthetic").series


def test_a_whole_file_is_parsed_in_seconds(tmp_path: Path) -> None:
    """420,551 rows take 2.0 s of CPU here; a hundred thousand of them must take less than 3 on a busy machine."""
    path = _write(tmp_path / CSV, _rows(100_000) * 4)
    began = time.process_time()
    found = jena_climate.read(path)
    assert len(found["values"]) == 400_000
    assert time.process_time() - began < 12


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> data.Loaded:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DLWP_HOME", str(tmp_path_factory.mktemp("twin")))
        return data.load("jena_climate", "synthetic")


def test_the_twin_has_the_shape_and_the_ranges_of_the_real_series(twin: data.Loaded) -> None:
    assert twin.series.shape == (ROWS, 14) and twin.columns == COLUMNS
    assert str(twin.times[0]) == "2009-01-01T00:10:00"
    assert str(twin.times[-1]).startswith("2016-12-30")  # evenly spaced; the real series has gaps and ends a day later
    column = dict(zip(COLUMNS, twin.series.T, strict=True))
    t, p, rh = column["T (degC)"], column["p (mbar)"], column["rh (%)"]
    assert 8 < t.mean() < 11 and 8 < t[:200_000].std() < 9.5 and t.min() > -30 and t.max() < 42
    assert 980 < p.mean() < 1000 and p.min() > 930 and p.max() < 1030
    assert rh.min() > 5 and rh.max() <= 100
    assert (column["wd (deg)"] >= 0).all() and (column["wd (deg)"] <= 360).all()
    assert (column["max. wv (m/s)"] >= column["wv (m/s)"]).all() and column["wv (m/s)"].min() >= 0
    assert (column["Tdew (degC)"] <= t + 0.02).all()
    np.testing.assert_allclose(column["Tpot (K)"], (t + 273.15) * (1000 / p) ** 0.286, atol=0.02)
    np.testing.assert_allclose(column["VPdef (mbar)"], column["VPmax (mbar)"] - column["VPact (mbar)"], atol=0.02)


def test_the_twin_s_baseline_is_near_that_of_the_book(twin: data.Loaded) -> None:
    t = twin.series[:, 1]
    rows = np.arange(201_441, 300_000)
    naive = np.abs(t[rows - 6] - t[rows + 144]).mean() / t[:200_000].std()
    assert 0.28 < naive < 0.30  # the real series: 0.2897


def test_the_twin_has_days_and_years(twin: data.Loaded) -> None:
    t = twin.series[:, 1]
    months = twin.times.astype("datetime64[M]").astype(int) % 12
    by_month = [t[months == month].mean() for month in range(12)]
    assert max(by_month[5:8]) - min(by_month[0], by_month[1], by_month[11]) > 14
    hours = twin.times.astype("datetime64[h]").astype(int) % 24
    summer = (months >= 5) & (months <= 7)
    by_hour = [t[summer & (hours == hour)].mean() for hour in range(24)]
    assert 12 <= int(np.argmax(by_hour)) <= 17 and max(by_hour) - min(by_hour) > 4


def test_the_twin_is_made_quickly_and_the_same_again() -> None:
    from dlwp_tui.data.sets.jena_climate import twin as twin_of

    began = time.process_time()
    first = twin_of.make()
    assert time.process_time() - began < 5
    np.random.seed(3)
    assert np.array_equal(first["values"], twin_of.make()["values"])
