"""kitty's placeholders and sixels, decoded again."""

from __future__ import annotations

import base64
import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from rich.cells import cell_len
from rich.style import Style

from dlwp_tui.render import kitty, sixel
from dlwp_tui.render.kitty import NUMBERS, PLACEHOLDER, KittyLook


def gradient(width: int, height: int) -> Image.Image:
    across = np.linspace(0, 255, width)[None, :, None] * np.ones((height, 1, 3))
    return Image.fromarray(across.astype(np.uint8))


def received(sent: list[str]) -> tuple[dict[str, str], Image.Image]:
    """What a terminal makes of the sequences: the first one's keys, and the picture."""
    keys: dict[str, str] = {}
    data = ""
    for number, sequence in enumerate(sent):
        found = re.fullmatch(r"\x1b_G([^;]*);([A-Za-z0-9+/=]*)\x1b\\", sequence)
        assert found is not None and len(found[2]) <= 4096
        here = dict(pair.split("=") for pair in found[1].split(","))
        assert here["m"] == ("1" if number < len(sent) - 1 else "0")
        keys = keys or here
        data += found[2]
    return keys, Image.open(BytesIO(base64.b64decode(data)))


def test_rows_and_columns_are_numbered_as_the_protocol_does() -> None:
    assert len(set(NUMBERS)) == len(NUMBERS) == 245
    assert [f"{ord(sign):04x}" for sign in NUMBERS[:8]] == [
        "0305",
        "030d",
        "030e",
        "0310",
        "0312",
        "033d",
        "033e",
        "033f",
    ]
    assert f"{ord(NUMBERS[-1]):04x}" == "2dff"
    assert {cell_len(PLACEHOLDER + sign + sign) for sign in NUMBERS} == {1}


def test_a_picture_is_sent_once_and_stands_in_cells() -> None:
    sent: list[str] = []
    look = KittyLook(sent.append)
    text = look.draw(gradient(300, 200), 40, 30)
    keys, picture = received(sent)
    assert (keys["a"], keys["U"], keys["f"], keys["q"]) == ("T", "1", "100", "2")
    lines = text.plain.split("\n")
    assert (int(keys["c"]), int(keys["r"])) == (40, len(lines)) == (40, 13)
    assert {cell_len(line) for line in lines} == {40} and picture.size == (300, 200)
    assert lines[2].startswith(PLACEHOLDER + NUMBERS[2] + NUMBERS[0] + PLACEHOLDER + NUMBERS[2] + NUMBERS[1])
    style = text.spans[0].style
    assert isinstance(style, Style) and style.color is not None and style.color.triplet is not None
    red, green, blue = style.color.triplet
    assert red << 16 | green << 8 | blue == int(keys["i"])
    count = len(sent)
    assert look.draw(gradient(300, 200), 40, 30) == text and len(sent) == count
    look.draw(gradient(300, 200), 20, 30)
    assert len(sent) > count


def test_large_pictures_are_sent_smaller_and_small_ones_with_sharp_pixels() -> None:
    sent: list[str] = []
    KittyLook(sent.append).draw(gradient(4000, 2000), 40, 30)
    assert received(sent)[1].size == (400, 200)
    sent.clear()
    KittyLook(sent.append).draw(Image.fromarray(np.eye(4, dtype=np.uint8) * 255), 16, 8)
    small = np.asarray(received(sent)[1])
    assert small.shape == (160, 160) and set(np.unique(small)) == {0, 255}


def test_tmux_hands_the_sequences_on_and_old_pictures_are_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    look = KittyLook(sent.append, tmux=True)
    look.draw(gradient(8, 8), 4, 4)
    assert sent[0].startswith("\x1bPtmux;\x1b\x1b_Ga=T") and sent[0].endswith("\x1b\x1b\\\x1b\\")
    monkeypatch.setattr(kitty, "KEPT", 10 * 4 * 40 * 40)
    for number in range(15):
        look.draw(Image.new("L", (1, 1), number), 4, 4)
    assert sum("a=d" in sequence for sequence in sent) == look.deleted == 6
    look.close()
    drawn = sum("a=T" in sequence for sequence in sent)
    assert sum("a=d" in sequence for sequence in sent) == drawn


def test_a_page_of_a_thousand_small_pictures_is_kept_whole() -> None:
    sent: list[str] = []
    look = KittyLook(sent.append)
    for number in range(1000):
        look.draw(Image.new("RGB", (1, 1), (number % 256, number // 256, 0)), 2, 1)
    assert not look.deleted and not any("a=d" in sequence for sequence in sent)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA"])
def test_every_kind_of_picture_is_drawn(mode: str) -> None:
    sent: list[str] = []
    KittyLook(sent.append).draw(Image.new(mode, (3, 3)), 4, 4)
    assert received(sent)[1].size[0] == 39
    assert sixel.encode(Image.new(mode, (3, 3)), 6, 6).startswith("\x1bP")


def decoded(sequence: str) -> np.ndarray:
    """A sixel sequence as (h, w, 3), 0 to 100."""
    found = re.fullmatch(r'\x1bP0;1;0q"1;1;(\d+);(\d+)(.*)\x1b\\', sequence, re.DOTALL)
    assert found is not None
    width, height = int(found[1]), int(found[2])
    picture = np.full((height + 5, width, 3), -1)
    colours: dict[int, list[int]] = {}
    colour, x, top = 0, 0, 0
    for part in re.finditer(r"#(\d+);2;(\d+);(\d+);(\d+)|#(\d+)|!(\d+)(.)|(\$)|(-)|([?-~])", found[3]):
        if part[1]:
            colours[int(part[1])] = [int(part[2]), int(part[3]), int(part[4])]
        elif part[5]:
            colour = int(part[5])
        elif part[8]:
            x = 0
        elif part[9]:
            x, top = 0, top + 6
        else:
            count, sign = (int(part[6]), part[7]) if part[6] else (1, part[10])
            for bit in range(6):
                if ord(sign) - 63 >> bit & 1:
                    picture[top + bit, x : x + count] = colours[colour]
            x += count
    return picture[:height]


def test_sixels_are_the_picture() -> None:
    image = Image.new("RGB", (4, 4), (255, 0, 0))
    image.paste((0, 0, 255), (0, 0, 2, 2))
    picture = decoded(sixel.encode(image, 40, 26))
    assert picture.shape == (26, 40, 3) and picture.min() >= 0
    assert picture[3, 3].tolist() == [0, 0, 100] and picture[3, 30].tolist() == [100, 0, 0]
    assert picture[25, 39].tolist() == [100, 0, 0]
    smooth = decoded(sixel.encode(gradient(64, 16), 64, 16))
    assert np.abs(smooth[:, :, 0] - np.linspace(0, 100, 64)).max() < 2


def test_an_enlarged_picture_is_sent_as_it_is_and_from_above_as_far_as_it_is_seen() -> None:
    image = Image.fromarray(np.arange(48, dtype=np.uint8).reshape(6, 8) * 5)
    whole = decoded(sixel.encode(image, 56, 42))
    assert whole.shape == (42, 56, 3)
    wanted = np.round(np.kron(np.asarray(image), np.ones((7, 7))) * 100 / 255)
    assert np.abs(whole[:, :, 1] - wanted).max() <= 1
    assert (decoded(sixel.encode(image, 56, 42, 10)) == whole[:10]).all()


def test_no_side_is_longer_than_a_terminal_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sixel, "cell_size", lambda: (10, 20))
    assert sixel.size(Image.new("L", (1007, 62)), 160, 48) == (1000, 61)
    assert sixel.size(Image.new("L", (10, 3000)), 160, 48)[1] <= 1000


def test_a_cell_has_a_size_without_a_terminal_too() -> None:
    assert min(sixel.cell_size()) > 0


def test_what_is_wrapped_is_what_was_sent() -> None:
    assert kitty.wrapped("\x1b_Gx\x1b\\") == "\x1bPtmux;\x1b\x1b_Gx\x1b\x1b\\\x1b\\"
