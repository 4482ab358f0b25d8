"""Arrays in an .npz file of our own, mapped copy-on-write: MNIST's 55 MB are there in 3 ms instead of 60.

The file is what `np.savez` would write, only that each array begins where it can be mapped.
"""

from __future__ import annotations

import math
import os
import struct
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlwp_tui.core import paths

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dlwp_tui.data.dataset import Arrays

_MAPPED = 1 << 20  # bytes from which an array is mapped; reading less takes under 1 ms, and checks its CRC
_ALIGN = 64  # bytes; where NumPy's own files let an array begin
_FILLER = 0xD935  # the kind of extra field that Android's zipalign pads with too; readers skip it
_LOCAL = 30  # bytes of a zip's local header before the name; its last two 16-bit numbers are the lengths that follow


def load(path: Path) -> Arrays | None:
    """The arrays of the npz at `path`, None when it is not there or broken. Writing into them leaves the file alone."""
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as archive:
            members = archive.zip.infolist()
            return {info.filename.removesuffix(".npy"): _array(path, archive, info) for info in members}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, struct.error):
        return None


def save(path: Path, arrays: Arrays) -> None:
    """Write `arrays` to `path`, whole or not at all. Raises StorageError."""
    import numpy as np

    paths.ensure(path.parent)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for key, array in arrays.items():
                info = zipfile.ZipInfo(f"{key}.npy")
                filler = -(file.tell() + _LOCAL + len(info.filename.encode()) + 4) % _ALIGN
                info.extra = struct.pack("<HH", _FILLER, filler) + bytes(filler)
                with archive.open(info, "w") as member:
                    np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise paths.storage_error(path, error) from error


def _array(path: Path, archive: Any, info: zipfile.ZipInfo) -> NDArray[Any]:
    """One member: mapped where it is large and stored as it is, else read."""
    import numpy as np
    from numpy.lib import format as npy

    if info.compress_type == zipfile.ZIP_STORED and info.file_size >= _MAPPED:
        with path.open("rb") as file:
            file.seek(info.header_offset + _LOCAL - 4)
            name_size, extra_size = struct.unpack("<HH", file.read(4))
            file.seek(info.header_offset + _LOCAL + name_size + extra_size)
            end = file.tell() + info.file_size
            if npy.read_magic(file) == (1, 0):
                shape, fortran, dtype = npy.read_array_header_1_0(file)
                begin = file.tell()
                if begin + math.prod(shape) * dtype.itemsize == end and not fortran and begin % dtype.alignment == 0:
                    return np.asarray(np.memmap(path, dtype, "c", begin, shape))
    array: NDArray[Any] = archive[info.filename]
    return array
