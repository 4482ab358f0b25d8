"""Picture files of any origin as arrays: few formats are tried, and none may unpack to more than it should."""

from __future__ import annotations

import contextlib
import errno
import io
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dlwp_tui.core import paths
from dlwp_tui.core.errors import DataError, DlwpError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 50_000_000
"""Of one picture: 150 MB as an array. A bomb of a few kB may announce 10,000 times that."""
MAX_PHOTO = 10_000_000
"""Pixels of a picture among thousands, of which four are decoded at once; the largest of Kaggle's has 0.8 million."""
MAX_BYTES = 100 << 20
LEAST = 16
"""Pixels of a side; of a smaller picture no network sees anything."""
PAPER = (255, 255, 255)
"""What shines through where a picture is transparent."""
EXIF_ORIENTATION = 0x0112
TURNED = (5, 6, 7, 8)
"""Orientations in which the camera was held upright: width and height change places."""


class NotAPicture(Exception):
    """The bytes hold no picture that may be read; the text says why, as the end of a sentence."""


def jpeg(body: bytes, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The JPEG file `body`, stretched to `size` (height, width) -> (h, w, 3) uint8, RGB. Raises NotAPicture.

    As Keras' loaders read it: a rotation in its EXIF data is ignored.
    """
    import numpy as np
    from PIL import Image

    height, width = size
    with _opened(io.BytesIO(body), ("JPEG",), MAX_PHOTO) as found:
        found.draft("RGB", (2 * width, 2 * height))  # decodes a half, quarter or eighth: up to 4 times faster
        return np.asarray(found.convert("RGB").resize((width, height), Image.Resampling.BILINEAR))


def check(path: Path) -> tuple[int, int]:
    """The height and width of the picture file at `path`, upright. DataError for what `picture` refuses at once."""
    with _learners(path) as found:
        turned = found.getexif().get(EXIF_ORIENTATION) in TURNED
        return (found.width, found.height) if turned else (found.height, found.width)


def picture(path: Path, size: tuple[int | None, int | None] = (None, None), fit: str = "crop") -> NDArray[np.uint8]:
    """The picture file at `path` -> (h, w, 3) uint8, RGB: upright as its EXIF data say, on white where transparent.

    size: (height, width); with one of them None the picture keeps its proportions, with both its size. fit: where
    both are given and the proportions differ, "crop" cuts the edges off, "stretch" distorts. Raises DataError for what
    is no JPEG, PNG or WebP, for a damaged, tiny or absurdly large picture, and for a file that cannot be read.
    """
    import numpy as np
    from PIL import ImageOps

    with _learners(path) as found:
        if size[0] and size[1]:
            side = 2 * max(size[0], size[1])
            found.draft("RGB", (side, side))  # of a JPEG alone; enough pixels stay for every proportion
        return np.asarray(_fitted(_rgb(ImageOps.exif_transpose(found)), size, fit))


def _fitted(picture: Image.Image, size: tuple[int | None, int | None], fit: str) -> Image.Image:
    from PIL import Image, ImageOps

    height, width = size
    if height is None and width is None:
        return picture
    height = height or max(1, round(picture.height * (width or 1) / picture.width))
    width = width or max(1, round(picture.width * height / picture.height))
    if fit == "crop":
        return ImageOps.fit(picture, (width, height), Image.Resampling.BICUBIC)
    return picture.resize((width, height), Image.Resampling.BICUBIC)


def _rgb(picture: Image.Image) -> Image.Image:
    """Three channels of 8 bits: greys of 16 bits are brought down to 8, colour tables resolved, holes made white."""
    import numpy as np
    from PIL import Image

    if picture.mode.startswith("I") or picture.mode == "F":  # 16 bits, which convert("RGB") would cut off at 255
        grey = np.array(picture, np.float32)
        grey /= 257 if grey.max() > 255 else 1
        picture = Image.fromarray(np.clip(grey, 0, 255, out=grey).astype(np.uint8))
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        picture = Image.new("RGB", clear.size, PAPER)
        picture.paste(clear, mask=clear.getchannel("A"))
    return picture.convert("RGB")


@contextlib.contextmanager
def _learners(path: Path) -> Iterator[Image.Image]:
    """The picture file at `path`, opened. DataError for one that cannot be used, also for what shows only inside."""
    try:
        with opened(path) as found:
            if min(found.width, found.height) < LEAST:
                raise _size(found)
            yield found
    except NotAPicture as error:
        raise DataError(
            _("{path} cannot be used as a picture: {reason}.").format(path=path, reason=error),
            _("Give a JPEG, PNG or WebP file with sides from {least} pixels and at most {most} million pixels.").format(
                least=LEAST, most=MAX_PIXELS // 1_000_000
            ),
        ) from error


@contextlib.contextmanager
def opened(path: Path, formats: tuple[str, ...] = FORMATS, most: int = 0) -> Iterator[Image.Image]:
    """The picture file at `path`, with at most `most` pixels (or MAX_PIXELS), not decoded yet. Raises NotAPicture.

    Also for whatever Pillow raises inside. Formats that another program decodes (EPS: gs) are never tried.
    """
    try:
        body = io.BytesIO(paths.read_bytes(path, MAX_BYTES))
    except FileNotFoundError as error:
        raise NotAPicture(_("it is not there")) from error
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise NotAPicture(_("it has more than {size} bytes").format(size=MAX_BYTES)) from error
        raise NotAPicture(_("it cannot be read ({reason})").format(reason=error.strerror or error)) from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's, of sizes and broken EXIF data
        with _opened(body, formats, most) as found:
            yield found


@contextlib.contextmanager
def _opened(body: io.BytesIO, formats: tuple[str, ...], most: int = 0) -> Iterator[Image.Image]:
    """The picture, its header read and its size judged. Whatever Pillow raises inside becomes NotAPicture."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(body, formats=formats) as found:
            if found.width * found.height > (most or MAX_PIXELS):
                raise _size(found)
            yield found
    except (NotAPicture, DlwpError):
        raise
    except UnidentifiedImageError:
        raise NotAPicture(_("it is no {formats} picture").format(formats=", ".join(formats))) from None
    except Exception as error:  # OSError, SyntaxError, ValueError, struct.error: each decoder has its own
        raise NotAPicture(_("it is damaged ({reason})").format(reason=error)) from error


def _size(found: Image.Image) -> NotAPicture:
    return NotAPicture(_("it has {width} x {height} pixels").format(width=found.width, height=found.height))
