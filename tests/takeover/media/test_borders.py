"""One colour for all borders: of photos, of clips, and of the pages that show them beforehand."""

import re
from pathlib import Path

from takeover.media.borders import BORDER, BORDER_IN_HEX

CSS = Path(__file__).parents[3] / "takeover" / "static" / "css"


def test_the_pages_show_borders_in_the_colour_in_which_they_are_made():
    told = re.findall(r"--picture-border: #([0-9a-f]{6});", (CSS / "tokens.css").read_text())

    assert told == [BORDER_IN_HEX]  # once: by night it is the same
    assert tuple(bytes.fromhex(told[0])) == BORDER


PLACES = re.compile(
    r"\.picture-frame:has\(\.picture-shown\)|\.cropper-frame|\.ig-picture|\.ig\.story"
)
"""Where a picture is shown whole in a frame of another shape."""


def backgrounds() -> dict[str, str]:
    """What is said of the background of such a place itself, by selector."""
    sheets = "".join(file.read_text() for file in sorted(CSS.glob("*.css")))
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", sheets, flags=re.DOTALL))
    return {
        selector.strip(): told
        for selectors, facts in rules
        for selector in selectors.split(",")
        if PLACES.search(selector.split()[-1] if selector.split() else "") and "::" not in selector
        for told in re.findall(r"background(?:-color)?: ([^;}]+)", facts)
    }


def test_no_frame_of_a_picture_has_another_colour():
    found = backgrounds()

    for place in (".picture-frame:has(.picture-shown)", ".cropper-frame", ".ig-picture.screen"):
        assert place in found
    assert {told.strip() for told in found.values()} == {"var(--picture-border)"}, found
