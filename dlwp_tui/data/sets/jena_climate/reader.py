"""Jena climate: 14 measurements every ten minutes for eight years (lessons 6.3 to 6.3.8, 6.4.4)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from dlwp_tui.core import paths
from dlwp_tui.core.errors import DataError
from dlwp_tui.core.language import Text, _
from dlwp_tui.data import archive, npz, shape
from dlwp_tui.data.dataset import KERAS_BASE, S3, DataFile, Dataset
from dlwp_tui.data.sets import table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dlwp_tui.data.dataset import Arrays

COLUMNS = (
    "p (mbar)", "T (degC)", "Tpot (K)", "Tdew (degC)", "rh (%)", "VPmax (mbar)", "VPact (mbar)", "VPdef (mbar)",
    "sh (g/kg)", "H2OC (mmol/mol)", "rho (g/m**3)", "wv (m/s)", "max. wv (m/s)", "wd (deg)",
)  # fmt: skip
"""The 14 measurements in the file's order; `T (degC)` is predicted."""
DATE = "Date Time"
ROWS = 420_551
NEEDED = 301_000
"""Rows without which nothing can be learnt as in the book: it validates up to row 300,000 and looks a day further."""
LICENCE = "Max Planck Institute for Biogeochemistry, free for research and teaching"
CSV = "jena_climate_2009_2016.csv"
ZIP = CSV + ".zip"
MAX_LINE = 1 << 12
PLAUSIBLE = {"T (degC)": (-60.0, 60.0), "p (mbar)": (800.0, 1100.0)}
"""What no row of a weather station in Germany exceeds; other columns hold −9999 where an instrument failed."""


def read(path: Path) -> Arrays:
    """The csv, or a zip with it -> values (n, 14) float64 in the order of COLUMNS, seconds (n,) int64 since 1970.

    Columns are found by name, in any order; others are ignored, and so are empty lines. DataError that names
    missing columns, the first broken line and what is wrong in it, or how many rows there are of how many.
    """
    if archive.is_zip(path):
        with archive.members(path, _is_table) as members:
            for _name, stream, _size in members:
                return _parsed(path, stream)
        raise DataError(
            _("{path} is a zip archive without {name}.").format(path=path, name=CSV),
            _("Get {name} again; `dlwp data list` shows where.").format(name=ZIP),
        )
    with paths.open_buffered(path) as file:
        return _parsed(path, file)


def as_series(arrays: Arrays) -> shape.Shaped:
    """train.x the whole series (n, 14), train.y its times (n,) datetime64[s]; nothing in test: lessons cut windows."""
    values, times = arrays["values"], arrays["seconds"].view("datetime64[s]")
    nothing = shape.Split(values[:0], times[:0])
    return shape.Shaped(shape.Split(values, times), nothing, {"columns": COLUMNS})


def recognise(path: Path) -> str | None:
    """The name that a table which begins like this one, or a zip of it, goes by."""
    if any(_is_table(name) for name in archive.first_names(path)):
        return ZIP if archive.is_zip(path) else None
    with paths.open_buffered(path) as file:
        head = file.readline(MAX_LINE)
    names = _names(head)
    return CSV if DATE in names and "T (degC)" in names else None


def _is_table(member: str) -> bool:
    name = PurePosixPath(member).name
    return name.startswith("jena_climate") and name.endswith(".csv")


def _names(line: bytes) -> list[str]:
    """The cells of the header; the publisher writes them in quotes."""
    text = line.decode("utf-8-sig", "replace").strip()
    return [name.strip().strip('"') for name in text.split(",")]


def _parsed(path: Path, stream: IO[bytes]) -> Arrays:
    import numpy as np

    names = _names(stream.readline(MAX_LINE))
    places = _places(path, names, stream)
    values: list[NDArray[Any]] = []
    seconds: list[NDArray[Any]] = []
    for first, lines in table.lines(stream, MAX_LINE, lambda number, line: _endless(path, number + 2, line)):
        numbers, dates = _block(path, lines, first + 2, names, places)  # the header is line 1
        values.append(numbers)
        seconds.append(dates)
        if sum(map(len, seconds)) > ROWS * 4:
            raise DataError(_("{path} has more than {count} rows.").format(path=path, count=ROWS * 4))
    count = sum(map(len, seconds))
    if count < NEEDED:
        raise DataError(
            _("{path} is only a part of the series: it has {got} rows of {want}.").format(
                path=path, got=f"{count:,}", want=f"{ROWS:,}"
            ),
            _("The lessons train, validate and test on eight years; get the whole file."),
        )
    return {"values": np.concatenate(values), "seconds": np.concatenate(seconds)}


def _places(path: Path, names: list[str], stream: IO[bytes]) -> list[int]:
    """Where in a line the date and the 14 measurements stand. DataError that names what is not there."""
    missing = [name for name in (DATE, *COLUMNS) if name not in names]
    if not missing:
        return [names.index(name) for name in (DATE, *COLUMNS)]
    if any(other.count(sign) > len(COLUMNS) // 2 for other in names for sign in ";\t"):
        raise DataError(
            _("{path}: the columns are apart by {sign}; commas are needed, and points in the numbers.").format(
                path=path, sign=_("semicolons") if ";" in names[0] else _("tabs")
            ),
            _("Save the table with commas, or get {name}.").format(name=ZIP),
        )
    if len(missing) > len(COLUMNS) // 2:
        raise DataError(
            _("{path} {what}; a table with the columns {names} is needed, its first line has {count} of them.").format(
                path=path,
                what=npz.what_is(path),
                names=", ".join((DATE, *COLUMNS[:2], "...")),
                count=len(COLUMNS) + 1 - len(missing),
            ),
            _("Get {name} again; `dlwp data list` shows where.").format(name=ZIP),
        )
    rows = sum(1 for line in iter(lambda: stream.readline(MAX_LINE), b"") if line.strip())
    raise DataError(
        _("{path} lacks {count} of the 14 columns: {names}. It has {got} rows of {want}.").format(
            path=path, count=len(missing), names=", ".join(missing), got=f"{rows:,}", want=f"{ROWS:,}"
        ),
        _("The lessons need the whole file; get {name}.").format(name=ZIP),
    )


def _block(
    path: Path, lines: list[bytes], first: int, names: Sequence[str], places: list[int]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Lines -> (n, 14) float64 and (n,) seconds. All are read at once; one by one only to name the bad line."""
    import numpy as np

    rows = [line.strip().split(b",") for line in lines]
    kept = [row for row in rows if row != [b""]]
    if all(len(row) == len(names) for row in kept):
        numbers = table.numbers(b",".join(row[at] for row in kept for at in places[1:]), "float64", ",")
        seconds = _seconds([row[places[0]] for row in kept])
        if numbers.size == len(kept) * len(COLUMNS) and seconds is not None:
            values = numbers.reshape(len(kept), len(COLUMNS))
            if bool(np.isfinite(values).all()) and all(
                low <= values[:, COLUMNS.index(name)].min(initial=high)
                and values[:, COLUMNS.index(name)].max(initial=low) <= high
                for name, (low, high) in PLAUSIBLE.items()
            ):
                return values, seconds
    for number, row in enumerate(rows, first):
        if row != [b""] and (wrong := _wrong(row, names, places)):
            raise _bad(path, number, wrong)
    raise DataError(_("{path} cannot be read as numbers.").format(path=path), _("Get the file again."))


def _wrong(row: list[bytes], names: Sequence[str], places: list[int]) -> str:
    """What is wrong in one line, or nothing."""
    if len(row) != len(names):
        return _("it has {got} cells instead of {want}").format(got=len(row), want=len(names))
    if _seconds([row[places[0]]]) is None:
        return _("{cell} is no time like 01.01.2009 00:10:00").format(cell=_quoted(row[places[0]]))
    for name, at in zip(COLUMNS, places[1:], strict=True):
        found = table.numbers(row[at], "float64", ",")
        if found.size != 1 or not abs(found[0]) < 1e30:
            return _("{cell} under {column} is no number").format(cell=_quoted(row[at]), column=name)
        low, high = PLAUSIBLE.get(name, (found[0], found[0]))
        if not low <= found[0] <= high:
            return _("{cell} under {column} lies outside {low} to {high}").format(
                cell=_quoted(row[at]), column=name, low=f"{low:g}", high=f"{high:g}"
            )
    return ""


def _quoted(cell: bytes) -> str:
    return repr(cell.decode("utf-8", "replace")[:24])


def _seconds(cells: list[bytes]) -> NDArray[Any] | None:
    """`31.12.2016 23:50:00` -> seconds since 1970 by the station's clock; None when one is no time."""
    import numpy as np

    pattern = b"dd.dd.dddd dd:dd:dd"
    if any(len(cell) != len(pattern) for cell in cells):
        return None
    text = np.frombuffer(b"".join(cells), np.uint8).reshape(len(cells), len(pattern))
    digits = text.astype(np.int64) - ord("0")
    for at, sign in enumerate(pattern):
        column = text[:, at]
        fits = (digits[:, at] >= 0) & (digits[:, at] <= 9) if sign == ord("d") else column == sign
        if not fits.all():
            return None
    day, month, hour, minute, second = (digits[:, at] * 10 + digits[:, at + 1] for at in (0, 3, 11, 14, 17))
    year = digits[:, 6:10] @ np.array([1000, 100, 10, 1])
    if not all((part <= top).all() for part, top in ((hour, 23), (minute, 59), (second, 59))):
        return None
    if not ((month >= 1) & (month <= 12) & (day >= 1)).all():
        return None
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    if not (days.astype("datetime64[M]") == months).all():  # the 31st of a short month
        return None
    midnight: NDArray[Any] = days.astype("datetime64[s]").astype(np.int64)
    seconds: NDArray[Any] = midnight + hour * 3600 + minute * 60 + second
    return seconds


def _endless(path: Path, number: int, line: bytes) -> DataError:
    return _bad(path, number, _("{count} characters without an end").format(count=len(line)))


def _bad(path: Path, line: int, what: str) -> DataError:
    return DataError(
        _("{path}, line {line}: {what}.").format(path=path, line=line, what=what),
        _("The file was cut or damaged; get it again, or remove that line."),
    )


DATASET = Dataset(
    name="jena_climate",
    title=Text("耶拿气象", "Jena climate"),
    what=Text(
        "德国耶拿的气象站，2009 到 2016 年每 10 分钟 14 个测量值，共 420,551 行；预测 24 小时后的气温",
        "14 measurements of a station in Jena every 10 minutes, 2009 to 2016, 420,551 rows; the temperature a day on",
    ),
    origin="Max Planck Institute for Biogeochemistry, Jena, https://www.bgc-jena.mpg.de/wetter/",
    files=(
        DataFile(
            ZIP,
            (KERAS_BASE + ZIP, S3 + "keras-datasets/" + ZIP),
            13_568_290,
            licence=LICENCE,
        ),
        DataFile(CSV, (), form_of=ZIP, required=False, licence=LICENCE),
    ),
    read=read,
    shape=as_series,
    twin_what=Text(
        "按四季、昼夜和锋面生成的天气：低压槽里的风向，决定约一天之后来的是冷空气还是暖空气",
        "made-up weather of seasons, days and fronts: the wind in a trough says if cold or warm air comes a day later",
    ),
    options={},
    full={"values": ROWS},
    recognise=recognise,
)
