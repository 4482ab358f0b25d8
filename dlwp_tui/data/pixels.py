"""Pictures of any origin as arrays: only the formats asked for are tried, and none may unpack to more than it should."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

from dlwp_tui.core.language import _

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_PIXELS = 50_000_000
"""Of one picture: 150 MB as an array. The sensors of most cameras have fewer."""


class NotAPicture(Exception):
    """The bytes hold no picture that may be read; the text says why, as the end of a sentence."""


def jpeg(body: bytes, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The JPEG file `body`, stretched to `size` (height, width) -> (h, w, 3) uint8, RGB. Raises NotAPicture."""
    import numpy as np
    from PIL import Image

    height, width = size
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Pillow about sizes and broken EXIF: MAX_PIXELS is the bound
        try:
            with Image.open(io.BytesIO(body), formats=("JPEG",)) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise NotAPicture(_("it has {width} x {height} pixels").format(width=picture.width, height=picture.height))
                picture.draft("RGB", (2 * width, 2 * height))  # decodes half, a quarter, an eighth: up to 4 times faster
                return np.asarray(picture.convert("RGB").resize((width, height), Image.Resampling.BILINEAR))
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise NotAPicture(_("it is damaged ({reason})").format(reason=error)) from error
