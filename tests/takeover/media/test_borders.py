"""One colour for all borders: of photos, of clips, and of the pages that show them beforehand."""

import re
from pathlib import Path

from takeover.media.borders import BORDER, BORDER_IN_HEX

CSS = Path(__file__).parents[3] / "takeover" / "static" / "css"


def test_the_pages_show_borders_in_the_colour_in_which_they_are_made():
    told = re.findall(r"--picture-border: #([0-9a-f]{6});", (CSS / "tokens.css").read_text())

    assert told == [BORDER_IN_HEX]  # once: by night it is the same
    assert tuple(bytes.fromhex(told[0])) == BORDER


def test_no_page_has_another_colour_for_them():
    parts = "".join(file.read_text() for file in sorted(CSS.glob("*.css")))

    for place in (r"\.picture-frame:has\([^{]*", r"\.cropper-frame", r"\.ig-picture\.screen[^{]*"):
        assert re.search(place + r" \{[^}]*background: var\(--picture-border\)", parts), place
